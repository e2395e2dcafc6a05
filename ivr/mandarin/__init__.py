"""Mandarin as data and rules, without I/O: reading values aloud, understanding what callers say."""
