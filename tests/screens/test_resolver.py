"""The resolver on small literal pages: who may vote, how much agreement is enough, and what a name is."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from bots.browser import resolver
from bots.browser.selector_map import Element
from bots.errors import Sighting

WORDING = {"role": "button", "name": "Ta bort"}
STRUCTURE = {"css": "button.bort"}
OTHER_STRUCTURE = {"test_id": "bort"}

ONE = '<button class="bort" data-testid="bort" id="mål">Ta bort</button>'
#: Only the wording finds it.
REBUILT = '<button id="mål">Ta bort</button>'
#: Only the structure finds it.
RENAMED = '<button class="bort" data-testid="bort" id="mål">Radera</button>'
#: The wording finds one button and the structure another.
CONFLICT = '<button id="mål">Ta bort</button><button class="bort">Radera</button>'
TWINS = ONE + '<button class="bort" data-testid="bort">Ta bort</button>'
#: Both agree on the first, but one of them finds a second as well.
ONE_STRAY = ONE + '<button class="bort">Radera</button>'


def an_element(*locators: dict[str, Any], danger: str = "safe", **facts: Any) -> Element:
    after = {"any_of": [{"role": "status"}], "receipt": r"(\d+)"} if danger == "irreversible" else None
    return Element.model_validate({"locators": list(locators), "danger": danger, "after": after, **facts})


def found(page: Page, body: str, element: Element) -> list[str]:
    """Show the body, and return the ids of what the element resolves to."""
    page.set_content(body)
    return _ids(page, element)


def _ids(page: Page, element: Element) -> list[str]:
    ask = "const { root } = rooted(ask); return root ? meant(root, ask).map((node) => node.id) : []"
    ids: list[str] = page.evaluate(resolver.script(ask), resolver.for_page(element))
    return ids


# --- agreement -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("danger", ["safe", "write", "irreversible"])
def test_an_element_that_all_locators_find_is_found(page: Page, danger: str) -> None:
    """The everyday case, whatever a wrong click would do."""
    assert found(page, ONE, an_element(WORDING, STRUCTURE, danger=danger)) == ["mål"]


@pytest.mark.parametrize("body", [REBUILT, RENAMED], ids=["rebuilt", "renamed"])
def test_a_safe_element_is_found_though_one_locator_abstains(page: Page, body: str) -> None:
    """A wrong click on it does no harm, so one witness is enough."""
    assert found(page, body, an_element(WORDING, STRUCTURE)) == ["mål"]


@pytest.mark.parametrize("body", [REBUILT, RENAMED], ids=["rebuilt", "renamed"])
def test_a_writing_element_is_not_found_by_one_kind_of_evidence(page: Page, body: str) -> None:
    """Two independent kinds must agree before anything is changed."""
    assert found(page, body, an_element(WORDING, STRUCTURE, danger="write")) == []


def test_a_writing_element_is_not_found_by_two_locators_of_the_same_kind(page: Page) -> None:
    """A test id and a class both tell how the page is built: together they are one kind."""
    assert found(page, RENAMED, an_element(WORDING, STRUCTURE, OTHER_STRUCTURE, danger="write")) == []


def test_a_writing_element_is_found_though_a_third_locator_abstains(page: Page) -> None:
    """Wording and structure agree; a test id that is gone takes nothing from it."""
    body = '<button class="bort" id="mål">Ta bort</button>'

    assert found(page, body, an_element(WORDING, STRUCTURE, OTHER_STRUCTURE, danger="write")) == ["mål"]


def test_an_irreversible_element_is_not_found_when_any_locator_abstains(page: Page) -> None:
    """Before what can't be undone, every witness of the map must be there."""
    body = '<button class="bort" id="mål">Ta bort</button>'

    assert found(page, body, an_element(WORDING, STRUCTURE, OTHER_STRUCTURE, danger="irreversible")) == []


@pytest.mark.parametrize("danger", ["safe", "write", "irreversible"])
@pytest.mark.parametrize(
    "body", [CONFLICT, TWINS, ONE_STRAY, "<p>Inget här.</p>"], ids=["conflict", "twins", "one stray", "nothing"]
)
def test_nothing_is_found_where_the_locators_differ(page: Page, body: str, danger: str) -> None:
    """Another element, several, or none: whatever the danger, nobody guesses."""
    assert found(page, body, an_element(WORDING, STRUCTURE, danger=danger)) == []


