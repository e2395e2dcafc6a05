"""``ivr diagram``: a hotline as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ivr.commands.output_file import write_text
from ivr.errors import UsageError

if TYPE_CHECKING:
    from ivr.callflow.diagram import Drawing

_BY_SUFFIX = {
    ".mmd": "mermaid", ".mermaid": "mermaid", ".md": "mermaid", ".txt": "mermaid",
    ".dot": "dot", ".gv": "dot", ".svg": "svg",
}  # fmt: skip


@click.command()
@click.argument("flow", required=False)
@click.option(
    "--format",
    "notation",
    type=click.Choice(["mermaid", "dot", "svg"]),
    help="Default: what the name after -o says, else mermaid.",
)
@click.option("--from", "source", metavar="NODE", help="Only what can be reached from this node.")
@click.option("--to", "target", metavar="NODE", help="Only what leads to this node.")
@click.option("--depth", type=click.IntRange(min=1), metavar="N", help="At most N arrows away from that node.")
@click.option("--failures/--no-failures", default=True, help="With or without what happens when something fails.")
@click.option("--commands", is_flag=True, help="Draw what every node inherits as arrows, not in the legend.")
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")
def diagram(
    flow: str | None,
    notation: str | None,
    source: str | None,
    target: str | None,
    depth: int | None,
    failures: bool,
    commands: bool,
    output: str | None,
) -> None:
    """Draw a hotline as Mermaid, Graphviz or SVG.

    FLOW is a flow document or a folder with a flow.yaml; without it, the built-in hotline is drawn. Dashed arrows are
    failures. SVG needs Graphviz.

    \b
    Examples:
      ivr diagram -o hotline.svg                 the built-in hotline as a picture
      ivr diagram my-hotline > flow.mmd          Mermaid, for a Markdown page
      ivr diagram --from main --depth 1          the first menu
      ivr diagram --to main.account.balance      what leads to the balance?
      ivr diagram --from main --to agent --no-failures
    """
    from ivr.callflow.diagram import View, drawing
    from ivr.hotlines import open_hotline

    if depth is not None and source is None and target is None:
        raise UsageError("--depth counts from a node; name one with --from or --to")
    notation = notation or _by_name(output)
    view = View(source, target, depth, failures, commands)
    drawn = drawing(open_hotline(flow).flow, view)
    write_text(_written(drawn, notation), output)


def _by_name(output: str | None) -> str:
    from pathlib import PurePath

    suffix = PurePath(output or "").suffix.lower()
    if not suffix:
        return "mermaid"
    if suffix not in _BY_SUFFIX:
        raise UsageError(f"{output}: no drawing is made as {suffix}; name it .mmd, .dot or .svg, or choose a --format")
    return _BY_SUFFIX[suffix]


def _written(drawn: Drawing, notation: str) -> str:
    if notation == "mermaid":
        from ivr.callflow.diagram_mermaid import mermaid

        return mermaid(drawn)
    from ivr.callflow.diagram_dot import dot

    return dot(drawn) if notation == "dot" else _svg(dot(drawn))


def _svg(text: str) -> str:
    import shutil
    import subprocess

    program = shutil.which("dot")
    if program is None:
        raise UsageError(
            "SVG needs Graphviz, and its 'dot' is not installed; install it (apt install graphviz, "
            "brew install graphviz, winget install Graphviz.Graphviz), or use --format mermaid"
        )
    done = subprocess.run([program, "-Tsvg"], input=text.encode(), capture_output=True, check=False)  # noqa: S603 - our text on its stdin, no shell
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[:1]
        raise UsageError(f"Graphviz could not draw this: {' '.join(reason)}; use --format dot to see what it was given")
    return done.stdout.decode("utf-8")
