"""Samples: sound files, playing, other rates, levels, the codes and tones of the telephone network, keys.

No devices, no threads, no clock: time is counted in samples. Needs numpy (the extra ``audio``), so nothing that keypad
mode reaches may import it.
"""
