"""Samples: formats, tones, keys, resampling, playing and end-pointing.

No devices, no threads, no clock: time is counted in samples. Needs numpy, so nothing that keypad mode reaches may
import it.
"""
