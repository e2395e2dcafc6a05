"""How quickly a call by voice answers, and how many calls fit on this machine: real time, without a sound card.

A device of our own stands in for the card: it hands out the caller's blocks exactly every 20 ms, and notes when each
block of the hotline came. So the figures are those of this program alone; a sound server's delay comes on top.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import Figure
from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.audio.dtmf_generator import dialled
from ivr.audio.pcm import Samples
from ivr.call_runner import CallRunner
from ivr.hotlines import open_hotline
from ivr.lines.background import Worker
from ivr.lines.call_audio import CallAudio, Parts
from ivr.lines.microphone_line import MicrophoneLine
from ivr.lines.screen import SilentScreen
from ivr.session.actions import Action, Listen, PlayPrompt
from ivr.session.events import Event
from ivr.session.exchange import Exchange
from ivr.speech.phrase_recogniser import PhraseRecogniser
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME

RATE, BLOCK, BLOCK_S = 16_000, 320, 0.02
TURNS = 7
CALLS, CALL_S = 20, 8.0
Feed = Callable[[Samples], None]
_SAID = "返回"


def figures() -> Iterator[Figure]:
    turns, keys, silences = _answers()
    yield from (
        Figure("words: their end to the first sample, beyond the wait", turns, "ms", "at most 120", turns <= 120),
        Figure("key of the keyboard to the first sample", keys, "ms", "at most 40", keys <= 40),
        Figure("first sample of a dialled tone to silence", silences, "ms", "at most 100", silences <= 100),
    )
    yield from _many_calls()


class ClockedDevice:
    """As a sound card that holds back nothing."""

    def __init__(self) -> None:
        self.alive = True
        self._next_at = time.perf_counter()
        self._caller: list[Samples] = []
        self._noise = np.random.default_rng(1)
        self.out: list[tuple[float, bool]] = []  # (moment, silent)
        self.last_spoken_at = 0.0

    def speak(self, samples: Samples) -> None:
        padded = np.pad(samples, (0, -len(samples) % BLOCK))
        self._caller = [padded[start : start + BLOCK] for start in range(0, len(padded), BLOCK)]

    def begin(self) -> None:
        pass

    def cut(self) -> None:
        pass

    def read(self, _limit_s: float) -> Samples:
        self._next_at += BLOCK_S
        time.sleep(max(self._next_at - time.perf_counter(), 0))
        room = self._noise.normal(0, 8, BLOCK).astype(np.int16)
        if self._caller:
            room += self._caller.pop(0)
            self.last_spoken_at = time.perf_counter()
        return room

    def write(self, block: Samples) -> None:
        self.out.append((time.perf_counter(), not block.any()))

    def close(self) -> None:
        pass

    def first(self, since: float, *, silent: bool) -> float:
        """When the hotline's first block that is (not) silent came."""
        return next(at for at, quiet in self.out if at > since and quiet == silent)


class _Voice:
    """Every prompt is there at once: what is measured is the way to it."""

    def sound(self, _prompt_id: str, _text: str, _pace: float = 1.0) -> Samples:
        return np.full(RATE * 30, 1_000, np.int16)


