"""The trail of a whole run, by the command line; and that altering it is said."""

import sqlite3
from contextlib import closing

from tests.e2e.conftest import Serving
from tests.e2e.house import House


def test_a_run_can_be_audited_and_an_alteration_is_said(house: House, serving: Serving) -> None:
    """Every removal stands in it with its receipt; a receipt that is changed afterwards does not pass."""
    lifecare = serving()
    assert house.carry(house.a_run(lifecare)) == 0

    trail = house.flotta("audit", "show", "--json").json()
    whole = house.flotta("audit", "verify")
    with closing(sqlite3.connect(house.home / "ledger.db")) as database, database:
        database.execute("UPDATE audit SET facts = replace(facts, 'KV-000002', 'KV-000009')")
    altered = house.flotta("audit", "verify")

    done = [entry for entry in trail if entry["what"] == "step.done"]
    assert {entry["item"]: entry["facts"]["receipt"] for entry in done} == {
        f"reminder:{key}": receipt for key, receipt in lifecare.receipts().items()
    }
    assert whole.code == 0, whole.said
    assert "Spåret är helt" in whole.said
    assert altered.code == 1
    assert "inte som den skrevs" in altered.said
    assert "Traceback" not in altered.said
