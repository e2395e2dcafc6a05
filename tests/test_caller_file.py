"""Callers as files: sound files of any kind, and lists of what they do and when."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.dtmf_detector import DtmfDetector
from ivr.audio.dtmf_generator import dialled
from ivr.audio.wav import write_wav
from ivr.errors import IvrError, SpeechError
from ivr.lines.caller_file import read_caller
from tests.sound_calls import RATE, word


def written(folder: Path, text: str) -> Path:
    file = folder / "caller.txt"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (16_000, 2), (44_100, 1), (48_000, 2)])
def test_a_sound_file_of_any_rate_is_brought_to_the_lines(tmp_path: Path, rate: int, channels: int) -> None:
    keys = dialled("159", rate=rate)
    write_wav(tmp_path / "caller.wav", np.stack([keys] * channels, axis=1) if channels > 1 else keys, rate)
    heard = DtmfDetector(RATE).feed(read_caller(tmp_path / "caller.wav", RATE))
    assert "".join(key.key for key in heard) == "159"


def test_a_list_says_what_the_caller_does_and_when(tmp_path: Path) -> None:
    write_wav(tmp_path / "piece.wav", dialled("7", rate=8_000), 8_000)
    list_ = written(tmp_path, "; a comment\n\n0.5  12#\n0:02.25 3x\n3s piece.wav\n4  “余额”\n")
    sound = read_caller(list_, RATE, say=word)
    heard = DtmfDetector(RATE).feed(sound[: 4 * RATE])
    assert "".join(key.key for key in heard) == "12#3*7"
    for key, at_s in zip(heard, (0.5, 0.75, 1.0, 2.25, 2.5, 3.0), strict=True):
        assert abs(key.started_at / RATE - at_s) < 0.01
    np.testing.assert_array_equal(sound[4 * RATE :], word("余额"))


def test_comments_may_stand_after_a_doing(tmp_path: Path) -> None:
    write_wav(tmp_path / "a;b.wav", dialled("7", rate=8_000), 8_000)
    plain = read_caller(written(tmp_path, "0 12#\n1 a;b.wav\n2 “余额”\n"), RATE, say=word)
    list_ = written(
        tmp_path, "  ; all of it\n0 12# ; keys\n1\ta;b.wav\t; a file; with one in its name\n2 “余额” ;words\n"
    )
    np.testing.assert_array_equal(read_caller(list_, RATE, say=word), plain)


def test_doings_at_the_same_time_are_added(tmp_path: Path) -> None:
    both = read_caller(written(tmp_path, "0 1\n0 “余额\n"), RATE, say=lambda _: np.full(100, 1_000, np.int16))
    alone = read_caller(written(tmp_path, "0 1\n"), RATE)
    np.testing.assert_array_equal(both[:100], alone[:100] + 1_000)


@pytest.mark.parametrize("offset", [0, 3, -16_000])
def test_a_caller_who_is_silent_is_told(tmp_path: Path, offset: int) -> None:
    silent, file, told = np.full(RATE, offset, np.int16), tmp_path / "muted.wav", list[str]()
    write_wav(file, silent, RATE)
    read_caller(file, RATE, note=told.append)
    assert told == ["muted.wav holds nothing but silence, so the hotline hears nobody"]
    write_wav(file, np.stack((silent, dialled("1", 1_000, 0, rate=RATE)[:RATE]), axis=1), RATE)
    told.clear()
    read_caller(file, RATE, channel="left", note=told.append)
    assert told == ["muted.wav holds nothing but silence on the side that is taken (left), so the hotline hears nobody"]
    told.clear()
    read_caller(file, RATE, channel="right", note=told.append)
    assert told == []


def test_a_long_list_takes_no_more_memory_than_its_call(tmp_path: Path) -> None:
    list_ = written(tmp_path, "".join(f"40:{second} 1\n" for second in range(60)))
    tracemalloc.start()
    try:
        sound = read_caller(list_, RATE)
        assert tracemalloc.get_traced_memory()[1] < 5 * sound.nbytes  # a sum of many may need wider numbers
    finally:
        tracemalloc.stop()


def test_a_sound_in_a_list_that_lasts_for_hours_is_refused(tmp_path: Path) -> None:
    list_ = written(tmp_path, "59:59 “很长”\n")
    with pytest.raises(IvrError, match=r"caller\.txt:1: lasts until more than an hour"):
        read_caller(list_, RATE, say=lambda _: np.zeros(2 * RATE, np.int16))


def mute(_: str) -> np.ndarray:
    raise SpeechError("no voice is here")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("12.5", "caller.txt:1: '12.5' is no doing; write a time and keys, such as 0:12.5  1"),
        ("\nsoon 1", "caller.txt:2: 'soon 1' is no doing"),
        ("99:00 1", "caller.txt:1: 99:00 is more than an hour"),
        ("1 nowhere.wav", "caller.txt:1: "),
        ("1 1 # the menu", 'keys are 0-9 * #, words begin with ", a comment with ;'),
        ("1 caller.txt", "is no WAV, AIFF, FLAC, Ogg or MP3 file"),
        ("1 “你好", "caller.txt:1: cannot be said: no voice is here"),
    ],
)
def test_a_wrong_line_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(IvrError) as raised:
        read_caller(written(tmp_path, text), RATE, say=mute)
    assert told in str(raised.value)


def test_words_need_a_voice(tmp_path: Path) -> None:
    with pytest.raises(IvrError, match="no voice is here to say words with; name a sound file instead"):
        read_caller(written(tmp_path, "1 “你好"), RATE)


def test_files_that_are_no_caller(tmp_path: Path) -> None:
    for name, content in (("a.wav", b"no sound"), ("b.txt", b"\xff\xfe\xff"), ("c.wav", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(IvrError, match=name):
            read_caller(tmp_path / name, RATE)
    for name in ("missing.wav", "missing.txt"):
        with pytest.raises(IvrError, match=name):
            read_caller(tmp_path / name, RATE)


def test_a_file_that_stops_short_is_heard_as_far_as_it_goes_and_told(tmp_path: Path) -> None:
    whole, cut, told = tmp_path / "whole.wav", tmp_path / "cut.wav", list[str]()
    write_wav(whole, dialled("159", rate=RATE), RATE)
    cut.write_bytes(whole.read_bytes()[: 44 + RATE])  # half a second
    np.testing.assert_array_equal(read_caller(cut, RATE, note=told.append), read_caller(whole, RATE)[: RATE // 2])
    assert told == ["cut.wav stops before the end that it promises: 0.5 s of it are heard"]
    read_caller(written(tmp_path, "1 cut.wav\n"), RATE, note=told.append)
    assert told[1:] == told[:1]


def test_a_sound_without_a_sample_is_no_caller(tmp_path: Path) -> None:
    write_wav(tmp_path / "none.wav", np.zeros(0, np.int16), RATE)
    with pytest.raises(IvrError, match=r"none\.wav: holds no sound; record it again"):
        read_caller(tmp_path / "none.wav", RATE)


def test_a_list_under_another_name_is_told_how_lists_are_called(tmp_path: Path) -> None:
    (tmp_path / "caller").write_text("1 1\n")
    with pytest.raises(IvrError, match=r"; the name of a list ends in \.txt$"):
        read_caller(tmp_path / "caller", RATE)


def test_nothing_at_all_is_a_silent_caller(tmp_path: Path) -> None:
    assert len(read_caller(written(tmp_path, "; nobody\n"), RATE)) == 0
