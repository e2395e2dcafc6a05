"""What holds for all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.virtual_sound_card import SoundCard

# A property says what holds, never how fast: on a busy machine the usual deadline of 200 ms would fail it by chance.
settings.register_profile("unhurried", settings(deadline=None))
settings.load_profile("unhurried")

# A shell hands a run in the background an ignored Ctrl-C, and it would be ignored in every command under test, too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def card(tmp_path: Path) -> Iterator[SoundCard]:
    made = SoundCard(tmp_path)
    made.plug_in()
    yield made
    made.unplug()
