"""What is proposed for a screen that has changed, and what a person must point out before it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from bots.browser import drafts, inspection, proposals, recorder, recording
from bots.browser.proposals import Change, Place, Proposal, reworded
from bots.browser.recording import Recording, Snapshot, Stage
from bots.browser.selector_map import SelectorMap
from bots.browser.session import Session
from orchestrator import drafting, report
from orchestrator.bootstrap import now

SELECTORS = Path(__file__).parents[2] / "selectors"
OLD = """<!DOCTYPE html><html lang=sv><h1>Ärende</h1><nav><a href="/start">Start</a><a href="/hjalp">Hjälp</a></nav>
<dl><dt>Nummer</dt><dd>1</dd><dt>Förfaller</dt><dd>2026-03-31</dd><dt>Läge</dt><dd>Öppen</dd></dl>
<table><caption>Beslut</caption><thead><tr><th scope=col>Nr</th><th scope=col>Datum</th></tr></thead></table>
<form><label for=orsak>Orsak</label><input id=orsak name=orsak><button id=spara class=knapp>Spara</button>
<button type=button class=knapp>Avbryt</button></form></html>"""
#: What the old page shows of its version.
MARKS = '<meta name=v content=1><link rel=author href="/litet">'
RECEIPT = {"any_of": [{"role": "status"}], "receipt": r"(\d+)"}
MAP: dict[str, Any] = {
    "format": 1,
    "system": "litet",
    "version": "1",
    "identify": [{"meta": "v", "matches": "1"}, {"asset": "litet"}],
    "screens": {
        "page": {
            "path": "/",
            "identity": {"url": "^/$", "all_of": [{"role": "heading", "name": "Ärende"}]},
            "fields": {
                "id": {"label": "Nummer"}, "due": {"label": "Förfaller", "as": "date"}, "state": {"label": "Läge"},
            },
            "tables": {"beslut": {"name": "Beslut", "key": None, "columns": {
                "id": {"header": "Nr"}, "on": {"header": "Datum", "as": "date"},
            }}},
            "elements": {},
        },
        "other": {"identity": {"url": "^/x$", "all_of": [{"role": "heading", "name": "Annat"}]}},
    },
}  # fmt: skip


@pytest.fixture
def stage(browser: Browser) -> Iterator[Callable[[str], tuple[Recording, Stage]]]:
    """Return what puts a page on a stage; the stage is closed after the test."""
    opened: list[Stage] = []

    def on_stage(html: str) -> tuple[Recording, Stage]:
        of = Recording("litet", "2", date(2026, 3, 31), (Snapshot("page", "/", html),))
        opened.append(Stage(browser, of))
        return of, opened[-1]

    yield on_stage
    for each in opened:
        each.page.close()


def a_map(page: Page, *, fingerprints: bool = True, **changes: dict[str, Any]) -> SelectorMap:
    """Return a map of the old page: `save` irreversible, `cancel` and `help` safe; `changes` are made to elements."""
    page.set_content(OLD)
    tree = drafts.read(drafts.written(MAP))
    for name, css in {
        "save": "#spara",
        "cancel": "text=Avbryt",
        "start": "text=Start",
        "help": "text=Hjälp",
        "reason": "#orsak",
    }.items():
        described = drafts.entry(recorder.describe(page.locator(css)))
        if not fingerprints:
            described.pop("fingerprint")
        tree["screens"]["page"]["elements"][name] = described
    tree["screens"]["page"]["elements"]["save"] |= {
        "danger": "irreversible", "after": RECEIPT,
        "locators": [{"role": "button", "name": "Spara"}, {"css": "#spara"}],
    }  # fmt: skip
    for name, change in changes.items():
        tree["screens"]["page"]["elements"][name] |= change
    return SelectorMap.model_validate(tree)


def proposed(old: SelectorMap, on: tuple[Recording, Stage]) -> tuple[Proposal, dict[str, Change]]:
    """Return the draft and its changes by what they are of."""
    tree = drafts.read(drafts.written(old.model_dump(mode="json", by_alias=True, exclude_defaults=True)))
    # What a model leaves out of its file's tree is written back by hand.
    for name, screen in old.screens.items():
        for element, each in screen.elements.items():
            tree["screens"][name]["elements"][element] = drafts.flowing(drafts.entry(each))
        for table, rows in screen.tables.items():
            tree["screens"][name]["tables"][table]["key"] = rows.key
    tree["format"] = 1
    made = proposals.propose(old, tree, *on)
    return made, {each.what: each for each in made.changes if each.screen == "page"}


def test_a_screen_that_is_as_it_was_changes_nothing(
    page: Page, stage: Callable[[str], tuple[Recording, Stage]]
) -> None:
    """But that a screen which was not recorded is told."""
    made, changes = proposed(a_map(page), stage(OLD.replace("<h1>", f"{MARKS}<h1>")))

    assert not changes
    assert [(each.screen, each.kind) for each in made.changes] == [("other", "unseen")]


def test_what_moved_is_proposed_with_its_place(page: Page, stage: Callable[[str], tuple[Recording, Stage]]) -> None:
    """The draft finds it, and says all that the map said of its use."""
    new = OLD.replace("id=spara class=knapp", "class='btn primar' name=spara").replace("Avbryt", "Stäng utan att spara")
    on = stage(new)

    made, changes = proposed(a_map(page), on)

    assert changes["elements.save"].kind == "moved"
    draft = SelectorMap.model_validate(made.tree)
    assert drafting.pointed(a_map(page), draft) == {("page", "elements.save")}
    assert (draft.version, draft.parent, draft.approved) == ("2", "1", None)
    save = draft.screens["page"].elements["save"]
    assert (save.danger, save.after is not None) == ("irreversible", True)
    place = changes["elements.save"].place
    box = on[1].show(on[0].screens[0]).locator("[name=spara]").bounding_box()
    assert place == Place(0, *(box[name] for name in ("x", "y", "width", "height")))  # type: ignore[index]


def test_what_is_gone_is_proposed_to_be_gone(page: Page, stage: Callable[[str], tuple[Recording, Stage]]) -> None:
    """The other that does the same is not taken for it, by two at once least of all."""
    new = OLD.replace("<button id=spara class=knapp>Spara</button>", "").replace('<a href="/hjalp">Hjälp</a>', "")

    made, changes = proposed(a_map(page), stage(new))

    assert {what: each.kind for what, each in changes.items() if what.startswith("elements.")} == {
        "elements.save": "gone", "elements.help": "gone",
    }  # fmt: skip
    elements = made.tree["screens"]["page"]["elements"]
    assert elements["save"]["locators"][0] == {"role": "button", "name": "Spara"}


def test_what_nothing_is_remembered_of_is_left_to_a_person(
    page: Page, stage: Callable[[str], tuple[Recording, Stage]]
) -> None:
    """And what is found is remembered from then on."""
    on = stage(OLD.replace("id=spara class=knapp>Spara", "class=knapp>Verkställ"))

    _made, changes = proposed(a_map(page, fingerprints=False), on)

    assert {what: each.kind for what, each in changes.items() if what.startswith("elements.")} == {
        "elements.save": "by hand", "elements.cancel": "learned", "elements.help": "learned",
        "elements.start": "learned", "elements.reason": "learned",
    }  # fmt: skip


def test_a_locator_that_finds_nothing_is_renewed(page: Page, stage: Callable[[str], tuple[Recording, Stage]]) -> None:
    """Where the others still agree."""
    old = a_map(page, reason={"danger": "write", "locators": [
        {"label": "Orsak"}, {"css": "#orsak"}, {"test_id": "borta"},
    ]})  # fmt: skip

    made, changes = proposed(old, stage(OLD))

    assert changes["elements.reason"].kind == "refreshed"
    assert {"test_id": "borta"} not in made.tree["screens"]["page"]["elements"]["reason"]["locators"]


def test_labels_and_headers_are_proposed_by_their_place(
    page: Page, stage: Callable[[str], tuple[Recording, Stage]]
) -> None:
    """And headings, and the address."""
    new = OLD.replace("Förfaller", "Förfallodag").replace("Datum", "Beslutsdag").replace(">Ärende<", ">Ärendet<")
    on = stage(new)
    moved = replace(on[0], screens=(replace(on[0].screens[0], path="/arende/7"),))

    made, changes = proposed(a_map(page), (moved, on[1]))

    assert {what: (each.kind, each.new) for what, each in changes.items()} == {
        "identity.url": ("reworded", r"^/arende/[^/]+(\?|$)"),
        "identity": ("reworded", "Ärendet"),
        "fields.due": ("reworded", "Förfallodag"),
        "tables.beslut.columns.on": ("reworded", "Beslutsdag"),
    }
    screen = SelectorMap.model_validate(made.tree).screens["page"]
    assert screen.fields["due"].label == "Förfallodag"
    assert screen.tables["beslut"].columns["on"].header == "Beslutsdag"


@pytest.mark.parametrize(
    ("marks", "kinds"),
    [
        (MARKS, []),
        (MARKS.replace("content=1", "content=2"), ["reworded"]),
        (MARKS.replace("/litet", "/litet.2"), []),
        ("", ["by hand"]),
        ("<meta name=v content=2>", ["reworded", "by hand"]),
    ],
)
def test_how_the_version_is_told_is_a_change_like_any_other(
    page: Page, stage: Callable[[str], tuple[Recording, Stage]], marks: str, kinds: list[str]
) -> None:
    """A bot that finds no map for the version stops, however well one fits the screens."""
    made, _changes = proposed(a_map(page), stage(OLD.replace("<h1>", f"{marks}<h1>")))

    assert [each.kind for each in made.changes if each.screen == "identify"] == kinds


@pytest.mark.parametrize(
    ("shown", "answers"),
    [
        (["A", "B", "C"], {}),
        (["A", "X", "C"], {"b": "X"}),
        (["A", "C"], {"b": None}),
        (["A", "X", "Y", "C"], {"b": None}),
        (["X", "Y", "C"], {"a": None, "b": None}),
        (["A", "B (3)", "C"], {}),
        (["C", "X", "A"], {"b": None}),
    ],
)
def test_a_label_is_proposed_only_when_it_is_the_only_one_there(shown: list[str], answers: dict[str, Any]) -> None:
    """Two that are new may be either way around."""
    assert reworded({"a": "A", "b": "B", "c": "C"}, shown) == answers


def test_a_look_alike_is_no_locator(page: Page, stage: Callable[[str], tuple[Recording, Stage]]) -> None:
    """What would lead to another button once the right one is gone is not proposed, however unique it is now."""
    gone = '<button class=knapp name=s1 onclick="">Spara</button><x-knapp></x-knapp>'
    on = stage(OLD.replace("<button id=spara class=knapp>Spara</button>", gone))
    page_ = on[1].show(on[0].screens[0])
    # When the button is taken away, another one comes in its place.
    page_.evaluate(
        """() => new MutationObserver(() => { document.querySelector('x-knapp').innerHTML =
        document.querySelector('[name=s1]') ? '' : '<button name=s1>Spara</button>' }).observe(document.forms[0],
        { childList: true })"""
    )

    node = page_.query_selector("[name=s1]")

    assert node is not None
    assert proposals._renewed(page_, node, a_map(page).screens["page"].elements["save"]) is None


#: Values that the map of the old page can't read, each with its place and what is said of it.
UNREAD = {
    "a field's date": (">2026-03-31<", ">31/3 2026<", "fields.due", "datumet är inte skrivet som kartan säger"),
    "a field is blank": (">2026-03-31<", "><", "fields.due", "där står inget"),
    "a field's number": (">7<", ">sju<", "fields.count", "inget heltal"),
    "a field's pattern": (">Steg 2 av 3<", ">Steg två<", "fields.step", "mönster"),
    "a column's date": (">2026-01-02<", ">2 jan 2026<", "tables.beslut.columns.on", "datumet är inte skrivet"),
    "a day that there is not": (">2026-01-02<", ">2026-02-30<", "tables.beslut.columns.on", "almanackan"),
    "a header that is there twice": (">Enhet<", ">Nr<", "tables.beslut.columns.id", "kartan: 2"),
    "a picture": (">7<", '><img src="data:," alt=sju width=9 height=9><', "fields.count", "inte är text"),
    "what must not be there": ("<h1>", "<p role=alert>Fel</p><h1>", "identity", "inte role=alert: 1"),
}  # fmt: skip
FILLED = OLD.replace("</dl>", "<dt>Antal</dt><dd>7</dd><dt>Del</dt><dd>Steg 2 av 3</dd></dl>").replace(
    "</tr></thead>",
    "<th scope=col>Enhet</th></tr></thead><tbody><tr><td>B-1</td><td>2026-01-02</td><td>Norr</td></tr>"
    "<tr><td>B-2</td><td>2026-01-02</td><td>Syd</td></tr></tbody>",
)


def a_filled_map(page: Page) -> SelectorMap:
    """Return a map of the old page with values of every kind, as it is read filled."""
    tree = a_map(page).model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"format": 1}
    screen = tree["screens"]["page"]
    screen["fields"] |= {
        "count": {"label": "Antal", "as": "number"}, "step": {"label": "Del", "pattern": r"Steg (\d)"},
        "state": {"label": "Läge", "values": "lage"},
    }  # fmt: skip
    screen["identity"]["none_of"] = [{"role": "alert"}]
    screen["tables"]["beslut"]["key"] = None
    return SelectorMap.model_validate(tree | {"values": {"lage": {"Öppen": "öppen"}}})


def checked(of: SelectorMap, on: tuple[Recording, Stage]) -> list[inspection.Finding]:
    """Return what a check of the recording by the map finds."""
    session = Session(on[1].page, of, recording.ORIGIN, now=now, is_recorded=True)
    return inspection.inspect_recorded(session, *on)


@pytest.mark.parametrize(("old", "new", "what", "why"), UNREAD.values(), ids=UNREAD)
def test_what_a_check_can_not_read_is_left_to_people(
    page: Page, stage: Callable[[str], tuple[Recording, Stage]], old: str, new: str, what: str, why: str
) -> None:
    """A proposal and a check say the same of the same screens, with the place in the map and the reason."""
    before, after = stage(FILLED), stage(FILLED.replace(old, new))
    of = a_filled_map(page)
    assert not proposed(of, before)[1], "the case begins from a screen that the map fits"

    _made, changes = proposed(of, after)

    assert {name: each.kind for name, each in changes.items()} == {what: "by hand"}
    assert why in changes[what].why
    assert [each.element for each in checked(of, after) if each.verdict == "drift"] == [what]


def test_all_that_is_wrong_on_a_screen_is_told_at_once(
    page: Page, stage: Callable[[str], tuple[Recording, Stage]]
) -> None:
    """Whoever mends the map needs no round for each."""
    places = {what for _old, _new, what, _why in UNREAD.values()} - {"identity"}
    html = FILLED
    for each in ("a field's date", "a field's number", "a field's pattern", "a header that is there twice"):
        html = html.replace(*UNREAD[each][:2])
    on = stage(html.replace(">2026-01-02<", ">igår<"))
    of = a_filled_map(page)

    assert {each.element for each in checked(of, on) if each.verdict == "drift"} == places
    assert {what for what, each in proposed(of, on)[1].items() if each.kind == "by hand"} == places


def test_a_value_under_a_new_label_is_read_as_well(page: Page, stage: Callable[[str], tuple[Recording, Stage]]) -> None:
    """What is reworded may be written otherwise too: both are told."""
    on = stage(FILLED.replace("Förfaller", "Förfallodag").replace(">2026-03-31<", ">31/3 2026<"))

    made, _changes = proposed(a_filled_map(page), on)

    assert [(each.what, each.kind) for each in made.changes if each.screen == "page"] == [
        ("fields.due", "reworded"), ("fields.due", "by hand"),
    ]  # fmt: skip


def test_a_word_that_the_map_does_not_know_is_told_and_not_quoted(
    page: Page, stage: Callable[[str], tuple[Recording, Stage]]
) -> None:
    """It may be somebody's name. The rules refer what has it, so it is no drift."""
    on = stage(FILLED.replace(">Öppen<", ">Vilande<"))
    of = a_filled_map(page)

    _made, changes = proposed(of, on)

    assert {name: each.kind for name, each in changes.items()} == {"fields.state": "unknown"}
    assert "(values: lage)" in changes["fields.state"].why
    assert "Vilande" not in changes["fields.state"].why
    assert [(each.element, each.verdict) for each in checked(of, on) if each.screen == "page" and each.why] == [
        ("fields.state", "weak")
    ]


