"""Speech in which no key must be heard: an hour or more, by many voices.

The first hour is one of those that the limits were set on.

Recordings come from a folder that the environment variable ``IVR_BENCH_SPEECH`` names (WAV, FLAC, MP3, any depth); the
rest is spoken by espeak-ng, men and women of several pitches and speeds, from the prompts of the hotline.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np

from ivr.audio.pcm import Samples, amplified, level_dbfs
from ivr.audio.resampler import resampled
from ivr.audio.wav import read_sound

PROMPTS: Final = Path(__file__).resolve().parent.parent.parent / "prompts"
_VARIANTS: Final = ("", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+f1", "+f2", "+f3", "+f4", "+f5", "+croak")
_LANGUAGES: Final = ("sit/cmn-latn-pinyin", "sit/yue", "en-gb", "de", "fr")
_SPEECH_DBFS: Final = (-26.0, -20.0, -14.0)


def texts() -> list[str]:
    """Sentences of the hotline's prompts."""
    found = []
    for file in sorted(PROMPTS.glob("*.yaml")):
        found += re.findall(r"[一-鿿，。？！、；：“”0-9]{12,}", file.read_text("utf-8"))
    return found


def synthetic(hours: float, rate: int, seed: int = 1) -> Iterator[Samples]:
    """About so many hours of synthetic speech, in pieces; nothing where espeak-ng is not installed."""
    if shutil.which("espeak-ng") is None:
        return
    draw, sentences, left = random.Random(seed), texts(), hours * 3600
    with ThreadPoolExecutor(2) as pool:
        while left > 0:
            orders = [_order(draw, sentences) for _ in range(8)]
            for spoken, own_rate in pool.map(_spoken, orders):
                level = draw.choice(_SPEECH_DBFS)
                piece = resampled(spoken, own_rate, rate)
                yield amplified(piece, level - level_dbfs(piece))
                left -= len(piece) / rate


def recorded(rate: int) -> Iterator[Samples]:
    """All recordings of the folder that the user named, joined to pieces of about a minute."""
    folder = os.environ.get("IVR_BENCH_SPEECH")
    if not folder:
        return
    parts: list[Samples] = []
    for path in sorted(Path(folder).rglob("*")):
        if path.suffix.lower() in (".wav", ".flac", ".mp3"):
            sound = read_sound(path)
            parts.append(resampled(sound.samples, sound.rate, rate))
            if sum(map(len, parts)) > 60 * rate:
                yield np.concatenate(parts)
                parts = []
    if parts:
        yield np.concatenate(parts)


def _order(draw: random.Random, sentences: list[str]) -> tuple[str, list[str]]:
    voice = draw.choice(_LANGUAGES) + draw.choice(_VARIANTS)
    language = voice.split("+")[0]
    chosen = draw.sample(sentences, 6)
    text = "。".join(chosen) if language.startswith("sit/") else _foreign(draw)
    return text, ["-v", voice, "-p", str(draw.randrange(5, 96, 10)), "-s", str(draw.randrange(110, 221, 10))]


def _foreign(draw: random.Random) -> str:
    """Words of no language in particular: what matters is how they sound."""
    syllables = [
        a + b + c for a in ("b", "l", "m", "st", "tr", "v", "") for b in "aeiou" for c in ("", "n", "rk", "ll")
    ]
    return " ".join("".join(draw.choices(syllables, k=draw.randint(1, 3))) for _ in range(60)) + "."


def _spoken(order: tuple[str, list[str]]) -> tuple[Samples, int]:
    text, options = order
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spoken.wav"
        subprocess.run(["espeak-ng", *options, "-w", str(path), text], check=True, capture_output=True)
        sound = read_sound(path)
    return sound.samples, sound.rate


def narrowed(pieces: list[Samples]) -> Iterator[Samples]:
    """The same at the telephone's 8 kHz."""
    return (resampled(piece, 16000, 8000) for piece in pieces)
