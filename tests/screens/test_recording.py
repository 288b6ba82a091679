"""A walk through a live system becomes a recording with nobody in it, which shows what the system showed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from bots import personnummer
from bots.browser import drafts, recording, resolver, scrub, walk
from bots.browser.inspection import inspect_recorded
from bots.browser.recording import Recording, Stage
from bots.browser.selector_map import SelectorMap, load
from bots.browser.session import Session
from bots.browser.versions import fitting, raise_unless_inside
from bots.errors import ConfigurationError, MapInvalid, RecordingNotClean, VersionUnknown
from orchestrator import maps, present
from orchestrator.bootstrap import now
from tests.screens.mock import Mock, open_ids
from tests.screens.portal import map_of
from tests.screens.site import Site

DAY = date(2026, 3, 31)
WALKS = Path(__file__).parents[2] / "fixtures" / "recordings" / "lifecare"


def lines(ui: str, reminder_id: str) -> list[str]:
    """Return the house's own walk through this version, to one reminder's removal."""
    said = (WALKS / f"{ui}.walk").read_text(encoding="utf-8").splitlines()
    opened = [line for line in said if re.search(r"P-\d+$", line)]
    return [
        re.sub(r"P-\d+$", reminder_id, line) for line in said if line not in opened[:-1] and not line.startswith("#")
    ]


def walked(
    browser: Browser, url: str, said: list[str], folder: Path, *, known: list[str] | None = None
) -> walk.Recorded:
    def go(on: walk.Walk) -> None:
        for line in said:
            on.do(line)

    return walk.record(
        browser, "litet", url, go, known=known or [], version=None, today=DAY, folder=folder, accepts=True
    )


@dataclass(frozen=True)
class Whole:
    """The house's own walk through a whole version: what was recorded, and what the mock held."""

    recorded: walk.Recorded
    state: dict[str, Any]


@pytest.fixture(scope="module")
def walks(
    browser: Browser, addresses: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Whole]:
    """Return what walks through a version, once."""

    @cache
    def through(ui: str) -> Whole:
        mock = Mock(addresses[ui], ui).fresh()
        [reminder_id, *_] = open_ids(mock)
        known = [map_of(ui).wording]
        place = tmp_path_factory.mktemp("walk")
        return Whole(walked(browser, mock.url, lines(ui, reminder_id), place, known=known), mock.state())

    return through


@pytest.fixture
def whole(walks: Callable[[str], Whole], ui: str) -> Whole:
    """Return the walk through this version."""
    return walks(ui)


@pytest.fixture
def stage(browser: Browser) -> Iterator[Callable[[Recording], Stage]]:
    """Return what opens a stage; it is closed after the test."""
    opened: list[Stage] = []

    def open_one(of: Recording) -> Stage:
        opened.append(Stage(browser, of))
        return opened[-1]

    yield open_one
    for each in opened:
        each.page.close()


# --- a whole system ------------------------------------------------------------------------------------------------


def _theirs(truth: dict[str, Any]) -> set[str]:
    """Return what the mock knows of people: names, numbers, addresses, and each word of what they wrote."""
    said = [str(value) for person in truth["persons"] for value in person.values()]
    said += [str(value) for each in truth["handlaggare"] for value in each.values()]
    names = {word for each in said for word in re.findall(r"[^\W\d_]{3,}", each)}
    return names | {digits for each in said for digits in re.findall(r"\d{8,}", each)}


@pytest.mark.needs("recording")
def test_nobody_is_in_a_recording(whole: Whole, ui: str, tmp_path: Path) -> None:
    """The mock knows who there was. The bot's map and the screens' own labels know whose words are whose."""
    found = whole.recorded
    found.store(tmp_path / "inspelning")

    # A stand-in may by chance be the number of somebody whom the walk did not come by.
    truth = _theirs(whole.state) - {personnummer.stand_in(place) for place in range(100)}
    wording = {word.lower() for word in re.findall(r"[^\W\d_]+", " ".join(found.clean.wording))}
    wording |= {word.lower() for word in re.findall(r"[^\W\d_]+", map_of(ui).wording)}
    files = [each for each in (tmp_path / "inspelning").rglob("*") if each.suffix in {".html", ".har", ".yaml", ".txt"}]
    for file in files:
        words = set(re.findall(r"[^\W\d_]{3,}|\d{8,}", file.read_text(encoding="utf-8")))
        assert not {word for word in words & truth if word.lower() not in wording}, file.name
    assert len(truth) > 100
    assert "flotta-mock" not in "".join(file.read_text(encoding="utf-8") for file in files)


