"""A reminder's page on every UI version: facts, history, and the decisions in a frame or a web component."""

import json
from typing import Any

import pytest

from bots.errors import ScreenNotReady
from bots.records.lifecare import Protected, Reminder
from bots.screens.lifecare import Lifecare
from tests.screens.mock import Mock, Truth, flags, open_ids, shown

FLAGS = ("sekretessmarkering", "skyddad_folkbokforing", "")


def _page(lifecare: Lifecare, reminder_id: str) -> Reminder:
    page = lifecare.reminder(reminder_id)
    assert isinstance(page, Reminder)
    return page


def _first(state: Truth, *, having: str) -> str:
    """Return an unprotected reminder whose page shows something of the kind."""
    flag = flags(state)
    kinds: dict[str, Any] = {
        "no handläggare": lambda page: page.handlaggare is None,
        "an inactive handläggare": lambda page: page.konto == "inaktivt",
        "a note": lambda page: any(event.note for event in page.history),
        "a follow-up": lambda page: page.all_uppfoljningar,
        "a beslut until further notice": lambda page: any(beslut.to is None for beslut in page.all_beslut),
        "a deceased person": lambda page: page.deceased is not None,
        "several beslut": lambda page: len(page.all_beslut) > 1,
    }
    pages = (shown(state, each["id"]) for each in state["paminnelser"] if flag[each["id"]] == "none")
    return next(page.id for page in pages if kinds[having](page))


@pytest.mark.parametrize(
    "having",
    [
        "no handläggare",
        "an inactive handläggare",
        "a note",
        "a follow-up",
        "a beslut until further notice",
        "a deceased person",
        "several beslut",
    ],
)
def test_the_page_is_read_as_the_system_holds_it(signed_in: Lifecare, mock: Mock, having: str) -> None:
    """Decisions rest on these facts, so each must be the system's own, and a missing one None."""
    state = mock.state()
    reminder_id = _first(state, having=having)

    assert _page(signed_in, reminder_id) == shown(state, reminder_id)


def test_every_kind_of_reminder_is_read_as_the_system_holds_it(signed_in: Lifecare, mock: Mock) -> None:
    """One of each kind, whatever it shows."""
    state = mock.state()
    one_of_each = {each["typ"]: each["id"] for each in state["paminnelser"] if flags(state)[each["id"]] == "none"}

    read = {reminder_id: _page(signed_in, reminder_id) for reminder_id in one_of_each.values()}

    assert read == {reminder_id: shown(state, reminder_id) for reminder_id in one_of_each.values()}


@pytest.mark.parametrize("flag", FLAGS)
def test_a_protected_persons_page_gives_the_id_alone(signed_in: Lifecare, mock: Mock, flag: str) -> None:
    """Each flag protects, and so does a flag that nobody knows."""
    reminder_id = next(each for each, value in flags(mock.state()).items() if value == flag)

    assert signed_in.reminder(reminder_id) == Protected(reminder_id)


@pytest.mark.parametrize("flag", FLAGS)
def test_nothing_else_of_a_protected_persons_page_leaves_it(
    signed_in: Lifecare, mock: Mock, answers: list[Any], flag: str
) -> None:
    """What never reaches this process can't be logged, stored or photographed by it."""
    reminder_id = next(each for each, value in flags(mock.state()).items() if value == flag)

    signed_in.reminder(reminder_id)

    [answer] = answers
    assert answer["record"]["values"] == {"id": reminder_id}
    assert answer["tables"] == {}
    truth = mock.truth(reminder_id)
    assert [each for each in (truth["arende"], truth["text"]) if each in json.dumps(answer, ensure_ascii=False)] == []


def test_reading_a_page_writes_nothing(signed_in: Lifecare, mock: Mock) -> None:
    """Looking at a reminder leaves no trace in it."""
    before = mock.state()

    signed_in.reminder(open_ids(mock)[0])

    assert mock.state() == before


def test_a_reminder_that_does_not_exist_is_not_read(signed_in: Lifecare) -> None:
    """The system's "not found" is no reminder, and nothing is made up in its place."""
    with pytest.raises(ScreenNotReady, match="404"):
        signed_in.reminder("P-99999")


def test_two_pages_are_read_one_after_the_other_without_mixing(signed_in: Lifecare, mock: Mock) -> None:
    """The second page must not be answered by what is left of the first."""
    state, (one, other) = mock.state(), open_ids(mock)[:2]

    assert [_page(signed_in, each) for each in (one, other, one)] == [shown(state, each) for each in (one, other, one)]
