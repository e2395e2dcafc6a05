"""What a scripted caller has heard and what they expected: the strict rules that ``script`` explains.

The hotline's prompts are numbered in the order in which they began; ``Hearing`` keeps the number of the next one that
no step has accounted for. Only this module lets time pass while the caller listens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ivr.callflow.document import FlowDocument
from ivr.callflow.nodes import Transfer
from ivr.session.call_log import masked_text
from ivr.session.call_session import CallSession
from ivr.testing.script_checking import matches
from ivr.testing.virtual_call import Heard, VirtualCall

_SHOWN_CHARACTERS = 24


class Unexpected(Exception):  # noqa: N818 - says what it is; never leaves the runner
    """The call went otherwise. ``expected`` and ``heard`` are fit for a report.

    ``missed`` and ``instead`` are prompt ids: the one that was expected, the one that came; either may be "".
    """

    def __init__(self, expected: str, heard: str, missed: str = "", instead: str = "") -> None:
        self.expected = expected
        self.heard = heard
        self.missed = missed
        self.instead = instead
        super().__init__(f"expected {expected}, heard {heard}")


def fillers(flow: FlowDocument) -> frozenset[str]:
    """The prompts that only bridge a wait, so that scripts need not mention them."""
    sayings = [*flow.waiting.filler, *flow.call_limit.warning]
    for node in flow.nodes.values():
        if isinstance(node, Transfer):
            sayings += node.comfort
    return frozenset(saying.say for saying in sayings)


class Hearing:
    def __init__(
        self, call: VirtualCall, session: CallSession, exempt: frozenset[str], skipping: Sequence[str]
    ) -> None:
        self._call = call
        self._session = session
        self._exempt = exempt
        self._skipping = tuple(skipping)
        self._optional: list[str] = []
        self._next = 0
        self._asserting = False  # nothing before the first mentioned prompt or the caller's first act is
        self._acted_at = 0
        self.last: Heard | None = None  # the prompt mentioned last, if the caller has done nothing since

    def match(self, patterns: Iterable[str], skipping: Sequence[str] = ()) -> Heard:
        """The next prompt, when it is one of these; listens until it begins. Raises Unexpected."""
        wanted = tuple(patterns)
        while True:
            heard = self._await_next(wanted)
            if any(matches(pattern, heard.prompt.prompt_id) for pattern in wanted):
                self._optional.clear()
                self._asserting = True
                self.last = heard
                return heard
            if self._asserting and not self._excused(heard, skipping):
                raise Unexpected(" or ".join(wanted), describe(heard), wanted[0], heard.prompt.prompt_id)

    def allow(self, patterns: Iterable[str]) -> None:
        """These may be heard until the next match."""
        self._optional += patterns

    def until_turn(self) -> None:
        """Listens until the hotline waits for the caller. Raises Unexpected for a prompt that no step mentions."""
        while not (self._call.over or self._call.quiet):
            self.step()
        for heard in self._call.heard[self._next :]:
            self._next += 1
            if self._asserting and not self._excused(heard, ()):
                told = f"{describe(heard)}, which no step mentions"
                raise Unexpected("nothing more before the caller's turn", told, instead=heard.prompt.prompt_id)

    def until_last_ended(self) -> None:
        """Listens until the prompt that was mentioned last is over."""
        while self.last is not None and self.last.ended_at is None and not self._call.over:
            self.step()

    def step(self) -> None:
        """Lets one thing happen. Raises Unexpected when nothing ever will."""
        if not self._call.step():
            raise Unexpected("the call to go on", f"nothing: it is stuck in {self._session.node}")

    def acted(self) -> None:
        """The caller has just done something."""
        self._acted_at = self._call.now
        self._asserting = True
        self.last = None

    @property
    def accounted_for(self) -> int:
        """How many prompts, of all that began, lie behind the steps so far."""
        return self._next

    @property
    def done_at(self) -> int:
        """When the step before was done: the caller's last act, or the end of the prompt mentioned last."""
        if self.last is not None and self.last.ended_at is not None:
            return self.last.ended_at
        return self._acted_at

    def _await_next(self, wanted: tuple[str, ...]) -> Heard:
        call = self._call
        while len(call.heard) <= self._next:
            if call.over:
                raise Unexpected(" or ".join(wanted), f"the end of the call: {call.disposition}", wanted[0])
            if call.quiet and not call.transferring:
                told = f"nothing: at {self._session.node} it is the caller's turn"
                raise Unexpected(" or ".join(wanted), told, wanted[0])
            self.step()
        self._next += 1
        return call.heard[self._next - 1]

    def _excused(self, heard: Heard, skipping: Sequence[str]) -> bool:
        prompt_id = heard.prompt.prompt_id
        if prompt_id in self._exempt or (heard.ended_at is not None and not heard.whole):
            return True
        return any(matches(pattern, prompt_id) for pattern in (*self._skipping, *skipping, *self._optional))


def describe(heard: Heard) -> str:
    """A prompt for a report: its id and the beginning of its words."""
    text = masked_text(heard.prompt.text)
    shown = text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
    return f"{heard.prompt.prompt_id} “{shown}”"
