"""The results of a test run as data: JSON for programs, JUnit XML for CI servers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree

from ivr.testing.coverage import GROUPS, Coverage
from ivr.testing.report_text import failure_lines, shown
from ivr.testing.script_runner import Outcome
from ivr.testing.suite import FileResult

# What XML 1.0 cannot hold, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def results_data(results: Sequence[FileResult], coverages: Iterable[Coverage]) -> dict[str, Any]:
    """Everything, for ``json.dumps``."""
    outcomes = [outcome for result in results for outcome in result.outcomes]
    return {
        "passed": sum(outcome.passed for outcome in outcomes),
        "failed": sum(not outcome.passed for outcome in outcomes),
        "broken": [_problem(problem) for result in results for problem in result.problems],
        "calls": [_call(outcome) for outcome in outcomes],
        "coverage": [coverage_data(coverage) for coverage in coverages],
    }


def coverage_data(coverage: Coverage) -> dict[str, Any]:
    shares = {group: coverage.share(group) for group in GROUPS}
    return {
        "hotline": coverage.hotline.flow.hotline,
        "version": coverage.hotline.version,
        "shares": {
            group: {"covered": share.covered, "total": share.total, "percent": share.percent}
            for group, share in shares.items()
        },
        "missing": [
            {"name": goal.name, "kind": goal.kind, "file": goal.place.file, "line": goal.place.line}
            for goal in coverage.missing()
        ],
    }


def junit_xml(results: Sequence[FileResult]) -> str:
    """One suite, a case for each call; a file that cannot be run is a case with an error."""
    outcomes = [outcome for result in results for outcome in result.outcomes]
    broken = [result for result in results if result.problems]
    counts = {
        "tests": str(len(outcomes) + len(broken)),
        "failures": str(sum(not outcome.passed for outcome in outcomes)),
        "errors": str(len(broken)),
        "skipped": "0",
        "time": f"{sum(outcome.took_ms for outcome in outcomes) / 1000:.3f}",
    }
    top = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(top, "testsuite", {"name": "ivr", **counts})
    for result in results:
        for outcome in result.outcomes:
            case = _case(suite, outcome.file, outcome.name, outcome.line, outcome.took_ms)
            if outcome.failure is not None:
                message = f"expected {outcome.failure.expected}, heard {outcome.failure.heard}"
                failure = ElementTree.SubElement(case, "failure", {"message": _xml_text(message)})
                failure.text = _xml_text("\n".join(failure_lines(outcome)))
        if result.problems:
            case = _case(suite, str(result.path), result.path.name, 0, 0.0)
            error = ElementTree.SubElement(case, "error", {"message": _xml_text(str(result.problems[0]))})
            error.text = _xml_text("\n".join(map(str, result.problems)))
    ElementTree.indent(top)
    return ElementTree.tostring(top, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, file: str, name: str, line: int, took_ms: float) -> ElementTree.Element:
    more = {"line": str(line)} if line else {}
    place = {"classname": _xml_text(file.removesuffix(".call.yaml").replace("/", ".")), "name": _xml_text(name)}
    return ElementTree.SubElement(
        suite, "testcase", {**place, "file": _xml_text(file), **more, "time": f"{took_ms / 1000:.3f}"}
    )


def _xml_text(text: str) -> str:
    return _NOT_XML.sub("�", text)


def _call(outcome: Outcome) -> dict[str, Any]:
    failure = outcome.failure
    return {
        "file": outcome.file,
        "line": outcome.line,
        "name": outcome.name,
        "flow": outcome.flow or "built-in",
        "passed": outcome.passed,
        "disposition": outcome.disposition,
        "duration_ms": outcome.duration_ms,
        "took_ms": round(outcome.took_ms, 3),
        "failure": None
        if failure is None
        else {
            "file": failure.place.file,
            "line": failure.place.line,
            "step": failure.step,
            "expected": failure.expected,
            "heard": failure.heard,
            "at": failure.at,
            "via": [shown(place) for place in failure.via],
            "transcript": list(failure_lines(outcome, whole=True)),
        },
    }


def _problem(problem: Any) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "what": problem.what, "remedy": problem.remedy}
