"""Sound files: WAV of every common make, AIFF and FLAC read, WAV written. A file is known by its content.

Whatever is read becomes int16 mono at the file's own rate: channels are averaged unless one of them is asked for,
wider samples rounded, floats clipped. A WAV that stops short of what its header promises gives what is there and says
so: recordings are cut off all the time, by full disks and by hang-ups. Everything else that is wrong is an
``AudioError``.
"""

from __future__ import annotations

import contextlib
import os
import struct
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from ivr.audio import g711
from ivr.audio.pcm import Samples, saturated
from ivr.errors import AudioError

Frames = npt.NDArray[np.floating] | Samples
Channel = Literal["left", "right", "mix"]

FASTEST_RATE: Final = 768_000
_MOST_CHANNELS: Final = 256
_PCM, _FLOAT, _A_LAW, _MU_LAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_COMPRESSED: Final = (2, 17, 49)  # ADPCM of Microsoft and IMA, GSM 06.10: what telephones record
_STREAMED: Final = 0x7FFFF000  # what a recorder writes for a length that it does not know yet, and all above
_GUID_TAIL: Final = bytes.fromhex("000000001000800000aa00389b71")


@dataclass(frozen=True, slots=True)
class Sound:
    """What a sound file holds: int16 mono samples, and what they were made from."""

    samples: Samples
    rate: int  # samples a second
    channels: int = 1  # in the file
    truncated: bool = False  # the file ended before the end that its header promises

    @property
    def length_ms(self) -> int:
        return len(self.samples) * 1000 // self.rate


def read_sound(path: Path, channel: Channel = "mix") -> Sound:
    """Read a WAV or AIFF file, or a compressed one (FLAC, Ogg, MP3) where the package ``soundfile`` is installed."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AudioError(f"{path}: cannot be read: {error.strerror or error}; name another file") from None
    try:
        return sound_of(data, str(path), channel)
    except MemoryError:
        raise AudioError(f"{path}: is too large to be read at once; cut it into pieces") from None


def sound_of(data: bytes, name: str = "the sound", channel: Channel = "mix") -> Sound:
    """The same of a file's content; ``name`` stands for it in errors."""
    if not data:
        raise AudioError(f"{name}: is empty; record or render it again")
    if data[:4] in (b"RIFF", b"RIFX") and data[8:12] == b"WAVE":
        return _wav(data, name, channel)
    if data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        return _aiff(data, name, channel)
    if data[:4] in (b"fLaC", b"OggS") or data[:3] == b"ID3" or data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return _by_soundfile(data, name, channel)
    raise AudioError(f"{name}: is no WAV, AIFF, FLAC, Ogg or MP3 file; convert it to 16-bit WAV, with sox say")


def write_wav(path: Path, samples: Samples, rate: int) -> None:
    """Write ``(n,)`` or ``(n, channels)`` samples as 16-bit WAV. The file appears whole or not at all."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    body = samples.astype("<i2").tobytes()
    format_ = struct.pack("<4sIHHIIHH", b"fmt ", 16, _PCM, channels, rate, rate * channels * 2, channels * 2, 16)
    head = struct.pack("<4sI4s", b"RIFF", 36 + len(body), b"WAVE") + format_ + struct.pack("<4sI", b"data", len(body))
    temporary = ""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            file.write(head)
            file.write(body)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise AudioError(f"{path}: cannot be written: {error.strerror or error}") from None


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _chunks(data: bytes, order: str, name: str) -> dict[bytes, tuple[int, int]]:
    """Where each chunk's content starts and how long its header says it is; of several alike, the first."""
    found: dict[bytes, tuple[int, int]] = {}
    at = 12
    while at + 8 <= len(data):
        tag, size = struct.unpack_from(f"{order}4sI", data, at)
        found.setdefault(tag, (at + 8, size))
        at += 8 + size + (size & 1)
    if not found:
        raise AudioError(f"{name}: ends after its header; record or render it again")
    return found


def _wav(data: bytes, name: str, channel: Channel) -> Sound:
    order = "<" if data[:4] == b"RIFF" else ">"
    chunks = _chunks(data, order, name)
    start, size = chunks.get(b"fmt ", (0, 0))
    if size < 16 or start + 16 > len(data):
        raise AudioError(f"{name}: does not say how its samples are written (no fmt chunk); convert it again")
    kind, channels, rate, _, frame, bits = struct.unpack_from(f"{order}HHIIHH", data, start)
    if kind == _EXTENSIBLE and size >= 40 and start + 40 <= len(data) and data[start + 26 : start + 40] == _GUID_TAIL:
        kind = struct.unpack_from(f"{order}H", data, start + 24)[0]
    if b"data" not in chunks:
        raise AudioError(f"{name}: holds no samples (no data chunk); record or render it again")
    start, size = chunks[b"data"]
    if kind in _COMPRESSED:
        return replace(_by_soundfile(data, name, channel), truncated=_STREAMED > start + size > len(data))
    width = frame // channels if channels and frame % channels == 0 else bits // 8
    frames, truncated = _frames(data, chunks[b"data"], (kind, width, order), channels, rate, name)
    return Sound(_one_of(frames, channel), rate, channels, truncated)


