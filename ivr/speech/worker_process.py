"""A child process that answers one JSON line with another, for engines that hang, crash, or write to stdout.

Theory of operation. A speech engine that hangs in native code can be left only by ending its process, so it gets one of
its own. A watchdog kills the child when an answer is late; the reader then sees the end of the pipe, and the question
fails with a ``SpeechError``. The next question starts a new child. The child ends by itself when its standard input
closes, so that none outlives a parent that was killed. It is in a process group of its own: Ctrl-C is the parent's
business.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
from typing import IO, Any, Final

from ivr.errors import SpeechError, UnsayableError

Answer = dict[str, Any]

# The child finds its modules where we found ours, however we were started.
_RUN_MODULE: Final = (
    "import json, runpy, sys; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)
_LAST_WORDS: Final = 300  # characters of the child's stderr that an error quotes


class WorkerProcess:
    """Runs ``module`` as ``__main__``. It prints a greeting, then an answer to each question. One thread at a time."""

    def __init__(self, module: str, arguments: tuple[str, ...] = ()) -> None:
        self._module = module
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None
        self._errors: IO[bytes] | None = None
        self._ended = False

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, limit_s: float) -> Answer:
        """Start the child; returns its greeting. Raises ``SpeechError`` if there is none in time, or an error in it."""
        self.close()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        command = [sys.executable, "-P", "-X", "utf8", "-c", _RUN_MODULE, json.dumps(sys.path), self._module]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [*command, *self._arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                encoding="utf-8",
                start_new_session=sys.platform != "win32",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except OSError as error:
            raise SpeechError(f"{self._module}: cannot be started: {error.strerror or error}") from None
        if self._ended:  # perhaps just now, before there was a child to end
            self.close()
            raise SpeechError(f"{self._module}: was ended")
        return self._answer(limit_s)

    def ask(self, question: Answer, limit_s: float) -> Answer:
        """Raises ``SpeechError`` if the child hangs, dies, or answers with an error; after the first two it is gone."""
        process = self._process
        if process is None or process.stdin is None:
            raise SpeechError(f"{self._module}: is not running")
        with contextlib.suppress(OSError, ValueError):  # it is dead already, or closed: so says the answer
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
        return self._answer(limit_s)

    def close(self) -> None:
        """End the child, whatever it is doing; from any thread: a call may end while another waits for an answer."""
        process, self._process = self._process, None
        errors, self._errors = self._errors, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()
            process.wait()
        if errors is not None:
            errors.close()

    def end(self) -> None:
        """As ``close``, and it never starts again."""
        self._ended = True
        self.close()

    def _answer(self, limit_s: float) -> Answer:
        process = self._process
        if process is None or process.stdout is None:
            raise SpeechError(f"{self._module}: is not running")
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        watchdog = threading.Timer(limit_s, end)
        watchdog.daemon = True
        watchdog.start()
        try:
            line = process.stdout.readline()
        except ValueError:  # another thread has closed it
            line = ""
        finally:
            watchdog.cancel()
        try:
            answer = json.loads(line)
        except ValueError:
            what = self._what_happened(line, late.is_set(), limit_s)
            self.close()
            raise SpeechError(what) from None
        if not isinstance(answer, dict):
            raise SpeechError(f"{self._module}: answered {line.strip()!r}")
        if "error" in answer:
            kind = UnsayableError if answer.get("unsayable") else SpeechError
            raise kind(str(answer["error"]))
        return answer

    def _what_happened(self, line: str, late: bool, limit_s: float) -> str:
        if late:
            return f"{self._module}: no answer within {limit_s:g} s; it was ended"
        if line:
            return f"{self._module}: answered {line.strip()!r}"
        process, errors = self._process, self._errors
        code = process.wait() if process else None
        words = b""
        with contextlib.suppress(ValueError):  # another thread has closed it
            if errors is not None:
                errors.seek(0)
                words = errors.read()
        told = " ".join(words.decode("utf-8", "replace").split())[-_LAST_WORDS:]
        return f"{self._module}: ended unexpectedly with code {code}" + (f": {told}" if told else "")
