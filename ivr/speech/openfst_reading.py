"""Reads an OpenFst file only to see whether it holds together: a flipped bit or a missing end, before a decoder trips.

Theory of operation. The layout is told in ``openfst``. Whatever one part of a file says of another is compared: the
counts of the header with the length of the file; where each state's arcs begin with how many the ones before have; its
counts of silent arcs with the arcs; the labels with the symbol table; the order of arcs with what the header promises.
What nothing else in the file tells of, such as a label that became another one, cannot be seen here
(``model_soundness`` sees it in graphs that are made here). Kinds of FST that are not known are not judged, and neither
are a header's other promises.

Files may have millions of arcs, so they are looked at as arrays.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ivr.speech.openfst import (
    ACCEPTOR,
    ADD_ON_MAGIC,
    CONST_VERSION,
    EPSILON,
    FST_MAGIC,
    INPUT_SORTED,
    OUTPUT_SORTED,
    OUTPUT_SYMBOLS,
    SYMBOLS_MAGIC,
)

Records = npt.NDArray[Any]

_STATE: Final = np.dtype(
    [("final", "<f4"), ("first", "<u4"), ("arcs", "<u4"), ("silent_in", "<u4"), ("silent_out", "<u4")]
)
_ARC: Final = np.dtype([("input", "<i4"), ("output", "<i4"), ("cost", "<f4"), ("target", "<i4")])
_NEW_NUMBER: Final = np.dtype([("old", "<i4"), ("new", "<i4")])
_INTERVAL: Final = np.dtype([("begin", "<i4"), ("end", "<i4")])
_REACH: Final = np.dtype([("intervals", "<i8"), ("begin", "<i4"), ("end", "<i4"), ("labels", "<i4")])
_INPUT_SYMBOLS: Final = 0b01
_HIGHEST_COST: Final = 1e6  # a negative log probability is not nearly so much; a flipped bit of an exponent often is
_LONGEST_NAME: Final = 1000  # bytes: a length beyond that is no length


@dataclass(frozen=True, slots=True)
class ReadFst:
    """An FST that holds together: its states and arcs, and the symbols of its output labels if they are in it."""

    states: Records
    arcs: Records
    symbols: dict[int, str] | None


@dataclass(frozen=True, slots=True)
class _Header:
    kind: str
    version: int
    flags: int
    promised: int
    start: int
    states: int
    arcs: int


class _Reader:
    """A place in a file's bytes that moves on as they are read; ``ValueError`` at the end of the file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def numbers(self, layout: str) -> tuple[Any, ...]:
        size = struct.calcsize(layout)
        return struct.unpack(layout, self._bytes(size))

    def magic(self, expected: int, what: str) -> None:
        if self.numbers("<i") != (expected,):
            raise ValueError(f"{what} does not begin where it should")

    def text(self) -> str:
        (size,) = self.numbers("<i")
        if not 0 <= size <= _LONGEST_NAME:
            raise ValueError(f"a name of {size} bytes")
        return self._bytes(size).decode()

    def records(self, layout: np.dtype[Any], count: int, what: str) -> Records:
        if not 0 <= count * layout.itemsize <= self.left:
            raise ValueError(f"{count} {what} do not fit into the file")
        found = np.frombuffer(self._data, layout, count, self._at)
        self._at += count * layout.itemsize
        return found

    def skip_lists(self, lists: int, length: str, item: int, after: str) -> None:
        """Lists one after the other: how many items of how many bytes, the items, and a number after them."""
        count, more = struct.Struct(length), struct.calcsize(length) + struct.calcsize(after)
        data, at = self._data, self._at
        for _ in range(lists):
            if at + more > len(data) or not 0 <= (items := count.unpack_from(data, at)[0]) <= len(data):
                raise ValueError("it ends too early")
            at += more + items * item
        if at > len(data):
            raise ValueError("it ends too early")
        self._at = at

    def _bytes(self, size: int) -> bytes:
        if size > self.left:
            raise ValueError("it ends too early")
        self._at += size
        return self._data[self._at - size : self._at]


def read_fst(file: Path) -> ReadFst | None:
    """The FST in a file; None if it is of a kind that is not known. ``ValueError`` says how it is damaged."""
    reader = _Reader(file.read_bytes())
    head = _header(reader)
    if head.kind == "olabel_lookahead":
        reader.magic(ADD_ON_MAGIC, "what is added to the graph")
        inner = _header(reader)
        if inner.kind != "const" or (fst := _const(reader, inner)) is None:
            return None
        _reachable(reader, len(fst.states), int(fst.arcs["output"].max(initial=0)))
    elif head.kind != "const" or (fst := _const(reader, head)) is None:
        return None
    if reader.left:
        raise ValueError(f"{reader.left} bytes too many at its end")
    return fst


