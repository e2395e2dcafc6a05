"""Plays recordings to a recogniser, as calls do, and notes what it heard.

Theory of operation. What a recogniser expects decides how hard its task is, so it is told what a call would tell it:

- digits are said into a field, where the commands of every hotline may be said too;
- so are identity numbers; of the ways in which one was heard, the one whose check digit is right counts, as in a call;
- a phrase is said into a menu that offers all phrases of the test, and six keys by their names;
- yes and no are said where they were asked, with the commands again;
- what is nothing of all that (other words, noise) is said into the menu, the field and the question: what is let in
  there is a caller misunderstood.

Several recordings can be heard at once, in threads: engines let go of Python while they work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from ivr.audio.wav import Sound, read_sound
from ivr.identity_number import check_number
from ivr.mandarin.heard_number import identity_number_of, said_in_digits
from ivr.mandarin.spoken_digits import digit_speech
from ivr.mandarin.yes_no import whole_answer
from ivr.speech.evaluation.conditions import Channel, Condition
from ivr.speech.evaluation.spoken import Spoken
from ivr.speech.recogniser import Expectation, Hypothesis, Recogniser

Task = Literal[
    "digits", "identity", "phrase", "answer",
    "words in a menu", "words in a field", "words in a question",
    "noise in a menu", "noise in a field", "noise in a question",
]  # fmt: skip

_COMMANDS: Final = "人工 人工服务 转人工 返回 上一步 重听 再说一遍 主菜单 帮助 慢一点 退出 再见"
COMMANDS: Final = tuple(_COMMANDS.split())
_KEYS: Final = tuple(f"{verb}{numeral}" for numeral in "零一二三四五" for verb in ("", "按", "选"))
_MOST_VOICES_IN_CROWD: Final = 60
_BLOCK_MS: Final = 20


@dataclass(frozen=True, slots=True)
class Heard:
    """One recording under one condition, and what the recogniser made of it."""

    spoken: Spoken
    condition: Condition
    task: Task
    meant: str  # what should be understood: digits, the phrase, "yes" or "no"; "" for what should not be
    understood: str  # the same of what was heard; "" for nothing, and for an identity number that does not pass
    text: str  # as the recogniser gave it
    confidence: float
    sound_s: float
    cpu_s: float  # that the recogniser took


class Examination:
    """A recogniser and the recordings that it is tested on."""

    def __init__(self, recogniser: Recogniser, recordings: Sequence[Spoken]) -> None:
        self._recogniser = recogniser
        phrases = {one.text: None for one in recordings if one.kind == "command" and not whole_answer(one.text)}
        menu = Expectation(tuple(dict.fromkeys((*phrases, *COMMANDS, *_KEYS))))
        field = Expectation(COMMANDS, digits=True)
        question = Expectation((*COMMANDS, "是", "不是"), yes_no=True)
        self.expected: dict[Task, Expectation] = {
            "digits": field,
            "identity": field,
            "phrase": menu,
            "answer": question,
            "words in a menu": menu,
            "words in a field": field,
            "words in a question": question,
            "noise in a menu": menu,
            "noise in a field": field,
            "noise in a question": question,
        }
        self.tasks = [(one, task) for one in recordings for task in _tasks(one)]
        speech = [one for one in recordings if one.kind != "nonspeech"]
        crowd = speech[:: max(1, len(speech) // _MOST_VOICES_IN_CROWD)]
        self._channel = Channel([read_sound(one.path) for one in crowd], recogniser.rate)

    def hear(
        self, conditions: Sequence[Condition], workers: int, heard_one: Callable[[], None] = lambda: None
    ) -> Generator[Heard]:
        """Everything under every condition, in no order. Raises AudioError for a recording that cannot be read."""
        with ThreadPoolExecutor(workers, "hearing") as pool:
            waiting = [
                pool.submit(self._hear, one, task, condition) for condition in conditions for one, task in self.tasks
            ]
            try:
                for done in as_completed(waiting):
                    heard_one()
                    yield done.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _hear(self, one: Spoken, task: Task, condition: Condition) -> Heard:
        sound: Sound = read_sound(one.path)
        arriving = self._channel.carried(sound, one.path.name, condition)
        began = time.thread_time()
        utterance = self._recogniser.listen(self.expected[task])
        block = self._recogniser.rate * _BLOCK_MS // 1000
        for at in range(0, len(arriving), block):
            utterance.feed(arriving[at : at + block])
        heard = utterance.finish()
        took = time.thread_time() - began
        return Heard(
            one, condition, task, _meaning(task, one.text) if task in _MEANT else "", _understood(task, heard),
            heard.text, heard.confidence, len(arriving) / self._recogniser.rate, took,
        )  # fmt: skip


_MEANT: Final = ("digits", "identity", "phrase", "answer")


def _tasks(one: Spoken) -> tuple[Task, ...]:
    if one.kind == "digits":
        return ("identity",) if _is_identity_number(_meaning("digits", one.text)) else ("digits",)
    if one.kind == "command":
        return ("answer",) if whole_answer(one.text) else ("phrase",)
    if one.kind == "oov":
        return "words in a menu", "words in a field", "words in a question"
    return "noise in a menu", "noise in a field", "noise in a question"


def _understood(task: Task, heard: Hypothesis) -> str:
    if task == "identity":
        said = digit_speech(heard.text)
        ways = said_in_digits(((heard.text, heard.confidence), *heard.alternatives), said.edit) if said else ()
        return identity_number_of((ways,), datetime.now(UTC).date())
    return _meaning(task, heard.text)


def _is_identity_number(text: str) -> bool:
    return check_number(text, datetime.now(UTC).date()).kind == "id"


def _meaning(task: Task, text: str) -> str:
    if task in ("digits", "identity"):
        said = digit_speech(text)
        return said.value if said else text
    return (whole_answer(text) or text) if task == "answer" else text
