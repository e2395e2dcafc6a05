"""One script, several faces: keys and words as events, as sound in virtual time, and as a recording in real time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.audio.pcm import Samples
from ivr.audio.wav import write_wav
from ivr.call_runner import CallRunner
from ivr.lines.call_audio import Parts
from ivr.lines.call_recording import CallRecording
from ivr.lines.recording_line import RecordingLine
from ivr.session.call_log import LogEntry
from ivr.testing.script import HangsUp, Says
from ivr.testing.script_loading import CallScript, load_script
from ivr.testing.script_runner import run_script
from ivr.testing.scripted_call import Phoning, Setting
from ivr.testing.sound_call import SoundCall
from ivr.testing.suite import Suite
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME
from tests.phones import exchange
from tests.sound_calls import RATE, NoisyVoice, ear_for, sound_call, without_times, word
from tests.test_call_recording import sides
from tests.virtual_loop import in_virtual_time

CALLS = Path(__file__).parent / "calls"
SPOKEN = """\
call: 用嘴说
caller: {person: wang-balance}
steps:
  - hears: main.offer
  - says: 账户查询
  - hears: main.account.offer
  - says: 返回
  - hears: main.again
  - says: 账户查询
  - hears: main.account.again
  - says: 查余额
    during: main.account.again
  - hears: verify.id-number
  - presses: [number, "#"]
  - hears: verify.password
  - presses: password
  - hears: [verify.passed, balance.read, balance.next]
  - says: 再见
  - hears: goodbye.thanks
ends: completed
"""


def parts_for(script: CallScript) -> Parts:
    said = [placed.step.says for placed in script.steps if isinstance(placed.step, Says)]
    return Parts(NoisyVoice(ms=1_500), ear_for(*said) if said else None)


def with_sound(parts: Parts, file: Path, warn: Callable[[str], None] = lambda _: None) -> Phoning:
    def phone(session: object, accounts: object, desk: object, setting: Setting) -> SoundCall:
        return SoundCall(
            session,  # type: ignore[arg-type]  # the kinds are those of Phoning
            accounts,  # type: ignore[arg-type]
            desk,  # type: ignore[arg-type]
            parts=parts,
            caller_voice=word,
            recording=CallRecording(file, RATE, discreet=False),
            local_time=setting.at,
            caller_number=setting.number,
            warn=warn,
            reaction_ms=600,
        )

    return phone


def in_real_time(parts: Parts, caller: Samples) -> list[LogEntry]:
    """The caller's side on the recording line, on a clock that jumps."""
    log: list[LogEntry] = []
    line = RecordingLine(parts, caller)
    runner = CallRunner(
        exchange().new_call(log.append), line, MemoryAccounts(), local_time=DEFAULT_LOCAL_TIME, caller_number=""
    )
    in_virtual_time(runner.run)
    return log


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    file = tmp_path / "spoken.call.yaml"
    file.write_text(SPOKEN, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["balance", "barge-in", "one-page", "first-words", "spoken"])
def test_the_same_log_on_every_line(name: str, spoken: Path, tmp_path: Path) -> None:
    file = spoken if name == "spoken" else CALLS / f"{name}.call.yaml"
    for script in load_script(file)[:1]:
        parts = parts_for(script)
        as_events = run_script(exchange(), script)
        as_sound = run_script(exchange(), script, MemoryAccounts, with_sound(parts, tmp_path / "both.wav"))
        assert as_events.failure is None
        assert as_sound.failure is None, as_sound.failure
        assert without_times(as_sound.log) == without_times(as_events.log)
        if isinstance(script.steps[-1].step, HangsUp):
            return  # a recording cannot tell that its caller hung up before the prompt was over
        caller, _ = sides(tmp_path / "both.wav")
        recorded = in_real_time(parts, caller)
        assert without_times(recorded) == without_times(as_events.log)


def test_a_step_may_play_a_recording(tmp_path: Path) -> None:
    story = SPOKEN.replace("  - says: 账户查询\n", "  - {says: 账户查询, audio: said.wav}\n", 1)
    file = tmp_path / "story.call.yaml"
    file.write_text(story, encoding="utf-8")
    write_wav(tmp_path / "said.wav", word("另一个声音"), RATE)
    (script,) = load_script(file)
    parts = Parts(NoisyVoice(), ear_for("账户查询", "返回", "查余额", "再见"))
    outcome = run_script(exchange(), script, MemoryAccounts, with_sound(parts, tmp_path / "both.wav"))
    assert outcome.failure is not None  # this is not how the words sound
    assert outcome.failure.instead == "main.no-match.1"
    write_wav(tmp_path / "said.wav", word("账户查询"), RATE)
    outcome = run_script(exchange(), script, MemoryAccounts, with_sound(parts, tmp_path / "both.wav"))
    assert outcome.failure is None
    assert run_script(exchange(), script).failure is None  # and without sound the words are enough
    whole, told = (tmp_path / "said.wav").read_bytes(), list[str]()
    (tmp_path / "said.wav").write_bytes(whole[: len(whole) // 2])
    run_script(exchange(), script, MemoryAccounts, with_sound(parts, tmp_path / "both.wav", told.append))
    assert [line.partition(":")[0] for line in told] == ["said.wav stops before the end that it promises"]


def test_sound_that_cannot_be_played_is_told_with_the_line_of_its_step(tmp_path: Path) -> None:
    file = tmp_path / "story.call.yaml"
    steps = "  - hears: main.offer\n  - says: 返回\n    audio: said.wav\n"
    file.write_text(f"call: no sound\nsteps:\n{steps}", encoding="utf-8")
    (tmp_path / "said.wav").write_bytes(b"no sound")
    parts = Parts(NoisyVoice(), ear_for("返回"))
    result = Suite(phoning=lambda _hotline: nullcontext(with_sound(parts, tmp_path / "both.wav"))).run(file)
    (problem,) = result.problems
    assert (problem.file, problem.line) == (str(file), 5)
    assert "said.wav: is no WAV" in problem.what


def test_the_same_sound_gives_the_same_log_byte_for_byte(spoken: Path, tmp_path: Path) -> None:
    (script,) = load_script(spoken)
    run = partial(run_script, exchange(), script, MemoryAccounts, with_sound(parts_for(script), tmp_path / "both.wav"))
    first, second = run(), run()
    assert [entry.to_json() for entry in first.log] == [entry.to_json() for entry in second.log]


def test_a_caller_who_says_nothing_may_hang_up_at_their_turn() -> None:
    call = sound_call()
    call.answer()
    assert call.run_until_quiet(longest_ms=60_000)
    call.play(np.zeros(0, np.int16))
    call.hang_up()
    assert call.over
    assert call.disposition == "abandoned"
