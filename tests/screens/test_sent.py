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


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "script",
    [
        # While the mouse is on the button; when its click is handled; when the form is about to go.
        "document.querySelector('select').onblur = () => { document.querySelector('textarea').value = '' }",
        "addEventListener('mouseup', () => document.querySelector('form').reset())",
        "document.querySelector('button').onclick = () => { document.querySelector('[name=datum]').value = '2025-01-01' }",
        "document.querySelector('form').onsubmit = () => { document.querySelector('select').selectedIndex = 2 }",
        "document.querySelector('form').onsubmit = (event) => { event.stopPropagation(); document.querySelector('textarea').value = 'Utkast' }",
        "document.querySelector('form').onformdata = ({ formData }) => formData.delete('orsak')",
        "document.querySelector('form').onformdata = ({ formData }) => formData.append('datum', '2025-01-01')",
        "document.querySelector('button').onclick = (event) => { event.preventDefault(); document.querySelector('textarea').value = 'Utkast'; document.querySelector('form').submit() }",
        "document.querySelector('button').onclick = () => { document.querySelector('form').innerHTML += '' }",
        "document.querySelector('form').onsubmit = (event) => event.target.insertAdjacentHTML('beforeend', '<input type=hidden name=orsak value=Utkast>')",
    ],
)
def test_what_the_page_changes_when_it_is_clicked_is_not_sent(page: Page, site: Site, script: str) -> None:
    """The page has its say after the click, and before the form goes; what goes then is asked once more."""
    screen = opened(page, site, page_with(script), more=MORE, navigates=True)

    with pytest.raises((ScreenNotReady, WriteUnanswered)):
        send(screen)

    page.wait_for_timeout(100)
    assert site.posts == []


@pytest.mark.parametrize(
    "script",
    [
        # The button says that it is busy; the form is hidden; a script sends it; other fields are filled in.
        "document.querySelector('form').onsubmit = ({ submitter }) => { submitter.disabled = true; submitter.textContent = 'Vänta …' }",
        "document.querySelector('button').onclick = () => { document.querySelector('form').style.display = 'none' }",
        "document.querySelector('button').onclick = (event) => { event.preventDefault(); document.querySelector('form').submit() }",
        "document.querySelector('button').onclick = (event) => { event.preventDefault(); setTimeout(() => document.querySelector('form').requestSubmit(), 50) }",
        "document.querySelector('form').onformdata = ({ formData }) => formData.set('annat', 'x')",
        "document.querySelector('textarea').oninput = ({ target }) => { target.style.height = '90px' }",
    ],
)
def test_what_else_the_page_does_when_it_is_clicked_stops_nothing(page: Page, site: Site, script: str) -> None:
    """As pages do."""
    assert send(opened(page, site, page_with(script), more=MORE, navigates=True)) == "7"
    assert [each.removesuffix("&annat=x") for each in site.sent] == [
        "datum=2026-03-31&orsak=Dubblett+av+en+%C3%A4ldre.&typ=a"
    ]


#: Forms as systems build them.
BUILT = {
    "button outside": FORM.replace("<form", '<form id="f"').replace('<button class="skriv">Skriv</button></form>', '</form><button class="skriv" form="f">Skriv</button>'),
    "postback": FORM.replace('<button class="skriv">', '<button type="button" class="skriv" onclick="document.forms[0].submit()">'),
    "address of the button": FORM.replace('action="/skriv"', 'action="/annan"').replace('class="skriv"', 'class="skriv" formaction="/skriv"'),
    "shadow root": f'<x-form><template shadowrootmode="open">{FORM}</template></x-form>',
    "windows-1252": FORM.replace("<form", '<form accept-charset="windows-1252"'),
    "files": FORM.replace("<form", '<form enctype="multipart/form-data"').replace("<button", '<input type="file" name="fil"><button'),
    "without names": FORM.replace('<form method="post" action="/skriv">', f'<form onsubmit="event.preventDefault(); {POST}">').replace('name="', 'class="n" data-name="') + "<output></output>",
}  # fmt: skip


@pytest.mark.parametrize("built", BUILT)
def test_a_form_is_sent_however_it_is_built(page: Page, site: Site, built: str) -> None:
    """Once."""
    more = MORE
    if built == "without names":
        more = {name: {**each, "locators": [each["locators"][0], {"css": f"[data-name={css}]"}]} for (name, each), css in zip(MORE.items(), ("orsak", "datum", "typ"), strict=True)}  # fmt: skip
    screen = opened(page, site, page_with(form=BUILT[built]), more=more, navigates=built != "without names")

    assert send(screen) == "7"
    assert site.posts == ["/skriv"]


