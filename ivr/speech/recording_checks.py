"""Whether recordings are fit for a call: each by itself, against the words it should hold, and against the others.

What is looked for, and why: files that cannot be read or stop short (their upload was cut off); silence (the wrong
microphone); clipping (distorted for good); less than 8 kHz (the telephone band is not in it); a length that cannot be
the text's (another text was read, or the text has changed since); a level or a noise floor of its own (the caller hears
the joint); and gaps: a prompt of which only some parts, or an alphabet of words of which only some words, are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from ivr.audio.pcm import Samples
from ivr.audio.wav import read_sound
from ivr.callflow.nodes import Prompt
from ivr.callflow.speaking import speaking_ms
from ivr.errors import AudioError
from ivr.speech.conditioning import speech_dbfs, trimmed
from ivr.speech.recording_files import MAY_READ, WORDS, RecordingFiles, wanted

AMOUNT_WORDS: Final = (
    "零一二三四五六七八九十百千万元角分"  # with these all amounts can be put together; 两 and 幺 are extras
)
_CLIPPED_RUN: Final = 4  # samples in a row at full scale
_CLIPPED_SHARE: Final = 0.0002
_LEVEL_DB: Final = 6.0
_SLOWEST, _FASTEST = 2.5, 0.4  # times the length at 240 characters a minute
_SHORT_MS: Final = 600  # a single word may last longer than its share


@dataclass(frozen=True, slots=True)
class Fault:
    file: str  # "" for one that is missing
    name: str  # the prompt, part or word
    kind: str  # unreadable, truncated, silent, clipped, narrow, long, short, level, missing, unknown, outdated
    what: str
    remedy: str

    @property
    def serious(self) -> bool:
        """Whether callers hear something wrong, rather than the synthesised voice instead."""
        return self.kind not in ("missing", "unknown", "outdated")


@dataclass(frozen=True, slots=True)
class _Sound:
    name: str
    file: Path
    level_dbfs: float


def recording_faults(prompts: Mapping[str, Prompt], folders: Sequence[Path]) -> list[Fault]:
    """Everything that is wrong, by name of the recording."""
    files = RecordingFiles(folders)
    texts = {name: text for prompt_id, prompt in prompts.items() for name, text in wanted(prompt_id, prompt)}
    faults = [
        Fault(str(folder), folder.name, "unreadable", f"{folder}: {why}", MAY_READ)
        for folder, why in files.unreadable.items()
    ]
    sounds: list[_Sound] = []
    for name, file in files.by_name.items():
        text = name.removeprefix(f"{WORDS}/") if name.startswith(f"{WORDS}/") else texts.get(name)
        if text is None:
            what = f"{file}: no prompt of this hotline is called {name}"
            faults.append(Fault(str(file), name, "unknown", what, "rename it (see ivr prompts list), or delete it"))
            continue
        if files.is_outdated(name, text):
            what = f"{file}: was made of another text than “{text}”; the synthesised voice says that"
            faults.append(Fault(str(file), name, "outdated", what, "record or render it again"))
            continue
        found, sound = _own_faults(name, file, text)
        faults += found
        sounds += [sound] if sound else []
    faults += _odd_levels(sounds)
    faults += _gaps(prompts, files)
    return sorted(faults, key=lambda fault: (fault.name, fault.kind))


def _own_faults(name: str, file: Path, text: str) -> tuple[list[Fault], _Sound | None]:
    again = "record it again"
    try:
        sound = read_sound(file)
    except AudioError as error:
        return [Fault(str(file), name, "unreadable", str(error), again)], None
    faults: list[Fault] = []

    def add(kind: str, what: str, remedy: str = again) -> None:
        faults.append(Fault(str(file), name, kind, f"{file}: {what}", remedy))

    level = speech_dbfs(sound.samples, sound.rate) if len(sound.samples) else -120.0
    if level < -60:
        add("silent", "nothing can be heard", "check the microphone and record it again")
        return faults, None
    if sound.truncated:
        add("truncated", "stops before the end that it promises")
    if _is_clipped(sound.samples):
        add("clipped", "is clipped", "record it again, less loudly")
    if sound.rate < 8000:
        add("narrow", f"has {sound.rate} samples a second, and speech needs 8000")
    spoken_ms = len(trimmed(sound.samples, sound.rate)) * 1000 // sound.rate
    usual_ms = speaking_ms(text)
    if spoken_ms > max(_SLOWEST * usual_ms, _SHORT_MS):
        add("long", f"takes {spoken_ms / 1000:.1f} s, and “{text}” about {usual_ms / 1000:.1f} s")
    elif spoken_ms < _FASTEST * usual_ms:
        add("short", f"takes {spoken_ms / 1000:.1f} s, and “{text}” about {usual_ms / 1000:.1f} s")
    return faults, _Sound(name, file, level)


def _is_clipped(samples: Samples) -> bool:
    """Runs at the highest value that occurs, where that is near full scale: converters clip at other values too."""
    loud = np.abs(samples.astype(np.int32))
    ceiling = int(loud.max(initial=0))
    if ceiling < 30_000:
        return False
    at_ceiling = np.concatenate(([0], (loud >= ceiling - 1).astype(np.int8), [0]))
    edges = np.flatnonzero(np.diff(at_ceiling))
    lengths = edges[1::2] - edges[::2]
    return bool(lengths[lengths >= _CLIPPED_RUN].sum() > _CLIPPED_SHARE * len(samples))


def _odd_levels(sounds: Sequence[_Sound]) -> list[Fault]:
    usual = median(sound.level_dbfs for sound in sounds) if sounds else 0.0
    faults = []
    for sound in sounds:
        apart = sound.level_dbfs - usual
        if abs(apart) > _LEVEL_DB:
            what = f"{sound.file}: is {abs(apart):.0f} dB {'louder' if apart > 0 else 'softer'} than the others"
            remedy = "it is evened out when played, with its noise; record it at the distance of the others"
            faults.append(Fault(str(sound.file), sound.name, "level", what, remedy))
    return faults


def _gaps(prompts: Mapping[str, Prompt], files: RecordingFiles) -> list[Fault]:
    faults = []
    if files.words:
        lacking = [word for word in AMOUNT_WORDS if word not in files.words]
        if lacking:
            what = f"amounts cannot be put together: {' '.join(lacking)} were not recorded"
            faults.append(
                Fault("", WORDS, "missing", what, f"record them into {WORDS}/, such as {WORDS}/{lacking[0]}.wav")
            )
    prompts_recorded = any("/" not in name for name in files.by_name)
    for prompt_id, prompt in prompts.items():
        names = [name for name, _ in wanted(prompt_id, prompt)]
        lacking = [name for name in names if name not in files.by_name]
        if prompts_recorded and lacking:
            what = f"{', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not recorded; the voice says that"
            faults.append(Fault("", prompt_id, "missing", what, f"record {lacking[0]}.wav"))
    return faults
