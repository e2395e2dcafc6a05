"""What the speech model is trained on: what is said, how it is kept, what rooms and telephones do to it, the features.

Needs SciPy and WORLD, which no user of the hotline does: ``pip install --group training``. CI installs them.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
import pytest

if "CI" not in os.environ:
    for _name in ("scipy", "pyworld", "kaldi_native_fbank"):
        pytest.importorskip(_name, reason=f"{_name} is not installed (pip install --group training)")

import kaldi_native_fbank
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.speech.phones import syllable_phones
from models.training.augmentation import conditioned, over_the_telephone, with_lost_packets
from models.training.background import Background
from models.training.corpus import make_audio, make_features, make_nothing, seed_of
from models.training.features import COEFFICIENTS, cepstra
from models.training.shards import Spoken, hours, read_shard, write_shard
from models.training.utterances import (
    DIGITS,
    NOTHING,
    any_digits,
    any_utterance,
    hotline_phrases,
    offered_phrases,
    pronounced,
    utterance_of,
)

RATE = 16000


def tone(hertz: float, seconds: float = 0.5) -> np.ndarray:
    """A voice-like sound: a fundamental and its overtones below 3.5 kHz."""
    at = np.arange(int(seconds * RATE)) / RATE
    overtones = range(1, int(3500 / hertz) + 1)
    signal = sum(np.sin(2 * np.pi * hertz * overtone * at) / overtone for overtone in overtones)
    return np.rint(signal / np.abs(signal).max() * 19000).astype(np.int16)


class Hummer:
    """A source that hums one tone for every utterance."""

    name = "hummer"

    def spoken(self, chance: random.Random) -> Spoken:
        hertz = chance.uniform(100, 300)
        return Spoken(any_utterance(chance, ("苹果", "学校")), f"hum-{hertz:.0f}", tone(hertz, chance.uniform(0.2, 1)))


def silent(what: str, done: int, of: int) -> None:
    assert 0 < done <= of, what


# --- features -------------------------------------------------------------------------------------------------------


def reference_cepstra(samples: np.ndarray) -> np.ndarray:
    options = kaldi_native_fbank.MfccOptions()
    options.frame_opts.samp_freq, options.frame_opts.dither, options.frame_opts.snip_edges = RATE, 0, True
    options.mel_opts.num_bins, options.mel_opts.low_freq, options.mel_opts.high_freq = 40, 20, 7600
    options.num_ceps, options.use_energy = 40, False
    mfcc = kaldi_native_fbank.OnlineMfcc(options)
    mfcc.accept_waveform(RATE, samples.astype(np.float32).tolist())
    mfcc.input_finished()
    return np.stack([mfcc.get_frame(index) for index in range(mfcc.num_frames_ready)])


@pytest.mark.parametrize("loudness", [3, 300, 9000])
def test_the_features_are_those_that_kaldi_computes(loudness: float) -> None:
    samples = np.random.default_rng(loudness).normal(0, loudness, RATE // 2)
    samples[: RATE // 4] += tone(180, 0.25) / 10
    ours, theirs = cepstra(samples), reference_cepstra(samples)
    assert ours.shape == theirs.shape == (48, COEFFICIENTS)
    np.testing.assert_allclose(ours, theirs, atol=2e-3)  # of values up to 120, in 32-bit arithmetic


def test_warped_features_are_those_of_stretched_formants() -> None:
    rng = np.random.default_rng(1)

    def resonance(hertz: float) -> np.ndarray:
        spectrum = np.fft.rfft(rng.standard_normal(RATE))
        frequencies = np.fft.rfftfreq(RATE, 1 / RATE)
        signal = np.fft.irfft(spectrum / (1 + ((frequencies - hertz) / 150) ** 2))
        return signal / signal.std() * 3000

    low, high = resonance(1000).astype(np.float64), resonance(1150).astype(np.float64)
    wanted = cepstra(high).mean(0)
    assert (
        np.abs(cepstra(low, 1.15).mean(0) - wanted)[:13].mean() < np.abs(cepstra(low).mean(0) - wanted)[:13].mean() / 2
    )


def test_less_than_a_window_has_no_frames() -> None:
    assert cepstra(np.zeros(399)).shape == (0, COEFFICIENTS)
    assert cepstra(np.zeros(400)).shape == (1, COEFFICIENTS)


# --- what is said ---------------------------------------------------------------------------------------------------


def test_every_phrase_has_a_reading_that_the_model_knows() -> None:
    for phrase in hotline_phrases():
        assert all(len(syllable_phones(syllable)) == 2 for syllable in pronounced(phrase)), phrase
    assert set(offered_phrases()) <= set(hotline_phrases())
    assert {"余额", "不是", "人工", "返回主菜单"} <= set(offered_phrases())


@settings(deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 4, 6, 18]))
def test_digit_strings_have_their_length_and_readings(seed: int, length: int) -> None:
    said = any_digits(random.Random(seed), length)
    assert len(said.words) == len(said.syllables) == length
    assert [pronounced(word) for word in said.words] == list(said.syllables)
    assert not ({"一", "幺"} <= set(said.words)), "nobody mixes the two names of 1"


def test_a_word_without_a_reading_is_refused() -> None:
    with pytest.raises(ValueError, match="no pinyin syllable"):
        pronounced("OK")


# --- shards ---------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    said = [
        Spoken(utterance_of("phrase", ["余额", "查询"]), "somebody", tone(200, 0.1)),
        Spoken(NOTHING, "nobody", np.zeros(0, np.int16)),
        Spoken(utterance_of("digits", list(DIGITS)), "somebody", tone(100, 0.2)),
    ]
    write_shard(tmp_path / "shard.npz", "audio", said)
    read = list(read_shard(tmp_path / "shard.npz", "audio"))
    assert [(item.utterance, item.voice) for item in read] == [(item.utterance, item.voice) for item in said]
    assert all(np.array_equal(one.data, other.data) for one, other in zip(read, said, strict=True))
    assert hours(tmp_path / "shard.npz", "audio") == pytest.approx(0.3 / 3600)
    with pytest.raises(KeyError):
        list(read_shard(tmp_path / "shard.npz", "frames"))


def test_a_run_that_was_stopped_goes_on_with_the_same_result(tmp_path: Path) -> None:
    whole = make_audio(Hummer(), tmp_path / "whole", 3, silent, per_shard=2)
    parts = make_audio(Hummer(), tmp_path / "parts", 1, silent, per_shard=2)
    parts = make_audio(Hummer(), tmp_path / "parts", 3, silent, per_shard=2)
    assert [path.read_bytes() for path in whole] == [path.read_bytes() for path in parts]
    before = [path.stat().st_mtime_ns for path in parts]
    make_audio(Hummer(), tmp_path / "parts", 3, silent, per_shard=2)
    assert [path.stat().st_mtime_ns for path in parts] == before


def test_a_source_that_can_say_nothing_is_named(tmp_path: Path) -> None:
    class Mute:
        name = "mute"

        def spoken(self, chance: random.Random) -> Spoken:
            raise ValueError("no sound")

    with pytest.raises(RuntimeError, match="mute can say none"):
        make_audio(Mute(), tmp_path, 1, silent, per_shard=1)
    assert not list(tmp_path.iterdir()), "no half a shard is left"


def test_features_are_made_of_every_shard_and_of_nothing(tmp_path: Path) -> None:
    audio = make_audio(Hummer(), tmp_path / "audio", 2, silent, per_shard=3)
    made = make_features(audio, tmp_path / "features", {Hummer.name: 2}, silent)
    assert [path.name for path in made] == [f"hummer-{n:03d}.{copy}.npz" for n in (0, 1) for copy in (0, 1)]
    said = [item.utterance for item in read_shard(audio[0], "audio")]
    for copy in made[:2]:
        heard = list(read_shard(copy, "frames"))
        assert [item.utterance for item in heard] == said
        assert all(item.data.shape[1] == COEFFICIENTS and np.isfinite(item.data).all() for item in heard)
    assert not np.array_equal(next(read_shard(made[0], "frames")).data, next(read_shard(made[1], "frames")).data)
    (nothing,) = make_nothing(tmp_path / "features", 1, audio[0], silent, per_shard=4)
    assert {item.utterance.words for item in read_shard(nothing, "frames")} == {()}


# --- conditions -----------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.08, 1.0))
def test_conditions_leave_the_utterance_whole_and_are_repeatable(seed: int, seconds: float) -> None:
    samples, background = tone(150, seconds), Background([tone(220, 0.7)])
    heard, moved = conditioned(samples, np.random.default_rng(seed), background)
    again, _ = conditioned(samples, np.random.default_rng(seed), background)
    assert np.array_equal(heard, again)
    assert heard.dtype == np.int16
    assert 0.8 <= moved <= 1.18
    assert len(samples) / 1.18 + 0.2 * RATE <= len(heard) + 400
    assert len(heard) <= len(samples) / 0.8 + 1.4 * RATE + 400
    assert np.abs(heard).max() > 500, "not even the quietest line is silent"


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31))
def test_a_telephone_carries_nothing_above_4_khz(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.1, RATE)
    spectrum = np.abs(np.fft.rfft(over_the_telephone(noise, np.random.default_rng(seed)))) ** 2
    assert spectrum[4400:].sum() < 0.02 * spectrum[:4000].sum()


def test_lost_packets_are_silent_or_repeated_and_rare() -> None:
    narrow = np.arange(1, 80001, dtype=np.int32).astype(np.int16)
    damaged = with_lost_packets(narrow, np.random.default_rng(3)).reshape(-1, 160)
    packets = narrow.reshape(-1, 160)
    lost = [index for index in range(len(packets)) if not np.array_equal(damaged[index], packets[index])]
    assert 2 <= len(lost) <= 25
    for index in lost:
        assert not damaged[index].any() or np.array_equal(damaged[index], damaged[index - 1])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(4000, 40000))
def test_sounds_without_words_fill_their_length(seed: int, length: int) -> None:
    sound = Background([tone(120, 0.8)]).alone(length, np.random.default_rng(seed))
    assert sound.shape == (length,)
    assert np.isfinite(sound).all()
    assert sound.any()


def test_a_seed_belongs_to_a_name_on_every_machine() -> None:
    assert seed_of("tan-003") == 0x7644FB03
    assert len({seed_of(f"{source}-{number:03d}") for source in ("tan", "wang") for number in range(50)}) == 100
