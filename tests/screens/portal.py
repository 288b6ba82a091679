"""Lifecare as the bots hold it: a session on a page, by the map of the mock's version."""

from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext, Page
from pydantic import SecretStr

from bots.browser.selector_map import SelectorMap, load
from bots.browser.session import Account, Session
from bots.contract import Receipt
from bots.screens.lifecare import Lifecare
from orchestrator.bootstrap import now
from tests.screens.mock import Mock

MAPS = Path(__file__).parents[2] / "selectors"
REASON = "Dubblett av en äldre påminnelse."


def map_of(ui: str) -> SelectorMap:
    """Return the approved map of a UI version."""
    return load(MAPS / "lifecare" / f"{ui}.yaml")


def account(password: str = "flotta-mock", user: str = "robot", *, person: bool | None = None) -> Account:  # noqa: S107 - the mock's own
    """Return the bot's account in the mock."""
    return Account(user, SecretStr(password), "handlaggare_lss", person)


def a_session(page: Page, mock: Mock, patience: timedelta = timedelta(seconds=10)) -> Session:
    """Return a session on the page, by the map of the mock's version."""
    return Session(page, map_of(mock.ui), mock.url, now=now, patience=patience)


def soon() -> datetime:
    """Return a deadline that is not the matter of the test."""
    return now() + timedelta(minutes=1)


def sign_in_beside(context: BrowserContext, mock: Mock) -> None:
    """Give the browser a signed-in session that was begun beside it."""
    name, _, value = mock.cookie().partition("=")
    context.add_cookies([{"name": name, "value": value, "url": mock.url}])


def remove(lifecare: Lifecare, reminder_id: str, reason: str = REASON) -> Receipt:
    """Open the reminder's page and remove it, as the bot does."""
    lifecare.reminder(reminder_id)
    with lifecare._session.writing(soon()):
        return lifecare.remove(reminder_id, reason)
