"""The limits of ITU-T Q.23 and Q.24: what must be taken for a key, and what must not."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from ivr.audio.dtmf_detector import DtmfDetector
from ivr.audio.dtmf_generator import HIGH_HZ, KEYS, LOW_HZ, dialled, key_tone

Floats = npt.NDArray[np.float64]
SILENCE = np.zeros(480, np.int16)


def text(samples: npt.NDArray[np.int16]) -> str:
    return "".join(key.key for key in DtmfDetector().feed(samples))


def every_key(tone_ms: float, seed: int = 1, **how: float) -> npt.NDArray[np.int16]:
    """All sixteen, at odd phases and at every alignment with the detector's blocks."""
    draw = np.random.default_rng(seed)
    parts = [SILENCE]
    for key in KEYS:
        phases = (draw.uniform(0, 6), draw.uniform(0, 6))
        parts += [key_tone(key, tone_ms, phases=phases, **how), SILENCE[draw.integers(0, 102) :]]  # type: ignore[arg-type] # all are floats
    return np.concatenate(parts)


def noisy(samples: npt.NDArray[np.int16], snr_db: float, seed: int = 2) -> npt.NDArray[np.int16]:
    loudness = 32767 * 10 ** (-9 / 20) * 10 ** (-snr_db / 20)
    added = np.random.default_rng(seed).normal(0, loudness, len(samples))
    return np.clip(np.rint(samples + added), -32768, 32767).astype(np.int16)


@pytest.mark.parametrize("tone_ms", [40, 45, 50, 70])
def test_forty_milliseconds_are_enough(tone_ms: float) -> None:
    assert text(every_key(tone_ms)) == KEYS


@pytest.mark.parametrize("tone_ms", [5, 10, 15, 20, 23])
@pytest.mark.parametrize("seed", range(4))
def test_twenty_three_milliseconds_are_too_few(tone_ms: float, seed: int) -> None:
    assert text(every_key(tone_ms, seed)) == ""