# --- where ---------------------------------------------------------------------------------------------------------


def test_an_element_is_found_inside_its_frame(page: Page) -> None:
    """Old systems keep their forms in frames."""
    body = f"<iframe name=ram srcdoc='{ONE}'></iframe>"
    page.set_content(body)
    page.frame_locator("iframe").get_by_role("button").wait_for()

    element = an_element(WORDING, STRUCTURE, danger="irreversible", frame="iframe[name=ram]")

    assert _ids(page, element) == ["mål"]


def test_a_twin_inside_the_frame_is_one_too_many(page: Page) -> None:
    """Agreement counts the same inside a frame."""
    page.set_content(f"<iframe name=ram srcdoc='{TWINS}'></iframe>")
    page.frame_locator("iframe").get_by_role("button").first.wait_for()

    element = an_element(WORDING, STRUCTURE, danger="irreversible", frame="iframe[name=ram]")

    assert _ids(page, element) == []


def test_an_element_outside_the_frame_is_not_taken_for_the_one_inside(page: Page) -> None:
    """The frame is part of what the map says."""
    page.set_content(f"{ONE}<iframe name=ram srcdoc='<p>Tomt.</p>'></iframe>")
    page.frame_locator("iframe").get_by_text("Tomt.").wait_for()

    assert _ids(page, an_element(WORDING, STRUCTURE, frame="iframe[name=ram]")) == []


def _in_shadow(body: str) -> str:
    return f'<x-ruta><template shadowrootmode="open">{body}</template></x-ruta>'


def test_an_element_is_found_inside_an_open_shadow_root(page: Page) -> None:
    """Web components hide nothing from people, so nothing from us."""
    assert found(page, _in_shadow(ONE), an_element(WORDING, STRUCTURE, danger="irreversible")) == ["mål"]


def test_a_twin_inside_a_shadow_root_is_one_too_many(page: Page) -> None:
    """A second button is a second button wherever it is drawn."""
    assert found(page, ONE + _in_shadow(ONE), an_element(WORDING, STRUCTURE, danger="irreversible")) == []


def test_a_scope_narrows_the_search_to_what_is_inside_it(page: Page) -> None:
    """Each row has its button; the keyed row says which one is meant."""
    row = '<div role="row" data-id="{0}"><button class="bort" id="{0}">Ta bort</button></div>'
    body = "".join(row.format(key) for key in ("P-1", "P-2", "P-3"))

    element = an_element(WORDING, STRUCTURE, danger="irreversible", within={"css": '[role=row][data-id="P-2"]'})

    assert found(page, body, element) == ["P-2"]


def test_twins_inside_the_scope_are_one_too_many(page: Page) -> None:
    """The scope narrows the search, not the demand."""
    element = an_element(WORDING, STRUCTURE, danger="irreversible", within={"css": "form"})

    assert found(page, f"<form>{TWINS}</form>", element) == []


def test_without_its_scope_an_element_is_not_found(page: Page) -> None:
    """A button moved out of its form is not the form's button."""
    element = an_element(WORDING, STRUCTURE, danger="irreversible", within={"css": "form"})

    assert found(page, ONE + "<form></form>", element) == []


def test_two_scopes_with_one_element_each_are_one_too_many(page: Page) -> None:
    """A scope that is not unique keys nothing."""
    element = an_element(WORDING, STRUCTURE, danger="irreversible", within={"css": "form"})

    assert found(page, f"<form>{ONE}</form><form>{ONE}</form>", element) == []


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Radera", "× Radera"),
        ("Radera", "Radera ›"),
        ("Radera", "RADERA"),
        ("Radera", "  Radera\n "),
        ("Ta bort", "Ta \n\t bort"),
        ("Ta bort", "Ta&nbsp;bort"),
        ("Påminnelser", "◷ Påminnelser 300"),
        ("Påminnelser", "Påminnelser (300)"),
        ("Påminnelser", "Påminnelser 300 ›"),
        ("Åtgärda", "Åtgärda"),
        ("Åtgärda", "→ åtgärda"),
        ("Ö", "Ö"),
        ("Fr.o.m.", "Fr.o.m."),
        ("Radera P-10023?", "Radera P-10023?"),
    ],
)
def test_a_name_is_what_people_read(page: Page, name: str, shown: str) -> None:
    """Icon glyphs, badge counts, white space and case are not part of it."""
    assert found(page, f'<button id="mål">{shown}</button>', an_element({"role": "button", "name": name})) == ["mål"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("tgärda", "Åtgärda"),
        ("lägg", "Ålägg"),
        ("Radera", "Radera alla"),
        ("Radera", "Radera alla 3"),
        ("Radera", "Radera inte"),
        ("Radera", "Raderad"),
        ("Radera", "Återställ / Radera"),
        ("Ta bort", "Tabort"),
        ("Påminnelse", "Påminnelser 300"),
        ("P-10023", "P-10024"),
        ("alla", "Radera alla"),
        ("Spar", "Sparå"),
    ],
)
def test_another_name_is_another_name(page: Page, name: str, shown: str) -> None:
    """Likeness is no evidence, least of all when å, ä or ö stands at the edge."""
    assert found(page, f"<button>{shown}</button>", an_element({"role": "button", "name": name})) == []


