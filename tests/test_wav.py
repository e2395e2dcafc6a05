"""Sound files of every rate, width, kind and channel count; broken ones, and ones that are none."""

from __future__ import annotations

import importlib.util
import io
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ivr.audio import g711
from ivr.audio.wav import Channel, read_sound, sound_of, write_wav
from ivr.errors import AudioError

RAMP = np.linspace(-30_000, 30_000, 500).astype(np.int16)


def wav(body: bytes, kind: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16, order: str = "<") -> bytes:
    frame = channels * bits // 8
    format_ = struct.pack(f"{order}HHIIHH", kind, channels, rate, rate * frame % 2**32, frame, bits)
    chunks = b"fmt " + struct.pack(f"{order}I", 16) + format_ + b"data" + struct.pack(f"{order}I", len(body)) + body
    return (b"RIFF" if order == "<" else b"RIFX") + struct.pack(f"{order}I", 4 + len(chunks)) + b"WAVE" + chunks


def bodies() -> dict[str, bytes]:
    wide = RAMP.astype(np.int64)
    return {
        "8 bits": wav(((wide >> 8) + 128).astype(np.uint8).tobytes(), bits=8),
        "16 bits": wav(RAMP.astype("<i2").tobytes()),
        "24 bits": wav(b"".join(struct.pack("<i", value << 8)[:3] for value in wide), bits=24),
        "32 bits": wav((wide << 16).astype("<i4").tobytes(), bits=32),
        "32-bit float": wav((wide / 32768).astype("<f4").tobytes(), kind=3, bits=32),
        "64-bit float": wav((wide / 32768).astype("<f8").tobytes(), kind=3, bits=64),
        "big-endian": wav(RAMP.astype(">i2").tobytes(), order=">"),
        "big-endian 24 bits": wav(b"".join(struct.pack(">i", value << 8)[1:] for value in wide), bits=24, order=">"),
        "mu-law": wav(g711.encoded(RAMP, "mu"), kind=7, bits=8),
        "A-law": wav(g711.encoded(RAMP, "a"), kind=6, bits=8),
    }


@pytest.mark.parametrize("kind", bodies())
def test_every_kind_of_wav_is_read(kind: str) -> None:
    sound = sound_of(bodies()[kind])
    coarse = 1200 if "law" in kind else 256 if kind == "8 bits" else 1
    assert (np.abs(sound.samples.astype(int) - RAMP) <= coarse).all()
    assert (sound.rate, sound.channels, sound.truncated) == (8000, 1, False)


@pytest.mark.parametrize("rate", [1, 8000, 11025, 22050, 44100, 48000, 192000])
def test_every_rate_is_read(rate: int) -> None:
    sound = sound_of(wav(RAMP.tobytes(), rate=rate))
    assert sound.rate == rate
    assert sound.length_ms == 500 * 1000 // rate


@pytest.mark.parametrize(("channel", "factor"), [("left", 1), ("right", 2), ("mix", 1.5)])
def test_one_of_two_channels_may_be_asked_for(channel: Channel, factor: float) -> None:
    frames = np.stack([RAMP // 4, RAMP // 4 * 2], axis=1)
    sound = sound_of(wav(frames.astype("<i2").tobytes(), channels=2), channel=channel)
    assert np.abs(sound.samples - RAMP // 4 * factor).max() <= 1


@pytest.mark.parametrize("channel", ["left", "right", "mix"])
def test_one_channel_is_every_channel(channel: Channel) -> None:
    np.testing.assert_array_equal(sound_of(wav(RAMP.astype("<i2").tobytes()), channel=channel).samples, RAMP)


@pytest.mark.parametrize("channels", [2, 3, 6])
def test_channels_are_averaged(channels: int) -> None:
    frames = np.stack([RAMP // (number + 1) for number in range(channels)], axis=1)
    sound = sound_of(wav(frames.astype("<i2").tobytes(), channels=channels))
    assert np.abs(sound.samples - frames.mean(axis=1)).max() <= 1
    assert sound.channels == channels


def test_an_extensible_header_is_read() -> None:
    tail = bytes.fromhex("000000001000800000aa00389b71")
    extra = struct.pack("<HHIH", 22, 24, 4, 1) + tail
    format_ = struct.pack("<HHIIHH", 0xFFFE, 1, 8000, 24000, 3, 24) + extra
    body = b"".join(struct.pack("<i", value << 8)[:3] for value in RAMP.astype(int))
    chunks = b"fmt " + struct.pack("<I", 40) + format_ + b"LIST" + struct.pack("<I", 3) + b"abc\0"
    data = b"RIFF\0\0\0\0WAVE" + chunks + b"data" + struct.pack("<I", len(body)) + body
    assert np.array_equal(sound_of(data).samples, RAMP)


def test_aiff_is_read() -> None:
    rate = struct.pack(">HQ", 16383 + 14, 22050 << 49)
    common = struct.pack(">hIh", 1, 500, 16) + rate
    body = RAMP.astype(">i2").tobytes()
    chunks = b"COMM" + struct.pack(">I", 18) + common + b"SSND" + struct.pack(">III", 8 + len(body), 0, 0) + body
    sound = sound_of(b"FORM" + struct.pack(">I", 4 + len(chunks)) + b"AIFF" + chunks)
    assert np.array_equal(sound.samples, RAMP)
    assert sound.rate == 22050


def test_a_file_that_stops_short_gives_what_is_there() -> None:
    sound = sound_of(wav(RAMP.tobytes())[:-301])
    assert sound.truncated
    assert np.array_equal(sound.samples, RAMP[: 500 - 151])


@pytest.mark.parametrize("promise", [0x7FFFF000, 0xFFFFFFFF])
def test_a_stream_of_unknown_length_is_not_cut_off(promise: int) -> None:
    data = bytearray(wav(RAMP.tobytes()))
    data[40:44] = struct.pack("<I", promise)
    sound = sound_of(bytes(data))
    assert np.array_equal(sound.samples, RAMP)
    assert not sound.truncated


def test_floats_that_are_no_numbers_are_silence_and_too_loud_ones_are_clipped() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 2.0, -2.0, 0.5], "<f4")
    assert sound_of(wav(values.tobytes(), kind=3, bits=32)).samples.tolist() == [0, 32767, -32768, 32767, -32768, 16384]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b"hello, I am a text", "is no WAV"),
        (b"RIFF", "is no WAV"),
        (wav(b"")[:12], "ends after its header"),
        (wav(b"")[:20], "fmt chunk"),
        (wav(b"")[:36], "data chunk"),
        (wav(RAMP.tobytes(), channels=0), "0 channels"),
        (wav(RAMP.tobytes(), rate=0), "at 0 samples a second"),
        (wav(RAMP.tobytes(), rate=4_000_000_000), "4000000000 samples a second"),
        (wav(RAMP.tobytes(), kind=80, bits=16), "of kind 80"),
        (wav(RAMP.tobytes(), kind=17, bits=4), "cannot be decoded|install the package soundfile"),
        (wav(RAMP.tobytes(), bits=40), "40 bits"),
    ],
)
def test_what_cannot_be_read_is_told(data: bytes, what: str) -> None:
    with pytest.raises(AudioError, match=what) as told:
        sound_of(data, "greeting.wav")
    assert str(told.value).startswith("greeting.wav: ")


