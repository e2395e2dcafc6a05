"""A message left by voice is on the disk while it is being said: whoever is cut off has left what they said so far."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ivr.audio.pcm import Samples
from ivr.audio.wav import read_sound
from ivr.lines.background import Inline
from ivr.lines.message_file import MessageFiles

RATE = 8_000
BLOCK = RATE // 50


def files(folder: Path, told: list[str]) -> MessageFiles:
    return MessageFiles(lambda number: folder / f"message-{number}.wav", RATE, told.append, Inline())


def say(messages: MessageFiles, samples: Samples, *, speech: bool = True) -> None:
    for at in range(0, len(samples), BLOCK):
        messages.add(samples[at : at + BLOCK], speech=speech)


def test_what_was_said_so_far_is_kept_when_the_program_is_killed(tmp_path: Path) -> None:
    said = (np.arange(3 * RATE) % 1_000).astype(np.int16)
    messages = files(tmp_path, [])
    messages.begin()
    say(messages, said)
    kept = read_sound(tmp_path / "message-1.wav")  # and nothing more is done: as after a kill
    assert not kept.truncated
    assert len(kept.samples) >= 2 * RATE
    np.testing.assert_array_equal(kept.samples, said[: len(kept.samples)])
    messages.end()


def test_each_message_is_whole_in_a_file_of_its_own_and_one_without_speech_in_none(tmp_path: Path) -> None:
    messages, told = files(tmp_path, []), list[str]()
    for length, speech in ((RATE * 5 // 2, True), (3 * RATE, False), (RATE // 2, True)):
        messages.begin()
        say(messages, np.full(RATE, 1, np.int16), speech=False)
        say(messages, np.full(length, 7, np.int16), speech=speech)
        messages.end()
    messages.end()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["message-1.wav", "message-2.wav"]
    assert len(read_sound(tmp_path / "message-1.wav").samples) == RATE * 7 // 2
    assert len(read_sound(tmp_path / "message-2.wav").samples) == RATE * 3 // 2
    assert told == []


def test_a_file_that_cannot_be_written_is_told_once_for_a_message(tmp_path: Path) -> None:
    told = list[str]()
    (tmp_path / "message-1.wav").mkdir()
    messages = files(tmp_path, told)
    for _ in range(2):
        messages.begin()
        say(messages, np.full(4 * RATE, 7, np.int16))
        messages.end()
    (trouble,) = told
    assert trouble.startswith("the sound of a message is not kept: ")
    assert len(read_sound(tmp_path / "message-2.wav").samples) == 4 * RATE
