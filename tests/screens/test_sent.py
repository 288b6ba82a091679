"""What is sent is what was filled in: nothing that the page has put there since, nothing cut, no other choice."""
# ruff: noqa: E501 - markup and scripts are written as pages have them

from typing import Any

import pytest
from playwright.sync_api import Page

from bots.browser.screen import Screen
from bots.errors import AskedElse, NotOffered, ScreenNotReady, TooLong, WriteUnanswered
from tests.screens.literal import POST, opened
from tests.screens.portal import soon
from tests.screens.site import Site

REASON = {"action": "fill", "danger": "write", "locators": [{"label": "Orsak"}, {"css": "[name=orsak]"}]}
DAY = {"action": "fill", "danger": "write", "locators": [{"label": "Datum"}, {"css": "[name=datum]"}]}
KIND = {"action": "select", "danger": "write", "locators": [{"label": "Typ"}, {"css": "[name=typ]"}]}
MORE = {"reason": REASON, "day": DAY, "kind": KIND}
FIELDS = '<label>Datum <input name="datum"></label><label>Orsak <textarea name="orsak"></textarea></label>'
TYPES = (
    '<label>Typ <select name="typ"><option value="">Välj<option value="a">Vård<option value="b">Stöd</select></label>'
)
FORM = f'<form method="post" action="/skriv">{FIELDS}{TYPES}<button class="skriv">Skriv</button></form>'


def page_with(script: str = "", form: str = FORM, beside: str = "") -> str:
    return f'<h1>Ärende</h1>{form}<button type="button">Visa</button>{beside}<script>{script}</script>'


def send(screen: Screen, wait: float = 0) -> str:
    """Fill in all three, wait so many milliseconds, and send."""
    screen.fill("day", "2026-03-31")
    screen.fill("reason", "Dubblett av en äldre.")
    screen.select("kind", "Vård")
    screen._page.wait_for_timeout(wait)
    with screen._session.writing(soon()):
        return screen.submit("write")


def test_what_was_filled_in_is_sent(page: Page, site: Site) -> None:
    """As it was."""
    assert send(opened(page, site, page_with(), more=MORE, navigates=True)) == "7"
    assert site.sent == ["datum=2026-03-31&orsak=Dubblett+av+en+%C3%A4ldre.&typ=a"]


@pytest.mark.parametrize(
    ("script", "wait"),
    [
        # A draft is put back; a script tidies up, or corrects; a field is drawn anew, by itself or with all others.
        ("setTimeout(() => { document.querySelector('textarea').value = 'Utkast' }, 300)", 400),
        ("document.querySelector('select').onchange = () => setTimeout(() => { document.querySelector('textarea').value = '' }, 50)", 100),
        ("setTimeout(() => { document.querySelector('select').selectedIndex = 2 }, 300)", 400),
        ("document.querySelector('[name=datum]').onblur = (event) => setTimeout(() => { event.target.value = '' })", 50),
        ("setTimeout(() => { const old = document.querySelector('textarea'), made = old.cloneNode(); made.value = ''; old.replaceWith(made) }, 300)", 400),
        ("setTimeout(() => { const form = document.querySelector('form'); form.innerHTML = form.innerHTML }, 300)", 400),
        ("setTimeout(() => document.querySelector('form').reset(), 300)", 400),
        # The whole page comes again.
        ("if (!sessionStorage.once) { sessionStorage.once = 1; setTimeout(() => location.reload(), 300) }", 700),
        ("if (!sessionStorage.once) { sessionStorage.once = 1; setTimeout(() => { location.href = '/?igen' }, 300) }", 700),
        # What was filled in is gone.
        ("setTimeout(() => document.querySelector('textarea').parentElement.remove(), 300)", 400),
    ],
    ids=["draft", "cleared", "choice", "blur", "replaced", "drawn anew", "reset", "reload", "another page", "removed"],
)  # fmt: skip
def test_what_the_page_has_changed_since_is_not_sent(page: Page, site: Site, script: str, wait: float) -> None:
    """Not as an empty reason, not as another's draft: the step is to be tried again, and nothing has happened."""
    screen = opened(page, site, page_with(script), more=MORE, navigates=True)

    with pytest.raises(ScreenNotReady, match=r"ändrat det som fylldes i|sidan försvann"):
        send(screen, wait)

    assert (site.posts, screen._session.spent) == ([], False)