def _aiff(data: bytes, name: str, channel: Channel) -> Sound:
    chunks = _chunks(data, ">", name)
    start, size = chunks.get(b"COMM", (0, 0))
    if size < 18 or start + size > len(data) or b"SSND" not in chunks:
        raise AudioError(f"{name}: is an AIFF file without samples; record or render it again")
    channels, _, bits, exponent, mantissa = struct.unpack_from(">hIhHQ", data, start)
    compression = data[start + 18 : start + 22] if size >= 22 else b"NONE"
    if compression not in (b"NONE", b"twos", b"sowt"):
        raise AudioError(f"{name}: is compressed as {compression.decode('latin-1')!r}; convert it to 16-bit WAV")
    rate = round(mantissa * 2.0 ** ((exponent & 0x7FFF) - 16383 - 63)) if exponent & 0x7FFF < 16414 else 0
    samples_at, samples_size = chunks[b"SSND"]
    order = "<" if compression == b"sowt" else ">"
    layout = (_PCM, (bits + 7) // 8, order + "s")
    place = (samples_at + 8, max(0, samples_size - 8))
    frames, truncated = _frames(data, place, layout, channels, rate, name)
    return Sound(_one_of(frames, channel), rate, channels, truncated)


def _frames(
    data: bytes, place: tuple[int, int], layout: tuple[int, int, str], channels: int, rate: int, name: str
) -> tuple[Frames, bool]:
    """``(n, channels)`` samples on the scale of int16, and whether there should be more."""
    kind, width, order = layout
    _require_plausible(channels, rate, name)
    start, size = place
    streamed = size >= _STREAMED or (size == 0 and data[4:8] in (bytes(4), b"\xff" * 4))
    if streamed:
        size = len(data) - start
    body = data[start : start + size]
    body = body[: len(body) - len(body) % (width * channels)] if width else b""
    values = _values(body, kind, width, order)
    if values is None:
        raise AudioError(f"{name}: has samples of {8 * width} bits of kind {kind}; convert it to 16-bit WAV")
    return values.reshape(-1, channels), start + size > len(data)


def _require_plausible(channels: int, rate: int, name: str) -> None:
    if not 1 <= channels <= _MOST_CHANNELS or not 1 <= rate <= FASTEST_RATE:
        raise AudioError(f"{name}: claims {channels} channels at {rate} samples a second; convert it again")


def _one_of(frames: Frames, channel: Channel) -> Samples:
    if channel == "mix" and frames.shape[1] > 1:
        return saturated(frames.mean(axis=1))
    return saturated(frames[:, 1 if channel == "right" and frames.shape[1] > 1 else 0])


def _values(body: bytes, kind: int, width: int, order: str) -> Frames | None:
    """Samples on the scale of int16, None where the kind is not known."""
    end = order[0]
    if kind in (_A_LAW, _MU_LAW) and width == 1:
        return g711.decoded(body, "a" if kind == _A_LAW else "mu")
    if kind == _FLOAT and width in (4, 8):
        with np.errstate(over="ignore", invalid="ignore"):
            return np.frombuffer(body, f"{end}f{width}").astype(np.float64) * 32768
    if kind != _PCM:
        return None
    if width == 1:
        signed = len(order) > 1  # AIFF has signed bytes, WAV has not
        return (
            np.frombuffer(body, np.int8) if signed else np.frombuffer(body, np.uint8).astype(np.float64) - 128
        ) * 256.0
    if width == 2:
        return np.frombuffer(body, f"{end}i2").astype(np.int16)
    if width == 3:
        parts = np.frombuffer(body, np.uint8).reshape(-1, 3)[:, :: 1 if end == "<" else -1]
        wide = np.zeros((len(parts), 4), np.uint8)
        wide[:, 1:] = parts
        return wide.reshape(-1).view("<i4") / 65536.0
    return np.frombuffer(body, f"{end}i4") / 65536.0 if width == 4 else None


def _by_soundfile(data: bytes, name: str, channel: Channel) -> Sound:
    import io

    try:
        import soundfile  # type: ignore[import-untyped,import-not-found,unused-ignore]  # optional, and untyped
    except (ImportError, OSError):
        raise AudioError(
            f"{name}: is compressed; install the package soundfile to read it, or convert it to 16-bit WAV"
        ) from None
    try:
        frames, rate = soundfile.read(io.BytesIO(data), dtype="float64", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, ValueError) as error:
        what = str(getattr(error, "error_string", error))  # which does not name the object that was read
        raise AudioError(f"{name}: cannot be decoded ({what.rstrip('.')}); copy or convert it again") from None
    _require_plausible(frames.shape[1], rate, name)
    return Sound(_one_of(frames * 32768, channel), int(rate), frames.shape[1])