@pytest.mark.needs("recording")
def test_a_recording_shows_what_the_map_means(whole: Whole, ui: str, stage: Callable[[Recording], Stage]) -> None:
    """Every element that the map names stands on a recorded screen, frames, dialogs and shadow roots included."""
    approved = map_of(ui)
    clean = whole.recorded.clean

    on = stage(clean)
    found = {name: set[str]() for name in approved.screens}
    for each in clean.screens:
        page = on.show(each)
        elements = approved.screens[each.screen].elements
        found[each.screen] |= {name for name, element in elements.items() if resolver.found(page, element)[0]}

    assert found == {name: set(screen.elements) for name, screen in approved.screens.items()}


@pytest.mark.needs("recording")
def test_a_first_map_finds_what_was_pointed_out(
    whole: Whole, ui: str, tmp_path: Path, stage: Callable[[Recording], Stage]
) -> None:
    """It is a map like any other, and says what is read on each screen, for a person to name and type."""
    found = whole.recorded
    found.store(tmp_path / "inspelning")

    first = load(tmp_path / "inspelning" / "map.yaml")

    approved = map_of(ui)
    assert set(first.screens) == set(approved.screens)
    assert {name: set(screen.elements) for name, screen in first.screens.items()} == {
        name: set(screen.elements) for name, screen in approved.screens.items()
    }
    assert all(each.fingerprint for screen in first.screens.values() for each in screen.elements.values())
    assert "personnummer" in str(first.screens["reminder"].fields) or "personnr" in str(
        first.screens["reminder"].fields
    )
    assert set(first.screens["reminder_list"].tables)
    _finds_all(stage(found.clean), found.clean, first)


def _finds_all(on: Stage, of: Recording, first: SelectorMap) -> None:
    for name, screen in first.screens.items():
        pages = of.shown(name)
        for element, spec in screen.elements.items():
            assert any(resolver.found(on.show(page), spec)[0] for page in pages), f"{name}.{element}"


@pytest.mark.needs("recording")
def test_a_recording_is_read_as_it_was_stored(browser: Browser, mock: Mock, tmp_path: Path) -> None:
    """With its pictures; and a folder holds one recording."""
    found = walked(browser, mock.url, lines(mock.ui, open_ids(mock)[0])[:4], tmp_path)
    found.store(tmp_path / "inspelning")

    assert recording.load(tmp_path / "inspelning") == found.clean
    assert all(each.picture and each.picture.startswith(b"\x89PNG") for each in found.clean.screens)
    assert [each.name for each in tmp_path.iterdir()] == ["inspelning"], "something unscrubbed is left"
    with pytest.raises(ConfigurationError, match="finns redan"):
        found.store(tmp_path / "inspelning")


# --- small pages ---------------------------------------------------------------------------------------------------

FORM = """<h1>Ärende</h1><form><label for=a>Orsak</label><input id=a><label for=b>Kod</label>
<input id=b type=password name=kod><label><input type=checkbox name=ja value=1> Ja</label>
<select id=c aria-label=Sort><option>Bifall</option><option>Avslag</option></select>
<button type=button>Spara</button><button type=button>Spara</button>
<button type=button id=ensam>Avbryt</button></form>"""
HEAD = ["goto /", "screen page"]


def test_what_stands_in_a_field_is_recorded_scrubbed(browser: Browser, site: Site, tmp_path: Path) -> None:
    """And a password not at all."""
    url = site.show(FORM)
    fill = ["fill label=Orsak Höganäs", "fill label=Kod hemligt", "click label=Ja", "select label=Sort Avslag"]
    [shown] = walked(browser, url, ["goto /", *fill, "screen page"], tmp_path, known=["Bifall Avslag"]).clean.screens

    assert 'value="Xa' in shown.html
    assert "hemligt" not in shown.html
    assert re.search(r"<input type=.?checkbox.? [^>]*checked", shown.html)
    assert re.search(r"<option selected[^>]*>Avslag", shown.html)


