"""Decisions on support on every UI version: the search over its pages, and the page of each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bots.browser.inspection import Visits
from bots.records.lifecare import Insatsbeslut, InsatsbeslutRow, Protected
from bots.screens.lifecare import Lifecare
from fixtures.mockui import insatser
from tests.insatser import shown
from tests.screens.mock import TODAY, Mock

MADE = {each.id: each for each in insatser.seeded(60, 1, TODAY)[0]}
LONG_AGO = date(2000, 1, 1)


def held(beslut_id: str) -> Insatsbeslut | None:
    """Return the decision as the system holds it; None for a protected person's."""
    return shown(MADE[beslut_id])


def test_every_decision_is_read_as_the_system_holds_it(signed_in: Lifecare) -> None:
    """Reports to an authority rest on these facts. A protected person's is its number alone."""
    for beslut_id in MADE:
        assert signed_in.ett_insatsbeslut(beslut_id) == (held(beslut_id) or Protected(beslut_id))


def test_the_search_reads_all_of_its_pages(signed_in: Lifecare) -> None:
    """With the facts that the decision's own page has."""
    found = {each.id: each for each in signed_in.insatsbeslut(LONG_AGO, TODAY)}

    assert set(found) == set(MADE)
    for beslut_id, row in found.items():
        page = held(beslut_id)
        assert isinstance(row, Protected if page is None else InsatsbeslutRow)
        if page is not None:
            assert all(getattr(page, name) == getattr(row, name) for name in InsatsbeslutRow.__slots__)


def test_the_search_keeps_to_its_days(signed_in: Lifecare) -> None:
    """Both of them included; nothing is found where nothing was decided."""
    days = sorted(each.decided for each in MADE.values())
    first, last = days[10], days[30]

    found = signed_in.insatsbeslut(first, last)

    assert {each.id for each in found} == {each.id for each in MADE.values() if first <= each.decided <= last}
    assert signed_in.insatsbeslut(LONG_AGO, LONG_AGO) == []


def test_nothing_of_a_protected_person_leaves_the_page(signed_in: Lifecare, answers: list[Any]) -> None:
    """Neither by the search nor by the decision's own page."""
    protected = [each for each in MADE.values() if each.protection != "none"]
    assert protected

    signed_in.insatsbeslut(LONG_AGO, TODAY)
    for each in protected:
        assert signed_in.ett_insatsbeslut(each.id) == Protected(each.id)

    told = str(answers)
    assert not [each.name for each in protected if each.name in told or str(each.personnummer) in told]
    assert insatser.TELLTALE not in told


@pytest.mark.parametrize("needed", [{"insats"}, {"reminder"}, None], ids=["decisions", "reminders", "all"])
def test_a_walk_opens_no_list_that_is_not_needed(signed_in: Lifecare, mock: Mock, needed: set[str] | None) -> None:
    """The bot's account may not be let into the others."""
    del mock
    seen = set(Visits(signed_in._session, signed_in, needed)) - {"sign_in", "role", "start"}

    lists = {"insats": {"insatser", "insats"}, "reminder": {"reminder_list", "reminder"}}
    assert seen == set().union(*(those for name, those in lists.items() if needed is None or name in needed))
