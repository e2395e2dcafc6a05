"""Prompts said for each line of a list: guards may ask about the line, and neighbours are said line by line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ivr.callflow.document import FlowDocument
from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import Prompt
from ivr.session.actions import LookUp, PlayPrompt
from ivr.session.events import CallAnswered, LookupAnswered, PromptFinished
from ivr.session.exchange import Exchange

LINES = [{"amount": 200, "back": True}, {"amount": 1_05, "back": False}, {"amount": 0, "back": True}]


def heard(same: str = "x") -> list[str]:
    flow = FlowDocument.model_validate(
        {
            "hotline": "lines",
            "title": "x",
            "prompts": "x",
            "start": "ask",
            "profiles": {"standard": {"no-input": "8s", "inter-digit": "4s"}},
            "guards": {
                "came-back": {"fact": "line.back", "is": "yes"},
                "something": {"fact": "line.amount", "at-least": "1"},
                "same": {"fact": "list.a", "same-as": "list.b"},
            },
            "queries": {
                "list": {
                    "private": "no",
                    "gives": {
                        "list.lines": {"type": "lines", "line": {"amount": "money", "back": "yes-no"}},
                        "list.a": "text",
                        "list.b": "text",
                    },
                }
            },
            "nodes": {
                "ask": {"kind": "lookup", "query": "list", "to": "tell", "failed": "tell"},
                "tell": {
                    "kind": "hangup",
                    "prompt": [
                        {"say": "amount", "each": "list.lines", "when": "something"},
                        {"say": "returned", "each": "list.lines", "when": "came-back"},
                        {"say": "same", "when": "same"},
                    ],
                },
            },
        }
    )
    prompts = {"amount": "{line.amount:money}", "returned": "已退", "same": "相同"}
    catalogue = {name: Prompt(text=text) for name, text in prompts.items()}
    call = Exchange(Hotline(flow, catalogue, Path(), {})).new_call()
    actions = call.handle(CallAnswered("", datetime(2026, 3, 2, 9, 30)), 0)
    asked = next(action for action in actions if isinstance(action, LookUp))
    facts = {"list.lines": LINES, "list.a": "x", "list.b": same}
    actions, said = call.handle(LookupAnswered(asked.request_id, facts), 0), []
    while not call.over:
        prompt = next(action for action in actions if isinstance(action, PlayPrompt))
        said.append(prompt.text)
        actions = call.handle(PromptFinished(prompt.play_id), call.at + 1_000)
    return said


def test_neighbouring_sayings_speak_line_by_line_and_guards_ask_about_the_line() -> None:
    assert heard(same="y") == ["两元", "已退", "一元零五分", "已退"]


def test_a_guard_compares_two_facts() -> None:
    assert heard()[-1] == "相同"
