"""What is said about claims and about mutual aid in the family."""

from __future__ import annotations

from ivr.accounts.paging import page_facts
from ivr.accounts.person import AidLink, AidState, Claim, ClaimState, Person
from ivr.accounts.repository import Fact, Question

CLAIM_STATES: dict[ClaimState, str] = {
    "accepted": "已受理",
    "to-supplement": "待补正",
    "reviewing": "审核中",
    "re-reviewing": "复核中",
    "to-be-paid": "待拨付",
    "paid": "已拨付",
    "returned": "已退回",
    "withdrawn": "已撤回",
    "bank-returned": "银行退票",
}
AID_STATES: dict[AidState, str] = {
    "pending": "待审核",
    "active": "生效",
    "ended": "解除",
    "expired": "过期",
    "rejected": "驳回",
}


def claim_facts(person: Person, question: Question) -> dict[str, Fact]:
    """One page of manual reimbursements, newest first."""
    return page_facts("claims", person.claims, question, _claim_line)


def aid_facts(person: Person, question: Question) -> dict[str, Fact]:
    """The caller's role over all links of any state, and one page of them; no role means no links."""
    directions = {link.direction for link in person.aid}
    role = "both" if len(directions) == 2 else next(iter(directions), "none")
    return {"aid.role": role, **page_facts("aid", person.aid, question, _aid_line)}


def _claim_line(claim: Claim) -> dict[str, Fact]:
    return {
        "number-tail": claim.claim_no[-4:],
        "submitted": claim.submitted_on.isoformat(),
        "state": claim.state,
        "state-name": CLAIM_STATES[claim.state],
        "amount": claim.amount,
    }


def _aid_line(link: AidLink) -> dict[str, Fact]:
    return {
        "direction": link.direction,
        "relation": link.relation,
        "name": link.other_name,
        "state": link.state,
        "state-name": AID_STATES[link.state],
        "limit": link.limit,
        "used": link.used,
    }