def test_what_is_changed_under_the_click_is_not_sent(page: Page, site: Site) -> None:
    """Between the last look and the press the page has the time to."""
    screen = opened(page, site, page_with(), more=MORE, navigates=True)
    change = "() => { document.querySelector('textarea').value = 'Annat' }"
    screen._session.checkpoint = lambda at: screen._page.evaluate(change) if at == "armed" else None

    with pytest.raises(WriteUnanswered):
        send(screen)

    assert site.posts == []


def test_a_field_that_a_choice_fetches_anew_may_be_filled_in_after_it(page: Page, site: Site) -> None:
    """As a form does whose parts hang together."""
    script = """document.querySelector('select').onchange = () => setTimeout(() => {
      document.querySelector('textarea').outerHTML = '<textarea name=orsak></textarea>' }, 50)"""
    screen = opened(page, site, page_with(script), more=MORE, navigates=True)
    screen.select("kind", "Vård")
    page.wait_for_timeout(100)
    screen.fill("reason", "Dubblett.")
    with screen._session.writing(soon()):
        assert screen.submit("write") == "7"


@pytest.mark.parametrize(("most", "words"), [("20", "Dubblett av en äldre."), ("0", "Dubblett"), ("5", "å" * 6)])
def test_nothing_longer_than_the_field_takes_is_filled_in(page: Page, site: Site, most: str, words: str) -> None:
    """No person could, and what the system would do with the rest nobody knows."""
    form = FORM.replace("<textarea", f'<textarea maxlength="{most}"')
    screen = opened(page, site, page_with(form=form), more=MORE, navigates=True)

    with pytest.raises(TooLong, match=f"{most} tecken.*Orsak") as error:
        screen.fill("reason", words)

    assert words not in error.value.sentence


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["65+", "0–64"], "65"), (["-1", "2"], "1"), (["> 5", "< 5"], "5"), (["VÅRD"], "Vård"), (["Vård."], "Vård"),
        (["Vård (2)"], "Vård"), (["Vård", "Vård"], "Vård"), (["50 %"], "50"),
    ],
)  # fmt: skip
def test_a_choice_that_only_resembles_is_not_made(page: Page, site: Site, options: list[str], wanted: str) -> None:
    """A sign is all that parts two choices."""
    listed = "".join(f"<option>{each}</option>" for each in ("Välj", *options))
    form = FORM.replace(TYPES, f'<label>Typ <select name="typ">{listed}</select></label>')
    screen = opened(page, site, page_with(form=form), more=MORE, navigates=True)

    with pytest.raises(NotOffered):
        screen.select("kind", wanted)

    assert page.eval_on_selector("select", "(each) => each.selectedIndex") == 0


def test_a_choice_is_told_by_its_words_white_space_apart(page: Page, site: Site) -> None:
    """Pages break lines where they like, and put what keeps words together between them."""
    form = FORM.replace('<option value="b">Stöd', '<option value="b">\n  Stöd&nbsp;i\n  hemmet ')
    screen = opened(page, site, page_with(form=form), more=MORE, navigates=True)
    screen.select("kind", "Stöd i hemmet")

    assert page.eval_on_selector("select", "(each) => each.value") == "b"


def test_a_box_that_is_no_list_has_no_choice_to_make(page: Page, site: Site) -> None:
    """A text field that draws a list of its own below it."""
    form = FORM.replace(TYPES, '<label>Typ <input name="typ" role="combobox"></label>')
    screen = opened(page, site, page_with(form=form), more=MORE, navigates=True)

    with pytest.raises(ScreenNotReady, match="går inte att använda"):
        screen.select("kind", "Vård")


