"""The ``ivr`` command. Only the subcommand that is asked for gets imported, so that help and completion are instant.

A command lives in ``ivr.commands.<name>`` and exports a ``click.Command`` of that name; the table below carries its
line of help. Errors meant for people (:class:`ivr.errors.IvrError`) end here as one line on stderr.

Exit codes: 0 all went well, 1 problems were found, 2 the command could not be carried out, 130 interrupted.
``ivr call`` on a pipe adds its own, see ``ivr call --help``.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from contextlib import suppress
from typing import TextIO

import click

from ivr.commands.lazy_group import LazyGroup
from ivr.errors import DocumentError, IvrError

COMMANDS = {
    "accounts": "Look at and change the synthetic people behind the hotline.",
    "call": "Phone the hotline from this terminal, or from a pipe.",
    "calls": "List, show, export and purge the records of calls.",
    "check": "Check a hotline for errors and against the human-factors rules.",
    "completion": "Print the completion script of a shell.",
    "crowd": "Let a crowd of virtual callers phone a hotline, and see where they are lost.",
    "devices": "List the microphones and loudspeakers of this machine.",
    "diagram": "Draw a hotline as Mermaid, Graphviz or SVG.",
    "diff": "Say what changed for callers between two hotlines.",
    "doctor": "Say what is ready on this machine and how to mend what is not.",
    "explore": "Try everything that can happen in a call, and prove or refute what must hold.",
    "models": "List, fetch, choose and test speech models, and give them a hotline's words.",
    "mutate": "Change a hotline in small wrong ways, and list what no call script notices.",
    "new": "Start a hotline of your own.",
    "prompts": "List, hear, render and check what a hotline says, and choose its voice.",
    "schema": "Print the JSON Schema of hotline documents.",
    "test": "Run call scripts against a hotline and measure their coverage.",
}

# What a plain installation leaves out; any command that comes upon one of them missing ends with a line, not a trace.
_PACKAGES_OF_SOUND = frozenset({"numpy", "soxr", "soundfile", "pypinyin", "pyttsx3", "sounddevice", "vosk"})


def _print_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"ivr {version('ivr')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    help_lines=COMMANDS,
    lives=("ivr.commands.{}", "{}"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """A simulator of China's 12333 medical-insurance hotline: phone it, design it, test it, prove it.

    \b
    ivr call                      phone the hotline with your keyboard
    printf '1\\n1\\n' | ivr call    the same from a pipe, in no time
    ivr COMMAND --help            what a command does, with examples
    """


def run(arguments: list[str], command: click.Command = cli) -> int:
    """Carry out one command line; returns the exit code."""
    try:
        outcome = command.main(arguments, prog_name="ivr", standalone_mode=False)
    except DocumentError as error:
        click.echo(error, err=True)
        return 1
    except IvrError as error:
        click.echo(f"error: {error}", err=True)
        return 2
    except click.Abort as error:
        if isinstance(error.__cause__, KeyboardInterrupt):
            return 130
        click.echo("stopped", err=True)
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:  # whoever read along has seen enough
        return 1
    except ModuleNotFoundError as error:
        if error.name not in _PACKAGES_OF_SOUND:
            raise
        click.echo(f"error: this needs {error.name}; install what sound needs: pip install 'ivr[voice]'", err=True)
        return 2
    except OSError as error:
        return _cannot_write(error)
    return outcome if isinstance(outcome, int) and not isinstance(outcome, bool) else 0


def _cannot_write(error: OSError) -> int:
    """What a command reads or writes by name it answers for itself; left is standard output, on a full disk say."""
    with suppress(OSError):  # stderr may lie on the same disk
        place = error.filename or "standard output"
        click.echo(f"error: {place}: cannot be written ({error.strerror or error}); free some space", err=True)
    return 2


def _speak_utf8(stream: TextIO) -> None:
    """Mandarin must come through: Windows consoles default to a code page, and no character may stop a call."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return
    if os.name == "nt":
        reconfigure(encoding="utf-8")
    reconfigure(errors="backslashreplace")


def main() -> None:
    # Looking for plugins of pydantic takes longer than reading a hotline, and none may change what documents mean.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Documents and calls are many small objects that stay; to look through them at every 700th takes a tenth of a run.
    gc.set_threshold(20_000)
    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)
    code = run(sys.argv[1:])
    error = _flushed(sys.stdout)
    if error is not None and code != 2 and error.errno not in _NOBODY_READS:
        code = _cannot_write(error)
    _flushed(sys.stderr)
    sys.exit(code)


_NOBODY_READS = (errno.EPIPE, errno.EIO)  # the reader of a pipe has seen enough; the window was closed


def _flushed(stream: TextIO | None) -> OSError | None:
    """Writes out what is left; what cannot be would make the interpreter end with 120 instead of our code."""
    if stream is None:  # it was closed before we began
        return None
    try:
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None
