"""A value is read as a person sees it; what can't be told is drift, and never a blank."""

from typing import Any

import pytest
from playwright.sync_api import Page

from bots.browser import resolver
from bots.browser.selector_map import Element
from bots.errors import ScreenNotReady, SelectorDrift
from tests.screens.literal import opened, shown
from tests.screens.site import Site

HIDDEN = "<style>.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip: rect(0 0 0 0) }</style>"
ICON = '<style>.klar::before { content: "\\2713" }</style>'


def read(page: Page, site: Site, value: str, **cell: Any) -> Any:
    """Return what is read of a value with this markup, beside its label."""
    body = f"<h1>Ärende</h1>{HIDDEN}{ICON}<dl><dt>Läge</dt><dd>{value}</dd></dl>"
    return shown(page, site, body, fields={"value": {"label": "Läge", **cell}}).visit().fields["value"]


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("Klar", "Klar"),
        ("  Klar\n <b>nu</b> ", "Klar nu"),
        # What is not shown.
        ('<span style="display: none">0000012</span>12', "12"),
        ('<span style="visibility: hidden">0000012</span>12', "12"),
        ('<span style="opacity: 0">0000012</span>12', "12"),
        ('<span class="sr">Antal: </span>12', "12"),
        ('<span style="position: absolute; left: -9999px">0000012</span>12', "12"),
        ('<span style="font-size: 0">0000012</span>12', "12"),
        ('<div style="visibility: hidden">1<b style="visibility: visible">2</b></div>', "2"),
        ("<template>0</template><script>0</script>12", "12"),
        ("<details><summary>KAEK</summary>dold</details>", "KAEK"),
        # What is not a part of it.
        ("<s>1</s> 2", "2"),
        ("<del>1</del><ins>2</ins>", "2"),
        ('<span style="text-decoration: line-through">1</span>2', "2"),
        ("KAEK<sup>1</sup>", "KAEK"),
        ('2<sup><a href="#n">[1]</a></sup>', "2"),
        ("2<sup>*</sup>", "2"),
        ("50 m<sup>2</sup>", "50 m2"),
        ('KAEK <button type="button">Ändra</button>', "KAEK"),
        # Where a line ends.
        ("KAEK<br>BOAN", "KAEK BOAN"),
        ("<div>KAEK</div><div>BOAN</div>", "KAEK BOAN"),
        ("<p>KAEK</p>BOAN", "KAEK BOAN"),
        ('<span style="display: block">KAEK</span>BOAN', "KAEK BOAN"),
        ('<span style="display: inline-block">KAEK</span><span>BOAN</span>', "KAEK BOAN"),
        ("<ul><li>KAEK</li><li>BOAN</li></ul>", "KAEK BOAN"),
        ("Karl<b>stad</b>", "Karlstad"),
        # A control is read as it stands.
        ('<input value="Ring god man" readonly>', "Ring god man"),
        ('<label class="sr">Notering</label><input value="Ring">', "Ring"),
        ("<textarea readonly>Ring\ngod man</textarea>", "Ring god man"),
        ("<select><option>Öppen</option><option selected>Klar</option></select>", "Klar"),
        ('<input type="checkbox" checked>', "ja"),
        ('<input type="checkbox">', "nej"),
        ('<span role="checkbox" aria-checked="true">✓</span>', "ja"),
        ('<span role="switch" aria-checked="false"></span>', "nej"),
        ('<label><input type="radio" name="a">Nej</label><label><input type="radio" name="a" checked>Ja</label>', "Ja"),
        ('<input type="hidden" value="7">12', "12"),
        ('<button type="button">P-1</button>', "P-1"),
        ('<x-a><template shadowrootmode="open"><b>KA</b><slot></slot></template>EK</x-a>', "KAEK"),
    ],
)  # fmt: skip
def test_a_value_is_read_as_it_is_seen(page: Page, site: Site, value: str, seen: str) -> None:
    """Not what the page holds beside it for sorting, for screen readers, or of what it was before."""
    assert read(page, site, value, blank=[""]) == seen


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "value",
    [
        '<input value="Ring"><input value="god man">',
        '<label><input type="checkbox" checked> Klar</label>',
        '12 <input value="13">',
        "<select multiple><option selected>Öppen</option><option selected>Klar</option></select>",
        '<input type="password" value="hemligt">',
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="Ja">',
        '<svg width="9" height="9"><circle r="4"/></svg>',
        '<i class="klar"></i>',
        '<i class="klar"></i><span class="sr">Klar</span>',
        '<span style="display: inline-block; width: 9px; height: 9px; background: url(data:image/gif;base64,R0lGODlhAQABAAAAACw=)"></span>',  # noqa: E501 - as pages write it
        "<s>12</s>",
        '<span style="opacity: 0">12</span>',
        "<button>Ja</button><button>Nej</button>",
    ],
)  # fmt: skip
def test_what_can_not_be_told_is_never_a_blank(page: Page, site: Site, value: str) -> None:
    """Something is shown there; a map that says what it means can have it read."""
    with pytest.raises(SelectorDrift) as drift:
        read(page, site, value, blank=[""])

    assert drift.value.element == "fields.value"