def test_what_is_behind_something_in_a_row_is_not_called_gone(
    page: Page, stage: Callable[[str], tuple[Recording, Stage]]
) -> None:
    """No walk opens it by itself: what was not opened when it was recorded says nothing of the map."""
    tree = a_filled_map(page).model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"format": 1}
    screen = tree["screens"]["page"]
    screen["tables"]["beslut"] |= {"key": "id"}
    screen["elements"] |= {
        "menu": {"row_of": "beslut", "locators": [{"css": "button"}]},
        "remove": {"via": ["menu"], "locators": [{"role": "button", "name": "Ta bort"}]},
    }
    of = SelectorMap.model_validate(tree)
    on = stage(FILLED.replace(">Norr<", "><button>Mer</button><").replace(">Syd<", "><button>Mer</button><"))

    _made, changes = proposed(of, on)

    assert {name: each.kind for name, each in changes.items()} == {"elements.remove": "unseen"}
    assert changes["elements.remove"].why.startswith("bakom menu, som står i en rad")
    [found] = [each for each in checked(of, on) if each.element == "remove"]
    assert (found.verdict, found.why) == ("unseen", changes["elements.remove"].why)


# --- a person points -----------------------------------------------------------------------------------------------

#: What somebody does in the window: clicks in the first picture that asks, then on the button as soon as it can be
#: pressed, or at once when they have pointed at nothing, and closes it in the same moment.
CLICKS = """<script>
const points = {points};
const img = document.querySelector('[data-asked] img');
const approve = document.querySelector('#approve');
const at = (x, y) => img.dispatchEvent(new MouseEvent('click', {{
    clientX: img.getBoundingClientRect().x + x, clientY: img.getBoundingClientRect().y + y }}));
addEventListener('load', () => {{
  for (const [x, y] of points) at(x, y);
  const timer = setInterval(() => {{
    if (points.length && approve.disabled) return;
    clearInterval(timer);
    approve.click();
    window.close();
  }}, 20);
}});
</script>"""


