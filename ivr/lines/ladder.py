"""A call as a ladder: the caller's doings on the left, the hotline's on the right, time running down.

0:21.7  1 -->             main
                          <-- 查余额请按1，……
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivr.lines.printable import neutralise, width, wrap
from ivr.lines.transcript import clock
from ivr.session.call_log import Json, LogEntry

_LEFT = 24
_INDENT = 9


def ladder(entries: Iterable[LogEntry], columns: int = 100, *, ids: bool = False) -> Iterator[str]:
    """Lines of at most ``columns`` (at least 60); keys that follow each other share one. ``ids``: of prompts too."""
    room = max(columns, 60) - _INDENT - _LEFT - 5
    for at, left, right in _together(entries, ids=ids):
        rows = wrap(neutralise(right), room) if right else [""]
        yield f"{clock(at):>7}  {left}{' ' * max(_LEFT - width(left), 0)} {rows[0]}".rstrip()
        for row in rows[1:]:
            yield f"{' ' * (_INDENT + _LEFT + 5)}{row}"


def _together(entries: Iterable[LogEntry], *, ids: bool) -> Iterator[tuple[int, str, str]]:
    keys, keys_at = "", 0
    for entry in entries:
        if entry.event == "key-pressed" and not entry.data.get("ahead"):
            keys_at = entry.at if not keys else keys_at
            keys += neutralise(str(entry.data.get("key", "")))
            continue
        left, right = _rung(entry)
        if ids and entry.event == "play-prompt":
            right = f"<-- {entry.data.get('prompt')}  {entry.data.get('text')}"
        if not left and not right:
            continue
        if keys:
            yield keys_at, f"{keys} -->", ""
            keys = ""
        yield entry.at, neutralise(left), right
    if keys:
        yield keys_at, f"{keys} -->", ""


def _rung(entry: LogEntry) -> tuple[str, str]:
    data = entry.data
    match entry.event:
        case "call-answered":
            return "phones -->", f"{data.get('flow')} at {data.get('local_time')}, profile {data.get('profile')}"
        case "key-pressed":
            return f"{data.get('key')} -->", "(typed ahead)"
        case "utterance-heard":
            return f"“{_short(data.get('text'))}” -->", f"confidence {data.get('confidence')}"
        case "caller-hung-up":
            return "hangs up -->", ""
        case "play-prompt":
            return "", f"<-- {data.get('text')}"
        case "stop-prompt":
            return "", f"<-- (interrupted after {_seconds(data.get('heard_ms'))})"
        case "node-entered":
            return "", f"[{data.get('node')}]"
        case "no-input" | "no-match" | "error":
            return "", f"! {entry.event} {data.get('count', data.get('reason', ''))}"
        case "look-up":
            return "", f"? {data.get('query')}"
        case "lookup-failed" | "lookup-refused":
            return "", f"! {entry.event}: {data.get('reason')}"
        case "collected":
            return "", f"= {data.get('digits')} digits, {data.get('reason')}"
        case "transfer-call":
            return "", f"=> {data.get('queue')}"
        case "agent-answered" | "profile-changed" | "message-recorded" | "line-failed" | "call-limit":
            return "", f"* {entry.event}"
        case "transfer-ended":
            return "", f"* transfer ended: {data.get('reason')}"
        case "rated":
            return "", f"* rated {data.get('rating')}"
        case "call-ended":
            return "", f"-- {data.get('disposition')}"
    return "", ""


def _short(text: Json) -> str:
    shown = str(text)
    return shown if len(shown) <= 8 else f"{shown[:7]}…"


def _seconds(ms: Json) -> str:
    return f"{ms / 1_000:.1f} s" if isinstance(ms, int) else "a while"
