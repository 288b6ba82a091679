"""One click is one request, also when the connection dies under it."""

import pytest
from playwright.sync_api import Page

from bots.errors import WriteUnanswered
from tests.screens.literal import FORM, PAGE, opened
from tests.screens.portal import soon
from tests.screens.site import Site


@pytest.mark.parametrize(("body", "navigates"), [(FORM, True), (PAGE, False)], ids=["form", "fetch"])
def test_a_click_is_sent_once_though_the_connection_closes_unanswered(
    page: Page, site: Site, body: str, navigates: bool
) -> None:
    """Browsers send a request again by themselves, a POST too, when a connection that they had used before dies."""
    screen = opened(page, site, body, navigates=navigates)
    site.hang_up = True

    with pytest.raises(WriteUnanswered), screen._session.writing(soon()):
        screen.submit("write")

    assert site.posts == ["/skriv"]