def test_what_a_form_in_a_shadow_root_would_send_otherwise_is_not_sent(page: Page, site: Site) -> None:
    """Its events stay in it."""
    script = "const form = document.querySelector('x-form').shadowRoot.querySelector('form'); form.onsubmit = () => { form.elements.orsak.value = 'Utkast' }"
    screen = opened(page, site, page_with(script, BUILT["shadow root"]), more=MORE, navigates=True)

    with pytest.raises(WriteUnanswered):
        send(screen)

    assert site.posts == []


def test_a_form_that_its_page_sends_by_itself_is_sent(page: Page, site: Site) -> None:
    """The fields are as they were; what the page makes of them is its own."""
    script = f"""document.querySelector('form').onsubmit = (event) => {{
      event.preventDefault(); const said = new FormData(event.target); said.set('orsak', 'kort'); {POST} }}"""
    screen = opened(page, site, page_with(script, beside="<output></output>"), more=MORE)

    assert send(screen) == "7"


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("form", "script"),
    [
        (FORM, "document.querySelector('textarea').disabled = true"),
        (FORM.replace(TYPES, f"<fieldset>{TYPES}</fieldset>"), "document.querySelector('fieldset').disabled = true"),
        (FORM, "document.body.append(document.querySelector('[name=datum]').parentElement)"),
        (FORM, "document.querySelector('textarea').setAttribute('form', 'annan')"),
        (FORM, "document.querySelector('[name=datum]').maxLength = 4"),
        (FORM, "document.querySelector('select').multiple = true; document.querySelector('select').options[2].selected = true"),
        (FORM, "document.querySelector('option[value=a]').disabled = true"),
        (FORM.replace("<textarea", '<textarea wrap="hard" cols="8"'), ""),
        (FORM.replace("<form", '<form accept-charset="iso-8859-2"').replace("ä", "å"), "document.querySelector('form').acceptCharset = 'koi8-r'"),
    ],
    ids=["disabled", "its fieldset", "outside", "another form", "shorter", "two choices", "choice", "wrapped", "letters"],
)  # fmt: skip
def test_what_would_be_sent_otherwise_is_not_sent(page: Page, site: Site, form: str, script: str) -> None:
    """It stands there as it was filled in, and the form would not send it so."""
    other = '<form id="annan"></form>'
    after = f"setTimeout(() => {{ {script} }}, 300)"
    screen = opened(page, site, page_with(after, form, other), more=MORE, navigates=True)

    with pytest.raises(ScreenNotReady, match="ändrat det som fylldes i"):
        send(screen, 400)

    assert (site.posts, screen._session.spent) == ([], False)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "option",
    [
        '<optgroup label="Utgångna" disabled><option value="a">Vård</optgroup>',
        '<option value="a" hidden>Vård',
        '<option value="a" style="display:none">Vård',
        '<optgroup label="Utgångna" hidden><option value="a">Vård</optgroup>',
    ],
)
def test_an_option_that_no_person_could_choose_is_not_chosen(page: Page, site: Site, option: str) -> None:
    """It is not offered."""
    form = FORM.replace('<option value="a">Vård', option)
    screen = opened(page, site, page_with(form=form), more=MORE, navigates=True)

    with pytest.raises(NotOffered):
        screen.select("kind", "Vård")


RADIOS = '<fieldset><legend>Typ</legend><label{}><input type="radio" name="typ" value="a"{}>Vård</label><label><input type="radio" name="typ" value="b">Stöd</label></fieldset>'
CHOICE = {"kind": {**KIND, "locators": [{"role": "group", "name": "Typ"}, {"css": "form > fieldset"}]}}


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("label", "radio"), [(' style="display:none"', ""), (" hidden", ""), ("", " disabled"), (' aria-hidden="true"', "")]
)
def test_a_radio_button_that_no_person_could_choose_is_not_chosen(
    page: Page, site: Site, label: str, radio: str
) -> None:
    """Nor where its group is disabled."""
    form = FORM.replace(TYPES, RADIOS.format(label, radio))
    screen = opened(page, site, page_with(form=form), more={**MORE, **CHOICE}, navigates=True)

    with pytest.raises(NotOffered):
        screen.select("kind", "Vård")


def test_a_radio_button_that_is_drawn_by_its_label_is_chosen(page: Page, site: Site) -> None:
    """As designs do."""
    form = FORM.replace(TYPES, RADIOS.format("", ' style="display:none"'))
    assert send(opened(page, site, page_with(form=form), more={**MORE, **CHOICE}, navigates=True)) == "7"
    assert site.sent == ["datum=2026-03-31&orsak=Dubblett+av+en+%C3%A4ldre.&typ=a"]


