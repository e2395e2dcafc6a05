"""Measurements, as ratios against a named reference taken in the same run. ``make bench`` prints them as one table."""
