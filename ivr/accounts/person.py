"""One insured person with everything the hotline may say about them.

Field names are those of the national medical-insurance interface; ``balc``, ``*_pay``, ``*_amt`` and every other sum is
integer fen. The same shapes are loaded from a database and held in memory, so that one set of rules makes the facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

AccountState = Literal["normal", "frozen", "none", "closed"]
CardState = Literal["normal", "lost", "none"]
ClaimState = Literal[
    "accepted",
    "to-supplement",
    "reviewing",
    "re-reviewing",
    "to-be-paid",
    "paid",
    "returned",
    "withdrawn",
    "bank-returned",
]
AidState = Literal["pending", "active", "ended", "expired", "rejected"]

EMPLOYEE, RESIDENT = "310", "390"
NOT_INSURED, ACTIVE, SUSPENDED, TERMINATED = 0, 1, 2, 4
LOCAL_AREA = "990000"  # belongs to no county: the pooling area of this hotline
PLACES = {LOCAL_AREA: "示例市", "990100": "样板市", "990200": "范例市"}


@dataclass(frozen=True, slots=True)
class Insurance:
    """One insurance relation; a person may have had several, at most one of them active."""

    insutype: str  # 310 employee, 390 resident
    psn_type: str  # active, retired, flexible, resident
    psn_insu_stas: int  # 0 not insured, 1 active, 2 suspended, 4 terminated
    insuplc_admdvs: str  # code of the pooling area, a key of PLACES
    emp_name: str
    paid_months: int


@dataclass(frozen=True, slots=True)
class Account:
    """The personal account; ``balc`` is always the sum of its two parts."""

    state: AccountState
    balc: int
    this_year: int
    past_years: int
    year_in: int
    year_out: int
    as_of: date


@dataclass(frozen=True, slots=True)
class Deposit:
    """One monthly sum paid in; negative when it corrects an earlier one."""

    month: str  # YYYY-MM
    base: int
    personal_amt: int
    account_in: int
    posted_on: date
    source: Literal["employer", "pension", "self", "correction"]


@dataclass(frozen=True, slots=True)
class Spend:
    """One settlement; the total is what fund, account, mutual aid and cash pay together, to the fen."""

    setl_id: str
    settled_on: date
    med_type: int  # 11 out-patient, 12 registration, 13 emergency, 14 chronic, 21 in-patient, 41 pharmacy
    fixmedins_name: str
    medfee_sumamt: int
    fund_pay_sumamt: int
    acct_pay: int
    acct_mulaid_pay: int
    psn_cash_pay: int
    refd_setl_flag: bool
    aid_payer: str | None = None  # psn_no of whoever paid the mutual-aid part


@dataclass(frozen=True, slots=True)
class AidLink:
    """Mutual aid seen from one of its two ends."""

    direction: Literal["payer", "user"]  # what this person is in it
    relation: str  # what the other one is to this person, in Chinese
    other: str  # psn_no
    other_name: str
    state: AidState
    limit: int
    used: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One manual reimbursement."""

    claim_no: str
    submitted_on: date
    state: ClaimState
    amount: int


@dataclass(frozen=True, slots=True)
class Person:
    """Everything about one person, newest first in every list."""

    psn_no: str
    handle: str  # short stable name for people who test, such as wang-balance
    purpose: str  # what this synthetic person is for
    psn_name: str
    certno: str  # 18-character ID or 12-character permit
    ss_card_no: str | None
    card_state: CardState
    lost_until: date | None  # last day of a provisional loss report; None for a formal one
    mobile: str
    brdy: date
    gend: Literal["male", "female"]
    initial_password: bool
    locked_until: date | None  # locked before this day, whatever the day's wrong tries
    account: Account
    insurances: tuple[Insurance, ...] = ()
    deposits: tuple[Deposit, ...] = ()
    spends: tuple[Spend, ...] = ()
    aid: tuple[AidLink, ...] = ()
    claims: tuple[Claim, ...] = ()

    def card_state_on(self, day: date) -> CardState:
        """A provisional loss report lapses by itself after its last day."""
        if self.card_state == "lost" and self.lost_until is not None and day > self.lost_until:
            return "normal"
        return self.card_state

    def locked_on(self, day: date) -> bool:
        """Whether the number is locked for a reason older than that day's wrong tries."""
        return self.locked_until is not None and day < self.locked_until

    @property
    def insurance(self) -> Insurance | None:
        """The relation that counts: the active one, else the most recent suspended, ended or empty one."""
        order = (ACTIVE, SUSPENDED, TERMINATED, NOT_INSURED)
        return min(self.insurances, key=lambda row: order.index(row.psn_insu_stas), default=None)
