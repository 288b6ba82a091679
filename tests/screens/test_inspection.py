"""Holding the maps up against the live screens: the right map is chosen, and what does not fit it is named."""

import re
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from bots.browser.inspection import Stop, Visits, canary
from bots.browser.inspection import inspect as inspect_screens
from bots.browser.screen import Screen
from bots.browser.selector_map import base
from bots.browser.session import Session
from bots.browser.versions import fitting
from bots.browser.walk import Walk, tour
from bots.errors import SelectorDrift, SystemUnreachable, VersionUnknown
from bots.records.lifecare import ReminderRow
from bots.screens.lifecare import Lifecare
from orchestrator.bootstrap import Doors, inspect
from orchestrator.settings import load
from tests.screens import literal
from tests.screens.mock import TODAY, VERSIONS, Mock
from tests.screens.portal import a_session, account, map_of
from tests.screens.site import Site


class OpenDoors(Doors):
    """The product's doors, into the test's own browser."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        """Open pages in this context, to the system at this address."""
        super().__init__(load(), ExitStack(), base_urls={"lifecare": url}, maps={})
        self._into = context

    def page(self) -> Page:
        """Open a page there."""
        return self._into.new_page()


@pytest.fixture(autouse=True)
def _account_in_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set the bot's account as the operator does, away from the real home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FLOTTA_CONFIG", raising=False)
    settings = {"HOME": str(tmp_path / "home"), "KEY_FILE": str(tmp_path / "key")}
    account = {"USER": "robot", "PASSWORD": "flotta-mock", "ROLE": "handlaggare_lss"}
    for name, value in (settings | {f"SYSTEMS__LIFECARE__{key}": each for key, each in account.items()}).items():
        monkeypatch.setenv(f"FLOTTA_{name}", value)


@pytest.fixture
def doors(context: BrowserContext, mock: Mock) -> OpenDoors:
    """Return doors to the mock of one UI version."""
    return OpenDoors(context, mock.url)


@pytest.fixture
def newest(addresses: dict[str, str]) -> Mock:
    """Return the mock of the version that no map knows."""
    return Mock(addresses["2025.10"], "2025.10").fresh()


def _verdicts(findings: list[dict[str, Any]]) -> dict[str, str]:
    return {f"{each['screen']}.{each['element']}": each["verdict"] for each in findings}


def test_the_live_version_chooses_its_map(page: Page, mock: Mock) -> None:
    """Nobody has to say which version the system was upgraded to last night."""
    maps = [map_of(version) for version in VERSIONS]

    assert base(fitting(page, mock.url, maps).version) == mock.ui


def test_the_door_opens_signed_in_with_that_map(doors: OpenDoors, mock: Mock) -> None:
    """What a run is handed can read at once."""
    session, screens = doors.open("lifecare")

    assert base(session.map.version) == mock.ui
    assert len(screens.reminders()) == len(mock.state()["paminnelser"])


def test_every_element_of_the_map_is_found_on_its_screens(doors: OpenDoors) -> None:
    """The canary's good day: no drift, nothing weak, nothing left unseen that can be reached."""
    verdicts = _verdicts(inspect(doors, "lifecare", may_open=True)[0])

    assert {name: verdict for name, verdict in verdicts.items() if verdict != "ok"} == {}
    assert {"reminder.confirm_removal", "reminder_list.content", "sign_in.identity"} <= set(verdicts)


def test_an_inspection_writes_nothing(doors: OpenDoors, mock: Mock) -> None:
    """It may open a form, and never sends it."""
    before = mock.state()

    inspect(doors, "lifecare", may_open=True)

    assert mock.state() == before
    assert mock.attempts() == []


def test_without_leave_to_open_what_is_behind_a_form_stays_unseen(doors: OpenDoors) -> None:
    """A canary in production clicks only what is safe, and says what it therefore did not see."""
    verdicts = _verdicts(inspect(doors, "lifecare", may_open=False)[0])

    assert verdicts["reminder.confirm_removal"] == "unseen"
    assert "drift" not in verdicts.values()


def test_an_inspection_tells_what_each_locator_found(doors: OpenDoors, mock: Mock) -> None:
    """Who mends the map sees the counts, per locator, as they are written in the map."""
    findings, _ = inspect(doors, "lifecare", may_open=True)

    [confirm] = [each for each in findings if each["element"] == "confirm_removal"]
    wanted = map_of(mock.ui).screens["reminder"].elements["confirm_removal"].locators
    assert [(each["locator"], each["found"]) for each in confirm["sightings"]] == [(str(each), 1) for each in wanted]
    assert base(confirm["map"]) == mock.ui