@pytest.mark.parametrize("sign", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_frequencies_may_be_off_by_one_and_a_half_percent_and_two_hertz(sign: tuple[int, int]) -> None:
    parts = [SILENCE]
    for key in KEYS:
        row, column = divmod(KEYS.index(key), 4)
        low, high = 0.015 + 2 / LOW_HZ[row], 0.015 + 2 / HIGH_HZ[column]
        parts += [key_tone(key, 40, low_error=sign[0] * low, high_error=sign[1] * high), SILENCE]
    assert text(np.concatenate(parts)) == KEYS


@pytest.mark.parametrize("error", [0.035, -0.035, 0.05, -0.05])
@pytest.mark.parametrize("tone_ms", [50, 400])
def test_frequencies_may_not_be_off_by_three_and_a_half_percent(error: float, tone_ms: float) -> None:
    assert text(every_key(tone_ms, low_error=error)) == ""
    assert text(every_key(tone_ms, high_error=error)) == ""
    assert text(every_key(tone_ms, low_error=error, high_error=error)) == ""


@pytest.mark.parametrize("twist_db", [-8, -4, 0, 4, 6])
def test_twist(twist_db: float) -> None:
    assert text(every_key(40, twist_db=twist_db)) == KEYS


@pytest.mark.parametrize("twist_db", [-14, 14])
def test_too_much_twist(twist_db: float) -> None:
    assert text(every_key(50, twist_db=twist_db)) == ""


@pytest.mark.parametrize("level_dbfs", [-6.1, -20, -40])
def test_level(level_dbfs: float) -> None:
    assert text(every_key(40, level_dbfs=level_dbfs)) == KEYS


@pytest.mark.parametrize("snr_db", [30, 20, 10, 6, 3])
def test_noise_over_keys(snr_db: float) -> None:
    assert text(noisy(every_key(40), snr_db)) == KEYS


@pytest.mark.parametrize("snr_db", [20, 10])
def test_noise_does_not_lengthen_a_short_tone(snr_db: float) -> None:
    assert text(noisy(every_key(20), snr_db)) == ""


@pytest.mark.parametrize(("key_dbfs", "noise_dbfs"), [(-30, -6), (-40, -20)])
def test_a_soft_key_is_over_when_loud_noise_begins(key_dbfs: float, noise_dbfs: float) -> None:
    noise = np.random.default_rng(1).normal(0, 32767 * 10 ** (noise_dbfs / 20), 16000)
    later = dialled("99", 100, 100, level_dbfs=min(-6, noise_dbfs + 3))
    noise[8000 : 8000 + len(later)] += later
    samples = np.concatenate((SILENCE, key_tone("5", 100, level_dbfs=key_dbfs), noise))
    assert text(np.clip(np.rint(samples), -32768, 32767).astype(np.int16)) == "599"


def test_one_tone_alone_is_no_key() -> None:
    at = np.arange(4000) / 8000
    for hertz in LOW_HZ + HIGH_HZ:
        alone = np.rint(8000 * np.sin(2 * np.pi * hertz * at)).astype(np.int16)
        assert text(np.concatenate((SILENCE, alone))) == ""


def test_two_tones_of_one_group_are_no_key() -> None:
    at = np.arange(2000) / 8000
    both = sum(6000 * np.sin(2 * np.pi * hertz * at) for hertz in LOW_HZ[:2])
    assert text(np.concatenate((SILENCE, np.rint(both).astype(np.int16)))) == ""


@pytest.mark.parametrize(("gap_ms", "heard"), [(10, "6"), (12, "6"), (18, "66"), (20, "66")])
def test_an_interruption_of_ten_milliseconds_does_not_make_two_keys_and_one_of_twenty_does(
    gap_ms: int, heard: str
) -> None:
    tone = key_tone("6", 120)
    tone[400 : 400 + 8 * gap_ms] = 0
    for lead in range(102):
        assert text(np.concatenate((SILENCE, SILENCE[:lead], tone, SILENCE))) == heard


def test_a_pause_of_forty_milliseconds_parts_keys() -> None:
    assert text(dialled("6666", 40, 40)) == "6666"


@pytest.mark.parametrize("loudness", [10, 1000, 9000])
def test_noise_holds_no_key(loudness: float) -> None:
    samples = np.random.default_rng(3).normal(0, loudness, 8000 * 60)
    assert text(np.clip(samples, -32768, 32767).astype(np.int16)) == ""


def test_the_worst_noise_of_all_holds_no_key() -> None:
    samples = np.random.default_rng(4).choice(np.array([-32768, 32767], np.int16), 8000 * 20)
    assert text(samples) == ""


@pytest.mark.parametrize("level_dbfs", [-20, -45])
def test_a_constant_offset_hides_no_key(level_dbfs: float) -> None:
    assert text((every_key(40, level_dbfs=level_dbfs) + 12_000).astype(np.int16)) == KEYS


def test_clipping_hides_no_key() -> None:
    clipped = np.clip(every_key(50, level_dbfs=-6.0).astype(float) * 2.0, -32768, 32767)
    assert text(clipped.astype(np.int16)) == KEYS


def test_dial_tone_hides_no_key() -> None:
    samples = every_key(60, level_dbfs=-12)
    dial = 32767 * 10 ** (-15 / 20) * np.sin(2 * np.pi * 450 / 8000 * np.arange(len(samples)))
    assert text(np.rint(samples + dial).astype(np.int16)) == KEYS


def test_a_vowel_that_glides_over_a_key_is_none() -> None:
    at = np.arange(8000) / 8000
    glide = 1 + 0.1 * (at - 0.5)
    voice = np.zeros(8000)
    for harmonic in range(1, 14):
        voice += 2500 / harmonic**0.3 * np.sin(2 * np.pi * 140 * harmonic * np.cumsum(glide) / 8000)
    assert text(np.clip(voice, -32768, 32767).astype(np.int16)) == ""
