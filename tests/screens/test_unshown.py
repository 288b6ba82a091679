"""What a version does not show, or have: a list without a count or a number of pages, a value, a table, a step."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from bots.browser.screen import Screen
from bots.errors import ScreenNotReady, SelectorDrift
from orchestrator.bootstrap import now
from tests.screens.literal import PAGE, opened, shown
from tests.screens.site import Site

TOTAL = {"total": {"css": "p.antal", "pattern": r"^(\d+) beslut", "as": "number"}}
PAGES = {"pages": {"css": "p.sidor", "pattern": r"av (\d+)$", "as": "number"}}


def a_page(first: int, many: int, beside: str = "") -> str:
    """Return one page of a list of decisions."""
    rows = "".join(f"<tr><td>B-{nr}</td></tr>" for nr in range(first, first + many))
    return f"<h1>Ärende</h1><table><caption>Beslut</caption><tr><th>Nr</th></tr>{rows}</table>{beside}"


def a_list(page: Page, site: Site, pages: list[str], fields: dict[str, Any], **screen: Any) -> Screen:
    """Serve the pages of a list, the first as the map has it, and return its screen."""
    tables = {"beslut": {"name": "Beslut", "key": "nr", "columns": {"nr": {"header": "Nr"}}}}
    made = shown(
        page, site, fields=fields, tables=tables, path="/lista/{page}", url=r"^/lista/\d+$", screen=screen
    )  # fmt: skip
    for number, body in enumerate(pages, screen.get("first_page", 1)):
        site.show(body, f"/lista/{number}")
    return made


def numbers(of: Screen) -> list[str]:
    """Return the numbers of all the rows."""
    return [row.values["nr"] for row in of.all_rows("beslut")]


NEXT = '<a href="#">Nästa</a>'


@pytest.mark.parametrize("first", [0, 1])
def test_a_list_that_only_counts_its_rows_is_paged_until_all_are_there(page: Page, site: Site, first: int) -> None:
    """And no page is asked for that there is not."""
    pages = [a_page(at, 2, f'<p class="antal">5 beslut</p>{NEXT}') for at in (1, 3)] + [
        a_page(5, 1, '<p class="antal">5 beslut</p>')
    ]
    listed = a_list(page, site, pages, TOTAL, first_page=first)

    assert numbers(listed) == [f"B-{nr}" for nr in range(1, 6)]
    assert {path for path, _had in site.gets} - {"/"} == {f"/lista/{number}" for number in range(first, first + 3)}


def test_a_list_that_only_numbers_its_pages_is_whole_at_the_last(page: Page, site: Site) -> None:
    """Where each of them ends in sight."""
    pages = [a_page(at, 2, f'<p class="sidor">Sida {at // 2 + 1} av 2</p>{NEXT}') for at in (1, 3)]

    assert numbers(a_list(page, site, pages, PAGES)) == ["B-1", "B-2", "B-3", "B-4"]


def test_a_list_that_only_numbers_its_pages_is_scrolled_to_the_end_of_each(page: Page, site: Site) -> None:
    """Nothing counts the rows, so the end must be seen."""
    more = """<div style="height: 3000px"></div><script>
      addEventListener('scroll', () => {
        document.querySelector('tbody').insertAdjacentHTML('beforeend', '<tr><td>B-9</td></tr>');
      }, { once: true });</script>"""
    pages = [a_page(1, 1, f'<p class="sidor">Sida 1 av 1</p>{more}')]

    assert numbers(a_list(page, site, pages, PAGES)) == ["B-1", "B-9"]


def test_a_list_that_says_nothing_is_read_where_it_ends_in_sight(page: Page, site: Site) -> None:
    """On one page."""
    assert numbers(a_list(page, site, [a_page(1, 3)], {})) == ["B-1", "B-2", "B-3"]


def test_a_list_that_says_nothing_and_goes_on_is_drift(page: Page, site: Site) -> None:
    """There is a way to more of it that the map does not name."""
    with pytest.raises(SelectorDrift, match="fler rader"):
        a_list(page, site, [a_page(1, 3, NEXT)], {}).all_rows("beslut")


def test_a_list_whose_pages_are_all_the_same_is_never_whole(page: Page, site: Site) -> None:
    """A system that does not know the map's word for a page shows the first each time."""
    pages = [a_page(1, 2, '<p class="antal">5 beslut</p>')] * 4

    with pytest.raises(ScreenNotReady, match="2 rader"):
        a_list(page, site, pages, TOTAL).all_rows("beslut")


def test_what_is_not_shown_has_the_value_of_the_map(page: Page, site: Site) -> None:
    """None where it has none."""
    body = "<h1>Ärende</h1><dl><dt>Nr</dt><dd>B-1</dd></dl>" + a_page(1, 1).removeprefix("<h1>Ärende</h1>")
    screen = {"absent": {"fields": ["avliden"], "tables": ["handelser"]}, "always": {"konto": "aktivt"}}
    tables = {
        "beslut": {
            "name": "Beslut", "key": "nr", "columns": {"nr": {"header": "Nr"}}, "absent": ["till"],
            "always": {"status": "fastställt"},
        }
    }  # fmt: skip
    seen = shown(page, site, body, fields={"id": {"label": "Nr"}}, tables=tables, screen=screen).visit()

    assert seen.fields == {"id": "B-1", "avliden": None, "konto": "aktivt"}
    assert [dict(row.values) for row in seen.tables["beslut"]] == [{"nr": "B-1", "till": None, "status": "fastställt"}]
    assert seen.tables["handelser"] == []


def test_of_a_protected_person_only_what_is_kept_is_there(page: Page, site: Site) -> None:
    """What stands for what is not shown does not take its place beside it."""
    body = "<h1>Ärende</h1><dl><dt>Nr</dt><dd>B-1</dd><dt>Skydd</dt><dd>Ja</dd></dl>"
    screen = {
        "absent": {"tables": ["handelser"]}, "always": {"konto": "aktivt"},
        "protect": {"by": "skydd", "clear": ["Nej"], "keep": ["id"]},
    }  # fmt: skip
    fields = {"id": {"label": "Nr"}, "skydd": {"label": "Skydd"}}
    seen = shown(page, site, body, fields=fields, screen=screen).visit()

    assert seen.protected
    assert (seen.fields, seen.tables) == ({"id": "B-1"}, {})


def test_a_step_that_the_version_does_not_have_is_left_out(page: Page, site: Site) -> None:
    """The write is made all the same, once."""
    screen = opened(page, site, PAGE, screen={"absent": {"elements": ["reason", "kind", "open"]}})

    screen.fill("reason", "därför")
    screen.select("kind", "slag")
    screen.click("open")
    with screen._session.writing(now() + timedelta(seconds=5)):
        assert screen.submit("write") == "7"
    assert site.posts == ["/skriv"]
