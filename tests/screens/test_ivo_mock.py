"""Mock IVO as a person meets it: from signing in to the receipt, by what stands on the screen."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from fixtures.mockui.server import Spec, serve

TODAY = date(2026, 10, 12)
VERSIONS = ("2023.2", "2026.1")


@dataclass(frozen=True)
class Person:
    """Somebody at the screen of one version: knows its words, and how it asks for dates."""

    page: Page
    version: str
    address: str

    @property
    def is_new(self) -> bool:
        """Whether the version is the one whose wizard is drawn by script."""
        return self.version == "2026.1"

    @property
    def words(self) -> dict[str, str]:
        """What stands on the version's buttons and beside its fields."""
        return NEW if self.is_new else OLD

    def press(self, what: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=self.words[what], exact=True).click()

    def follow(self, what: str) -> None:
        """Follow a link."""
        self.page.get_by_role("link", name=self.words[what], exact=True).click()

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.page.get_by_label(self.words[label], exact=True).fill(text)

    def choose(self, label: str, option: str) -> None:
        """Choose from a list."""
        self.page.get_by_label(self.words[label], exact=True).select_option(label=option)

    def answer(self, question: str, answer: str) -> None:
        """Answer one of a few."""
        self.page.get_by_role("group", name=self.words[question], exact=True).get_by_label(answer, exact=True).check()

    def date(self, label: str, day: date) -> None:
        """Type a date the way the version takes it."""
        if not self.is_new:
            self.fill(label, day.isoformat())
            return
        group = self.page.get_by_role("group", name=self.words[label], exact=True)
        for part, number in (("År", day.year), ("Månad", day.month), ("Dag", day.day)):
            group.get_by_label(part, exact=True).fill(str(number))

    def sees(self, text: str) -> None:
        """Wait until it stands there."""
        expect(self.page.get_by_text(text, exact=True).first).to_be_visible()

    def sees_field(self, label: str) -> None:
        """Wait until it is asked for."""
        expect(self._asked(label)).to_be_visible()

    def misses_field(self, label: str) -> None:
        """Wait until it is not asked for."""
        expect(self._asked(label)).not_to_be_visible()

    def _asked(self, label: str) -> Any:
        field = self.page.get_by_label(self.words[label], exact=True)
        return field.or_(self.page.get_by_role("group", name=self.words[label], exact=True)).first


OLD = {
    "sign in": "Logga in",
    "code": "Kod",
    "identify": "Legitimera",
    "new": "Ny individrapport",
    "next": "Nästa",
    "keep": "Spara utkast",
    "kind": "Rapporttyp",
    "period": "Period",
    "reference": "Eget ärendenummer",
    "person": "Personnummer",
    "omrade": "Område",
    "protected": "Personen har skyddade personuppgifter",
    "lagrum": "Lagrum",
    "insatstyp": "Insatstyp",
    "decided": "Beslutsdatum",
    "interrupted": "Avbrottsdatum",
    "partly": "Delvis verkställt",
    "extent": "Omfattning som inte är verkställd",
    "reason": "Orsak",
    "description": "Beskrivning av orsaken",
    "offered": "Har erbjudande lämnats?",
    "offered on": "Datum för erbjudandet",
    "consequences": "Konsekvenser för den enskilde",
    "checked": "Jag har kontrollerat uppgifterna",
    "send": "Skicka in",
    "resume": "Fortsätt utkast",
    "case": "Visa ärendet",
    "follow up": "Rapportera",
    "discard": "Ta bort utkast",
    "list": "Mina rapporter",
}
NEW = OLD | {
    "code": "Säkerhetskod",
    "new": "Ny rapport",
    "next": "Fortsätt",
    "keep": "Spara så länge",
    "kind": "Vad vill du rapportera?",
    "period": "Kvartal",
    "reference": "Er referens",
    "person": "Person- eller T-nummer",
    "omrade": "Verksamhetsområde",
    "lagrum": "Beslutet är fattat enligt",
    "insatstyp": "Insats",
    "decided": "Datum för beslutet",
    "interrupted": "Datum för avbrottet",
    "partly": "Är beslutet delvis verkställt?",
    "extent": "Omfattning som återstår att verkställa",
    "reason": "Huvudsaklig orsak",
    "description": "Beskriv orsaken",
    "offered": "Har personen fått ett erbjudande?",
    "consequences": "Konsekvenser för personen",
    "send": "Lämna in rapport",
    "resume": "Fortsätt på utkastet",
    "follow up": "Följ upp ärendet",
    "discard": "Radera utkastet",
    "list": "Våra ärenden",
}


