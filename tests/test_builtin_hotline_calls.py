"""The built-in 12333 hotline as callers hear it: synthetic people in the services, and the ways in between."""

from __future__ import annotations

from datetime import datetime

import pytest
from hotline_calls import EVERYBODY, phone, proof, the_hotline

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.agent_desk import AgentDesk, AgentState
from ivr.callflow.nodes import Say
from ivr.testing.virtual_call import VirtualCall

MONDAY = datetime.fromisoformat("2026-03-02T09:30")
SATURDAY = datetime.fromisoformat("2026-03-07T10:00")
WANG = proof("wang-balance")


# --- everybody, everywhere --------------------------------------------------------------------------------------------

PRIVATE = {
    "11": ("balance.", "account."),
    "15": ("insurance.",),
    "41": ("loss.",),
}


@pytest.mark.parametrize("keys", PRIVATE)
def test_every_person_gets_an_answer_from_every_service(keys: str) -> None:
    for handle, one in EVERYBODY.items():
        heard = phone(*keys, *proof(handle))
        assert heard.wrong == [], handle
        after = heard.prompts[heard.prompts.index("verify.password") + 1 :]
        if one.person.locked_until:
            assert after[0] == "trouble.locked", handle
        else:
            assert any(prompt.startswith(PRIVATE[keys]) for prompt in after), f"{handle} heard {after}"


@pytest.mark.parametrize(
    ("handle", "keys", "prompt", "said"),
    [
        ("wang-balance", "11", "balance.read", "一千二百三十四元五角六分"),
        ("you-two-yuan", "11", "balance.read", "余额为两元。"),
        ("zhu-zero-balance", "11", "balance.zero", "零元"),
        ("liu-frozen", "11", "balance.frozen", "冻结"),
        ("xu-resident", "11", "balance.none", "没有个人账户"),
        ("xu-resident", "11", "balance.covered", "不受影响"),
        ("jia-not-insured", "11", "balance.not-insured", "没有查到"),
        ("guo-terminated", "11", "balance.closed", "注销"),
        ("gao-suspended", "11", "balance.suspended", "补缴"),
        ("cui-several-rows", "15", "insurance.several", "三条"),
        ("kang-rows-none-active", "15", "insurance.several-none-active", "都不在"),
        ("xu-resident", "15", "insurance.resident", "居民"),
        ("zhao-retired", "15", "insurance.retired", "退休"),
        ("jia-not-insured", "15", "insurance.none", "没有查到"),
        ("ye-card-lost", "41", "loss.known", "挂失"),
        ("shen-no-card", "41", "loss.no-card", "没有"),
        ("ren-initial-password", "11", "verify.notice.initial-password", "初始密码"),
        ("wei-other-area", "11", "verify.notice.elsewhere", "参保地"),
        ("li-senior", "11", "verify.passed.senior", "按0"),
    ],
)
def test_each_circumstance_has_its_own_sentence(handle: str, keys: str, prompt: str, said: str) -> None:
    assert said in phone(*keys, *proof(handle)).text(prompt)


# --- one call ---------------------------------------------------------------------------------------------------------


def test_a_caller_proves_who_they_are_once() -> None:
    heard = phone("1", "1", *WANG, "2", "5", "1", "1")
    assert heard.prompts.count("verify.id-number") == 1
    assert heard.prompts.count("balance.read") == 2


def test_keys_typed_during_the_greeting_count() -> None:
    call = VirtualCall(the_hotline().new_call(), MemoryAccounts())
    call.answer()
    call.press("11" + "".join(WANG))
    call.run_until_quiet()
    assert [heard.prompt.prompt_id for heard in call.heard][-2:] == ["balance.read", "balance.next"]


def test_the_notice_of_recording_cannot_be_skipped() -> None:
    call = VirtualCall(the_hotline().new_call(), MemoryAccounts())
    call.answer()
    call.press("1")
    call.run_until_quiet()
    assert call.heard[1].at >= 4_000
    assert call.heard[1].prompt.prompt_id == "main.account.offer"


def test_three_wrong_passwords_end_the_check_and_lead_to_an_agent() -> None:
    wrong = [WANG[0], "000001"] * 3
    assert phone("1", "1", *wrong).prompts.count("verify.wrong") == 2
    prompts = phone("1", "1", *wrong).prompts
    assert prompts[prompts.index("trouble.refused") :][:2] == ["trouble.refused", "trouble.to-agent"]
    off_duty = phone("1", "1", *wrong, at=SATURDAY)
    assert off_duty.prompts[-2:] == ["trouble.refused", "goodbye.gave-up-off-duty"]
    assert off_duty.call.disposition == "gave-up"


