"""A speech model's folder: whether it is one, and one that takes grammars at run time, before any engine reads it.

An engine that reads a broken model may end the whole process, so what can be seen from outside is looked at first; what
cannot is tried by a child process (``model_trial``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ivr.errors import SpeechError

_NEEDED: Final = (
    "am/final.mdl",
    "conf/mfcc.conf",
    "conf/model.conf",
    "graph/HCLr.fst",
    "graph/Gr.fst",
    "graph/disambig_tid.int",
)
_IVECTOR: Final = tuple(
    f"ivector/{name}" for name in ("final.mat", "final.dubm", "global_cmvn.stats", "online_cmvn.conf", "splice.conf")
)
_FST_MAGIC: Final = bytes.fromhex("d6fdb27e")  # OpenFst's kFstMagicNumber, little-endian
_USUAL_RATE: Final = 16_000  # Kaldi's default where mfcc.conf names none
_RATES: Final = (8_000, 16_000)  # at which keys are heard beside it
_RATE = re.compile(r"^\s*--sample-frequency=(\d+)", re.MULTILINE)
_ADVICE: Final = "take the model anew, or name another folder (ivr models list)"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    path: Path
    rate: int  # samples a second that the model was trained on
    fingerprint: str  # changes when a file of the model does


def open_model_folder(folder: Path) -> ModelFolder:
    """Look at a model. Raises ``SpeechError`` that says what is missing or wrong."""
    try:
        path = folder.expanduser().resolve()
        if not path.is_dir():
            raise SpeechError(f"{folder}: there is no such folder; {_ADVICE}")
        if (path / "graph" / "HCLG.fst").is_file():
            raise SpeechError(
                f"{folder}: this model has a fixed graph (graph/HCLG.fst) and cannot be told what to listen for; "
                "use a small model with graph/HCLr.fst and graph/Gr.fst"
            )
        needed = _NEEDED + (_IVECTOR if (path / "ivector" / "final.ie").is_file() else ())
        sizes = {name: _size(path / name) for name in needed}
        absent = [name for name, size in sizes.items() if size is None]
        if absent:
            raise SpeechError(f"{folder}: this is no complete speech model: no {', '.join(absent)}; {_ADVICE}")
        empty = [name for name, size in sizes.items() if size == 0]
        if empty:
            raise SpeechError(f"{folder}: the speech model is damaged: {', '.join(empty)} is empty; {_ADVICE}")
        for name in ("graph/HCLr.fst", "graph/Gr.fst"):
            with (path / name).open("rb") as file:
                if file.read(4) != _FST_MAGIC:
                    raise SpeechError(f"{folder}: the speech model is damaged: {name} is no graph; {_ADVICE}")
        rate = _RATE.search((path / "conf" / "mfcc.conf").read_text("utf-8", errors="replace"))
        if rate is not None and int(rate[1]) not in _RATES:
            raise SpeechError(
                f"{folder}: this model wants {rate[1]} samples a second, and a call has 8000 or 16000; use another"
            )
        stamps = [f"{name}:{sizes[name]}:{(path / name).stat().st_mtime_ns}" for name in needed]
    except OSError as error:
        raise SpeechError(f"{folder}: the speech model cannot be read ({error}); {_ADVICE}") from error
    return ModelFolder(path, int(rate[1]) if rate else _USUAL_RATE, ";".join(stamps))


def _size(file: Path) -> int | None:
    return file.stat().st_size if file.is_file() else None
