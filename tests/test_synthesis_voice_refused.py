"""A system that lists a voice and then refuses it silently: the worker reads back what it got and takes the next one.

No engine here does so for a voice that it lists, so one that does stands in for pyttsx3 in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ENGINE = '''
import os

class Listed:
    def __init__(self, tag): self.id = self.name = tag; self.languages = [tag]

class Engine:
    """As real ones: what is set counts after the next run, and a voice that is not there is refused silently."""
    def __init__(self): self.wanted = self.voice = "english"
    def connect(self, *_): pass
    def __str__(self): return "stand-in"
    def getProperty(self, name): return [Listed("zh-CN"), Listed("cmn-latn-pinyin"), Listed("yue")] if name == "voices" else self.voice
    def setProperty(self, name, value): self.wanted = value if name == "voice" else self.wanted
    def runAndWait(self): self.voice = self.wanted if self.wanted in os.environ["ACCEPTED"] else self.voice
    def save_to_file(self, text, file): pass

def init(): return Engine()
'''  # noqa: E501 - a program in a program


@pytest.mark.parametrize(
    ("accepted", "greeting"),
    [
        ("zh-CN cmn-latn-pinyin", {"voice": "zh-CN", "engine": "stand-in"}),
        ("cmn-latn-pinyin yue", {"voice": "cmn-latn-pinyin", "engine": "stand-in"}),
        ("yue", {"error": "pyttsx3: none of the 3 voices of this machine speaks Mandarin"}),
    ],
)
def test_a_voice_counts_only_if_it_is_read_back(tmp_path: Path, accepted: str, greeting: dict[str, str]) -> None:
    (tmp_path / "pyttsx3.py").write_text(ENGINE, encoding="utf-8")
    (tmp_path / "espeakng_loader.py").write_text("raise ImportError", encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "ivr.speech.pyttsx3_worker", "160"],
        env=os.environ | {"PYTHONPATH": str(tmp_path), "ACCEPTED": accepted},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as worker:  # fmt: skip
        assert worker.stdout is not None
        assert json.loads(worker.stdout.readline()) == greeting
        worker.communicate(timeout=60)  # it ends when nobody asks any more
