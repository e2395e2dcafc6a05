"""What the neural voice is told to say: every syllable of Mandarin has its sounds, and every symbol its number."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.hotlines import open_hotline
from ivr.speech.kokoro_phonemes import phonemes
from ivr.speech.kokoro_synthesiser import SYMBOLS, short_enough
from ivr.speech.spoken_text import spoken_text


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("班", "pa→n"),
        ("知道", "ꭧɨ→tau↘"),
        ("女儿", "ny↓ɚ↗"),
        ("重听请按九。", "ꭧʰʊ↗ŋtʰi→ŋ ʨʰi↓ŋa↘n ʨjou↓."),
        ("幺零叉", "jau→ li↗ŋ ꭧʰa→"),
        ("月", "ɥe↘"),
        ("嗯，对吗？", "ə↗n, twei↘ ma?"),
        ("X", "ai↘ kʰɤ↘ sɨ→"),
        ("", ""),
        ("！！", "!!"),
    ],
)
def test_examples(text: str, sounds: str) -> None:
    assert phonemes(text) == sounds


def test_every_sentence_of_the_hotline_is_said_whole() -> None:
    for prompt in open_hotline().prompts.values():
        text = spoken_text(prompt.text.replace("{", "").replace("}", ""))
        hanzi = [character for character in text if "\u4e00" <= character <= "\u9fff"]
        said = phonemes("".join(hanzi))
        assert not set(said) - set(SYMBOLS)
        vowels = sum(said.count(vowel) for vowel in "aeiouyɨəɚɛɤʊ")
        assert vowels >= len(hanzi)  # a diphthong counts twice, a syllable never not at all


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=30))
def test_any_hanzi_give_symbols_that_the_network_knows(text: str) -> None:
    assert not set(phonemes(text)) - set(SYMBOLS)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all_gives_symbols_that_the_network_knows(text: str) -> None:
    assert not set(phonemes(text)) - set(SYMBOLS)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="paN→, ;", max_size=1500))
def test_long_sentences_are_cut_into_pieces_that_fit_and_nothing_is_lost(sentence: str) -> None:
    pieces = short_enough(sentence)
    assert all(0 < len(piece) <= 508 for piece in pieces)
    sounds = "".join(pieces).replace(" ", "")
    assert sentence.replace(" ", "").startswith(sounds)
    assert not any(symbol.isalpha() for symbol in sentence.replace(" ", "")[len(sounds) :])
