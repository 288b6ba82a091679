"""Decisions on support in real Chromium: what the page's script draws is there to be read on every UI version."""

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from fixtures.lifecare.ui import load
from tests.screens.mock import Mock
from tests.screens.portal import sign_in_beside

pytestmark = pytest.mark.needs("table names")

#: The rows of one decision's tables, headers first, by name; and what stands where there are none.
TABLES = {
    "2023.10": {
        "Erbjudanden": [
            ["Datum", "Erbjudande", "Svar", "Svarsdatum"],
            ["2025-10-15", "Lägenhet, Råå", "Tackat nej", "2025-10-22"],
        ],
        "Dröjsmål": [
            ["Datum", "Användare", "Orsak", "Anteckning"],
            ["2025-10-25", "HAÖB", "Tackat nej", "Tackade nej efter besök."],
        ],
        "Pågående insatser under tiden": [["Insats"], ["Boendestöd"]],
    },
    "2024.04": {
        "Erbjudet": [
            ["Erbjudet den", "Vad", "Svar", "Besvarat den"],
            ["15 okt 2025", "Lägenhet, Råå", "Nej", "22 okt 2025"],
        ],
        "Förseningar": [
            ["När", "Vem", "Anledning", "Kommentar"],
            ["25 okt 2025", "HAÖB", "Tackade nej", "Tackade nej efter besök."],
        ],
        "Insatser under tiden": [["Insats"], ["Boendestöd"]],
    },
}
EMPTY = {"2023.10": ("Verkställighet", "Inga uppgifter."), "2024.04": ("Genomförande", "Inget registrerat.")}


def rows(table: Locator) -> list[list[str]]:
    """Return what stands in a table, headers first."""
    cells = "[role=columnheader], [role=cell], th, td"
    return [row.locator(cells).all_inner_texts() for row in table.get_by_role("row").all()]


def test_the_tables_of_a_decision_are_drawn(page: Page, context: BrowserContext, mock: Mock) -> None:
    """Each table has its name, its headers and its rows; the one without rows is said to be empty."""
    key = next(each["id"] for each in mock.state()["insatser"] if each["scene"] == "declined an offer")
    sign_in_beside(context, mock)

    page.goto(mock.url + load(mock.ui).path("insats", id=key))

    for name, expected in TABLES[mock.ui].items():
        table = page.get_by_role("table", name=name, exact=True)
        table.wait_for()
        assert rows(table) == expected
    name, words = EMPTY[mock.ui]
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_text(words, exact=True)).to_have_count(1)
    expect(page.get_by_role("table", name=name)).to_have_count(0)


def test_the_search_draws_every_row_of_its_page(page: Page, context: BrowserContext, mock: Mock) -> None:
    """Rows may come as one scrolls, but each comes, once, in its place."""
    numbers = [each["id"] for each in mock.state()["insatser"]]
    sign_in_beside(context, mock)
    page.goto(mock.url + load(mock.ui).path("insatser"))
    table = page.get_by_role("table", name="Beslut", exact=True)

    for number in numbers[7:25:8]:
        table.get_by_role("link", name=number).wait_for()
        table.evaluate("list => { list.scrollTop = list.scrollHeight }")

    expect(table.get_by_role("row")).to_have_count(26)
    assert [row[0] for row in rows(table)[1:]] == numbers[:25]
    table.get_by_role("link", name=numbers[24]).click()
    expect(page.get_by_role("heading", name=f"Beslut {numbers[24]}")).to_be_visible()
