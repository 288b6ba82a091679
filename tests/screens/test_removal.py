"""Removing a reminder on every UI version: the receipt, the refusals, and every way in which an answer can be lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from bots.browser.screen import ELEMENT
from bots.errors import SelectorDrift, WriteRefused, WriteUnanswered
from bots.records.lifecare import Reminder
from bots.screens.lifecare import Lifecare
from fixtures.mockui.faults import Fault, Kind, Moment
from fixtures.mockui.server import Spec, serve
from tests.screens.mock import TODAY, Mock, open_ids, shown
from tests.screens.portal import REASON, a_session, account, remove, sign_in_beside, soon

#: The ways in which the system may fail to answer, each with whether it has done what was asked.
LOSSES: list[tuple[dict[str, object], bool]] = [
    ({"kind": "error_before_commit", "count": 1}, False),
    ({"kind": "error_after_commit", "count": 1}, True),
    # It lands long after the test.
    ({"kind": "commit_late", "count": 1, "seconds": 600}, False),
    ({"kind": "session_expiry", "count": 1, "on": "write"}, False),
]
_NAMES = [str(fault["kind"]) for fault, _done in LOSSES]


@contextmanager
def slow_to_write(ui: str, seconds: float) -> Iterator[Mock]:
    """Serve a mock of its own that answers the first write late."""
    slow = Fault(Kind.LATENCY, count=1, seconds=seconds, on=Moment.WRITE)
    with serve([Spec("lifecare", ui=ui, rows=7, today=TODAY, faults=[slow])]) as urls:
        yield Mock(urls["lifecare"], ui)


def test_a_removal_ends_in_the_receipt_that_the_system_shows(signed_in: Lifecare, mock: Mock) -> None:
    """The number is what a person looks up when somebody asks."""
    [reminder_id, *_] = open_ids(mock)

    receipt = remove(signed_in, reminder_id)

    assert receipt.number == mock.kvittens(reminder_id)
    assert receipt.facts == {"påminnelse": reminder_id, "orsak": REASON}


def test_a_removal_is_one_attempt_and_one_commit(signed_in: Lifecare, mock: Mock) -> None:
    """One click, one write, and no other reminder touched."""
    [reminder_id, *_] = open_ids(mock)

    remove(signed_in, reminder_id)

    assert mock.attempts() == mock.commits() == [reminder_id]


@pytest.mark.needs("reason")
def test_the_reason_reaches_the_system_word_for_word(signed_in: Lifecare, mock: Mock) -> None:
    """The reason is the trace that people find afterwards, å, ä, ö and line breaks included."""
    [reminder_id, *_] = open_ids(mock)

    remove(signed_in, reminder_id, "Åtgärdad: följs upp på annat håll.\nSe äldre påminnelse – “samma sak”.")

    reason = mock.truth(reminder_id)["removed"]["reason"]
    assert reason == "Åtgärdad: följs upp på annat håll.\nSe äldre påminnelse – “samma sak”."


def test_several_removals_in_a_row_each_have_their_own_receipt(signed_in: Lifecare, mock: Mock) -> None:
    """A message left from the removal before must not be taken for this one's."""
    ids = open_ids(mock)[:3]

    numbers = [remove(signed_in, each).number for each in ids]

    assert numbers == [mock.kvittens(each) for each in ids]
    assert mock.attempts() == mock.commits() == ids


@pytest.mark.needs("reason")
def test_a_removed_reminder_can_be_confirmed_afterwards(signed_in: Lifecare, mock: Mock) -> None:
    """After a lost answer the page itself tells what happened, with the receipt and the reason."""
    [reminder_id, *_] = open_ids(mock)
    receipt = remove(signed_in, reminder_id)

    page = signed_in.reminder(reminder_id)

    assert isinstance(page, Reminder)
    assert (page.status, page.kvittens, page.removed_why) == ("borttagen", receipt.number, REASON)


def test_a_reminder_that_still_stands_shows_no_receipt(signed_in: Lifecare, mock: Mock) -> None:
    """That it did not happen is told by the same two values, both missing."""
    page = signed_in.reminder(open_ids(mock)[0])

    assert isinstance(page, Reminder)
    assert (page.kvittens, page.removed_why) == (None, None)


@pytest.mark.needs("last look")
def test_a_change_by_somebody_else_refuses_the_removal(signed_in: Lifecare, mock: Mock) -> None:
    """The system guards its own rows; its no is told from silence."""
    mock.faults({"kind": "stale_row", "count": 1})
    [reminder_id, *_] = open_ids(mock)

    with pytest.raises(WriteRefused):
        remove(signed_in, reminder_id)

    assert mock.attempts() == [reminder_id]
    assert mock.commits() == []


