"""One file per step; the order is in their ``down_revision``."""