# What the browser asks.


def asking(question: str) -> str:
    """Return a page whose button asks before it posts."""
    post = POST.replace('"', "&quot;")
    return f'<h1>Ärende</h1><button class="skriv" onclick="if ({question}) {post}">Skriv</button><output></output>'


@pytest.mark.parametrize(
    ("question", "about"),
    [("confirm('Ta bort P-1?')", "P-1"), ("confirm('Ta  bort\\nP-1?')", "P-1")],
)
def test_the_question_that_the_map_expects_is_answered_yes(
    page: Page, site: Site, question: str, about: str
) -> None:  # fmt: skip
    """With the matter's own number in it."""
    screen = opened(page, site, asking(question).replace("Kvittens 7", "P-1: Kvittens 7"), confirm=r"Ta bort {about}\?")
    with screen._session.writing(soon()):
        assert screen.submit("write", about=about) == "7"


@pytest.mark.parametrize(
    "question",
    [
        "confirm('Ärendet har ändrats av en annan. Skriv över?')",
        "confirm('Ta bort P-2?')",
        "confirm('Ta bort P-1? Alla andra också?')",
        "prompt('Ta bort P-1?') !== null",
        "(confirm('Skriv ut?') || confirm('Ta bort P-1?'))",
    ],
)
@pytest.mark.parametrize("expected", [r"Ta bort {about}\?", "native", None])
def test_any_other_question_is_answered_no(page: Page, site: Site, question: str, expected: str | None) -> None:
    """Nobody has said yes to that; the step is not done, and people are told why."""
    screen = opened(page, site, asking(question), confirm=expected)

    with pytest.raises(AskedElse), screen._session.writing(soon()):
        screen.submit("write", about="P-1")

    assert site.posts == []


#: What the page asks by itself before it writes, as the map has it.
ASKS = {"css": "p.fraga", "asks": r"Vill du ta bort {about}\?"}


def drawn(question: str, script: str = "") -> str:
    """Return a page that asks in a box of its own."""
    said = POST.replace("Kvittens 7", "P-1: Kvittens 7")
    asked = (
        f'<div role="dialog"><p class="fraga">{question}</p><button class="skriv" onclick="{said}">Skriv</button></div>'
    )
    return f"<h1>Ärende</h1>{asked}<output></output><script>{script}</script>"


@pytest.mark.parametrize(
    ("question", "script"),
    [
        ("Vill du ta bort P-1?", ""),
        ("Vill du\n ta bort <b>P-1</b>?", ""),
        # It is put in when the box is there already.
        ("", "setTimeout(() => { document.querySelector('.fraga').textContent = 'Vill du ta bort P-1?' }, 200)"),
    ],
)
def test_what_the_page_itself_asks_is_answered_where_the_map_expects_it(
    page: Page, site: Site, question: str, script: str
) -> None:
    """However its words are set."""
    screen = opened(page, site, drawn(question, script), question=ASKS)

    with screen._session.writing(soon()):
        screen.submit("write", about="P-1")

    assert site.posts == ["/skriv"]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "question",
    [
        "Vill du ta bort P-10?",
        "Vill du ta bort alla påminnelser?",
        "Vill du ta bort P-1? Personen har fler.",
        'Vill du ta bort P-1?</p><p class="fraga">Vill du avsluta ärendet?',
        "",
    ],
)
def test_what_the_page_asks_else_is_not_answered(page: Page, site: Site, question: str) -> None:
    """Nor where it asks two things, or nothing."""
    screen = opened(page, site, drawn(question), question=ASKS)

    with pytest.raises(AskedElse), screen._session.writing(soon()):
        screen.submit("write", about="P-1")

    assert site.posts == []