def test_what_a_script_has_built_is_recorded(
    browser: Browser, site: Site, tmp_path: Path, stage: Callable[[Recording], Stage]
) -> None:
    """Open shadow roots with their style, frames, and styles that stand in no document. No script runs again."""
    url = site.show(
        """<h1>Ärende</h1><div id=v></div><iframe srcdoc="<label for=a>Orsak</label><input id=a>"></iframe>
        <script>const root = v.attachShadow({mode: 'open'});
        root.innerHTML = '<button>Spara</button>';
        const style = new CSSStyleSheet(); style.replaceSync('button {width: 321px}');
        root.adoptedStyleSheets = [style];
        document.title = 'byggd';</script>"""
    )
    clean = walked(browser, url, HEAD, tmp_path, known=["byggd Spara"]).clean

    page = stage(clean).show(clean.screens[0])

    assert page.get_by_role("button", name="Spara").bounding_box()["width"] == 321  # type: ignore[index]
    assert page.frame_locator("iframe").get_by_label("Orsak").count() == 1
    assert page.title() == "byggd"
    assert "<script" not in clean.screens[0].html


def test_a_person_points_an_element_out(page: Page, site: Site) -> None:
    """The click picks it, and does not reach the page."""
    page.goto(
        site.show(FORM.replace("<button type=button id=ensam>", "<button onclick='document.title = 1' id=ensam>"))
    )
    on = walk.Walk(page, site.url)
    on.do("screen page")
    page.evaluate("setTimeout(() => document.querySelector('#ensam').click(), 300)")

    assert "role=button[Avbryt]" in on.do("element cancel")
    assert page.title() == ""
    assert 'data-flotta="cancel click "' in on.snapshots[0].html


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hoppa", "går inte att säga"),
        ("screen", "skrivs inte så"),
        ("screen Sida", "inget namn"),
        ('fill "label=Orsak', "går inte att läsa"),
        ("click role=button[Spara]", "finns 2 gånger"),
        ("click role=knapp[Spara]", "ingen sökväg"),
        ("click knappen", "ingen sökväg"),
        ("element save role=button[Spara]", "finns 2 gånger"),
        ("goto /finns-inte", "svarade 404"),
        ("fill css=#ensam Text", "fill gick inte"),
    ],
)
def test_a_line_that_cannot_be_done_says_why(page: Page, site: Site, line: str, said: str) -> None:
    """In a sentence, to whoever walks."""
    page.goto(site.show(FORM))
    page.set_default_timeout(500)
    on = walk.Walk(page, site.url)
    on.do("screen page")

    with pytest.raises(ConfigurationError, match=said):
        on.do(line)


def test_an_element_belongs_to_a_screen(page: Page, site: Site) -> None:
    """So the screen is named first."""
    page.goto(site.show(FORM))

    with pytest.raises(ConfigurationError, match="skärmbild"):
        walk.Walk(page, site.url).do("element cancel css=#ensam")


def test_a_walk_that_names_nothing_records_nothing(browser: Browser, site: Site, tmp_path: Path) -> None:
    """There would be nothing to look at."""
    with pytest.raises(ConfigurationError, match="Ingen skärmbild"):
        walked(browser, site.show(FORM), ["goto /"], tmp_path)


