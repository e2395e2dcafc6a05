"""Samples: sound files, the codes of the telephone network, the tones of telephone keys.

No devices, no threads, no clock: time is counted in samples. Needs numpy (the extra ``audio``), so nothing that keypad
mode reaches may import it.
"""