def test_a_card_is_reported_lost_only_after_a_yes() -> None:
    cancelled = phone("4", "1", *WANG, "2")
    assert cancelled.prompts[-2:] == ["loss.cancelled", "main.card.offer"]
    reported = phone("4", "1", *WANG, "1")
    assert "二零二六年三月十七日" in reported.text("loss.deadline")
    assert "loss.known" in phone("4", "1", *WANG, "1", "1", "4", "1").prompts


def test_a_password_is_changed() -> None:
    old = WANG[1]
    assert "password.changed" in phone("4", "2", *WANG, old, "957214", "957214").prompts
    assert "password.too-simple" in phone("4", "2", *WANG, old, "123456", "123456").prompts
    assert "password.same" in phone("4", "2", *WANG, old, old, old).prompts
    assert "password.wrong-old" in phone("4", "2", *WANG, "957215", "957214", "957214").prompts


def test_a_new_password_is_typed_twice_alike() -> None:
    old, new = WANG[1], "957214"
    once_different = phone("4", "2", *WANG, old, new, "957215")
    assert once_different.prompts[-2:] == ["password.different", "password.new.again"]
    assert "password.changed" not in once_different.prompts
    assert "password.changed" in phone("4", "2", *WANG, old, new, "957215", new, new).prompts
    never_alike = phone("4", "2", *WANG, old, *[new, "957215"] * 4)
    assert never_alike.prompts.count("password.different") == 4
    assert never_alike.prompts[-2:] == ["password.unchanged", "main.card.offer"]


def test_a_message_is_kept_and_numbered() -> None:
    heard = phone("5", "请给我回电话", "#")
    assert heard.prompts[-3:] == ["message.kept", "message.call-back", "message.next"]
    assert "message.no-call-back" in phone("5", "请给我回电话", "#", number="").prompts
    assert phone("5", "#", "#", "#").prompts[-2:] == ["message.none", "goodbye.thanks"]


# --- agents -----------------------------------------------------------------------------------------------------------


def test_an_agent_answers_and_is_rated() -> None:
    heard = phone("0", "~90000", "1")
    assert heard.prompts[-3:] == ["agent.connecting", "survey.ask", "goodbye.thanks"]
    assert heard.call.disposition == "transferred"


def test_a_queue_says_how_long_and_may_be_left() -> None:
    heard = phone("0", agents="waiting")
    assert "三位" in heard.text("agent.offer")
    assert "四十五秒" in heard.text("agent.offer")
    assert phone("0", "1", "*", agents="waiting").prompts[-1] == "main.again"
    assert phone("0", "2", agents="waiting").prompts[-1] == "message.ask"


def test_a_full_queue_gives_way_in_the_end() -> None:
    assert phone("0", "1", "1", "1", "1", agents="full").prompts[-2:] == ["agent.give-way", "message.ask"]


def test_off_duty_zero_leads_to_a_message() -> None:
    assert phone("0", at=SATURDAY).prompts[-2:] == ["agent.closed", "message.ask"]


def test_nobody_is_offered_an_agent_who_is_not_there() -> None:
    senior = proof("li-senior")
    for steps in (
        [],
        ["1", "1", *senior],
        ["1", "2", *senior, "1"],
        ["2", "~9000", "~9000"],
        ["2", "8", "8"],
        ["帮助"],
    ):
        heard = phone(*steps, at=SATURDAY)
        assert not [one.prompt.text for one in heard.call.heard if "按0" in one.prompt.text], steps
        assert any("按0" in one.prompt.text for one in phone(*steps).call.heard), steps


@pytest.mark.parametrize("key", "10")
def test_a_key_pressed_in_the_queue_costs_no_place(key: str) -> None:
    def answered_at(*keys: str) -> int:
        call = VirtualCall(the_hotline().new_call(), MemoryAccounts(), AgentDesk("waiting"))
        call.answer()
        for waiting_keys in ("0", "1"):
            call.run_until_quiet()
            call.press(waiting_keys)
        call.wait(10_000)
        for pressed in keys:
            call.press(pressed)
        call.wait(120_000)
        return next(one.at for one in call.heard if one.prompt.prompt_id == "survey.ask")

    assert answered_at(key) == answered_at()


# --- silence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [MONDAY, SATURDAY])
@pytest.mark.parametrize("agents", ["free", "waiting", "full", "no-answer"])
def test_silence_ends_every_call_politely(at: datetime, agents: AgentState) -> None:
    for before in ([], ["1"], ["1", "1"], ["1", "1", *WANG], ["2", "1"], ["3"], ["4", "1", *WANG], ["5"], ["0"]):
        heard = phone(*before, "~800000", at=at, agents=agents)
        assert heard.call.over, before
        assert heard.prompts[-1].startswith(("goodbye.", "limit.goodbye")), before


def test_announcements_lead_back_to_where_the_caller_was() -> None:
    for node_id, node in the_hotline().flow.nodes.items():
        if node_id.startswith("main.channels.") and isinstance(node, Say):
            assert node.to == "main.channels"
