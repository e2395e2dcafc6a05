"""An ear that hears everything gets full marks, a deaf one none; the command measures a real model."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from ivr import cli
from ivr.audio.pcm import Samples
from ivr.audio.wav import read_sound, write_wav
from ivr.errors import AudioError
from ivr.speech.evaluation.conditions import condition
from ivr.speech.evaluation.figures import by_condition_and_voice, figures_of
from ivr.speech.evaluation.hearing import COMMANDS, Examination, Heard
from ivr.speech.evaluation.report import report
from ivr.speech.evaluation.spoken import Spoken, spoken_in
from ivr.speech.phrase_recogniser import PhraseRecogniser
from ivr.speech.recogniser import Expectation, Hypothesis, Recogniser
from tests.untrained_model import make_untrained_model

RATE = 16_000
RECORDINGS = [  # voice, kind, text; each is a hiss of its own
    ("an", "digits", "1234"),
    ("an", "digits", "5"),
    ("an", "command", "余额"),
    ("an", "command", "是的"),
    ("an", "oov", "苹果"),
    ("bo", "digits", "99X"),
    ("bo", "command", "不对"),
    ("bo", "nonspeech", ""),
]


def hiss(number: int) -> Samples:
    return np.random.default_rng(number).normal(0, 3_000, RATE // 2).astype(np.int16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("recordings")
    for number in range(len(RECORDINGS)):
        write_wav(made / f"{number}.wav", hiss(number), RATE)
    rows = [f"{number}.wav\t" + "\t".join(row) for number, row in enumerate(RECORDINGS)]
    (made / "utterances.tsv").write_text("file\tvoice\tkind\ttext\n" + "\n".join(rows), "utf-8")
    return made


def ear_for(folder: Path) -> Recogniser:
    """Hears everything but what nobody offers, and 99X as 98."""
    said = {one.text: read_sound(one.path).samples for one in spoken_in(folder) if one.kind in ("digits", "command")}
    return PhraseRecogniser(RATE, {"98" if text == "99X" else text: sound for text, sound in said.items()})


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_untrained_model(tmp_path_factory.mktemp("untrained") / "model", "余额", *COMMANDS)


@pytest.fixture(scope="module")
def heard(folder: Path) -> list[Heard]:
    return list(Examination(ear_for(folder), spoken_in(folder)).hear([condition("16k")], workers=2))


def test_each_recording_is_heard_for_what_it_is_for(heard: list[Heard]) -> None:
    tasks = {(one.spoken.path.name, one.task) for one in heard}

    assert len(heard) == len(tasks) == 12
    assert ("3.wav", "answer") in tasks
    assert ("4.wav", "words in a menu") in tasks
    assert ("7.wav", "noise in a field") in tasks


def test_figures_of_each_voice_and_of_all(heard: list[Heard]) -> None:
    voices = by_condition_and_voice(heard)["16k"]

    assert list(voices) == ["all", "an", "bo"]
    assert (voices["an"].digit_errors.hits, voices["an"].digit_errors.trials) == (0, 5)
    assert (voices["bo"].digit_errors.hits, voices["bo"].digit_errors.trials) == (2, 3)
    assert (voices["all"].strings["4"].hits, voices["all"].strings["any"].hits) == (1, 2)
    assert (voices["all"].phrases.hits, voices["all"].answers.hits) == (1, 2)
    assert (voices["all"].words_in_menu.hits, voices["all"].words_in_menu.trials) == (0, 1)
    assert (voices["all"].noise_in_field.hits, voices["all"].noise_in_field.trials) == (0, 1)


IDENTITY, NEARLY = "990000199003070013", "990000199003010013"


@dataclass(frozen=True)
class OneEar:
    """Hears the same in everything."""

    heard: Hypothesis
    rate: int = RATE

    def listen(self, _expected: Expectation) -> OneEar:
        return self

    def feed(self, samples: Samples) -> None:
        pass

    def finish(self) -> Hypothesis:
        return self.heard

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("heard", "right", "wrong"),
    [
        (Hypothesis(NEARLY, 0.6, ((IDENTITY, 0.3),)), 1, 0),
        (Hypothesis(NEARLY, 0.6), 0, 0),
        (Hypothesis("11010519491231002X", 0.6, ((IDENTITY, 0.3),)), 0, 1),
        (Hypothesis("人工", 0.6, ((IDENTITY, 0.3),)), 0, 0),
    ],
)
def test_an_identity_number_counts_as_it_does_in_a_call(
    tmp_path: Path, heard: Hypothesis, right: int, wrong: int
) -> None:
    write_wav(tmp_path / "id.wav", hiss(1), RATE)
    (tmp_path / "utterances.tsv").write_text(f"file\tvoice\tkind\ttext\nid.wav\tan\tdigits\t{IDENTITY}\n", "utf-8")
    figures = figures_of(list(Examination(OneEar(heard), spoken_in(tmp_path)).hear([condition("16k")], workers=1)))
    assert (figures.identities.hits, figures.identities_wrong.hits, figures.identities.trials) == (right, wrong, 1)


def test_the_report_has_a_row_for_each_voice(heard: list[Heard]) -> None:
    lines = list(report(by_condition_and_voice(heard)))

    assert lines[0] == "16k: wide band, 16 kHz"
    assert [line.split()[0] for line in lines[3:] if line] == ["all", "95", "an", "bo"]
    assert lines[3].split()[1:3] == ["25.0", "100.0"]


@pytest.mark.parametrize(("confidence", "right", "wrong"), [(0.9, 1, 0), (0.5, 1, 0), (0.49, 0, 0)])
def test_what_is_rejected_is_neither_right_nor_wrong(confidence: float, right: int, wrong: int) -> None:
    spoken = Spoken(Path("a.wav"), "an", "command", "余额")
    one = Heard(spoken, condition("16k"), "phrase", "余额", "余额", "余额", confidence, 1.0, 0.01)

    figures = figures_of([one])
    other = figures_of([replace(one, understood="报销")])

    assert (figures.phrases.hits, figures.phrases_wrong.hits) == (right, wrong)
    assert (other.phrases.hits, other.phrases_wrong.hits) == (0, right)


def test_a_recording_that_cannot_be_read_is_named(folder: Path) -> None:
    recordings = [replace(one, path=Path("nowhere.wav")) for one in spoken_in(folder)]

    with pytest.raises(AudioError, match=r"nowhere\.wav"):
        Examination(ear_for(folder), recordings)


def test_the_command_measures_a_real_model(
    folder: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_DATA_DIR", str(tmp_path / "data"))
    details = tmp_path / "details.jsonl"
    asked = ["models", "evaluate", str(model), "--data", str(folder), "--condition", "8k", "--details", str(details)]

    assert cli.run([*asked, "--json"]) == 0

    data = json.loads(capsys.readouterr().out)
    assert (data["complete"], data["results"], data["unknown_phrases"]) == (True, 12, [])
    assert data["load_s"] > 0
    assert data["real_time_factor"] > 0
    assert data["conditions"]["8k"]["all"]["digit_errors"]["trials"] == 8
    assert data["conditions"]["8k"]["bo"]["strings"]["any"]["trials"] == 1
    assert len(details.read_text("utf-8").splitlines()) == 12


def test_what_fails_leaves_the_details_of_an_earlier_measurement(
    folder: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_DATA_DIR", str(tmp_path / "data"))
    details = tmp_path / "details.jsonl"
    details.write_text("an earlier one\n", "utf-8")
    asked = ["models", "evaluate", str(model), "--data", str(folder), "--details", str(details)]

    assert cli.run([*asked, "--condition", "8k", "--voice", "cy"]) == 2
    assert details.read_text("utf-8") == "an earlier one\n"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--voice", "cy"], "there is no voice 'cy' in this test; there are an, bo"),
        (["--condition", "9k"], "is no condition"),
        (["--details", "/nowhere/x"], "cannot be written"),
    ],
)
def test_what_cannot_be_measured_is_said(
    folder: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    more: list[str], says: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("IVR_DATA_DIR", str(tmp_path / "data"))

    assert cli.run(["models", "evaluate", str(model), "--data", str(folder), "--condition", "16k", *more]) == 2
    assert says in capsys.readouterr().err


def test_a_sample_is_the_same_every_time(
    folder: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_DATA_DIR", str(tmp_path / "data"))
    asked = ["models", "evaluate", str(model), "--data", str(folder), "--condition", "16k", "--limit", "1", "--json"]

    shown = []
    for _ in range(2):
        assert cli.run(asked) == 0
        shown.append(json.loads(capsys.readouterr().out))

    assert shown[0]["recordings"] == 6
    assert shown[0]["conditions"] == shown[1]["conditions"]
