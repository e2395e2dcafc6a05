"""What has been spoken once is kept: a folder of samples, shared by all programs of one user, of limited size.

Theory of operation. An entry is a file named by the hash of everything its sound depends on; it carries a checksum, and
one that is damaged is removed, as if it had never been. Entries appear whole or not at all, so programs may share the
folder without locks: the worst that can happen is that two make the same entry. A hit sets the entry's time; when the
folder has grown over its limit, the entries used longest ago go. A disk that is full or cannot be written costs
nothing but the time to speak again: ``store`` never raises, and ``trouble`` says what was wrong.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
import threading
import time
import zlib
from pathlib import Path
from typing import Final

import numpy as np

from ivr.audio.wav import Sound

MOST_BYTES: Final = 300_000_000  # 2.6 hours at 16 kHz; the built-in hotline has 10 minutes of fixed sentences
_MAGIC: Final = b"ivr1"
_HEAD: Final = struct.Struct("<4sII")  # magic, rate, checksum of the samples
_FRESH_S: Final = 3600.0  # entries used within the hour are not touched again
_SHARE_LEFT: Final = 0.9  # what a clean-up leaves, so that not every entry starts one


class SpeechCache:
    """Safe to use from any thread and from several processes."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self.most_bytes = most_bytes
        self.trouble = ""  # why the last entry could not be kept
        self._bytes: int | None = None  # as far as this process knows; counted when it first writes
        self._lock = threading.Lock()

    def find(self, *key: str) -> Sound | None:
        """What was stored under ``key``; None if it is not there, or no longer whole."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        magic, rate, checksum = _HEAD.unpack_from(data) if len(data) > _HEAD.size else (b"", 0, 0)
        body = memoryview(data)[_HEAD.size :]
        if magic != _MAGIC or not rate or len(body) % 2 or zlib.crc32(body) != checksum:
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            _mark_used(path)
        return Sound(np.frombuffer(body, "<i2").astype(np.int16), rate)

    def store(self, sound: Sound, *key: str) -> bool:
        """Keep a sound that is not empty; False, with ``trouble`` set, if the disk does not let us."""
        body = sound.samples.astype("<i2").tobytes()
        path = self._path(key)
        temporary = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
                temporary = file.name
                file.write(_HEAD.pack(_MAGIC, sound.rate, zlib.crc32(body)))
                file.write(body)
            Path(temporary).replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            self.trouble = (
                f"{self.folder}: cannot be written ({error.strerror or error}); prompts are spoken anew each time"
            )
            return False
        self._count(len(body) + _HEAD.size)
        return True

    def size(self) -> tuple[int, int]:
        """How many entries there are, and their bytes together."""
        entries = self._entries()
        return len(entries), sum(size for _, size, _ in entries)

    def clear(self) -> int:
        """Remove everything; returns the number of entries that went."""
        entries = self._entries()
        for _, _, path in entries:
            with contextlib.suppress(OSError):
                path.unlink()
        with self._lock:
            self._bytes = None
        return len(entries)

    def _path(self, key: tuple[str, ...]) -> Path:
        name = hashlib.sha256("\0".join(key).encode()).hexdigest()
        return self.folder / name[:2] / f"{name[2:]}.speech"

    def _count(self, added: int) -> None:
        with self._lock:
            if self._bytes is None:
                self._bytes = self.size()[1]
            else:
                self._bytes += added
            if self._bytes > self.most_bytes:
                self._bytes = self._remove_oldest()

    def _remove_oldest(self) -> int:
        entries = sorted(self._entries())
        total = sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if total <= self.most_bytes * _SHARE_LEFT:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                total -= size
        return total

    def _entries(self) -> list[tuple[float, int, Path]]:
        """When each was used last, its bytes, its file; what a killed program left half-written is among them."""
        found = []
        for path in self.folder.glob("??/*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
        return found


def _mark_used(path: Path) -> None:
    now = time.time()
    if now - path.stat().st_mtime > _FRESH_S:
        os.utime(path, (now, now))
