"""The armed page: it refuses a write that comes too late, whichever way it comes, and one deadline is one write."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page

from bots.browser.screen import Screen
from bots.errors import SelectorDrift, WriteUnanswered
from orchestrator.bootstrap import now
from tests.screens.literal import FORM, PAGE, POST, opened
from tests.screens.portal import soon
from tests.screens.site import Site

#: Native confirm, and the write only after a yes.
CONFIRMED = PAGE.replace('onclick="', "onclick=\"if (confirm('Säkert?')) ")


def past() -> datetime:
    """Return a deadline that has gone by, as for a process that was frozen since."""
    return now() - timedelta(seconds=1)


def write(screen: Screen, deadline: datetime) -> str:
    """Click what writes, once, within the deadline."""
    with screen._session.writing(deadline):
        return screen.submit("write")


def refuse(screen: Screen) -> None:
    """Click what writes after its deadline, which ends unanswered; the page stays armed."""
    with pytest.raises(WriteUnanswered):
        write(screen, past())


def let_it_come(page: Page) -> None:
    """Wait until what the page may have sent would have come: several later requests have been there and back."""
    page.evaluate("async () => { for (let times = 0; times < 5; times++) await fetch('/', {cache: 'no-store'}) }")


def test_a_click_in_time_goes_through(page: Page, site: Site) -> None:
    """The page lets by what comes before the deadline."""
    assert write(opened(page, site), soon()) == "7"
    assert site.posts == ["/skriv"]


def test_a_click_after_the_deadline_is_refused_by_the_page(page: Page, site: Site) -> None:
    """A process that wakes up too late can't write any more, though it clicks."""
    refuse(opened(page, site))

    assert site.posts == []


def test_a_form_in_time_goes_through(page: Page, site: Site) -> None:
    """The same for a form whose answer is a new document."""
    assert write(opened(page, site, FORM, navigates=True), soon()) == "7"
    assert site.posts == ["/skriv"]


def test_a_form_after_the_deadline_is_not_sent(page: Page, site: Site) -> None:
    """The click that would send it is refused."""
    refuse(opened(page, site, FORM, navigates=True))

    assert site.posts == []


def test_enter_in_a_field_does_not_send_a_form_after_the_deadline(page: Page, site: Site) -> None:
    """A form has more ways out than its button."""
    refuse(opened(page, site, FORM, navigates=True))

    page.locator("input").press("Enter")
    let_it_come(page)

    assert site.posts == []


def test_a_script_does_not_send_a_form_after_the_deadline(page: Page, site: Site) -> None:
    """What the page's own script submits is refused like a click."""
    refuse(opened(page, site, FORM, navigates=True))

    page.evaluate("document.querySelector('form').requestSubmit()")
    let_it_come(page)

    assert site.posts == []


@pytest.mark.parametrize("event", ["pointerdown", "pointerup", "mousedown", "mouseup", "click"])
def test_no_part_of_a_click_gets_by_after_the_deadline(page: Page, site: Site, event: str) -> None:
    """Some pages act as soon as the button goes down, others when it comes up."""
    refuse(opened(page, site, PAGE.replace("onclick", f"on{event}")))

    assert site.posts == []


@pytest.mark.parametrize("event", ["keydown", "keyup"])
def test_no_part_of_a_key_gets_by_after_the_deadline(page: Page, site: Site, event: str) -> None:
    """The same for a key."""
    screen = opened(page, site, PAGE.replace("onclick", f"on{event}"))
    refuse(screen)

    page.locator("button.skriv").press("Enter")
    let_it_come(page)

    assert site.posts == []


def test_the_page_sees_nothing_of_a_late_click_before_the_listener_does(page: Page, site: Site) -> None:
    """The page's own listeners on the window come after ours, even those that capture."""
    late = f"<script>addEventListener('click', () => {{ {POST} }}, true)</script>"
    screen = opened(
        page,
        site,
        PAGE.replace(f'onclick="{POST}"', "") + late.replace("addEventListener", "document.addEventListener"),
    )

    refuse(screen)

    assert site.posts == []


def test_a_click_after_the_deadline_is_refused_inside_a_frame(page: Page, site: Site) -> None:
    """The document that holds the button is the one that is armed."""
    site.show(PAGE, "/ram")
    screen = opened(page, site, '<h1>Ärende</h1><iframe name="ram" src="/ram"></iframe>', frame="iframe[name=ram]")

    refuse(screen)

    assert site.posts == []


def test_a_click_after_the_deadline_is_refused_inside_a_shadow_root(page: Page, site: Site) -> None:
    """A shadow root hides its elements from the window, not its clicks."""
    screen = opened(page, site, f'<h1>Ärende</h1><x-ruta><template shadowrootmode="open">{PAGE}</template></x-ruta>')

    refuse(screen)

    assert site.posts == []


def test_a_later_deadline_replaces_the_one_before(page: Page, site: Site) -> None:
    """On the same document the next write has its own time."""
    screen = opened(page, site)
    refuse(screen)

    assert write(screen, soon()) == "7"


