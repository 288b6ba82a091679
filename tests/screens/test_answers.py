"""What counts as a receipt: only the map's own words, shown on the page, for this write."""

from typing import Any

import pytest
from playwright.sync_api import Page

from bots.errors import WriteUnanswered
from tests.screens.literal import ANSWER, FORM, PAGE, opened
from tests.screens.portal import soon
from tests.screens.site import Site


def written(page: Page, site: Site, body: str = PAGE, answer: str = ANSWER, **write: Any) -> str:
    """Write on the page, and return the receipt."""
    screen = opened(page, site, body, **write)
    site.show(answer, "/skriv")
    with screen._session.writing(soon()):
        return screen.submit("write")


def test_an_empty_place_for_messages_is_no_receipt_yet(page: Page, site: Site) -> None:
    """Pages keep such a place from the start, for screen readers; the receipt is what comes into it."""
    assert written(page, site) == "7"


def test_an_older_message_is_no_receipt(page: Page, site: Site) -> None:
    """It stands in the receipt's place until the receipt replaces it."""
    assert written(page, site, PAGE.replace("<output>", "<output>Utkastet sparades.")) == "7"


def test_a_message_without_a_number_is_no_receipt(page: Page, site: Site) -> None:
    """A "Klart!" proves nothing that a person could look up."""
    with pytest.raises(WriteUnanswered):
        written(page, site, FORM, "<h1>Ärende</h1><output>Klart!</output>", navigates=True)


def test_what_was_not_answered_is_named_as_people_read_it(page: Page, site: Site) -> None:
    """They look it up there, and know nothing of the map."""
    with pytest.raises(WriteUnanswered, match="Svaret på »Skriv« i »Ärende« uteblev: något annat än kvittot visades"):
        written(page, site, FORM, "<h1>Logga in</h1>", navigates=True)


def test_a_hidden_receipt_is_no_receipt(page: Page, site: Site) -> None:
    """What the system did not show, it did not say."""
    with pytest.raises(WriteUnanswered):
        written(page, site, FORM, "<h1>Ärende</h1><output hidden>Kvittens 7</output>", navigates=True)


def test_two_receipts_are_no_receipt(page: Page, site: Site) -> None:
    """One click has one; which of two it would be, nobody knows."""
    with pytest.raises(WriteUnanswered):
        written(page, site, FORM, ANSWER + "<output>Kvittens 8</output>", navigates=True)


def test_a_receipt_inside_a_shadow_root_counts(page: Page, site: Site) -> None:
    """Newer systems draw their messages in components."""
    answer = '<x-svar><template shadowrootmode="open"><output>Kvittens 7</output></template></x-svar>'

    assert written(page, site, FORM, answer, navigates=True) == "7"


def test_the_sign_in_page_is_no_answer(page: Page, site: Site) -> None:
    """Signed out in the middle of it: whether it was done can't be told here."""
    with pytest.raises(WriteUnanswered, match="något annat än kvittot"):
        written(page, site, FORM, "<h1>Logga in</h1>", navigates=True)
