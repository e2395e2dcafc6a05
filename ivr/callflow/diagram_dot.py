"""A drawing in Graphviz's language, which its ``dot`` turns into SVG and many more."""

from __future__ import annotations

from ivr.callflow.diagram import Arrow, Drawing, DrawnNode

_SHAPES = {
    "menu": "hexagon",
    "field": "parallelogram",
    "confirm": "hexagon",
    "survey": "trapezium",
    "record": "invtrapezium",
    "say": "box",
    "lookup": "cylinder",
    "branch": "diamond",
    "call": "box3d",
    "return": "cds",
    "limit": "octagon",
    "transfer": "rarrow",
    "hangup": "doublecircle",
}


def dot(drawn: Drawing) -> str:
    """The text of a ``.dot`` file; the same drawing gives the same bytes."""
    title = _quoted(drawn.title)
    lines = [
        f"digraph {title} {{",
        f'  graph [rankdir=LR, labelloc=t, fontname="sans-serif", label={title}]',
        '  node [fontname="sans-serif"]',
        '  edge [fontname="sans-serif", fontsize=11]',
        *(f"  {_node(node)}" for node in drawn.nodes),
        *(f"  {_arrow(arrow)}" for arrow in drawn.arrows),
    ]
    if drawn.legend:
        # a node id has no space, so this name is free
        lines.append(f'  "the legend" [shape=note, style=dashed, label={_quoted(*drawn.legend, end=_LEFT)}]')
    return "\n".join([*lines, "}"]) + "\n"


_LEFT = "\\l"


def _node(node: DrawnNode) -> str:
    style = ", penwidth=3" if node.is_start else ", color=blue" if node.name else ""
    return f"{_quoted(node.id)} [shape={_SHAPES[node.kind]}, label={_quoted(node.id, node.name)}{style}]"


def _arrow(arrow: Arrow) -> str:
    label = f"label={_quoted(*arrow.labels)}" if arrow.labels else ""
    style = "style=dashed" if arrow.dashed else ""
    attributes = ", ".join(filter(None, (label, style)))
    return f"{_quoted(arrow.source)} -> {_quoted(arrow.target)}" + (f" [{attributes}]" if attributes else "")


def _quoted(*texts: str, end: str = "") -> str:
    escaped = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts if text]
    return '"' + (end or "\\n").join(escaped) + end + '"'
