"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# A property says what holds, never how fast: on a busy machine the usual deadline of 200 ms would fail it by chance.
settings.register_profile("unhurried", settings(deadline=None))
settings.load_profile("unhurried")
