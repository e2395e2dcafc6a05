"""Damage inside a model's files that loading it and hearing a word would not show: states that the word did not visit.

Three looks, each in well under a second for a model of ours. The graph's two FSTs hold together, each in itself
(``openfst_reading``) and with each other: the words that one writes are in the other's table, and it reads transitions
that the network has. The numbers of the network are numbers. And a graph that was made here is, byte for byte, what its
own word list makes.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Final

import numpy as np

from ivr.speech.openfst_reading import ReadFst, read_fst
from ivr.speech.word_graph import GraphCosts, graph_files, read_lexicon

NETWORK: Final = "am/final.mdl"
_BINARY: Final = b"\0B"  # how Kaldi's binary files begin
# A vector or a matrix of 32-bit numbers: its token and its sizes, each after a byte that says how long a size is.
_NUMBERS: Final = re.compile(rb"F(?:V \x04(....)|M \x04(....)\x04(....))", re.DOTALL)
_HIGHEST: Final = 1e9  # no weight is nearly so much; a flipped bit of an exponent often is


def graph_soundness(model: Path) -> str:
    """What was looked at, for people. ``ValueError`` says which file is damaged, and how."""
    looked, fsts = [], {}
    for name in ("HCLr.fst", "Gr.fst"):
        try:
            fst = fsts[name] = read_fst(model / "graph" / name)
        except ValueError as error:
            raise ValueError(f"graph/{name} is damaged: {error}") from None
        kind = f"{len(fst.states)} states and {len(fst.arcs)} arcs" if fst else "not checked, its kind is not known"
        looked.append(f"{name}: {kind}")
    _require_agreement(model, fsts["HCLr.fst"], fsts["Gr.fst"])
    return "; ".join(looked)


def made_of_its_words(model: Path) -> bool | None:
    """Whether a graph made here is what its word list makes; None if the model's graph was not made here."""
    graph = model / "graph"
    if not (graph / "lexicon.txt").is_file() or not (graph / "costs.json").is_file():
        return None
    try:
        lexicon, costs = read_lexicon(graph / "lexicon.txt"), GraphCosts.of_model(model)
        usual = read_fst(graph / "Gr.fst")
        if usual is None or usual.symbols is None:
            return False
        words = frozenset(usual.symbols[number] for number in usual.arcs["output"].tolist())
        made = graph_files(lexicon, words, costs)
    except (KeyError, TypeError, ValueError):
        return False
    return all((graph / name).is_file() and (graph / name).read_bytes() == data for name, data in made.items())


def network_soundness(model: Path) -> str:
    """What was looked at, for people. ``ValueError`` says how the network is damaged."""
    data = (model / NETWORK).read_bytes()
    if not data.startswith(_BINARY) or b"<Nnet3>" not in data:
        return "not checked, its form is not known"
    numbers = at = 0
    last = b""
    while found := _NUMBERS.search(data, at):
        last = data[at : found.start()]
        count = math.prod(int.from_bytes(size, "little") for size in found.groups() if size is not None)
        at = found.end() + 4 * count
        if at > len(data):
            raise ValueError(f"{NETWORK} is damaged: {count} numbers do not fit into it")
        if not (np.abs(np.frombuffer(data, "<f4", count, found.end())) <= _HIGHEST).all():
            raise ValueError(f"{NETWORK} is damaged: what should be a weight is none")
        numbers += count
    if not last.endswith(b"<Priors> ") or at != len(data):
        raise ValueError(f"{NETWORK} is damaged: it does not end as a network does")
    return f"{numbers} numbers"


def _require_agreement(model: Path, sounds: ReadFst | None, words: ReadFst | None) -> None:
    """``sounds`` reads transitions of the network and writes words that ``words`` has."""
    if sounds is None:
        return
    transitions = re.search(rb"<LogProbs> FV \x04(....)", (model / NETWORK).read_bytes(), re.DOTALL)
    marks = (model / "graph" / "disambig_tid.int").read_text("ascii", errors="replace").split()
    if not all(mark.isdecimal() for mark in marks):
        raise ValueError("graph/disambig_tid.int is damaged: it is no list of numbers")
    highest = max(map(int, marks), default=0)
    if transitions:
        highest = max(highest, int.from_bytes(transitions[1], "little") - 1)
        if (sounds.arcs["input"] > highest).any():
            raise ValueError("graph/HCLr.fst is damaged: it reads sounds that the network does not have")
    known = np.fromiter(words.symbols, np.int64) if words and words.symbols else None
    if known is not None:
        written = np.concatenate([fst.arcs["output"] for fst in (sounds, words) if fst])
        if not np.isin(np.unique(written), known).all():
            raise ValueError("graph/HCLr.fst or Gr.fst is damaged: it has words that are not in the table of words")
