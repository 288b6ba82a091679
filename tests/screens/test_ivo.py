"""IVO's cases as the bot reads them, in both looks: the very case that is asked for, wherever it stands in the list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route
from pydantic import SecretStr

from bots import registry
from bots.browser import inspection
from bots.browser.screen import Screen
from bots.browser.selector_map import load
from bots.browser.session import Account, Session
from bots.errors import NotAsApproved, WriteDeclined, WriteRefused
from bots.records.ivo import IvoCase, IvoRow, SentReport
from bots.screens.ivo import Ivo
from fixtures.mockui.server import Spec, serve
from orchestrator.bootstrap import now
from tests.ivo import DECISION, Client

TODAY = date(2026, 10, 12)
VERSIONS = ("2023.2", "2026.1")
MAPS = Path(__file__).parents[2] / "selectors"
#: How the maps call what the mock calls otherwise.
KINDS = {"avslutat": "avslutat av annan anledning"}
#: A report of one who waits, as the plan has it.
REPORT = {
    "rapporttyp": "nytt ej verkställt", "period": "2026Q3", "referens": "B-7", "personnummer": "199001012385",
    "område": "OF", "lagrum": "9 § 3 LSS", "insatstyp": "LSS-03", "beslutsdatum": "2026-03-01",
    "orsak": "resursbrist bostad", "beskrivning": "Brist på bostad.",
}  # fmt: skip


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Serve one mock per UI version for the module; tests put theirs back to the beginning."""
    with serve([Spec("ivo", ui=ui, rows=150, today=TODAY, name=ui) for ui in VERSIONS]) as urls:
        yield urls


@pytest.fixture(params=VERSIONS)
def rapportor(request: pytest.FixtureRequest, addresses: dict[str, str]) -> Client:
    """Return somebody who reports by hand, beside the browser."""
    client = Client(addresses[request.param], request.param)
    client.faults()
    client.send("POST", "/__mock__/reset")
    return client.sign_in()


@pytest.fixture
def ivo(page: Page, context: BrowserContext, rapportor: Client) -> Ivo:
    """Return the e-service by the version's map, with that person's session."""
    name, _, value = rapportor.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": rapportor.url}])
    session = Session(page, load(MAPS / "ivo" / f"{rapportor.version}.yaml"), rapportor.url, now=now)
    return Ivo(session, Account("Ragnhild Test", SecretStr(""), "vard_och_omsorg", person=True))


class SignedIn(Ivo):
    """The e-service where the person has signed in beside the browser."""

    def _identify(self) -> None:
        self._choose_office()

    def _choose_office(self) -> None:
        self._session.screen("cases").open(sought="", page="1")


def as_told(case: dict[str, Any]) -> IvoCase:
    """Return a case of the mock's truth as its page shows it."""
    reports = [
        SentReport(each["values"]["period"], KINDS.get(kind := each["values"]["rapporttyp"], kind), each["kvittens"])
        for each in case["reports"]
    ]
    last = case["reports"][-1]["values"]
    decided = date.fromisoformat(last["beslutsdatum"]) if last["beslutsdatum"] else None
    return IvoCase(
        case["reference"], case["number"], case["status"], last["personnummer"] or None, decided, tuple(reports)
    )


def test_every_case_of_the_list_can_be_opened(ivo: Ivo, rapportor: Client) -> None:
    """Over all pages of the list, with all its reports; a draft has no number yet."""
    rapportor.draft(eget_arendenummer="B-5")

    rows = ivo.cases()

    cases = {each["reference"]: each for each in rapportor.state()["cases"]}
    assert len(rows) == len(cases) > 25
    assert next(each for each in rows if each.referens == "B-5") == IvoRow(
        None, "B-5", "utkast", "2026Q3", "nytt ej verkställt"
    )
    for row in (*rows[:2], *rows[-2:]):
        assert ivo.opened(row) == as_told(cases[row.referens])


def test_a_case_that_moves_while_the_list_is_read_is_read_all_the_same(ivo: Ivo, rapportor: Client, page: Page) -> None:
    """What a colleague begins on comes first in the list, and pulls another row past the page that is read next."""
    moved = ivo.cases()[-1].number
    [moving] = [each for each in rapportor.state()["cases"] if each["number"] == moved]
    once = [moving["id"]]

    def meanwhile(route: Route) -> None:
        if once:
            rapportor.draft(once.pop(), rapporttyp="fortsatt ej verkställt")
        route.continue_()

    page.route("**/*=2", meanwhile)

    rows = ivo.cases()

    assert once == []
    assert sorted(str(each.number) for each in rows) == sorted(str(c["number"]) for c in rapportor.state()["cases"])


@pytest.mark.parametrize("rank", ["newest", "oldest"])
def test_a_case_is_found_among_any_number_whose_references_hold_its_own(ivo: Ivo, rapportor: Client, rank: str) -> None:
    """The search goes by parts of the reference, and shows 25 at a time."""
    others = [f"B-7{n:02d}" for n in range(30)]
    for reference in ["B-7", *others] if rank == "oldest" else [*others, "B-7"]:
        rapportor.draft(eget_arendenummer=reference)

    [found] = ivo.cases_of("B-7")

    assert found == as_told(rapportor.case("B-7"))
    assert ivo.cases_of("B-70") == []
    assert ivo.cases_of("B-729") == [as_told(rapportor.case("B-729"))]


