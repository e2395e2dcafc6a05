"""A voice that is closed while its engine starts: nobody waits for it, and no process is left or begun."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.errors import SpeechError
from ivr.speech.pyttsx3_synthesiser import Pyttsx3Synthesiser

LIMIT_S = 20.0


@pytest.fixture
def births(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Here every process of ``faulty_voices.long_in_starting`` connects, and hangs up when it ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("BIRTHS", str(server.getsockname()[1]))
        server.settimeout(LIMIT_S)
        yield server


@pytest.mark.parametrize("waits_for", ["words", "name"])
def test_a_voice_that_is_closed_while_it_starts_ends_with_its_process(births: socket.socket, waits_for: str) -> None:
    voice = Pyttsx3Synthesiser(worker="faulty_voices.long_in_starting", start_limit_s=2 * LIMIT_S)
    with ThreadPoolExecutor(1) as rendering:
        asked = rendering.submit(voice.synthesise, "您好") if waits_for == "words" else rendering.submit(_name, voice)
        child, _ = births.accept()
        with child:
            child.settimeout(LIMIT_S)
            voice.close()
            with pytest.raises(SpeechError, match="the voice was closed"):
                asked.result(LIMIT_S)
            assert child.recv(1) == b""
    for again in (lambda: voice.synthesise("您好", 0.5), lambda: _name(voice)):
        with pytest.raises(SpeechError, match="the voice was closed"):
            again()
    births.settimeout(0)
    with pytest.raises(BlockingIOError):
        births.accept()  # no second process


def _name(voice: Pyttsx3Synthesiser) -> str:
    return voice.voice
