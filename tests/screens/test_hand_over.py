"""A write that a person makes: they look, correct and send; nobody sends for them, and nothing after the deadline."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from bots.browser.screen import Screen
from bots.errors import NotOffered, RunStopped, SelectorDrift, SignInNeeded, WriteDeclined, WriteUnanswered
from orchestrator.bootstrap import now
from tests.screens.literal import FORM, PAGE, opened
from tests.screens.portal import soon
from tests.screens.site import Site

CHECKED = PAGE.replace("<button class", '<label><input type="checkbox" required>Kontrollerat</label><button class')
#: What the system says when something is missing; the person mends it.
REFUSED = PAGE.replace("<output>", "<p role=alert>Kryssa i rutan.</p><output>")


def handed(screen: Screen, seconds: float = 60) -> str:
    with screen._session.writing(now() + timedelta(seconds=seconds)):
        return screen.hand_over("write", about="")


def while_waiting(screen: Screen, *clicks: str) -> None:
    """Let somebody click these when the page is theirs."""

    def click(point: str) -> None:
        for each in clicks if point == "armed" else ():
            screen._page.locator(each).click()

    screen._session.checkpoint = click


@pytest.mark.parametrize("body", [PAGE, CHECKED, REFUSED], ids=["plain", "a box to tick", "refused first"])
def test_a_person_sends_what_the_bot_has_filled_in(page: Page, site: Site, body: str) -> None:
    """They may click what they like on the way; the receipt is read when it is shown."""
    after = {"any_of": [{"role": "status"}], "receipt": r"Kvittens (\d+)", "refused": [{"role": "alert"}]}
    screen = opened(page, site, body, after=after)
    boxes = page.locator("input").count()
    while_waiting(screen, *["input"] * boxes, "button:not(.skriv)", "button.skriv")

    assert handed(screen) == "7"
    assert site.posts == ["/skriv"]


def test_nobody_sends_for_them(page: Page, site: Site) -> None:
    """When their time is over, the run waits for somebody again; for all that is known here it may have been sent."""
    screen = opened(page, site)

    with pytest.raises(SignInNeeded, match="ingen skickade i tid"):
        handed(screen, seconds=0.5)

    assert screen._session.spent
    assert site.posts == []


def test_what_they_send_too_late_is_refused_by_the_page(page: Page, site: Site) -> None:
    """The run has counted on it: who comes back to the window must not write what is looked for as absent."""
    screen = opened(page, site)
    with pytest.raises(SignInNeeded):
        handed(screen, seconds=0.5)

    page.locator("button.skriv").click()

    page.wait_for_timeout(300)
    assert site.posts == []


def test_a_page_that_they_have_come_back_to_refuses_it_too(page: Page, site: Site) -> None:
    """They may go back, correct, and return: it is another document then."""
    screen = opened(page, site)

    def reload(point: str) -> None:
        if point == "armed":
            page.reload()

    screen._session.checkpoint = reload
    with pytest.raises(SignInNeeded):
        handed(screen, seconds=1.5)

    page.locator("button.skriv").click()

    page.wait_for_timeout(300)
    assert site.posts == []


def test_waiting_for_them_ends_when_the_run_is_to_stop(page: Page, site: Site) -> None:
    """Somebody has called it off, or ends the process: it is asked each second."""
    screen = opened(page, site)
    asked: list[int] = []

    def heed() -> None:
        asked.append(1)
        if len(asked) > 1:
            raise RunStopped

    screen._session.heed = heed
    with pytest.raises(RunStopped):
        handed(screen)

    assert screen._session.spent
    assert not screen._session.is_handed_over


def test_what_they_throw_away_is_no_longer_waited_for(page: Page, site: Site) -> None:
    """The page asks them whether they mean it, and they answer: nobody answers for them."""
    body = (
        PAGE
        + """<button onclick="if (confirm('Vill du ta bort utkastet?'))
        document.querySelector('output').textContent = 'Utkastet är borttaget.'">Ta bort</button>"""
    )
    after = {
        "any_of": [{"role": "status"}], "receipt": r"Kvittens (\d+)",
        "declined": [{"role": "status", "name": "Utkastet är borttaget."}],
    }  # fmt: skip
    screen = opened(page, site, body, after=after)
    page.on("dialog", lambda dialog: dialog.accept())
    while_waiting(screen, "text=Ta bort")

    with pytest.raises(WriteDeclined):
        handed(screen)

    assert site.posts == []


def crash(page: Page) -> None:
    """End the page's own process."""
    with suppress(PlaywrightError):
        page.goto("chrome://crash")


@pytest.mark.parametrize("end", [Page.close, crash])
def test_a_window_that_is_gone_leaves_it_uncertain(page: Page, site: Site, end: Callable[[Page], None]) -> None:
    """They may have sent it the moment before they closed it, or it died."""
    screen = opened(page, site)
    screen._session.checkpoint = lambda point: end(page) if point == "armed" else None

    with pytest.raises(WriteUnanswered, match="försvann"):
        handed(screen)


def test_a_page_that_is_not_the_one_is_handed_to_nobody(page: Page, site: Site) -> None:
    """They have not asked for it, and would not know what it is."""
    screen = opened(page, site, PAGE)
    page.evaluate("() => { document.querySelector('h1').textContent = 'Ett annat ärende'; }")

    with pytest.raises(SelectorDrift):
        handed(screen)

    assert not screen._session.spent


def test_it_takes_the_place_of_the_one_write(page: Page, site: Site) -> None:
    """One a step, whoever makes it."""
    screen = opened(page, site)
    while_waiting(screen, "button.skriv")

    with screen._session.writing(soon()):
        screen.hand_over("write")
        with pytest.raises(RuntimeError):
            screen.submit("write")


def test_a_choice_that_the_form_has_not_is_said(page: Page, site: Site) -> None:
    """An authority changes its lists from one quarter to the next; nothing was sent, and the next form may be right."""
    body = PAGE + "<label for=slag>Slag</label><select id=slag><option>Boende</option></select>"
    view = {"action": "select", "locators": [{"label": "Slag"}]}
    screen = opened(page, site, body, view=view)

    with pytest.raises(NotOffered, match="inget val för Ledsagning"):
        screen.select("view", "Ledsagning")

    assert site.posts == []


def test_who_sends_before_the_page_is_armed_has_sent_it(page: Page, site: Site) -> None:
    """On a slow machine they are quicker than the bot; their receipt is not taken for one that stood there before."""
    screen = opened(page, site, FORM, navigates=True)
    arrive = screen.arrive

    def and_they_send() -> None:
        arrive()
        with page.expect_navigation():
            page.locator("button.skriv").click()

    screen.arrive = and_they_send  # type: ignore[method-assign] # somebody is quicker
    with screen._session.writing(soon()):
        assert screen.hand_over("write") == "7"
