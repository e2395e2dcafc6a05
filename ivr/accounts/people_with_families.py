"""Synthetic people, third part: insurance relations, claims, and mutual aid in the family."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.accounts.people_sketch import Sketch
from ivr.accounts.person import (
    ACTIVE,
    EMPLOYEE,
    LOCAL_AREA,
    NOT_INSURED,
    RESIDENT,
    SUSPENDED,
    TERMINATED,
    AidState,
    ClaimState,
    Insurance,
)

_EVERY_STATE: tuple[tuple[ClaimState, str, str, str], ...] = (
    ("accepted", "tian", "田例受", "19840111081"),
    ("to-supplement", "du", "杜例补", "19840212082"),
    ("reviewing", "ding", "丁例审", "19840313083"),
    ("re-reviewing", "yu", "余例复", "19840414084"),
    ("to-be-paid", "pan", "潘例待", "19840515085"),
    ("paid", "dai", "戴例付", "19840616086"),
    ("returned", "xia", "夏例回", "19840717087"),
    ("withdrawn", "zhong", "钟例撤", "19840818088"),
    ("bank-returned", "wang", "汪例银", "19840919089"),
)

FAMILY_PEOPLE = (
    Sketch(
        handle="xu-resident",
        name="徐例民",
        born="19770526091",
        purpose="resident insurance: there is no personal account",
        kind="resident",
    ),
    Sketch(
        handle="sun-resident-senior",
        name="孙例奶",
        born="19510909092",
        purpose="resident insurance and over 65",
        kind="resident",
    ),
    Sketch(
        handle="hu-resident-child",
        name="胡例童",
        born="20170601093",
        purpose="a child of eight with resident insurance, helped by two relatives",
        kind="resident",
        paid_months=60,
    ),
    Sketch(
        handle="jia-not-insured",
        name="贾例外",
        born="19981212095",
        purpose="not insured at all (status 0)",
        kind="none",
        insurances=(Insurance(RESIDENT, "resident", NOT_INSURED, LOCAL_AREA, "", 0),),
        records=0,
    ),
    Sketch(
        handle="fu-no-insurance-row",
        name="傅例空",
        born="19981213096",
        purpose="known, but without any insurance row",
        kind="none",
        records=0,
    ),
    Sketch(
        handle="cui-several-rows",
        name="崔例多",
        born="19750320097",
        purpose="three insurance rows, only the last one active: that one counts",
        insurances=(
            Insurance(RESIDENT, "resident", TERMINATED, LOCAL_AREA, "", 36),
            Insurance(EMPLOYEE, "active", SUSPENDED, "990100", "样板贸易有限公司", 50),
            Insurance(EMPLOYEE, "active", ACTIVE, LOCAL_AREA, "示例软件有限公司", 84),
        ),
    ),
    Sketch(
        handle="kang-rows-none-active",
        name="康例断",
        born="19730415098",
        purpose="two insurance rows, none active: the suspended one counts",
        paid_through="2025-08",
        insurances=(
            Insurance(RESIDENT, "resident", TERMINATED, LOCAL_AREA, "", 24),
            Insurance(EMPLOYEE, "flexible", SUSPENDED, LOCAL_AREA, "", 71),
        ),
    ),
    *(
        Sketch(
            handle=f"{pinyin}-claim-{state}",
            name=name,
            born=born,
            purpose=f"one claim, {state}",
            claims=(state,),
        )
        for state, pinyin, name, born in _EVERY_STATE
    ),
    Sketch(
        handle="shao-claim-every-state",
        name="邵例全",
        born="19690101101",
        purpose="nine claims, one in each state: three pages",
        claims=tuple(state for state, *_ in _EVERY_STATE),
    ),
    Sketch(
        handle="tang-aid-payer",
        name="唐例慈",
        born="19780812102",
        purpose="pays for five relatives: two pages of mutual aid",
        balance=520_013,
    ),
    Sketch(
        handle="deng-aid-user",
        name="邓例依",
        born="20080316103",
        purpose="resident without account, helped by his mother: settlement paid by mutual aid",
        kind="resident",
    ),
    Sketch(
        handle="han-aid-both",
        name="韩例互",
        born="19820527105",
        purpose="pays for a child and is entered with his wife: both ways",
        balance=77_020,
    ),
    Sketch(
        handle="cao-aid-pending",
        name="曹例候",
        born="19550718106",
        purpose="mutual aid applied for, not yet decided",
        kind="resident",
    ),
    Sketch(
        handle="peng-aid-ended",
        name="彭例解",
        born="19530619107",
        purpose="mutual aid that was ended",
        kind="resident",
    ),
    Sketch(
        handle="zeng-aid-expired",
        name="曾例期",
        born="19540720108",
        purpose="mutual aid that expired",
        kind="resident",
    ),
    Sketch(
        handle="xiao-aid-rejected",
        name="萧例驳",
        born="19990821109",
        purpose="mutual aid that was rejected",
        kind="resident",
    ),
    Sketch(
        handle="feng-aid-zero-balance",
        name="冯例爱",
        born="19831010110",
        purpose="own account is empty, so her husband's account paid: own account first, then mutual aid",
        balance=0,
        months=4,
        paid_through="2025-12",
        records=1,
    ),
)


@dataclass(frozen=True, slots=True)
class AidSketch:
    """One link of mutual aid; sums in fen."""

    payer: str
    user: str
    user_is: str  # to the payer
    payer_is: str  # to the user
    state: AidState
    limit: int
    used: int = 0


AID = (
    AidSketch("tang-aid-payer", "deng-aid-user", "儿子", "母亲", "active", 200_000, 23_450),
    AidSketch("tang-aid-payer", "hu-resident-child", "孙子", "姨母", "active", 100_000, 8_800),
    AidSketch("tang-aid-payer", "cao-aid-pending", "母亲", "女儿", "pending", 150_000),
    AidSketch("tang-aid-payer", "peng-aid-ended", "父亲", "女儿", "ended", 150_000),
    AidSketch("tang-aid-payer", "xiao-aid-rejected", "弟弟", "姐姐", "rejected", 50_000),
    AidSketch("han-aid-both", "hu-resident-child", "儿子", "父亲", "active", 80_000, 4_000),
    AidSketch("wu-card-letters", "han-aid-both", "丈夫", "妻子", "active", 60_000),
    AidSketch("wu-card-letters", "zeng-aid-expired", "母亲", "女儿", "expired", 60_000),
    AidSketch("luo-correction", "feng-aid-zero-balance", "妻子", "丈夫", "active", 300_000, 12_000),
)