def test_a_place_with_nothing_in_it_is_blank(page: Page, site: Site) -> None:
    """White space, and what is not shown, is nothing."""
    assert read(page, site, ' &nbsp;<span style="display: none">0</span>', blank=[""]) is None


@pytest.mark.parametrize(
    ("value", "cell", "seen"),
    [
        ('<img src="/i.png" alt="Ja">', {"alt": True}, "Ja"),
        ('<img class="ja" src="/i.png">', {"pictures": {"img.ja": "ja", "img.nej": "nej"}}, "ja"),
        ('<i class="klar"></i>', {"pictures": {"i.klar": "klar"}}, "klar"),
        ("2026-01-31", {"as": "date", "form": "%Y-%m-%d"}, "2026-01-31"),
        ("31/01 2026", {"as": "date", "form": "%d/%m %Y"}, "2026-01-31"),
    ],
)  # fmt: skip
def test_a_map_says_what_a_picture_means_and_how_a_day_is_written(
    page: Page, site: Site, value: str, cell: dict[str, Any], seen: str
) -> None:
    """For the one place where it is so."""
    assert str(read(page, site, value, **cell)) == seen


@pytest.mark.usefixtures("hasty")
def test_a_picture_that_means_two_things_is_drift(page: Page, site: Site) -> None:
    """The map, or the page, is wrong."""
    with pytest.raises(SelectorDrift):
        read(page, site, '<i class="ja"></i><i class="nej"></i>', pictures={"i.ja": "ja", "i.nej": "nej"}, blank=[""])


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("value", ['<b>1</b><span class="badge">2</span>', "1<span>2</span>", "<b>1</b><b>2</b>"])
def test_a_number_in_several_pieces_is_drift(page: Page, site: Site, value: str) -> None:
    """It may be two: one of them a badge."""
    with pytest.raises(SelectorDrift, match="flera delar"):
        read(page, site, value, **{"as": "number"})


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "value",
    ["<a>2</a>300 rader", "<b>2</b><b>300</b> rader", '<a>1</a><a>2</a><span class="antal">300 rader</span>'],
)
def test_a_number_is_never_put_together_of_several(page: Page, site: Site, value: str) -> None:
    """Page numbers that are links stand close to the count: nobody sees 2300 there."""
    with pytest.raises(SelectorDrift, match="flera delar"):
        read(page, site, value, **{"as": "number", "pattern": r"(\d+) rader$"})


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("<a>2</a> 300 rader", r"(\d+) rader$"),
        ("<b>Totalt</b>300 rader", r"(\d+) rader$"),
        ("Sida <b>1</b> av <b>300</b>", r"av (\d+)$"),
        ("<b>(</b>300<b>)</b>", r"\((\d+)\)"),
    ],
)
def test_a_number_in_one_piece_is_read_wherever_it_stands(page: Page, site: Site, value: str, pattern: str) -> None:
    """What is beside it may be in pieces of its own."""
    assert read(page, site, value, **{"as": "number", "pattern": pattern}) == 300


# What is drawn, not what the page holds.

WORDS = """<style>
  .not::before { content: "Inte " } .ended::after { content: " (avslutad)"; margin-left: 4px }
  .said::after { content: attr(data-said) } .list > b:not(:last-child)::after { content: "; " }
  .placed::after { content: "Fel"; position: absolute; left: 300px }
  .count { counter-reset: n 4 } .count::before { content: counter(n) }
  .bare::after { content: ""; display: table; clear: both } .tip::after { content: "Hjälp"; opacity: 0 }
  .tag { font-family: "Acme Icons" } .line { position: relative }
  .line::before { content: ""; position: absolute; left: 0; top: 45%; width: 100%; height: 2px; background: red }
  .under { position: relative }
  .under::before { content: ""; position: absolute; left: 0; bottom: 0; width: 100%; height: 2px; background: red }
</style>"""

