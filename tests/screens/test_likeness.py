"""Elements described on one page and weighed on another, in the browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from bots.browser import recorder, resolver
from bots.browser.screen import Screen
from bots.browser.selector_map import Element
from bots.errors import ScreenNotReady, SelectorDrift
from tests.screens.literal import opened
from tests.screens.site import Site

PAGE = """<h1>Ärende</h1><nav><a href="/start">Start</a><a href="/hjalp">Hjälp</a></nav>
<form><h2>Beslut</h2><label for="orsak">Orsak</label>
<input id="orsak" name="orsak" value="Hemligt 19900101-2382">
<label for="sort">Sort</label><select id="sort"><option>Bifall</option><option selected>Avslag</option></select>
<button id="spara" class="knapp">Spara <span class="badge">3</span></button>
<button class="knapp">Avbryt</button></form>"""
#: Another look: other ids, other tags, another order, boxes around things.
REBUILT = """<div><h1>Ärende</h1><div role="navigation"><a href="/hjalp">Hjälp</a><a href="/start">Start</a></div></div>
<div><div><form><h2>Beslut</h2><div><label for="f1">Orsak</label><div><input id="f1" name="field-1"></div></div>
<div><label for="f2">Sort</label><select id="f2"><option>Bifall</option><option>Avslag</option></select></div>
<div><a role="button" tabindex="0" class="btn">Avbryt</a><a role="button" tabindex="0" class="btn go">Spara</a></div>
</form></div></div>"""


def described(page: Page, css: str, **facts: Any) -> Element:
    page.set_content(PAGE)
    return recorder.describe(page.locator(css), **facts)


def weighed(page: Page, body: str, elements: dict[str, Element], **how: Any) -> dict[str, str | None]:
    """Return what stands on each control that was found, or None."""
    page.set_content(body)
    look = resolver.weigh(page, elements, **how)
    assert look is not None
    places = {name: each.at for name, each in look.weighed.items()}
    return {name: None if at is None else look.shown[at].label or look.shown[at].content for name, at in places.items()}


def test_an_element_is_described_by_what_leads_to_it_alone(page: Page) -> None:
    """The best first; what two share is no way to one of them."""
    element = described(page, "#spara")

    assert [str(each) for each in element.locators] == ["role=button[Spara]", "css=#spara"]
    assert element.danger == "safe"
    page.set_content(PAGE)
    assert resolver.found(page, element)[0]
    assert "css=.knapp" not in [str(each) for each in element.locators]


@pytest.mark.parametrize("css", ["#orsak", "#sort", "#spara"])
def test_nothing_that_was_typed_or_chosen_is_remembered(page: Page, css: str) -> None:
    """A map is read by many, and kept."""
    said = described(page, css, action="fill", holds="other").model_dump_json()

    assert "19900101" not in said
    assert "Hemligt" not in said
    assert '"avslag"' not in described(page, "#orsak", action="fill", holds="other").model_dump_json()


def test_what_cannot_be_seen_is_not_described(page: Page) -> None:
    """A person could not point at it."""
    page.set_content('<button hidden id="dold">Spara</button><button>Avbryt</button>')

    with pytest.raises(ValueError, match="seen"):
        recorder.describe(page.locator("#dold"))


def test_a_rebuilt_screen_is_found_again(page: Page) -> None:
    """All of it at once, in one look."""
    elements = {
        "save": described(page, "#spara"),
        "cancel": described(page, "button >> nth=1"),
        "reason": described(page, "#orsak", action="fill", holds="other"),
        "sort": described(page, "#sort", action="select", holds="other"),
        "help": described(page, "nav a >> nth=1"),
    }

    assert weighed(page, REBUILT, elements) == {
        "save": "spara", "cancel": "avbryt", "reason": "orsak", "sort": "sort", "help": "hjälp",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [("Spara", "Ta bort"), (">Spara", " hidden>Spara"), ("Spara", "Spara och avsluta")],
    ids=["other words", "hidden", "a word more"],
)  # fmt: skip
def test_what_could_be_another_is_refused_on_a_rebuilt_screen(page: Page, old: str, new: str) -> None:
    """The look-alike stands where it stood."""
    elements = {"save": described(page, "#spara"), "cancel": described(page, "button >> nth=1")}

    assert weighed(page, REBUILT.replace(old, new), elements) == {"save": None, "cancel": "avbryt"}


def _of_kind(kind: str, element: Element) -> tuple[Element, dict[str, bool]]:
    """Return the element as one of the kind, and how it is asked for."""
    after = {"any_of": [{"role": "status"}], "receipt": r"(\d+)"}
    changes: dict[str, dict[str, Any]] = {
        "irreversible": {"danger": "irreversible", "after": after},
        "write": {"danger": "write"},
        "id": {"holds": "id"},
        "amount": {"holds": "amount"},
        "not said": {"holds": None},
    }
    stored = element.model_dump() | {"holds": "other"} | changes.get(kind, {})
    stored["locators"] = [each.model_dump() for each in element.locators]
    return Element.model_validate(stored), {"signs_in": kind == "sign-in"}


@pytest.mark.parametrize("kind", ["irreversible", "write", "id", "amount", "not said", "sign-in"])
def test_what_must_never_be_found_by_likeness_is_not(page: Page, kind: str) -> None:
    """However alike it is: a write, an id, an amount, what may be either, and whatever signs somebody in."""
    element = described(page, "#orsak", action="fill", holds="other")
    rebuilt = REBUILT.replace("<form>", "<form><input name=other>")
    assert weighed(page, rebuilt, {"it": element}) == {"it": "orsak"}

    never, how = _of_kind(kind, element)

    assert weighed(page, rebuilt, {"it": never}, **how) == {"it": None}


def test_what_is_as_it_was_recorded_needs_no_likeness(page: Page) -> None:
    """Nor does that which must never be found by it."""
    element = described(page, "#spara")

    page.set_content(PAGE)
    look = resolver.weigh(page, {"save": element}, signs_in=True)

    assert look is not None
    assert look.weighed["save"].why == "locators"


def test_a_locator_that_is_left_does_not_speak_for_another_control(page: Page) -> None:
    """Where one is enough for a hand-written entry, a remembered one must also say what it said."""
    element = described(page, "#spara")

    page.set_content('<button id="spara">Ta bort</button>')

    assert not resolver.found(page, element)[0]


# --- a screen that acts on what is found so ------------------------------------------------------------------------

#: The rebuilt screen, which tells in its title what was clicked.
TELLING = REBUILT.replace('class="btn', 'onclick="document.title = this.textContent" class="btn')


def rebuilt(page: Page, site: Site, name: str = "page", **facts: Any) -> Screen:
    """Describe elements as they were, and open the rebuilt screen with a map of them."""
    elements = {
        "save": described(page, "#spara"),
        "cancel": described(page, "button >> nth=1"),
        "reason": described(page, "#orsak", action="fill", holds="other"),
    }
    elements["save"] = elements["save"].model_copy(update=facts)
    screen = opened(page, site, TELLING)
    spec = screen._spec.model_copy(update={"elements": elements})
    screen._session.map = screen._session.map.model_copy(
        update={"screens": {**screen._session.map.screens, name: spec}}
    )
    return screen._session.screen(name)


def test_a_screen_acts_on_what_all_evidence_agrees_on(page: Page, site: Site) -> None:
    """The run goes on, and it is told which elements of the map are out of date."""
    screen = rebuilt(page, site)

    screen.fill("reason", "Klart.")
    screen.click("save")

    assert (page.locator("#f1").input_value(), page.title()) == ("Klart.", "Spara")
    # The label still leads to the field, and it still says what it said.
    assert screen._session.alike == {"page.reason", "page.save"}


@pytest.mark.parametrize("name", ["page", "sign_in"])
def test_a_screen_acts_on_nothing_where_it_may_not_weigh(page: Page, site: Site, name: str) -> None:
    """A write, and whatever signs somebody in."""
    screen = rebuilt(page, site, name, danger="write" if name == "page" else "safe")

    with pytest.raises(SelectorDrift):
        screen.click("save")

    assert page.title() == ""


@pytest.mark.parametrize(
    "change",
    [
        "() => { document.querySelector('.go').textContent = 'Ta bort' }",
        "() => document.querySelector('.go').replaceWith(document.querySelector('.go').cloneNode(true))",
        "() => document.querySelector('form').append(document.querySelector('.go').cloneNode(true))",
        "() => document.querySelector('.go').before(document.createElement('br'), document.createElement('br'))",
    ],
    ids=["other words", "another in its place", "a twin", "moved"],
)  # fmt: skip
def test_what_was_weighed_is_weighed_again_at_the_click(page: Page, site: Site, change: str) -> None:
    """Between the look and the click a page may change: then the click lands nowhere."""
    screen = rebuilt(page, site)
    point = screen._ready("save", "click")

    page.evaluate(change)
    screen._strike(point)

    assert page.title() == ""
    with pytest.raises(ScreenNotReady, match="flyttade sig"):
        screen.click("save")
