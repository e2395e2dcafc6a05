"""The first schema: people, what they may hear, their tries, messages, call records.

Revision ID: 0001
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_record",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.String(length=32), nullable=False),
        sa.Column("caller_tail", sa.String(length=4), nullable=False),
        sa.Column("flow", sa.String(length=200), nullable=False),
        sa.Column("flow_version", sa.String(length=80), nullable=False),
        sa.Column("person", sa.String(length=12), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("disposition", sa.String(length=12), nullable=False),
        sa.Column("nodes", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("journal", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "disposition IN ('open', 'completed', 'transferred', 'abandoned', 'gave-up', 'failed')",
            name=op.f("ck_call_record_disposition_known"),
        ),
        sa.CheckConstraint("duration_ms >= 0", name=op.f("ck_call_record_duration_ms_least")),
        sa.CheckConstraint("nodes >= 0", name=op.f("ck_call_record_nodes_least")),
        sa.CheckConstraint("rating BETWEEN 1 AND 4", name=op.f("ck_call_record_rating_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_record")),
    )
    op.create_index(op.f("ix_call_record_started_at"), "call_record", ["started_at"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.String(length=32), nullable=False),
        sa.Column("caller_tail", sa.String(length=4), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("duration_ms >= 0", name=op.f("ck_message_duration_ms_least")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_table(
        "person",
        sa.Column("psn_no", sa.String(length=12), nullable=False),
        sa.Column("handle", sa.String(length=60), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("psn_name", sa.String(length=50), nullable=False),
        sa.Column("certno", sa.String(length=18), nullable=False),
        sa.Column("ss_card_no", sa.String(length=9), nullable=True),
        sa.Column("card_state", sa.String(length=6), nullable=False),
        sa.Column("lost_until", sa.Date(), nullable=True),
        sa.Column("mobile", sa.String(length=11), nullable=False),
        sa.Column("brdy", sa.Date(), nullable=False),
        sa.Column("gend", sa.String(length=6), nullable=False),
        sa.CheckConstraint("(card_state = 'none') = (ss_card_no IS NULL)", name=op.f("ck_person_card_or_none")),
        sa.CheckConstraint("card_state IN ('normal', 'lost', 'none')", name=op.f("ck_person_card_state_known")),
        sa.CheckConstraint("gend IN ('male', 'female')", name=op.f("ck_person_gend_known")),
        sa.CheckConstraint("lost_until IS NULL OR card_state = 'lost'", name=op.f("ck_person_lost_until_lost")),
        sa.CheckConstraint("length(certno) IN (12, 18)", name=op.f("ck_person_certno_length")),
        sa.CheckConstraint("length(ss_card_no) = 9", name=op.f("ck_person_card_length")),
        sa.PrimaryKeyConstraint("psn_no", name=op.f("pk_person")),
        sa.UniqueConstraint("certno", name=op.f("uq_person_certno")),
        sa.UniqueConstraint("handle", name=op.f("uq_person_handle")),
        sa.UniqueConstraint("ss_card_no", name=op.f("uq_person_ss_card_no")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "wrong_try",
        sa.Column("number_key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_wrong_try_tries_least")),
        sa.PrimaryKeyConstraint("number_key", "day", name=op.f("pk_wrong_try")),
    )
    op.create_table(
        "account",
        sa.Column("psn_no", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("balc", sa.BigInteger(), nullable=False),
        sa.Column("this_year", sa.BigInteger(), nullable=False),
        sa.Column("past_years", sa.BigInteger(), nullable=False),
        sa.Column("year_in", sa.BigInteger(), nullable=False),
        sa.Column("year_out", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.CheckConstraint("state IN ('normal', 'frozen', 'none', 'closed')", name=op.f("ck_account_state_known")),
        sa.CheckConstraint("state NOT IN ('none', 'closed') OR balc = 0", name=op.f("ck_account_gone_is_empty")),
        sa.CheckConstraint("balc = this_year + past_years", name=op.f("ck_account_balc_is_sum")),
        sa.CheckConstraint("balc >= 0", name=op.f("ck_account_balc_least")),
        sa.CheckConstraint("this_year >= 0", name=op.f("ck_account_this_year_least")),
        sa.CheckConstraint("past_years >= 0", name=op.f("ck_account_past_years_least")),
        sa.CheckConstraint("year_out >= 0", name=op.f("ck_account_year_out_least")),
        sa.ForeignKeyConstraint(["psn_no"], ["person.psn_no"], name=op.f("fk_account_psn_no"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("psn_no", name=op.f("pk_account")),
    )
    op.create_table(
        "auth_state",
        sa.Column("psn_no", sa.String(length=12), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("initial_password", sa.Boolean(), nullable=False),
        sa.Column("locked_until", sa.Date(), nullable=True),
        sa.CheckConstraint("substr(hash, 1, 7) = '$argon2'", name=op.f("ck_auth_state_hash_slow")),
        sa.ForeignKeyConstraint(["psn_no"], ["person.psn_no"], name=op.f("fk_auth_state_psn_no"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("psn_no", name=op.f("pk_auth_state")),
    )
    op.create_table(
        "claim",
        sa.Column("claim_no", sa.String(length=20), nullable=False),
        sa.Column("psn_no", sa.String(length=12), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('accepted', 'to-supplement', 'reviewing', 're-reviewing',"
            " 'to-be-paid', 'paid', 'returned', 'withdrawn', 'bank-returned')",
            name=op.f("ck_claim_state_known"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_claim_amount_least")),
        sa.ForeignKeyConstraint(["psn_no"], ["person.psn_no"], name=op.f("fk_claim_psn_no"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("claim_no", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_psn_no"), "claim", ["psn_no"], unique=False)
    op.create_table(
        "deposit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("psn_no", sa.String(length=12), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("personal_amt", sa.BigInteger(), nullable=False),
        sa.Column("account_in", sa.BigInteger(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.CheckConstraint("account_in >= 0 OR source = 'correction'", name=op.f("ck_deposit_negative_is_correction")),
        sa.CheckConstraint("month LIKE '____-__'", name=op.f("ck_deposit_month_form")),
        sa.CheckConstraint(
            "source IN ('employer', 'pension', 'self', 'correction')", name=op.f("ck_deposit_source_known")
        ),
        sa.CheckConstraint("base >= 0", name=op.f("ck_deposit_base_least")),
        sa.CheckConstraint("personal_amt >= 0", name=op.f("ck_deposit_personal_amt_least")),
        sa.ForeignKeyConstraint(["psn_no"], ["person.psn_no"], name=op.f("fk_deposit_psn_no"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
    )
    op.create_index(op.f("ix_deposit_psn_no"), "deposit", ["psn_no"], unique=False)
    op.create_table(
        "insurance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("psn_no", sa.String(length=12), nullable=False),
        sa.Column("insutype", sa.String(length=3), nullable=False),
        sa.Column("psn_type", sa.String(length=10), nullable=False),
        sa.Column("psn_insu_stas", sa.Integer(), nullable=False),
        sa.Column("insuplc_admdvs", sa.String(length=6), nullable=False),
        sa.Column("emp_name", sa.String(length=200), nullable=False),
        sa.Column("paid_months", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(insutype = '390') = (psn_type = 'resident')", name=op.f("ck_insurance_resident_is_resident")
        ),
        sa.CheckConstraint("insutype IN ('310', '390')", name=op.f("ck_insurance_insutype_known")),
        sa.CheckConstraint(
            "psn_type IN ('active', 'retired', 'flexible', 'resident')", name=op.f("ck_insurance_psn_type_known")
        ),
        sa.CheckConstraint("paid_months >= 0", name=op.f("ck_insurance_paid_months_least")),
        sa.CheckConstraint("psn_insu_stas IN (0, 1, 2, 4)", name=op.f("ck_insurance_psn_insu_stas_known")),
        sa.ForeignKeyConstraint(["psn_no"], ["person.psn_no"], name=op.f("fk_insurance_psn_no"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insurance")),
    )
    op.create_index(op.f("ix_insurance_psn_no"), "insurance", ["psn_no"], unique=False)
    op.create_table(
        "mutual_aid",
        sa.Column("payer", sa.String(length=12), nullable=False),
        sa.Column("aided", sa.String(length=12), nullable=False),
        sa.Column("aided_is", sa.String(length=20), nullable=False),
        sa.Column("payer_is", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("limit_amt", sa.BigInteger(), nullable=False),
        sa.Column("used_amt", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'active', 'ended', 'expired', 'rejected')", name=op.f("ck_mutual_aid_state_known")
        ),
        sa.CheckConstraint("payer <> aided", name=op.f("ck_mutual_aid_two_people")),
        sa.CheckConstraint("used_amt <= limit_amt", name=op.f("ck_mutual_aid_used_within_limit")),
        sa.CheckConstraint("limit_amt >= 0", name=op.f("ck_mutual_aid_limit_amt_least")),
        sa.CheckConstraint("used_amt >= 0", name=op.f("ck_mutual_aid_used_amt_least")),
        sa.ForeignKeyConstraint(["aided"], ["person.psn_no"], name=op.f("fk_mutual_aid_aided"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["payer"], ["person.psn_no"], name=op.f("fk_mutual_aid_payer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("payer", "aided", name=op.f("pk_mutual_aid")),
    )
    op.create_index(op.f("ix_mutual_aid_aided"), "mutual_aid", ["aided"], unique=False)
    op.create_table(
        "spend",
        sa.Column("setl_id", sa.String(length=20), nullable=False),
        sa.Column("psn_no", sa.String(length=12), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("med_type", sa.Integer(), nullable=False),
        sa.Column("fixmedins_name", sa.String(length=200), nullable=False),
        sa.Column("medfee_sumamt", sa.BigInteger(), nullable=False),
        sa.Column("fund_pay_sumamt", sa.BigInteger(), nullable=False),
        sa.Column("acct_pay", sa.BigInteger(), nullable=False),
        sa.Column("acct_mulaid_pay", sa.BigInteger(), nullable=False),
        sa.Column("psn_cash_pay", sa.BigInteger(), nullable=False),
        sa.Column("refd_setl_flag", sa.Boolean(), nullable=False),
        sa.Column("aid_payer", sa.String(length=12), nullable=True),
        sa.CheckConstraint("(acct_mulaid_pay > 0) = (aid_payer IS NOT NULL)", name=op.f("ck_spend_aid_has_payer")),
        sa.CheckConstraint("med_type IN (11, 12, 13, 14, 21, 41)", name=op.f("ck_spend_med_type_known")),
        sa.CheckConstraint(
            "medfee_sumamt = fund_pay_sumamt + acct_pay + acct_mulaid_pay + psn_cash_pay",
            name=op.f("ck_spend_total_is_sum"),
        ),
        sa.CheckConstraint("medfee_sumamt >= 0", name=op.f("ck_spend_medfee_sumamt_least")),
        sa.CheckConstraint("fund_pay_sumamt >= 0", name=op.f("ck_spend_fund_pay_sumamt_least")),
        sa.CheckConstraint("acct_pay >= 0", name=op.f("ck_spend_acct_pay_least")),
        sa.CheckConstraint("acct_mulaid_pay >= 0", name=op.f("ck_spend_acct_mulaid_pay_least")),
        sa.CheckConstraint("psn_cash_pay >= 0", name=op.f("ck_spend_psn_cash_pay_least")),
        sa.ForeignKeyConstraint(["aid_payer"], ["person.psn_no"], name=op.f("fk_spend_aid_payer"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["psn_no"], ["person.psn_no"], name=op.f("fk_spend_psn_no"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("setl_id", name=op.f("pk_spend")),
    )
    op.create_index(op.f("ix_spend_psn_no"), "spend", ["psn_no"], unique=False)

    # The key of number hashes differs per database, so that two copies of hashed numbers cannot be joined.
    op.execute(
        sa.text("INSERT INTO setting (name, value) VALUES ('number-key', :key)").bindparams(key=secrets.token_hex(32))
    )
