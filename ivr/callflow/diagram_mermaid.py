"""A drawing as a Mermaid flowchart, for Markdown pages and wikis."""

from __future__ import annotations

import json

from ivr.callflow.diagram import Arrow, Drawing, DrawnNode

_SHAPES = {
    "menu": ("{{", "}}"),
    "field": ("[/", "/]"),
    "confirm": ("{{", "}}"),
    "survey": ("[/", "\\]"),
    "record": ("[\\", "\\]"),
    "say": ("[", "]"),
    "lookup": ("[(", ")]"),
    "branch": ("{", "}"),
    "call": ("[[", "]]"),
    "return": ("([", "])"),
    "limit": ("(", ")"),
    "transfer": (">", "]"),
    "hangup": ("((", "))"),
}
# Entities, because Mermaid has no escape character; # first, as the entities themselves begin with it.
_ENTITIES = {"#": "#35;", "&": "#amp;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;", "%": "#37;", "\\": "#92;"}


def mermaid(drawn: Drawing) -> str:
    """The text of a ``.mmd`` file; the same drawing gives the same bytes."""
    lines = ["---", f"title: {json.dumps(drawn.title, ensure_ascii=False)}", "---", "flowchart LR"]
    lines += [f"  {_node(node)}" for node in drawn.nodes]
    lines += [f"  {_arrow(arrow)}" for arrow in drawn.arrows]
    if drawn.legend:
        lines.append(f"  legend[{_quoted(*drawn.legend)}]:::legend")
    lines += [
        "  classDef start stroke-width:4px",
        "  classDef service stroke:#07c,stroke-width:2px",
        "  classDef legend fill:none,stroke-dasharray:4,text-align:left",
    ]
    return "\n".join(lines) + "\n"


def mermaid_id(node_id: str) -> str:
    """A node id as Mermaid takes it. Different ids stay different: in an id, a dot is never followed by a hyphen."""
    return "n_" + node_id.replace("-", "__").replace(".", "_")


def _node(node: DrawnNode) -> str:
    opening, closing = _SHAPES[node.kind]
    style = ":::start" if node.is_start else ":::service" if node.name else ""
    return f"{mermaid_id(node.id)}{opening}{_quoted(node.id, node.name)}{closing}{style}"


def _arrow(arrow: Arrow) -> str:
    line = "-.->" if arrow.dashed else "-->"
    label = f"|{_quoted(*arrow.labels)}|" if arrow.labels else ""
    return f"{mermaid_id(arrow.source)} {line}{label} {mermaid_id(arrow.target)}"


def _quoted(*texts: str) -> str:
    table = str.maketrans(_ENTITIES)
    return '"' + "<br/>".join(text.translate(table) for text in texts if text) + '"'
