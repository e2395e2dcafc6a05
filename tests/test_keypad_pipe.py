"""Phoning from a pipe: what the lines mean, and that the same input gives the same call."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.agent_desk import AgentDesk
from ivr.errors import UsageError
from ivr.lines.pipe_input import Keys, PipeInput, Silence, Utterance
from ivr.lines.transcript import Transcript
from ivr.session.events import UtteranceHeard
from tests.phones import BALANCE, NUMBER, PASSWORD, TO_THE_BALANCE, piped


def doings(text: str | bytes) -> list[object]:
    return list(PipeInput(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def test_lines_of_keys_utterances_and_silence() -> None:
    assert doings('1 2\t3\n"查余额"\n~9s\n~500ms\n*#') == [
        Keys("123", begins_line=True),
        Utterance("查余额"),
        Silence(9_000),
        Silence(500),
        Keys("*#", begins_line=True),
    ]


def test_letters_of_an_id_number_and_full_width_keys() -> None:
    assert doings("１２x\n＃\nX") == [
        Keys("12*", begins_line=True),
        Keys("#", begins_line=True),
        Keys("*", begins_line=True),
    ]


def test_white_space_and_empty_lines_mean_nothing() -> None:
    assert doings("\n \n\t\r\n") == []


def test_what_is_no_key_is_left_out_and_counted() -> None:
    source = PipeInput(io.BytesIO(b"1a\x00\xff\xfe\x1b2\n"))
    assert list(source) == [Keys("12", begins_line=True)]
    assert source.left_out == 5


def test_a_silence_that_is_no_duration_is_named_with_its_line() -> None:
    with pytest.raises(UsageError, match=r"standard input:2: '~soon' is not a silence; write ~9s"):
        doings("1\n~soon\n")


def test_a_line_of_any_length_is_one_line() -> None:
    pieces = doings("1" * 100_000 + "\n2\n")
    assert [piece.begins_line for piece in pieces if isinstance(piece, Keys)].count(True) == 2
    assert sum(len(piece.keys) for piece in pieces if isinstance(piece, Keys)) == 100_001


def test_an_utterance_of_any_length_ends_with_its_line() -> None:
    spoken, after = doings(b'"' + "余".encode() * 50_000 + b"\n7\n")
    assert isinstance(spoken, Utterance)
    assert after == Keys("7", begins_line=True)


@given(st.binary(max_size=300))
def test_any_bytes_are_read(raw: bytes) -> None:
    try:
        read = doings(raw)
    except UsageError:
        return
    assert all(set(piece.keys) <= set("0123456789*#") for piece in read if isinstance(piece, Keys))


def test_the_reference_call_reads_the_balance() -> None:
    call, lines = piped(TO_THE_BALANCE)
    assert any(BALANCE in line for line in lines)
    assert call.disposition == "completed"


def test_no_secret_is_ever_written() -> None:
    _, lines = piped(TO_THE_BALANCE)
    assert not any(NUMBER in line or PASSWORD in line for line in lines)
    assert sum("•" * 18 in line for line in lines) == 1


def test_the_same_input_gives_the_same_transcript() -> None:
    assert piped(TO_THE_BALANCE)[1] == piped(TO_THE_BALANCE)[1]


def test_a_line_of_keys_waits_until_the_hotline_has_finished() -> None:
    call, _ = piped("1\n1\n")
    assert all(heard.whole for heard in call.heard if heard.prompt.prompt_id.endswith("offer"))


def test_keys_of_one_line_interrupt() -> None:
    call, _ = piped("11\n")
    offers = [heard for heard in call.heard if heard.prompt.prompt_id == "main.account.offer"]
    assert not offers or not offers[0].whole


def test_words_are_understood() -> None:
    call, _ = piped('"查一下余额\n')
    assert call.heard[-1].prompt.prompt_id == "verify.id-number"


def test_words_that_were_not_understood_are_dots() -> None:
    lines: list[str] = []
    Transcript(lines.append).watch(1_000, UtteranceHeard(""))
    assert lines == ["0:01.0  > “…”"]


def test_silence_is_met_with_a_no_input_prompt() -> None:
    call, _ = piped("~9s\n")
    assert any("no-input" in heard.prompt.prompt_id for heard in call.heard)


def test_an_empty_pipe_hears_the_menu_and_hangs_up() -> None:
    call, lines = piped("")
    assert call.disposition == "abandoned"
    assert call.heard[-1].whole
    assert lines[-1].endswith("-- abandoned")


def test_a_caller_who_wants_an_agent_stays_in_the_queue() -> None:
    call, _ = piped("0\n1\n", desk=AgentDesk("waiting"))
    assert call.disposition == "transferred"


def test_times_never_run_backwards() -> None:
    _, lines = piped("1111222233334444####****9999")
    times = [line.split()[0] for line in lines]
    seconds = [int(minutes) * 60 + float(rest) for minutes, _, rest in (time.partition(":") for time in times)]
    assert seconds == sorted(seconds)


@pytest.mark.parametrize("key", "0123456789*#")
def test_a_hundred_thousand_keys_end_with_the_call(key: str) -> None:
    call, _ = piped(key * 100_000)
    assert call.over


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*"0123456789*#", "\n", '\n"余额\n', "\n~3s\n", "\n~15s\n"]), max_size=40))
def test_every_piped_call_comes_to_an_end(pieces: list[str]) -> None:
    call, lines = piped("".join(pieces))
    assert call.over
    assert lines[-1].endswith(f"-- {call.disposition}")