def test_a_draft_that_the_person_discards_is_declined(ivo: Ivo, rapportor: Client) -> None:
    """They look at it, go to the case, and take it away there: no other is waited for."""
    page, case = ivo._session.page, "text=B-7"
    discard = ["Ta bort utkast"] if rapportor.version == "2023.2" else ["Radera utkastet", "Ja, radera"]

    def person(point: str) -> None:
        if point == "armed":
            page.goto(rapportor.url + rapportor.ui.path("list"))
            page.locator(case).first.click()
            for button in discard:
                page.get_by_role("button", name=button).click()

    report = {
        "rapporttyp": "verkställt", "period": "2026Q4", "referens": "B-7", "personnummer": "199001012385",
        "område": "OF", "lagrum": "9 § 3 LSS", "insatstyp": "LSS-03", "beslutsdatum": "2026-03-01",
        "verkställt": "2026-10-10",
    }  # fmt: skip
    rapportor.send_in(rapportor.complete(eget_arendenummer="B-7"))
    ivo._session.checkpoint = person
    page.on("dialog", lambda dialog: dialog.accept())

    ivo.cases_of("B-7")
    with ivo._session.writing(now() + timedelta(minutes=1)):
        ivo.fill(report, by_person=True)
        with pytest.raises(WriteDeclined):
            ivo.wait_until_sent(report)

    assert len(rapportor.case("B-7")["reports"]) == 1


def test_a_draft_that_somebody_else_has_filled_in_otherwise_is_not_sent(ivo: Ivo, rapportor: Client) -> None:
    """It is said where, in the words that stand there, and what differs; never what it holds."""
    rapportor.complete(eget_arendenummer="B-7")
    heading = "Kontrollera och skicka" if rapportor.version == "2023.2" else "Granska och lämna in"

    ivo.cases_of("B-7")
    with ivo._session.writing(now() + timedelta(minutes=1)), pytest.raises(NotAsApproved) as refused:
        ivo.fill(REPORT, by_person=False)

    assert f"»{heading}« visar något annat än det som godkändes: orsak, beskrivning." in refused.value.sentence
    assert "Personal saknas" not in refused.value.sentence


@pytest.mark.parametrize(("name", "value"), [("personnummer", "1990"), ("beslutsdatum", "2031-01-01")])
def test_what_ivo_does_not_take_is_said_in_its_own_words(ivo: Ivo, rapportor: Client, name: str, value: str) -> None:
    """The button and the page by their names there: who is to mend it reads them."""
    button = "Nästa" if rapportor.version == "2023.2" else "Fortsätt"
    said = f"inte emot »{button}« på »"

    ivo.cases_of("B-7")
    with ivo._session.writing(now() + timedelta(minutes=1)), pytest.raises(WriteRefused, match=said):
        ivo.fill({**REPORT, name: value}, by_person=False)


@pytest.mark.parametrize("state", ["cases", "a draft alone", "none"])
def test_the_screens_are_as_the_map_says_in_whatever_state_they_are(ivo: Ivo, rapportor: Client, state: str) -> None:
    """What is there in some states only is missed in no other: before a run, and by `selectors check`."""
    if state != "cases":
        rapportor.send("POST", "/__mock__/reset", json.dumps({"rows": 0}))
    if state == "a draft alone":
        rapportor.draft(eget_arendenummer="B-7")
    session = ivo._session

    found = inspection.canary(
        session, SignedIn(session, ivo._account), registry.uses("ivo-reporting", "ivo") - {"sign_in", "role"}
    )

    assert found == []


def test_a_tour_reaches_the_list_and_a_case_as_the_bot_does(ivo: Ivo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list at its address, with what is sought and the page in it; the case by the link in its row."""
    done: list[tuple[str, ...]] = []
    go, click = Screen._go, Screen.click

    def gone(self: Screen, params: dict[str, str]) -> None:
        done.append((self.name, *sorted(params)))
        go(self, params)

    def clicked(self: Screen, element: str, **how: Any) -> None:
        done.append((self.name, element))
        click(self, element, **how)

    monkeypatch.setattr(Screen, "_go", gone)
    monkeypatch.setattr(Screen, "click", clicked)
    monkeypatch.setattr(ivo, "_choose_office", lambda: None)
    for stop in ivo.tour():
        if stop.screen in {"cases", "case"}:
            stop.arrive()
    toured = {*done}
    done.clear()
    ivo.opened(ivo.cases()[0])

    assert toured == {*done} == {("cases", "page", "sought"), ("cases", "open")}


def test_of_several_cases_the_open_one_comes_last(ivo: Ivo, rapportor: Client) -> None:
    """It is gone on with. What was sent of the others is seen all the same, also beside a draft."""
    ended = {"rapporttyp": "verkställt", "period": "2026Q4"}
    rapportor.send_in(rapportor.complete(eget_arendenummer="B-7"))
    first = rapportor.case("B-7")
    carried_out = {**DECISION, "delvis": "", "verkstallighetsdatum": "2026-10-10"}
    rapportor.send_in(rapportor.complete(first["id"], carried_out, eget_arendenummer="B-7", **ended))
    [over] = ivo.cases_of("B-7")
    rapportor.draft(eget_arendenummer="B-7", rapporttyp="nytt avbrott")
    both = ivo.cases_of("B-7")

    assert both == [as_told(each) for each in rapportor.state()["cases"] if each["reference"] == "B-7"]
    assert both[0] == over
    assert (over.number, over.status, [each.kind for each in over.reports]) == (
        first["number"], "verkställt", ["nytt ej verkställt", "verkställt"],
    )  # fmt: skip
    assert (both[1].number, both[1].status) == (None, "utkast")
