"""What neither database takes, whoever writes it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ivr.accounts.database_accounts import DatabaseAccounts
from ivr.accounts.engine import writing


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE account SET balc = balc + 1 WHERE psn_no = 'P0001'",
        "UPDATE account SET balc = -1, this_year = -1, past_years = 0 WHERE psn_no = 'P0001'",
        "UPDATE account SET state = 'none' WHERE psn_no = 'P0001'",
        "UPDATE account SET state = 'melted' WHERE psn_no = 'P0001'",
        "UPDATE spend SET psn_cash_pay = psn_cash_pay + 1 WHERE psn_no = 'P0001'",
        "UPDATE spend SET med_type = 99 WHERE psn_no = 'P0001'",
        "UPDATE spend SET aid_payer = 'P0002' WHERE psn_no = 'P0001'",
        "UPDATE deposit SET account_in = -1 WHERE psn_no = 'P0001'",
        "UPDATE deposit SET month = '2026' WHERE psn_no = 'P0001'",
        "UPDATE mutual_aid SET used_amt = limit_amt + 1",
        "UPDATE mutual_aid SET aided = payer",
        "UPDATE claim SET state = 'forgotten'",
        "UPDATE insurance SET psn_insu_stas = 3",
        "UPDATE insurance SET psn_type = 'resident' WHERE insutype = '310'",
        "UPDATE person SET card_state = 'none' WHERE psn_no = 'P0001'",
        "UPDATE person SET lost_until = '2026-03-02' WHERE psn_no = 'P0001'",
        "UPDATE person SET certno = '990000195812310023' WHERE psn_no = 'P0001'",
        "UPDATE auth_state SET hash = '246810' WHERE psn_no = 'P0001'",
        "INSERT INTO account SELECT 'P9999', state, 0, 0, 0, 0, 0, as_of FROM account WHERE psn_no = 'P0001'",
    ],
)
def test_a_row_that_would_be_wrong_is_not_taken(unchanged_database: DatabaseAccounts, statement: str) -> None:
    with pytest.raises(IntegrityError), writing(unchanged_database.engine) as connection:
        connection.execute(text(statement))


def test_with_a_person_goes_everything_about_them(database: DatabaseAccounts) -> None:
    with writing(database.engine) as connection:
        connection.execute(text("DELETE FROM person"))
        for table in ("auth_state", "insurance", "account", "deposit", "spend", "mutual_aid", "claim"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0  # noqa: S608 - our own names