GREEN = '<i style="display: inline-block; width: 20px; height: 9px; background: green"></i>'
CLIPPED = '<input type="radio" name="a" style="position: absolute; clip: rect(0 0 0 0)"'


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        # Hidden from a screen reader is not hidden.
        ('<b aria-hidden="true">Klar</b>', "Klar"),
        ('Klar<i aria-hidden="true"> i delar</i>', "Klar i delar"),
        ('<b hidden style="display: inline">Klar</b>', "Klar"),
        # What the style sheet writes.
        ('<b class="not">klar</b>', "Inte klar"),
        ('<b class="ended">Klar</b>', "Klar (avslutad)"),
        ('<i class="said" data-said="Klar"></i>', "Klar"),
        ('<span class="list"><b>KAEK</b><b>BOAN</b></span>', "KAEK; BOAN"),
        ('<div class="bare">Klar</div>', "Klar"),
        ('<b class="tip">Klar</b>', "Klar"),
        # Words as far apart as they are drawn.
        ('<b style="margin-right: 6px">KAEK</b><b>BOAN</b>', "KAEK BOAN"),
        ('<b>12</b><b style="border-left: 5px solid transparent">3</b>', "12 3"),
        ('<span style="display: flex; gap: 9px"><b>Karl</b><b>stad</b></span>', "Karl stad"),
        ('<b style="display: inline-block">2026</b><b style="display: inline-block">-01</b>', "2026-01"),
        ("Stöd&shy;bo&#x200b;ende", "Stödboende"),
        ("&#x2066;P-1&#x2069;", "P-1"),
        ("O&#x308;rebro", "Örebro"),
        # What can't be seen, however it is hidden.
        ('<p style="height: 0; margin: 0; overflow: clip">0</p>12', "12"),
        ('<b style="display: inline-block; transform: scale(0, 1)">0</b>12', "12"),
        ('<div style="position: relative; top: -3000px">0</div>12', "12"),
        ('<div style="clip-path: polygon(0 0, 0 0, 0 0)">0</div>12', "12"),
        ('<b style="-webkit-text-fill-color: transparent">0</b>12', "12"),
        ('<div style="filter: opacity(0)">0</div>12', "12"),
        ('<div style="content-visibility: hidden">0</div>12', "12"),
        ('<div style="width: 0; overflow: hidden"><div style="width: 90px">0</div></div>12', "12"),
        # What is shown again, or can be scrolled to, or is cut by what says that it is cut.
        ('<b style="font-size: 0">0<i style="font-size: 20px">12</i></b>', "12"),
        ('<div style="height: 20px; overflow-y: auto"><p>KAEK</p><p>BOAN</p></div>', "KAEK BOAN"),
        ('<div style="width: 9px; overflow: hidden; text-overflow: ellipsis">Lång<b>text</b></div>', "Långtext"),
        ('<div style="margin-top: 4000px">12</div>', "12"),
        ('<div style="content-visibility: auto">Klar <b>nu</b></div>', "Klar nu"),
        ('<b style="background: linear-gradient(red, blue); color: white">Klar</b>', "Klar"),
        ('<b class="under">Klar</b>', "Klar"),
        ("<b>Den</b> här <i>löper</i> " + "om " * 99 + "<b>hit</b>", "Den här löper " + "om " * 99 + "hit"),
        # Pictures beside words, and controls that something else is drawn for.
        ('<i class="tag">done</i> Klar', "Klar"),
        ('<button role="switch" aria-checked="false"><i>O</i></button>', "nej"),
        ('<input type="checkbox" id="a"><label for="a">Klar</label>', "nej"),
        (
            f'<label><input type="checkbox" style="position: absolute; opacity: 0" checked>{GREEN}</label>',
            "ja",
        ),
        (
            f"<label>Ja{CLIPPED} checked></label><label>Nej{CLIPPED}></label>",
            "Ja",
        ),
        # What is raised, and no part of a number.
        ('2<sup><a href="#n">3</a></sup>', "2"),
        ("40 m<sup>3</sup>", "40 m3"),
        ("H<sub>2</sub>O", "H2O"),
    ],
)  # fmt: skip
def test_a_value_is_what_is_drawn(page: Page, site: Site, value: str, seen: str) -> None:
    """By where its letters lie, what they are drawn in and what the style sheet adds."""
    assert read(page, site, WORDS + value, blank=[""]) == seen


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("value", "why"),
    [
        # Something is drawn, and no text.
        ('<meter value="1"></meter>', "inte är text"),
        ('<progress value="1">klar</progress>', "inte är text"),
        ('<i style="display: inline-block; width: 8px; height: 8px; background: green"></i>', "inte är text"),
        ('<i style="display: inline-block; width: 8px; height: 8px; border-right: 2px solid"></i>', "inte är text"),
        ('<i style="display: block; width: 8px; height: 8px; mask: linear-gradient(red, red)"></i>', "inte är text"),
        ('<button aria-pressed="false">Bevaka</button>', "inte är text"),
        ('<div style="text-decoration: line-through"><p>12</p></div>', "inte är text"),
        ('<b class="line">12</b>', "inte är text"),
        ('<div style="position: relative; left: -4000px">12</div>', "inte är text"),
        # The style sheet shows more.
        ('<b class="placed">Klar</b>', "stilmallen"),
        ('<b class="count"> delar</b>', "stilmallen"),
        ("<ul style=\"list-style: 'Inte '\"><li>klar</li></ul>", "stilmallen"),
        # One word or two, and in which order.
        ('<b style="display: inline-block">Karl</b><b style="display: inline-block">stad</b>', "flera"),
        ('<span style="display: flex"><b>1</b><b>2</b></span>', "flera"),
        ('<span style="display: flex"><b style="order: 2">kr</b><b>12</b></span>', "ordning"),
        ('<div style="display: grid"><p style="order: 1">slut</p><p>början</p></div>', "ordning"),
        ('<b style="float: right">B</b>A', "ordning"),
        ('<span style="direction: rtl; unicode-bidi: bidi-override">21</span>', "ordning"),
        ("<ruby>KAEK<rt>Bo</rt></ruby>", "ordning"),
        # A raised number behind a number.
        ("2<sup>1</sup>", "upphöjd"),
        ("<b>5</b> <sup>1</sup>/<sub>3</sub>", "upphöjd"),
        ('7<small style="position: relative; top: -8px">5</small>', "upphöjd"),
        # Cut short, masked.
        ('<div style="height: 20px; overflow: hidden"><p>KAEK</p><p>BOAN</p></div>', "avskuren"),
        ('Ring god… <a href="#">Läs mer</a>', "avskuren"),
        ("Ring god man <button>Visa allt</button>", "avskuren"),
        ('<b style="-webkit-text-security: square">12</b>', "maskerad"),
        ('<b style="color: white; background: white">12</b>', "maskerad"),
        ('<b style="color: #fdfdfd">12</b>', "maskerad"),
    ],
)  # fmt: skip
def test_what_is_drawn_and_can_not_be_told_says_why(page: Page, site: Site, value: str, why: str) -> None:
    """Whoever mends the map reads what was wrong with the page."""
    with pytest.raises(SelectorDrift, match=why):
        read(page, site, WORDS + value, blank=[""])


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("12 345 rader", r"(\d+) rader"),
        ("Antal 12 345", r"Antal (\d+)"),
        ("1.5 dagar", r"(\d+) dagar"),
        ("-4 dagar", r"(\d+) dagar"),
        ("Nr 2026-17", r"Nr (\d+)"),
    ],
)  # fmt: skip
def test_a_part_of_a_number_is_drift(page: Page, site: Site, value: str, pattern: str) -> None:
    """A pattern means the whole number, or says what stands beside it."""
    with pytest.raises(SelectorDrift):
        read(page, site, value, **{"as": "number", "pattern": pattern})


