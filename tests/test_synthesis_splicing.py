"""Amounts put together from recordings: all that was said is there, without a gap, a click or a step in level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.audio.pcm import Samples
from ivr.audio.wav import Sound, write_wav
from ivr.callflow.nodes import Prompt
from ivr.errors import SpeechError
from ivr.mandarin.reading import read_digits, read_money
from ivr.speech.cached_synthesiser import CachedSynthesiser
from ivr.speech.conditioning import speech_dbfs, window_dbfs
from ivr.speech.prompt_voice import PromptVoice
from ivr.speech.recordings import Recordings
from ivr.speech.splicing import spliced
from ivr.speech.wording_parts import parts_of, words_of

RATE = 16_000
WORDS = "零幺一二两三四五六七八九十百千万亿元角分"
BALANCE = Prompt(text="您的余额是{account.balance:money}，末四位{card.tail:digits}。")


class NoVoice:
    voice = "none"

    def synthesise(self, text: str, pace: float = 1.0) -> Sound:
        raise SpeechError(f"nobody says {text}")

    def close(self) -> None:
        pass


class OneTone:
    voice = "one tone"

    def synthesise(self, text: str, pace: float = 1.0) -> Sound:
        return Sound(syllable(11, 22_050, 3000), 22_050)

    def close(self) -> None:
        pass


def syllable(number: int, rate: int, loudness: float = 9000, silence_ms: int = 150) -> Samples:
    """A hum of its own pitch, with a soft beginning and end as voices have them, and silence around."""
    at = np.arange(rate // 5) / rate
    shape = np.minimum(1, np.minimum(at / 0.02, (0.2 - at) / 0.03).clip(0))
    hum = sum(np.sin(2 * np.pi * (110 + 7 * number) * harmonic * at) / harmonic for harmonic in range(1, 6))
    silence = np.zeros(rate * silence_ms // 1000)
    return np.concatenate((silence, loudness / 2 * shape * hum, silence)).astype(np.int16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every word in another make: rates, widths, channels, loudness, WAV and FLAC."""
    made = tmp_path_factory.mktemp("recordings")
    (made / "words").mkdir()
    makes = [(8000, "PCM_U8"), (11_025, "PCM_16"), (44_100, "PCM_24"), (48_000, "PCM_32"), (22_050, "FLOAT")]
    for number, word in enumerate(WORDS):
        rate, subtype = makes[number % len(makes)]
        samples = syllable(number, rate, 3000 + 1200 * (number % 7)) / 32768
        channels = np.stack([samples] * (1 + number % 2), axis=1)
        soundfile.write(made / "words" / f"{word}.wav", channels, rate, subtype=subtype)
    for number, name in enumerate(("balance~1", "balance~2")):
        soundfile.write(made / f"{name}.flac", syllable(20 + number, 24_000), 24_000)
    return made


def voice(folder: Path, engine: object = None) -> PromptVoice:
    speaking = CachedSynthesiser(engine or NoVoice(), None, RATE)  # type: ignore[arg-type]
    return PromptVoice(speaking, Recordings([folder], RATE), {"balance": BALANCE}, rate=RATE)


def gaps_ms(samples: Samples) -> list[int]:
    """The silences inside, longest last: runs of 10 ms windows 30 dB below the speech."""
    quiet = window_dbfs(samples, RATE) < speech_dbfs(samples, RATE) - 30
    runs = "".join("." if one else "#" for one in quiet).strip(".").split("#")
    return sorted(10 * len(run) for run in runs if run)


def roughness(samples: Samples) -> int:
    """The largest step of the steepness: a click has a large one."""
    return int(np.abs(np.diff(samples.astype(np.int64), 2)).max())


