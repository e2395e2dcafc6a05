"""A small hotline of which everything can be proved, and ways to spoil it: one for each property."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ivr.callflow.hotline import Hotline
from ivr.testing.explorer import Exploration, Explorer
from ivr.testing.verdicts import Verdict, verdicts
from tests.sessions import hotline

NODES: dict[str, Any] = {
    "main": {
        "kind": "menu",
        "prompt": "main.offer",
        "choices": {"balance": {"key": "1", "phrases": ["余额"], "to": "number"}},
    },
    "number": {
        "kind": "field",
        "prompt": "number.ask",
        "entry": {"kind": "digits", "shortest": "6", "longest": "6", "never-starts-with": "0"},
        "stores": "who.number",
        "to": "identify",
    },
    "identify": {
        "kind": "lookup",
        "query": "identify",
        "with": {"number": "who.number"},
        "to": "outcome",
        "failed": "agent",
    },
    "outcome": {"kind": "branch", "cases": [{"when": "verified", "to": "balance-lookup"}], "otherwise": "tries"},
    "tries": {"kind": "limit", "most": "2", "to": "number", "exceeded": "agent"},
    "balance-lookup": {
        "kind": "lookup",
        "query": "balance",
        "with": {"person": "who.id"},
        "to": "balance",
        "failed": "agent",
    },
    "balance": {"kind": "say", "prompt": "balance.read", "to": "bye"},
    "agent": {"kind": "transfer", "queue": "agents", "talked": "bye", "busy": "bye", "no-answer": "bye"},
    "bye": {"kind": "hangup", "prompt": "bye"},
}
SECTIONS: dict[str, Any] = {
    "verified": "verified",
    "guards": {"verified": {"fact": "who.verified", "is": "yes"}},
    "commands": {"agent": {"key": "0", "phrases": ["人工"], "to": "agent"}},
    "recovery": {"no-input": {"1": {"say": "again"}}, "no-match": {"1": {"say": "again"}}, "exhausted": "agent"},
    "queries": {
        "identify": {"needs": "number", "private": "no", "gives": {"who.verified": "yes-no", "who.id": "text"}},
        "balance": {"needs": "person", "gives": {"account.balance": "money"}},
    },
    "services": {"balance": "余额"},
}
PROMPTS: dict[str, Any] = {
    "main.offer": "查询余额请按1。",
    "balance.read": {"text": "余额{account.balance:money}。", "heard-by": "verified"},
}
TRAP = {
    "kind": "menu",
    "choices": {"again": {"key": "1", "to": "trap"}},
    "exhausted": "trap",
    "commands": {"agent": {"do": "off"}},
}


def spoiled(
    nodes: Mapping[str, Any] | None = None, prompts: Mapping[str, Any] | None = None, **sections: Any
) -> Hotline:
    """The small hotline with some parts replaced; a node is changed field by field, None deletes."""
    all_nodes = deepcopy(NODES)
    for node_id, changes in (nodes or {}).items():
        all_nodes[node_id] = {**all_nodes.get(node_id, {}), **changes}
        all_nodes[node_id] = {name: value for name, value in all_nodes[node_id].items() if value is not None}
    return hotline(all_nodes, {**PROMPTS, **(prompts or {})}, **{**SECTIONS, **sections})


def explored(subject: Hotline, **options: int) -> tuple[Exploration, dict[str, Verdict]]:
    """Its exploration, and the verdicts by property."""
    found = Explorer(subject, **options).run()  # type: ignore[arg-type]  # options are numbers
    return found, {verdict.id: verdict for verdict in verdicts(subject, found)}


def refuted(subject: Hotline) -> set[str]:
    return {prop for prop, verdict in explored(subject)[1].items() if verdict.outcome == "refuted"}


def choice(to: str) -> dict[str, Any]:
    """The main menu with key 5 leading somewhere as well."""
    more = {"more": {"key": "5", "to": to}}
    return {**NODES["main"], "choices": {**NODES["main"]["choices"], **more}}


FAULTS: dict[str, tuple[Hotline, int | None]] = {
    # property -> (a hotline that breaks it, the moves of its shortest counter-example; None: there is no call to show)
    "reachable": (spoiled({"island": {"kind": "say", "prompt": "island", "to": "bye"}}), None),
    "no-dead-end": (spoiled({"main": choice("trap"), "trap": TRAP}), 1),
    "silence-ends": (spoiled({"main": {"exhausted": "main"}}), 4),
    "mistakes-end": (spoiled({"main": {"no-match": {"1": {"to": "main"}}}}), 2),
    "agent-in-one-key": (spoiled(commands={"agent": {"phrases": ["人工"], "to": "agent"}}), 1),
    "identity-first": (spoiled({"outcome": {"otherwise": "balance-lookup"}}), 3),
    "sayable": (spoiled(prompts={"main.offer": "{who.name:text}您好。"}), 0),
    "askable": (spoiled({"balance-lookup": {"with": {"person": "who.nobody"}}}), 3),
    "never-stuck": (
        spoiled(
            {
                "main": choice("round"),
                "round": {"kind": "branch", "cases": [{"when": "verified", "to": "bye"}], "otherwise": "round"},
            }
        ),
        1,
    ),
    "no-exception": (spoiled(prompts={"number.ask": "{who.id:no-such-type}"}), 1),
}
