"""The reference call: greeting, 1, 1, an 18-character ID, a 6-digit password, the balance, hang up.

The core alone: the line answers at once and the backend's answers are taken beforehand, so that neither a database
nor a voice is measured. The reference is the bare ``transitions.Machine`` making the same moves.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from datetime import datetime

from transitions import Machine

from benchmarks.figures import Figure, best_seconds
from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.repository import Question
from ivr.callflow.menu_machine import Position
from ivr.hotlines import open_hotline
from ivr.session.actions import LookUp, PlayPrompt
from ivr.session.call_session import CallSession
from ivr.session.events import CallAnswered, CallerHungUp, Event, KeyPressed, LookupAnswered, PromptFinished
from ivr.session.exchange import Exchange

KEYS = "11" + "990000199003070013" + "246810"
ANSWERED = CallAnswered("13800000000", datetime(2026, 3, 2, 9, 30))  # noqa: DTZ001 - a naive local clock is meant
CALLS = 300


def recorded(exchange: Exchange) -> tuple[list[tuple[Event, int]], CallSession]:
    """The events of the reference call with their times, as a caller makes them, and the call after them."""
    accounts, call = MemoryAccounts(), exchange.new_call()
    script: list[tuple[Event, int]] = []
    keys, at, pending, asked = list(KEYS), 0, None, None

    def feed(event: Event, at: int) -> None:
        nonlocal pending, asked
        script.append((event, at))
        for action in call.handle(event, at):
            if isinstance(action, PlayPrompt):
                pending = action
            elif isinstance(action, LookUp):
                asked = action

    feed(ANSWERED, 0)
    while keys or "balance.read" not in (call.playback.playing.prompt_id if call.playback.playing else ""):
        at += 250
        if asked is not None:
            question, asked = asked, None
            answer = accounts.answer(Question(question.query, question.params, call.now()))
            feed(LookupAnswered(question.request_id, answer), at)
        elif keys and call.visit.takes_keys and call.playback.interruptible(at) and call.node != "greeting":
            feed(KeyPressed(keys.pop(0)), at)
        elif pending is not None:
            at += pending.speaking_ms
            feed(PromptFinished(pending.play_id), at)
    feed(CallerHungUp(), at + 8_000)
    return script, call


def replay(exchange: Exchange, script: list[tuple[Event, int]]) -> CallSession:
    call = exchange.new_call()
    for event, at in script:
        call.handle(event, at)
    return call


def bare_moves(exchange: Exchange, call: CallSession, machine: Machine) -> Callable[[], None]:
    """The same moves of a machine alone; returns from a dialog set the state, as the menu machine does."""
    edges = exchange.menu.edges.values()
    moves = []
    for source, target in zip(call.record.nodes, call.record.nodes[1:], strict=False):
        edge = next((e for e in edges if e.source == source and e.target == target and not e.stays), None)
        edge = edge or next(e for e in edges if e.kind == "result" and e.target == target)
        moves.append((edge.source, machine.events[edge.trigger]))

    def run() -> None:
        position = Position(exchange.flow.start)
        for source, event in moves:
            position.state = source
            event.trigger(position)

    return run


def bare_machine(exchange: Exchange) -> Machine:
    """The library's own machine, with the states and transitions of the map."""
    moving = [edge for edge in exchange.menu.edges.values() if not edge.stays]
    return Machine(
        model=None,
        states=list(exchange.flow.nodes),
        initial=exchange.flow.start,
        auto_transitions=False,
        transitions=[{"trigger": edge.trigger, "source": edge.source, "dest": edge.target} for edge in moving],
    )


def live_call_bytes(exchange: Exchange, script: list[tuple[Event, int]]) -> float:
    """Memory of one call in the middle of its life, before it hangs up, averaged over many."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    calls = [replay(exchange, script[:-1]) for _ in range(CALLS)]
    size = (tracemalloc.get_traced_memory()[0] - before) / len(calls)
    tracemalloc.stop()
    return size


def key_seconds(exchange: Exchange, script: list[tuple[Event, int]]) -> float:
    """One key inside a digit entry: the 2nd to 17th of the ID, timed by leaving them out."""
    first = next(i for i, (event, _) in enumerate(script) if isinstance(event, KeyPressed) and i > 3)
    upto, after = script[: first + 1], script[: first + 17]
    short = best_seconds(lambda: [replay(exchange, upto) for _ in range(CALLS)])
    long = best_seconds(lambda: [replay(exchange, after) for _ in range(CALLS)])
    return (long - short) / CALLS / 16


def figures() -> list[Figure]:
    exchange = Exchange(open_hotline(None))
    script, call = recorded(exchange)
    assert call.record.disposition == "completed", call.record
    bare = bare_moves(exchange, call, bare_machine(exchange))
    plain = bare_moves(exchange, call, exchange.menu.machine)
    one_bare = best_seconds(lambda: [bare() for _ in range(CALLS)]) / CALLS
    one_plain = best_seconds(lambda: [plain() for _ in range(CALLS)]) / CALLS
    one_call = best_seconds(lambda: [replay(exchange, script) for _ in range(CALLS)]) / CALLS
    key = key_seconds(exchange, script)
    size = live_call_bytes(exchange, script)
    return [
        Figure("reference call, events", len(script), "", "about 40", met=True),
        Figure("reference call", 1 / one_call, "calls/s/core", "at least 2,000", one_call <= 1 / 2_000),
        Figure(
            "reference call", one_call / one_bare, "×", "at most 8", one_call <= 8 * one_bare,
            f"bare transitions.Machine, same {len(call.record.nodes) - 1} moves",
        ),
        Figure("the map's own moves", one_plain / one_bare, "×", "at most 0.2", one_plain <= one_bare / 5, "the same"),
        Figure("key inside a digit entry", key * 1e6, "µs", "at most 15", key <= 15e-6),
        Figure("a live call", size / 1024, "KiB", "at most 16", size <= 16 * 1024),
    ]  # fmt: skip
