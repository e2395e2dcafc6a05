"""What only the whole graph of states can tell: dead ends, callers who are kept for ever, keys to a node.

Theory of operation. The steps of one kind of caller form a graph of their own. A caller who says nothing any more goes
along the silent steps, and the world may do as it likes; one who only makes mistakes goes along the wrong ones, and
along the silent ones where no mistake is possible. If such a graph has a cycle, that caller may never be let go; if it
has none, its longest path is the bound that is reported. Keys to a node are shortest paths weighted by keys, with a
world that means well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush

from ivr.testing.state_space import END, StateSpace, Step

FAR = 1 << 30


def dead_ends(space: StateSpace) -> list[int]:
    """States from which no call ends but by hanging up. One that was not followed any further counts as alive."""
    before: dict[int, list[int]] = {}
    for step in space.steps:
        if step.kind != "hang-up":
            before.setdefault(step.target, []).append(step.source)
    tried = {step.source for step in space.steps}
    alive = {END, *(number for number in range(len(space.states)) if number not in tried)}
    waiting = list(alive)
    while waiting:
        for source in before.get(waiting.pop(), ()):
            if source not in alive:
                alive.add(source)
                waiting.append(source)
    return [number for number in sorted(tried) if number not in alive]


def silent_steps(space: StateSpace) -> dict[int, list[Step]]:
    """Where a caller who says nothing any more may get to, by state."""
    return _by_source(step for step in space.steps if step.kind in ("silence", "world"))


def mistaken_steps(space: StateSpace) -> dict[int, list[Step]]:
    """Where a caller who only makes mistakes may get to, by state."""
    wrong = _by_source(step for step in space.steps if step.kind in ("wrong", "world"))
    for source, steps in silent_steps(space).items():
        if not any(step.kind == "wrong" for step in wrong.get(source, ())):
            wrong[source] = steps
    return wrong


def cycle(graph: Mapping[int, Sequence[Step]]) -> tuple[list[Step], dict[int, int]]:
    """The steps of one cycle ([] if there is none), and the longest time to the end from each state, in ms."""
    longest: dict[int, int] = {END: 0}
    for root in graph:
        if root in longest:
            continue
        on_path: dict[int, int] = {root: 0}
        trail: list[Step] = []
        stack: list[tuple[int, int]] = [(root, 0)]
        while stack:
            state, number = stack.pop()
            steps = graph.get(state, ())
            if number < len(steps):
                stack.append((state, number + 1))
                step = steps[number]
                if step.target in on_path:
                    return [*trail[on_path[step.target] :], step], longest
                if step.target not in longest:
                    trail.append(step)
                    on_path[step.target] = len(trail)
                    stack.append((step.target, 0))
                continue
            longest[state] = max((step.ms + longest.get(step.target, 0) for step in steps), default=0)
            del on_path[state]
            if trail:
                trail.pop()
    return [], longest


def keys_from(space: StateSpace, start: int, goal: int) -> int:
    """The fewest keys from one state until the goal's node is entered; FAR when it never is."""
    graph = _by_source(space.steps)
    best = {start: 0}
    queue = [(0, start)]
    arrived = FAR
    while queue:
        keys, state = heappop(queue)
        if keys > best[state] or keys >= arrived:
            continue
        for step in graph.get(state, ()):
            total = keys + step.keys
            if step.goals >> goal & 1:
                arrived = min(arrived, total)
            elif total < best.get(step.target, FAR) and step.target != END:
                best[step.target] = total
                heappush(queue, (total, step.target))
    return arrived


def keys_to(space: StateSpace, goal: int) -> dict[int, int]:
    """The fewest keys from every state that leads there until the goal's node is entered."""
    backwards: dict[int, list[Step]] = {}
    best: dict[int, int] = {}
    queue: list[tuple[int, int]] = []
    for step in space.steps:
        backwards.setdefault(step.target, []).append(step)
        if step.goals >> goal & 1 and step.keys < best.get(step.source, FAR):
            best[step.source] = step.keys
            heappush(queue, (step.keys, step.source))
    while queue:
        keys, state = heappop(queue)
        if keys > best[state]:
            continue
        for step in backwards.get(state, ()):
            total = keys + step.keys
            if total < best.get(step.source, FAR):
                best[step.source] = total
                heappush(queue, (total, step.source))
    return best


def _by_source(steps: Iterable[Step]) -> dict[int, list[Step]]:
    graph: dict[int, list[Step]] = {}
    for step in steps:
        graph.setdefault(step.source, []).append(step)
    return graph
