"""The ear by Vosk: one model for a process, a recogniser and a grammar for each utterance. The only importer of vosk.

Theory of operation. Vosk ends the process, not the call, on input that it did not expect, so nothing reaches it that
was not looked at:

* a model is checked from outside, and the first time loaded by a child process (``model_trial``), which may die;
* it is loaded by path only: by name or language, Vosk goes to the network and may exit;
* a grammar is a list, never empty, of words that the model has; the labels that are no words (``<eps>``, ``#0``) would
  stop it. It is set when a recogniser is made and never changed;
* sound is int16 at the model's own rate, in blocks of one size: results depend a little on where chunks end;
* when Vosk finds an end of its own, its result is taken at once, and the parts are joined: where an utterance ends is
  decided by us. After the last result nothing is fed;
* a recogniser is used under a lock, so that no two threads are in it.

The score of a text is its share of the belief in all alternatives (see ``confidence_bands``); what counts as a text is
the grammar's business (see ``grammar``).
"""

from __future__ import annotations

import json
import math
import random
import threading
import weakref
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from ivr.audio.pcm import BlockCutter, Samples
from ivr.errors import SpeechError
from ivr.speech.confidence_bands import ConfidenceBands, bands_of_model
from ivr.speech.grammar import GARBAGE, Grammar, grammar
from ivr.speech.model_folder import ModelFolder, open_model_folder
from ivr.speech.model_trial import ModelTrial
from ivr.speech.passed_checks import PassedChecks
from ivr.speech.recogniser import Expectation, Hypothesis

_BLOCK_MS: Final = 200  # the engine decodes in steps of that length
_ALTERNATIVES: Final = 10  # more hold next to none of the belief
_TOLD_ALTERNATIVES: Final = 3
_WAYS_TO_SAY_DIGITS: Final = 100  # a check digit may tell which of many is right
_GRAMMARS: Final = 256

_loading = threading.RLock()
_loaded: weakref.WeakValueDictionary[str, _Engine] = weakref.WeakValueDictionary()


class VoskRecogniser:
    """A model in Vosk's format. Cheap to make: the model is loaded by ``load`` or the first ``listen``."""

    def __init__(self, folder: Path, tried_in: Path | None = None, bands: ConfidenceBands | None = None) -> None:
        """``tried_in``: a folder that remembers which models a trial came through; ``bands``: instead of the model's.

        Raises ``SpeechError``.
        """
        self._folder = open_model_folder(folder)
        self._tried = PassedChecks(tried_in)
        self._bands = bands or bands_of_model(self._folder.path)
        self._engine: _Engine | None = None
        self._grammar = lru_cache(_GRAMMARS)(self._new_grammar)

    @property
    def rate(self) -> int:
        return self._folder.rate

    def load(self) -> None:
        """Have the model in memory; takes as long as that takes. Raises ``SpeechError`` if it is broken."""
        self._loaded_engine()

    def knows(self, word: str) -> bool:
        """Whether the model has this word. Loads it."""
        return self._loaded_engine().knows(word)

    def grammar(self, expected: Expectation) -> Grammar:
        """What it listens for; ``lost`` names what it cannot."""
        return self._grammar(expected)

    def listen(self, expected: Expectation) -> VoskUtterance:
        engine = self._loaded_engine()
        listened_for = self._grammar(expected)
        if not listened_for.sentences:
            what = "、".join(expected.phrases[:3]) or "nothing"
            raise SpeechError(
                f"{self._folder.path}: the speech model has no words for what may be said here ({what}); "
                "is it a Mandarin model? ivr check --model names the words that it lacks"
            )
        return VoskUtterance(engine, listened_for, self._bands)

    def _new_grammar(self, expected: Expectation) -> Grammar:
        return grammar(expected, self._loaded_engine().knows)

    def _loaded_engine(self) -> _Engine:
        if self._engine is None:
            self._engine = _shared_engine(self._folder, self._tried)
        return self._engine


