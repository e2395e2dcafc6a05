"""Wording: turning a prompt of the catalogue and the facts of a call into the text that is spoken.

A slot is written ``{fact.name:type}``; inside a prompt said ``each`` line of a list, ``{line.field:type}`` speaks of
that line. Texts are compiled once for each hotline. Values are read out as Mandarin here, so that a synthesiser never
has to guess how 12333 or 2.20 is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ivr.callflow.durations import Durations
from ivr.callflow.nodes import Prompt
from ivr.callflow.values import BargeIn
from ivr.mandarin import reading
from ivr.session.events import Fact, Facts

SLOT = re.compile(r"\{([a-z][a-z0-9.-]*):([a-z-]+)\}")

Line = Mapping[str, Fact]


class WordingError(Exception):
    """A prompt cannot be said: a fact is missing or has the wrong type. Never leaves the session."""


def _count(value: Fact) -> str:
    # A count is always followed by its measure word in the text, which decides between 二 and 两.
    return reading.read_count(int(str(value)), "笔")[:-1]


READERS: Mapping[str, Callable[[Fact], str]] = {
    "money": lambda fen: reading.read_money(int(str(fen))),
    "digits": lambda text: reading.read_digits(str(text)),
    "date": lambda iso: reading.read_date(str(iso)),
    "month": lambda iso: reading.read_month(str(iso)),
    "count": _count,
    "masked-id": lambda text: reading.read_last_four(str(text)),
    "masked-name": lambda name: reading.mask_name(str(name)),
    "duration": lambda ms: reading.read_duration(int(str(ms))),
    "time": lambda clock: reading.read_time(str(clock)),
    "yes-no": lambda flag: "是" if flag is True or flag == "yes" else "否",
    "text": str,
}
"""Slot type -> how its value is read out. Each raises ValueError for a value of another type."""


class Template:
    """One prompt, cut into literals and slots."""

    __slots__ = ("_literals", "_slots", "barge_in", "for_verified", "tells_time")

    def __init__(self, prompt: Prompt) -> None:
        self.barge_in: BargeIn = prompt.barge_in
        self.for_verified = prompt.heard_by == "verified"
        self.tells_time = "call.now" in prompt.text
        parts = SLOT.split(prompt.text)
        self._literals = parts[0::3]
        self._slots = [(name, READERS[kind]) for name, kind in zip(parts[1::3], parts[2::3], strict=True)]

    def say(self, facts: Facts, line: Line | None = None) -> str:
        """The final text. Raises WordingError when a slot cannot be filled."""
        if not self._slots:
            return self._literals[0]
        said = [self._literals[0]]
        for (name, reader), literal in zip(self._slots, self._literals[1:], strict=True):
            field = name.removeprefix("line.")
            value = facts.get(name) if line is None or field == name else line.get(field)
            if value is None:
                raise WordingError(f"fact {name} is not known")
            try:
                said.append(reader(value))
            except ValueError:  # its text would quote the value, which may be personal
                raise WordingError(f"fact {name} cannot be read out") from None
            said.append(literal)
        return "".join(said)


class Wordings:
    """The catalogue of one hotline, ready to be spoken."""

    def __init__(self, prompts: Mapping[str, Prompt], durations: Durations | None = None) -> None:
        self._prompts = prompts
        self._durations = durations or Durations()
        self._templates: dict[str, Template] = {}
        self._fixed_ms: dict[tuple[str, int], int] = {}

    def template(self, prompt_id: str) -> Template:
        """Compiled at first use. Raises KeyError for an unknown prompt or slot type."""
        template = self._templates.get(prompt_id)
        if template is None:
            template = self._templates[prompt_id] = Template(self._prompts[prompt_id])
        return template

    def speaking_ms(self, text: str, characters_a_minute: int) -> int:
        """As ``Durations.speaking_ms``; remembered, since most prompts are said again and again."""
        key = (text, characters_a_minute)
        known = self._fixed_ms.get(key)
        if known is None:
            if len(self._fixed_ms) > 4_096:
                self._fixed_ms.clear()
            known = self._fixed_ms[key] = self._durations.speaking_ms(text, characters_a_minute)
        return known
