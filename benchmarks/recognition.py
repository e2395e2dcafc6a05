"""Our whole way from sound to meaning, against Vosk alone on the same sound with the same grammars.

The sound is a caller's side of a call: words and numbers with pauses between. Ours is a line's ear in blocks of 20 ms:
end-pointing, a recogniser for each utterance, what it heard checked against what was expected, and understood. Vosk
alone is one recogniser for all of it, fed 4,000 samples at a time as its examples do. Needs a speech model; without one
nothing is measured.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from time import process_time

import numpy as np

from benchmarks.figures import Figure
from benchmarks.spoken_words import GROUPS, in_a_row, spoken
from ivr.audio.pcm import Samples, block_length
from ivr.hotlines import open_hotline
from ivr.lines.background import Inline
from ivr.lines.ear import Ear
from ivr.lines.expecting import expectation
from ivr.mandarin.understanding import Offer, understand
from ivr.session.actions import Listen
from ivr.session.events import Event, UtteranceHeard
from ivr.speech.model_choice import chosen_model
from ivr.speech.vocabulary import phrases_of
from ivr.speech.vosk_recogniser import VoskRecogniser

ROUNDS = 3
CHUNK = 4_000
PHRASES = tuple(phrases_of(open_hotline()))
OFFERS = tuple(Offer(str(number), (phrase,)) for number, phrase in enumerate(PHRASES))
LISTEN = Listen("benchmark", "0123456789*#", PHRASES, digits=True)


def ours(recogniser: VoskRecogniser, sound: Samples) -> int:
    meanings: list[str] = []

    def post(event: Event) -> None:
        if isinstance(event, UtteranceHeard):
            meanings.append(understand(event.text, OFFERS, digits=True).meaning)

    ear = Ear(recogniser.rate, recogniser, Inline(), post, lambda _since, _until: "")
    ear.listen(LISTEN)
    length = block_length(recogniser.rate)
    for start in range(0, len(sound) - length + 1, length):
        ear.hear(sound[start : start + length], sounding=False)
    return len(meanings)


def alone(recogniser: VoskRecogniser, sound: Samples) -> str:
    engine = recogniser._loaded_engine().recogniser(recogniser.grammar(expectation(LISTEN)).sentences)
    for start in range(0, len(sound), CHUNK):
        if engine.AcceptWaveform(sound[start : start + CHUNK].tobytes()):
            engine.Result()
    return str(json.loads(engine.FinalResult()))


def figures() -> Iterator[Figure]:
    model = chosen_model()
    if model is None:
        print("  no speech model, so recognition is not measured: IVR_SPEECH_MODEL=DIR", file=sys.stderr)
        return
    recogniser = VoskRecogniser(model)
    recogniser.load()
    for name, pauses_s in (("pauses of 2 s", 2.0), ("pauses of 1 s", 1.0)):
        sound = in_a_row(spoken(GROUPS, recogniser.rate), [pauses_s] * (len(GROUPS) + 1), recogniser.rate)
        assert ours(recogniser, sound) == len(GROUPS)
        ratios, seconds = [], []
        for _ in range(ROUNDS):  # in turn, so that both are disturbed alike
            began = process_time()
            ours(recogniser, sound)
            between = process_time()
            alone(recogniser, sound)
            ratios.append((between - began) / (process_time() - between))
            seconds.append(between - began)
        ratio, load = float(np.median(ratios)), float(np.median(seconds)) / (len(sound) / recogniser.rate)
        reference = f"Vosk alone, {model.name}; ours takes {load:.4f} s for a second of sound"
        yield Figure(f"recognition, {name}", ratio, "× its CPU", "at most 1.10", ratio <= 1.10, reference)
