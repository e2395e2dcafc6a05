"""``ivr check``: all rules over one hotline, and the waivers of its document.

Theory of operation. :class:`Subject` indexes the document once; each rule is one function in a ``check_*`` module
(what cannot work) or a ``lint_*`` module (what callers struggle with) and yields the places that break it. Findings
are then matched against the document's waivers. A waiver that matches nothing is a finding itself, and so is one for
a rule that cannot be waived: a hotline that cannot work does not work any better for a reason given.

Do not add rules here: a rule belongs into the module of its topic.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import ivr.callflow.check_dialogs
import ivr.callflow.check_graph
import ivr.callflow.check_guards
import ivr.callflow.check_handlers
import ivr.callflow.check_keys
import ivr.callflow.check_offers
import ivr.callflow.check_privacy
import ivr.callflow.check_properties
import ivr.callflow.check_slips
import ivr.callflow.check_slots
import ivr.callflow.check_targets
import ivr.callflow.lint_agent
import ivr.callflow.lint_length
import ivr.callflow.lint_patience
import ivr.callflow.lint_wording  # noqa: F401 - importing modules of rules enters them into the registry
from ivr.callflow.check_repair import suggestion
from ivr.callflow.check_rules import RULES, SEVERITIES, Found, Rule, Severity, rule
from ivr.callflow.check_subject import Subject
from ivr.callflow.document import Waiver
from ivr.callflow.hotline import Hotline
from ivr.errors import Problem


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a hotline breaks a rule. ``waived_because``: the reason in the document, "" when not waived."""

    rule: str
    severity: Severity
    problem: Problem
    waived_because: str = ""
    node: str = ""
    prompt: str = ""


def check(hotline: Hotline, rules: Collection[str] = ()) -> list[Finding]:
    """All findings, waived ones included, by severity and then place. ``rules``: only these; KeyError if unknown."""
    subject = Subject(hotline)
    wanted = [RULES[rule_id] for rule_id in rules] if rules else list(RULES.values())
    findings = [_finding(hotline, rule, found) for rule in wanted for found in rule.search(subject)]
    findings, idle = _waive(findings, hotline.flow.waivers)
    if not rules or "waiver-unused" in rules:
        findings += _idle_waivers(hotline, idle, set(rules))
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.problem))


def counts(finding: Finding, *, strict: bool = False) -> bool:
    """Whether a finding fails the check: errors do, with ``strict`` warnings too, waived ones and advice never."""
    return not finding.waived_because and (finding.severity == "error" or (strict and finding.severity == "warning"))


def _finding(hotline: Hotline, rule: Rule, found: Found) -> Finding:
    place = hotline.place(*found.path)
    problem = Problem(place.file, place.line, found.what, found.remedy or rule.remedy, rule.id)
    return Finding(rule.id, rule.severity, problem, "", found.node, found.prompt)


def _waive(findings: list[Finding], waivers: tuple[Waiver, ...]) -> tuple[list[Finding], list[int]]:
    """The findings with their reasons, and the numbers of the waivers that waived nothing."""
    by_rule: dict[str, list[tuple[int, Waiver]]] = {}
    for number, waiver in enumerate(waivers):
        if waiver.rule in RULES and RULES[waiver.rule].waivable:
            by_rule.setdefault(waiver.rule, []).append((number, waiver))
    idle = {number for group in by_rule.values() for number, _ in group}
    result = []
    for finding in findings:
        reason = ""
        for number, waiver in by_rule.get(finding.rule, ()):
            if waiver.node in (None, finding.node) and waiver.prompt in (None, finding.prompt):
                reason = reason or waiver.reason
                idle.discard(number)
        result.append(replace(finding, waived_because=reason) if reason else finding)
    return result, sorted(idle)


def _idle_waivers(hotline: Hotline, idle: list[int], rules: set[str]) -> Iterator[Finding]:
    for number in idle:
        waiver = hotline.flow.waivers[number]
        if not rules or waiver.rule in rules:
            what = f"the waiver of {waiver.rule} waives nothing"
            yield _finding(hotline, RULES["waiver-unused"], Found(("waivers", number), what))


@rule("waiver-unused", "warning", "a waiver waives a finding", "remove the waiver", source="house rule", waivable=False)
def _waiver_unused(_subject: Subject) -> Iterator[Found]:
    yield from ()  # known only when all rules have run: see _idle_waivers


@rule(
    "waiver-refused",
    "error",
    "a waiver names a rule that exists and can be waived",
    "mend what the rule found, or name a human-factors rule",
    source="house rule",
    waivable=False,
)
def _waiver_refused(subject: Subject) -> Iterator[Found]:
    for number, waiver in enumerate(subject.flow.waivers):
        known = RULES.get(waiver.rule)
        if known is None:
            guess = suggestion(waiver.rule, list(RULES))
            remedy = f"did you mean {guess}?" if guess else "see docs/rules.md for the names"
            yield Found(("waivers", number, "rule"), f"there is no rule {waiver.rule}", remedy)
        elif not known.waivable:
            yield Found(("waivers", number, "rule"), f"{waiver.rule} cannot be waived")
