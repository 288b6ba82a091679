"""A receipt is new, whole, and of this write; all else is looked up in the system."""
# ruff: noqa: E501 - markup and scripts are written as pages have them

from typing import Any

import pytest
from playwright.sync_api import Page

from bots.errors import WriteRefused, WriteUnanswered
from tests.screens.literal import opened
from tests.screens.portal import soon
from tests.screens.site import Site

ANSWER = "fetch('/skriv', {method: 'POST'}).then(() => { const box = document.querySelector('.svar'); SCRIPT })"
BOX = '<div class="svar" role="status"></div>'
REFUSED = {
    "any_of": [{"role": "status"}], "receipt": r"Kvittens (\d+)", "refused": [{"css": "p.fel"}],
}  # fmt: skip


def answered(page: Page, site: Site, script: str, body: str = BOX, about: str = "P-100", **write: Any) -> str:
    """Write on a page that answers by the script, and return the receipt. `box` is the place for messages."""
    answer = ANSWER.replace("SCRIPT", script).replace('"', "&quot;")
    screen = opened(
        page, site, f'<h1>Ärende</h1>{body}<button class="skriv" onclick="{answer}">Skriv</button>', **write
    )
    try:
        with screen._session.writing(soon()):
            return screen.submit("write", about=about)
    finally:
        assert site.posts == ["/skriv"]


def says(words: str) -> str:
    return f"box.innerHTML = '{words}'"


@pytest.mark.parametrize(
    ("body", "script"),
    [
        (f'<div class="toast" style="display:none" role="status">P-100: Kvittens 6</div>{BOX}', "document.querySelector('.toast').style.display = 'block'"),
        (f"<section hidden><ul><li>P-100 togs bort. <b>Kvittens</b> <b>6</b></li></ul></section>{BOX}", "box.append(document.querySelector('li'))"),
        (f'<x-logg></x-logg>{BOX}<script>document.querySelector("x-logg").attachShadow({{mode: "open"}}).innerHTML = "<i hidden>P-100: Kvittens 6</i>"</script>', says("P-100: Kvittens 6")),
        (f'<div aria-hidden="true">P-100: Kvittens 6</div>{BOX}', says("P-100: Kvittens 6")),
        (f"<p>P-100: Kvittens 6</p>{BOX}", "document.querySelector('p').setAttribute('role', 'status')"),
        (f'<details><summary>Logg</summary><p role="status">P-100: Kvittens 6</p></details>{BOX}', "document.querySelector('details').open = true"),
    ],
)  # fmt: skip
def test_what_was_in_the_page_before_the_click_is_no_receipt_of_it(
    page: Page, site: Site, body: str, script: str
) -> None:
    """Hidden, in a shadow root, or in another place."""
    with pytest.raises(WriteUnanswered):
        answered(page, site, script, body)


def test_an_old_receipt_is_none_where_the_pattern_is_of_the_whole_message(page: Page, site: Site) -> None:
    """It is looked for element by element."""
    after = {"any_of": [{"role": "status"}], "receipt": r"^P-100: Kvittens (\d+)$"}
    with pytest.raises(WriteUnanswered):
        answered(
            page, site, says("P-100: Kvittens 6"), f"<div hidden>Sist: <b>P-100: Kvittens 6</b></div>{BOX}", after=after
        )


def test_a_receipt_that_the_session_has_taken_is_not_taken_again(page: Page, site: Site) -> None:
    """The next write's page may show it first, or instead."""
    post = ANSWER.replace("SCRIPT", says("P-100: Kvittens 7"))
    screen = opened(page, site, f'<h1>Ärende</h1>{BOX}<button class="skriv" onclick="{post}">Skriv</button>')
    with screen._session.writing(soon()):
        assert screen.submit("write", about="P-100") == "7"
    screen.open()

    with pytest.raises(WriteUnanswered), screen._session.writing(soon()):
        screen.submit("write", about="P-100")


