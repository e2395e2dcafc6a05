"""What is spoken ahead is what callers hear next, on the real hotline."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.wav import Sound
from ivr.hotlines import open_hotline
from ivr.speech.cached_synthesiser import CachedSynthesiser
from ivr.speech.likely_next import LikelyNext
from ivr.speech.prompt_voice import PromptVoice
from ivr.speech.silent_synthesiser import SilentSynthesiser
from ivr.speech.speech_cache import SpeechCache


@pytest.fixture(scope="module")
def likely() -> LikelyNext:
    return LikelyNext(open_hotline())


def ids(texts: list[tuple[str, str]]) -> list[str]:
    return list(dict.fromkeys(prompt_id for prompt_id, _ in texts))


def test_a_call_begins_with_the_greeting(likely: LikelyNext) -> None:
    assert ids(likely.at_start())[0].startswith("greeting.")


def test_after_a_menu_come_the_menus_and_services_below_it_then_what_is_said_when_it_fails(likely: LikelyNext) -> None:
    after = ids(likely.after("main.offer"))
    assert "main.account.offer" in after
    assert after.index("main.account.offer") < after.index("main.no-match.1")


def test_only_words_that_are_the_same_in_every_call_are_spoken_ahead(likely: LikelyNext) -> None:
    prompts = open_hotline().prompts
    for prompt_id in prompts:
        for near, text in likely.after(prompt_id):
            assert "{" not in text
            assert text in prompts[near].text


def test_a_prompt_that_no_node_says_has_nothing_after_it(likely: LikelyNext) -> None:
    assert likely.after("") == []


def test_the_menu_below_is_ready_when_the_caller_gets_there(likely: LikelyNext) -> None:
    said: list[str] = []
    all_said = threading.Event()
    wanted = {text for _, text in likely.at_start() + likely.after("main.offer")}

    class Engine:
        voice = "quick"

        def synthesise(self, text: str, pace: float = 1.0) -> Sound:
            said.append(text)
            if wanted <= set(said):
                all_said.set()
            return Sound(np.full(100, 900, np.int16), 16_000)

        def close(self) -> None:
            pass

    hotline = open_hotline()
    voice = PromptVoice(
        CachedSynthesiser(Engine(), None, 16_000), prompts=hotline.prompts, by_parts=True, likely=likely
    )
    voice.expect_call(1.0, "")
    voice.sound("main.offer", hotline.prompts["main.offer"].text)
    assert all_said.wait(10)
    count = said.count(hotline.prompts["main.account.offer"].text)
    voice.sound("main.account.offer", hotline.prompts["main.account.offer"].text)
    assert said.count(hotline.prompts["main.account.offer"].text) == count == 1
    voice.close()


@pytest.mark.parametrize("by_parts", [False, True])
def test_only_a_voice_that_speaks_by_parts_speaks_parts_ahead(likely: LikelyNext, by_parts: bool) -> None:
    said: list[str] = []

    class Engine(SilentSynthesiser):
        def synthesise(self, text: str, pace: float = 1.0) -> Sound:
            said.append(text)
            return super().synthesise(text, pace)

    prompts = open_hotline().prompts
    whole = {prompt.text for prompt in prompts.values()}
    before = next(near for near in prompts if {text in whole for _, text in likely.after(near)} == {True, False})
    voice = PromptVoice(CachedSynthesiser(Engine(), None, 16_000), prompts=prompts, by_parts=by_parts, likely=likely)
    voice.sound(before, "您好。")
    assert voice.settled(10)
    voice.close()
    ahead = set(said) - {"您好。"}
    assert ahead & whole
    assert bool(ahead - whole) == by_parts


def test_a_slow_voice_that_has_to_make_a_calls_first_words_says_so_before_the_call(
    likely: LikelyNext, tmp_path: Path
) -> None:
    def told(pace: float, *, slow: bool = True) -> list[str]:
        """Before a call; then its first words are made."""
        warnings: list[str] = []
        voice = PromptVoice(
            CachedSynthesiser(SilentSynthesiser(), SpeechCache(tmp_path), 16_000),
            prompts=open_hotline().prompts,
            by_parts=slow,
            likely=likely,
            warn=warnings.append,
        )
        voice.expect_call(pace, "ivr prompts render --all --profile calm")
        assert voice.settled(10)
        voice.close()
        return warnings

    assert told(0.8, slow=False) == []
    (advice,) = told(1.0)
    assert "has not spoken the first words of this call before" in advice
    assert advice.endswith(": ivr prompts render --all --profile calm")
    assert told(1.0) == []
    assert len(told(0.625)) == 1  # another pace is another sound
    assert told(0.625) == []
