"""Samples: formats, tones, keys, resampling, playing and end-pointing. No devices, no threads, no clock: time is counted
in samples. Needs numpy (the extra ``voice``), so nothing that keypad mode reaches may import it."""