def a_page() -> tuple[str, dict[int, Place]]:
    """Return the page of a draft with one irreversible element that has moved, and where it stands."""
    whole = recording.load(Path(__file__).parents[2] / "fixtures" / "recordings" / "lifecare" / "2024.04")
    place = Place(6, 400, 500, 90, 30)
    change = Change("reminder", "elements.confirm_removal", "moved", "a", "b", danger="irreversible", place=place)
    html = report.render(
        "draft.html", system="lifecare", version="2", parent="1", changes=[change], kinds=drafting.KINDS, asks={0},
        pictures={"now": {6: drafting._picture(whole.screens[6].picture or b"")}, "before": {}},
    )  # fmt: skip
    return html, {0: place}


@pytest.mark.parametrize(
    ("points", "is_approved"),
    [("[[410, 510]]", True), ("[[10, 10]]", False), ("[]", False), ("[[10, 10], [410, 510]]", False)],
    ids=["right", "wrong", "nothing", "wrong, then right"],
)
def test_what_cannot_be_undone_is_pointed_out(page: Page, points: str, is_approved: bool) -> None:
    """The picture shows no box there: whoever approves must find it. One wrong click, or none, approves nothing."""
    html, places = a_page()

    assert proposals.pointed_out(page, html + CLICKS.format(points=points), places) == is_approved
    assert "box new" not in html.split("</style>")[1]


