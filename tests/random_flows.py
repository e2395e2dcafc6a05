"""Random small call flows for properties: wired at random, so most make no sense as hotlines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ivr.callflow.document import FlowDocument
from ivr.callflow.hotline import Hotline

GUARDS = {
    "red": {"fact": "card.colour", "is": "red"},
    "blue": {"fact": "card.colour", "is": "blue"},
    "rich": {"fact": "account.sum", "at-least": "10"},
    "asked": {"fact": "typed.number", "known": "yes"},
    "both": {"all": ["red", "rich"]},
    "either": {"any": ["blue", "not asked"]},
}
QUERIES = {
    "card": {"gives": {"card.colour": "text"}, "private": "no"},
    "account": {"gives": {"account.sum": "money", "card.colour": "text"}, "private": "no"},
}
_KINDS = ("say", "lookup", "branch", "limit", "field", "menu", "call", "transfer", "survey")


@st.composite
def flows(draw: st.DrawFn) -> Hotline:
    """A hotline of 2 to 9 nodes and up to 3 more inside a dialog."""
    outer = [f"n{number}" for number in range(draw(st.integers(2, 8)))]
    inner = [f"d.n{number}" for number in range(draw(st.integers(1, 3)))]
    nodes: dict[str, Any] = {name: _node(draw, _targets([*outer, "end"], name), calls=True) for name in outer}
    nodes |= {name: _node(draw, _targets([*inner, "d.good", "d.bad"], name), calls=False) for name in inner}
    nodes |= {"end": {"kind": "hangup"}}
    nodes |= {"d.good": {"kind": "return", "result": "good"}, "d.bad": {"kind": "return", "result": "bad"}}
    data = {
        "hotline": "random",
        "title": "random",
        "prompts": [],
        "start": "n0",
        "profiles": {"standard": {"no-input": "8s", "inter-digit": "4s"}},
        "guards": GUARDS,
        "queries": QUERIES,
        "dialogs": {"d": {"start": "d.n0", "results": ["good", "bad"]}},
        "nodes": nodes,
    }
    return Hotline(FlowDocument.model_validate(data), {}, Path(), {})


def _targets(names: list[str], source: str) -> list[str]:
    """Where a node may lead: mostly on, sometimes back, so that a flow has few loops and not none."""
    return names[names.index(source) + 1 :] * 4 + names


def _node(draw: st.DrawFn, targets: list[str], *, calls: bool) -> dict[str, Any]:
    target = st.sampled_from(targets)
    guard = st.sampled_from([*GUARDS, *(f"not {name}" for name in GUARDS)])
    kind = draw(st.sampled_from(_KINDS))
    match kind:
        case "lookup":
            return {
                "kind": kind,
                "query": draw(st.sampled_from(list(QUERIES))),
                "to": draw(target),
                "failed": draw(target),
            }
        case "branch":
            cases = [{"when": draw(guard), "to": draw(target)} for _ in range(draw(st.integers(1, 3)))]
            return {"kind": kind, "cases": cases, "otherwise": draw(target)}
        case "limit":
            return {"kind": kind, "most": draw(st.integers(1, 3)), "to": draw(target), "exceeded": draw(target)}
        case "field":
            entry = {"kind": "digits", "longest": 4}
            return {
                "kind": kind,
                "entry": entry,
                "stores": "typed.number",
                "to": draw(target),
                "exhausted": draw(target),
            }
        case "menu":
            choices = {
                "one": {"key": "1", "to": draw(target)},
                "two": {"key": "2", "to": draw(target), "when": draw(guard)},
            }
            return {"kind": kind, "choices": choices, "exhausted": draw(target)}
        case "call" if calls:
            return {"kind": kind, "dialog": "d", "results": {"good": draw(target), "bad": draw(target)}}
        case "transfer":
            return {"kind": kind, "queue": "q", "talked": draw(target), "busy": draw(target), "no-answer": draw(target)}
        case "survey":
            ratings = {"1": [], "2": []}
            return {
                "kind": kind,
                "ratings": ratings,
                "stores": "typed.rating",
                "to": draw(target),
                "skipped": draw(target),
            }
    return {"kind": "say", "to": draw(target)}