@pytest.fixture
def renamed(context: BrowserContext) -> None:
    """Let the list of reminders say something else than its map: its heading."""

    def meanwhile(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub(r"<h1>[^<]*", "<h1>Bevakningar", answer.text()))

    context.route(re.compile(r"/(paminnelser|paminnelse/)\?"), meanwhile)


@pytest.mark.usefixtures("hasty", "renamed")
def test_a_drift_keeps_one_only_from_what_comes_after_it(doors: OpenDoors) -> None:
    """The lists have addresses of their own; a reminder is reached from its list, and why it was not seen is said."""
    findings, ended = inspect(doors, "lifecare", may_open=True)

    verdicts = _verdicts(findings)
    assert {name for name, verdict in verdicts.items() if verdict == "drift"} == {"reminder_list.identity"}
    assert (verdicts["insatser.content"], verdicts["insats.content"], ended) == ("ok", "ok", None)
    unseen = {each["why"] for each in findings if each["verdict"] == "unseen"}
    assert unseen == {"nås först efter reminder_list"}
    assert {each["screen"] for each in findings if each["verdict"] == "unseen"} == {"reminder"}


@pytest.mark.usefixtures("hasty", "renamed")
def test_what_stops_a_bot_is_told_with_all_that_was_found(page: Page, context: BrowserContext, mock: Mock) -> None:
    """Whoever mends the map sees the other screens that the bot needs as well."""

    def meanwhile(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("<h1>", "<h1>Alla "))

    context.route(re.compile(r"/beslut/?\?"), meanwhile)
    session = a_session(page, mock)
    lifecare = Lifecare(session, account())

    with pytest.raises(SelectorDrift) as drift:
        canary(session, lifecare, {"reminder_list", "insatser"})

    assert (drift.value.screen, drift.value.element) == ("reminder_list", "identity")
    assert [each["screen"] for each in drift.value.findings] == ["reminder_list", "insatser"]


@pytest.mark.usefixtures("hasty", "renamed")
def test_a_walk_goes_past_what_has_changed(page: Page, mock: Mock) -> None:
    """What did not fit is taken as it is, and what kept the bot from a screen is said."""
    page.goto(mock.url)
    on = Walk(page, mock.url)
    session = a_session(page, mock)

    told = tour(on, session, Lifecare(session, account()))

    taken = [each.screen for each in on.snapshots]
    assert {"reminder_list", "insatser", "insats"} <= set(taken)
    assert "reminder" not in taken
    assert told is not None
    assert "Skärmbilden reminder_list stämmer inte" in told


