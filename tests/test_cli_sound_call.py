"""``ivr call`` with sound: callers from files, recordings that are kept, options that do not go together."""

from __future__ import annotations

import json
import shutil
import stat
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from ivr.audio.dtmf_detector import DtmfDetector
from ivr.audio.wav import read_sound, write_wav
from ivr.cli import cli
from ivr.errors import AudioError, UsageError
from ivr.file_lock import try_lock
from tests.phones import BALANCE, NUMBER, PASSWORD
from tests.script_files import write_hotline
from tests.sound_calls import word

Ivr = Callable[..., Result]
CALLER = f"26 1\n48 1\n70 {NUMBER}#\n90 {PASSWORD}\n"  # prompts of the silent voice last as long as their text


@pytest.fixture
def ivr(tmp_path: Path) -> Ivr:
    def run(*arguments: str) -> Result:
        environment = {"IVR_DATA_DIR": str(tmp_path / "data"), "IVR_CACHE_DIR": str(tmp_path / "cache")}
        more: tuple[str, ...] = ("--database", "memory") if arguments[0] == "call" else ()
        more += ("--speaker", "silent") if arguments[0] == "call" and "--speaker" not in arguments else ()
        return CliRunner(env=environment).invoke(cli, [*arguments, *more], standalone_mode=False)

    return run


def code(result: Result) -> object:
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.return_value


