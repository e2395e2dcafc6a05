"""Everything that the hotline reads aloud from data: one name for each kind of value.

All functions are pure, return Mandarin text for a synthesiser or a screen, and raise ValueError with a text that says
how the value should have been written. The rules live with the kind: numbers, money, digits, time.
"""

from __future__ import annotations

from ivr.mandarin.reading_digits import mask_name, mask_tail, read_digits, read_id, read_last_four, read_phone
from ivr.mandarin.reading_money import read_money
from ivr.mandarin.reading_numbers import read_count, read_integer, read_ordinal, read_percent, read_range
from ivr.mandarin.reading_time import read_date, read_duration, read_month, read_time

__all__ = [
    "mask_name",
    "mask_tail",
    "read_count",
    "read_date",
    "read_digits",
    "read_duration",
    "read_id",
    "read_integer",
    "read_last_four",
    "read_money",
    "read_month",
    "read_ordinal",
    "read_percent",
    "read_phone",
    "read_range",
    "read_time",
]
