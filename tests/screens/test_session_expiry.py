"""Signed out in the middle of reading: on every UI version, wherever it strikes, the reading goes on."""

import pytest
import tenacity
from playwright.sync_api import Page, Route

from bots.browser import session as kit
from bots.errors import ScreenNotReady, SessionLost
from bots.screens.lifecare import Lifecare
from tests.screens.mock import Mock, listed, open_ids, shown

EXPIRY = {"kind": "session_expiry", "count": 1, "on": "read"}


def expire_at(page: Page, mock: Mock, address: str) -> None:
    """End the session when the next request to this address comes, once."""
    once = [EXPIRY]

    def meanwhile(route: Route) -> None:
        if once:
            mock.faults(once.pop())
        route.continue_()

    page.route(address, meanwhile)


def test_the_list_is_whole_though_the_session_expires_before_it(signed_in: Lifecare, mock: Mock) -> None:
    """A night's first page often comes after the session has gone."""
    mock.faults(EXPIRY)

    assert {row.id: row for row in signed_in.reminders()} == listed(mock.state())


def test_the_list_is_whole_though_the_session_expires_between_its_pages(
    signed_in: Lifecare, mock: Mock, page: Page
) -> None:
    """What was read before is kept or read again, and nothing is missed."""
    expire_at(page, mock, "**/*=2")

    assert {row.id: row for row in signed_in.reminders()} == listed(mock.state())


def test_a_page_is_read_though_the_session_expires_before_it(signed_in: Lifecare, mock: Mock) -> None:
    """The reminder itself is opened anew, not whatever comes after signing in."""
    [reminder_id, *_] = open_ids(mock)
    mock.faults(EXPIRY)

    assert signed_in.reminder(reminder_id) == shown(mock.state(), reminder_id)


def test_a_page_is_read_though_the_session_expires_at_its_decisions(
    signed_in: Lifecare, mock: Mock, page: Page
) -> None:
    """The sign-in screen may show inside the frame, with the reminder around it as if nothing had happened."""
    [reminder_id, *_] = open_ids(mock)
    expire_at(page, mock, "**/underlag")

    assert signed_in.reminder(reminder_id) == shown(mock.state(), reminder_id)


@pytest.mark.needs("roles")
def test_a_session_that_is_never_there_is_given_up(
    signed_in: Lifecare, mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signing in for ever would lock the account, so after so many tries it is said."""
    monkeypatch.setattr(kit, "_TRYING", kit._TRYING.copy(stop=tenacity.stop_after_attempt(2)))
    mock.faults({"kind": "session_expiry", "probability": 1, "on": "read"})

    with pytest.raises(SessionLost):
        signed_in.reminder(open_ids(mock)[0])


def test_an_expired_session_writes_nothing(signed_in: Lifecare, mock: Mock) -> None:
    """Signing in again is all that happens."""
    mock.faults(EXPIRY)

    signed_in.reminders()

    assert mock.attempts() == []


def test_a_sign_in_that_was_interrupted_is_made_again(signed_in: Lifecare, mock: Mock) -> None:
    """Half signed in, without a role, the system shows the choice of role whatever is asked for."""
    [reminder_id, *_] = open_ids(mock)
    mock.faults(EXPIRY)
    calls: list[str] = []
    take_role = signed_in._take_role

    def interrupted() -> None:
        calls.append("role")
        if len(calls) == 1:
            raise ScreenNotReady("role", "sidan försvann")
        take_role()

    signed_in._take_role = interrupted  # type: ignore[method-assign]  # this one object is to be interrupted

    assert signed_in.reminder(reminder_id) == shown(mock.state(), reminder_id)
    assert len(calls) == 2
