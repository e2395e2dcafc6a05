"""The tables, with every rule that a constraint can keep.

Columns carry the names of the national medical-insurance interface where it has one; sums are integer fen. What a
migration once did stays frozen in ``migrations/versions``; this module is how things are now, and a test compares the
two. To change the schema: change it here, add a migration, append its id to :data:`REVISIONS`.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

REVISIONS = ("0001",)  # oldest first; the last one is what this program needs

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _owner(primary_key: bool = False) -> Column[str]:
    reference = ForeignKey("person.psn_no", ondelete="CASCADE")
    return Column("psn_no", String(12), reference, nullable=False, primary_key=primary_key)


def _fen(name: str, least: int | None = 0) -> Column[int]:
    checks = () if least is None else (CheckConstraint(f"{name} >= {least}", name=f"{name}_least"),)
    return Column(name, BigInteger, *checks, nullable=False)


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


setting = Table(
    "setting",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

person = Table(
    "person",
    METADATA,
    Column("psn_no", String(12), primary_key=True),
    Column("handle", String(60), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("psn_name", String(50), nullable=False),
    Column("certno", String(18), nullable=False),
    Column("ss_card_no", String(9)),
    Column("card_state", String(6), nullable=False),
    Column("lost_until", Date),
    Column("mobile", String(11), nullable=False),
    Column("brdy", Date, nullable=False),
    Column("gend", String(6), nullable=False),
    UniqueConstraint("handle"),
    UniqueConstraint("certno"),
    UniqueConstraint("ss_card_no"),
    CheckConstraint("length(certno) IN (12, 18)", name="certno_length"),
    CheckConstraint("length(ss_card_no) = 9", name="card_length"),
    CheckConstraint("(card_state = 'none') = (ss_card_no IS NULL)", name="card_or_none"),
    CheckConstraint("lost_until IS NULL OR card_state = 'lost'", name="lost_until_lost"),
    _one_of("card_state", "normal", "lost", "none"),
    _one_of("gend", "male", "female"),
)

auth_state = Table(
    "auth_state",
    METADATA,
    _owner(primary_key=True),
    Column("hash", Text, nullable=False),
    Column("initial_password", Boolean, nullable=False),
    Column("locked_until", Date),
    CheckConstraint("substr(hash, 1, 7) = '$argon2'", name="hash_slow"),
)

wrong_try = Table(
    "wrong_try",
    METADATA,
    Column("number_key", String(64), primary_key=True),  # keyed hash: unknown numbers are counted too
    Column("day", Date, primary_key=True),
    Column("tries", Integer, nullable=False),
    CheckConstraint("tries >= 0", name="tries_least"),
)

insurance = Table(
    "insurance",
    METADATA,
    Column("id", Integer, primary_key=True),
    _owner(),
    Column("insutype", String(3), nullable=False),
    Column("psn_type", String(10), nullable=False),
    Column("psn_insu_stas", Integer, nullable=False),
    Column("insuplc_admdvs", String(6), nullable=False),
    Column("emp_name", String(200), nullable=False),
    Column("paid_months", Integer, nullable=False),
    _one_of("insutype", "310", "390"),
    _one_of("psn_type", "active", "retired", "flexible", "resident"),
    CheckConstraint("psn_insu_stas IN (0, 1, 2, 4)", name="psn_insu_stas_known"),
    CheckConstraint("paid_months >= 0", name="paid_months_least"),
    CheckConstraint("(insutype = '390') = (psn_type = 'resident')", name="resident_is_resident"),
    Index(None, "psn_no"),
)

account = Table(
    "account",
    METADATA,
    _owner(primary_key=True),
    Column("state", String(6), nullable=False),
    _fen("balc"),
    _fen("this_year"),
    _fen("past_years"),
    _fen("year_in", least=None),
    _fen("year_out"),
    Column("as_of", Date, nullable=False),
    _one_of("state", "normal", "frozen", "none", "closed"),
    CheckConstraint("balc = this_year + past_years", name="balc_is_sum"),
    CheckConstraint("state NOT IN ('none', 'closed') OR balc = 0", name="gone_is_empty"),
)

deposit = Table(
    "deposit",
    METADATA,
    Column("id", Integer, primary_key=True),
    _owner(),
    Column("month", String(7), nullable=False),
    _fen("base"),
    _fen("personal_amt"),
    _fen("account_in", least=None),
    Column("posted_on", Date, nullable=False),
    Column("source", String(10), nullable=False),
    _one_of("source", "employer", "pension", "self", "correction"),
    CheckConstraint("month LIKE '____-__'", name="month_form"),
    CheckConstraint("account_in >= 0 OR source = 'correction'", name="negative_is_correction"),
    Index(None, "psn_no"),
)

spend = Table(
    "spend",
    METADATA,
    Column("setl_id", String(20), primary_key=True),
    _owner(),
    Column("settled_on", Date, nullable=False),
    Column("med_type", Integer, nullable=False),
    Column("fixmedins_name", String(200), nullable=False),
    _fen("medfee_sumamt"),
    _fen("fund_pay_sumamt"),
    _fen("acct_pay"),
    _fen("acct_mulaid_pay"),
    _fen("psn_cash_pay"),
    Column("refd_setl_flag", Boolean, nullable=False),
    Column("aid_payer", String(12), ForeignKey("person.psn_no", ondelete="CASCADE")),
    CheckConstraint("med_type IN (11, 12, 13, 14, 21, 41)", name="med_type_known"),
    CheckConstraint("medfee_sumamt = fund_pay_sumamt + acct_pay + acct_mulaid_pay + psn_cash_pay", name="total_is_sum"),
    CheckConstraint("(acct_mulaid_pay > 0) = (aid_payer IS NOT NULL)", name="aid_has_payer"),
    Index(None, "psn_no"),
)

mutual_aid = Table(
    "mutual_aid",
    METADATA,
    Column("payer", String(12), ForeignKey("person.psn_no", ondelete="CASCADE"), primary_key=True),
    Column("aided", String(12), ForeignKey("person.psn_no", ondelete="CASCADE"), primary_key=True),
    Column("aided_is", String(20), nullable=False),
    Column("payer_is", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    _fen("limit_amt"),
    _fen("used_amt"),
    CheckConstraint("payer <> aided", name="two_people"),
    CheckConstraint("used_amt <= limit_amt", name="used_within_limit"),
    _one_of("state", "pending", "active", "ended", "expired", "rejected"),
    Index(None, "aided"),
)

claim = Table(
    "claim",
    METADATA,
    Column("claim_no", String(20), primary_key=True),
    _owner(),
    Column("submitted_on", Date, nullable=False),
    Column("state", String(15), nullable=False),
    _fen("amount"),
    _one_of(
        "state",
        "accepted",
        "to-supplement",
        "reviewing",
        "re-reviewing",
        "to-be-paid",
        "paid",
        "returned",
        "withdrawn",
        "bank-returned",
    ),
    Index(None, "psn_no"),
)

message = Table(
    "message",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("left_at", String(32), nullable=False),
    Column("caller_tail", String(4), nullable=False),
    Column("duration_ms", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    CheckConstraint("duration_ms >= 0", name="duration_ms_least"),
)

call_record = Table(
    "call_record",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("started_at", String(32), nullable=False),
    Column("caller_tail", String(4), nullable=False),
    Column("flow", String(200), nullable=False),
    Column("flow_version", String(80), nullable=False),
    Column("person", String(12)),  # no reference: a record outlives the synthetic people it was about
    Column("duration_ms", BigInteger, nullable=False),
    Column("disposition", String(12), nullable=False),
    Column("nodes", Integer, nullable=False),
    Column("rating", Integer),
    Column("journal", Text, nullable=False),
    CheckConstraint("duration_ms >= 0", name="duration_ms_least"),
    CheckConstraint("nodes >= 0", name="nodes_least"),
    CheckConstraint("rating BETWEEN 1 AND 4", name="rating_range"),
    _one_of("disposition", "open", "completed", "transferred", "abandoned", "gave-up", "failed"),
    Index(None, "started_at"),
)
