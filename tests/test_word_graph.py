"""A model's graph accepts every pronunciation of every word, and nothing else; any hotline can have one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import DocumentError
from ivr.hotlines import open_hotline
from ivr.speech.graph_building import build_graph, lexicon_for
from ivr.speech.openfst import EPSILON, Fst
from ivr.speech.phones import (
    BASE_PHONES,
    PAUSE_ID,
    leaving_transition,
    phone_names,
    staying_transition,
    word_phone_ids,
)
from ivr.speech.pronouncing import load_pronouncing
from ivr.speech.word_graph import GraphCosts, flower, write_graph
from tests.untrained_model import hotline_with, make_untrained_model

HEART = 1
SOUNDS = st.sampled_from(BASE_PHONES[1:-1])
LEXICONS = st.dictionaries(
    st.text("一二三四五", min_size=1, max_size=3),
    st.lists(st.lists(SOUNDS, min_size=1, max_size=5).map(tuple), min_size=1, max_size=3, unique=True).map(tuple),
    min_size=1,
    max_size=8,
)


def words_through(fst: Fst) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Every word with the phone ids on its way, from the heart to the end of a word; pauses are left out."""
    for petal in fst.arcs[HEART]:
        waiting = [(petal.target, (petal.input // 2,))]
        while waiting:
            state, phones = waiting.pop()
            for arc in fst.arcs[state]:
                if arc.target == state:
                    assert arc.input == 2 * phones[-1] - 1  # one more frame of the same phone
                elif arc.input == EPSILON:
                    yield petal.output, phones
                elif arc.input != leaving_transition(PAUSE_ID):
                    waiting.append((arc.target, (*phones, arc.input // 2)))


@given(LEXICONS)
def test_every_pronunciation_is_a_way_and_every_way_a_pronunciation(
    lexicon: dict[str, tuple[tuple[str, ...], ...]],
) -> None:
    numbers = {word: number for number, word in enumerate(("[unk]", *sorted(lexicon)), start=1)}

    ways = sorted(words_through(flower(lexicon, numbers, GraphCosts())))

    meant = [(numbers[word], word_phone_ids(phones)) for word, several in lexicon.items() for phones in several]
    assert ways == sorted([*meant, (1, word_phone_ids(("GBG",)))])


def test_a_word_may_have_a_pause_after_each_syllable_but_the_last_and_nowhere_else() -> None:
    lexicon = {"余额": (("y", "v", "0", "e"),), "一": (("y", "i"),)}
    fst = flower(lexicon, {"余额": 1, "一": 2, "[unk]": 3}, GraphCosts(pause=1.5))
    names = ("<eps>", *phone_names())

    paused = [
        (names[before.input // 2], pause.cost, names[after.input // 2])
        for arcs in fst.arcs
        for before in arcs
        for pause in fst.arcs[before.target]
        if before.input % 2 == 0 and pause.input == leaving_transition(PAUSE_ID)  # not its loop
        for after in fst.arcs[pause.target]
        if after.input != staying_transition(PAUSE_ID)
    ]

    assert set(paused) == {("v_I", 1.5, "0_I")}


def test_every_phrase_of_the_built_in_hotline_can_be_pronounced() -> None:
    lexicon, usual = lexicon_for(open_hotline(), load_pronouncing())

    assert {"余额", "人工", "零", "幺", "艾克斯", "是的", "不对", "重听", "按一"} <= usual <= set(lexicon)
    assert all(several and all(several) for several in lexicon.values())


def test_a_phrase_that_cannot_be_pronounced_is_reported_with_its_place(tmp_path: Path) -> None:
    hotline = hotline_with(tmp_path / "hotline", "查余额", "你好é", "ж")

    with pytest.raises(DocumentError) as caught:
        build_graph(hotline, load_pronouncing(), tmp_path / "graph", GraphCosts())

    assert [problem.line for problem in caught.value.problems] == [12, 12]
    assert "'ж'" in str(caught.value)
    assert "--pronunciations" in str(caught.value)
    assert not (tmp_path / "graph").exists()


def test_vosk_reads_the_graph_and_knows_its_words(tmp_path: Path) -> None:
    import vosk

    model = vosk.Model(str(make_untrained_model(tmp_path / "model", "查余额", "听广播")))

    assert all(model.vosk_model_find_word(word) > 0 for word in ("查余额", "听广播", "零", "幺", "不对", "[unk]"))
    assert model.vosk_model_find_word("开天窗") < 0
    for grammar in (["零 一", "一 零", "查余额", "[unk]"], ["听广播"]):
        recogniser = vosk.KaldiRecognizer(model, 16000, json.dumps(grammar, ensure_ascii=False))
        recogniser.AcceptWaveform(bytes(32000))
        heard = json.loads(recogniser.FinalResult())["text"].split()
        assert set(heard) <= {word for phrase in grammar for word in phrase.split()}


def test_costs_lie_beside_the_graph_and_hold_for_the_next_one(tmp_path: Path) -> None:
    costs = GraphCosts(word=-1.5, unknown=0.25)
    write_graph(tmp_path / "graph", {"一": (("y", "i"),)}, frozenset(), costs)

    assert GraphCosts.of_model(tmp_path) == costs
    assert GraphCosts.of_model(tmp_path / "nowhere") == GraphCosts()


def test_a_word_that_few_callers_say_for_a_digit_costs_more_to_begin() -> None:
    lexicon = {"七": (("q", "i"),), "拐": (("g", "uai"),)}

    petals = flower(lexicon, {"七": 1, "拐": 2, "[unk]": 3}, GraphCosts(word=-3.0, unknown=-6.0, rare=2.5)).arcs[HEART]

    assert {petal.output: petal.cost for petal in petals if petal.output} == {1: -3.0, 2: -0.5, 3: -6.0}
