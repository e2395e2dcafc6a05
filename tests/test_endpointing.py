"""Where an utterance begins and ends."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.audio.dtmf_generator import key_tone
from ivr.audio.pcm import Samples
from ivr.speech.endpointing import Boundary, Endpointer, SpeechBegan, SpeechEnded
from tests.artificial_speech import at_level, hum, music, noise, samples, seconds, silence, voice, whisper

RATES = pytest.mark.parametrize("rate", [8_000, 16_000])
STANDARD_MS, SENIOR_MS = 700, 1_200


def key(name: str, rate: int, length_ms: int) -> np.ndarray:
    return key_tone(name, rate=rate, tone_ms=length_ms).astype(np.float64)


def heard(sound: Samples, rate: int, end_of_speech_ms: int = STANDARD_MS) -> list[Boundary]:
    return Endpointer(rate, end_of_speech_ms).feed(sound)


def spans(sound: Samples, rate: int, end_of_speech_ms: int = STANDARD_MS) -> list[tuple[float, float]]:
    """The utterances, in seconds; one that has not ended ends with the sound."""
    boundaries = heard(sound, rate, end_of_speech_ms)
    begins = [boundary.at / rate for boundary in boundaries if isinstance(boundary, SpeechBegan)]
    ends = [boundary.at / rate for boundary in boundaries if isinstance(boundary, SpeechEnded)]
    return list(zip(begins, [*ends, len(sound) / rate], strict=False))


@RATES
def test_boundaries_of_one_utterance(rate: int) -> None:
    sound = samples(silence(1, rate), voice(4, rate), silence(2, rate))
    began, ended = heard(sound, rate)
    assert began.at / rate == pytest.approx(1.0, abs=0.04)
    assert began.decided_at / rate <= 1.16
    assert ended.at / rate == pytest.approx(1.8, abs=0.06)
    assert (ended.decided_at - ended.at) / rate == pytest.approx(0.7, abs=0.001)
    assert ended == SpeechEnded(ended.at, ended.decided_at, too_long=False)


@RATES
def test_the_shortest_word_is_speech(rate: int) -> None:
    assert len(spans(samples(silence(1, rate), voice(1, rate), silence(1, rate)), rate)) == 1


@pytest.mark.parametrize(("end_of_speech_ms", "pause", "utterances"), [
    (STANDARD_MS, 0.3, 1), (STANDARD_MS, 0.6, 1), (STANDARD_MS, 0.9, 2), (STANDARD_MS, 1.5, 2),
    (SENIOR_MS, 0.9, 1), (SENIOR_MS, 1.1, 1), (SENIOR_MS, 1.5, 2),
])  # fmt: skip
def test_a_pause_ends_an_utterance_only_when_it_is_long_for_the_profile(
    end_of_speech_ms: int, pause: float, utterances: int
) -> None:
    rate = 8_000
    sound = samples(silence(1, rate), voice(3, rate), silence(pause, rate), voice(3, rate), silence(2, rate))
    assert len(spans(sound, rate, end_of_speech_ms)) == utterances


def test_a_change_of_profile_counts_at_once() -> None:
    rate = 8_000
    endpointer = Endpointer(rate, STANDARD_MS)
    assert len(endpointer.feed(samples(silence(1, rate), voice(3, rate), silence(0.5, rate)))) == 1
    endpointer.end_of_speech_ms = SENIOR_MS
    assert endpointer.feed(samples(silence(0.5, rate))) == []
    assert len(endpointer.feed(samples(silence(0.5, rate)))) == 1


@RATES
@pytest.mark.parametrize("what", ["direct current", "hum", "clipping", "a noisy line"])
def test_speech_is_found_in_a_bad_signal(rate: int, what: str) -> None:
    clean = np.concatenate([silence(1, rate), voice(4, rate), silence(2, rate)])
    match what:
        case "direct current":
            bad = clean + 9_000
        case "hum":
            bad = clean + hum(len(clean) / rate, rate)
        case "clipping":
            bad = clean * 20
        case _:
            bad = clean + noise(len(clean) / rate, rate, dbfs=-44)
    ((begin, end),) = spans(samples(bad), rate)
    assert begin == pytest.approx(1.0, abs=0.1)
    assert end == pytest.approx(1.8, abs=0.12)


@RATES
def test_whispering_is_speech(rate: int) -> None:
    sound = np.concatenate([silence(1, rate), whisper(4, rate, dbfs=-48), silence(2, rate)])
    assert len(spans(samples(sound + noise(len(sound) / rate, rate, dbfs=-68)), rate)) == 1


@RATES
@pytest.mark.parametrize("dbfs", [-80, -60, -45, -35])
def test_constant_noise_is_none(rate: int, dbfs: float) -> None:
    assert spans(samples(noise(8, rate, dbfs=dbfs)), rate) == []


@RATES
@pytest.mark.parametrize("sound", [silence(5, 16_000), np.full(5 * 16_000, 12_000.0), hum(5, 16_000)])
def test_silence_direct_current_and_hum_are_none(rate: int, sound: np.ndarray) -> None:
    assert spans(samples(sound[:: 16_000 // rate]), rate) == []


@RATES
@pytest.mark.parametrize("length", [0.002, 0.01, 0.02])
def test_clicks_and_knocks_are_none(rate: int, length: float) -> None:
    sound = noise(8, rate, dbfs=-65)
    knock = noise(4 * length, rate, dbfs=-6, seed=1) * np.exp(-seconds(4 * length, rate) / length)
    for at in (1.1, 2.3, 3.7, 5.2):
        sound[round(at * rate) :][: len(knock)] += knock
    assert spans(samples(sound), rate) == []


@RATES
@pytest.mark.parametrize("length_ms", [40, 100, 400, 2_000])
def test_telephone_keys_are_none(rate: int, length_ms: int) -> None:
    sound = [noise(1, rate, dbfs=-60)]
    for name in "147*2580369#":
        sound += [key(name, rate, length_ms), noise(0.2, rate, dbfs=-60)]
    assert spans(samples(*sound), rate) == []


@RATES
def test_a_key_in_the_middle_of_a_word_does_not_end_it(rate: int) -> None:
    sound = samples(silence(1, rate), voice(3, rate), key("5", rate, 100), voice(3, rate), silence(1, rate))
    assert len(spans(sound, rate)) == 1


@pytest.mark.parametrize("sound", [
    noise(10, 8_000, dbfs=-25), 9_000 * np.sin(2 * np.pi * 450 * seconds(10, 8_000)), noise(10, 8_000, dbfs=0),
], ids=["fan", "dial tone", "full scale"])  # fmt: skip
def test_constant_sound_that_starts_is_left_within_four_seconds(sound: np.ndarray) -> None:
    rate = 8_000
    boundaries = heard(samples(silence(2, rate), sound), rate)
    assert len(boundaries) <= 2
    if boundaries:
        assert boundaries[-1].decided_at / rate <= 2 + 4


def test_music_never_holds_the_line_for_ever() -> None:
    rate = 8_000
    found = heard(samples(silence(1, rate), music(50, rate)), rate)
    begun = None
    for boundary in found:
        if isinstance(boundary, SpeechBegan):
            begun = boundary
        else:
            assert begun is not None
            assert boundary.decided_at - begun.at <= 20 * rate
            begun = None


def test_talk_without_end_is_cut_off_and_the_next_utterance_needs_a_pause() -> None:
    rate = 8_000
    talk = np.concatenate([voice(4, rate), silence(0.3, rate)])
    sound = samples(silence(1, rate), *[talk] * 10, silence(1, rate), voice(3, rate), silence(1, rate))
    first, cut, second, end = Endpointer(rate, STANDARD_MS, talk_too_long_ms=5_000).feed(sound)
    assert isinstance(cut, SpeechEnded)
    assert cut.too_long
    assert (cut.decided_at - first.at) / rate == pytest.approx(5, abs=0.05)
    assert second.at / rate == pytest.approx(1 + 10 * 1.1 + 1, abs=0.1)
    assert end == SpeechEnded(end.at, end.decided_at, too_long=False)


def test_a_reset_forgets_the_utterance_but_not_the_place() -> None:
    rate = 8_000
    endpointer = Endpointer(rate, STANDARD_MS)
    first = samples(silence(1, rate), voice(4, rate))
    assert len(endpointer.feed(first)) == 1
    assert endpointer.speaking
    endpointer.reset()
    assert not endpointer.speaking
    assert endpointer.feed(samples(silence(2, rate))) == []
    (again,) = endpointer.feed(samples(voice(4, rate)))
    assert again.at == pytest.approx(len(first) + 2 * rate, abs=0.04 * rate)


def _mixture(rate: int) -> Samples:
    sound = np.concatenate([
        silence(0.7, rate), voice(3, rate), silence(0.4, rate), voice(2, rate), silence(1.3, rate),
        key("7", rate, 90), silence(0.5, rate), at_level(voice(5, rate), -40), silence(1, rate),
    ])  # fmt: skip
    return samples(sound + noise(len(sound) / rate, rate, dbfs=-58))


MIXTURES = {rate: (_mixture(rate), heard(_mixture(rate), rate)) for rate in (8_000, 16_000)}


@RATES
@settings(max_examples=12, deadline=None)
@given(cuts=st.lists(st.integers(0, 100_000), max_size=60), step=st.sampled_from([61, 160, 320, 333, 5_000, 1_000_000]))
def test_the_same_sound_has_the_same_boundaries_in_any_chopping(rate: int, cuts: list[int], step: int) -> None:
    sound, expected = MIXTURES[rate]
    assert len(expected) == 4
    at = sorted({0, len(sound), *(cut % len(sound) for cut in cuts), *range(0, len(sound), step)})
    endpointer = Endpointer(rate, STANDARD_MS)
    assert [one for start, end in pairwise(at) for one in endpointer.feed(sound[start:end])] == expected


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_whatever_is_heard_the_boundaries_alternate_and_nothing_lasts_too_long(seed: int, pieces: int) -> None:
    rate = 8_000
    chance = np.random.default_rng(seed)
    parts = []
    for _ in range(pieces):
        length = float(chance.uniform(0.05, 2))
        kind = chance.integers(0, 5)
        level = float(chance.uniform(-70, 0))
        parts.append([
            silence(length, rate), noise(length, rate, dbfs=level, seed=seed), voice(max(1, int(length * 5)), rate),
            chance.choice([-32_768.0, 32_767.0], round(length * rate)), music(length, rate),
        ][kind])  # fmt: skip
    sound = samples(*parts)
    last = None
    for boundary in heard(sound, rate, 700):
        assert isinstance(boundary, SpeechBegan if last is None or isinstance(last, SpeechEnded) else SpeechEnded)
        assert 0 <= boundary.at <= boundary.decided_at <= len(sound)
        if last is not None:
            assert boundary.at >= last.at
            assert boundary.decided_at >= last.decided_at
        last = boundary


def test_a_rate_whose_blocks_are_no_whole_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="11025"):
        Endpointer(11_025, STANDARD_MS)
