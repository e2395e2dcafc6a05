"""What arrives over a channel is what such a channel lets through: levels, bands and noise are what their names say."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.audio.pcm import Samples, level_dbfs, saturated
from ivr.audio.wav import Sound
from ivr.errors import UsageError
from ivr.speech.evaluation.conditions import USUAL, Channel, condition

RATE = 16_000
QUIET = slice(RATE // 100, RATE // 4)  # within the 300 ms before the speech


def tone(hertz: float, seconds: float = 1.0, dbfs: float = -12.0, rate: int = RATE) -> Sound:
    at = np.arange(int(seconds * rate)) / rate
    return Sound(saturated(np.sin(2 * np.pi * hertz * at) * 32767 * 10 ** (dbfs / 20)), rate)


def speech_part(arrived: Samples) -> Samples:
    return arrived[RATE * 4 // 10 : RATE]


@pytest.fixture(scope="module")
def channel() -> Channel:
    return Channel([tone(400), tone(900, 0.5), tone(1500)], RATE)


@pytest.mark.parametrize("name", USUAL)
def test_a_condition_is_known_by_its_name(name: str) -> None:
    assert str(condition(name)) == name


@pytest.mark.parametrize("name", ["", "32k", "16k-pink-20", "8k-white", "8k-white-x", "16k white 20"])
def test_a_condition_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="write 16k or 8k"):
        condition(name)


@pytest.mark.parametrize("dbfs", [-40.0, -6.0])
def test_speech_is_brought_to_one_level_with_quiet_around_it(channel: Channel, dbfs: float) -> None:
    arrived = channel.carried(tone(1000, dbfs=dbfs), "a", condition("16k"))

    assert level_dbfs(speech_part(arrived)) == pytest.approx(-20, abs=0.5)
    assert level_dbfs(arrived[QUIET]) == -120
    assert len(arrived) == RATE * 19 // 10


@pytest.mark.parametrize(("hertz", "passes"), [(100, False), (500, True), (1000, True), (3200, True), (5000, False)])
def test_the_telephone_has_its_band(channel: Channel, hertz: float, passes: bool) -> None:
    arrived = channel.carried(tone(hertz), "a", condition("8k"))

    assert (level_dbfs(speech_part(arrived)) > -22) == passes
    assert level_dbfs(speech_part(arrived)) > -20.5 or not passes


@pytest.mark.parametrize("noise", ["white", "babble"])
@pytest.mark.parametrize("snr", [20, 5])
def test_noise_lies_as_far_below_the_speech_as_its_name_says(channel: Channel, noise: str, snr: int) -> None:
    arrived = channel.carried(tone(1000, 3.0), "a", condition(f"16k-{noise}-{snr}"))
    clean = channel.carried(tone(1000, 3.0), "a", condition("16k"))

    rest = saturated(arrived.astype(np.int32) - clean)
    assert level_dbfs(rest) == pytest.approx(-20 - snr, abs=0.3)
    assert level_dbfs(arrived[QUIET]) > -20 - snr - 6  # it is there before the speech


def test_the_same_recording_has_the_same_noise_and_another_has_another(channel: Channel) -> None:
    under = condition("8k-babble-15")

    first, again = (channel.carried(tone(1000), "a", under) for _ in range(2))
    other = channel.carried(tone(1000), "b", under)

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_what_arrives_has_the_recognisers_rate() -> None:
    arrived = Channel([], 8_000).carried(tone(1000, rate=44_100), "a", condition("8k"))

    assert len(arrived) == pytest.approx(8_000 * 1.9, abs=20)
