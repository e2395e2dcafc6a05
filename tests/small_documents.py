"""A small, right hotline as text, for tests that make it wrong."""

from __future__ import annotations

from pathlib import Path

FLOW = """\
hotline: small
title: 小热线
prompts: prompts.yaml
start: main
profiles:
  standard: {no-input: 8s, inter-digit: 4s}
nodes:
  main:
    kind: menu
    prompt: main.offer
    choices:
      bye: {key: 1, phrases: [再见], to: goodbye}
    exhausted: goodbye
  goodbye:
    kind: hangup
    prompt: goodbye
"""

PROMPTS = """\
prompts:
  main.offer: 结束请按1。
  goodbye: {text: 再见。, barge-in: no}
"""


def write_documents(folder: Path, **documents: str) -> Path:
    """Writes a hotline, its parts given as ``flow=…`` and ``prompts=…``, else as above; returns the flow's path."""
    files = {"flow": FLOW, "prompts": PROMPTS} | documents
    for name, text in files.items():
        file = folder / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder / "flow.yaml"
