"""Half a page is told from a whole one and from a changed one: it is read again, and nothing of it is believed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from bots.errors import ScreenNotReady, SelectorDrift
from bots.screens.lifecare import Lifecare
from tests.screens.literal import opened
from tests.screens.mock import Mock, listed, open_ids, shown
from tests.screens.site import Site


def cut(count: int) -> dict[str, object]:
    return {"kind": "download_cut", "count": count}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_page_that_is_cut_off_is_read_again(count: int, signed_in: Lifecare, mock: Mock) -> None:
    """The page itself, the frame or the data in it, then the page once more."""
    [reminder_id, *_] = open_ids(mock)
    mock.faults(cut(count))

    assert signed_in.reminder(reminder_id) == shown(mock.state(), reminder_id)


def test_a_list_whose_pages_are_cut_off_is_read_whole(signed_in: Lifecare, mock: Mock) -> None:
    """A row that never came would be a reminder that nobody sees."""
    mock.faults({"kind": "download_cut", "probability": 0.3, "seed": 4})

    assert {row.id: row for row in signed_in.reminders()} == listed(mock.state())


@pytest.mark.needs("parts")
def test_decisions_that_are_cut_off_are_never_read_as_all(signed_in: Lifecare, mock: Mock, page: Page) -> None:
    """The decision that speaks against a removal may be in the other half."""
    [reminder_id, *_] = open_ids(mock)
    at_decisions = [cut(1)]

    def meanwhile(route: Route) -> None:
        if at_decisions:
            mock.faults(at_decisions.pop())
        route.continue_()

    page.route("**/underlag", meanwhile)

    assert signed_in.reminder(reminder_id) == shown(mock.state(), reminder_id)
    assert not at_decisions


def test_a_page_that_never_comes_whole_is_not_ready(signed_in: Lifecare, mock: Mock) -> None:
    """It is the network's fault and not the map's, so nobody is sent to look for a changed screen."""
    mock.faults(cut(1000))

    with pytest.raises(ScreenNotReady, match="inte hel"):
        signed_in.reminder(open_ids(mock)[0])


def test_something_else_that_fails_does_not_hide_a_changed_screen(page: Page, site: Site) -> None:
    """A counter of visits on another server is down: that is nothing to us."""
    screen = opened(page, site)
    site.show('<h1>Annat</h1><img src="http://127.0.0.1:1/rakna">')

    with pytest.raises(SelectorDrift):
        screen.visit()


def test_something_else_that_fails_does_not_stop_the_reading(page: Page, site: Site) -> None:
    """Nor is a script of the system's own, where all that the map asks for is there."""
    screen = opened(page, site)
    site.show('<h1>Ärende</h1><script>fetch("http://127.0.0.1:1/").catch(() => {})</script>')

    assert screen.visit().fields == {}


# --- without its style ---------------------------------------------------------------------------------------------

#: A page that stands elsewhere without its style.
STYLED = (
    "<script>document.head.insertAdjacentHTML('beforeend', '<link rel=stylesheet href=/stil.css>')</script>"
    "<h1>Ärende</h1><button>Visa</button>"
)
STYLE = "button { margin-top: 300px }"


def test_a_click_waits_for_the_style(page: Page, site: Site) -> None:
    """What is drawn without it stands somewhere else a moment later."""

    def late(route: Route) -> None:
        page.wait_for_timeout(300)
        route.fulfill(body=STYLE, content_type="text/css")

    page.route("**/stil.css", late)
    screen = opened(page, site, STYLED)

    assert screen._ready("view", "click")["y"] > 300


@pytest.mark.parametrize("end", [lambda route: route.abort(), lambda _route: None], ids=["lost", "hanging"])
def test_a_page_without_its_style_is_not_ready(page: Page, site: Site, end: Callable[[Route], None]) -> None:
    """It shows what it means to hide: nothing of it is believed."""
    page.route("**/stil.css", end)

    with pytest.raises(ScreenNotReady, match="inte hel"):
        opened(page, site, STYLED)