@pytest.mark.parametrize(
    ("value", "cell", "seen"),
    [
        ("12 345", {}, 12345),
        ("1&#x202f;234&nbsp;567", {}, 1234567),
        ("12&thinsp;345 kr", {"pattern": r"^([\d ]+) kr$"}, 12345),
        ("Sida 1 av 12.", {"pattern": r"av (\d+)"}, 12),
        ("12, varav 3 nya", {"pattern": r"(\d+), varav"}, 12),
        ("2026-17", {"pattern": r"2026-(\d+)$"}, 17),
        ("Rad 5, 300 rader", {"pattern": r", (\d+) rader"}, 300),
    ],
)  # fmt: skip
def test_a_whole_number_is_read(page: Page, site: Site, value: str, cell: dict[str, Any], seen: int) -> None:
    """Thousands apart by a space, too."""
    assert read(page, site, value, **{"as": "number", **cell}) == seen


# Columns that the style sheet lays out.

GRID = """<h1>Ärende</h1><style>[role=row] {{ {row} }} [role=row] > * {{ {cell} }}</style>
<div role="grid" aria-label="Beslut"><div role="row">{heads}</div><div role="row">{cells}</div></div>"""


def column(page: Page, site: Site, row: str, cell: str, *places: str) -> Any:
    """Return what is read under the second of three headers; `places` are the styles of the body's cells."""
    heads = "".join(f'<div role="columnheader">{title}</div>' for title in ("Nr", "Från", "Till"))
    cells = "".join(f'<div role="gridcell" style="{style}">v{at}</div>' for at, style in enumerate(places))
    table = {"name": "Beslut", "key": "nr", "columns": {"nr": {"header": "Nr"}, "from": {"header": "Från"}}}
    body = GRID.format(row=row, cell=cell, heads=heads, cells=cells)
    [found] = shown(page, site, body, tables={"b": table}).visit().tables["b"]
    return found.values["from"]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("row", "cell", "places"),
    [
        ("display: flex", "width: 90px", ("", "order: 2", "order: 1")),
        ("display: grid; grid-template-columns: 90px 90px 90px", "", ("", "grid-column: 3", "grid-column: 2")),
        ("display: flex", "width: 90px; position: relative", ("", "left: 90px", "left: -90px")),
        ("", "float: left; width: 90px", ("", "float: right", "")),
    ],
)  # fmt: skip
def test_a_cell_that_lies_under_another_header_is_drift(
    page: Page, site: Site, row: str, cell: str, places: tuple[str, ...]
) -> None:
    """The order in the source is not the order on the screen."""
    with pytest.raises(SelectorDrift):
        column(page, site, row, cell, *places)


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ("display: flex", "flex: 1"),
        ("display: flex; direction: rtl", "width: 90px"),
        ("display: table-row", "display: table-cell"),
        ("", "display: inline"),
    ],
)  # fmt: skip
def test_cells_in_their_places_are_read(page: Page, site: Site, row: str, cell: str) -> None:
    """Whichever way a row is laid out."""
    assert column(page, site, row, cell, "", "", "") == "v1"


