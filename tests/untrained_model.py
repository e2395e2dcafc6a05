"""A speech model that has learnt nothing: everything that Vosk needs to load and run it, in a few kilobytes.

Its network is one layer of random numbers, so what it hears is nonsense; files, words and grammars are real. What is
about hearing is tested on the model that ships.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from ivr.callflow.hotline import Hotline
from ivr.hotlines import open_hotline
from ivr.speech.phones import PDF_COUNT, PHONE_COUNT, phone_pdfs
from ivr.speech.pronouncing import load_pronouncing
from ivr.speech.vocabulary import phrase_words, words_understood
from ivr.speech.word_graph import GraphCosts, write_graph
from tests.small_documents import FLOW, write_documents

_FEATURES = 40


def hotline_with(folder: Path, *phrases: str) -> Hotline:
    """A hotline that offers these phrases; its documents are written to the folder."""
    return open_hotline(write_documents(folder, flow=FLOW.replace("[再见]", f"[{', '.join(phrases)}]")))


def make_untrained_model(folder: Path, *phrases: str) -> Path:
    """A model with the words of these phrases, and what every hotline understands; without the common words."""
    for part in ("am", "conf"):
        (folder / part).mkdir(parents=True)
    (folder / "am/final.mdl").write_bytes(_final_mdl())
    (folder / "conf/mfcc.conf").write_text(
        f"--use-energy=false\n--sample-frequency=16000\n--num-mel-bins={_FEATURES}\n--num-ceps={_FEATURES}\n"
        "--low-freq=20\n--high-freq=7600\n--dither=0\n--allow-downsample=true\n--allow-upsample=true\n"
    )
    (folder / "conf/model.conf").write_text(
        "--beam=10\n--lattice-beam=2\n--acoustic-scale=1.0\n--frame-subsampling-factor=3\n--endpoint.silence-phones=1\n"
    )
    pronouncing = load_pronouncing()
    words = {*words_understood(), *(word for phrase in phrases for word in phrase_words(phrase))}
    write_graph(folder / "graph", {word: pronouncing.of(word) for word in words}, frozenset(words), GraphCosts())
    return folder


def _final_mdl() -> bytes:
    chance = np.random.default_rng(0)
    weights = chance.normal(0, 0.01, (PDF_COUNT, _FEATURES)).astype("<f4")
    layer = (
        b"<ComponentName> layer <FixedAffineComponent> <LinearParams> FM " + _integers(*weights.shape)
        + weights.tobytes() + b"<BiasParams> FV " + _integers(PDF_COUNT) + bytes(4 * PDF_COUNT)
        + b"</FixedAffineComponent> "
    )  # fmt: skip
    nodes = (
        f"input-node name=input dim={_FEATURES}\ncomponent-node name=layer component=layer input=input\n"
        "output-node name=output input=layer objective=linear\n"
    )
    network = (
        b"<Nnet3> \n" + nodes.encode() + b"\n<NumComponents> " + _integers(1) + layer + b"</Nnet3> "
        b"<LeftContext> " + _integers(0) + b"<RightContext> " + _integers(0) + b"<Priors> FV " + _integers(0)
    )  # fmt: skip
    return b"\0B" + _transition_model() + network


def _transition_model() -> bytes:
    phones = range(1, PHONE_COUNT + 1)
    even = b"\4" + struct.pack("<f", 0.5)
    states = (
        _integers(2) + _integers(0, 1, 2, 0) + even + _integers(1) + even  # the phone: stay, or leave
        + _integers(-1, -1, 0)  # its end
    )  # fmt: skip
    topology = _vector(*phones) + _vector(-1, *(0 for _ in phones)) + _integers(-1, 1) + states
    tuples = b"".join(_integers(phone, 0, entering, staying) for phone, entering, staying in phone_pdfs())
    chances = np.full(2 * PHONE_COUNT + 1, np.log(0.5), "<f4")
    chances[0] = 0
    return (
        b"<TransitionModel> <Topology> " + topology + b"</Topology> <Tuples> " + _integers(PHONE_COUNT) + tuples
        + b"</Tuples> <LogProbs> FV " + _integers(len(chances)) + chances.tobytes() + b"</LogProbs> </TransitionModel> "
    )  # fmt: skip


def _integers(*values: int) -> bytes:
    return b"".join(b"\4" + struct.pack("<i", value) for value in values)


def _vector(*values: int) -> bytes:
    return _integers(len(values)) + struct.pack(f"<{len(values)}i", *values)
