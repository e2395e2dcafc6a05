"""The player: exact counts, the same samples in any blocks, starts at once, stops at once, never clicks."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ivr.audio.heard_words import heard_words
from ivr.audio.pcm import Samples, block_length
from ivr.audio.player import RAMP_MS, Player

RATE = 8000
RAMP = RATE * RAMP_MS // 1000
BLOCK = block_length(RATE)
sounds = arrays.arrays(np.int16, st.integers(0, 700))
sizes = st.lists(st.integers(0, 400), min_size=1, max_size=12)


def sine(count: int = 8000, hertz: float = 300, loudness: float = 20_000) -> Samples:
    return np.rint(loudness * np.sin(2 * np.pi * hertz * np.arange(count) / RATE)).astype(np.int16)


def read(player: Player, blocks: list[int]) -> Samples:
    return np.concatenate([player.read(count) for count in blocks])


def largest_step(samples: Samples) -> int:
    return int(np.abs(np.diff(np.concatenate(([0], samples.astype(int), [0])))).max())


@given(sounds, sizes, st.booleans(), st.integers(0, 300))
def test_a_read_gives_exactly_what_was_asked_for(some: Samples, blocks: list[int], loop: bool, delay: int) -> None:
    player = Player(RATE)
    player.play(some, loop=loop, delay=delay)
    for count in blocks:
        assert len(player.read(count)) == count


@given(sounds, sounds, st.integers(0, 900), sizes, st.booleans(), st.integers(0, 300), st.integers(0, 500))
def test_blocks_change_nothing(
    one: Samples, other: Samples, first: int, blocks: list[int], loop: bool, delay: int, until_stop: int
) -> None:
    def heard(sizes: list[int]) -> tuple[Samples, list[int]]:
        player, parts, counts = Player(RATE), [], []
        for stretch in ("play", "replace", "stop"):
            if stretch == "play":
                player.play(one, loop=loop, delay=delay)
            elif stretch == "replace":
                player.duck(-6)
                player.play(other, loop=not loop)
            else:
                player.stop()
            left = {"play": first, "replace": until_stop, "stop": 300}[stretch]
            for size in sizes:
                parts.append(player.read(min(size, left)))
                left -= min(size, left)
            parts.append(player.read(left))
            counts.append(player.heard)
        return np.concatenate(parts), counts

    whole, counts = heard([])
    pieces, counts_of_pieces = heard(blocks)
    assert np.array_equal(whole, pieces)
    assert counts == counts_of_pieces


@given(
    arrays.arrays(np.int16, st.integers(1, 600), elements=st.integers(-9000, 9000)),
    st.integers(0, 700),
    st.integers(0, 700),
    sizes,
)
def test_nothing_clicks(some: Samples, ducked_after: int, stopped_after: int, blocks: list[int]) -> None:
    player = Player(RATE)
    player.play(some)
    out = [read(player, [ducked_after])]
    player.duck(-12)
    out.append(read(player, [stopped_after]))
    player.stop()
    out.append(read(player, [*blocks, RAMP]))
    loudest, steepest = np.abs(some.astype(int)).max(), np.abs(np.diff(some.astype(int))).max(initial=0)
    assert largest_step(np.concatenate(out)) <= steepest + loudest / RAMP + 1


def test_a_replaced_sound_does_not_click_either() -> None:
    player = Player(RATE)
    player.play(np.full(4000, 12_000, np.int16))
    before = player.read(1000)
    player.play(np.full(900, -12_000, np.int16))
    assert largest_step(np.concatenate((before, player.read(1000)))) == pytest.approx(24_000 / RAMP, abs=2)


def test_the_middle_of_a_sound_is_not_touched() -> None:
    player = Player(RATE)
    player.play(sine(2000))
    assert np.array_equal(player.read(2000)[RAMP:-RAMP], sine(2000)[RAMP:-RAMP])


def test_it_starts_in_the_next_block() -> None:
    player = Player(RATE)
    assert not player.read(BLOCK).any()
    player.play(sine())
    assert player.read(BLOCK).any()


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_it_is_silent_within_forty_milliseconds_of_a_stop(rate: int) -> None:
    player = Player(rate)
    player.play(np.full(rate, 20_000, np.int16))
    for _ in range(10):
        player.read(block_length(rate))
    already_with_the_device = block_length(rate)
    player.stop()
    after = player.read(rate)
    silent_from = int(np.flatnonzero(after)[-1]) + 1
    assert already_with_the_device + silent_from <= 0.040 * rate
    assert silent_from <= (RAMP_MS + 1) * rate // 1000


def test_what_was_heard_is_counted_without_the_silence_before_it() -> None:
    player = Player(RATE)
    player.play(sine(1000), delay=500)
    player.read(450)
    assert (player.heard, player.playing) == (0, True)
    player.read(450)
    assert (player.heard, player.playing) == (400, True)
    player.stop()
    player.read(BLOCK)
    assert player.heard == 400 + RAMP
    assert (player.playing, player.finished) == (False, False)


def test_the_end_is_told_by_the_read_that_gave_the_last_sample() -> None:
    player = Player(RATE)
    sounding = player.play(sine(320))
    told = []
    for _ in range(3):
        player.read(BLOCK)
        told.append((sounding.finished, player.finished, player.playing))
    assert told == [(False, False, True), (True, True, False), (True, True, False)]
    assert sounding.heard == 320


def test_a_replaced_sound_never_finishes() -> None:
    player = Player(RATE)
    first = player.play(sine(170))
    player.read(BLOCK)
    second = player.play(sine(BLOCK))
    player.read(BLOCK)
    assert (first.over, first.finished) == (True, False)
    assert second.finished


def test_a_sound_that_is_stopped_before_it_was_heard_leaves_silence() -> None:
    player = Player(RATE)
    player.play(sine())
    player.stop()
    assert not player.read(1000).any()
    assert not player.playing


def test_an_empty_sound_is_finished_by_the_next_read() -> None:
    for loop in (False, True):
        player = Player(RATE)
        player.play(sine(0), loop=loop)
        assert player.playing
        assert not player.read(BLOCK).any()
        assert player.finished


def test_a_loop_has_no_seam() -> None:
    player = Player(RATE)
    player.play(sine(80, hertz=100), loop=True)
    assert np.array_equal(player.read(800)[RAMP:], sine(800, hertz=100)[RAMP:])
    assert player.heard == 800


def test_ducking_and_back() -> None:
    player = Player(RATE)
    player.play(np.full(8000, 20_000, np.int16))
    player.read(BLOCK)
    player.duck(-12)
    assert player.read(BLOCK)[-1] == pytest.approx(5000, rel=0.05)
    player.duck(0)
    assert player.read(BLOCK)[-1] == 20_000
    player.duck(float("-inf"))
    assert player.read(BLOCK)[-1] == 0
    assert player.heard == 4 * BLOCK


def test_two_loud_sounds_saturate() -> None:
    player = Player(RATE)
    player.play(np.full(1000, 32767, np.int16))
    player.read(500)
    player.play(np.full(1000, 32767, np.int16))
    assert (player.read(100) > 30_000).all()


def test_commands_may_come_from_another_thread() -> None:
    player, over = Player(RATE), threading.Event()

    def command() -> None:
        for _ in range(300):
            player.play(sine(500))
            player.duck(-6)
            player.stop()
        over.set()

    thread = threading.Thread(target=command)
    thread.start()
    while not over.is_set():
        assert len(player.read(BLOCK)) == BLOCK
    thread.join()
    player.read(BLOCK)
    assert not player.read(BLOCK).any()


@pytest.mark.parametrize("samples", [np.zeros((5, 2), np.int16), np.zeros(5, np.float32)])
def test_other_samples_are_refused(samples: np.ndarray) -> None:
    with pytest.raises(ValueError, match="int16 mono"):
        Player(RATE).play(samples)


def test_a_player_needs_a_rate() -> None:
    with pytest.raises(ValueError, match="0 samples a second"):
        Player(0)


@pytest.mark.parametrize(
    ("text", "heard_ms", "length_ms", "heard"),
    [
        ("查余额请按1。", 0, 2000, ""),
        ("查余额请按1。", 2000, 2000, "查余额请按1。"),
        ("查余额请按1。", 1000, 2000, "查余额"),
        ("一，二，三", 1300, 2000, "一，二"),
        ("请下载 APP 查询", 1200, 2000, "请下载 "),
        ("请下载 APP 查询", 1250, 2000, "请下载 "),
        ("请下载 APP 查询", 1400, 2000, "请下载 APP "),
        ("什么也没有", 100, 0, ""),
        ("", 100, 200, ""),
    ],
)
def test_the_words_that_were_heard(text: str, heard_ms: int, length_ms: int, heard: str) -> None:
    assert heard_words(text, heard_ms, length_ms) == heard


@given(st.text(st.sampled_from("余额请按1一，。 APPok"), max_size=30), st.integers(0, 3000), st.integers(0, 3000))
def test_more_time_never_means_fewer_words(text: str, one: int, other: int) -> None:
    fewer, more = (heard_words(text, heard, 3000) for heard in sorted((one, other)))
    assert text.startswith(more)
    assert more.startswith(fewer)
