"""The word graph of a speech model: which sounds make which words, in the form in which Vosk reads it.

Theory of operation. The graph is a flower. From its heart each word leaves as a chain of phones, and every chain comes
back, over a silence or without one. The word is written on the first step; the costs of words come from the grammar,
which Vosk puts on top at run time. Words that end alike share their last phones. Between two syllables of a word there
may be a pause, since people who speak slowly make one. One more petal is ``[unk]``: the garbage phone, for as long as
it lasts, so that what is no word of the grammar has something to be.

A phone is one step for its first frame and a loop for each further one; the network, not the graph, knows how long
phones last. Nothing has to be determinised: the decoder visits only the words of the grammar (see ``openfst``).

Costs are negative log probabilities. Each word gets a bonus against the network's liking for few long words, without
which digits get lost; too much of it fills the lattice with nonsense.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from ivr.speech.openfst import Fst, const_fst, lookahead_fst
from ivr.speech.phones import (
    GARBAGE,
    PAUSE_ID,
    SILENCE,
    SYLLABLE,
    disambiguation_transition,
    leaving_transition,
    phone_id,
    phone_names,
    staying_transition,
    word_boundaries,
    word_phone_ids,
)

UNKNOWN: Final = "[unk]"
COSTS_FILE: Final = "costs.json"

RARE: Final = frozenset(("两", "洞", "拐", "勾", "叉", "艾克斯", "x"))
"""Words for digits that most callers never say; at even chances they would be heard for what most callers say."""

Lexicon = Mapping[str, tuple[tuple[str, ...], ...]]
"""Words, each with one or more pronunciations; a pronunciation is its phones."""


@dataclass(frozen=True, slots=True)
class GraphCosts:
    """How words, garbage and silence compete; tuned for a model on speech that it was not trained on.

    The usual ones were chosen with the model that ships on seven synthetic voices kept from the training. Words at -3
    hear as many digits right, but at the confidence that keeps 95 % of them 18 % instead of 5 % of other words come in.
    A pause inside a word at 2 lets all phrases said syllable by syllable through, which without pauses 4 % are not.
    """

    word: float = -2.0  # of beginning any word
    unknown: float = -6.0  # of beginning garbage
    pause: float = 2.0  # of a pause inside a word
    rare: float = 2.0  # on top, of beginning a word that few callers say for a digit
    silence: float = math.log(2)  # of a silence between words, and of none: even chances

    @classmethod
    def of_model(cls, model: Path) -> GraphCosts:
        """Those that lie in a model's folder; the usual ones if none do. Raises ``ValueError`` if they are spoilt."""
        file = model / "graph" / COSTS_FILE
        return cls(**json.loads(file.read_text("utf-8"))) if file.is_file() else cls()


def write_graph(folder: Path, lexicon: Lexicon, usual: frozenset[str], costs: GraphCosts) -> None:
    """Write all files of a model's ``graph`` folder."""
    files = graph_files(lexicon, usual, costs)
    (folder / "phones").mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def graph_files(lexicon: Lexicon, usual: frozenset[str], costs: GraphCosts) -> dict[str, bytes]:
    """All files of a model's ``graph`` folder by name; the same arguments give the same bytes.

    ``usual`` are the words that may come when a recogniser is given no grammar.
    """
    numbers = {word: number for number, word in enumerate(sorted({*lexicon, UNKNOWN}), start=1)}
    return {
        "HCLr.fst": lookahead_fst(flower(lexicon, numbers, costs)),
        "Gr.fst": const_fst(
            _any_order(usual, numbers), {0: "<eps>"} | {number: word for word, number in numbers.items()}
        ),
        "disambig_tid.int": _lines([str(disambiguation_transition())]),
        "phones.txt": _lines(f"{name} {number}" for number, name in enumerate(("<eps>", *phone_names()))),
        "phones/word_boundary.int": _lines(f"{at} {kind}" for at, kind in enumerate(word_boundaries(), start=1)),
        "lexicon.txt": _lines(f"{word} {' '.join(phones)}" for word in sorted(lexicon) for phones in lexicon[word]),
        COSTS_FILE: (json.dumps(asdict(costs), indent=2) + "\n").encode(),
    }


def read_lexicon(file: Path) -> Lexicon:
    """The words and pronunciations of a graph made here. ``ValueError`` for a line that is no word and its phones."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in file.read_text("utf-8").splitlines():
        word, *phones = line.split(" ")
        if not word or not phones:
            raise ValueError(f"{file}: {line!r} is no word and its phones")
        found.setdefault(word, []).append(tuple(phones))
    return {word: tuple(ways) for word, ways in found.items()}


def flower(lexicon: Lexicon, numbers: Mapping[str, int], costs: GraphCosts) -> Fst:
    fst = Fst()
    start, heart, word_end = fst.new_state(), fst.new_state(), fst.new_state()
    fst.start = start
    fst.final[heart] = 0
    silence = phone_id(SILENCE, "S")
    for pause in (start, word_end):
        fst.connect(pause, heart, cost=costs.silence)
        quiet = fst.new_state()
        fst.connect(pause, quiet, reads=leaving_transition(silence), cost=costs.silence)
        fst.connect(quiet, quiet, reads=staying_transition(silence))
        fst.connect(quiet, heart)

    tails: dict[tuple[int, ...], int] = {}

    def tail(phones: tuple[int, ...]) -> int:
        """The state in the first of ``phones``, from where the others follow; shared by all words that end so."""
        if phones not in tails:
            state = tails[phones] = fst.new_state()
            fst.connect(state, state, reads=staying_transition(phones[0]))
            if len(phones) > 1:
                fst.connect(state, tail(phones[1:]), reads=leaving_transition(phones[1]))
                if len(phones) % SYLLABLE == 1:
                    quiet = fst.new_state()
                    fst.connect(state, quiet, reads=leaving_transition(PAUSE_ID), cost=costs.pause)
                    fst.connect(quiet, quiet, reads=staying_transition(PAUSE_ID))
                    fst.connect(quiet, tail(phones[1:]), reads=leaving_transition(phones[1]))
            else:
                fst.connect(state, word_end)
        return tails[phones]

    petals = [
        (word, word_phone_ids(phones), costs.word + (costs.rare if word in RARE else 0))
        for word in sorted(lexicon)
        for phones in lexicon[word]
    ]
    petals.append((UNKNOWN, (phone_id(GARBAGE, "S"),), costs.unknown))
    for word, phones, cost in petals:
        fst.connect(heart, tail(phones), reads=leaving_transition(phones[0]), writes=numbers[word], cost=cost)
    return fst


def _any_order(words: frozenset[str], numbers: Mapping[str, int]) -> Fst:
    """Any number of ``words`` and of unknown ones, in any order, each as likely as the end."""
    fst = Fst()
    only = fst.new_state()
    cost = math.log(len(words | {UNKNOWN}) + 1)
    fst.final[only] = cost
    for word in words | {UNKNOWN}:
        fst.connect(only, only, reads=numbers[word], writes=numbers[word], cost=cost)
    return fst


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
