"""Answers that the synthetic accounts give about identity: which facts hang together, for ``answer_classes``."""

from __future__ import annotations

from ivr.callflow.document import FlowDocument
from ivr.errors import LookupFailed
from ivr.session.events import Facts
from ivr.testing.scenarios import USUAL_MOMENT

_NOBODY = "990000195812310023"
_WRONG = "000000"


def example_answers(flow: FlowDocument) -> dict[str, list[Facts]]:
    """By query, for each query that asks who the caller is and that the accounts know."""
    from ivr.accounts.memory_accounts import MemoryAccounts
    from ivr.accounts.people import people
    from ivr.accounts.repository import Question

    accounts = MemoryAccounts()
    callers = [(one.person.certno, one.password) for one in people()]
    callers += [(callers[0][0], _WRONG), (_NOBODY, _WRONG)]
    found: dict[str, list[Facts]] = {}
    for name, query in flow.queries.items():
        if "number" not in query.needs:
            continue
        for number, password in callers:
            params = {
                key: value for key, value in {"number": number, "password": password}.items() if key in query.needs
            }
            try:
                found.setdefault(name, []).append(accounts.answer(Question(name, params, USUAL_MOMENT)))
            except LookupFailed:
                found.pop(name, None)
                break
    return found