class VoskUtterance:
    """Feed it, finish it. Feeding a finished one is an error that is said, not a crash."""

    def __init__(self, engine: _Engine, listened_for: Grammar, bands: ConfidenceBands) -> None:
        self._grammar = listened_for
        self._bands = bands
        digits = listened_for.expected.digits
        self._alternatives = _WAYS_TO_SAY_DIGITS if digits else _ALTERNATIVES
        self._told = _WAYS_TO_SAY_DIGITS if digits else _TOLD_ALTERNATIVES
        self._recogniser = engine.recogniser(listened_for.sentences, self._alternatives)
        self._cutter = BlockCutter(int(engine.rate * _BLOCK_MS / 1000))
        self._parts: list[str] = []
        self._lock = threading.Lock()
        self._finished = False

    def feed(self, samples: Samples) -> None:
        """ValueError for anything but one channel of int16; ``SpeechError`` after ``finish``."""
        if samples.dtype != np.int16 or samples.ndim != 1:
            raise ValueError(
                f"an utterance is int16 samples of one channel, not {samples.dtype} in {samples.ndim} axes"
            )
        with self._lock:
            self._must_go_on()
            for block in self._cutter.feed(samples):
                self._accept(block)

    def finish(self) -> Hypothesis:
        with self._lock:
            self._must_go_on()
            self._finished = True
            for block in self._cutter.flush():
                self._accept(block)
            self._parts.append(self._recogniser.FinalResult())
            self._recogniser = None
        return self._judged(_joined(self._parts, self._alternatives))

    def _must_go_on(self) -> None:
        if self._finished:
            raise SpeechError("this utterance is over; listen again for the next one")

    def _accept(self, block: Samples) -> None:
        if self._recogniser.AcceptWaveform(block.tobytes()):
            self._parts.append(self._recogniser.Result())

    def _judged(self, alternatives: list[tuple[str, float]]) -> Hypothesis:
        """Alternatives of one meaning count together; what means nothing here counts against them."""
        texts: dict[str, str] = {}
        scores: dict[str, float] = {}
        for text, share in alternatives:
            meaning = self._grammar.meaning(text)
            if meaning is not None:
                texts.setdefault(meaning, meaning.removeprefix("phrase ") if meaning.startswith("phrase ") else text)
                scores[meaning] = scores.get(meaning, 0.0) + share
        best = sorted(scores, key=lambda meaning: -scores[meaning])[: 1 + self._told]
        if not best:
            return Hypothesis("", 0.0)
        expected = self._grammar.expected
        told = [
            (texts[meaning].replace(" ", ""), self._bands.band(expected, meaning).calibrated(scores[meaning]))
            for meaning in best
        ]
        return Hypothesis(*told[0], tuple(told[1:]))


class _Engine:
    """A model in memory."""

    def __init__(self, model: Any, rate: float) -> None:
        self._model = model
        self.rate = rate
        self._known: dict[str, bool] = {}

    def knows(self, word: str) -> bool:
        known = self._known.get(word)
        if known is None:
            speakable = word == GARBAGE or (word[:1].isalnum() and "\0" not in word)
            known = self._known[word] = speakable and self._model.vosk_model_find_word(word) > 0
        return known

    def recogniser(self, sentences: tuple[str, ...], alternatives: int = _ALTERNATIVES) -> Any:
        """A ``vosk.KaldiRecognizer``; ``sentences`` hold words of the model only, and at least one."""
        import vosk

        try:
            made = vosk.KaldiRecognizer(self._model, self.rate, json.dumps(sentences, ensure_ascii=False))
        except Exception as error:
            raise SpeechError(f"the speech model takes no grammar: {error}") from error
        made.SetMaxAlternatives(alternatives)
        return made

    def try_out(self, samples: int, sentences: tuple[str, ...] = ()) -> None:
        """Everything that is done with a model, once, on silence and then on noise, which leads to many words."""
        word = next((word for word in ("一", "是", "네", "yes", GARBAGE) if self.knows(word)), None)
        if sentences or word is not None:
            recogniser = self.recogniser(sentences or (str(word),))
            recogniser.AcceptWaveform(bytes(2 * samples))
            recogniser.AcceptWaveform(random.Random(samples).randbytes(2 * samples))
            recogniser.FinalResult()


def load(path: Path, rate: float) -> _Engine:
    """Load without any trial. Raises ``SpeechError`` where Vosk itself says that it cannot."""
    try:
        import vosk
    except (ImportError, OSError) as error:
        raise SpeechError(f"Vosk cannot be used here ({error}); install it: pip install 'ivr[voice]'") from error
    vosk.SetLogLevel(-1)
    try:
        return _Engine(vosk.Model(model_path=str(path)), rate)
    except Exception as error:
        raise SpeechError(f"{path}: Vosk cannot load this speech model") from error


def _shared_engine(folder: ModelFolder, tried: PassedChecks) -> _Engine:
    key = f"{folder.path};{folder.fingerprint}"
    with _loading:
        engine = _loaded.get(key)
        if engine is None:
            if key not in tried:
                _try_out(folder)
                tried.add(key)
            engine = _loaded[key] = load(folder.path, folder.rate)
    return engine


def _try_out(folder: ModelFolder) -> None:
    try:
        with ModelTrial(folder) as trial:
            trial.load()
    except SpeechError as error:
        raise SpeechError(
            f"{folder.path}: the speech model is damaged ({error}); take it anew (ivr models list)"
        ) from error


def _joined(parts: list[str], most: int) -> list[tuple[str, float]]:
    """At most so many texts of an utterance's parts in a row, with their shares of the belief, best first."""
    joined: list[tuple[str, float]] = [("", 0.0)]
    for part in parts:
        heard = [(str(one["text"]), float(one["confidence"])) for one in json.loads(part).get("alternatives", ())]
        if any(text for text, _ in heard):
            joined = [(f"{text} {more}".strip(), score + add) for text, score in joined for more, add in heard]
            joined = sorted(joined, key=lambda one: -one[1])[:most]
    best = joined[0][1]
    shares = [(text, math.exp(score - best)) for text, score in joined]
    total = sum(share for _, share in shares)
    return [(text, share / total) for text, share in shares]
