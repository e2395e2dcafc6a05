"""An engine that hangs, crashes, lies or writes nothing costs a moment, never the call."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.errors import SpeechError, UnsayableError
from ivr.speech.pyttsx3_synthesiser import Pyttsx3Synthesiser
from ivr.speech.worker_process import WorkerProcess

ASK_AFTER_CTRL_C = """
import os, signal, sys
from ivr.speech.worker_process import WorkerProcess

signal.signal(signal.SIGINT, lambda *_: print("interrupted"))
child = WorkerProcess("faulty_voices.misbehaving", ("160",))
child.start(20)
os.kill(0, signal.SIGINT)  # to the whole process group, as a terminal does
print(child.ask({"text": "您好", "file": sys.argv[1]}, 20))
child.close()
"""


SPEAK = """
from ivr.errors import SpeechError
from ivr.speech.voice_process import VoiceProcess

voice = VoiceProcess("faulty_voices.misbehaving", ("160",))
try:
    print(len(voice.speak("您好").samples))
except SpeechError as error:
    print(error)
voice.close()
"""
ON_A_DISK_OF = 'mount -t tmpfs -o size="$0" tmpfs "$TMPDIR" && exec "$@"'  # nobody else sees it; it goes with it


@pytest.fixture
def voice() -> Iterator[Pyttsx3Synthesiser]:
    made = Pyttsx3Synthesiser(worker="faulty_voices.misbehaving", text_limit_s=0.4)
    yield made
    made.close()


@pytest.mark.parametrize("once", ["先挂起", "先崩溃", "先空文件"])
def test_what_fails_once_is_said_by_a_new_process(voice: Pyttsx3Synthesiser, once: str) -> None:
    assert len(voice.synthesise(once).samples) == 2205


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("挂起", "no answer within"),
        ("崩溃", "segmentation fault ahead"),
        ("空文件", "without sound"),
        ("没有文件", "cannot be read"),
        ("残缺", "wrote no sound"),
        ("报错", "no such voice"),
        ("废话", "answered 'Audio saved"),
    ],
)
def test_what_fails_again_is_said_so_and_the_next_text_is_spoken(
    voice: Pyttsx3Synthesiser, text: str, complaint: str
) -> None:
    with pytest.raises(SpeechError, match=complaint):
        voice.synthesise(text)
    assert len(voice.synthesise("您好").samples) == 2205


@pytest.mark.parametrize(("megabytes", "says"), [(8, "only 8 MB are free; free some space"), (20, "2205")])
def test_a_voice_does_not_write_to_a_disk_that_is_nearly_full(tmp_path: Path, megabytes: int, says: str) -> None:
    on_a_disk = ["unshare", "--map-root-user", "--mount", "sh", "-c", ON_A_DISK_OF, f"{megabytes * 1_000_000}"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent), "TMPDIR": str(tmp_path)}
    if not shutil.which("unshare") or subprocess.run([*on_a_disk, "true"], env=environment).returncode:
        pytest.skip("this machine lets its users mount no disk of their own")
    speak = [sys.executable, "-c", SPEAK]
    done = subprocess.run([*on_a_disk, *speak], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip().endswith(says), done.stdout + done.stderr


def test_a_text_that_cannot_be_said_costs_no_new_process() -> None:
    voice = Pyttsx3Synthesiser(worker="faulty_voices.speechless")
    for text in ("яя", "……"):
        with pytest.raises(UnsayableError):
            voice.synthesise(text)
    assert len(voice.synthesise("您好").samples) == 2
    voice.close()


def test_an_engine_that_never_gets_ready_is_given_up() -> None:
    voice = Pyttsx3Synthesiser(worker="faulty_voices.never_ready", start_limit_s=0.3)
    with pytest.raises(SpeechError, match=r"no answer within 0\.3 s"):
        voice.synthesise("您好")
    voice.close()


def test_a_machine_without_a_mandarin_voice_says_how_to_get_one() -> None:
    voice = Pyttsx3Synthesiser(worker="faulty_voices.without_mandarin")
    with pytest.raises(SpeechError, match=r"none of the 3 voices .* Mandarin; (install|add) "):
        assert voice.voice
    voice.close()


def test_what_was_said_is_not_left_on_the_disk_since_it_may_be_about_one_person(voice: Pyttsx3Synthesiser) -> None:
    with pytest.raises(SpeechError) as told:
        voice.synthesise("哪里")
    file = Path(str(told.value))
    assert len(voice.synthesise("您的余额是五元").samples) == 2205
    assert file.parent.is_dir()
    assert not file.exists()
    with pytest.raises(SpeechError, match="wrote no sound"):
        voice.synthesise("残缺")
    assert not file.exists()


def test_a_child_ends_when_its_parent_lets_go_of_it() -> None:
    child = WorkerProcess("faulty_voices.misbehaving", ("160",))
    child.start(10)
    assert child.running
    child.close()
    assert not child.running
    with pytest.raises(SpeechError, match="is not running"):
        child.ask({"text": "您好", "file": "nowhere"}, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="a console of Windows cannot be interrupted without its tests")
def test_ctrl_c_is_the_business_of_the_call_and_its_voice_goes_on(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-c", ASK_AFTER_CTRL_C, str(tmp_path / "sound.wav")],
        env=environment,
        start_new_session=True,  # or this test would interrupt itself
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == ["interrupted", "{}"], done.stderr


def test_a_child_that_was_ended_before_it_was_born_is_not_left_behind() -> None:
    child = WorkerProcess("faulty_voices.misbehaving", ("160",))
    child.end()
    with pytest.raises(SpeechError, match="was ended"):
        child.start(10)
    assert not child.running


def test_a_call_may_end_while_a_thread_waits_for_its_voice(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as rendering:
        for _ in range(5):
            child = WorkerProcess("faulty_voices.misbehaving", ("160",))
            child.start(10)
            waiting = rendering.submit(child.ask, {"text": "挂起", "file": str(tmp_path / "sound.wav")}, 10)
            child.close()
            with pytest.raises(SpeechError, match=r"ended unexpectedly|is not running"):
                waiting.result()


def test_a_voice_that_was_closed_while_it_spoke_does_not_start_again(voice: Pyttsx3Synthesiser) -> None:
    assert voice.voice
    with ThreadPoolExecutor(1) as rendering:
        waiting = rendering.submit(voice.synthesise, "挂起")
        voice.close()
        with pytest.raises(SpeechError, match="the voice was closed"):
            waiting.result()
