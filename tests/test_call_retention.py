"""The sound of old calls goes, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.call_retention import clock_in_doubt, delete_sounds_before

_OLD = "20200101T000000-00c0ffee"
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", [f"{_OLD}.wav", f"{_OLD}.message-1.wav", f"{_OLD}.message-12.wav"])
def test_the_sound_of_an_old_call_is_deleted(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"sound")
    assert delete_sounds_before(tmp_path, _MOMENT) == (1, [])
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    "name",
    [
        "20200101T000000.wav",
        "20200101T000000-interview.wav",
        "20200101T000000-00c0ffee.mine.wav",
        "20200101T000000-00c0ffee-copy.wav",
        "20201399T000000-00c0ffee.wav",
        "2020.wav",
    ],
)
def test_a_file_that_only_looks_like_the_sound_of_a_call_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"mine")
    assert delete_sounds_before(tmp_path, _MOMENT) == (0, [])
    assert (tmp_path / name).read_bytes() == b"mine"


def test_the_sound_of_a_call_that_goes_on_stays_however_short_it_is_kept(tmp_path: Path) -> None:
    for name in (f"{_OLD}.open.jsonl", f"{_OLD}.wav", f"{_OLD}.message-1.wav"):
        (tmp_path / name).write_bytes(b"")
    assert delete_sounds_before(tmp_path, _MOMENT) == (0, [])
    assert len(list(tmp_path.iterdir())) == 3


def test_what_cannot_be_deleted_does_not_keep_the_rest(tmp_path: Path) -> None:
    stubborn = tmp_path / "20190101T000000-00000001.wav"
    stubborn.mkdir()
    for number in range(2, 6):
        (tmp_path / f"20200101T000000-0000000{number}.wav").write_bytes(b"sound")
    gone, failures = delete_sounds_before(tmp_path, _MOMENT)
    assert gone == 4
    assert [failure.filename for failure in failures] == [str(stubborn)]
    assert list(tmp_path.iterdir()) == [stubborn]


def test_a_link_goes_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    mine = tmp_path / "mine.wav"
    mine.write_bytes(b"mine")
    link = tmp_path / f"{_OLD}.wav"
    try:
        link.symlink_to(mine)
    except OSError:
        pytest.skip("this system lets this user make no links")
    assert delete_sounds_before(tmp_path, _MOMENT) == (1, [])
    assert mine.read_bytes() == b"mine"
    assert not link.is_symlink()


@pytest.mark.parametrize(
    ("earlier", "days", "doubted"),
    [
        ("no call", 90, None),
        ("30 seconds", 90, None),
        ("89 days", 90, None),
        ("91 days", 90, 91),
        ("29 days", 0, None),
        ("31 days", 0, 31),
        ("89 days, 91 days", 90, None),
        ("91 days, 30 seconds", 90, 91),  # the second call by a clock that is wrong since a moment ago
        ("91 days, 25 hours", 90, None),  # for more than a day it has gone like this
        ("26000 days, -26000 days", 90, 26_000),  # a call from a time when the clock was ahead tells nothing
    ],
)
def test_a_clock_that_leapt_ahead_is_not_believed_before_a_day_has_passed(
    tmp_path: Path, earlier: str, days: int, doubted: int | None
) -> None:
    now = datetime(2096, 1, 1, tzinfo=UTC)
    for number, ago in enumerate(earlier.split(", ") if earlier != "no call" else ()):
        amount, unit = ago.split()
        made = now - timedelta(**{unit: int(amount)})
        (tmp_path / f"{made:%Y%m%dT%H%M%S}-{number:08x}.jsonl").write_text("{}\n")
    assert clock_in_doubt(tmp_path, now, days) == (None if doubted is None else timedelta(days=doubted))
