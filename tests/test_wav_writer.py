"""A recording that grows: readable at every moment, also after a kill and on a full disk."""

from __future__ import annotations

import signal
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ivr.audio.wav import read_sound, sound_of
from ivr.audio.wav_writer import WavWriter
from ivr.errors import AudioError

FOREVER = """
import sys, numpy as np
from pathlib import Path
from ivr.audio.wav_writer import WavWriter
writer = WavWriter(Path(sys.argv[1]), 8000, 2)
while True:
    writer.write(np.full((160, 2), 1234, np.int16))
    if writer.length_ms == 2000:
        print("two seconds", flush=True)
"""


def frames(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return data.reshape(-1, file.getnchannels()) if file.getnchannels() > 1 else data


@given(
    st.integers(1, 3).flatmap(
        lambda channels: st.lists(
            arrays.arrays(np.int16, st.integers(0, 99).map(lambda n: (n, channels) if channels > 1 else (n,))),
            min_size=1,
            max_size=5,
        )
    )
)
@settings(deadline=None)
def test_the_file_is_whole_after_every_write(tmp_path_factory: pytest.TempPathFactory, blocks: list) -> None:
    path = tmp_path_factory.mktemp("recording") / "call.wav"
    channels = blocks[0].shape[1] if blocks[0].ndim == 2 else 1
    with WavWriter(path, 8000, channels) as writer:
        for count, block in enumerate(blocks, 1):
            writer.write(block)
            assert np.array_equal(frames(path), np.concatenate(blocks[:count]))
            assert not read_sound(path).truncated
        assert writer.length_ms == sum(map(len, blocks)) * 1000 // 8000


def test_the_file_is_whole_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with subprocess.Popen([sys.executable, "-c", FOREVER, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    killed = -signal.SIGKILL if sys.platform != "win32" else 1
    assert process.returncode == killed
    sound = read_sound(path)
    assert sound.length_ms >= 2000
    assert (sound.samples == 1234).all()
    assert (frames(path) == 1234).all()


def test_samples_beyond_the_header_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with WavWriter(path, 8000) as writer:
        writer.write(np.arange(100, dtype=np.int16))
    data = path.read_bytes() + b"\x01\x02\x03" * 9  # killed between the samples and the header
    assert np.array_equal(sound_of(data).samples, np.arange(100))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_told_with_the_name_of_the_file() -> None:
    with pytest.raises(AudioError, match="/dev/full: cannot be written: No space left"):
        WavWriter(Path("/dev/full"), 8000)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"nowhere.*cannot be written: No such file"):
        WavWriter(tmp_path / "nowhere" / "call.wav", 8000)


@pytest.mark.parametrize("samples", [np.zeros((9, 2), np.int16), np.zeros(9, np.float64)])
def test_other_samples_are_refused(tmp_path: Path, samples: np.ndarray) -> None:
    with WavWriter(tmp_path / "call.wav", 8000) as writer, pytest.raises(ValueError, match="1 channels"):
        writer.write(samples)


@pytest.mark.parametrize(("rate", "channels"), [(0, 1), (8000, 0), (8000, 17)])
def test_there_are_no_such_files(tmp_path: Path, rate: int, channels: int) -> None:
    with pytest.raises(ValueError, match="make no sound file"):
        WavWriter(tmp_path / "call.wav", rate, channels)


def test_a_private_file_is_its_owners_alone_and_one_that_was_there_stays_as_it_was(tmp_path: Path) -> None:
    new, old = tmp_path / "new.wav", tmp_path / "old.wav"
    old.touch()
    old.chmod(0o644)
    for path in (new, old):
        WavWriter(path, 8000, private=True).close()
    if sys.platform != "win32":
        assert new.stat().st_mode & 0o777 == 0o600
        assert old.stat().st_mode & 0o777 == 0o644  # it may be /dev/null, and everybody's


def test_closing_twice_is_no_error(tmp_path: Path) -> None:
    writer = WavWriter(tmp_path / "call.wav", 8000)
    writer.close()
    writer.close()
    assert len(read_sound(tmp_path / "call.wav").samples) == 0
