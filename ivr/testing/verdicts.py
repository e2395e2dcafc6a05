"""The outcome of an exploration: each property proved within the stated bound, refuted by its shortest path, or open.

A property is *open* when nothing speaks against it but the search stopped early. Nodes and ends that were not reached
are held against a hotline only when everything was searched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ivr.callflow.hotline import Hotline
from ivr.testing.endings import FAR, cycle, dead_ends, keys_from, keys_to, mistaken_steps, silent_steps
from ivr.testing.explorer import Exploration
from ivr.testing.properties import TITLES
from ivr.testing.state_space import Move, Path, StateSpace, Step
from ivr.testing.user_properties import UserProperty, WithinKeys, own_id, user_properties

Outcome = Literal["proved", "refuted", "open"]


@dataclass(frozen=True, slots=True)
class Violation:
    what: str
    path: Path | None  # None: there is no call to show, such as one that reaches an unreachable node


@dataclass(frozen=True, slots=True)
class Verdict:
    id: str
    title: str
    outcome: Outcome
    violations: tuple[Violation, ...] = ()
    bound: str = ""  # what was measured on the way, such as the longest silent call


def verdicts(hotline: Hotline, found: Exploration) -> list[Verdict]:
    """One for each property, the document's own last. ``hotline``: the one that was explored."""
    graphs = _Graphs(hotline, found)
    listed: list[Verdict] = []
    for prop, title in TITLES.items():
        violations = [Violation(one.what, path) for one, path in found.violations if one.property == prop]
        more, bound = graphs.judge(prop)
        listed.append(_verdict(prop, title, [*violations, *more], found.complete, bound))
    for user in user_properties(hotline.flow):
        violations = [Violation(one.what, path) for one, path in found.violations if one.property == own_id(user)]
        more, bound = graphs.judge_user(user)
        listed.append(_verdict(own_id(user), user.text, [*violations, *more], found.complete, bound))
    return listed


def _verdict(prop: str, title: str, violations: Sequence[Violation], complete: bool, bound: str) -> Verdict:
    outcome: Outcome = "refuted" if violations else "proved" if complete else "open"
    return Verdict(prop, title, outcome, tuple(violations), bound)


class _Graphs:
    def __init__(self, hotline: Hotline, found: Exploration) -> None:
        self._flow = hotline.flow
        self._found = found
        self._space: StateSpace = found.space

    def judge(self, prop: str) -> tuple[list[Violation], str]:
        match prop:
            case "reachable" if self._found.complete:
                missing = [node for node in self._flow.nodes if node not in self._space.nodes]
                return [Violation(f"{node} is never entered", None) for node in missing], ""
            case "no-dead-end" if self._found.complete:
                return self._dead_ends(), ""
            case "silence-ends":
                return self._kept(silent_steps(self._space), "silent")
            case "mistakes-end":
                return self._kept(mistaken_steps(self._space), "mistaken")
        return [], ""

    def _dead_ends(self) -> list[Violation]:
        shown: dict[str, Violation] = {}
        for state in dead_ends(self._space):
            node = self._space.states[state].node
            what = f"no call that comes to {node} ends, unless the caller hangs up"
            shown.setdefault(node, Violation(what, self._space.path(state)))
        return list(shown.values())

    def _kept(self, graph: dict[int, list[Step]], kind: str) -> tuple[list[Violation], str]:
        around, longest = cycle(graph)
        if around:
            nodes = " > ".join(dict.fromkeys(self._space.states[step.source].node for step in around))
            path = self._space.path(around[0].source)
            moves = [Move(step.move) for step in around]
            what = f"a {kind} caller goes round in circles: {nodes}"
            return [Violation(what, Path(path.scenario, (*path.moves, *moves)))], ""
        from_start = max((ms for state, ms in longest.items() if state >= 0 and self._is_first(state)), default=0)
        anywhere = max(longest.values(), default=0)
        return [], f"{from_start / 1000:.0f} s from the first word, {anywhere / 1000:.0f} s from anywhere"

    def _is_first(self, state: int) -> bool:
        return self._space.states[state].parent < 0

    def judge_user(self, prop: UserProperty) -> tuple[list[Violation], str]:
        if not isinstance(prop, WithinKeys):
            return [], ""
        goal = self._found.goals.index(prop.node)
        worst, where = 0, -1
        if prop.from_anywhere:
            distances = keys_to(self._space, goal)
            for number, state in enumerate(self._space.states):
                keys = distances.get(number, FAR)
                if keys > worst and state.phase in ("listening", "transfer") and state.node != prop.node:
                    worst, where = keys, number
        else:
            for number in filter(self._is_first, range(len(self._space.states))):
                keys = keys_from(self._space, number, goal)
                if keys > worst:
                    worst, where = keys, number
        if worst <= prop.keys:
            return [], f"{worst} keys at most"
        if worst >= FAR and not self._found.complete:
            return [], ""
        needed = "it cannot be reached" if worst >= FAR else f"{worst} keys are needed"
        place = "from the first word" if not prop.from_anywhere else f"from {self._space.states[where].node}"
        return [Violation(f"{needed} to come to {prop.node} {place}", self._space.path(where))], f"{worst} keys"


def violated(listed: Sequence[Verdict]) -> bool:
    """Whether a property was refuted."""
    return any(verdict.outcome == "refuted" for verdict in listed)