@given(st.binary(max_size=80), st.integers(0, 60), st.integers(0, 1500))
@settings(max_examples=200)
def test_no_bytes_crash_the_reader(noise: bytes, at: int, end: int) -> None:
    data = bytearray(wav(RAMP.tobytes()))
    data[at : at + len(noise)] = noise
    try:
        sound = sound_of(bytes(data[:end]))
    except AudioError:
        return
    assert sound.samples.dtype == np.int16
    assert sound.rate > 0


@given(arrays.arrays(np.int16, st.integers(0, 300)), st.sampled_from([8000, 16000, 44100]))
@settings(max_examples=30)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, samples: np.ndarray, rate: int) -> None:
    path = tmp_path_factory.mktemp("wav") / "some.wav"
    write_wav(path, samples, rate)
    sound = read_sound(path)
    assert np.array_equal(sound.samples, samples)
    assert (sound.rate, sound.truncated) == (rate, False)
    assert [entry.name for entry in path.parent.iterdir()] == ["some.wav"]


def test_the_standard_library_reads_what_we_write(tmp_path: Path) -> None:
    write_wav(tmp_path / "both.wav", np.stack([RAMP, -RAMP], axis=1), 16000)
    with wave.open(str(tmp_path / "both.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 16000, 2)
        assert file.readframes(1000) == np.stack([RAMP, -RAMP], axis=1).astype("<i2").tobytes()


def test_a_missing_file_and_a_folder_that_is_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="cannot be read: No such file"):
        read_sound(tmp_path / "none.wav")
    with pytest.raises(AudioError, match="cannot be read"):
        read_sound(tmp_path)
    with pytest.raises(AudioError, match=r"cannot be written: No such file"):
        write_wav(tmp_path / "none" / "some.wav", RAMP, 8000)


def test_flac_is_read_where_soundfile_is_installed() -> None:
    if importlib.util.find_spec("soundfile") is None:
        with pytest.raises(AudioError, match="install the package soundfile"):
            sound_of(b"fLaC....")
        return
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, RAMP, 24000, format="FLAC", subtype="PCM_16")
    sound = sound_of(file.getvalue())
    assert np.array_equal(sound.samples, RAMP)
    assert sound.rate == 24000
    for broken in (b"fLaC and nothing more", file.getvalue()[:-100]):
        with pytest.raises(
            AudioError, match=r"^the sound: cannot be decoded \(.*\); copy or convert it again$"
        ) as told:
            sound_of(broken)
        assert "BytesIO" not in str(told.value)


@pytest.mark.parametrize("kind", ["GSM610", "IMA_ADPCM", "MS_ADPCM"])
def test_wav_as_telephones_compress_it_is_read_where_soundfile_is_installed(kind: str) -> None:
    soundfile = pytest.importorskip("soundfile", reason="optional: pip install 'ivr[voice]'")
    tone = np.round(8_000 * np.sin(np.arange(8_000) / 4)).astype(np.int16)
    file = io.BytesIO()
    soundfile.write(file, tone, 8_000, format="WAV", subtype=kind)
    sound = sound_of(file.getvalue())
    assert sound.rate == 8_000
    assert not sound.truncated
    assert np.corrcoef(sound.samples[:8_000], tone)[0, 1] > 0.95
    cut = sound_of(file.getvalue()[: len(file.getvalue()) // 2])
    assert cut.truncated
    np.testing.assert_array_equal(cut.samples[:500], sound.samples[:500])
