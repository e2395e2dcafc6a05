"""The voices of the training speech: recordings cut and strung together, made into other speakers; espeak-ng.

Needs WORLD (``pip install --group training``) and espeak-ng. CI has both.
"""

from __future__ import annotations

import os
import random
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

if "CI" not in os.environ:
    for _name in ("scipy", "pyworld"):
        pytest.importorskip(_name, reason=f"{_name} is not installed (pip install --group training)")

import soundfile

from ivr.identity_number import check_number
from ivr.mandarin.spoken_digits import spoken_digits
from models.training.espeak_voice import FOR_TESTS_ONLY, EspeakVoice, any_voice, variants
from models.training.recorded_speaker import RecordedSpeaker
from models.training.recordings import common_words, speech_in, syllable_recordings, word_recordings
from models.training.shards import Spoken
from models.training.test_sets import Plan, identities_said_by, planned, said_by, silences, write_test_set
from models.training.test_voices import TestVoices
from models.training.utterances import pronounced, utterance_of
from models.training.world_voice import Manner, analysed, any_manner, strung_together

RATE = 16000
PLAIN = Manner(pitch=1, formants=1, intonation=1, seconds=0.5, tilt=0, breath=0, tremble=0)

needs_espeak = pytest.mark.skipif(
    "CI" not in os.environ and not shutil.which("espeak-ng"), reason="espeak-ng is not installed"
)


def vowel(hertz: float, seconds: float = 0.5, formant: float = 700) -> np.ndarray:
    """Pulses at ``hertz`` through one resonance, peak 0.5."""
    pulses = np.zeros(int(seconds * RATE))
    pulses[(np.arange(0, seconds * hertz - 1) / hertz * RATE).astype(int)] = 1
    frequencies = np.fft.rfftfreq(len(pulses), 1 / RATE)
    signal = np.fft.irfft(np.fft.rfft(pulses) / (1 + ((frequencies - formant) / 120) ** 2), len(pulses))
    return signal / np.abs(signal).max() * 0.5


def centre(signal: np.ndarray) -> float:
    """The mean frequency of a sound, by power."""
    power = np.abs(np.fft.rfft(signal)) ** 2
    return float((power * np.fft.rfftfreq(len(signal), 1 / RATE)).sum() / power.sum())


