"""What a crowd's tally says, as data for programs and as a table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ivr.callflow.hotline import Hotline
from ivr.testing.crowd import BIN_MS, Tally

OUTCOMES = ("served", "agent", "abandoned", "turned-away", "defect")
_MEANING = {
    "served": "got what they phoned for",
    "agent": "talked to an agent instead",
    "abandoned": "hung up before",
    "turned-away": "the hotline ended the call",
    "defect": "found a defect",
}
_LOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class CrowdReport:
    """``scripts``: by caller, the file in which their defect is written down."""

    hotline: Hotline
    tally: Tally
    seed: str
    seconds: float  # of real time
    interrupted: bool
    scripts: dict[int, str]

    def to_dict(self) -> dict[str, object]:
        tally = self.tally
        titles = self.hotline.flow.services
        return {
            "hotline": self.hotline.flow.hotline,
            "seed": self.seed,
            "callers": tally.callers,
            "interrupted": self.interrupted,
            "outcomes": {name: tally.outcomes[name] for name in OUTCOMES},
            "personas": _by_first(tally.personas),
            "goals": {goal: {"title": titles.get(goal, ""), **row} for goal, row in _by_first(tally.goals).items()},
            "time_to_service_ms": {f"p{share}": percentile(tally.served_at, share) for share in (10, 50, 90, 99)},
            "time_to_leaving_ms": {f"p{share}": percentile(tally.left_at, share) for share in (10, 50, 90, 99)},
            "came_by": dict(sorted(tally.came_by.items())),
            "lost": dict(sorted(tally.lost.items())),
            "failures": tally.failures,
            "virtual_ms": tally.virtual_ms,
            "defects": [
                {"caller": one.caller, "what": one.what, "script": self.scripts.get(one.caller)}
                for one in tally.defects
            ],
        }

    def lines(self) -> Iterator[str]:
        tally = self.tally
        if not tally.callers:
            yield "nobody phoned" + ("; interrupted, the rest did not phone" if self.interrupted else "")
            return
        cut = "; interrupted, the rest did not phone" if self.interrupted else ""
        speed = tally.callers / self.seconds if self.seconds else 0.0
        hours = tally.virtual_ms / 3_600_000
        took = f"{self.seconds:.1f} s ({speed:,.0f} a second)"
        yield f"{tally.callers:,} callers, {hours:,.0f} hours of calls, in {took}{cut}"
        for name in OUTCOMES:
            if tally.outcomes[name]:
                yield f"  {name:<12}{_percent(tally.outcomes[name], tally.callers)}  {_MEANING[name]}"
        yield ""
        yield "time to service: " + _times(tally.served_at)
        yield "time to leaving: " + _times(tally.left_at)
        yield ""
        yield from self._table("persona", tally.personas, {})
        yield ""
        yield from self._table("goal", tally.goals, self.hotline.flow.services)
        yield ""
        yield "where unserved callers were last, and how many of those who came by:"
        for node, count in sorted(tally.lost.items(), key=lambda one: (-one[1], one[0]))[:_LOST_SHOWN]:
            place = self.hotline.place("nodes", node)
            yield f"  {node:<32}{count:>8,}  {_percent(count, tally.came_by[node])}  {place.file}:{place.line}"
        for defect in tally.defects:
            script = self.scripts.get(defect.caller)
            yield f"DEFECT  caller {defect.caller}: {defect.what}" + (f"; see {script}" if script else "")

    def _table(self, head: str, counted: Counter[tuple[str, str]], titles: dict[str, str]) -> Iterator[str]:
        shown = [name for name in OUTCOMES if self.tally.outcomes[name]]
        yield f"{head:<28}{'callers':>9}" + "".join(f"{name:>13}" for name in shown)
        for name, row in _by_first(counted).items():
            total = sum(row.values())
            cells = "".join(f"{_percent(row.get(outcome, 0), total):>13}" for outcome in shown)
            yield f"{name:<28}{total:>9,}{cells}  {titles.get(name, '')}".rstrip()


def percentile(counted: Counter[int], share: int) -> int | None:
    """The upper end, in ms, of the bin under which that share (in percent) lies; None when nothing was counted."""
    due = -(-sum(counted.values()) * share // 100)
    seen = 0
    for number in sorted(counted):
        seen += counted[number]
        if seen >= due:
            return (number + 1) * BIN_MS
    return None


def _times(counted: Counter[int]) -> str:
    if not counted:
        return "nobody"
    parts = ((share, percentile(counted, share) or 0) for share in (10, 50, 90, 99))
    return ", ".join(f"{share} % within {ms / 1_000:.0f} s" for share, ms in parts)


def _percent(count: int, total: int) -> str:
    return f"{100 * count / total:5.1f} %" if total else "      -"


def _by_first(counted: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    rows: dict[str, dict[str, int]] = {}
    for (name, outcome), count in sorted(counted.items()):
        rows.setdefault(name, {})[outcome] = count
    return rows