def test_a_number_that_the_map_asks_for_is_part_of_the_name(page: Page) -> None:
    """A "Steg 2" is no "Steg 3", though both are a "Steg" with a count."""
    body = '<button id="ett">Steg 2</button><button id="två">Steg 3</button>'

    assert found(page, body, an_element({"role": "button", "name": "Steg 3"})) == ["två"]


def test_a_hidden_element_is_not_found_by_its_role(page: Page) -> None:
    """What a person can't see, a person can't press."""
    assert found(page, '<button hidden id="mål">Ta bort</button>', an_element(WORDING)) == []


@pytest.mark.parametrize(
    ("locator", "body"),
    [
        ({"label": "Orsak"}, '<label for="mål">Orsak</label><textarea id="mål"></textarea>'),
        ({"placeholder": "Sök ärende"}, '<input placeholder="Sök ärende" id="mål">'),
        ({"title": "Skriv ut"}, '<button title="Skriv ut" id="mål">⎙</button>'),
        ({"text": "Mer information"}, '<a href="#" id="mål">Mer information »</a>'),
        ({"test_id": "spara"}, '<button data-testid="spara" id="mål">Spara</button>'),
        ({"href": "/start"}, '<a href="/start" id="mål">Start</a>'),
        ({"css": "input[name=orsak]"}, '<input name="orsak" id="mål">'),
        ({"role": "textbox"}, '<input id="mål">'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_kind_of_locator_finds_its_element(page: Page, locator: dict[str, str], body: str) -> None:
    """The eight kinds that a map may use."""
    assert found(page, f"{body}<p>Något annat.</p>", an_element(locator)) == ["mål"]


# --- what is told --------------------------------------------------------------------------------------------------


def test_what_each_locator_found_is_told_by_its_count(page: Page) -> None:
    """A person who mends the map needs to know which witness said what."""
    page.set_content(ONE_STRAY)

    _, told = resolver.found(page, an_element(WORDING, STRUCTURE, {"test_id": "finns-inte"}, danger="irreversible"))

    assert told == (
        Sighting("role=button[Ta bort]", 1),
        Sighting("css=button.bort", 2),
        Sighting("test_id=finns-inte", 0),
    )


def test_the_counts_are_those_inside_the_scope(page: Page) -> None:
    """What stands outside the form has no say."""
    page.set_content(f"{ONE}<form>{ONE}</form>")

    _, told = resolver.found(page, an_element(WORDING, within={"css": "form"}))

    assert told == (Sighting("role=button[Ta bort]", 1),)


def test_a_name_with_signs_of_a_pattern_is_taken_literally(page: Page) -> None:
    """A name is text; that patterns are made of it is our own affair."""
    name = "Spara (och stäng) [*]?"

    assert found(page, f'<button id="mål">{name}</button>', an_element({"role": "button", "name": name})) == ["mål"]
    assert re.search("[*]", name)


@pytest.mark.parametrize(
    "parts",
    [
        ["act.js"], ["tables.js", "page.js"], ["cover.js"], ["fingerprint.js", "weigh.js"],
        ["fingerprint.js", "act.js"], ["fingerprint.js", "describe.js"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_the_kits_scripts_can_be_read_together(page: Page, parts: list[str]) -> None:
    """Two things of one name would be found out on every page, and on none before."""
    page.evaluate("(source) => { new Function('return ' + source); }", resolver.script(*parts))
