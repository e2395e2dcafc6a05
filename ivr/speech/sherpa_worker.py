"""The child process that owns sherpa-onnx: run as a module by ``sherpa_synthesiser``, never imported by the program.

A process of its own, since the library ends the process when it does not like a file. The argument is the folder.
Questions are ``{"text", "pace", "speaker", "file"}``, answers ``{}`` or ``{"error"}``; the greeting ``{"speakers"}``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from ivr.audio.pcm import saturated
from ivr.audio.wav import write_wav
from ivr.errors import UnsayableError
from ivr.speech.sherpa_folder import SherpaFolder, read_sherpa_folder
from ivr.speech.worker_side import Answer, serve


def _open() -> tuple[Any, Answer]:
    engine = _engine(read_sherpa_folder(Path(sys.argv[1])))
    return engine, {"speakers": engine.num_speakers}


def _answer(engine: Any, question: Answer) -> Answer:
    audio = engine.generate(question["text"], sid=question["speaker"], speed=question["pace"])
    if not audio.samples:
        raise UnsayableError("there is nothing in this text that this voice can say")
    write_wav(Path(question["file"]), saturated(np.asarray(audio.samples) * 32767), audio.sample_rate)
    return {}


def _engine(folder: SherpaFolder) -> Any:
    import sherpa_onnx

    common = {"tokens": folder.tokens, "lexicon": folder.lexicon, "data_dir": folder.data_dir}
    if folder.kind == "kokoro":
        part = sherpa_onnx.OfflineTtsKokoroModelConfig(model=folder.model, voices=folder.voices, **common)
    elif folder.kind == "matcha":
        part = sherpa_onnx.OfflineTtsMatchaModelConfig(acoustic_model=folder.model, vocoder=folder.vocoder, **common)
    else:
        part = sherpa_onnx.OfflineTtsVitsModelConfig(model=folder.model, **common)
    threads = max(1, (os.cpu_count() or 2) // 2)  # a call's sound needs the others
    model = sherpa_onnx.OfflineTtsModelConfig(**{folder.kind: part}, num_threads=threads)
    config = sherpa_onnx.OfflineTtsConfig(model=model, rule_fsts=folder.rules)
    if not config.validate():
        raise LookupError("it does not accept these files")
    return sherpa_onnx.OfflineTts(config)


if __name__ == "__main__":
    serve(_open, _answer)