def pitch_of(signal: np.ndarray) -> float:
    pitch = analysed(signal).pitch
    return float(np.median(pitch[pitch > 0]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    for number, name in enumerate(("yi1", "yi4", "er4", "yao1", "cha1", "u:4", "xxx", "服务", "服_x_", "OK")):
        speech = np.pad(vowel(150 + 10 * number), (RATE // 2, RATE // 4)) + rng.normal(0, 1e-4, int(RATE * 1.25))
        soundfile.write(tmp_path / f"cmn-{name}.mp3", speech, RATE)
    return tmp_path


def test_what_is_said_in_a_recording_is_in_its_name(folder: Path) -> None:
    assert set(syllable_recordings(folder)) == {"yi1", "yi4", "er4", "yao1", "cha1"}
    assert common_words(folder) == ("服务",)
    assert word_recordings(folder)["服务"].syllables == ("fu2", "wu4")


def test_speech_is_cut_out_and_silence_has_none(folder: Path) -> None:
    speech = speech_in(folder / "cmn-yi1.mp3")
    assert 0.45 * RATE < len(speech) < 0.7 * RATE
    assert np.abs(speech).max() == pytest.approx(0.6)
    soundfile.write(folder / "silence.wav", np.zeros(RATE), RATE)
    with pytest.raises(ValueError, match="no speech"):
        speech_in(folder / "silence.wav")


def test_a_folder_without_recordings_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no recordings here"):
        syllable_recordings(tmp_path)


def test_pieces_are_found_by_sound_and_the_longest_first(folder: Path) -> None:
    recordings = [*word_recordings(folder).values(), *syllable_recordings(folder).values()]
    speaker = RecordedSpeaker("she", recordings, (), faithful=1)
    pieces = speaker.pieces(utterance_of("words", ["服务", "腰"]), random.Random(1))
    assert [[piece.path.stem for piece in word] for word in pieces] == [["cmn-服务"], ["cmn-yao1"]]
    with pytest.raises(ValueError, match="no recording of xue2"):
        speaker.pieces(utterance_of("words", ["学"]), random.Random(1))


def test_every_folder_of_a_person_is_a_voice_to_test_with_and_says_the_same_each_time(folder: Path) -> None:
    people = folder / "people"
    for name in ("an-syllables", "bei-words", "notes"):
        (people / name).mkdir(parents=True)
        shutil.copy(folder / "cmn-yi1.mp3", people / name)
        shutil.copy(folder / "cmn-服务.mp3", people / name)

    once, again = (
        {name: [(one.utterance.words, one.data.tobytes()) for one in said] for name, said in voices.people(people)}
        for voices in (TestVoices(("医生",)), TestVoices(("医生",)))
    )

    assert once == again
    assert {name: {words for words, _ in said} for name, said in once.items()} == {"an": {("一",)}, "bei": set()}


def test_a_speaker_says_digits_in_many_manners(folder: Path) -> None:
    speaker = RecordedSpeaker("she", syllable_recordings(folder).values(), ("腰", "医"))
    chance = random.Random(2)
    said = []
    while len(said) < 12:
        try:
            said.append(speaker.spoken(chance))
        except ValueError:  # only one, two and 幺 are recorded
            continue
    assert {item.data.dtype for item in said} == {np.dtype(np.int16)}
    assert all(len(item.data) > RATE // 10 and np.abs(item.data).max() == 19000 for item in said)
    assert any(item.voice == "she" for item in said), "some are left as recorded"
    assert len({item.voice for item in said}) > 5


def test_a_woman_becomes_a_man_and_takes_her_time() -> None:
    part = analysed(vowel(220, 0.6, formant=1200))
    man = Manner(pitch=0.55, formants=0.85, intonation=1, seconds=0.5, tilt=0, breath=0, tremble=0)
    plain = strung_together([[part]], PLAIN, random.Random(1), pauses=False)
    deep = strung_together([[part]], man, random.Random(1), pauses=False)
    assert pitch_of(deep) / pitch_of(plain) == pytest.approx(0.55, rel=0.05)
    assert centre(deep) < 0.93 * centre(plain)
    slow = Manner(pitch=1, formants=1, intonation=1, seconds=1.1, tilt=0, breath=0, tremble=0)
    lasting = strung_together([[part]], slow, random.Random(1), pauses=False)
    assert len(lasting) > 1.8 * len(plain)
    assert np.abs(lasting).max() == pytest.approx(0.6)


def test_all_ages_and_tempi_are_drawn() -> None:
    chance = random.Random(5)
    manners = [any_manner(chance) for _ in range(400)]
    assert min(one.pitch for one in manners) < 0.5
    assert max(one.pitch for one in manners) > 1.6
    assert sum(one.pitch < 0.75 for one in manners) > 140, "many are men: only women are recorded"
    assert min(one.seconds for one in manners) < 0.15
    assert max(one.seconds for one in manners) > 0.8


@needs_espeak
def test_espeak_speaks_with_many_voices_and_keeps_some_for_tests() -> None:
    assert len(variants()) > 40
    assert len(variants(tests=True)) == len(FOR_TESTS_ONLY)
    assert not set(variants()) & set(FOR_TESTS_ONLY)
    chance = random.Random(3)
    voices = {any_voice(chance).variant for _ in range(300)}
    assert voices <= set(variants())


@needs_espeak
def test_espeak_takes_longer_for_more_digits() -> None:
    voice = EspeakVoice("f2")
    one = voice.say(utterance_of("digits", ["三"]), random.Random(1))
    six = voice.say(utterance_of("digits", list("三五二九八一")), random.Random(1))
    assert 0.1 * RATE < len(one) < 0.9 * RATE
    assert len(six) > 2 * len(one)
    assert np.abs(six).max() == 10900


def test_a_test_set_is_what_the_evaluation_reads(tmp_path: Path) -> None:
    from ivr.speech.evaluation.spoken import spoken_in

    def hum(utterance, chance: random.Random) -> Spoken:
        if utterance.words == ("一",):
            raise ValueError("cannot say it")
        return Spoken(utterance, "hum", (vowel(chance.uniform(100, 200), 0.3) * 20000).astype(np.int16))

    chance = random.Random(1)
    plan = Plan(single=1, four=2, six=2, eighteen=1, identities=2, phrases=3, others=2)
    said = list(said_by(hum, planned(plan, ("苹果", "学校", "易"), chance), chance))
    identities = list(identities_said_by(hum, plan, "hum"))
    count = write_test_set(tmp_path, [*said, *identities, *silences(2, said, 1)])
    read = spoken_in(tmp_path)
    numbers = ["".join(one.utterance.words) for one in identities]
    assert count == len(read) == 10 + 5 + 3 + 2 + 2 + 2
    assert {one.kind for one in read} == {"digits", "command", "oov", "nonspeech"}
    lengths = [1] * 10 + [4, 4, 6, 6, 18, *map(len, numbers)]
    assert sorted(len(one.text) for one in read if one.kind == "digits") == sorted(lengths)
    assert {check_number(str(spoken_digits(text)), date(2026, 1, 1)).kind for text in numbers} == {"id"}
    assert all("易" not in one.text for one in read if one.kind == "oov"), "it sounds like a digit"
    assert {soundfile.info(one.path).samplerate for one in read} == {RATE}
    assert pronounced("易") == ("yi4",)