def _header(reader: _Reader) -> _Header:
    reader.magic(FST_MAGIC, "the graph")
    kind, _arcs = reader.text(), reader.text()
    return _Header(kind, *reader.numbers("<iiQqqq"))


def _const(reader: _Reader, head: _Header) -> ReadFst | None:
    if head.version != CONST_VERSION or head.flags & ~(_INPUT_SYMBOLS | OUTPUT_SYMBOLS):
        return None  # an aligned one; the decoder knows better
    if head.flags & _INPUT_SYMBOLS:
        _symbols(reader)
    symbols = _symbols(reader) if head.flags & OUTPUT_SYMBOLS else None
    states = reader.records(_STATE, head.states, "states")
    arcs = reader.records(_ARC, head.arcs, "arcs")
    if not 0 <= head.start < len(states):
        raise ValueError(f"it begins in state {head.start} of {len(states)}")
    _check_states(states, arcs)
    _check_arcs(arcs, len(states))
    _check_promises(head.promised, states, arcs)
    return ReadFst(states, arcs, symbols)


def _symbols(reader: _Reader) -> dict[int, str]:
    reader.magic(SYMBOLS_MAGIC, "the table of words")
    reader.text()
    _next, count = reader.numbers("<qq")
    if not 0 <= count <= reader.left:
        raise ValueError(f"{count} words do not fit into the file")
    found = {}
    for _ in range(count):
        word = reader.text()
        (number,) = reader.numbers("<q")
        found[number] = word
    if len(found) < count or len(set(found.values())) < count:
        raise ValueError("a word or its number is there twice")
    return found


def _check_states(states: Records, arcs: Records) -> None:
    ends = np.cumsum(states["arcs"], dtype=np.int64)
    firsts = ends - states["arcs"]
    if ends[-1] != len(arcs) or (firsts != states["first"]).any():
        raise ValueError("its states do not share the arcs out among them")
    for silent, labels in (("silent_in", "input"), ("silent_out", "output")):
        so_far = np.concatenate(([0], np.cumsum(arcs[labels] == EPSILON)))
        if (so_far[ends] - so_far[firsts] != states[silent]).any():
            raise ValueError(f"a state has other {labels} labels than it says")
    final = states["final"]
    if (np.isnan(final) | (np.abs(final) > _HIGHEST_COST) & (final != np.inf)).any():
        raise ValueError("the cost of ending in a state is no cost")


def _check_arcs(arcs: Records, states: int) -> None:
    if ((arcs["target"] < 0) | (arcs["target"] >= states)).any():
        raise ValueError("an arc leads to a state that is not there")
    if not (np.abs(arcs["cost"]) <= _HIGHEST_COST).all():  # so written, it is false for what is no number too
        raise ValueError("the cost of an arc is no cost")
    if (arcs["input"] < 0).any() or (arcs["output"] < 0).any():
        raise ValueError("a label is negative")


def _check_promises(promised: int, states: Records, arcs: Records) -> None:
    if promised & ACCEPTOR and (arcs["input"] != arcs["output"]).any():
        raise ValueError("an arc does not write what it reads")
    within = np.ones(len(arcs) + 1, dtype=bool)
    within[states["first"]] = False  # the first arc of a state may come after any of another
    for promise, labels in ((INPUT_SORTED, "input"), (OUTPUT_SORTED, "output")):
        falls = arcs[labels][1:] < arcs[labels][:-1]
        if promised & promise and (falls & within[1:-1]).any():
            raise ValueError(f"the arcs of a state are not in the order of their {labels} labels")


def _reachable(reader: _Reader, states: int, highest: int) -> None:
    """Which output labels can come next; of the forms in which that is told, the one that decoders' graphs have."""
    if reader.numbers("<4?") != (True, False, True, False):
        raise ValueError("it does not tell which words can come next")
    if reader.numbers("<?") == (True,):
        (count,) = reader.numbers("<q")
        reader.records(_NEW_NUMBER, count, "new numbers")
    end, count = reader.numbers("<iq")
    if count != states or highest >= end:
        raise ValueError(f"it tells which words below {end} come next in {count} states; it has {states} and {highest}")
    if reader.left != states * _REACH.itemsize:  # several intervals for some: in ours, each word can always come next
        reader.skip_lists(states, "<q", _INTERVAL.itemsize, "<i")
        return
    reach = reader.records(_REACH, states, "intervals")
    begins, ends = reach["begin"], reach["end"]
    good = (reach["intervals"] == 1) & (begins > 0) & (begins < ends) & (ends <= end + 1)
    if not (good & (reach["labels"] == ends - begins)).all():
        raise ValueError("the words that can come next are none")
