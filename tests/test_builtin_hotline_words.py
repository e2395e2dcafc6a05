"""What the built-in 12333 hotline understands, and how its own sentences are worded."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hotline_calls import the_hotline

from ivr.callflow.edges import commands_at
from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import Choice, EntryField, Menu, Transfer
from ivr.mandarin.understanding import Offer, understand


@pytest.fixture(scope="module")
def hotline() -> Hotline:
    return the_hotline().hotline


def test_everything_can_be_said_instead_of_pressed(hotline: Hotline) -> None:
    for node_id, node in hotline.flow.nodes.items():
        for name, choice in node.choices.items() if isinstance(node, Menu | Transfer) else ():
            assert choice.phrases, f"{node_id}.{name}"


# --- what callers say -------------------------------------------------------------------------------------------------

SPOKEN_AT_MAIN = {
    "我想查一下医保卡里还有多少钱": "main.balance",
    "卡里剩多少": "main.balance",
    "余额": "main.balance",
    "医保余额查询": "main.balance",
    "查消费明细": "main.spending",
    "上个月刷了几次": "main.spending",
    "最近买药花了多少": "main.spending",
    "每月打多少钱": "main.deposits",
    "这个月的钱到了没有": "main.deposits",
    "家庭共济": "main.mutual-aid",
    "给我妈绑上没": "main.mutual-aid",
    "报销到哪一步了": "main.claim-status",
    "怎么报销": "main.how",
    "卡里的钱能取出来吗": "main.withdrawal",
    "我的社保卡丢了": "main.loss",
    "我想改密码": "main.password",
    "转人工": "command.agent",
    "人工服务": "command.agent",
    "找个人说话": "command.agent",
    "返回": "command.back",
    "上一步": "command.back",
    "回主菜单": "command.main-menu",
    "再说一遍": "command.repeat",
    "没听清": "command.repeat",
    "慢一点": "command.slower",
    "挂了": "command.exit",
    "再见": "command.exit",
    "帮助": "command.help",
}


def offers_at(hotline: Hotline, node_id: str) -> tuple[Offer, ...]:
    node = hotline.flow.nodes[node_id]
    own: Mapping[str, Choice] = node.choices if isinstance(node, Menu | Transfer) else {}
    return (
        *(Offer(f"{node_id}.{name}", tuple(choice.phrases), choice.key or "") for name, choice in own.items()),
        *(
            Offer(f"command.{name}", tuple(command.phrases), command.key or "")
            for name, command in commands_at(hotline.flow, node_id).items()
        ),
    )


@pytest.mark.parametrize(("text", "meant"), SPOKEN_AT_MAIN.items())
def test_the_main_menu_understands_what_callers_say(hotline: Hotline, text: str, meant: str) -> None:
    assert understand(text, offers_at(hotline, "main")).value == meant


@pytest.mark.parametrize("text", ["不是余额", "不要人工", "今天天气不错"])
def test_the_main_menu_does_not_take_what_is_not_meant(hotline: Hotline, text: str) -> None:
    assert understand(text, offers_at(hotline, "main")).meaning != "choice"


def test_every_phrase_means_the_offer_it_is_written_for(hotline: Hotline) -> None:
    for node_id, node in hotline.flow.nodes.items():
        if isinstance(node, Menu | Transfer | EntryField):
            offers = offers_at(hotline, node_id)
            for offer in offers:
                for phrase in offer.phrases:
                    assert understand(phrase, offers).value == offer.id, f"{node_id}: {phrase}"


# --- how it is worded -------------------------------------------------------------------------------------------------


def words_of(text: str) -> str:
    """The text as it is heard, without what is filled in."""
    return re.sub(r"\{[^}]*\}", "", text)


def test_arabic_digits_are_keys_and_nothing_else(hotline: Hotline) -> None:
    for prompt_id, prompt in hotline.prompts.items():
        assert not re.search(r"(?<!按)[0-9]", words_of(prompt.text)), prompt_id
        assert not re.search(r"[0-9]{2}", words_of(prompt.text)), prompt_id


def test_nothing_is_written_that_a_voice_cannot_say(hotline: Hotline) -> None:
    for prompt_id, prompt in hotline.prompts.items():
        assert re.fullmatch(r"[\u4e00-\u9fff0-9X，。、；：？“”]+", words_of(prompt.text)), prompt_id
        # the head of a line goes on in the next prompt
        assert prompt.text[-1] in ("，" if prompt_id in ("aid.line", "aid.line.received") else "。？"), prompt_id


def test_callers_are_addressed_with_respect(hotline: Hotline) -> None:
    for prompt_id, prompt in hotline.prompts.items():
        assert "你" not in prompt.text, prompt_id


def test_mutual_aid_is_never_heard_as_a_total(hotline: Hotline) -> None:
    """共济 alone sounds exactly like 共计, "in total"."""
    for prompt_id, prompt in hotline.prompts.items():
        assert "共济" not in prompt.text.replace("家庭共济", ""), prompt_id


def test_rules_that_differ_by_place_say_so(hotline: Hotline) -> None:
    for topic in ("claims.how.", "claims.papers.", "claims.limits.", "claims.withdrawal.", "channels.mutual-aid."):
        text = "".join(prompt.text for prompt_id, prompt in hotline.prompts.items() if prompt_id.startswith(topic))
        assert "以参保地规定为准" in text, topic


@pytest.mark.parametrize("claim", ["七十四种", "七天", "自动退", "押金"])
def test_what_is_not_certain_is_not_said(hotline: Hotline, claim: str) -> None:
    assert not [prompt_id for prompt_id, prompt in hotline.prompts.items() if claim in prompt.text]


def test_the_greeting_says_that_everything_is_synthetic(hotline: Hotline) -> None:
    for prompt_id in ("greeting.welcome", "greeting.off-duty"):
        text = hotline.prompts[prompt_id].text
        assert "模拟" in text
        assert "虚构" in text
        assert "录音" in text[:20]
