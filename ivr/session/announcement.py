"""What is said at one place of a document, ready to be asked for again and again: prompts, guards, lines of a list.

Neighbours that speak of ``each`` line of the same list are said line by line, and their guards may ask about
``line.…``: so one line can have its own sentence. Most announcements depend on nothing; they are worked out once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from ivr.callflow.guards import Circumstances, Guards, Test
from ivr.callflow.nodes import Saying
from ivr.session.playback import Item
from ivr.session.wording import Line

_fact_of_lines = attrgetter("each")


class Announcement:
    """Prompts to say in order, each under its guard if it has one."""

    __slots__ = ("_always", "_parts")

    def __init__(self, sayings: Sequence[Saying], guards: Guards) -> None:
        self._always: tuple[Item, ...] | None = None
        self._parts: list[tuple[str | None, list[tuple[Item, Test | None]]]] = [
            (fact, [((one.say, None), None if one.when is None else guards.test(one.when)) for one in together])
            for fact, together in groupby(sayings, _fact_of_lines)
        ]
        if all(one.when is None and one.each is None for one in sayings):
            self._always = tuple((one.say, None) for one in sayings)

    def items(self, call: Circumstances) -> Sequence[Item]:
        """What is to be said as things stand."""
        if self._always is not None:
            return self._always
        items: list[Item] = []
        for fact, sayings in self._parts:
            if fact is None:
                items += [item for item, holds in sayings if holds is None or holds(call)]
                continue
            listed = call.facts.get(fact)
            for line in listed if isinstance(listed, list) else ():
                about = _AboutLine(call, line)
                items += [(prompt_id, line) for (prompt_id, _), holds in sayings if holds is None or holds(about)]
        return items


class _AboutLine:
    """The circumstances of a call while it speaks of one line of a list."""

    def __init__(self, call: Circumstances, line: Line) -> None:
        self.facts: Mapping[str, object] = {**call.facts, **{f"line.{field}": value for field, value in line.items()}}
        self._call = call

    def now(self) -> datetime:
        return self._call.now()
