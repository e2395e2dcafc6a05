"""The voice of a hotline: caches, the next voice when one fails, what is prepared ahead, what stays off the disk."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.wav import Sound
from ivr.callflow.nodes import Prompt
from ivr.errors import SpeechError, UnsayableError
from ivr.speech.cached_synthesiser import CachedSynthesiser
from ivr.speech.first_that_speaks import FirstThatSpeaks
from ivr.speech.prompt_voice import PromptVoice
from ivr.speech.silent_synthesiser import SilentSynthesiser
from ivr.speech.speech_cache import SpeechCache

RATE = 8_000


class CountingSynthesiser:
    """A tone whose length is the text's; fails on demand, can be held up, and knows no Cyrillic letters."""

    def __init__(self, name: str = "counting", failing: bool = False) -> None:
        self.voice = name
        self.failing = failing
        self.said: list[str] = []
        self.free = threading.Event()
        self.free.set()

    def synthesise(self, text: str, pace: float = 1.0) -> Sound:
        self.free.wait(10)
        self.said.append(text)
        if self.failing:
            raise SpeechError(f"{self.voice} cannot speak")
        if "я" in text:
            raise UnsayableError("there is nothing in this text that a voice can say")
        return Sound((9000 * np.sin(np.arange(round(1600 * len(text) / pace)) / 9)).astype(np.int16), 16_000)

    def close(self) -> None:
        self.said.append("closed")


def cached(engine: CountingSynthesiser, folder: Path | None = None) -> CachedSynthesiser:
    return CachedSynthesiser(engine, None if folder is None else SpeechCache(folder), RATE)


def test_a_text_is_spoken_once_and_again_only_at_another_pace(tmp_path: Path) -> None:
    engine = CountingSynthesiser()
    voice = PromptVoice(cached(engine, tmp_path))
    first = voice.sound("greeting", "您好")
    assert np.array_equal(voice.sound("greeting", "您好"), first)
    slower = voice.sound("greeting", "您好", 0.5)
    assert len(slower) == pytest.approx(2 * len(first), rel=0.1)
    assert engine.said == ["您好", "您好"]


def test_whoever_waits_for_a_slow_voice_is_told_once_what_helps(tmp_path: Path) -> None:
    now, told, engine = [0.0], list[str](), CountingSynthesiser()

    class Slow(CachedSynthesiser):
        def synthesise(self, text: str, pace: float = 1.0, *, private: bool = False) -> Sound:
            now[0] += len(text)
            return super().synthesise(text, pace, private=private)

    voice = PromptVoice(Slow(engine, SpeechCache(tmp_path), RATE), rate=RATE, warn=told.append, clock=lambda: now[0])
    voice.sound("short", "您好您好您")
    voice.part("ahead", "没有人等着听这一句")
    assert told == []
    voice.sound("long", "您好您好您好您好您好")
    voice.sound("longer", "您好您好您好您好您好您好")
    (hint,) = told
    assert hint.startswith("the voice took 10 s for 1 s of speech")
    assert "ivr prompts render --all" in hint
    assert "--speaker system" in hint


def test_the_next_program_finds_it_on_the_disk_unless_it_is_about_one_person(tmp_path: Path) -> None:
    prompts = {
        "own": Prompt(text="余额{a.b:money}", heard_by="verified"),
        "heard": Prompt(text="末四位是{entry.tail:digits}"),  # said before anybody is verified
        "any": Prompt(text="您好"),
    }
    for _ in range(2):
        engine = CountingSynthesiser()
        voice = PromptVoice(cached(engine, tmp_path), prompts=prompts)
        for _ in range(2):
            voice.sound("any", "您好")
            voice.sound("own", "余额五元")
            voice.sound("heard", "末四位是零零一三")
        voice.close()
    assert engine.said == ["余额五元", "末四位是零零一三", "closed"]


def test_another_engine_never_gets_the_first_ones_sound(tmp_path: Path) -> None:
    cached(CountingSynthesiser("one"), tmp_path).synthesise("您好")
    other = CountingSynthesiser("other")
    cached(other, tmp_path).synthesise("您好")
    assert other.said == ["您好"]


