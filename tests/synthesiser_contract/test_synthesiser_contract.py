"""What every voice promises, fake or real."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from ivr.errors import SpeechError
from ivr.hotlines import open_hotline
from ivr.speech.conditioning import trimmed
from ivr.speech.pyttsx3_synthesiser import Pyttsx3Synthesiser
from ivr.speech.silent_synthesiser import SilentSynthesiser
from ivr.speech.synthesiser import Synthesiser

SHORT, LONG = "请按一。", "医保账户查询请按一，报销与支取请按二，查询渠道与政策请按三。"


def test_a_voice_has_one_name(voice: Synthesiser) -> None:
    assert voice.voice
    assert voice.voice == voice.voice


def test_longer_texts_take_longer_and_about_as_long_each_time(voice: Synthesiser) -> None:
    short, long, again = (voice.synthesise(text).length_ms for text in (SHORT, LONG, LONG))
    assert 400 < short < 3000
    assert long > 3 * short
    assert again == pytest.approx(long, rel=0.1)


def test_pace_is_how_fast_it_is_said(voice: Synthesiser) -> None:
    usual, slow, fast = (spoken_ms(voice, pace) for pace in (1.0, 0.625, 1.4))
    assert slow > 1.3 * usual
    assert fast < 0.85 * usual


def spoken_ms(voice: Synthesiser, pace: float) -> int:
    sound = voice.synthesise(LONG, pace)
    return len(trimmed(sound.samples, sound.rate)) * 1000 // sound.rate


@pytest.mark.parametrize("text", ["-v en --help", "<speak>", "A&B", "一" * 150, "幺零叉", "𠀀", "“引号”"])
def test_any_text_is_only_a_text(voice: Synthesiser, text: str) -> None:
    try:
        said = "" if voice.synthesise(text).length_ms else "silence"
    except SpeechError as error:
        said = str(error)
    assert said == "" or "nothing in this text" in said  # it has no reading that this voice knows


def test_figures_are_read_one_by_one(voice: Synthesiser) -> None:
    written, spoken = (voice.synthesise(text).length_ms for text in ("请拨打12333。", "请拨打一二三三三。"))
    assert written == pytest.approx(spoken, rel=0.05)


def test_speech_is_heard_but_for_the_silent_voice(voice: Synthesiser) -> None:
    loudest = int(np.abs(voice.synthesise(SHORT).samples.astype(int)).max())
    assert loudest == 0 if isinstance(voice, SilentSynthesiser) else loudest > 3000


def test_two_hundred_prompts_from_eight_threads(pyttsx3_voice: Pyttsx3Synthesiser) -> None:
    fixed = [prompt.text for prompt in open_hotline().prompts.values() if "{" not in prompt.text]
    texts = iter((fixed * 3)[:200])
    lengths: list[int] = []
    lock = threading.Lock()

    def speak() -> None:
        while True:
            with lock:
                text = next(texts, None)
            if text is None:
                return
            lengths.append(pyttsx3_voice.synthesise(text[:12]).length_ms)

    threads = [threading.Thread(target=speak) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(lengths) == 200
    assert min(lengths) > 300
