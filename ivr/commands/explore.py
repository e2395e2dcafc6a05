"""``ivr explore``: proofs over every call that a hotline can have, and counter-examples as call scripts."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.commands.progress import progress_bar
from ivr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.callflow.hotline import Hotline
    from ivr.testing.explorer import Explorer
    from ivr.testing.verdicts import Verdict

_ABOUT_PROPERTIES = ("property-malformed", "property-unknown-name")  # a misspelt one would be proved of nothing


@click.command()
@click.argument("flow", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option("--max-states", type=click.IntRange(1), default=60_000, show_default=True, help="Stop at so many states.")
@click.option("--used-up", type=click.IntRange(0, 9), default=1, show_default=True, help="Limits used up at once.")
@click.option("--out", metavar="DIR", help="Write each counter-example there, as a call script.")
@click.option("--costs", is_flag=True, help="Instead: keys and seconds to every service and to an agent.")
@click.option("--races", is_flag=True, help="Instead: input around each deadline, to the millisecond.")
def explore(
    flow: str | None, as_json: bool, max_states: int, used_up: int, out: str | None, costs: bool, races: bool
) -> None:
    """Try everything that can happen in a call, and prove or refute what must hold for every call.

    FLOW is a flow document or a folder with a flow.yaml; without it, the built-in hotline is explored. The document's
    own 'properties:' are proved as well.

    \b
    Exit code: 0 everything is proved, 1 something is refuted or left open, 2 it could not run, 130 interrupted.

    \b
    Examples:
      ivr explore                          the built-in hotline, in some 20 seconds
      ivr explore my-hotline --out found   counter-examples as call scripts, for 'ivr test found'
      ivr explore --costs --json           keys and seconds, for a dashboard
      ivr explore --races                  what happens at -1, 0 and +1 ms of each deadline
    """
    if costs and races:
        raise UsageError("--costs and --races are two different reports; ask for one of them")
    from ivr.testing.open_sound import open_sound

    hotline = open_sound(flow, () if costs or races else _ABOUT_PROPERTIES)
    if costs:
        _costs(hotline, as_json=as_json)
    elif races:
        _races(hotline, as_json=as_json)
    else:
        _prove(hotline, flow, as_json=as_json, max_states=max_states, used_up=used_up, out=out)


def _prove(
    hotline: Hotline, flow: str | None, *, as_json: bool, max_states: int, used_up: int, out: str | None
) -> None:
    from ivr.testing.example_answers import example_answers
    from ivr.testing.explorer import Explorer
    from ivr.testing.proof_report import json_report, text_report
    from ivr.testing.verdicts import verdicts

    folder = None if out is None else _folder(out)
    examples = example_answers(hotline.flow)
    began = time.perf_counter()
    with _Bar(max_states, shown=not as_json) as progress:
        explorer = Explorer(hotline, examples, most_states=max_states, most_used_up=used_up, progress=progress)
        found = explorer.run()
    listed = verdicts(hotline, found)
    seconds = time.perf_counter() - began
    scripts = {} if folder is None else _write_scripts(explorer, listed, folder, flow)
    if as_json:
        click.echo(json.dumps(json_report(found, listed, scripts, seconds), ensure_ascii=False, indent=2))
    else:
        click.echo(text_report(found, listed, scripts, seconds), nl=False)
    proved = all(verdict.outcome == "proved" for verdict in listed)
    raise SystemExit(130 if found.interrupted else 0 if proved else 1)


class _Bar:
    """The progress of a search whose end is not known: tried against known states, or what may be known at most."""

    def __init__(self, most: int, *, shown: bool) -> None:
        self._bar = progress_bar(most, "exploring", shown=shown)
        self._tried = 0

    def __enter__(self) -> Callable[[int, int], None]:
        self._bar.__enter__()
        return self._update

    def __exit__(self, *_: object) -> None:
        self._bar.__exit__(None, None, None)

    def _update(self, tried: int, known: int) -> None:
        self._bar.length = known
        self._bar.update(tried - self._tried)
        self._tried = tried


def _folder(out: str) -> Path:
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UsageError(f"{out}: cannot be made a folder ({error}); name another one") from None
    return folder


def _write_scripts(explorer: Explorer, listed: list[Verdict], folder: Path, flow: str | None) -> dict[int, str]:
    from ivr.testing.counter_example import as_script

    written: dict[int, str] = {}
    number = -1
    for verdict in listed:
        for position, violation in enumerate(verdict.violations, 1):
            number += 1
            if violation.path is None:
                continue
            file = folder / f"{verdict.id}.{position}.call.yaml"
            comments = [f"Refutes {verdict.id}: {verdict.title}.", f"Here: {violation.what}."]
            hotline = "" if flow is None else os.path.relpath(flow, folder)  # a script names it from where it lies
            text = as_script(explorer.exchange, violation.path, f"{verdict.id}: {violation.what}", comments, hotline)
            try:
                file.write_text(text, encoding="utf-8", newline="\n")
            except OSError as error:
                raise UsageError(f"{file}: cannot be written ({error.strerror}); name another folder") from None
            written[number] = str(file)
    return written


def _costs(hotline: Hotline, *, as_json: bool) -> None:
    from ivr.testing.costs import Cost, costs, json_costs, measured_nodes, text_costs

    found: list[Cost] = []
    interrupted = False
    with progress_bar(len(measured_nodes(hotline.flow)), "measuring", shown=not as_json) as bar:

        def measured(cost: Cost) -> None:
            found.append(cost)
            bar.update(1)

        try:
            found = costs(hotline, progress=measured)
        except KeyboardInterrupt:
            interrupted = True
    if as_json:
        click.echo(json.dumps(json_costs(found), ensure_ascii=False, indent=2))
    else:
        click.echo(text_costs(found), nl=False)
    if interrupted:
        click.echo("interrupted, the rest was not measured", err=as_json)
    raise SystemExit(130 if interrupted else 0 if all(cost.typical is not None for cost in found) else 1)


def _races(hotline: Hotline, *, as_json: bool) -> None:
    from ivr.testing.races import Race, each_race, json_races, sound, text_races

    found: list[Race] = []
    nodes: set[str] = set()
    interrupted = False
    with progress_bar(len(hotline.flow.nodes), "racing", shown=not as_json) as bar:
        try:
            for race in each_race(hotline):
                found.append(race)
                if race.node not in nodes:
                    nodes.add(race.node)
                    bar.update(1)
        except KeyboardInterrupt:
            interrupted = True
    if as_json:
        click.echo(json.dumps(json_races(found), ensure_ascii=False, indent=2))
    else:
        click.echo(text_races(found) + ("interrupted, the rest was not run\n" if interrupted else ""), nl=False)
    raise SystemExit(130 if interrupted else 0 if all(map(sound, found)) else 1)