@pytest.mark.parametrize(
    "said",
    [
        "Kvittens 1 234", "Kvittens 1&nbsp;234", "Kvittens 1.234", "Kvittens 2026-17", "Kvittens 17/26", "Kvittens 17A",
        "Kvittens 7<sup>2</sup>",
    ],
)  # fmt: skip
def test_a_part_of_a_number_is_no_receipt(page: Page, site: Site, said: str) -> None:
    """The map's pattern says all of it, or it is not told."""
    with pytest.raises(WriteUnanswered):
        answered(page, site, says(f"P-100: {said}"))


@pytest.mark.parametrize(
    "said",
    ["Kvittens 7.", "Kvittens 7, sparat kl. 09:15", "Kvittens 7 (spara det)", "Kvittens 7 2026-03-31", "Kvittens 7: klar", "<b>Kvittens 7</b>"],
)  # fmt: skip
def test_what_stands_beside_a_number_is_no_part_of_it(page: Page, site: Site, said: str) -> None:
    """As sentences have it."""
    assert answered(page, site, says(f"P-100: {said}")) == "7"


@pytest.mark.parametrize(
    ("script", "number"),
    [
        ("const all = 'P-100: Kvittens 123'; let to = 16; const type = () => { box.textContent = all.slice(0, to++); if (to <= all.length) setTimeout(type, 90) }; type()", "123"),
        ("let at = 0; const count = () => { at += 7; box.textContent = 'P-100: Kvittens ' + at; if (at < 21) setTimeout(count, 60) }; count()", "21"),
        ("box.innerHTML = 'P-100: Kvittens <b>1</b>'; setTimeout(() => { box.querySelector('b').append('2') }, 100)", "12"),
        # It is gone again before anybody could read it twice.
        ("box.textContent = 'P-100: Kvittens 7'; setTimeout(() => box.remove(), 180)", "7"),
    ],
)  # fmt: skip
def test_a_number_is_taken_when_it_has_come_to_rest(page: Page, site: Site, script: str, number: str) -> None:
    """Not while it is typed out, or counts up."""
    assert answered(page, site, script) == number


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("Ärende 99 togs bort. Kvittens 12", "12"),
        ("99: 1 100 kr. Kvittens 12", "100"),
        ("Kl. 12 togs 99 bort. Kvittens 7", "12"),
        ("<p>P-7: Kvittens 8</p><p>P-100 finns.</p>", "P-100"),
        ("P-7: <b>Kvittens 8</b><br>P-100 finns.", "P-100"),
        ("<ul><li>P-100 finns<li><i>P-7</i> <i>Kvittens 8</i></ul>", "P-100"),
        ("Ärende 5550013 togs bort, 5550012 är kvar. Kvittens 8", "5550012"),
        ("Ärende 2026-0124 togs bort, 2026-0123 är kvar. Kvittens 8", "2026-0123"),
    ],
)  # fmt: skip
def test_a_receipt_of_another_matter_is_none(page: Page, site: Site, said: str, about: str) -> None:
    """Though ours is named beside it, or is a part of it."""
    with pytest.raises(WriteUnanswered):
        answered(page, site, says(said), about=about)


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("<h4>Klart!</h4><p>Ärende P-100 togs bort.</p><p>Kvittens 8</p>", "P-100"),
        ("<dl><dt>Ärende</dt><dd>P-100</dd><dt>Nr</dt><dd>Kvittens 8</dd></dl>", "P-100"),
        ("<ul><li>P-7: Kvittens 7<li>P-100: Kvittens 8</ul>", "P-100"),
        ("1 påminnelse (5550012) togs bort 2026-03-31 kl. 09:15. Kvittens 8", "5550012"),
        ("Kvittens 8 för ärende 12.", "12"),
        ("P-100 togs bort. Kvittens 8. Du kan inte ändra det, och det visas inte igen.", "P-100"),
        ("P-100 togs bort. Det går inte att ångra. Kvittens 8", "P-100"),
        ("Rapporten om ej verkställt beslut 2026-0123 (19121212-1212) för 2026-03 har skickats: Kvittens 8", "2026-0123"),
        ("Rapporten om avbruten insats, ärende 2026-0123, är inskickad med Kvittens 8", "2026-0123"),
        ('<div style="height: 30px; overflow: hidden auto"><p style="margin: 90px 0 0">P-100: Kvittens 8</p></div>', "P-100"),
        ('<div style="height: 0; overflow: hidden"><p style="position: absolute">P-100: Kvittens 8</p></div>', "P-100"),
    ],
)  # fmt: skip
def test_a_receipt_of_the_matter_is_taken_however_it_is_set(page: Page, site: Site, said: str, about: str) -> None:
    """A made write that is called unanswered must be looked up by people."""
    assert answered(page, site, says(said), about=about) == "8"