def test_a_voice_that_was_closed_starts_no_engine_again(tmp_path: Path) -> None:
    engine = CountingSynthesiser()
    engine.free.clear()
    voice, failed = cached(engine, tmp_path), list[str]()

    def speak(text: str) -> None:
        try:
            voice.synthesise(text)
        except SpeechError as error:
            failed.append(str(error))

    threads = [threading.Thread(target=speak, args=(text,)) for text in ("一", "二", "三")]
    for thread in threads:
        thread.start()
    voice.close()
    engine.free.set()
    for thread in threads:
        thread.join(10)
    assert failed == ["the voice was closed"] * (3 - len(engine.said[1:]))
    assert len(engine.said) <= 2
    assert engine.said[0] == "closed"
    voice.close()


def test_many_threads_that_want_the_same_text_make_it_once(tmp_path: Path) -> None:
    engine = CountingSynthesiser()
    engine.free.clear()
    voice = PromptVoice(cached(engine, tmp_path))
    sounds: list[int] = []
    threads = [threading.Thread(target=lambda: sounds.append(len(voice.sound("a", "您好")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    engine.free.set()
    for thread in threads:
        thread.join(10)
    assert len(sounds) == 8
    assert engine.said == ["您好"]


def test_the_next_voice_speaks_when_one_fails_and_a_hopeless_one_is_left_alone(tmp_path: Path) -> None:
    broken, good = CountingSynthesiser("broken", failing=True), CountingSynthesiser("good")
    voice = FirstThatSpeaks([cached(broken, tmp_path), cached(good, tmp_path)])
    for text in ("一", "二", "三", "四", "五"):
        assert len(voice.synthesise(text).samples)
    assert broken.said == ["一", "二", "三"]
    assert voice.trouble == "broken cannot speak"


def test_texts_that_a_voice_cannot_say_are_no_failures_of_it(tmp_path: Path) -> None:
    good, last = CountingSynthesiser("good"), CountingSynthesiser("last")
    voice = FirstThatSpeaks([cached(good, tmp_path), cached(last, tmp_path)])
    for _ in range(4):
        with pytest.raises(UnsayableError):
            voice.synthesise("я")
    voice.synthesise("您好")
    assert (good.said[-1], voice.trouble) == ("您好", "")


def test_what_callers_say_is_not_kept_on_the_disk(tmp_path: Path) -> None:
    for _ in range(2):
        engine = CountingSynthesiser()
        voice = PromptVoice(cached(engine, tmp_path))
        assert len(voice.words("我叫王小明")) == len(voice.words("我叫王小明"))
    assert engine.said == ["我叫王小明"]
    assert SpeechCache(tmp_path).size() == (0, 0)


class BrokenSynthesiser(CountingSynthesiser):
    """Breaks its promise."""

    def synthesise(self, text: str, pace: float = 1.0) -> Sound:
        if text == "甲":
            raise ZeroDivisionError("division by zero")
        return super().synthesise(text, pace)


def test_an_error_that_nobody_expected_ends_neither_what_is_prepared_nor_what_is_said(tmp_path: Path) -> None:
    engine = BrokenSynthesiser()
    told: list[str] = []
    voice = PromptVoice(cached(engine, tmp_path), hurried=cached(CountingSynthesiser("hurried")), warn=told.append)
    voice.prepare([("a", "甲"), ("b", "乙")])
    assert voice.settled(10)
    assert engine.said == ["乙"]
    assert told == ["the voice has failed beside the call (ZeroDivisionError: division by zero)"]
    assert voice.trouble == told[0]
    assert len(voice.sound("a", "甲"))  # by the hurried voice


def test_a_disk_that_keeps_nothing_is_told_and_the_voice_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    told: list[str] = []
    voice = PromptVoice(cached(CountingSynthesiser(), tmp_path / "file"), warn=told.append)
    assert voice.trouble == ""
    for text in ("您好", "请讲"):
        assert len(voice.sound("a", text))
    assert "cannot be written" in voice.trouble
    assert told == [voice.trouble]


def test_a_voice_that_is_stood_in_for_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    broken, good = CountingSynthesiser("broken", failing=True), CountingSynthesiser("good")
    voice = PromptVoice(FirstThatSpeaks([cached(broken, tmp_path), cached(good, tmp_path)]), warn=told.append)
    for text in ("一", "二", "三"):
        assert len(voice.sound("a", text))
    assert told == ["broken cannot speak"]


def test_without_any_voice_the_last_ones_complaint_is_told() -> None:
    broken = CountingSynthesiser("broken", failing=True)
    voice = PromptVoice(FirstThatSpeaks([cached(broken)]))
    for _ in range(5):
        with pytest.raises(SpeechError, match="broken cannot speak"):
            voice.sound("greeting", "您好")


def test_what_is_likely_next_is_made_ahead_and_what_is_wanted_now_goes_first(tmp_path: Path) -> None:
    engine = CountingSynthesiser()
    engine.free.clear()
    voice = PromptVoice(cached(engine, tmp_path))
    voice.prepare([("a", "甲"), ("b", "乙"), ("c", "丙")])
    voice.prepare([("d", "丁")])
    wanted = threading.Thread(target=voice.sound, args=("w", "急"))
    wanted.start()
    engine.free.set()
    wanted.join(10)
    assert voice.settled(10)
    assert sorted(engine.said) == sorted("甲乙丙丁急")
    before = len(engine.said)
    voice.sound("b", "乙")
    assert len(engine.said) == before
    voice.close()
    voice.close()


def test_a_voice_that_fails_ahead_of_time_is_not_the_end(tmp_path: Path) -> None:
    engine = CountingSynthesiser(failing=True)
    voice = PromptVoice(FirstThatSpeaks([cached(engine, tmp_path)]))
    voice.prepare([("a", "甲")])
    assert voice.settled(10)
    engine.failing = False
    assert len(voice.sound("a", "甲"))


def test_silence_lasts_as_long_as_speech_would() -> None:
    silence = SilentSynthesiser(8000).synthesise("您好，请讲。")
    assert silence.length_ms == 1000
    assert not silence.samples.any()
    assert SilentSynthesiser(8000).synthesise("您好", 2.0).length_ms == 250


def test_a_caller_does_not_wait_for_a_slow_voice_which_is_ready_the_next_time(tmp_path: Path) -> None:
    slow, quick = CountingSynthesiser("slow"), CountingSynthesiser("quick")
    slow.free.clear()
    speaking = cached(slow, tmp_path)
    hurried = PromptVoice(speaking, hurried=cached(quick, tmp_path), patience_s=0.02)
    assert len(hurried.sound("a", "您好"))
    assert quick.said == ["您好"]
    slow.free.set()
    patient = PromptVoice(speaking, hurried=cached(quick, tmp_path), patience_s=10)
    assert np.array_equal(patient.sound("a", "您好"), speaking.synthesise("您好").samples)
    assert slow.said == ["您好"]


def test_a_slow_voice_that_is_behind_is_not_asked_for_more(tmp_path: Path) -> None:
    slow, quick = CountingSynthesiser("slow"), CountingSynthesiser("quick")
    slow.free.clear()
    voice = PromptVoice(cached(slow, tmp_path), hurried=cached(quick, tmp_path), patience_s=0.01)
    for text in "一二三四五六七":
        assert len(voice.sound("a", text))
    assert "".join(quick.said) == "一二三四五六七"
    slow.free.set()
    voice.close()


def test_a_slow_voice_says_what_is_new_only(tmp_path: Path) -> None:
    engine = CountingSynthesiser()
    prompts = {"balance": Prompt(text="您的余额是{account.balance:money}，请核对。")}
    voice = PromptVoice(cached(engine, tmp_path), prompts=prompts, rate=8000, by_parts=True)
    first = voice.sound("balance", "您的余额是五元，请核对。")
    assert engine.said == ["您的余额是", "五元", "，请核对。"]
    other = voice.sound("balance", "您的余额是十万元，请核对。")
    assert engine.said[3:] == ["十万元"]
    assert len(other) > len(first)
    voice.sound("balance", "您的余额没有了。")
    assert engine.said[4:] == ["您的余额没有了。"]
