"""Keys and seconds to every service and to a human: the headline figures of a hotline.

The way is the one with the fewest keys (``shortest_ways``), gone by three callers (``callers``), with a backend that
answers at once. A service is reached when its node is entered: the next thing that is said is what the caller phoned
for. An identity number counts with the 18 keys of an ID card. Prompts last as long as ``speaking`` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ivr.callflow.document import FlowDocument, Thresholds
from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import Transfer
from ivr.session.events import Facts
from ivr.session.exchange import Exchange
from ivr.testing.callers import Figure, expert, typical, worst
from ivr.testing.example_answers import example_answers
from ivr.testing.explored_call import Press, Speak
from ivr.testing.shortest_ways import MOST_STEPS, Way, shortest_ways


@dataclass(frozen=True, slots=True)
class Cost:
    node: str
    name: str
    way: tuple[str, ...]  # keys and words, step by step
    minimum: Figure | None  # None: no way was found
    typical: Figure | None
    worst: Figure | None


@dataclass(frozen=True, slots=True)
class BrokenThreshold:
    threshold: Thresholds
    number: int  # its position in the document, from 0
    what: str


Progress = Callable[[Cost], object]
"""Told each cost as soon as it is known; those with few keys come first."""


def measured_nodes(flow: FlowDocument) -> dict[str, str]:
    """Each service, threshold and queue of agents, in the document's order, and its name."""
    names = dict(flow.services)
    for threshold in flow.thresholds:
        names.setdefault(threshold.node, threshold.node)
    for node_id, node in flow.nodes.items():
        if isinstance(node, Transfer):
            names.setdefault(node_id, node_id)
    return names


def costs(
    hotline: Hotline,
    examples: Mapping[str, Sequence[Facts]] | None = None,
    progress: Progress = lambda _: None,
) -> list[Cost]:
    """One for each of the ``measured_nodes``, in their order."""
    names = measured_nodes(hotline.flow)
    exchange = Exchange(hotline)
    found = {node_id: Cost(node_id, name, (), None, None, None) for node_id, name in names.items()}
    known = example_answers(hotline.flow) if examples is None else examples
    for node_id, way in shortest_ways(hotline, exchange, names, known):
        figures = [caller(exchange, way, node_id) for caller in (expert, typical, worst)]
        found[node_id] = Cost(node_id, names[node_id], _steps(way), *figures)
        progress(found[node_id])
    return list(found.values())


def broken_thresholds(hotline: Hotline, found: Sequence[Cost]) -> list[BrokenThreshold]:
    """The service levels under ``thresholds:`` that the hotline does not keep, by its ``costs``."""
    by_node = {cost.node: cost for cost in found}
    broken: list[BrokenThreshold] = []
    for number, threshold in enumerate(hotline.flow.thresholds):
        cost = by_node[threshold.node]
        if cost.minimum is None or cost.typical is None:
            what = f"no way to {threshold.node} was found in {MOST_STEPS:,} steps"
            broken.append(BrokenThreshold(threshold, number, what))
            continue
        if threshold.keys is not None and cost.minimum.keys > threshold.keys:
            what = f"{threshold.node} takes {counted_keys(cost.minimum.keys)}, {threshold.keys} allowed"
            broken.append(BrokenThreshold(threshold, number, what))
        if threshold.typical is not None and cost.typical.ms > threshold.typical:
            what = f"{threshold.node} typically takes {_seconds(cost.typical)}, {threshold.typical / 1000:g} s allowed"
            broken.append(BrokenThreshold(threshold, number, what))
    return broken


def text_costs(found: Sequence[Cost]) -> str:
    """A table: keys and seconds of each caller."""
    heads = ("service", "fewest keys", "expert", "typical", "worst", "way")
    rows = [heads]
    for cost in found:
        keys = "-" if cost.minimum is None else str(cost.minimum.keys)
        worst_text = "-" if cost.worst is None else f"{counted_keys(cost.worst.keys)}, {_seconds(cost.worst)}"
        shown = cost.name if cost.name == cost.node else f"{cost.node} {cost.name}"
        way = " ".join(cost.way) or ("not reached" if cost.minimum is None else "by itself")
        rows.append((shown, keys, _seconds(cost.minimum), _seconds(cost.typical), worst_text, way))
    widths = [max(_width(row[column]) for row in rows) for column in range(len(heads) - 1)]
    lines = []
    for row in rows:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row[:-1], widths, strict=True)]
        lines.append("  ".join([*cells, row[-1]]).rstrip())
    return "\n".join(lines) + "\n"


def json_costs(found: Sequence[Cost]) -> list[dict[str, Any]]:
    """The same for programs."""

    def figure(one: Figure | None) -> dict[str, int] | None:
        return None if one is None else {"keys": one.keys, "ms": one.ms}

    return [
        {
            "node": cost.node,
            "name": cost.name,
            "way": list(cost.way),
            "minimum": figure(cost.minimum),
            "typical": figure(cost.typical),
            "worst": figure(cost.worst),
        }
        for cost in found
    ]


def counted_keys(number: int) -> str:
    return "1 key" if number == 1 else f"{number} keys"


def _steps(way: Way) -> tuple[str, ...]:
    said: list[str] = []
    for move in way.moves:
        for act in move.input.acts:
            if isinstance(act, Press):
                said.append(act.keys if len(act.keys) < 6 else f"({len(act.keys)} keys)")
            elif isinstance(act, Speak):
                said.append(f"“{act.text}”")
    return tuple(said)


def _seconds(figure: Figure | None) -> str:
    return "-" if figure is None else f"{figure.ms / 1000:.1f} s"


def _width(text: str) -> int:
    """Columns on a terminal: hanzi take two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