def test_a_tour_reaches_each_screen_as_a_bot_does(lifecare: Lifecare, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the same addresses, with the same in them: what is checked at night is what is opened in the day."""
    gone: list[tuple[str, list[str]]] = []
    go = Screen._go

    def noted(self: Screen, params: dict[str, str]) -> None:
        gone.append((self.name, sorted(params)))
        go(self, params)

    monkeypatch.setattr(Screen, "_go", noted)
    list(Visits(lifecare._session, lifecare))
    toured = [*gone]
    gone.clear()
    lifecare.sign_in()
    rows = lifecare.reminders()
    lifecare.reminder(next(each.id for each in rows if isinstance(each, ReminderRow)))
    decisions = lifecare.insatsbeslut(date(2000, 1, 1), TODAY)
    lifecare.ett_insatsbeslut(decisions[0].id)

    assert {*map(str, toured)} == {*map(str, gone)}


#: A list with a menu in each row, and what the menu brings; beside it what may change something, and what that brings.
IN_ROWS = """<h1>Ärende</h1><table><caption>Poster</caption><tr><th>Nr</th><th>Gör</th></tr>
<tr><td>1</td><td><button>Mer</button></td></tr></table>
<button onclick="this.insertAdjacentHTML('afterend', '<button>Nyss</button>')">Öppna</button>"""


@pytest.fixture
def in_rows(page: Page, site: Site) -> Session:
    """Return a session on a page with a menu in each row."""
    shown = literal.shown(
        page, site, IN_ROWS,
        tables={"poster": {"name": "Poster", "key": "nr", "columns": {"nr": {"header": "Nr"}}}},
        more={
            "menu": {"row_of": "poster", "locators": [{"role": "button", "name": "Mer"}]},
            "remove": {"via": ["menu"], "locators": [{"role": "button", "name": "Ta bort"}]},
            "open": {"danger": "write", "locators": [{"role": "button", "name": "Öppna"}, {"css": "table + button"}]},
            "late": {"behind": ["open"], "locators": [{"role": "button", "name": "Nyss"}]},
        },
    )  # fmt: skip
    return shown._session


@dataclass(frozen=True)
class OnePage:
    """The screens of a system of one page."""

    session: Session

    def tour(self, needed: Container[str] | None = None) -> Iterator[Stop]:
        """Visit the page."""
        del needed
        yield Stop("page", self.session.screen("page").open)


@pytest.mark.parametrize("may_open", [True, False])
def test_what_the_bot_opens_and_the_check_does_not_is_said(in_rows: Session, *, may_open: bool) -> None:
    """The bot clicks in a certain matter's row. And what is not visited at all has a reason too."""
    findings, _ = inspect_screens(in_rows, OnePage(in_rows), may_open=may_open)

    why = {each.element: each.why for each in findings if (each.screen, each.verdict) == ("page", "unseen")}
    assert why["remove"].startswith("bakom menu, som står i en rad")
    assert why.get("late", "").startswith("bakom open, som kan ändra något") is not may_open
    assert all(each.why for each in findings if each.verdict == "unseen")


def test_a_walk_opens_nothing_in_rows(in_rows: Session) -> None:
    """It goes on to what it may open."""
    on = Walk(in_rows.page, in_rows.base_url)

    assert tour(on, in_rows, OnePage(in_rows)) is None
    assert [each.html.count("Nyss") for each in on.snapshots] == [1, 2]


def test_a_version_without_a_map_is_unknown(page: Page, newest: Mock) -> None:
    """The nearest map is not good enough for a system that says it is another."""
    with pytest.raises(VersionUnknown, match=r"2025\.10"):
        fitting(page, newest.url, [map_of(version) for version in VERSIONS])


def test_the_marks_of_an_unknown_version_are_told(page: Page, newest: Mock) -> None:
    """They are what the new map will be told by."""
    with pytest.raises(VersionUnknown) as unknown:
        fitting(page, newest.url, [map_of(version) for version in VERSIONS])

    assert "app-version = 2025.10" in unknown.value.sentence
    assert "lifecare." in unknown.value.sentence


def test_two_maps_that_fit_are_as_unknown_as_none(page: Page, mock: Mock) -> None:
    """A map that was copied and not given marks of its own decides nothing."""
    twin = map_of(mock.ui)

    with pytest.raises(VersionUnknown):
        fitting(page, mock.url, [map_of(mock.ui), twin])


def test_a_map_whose_marks_only_half_agree_does_not_fit(page: Page, mock: Mock) -> None:
    """Two probes must agree: a version number alone says nothing of the scripts behind it."""
    tree = map_of(mock.ui).model_dump(by_alias=True)
    tree["identify"][1]["asset"] = "lifecare\\.00000000\\.js"
    half = type(map_of(mock.ui)).model_validate(tree)

    with pytest.raises(VersionUnknown):
        fitting(page, mock.url, [half])


def test_a_system_that_does_not_answer_is_told_from_an_unknown_one(page: Page) -> None:
    """Another person is called for the one than for the other."""
    with pytest.raises(SystemUnreachable):
        fitting(page, "http://127.0.0.1:9", [map_of(VERSIONS[0])])


def test_a_start_page_that_is_left_at_once_is_known_all_the_same(page: Page, mock: Mock) -> None:
    """A person who is to sign in may click before the bot has looked."""
    page.add_init_script("""addEventListener('DOMContentLoaded', () => {
        if (!sessionStorage.left) { sessionStorage.left = 1; location.href = '/annat'; }
    })""")

    assert fitting(page, mock.url, [map_of(each) for each in VERSIONS]) == map_of(mock.ui)


@pytest.mark.usefixtures("hasty")
def test_an_unknown_version_is_inspected_by_the_map_that_fits_it_best(context: BrowserContext, newest: Mock) -> None:
    """The report names screens, elements and counts, so that a person can begin the new map."""
    findings, _ = inspect(OpenDoors(context, newest.url), "lifecare", may_open=False)

    verdicts = _verdicts(findings)
    assert {base(each["map"]) for each in findings} == {"2024.04"}
    assert verdicts["sign_in.user"] == "ok"
    assert Counter(verdicts.values())["drift"] >= 1
    [drifted] = [each for each in findings if (each["screen"], each["verdict"]) == ("reminder_list", "drift")]
    assert {each["found"] for each in drifted["sightings"]} != {1}


@pytest.mark.usefixtures("hasty")
def test_inspecting_an_unknown_version_writes_nothing(context: BrowserContext, newest: Mock) -> None:
    """Unknown screens are for looking at only."""
    before = newest.state()

    inspect(OpenDoors(context, newest.url), "lifecare", may_open=True)

    assert newest.state() == before
    assert newest.attempts() == []