@pytest.mark.needs("reason")
@pytest.mark.parametrize("reason", ["kort", "x" * 501])
def test_a_reason_that_the_system_does_not_take_refuses_the_removal(
    signed_in: Lifecare, mock: Mock, reason: str
) -> None:
    """The server's own validation is a refusal like any other."""
    with pytest.raises(WriteRefused):
        remove(signed_in, open_ids(mock)[0], reason)

    assert mock.commits() == []


def test_a_reminder_that_somebody_else_removed_meanwhile_is_refused(signed_in: Lifecare, mock: Mock) -> None:
    """Our click comes second and changes nothing."""
    [reminder_id, *_] = open_ids(mock)
    signed_in.reminder(reminder_id)
    mock.colleague_removes(reminder_id)

    with pytest.raises(WriteRefused), signed_in._session.writing(soon()):
        signed_in.remove(reminder_id, REASON)

    assert mock.commits() == [reminder_id]


@pytest.mark.usefixtures("hasty")
def test_a_removed_reminder_offers_no_removal(signed_in: Lifecare, mock: Mock) -> None:
    """Its page has no button left, which is drift for whoever wants to click it."""
    [reminder_id, *_] = open_ids(mock)
    remove(signed_in, reminder_id)

    with pytest.raises(SelectorDrift):
        remove(signed_in, reminder_id)

    assert mock.attempts() == [reminder_id]


@pytest.mark.parametrize(("fault", "done"), LOSSES, ids=_NAMES)
def test_a_lost_answer_is_never_taken_for_a_yes_or_a_no(
    signed_in: Lifecare, mock: Mock, fault: dict[str, object], done: bool
) -> None:
    """Whether it was done or not, it can't be told here, and so it is not told."""
    [reminder_id, *_] = open_ids(mock)
    mock.faults(fault)

    with pytest.raises(WriteUnanswered):
        remove(signed_in, reminder_id)

    assert mock.commits() == ([reminder_id] if done else [])


@pytest.mark.parametrize("fault", [fault for fault, _done in LOSSES], ids=_NAMES)
def test_a_lost_answer_leaves_a_single_attempt(signed_in: Lifecare, mock: Mock, fault: dict[str, object]) -> None:
    """A write is never blindly repeated, by us or by the browser."""
    [reminder_id, *_] = open_ids(mock)
    mock.faults(fault)

    with pytest.raises(WriteUnanswered):
        remove(signed_in, reminder_id)

    assert mock.attempts() == [reminder_id]


@pytest.mark.parametrize(("fault", "done"), LOSSES, ids=_NAMES)
def test_after_a_lost_answer_the_reminders_page_tells_what_happened(
    signed_in: Lifecare, mock: Mock, fault: dict[str, object], done: bool
) -> None:
    """Looking is possible from whatever page the lost answer left, signed in again if need be."""
    [reminder_id, *_] = open_ids(mock)
    mock.faults(fault)
    with pytest.raises(WriteUnanswered):
        remove(signed_in, reminder_id)

    page = signed_in.reminder(reminder_id)

    assert isinstance(page, Reminder)
    assert page.kvittens == (mock.kvittens(reminder_id) if done else None)


@pytest.mark.timeout(60)
def test_a_system_that_does_not_answer_in_time_leaves_the_write_unanswered(page: Page, ui: str) -> None:
    """Silence ends, and it ends in "cannot tell"."""
    with slow_to_write(ui, seconds=600) as mock:
        sign_in_beside(page.context, mock)
        lifecare = Lifecare(a_session(page, mock, patience=timedelta(seconds=2)), account())

        with pytest.raises(WriteUnanswered):
            remove(lifecare, open_ids(mock)[0])


@pytest.mark.timeout(60)
def test_after_silence_the_system_can_be_asked_again(page: Page, ui: str) -> None:
    """The answer that is still awaited must not stand in the way of looking."""
    with slow_to_write(ui, seconds=600) as mock:
        sign_in_beside(page.context, mock)
        lifecare = Lifecare(a_session(page, mock, patience=timedelta(seconds=2)), account())
        [reminder_id, *_] = open_ids(mock)
        with pytest.raises(WriteUnanswered):
            remove(lifecare, reminder_id)

        assert lifecare.reminder(reminder_id) == shown(mock.state(), reminder_id)


@pytest.mark.timeout(60)
def test_a_slow_answer_is_waited_for(page: Page, ui: str) -> None:
    """A write takes longer to be answered than a button to be found, and is no drift for that."""
    with slow_to_write(ui, seconds=ELEMENT / 1000 + 0.5) as mock:
        sign_in_beside(page.context, mock)
        [reminder_id, *_] = open_ids(mock)

        receipt = remove(Lifecare(a_session(page, mock), account()), reminder_id)

        assert receipt.number == mock.kvittens(reminder_id)


def test_the_locators_that_found_the_button_are_told(signed_in: Lifecare, mock: Mock) -> None:
    """The ledger names what each click was aimed by."""
    remove(signed_in, open_ids(mock)[0])

    assert signed_in._session.located_by.startswith("reminder.confirm_removal: ")
