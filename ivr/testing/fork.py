"""Forking a call: a second call that is where the first one is, for a few microseconds instead of a replay.

Theory of operation. A session is a small tree of slotted objects of our own: its state, its visit, its playback, its
entry. ``fork`` copies exactly these, container by container. Everything else is shared, because nobody changes it: the
exchange (one for all calls), actions, events, log entries, facts' values, document models. What is copied is decided by
where a class comes from, not by a list of names, so that a new field of a visit is forked without anybody
thinking of it here; ``tests/test_explorer_forks.py`` drives forks apart to see that neither feels the other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any

from ivr.callflow.menu_machine import Position
from ivr.session.call_log import LogEntry
from ivr.session.call_record import CallRecord
from ivr.session.call_session import CallSession
from ivr.session.exchange import Exchange, NodePlan
from ivr.session.wording import Template, Wordings

_CONTAINERS: dict[type, Callable[[Any], Any]] = {
    dict: dict.copy,
    list: list.copy,
    set: set.copy,
    deque: deque.copy,
}
_SHARED = (Exchange, NodePlan, Wordings, Template)


def fork(call: CallSession, log: Callable[[LogEntry], None] | None = None) -> CallSession:
    """A call in the same state, whose future is its own; ``log`` gets the entries of that future."""
    twin = object.__new__(type(call))
    _fill(twin, call, call, twin)
    twin._log = log
    return twin


def _fill(copied: Any, part: Any, call: CallSession, twin: CallSession) -> Any:
    """Copies a part of a session; its way back to the session leads to the twin."""
    for name in _slots(type(part)):
        value = getattr(part, name, _ABSENT)
        if value is _ABSENT:
            continue
        if value is call:
            value = twin
        else:
            inner = type(value)
            if inner in _CONTAINERS:
                value = _CONTAINERS[inner](value)
            elif _is_state(inner):
                value = _fill(object.__new__(inner), value, call, twin)
        setattr(copied, name, value)
    return copied


_ABSENT = object()


_SLOTS: dict[type, tuple[str, ...]] = {}
_STATE: dict[type, bool] = {Position: True, CallRecord: True}


def _slots(kind: type) -> tuple[str, ...]:
    known = _SLOTS.get(kind)
    if known is None:
        names: list[str] = []
        for ancestor in reversed(kind.__mro__):
            slots = ancestor.__dict__.get("__slots__", ())
            names += (slots,) if isinstance(slots, str) else slots
        known = _SLOTS[kind] = tuple(dict.fromkeys(names))
    return known


def _is_state(kind: type) -> bool:
    """Whether objects of this class change during a call and belong to one call."""
    known = _STATE.get(kind)
    if known is None:
        ours = kind.__module__.startswith("ivr.session.") and not issubclass(kind, _SHARED)
        known = _STATE[kind] = ours and not (is_dataclass(kind) and kind.__dataclass_params__.frozen)  # type: ignore[attr-defined]  # every dataclass has it
    return known
