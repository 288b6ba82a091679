"""A run does what was asked and approved and no more, and a later one doesn't do it again."""

import pytest

from tests import oracle
from tests.e2e.conftest import Serving
from tests.e2e.house import BOT, Ended, House, Lifecare, assert_sound


def at(lifecare: Lifecare, *more: str) -> tuple[str, ...]:
    """Return the command that runs the bot there."""
    return ("run", BOT, "--base-url", f"lifecare={lifecare.url}", *more)


def the_run(house: House) -> str:
    """Return the latest run's id."""
    run_id: str = house.flotta("show", "--json").json()["run"]
    return run_id


def test_a_second_run_removes_nothing_more(house: House, serving: Serving) -> None:
    """What is removed is not in the list any more, and what was left still stands."""
    lifecare = serving()
    before = lifecare.state()
    assert house.carry(house.a_run(lifecare)) == 0
    journal = lifecare.journal()

    assert house.carry(house.a_run(lifecare)) == 0

    assert lifecare.journal() == journal
    assert set(oracle.removed(journal)) == set(oracle.expected(before))


def test_what_an_earlier_run_did_is_referred_when_the_system_shows_it_as_undone(house: House, serving: Serving) -> None:
    """A restored backup or a colleague who put it back: a person must say which, before it is done once more."""
    lifecare = serving()
    before = lifecare.state()
    assert house.carry(house.a_run(lifecare)) == 0
    assert lifecare.reset(rows=8, seed=1) == before
    again = house.a_run(lifecare)

    assert house.carry(again) == 0

    assert lifecare.journal() == []
    states = house.states(again)
    assert {states[each] for each in oracle.expected(before)} == {"referred"}


@pytest.mark.parametrize(("limit", "removed"), [(0, 0), (3, 3), (9, 5)])
def test_a_limit_is_the_most_that_is_done(limit: int, removed: int, house: House, serving: Serving) -> None:
    """The first night, a careful person lets it do three and looks at them."""
    lifecare = serving()

    assert house.carry(house.a_run(lifecare, limit=limit)) == 0

    assert len(lifecare.removed()) == removed
    assert set(lifecare.removed()) <= set(oracle.expected(lifecare.reset(rows=8, seed=1)))


def test_a_plan_only_writes_nothing(house: House, serving: Serving) -> None:
    """It is for looking."""
    lifecare = serving()

    planned = house.flotta_run(lifecare, "--plan-only")

    assert planned.code == 0, planned.said
    assert lifecare.journal() == []
    assert "planerad, inte utförd" in planned.said


def test_without_a_terminal_to_ask_on_the_plan_waits_until_it_is_approved(house: House, serving: Serving) -> None:
    """No answer is no consent. The plan is kept, so approving it does not read everything again."""
    lifecare = serving()
    before = lifecare.state()
    asked = house.flotta(*at(lifecare))
    assert asked.code == 3, asked.said
    assert lifecare.journal() == []

    approved = house.flotta("resume", "--yes")

    assert approved.code == 0, approved.said
    assert_sound(house, the_run(house), lifecare, before)


def test_a_plan_beyond_the_guards_limits_waits_for_a_person(house: House, serving: Serving) -> None:
    """An unusual night is either a fault or something that a person should know of."""
    lifecare = serving()
    before = lifecare.state()
    house.configure(f"[bots.{BOT}]\nmax_share = 0.5\n")  # `max_actions`: in test_review
    stopped = house.flotta_run(lifecare)
    assert stopped.code == 3, stopped.said
    assert "62% av 8 sedda, mer än gränsen 50%" in " ".join(stopped.said.split())
    assert lifecare.journal() == []

    approved = house.flotta("resume", "--yes")

    assert approved.code == 0, approved.said
    assert_sound(house, the_run(house), lifecare, before)


def test_a_rule_version_that_nobody_has_approved_waits_and_then_acts_every_night(
    house: House, serving: Serving
) -> None:
    """A person has looked at one plan with it; from then on it may act alone."""
    lifecare = serving()
    first = house.flotta(*at(lifecare, "--yes"))
    assert first.code == 3, first.said
    assert "godkänt en plan med regelversion" in first.said
    assert lifecare.journal() == []
    assert house.flotta("resume", "--yes").code == 0
    # Another installation, where nothing is done yet: the ids would be taken in the first one.
    other = serving(seed=2)

    assert house.carry(house.a_run(other, mock=False)) == 0
    assert len(other.removed()) == 5


def test_resume_without_approval_leaves_a_waiting_plan_waiting(house: House, serving: Serving) -> None:
    """Going on is one thing and approving another."""
    lifecare = serving()
    assert house.carry(house.a_run(lifecare, mock=False)) == 3

    resumed: Ended = house.flotta("resume")

    assert resumed.code == 3, resumed.said
    assert lifecare.journal() == []