# Names and keys, where a click changes something.

STYLED = '<style>.more::after { content: " allt" } .less::before { content: "Ej " }</style>'


def is_meant(page: Page, body: str, danger: str = "write") -> bool:
    """Return whether a button, which both its name and its class must find, is found for certain."""
    page.set_content(f"<!DOCTYPE html>{STYLED}{body}")
    locators = [{"role": "button", "name": "Spara"}, {"css": "button.spara"}]
    return resolver.found(page, Element.model_validate({"danger": danger, "locators": locators}))[0]


@pytest.mark.parametrize(
    "says",
    [
        "Spara 3",
        "Spara (12)",
        "Spara <i aria-hidden='true'>alla</i>", "Spara<sup>2</sup>", "<i class='more'>Spara</i>",
        "<i class='less'>spara</i>", "Spara <b style='display: inline-block'>nu</b>",
    ],
)  # fmt: skip
def test_a_control_that_says_more_is_another_one(page: Page, says: str) -> None:
    """A number at the end of its name may be a count, or what it is done to."""
    assert not is_meant(page, f"<button class='spara'>{says}</button>")


@pytest.mark.parametrize(
    "button",
    [
        "<button class='spara'>✓ Spara</button>",
        "<button class='spara'><svg width='9' height='9'></svg><span>Spara</span></button>",
        "<button class='spara'>Spara<i style='display: none'> nu</i></button>",
        "<button class='spara' aria-label='Spara'>×</button>",
        "<button class='spara' aria-label='Spara'><i style='font-family: Acme Icons'>save</i></button>",
        "<button class='spara'>Spa&shy;ra</button>",
        "<button class='spara' style='width: 0; padding: 0'>Spara</button>",
    ],
)  # fmt: skip
def test_a_control_that_says_its_name_is_found(page: Page, button: str) -> None:
    """Icons, soft hyphens and what is not shown are no part of it."""
    assert is_meant(page, button)


