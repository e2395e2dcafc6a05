"""Chooses what speaks and what listens in a call with sound. What is missing is told; the call goes on without it."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ivr import settings
from ivr.callflow.durations import USUAL_PACE
from ivr.errors import AudioError, SpeechError, UsageError

if TYPE_CHECKING:
    from ivr.callflow.hotline import Hotline
    from ivr.commands.call_setup import CallOptions, CallSetup
    from ivr.lines.background import Background
    from ivr.lines.call_audio import Parts
    from ivr.lines.call_recording import CallRecording
    from ivr.lines.caller_file import Say
    from ivr.lines.message_file import MessageFiles
    from ivr.speech.prompt_voice import PromptVoice
    from ivr.speech.recogniser import Recogniser

Warn = Callable[[str], None]
_ANNOUNCEMENT = "本次通话将被录音。"
_SAYS_SO = "录音"
_WRITING_LIMIT_S = 10.0  # a minute of a message, on a slow network drive


@dataclass(slots=True)
class SoundSetup:
    """The parts of one call's sound; ``record`` once there is a caller, ``close`` afterwards."""

    parts: Parts
    voice: PromptVoice
    messages: MessageFiles | None
    writing: Background  # of files
    recording: CallRecording | None = None

    def say(self) -> Say:
        """The voice of a caller whose words are written."""
        return self.voice.words

    def record(self, setup: CallSetup) -> None:
        """Begin the recording that was asked for: not before, as it replaces the file of an earlier one.

        A live caller is told so, but only if there is a recording.
        """
        self.recording = _recording(setup, self.parts.rate, self.writing)
        options = setup.options
        if self.recording is not None and (options.record_audio or options.voice):
            self.parts = replace(self.parts, announcement=_announcement(setup.hotline))

    def close(self, warn: Warn) -> None:
        self.voice.close()
        if not self.writing.finish(_WRITING_LIMIT_S):
            warn("the disk is too slow: the end of what was recorded in this call may be lost")


def set_up_sound(setup: CallSetup, *, live: bool) -> SoundSetup:
    """``live``: rendering and decoding must not hold up the sound. Raises UsageError for options that cannot be met."""
    require_numpy()
    from ivr.commands.voice_setup import open_voice
    from ivr.lines.background import Inline, Worker
    from ivr.lines.call_audio import RATE, Parts
    from ivr.lines.message_file import MessageFiles

    options, warn = setup.options, setup.tell
    recogniser = open_recogniser(options.speech_model, warn)
    rate = RATE if recogniser is None else recogniser.rate
    voice = open_voice(setup.hotline, rate, options.speaker, patient=not live, warn=warn)
    if live:
        voice.expect_call(setup.session.timing.characters_a_minute / USUAL_PACE, _speak_ahead(options))
    parts = Parts(
        voice,
        recogniser,
        half_duplex=options.voice and not options.headset,
        speaking=Worker("voice", warn) if live else Inline(),
        decoding=Worker("ear", warn) if live else Inline(),
    )
    writing = Worker("files", warn) if live else Inline()
    messages = MessageFiles(setup.message_path, rate, warn, writing) if setup.keeps_answers else None
    return SoundSetup(parts, voice, messages, writing)


def _speak_ahead(options: CallOptions) -> str:
    """The command after which no call with these options has to wait for its voice."""
    command = ["ivr", "prompts", "render", "--all"]
    command += ["--flow", options.flow] if options.flow is not None else []
    command += ["--speaker", options.speaker] if options.speaker != "auto" else []
    command += ["--profile", options.profile] if options.profile is not None else []
    return shlex.join(command)