def test_a_question_that_changes_under_the_click_is_not_answered(page: Page, site: Site) -> None:
    """The page is asked again when the button goes down."""
    changes = (
        "addEventListener('pointermove', () => { document.querySelector('.fraga').textContent = 'Ta bort allt?' })"
    )
    screen = opened(page, site, drawn("Vill du ta bort P-1?", changes), question=ASKS)

    with pytest.raises(WriteUnanswered), screen._session.writing(soon()):
        screen.submit("write", about="P-1")

    assert site.posts == []


LEAVING = "addEventListener('beforeunload', (event) => { event.preventDefault(); event.returnValue = '' })"


def test_a_page_that_asks_before_it_is_left_is_left(page: Page, site: Site) -> None:
    """Nothing is written by it, and the next matter is not held up by what was begun on this one."""
    screen = opened(page, site, page_with(LEAVING), more=MORE, navigates=True)
    screen.fill("reason", "Halvskriven")
    screen.visit()

    assert page.input_value("textarea") == ""


def test_a_form_whose_page_asks_before_it_is_left_is_sent(page: Page, site: Site) -> None:
    """To send it is to leave the page."""
    assert send(opened(page, site, page_with(LEAVING), more=MORE, navigates=True)) == "7"


def sent(page: Page, site: Site, body: str, **options: Any) -> str:
    screen = opened(page, site, body, **options)
    with screen._session.writing(soon()):
        return screen.submit("write", about="P-100")


# Receipts.

BUTTON = '<button class="skriv" onclick="{}">Skriv</button>'
SAYS = "document.querySelector('output').textContent = '{}'"


@pytest.mark.parametrize(
    "body",
    [
        # It stood there before, and the click does nothing; or it is drawn again, or somewhere else.
        f'<output>P-100 togs bort. Kvittens 6</output>{BUTTON.format("")}',
        f'<output>P-100 togs bort. Kvittens 6</output>{BUTTON.format(SAYS.format("P-100: Kvittens 6"))}',
        f'<output>Kvittens 6</output>{BUTTON.format(SAYS.format("P-100 togs bort. Kvittens 6"))}',
        # It is of another matter, whose number has ours in it.
        f'<output></output>{BUTTON.format(SAYS.format("P-1001 togs bort. Kvittens 6"))}',
        f'<output></output>{BUTTON.format(SAYS.format("P-100-2 togs bort. Kvittens 6"))}',
        f'<output></output>{BUTTON.format(SAYS.format("BP-100 togs bort. Kvittens 6"))}',
        f'<output></output>{BUTTON.format(SAYS.format("P-100/2 togs bort. Kvittens 6"))}',
    ],
)  # fmt: skip
def test_a_receipt_of_another_write_is_none(page: Page, site: Site, body: str) -> None:
    """It is looked for in the system what has happened."""
    with pytest.raises(WriteUnanswered):
        sent(page, site, f"<h1>Ärende</h1>{body}")


@pytest.mark.parametrize("said", ["P-100 togs bort. Kvittens 6", "Kvittens 6 för P-100.", "(P-100) Kvittens 6"])
def test_a_new_receipt_of_ours_is_taken(page: Page, site: Site, said: str) -> None:
    """Also where another's stands beside it."""
    body = (
        f"<h1>Ärende</h1><output></output><output>P-7 togs bort. Kvittens 5</output>{BUTTON.format(SAYS.format(said))}"
    )

    assert sent(page, site, body) == "6"


def test_the_parts_of_a_receipt_are_words_of_their_own(page: Page, site: Site) -> None:
    """A matter's number may stand in a box right beside its label, with nothing between them but the boxes' edges."""
    answer = "<dl><dt>Ärende</dt><dd>P-100</dd><dt>Kvittens</dt><dd>Kvittens 6</dd></dl>"
    button = BUTTON.format(f"document.querySelector('output').innerHTML = '{answer}'".replace('"', "&quot;"))

    assert sent(page, site, f"<h1>Ärende</h1><output></output>{button}") == "6"
