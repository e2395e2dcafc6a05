"""Which visit belongs to which kind of node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.session.field_visit import FieldVisit
from ivr.session.listening_visits import ConfirmVisit, MenuVisit, SurveyVisit
from ivr.session.passing_visits import BranchVisit, CallVisit, HangupVisit, LimitVisit, ReturnVisit, SayVisit
from ivr.session.visit import Visit
from ivr.session.working_visits import LookupVisit, RecordVisit, TransferVisit

if TYPE_CHECKING:
    from ivr.session.call_session import CallSession
    from ivr.session.exchange import NodePlan

_KINDS: dict[str, type[Visit]] = {
    "menu": MenuVisit,
    "field": FieldVisit,
    "confirm": ConfirmVisit,
    "survey": SurveyVisit,
    "record": RecordVisit,
    "say": SayVisit,
    "lookup": LookupVisit,
    "branch": BranchVisit,
    "call": CallVisit,
    "return": ReturnVisit,
    "limit": LimitVisit,
    "transfer": TransferVisit,
    "hangup": HangupVisit,
}


def visit_for(call: CallSession, plan: NodePlan) -> Visit:
    return _KINDS[plan.node.kind](call, plan)
