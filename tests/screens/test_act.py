"""An act lands on the element that the map means, or nowhere: what moves, hides, covers or doubles it in between."""

from typing import Any

import pytest
from playwright.sync_api import Page

from bots.browser import resolver
from bots.browser.screen import Screen
from bots.browser.selector_map import Element
from bots.errors import ScreenNotReady, SelectorDrift, WriteUnanswered
from tests.screens.literal import PAGE, POST, opened
from tests.screens.portal import soon
from tests.screens.site import Site

#: Another button, which posts as well, put where the right one stands.
INTRUDER = f"""() => {{
  const other = document.createElement('button');
  other.textContent = 'Ta bort allt';
  other.style = 'position: fixed; inset: 0; width: 100vw; height: 100vh';
  other.onpointerdown = other.onmousedown = other.onclick = () => {{ {POST} }};
  document.body.append(other);
}}"""
MOVED = (
    "() => document.querySelector('button.skriv').before(document.createElement('br'), document.createElement('br'))"
)
TWIN = "() => document.body.append(document.querySelector('button.skriv').cloneNode(true))"
GONE = "() => document.querySelector('button.skriv').remove()"
RENAMED = "() => { document.querySelector('button.skriv').textContent = 'Skriv över' }"


def at(screen: Screen, point: str, change: str) -> None:
    """Change the page just before the click, when all is ready for it."""
    screen._session.checkpoint = lambda here: screen._page.evaluate(change) if here == point else None


def write(screen: Screen) -> str:
    with screen._session.writing(soon()):
        return screen.submit("write")


def button(**facts: Any) -> Element:
    return Element.model_validate({"locators": [{"role": "button", "name": "Visa"}], **facts})


def clicked(page: Page, body: str, element: Element, limit: float = 300) -> str:
    """Show the body and click the element in it. Return how that ended, or what the page wrote in its title."""
    page.set_content("")
    page.evaluate("(html) => { document.write(html); document.close() }", body)
    point = resolver.ready(page, element, "click", limit=limit)
    if point["end"] != "done":
        return str(point["end"])
    page.mouse.click(point["x"], point["y"])
    return page.title()


def said(page: Page, element: Element, action: str, value: str) -> str:
    return str(resolver.ready(page, element, action, limit=200, value=value)["end"])


# --- between the look and the click --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [INTRUDER, MOVED, TWIN, GONE, RENAMED], ids=["covered", "moved", "twin", "gone", "renamed"]
)
def test_a_click_that_would_not_land_where_it_was_meant_lands_nowhere(page: Page, site: Site, change: str) -> None:
    """Pages move under the mouse. The page itself is told which element is meant, and lets nothing else have it."""
    screen = opened(page, site)
    at(screen, "armed", change)

    with pytest.raises(WriteUnanswered):
        write(screen)

    assert site.posts == []


def test_a_click_that_landed_nowhere_is_told_at_once(page: Page, site: Site) -> None:
    """Nobody waits for an answer to what was stopped."""
    screen = opened(page, site)
    screen._session.patience = 60_000
    at(screen, "armed", INTRUDER)

    with pytest.raises(WriteUnanswered, match="träffade fel"):
        write(screen)


def test_what_follows_a_harmless_click_that_was_stopped_says_so(page: Page, site: Site) -> None:
    """A menu that did not open is not a menu whose entry is gone."""
    screen = opened(page, site, PAGE.replace("<button>Visa", '<button onclick="document.title = 1">Visa'))
    point = screen._ready("view", "click")
    page.evaluate(INTRUDER)
    screen._strike(point)

    with pytest.raises(ScreenNotReady, match="flyttade sig"):
        screen.click("view")

    assert site.posts == []


def test_a_person_can_click_what_they_like_afterwards(page: Page, site: Site) -> None:
    """Who takes over the window is not held to what the bot meant."""
    screen = opened(page, site)
    screen.click("view")

    page.locator("button.skriv").click()

    page.get_by_text("Kvittens 7").wait_for()


# --- what cannot be clicked ----------------------------------------------------------------------------------------

#: A button that comes in from the right, over some time.
COMING = "<style>@keyframes in {{from {{margin-left: 500px}}}} button {{animation: in {}s linear}}</style>"
BLINKING = "<style>@keyframes in {from {opacity: 0.5}} button {animation: in 1s infinite}</style>"
SCROLLED = '<div style="height: 50px; overflow: auto"><p style="height: 900px">Text</p>{}</div>'
SHADOW = "<x-knapp><template shadowrootmode=open>{}</template></x-knapp>"
TITLED = "<button onclick=\"document.title = 'klickad'\" {}>Visa</button>"


