"""Recordings of calls: both sides, and no secret in them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.dtmf_detector import DtmfDetector
from ivr.audio.dtmf_generator import dialled, key_tone
from ivr.audio.pcm import Samples, level_dbfs
from ivr.audio.wav import read_sound
from ivr.callflow.values import BargeIn
from ivr.errors import AudioError, SpeechError
from ivr.lines.call_audio import Parts
from ivr.lines.call_recording import CallRecording
from ivr.lines.pipe_input import PipeInput
from ivr.lines.recording_notice import RecordingNotice
from ivr.piped_call import phone
from ivr.session.actions import HangUp, LookUp, PlayPrompt, StopPrompt
from ivr.session.events import PromptFinished, UtteranceHeard
from ivr.speech.recogniser import Hypothesis
from tests.phones import NUMBER, PASSWORD
from tests.sound_calls import BLOCK, RATE, Bench, Never, NoisyVoice, offer, prompt, sound_call, word
from tests.test_ear import BrokenEar


def sides(path: Path) -> tuple[Samples, Samples]:
    """(caller, hotline) of a stereo file."""
    data = path.read_bytes()
    assert read_sound(path).channels == 2
    frames = np.frombuffer(data[44:], "<i2").reshape(-1, 2)
    return frames[:, 0].copy(), frames[:, 1].copy()


def keys_in(samples: Samples) -> str:
    return "".join(key.key for key in DtmfDetector(RATE).feed(samples))


def test_both_sides_of_a_call_and_no_key_of_a_secret(tmp_path: Path) -> None:
    file, alone = tmp_path / "call.wav", tmp_path / "hotline.wav"
    call = sound_call(Parts(NoisyVoice()), recording=CallRecording(file, RATE, hotline_path=alone))
    phone(call, PipeInput(io.BytesIO(f"1\n1\n{NUMBER}#\n{PASSWORD}\n3\n".encode())))
    call.close()
    caller, hotline = sides(file)
    assert keys_in(caller) == "113"  # not one of the 25 keys of number and password
    assert len(caller) == call.now * 16
    np.testing.assert_array_equal(read_sound(alone).samples, hotline)
    first = word(call.heard[0].prompt.text, 1_000)
    np.testing.assert_allclose(hotline[200:15_000], first[200:15_000])
    assert file.stat().st_mode & 0o077 == 0


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(Parts(NoisyVoice()), recording=CallRecording(tmp_path / "call.wav", RATE))


def test_a_key_that_is_held_when_the_secret_is_complete_is_not_kept(bench: Bench, tmp_path: Path) -> None:
    bench.react = lambda _: bench.perform(offer(node="next"))
    bench.perform(offer(secret=True, node="secret"))
    bench.wait(100)
    bench.feed(key_tone("7", 900, rate=RATE))
    bench.wait(400)
    bench.feed(dialled("1", rate=RATE))
    bench.audio.close()
    assert keys_in(sides(tmp_path / "call.wav")[0]) == "1"


def test_the_echo_of_a_secrets_last_key_is_not_kept(bench: Bench, tmp_path: Path) -> None:
    bench.react = lambda _: bench.perform(offer(node="next"))
    bench.perform(offer(secret=True, node="secret"))
    bench.wait(100)
    bench.feed(key_tone("7", 100, rate=RATE))
    bench.feed(word("echo", 150))
    over = bench.blocks * BLOCK
    bench.wait(400)
    bench.feed(dialled("1", rate=RATE))
    bench.audio.close()
    caller = sides(tmp_path / "call.wav")[0]
    assert not caller[:over].any()
    assert keys_in(caller) == "1"


def test_the_busy_tone_is_no_part_of_a_recording(bench: Bench, tmp_path: Path) -> None:
    bench.perform(prompt(1))
    bench.wait(1_100)
    bench.perform(HangUp("completed"))
    until = bench.blocks * BLOCK
    assert bench.wait(1_000).any()
    bench.audio.close()
    assert len(sides(tmp_path / "call.wav")[1]) == until


@pytest.mark.parametrize(
    "busy",
    [
        LookUp(1, "verify", {}),
        PlayPrompt(1, "notice", "请听", BargeIn("off"), 0, 1_000),
    ],
)
def test_keys_that_may_be_meant_for_a_secret_to_come_are_not_kept(
    bench: Bench, tmp_path: Path, busy: LookUp | PlayPrompt
) -> None:
    bench.perform(offer(), busy)
    bench.feed(dialled("246", rate=RATE))
    bench.audio.close()
    assert not sides(tmp_path / "call.wav")[0].any()


class Hearing:
    """Hears the same in every utterance."""

    rate = RATE

    def __init__(self, text: str) -> None:
        self._text = text

    def listen(self, expected: object) -> Hearing:
        return self

    def feed(self, samples: Samples) -> None:
        pass

    def finish(self) -> Hypothesis:
        return Hypothesis(self._text, 1.0)


@pytest.mark.parametrize(("said", "kept"), [("余额", True), ("九九零零零零一九九零零三零七", False)])
def test_a_number_that_is_said_where_nobody_asked_is_not_kept(tmp_path: Path, said: str, kept: bool) -> None:
    file = tmp_path / "call.wav"
    bench = Bench(Parts(NoisyVoice(), Hearing(said)), recording=CallRecording(file, RATE))
    bench.perform(offer("余额"))
    bench.wait(3_000)
    bench.feed(word(said, 2_000))
    bench.wait(1_500)
    bench.audio.close()
    assert UtteranceHeard(said) in [event for _, event in bench.events]
    caller, _ = sides(file)
    assert bool(caller.any()) == kept
    assert len(caller) == bench.audio.position


def test_what_is_broken_off_by_the_end_of_the_call_is_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "call.wav"
    bench = Bench(Parts(NoisyVoice(), BrokenEar()), recording=CallRecording(file, RATE))  # type: ignore[arg-type]
    bench.perform(offer("余额"))
    bench.wait(500)
    bench.feed(word("九九零", 1_000))
    bench.audio.close()
    assert not sides(file)[0].any()


def test_a_killed_process_leaves_what_was_said(bench: Bench, tmp_path: Path) -> None:
    bench.perform(offer(), prompt())
    bench.wait(3_000)
    _, hotline = sides(tmp_path / "call.wav")  # not closed
    assert len(hotline) >= 1.4 * RATE
    assert level_dbfs(hotline[: RATE // 2]) > -30
    bench.audio.close()


def test_a_file_that_cannot_be_made_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="cannot be written"):
        CallRecording(tmp_path / "nowhere" / "call.wav", RATE)


def test_a_full_disk_costs_the_recording_and_not_the_call() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(AudioError, match="No space left"):
        CallRecording(Path("/dev/full"), RATE)


class Speechless:
    """Fails on some texts."""

    def __init__(self, *texts: str) -> None:
        self._texts = texts

    def sound(self, prompt_id: str, text: str, pace: float = 1.0) -> Samples:
        if text in self._texts:
            raise SpeechError("the voice has no such character")
        return word(text, 500)


def announced_call(voice: Speechless | None, file: Path) -> Bench:
    parts = Parts(voice, announcement="本次通话将被录音。")
    return Bench(parts, recording=CallRecording(file, RATE, hotline_path=file.with_name("hotline.wav")))


@pytest.mark.parametrize("voice", [Speechless("本次通话将被录音。"), None], ids=["fails", "missing"])
def test_nobody_is_recorded_who_was_not_told(voice: Speechless | None, tmp_path: Path) -> None:
    bench = announced_call(voice, tmp_path / "call.wav")
    bench.perform(prompt(1))
    spoken = bench.wait(2_000)
    if voice is not None:  # the first prompt is heard all the same
        np.testing.assert_allclose(spoken[200:7_000], word("请按1", 500)[200:7_000])
    assert [event for _, event in bench.events] == [PromptFinished(1)]
    bench.audio.close()
    assert list(tmp_path.iterdir()) == []
    assert bench.warnings[-1] == "this call is not recorded: the voice failed on the announcement of the recording"


def test_a_first_prompt_without_sound_takes_no_announcement_with_it(tmp_path: Path) -> None:
    bench = announced_call(Speechless("请按1"), tmp_path / "call.wav")
    bench.perform(prompt(1))
    spoken = bench.wait(2_000)
    np.testing.assert_allclose(spoken[200:7_000], word("本次通话将被录音。", 500)[200:7_000])
    bench.audio.close()
    np.testing.assert_array_equal(sides(tmp_path / "call.wav")[1], spoken)
    assert bench.warnings == ["the voice has no such character"]


def test_a_key_does_not_cut_off_that_the_call_is_recorded(tmp_path: Path) -> None:
    bench = announced_call(Speechless(), tmp_path / "call.wav")
    bench.perform(prompt(1), offer())
    spoken = [bench.wait(200)]
    bench.perform(StopPrompt(1), prompt(2, "下一句"))
    spoken.append(bench.wait(100))
    bench.perform(StopPrompt(2), prompt(3, "再下一句"))
    spoken.append(bench.wait(2_000))
    notice, gap, said = word("本次通话将被录音。", 500), np.zeros(RATE * 300 // 1_000, np.int16), word("再下一句", 500)
    expected = np.concatenate((notice, gap, said))
    heard = np.concatenate(spoken)
    np.testing.assert_allclose(heard[200 : len(expected) - 200], expected[200:-200], atol=1)
    assert not heard[len(expected) :].any()
    assert [event for _, event in bench.events] == [PromptFinished(3)]
    bench.audio.close()
    np.testing.assert_array_equal(sides(tmp_path / "call.wav")[1], heard)
    assert bench.warnings == []


def test_after_an_interrupted_notice_nothing_of_its_prompt_is_said(tmp_path: Path) -> None:
    bench = announced_call(Speechless(), tmp_path / "call.wav")
    bench.perform(prompt(1))
    bench.wait(200)
    bench.perform(StopPrompt(1))
    np.testing.assert_allclose(bench.wait(300)[:4_600], word("本次通话将被录音。", 500)[3_200:7_800], atol=1)
    assert not bench.wait(2_000).any()
    assert bench.audio.idle
    bench.audio.close()


def test_who_hangs_up_before_the_notice_is_over_is_not_recorded(tmp_path: Path) -> None:
    bench = announced_call(Speechless(), tmp_path / "call.wav")
    bench.perform(prompt(1))
    bench.wait(400)
    bench.audio.close()
    assert list(tmp_path.iterdir()) == []
    assert bench.warnings == ["this call is not recorded: it ended before the announcement of the recording"]


def test_a_voice_that_does_not_answer_is_given_up_after_15_seconds_and_the_call_is_not_recorded(tmp_path: Path) -> None:
    parts = Parts(Speechless(), speaking=Never(), announcement="本次通话将被录音。")  # type: ignore[arg-type]
    bench = Bench(parts, recording=CallRecording(tmp_path / "call.wav", RATE))
    bench.perform(prompt(1, speaking_ms=1_000))
    bench.wait(15_000)
    assert (bench.events, bench.warnings) == ([], [])
    bench.wait(1_100)  # from now on prompts last as long as their words take
    assert [event for _, event in bench.events] == [PromptFinished(1)]
    bench.perform(prompt(2, speaking_ms=500))
    bench.wait(600)
    assert [event for _, event in bench.events] == [PromptFinished(1), PromptFinished(2)]
    bench.audio.close()
    assert bench.warnings == [
        "the voice does not answer, so prompts are shown and not heard",
        "this call is not recorded: the voice failed on the announcement of the recording",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_notice_that_is_spoken_too_late_is_not_heard() -> None:
    notice = RecordingNotice("本次通话将被录音。")
    notice.failed = True  # it took too long, and nothing is recorded
    notice.spoken(np.ones(100, np.int16), 10)
    assert list(notice.before(np.full(5, 7, np.int16))) == [7] * 5
