"""Which visit belongs to which kind of node."""

from __future__ import annotations

from ivr.session.field_visit import FieldVisit
from ivr.session.listening_visits import ConfirmVisit, MenuVisit, SurveyVisit
from ivr.session.passing_visits import BranchVisit, CallVisit, HangupVisit, LimitVisit, ReturnVisit, SayVisit
from ivr.session.visit import Visit
from ivr.session.working_visits import LookupVisit, RecordVisit, TransferVisit

VISITS: dict[str, type[Visit]] = {
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