def open_recogniser(folder: Path | None, warn: Warn) -> Recogniser | None:
    """The ear. A model that the user names must work (UsageError); otherwise what is wrong is told, and keys remain."""
    try:
        from ivr.speech.model_choice import chosen_model
        from ivr.speech.vosk_recogniser import VoskRecogniser

        chosen = folder or chosen_model()
        if chosen is None:
            warn("there is no speech model, so only keys are heard; 'ivr models list' says where to get one")
            return None
        recogniser = VoskRecogniser(chosen, settings.checks_dir())
        recogniser.load()
    except SpeechError as error:
        if folder is not None:
            raise UsageError(str(error)) from None
        warn(f"words are not understood, keys are: {error}")
        return None
    return recogniser


def rate_of_calls() -> int:
    """Samples a second of calls on this machine: the chosen model's; the usual if it cannot be used."""
    from ivr.lines.call_audio import RATE
    from ivr.speech.model_choice import chosen_model
    from ivr.speech.model_folder import open_model_folder

    try:
        chosen = chosen_model()
        return RATE if chosen is None else open_model_folder(chosen).rate
    except SpeechError:
        return RATE


def _recording(setup: CallSetup, rate: int, writing: Background) -> CallRecording | None:
    from ivr.lines.call_recording import CallRecording

    options = setup.options
    if options.out is not None:
        return CallRecording(options.out, rate, setup.tell, writing, hotline_path=options.out_hotline)
    if not options.record_audio:
        return None
    try:
        settings.journal_dir().mkdir(parents=True, exist_ok=True)
        return CallRecording(setup.recording_path, rate, setup.tell, writing)
    except (AudioError, OSError) as error:
        setup.tell(f"this call is not recorded: {error}")
        return None


def _announcement(hotline: Hotline) -> str:
    """What must be said before a recorded call, unless the hotline's own first words say it."""
    start = hotline.flow.nodes[hotline.flow.start]
    first = [hotline.prompts[saying.say].text for saying in start.prompt]
    return "" if first and all(_SAYS_SO in text for text in first) else _ANNOUNCEMENT


def require_numpy() -> None:
    """Raises UsageError that says what to install."""
    try:
        import numpy  # noqa: F401 - the one thing that every sound needs
    except ImportError:
        raise UsageError("calls with sound need more packages; install them: pip install 'ivr[voice]'") from None


def require_no_conflict(options: CallOptions) -> None:
    """Raises UsageError for options that do not go together."""
    if options.caller is not None and options.voice:
        raise UsageError("--caller is a caller already; leave out either it or --voice")
    if options.caller is None and not options.voice:
        for name in ("out", "real_time", "headset", "input_device", "output_device", "record_audio"):
            if getattr(options, name):
                raise UsageError(f"--{name.replace('_', '-')} is for calls with sound; add --voice or --caller FILE")
    if options.caller is not None:
        for name in ("headset", "input_device", "output_device"):
            if getattr(options, name):
                raise UsageError(f"--{name.replace('_', '-')} is for --voice; --caller FILE needs no device")
    if options.pace != "natural" and (options.caller is not None or options.voice):
        raise UsageError("--pace is for calls by keypad; with sound the hotline speaks at its voice's pace")
    if options.out_hotline is not None and options.out is None:
        raise UsageError("--out-hotline writes one side of --out FILE; name that too")
    named = (options.caller, options.out, options.out_hotline, options.record)
    files = [file.resolve() for file in named if file is not None]
    if len(set(files)) < len(files):
        raise UsageError("--caller, --out, --out-hotline and --record name one file twice; it would be written over")
    if options.out is not None and options.record_audio:
        raise UsageError("--out records this call already; leave out --record-audio")
    if options.caller_channel is not None and options.caller is None:
        raise UsageError("--caller-channel is for --caller FILE; name the file")
    if options.real_time and options.caller is None:
        raise UsageError("--real-time is for --caller FILE; a call by microphone always is")
    if options.caller is None and not options.voice:
        for name, given in (("speech-model", options.speech_model), ("speaker", options.speaker != "auto")):
            if given:
                raise UsageError(f"--{name} is for calls with sound; add --voice or --caller FILE")
