"""The sounds of the speech model: every syllable has its two phones, and every number its one meaning."""

from __future__ import annotations

import pytest
from pypinyin import Style, pinyin
from pypinyin.constants import PINYIN_DICT

from ivr.speech.phones import (
    BASE_PHONES,
    PDF_COUNT,
    PHONE_COUNT,
    base_id,
    disambiguation_transition,
    leaving_transition,
    phone_id,
    phone_names,
    phone_pdfs,
    staying_transition,
    syllable_phones,
    word_boundaries,
    word_phone_ids,
)


@pytest.mark.parametrize(
    ("syllable", "phones"),
    [
        ("ling2", ("l", "ing")),
        ("yao1", ("y", "iao")),
        ("liang3", ("l", "iang")),
        ("er4", ("0", "er")),
        ("shi4", ("sh", "ih")),
        ("si4", ("s", "iz")),
        ("qi1", ("q", "i")),
        ("xue2", ("x", "ve")),
        ("lüe4", ("l", "ve")),
        ("lve4", ("l", "ve")),
        ("nu:3", ("n", "v")),
        ("yuan2", ("y", "van")),
        ("jun1", ("j", "vn")),
        ("wei4", ("w", "ui")),
        ("weng1", ("w", "ong")),
        ("bo1", ("b", "o")),
        ("de5", ("d", "e")),
        ("AN1", ("0", "an")),
    ],
)
def test_a_syllable_is_an_initial_and_a_final(syllable: str, phones: tuple[str, str]) -> None:
    assert syllable_phones(syllable) == phones


@pytest.mark.parametrize("syllable", ["", "4", "b", "xyz", "SIL", "GBG", "bSIL", "你", "wong", "ya o", "ab"])
def test_what_is_no_syllable_is_refused(syllable: str) -> None:
    with pytest.raises(ValueError, match="is no pinyin syllable"):
        syllable_phones(syllable)


def test_every_syllable_that_mandarin_characters_have_is_known() -> None:
    common = [chr(code) for code in PINYIN_DICT if 0x4E00 <= code <= 0x9FA5]
    syllables = {
        reading for character in common for reading in pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    }

    known = {syllable: syllable_phones(syllable) for syllable in syllables}

    assert len(known) > 400
    assert all(phone in BASE_PHONES for phones in known.values() for phone in phones)


def test_two_syllables_that_sound_apart_are_told_apart() -> None:
    distinct = [
        "si",
        "shi",
        "xi",
        "su",
        "xu",
        "shu",
        "lu",
        "lv",
        "yu",
        "wu",
        "yan",
        "yuan",
        "ying",
        "yong",
        "wen",
        "weng",
    ]

    assert len({syllable_phones(syllable) for syllable in distinct}) == len(distinct)


def test_a_phone_is_numbered_by_its_place_in_the_word() -> None:
    names = phone_names()

    assert len(names) == len(word_boundaries()) == PHONE_COUNT
    assert [names[number - 1] for number in word_phone_ids(("sh", "ih"))] == ["sh_B", "ih_E"]
    assert [names[number - 1] for number in word_phone_ids(("a",))] == ["a_S"]
    assert [names[number - 1] for number in word_phone_ids(("b", "u", "sh", "ih"))] == ["b_B", "u_I", "sh_I", "ih_E"]
    assert phone_id("SIL", "B") == phone_id("SIL", "S") == 1


def test_the_variants_of_a_phone_share_its_outputs_and_nothing_else_does() -> None:
    pdfs = {number: (enter, stay) for number, enter, stay in phone_pdfs()}

    assert list(pdfs) == list(range(1, PHONE_COUNT + 1))
    assert {output for both in pdfs.values() for output in both} == set(range(PDF_COUNT))
    assert all(pdfs[phone_id(phone, "B")] == (2 * base_id(phone), 2 * base_id(phone) + 1) for phone in BASE_PHONES)
    assert all(pdfs[phone_id(phone, "B")] == pdfs[phone_id(phone, "S")] for phone in BASE_PHONES)


def test_transitions_fill_the_numbers_below_the_disambiguation_symbol() -> None:
    phones = range(1, PHONE_COUNT + 1)
    numbers = {staying_transition(phone) for phone in phones} | {leaving_transition(phone) for phone in phones}

    assert numbers == set(range(1, disambiguation_transition()))


def test_an_unknown_phone_is_named() -> None:
    with pytest.raises(ValueError, match="'xx' is no phone"):
        phone_id("xx", "B")