def _word() -> Samples:
    chance = np.random.default_rng(7)
    swelling = np.sin(np.pi * (np.arange(RATE // 2) / RATE % 0.25) / 0.25)
    return (chance.standard_normal(RATE // 2) * swelling * 4_000).astype(np.int16)


def _answers() -> tuple[float, float, float]:
    """Medians in ms: from a word's end to the answer, from a key to the answer, from a tone to silence."""
    measured = [_one_call(_word()) for _ in range(TURNS)]
    turns, keys, silences = zip(*measured, strict=True)
    return statistics.median(turns), statistics.median(keys), statistics.median(silences)


def _one_call(word: Samples) -> tuple[float, float, float]:
    device = ClockedDevice()
    ear = PhraseRecogniser(RATE, {_SAID: word})
    parts = Parts(_Voice(), ear, speaking=Worker("voice"), decoding=Worker("ear"))
    line = MicrophoneLine(parts, device, ClockedDevice, SilentScreen())
    session = Exchange(open_hotline()).new_call()
    prompts: list[PlayPrompt] = []

    def watch(_: int, thing: Event | Action) -> None:
        if isinstance(thing, PlayPrompt):
            prompts.append(thing)

    runner = CallRunner(session, line, MemoryAccounts(), local_time=DEFAULT_LOCAL_TIME, watch=watch)

    async def talk() -> tuple[float, float, float]:
        await _until(lambda: len(prompts) == 1)
        await asyncio.sleep(4.5)  # the head of the greeting is protected
        pressed_at = time.perf_counter()
        line.typist.typed("1")
        await _until(lambda: len(prompts) == 2)
        await asyncio.sleep(0.8)
        first = device.first(pressed_at + prompts[1].delay_ms / 1_000, silent=False)
        key_ms = (first - pressed_at) * 1_000 - prompts[1].delay_ms
        dialled_at = time.perf_counter()
        device.speak(dialled("1", 100, 0, rate=RATE))
        await _until(lambda: len(prompts) == 3)
        await asyncio.sleep(0.3)
        silence_ms = (device.first(dialled_at + BLOCK_S, silent=True) - dialled_at) * 1_000
        await asyncio.sleep(0.7)
        device.speak(word)
        await _until(lambda: len(prompts) == 4)
        await asyncio.sleep(0.3)
        over_at, waited_ms = device.last_spoken_at, session.timing.end_of_speech
        turn_ms = (device.first(over_at + waited_ms / 1_000, silent=False) - over_at) * 1_000 - waited_ms
        runner.hang_up()
        return turn_ms, key_ms, silence_ms

    async def call() -> tuple[float, float, float]:
        _, measured = await asyncio.gather(runner.run(), talk())
        return measured

    return asyncio.run(call())


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.002)


# -- many calls at once ------------------------------------------------------------------------------------------------


def _many_calls() -> list[Figure]:
    """The lateness of the 99th of 100 blocks, with the whole path of ours, and of Vosk alone on the same sound."""
    from ivr.errors import SpeechError
    from ivr.speech.model_choice import chosen_model
    from ivr.speech.vosk_recogniser import VoskRecogniser

    folder = chosen_model()
    if folder is None:
        return []
    try:
        recogniser = VoskRecogniser(folder)
        recogniser.load()
    except SpeechError:
        return []
    raw_ms = _late_ms(*_raw_calls(folder, recogniser))
    ours_ms = _late_ms(*_our_calls(recogniser))
    reference = f"Vosk alone: {raw_ms:.0f} ms"
    name = f"{CALLS} calls at once: the 99th of 100 blocks is late by"
    return [Figure(name, ours_ms, "ms", "at most 60, or Vosk's own", ours_ms <= max(60, raw_ms), reference)]


def _speech() -> Samples:
    """Words with pauses."""
    return np.concatenate([part for _ in range(8) for part in (_word(), np.zeros(RATE // 2, np.int16))])


_PHRASES = ("余额", "返回", "人工", "主菜单", "重听", "帮助")


def _our_calls(recogniser: Any) -> tuple[list[Feed], list[list[float]]]:
    late: list[list[float]] = [[] for _ in range(CALLS)]
    feeds = []
    for number in range(CALLS):
        decoding = Worker(f"ear-{number}")

        audio = CallAudio(Parts(None, recogniser, decoding=decoding), lambda _: None)
        audio.perform(Listen("main", "12", _PHRASES))

        def feed(block: Samples, audio: CallAudio = audio, decoding: Worker = decoding, number: int = number) -> None:
            due = time.perf_counter()
            audio.exchange(block)
            decoding.submit(lambda: late[number].append(time.perf_counter() - due), lambda _: None)

        feeds.append(feed)
    return feeds, late


def _raw_calls(folder: Path, recogniser: Any) -> tuple[list[Feed], list[list[float]]]:
    import vosk

    from ivr.speech.recogniser import Expectation

    vosk.SetLogLevel(-1)
    model = vosk.Model(model_path=str(folder))
    late: list[list[float]] = [[] for _ in range(CALLS)]
    feeds = []
    grammar = json.dumps(recogniser.grammar(Expectation(_PHRASES)).sentences, ensure_ascii=False)
    for number in range(CALLS):
        worker = Worker(f"raw-{number}")
        kaldi = vosk.KaldiRecognizer(model, RATE, grammar)

        def feed(block: Samples, kaldi: Any = kaldi, worker: Worker = worker, number: int = number) -> None:
            due = time.perf_counter()

            def decode() -> None:
                if kaldi.AcceptWaveform(block.tobytes()):
                    kaldi.Result()
                late[number].append(time.perf_counter() - due)

            worker.submit(decode, lambda _: None)

        feeds.append(feed)
    return feeds, late


def _late_ms(feeds: list[Feed], late: list[list[float]]) -> float:
    """Feed every call a block every 20 ms."""
    speech = _speech()
    start = time.perf_counter()
    for number in range(int(CALL_S / BLOCK_S)):
        time.sleep(max(start + number * BLOCK_S - time.perf_counter(), 0))
        at = number * BLOCK % (len(speech) - BLOCK)
        for call, feed in enumerate(feeds):
            shifted = (at + call * RATE // 7 // BLOCK * BLOCK) % (len(speech) - BLOCK)
            feed(speech[shifted : shifted + BLOCK])
    expected = len(feeds) * int(CALL_S / BLOCK_S)
    done = threading.Event()
    for _ in range(100):
        if sum(map(len, late)) >= expected:
            break
        done.wait(0.1)
    ordered = sorted(moment for call in late for moment in call)
    return ordered[int(0.99 * len(ordered))] * 1_000
