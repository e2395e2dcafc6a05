"""Nodes that ask one question with a closed answer: menus, confirmations, surveys.

The no-input timer starts when the last prompt has ended (or at barge-in by speech), and stops at the first key or
when speech starts. Speech is judged in three bands: accepted, asked back, rejected; never by confidence alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.callflow.nodes import Confirm, Survey
from ivr.mandarin.understanding import Offer, Understanding, understand
from ivr.session.visit import Visit

if TYPE_CHECKING:
    from ivr.mandarin.heard_number import Ways
    from ivr.session.call_session import CallSession
    from ivr.session.exchange import NodePlan

TALK_TOO_LONG_MS = 20_000  # VoiceXML maxspeechtimeout; a recogniser that never answers must not stall the call


class ListeningVisit(Visit):
    """Silence, and speech that leads nowhere, for every node that waits for the caller."""

    __slots__ = ("hearing",)
    takes_keys = True
    takes_speech = True

    def __init__(self, call: CallSession, plan: NodePlan) -> None:
        super().__init__(call, plan)
        self.hearing = False

    def prompts_done(self) -> None:
        if not self.hearing:
            self.call.set_timer("input", self.no_input_ms())

    def no_input_ms(self) -> int:
        own = self.plan.no_input
        return self.call.timing.no_input if own is None else own

    def speech_started(self) -> None:
        self.hearing = True
        self.call.set_timer("input", TALK_TOO_LONG_MS)

    def stop_hearing(self) -> None:
        self.hearing = False
        self.call.cancel_timer("input")

    def timer(self, name: str) -> None:
        heard, self.hearing = self.hearing, False
        self.silence(heard)

    def silence(self, heard: bool) -> None:
        """The input timer ran out; ``heard``: in the middle of speech."""
        self.call.fail("no-match" if heard else "no-input")

    def leave(self) -> None:
        self.call.cancel_timer("input")


class MenuVisit(ListeningVisit):
    __slots__ = ("_asking",)

    def __init__(self, call: CallSession, plan: NodePlan) -> None:
        super().__init__(call, plan)
        self._asking: Understanding | None = None  # "did you mean this?" is being asked

    def enter(self) -> None:
        self.call.offer(self.listen())

    def silence(self, heard: bool) -> None:
        self._asked_back()
        super().silence(heard)

    def key(self, key: str, fresh: bool) -> None:
        self.stop_hearing()
        self._asked_back()
        option = self.option_of_key(key)
        if option is None:
            self.call.fail("no-match")
        else:
            self.take(option)

    def utterance(self, text: str, confidence: float, ways: Ways) -> bool:
        self.stop_hearing()
        meaning = self.understood(text)
        asking = self._asked_back()
        bands = self.call.bands
        if confidence < bands.reject or meaning.meaning in ("nothing", "no", "digits"):
            self.call.fail("no-match")
            return False
        if meaning.meaning == "yes" and asking is not None:
            meaning = asking
        elif confidence < bands.accept and bands.confirm is not None:
            self._ask_back(meaning, text, bands.confirm)
            return True
        if self.take_meaning(meaning):
            return True
        self.call.fail("no-match")  # its guard has changed since the caller was asked back
        return False

    def understood(self, text: str) -> Understanding:
        return understand(text, self.offers(), yes_no=self._asking is not None)

    def _ask_back(self, meaning: Understanding, text: str, prompt_id: str) -> None:
        named = next((offer.phrases[0] for offer in self.offers() if offer.id == meaning.value and offer.phrases), text)
        self.call.know({"heard.choice": named})
        self._asking = meaning
        self.call.offer(self.listen(phrases=("是", "不是")))
        self.call.ask(prompt_id)

    def _asked_back(self) -> Understanding | None:
        """What "did you mean this?" was about; it is over, however it was answered."""
        asking, self._asking = self._asking, None
        if asking is not None:
            self.call.offer(self.listen())
        return asking


class ConfirmVisit(ListeningVisit):
    __slots__ = ()
    hears_yes_no = True

    @property
    def confirm(self) -> Confirm:
        assert isinstance(self.plan.node, Confirm)  # noqa: S101 - the visit class is chosen by the node's kind
        return self.plan.node

    def enter(self) -> None:
        self.call.offer(self.listen(extra_keys=self.confirm.yes_key + self.confirm.no_key, phrases=("是", "不是")))

    def key(self, key: str, fresh: bool) -> None:
        self.stop_hearing()
        if key == self.confirm.yes_key:
            self._answer("yes")
        elif key == self.confirm.no_key:
            self._answer("no")
        elif (option := self.option_of_key(key)) is not None:
            self.take(option)
        else:
            self.call.fail("no-match")

    def utterance(self, text: str, confidence: float, ways: Ways) -> bool:
        self.stop_hearing()
        meaning = self.understood(text)
        if confidence >= self.call.bands.accept and meaning.meaning in ("yes", "no"):
            self._answer(meaning.meaning)
            return True
        if confidence >= self.call.bands.reject and self.take_meaning(meaning):
            return True
        self.call.fail("no-match")
        return False

    def _answer(self, answer: str) -> None:
        self.call.note("choice", choice=answer)
        self.call.choose(answer)


class SurveyVisit(ListeningVisit):
    """One rating; whoever does not answer is let go."""

    __slots__ = ()

    @property
    def survey(self) -> Survey:
        assert isinstance(self.plan.node, Survey)  # noqa: S101 - the visit class is chosen by the node's kind
        return self.plan.node

    def enter(self) -> None:
        said = tuple(phrase for phrases in self.survey.ratings.values() for phrase in phrases)
        self.call.offer(self.listen(extra_keys="".join(self.survey.ratings), phrases=said))

    def key(self, key: str, fresh: bool) -> None:
        self.stop_hearing()
        if key in self.survey.ratings:
            self._rate(key)
        elif (option := self.option_of_key(key)) is not None:
            self.take(option)
        else:
            self._skip("no-match")

    def utterance(self, text: str, confidence: float, ways: Ways) -> bool:
        self.stop_hearing()
        ratings = tuple(Offer(key, tuple(phrases), key) for key, phrases in self.survey.ratings.items())
        meaning = understand(text, ratings + self.offers())
        if confidence >= self.call.bands.reject and meaning.meaning == "choice":
            if meaning.value in self.survey.ratings:
                self._rate(meaning.value)
                return True
            return self.take_meaning(meaning)
        self._skip("no-match")
        return False

    def silence(self, heard: bool) -> None:
        self._skip("no-match" if heard else "no-input")

    def _rate(self, key: str) -> None:
        self.call.know({self.survey.stores: int(key) if key.isdecimal() else 0})
        self.call.note("rated", rating=int(key) if key.isdecimal() else None)
        self.call.choose(f"rating.{key}")

    def _skip(self, reason: str) -> None:
        self.call.note(reason, node=self.plan.id, count=1)
        self.call.choose("skipped")