def events(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def caller(tmp_path: Path) -> str:
    file = tmp_path / "caller.txt"
    file.write_text(CALLER, encoding="utf-8")
    return str(file)


def test_a_recorded_caller_hears_the_balance_the_same_way_every_time(ivr: Ivr, caller: str, tmp_path: Path) -> None:
    both, alone = tmp_path / "both.wav", tmp_path / "hotline.wav"
    first = ivr("call", "--caller", caller, "--out", str(both), "--out-hotline", str(alone))
    assert code(first) == 0, first.output
    assert BALANCE in first.stdout
    assert NUMBER not in first.stdout
    assert code(second := ivr("call", "--caller", caller)) == 0
    assert second.stdout_bytes == first.stdout_bytes
    sound = read_sound(both)
    assert sound.channels == 2
    assert abs(sound.length_ms - read_sound(alone).length_ms) < 20
    minutes, seconds = first.stdout.splitlines()[-1].split()[0].split(":")
    assert abs(sound.length_ms / 1_000 - int(minutes) * 60 - float(seconds)) < 0.2


def test_what_was_written_of_a_call_makes_the_same_call_again(ivr: Ivr, caller: str, tmp_path: Path) -> None:
    both = tmp_path / "both.wav"
    first = ivr("call", "--caller", caller, "--out", str(both), "--json")
    again = ivr("call", "--caller", str(both), "--json")
    dialled = [row for row in events(first) if row["event"] == "key-pressed"]
    heard_again = [row for row in events(again) if row["event"] == "key-pressed"]
    assert heard_again == dialled[:2]  # the number and the password are secrets, so they are not in the recording
    assert code(again) == 3  # so this caller says no more, and hangs up
    assert again.stderr.count("both.wav has 2 channels: the left one is taken for the caller") == 1
    chosen = ivr("call", "--caller", str(both), "--caller-channel", "right", "--json")
    assert "channels" not in chosen.stderr
    assert [row for row in events(chosen) if row["event"] == "key-pressed"] == []


def test_the_same_log_every_time(ivr: Ivr, caller: str) -> None:
    first, second = ivr("call", "--caller", caller, "--json"), ivr("call", "--caller", caller, "--json")
    assert first.stdout_bytes == second.stdout_bytes
    assert [json.loads(line)["event"] for line in first.stdout.splitlines()][-1] == "call-ended"


def test_in_real_time_it_is_the_same_call_and_takes_as_long(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "bye.txt").write_text("0.6 2\n", encoding="utf-8")
    call = ("call", str(write_hotline(tmp_path)), "--caller", str(tmp_path / "bye.txt"), "--json")
    at_once = ivr(*call)
    began = time.monotonic()
    live = ivr(*call, "--real-time", "--out", str(tmp_path / "both.wav"))
    took_s = time.monotonic() - began
    assert code(live) == code(at_once) == 0

    def told(result: Result) -> list[dict[str, object]]:
        return [{name: row[name] for name in row if name not in ("at", "heard_ms")} for row in events(result)]

    assert told(live) == told(at_once)
    (length_s,) = (int(str(row["at"])) / 1_000 for row in events(live) if row["event"] == "call-ended")
    assert took_s >= length_s > 1
    assert read_sound(tmp_path / "both.wav").length_ms == pytest.approx(length_s * 1_000, abs=200)


def test_a_silent_caller_is_heard_out(ivr: Ivr, tmp_path: Path) -> None:
    write_wav(tmp_path / "silence.wav", np.zeros(8_000, np.int16), 8_000)
    done = ivr("call", "--caller", str(tmp_path / "silence.wav"))
    assert code(done) == 3
    assert done.stdout.endswith("-- abandoned\n")


def test_everything_of_other_calls_works_too(ivr: Ivr, caller: str, tmp_path: Path) -> None:
    script = tmp_path / "again.call.yaml"
    done = ivr("call", "--caller", caller, "--as", "wang-balance", "--profile", "senior", "--fault", "slow=1s",
               "--trace", "--record", str(script))  # fmt: skip
    assert code(done) in (0, 3)
    assert "look-up" in done.stderr or "play-prompt" in done.stderr
    text = script.read_text(encoding="utf-8")
    assert NUMBER not in text
    assert "presses" in text


def test_a_call_that_cannot_be_made_replaces_no_recording(ivr: Ivr, tmp_path: Path) -> None:
    earlier = tmp_path / "both.wav"
    earlier.write_bytes(b"earlier")
    with pytest.raises(AudioError, match="cannot be read"):
        code(ivr("call", "--caller", str(tmp_path / "misspelt.wav"), "--out", str(earlier)))
    assert earlier.read_bytes() == b"earlier"


def calls(ivr: Ivr) -> list[str]:
    return [call["id"] for call in json.loads(ivr("calls", "list", "--json").stdout)]


def test_the_sound_of_a_call_is_kept_played_and_purged_with_it(ivr: Ivr, caller: str, tmp_path: Path) -> None:
    assert code(ivr("call", "--caller", caller, "--record-audio")) == 0
    (kept,) = (tmp_path / "data" / "calls").glob("*.wav")
    keys = DtmfDetector(16_000).feed(np.frombuffer(kept.read_bytes()[44:], "<i2").reshape(-1, 2)[:, 0].copy())
    assert "".join(key.key for key in keys) == "11"
    copy = tmp_path / "copy.wav"
    copy.touch(0o644)
    assert code(ivr("calls", "play", kept.stem, "--out", str(copy))) is None
    assert copy.read_bytes() == kept.read_bytes()
    if sys.platform != "win32":
        assert [stat.S_IMODE(file.stat().st_mode) for file in (kept, copy)] == [0o600, 0o600]
    assert code(ivr("calls", "purge", "--older-than", "0h", "--yes")) is None
    assert not kept.exists()


def test_the_sound_of_old_calls_goes_by_itself_when_the_next_call_is_made(
    ivr: Ivr, caller: str, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "calls"
    folder.mkdir(parents=True)
    fresh, old, live = (f"{day:%Y%m%dT%H%M%S}-00000000" for day in (days_ago(89), days_ago(91), days_ago(92)))
    for name in (f"{old}.wav", f"{old}.message-1.wav", f"{fresh}.wav", f"{live}.wav", "mine.wav"):
        (folder / name).write_bytes(b"sound")
    for name in (f"{old}.jsonl", f"{fresh}.jsonl"):
        (folder / name).write_text("{}\n")
    (folder / f"{live}.open.jsonl").write_text("")
    with (folder / f"{live}.open.jsonl").open("a") as journal:
        assert try_lock(journal.fileno())
        told = ivr("call", "--caller", caller).stderr
    assert "deleted the sound of 1 call older than 90 days (IVR_RETENTION_DAYS)" in told
    left = {path.name for path in folder.glob("*.wav")}
    assert left == {f"{fresh}.wav", f"{live}.wav", "mine.wav"}
    assert (folder / f"{old}.jsonl").exists()
    assert "deleted" not in ivr("call", "--caller", caller).stderr


def test_no_sound_is_deleted_when_the_clock_seems_to_have_leapt_ahead(ivr: Ivr, caller: str, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "calls"
    folder.mkdir(parents=True)
    old = f"{days_ago(4_000):%Y%m%dT%H%M%S}-00000000"
    (folder / f"{old}.wav").write_bytes(b"sound")
    (folder / f"{old}.jsonl").write_text("{}\n")
    for _ in range(2):
        told = ivr("call", "--caller", caller).stderr
        assert "nobody phoned for 4000 days, and the sound of 1 call is too old" in told
        assert "set it" in told
    assert (folder / f"{old}.wav").read_bytes() == b"sound"
    (folder / f"{days_ago(2):%Y%m%dT%H%M%S}-00000001.jsonl").write_text("{}\n")
    assert "deleted the sound of 1 call older than 90 days" in ivr("call", "--caller", caller).stderr


def days_ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def test_a_call_without_sound_cannot_be_played(ivr: Ivr, caller: str, tmp_path: Path) -> None:
    ivr("call", "--caller", caller)
    (journal,) = (tmp_path / "data" / "calls").glob("*.jsonl")
    with pytest.raises(UsageError, match="the sound of this call was not kept"):
        code(ivr("calls", "play", journal.stem))


def test_a_caller_that_cannot_be_read_costs_no_earlier_recording_and_is_no_call(
    ivr: Ivr, caller: str, tmp_path: Path
) -> None:
    both = tmp_path / "both.wav"
    both.write_bytes(b"an earlier call")
    Path(caller).write_text(CALLER + "99 nowhere.wav\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"caller.txt:5: .*nowhere.wav: "):
        code(ivr("call", "--caller", caller, "--out", str(both)))
    assert both.read_bytes() == b"an earlier call"
    assert list((tmp_path / "data" / "calls").iterdir()) == []


def test_a_hotline_that_does_not_say_so_itself_announces_the_recording(ivr: Ivr, tmp_path: Path) -> None:
    flow = write_hotline(tmp_path)
    (tmp_path / "nothing.txt").write_text("20 1\n", encoding="utf-8")

    def first_prompt(*options: str) -> tuple[int, str]:
        done = ivr("call", str(flow), "--caller", str(tmp_path / "nothing.txt"), "--json", *options)
        first = next(json.loads(line) for line in done.stdout.splitlines() if "prompt-finished" in line)
        return int(first["at"]), done.stderr

    usual, _ = first_prompt()
    assert first_prompt("--record-audio")[0] - usual > 1_000
    shutil.rmtree(tmp_path / "data" / "calls")
    (tmp_path / "data" / "calls").write_text("in the way")
    unrecorded, told = first_prompt("--record-audio")
    assert "warning: this call is not recorded: " in told
    assert unrecorded == usual


def test_a_message_by_voice_is_kept_played_and_purged(ivr: Ivr, tmp_path: Path) -> None:
    said = word("请回电", 2_000)
    write_wav(tmp_path / "said.wav", said, 16_000)
    (tmp_path / "caller.txt").write_text("26 5\n42 said.wav\n46 #\n", encoding="utf-8")
    done = ivr("call", "--caller", str(tmp_path / "caller.txt"))
    assert code(done) == 0, done.output
    (kept,) = (tmp_path / "data" / "calls").glob("*.message-1.wav")
    sound = read_sound(kept).samples
    assert np.abs(np.correlate(sound.astype(float), said[4_000:8_000].astype(float))).max() > 0.9 * float(
        np.square(said[4_000:8_000].astype(float)).sum()
    )
    journal = kept.name.partition(".")[0]
    assert code(ivr("calls", "play", journal, "--message", "1", "--out", str(tmp_path / "copy.wav"))) is None
    with pytest.raises(UsageError, match="left no message 2 by voice"):
        code(ivr("calls", "play", journal, "--message", "2"))
    assert code(ivr("calls", "purge", "--older-than", "0h", "--yes")) is None
    assert not kept.exists()


def test_devices_are_listed(ivr: Ivr) -> None:
    listed = ivr("devices", "--json")
    if listed.exception is None:
        assert isinstance(json.loads(listed.stdout), list)
        assert code(listed) in (0, 1)
    else:  # without PortAudio
        assert "install" in str(listed.exception)


STORY = """\
call: 两次按键
caller: {person: wang-balance}
steps:
  - hears: main.offer
  - presses: "1"
  - hears: main.account.offer
  - says: 返回
  - hears: main.again
  - hangs up
"""


def test_a_script_is_run_with_sound(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "story.call.yaml").write_text(STORY, encoding="utf-8")
    sounds = tmp_path / "sounds"
    done = ivr("test", str(tmp_path), "--line", "recording", "--speaker", "silent", "--keep-sound", str(sounds))
    assert code(done) == 0, done.output
    (kept,) = sounds.iterdir()
    assert kept.name == "两次按键.wav"
    assert read_sound(kept).length_ms > 10_000
    for option in (("--keep-sound", str(sounds)), ("--speaker", "silent"), ("--speech-model", str(sounds))):
        with pytest.raises(UsageError, match="are for calls with sound; add --line recording"):
            code(ivr("test", str(tmp_path), *option))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells a process's children so simply")
def test_scripts_with_sound_leave_no_voice_running(ivr: Ivr, tmp_path: Path) -> None:
    def children() -> set[str]:
        return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}

    before = children()
    (tmp_path / "story.call.yaml").write_text(STORY, encoding="utf-8")
    done = ivr("test", str(tmp_path), "--line", "recording", "--speaker", "system")
    assert code(done) == 0, done.output
    assert any((tmp_path / "cache" / "speech").iterdir()), "no voice spoke"
    assert children() <= before
