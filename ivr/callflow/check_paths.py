"""Reachability and cycles on plain graphs, iterative so that deep hotlines cannot exhaust the stack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Graph = Mapping[str, Iterable[str]]


def reach(graph: Graph, starts: Iterable[str]) -> set[str]:
    """All nodes that can be reached from ``starts``, themselves included."""
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for target in graph.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def reverse(graph: Graph) -> dict[str, list[str]]:
    """The same edges, backwards."""
    backwards: dict[str, list[str]] = {}
    for source, targets in graph.items():
        for target in targets:
            backwards.setdefault(target, []).append(source)
    return backwards


def components(graph: Graph) -> list[list[str]]:
    """Strongly connected components, each in discovery order, callees first (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    on_stack: set[str] = set()
    stack: list[str] = []
    found: list[list[str]] = []
    for root in graph:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        work = [(root, iter(graph.get(root, ())))]
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(graph.get(target, ()))))
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    start = _last(stack, node)
                    found.append(stack[start:])
                    on_stack.difference_update(stack[start:])
                    del stack[start:]
    return found


def _last(stack: list[str], node: str) -> int:
    """The position of ``node``, searched from the end, where it usually is."""
    position = len(stack) - 1
    while stack[position] != node:
        position -= 1
    return position


def cycles(graph: Graph) -> list[list[str]]:
    """The components that contain a cycle."""
    return [part for part in components(graph) if len(part) > 1 or part[0] in set(graph.get(part[0], ()))]