@pytest.mark.parametrize("fen", [1, 50, 1005, 123_456, 2_000_000, 12_345_678_901])
def test_amounts_come_out_without_gaps_and_clicks(folder: Path, fen: int) -> None:
    text = f"您的余额是{read_money(fen)}，末四位{read_digits('1234')}。"
    sound = voice(folder).sound("balance", text)
    syllables = sum(map(text.count, WORDS)) + 2
    assert len(sound) == pytest.approx(RATE * (0.2 * syllables + 0.2), rel=0.13)
    assert [gap for gap in gaps_ms(sound) if gap > 30] == pytest.approx([200], abs=40)  # the comma
    loudest_word = max(roughness(syllable(number, RATE)) for number in range(22))
    assert roughness(sound) <= 1.5 * loudest_word
    levels = [speech_dbfs(sound[start : start + RATE // 4], RATE) for start in range(0, len(sound) - RATE // 4, RATE)]
    assert max(levels) - min(levels) < 4


def test_a_step_would_be_found_by_that_measure() -> None:
    smooth = syllable(3, RATE)
    hard = np.concatenate((smooth[: 150 * 16 + 1600], np.zeros(1600, np.int16)))
    assert roughness(hard) > 1.5 * max(roughness(syllable(number, RATE)) for number in range(22))
    assert gaps_ms(np.concatenate((smooth, smooth))) == [pytest.approx(300, abs=40)]


def test_what_was_not_recorded_is_spoken_at_the_same_level(folder: Path) -> None:
    text = "您的余额是若干元，末四位一二三四。"
    sound = voice(folder, OneTone()).sound("balance", text)
    assert [gap for gap in gaps_ms(sound) if gap > 30] == pytest.approx([200], abs=40)
    with pytest.raises(SpeechError, match="nobody says 若干元"):
        voice(folder).sound("balance", text)


def test_a_prompt_whose_words_were_not_all_recorded_is_spoken_whole(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "words").symlink_to(folder / "words")
    (tmp_path / "balance~1.flac").symlink_to(folder / "balance~1.flac")
    with pytest.raises(SpeechError, match="nobody says 您的余额是五元，末四位一二三四。"):
        voice(tmp_path).sound("balance", "您的余额是五元，末四位一二三四。")


def test_a_recording_is_played_for_its_wording_only(tmp_path: Path) -> None:
    write_wav(tmp_path / "greeting.wav", syllable(1, RATE), RATE)
    greeting = PromptVoice(
        CachedSynthesiser(NoVoice(), None, RATE), Recordings([tmp_path], RATE), {"greeting": Prompt(text="您好。")}
    )
    assert len(greeting.sound("greeting", "您好。"))
    with pytest.raises(SpeechError, match="nobody says 再见"):
        greeting.sound("greeting", "再见。")
    with pytest.raises(SpeechError, match="nobody says 您好"):
        greeting.sound("other", "您好。")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"RIFF\0\0\0\0WAVE", "ends after"),
        (b"not a sound at all", "is no WAV"),
        (b"fLaC\0\0", "cannot"),
    ],
)
def test_a_recording_that_is_none_is_said_so_and_the_voice_speaks(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    (tmp_path / "greeting.wav").write_bytes(content)
    recordings = Recordings([tmp_path], RATE)
    spoken = PromptVoice(
        CachedSynthesiser(OneTone(), None, RATE), recordings, {"greeting": Prompt(text="您好。")}
    ).sound("greeting", "您好。")
    assert len(spoken)
    (problem,) = recordings.problems
    assert complaint in problem
    assert "greeting.wav" in problem


def test_a_recording_cut_short_is_not_played_since_its_last_words_are_missing(tmp_path: Path) -> None:
    write_wav(tmp_path / "greeting.wav", syllable(1, RATE), RATE)
    (tmp_path / "greeting.wav").write_bytes((tmp_path / "greeting.wav").read_bytes()[:-2000])
    recordings = Recordings([tmp_path], RATE)
    assert recordings.named("greeting", "您好") is None
    assert "stops before the end" in recordings.problems[0]


def test_a_silent_recording_counts_as_none_and_ones_own_folder_goes_first(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    for folder, samples in ((own, np.zeros(8000, np.int16)), (shipped, syllable(1, RATE))):
        folder.mkdir()
        write_wav(folder / "greeting.wav", samples, RATE)
    both = Recordings([own, shipped], RATE)
    assert both.named("greeting", "您好") is None
    assert "is silent" in both.problems[0]
    assert Recordings([tmp_path / "nowhere", shipped], RATE).named("greeting", "您好") is not None


def test_parts_are_found_again_in_a_wording() -> None:
    parts = parts_of(BALANCE.text, "您的余额是五元，末四位一二三四。")
    assert [(part.text, part.number) for part in parts] == [
        ("您的余额是", 1),
        ("五元", 0),
        ("，末四位", 2),
        ("一二三四。", 0),
    ]
    assert [part.number for part in parts_of(BALANCE.text, "别的话。")] == [0]


def test_the_longest_recorded_words_are_taken() -> None:
    assert words_of("三百二十元", {"三", "三百", "二", "十", "元", "百"}, 2) == ["三百", "二", "十", "元"]
    assert words_of("三百，二", {"三百", "二"}, 2) == ["三百", "，", "二"]
    assert words_of("三千", {"三"}, 1) is None


def test_parts_run_into_each_other_unless_there_is_a_pause_between_them() -> None:
    first, second = (np.random.default_rng(seed).normal(0, 5000, RATE).astype(np.int16) for seed in (1, 2))
    assert len(spliced([(first, 200), (second, 0)], RATE)) == 2 * RATE + RATE // 5
    joined = spliced([(first, 0), (second, 0)], RATE)
    overlap = 2 * RATE - len(joined)
    assert overlap == RATE * 15 // 1000
    both = joined[RATE - overlap : RATE].astype(float)
    assert both.std() == pytest.approx(5000, rel=0.15)  # neither louder nor softer than what is around
    for piece in (first[-overlap:], second[:overlap]):
        assert np.corrcoef(both, piece)[0, 1] > 0.5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3000), st.sampled_from([0, 200])), max_size=6))
def test_any_pieces_can_be_joined(lengths: list[tuple[int, int]]) -> None:
    pieces = [(np.full(length, 5000, np.int16), pause) for length, pause in lengths]
    out = spliced(pieces, RATE)
    total = sum(length for length, _ in lengths) + sum(16 * pause for _, pause in lengths[:-1])
    assert total - 240 * len(lengths) <= len(out) <= total
    if all(length > 480 for length, _ in lengths):  # two fading at constant power: at most the root of 2 louder
        assert np.abs(out.astype(int)).max(initial=0) <= 7100
