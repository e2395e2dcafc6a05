"""``ivr check``: errors of a hotline, and where it breaks the human-factors rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.errors import UsageError

if TYPE_CHECKING:
    from ivr.callflow.check_rules import Rule
    from ivr.callflow.checking import Finding
    from ivr.callflow.hotline import Hotline

THRESHOLD = "threshold-broken"
UNKNOWN_WORD = "unknown-word"


@click.command()
@click.argument("flow", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object with all findings, for programs.")
@click.option("--strict", is_flag=True, help="Warnings fail the check too.")
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only this rule; may be repeated.")
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Also name the words that this speech model does not know, with what needs them.",
)
@click.option("--explain", metavar="RULE", help="Say what a rule demands, why, and what to do; checks nothing.")
def check(
    flow: str | None, as_json: bool, strict: bool, rules: tuple[str, ...], model: Path | None, explain: str | None
) -> None:
    """Check a hotline for errors and against the human-factors rules.

    FLOW is a flow document or a folder with a flow.yaml; without it, the built-in hotline is checked.

    \b
    Exit code: 0 nothing fails the check, 1 something does, 2 the check could not run, 130 interrupted.

    \b
    Examples:
      ivr check                            the built-in hotline
      ivr check my-hotline --strict        warnings fail too
      ivr check --rule unreachable --rule dead-end
      ivr check --model my-model           can everything on offer be heard?
      ivr check --explain too-many-options
    """
    from ivr.callflow.checking import check as run_check
    from ivr.callflow.checking import counts

    if explain is not None:
        _explain(_known(explain), as_json=as_json)
        return
    for rule_id in rules:
        _known(rule_id)

    from ivr.hotlines import open_hotline

    hotline = open_hotline(flow)
    findings = run_check(hotline, rules)
    interrupted = False
    if not rules and not any(finding.severity == "error" and not finding.waived_because for finding in findings):
        try:
            findings = _thresholds(hotline) + findings
        except KeyboardInterrupt:
            interrupted = True
    if model is not None and not interrupted:
        findings = findings + _unknown_words(hotline, model)
    failed = any(counts(finding, strict=strict) for finding in findings)
    if as_json:
        data = {**_as_data(findings, passed=not (failed or interrupted)), "interrupted": interrupted}
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        _print(findings, "failed" if failed else "interrupted" if interrupted else "passed")
        if interrupted:
            click.echo(f"the thresholds were not measured{', nor the words of the model looked up' if model else ''}")
        if flow is None and Path("flow.yaml").is_file():
            click.echo("this was the built-in hotline; for the one in this folder: ivr check .", err=True)
    raise SystemExit(130 if interrupted else 1 if failed else 0)


def _thresholds(hotline: Hotline) -> list[Finding]:
    """The document's own service levels, judged on a hotline without errors: callers phone it in virtual time."""
    if not hotline.flow.thresholds:
        return []
    from ivr.callflow.checking import Finding
    from ivr.commands.progress import progress_bar
    from ivr.errors import Problem
    from ivr.testing.costs import broken_thresholds, costs, measured_nodes

    with progress_bar(len(measured_nodes(hotline.flow)), "measuring") as bar:
        measured = costs(hotline, progress=lambda _: bar.update(1))
    found = []
    for broken in broken_thresholds(hotline, measured):
        place = hotline.place("thresholds", broken.number)
        remedy = "shorten the way or the prompts on it, or allow more under 'thresholds' (ivr explore --costs)"
        problem = Problem(place.file, place.line, broken.what, remedy, THRESHOLD)
        found.append(Finding(THRESHOLD, "error", problem, "", broken.threshold.node, ""))
    return found


def _unknown_words(hotline: Hotline, model: Path) -> list[Finding]:
    """What is on offer and the model can never hear. UsageError for a model that cannot be used."""
    from ivr import settings
    from ivr.callflow.checking import Finding
    from ivr.commands.sound_setup import require_numpy
    from ivr.errors import Problem, SpeechError

    require_numpy()
    from ivr.speech.vocabulary_lint import unknown_words
    from ivr.speech.vosk_recogniser import VoskRecogniser

    try:
        recogniser = VoskRecogniser(model, settings.checks_dir())
        recogniser.load()
    except SpeechError as error:
        raise UsageError(str(error)) from None
    found = []
    remedy = f"give the model the words (ivr models build-graph --model {model}), or offer others"
    for unknown in unknown_words(hotline, recogniser.knows):
        what = f"{unknown.what}, for the speech model does not know {'、'.join(unknown.words)}"
        problem = Problem(unknown.place.file, unknown.place.line, what, remedy, UNKNOWN_WORD)
        found.append(Finding(UNKNOWN_WORD, "error", problem, "", unknown.node, ""))
    return found


def _known(rule_id: str) -> Rule:
    from ivr.callflow.check_repair import suggestion
    from ivr.callflow.check_rules import RULES

    if rule_id not in RULES:
        guess = suggestion(rule_id, list(RULES))
        raise UsageError(
            f"there is no rule {rule_id!r}; "
            + (f"did you mean {guess}?" if guess else f"the rules are: {', '.join(RULES)}")
        )
    return RULES[rule_id]


def _explain(rule: Rule, *, as_json: bool) -> None:
    waivers = "can be waived with a reason under 'waivers'" if rule.waivable else "cannot be waived"
    if as_json:
        data = {"rule": rule.id, "severity": rule.severity, "demands": rule.title, "source": rule.source}
        click.echo(json.dumps({**data, "remedy": rule.remedy, "waivable": rule.waivable}, ensure_ascii=False, indent=2))
        return
    click.echo(f"{rule.id} ({rule.severity}; {waivers})")
    click.echo(f"  demands: {rule.title}\n  source:  {rule.source}\n  remedy:  {rule.remedy}")


def _print(findings: list[Finding], verdict: str) -> None:
    from ivr.callflow.check_rules import SEVERITIES

    waived = [finding for finding in findings if finding.waived_because]
    open_ones = [finding for finding in findings if not finding.waived_because]
    for severity in SEVERITIES:
        group = [finding for finding in open_ones if finding.severity == severity]
        if group:
            click.echo(f"{_plural(len(group), severity)}:")
            for finding in group:
                click.echo(f"  {finding.problem}")
    if waived:
        click.echo(f"{len(waived)} waived:")
        for finding in waived:
            click.echo(f"  {finding.problem}\n    because: {finding.waived_because}")
    tally = ", ".join(_plural(sum(f.severity == severity for f in open_ones), severity) for severity in SEVERITIES)
    click.echo(f"{verdict}: {tally}, {len(waived)} waived")


def _plural(number: int, severity: str) -> str:
    return f"{number} {severity}{'s' if number != 1 and severity != 'advice' else ''}"


def _as_data(findings: list[Finding], *, passed: bool) -> dict[str, object]:
    return {
        "passed": passed,
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity,
                "file": finding.problem.file,
                "line": finding.problem.line,
                "what": finding.problem.what,
                "remedy": finding.problem.remedy,
                "node": finding.node,
                "prompt": finding.prompt,
                "waived_because": finding.waived_because,
            }
            for finding in findings
        ],
    }
