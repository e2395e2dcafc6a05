"""A call on the microphone line, for tests that speak into it: ``python -m tests.microphone_call HEARD.json``.

``ivr call --voice`` with another ear: HEARD.json tells what words there are and which sound files they are. The event
log goes to standard output, line by line. Run where sounddevice sees a sound card, real or virtual.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.audio.wav import read_sound
from ivr.call_runner import CallRunner
from ivr.commands.call_signals import hanging_up
from ivr.commands.voice_setup import open_voice
from ivr.hotlines import open_hotline
from ivr.lines.background import Worker
from ivr.lines.call_audio import Parts
from ivr.lines.microphone_line import MicrophoneLine
from ivr.lines.screen import SilentScreen
from ivr.lines.sound_device import SoundDevice
from ivr.lines.sound_library import look_again
from ivr.session.exchange import Exchange
from ivr.speech.phrase_recogniser import PhraseRecogniser
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME

RATE = 16_000


def main(heard: Path) -> None:
    files: dict[str, str] = json.loads(heard.read_text(encoding="utf-8"))
    ear = PhraseRecogniser(RATE, {text: read_sound(Path(file)).samples for text, file in files.items()})
    hotline = open_hotline()
    voice = open_voice(hotline, RATE, "espeak")
    parts = Parts(voice, ear, half_duplex=True, speaking=Worker("voice"), decoding=Worker("ear"))
    session = Exchange(hotline).new_call(lambda entry: print(entry.to_json(), flush=True))

    def reopen() -> SoundDevice:
        look_again()
        return SoundDevice(RATE)

    line = MicrophoneLine(parts, SoundDevice(RATE), reopen, SilentScreen())
    runner = CallRunner(session, line, MemoryAccounts(), local_time=DEFAULT_LOCAL_TIME)

    async def talk() -> None:
        with hanging_up(runner.hang_up):
            await runner.run()

    asyncio.run(talk())
    voice.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
