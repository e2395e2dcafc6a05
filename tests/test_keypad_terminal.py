"""``ivr call`` on a real terminal: single keys, narrow and dumb windows, and every way to be interrupted."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

from tests.phones import BALANCE, NUMBER, PASSWORD
from tests.terminal import Terminal

CALL = ("call", "--pace", "instant", "--at", "2026-03-02T09:30", "--database", "memory")


def records(data: Path) -> list[dict[str, object]]:
    """The last line of every journal that was closed."""
    lines = [path.read_text("utf-8").splitlines()[-1] for path in (data / "calls").iterdir()]
    return [json.loads(line)["record"] for line in lines]


def phone_for_the_balance(terminal: Terminal) -> None:
    for until, keys in (
        ("留言请按5。", "1"),
        ("返回请按星号键。", "1"),
        ("用星号键代替。", NUMBER),
        ("六位查询密码。", PASSWORD),
    ):
        terminal.expect(until)
        terminal.type(keys)
    terminal.expect(BALANCE)


@pytest.mark.parametrize("options", [(), ("--no-status",), ("--plain",)])
def test_a_call_with_single_keys(options: tuple[str, ...], tmp_path: Path) -> None:
    with Terminal(*CALL, *options, data=tmp_path) as terminal:
        phone_for_the_balance(terminal)
        terminal.type("\x03")
        assert terminal.ended() == 0
    assert NUMBER not in terminal.text
    assert PASSWORD not in terminal.text
    assert ("[0:0" in terminal.written) is (not options)
    assert ("\x1b" in terminal.written) is (options != ("--plain",))
    assert [record["disposition"] for record in records(tmp_path)] == ["completed"]


@pytest.mark.parametrize("options", [(), ("--no-status",), ("--plain",)])
def test_the_keys_are_told_once_before_the_hotline_speaks(options: tuple[str, ...], tmp_path: Path) -> None:
    with Terminal(*CALL, *options, data=tmp_path) as terminal:
        terminal.expect("留言请按5。")
        terminal.type("\x03")
        terminal.ended()
    hint = "(keys 0-9 * #; t and words; Ctrl-C: hang up)"
    assert terminal.text.count(hint) == 1
    assert terminal.text.index(hint) < terminal.text.index("您好")


def test_a_window_of_40_columns(tmp_path: Path) -> None:
    with Terminal(*CALL, "--no-status", data=tmp_path, columns=40) as terminal:
        terminal.expect("留言请按5。")
        terminal.type("\x04")
        assert terminal.ended() == 3
    assert "人员和\r\r\n" in terminal.written  # broken by us, one column short of the window


def test_a_dumb_terminal_gets_plain_lines(tmp_path: Path) -> None:
    with Terminal(*CALL, data=tmp_path, env={"TERM": "dumb"}) as terminal:
        terminal.expect("留言请按5。")
        terminal.type("\x03")
        assert terminal.ended() == 3
    assert "\x1b" not in terminal.written


def test_no_colour_where_none_is_wanted(tmp_path: Path) -> None:
    with Terminal(*CALL, data=tmp_path, env={"NO_COLOR": "1"}) as terminal:
        terminal.expect("留言请按5。")
        terminal.type("7")
        terminal.expect("> 7")
        terminal.type("\x03")
        terminal.ended()
    assert "m" not in terminal.written.split("> 7")[0].replace("main", "")[-40:]


def test_prompts_appear_at_the_pace_of_speech_and_keys_interrupt_them(tmp_path: Path) -> None:
    with Terminal("call", "--database", "memory", "--at", "2026-03-02T09:30", data=tmp_path) as terminal:
        terminal.expect("您好，")
        assert "人工服务请按0" not in terminal.text
        terminal.expect("一二三三三")
        terminal.type("\x03")
        assert terminal.ended() == 3


def test_what_the_caller_would_say_is_typed(tmp_path: Path) -> None:
    with Terminal(*CALL, data=tmp_path) as terminal:
        terminal.expect("留言请按5。")
        terminal.type("t查一下余个\x7f额\n")
        terminal.expect("> “查一下余额”")
        terminal.expect("请输入身份证号码")
        terminal.type("\x03")
        terminal.ended()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_hang_up_and_leave_a_whole_record(number: signal.Signals, tmp_path: Path) -> None:
    with Terminal(*CALL, data=tmp_path) as terminal:
        terminal.expect("留言请按5。")
        os.kill(terminal.process.pid, number)
        assert terminal.ended() == 3
    assert "Traceback" not in terminal.text
    assert "(call over: abandoned)" in terminal.text
    assert [record["disposition"] for record in records(tmp_path)] == ["abandoned"]


def test_closing_the_window_hangs_up(tmp_path: Path) -> None:
    with Terminal(*CALL, data=tmp_path) as terminal:
        terminal.expect("留言请按5。")
        terminal.leave()
        assert terminal.ended() == 3
    assert [record["disposition"] for record in records(tmp_path)] == ["abandoned"]


def test_the_terminal_is_left_as_it_was(tmp_path: Path) -> None:
    import termios

    with Terminal(*CALL, data=tmp_path) as terminal:
        before = termios.tcgetattr(terminal.slave)
        terminal.expect("留言请按5。")
        assert termios.tcgetattr(terminal.slave)[3] != before[3]
        terminal.type("\x03")
        terminal.ended()
        assert termios.tcgetattr(terminal.slave)[3] == before[3]


def test_wild_input_is_survived(tmp_path: Path) -> None:
    with Terminal(*CALL, data=tmp_path) as terminal:
        terminal.expect("留言请按5。")
        terminal.type("\x1b[A\x1b[31m\x00\x1b]0;title\x07\x1bOP" + "*" * 300)
        terminal.type("?")
        terminal.expect("and Enter: say something")
        terminal.type("\x03")
        terminal.ended()
    assert "Traceback" not in terminal.text


def test_json_instead_of_words(tmp_path: Path) -> None:
    with Terminal(*CALL, "--json", data=tmp_path) as terminal:
        terminal.expect('"prompt":"main.offer"')
        terminal.type("\x03")
        terminal.expect('"event":"call-ended"')
        terminal.ended()
    lines = [json.loads(line) for line in terminal.written.splitlines() if line.strip()]
    assert lines[0]["event"] == "call-answered"
