"""Phrases on offer, names of keys, and what must never happen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.mandarin.understanding import Offer, Understanding, normalise, understand

MENU = (
    Offer("balance", ("余额", "卡里还有多少钱", "卡里剩多少", "医保余额查询", "我想查余额"), "1"),
    Offer("spending", ("消费明细", "刷了几次", "花了多少"), "2"),
    Offer("deposits", ("每月打多少钱", "这个月的钱到了没有"), "3"),
    Offer("mutual-aid", ("家庭共济", "给我妈绑上没"), "4"),
    Offer("agent", ("人工", "转人工", "人工服务", "找个人说话"), "0"),
    Offer("back", ("返回", "上一步"), "*"),
    Offer("repeat", ("再说一遍", "没听清", "Repeat!"), "9"),
    Offer("confirm", ("提交",), "#"),
)


def chosen(text: str, *, digits: bool = False) -> str:
    meant = understand(text, MENU, digits=digits)
    return meant.value if meant.meaning == "choice" else meant.meaning


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("我想查一下医保卡里还有多少钱", "balance"),
        ("卡里剩多少", "balance"),
        ("余额", "balance"),
        ("医保余额查询", "balance"),
        ("上个月刷了几次", "spending"),
        ("最近买药花了多少", "spending"),
        ("每月打多少钱", "deposits"),
        ("这个月的钱到了没有", "deposits"),
        ("给我妈绑上没", "mutual-aid"),
        ("转人工", "agent"),
        ("找个人说话", "agent"),
        ("没听清", "repeat"),
        ("上一步", "back"),
    ],
)
def test_what_callers_say(text: str, choice: str) -> None:
    assert chosen(text) == choice


@pytest.mark.parametrize(
    "text", ["余 额", "【余额】。", "余额！", "\u3000余额\n", "嗯，余额吧", "请帮我查一下我的余额，谢谢"]
)
def test_spaces_punctuation_and_courtesy_do_not_matter(text: str) -> None:
    assert chosen(text) == "balance"


def test_full_width_and_capital_letters_do_not_matter() -> None:
    assert chosen("ＲＥＰＥＡＴ") == "repeat"
    assert normalise(" Ｘ，１２③ *＃_\u200b") == "x123*#"


def test_courtesy_inside_a_phrase_does_not_matter() -> None:
    assert chosen("医保的余额查询") == "balance"
    assert understand("查一下余额", [Offer("a", ("查余额",))]).value == "a"
    assert understand("查余额", [Offer("a", ("我想查一下余额",))]).value == "a"


def test_an_exact_phrase_beats_a_contained_one() -> None:
    offers = (Offer("short", ("报销",)), Offer("long", ("怎么报销",)))
    assert understand("报销", offers).value == "short"
    assert understand("怎么报销", offers).value == "long"
    assert "whole utterance" in understand("怎么报销", offers).why


def test_the_longest_contained_phrase_wins() -> None:
    offers = (Offer("claim", ("报销",)), Offer("how", ("报销办法",)))
    assert understand("我要问报销办法行吗", offers).value == "how"
    assert understand("我要问报销行吗", offers).value == "claim"


def test_a_tie_between_two_offers_is_nothing_and_says_so() -> None:
    meant = understand("余额还是人工", MENU)
    assert meant == Understanding("nothing", why=meant.why)
    assert "ambiguous between balance, agent" in meant.why


def test_a_phrase_of_two_offers_is_nothing() -> None:
    meant = understand("查询", (Offer("a", ("查询",)), Offer("b", ("查询",))))
    assert meant.meaning == "nothing"
    assert "ambiguous between a, b" in meant.why


def test_two_phrases_of_one_offer_are_no_tie() -> None:
    assert understand("甲乙丙丁", (Offer("a", ("甲乙", "丙丁")),)).value == "a"


def test_a_phrase_of_one_character_counts_only_alone() -> None:
    offers = (Offer("a", ("退",)),)
    assert understand("退", offers).value == "a"
    assert understand("退休的事", offers).meaning == "nothing"


@pytest.mark.parametrize("text", ["", " ", "。。。", "嗯", "今天天气不错", "妈你吃饭了没有", "\x00\u200b"])
def test_silence_and_background_talk_are_nothing(text: str) -> None:
    assert chosen(text) == "nothing"


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("一", "balance"),
        ("1", "balance"),
        ("幺", "balance"),
        ("第一个", "balance"),
        ("按一", "balance"),
        ("选一", "balance"),
        ("一号键", "balance"),
        ("我选第二个吧", "spending"),
        ("两", "spending"),
        ("按一下三", "deposits"),
        ("那就按三号键", "deposits"),
        ("选第四项", "mutual-aid"),
        ("按零", "agent"),
        ("0", "agent"),
        ("洞", "agent"),
        ("星号", "back"),
        ("按星号键", "back"),
        ("＊", "back"),
        ("井号", "confirm"),
        ("#", "confirm"),
    ],
)
def test_naming_the_key_chooses_it(text: str, choice: str) -> None:
    assert chosen(text) == choice


@pytest.mark.parametrize(
    "text",
    [
        "按一下",
        "选一个",
        "第一次打电话",
        "按十二",
        "按12",
        "一二",
        "十一",
        "按一还是按二",
        "按八",
        "一月二号",
        "等一会",
    ],
)
def test_what_only_looks_like_the_name_of_a_key(text: str) -> None:
    assert chosen(text) == "nothing"


@pytest.mark.parametrize("text", ["不按一", "别按一", "不要选第一个"])
def test_a_refused_key_is_not_chosen(text: str) -> None:
    assert chosen(text) == "nothing"


def test_naming_a_key_while_digits_are_expected_needs_the_whole_utterance() -> None:
    assert chosen("零", digits=True) == "digits"
    assert chosen("按零", digits=True) == "agent"
    assert chosen("第一个", digits=True) == "balance"
    assert chosen("最后一位按零好像", digits=True) == "nothing"


def test_a_key_that_is_not_offered_is_explained() -> None:
    assert "key 8 is not on offer" in understand("按八", MENU).why


def test_a_command_wins_while_digits_are_expected() -> None:
    assert chosen("转人工", digits=True) == "agent"
    assert chosen("幺二三转人工", digits=True) == "agent"
    assert understand("一二三三三", [Offer("call", ("12333", "一二三三三"))], digits=True).value == "call"


def test_why_explains_the_choice() -> None:
    assert understand("看看余额", MENU).why == 'phrase "余额" in "看看余额"'
    assert understand("请查一下余额", MENU).why == 'the whole utterance is the phrase "查余额"'


@pytest.mark.parametrize(
    "text", ["990000199003070013转人工", "九九零零零零 幺九九零 零三零七 零零幺三 人工", "990000199003070013是什么"]
)
@pytest.mark.parametrize("digits", [True, False])
def test_why_never_shows_a_personal_number(text: str, digits: bool) -> None:
    why = understand(text, MENU, digits=digits).why
    assert "9900" not in why
    assert "九九" not in why
    assert "*****" in why


@given(st.text(max_size=60), st.booleans(), st.booleans())
@settings(max_examples=300)
def test_no_text_raises(text: str, yes_no: bool, digits: bool) -> None:
    understand(text, MENU, yes_no=yes_no, digits=digits)


ALPHABET = "余额人工转不要是对没别有按选第一二三个号零叉再来重新错了，。 我想查请吗|*#x9"


@given(st.text(ALPHABET, max_size=30), st.booleans(), st.booleans())
@settings(max_examples=500)
def test_every_meaning_is_well_formed(text: str, yes_no: bool, digits: bool) -> None:
    meant = understand(text, MENU, yes_no=yes_no, digits=digits)
    assert meant.why
    assert (meant.meaning == "choice") == (meant.value in {offer.id for offer in MENU})
    assert (meant.meaning == "digits") == (meant.edit != "")
    assert yes_no or meant.meaning not in ("yes", "no")
    assert digits or meant.meaning != "digits"
    assert meant == understand(text, list(MENU), yes_no=yes_no, digits=digits)


@given(st.text(ALPHABET, max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(ALPHABET.replace("|", ""), max_size=20))
def test_spaces_between_words_change_nothing(text: str) -> None:
    plain = text.replace(" ", "")
    assert understand(" ".join(plain), MENU).value == understand(plain, MENU).value


@given(st.permutations(MENU), st.text(ALPHABET, max_size=20))
def test_the_order_of_the_offers_does_not_matter(offers: list[Offer], text: str) -> None:
    assert understand(text, offers).value == understand(text, MENU).value


@pytest.mark.parametrize("unit", ["不余额", "余", "按一", "不对", "一个", "幺", "人工不要", "是的", "\x00", "不是要"])
def test_a_very_long_text_is_understood_in_linear_time(unit: str) -> None:
    understand(unit * (100_000 // len(unit)), MENU, yes_no=True, digits=True)  # quadratic would take minutes
