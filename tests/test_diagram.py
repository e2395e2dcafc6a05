"""Drawings of a hotline: every edge is there once, failures are dashed, parts can be cut out, labels are escaped."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ivr.callflow.diagram import Arrow, Drawing, DrawnNode, View, drawing
from ivr.callflow.diagram_dot import dot
from ivr.callflow.diagram_mermaid import mermaid, mermaid_id
from ivr.callflow.document import FlowDocument
from ivr.callflow.edges import all_edges
from ivr.commands.diagram import diagram
from ivr.errors import UsageError
from ivr.hotlines import open_hotline

FLOW = FlowDocument.model_validate(
    {
        "hotline": "drawn",
        "title": '画出来的 "热线"',
        "prompts": "p.yaml",
        "start": "hello",
        "profiles": {"standard": {"no-input": "8s", "inter-digit": "4s"}},
        "commands": {"agent": {"key": "0", "phrases": ["人工"], "to": "bye"}, "back": {"key": "*", "do": "back"}},
        "recovery": {"no-input": {"1": {"say": "a"}, "2": {"to": "bye"}}, "exhausted": "bye"},
        "dialogs": {"who": {"start": "who", "results": ["known"]}},
        "guards": {"vip": {"fact": "a.b", "known": "yes"}},
        "services": {"main.balance": "余额查询"},
        "nodes": {
            "hello": {"kind": "say", "to": "main"},
            "main": {
                "kind": "menu",
                "choices": {
                    "balance": {"key": "1", "phrases": ["余额", "查余额"], "to": "main.balance"},
                    "again": {"key": "2", "to": "main.balance", "when": "vip"},
                    "rate": {"phrases": ["评价"], "to": "main.rate"},
                },
                "no-match": {"1": {"say": "a"}, "3": {"to": "bye"}},
            },
            "main.balance": {"kind": "call", "dialog": "who", "results": {"known": "main.ask"}},
            "main.ask": {"kind": "lookup", "query": "q", "to": "main.which", "failed": "bye"},
            "main.which": {"kind": "branch", "cases": [{"when": "not vip", "to": "main"}], "otherwise": "bye"},
            "main.rate": {
                "kind": "survey",
                "ratings": {"1": ["好"], "2": ["不好"]},
                "stores": "s.r",
                "to": "bye",
                "skipped": "bye",
                "commands": {"louder": {"key": "8", "do": "slower"}},
            },
            "who": {"kind": "return", "result": "known"},
            "bye": {"kind": "hangup"},
        },
    }
)  # fmt: skip


def arrows(view: View | None = None) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(arrow.source, arrow.target): arrow.labels for arrow in drawing(FLOW, view).arrows}


def test_every_edge_that_leads_somewhere_is_drawn_with_its_words() -> None:
    assert arrows() == {
        ("hello", "main"): (),
        ("main", "main.balance"): ("[1] 余额", "[2] again (when vip)"),
        ("main", "main.rate"): ("评价",),
        ("main", "bye"): ("no-match 3",),
        ("main.balance", "who"): ("dialog who",),
        ("main.balance", "main.ask"): ("known",),
        ("main.ask", "main.which"): (),
        ("main.ask", "bye"): ("failed",),
        ("main.which", "main"): ("not vip",),
        ("main.which", "bye"): ("otherwise",),
        ("main.rate", "bye"): ("[1]", "[2]", "skipped"),
    }


def test_what_every_node_inherits_is_told_once() -> None:
    assert drawing(FLOW).legend == (
        "everywhere: [0] 人工 → bye",
        "everywhere: [*] back → back",
        "main.rate and below: [8] louder → slower",
        "everywhere: no-input 2 → bye",
        "everywhere: exhausted → bye",
    )


def test_it_can_be_drawn_as_arrows_instead() -> None:
    drawn = drawing(FLOW, View(commands=True))
    assert drawn.legend == ()
    assert {(arrow.source, arrow.target) for arrow in drawn.arrows} == {
        (edge.source, edge.target) for edge in all_edges(FLOW) if not edge.stays
    }
    assert "[0] 人工" in arrows(View(commands=True))["hello", "bye"]


def test_failures_are_dashed_and_may_be_left_out() -> None:
    dashed = {(arrow.source, arrow.target) for arrow in drawing(FLOW).arrows if arrow.dashed}
    assert dashed == {("main", "bye"), ("main.ask", "bye")}
    without = drawing(FLOW, View(failures=False))
    assert not any(arrow.dashed for arrow in without.arrows)
    assert len(without.arrows) == len(drawing(FLOW).arrows) - 2
    assert not any("exhausted" in line or "no-input" in line for line in without.legend)


@pytest.mark.parametrize(
    ("view", "nodes"),
    [
        (View(source="main", depth=1), "main main.balance main.rate bye"),
        (View(source="main.ask"), "main main.balance main.ask main.which main.rate who bye"),
        (View(source="who"), "who"),
        (View(target="main.ask"), "hello main main.balance main.ask main.which"),
        (View(target="main.ask", depth=1), "main.balance main.ask"),
        (View(target="main.rate", depth=1, failures=False), "main main.rate"),
        (View(source="main", target="main.balance", depth=1), "main main.balance"),
        (View(source="who", target="hello"), "hello who"),
    ],
)
def test_a_part_is_what_can_be_reached_or_what_leads_there(view: View, nodes: str) -> None:
    drawn = drawing(FLOW, view)
    assert [node.id for node in drawn.nodes] == nodes.split()
    assert all({arrow.source, arrow.target} <= set(nodes.split()) for arrow in drawn.arrows)


def test_an_unknown_node_is_named_with_a_guess() -> None:
    with pytest.raises(UsageError, match=r"no node 'main.balanec'; did you mean 'main.balance'\?"):
        drawing(FLOW, View(source="main.balanec"))


def test_mermaid_draws_shapes_arrows_and_the_legend() -> None:
    text = mermaid(drawing(FLOW))
    assert text.startswith('---\ntitle: "画出来的 \\"热线\\""\n---\nflowchart LR\n  n_hello["hello"]:::start\n')
    assert '  n_main_balance[["main.balance<br/>余额查询"]]:::service\n' in text
    assert '  n_main -->|"[1] 余额<br/>[2] again (when vip)"| n_main_balance\n' in text
    assert '  n_main_ask -.->|"failed"| n_bye\n' in text
    assert '  legend["everywhere: [0] 人工 → bye<br/>' in text


def test_dot_draws_shapes_arrows_and_the_legend() -> None:
    text = dot(drawing(FLOW))
    assert text.startswith('digraph "画出来的 \\"热线\\"" {\n')
    assert '  "hello" -> "main"\n' in text
    assert '  "main.ask" -> "bye" [label="failed", style=dashed]\n' in text
    assert '"the legend" [shape=note, style=dashed, label="everywhere: [0] 人工 → bye\\l' in text
    assert text.endswith("}\n")


def one_arrow(label: str) -> Drawing:
    node = DrawnNode("a", "say", label, is_start=False)
    return Drawing(label, (node,), (Arrow("a", "a", (label, label), dashed=True),), (label,))


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_no_label_gets_out_of_its_quotes(label: str) -> None:
    for line in mermaid(one_arrow(label)).split("\n")[3:]:
        assert line.count('"') in (0, 2)
        inside = line.partition('"')[2].rpartition('"')[0]
        assert not re.search(r"[<>&`%\\]|#(?!\w+;)", inside.replace("<br/>", ""))
    for line in dot(one_arrow(label)).split("\n"):
        assert re.fullmatch(r'(?:[^"]|"(?:[^"\\]|\\.)*")*', line, re.DOTALL)


_ids = st.from_regex(r"[a-z][a-z0-9-]{0,3}(\.[a-z0-9][a-z0-9-]{0,3}){0,2}", fullmatch=True)


@given(_ids, _ids)
def test_different_nodes_have_different_names_in_mermaid(one: str, other: str) -> None:
    assert (mermaid_id(one) == mermaid_id(other)) is (one == other)
    assert re.fullmatch(r"n_\w+", mermaid_id(one))


def test_the_built_in_hotline_is_drawn_whole_and_the_same_every_time() -> None:
    flow = open_hotline(None).flow
    drawn = drawing(flow, View(commands=True))
    assert [node.id for node in drawn.nodes] == list(flow.nodes)
    assert mermaid(drawn) == mermaid(drawing(open_hotline(None).flow, View(commands=True)))


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(diagram, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_chooses_the_format_by_the_file(tmp_path: Path) -> None:
    assert "flowchart" in invoke("--from", "main", "--depth", "1")
    assert invoke("--format", "dot", "--to", "main").startswith("digraph")
    file = tmp_path / "x.gv"
    assert invoke("-o", str(file)) == ""
    assert file.read_text("utf-8").startswith("digraph")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    picture = tmp_path / "x.png"
    with pytest.raises(UsageError, match=r"x\.png.*\.mmd, \.dot or \.svg"):
        invoke("-o", str(picture))
    assert not picture.exists()
    invoke("-o", str(picture), "--format", "dot")
    assert picture.read_text("utf-8").startswith("digraph")


def test_a_page_of_text_holds_mermaid(tmp_path: Path) -> None:
    for name in ("flow.mmd", "flow.md", "flow.TXT", "flow"):
        invoke("-o", str(tmp_path / name))
        assert "flowchart" in (tmp_path / name).read_text("utf-8")


def test_a_depth_needs_a_node() -> None:
    with pytest.raises(UsageError, match="--from or --to"):
        invoke("--depth", "2")


@pytest.mark.skipif(
    shutil.which("dot") is None and os.environ.get("CI") != "true",
    reason="Graphviz is not installed",  # CI installs it
)
def test_graphviz_makes_an_svg_of_the_built_in_hotline(tmp_path: Path) -> None:
    invoke("-o", str(tmp_path / "x.svg"))
    svg = (tmp_path / "x.svg").read_text("utf-8")
    assert "<svg" in svg
    assert svg.count('class="node"') == len(open_hotline(None).flow.nodes) + 1


def test_without_graphviz_the_install_command_is_told() -> None:
    runner = CliRunner(env={"PATH": ""})
    result = runner.invoke(diagram, ["--format", "svg"])
    assert isinstance(result.exception, UsageError)
    assert "apt install graphviz" in str(result.exception)