@pytest.fixture(scope="module")
def ivo_addresses() -> Iterator[dict[str, str]]:
    """Serve every version once."""
    with serve([Spec("ivo", ui=each, rows=80, today=TODAY, name=each) for each in VERSIONS]) as urls:
        yield urls


def control(address: str, name: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{address}/__mock__/{name}", data), timeout=10) as answer:  # noqa: S310 - our own address
        return json.load(answer)


@pytest.fixture(params=VERSIONS)
def person(request: pytest.FixtureRequest, ivo_addresses: dict[str, str], page: Page) -> Person:
    """Return somebody who is signed in to a freshly reset mock, once for every version."""
    address = ivo_addresses[request.param]
    control(address, "faults", [])
    control(address, "reset", {})
    person = Person(page, request.param, address)
    sign_in(person)
    return person


def sign_in(person: Person) -> None:
    page = person.page
    page.goto(person.address)
    person.follow("sign in")
    page.get_by_label("Ragnhild Test (rapportör)", exact=True).check()
    person.fill("code", page.locator(".kod").inner_text())
    person.press("identify")
    if person.is_new:
        page.get_by_role("button", name="Vård- och omsorgsförvaltningen").click()
    else:
        page.get_by_label("Vård- och omsorgsförvaltningen").check()
        page.get_by_role("button", name="Fortsätt").click()


def tell_who_it_is_about(person: Person) -> None:
    person.follow("new")
    person.press("next")
    expect(person.page.get_by_role("alert").get_by_role("link")).to_have_count(5)
    if person.is_new:
        person.answer("kind", "Avbruten insats")
        person.choose("period", "Kvartal 3, 2026")
    else:
        person.choose("kind", "Nytt avbrott i verkställighet")
        person.choose("period", "2026 kvartal 3")
    person.fill("reference", "B-99001")
    person.fill("person", "199001012385")
    person.choose("omrade", "Funktionsnedsättning (OF)")
    person.page.get_by_label(person.words["protected"], exact=True).check()
    expect(person.page.get_by_role("note")).to_be_visible()
    person.sees("Kvinna")
    person.press("next")


def tell_of_the_decision_and_pause(person: Person) -> None:
    person.misses_field("extent")
    person.choose("lagrum", "9 § 4 LSS")
    expect(person.page.get_by_role("option", name="SOL-04")).to_have_count(0)
    person.choose("insatstyp", "Kontaktperson (LSS-04)" if person.is_new else "LSS-04 Kontaktperson")
    person.date("decided", date(2026, 3, 1))
    person.date("interrupted", date(2026, 5, 4))
    person.answer("partly", "Ja")
    person.sees_field("extent")
    person.fill("extent", "3 timmar i veckan")
    person.press("keep")
    expect(person.page.get_by_role("status")).to_be_visible()


def resume_and_tell_why(person: Person) -> None:
    person.follow("list")
    person.page.get_by_role("link", name="B-99001", exact=True).click()
    person.follow("resume")
    person.misses_field("offered on")
    person.choose("reason", "Annat")
    person.answer("offered", "Ja")
    person.sees_field("offered on")
    person.answer("offered", "Nej")
    person.misses_field("offered on")
    person.fill("consequences", "å" * 312)
    person.sees("312 av 1000 tecken")
    person.press("next")
    expect(person.page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    person.fill("description", "Personalen har slutat.")
    person.press("next")


def check_and_send(person: Person) -> None:
    person.sees("4 maj 2026" if person.is_new else "2026-05-04")
    person.sees("3 timmar i veckan")
    person.page.get_by_label(person.words["checked"], exact=True).check()
    person.press("send")
    if person.is_new:
        person.page.get_by_role("dialog").get_by_role("button", name="Ja, lämna in").click()


def test_what_is_said_to_be_wrong_leads_to_its_field(person: Person) -> None:
    """And what is typed elsewhere stays."""
    person.follow("new")
    person.fill("reference", "B-99003")
    person.press("next")

    alert = person.page.get_by_role("alert")
    alert.get_by_role("link", name=person.words["person"]).click()

    expect(person.page.get_by_label(person.words["person"], exact=True)).to_be_in_viewport()
    person.press("next")
    expect(alert.get_by_role("link")).to_have_count(4)


def test_who_is_signed_out_in_the_middle_is_told_so(person: Person) -> None:
    """The start page says it, and nothing looks as if it was saved."""
    person.follow("new")
    control(person.address, "faults", [{"kind": "session_expiry", "count": 1}])

    person.press("next")

    person.sees("Du har loggats ut. Logga in igen." if person.is_new else "Din session har gått ut. Logga in igen.")
    person.follow("sign in")


def test_a_person_reports_an_interruption(person: Person) -> None:
    """Each answer brings the next question; what is wrong is said; a kept draft is resumed; a receipt is the end."""
    tell_who_it_is_about(person)
    tell_of_the_decision_and_pause(person)
    resume_and_tell_why(person)
    check_and_send(person)

    person.sees("IVO-K-0000037")
    person.sees("IVO-2026-000032")
    person.follow("case")
    person.sees("IVO-K-0000037")
    sent = control(person.address, "state")["cases"][-1]["reports"][0]["values"]
    assert {name: value for name, value in sent.items() if value} == {
        "rapporttyp": "nytt avbrott",
        "period": "2026Q3",
        "eget_arendenummer": "B-99001",
        "personnummer": "199001012385",
        "omrade": "OF",
        "skyddade": "ja",
        "lagrum": "9 § 4 LSS",
        "insatstyp": "LSS-04",
        "beslutsdatum": "2026-03-01",
        "avbrottsdatum": "2026-05-04",
        "delvis": "ja",
        "omfattning": "3 timmar i veckan",
        "orsak": "annat",
        "beskrivning": "Personalen har slutat.",
        "erbjudande": "nej",
        "konsekvenser": "å" * 312,
    }


def test_a_follow_up_is_begun_and_discarded(person: Person) -> None:
    """Its kind decides which quarter it is of; what is discarded leaves the case as it was."""
    case = control(person.address, "state")["cases"][-1]
    page = person.page
    page.get_by_role("link", name=case["reference"], exact=True).click()
    person.follow("follow up")
    period = page.get_by_label(person.words["period"], exact=True)
    expect(period.get_by_role("option")).to_have_count(1)
    if person.is_new:
        person.answer("kind", "Ärendet avslutas")
        person.choose("period", "Kvartal 4, 2026")
    else:
        person.choose("kind", "Avslutat av annan anledning")
        person.choose("period", "2026 kvartal 4")
    person.press("keep")
    expect(page.get_by_role("status")).to_be_visible()
    person.follow("list")
    page.get_by_role("link", name=case["reference"], exact=True).click()

    page.on("dialog", lambda dialog: dialog.accept())
    person.press("discard")
    if person.is_new:
        page.get_by_role("dialog").get_by_role("button", name="Ja, radera").click()

    expect(page.get_by_role("status")).to_be_visible()
    assert control(person.address, "state")["cases"][-1] == case
