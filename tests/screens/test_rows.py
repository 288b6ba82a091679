"""What stands in each row of a table is used in the row with the matter's own key, or nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from bots.browser import inspection
from bots.browser.screen import Screen
from bots.errors import ScreenNotReady, SelectorDrift, WriteUnanswered
from tests.screens.literal import opened
from tests.screens.portal import soon
from tests.screens.site import Site

TABLES: dict[str, Any] = {
    "reports": {"name": "Rapporter", "key": "number", "columns": {"number": {"header": "Ärende"}}},
}
#: Clicking a row's button says which in the title, and writes where the test asks for it.
POST = "fetch('/skriv', {method: 'POST', body: this.dataset.key})"
SAYS = "`${this.dataset.key}: Kvittens 1${this.dataset.key}`"
RECEIPT = f"then(() => {{ document.querySelector('output').textContent = {SAYS} }})"
BUTTON = '<button class="{css}" data-key="{key}" onclick="document.title = this.dataset.key; {act}">{says}</button>'


def body(*keys: str, columns: str = "ÄSÅ", says: str = "Visa", css: str = "visa", act: str = "") -> str:
    """Return a page with a row for each key; the columns in any order: Ärende, Status, Åtgärd."""
    heads = {"Ä": "Ärende", "S": "Status", "Å": "Åtgärd"}

    def cell(kind: str, key: str) -> str:
        return {"Ä": key, "S": "9", "Å": BUTTON.format(css=css, key=key, act=act, says=says)}[kind]

    header = "".join(f"<th>{heads[each]}</th>" for each in columns)
    rows = "".join("<tr>" + "".join(f"<td>{cell(each, key)}</td>" for each in columns) + "</tr>" for key in keys)
    return f"""<h1>Ärende</h1><table><caption>Rapporter</caption><thead><tr>{header}</tr></thead>
      <tbody>{rows}</tbody></table><output></output>"""


def listed(page: Page, site: Site, html: str, **mapped: Any) -> Screen:
    return opened(page, site, html, tables=TABLES, view={"row_of": "reports"}, **mapped)


@pytest.mark.parametrize("columns", ["ÄSÅ", "ÅSÄ", "SÄÅ"])
@pytest.mark.parametrize("keys", [("7", "9", "79"), ("79", "9", "7")], ids=["first", "last"])
def test_the_row_is_told_by_its_key_under_its_header(
    page: Page, site: Site, keys: tuple[str, ...], columns: str
) -> None:
    """Wherever the row and the column stand now; not by a number that begins so, nor by one in another column."""
    screen = listed(page, site, body(*keys, columns=columns))

    screen.click("view", row="7")

    assert page.title() == "7"


def test_a_row_that_is_not_there_is_no_drift(page: Page, site: Site) -> None:
    """Somebody else may have done the matter: the screen is as it should be."""
    screen = listed(page, site, body("7", "9"))

    with pytest.raises(ScreenNotReady, match="raden med view visades inte"):
        screen.click("view", row="8")

    assert page.title() == ""


@pytest.mark.parametrize(
    "html",
    [
        body("7", "7"),
        body("7").replace("Rapporter", "Ärenden"),
        body("7").replace("<th>Ärende", "<th>Nummer"),
        body("7").replace("<th>Status", "<th>Ärende"),
        body("7") + body("7"),
        body("7", says="Öppna"),
        body("7").replace("</button>", "</button><button>Visa</button>"),
    ],
    ids=["two rows", "another table", "no header", "two headers", "two tables", "other words", "two in the row"],
)
def test_where_the_row_or_what_is_in_it_is_not_certain_nothing_is_clicked(page: Page, site: Site, html: str) -> None:
    """Another person's row is the worst that can be hit."""
    screen = listed(page, site, html)

    with pytest.raises(SelectorDrift):
        screen.click("view", row="7")

    assert page.title() == ""


def test_which_row_must_be_said(page: Page, site: Site) -> None:
    """And none of what stands in none."""
    screen = listed(page, site, body("7"))

    with pytest.raises(ValueError, match="which"):
        screen.click("view")
    with pytest.raises(ValueError, match="no row"):
        screen.click("shut", row="7")


#: Lists are drawn anew while one looks: the row under the mouse is another's now.
SORTED = "() => { const rows = document.querySelector('tbody'); rows.append(rows.firstElementChild); }"
RENUMBERED = "() => { document.querySelector('tbody td').textContent = '8'; }"


@pytest.mark.parametrize("change", [SORTED, RENUMBERED], ids=["sorted", "renumbered"])
def test_a_row_that_becomes_anothers_before_the_click_is_not_written_to(page: Page, site: Site, change: str) -> None:
    """The page is asked again when the button comes down."""
    html = body("7", "9", says="Skriv", css="skriv", act=f"{POST}.{RECEIPT}")
    screen = listed(page, site, html, row_of="reports")
    screen._session.checkpoint = lambda here: page.evaluate(change) if here == "armed" else None

    with pytest.raises(WriteUnanswered), screen._session.writing(soon()):
        screen.submit("write", row="7")

    assert site.posts == []


def test_a_write_in_a_row_is_that_rows(page: Page, site: Site) -> None:
    """Its receipt says so."""
    screen = listed(page, site, body("9", "7", says="Skriv", css="skriv", act=f"{POST}.{RECEIPT}"), row_of="reports")

    with screen._session.writing(soon()):
        assert screen.submit("write", row="7", about="7") == "17"

    assert len(site.posts) == 1


def test_a_menu_in_a_row_opens_what_stands_in_none(page: Page, site: Site) -> None:
    """What many lists do: the row has the button, the page has its menu."""
    menu = "<script>const show = (key) => { document.querySelector('output').innerHTML = `<button onclick="
    menu += "\"document.title = 'stängd ${key}'\">Stäng</button>`; }</script>"
    screen = listed(page, site, body("7", "9", act="show(this.dataset.key)") + menu)
    shut = screen._spec.elements["shut"].model_copy(update={"via": ["view"], "navigates": False})
    screen._spec.elements["shut"] = shut

    screen.click("shut", row="9")

    assert page.title() == "stängd 9"


def verdicts(screen: Screen) -> dict[str, str]:
    found = inspection._screen(screen._session, "page", may_open=False)
    return {each.element: f"{each.verdict} {each.why}".strip() for each in found}


def test_a_check_looks_at_the_first_row(page: Page, site: Site) -> None:
    """One is as good as another to see that the map fits; an empty list says nothing."""
    assert verdicts(listed(page, site, body("7", "9")))["view"] == "ok"
    assert verdicts(listed(page, site, body("7", says="Öppna")))["view"] == "drift"
    assert verdicts(listed(page, site, body()))["view"] == "unseen listan är tom"
