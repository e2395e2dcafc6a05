"""What kind of voice a sherpa-onnx folder holds, and which of its files play which part.

Folders come unpacked from the project's releases. Three kinds speak Mandarin: Kokoro (has ``voices.bin``), Matcha (an
acoustic network and a vocoder), VITS and Piper (one network). All have ``tokens.txt``; lexicons, rules and espeak data
are used where they are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ivr.errors import SpeechError

Kind = Literal["kokoro", "matcha", "vits"]
_VOCODERS: Final = ("vocos", "hifigan", "vocoder")
HELP: Final = (
    "name the unpacked folder of a voice from https://github.com/k2-fsa/sherpa-onnx/releases/tag/tts-models, "
    "such as vits-melo-tts-zh_en or matcha-icefall-zh-baker with its vocoder"
)


@dataclass(frozen=True, slots=True)
class SherpaFolder:
    kind: Kind
    model: str
    tokens: str
    voices: str = ""
    vocoder: str = ""
    lexicon: str = ""
    data_dir: str = ""
    rules: str = ""


def read_sherpa_folder(folder: Path) -> SherpaFolder:
    """Raises ``SpeechError`` that says which file is missing."""
    if not folder.is_dir():
        raise SpeechError(f"{folder}: there is no such folder; {HELP}")
    networks = sorted(folder.glob("*.onnx"))
    vocoders = [file for file in networks if file.name.startswith(_VOCODERS)]
    models = [file for file in networks if file not in vocoders]
    if not models:
        raise SpeechError(f"{folder}: holds no network (*.onnx); {HELP}")
    if not (folder / "tokens.txt").is_file():
        raise SpeechError(f"{folder}: holds no tokens.txt; {HELP}")
    model = min(models, key=lambda file: (file.name != "model.onnx", "int8" in file.name, file.name))
    if model.name.startswith("model-steps") and not vocoders:
        raise SpeechError(f"{folder}: lacks its vocoder; put one (such as vocos-22khz-univ.onnx) into the folder")
    voices = folder / "voices.bin"
    espeak = folder / "espeak-ng-data"
    if voices.is_file() and not espeak.is_dir():
        raise SpeechError(f"{folder}: lacks its folder espeak-ng-data; unpack the voice anew, with all of its files")
    kind: Kind = "kokoro" if voices.is_file() else "matcha" if vocoders else "vits"
    return SherpaFolder(
        kind,
        str(model),
        str(folder / "tokens.txt"),
        voices=str(voices) if kind == "kokoro" else "",
        vocoder=str(vocoders[0]) if kind == "matcha" else "",
        lexicon=",".join(map(str, sorted(folder.glob("lexicon*.txt")))),
        data_dir=str(espeak) if espeak.is_dir() else "",
        rules=",".join(map(str, sorted(folder.glob("*.fst")))),
    )