@pytest.mark.parametrize(
    "script",
    [
        says("P-100 togs inte bort. Kvittens 7 gäller inte."),
        says("<h4>Ej sparad</h4><p>P-100, Kvittens 7</p>"),
        says("P-100: borttagningen misslyckades (Kvittens 7)"),
        says("P-100 har inte tagits bort, Kvittens 7"),
        says("P-100 kunde tyvärr inte tas bort (Kvittens 7)"),
        "document.head.insertAdjacentHTML('beforeend', '<style>.svar::before{content:\"Ogiltig: \"}</style>'); box.textContent = 'P-100: Kvittens 7'",
    ],
)  # fmt: skip
def test_what_denies_it_is_no_receipt(page: Page, site: Site, script: str) -> None:
    """Whatever number it has."""
    with pytest.raises(WriteUnanswered):
        answered(page, site, script)


FEL = f'<p class="fel" hidden>Kunde inte tas bort</p>{BOX}'
SHOW = "document.querySelector('.fel').hidden = false;"


@pytest.mark.parametrize(
    "script",
    [
        f"{SHOW} {says('P-100: senaste Kvittens 6')}",
        f"{says('P-100: Kvittens 6')}; setTimeout(() => {{ {SHOW} }}, 120)",
        f"{says('P-100: Kvittens 6')}; setTimeout(() => {{ {SHOW} box.textContent = '' }}, 120)",
    ],
)
def test_a_receipt_beside_a_refusal_is_none(page: Page, site: Site, script: str) -> None:
    """Who says both has told nothing: neither that it was done nor that it was not."""
    with pytest.raises(WriteUnanswered):
        answered(page, site, script, FEL, after=REFUSED)


def test_a_refusal_is_told(page: Page, site: Site) -> None:
    """When nothing else is shown."""
    with pytest.raises(WriteRefused):
        answered(page, site, SHOW, FEL, after=REFUSED)


def test_a_refusal_that_was_shown_before_says_nothing_of_this_write(page: Page, site: Site) -> None:
    """The page has not cleared it away."""
    assert answered(page, site, says("P-100: Kvittens 7"), FEL.replace(" hidden", ""), after=REFUSED) == "7"


@pytest.mark.parametrize(
    ("body", "marks"),
    [
        (BOX, [{"role": "status"}, {"css": ".svar"}]),
        ('<div role="status"><output class="svar"></output></div>', [{"role": "status"}]),
        (f'{BOX}<div role="log"><output></output></div><script>new MutationObserver(() => {{ document.querySelector("output").textContent = document.querySelector(".svar").textContent }}).observe(document.querySelector(".svar"), {{childList: true}})</script>', [{"role": "status"}]),
    ],
    ids=["two locators", "one in another", "toast and log"],
)  # fmt: skip
def test_one_receipt_in_two_places_is_one(page: Page, site: Site, body: str, marks: list[dict[str, str]]) -> None:
    """It has one number."""
    after = {"any_of": marks, "receipt": r"Kvittens (\d+)"}

    assert answered(page, site, says("P-100: Kvittens 7"), body, after=after) == "7"