def test_an_earlier_deadline_replaces_the_one_before(page: Page, site: Site) -> None:
    """A deadline can be moved in either direction, so the first one never lingers."""
    screen = opened(page, site)
    write(screen, soon())
    page.evaluate("document.querySelector('output').textContent = ''")

    refuse(screen)

    assert site.posts == ["/skriv"]


def test_what_is_harmless_can_be_clicked_after_the_deadline(page: Page, site: Site) -> None:
    """A page that was armed for one write is not closed for good."""
    screen = opened(page, site, PAGE.replace("<button>Visa", "<button onclick=\"this.textContent='Visad'\">Visa"))
    refuse(screen)

    screen.click("view")

    assert page.get_by_role("button", name="Visad").is_visible()


def test_a_new_document_is_not_armed(page: Page, site: Site) -> None:
    """The deadline belongs to the document that was armed."""
    screen = opened(page, site)
    refuse(screen)

    screen.open()
    page.locator("button.skriv").click()
    let_it_come(page)

    assert site.posts == ["/skriv"]


def test_a_native_confirm_is_answered_yes_in_time(page: Page, site: Site) -> None:
    """The map says that the system asks; the click means it."""
    assert write(opened(page, site, CONFIRMED, confirm="Säkert\\?"), soon()) == "7"


def test_a_native_confirm_is_answered_no_after_the_deadline(page: Page, site: Site) -> None:
    """The question may stand there while the process sleeps, so the clock is read again before the yes."""
    deadline = soon()
    screen = opened(page, site, CONFIRMED, clock=lambda: deadline + timedelta(seconds=1), confirm="Säkert\\?")

    with pytest.raises(WriteUnanswered):
        write(screen, deadline)

    assert site.posts == []


def test_an_unexpected_question_is_answered_no(page: Page, site: Site) -> None:
    """Nobody asked for it, and "no" is the answer that changes nothing."""
    screen = opened(
        page, site, PAGE.replace("<button>Visa", f"<button onclick=\"confirm('Ta bort allt?') && {POST}\">Visa")
    )

    screen.click("view")
    let_it_come(page)

    assert site.posts == []


def test_an_unexpected_message_does_not_stop_the_work(page: Page, site: Site) -> None:
    """An alert box that nobody closes would hang the run."""
    screen = opened(page, site, PAGE + "<script>alert('Driftstopp kl. 22')</script>")

    screen.arrive()


def test_the_yes_of_one_write_is_not_kept_for_another_question(page: Page, site: Site) -> None:
    """The answer belongs to the write; what is asked after it gets a no."""
    screen = opened(page, site, PAGE, confirm="Säkert\\?")
    write(screen, soon())
    site.posts.clear()

    answer = page.evaluate("confirm('Ta bort allt?')")

    assert answer is False


def test_a_deadline_is_spent_by_one_write(page: Page, site: Site) -> None:
    """A second click on it can only be a mistake of ours, and never reaches the page."""
    screen = opened(page, site)

    with screen._session.writing(soon()):
        screen.submit("write")
        with pytest.raises(RuntimeError, match="second"):
            screen.submit("write")

    assert site.posts == ["/skriv"]


def test_nothing_irreversible_is_submitted_without_a_deadline(page: Page, site: Site) -> None:
    """Without intent stored and time set there is no write."""
    with pytest.raises(RuntimeError, match="outside"):
        opened(page, site).submit("write")

    assert site.posts == []


def test_a_deadline_ends_with_its_block(page: Page, site: Site) -> None:
    """What was allowed then is not allowed now."""
    screen = opened(page, site)
    with screen._session.writing(soon()):
        pass

    with pytest.raises(RuntimeError, match="outside"):
        screen.submit("write")


def test_nothing_irreversible_is_clicked_in_passing(page: Page, site: Site) -> None:
    """`click` is for what can be undone, deadline or not."""
    screen = opened(page, site)

    with pytest.raises(ValueError, match="irreversible"), screen._session.writing(soon()):
        screen.click("write")

    assert site.posts == []


def test_only_what_is_irreversible_is_submitted(page: Page, site: Site) -> None:
    """What has no receipt can't be waited for."""
    with pytest.raises(ValueError, match="not irreversible"):
        opened(page, site).submit("view")


@pytest.mark.usefixtures("hasty")
def test_drift_before_the_click_is_known_not_to_have_written(page: Page, site: Site) -> None:
    """The step may be planned anew, since nothing was sent."""
    screen = opened(page, site, PAGE.replace('class="skriv"', ""))

    with pytest.raises(SelectorDrift):
        write(screen, soon())

    assert screen._session.spent is False
    assert site.posts == []


def test_an_unanswered_click_counts_as_sent(page: Page, site: Site) -> None:
    """Whether the page refused it or the answer was lost can't be told from here."""
    screen = opened(page, site)

    refuse(screen)

    assert screen._session.spent is True


def test_points_of_a_write_are_told_in_their_order(page: Page, site: Site) -> None:
    """First "armed", then "clicked": a crash between them must be told from one before."""
    screen = opened(page, site)
    points: list[tuple[str, int]] = []
    screen._session.checkpoint = lambda point: points.append((point, len(site.posts)))

    write(screen, soon())

    assert [point for point, _posts in points] == ["armed", "clicked"]
    assert points[0] == ("armed", 0)
