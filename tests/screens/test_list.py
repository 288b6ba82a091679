"""The reminder list, read over all its pages on every UI version."""

import json
from datetime import date, datetime
from typing import Any

from playwright.sync_api import Page, Route

from bots.records.lifecare import Protected, ReminderRow
from bots.screens.lifecare import Lifecare
from tests.screens.mock import Mock, flags, listed, open_ids


def test_the_list_is_read_whole_over_all_its_pages(signed_in: Lifecare, mock: Mock) -> None:
    """A reminder that is not seen is neither judged nor counted, so none may be missing."""
    assert {row.id: row for row in signed_in.reminders()} == listed(mock.state())


def test_each_reminder_of_the_list_comes_once(signed_in: Lifecare, mock: Mock) -> None:
    """A matter judged twice would be counted twice by the guard."""
    found = [row.id for row in signed_in.reminders()]

    assert len(found) == len(set(found)) == len(listed(mock.state()))


def test_dates_and_missing_values_are_read_as_such(signed_in: Lifecare) -> None:
    """Rules compare days, and "no decision" must not look like a decision."""
    rows = [row for row in signed_in.reminders() if isinstance(row, ReminderRow)]

    assert {type(row.due) for row in rows} == {date}
    assert {type(row.created) for row in rows} == {datetime}
    assert None in {row.handlaggare for row in rows}


def test_a_kind_that_no_map_lists_is_told_from_every_known_one(signed_in: Lifecare) -> None:
    """A new wording must meet the rules as unknown, never as the nearest known one."""
    kinds = {row.typ for row in signed_in.reminders() if isinstance(row, ReminderRow)}

    assert "okänt: Systemavisering" in kinds


def test_of_a_protected_row_the_id_alone_leaves_the_page(signed_in: Lifecare, mock: Mock, answers: list[Any]) -> None:
    """What never reaches this process can't be logged, stored or photographed by it."""
    state = mock.state()
    of_protected = {each["personnummer"] for each in state["persons"] if each["protection"] != "none"} & {
        person["personnummer"]
        for each in state["paminnelser"]
        for person in state["persons"]
        if person["id"] == each["person"]
    }

    rows = signed_in.reminders()

    left = json.dumps(answers, ensure_ascii=False)
    assert {row.id for row in rows if isinstance(row, Protected)} == {k for k, v in flags(state).items() if v != "none"}
    assert [number for number in of_protected if number in left] == []


def test_rows_of_a_protected_person_carry_nothing_but_their_id(
    signed_in: Lifecare, mock: Mock, answers: list[Any]
) -> None:
    """The same, seen from the answer's own shape: one key, the id. A page may be looked at twice."""
    signed_in.reminders()

    rows = [row for answer in answers for row in answer["tables"]["reminders"]]
    flagged = [row["values"] for row in rows if row["isProtected"]]
    assert len({values["id"] for values in flagged}) == sum(flag != "none" for flag in flags(mock.state()).values())
    assert {tuple(values) for values in flagged} == {("id",)}


def test_an_empty_list_is_read_as_empty(signed_in: Lifecare, mock: Mock) -> None:
    """A good day's list has no rows, no table and no pages, and is no drift."""
    mock.fresh(rows=1)
    mock.colleague_removes(open_ids(mock)[0])

    assert signed_in.reminders() == []


def test_a_list_of_one_page_is_read_whole(signed_in: Lifecare, mock: Mock) -> None:
    """There may be fewer reminders than a page holds."""
    mock.fresh(rows=7)

    assert {row.id: row for row in signed_in.reminders()} == listed(mock.state())


def test_a_list_with_a_full_last_page_is_read_whole(signed_in: Lifecare, mock: Mock) -> None:
    """Fifty reminders are two pages, and there is no third."""
    mock.fresh(rows=50)

    assert {row.id: row for row in signed_in.reminders()} == listed(mock.state())


def test_reading_the_list_writes_nothing(signed_in: Lifecare, mock: Mock) -> None:
    """Collecting is for looking only."""
    before = mock.state()

    signed_in.reminders()

    assert mock.state() == before
    assert mock.attempts() == []


def test_a_list_that_loses_a_row_while_it_is_read_is_read_again(signed_in: Lifecare, mock: Mock, page: Page) -> None:
    """The row that is pulled past the next page would otherwise never be seen, though the counts agree."""
    first = next(iter(listed(mock.state())))
    once = [first]

    def meanwhile(route: Route) -> None:
        if once:
            mock.colleague_removes(once.pop())
        route.continue_()

    page.route("**/*=2", meanwhile)

    assert {row.id: row for row in signed_in.reminders()} == listed(mock.state())
