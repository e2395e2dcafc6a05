"""Deposits and settlements of synthetic people: rows that look like a year of ordinary life."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from ivr.accounts.person import Deposit, Spend

REFERENCE_DAY = date(2026, 3, 2)  # the day for which the people were thought up: ages in their purposes hold then
AS_OF = date(2026, 2, 28)  # the day of the data, spoken with every balance

_HOSPITAL, _CLINIC, _PHARMACY = "示例市第一人民医院", "示例社区卫生服务中心", "示例大药房中心店"

# kind of care, place, total in fen, share of the fund in percent, share of the own account in what is left
_VISITS = (
    (11, _HOSPITAL, 18_650, 50, 100),
    (41, _PHARMACY, 6_580, 0, 100),
    (14, "示例市中医院", 32_400, 70, 100),
    (12, "示例市第二人民医院", 2_500, 0, 100),
    (13, "示例市急救中心", 45_230, 55, 50),
    (11, _CLINIC, 4_320, 60, 100),
    (41, "示例大药房东门店", 12_805, 0, 60),
)


def deposits(kind: str, months: int, paid_through: str, monthly: int, correction: int) -> tuple[Deposit, ...]:
    """The last ``months`` monthly sums up to ``paid_through`` (YYYY-MM), newest first; none for residents."""
    if kind in ("resident", "none"):
        return ()
    source: Literal["pension", "self", "employer"] = (
        "pension" if kind == "retired" else "self" if kind == "flexible" else "employer"
    )
    base = 0 if kind == "retired" else monthly * 50
    personal = monthly if base else 0
    year, month = map(int, paid_through.split("-"))
    rows: list[Deposit] = []
    if correction:
        posted = date(year, month, 20)
        rows.append(Deposit(f"{year:04d}-{month:02d}", base, 0, correction, posted, "correction"))
    for _ in range(months):
        posted = date(year, month, 15)
        rows.append(Deposit(f"{year:04d}-{month:02d}", base, personal, monthly, posted, source))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return tuple(rows)


def visits(index: int, count: int, own_account: bool) -> list[Spend]:
    """``count`` ordinary settlements, one about every two weeks back from the day of the data."""
    rows = []
    for at in range(count):
        care, place, total, fund_share, account_share = _VISITS[(index + at) % len(_VISITS)]
        fund = total * fund_share // 100
        account = (total - fund) * account_share // 100 if own_account else 0
        settled_on = AS_OF - timedelta(days=3 + index % 5 + 13 * at)
        rows.append(Spend("", settled_on, care, place, total, fund, account, 0, total - fund - account, False))  # noqa: FBT003 - not refunded
    return rows


def settle(
    index: int,
    days_ago: int,
    occasion: Literal["pharmacy", "helped", "stay"],
    *,
    account: int = 0,
    aid: int = 0,
    aid_payer: str | None = None,
) -> Spend:
    """One particular settlement: at a pharmacy from the account, with a relative's help, or a stay in hospital."""
    care, place, total, fund, cash = {
        "pharmacy": (41, _PHARMACY, account, 0, 0),
        "helped": (11, _HOSPITAL, aid + 6_000, 4_500, 1_500),
        "stay": (21, _HOSPITAL, 1_285_000 + index * 100, 1_028_000, 257_000 + index * 100),
    }[occasion]
    return Spend(
        setl_id="",
        settled_on=AS_OF - timedelta(days=days_ago + 1),
        med_type=care,
        fixmedins_name=place,
        medfee_sumamt=total,
        fund_pay_sumamt=fund,
        acct_pay=account,
        acct_mulaid_pay=aid,
        psn_cash_pay=cash,
        refd_setl_flag=False,
        aid_payer=aid_payer,
    )
