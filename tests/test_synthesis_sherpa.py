"""A voice folder that the user names: what is missing is said by name, and a bad file cannot end the program."""

from __future__ import annotations

import os
import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from ivr.audio.wav import Sound, read_sound
from ivr.cli import cli
from ivr.errors import SpeechError
from ivr.speech.sherpa_folder import read_sherpa_folder
from ivr.speech.sherpa_synthesiser import SherpaSynthesiser
from tests.script_files import write_hotline
from tests.sherpa_voices import SPEAKER_STEP_HZ, tone_voice

installed = pytest.mark.skipif(
    find_spec("sherpa_onnx") is None and os.environ.get("CI") != "true",
    reason="sherpa-onnx is not installed: pip install 'ivr[other-voices]'",
)


def folder_with(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).write_text("a 1\n")
    return folder


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        ((), r"holds no network"),
        (("tokens.txt", "lexicon.txt"), r"holds no network"),
        (("model.onnx",), r"holds no tokens\.txt"),
        (("model-steps-3.onnx", "tokens.txt"), r"lacks its vocoder"),
        (("model.onnx", "voices.bin", "tokens.txt"), r"lacks its folder espeak-ng-data"),
    ],
)
def test_what_is_missing_is_said_by_name(tmp_path: Path, names: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(SpeechError, match=complaint):
        read_sherpa_folder(folder_with(tmp_path, *names))


def test_a_folder_that_is_not_there_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match="no such folder; name the unpacked folder of a voice"):
        read_sherpa_folder(tmp_path / "nowhere")


def test_the_kinds_are_told_apart_and_every_file_gets_its_part(tmp_path: Path) -> None:
    for kind, names in {
        "vits": ("zh.onnx", "tokens.txt", "lexicon.txt", "number.fst", "date.fst"),
        "matcha": ("model-steps-3.onnx", "vocos-22khz-univ.onnx", "tokens.txt"),
        "kokoro": ("model.onnx", "model.int8.onnx", "voices.bin", "tokens.txt", "lexicon-zh.txt", "lexicon-us-en.txt"),
    }.items():
        (tmp_path / kind / "espeak-ng-data").mkdir(parents=True)
        found = read_sherpa_folder(folder_with(tmp_path / kind, *names))
        assert found.kind == kind
        assert Path(found.model).name in ("zh.onnx", "model-steps-3.onnx", "model.onnx")
        assert bool(found.vocoder) == (kind == "matcha")
        assert found.rules.count(".fst") == (2 if kind == "vits" else 0)
        assert found.lexicon.count("lexicon") == {"vits": 1, "matcha": 0, "kokoro": 2}[kind]


@installed
@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"sample_rate": ""}, "'sample_rate' does not exist in the metadata"),  # ends the library's process
        ({"comment": "melo"}, "Please download the latest MeloTTS model"),  # so does this
        ({"language": "Klingon"}, "Map_base"),  # an exception, when it is to speak
    ],
)
def test_a_network_that_is_no_such_voice_is_named_with_what_the_library_says(
    tmp_path: Path, metadata: dict[str, str], said: str
) -> None:
    voice = SherpaSynthesiser(str(tone_voice(tmp_path, **metadata)))
    assert voice.voice.startswith("sherpa-onnx")
    with pytest.raises(SpeechError, match=f"^{re.escape(str(tmp_path))}: sherpa-onnx cannot use.*{said}.*tts-models"):
        voice.synthesise("您好")
    voice.close()


@installed
def test_files_that_the_library_dies_of_do_not_take_us_along(tmp_path: Path) -> None:
    voice = SherpaSynthesiser(str(folder_with(tmp_path, "model.onnx", "tokens.txt", "lexicon.txt")))
    with pytest.raises(SpeechError, match=f"^{re.escape(str(tmp_path))}: sherpa-onnx cannot use this voice"):
        voice.synthesise("您好")
    with pytest.raises(SpeechError, match="nothing in this text"):
        voice.synthesise("。")
    voice.close()


@installed
def test_a_speaker_of_a_voice_with_several_has_a_voice_of_his_own(tmp_path: Path) -> None:
    folder = tone_voice(tmp_path)
    first, second, third = (SherpaSynthesiser(f"{folder}@{speaker}") for speaker in range(3))
    low, high = pitch(first.synthesise("一")), pitch(second.synthesise("一"))
    assert high - low == pytest.approx(SPEAKER_STEP_HZ, abs=5)
    with pytest.raises(SpeechError, match="has 2 speakers, counted from 0; there is no 2"):
        third.synthesise("一")
    for voice in (first, second, third):
        voice.close()


@installed
def test_a_call_is_spoken_by_the_folder_and_kept_for_the_next_one(tmp_path: Path) -> None:
    folder, caller = tone_voice(tmp_path / "voice"), tmp_path / "caller.txt"
    hotline = write_hotline(folder.parent)
    caller.write_text("0.6 2\n", encoding="utf-8")
    environment = {"IVR_DATA_DIR": str(tmp_path / "data"), "IVR_CACHE_DIR": str(tmp_path / "cache")}
    sounds = []
    for name in ("first.wav", "again.wav"):
        call = ["call", str(hotline), "--caller", str(caller), "--voice-model", str(folder), "--database", "memory"]
        done = CliRunner(env=environment).invoke(cli, [*call, "--out", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert "sherpa" not in done.stderr
        sounds.append(read_sound(tmp_path / name, "right"))
        (folder / "lexicon.txt").write_text("")  # no voice any more: the next call has only what was kept
    heard = sounds[0].samples
    assert np.abs(heard.astype(int)).max() > 3_000
    assert np.array_equal(heard, sounds[1].samples)


@installed
def test_who_calls_with_a_slow_voice_is_told_before_the_call_how_to_have_it_ready(tmp_path: Path) -> None:
    profile = ("--profile", "senior")
    folder, caller, hotline = tone_voice(tmp_path / "voice"), tmp_path / "caller.txt", write_hotline(tmp_path)
    text = hotline.read_text(encoding="utf-8")
    standard = "  standard: {no-input: 8s, inter-digit: 4s}\n"
    senior = "  senior: {no-input: 9s, inter-digit: 5s, characters-a-minute: 150}\n"
    assert standard in text
    both = text.replace(standard, standard + senior)
    hotline.write_text(both, encoding="utf-8")
    caller.write_text("0.2 2\n", encoding="utf-8")
    environment = {"IVR_DATA_DIR": str(tmp_path / "data"), "IVR_CACHE_DIR": str(tmp_path / "cache")}

    def ivr(*arguments: str) -> str:
        done = CliRunner(env=environment).invoke(cli, arguments)
        assert done.exit_code == 0, done.output
        return done.stderr

    call = ("call", str(hotline), "--caller", str(caller), "--real-time", "--database", "memory", *profile)
    advised = ivr(*call, "--voice-model", str(folder))
    command = shlex.join(
        ("ivr", "prompts", "render", "--all", "--flow", str(hotline), "--speaker", str(folder), *profile)
    )
    assert advised.count("speak everything ahead: ") == 1
    assert advised.splitlines()[0].endswith(f"speak everything ahead: {command}")
    (tmp_path / "cache").rename(tmp_path / "earlier")
    ivr(*shlex.split(command)[1:])
    assert "ahead" not in ivr(*call, "--voice-model", str(folder))


def pitch(sound: Sound) -> float:
    """In Hz, of the loudest tone."""
    return float(np.abs(np.fft.rfft(sound.samples)).argmax()) * sound.rate / len(sound.samples)