def test_a_page_cannot_approve_by_itself(page: Page) -> None:
    """It is asked here what was pointed out."""
    html, places = a_page()
    early = "<script>setTimeout(() => window.flottaApproved(), 50)</script>"

    assert not proposals.pointed_out(page, html + early, places)


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"save": {"locators": [{"role": "button", "name": "Spara"}, {"css": "button.ny"}]}}, {"save"}),
        ({"save": {"danger": "safe", "after": None}}, {"save"}),
        ({"save": {"within": {"css": "form"}}}, {"save"}),
        ({"save": {"behind": ["cancel"]}}, {"save"}),
        ({"save": {"behind": ["cancel"]}, "cancel": {"locators": [{"text": "Avbryt"}]}}, {"save", "cancel"}),
        ({"cancel": {"danger": "irreversible", "after": RECEIPT, "locators": [
            {"role": "button", "name": "Avbryt"}, {"css": "form button[type=button]"}]}}, {"cancel"}),
        ({"help": {"locators": [{"text": "Hjälp"}]}}, set()),
        ({}, set()),
    ],
)  # fmt: skip
def test_what_leads_to_what_cannot_be_undone_is_asked_for(
    page: Page, change: dict[str, dict[str, Any]], asked: set[str]
) -> None:
    """By what the two maps say, whoever has changed the draft: and what is said to be harmless now was not always."""
    assert drafting.pointed(a_map(page), a_map(page, fingerprints=True, **change)) == {
        ("page", f"elements.{each}") for each in asked
    }
