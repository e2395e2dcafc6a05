"""What was spoken once is kept, never wrongly, never without bound, and a bad disk costs nothing but time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ivr.audio.wav import Sound
from ivr.speech.speech_cache import SpeechCache


def tone(length: int = 1600, rate: int = 16_000) -> Sound:
    return Sound((8000 * np.sin(np.arange(length) / 9)).astype(np.int16), rate)


def entries(cache: SpeechCache) -> list[Path]:
    return sorted(path for path in cache.folder.rglob("*") if path.is_file())


@settings(max_examples=60, deadline=None)
@given(npst.arrays(np.int16, st.integers(1, 500)), st.sampled_from([8000, 16_000, 22_050]))
def test_what_is_stored_is_found(tmp_path_factory: pytest.TempPathFactory, samples: np.ndarray, rate: int) -> None:
    cache = SpeechCache(tmp_path_factory.getbasetemp() / "round-trip")
    cache.store(Sound(samples, rate), "voice", "text")
    found = SpeechCache(cache.folder).find("voice", "text")
    assert found is not None
    assert found.rate == rate
    assert np.array_equal(found.samples, samples)


def test_every_part_of_the_key_counts(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    cache.store(tone(), "voice", "text")
    assert cache.find("voice", "text") is not None
    for other in (("voice", "texts"), ("voices", "text"), ("voicetext",), ("voice", "", "text"), ("text", "voice")):
        assert cache.find(*other) is None


@pytest.mark.parametrize("damage", [0, 3, 12, 13, 500, 3000])
def test_a_damaged_entry_is_as_good_as_none_and_goes(tmp_path: Path, damage: int) -> None:
    cache = SpeechCache(tmp_path)
    cache.store(tone(), "text")
    (entry,) = entries(cache)
    data = bytearray(entry.read_bytes())
    data[damage] ^= 1
    entry.write_bytes(data)
    assert cache.find("text") is None
    assert not entry.exists()


@pytest.mark.parametrize("kept", [0, 5, 12, 13, 1000])
def test_an_entry_cut_short_is_as_good_as_none(tmp_path: Path, kept: int) -> None:
    cache = SpeechCache(tmp_path)
    cache.store(tone(), "text")
    (entry,) = entries(cache)
    entry.write_bytes(entry.read_bytes()[:kept])
    assert cache.find("text") is None


def test_the_entries_used_longest_ago_go_first(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, most_bytes=10_000)  # three entries of 3,212 bytes
    for age, text in ((3000, "old"), (1000, "used again"), (2000, "new")):
        cache.store(tone(), text)
        for entry in entries(cache):
            if entry.stat().st_mtime > 1e9:
                os.utime(entry, (age, age))
    assert cache.find("used again") is not None
    cache.store(tone(), "newest")
    assert cache.size()[1] <= 10_000
    assert [cache.find(text) is not None for text in ("old", "used again", "new", "newest")] == [
        False,
        True,
        False,
        True,
    ]


def test_it_never_grows_beyond_its_limit(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, most_bytes=20_000)
    for number in range(40):
        cache.store(tone(), str(number))
        assert cache.size()[1] <= 20_000
    count = cache.size()[0]
    assert count >= 5
    assert cache.clear() == count
    assert cache.size() == (0, 0)


def test_a_full_disk_is_said_and_survived(tmp_path: Path) -> None:
    """A real one: a process that may not write files of more than 1,000 bytes gets the error of a full disk's kin."""
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        "import numpy as np; from pathlib import Path; from ivr.audio.wav import Sound;"
        "from ivr.speech.speech_cache import SpeechCache;"
        "cache = SpeechCache(Path(sys.argv[1]));"
        "print(cache.store(Sound(np.ones(9000, np.int16), 8000), 'text'), cache.trouble)"
    )
    if sys.platform == "win32":
        pytest.skip("Windows has no limit on the size of files")
    command = [sys.executable, "-B", "-c", program, tmp_path]  # -B: no bytecode, which would be cut off
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("False")
    assert "cannot be written (File too large)" in done.stdout
    assert entries(SpeechCache(tmp_path)) == []


def test_a_folder_that_cannot_be_made_is_said_and_survived(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = SpeechCache(tmp_path / "file" / "speech")
    assert not cache.store(tone(), "text")
    assert "cannot be written" in cache.trouble
    assert cache.find("text") is None
    assert cache.size() == (0, 0)


def test_programs_that_share_a_folder_find_only_whole_entries(tmp_path: Path) -> None:
    program = (
        "import sys, numpy as np; from pathlib import Path; from ivr.audio.wav import Sound;"
        "from ivr.speech.speech_cache import SpeechCache;"
        "cache = SpeechCache(Path(sys.argv[1]), 60_000);"
        "whole = Sound(np.arange(4000, dtype=np.int16), 8000);"
        "[cache.store(whole, str(n % 9)) for n in range(150)];"
        "found = [cache.find(str(n % 9)) for n in range(150)];"
        "assert all(one is None or len(one.samples) == 4000 for one in found)"
    )
    children = [subprocess.Popen([sys.executable, "-c", program, tmp_path]) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]
    assert SpeechCache(tmp_path).size()[1] <= 60_000 + 2 * 8_012
    assert not list(tmp_path.rglob(".new-*"))
