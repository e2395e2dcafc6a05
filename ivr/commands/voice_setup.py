"""Chooses the voice of a call: what the user asked for, otherwise the best that this machine has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ivr import settings
from ivr.errors import UsageError

if TYPE_CHECKING:
    from ivr.callflow.hotline import Hotline
    from ivr.speech.prompt_voice import PromptVoice
    from ivr.speech.synthesiser import Synthesiser

VOICES = ("auto", "system", "espeak", "silent")


def open_voice(hotline: Hotline, rate: int, name: str = "auto") -> PromptVoice:
    """The voice of a hotline, at ``rate`` samples a second; ``close`` it afterwards.

    Nothing is started yet. Raises ``UsageError`` for a voice that is not known.
    """
    from ivr.speech.cached_synthesiser import CachedSynthesiser
    from ivr.speech.first_that_speaks import FirstThatSpeaks
    from ivr.speech.prompt_voice import PromptVoice
    from ivr.speech.speech_cache import SpeechCache

    cache = SpeechCache(cache_folder())
    voices = [CachedSynthesiser(voice, cache, rate) for voice in synthesisers(name)]
    return PromptVoice(FirstThatSpeaks(voices), None, hotline.prompts)


def cache_folder() -> Path:
    return settings.cache_dir() / "speech"


def synthesisers(name: str) -> list[Synthesiser]:
    """The engines behind a voice's name, best first; ``auto`` is everything that may speak here."""
    from ivr.speech.espeak_command import EspeakCommand
    from ivr.speech.pyttsx3_synthesiser import Pyttsx3Synthesiser
    from ivr.speech.silent_synthesiser import SilentSynthesiser

    if name in ("auto", "system"):
        return [Pyttsx3Synthesiser(), EspeakCommand()]
    if name == "espeak":
        return [EspeakCommand()]
    if name == "silent":
        return [SilentSynthesiser()]
    raise UsageError(f"{name!r} is no voice; choose one of {', '.join(VOICES)}")