@pytest.mark.usefixtures("hasty")
def test_a_radio_button_whose_group_is_disabled_afterwards_is_not_sent(page: Page, site: Site) -> None:
    """It is not sent with its form."""
    script = "setTimeout(() => { document.querySelector('fieldset').disabled = true }, 300)"
    form = FORM.replace(TYPES, RADIOS.format("", ""))
    screen = opened(page, site, page_with(script, form), more={**MORE, **CHOICE}, navigates=True)

    with pytest.raises(ScreenNotReady):
        send(screen, 400)

    assert site.posts == []


# Boxes to tick.

TICK = {"danger": "write", "locators": [{"role": "checkbox", "name": "Kontrollerat"}, {"css": ".kontroll"}]}
TICKS = {
    "plain": '<label><input type="checkbox" class="kontroll" name="ok">Kontrollerat</label>',
    "ticked": '<label><input type="checkbox" class="kontroll" name="ok" checked>Kontrollerat</label>',
    "with a hidden one": '<label><input type="checkbox" class="kontroll" name="ok" value="on">Kontrollerat</label><input type="hidden" name="ok" value="off">',
}
DRAWN = """<div class="kontroll" role="checkbox" tabindex="0" aria-checked="{}" onclick="this.setAttribute('aria-checked',
    this.getAttribute('aria-checked') !== 'true'); this.nextSibling.disabled = this.getAttribute('aria-checked') !== 'true'"
    >Kontrollerat</div><input type="hidden" name="ok" value="on" {}>"""


@pytest.mark.parametrize("box", [*TICKS.values(), DRAWN.format("false", "disabled"), DRAWN.format("true", "")])
def test_a_box_is_ticked_whether_it_was_or_not(page: Page, site: Site, box: str) -> None:
    """A click on one that is ticked would take it away; so would a second."""
    screen = opened(page, site, page_with(form=FORM.replace("<button", f"{box}<button")), more={"box": TICK}, navigates=True)  # fmt: skip
    screen.click("box")
    screen.click("box")
    with screen._session.writing(soon()):
        assert screen.submit("write") == "7"

    assert "ok=on" in site.sent[0]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "script",
    [
        "setTimeout(() => { document.querySelector('.kontroll').checked = false }, 300)",
        "setTimeout(() => document.querySelector('form').reset(), 300)",
        "document.querySelector('.kontroll').onclick = () => false",
        "document.querySelector('form').onsubmit = () => { document.querySelector('.kontroll').checked = false }",
    ],
)
def test_a_box_that_the_page_has_unticked_is_not_sent(page: Page, site: Site, script: str) -> None:
    """Like a field that it has emptied."""
    form = FORM.replace("<button", f"{TICKS['plain']}<button")
    screen = opened(page, site, page_with(script, form), more={"box": TICK}, navigates=True)
    screen.click("box")
    page.wait_for_timeout(400)

    with pytest.raises((ScreenNotReady, WriteUnanswered)), screen._session.writing(soon()):
        screen.submit("write")

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
        ('Vill du ta bort P-1?<i aria-hidden="true" style="font-family: Material Icons">warning</i>', ""),
        ('Vill du ta bort P-1?<span style="display: none"> Nej</span>', ""),
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
        'Vill du ta bort P-1?<span aria-hidden="true"> Även 14 andra.</span>',
        '<style>.fraga::after { content: " Även 14 andra." }</style>Vill du ta bort P-1?',
        'Vill du ta bort P-1? <input type="checkbox" checked title="Även andra">',
        "Vill du ta bort P-1? <select><option>Alla 14</select>",
        'Vill du ta bort P-1? <button type="button">Även 14 andra</button>',
        "<style>.fraga { height: 0; overflow: hidden }</style>Vill du ta bort P-1?",
        "Vill du ta bort P-1<sup>2</sup>?",
        "Vill du ta bort <s>P-1</s>?",
    ],
)
def test_what_the_page_asks_else_is_not_answered(page: Page, site: Site, question: str) -> None:
    """Nor where it asks two things, or nothing."""
    screen = opened(page, site, drawn(question), question=ASKS)

    with pytest.raises(AskedElse), screen._session.writing(soon()):
        screen.submit("write", about="P-1")

    assert site.posts == []


@pytest.mark.parametrize("when", ["pointermove", "pointerdown", "mousedown", "mouseup"])
def test_a_question_that_changes_under_the_click_is_not_answered(page: Page, site: Site, when: str) -> None:
    """The page is asked again when the button goes down, and when it is clicked."""
    changes = f"addEventListener('{when}', () => {{ document.querySelector('.fraga').textContent = 'Ta bort allt?' }})"
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
