"""Call scripts as pytest tests, and a hotline to phone from Python tests.

Files named ``*.call.yaml`` are collected, one test for each call. The fixture ``hotline`` phones from Python; see
``phone_call``. The hotline is the one that ``--ivr-flow`` or the ini option ``ivr_flow`` names, else the one that a
script names, else the built-in one.

pytest imports this module wherever the package is installed, so nothing of the simulator is imported before the first
script is found or the fixture is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ivr.testing.phone_call import Phone
    from ivr.testing.script_loading import CallScript
    from ivr.testing.script_runner import Outcome
    from ivr.testing.suite import Suite

_SUFFIX = ".call.yaml"
_SUITE = pytest.StashKey["Suite"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ivr", "hotline calls")
    group.addoption("--ivr-flow", metavar="FLOW", help="the hotline that call scripts and the fixture 'hotline' phone")
    parser.addini("ivr_flow", "the hotline to phone, relative to this file; see --ivr-flow", default="")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.name.endswith(_SUFFIX):
        return ScriptFile.from_parent(parent, path=file_path)
    return None


class ScriptFile(pytest.File):
    """One script file; a broken one is a collection error with all its problems."""

    def collect(self) -> Iterator[pytest.Item]:
        from ivr.errors import DocumentError

        try:
            scripts = _suite(self.config).load(_shown_path(self.path))
        except DocumentError as error:
            raise self.CollectError(str(error)) from None
        for script in scripts:
            yield ScriptItem.from_parent(self, name=script.name, script=script)


class ScriptItem(pytest.Item):
    """One call of a script."""

    def __init__(self, *, script: CallScript, **more: Any) -> None:
        super().__init__(**more)
        self.script = script

    def runtest(self) -> None:
        outcome = _suite(self.config).run_script(self.script)
        if not outcome.passed:
            raise ScriptFailed(outcome)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from ivr.errors import IvrError
        from ivr.testing.report_text import failure_lines

        if isinstance(excinfo.value, ScriptFailed):
            # the first line is what pytest's summary shows
            return "\n".join([str(excinfo.value), *failure_lines(excinfo.value.outcome, whole=True)])
        if isinstance(excinfo.value, IvrError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.script.place.line - 1, self.name


class ScriptFailed(Exception):  # noqa: N818 - a call fails; it is no error of the program
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        failure = outcome.failure
        super().__init__(f"expected {failure.expected}, heard {failure.heard}" if failure else "")


@pytest.fixture(scope="session")
def hotline(request: pytest.FixtureRequest) -> Phone:
    """A hotline to phone: ``hotline.call().hears("main.offer").press("1")``."""
    from ivr.testing.phone_call import Phone

    hotlines = _suite(request.config).hotlines
    return Phone(hotlines.exchange(_chosen_flow(request.config) or ""))


def _suite(config: pytest.Config) -> Suite:
    """One for the whole test session, so that each hotline is opened once."""
    suite = config.stash.get(_SUITE, None)
    if suite is None:
        from ivr.testing.suite import Suite

        suite = config.stash[_SUITE] = Suite(_chosen_flow(config))
    return suite


def _chosen_flow(config: pytest.Config) -> str | None:
    flow = config.getoption("--ivr-flow")
    if flow:
        return str(flow)
    named = config.getini("ivr_flow")
    if not named:
        return None
    base = config.inipath.parent if config.inipath is not None else config.rootpath
    return str(base / named)


def _shown_path(path: Path) -> Path:
    """Relative to where pytest was started, as people type it."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path
