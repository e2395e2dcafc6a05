"""What holds for all tests."""

from __future__ import annotations

import signal

from hypothesis import settings

# A property says what holds, never how fast: on a busy machine the usual deadline of 200 ms would fail it by chance.
settings.register_profile("unhurried", settings(deadline=None))
settings.load_profile("unhurried")

# A shell hands a run in the background an ignored Ctrl-C, and it would be ignored in every command under test, too.
signal.signal(signal.SIGINT, signal.default_int_handler)
