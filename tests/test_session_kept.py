"""What must not be lost, and what must not be kept."""

from __future__ import annotations

from datetime import datetime

from hotline_calls import the_hotline

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.repository import Facts, Question
from ivr.session.actions import LookUp
from ivr.session.call_log import LogEntry, masked_text
from ivr.session.events import LookupFailed
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME, VirtualCall


def test_a_message_that_is_being_left_when_the_call_reaches_its_limit_is_kept() -> None:
    log: list[LogEntry] = []
    accounts = MemoryAccounts()
    exchange = the_hotline()
    call = VirtualCall(exchange.new_call(log.append), accounts, local_time=DEFAULT_LOCAL_TIME)
    call.answer()
    call.run_until_quiet()
    while call.now < exchange.flow.call_limit.longest - 50_000:  # listening again and again
        call.press("9")
        call.run_until_quiet()
    call.press("5")
    call.wait(8_000)  # the question and the tone
    while not call.over:
        call.say("请给我回个电话")
        call.wait(2_000)
    assert "message-recorded" in [entry.event for entry in log]
    assert len(accounts.messages) == 1


def test_a_number_said_in_groups_of_equal_digits_is_masked() -> None:
    assert "990000" not in masked_text("990000199003三个零13")
    assert "13800001" not in masked_text("我的电话是13800001三个四")


class Broken:
    def answer(self, question: Question) -> Facts:
        raise ZeroDivisionError(question.name)


def test_a_backend_that_breaks_its_promise_is_a_failed_lookup() -> None:
    from ivr.agent_desk import AgentDesk
    from ivr.lookups import Lookups

    lookups = Lookups(Broken(), AgentDesk("free"), datetime(2026, 3, 2, 9, 30))
    assert lookups.answer(LookUp(7, "balance", {}), 0) == LookupFailed(7, "backend-broke-zerodivisionerror")
