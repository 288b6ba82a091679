"""What the bot does to Lifecare, by Lifecare's own journal, is what the oracle worked out from Lifecare's state."""

import pytest

from tests import oracle
from tests.e2e.conftest import Serving
from tests.e2e.house import VERSIONS, House, assert_sound

#: The first seed has 60 reminders, which every rule is sure to have its cases among; the rest have fewer.
EVERY_RULE = 1


@pytest.mark.sweep(usual=(1, 2, 3), soak=20)
def test_the_oracle_equals_the_journal(seed: int, ui: str, house: House, serving: Serving) -> None:
    """Item for item: what had to go went, once, and nothing else did."""
    lifecare = serving(ui=ui, rows=12 if seed > EVERY_RULE else 60, seed=seed)
    before = lifecare.state()
    run_id = house.a_run(lifecare)

    code = house.carry(run_id)

    assert code == 0, house.run(run_id).sentence
    assert_sound(house, run_id, lifecare, before)
    assert not set(lifecare.attempted()) & set(oracle.never(before))


def test_a_whole_night_by_the_command_line_equals_the_oracle(house: House, serving: Serving) -> None:
    """From plan to approval to receipts, with the guard's own limits, as an operator does it the first night."""
    house.configure("")
    lifecare = serving(ui=VERSIONS[-1], rows=24)
    before = lifecare.state()

    planned = house.flotta("run", "reminder-cleanup", "--base-url", f"lifecare={lifecare.url}", "--yes")
    approved = house.flotta("resume", "--yes")

    assert planned.code == 3, planned.said
    assert approved.code == 0, approved.said
    run_id = house.flotta("show", "--json").json()["run"]
    assert_sound(house, run_id, lifecare, before)
