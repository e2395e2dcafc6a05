"""Writes the two kinds of OpenFst file that a Vosk model has, without OpenFst: ``const`` and ``olabel_lookahead``.

Theory of operation. All numbers are little-endian and unaligned; a string is its length and its bytes. A file is a
header, then (in a ``const`` FST) symbol tables, states and arcs, each a record of fixed size. An ``olabel_lookahead``
FST is a header, a whole ``const`` FST whose arcs are sorted by output label, and for every state the output labels that
can be reached from it before any other output label, as intervals of numbers. That lets the decoder skip paths that
lead to no word of the grammar. Labels may have to be renumbered until the intervals are few and short.

Here nothing is renumbered: in a graph where from every state every word can be reached next, and the end too, that is
the one interval of all labels, whatever their numbers. ``lookahead_fst`` is for such graphs only, and checks it. Labels
must be 1, 2 … without a gap; the number after the last stands for reaching a final state.

The layout was learnt from the files that OpenFst's own ``fstconvert`` writes; a test compares the bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

EPSILON: Final = 0
INFINITY: Final = float("inf")

FST_MAGIC: Final = 2125659606
SYMBOLS_MAGIC: Final = 2125658996
ADD_ON_MAGIC: Final = 446681434
CONST_VERSION: Final = 2  # 1 would be padded to multiples of 16 bytes
_LOOKAHEAD_VERSION: Final = 1
OUTPUT_SYMBOLS: Final = 0b10  # a header's flag: the symbol table of output labels follows

# What a header promises about its FST (OpenFst computes what is not promised). Two bits for each: it is, it is not.
_EXPANDED: Final = 1 << 0
ACCEPTOR: Final = 1 << 16
NOT_ACCEPTOR: Final = 1 << 17
INPUT_SORTED: Final = 1 << 28
OUTPUT_SORTED: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Arc:
    """A way on: input and output label (``EPSILON`` for none), cost (negative log probability), where to."""

    input: int
    output: int
    cost: float
    target: int


@dataclass(slots=True)
class Fst:
    """A weighted transducer: ``arcs`` of each state, and the cost of ending in those that are ``final``."""

    start: int = 0
    arcs: list[list[Arc]] = field(default_factory=list)
    final: dict[int, float] = field(default_factory=dict)

    def new_state(self) -> int:
        self.arcs.append([])
        return len(self.arcs) - 1

    def connect(
        self, source: int, target: int, *, reads: int = EPSILON, writes: int = EPSILON, cost: float = 0
    ) -> None:
        self.arcs[source].append(Arc(reads, writes, cost, target))


def const_fst(fst: Fst, symbols: Mapping[int, str]) -> bytes:
    """A ``const`` acceptor with its symbol table. ``ValueError`` if some arc does not write what it reads."""
    if any(arc.input != arc.output for arcs in fst.arcs for arc in arcs):
        raise ValueError("an acceptor writes what it reads")
    promised = _EXPANDED | ACCEPTOR | INPUT_SORTED | OUTPUT_SORTED
    return _header("const", CONST_VERSION, fst, OUTPUT_SYMBOLS, promised) + _symbol_table(symbols) + _body(fst)


def lookahead_fst(fst: Fst) -> bytes:
    """An ``olabel_lookahead`` transducer. ``ValueError`` unless every state can reach every label and the end."""
    labels = {arc.output for arcs in fst.arcs for arc in arcs} - {EPSILON}
    end = len(labels) + 1
    if labels != set(range(1, end)):
        raise ValueError("the output labels must be 1, 2, 3 … without a gap")
    _require_every_label_everywhere(fst, labels)
    promised = _EXPANDED | NOT_ACCEPTOR | OUTPUT_SORTED
    reachable = struct.pack("<qiii", 1, 1, end + 1, end)  # one interval, from 1 to before end + 1, and how many in it
    return b"".join(
        (
            _header("olabel_lookahead", _LOOKAHEAD_VERSION, None, 0, promised),
            struct.pack("<i", ADD_ON_MAGIC),
            _header("const", CONST_VERSION, fst, 0, promised),
            _body(fst),
            # There is an add-on (1): none about input labels (0), one about output labels (1), namely not about input
            # (0), which keeps no list of new numbers (0).
            bytes((1, 0, 1, 0, 0)),
            struct.pack("<iq", end, len(fst.arcs)),
            reachable * len(fst.arcs),
        )
    )


def _header(kind: str, version: int, fst: Fst | None, flags: int, promised: int) -> bytes:
    counts = (fst.start, len(fst.arcs), sum(map(len, fst.arcs))) if fst else (-1, 0, 0)
    return (
        struct.pack("<i", FST_MAGIC)
        + _string(kind)
        + _string("standard")
        + struct.pack("<iiQqqq", version, flags, promised, *counts)
    )


def _symbol_table(symbols: Mapping[int, str]) -> bytes:
    head = struct.pack("<i", SYMBOLS_MAGIC) + _string("words") + struct.pack("<qq", max(symbols) + 1, len(symbols))
    return head + b"".join(_string(symbols[key]) + struct.pack("<q", key) for key in sorted(symbols))


def _body(fst: Fst) -> bytes:
    states, arcs = [], []
    first = 0
    for state, leaving in enumerate(fst.arcs):
        ordered = sorted(leaving, key=lambda arc: (arc.output, arc.input))
        silent_in, silent_out = (sum(label == EPSILON for label in labels) for labels in _labels(ordered))
        final = fst.final.get(state, INFINITY)
        states.append(struct.pack("<fIIII", final, first, len(ordered), silent_in, silent_out))
        arcs += [struct.pack("<iifi", arc.input, arc.output, arc.cost, arc.target) for arc in ordered]
        first += len(ordered)
    return b"".join(states + arcs)


def _labels(arcs: Sequence[Arc]) -> tuple[list[int], list[int]]:
    return [arc.input for arc in arcs], [arc.output for arc in arcs]


def _require_every_label_everywhere(fst: Fst, labels: set[int]) -> None:
    """Some state has all labels and the end, and every other leads there without a word, or reaches all by itself."""
    complete = {
        state
        for state, arcs in enumerate(fst.arcs)
        if state in fst.final and {arc.output for arc in arcs} - {EPSILON} == labels
    }
    silent_into: dict[int, list[int]] = {}
    for state, arcs in enumerate(fst.arcs):
        for arc in arcs:
            if arc.output == EPSILON:
                silent_into.setdefault(arc.target, []).append(state)
    waiting = list(complete)
    while waiting:
        for state in silent_into.get(waiting.pop(), ()):
            if state not in complete:
                complete.add(state)
                waiting.append(state)
    if len(complete) < len(fst.arcs):
        raise ValueError("from some state not every word can come next; such a graph needs renumbered labels")


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<i", len(data)) + data
