"""Load and check of a flow of 1,000 nodes, against PyYAML's C loader reading the same text into plain values."""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml

from benchmarks.figures import Figure, best_seconds
from ivr.callflow.checking import check
from ivr.hotlines import open_hotline

MENUS = 200  # each with four services: 1,000 nodes


def document(menus: int) -> str:
    """A chain of menus; the last choice of each leads to the next."""
    lines = [
        "hotline: large", "title: 大热线", "prompts: [prompts.yaml]", "start: m0",
        "profiles: {standard: {no-input: 8s, inter-digit: 4s}}",
        "recovery: {no-input: {'1': {say: again}}, no-match: {'1': {say: again}}, exhausted: goodbye}",
        "nodes:", "  goodbye: {kind: hangup, prompt: goodbye}",
    ]  # fmt: skip
    for menu in range(menus):
        following = f"m{menu + 1}" if menu + 1 < menus else "goodbye"
        lines += [f"  m{menu}:", "    kind: menu", "    prompt: offer", "    choices:"]
        for key in range(1, 5):
            lines.append(f"      c{key}: {{key: '{key}', phrases: [服务{key}号], to: m{menu}.s{key}}}")
        lines.append(f"      next: {{key: '5', phrases: [下一组], to: {following}}}")
        lines += [f"  m{menu}.s{key}: {{kind: say, prompt: service, to: m{menu}}}" for key in range(1, 5)]
    return "\n".join(lines) + "\n"


PROMPTS = """\
prompts:
  offer: 甲请按1，乙请按2，丙请按3，丁请按4，下一组请按5。
  service: 这是您要的内容。
  again: 请再按一次。
  goodbye: 再见。
"""


def figures() -> list[Figure]:
    text = document(MENUS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flow.yaml"
        path.write_text(text, encoding="utf-8")
        (Path(folder) / "prompts.yaml").write_text(PROMPTS, encoding="utf-8")
        ours = best_seconds(lambda: check(open_hotline(path)), 3)
        plain = best_seconds(lambda: yaml.load(text, yaml.CSafeLoader), 3)
        size = len(open_hotline(path).flow.nodes)
    reference = f"yaml.CSafeLoader alone, {plain * 1e3:.0f} ms"
    return [
        Figure(f"load + check, {size:,} nodes", ours, "s", "at most 2", ours <= 2),
        Figure(f"load + check, {size:,} nodes", ours / plain, "×", "(to compare runs)", met=True, reference=reference),
    ]
