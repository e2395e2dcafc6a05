"""``ivr diff``: what changed for callers between two hotlines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ivr.testing.flow_diff import Change, FlowDiff

_SHOWN_NODES = 3
_NOTHING = "nothing changed for callers"
_SO_FAR = ", as far as it was compared\n"


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option("--scripts", "scripts", multiple=True, metavar="PATH", help="Call scripts, or folders of them, to try.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option("--markdown", is_flag=True, help="Tables, for a review.")
def diff(old: str, new: str | None, scripts: tuple[str, ...], as_json: bool, markdown: bool) -> None:
    """Say what changed for callers between the hotlines OLD and NEW.

    OLD and NEW are flow documents or folders with a flow.yaml, or 'builtin'; without NEW, OLD is compared with the
    built-in hotline.
    Told are ways to services that got longer or shorter, keys and phrases whose meaning changed, nodes and routes lost
    or new, prompts, patience, and which scripts pass on OLD and fail on NEW.

    \b
    Exit code: 0 nothing changed for callers, 1 something did, 2 something could not be compared, 130 interrupted.

    \b
    Examples:
      ivr diff before/flow.yaml after/flow.yaml
      ivr diff before after --scripts tests/calls --markdown > changes.md
    """
    from ivr.commands.progress import progress_bar
    from ivr.errors import DocumentError, UsageError
    from ivr.testing.costs import measured_nodes
    from ivr.testing.flow_diff import flow_diff
    from ivr.testing.open_sound import open_sound

    if as_json and markdown:
        raise UsageError("--json and --markdown are two forms of one report; ask for one of them")
    first, second = (open_sound(None if flow == "builtin" else flow) for flow in (old, new))
    files = _files(scripts) if scripts else []
    steps = sum(len(measured_nodes(hotline.flow)) for hotline in (first, second)) + len(files)
    with progress_bar(steps, "comparing") as bar:
        found = flow_diff(first, second, lambda _: bar.update(1))
        if files and not found.interrupted:
            from ivr.testing.broken_scripts import add_broken_scripts

            add_broken_scripts(found, first, second, files, lambda _: bar.update(1))
    if as_json:
        click.echo(json.dumps(_as_data(found), ensure_ascii=False, indent=2))
    else:
        click.echo(_as_markdown(found) if markdown else _as_text(found), nl=False)
    if found.problems:
        click.echo(DocumentError(found.problems), err=True)
    if found.interrupted:
        click.echo("interrupted, the rest was not compared", err=True)
    raise SystemExit(130 if found.interrupted else 2 if found.problems else 0 if found.same else 1)


def _files(scripts: tuple[str, ...]) -> list[Path]:
    """Raises UsageError before anything is compared for nothing."""
    from ivr.errors import UsageError
    from ivr.testing.suite import SCRIPT_SUFFIX, find_scripts

    files = find_scripts([Path(path) for path in scripts])
    if not files:
        raise UsageError(f"{', '.join(scripts)}: no call scripts here; they are called NAME{SCRIPT_SUFFIX}")
    return files


def _as_text(found: FlowDiff) -> str:
    from ivr.testing.flow_diff import KINDS

    if not found.changes:
        return _NOTHING + ("\n" if found.complete else _SO_FAR)
    lines: list[str] = []
    for kind, title in KINDS.items():
        changes = [change for change in found.changes if change.kind == kind]
        if changes:
            lines.append(f"{title} ({len(changes)}):")
            for change in changes:
                lines.append(f"  {change.what}{_where(change)}")
                lines += [f"    - {change.old or 'none'}", f"    + {change.new or 'none'}"]
    return "\n".join(lines) + "\n"


def _as_markdown(found: FlowDiff) -> str:
    from ivr.testing.flow_diff import KINDS

    if not found.changes:
        return _NOTHING.capitalize() + (".\n" if found.complete else _SO_FAR)
    lines: list[str] = []
    for kind, title in KINDS.items():
        changes = [change for change in found.changes if change.kind == kind]
        if changes:
            lines += [f"## {title.capitalize()}", "", "| what | old | new |", "| --- | --- | --- |"]
            lines += [
                f"| {_cell(change.what + _where(change))} | {_cell(change.old)} | {_cell(change.new)} |"
                for change in changes
            ]
            lines.append("")
    return "\n".join(lines)


def _as_data(found: FlowDiff) -> dict[str, object]:
    return {
        "same": found.same,
        "interrupted": found.interrupted,
        "problems": [str(problem) for problem in found.problems],
        "changes": [
            {
                "kind": change.kind,
                "what": change.what,
                "old": change.old,
                "new": change.new,
                "nodes": list(change.nodes),
            }
            for change in found.changes
        ],
    }


def _where(change: Change) -> str:
    if not change.nodes:
        return ""
    shown = ", ".join(change.nodes[:_SHOWN_NODES])
    more = len(change.nodes) - _SHOWN_NODES
    return f" at {shown}" + (f" and {more} more" if more > 0 else "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
