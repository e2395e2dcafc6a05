"""The model of a hotline knows every word that its callers may say, and pronounces it as they do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import UsageError
from ivr.hotlines import open_hotline
from ivr.mandarin.understanding import understand
from ivr.speech.alike import sounding_alike
from ivr.speech.grammar import grammar, words_of
from ivr.speech.graph_building import lexicon_for
from ivr.speech.phones import syllable_phones
from ivr.speech.pronouncing import MOST, Pronouncing, load_pronouncing
from ivr.speech.recogniser import Expectation
from ivr.speech.vocabulary import WHOLE, common_words, phrase_words, phrases_of, words_understood
from tests.small_documents import FLOW, PROMPTS, write_documents
from tests.untrained_model import hotline_with


def sounds(reading: str) -> tuple[str, ...]:
    return tuple(phone for syllable in reading.split() for phone in syllable_phones(syllable))


def test_a_recogniser_of_the_built_in_hotline_loses_no_phrase_answer_or_digit() -> None:
    hotline = open_hotline()
    lexicon, _ = lexicon_for(hotline, load_pronouncing())

    asked = grammar(Expectation(tuple(phrases_of(hotline)), digits=True, yes_no=True), lambda word: word in lexicon)

    assert asked.lost == ()
    assert {"余额", "是的", "不对", "重新输入", "井号", "一 幺", "艾克斯 零"} <= set(asked.sentences)


def test_phrases_are_found_wherever_a_document_offers_them() -> None:
    places = phrases_of(open_hotline())

    assert {"人工", "余额", "非常满意", "继续收听"} <= set(places)
    assert all(place.line > 0 for place in places.values())


@pytest.mark.parametrize("word", ["对的", "第三个", "按一", "幺", "一号键", "说错了"])
def test_what_the_core_understands_is_vocabulary(word: str) -> None:
    from ivr.mandarin.phrases import Offer

    offers = (Offer("a", ("甲",), "1"), Offer("c", ("乙",), "3"))

    assert word in words_understood()
    assert understand(word, offers, yes_no=True, digits=word in ("幺", "说错了")).meaning != "nothing"


def test_a_short_phrase_is_one_word_and_a_long_one_parts_between_words() -> None:
    assert phrase_words("查消费明细") == ("查消费明细",)
    assert phrase_words("我想查一下医保卡里还有多少钱") == ("我想查一下", "医保卡里", "还有多少钱")


@given(st.text("零一二三我想查医保余额的服务平台与", min_size=1, max_size=30))
def test_the_pieces_of_a_phrase_are_all_of_it(phrase: str) -> None:
    pieces = phrase_words(phrase)

    assert "".join(pieces) == phrase
    assert all(pieces)
    assert len(pieces) > 1 or len(phrase) <= WHOLE


def test_a_phrase_that_the_model_was_not_made_for_is_spelt_with_common_words(tmp_path: Path) -> None:
    lexicon, _ = lexicon_for(hotline_with(tmp_path, "再见"), load_pronouncing())

    assert words_of("我要交通工具", lambda word: word in lexicon) == ("我要", "交通", "工具")


@pytest.mark.parametrize(
    ("word", "readings"),
    [
        ("重听", ["chong ting"]),
        ("重量", ["zhong liang"]),
        ("再重复一遍", ["zai chong fu yi bian"]),
        ("不行", ["bu xing"]),
        ("银行", ["yin hang"]),
        ("还有", ["hai you"]),
        ("两", ["liang"]),
        ("绿", ["lv"]),
        ("那个", ["na ge", "nei ge"]),
        ("12", ["yi er", "yao er"]),
        ("OK", ["ou kei"]),
        ("艾克斯", ["ai ke si", "ei ke si"]),
    ],
)
def test_a_word_is_pronounced_as_callers_do(word: str, readings: list[str]) -> None:
    assert load_pronouncing().of(word) == tuple(map(sounds, readings))


def test_every_common_word_can_be_pronounced() -> None:
    pronouncing = load_pronouncing()

    assert len(common_words()) > 8_000
    assert all(pronouncing.of(word) for word in common_words())


def test_many_readings_do_not_multiply_without_end() -> None:
    assert len(Pronouncing({"一": ("yi", "yao")}).of("一" * 30)) == MOST


@pytest.mark.parametrize("word", ["", "é", "你ж", "…"])
def test_what_has_no_reading_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"can be said|is said"):
        load_pronouncing().of(word)


def test_a_users_own_reading_wins(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("长江: chang jiang\n行: [hang, xing]\n重听: zhong ting\n", "utf-8")

    pronouncing = load_pronouncing(own)

    assert pronouncing.of("行") == (sounds("hang"), sounds("xing"))
    assert pronouncing.of("重听") == (sounds("zhong ting"),)
    assert pronouncing.of("重复") == (sounds("chong fu"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("重听: chonk ting", "重听: 'chonk' is no pinyin syllable"),
        ("重听: []", "重听 has no reading"),
        ("重听: {a: b}", "重听 has no reading"),
        ("- 重听", "is no list of pronunciations"),
        ("a: [b", "cannot be read"),
    ],
)
def test_a_wrong_list_of_pronunciations_is_refused(tmp_path: Path, text: str, says: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(text, "utf-8")

    with pytest.raises(UsageError) as caught:
        load_pronouncing(own)

    assert str(own) in str(caught.value)
    assert says in str(caught.value)


def test_offers_that_sound_alike_and_lead_apart_are_told(tmp_path: Path) -> None:
    choices = (
        "bye: {key: 1, phrases: [交费, 缴费], to: goodbye}\n      other: {key: 2, phrases: [脚费, 再见], to: goodbye}"
    )
    flow = FLOW.replace("bye: {key: 1, phrases: [再见], to: goodbye}", choices)
    prompts = PROMPTS.replace("结束请按1。", "结束请按1，其他请按2。")
    hotline = open_hotline(write_documents(tmp_path, flow=flow, prompts=prompts))

    found = sounding_alike(hotline, load_pronouncing())

    assert [problem.what.split(",")[0] for problem in found] == ["'脚费' sounds like '交费'"]
    assert found[0].line == 13


def test_nothing_in_the_built_in_hotline_sounds_alike() -> None:
    assert sounding_alike(open_hotline(), load_pronouncing()) == ()