@pytest.mark.parametrize(
    ("body", "end"),
    [
        (TITLED.format(""), "klickad"),
        (TITLED.format("disabled"), "unusable"),
        ("<fieldset disabled>" + TITLED.format("") + "</fieldset>", "unusable"),
        (TITLED.format('aria-disabled="true"'), "unusable"),
        (TITLED.format('style="display: none"'), "missing"),
        (TITLED.format("") + '<div style="position: fixed; inset: 0"></div>', "covered"),
        (TITLED.format("") + '<div style="position: fixed; inset: 0; pointer-events: none"></div>', "klickad"),
        (TITLED.format('style="position: absolute; top: 3000px"'), "klickad"),
        (SCROLLED.format(TITLED.format("")), "klickad"),
        (TITLED.format("").replace("Visa", "<b>Visa</b>"), "klickad"),
        (SHADOW.format(TITLED.format("")), "klickad"),
        ("<dialog id=d>Hej</dialog>" + TITLED.format("") + "<script>d.showModal()</script>", "covered"),
        (COMING.format(0.1) + TITLED.format(""), "klickad"),
        (COMING.format(9) + TITLED.format(""), "covered"),
        (BLINKING + TITLED.format(""), "klickad"),
    ],
)  # fmt: skip
def test_a_button_is_clicked_as_a_person_would_or_not_at_all(page: Page, body: str, end: str) -> None:
    """There, enabled, uncovered, at rest."""
    assert clicked(page, body, button()) == end


def test_a_button_in_a_frame_is_clicked_where_the_frame_has_it(page: Page) -> None:
    """Frame, borders, margins and scrolling add up to one point."""
    inner = "<p style='height: 2000px'>Text</p><button onclick='parent.document.title = 1'>Visa</button>"
    frame = f'<iframe name="ram" style="margin: 30px; border: 7px solid; padding: 5px" srcdoc="{inner}"></iframe>'
    page.set_content(f'<p style="height: 1500px">Text</p>{frame}')
    page.frame_locator("iframe").get_by_role("button").wait_for()

    point = resolver.ready(page, button(frame="iframe[name=ram]"), "click", limit=500)
    page.mouse.click(point["x"], point["y"])

    assert page.title() == "1"


# --- what is filled ------------------------------------------------------------------------------------------------


def field(css: str) -> Element:
    return Element.model_validate({"action": "fill", "locators": [{"css": css}]})


def test_a_field_is_filled_as_by_typing(page: Page) -> None:
    """The page hears of it, the field has the focus, and a framework's own setter is not asked."""
    page.set_content("<input value=gammalt><script>window.heard = []</script>")
    page.evaluate("""() => {
      const input = document.querySelector('input');
      for (const kind of ['focus', 'input', 'change'])
        input.addEventListener(kind, () => heard.push(kind + input.value));
      Object.defineProperty(input, 'value', {
        get() { return Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').get.call(this) },
        set() { heard.push('egen') },
      });
    }""")

    assert said(page, field("input"), "fill", "nytt åäö") == "done"

    assert page.evaluate("heard") == ["focusgammalt", "inputnytt åäö", "changenytt åäö"]


@pytest.mark.parametrize(
    "body",
    [
        "<input disabled>",
        "<input readonly>",
        '<input oninput="this.value = this.value.toUpperCase()">',
        "<input type=date>",
        "<input type=number>",
    ],
)  # fmt: skip
def test_a_field_that_does_not_keep_what_it_is_given_is_told(page: Page, body: str) -> None:
    """What stands there would not be what was meant."""
    page.set_content(body)

    assert said(page, field("input"), "fill", "den nittonde") == "unusable"


def test_a_long_text_with_lines_is_filled_word_for_word(page: Page) -> None:
    """Free texts have paragraphs."""
    page.set_content("<textarea></textarea>")
    text = "Ett beslut.\n\nTvå å, ä, ö & <b>.\n" * 40

    assert said(page, field("textarea"), "fill", text) == "done"

    assert page.input_value("textarea") == text


@pytest.mark.parametrize(
    ("option", "end", "value"),
    [
        ("Boende", "done", "b"), (" Boende ", "done", "b"), ("boende", "no option", "a"), ("Avslag", "no option", "a"),
        ("Dubbel", "no option", "a"),
     ("Spärrad", "no option", "a")],
)  # fmt: skip
def test_an_option_is_chosen_by_its_label_when_there_is_one_such(page: Page, option: str, end: str, value: str) -> None:
    """Two with the same label are nobody's choice."""
    page.set_content(
        "<select onchange='document.title = this.value'><option value=a>Välj</option><option value=b>Boende</option>"
        "<option>Dubbel</option><option>Dubbel</option><option disabled>Spärrad</option></select>"
    )

    assert said(page, field("select"), "select", option) == end

    assert page.input_value("select") == value
    assert page.title() == ("b" if end == "done" else "")


def test_a_key_goes_to_the_element_that_was_meant(page: Page, site: Site) -> None:
    """The page may move the focus between the look and the key."""
    screen = opened(page, site, PAGE.replace("<button>Visa", f'<input><button onclick="{POST}">Visa'))
    point = screen._ready("view", "press")
    page.evaluate("document.querySelector('button.skriv').focus()")

    screen._strike(point)

    with pytest.raises(ScreenNotReady, match="flyttade sig"):
        screen.click("view")
    assert site.posts == []


@pytest.mark.usefixtures("hasty")
def test_what_is_covered_is_no_drift(page: Page, site: Site) -> None:
    """The map is right; it is the page that is not ready."""
    screen = opened(page, site, PAGE + '<div style="position: fixed; inset: 0">Vänta</div>')

    with pytest.raises(ScreenNotReady, match="ligger över"):
        write(screen)

    assert not screen._session.spent


@pytest.mark.usefixtures("hasty")
def test_what_cannot_be_found_for_certain_is_drift(page: Page, site: Site) -> None:
    """A person must look at the map."""
    screen = opened(page, site, PAGE + PAGE)

    with pytest.raises(SelectorDrift):
        write(screen)

    assert site.posts == []