def test_a_count_is_no_part_of_the_name_of_what_changes_nothing(page: Page) -> None:
    """A badge counts what is behind it."""
    assert is_meant(page, "<button class='spara'>Spara (12)</button>", "safe")
    assert not is_meant(page, "<button class='spara' aria-label='Spara'>Spara allt</button>")


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "more", ["<i aria-hidden='true'>0</i>", "<sup>2</sup>", "<i class='more'></i>", "<small>/2</small>"]
)
def test_a_row_whose_key_goes_on_is_another_one(page: Page, site: Site, more: str) -> None:
    """Whatever it goes on in."""
    row = f"<tr><td>P-1{more}</td><td><button onclick='document.title = 1'>Visa</button></td></tr>"
    body = f"<h1>Ärende</h1>{STYLED}<table><caption>Beslut</caption><tr><th>Nr</th><th></th></tr>{row}</table>"
    table = {"name": "Beslut", "key": "nr", "columns": {"nr": {"header": "Nr"}}}
    screen = opened(page, site, body, tables={"b": table}, view={"row_of": "b"})

    with pytest.raises((ScreenNotReady, SelectorDrift)):
        screen.click("view", row="P-1")

    assert page.title() == ""


# Labels.


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "body",
    [
        "<dl><dt>Läge</dt><dd>KAEK</dd><dd>BOAN</dd></dl>",
        "<dl><dt>Läge</dt><dd>KAEK</dd><dt>Läge</dt><dd>BOAN</dd></dl>",
        "<table><tr><th>Läge</th><td>KAEK</td><td>BOAN</td></tr></table>",
        "<dl><dt>Läge 2</dt><dd>Bo</dd></dl>",
        '<dl style="display: none"><dt>Läge</dt><dd>Bo</dd></dl>',
        '<dl style="position: absolute; left: -4000px"><dt>Läge</dt><dd>Bo</dd></dl>',
        '<div style="max-height: 0; overflow: hidden"><dl><dt>Läge</dt><dd>Bo</dd></dl></div>',
        '<div style="text-decoration: line-through"><dl><dt>Läge</dt><dd>Bo</dd></dl></div>',
    ],
    ids=[
        "two values",
        "two labels",
        "two cells",
        "a label that resembles",
        "a label that is not shown",
        "off the screen",
        "folded",
        "struck out",
    ],
)
def test_a_label_has_one_value_or_is_drift(page: Page, site: Site, body: str) -> None:
    """Which of two is meant nobody knows."""
    with pytest.raises(SelectorDrift):
        shown(page, site, f"<h1>Ärende</h1>{body}", fields={"value": {"label": "Läge"}}).visit()


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("<dl><dt>Läge:</dt><dd>Bo</dd></dl>", "Bo"),
        ("<dl><dt>Lä&shy;ge</dt><dd>Bo</dd></dl>", "Bo"),
        ("<dl><dt>Läge<sup>2</sup></dt><dd>Bo</dd></dl>", "Bo"),
        ("<dl><dt>Läge<i style='display: none'> nu</i></dt><dd style='display: contents'>Bo</dd></dl>", "Bo"),
        ("<dl><dt>Läge</dt><dd>Bo</dd></dl><dl style='height: 0; overflow: hidden'><dt>Läge</dt><dd>E</dd></dl>", "Bo"),
        ("<dl><dt>Läge (2)</dt><dd>Bo</dd></dl>", "Bo"),
        ("<dl><dt>Läge 2</dt><dd>Bo</dd></dl>", None),
        ("<dl><dt>Läge</dt><dd>Bo</dd></dl><dl hidden><dt>Läge</dt><dd>Ek</dd></dl>", "Bo"),
        ("<dl><div><dt>Läge</dt><dd>Bo</dd></div><div><dt>Annat</dt><dd>Ek</dd></div></dl>", "Bo"),
    ],
)  # fmt: skip
def test_a_label_that_resembles_is_another(page: Page, site: Site, body: str, seen: str | None) -> None:
    """A colon and a count in brackets are no part of it."""
    found = shown(page, site, f"<h1>Ärende</h1>{body}", fields={"value": {"label": "Läge", "optional": True}}).visit()

    assert found.fields["value"] == seen