def test_a_recording_that_is_not_clean_is_not_made(
    browser: Browser, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second pass trusts nothing that the first one did."""
    url = site.show("<h1>Ärende</h1><p>Åsa Höganäs 19121212-1212</p>")
    html = scrub.Scrubber.html

    def forgetful(self: scrub.Scrubber, source: str) -> str:
        html(self, source)
        return source

    monkeypatch.setattr(scrub.Scrubber, "html", forgetful)

    with pytest.raises(RecordingNotClean, match=r"01-page.html: \d+ ord") as refused:
        walked(browser, url, HEAD, tmp_path)
    assert "Höganäs" not in str(refused.value)
    assert not list(tmp_path.iterdir())


# --- a system that nobody here has seen ----------------------------------------------------------------------------

#: An administration's pages as many frameworks draw them: a list of records, and one of them to change.
VISIT = "pzu8x2Kq0vYd7nT3bLw9"
ADMIN = f"""<link rel=stylesheet href="/static/base.css"><div id=user-tools>Välkommen,
<a href="/admin/password_change/">Ändra lösenord</a></div>
<form id=logout method=post><input type=hidden name=csrfmiddlewaretoken value={VISIT}><button>Logga ut</button>
</form>"""
LISTED = f"""{ADMIN}<h1>Välj påminnelse att ändra</h1><ul class=object-tools><li><a href="/admin/paminnelse/add/">
Lägg till påminnelse</a></li></ul><form id=changelist-form><table id=result_list><thead><tr>
<th scope=col><a href="?o=1">Ärende</a></th><th scope=col><a href="?o=2">Handläggare</a></th></tr></thead><tbody><tr>
<th class=field-arende><a href="/admin/paminnelse/12/change/">Höganäs</a></th><td>Fryksdal</td></tr></tbody></table>
<p class=paginator><a href="?p=2">Nästa sida</a></p></form><ul class=actionlist>
<li class=changelink><a href="/admin/paminnelse/12/change/">Höganäs</a></li></ul>"""
CHANGED = f"""{ADMIN}<h1>Ändra påminnelse 12</h1><fieldset class=module><div><label for=id_form-3-typ>Typ</label>
<input id=id_form-3-typ name=form-3-typ><button type=button data-id=uppdrag data-action=spara name=_save
value=12>Spara</button><a href="/admin/paminnelse/12/history/" data-record=hoganas>Historik</a></div></fieldset>
<p class=deletelink-box><a href="/admin/paminnelse/12/delete/">Ta bort</a></p>
<script>const late = document.createElement('script'); late.src = '/static/inne.4f2a.js';
document.head.append(late)</script>"""
IN = """<link rel=stylesheet href="/static/base.css"><form><label for=u>Användare</label><input id=u></form>"""
WALKED = [
    "goto /", "screen sign_in", "element user css=#u fill",
    "goto /admin/paminnelse/", "screen listed", "element add css=.object-tools>li>a",
    "goto /admin/paminnelse/12/change/", "screen changed", "element typ label=Typ fill holds=other",
    "element save css=[name=_save]", "element history text=Historik", "element remove css=.deletelink-box>a",
]  # fmt: skip


@pytest.fixture
def admin(browser: Browser, site: Site, tmp_path: Path) -> walk.Recorded:
    """Return a walk through a foreign administration, of which nothing is known beforehand."""
    site.show(IN)
    site.show(LISTED.replace("</h1>", "</h1><script src='/static/inne.4f2a.js'></script>"), "/admin/paminnelse/")
    site.show(CHANGED, "/admin/paminnelse/12/change/")
    return walked(browser, site.url, WALKED, tmp_path)


def test_what_a_system_calls_its_own_links_and_buttons_stays(admin: walk.Recorded) -> None:
    """What leads to something that is done; not what a record is called, wherever its link stands."""
    html = "".join(each.html for each in admin.clean.screens)

    for words in ("Ändra lösenord", "Logga ut", "Lägg till påminnelse", "Nästa sida", "Historik", "Ta bort", "Spara"):
        assert words in html
    for name in ("Höganäs", "hoganas", "Fryksdal"):
        assert name not in html


def test_no_locator_is_of_a_record_or_of_a_visit(admin: walk.Recorded) -> None:
    """Tomorrow it is another record, and the server makes up another token."""
    first = SelectorMap.model_validate(drafts.read(admin.clean.map))

    spec = first.screens["changed"].elements
    said = " ".join(str(each) for element in spec.values() for each in element.locators)
    assert set(spec) == {"typ", "save", "history", "remove"}
    assert not re.search(r"12|form-3|uppdrag|csrf|data-(id|record)", said), said
    assert "data-action" in said
    assert spec["remove"].fingerprint is not None
    assert spec["remove"].fingerprint.href == "/admin/paminnelse/*/delete/"
    assert VISIT not in admin.clean.map + "".join(each.html for each in admin.clean.screens)


def test_a_first_map_of_a_foreign_system_loads_as_it_is(
    admin: walk.Recorded, tmp_path: Path, stage: Callable[[Recording], Stage]
) -> None:
    """With what tells each screen, a table by its id, and the script that comes when somebody has signed in."""
    admin.store(tmp_path / "inspelning")

    first = load(tmp_path / "inspelning" / "map.yaml")

    assert [(each.asset, each.inside) for each in first.identify if "inne" in str(each.asset)] == [
        (r"inne\.4f2a\.js", True)
    ]
    assert len(first.identify) >= 2
    assert all(each.identity.all_of for each in first.screens.values())
    assert first.screens["listed"].tables["result_list"].css == "#result_list"
    assert [each.header for each in first.screens["listed"].tables["result_list"].columns.values()] == [
        "Ärende", "Handläggare",
    ]  # fmt: skip
    assert [each.name for each in first.screens["changed"].identity.all_of] == ["Ändra påminnelse"]
    assert [str(each) for each in first.screens["sign_in"].identity.all_of] == ["css=#u"]
    assert not any(each.fields for each in first.screens.values())
    on = stage(admin.clean)
    _finds_all(on, admin.clean, first)
    session = Session(on.page, first, recording.ORIGIN, now=now, is_recorded=True)
    assert {each.verdict for each in inspect_recorded(session, admin.clean, on)} <= {"ok", "weak"}


def test_a_mark_of_who_is_inside_is_asked_for_there(page: Page, site: Site, admin: walk.Recorded) -> None:
    """The start page can't show it; another version inside is found when somebody has signed in."""
    first = SelectorMap.model_validate(drafts.read(admin.clean.map))
    assert fitting(page, site.url, [first]) is first
    page.goto(site.url + "/admin/paminnelse/")
    raise_unless_inside(page, first)
    site.show(LISTED, "/admin/paminnelse/")
    page.reload()

    with pytest.raises(VersionUnknown, match="litet visar en version"):
        raise_unless_inside(page, first)


def test_a_system_with_too_few_marks_is_said_to_have(
    browser: Browser, site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is missing in the first map is named; the recording is there all the same."""
    found = walked(browser, site.show("<p>Välkommen"), HEAD, tmp_path)
    found.store(tmp_path / "inspelning")

    maps._tell_of_first_map(tmp_path / "inspelning" / "map.yaml")

    assert "måste fyllas i för hand" in capsys.readouterr().err
    with pytest.raises(MapInvalid, match="identify"):
        load(tmp_path / "inspelning" / "map.yaml")


def test_a_word_that_is_disputed_is_named_at_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The person there has seen it on the screen; it is in no sentence, and in no log."""

    def refused() -> None:
        with maps._disputed():
            raise RecordingNotClean(["screens/01-page.html: 1 ord"], ["Fryksdal"])

    for keyboard in (True, False):
        monkeypatch.setattr(present, "has_keyboard", lambda at=keyboard: at)
        with pytest.raises(RecordingNotClean) as error:
            refused()
        assert ("Fryksdal" in capsys.readouterr().err) is keyboard
        assert "Fryksdal" not in f"{error.value!r} {error.value.sentence}"


def test_a_phrase_in_doubt_is_shown_with_the_word_that_it_is_for(
    admin: walk.Recorded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that whoever walked knows what to keep."""
    doubted = replace(admin, doubted={"Sök efter Fryksdal": ("Fryksdal",)})
    monkeypatch.setattr(present, "agreed", lambda *_said: True)
    for keyboard in (True, False):
        monkeypatch.setattr(present, "has_keyboard", lambda at=keyboard: at)
        maps._is_clean(doubted)
        assert ("Sök efter Fryksdal (för Fryksdal)" in capsys.readouterr().err) is keyboard


@pytest.mark.parametrize("broken", ["recording.yaml", "network.har", "screens/01-page.html"])
def test_a_recording_that_is_not_whole_is_told(browser: Browser, site: Site, tmp_path: Path, broken: str) -> None:
    """By what is missing, or that it can't be read."""
    folder = tmp_path / "inspelning"
    walked(browser, site.show(FORM), HEAD, tmp_path).store(folder)

    (folder / broken).unlink()

    with pytest.raises(ConfigurationError, match="saknas"):
        recording.load(folder)
