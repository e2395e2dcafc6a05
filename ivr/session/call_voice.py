"""What a call says: queueing prompts, starting the next one, stopping, saying again."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.callflow.nodes import Saying
from ivr.session.announcement import Announcement
from ivr.session.call_log import masked_text
from ivr.session.call_state import CallState
from ivr.session.wording import Line, Template, WordingError


class CallVoice(CallState):
    __slots__ = ()

    def say(self, sayings: Sequence[Saying]) -> None:
        """Queues prompts whose guards hold."""
        self.announce(Announcement(sayings, self.exchange.menu.guards) if sayings else None)

    def announce(self, announcement: Announcement | None, remember: bool = False) -> None:
        """As ``say``, of what was worked out before; ``remember``: it belongs to what "repeat" repeats."""
        self.told = False
        if announcement is None:
            return
        items = announcement.items(self)
        self.playback.extend(items)
        if remember:
            self._spoken += items

    def ask(self, prompt_id: str) -> None:
        """Queues one prompt by id."""
        self.playback.extend([(prompt_id, None)])
        self.told = False

    def reprompt(self) -> None:
        self.announce(self.visit.plan.prompt)

    def replay(self) -> None:
        """Says again what was said since the caller's last answer, or at least the node's own prompt."""
        self.say(self.exchange.flow.repeat)
        if self._spoken:
            self.playback.extend(self._spoken)
        else:
            self.reprompt()

    def hush(self) -> None:
        """Stops what plays and drops what waits."""
        playing = self.playback.playing
        if playing is None and not self.playback.queue:
            return
        stop = self.playback.silence()
        self.told = False
        if stop is not None and playing is not None:
            self.timers.pop("head", None)
            self.actions.append(stop)
            heard_ms = max(0, self.at - self.playback.started_at - playing.delay_ms)
            self.note("stop-prompt", prompt=playing.prompt_id, heard_ms=heard_ms)

    def _start_next(self) -> None:
        prompt_id, line = self.playback.queue.popleft()
        wordings = self.exchange.wordings
        template = wordings.template(prompt_id)
        barge_in = template.barge_in
        try:
            text = self._worded(template, line)
        except WordingError as error:
            self.note("error", prompt=prompt_id, reason=str(error))
            self.unsayable()
            return
        if self.ahead and (barge_in.mode == "off" or barge_in.protected_ms):
            self.flush()
        delay_ms = self.timing.after_key if self.key_gap else 0
        self.key_gap = False
        pace = self.timing.characters_a_minute
        speaking_ms = wordings.speaking_ms(text, pace)
        action = self.playback.start(prompt_id, text, barge_in, delay_ms, speaking_ms, pace, self.at)
        self.actions.append(action)
        if self.logged:
            self.note("play-prompt", prompt=prompt_id, text=masked_text(text))

    def _worded(self, template: Template, line: Line | None) -> str:
        if template.for_verified and not self.verified():
            raise WordingError("the caller is not verified")
        if template.tells_time:
            self.facts["call.now"] = self.now().strftime("%H:%M")
        return template.say(self.facts, line)

    # A prompt could not be worded; what follows from that is decided in call_steps.
    def unsayable(self) -> None: ...
