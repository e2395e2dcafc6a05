"""Synthetic people, second part: numbers, cards, passwords, locks and ages."""

from __future__ import annotations

from datetime import date

from ivr.accounts.people_sketch import Sketch

IDENTITY_PEOPLE = (
    Sketch(
        handle="zhou-card-letter",
        name="周例卡",
        born="19840228057",
        purpose="card number begins with a letter: its last 8 characters by keypad",
        card_number="A41000571",
    ),
    Sketch(
        handle="wu-card-letters",
        name="吴例母",
        born="19801111058",
        purpose="card number with letters at both ends: by voice only, or by ID",
        card_number="B4100058X",
    ),
    Sketch(
        handle="ye-card-lost",
        name="叶例失",
        born="19920306061",
        purpose="card lost, reported at the counter: the report does not lapse",
        card="lost",
    ),
    Sketch(
        handle="jin-card-lost-lapsed",
        name="金例找",
        born="19920307062",
        purpose="a provisional loss report that lapsed on 2026-01-31: the card is good again",
        card="lost",
        lost_until=date(2026, 1, 31),
    ),
    Sketch(
        handle="shen-no-card",
        name="沈例无",
        born="20020909063",
        purpose="no card was ever issued: reporting it lost is impossible",
        card="none",
    ),
    Sketch(
        handle="ren-initial-password",
        name="任例初",
        born="19950101064",
        purpose="still on the initial password 123456",
        password="123456",  # noqa: S106 - synthetic, and printed on purpose
        initial_password=True,
    ),
    Sketch(
        handle="yao-initial-id-tail",
        name="姚例尾",
        born="19950214065",
        purpose="still on the initial password: the last six characters of the ID",
        password="id-tail",  # noqa: S106 - a word of the sketches, not a password
        initial_password=True,
    ),
    Sketch(
        handle="fan-initial-x-tail",
        name="范例叉",
        born="19950214066",
        purpose="still on the initial password: the six digits before the X of the ID",
        password="id-tail",  # noqa: S106 - a word of the sketches, not a password
        initial_password=True,
    ),
    Sketch(
        handle="lu-locked",
        name="陆例锁",
        born="19870403067",
        purpose="locked after wrong passwords; `ivr accounts unlock lu-locked` frees him",
        locked=True,
    ),
    Sketch(
        handle="bai-permit-hong-kong",
        name="白例港",
        born="19780602069",
        purpose="permit of 12 characters that begins with HKG",
        permit="HKG990000069",
    ),
    Sketch(
        handle="mo-permit-macau",
        name="莫例澳",
        born="19811225071",
        purpose="permit of 12 characters that begins with MAC",
        permit="MAC990000071",
    ),
    Sketch(
        handle="lai-permit-taiwan",
        name="赖例台",
        born="19900811072",
        purpose="permit of 12 characters that begins with TWN",
        permit="TWN990000072",
    ),
    Sketch(
        handle="zheng-sixty-five-today",
        name="郑例寿",
        born="19610302073",
        purpose="turns 65 on 2026-03-02: the first day of the seniors' wording",
        kind="retired",
    ),
    Sketch(
        handle="xie-sixty-five-tomorrow",
        name="谢例等",
        born="19610303074",
        purpose="turns 65 on 2026-03-03: still ordinary wording the day before",
        kind="retired",
    ),
    Sketch(
        handle="kong-centenarian",
        name="孔例福",
        born="19251001076",
        purpose="a hundred years old",
        kind="retired",
        paid_months=480,
    ),
    Sketch(
        handle="dong-leap-day",
        name="董例闰",
        born="20000229077",
        purpose="born on 29 February",
    ),
    Sketch(
        handle="wei-other-area",
        name="魏例远",
        born="19830303079",
        purpose="insured in another pooling area (样板市)",
        area="990100",
        employer="样板贸易有限公司",
    ),
    Sketch(
        handle="su-other-area-senior",
        name="苏例游",
        born="19500620080",
        purpose="over 65, insured in another pooling area (范例市)",
        kind="retired",
        area="990200",
    ),
)
