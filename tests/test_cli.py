"""The command line itself: its table, its errors, its exit codes, and that it imports only what it needs."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ivr import cli
from ivr.errors import DocumentError, Problem, UsageError

HEAVY = ("asyncio", "sqlalchemy", "alembic", "argon2", "rich", "transitions", "pydantic", "yaml")


def ivr(*arguments: str, data: Path, given: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "ivr", *arguments],
        input=given,
        capture_output=True,
        check=False,
        env=os.environ | {"IVR_DATA_DIR": str(data), "PYTHONUTF8": "1"} | env,
    )


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_of_the_table_exists_and_helps(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = getattr(importlib.import_module(f"ivr.commands.{name}"), name)
    assert isinstance(command, click.Command)
    assert cli.run([name, "--help"]) == 0
    assert f"Usage: ivr {name}" in capsys.readouterr().out


def leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for part in command.list_commands(context):
        within = command.get_command(context, part)
        assert within is not None
        yield from leaves(within, f"{name} {part}")


def test_the_help_of_every_command_has_an_example_and_explains_every_option() -> None:
    for name, command in leaves(cli.cli, "ivr"):
        assert re.search(rf"Examples?:\n(.*\n)*? .*{name}\b", command.help or ""), name
        unexplained = [option.opts for option in command.params if isinstance(option, click.Option) and not option.help]
        assert unexplained == [], name


def test_every_command_that_exists_is_in_the_table() -> None:
    folder = Path(cli.__file__).parent / "commands"
    exporting = {
        path.stem for path in folder.glob("*.py") if isinstance(
            getattr(importlib.import_module(f"ivr.commands.{path.stem}"), path.stem, None), click.Command
        )
    }  # fmt: skip
    assert exporting == set(cli.COMMANDS)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {name} " in shown for name in cli.COMMANDS)


@pytest.mark.parametrize(("typed", "meant"), [(["tset"], "test"), (["models", "fetchh"], "fetch")])
def test_a_mistyped_command_says_which_one_was_meant(
    typed: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(typed) == 2
    assert f"no such command '{typed[-1]}'; did you mean '{meant}'?" in capsys.readouterr().err


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 2
    assert "Commands:" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("ivr ")


def test_an_unknown_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["phone"]) == 2
    assert "No such command 'phone'" in capsys.readouterr().err


def loaded_by(code: str) -> set[str]:
    """Which heavy modules this code imports."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"],
        capture_output=True, check=True, input=b"", env=os.environ | {"PYTHONUTF8": "1"},
    )  # fmt: skip
    modules = set(done.stderr.decode().split())
    return {module for module in HEAVY if module in modules}


def test_help_imports_nothing_heavy() -> None:
    assert loaded_by("from ivr.cli import run\nrun(['--help'])") == set()


def test_a_call_without_a_lookup_opens_no_database(tmp_path: Path) -> None:
    code = f"import os\nos.environ['IVR_DATA_DIR'] = {str(tmp_path)!r}\nfrom ivr.cli import run\nrun(['call'])"
    assert loaded_by(code) == {"transitions", "pydantic", "yaml"}
    assert not (tmp_path / "accounts.db").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["completion", shell]) == 0
    assert "_IVR_COMPLETE" in capsys.readouterr().out


def test_completion_of_a_command_name(tmp_path: Path) -> None:
    done = ivr(data=tmp_path, _IVR_COMPLETE="bash_complete", COMP_WORDS="ivr cal", COMP_CWORD="1")
    assert done.stdout.decode().split() == ["plain,call", "plain,calls"]


def raising(error: BaseException) -> click.Command:
    def callback() -> None:
        raise error

    return click.Command("raising", callback=callback)


class Interrupting(click.Group):
    """A group whose one command raises what it is told."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(commands={"raising": raising(error)})


@pytest.mark.parametrize(
    ("error", "code", "shown"),
    [
        (UsageError("x.yaml: no such file; name another"), 2, "error: x.yaml: no such file; name another\n"),
        (
            DocumentError([Problem("b.yaml", 2, "two", "mend it"), Problem("a.yaml", 1, "one")]),
            1,
            "a.yaml:1: one\nb.yaml:2: two; mend it\n",
        ),
        (click.ClickException("no"), 1, "Error: no\n"),
    ],
)
def test_errors_for_people_are_told_in_one_line_each(
    error: Exception, code: int, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["raising"], Interrupting(error)) == code
    assert capsys.readouterr().err == shown


def test_ctrl_c_exits_with_130() -> None:
    assert cli.run(["raising"], Interrupting(KeyboardInterrupt())) == 130


def test_an_answer_that_is_no_stops_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["raising"], Interrupting(click.Abort())) == 1
    assert capsys.readouterr().err == "stopped\n"


@pytest.mark.parametrize("value", [0, 3])
def test_a_command_may_return_its_exit_code(value: int) -> None:
    group = click.Group(commands={"answer": click.Command("answer", callback=lambda: value)})
    assert cli.run(["answer"], group) == value


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "ivr", "call"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"IVR_DATA_DIR": str(tmp_path), "PYTHONUTF8": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b"1\n1\n")
        process.stdin.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 1
    (journal,) = (tmp_path / "calls").iterdir()
    assert '"disposition":"abandoned"' in journal.read_text("utf-8").splitlines()[-1]


def test_a_terminal_without_chinese_still_gets_a_call(tmp_path: Path) -> None:
    done = ivr("call", data=tmp_path, PYTHONUTF8="0", PYTHONIOENCODING="latin-1")
    assert done.returncode == 3
    assert b"\\u60a8" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_closed_output_is_no_error(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", '"$0" -m ivr --version >&-', sys.executable],
        capture_output=True, check=False, env=os.environ | {"IVR_DATA_DIR": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", ["check", "call", "--version"])
def test_a_full_disk_is_told_in_one_line(command: str, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ivr", command],
            input=b"", stdout=full, stderr=subprocess.PIPE, check=False,
            env=os.environ | {"IVR_DATA_DIR": str(tmp_path)},
        )  # fmt: skip
    (told,) = done.stderr.decode().splitlines()
    assert told.startswith("error: standard output: cannot be written (No space left")
    assert done.returncode == 2
