"""Decisions on support in the mock Lifecare: each is found, and all that is known of it shown in a version's words."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import unescape
from http.client import HTTPConnection, IncompleteRead
from urllib.parse import urlencode, urlsplit

import pytest

from fixtures.lifecare import ui as user_interface
from fixtures.lifecare.seed import seed
from fixtures.mockui.insatser import Offer
from fixtures.mockui.server import Spec, serve
from tests.screens.mock import TODAY, Mock, Truth

KNOWN = ("2023.10", "2024.04")
KINDS = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")

#: A table as it is shown: its headers, then its rows.
Rows = list[list[str]]


def _short(day: str) -> str:
    year, month, number = day.split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"


@dataclass(frozen=True)
class Look:
    """What a version calls things."""

    search: str
    #: The parameters of the search: unit, from, to, page.
    query: tuple[str, str, str, str]
    day: Callable[[str], str]
    absent: str
    until_further_notice: str
    extent: str
    labels: Mapping[str, str]
    columns: Mapping[str, str]
    tables: Mapping[str, tuple[str, list[str]]]
    words: Mapping[str, str]
    answers: Mapping[str, str]


LOOKS = {
    "2023.10": Look(
        search="/beslut",
        query=("enhet", "fran", "till", "sida"),
        day=str,
        absent="",
        until_further_notice="tills vidare",
        extent="{} timmar/månad",
        labels={
            "id": "Beslutsnr", "arende": "Ärende", "name": "Namn", "personnummer": "Personnummer",
            "protection": "Skydd", "deceased": "Avliden", "moved": "Utflyttad", "unit": "Enhet",
            "handlaggare": "Handläggare", "handlaggare_name": "Handläggarens namn", "account": "Handläggarens konto",
            "kind": "Lag", "lagrum": "Lagrum", "insats": "Insats", "code": "Insatskod", "status": "Status",
            "outcome": "Utfall", "decided_by": "Beslutsfattare", "decided": "Beslutsdatum",
            "start": "Gäller fr.o.m.", "end": "Gäller t.o.m.", "extent": "Omfattning",
        },
        columns={
            "id": "Beslutsnr", "arende": "Ärende", "name": "Namn", "personnummer": "Personnummer",
            "protection": "Skydd", "lagrum": "Lagrum", "insats": "Insats", "decided": "Beslutsdatum",
            "status": "Status", "unit": "Enhet", "handlaggare": "Handläggare",
        },
        tables={
            "happenings": ("Verkställighet", ["Datum", "Händelse", "Omfattning", "Orsak"]),
            "offers": ("Erbjudanden", ["Datum", "Erbjudande", "Svar", "Svarsdatum"]),
            "delays": ("Dröjsmål", ["Datum", "Användare", "Orsak", "Anteckning"]),
            "meanwhile": ("Pågående insatser under tiden", ["Insats"]),
        },
        words={
            "": "", "none": "Nej", "sekretessmarkering": "Sekretessmarkering", "active": "Aktivt",
            "utkast": "Utkast", "fastställt": "Fastställt", "avslutat": "Avslutat",
            "bifall": "Bifall", "avslag": "Avslag",
            "nämnden": "Nämnden", "förvaltningsrätten": "Förvaltningsrätten",
            "verkställd": "Verkställd", "delvis verkställd": "Delvis verkställd", "avbruten": "Avbruten",
            "återupptagen": "Återupptagen", "avslutad": "Avslutad",
            "resursbrist bostad": "Resursbrist, bostad", "resursbrist personal": "Resursbrist, personal",
            "resursbrist uppdragstagare": "Resursbrist, uppdragstagare", "önskar vänta": "Önskar vänta",
            "särskilda önskemål": "Särskilda önskemål", "tackat nej": "Tackat nej",
            "personalen slutade": "Personalen slutade", "sjukhusvistelse": "Sjukhusvistelse",
            "ansökan återtagen": "Ansökan återtagen", "behovet har upphört": "Behovet har upphört", "annat": "Annat",
        },
        answers={"": "", "tackat ja": "Tackat ja", "tackat nej": "Tackat nej"},
    ),
    "2024.04": Look(
        search="/bevakning/beslut",
        query=("enhet", "beslutad_fran", "beslutad_till", "page"),
        day=_short,
        absent="–",
        until_further_notice="Tills vidare",
        extent="{} tim/mån",
        labels={
            "id": "Beslutsnr", "arende": "Ärendenr", "name": "Klient", "personnummer": "Personnr",
            "protection": "Sekretess", "deceased": "Avliden", "moved": "Flyttat ut", "unit": "Enhet",
            "handlaggare": "Ansvarig", "handlaggare_name": "Ansvarigs namn", "account": "Ansvarigs konto",
            "kind": "Lagstiftning", "lagrum": "Paragraf", "insats": "Insats", "code": "Kod", "status": "Läge",
            "outcome": "Resultat", "decided_by": "Beslutad av", "decided": "Beslutad",
            "start": "Gäller från", "end": "Gäller till", "extent": "Beviljad tid",
        },
        columns={
            "id": "Nr", "arende": "Ärendenr", "name": "Klient", "personnummer": "Personnr",
            "protection": "Sekretess", "lagrum": "Paragraf", "insats": "Insats", "decided": "Beslutad",
            "status": "Läge", "unit": "Enhet", "handlaggare": "Ansvarig",
        },
        tables={
            "happenings": ("Genomförande", ["När", "Vad", "Omfattning", "Anledning"]),
            "offers": ("Erbjudet", ["Erbjudet den", "Vad", "Svar", "Besvarat den"]),
            "delays": ("Förseningar", ["När", "Vem", "Anledning", "Kommentar"]),
            "meanwhile": ("Insatser under tiden", ["Insats"]),
        },
        words={
            "": "–", "none": "Ingen", "sekretessmarkering": "Sekretess", "active": "Aktiv",
            "utkast": "Utkast", "fastställt": "Gällande", "avslutat": "Avslutad",
            "bifall": "Beviljad", "avslag": "Avslagen",
            "nämnden": "Nämnd", "förvaltningsrätten": "Domstol",
            "verkställd": "Påbörjad", "delvis verkställd": "Delvis påbörjad", "avbruten": "Avbrott",
            "återupptagen": "Påbörjad igen", "avslutad": "Upphörd",
            "resursbrist bostad": "Brist på bostäder", "resursbrist personal": "Brist på personal",
            "resursbrist uppdragstagare": "Brist på uppdragstagare", "önskar vänta": "Vill vänta",
            "särskilda önskemål": "Egna önskemål", "tackat nej": "Tackade nej",
            "personalen slutade": "Personal har slutat", "sjukhusvistelse": "På sjukhus",
            "ansökan återtagen": "Återtagen ansökan", "behovet har upphört": "Inget behov längre",
            "annat": "Annan anledning",
        },
        answers={"": "–", "tackat ja": "Ja", "tackat nej": "Nej"},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What came back from the mock."""

    status: int
    location: str | None
    kind: str
    text: str


@dataclass(frozen=True)
class Found:
    """One page of the search: what it says of itself, and the rows under its headers."""

    total: int
    number: int
    pages: int
    next: str | None
    rows: Rows


@dataclass
class Reader:
    """Somebody who reads decisions in one version, and the truth behind them."""

    mock: Mock
    look: Look
    cookie: str = ""

    def get(self, path: str) -> Answer:
        """Read one address, following nothing."""
        with closing(HTTPConnection(urlsplit(self.mock.url).netloc, timeout=10)) as connection:
            connection.request("GET", path, headers={"Cookie": self.cookie} if self.cookie else {})
            answer = connection.getresponse()
            kind = answer.getheader("content-type") or ""
            return Answer(answer.status, answer.getheader("location"), kind, answer.read().decode())

    def insatser(self) -> list[Truth]:
        """Return the truth about every decision."""
        found: list[Truth] = self.mock.state()["insatser"]
        return found

    def one(self, scene: str) -> Truth:
        """Return the truth about the decision of a scene."""
        return next(each for each in self.insatser() if each["scene"] == scene)

    def address(self, unit: str = "", since: str = "", until: str = "", page: str = "") -> str:
        """Return the address of a search."""
        asked = dict(zip(self.look.query, (unit, since, until, page), strict=True))
        return f"{self.look.search}?{urlencode(asked)}"

    def search(self, address: str) -> Found:
        """Read one page of a search that finds something."""
        text = self.get(address).text
        number, pages = map(int, re.findall(r"Sida (\d+) av (\d+)<", text)[0])
        onward = re.search(r'<a (?:rel="next" )?href="([^"]*)">Nästa', text)
        total = re.search(r'class="antal">(?:Visar .* av )?(\d+)(?: beslut)?<', text)
        assert total, text
        return Found(int(total[1]), number, pages, onward and unescape(onward[1]), self._list(text))

    def search_all(self, **asked: str) -> Rows:
        """Read all pages of a search, from link to link; the headers are left out."""
        rows: Rows = []
        at: str | None = self.address(**asked)
        while at:
            found = self.search(at)
            rows += found.rows[1:]
            at = found.next
        assert len(rows) == found.total
        return rows

    def open(self, key: str) -> str:
        """Read a decision's page."""
        answer = self.get(f"{self.look.search}/{key}")
        assert answer.status == 200
        return answer.text

    def facts(self, key: str) -> dict[str, str]:
        """Read the facts of a decision, by their labels."""
        text = self.open(key)
        pairs = _tables(text)["Uppgifter"] if self.mock.ui == "2023.10" else _pairs(text)
        facts = {label: value for label, value in pairs}  # noqa: C416 - each pair is a list
        assert len(facts) == len(pairs), "a label stands there twice"
        return facts

    def tables(self, key: str) -> dict[str, Rows]:
        """Read the tables of a decision by name, headers first; one that is shown as empty has no rows at all."""
        text = self.open(key)
        if self.mock.ui == "2023.10":
            empty = re.findall(r"<h2>(.*)</h2>\s*<p class=\"tom \w+\">Inga uppgifter\.</p>", text)
            filled = _tables(text)
            del filled["Uppgifter"]
            return {**{name: [] for name in empty}, **filled}
        address, tables = (unescape(each) for each in re.findall(r'data-(?:hamtas|tabeller)="(.*?)"', text))
        rows = json.loads(self.get(address).text)
        assert set(rows) == {key for key, _ in json.loads(tables)}
        return {t["name"]: [t["columns"], *rows[key]] if rows[key] else [] for key, t in json.loads(tables)}

    def _list(self, text: str) -> Rows:
        if self.mock.ui == "2023.10":
            return _tables(text)["Beslut"]
        rows: Rows = json.loads(re.findall(r'id="rader">(.*)</script>', text)[0])
        return [re.findall(r'role="columnheader">(.*?)<', text), *rows]


def _tables(text: str) -> dict[str, Rows]:
    """Return the tables of a page by their captions."""
    found = re.findall(r"<caption>(.*?)</caption>(.*?)</table>", text, re.DOTALL)
    return {name: [_cells(row) for row in re.findall(r"<tr.*?>.*?</tr>", body)] for name, body in found}


def _cells(row: str) -> list[str]:
    return [unescape(re.sub("<.*?>", "", cell)) for _, cell in re.findall(r"<(t[dh])\b.*?>(.*?)</\1>", row)]


def _pairs(text: str) -> Rows:
    return [[unescape(each) for each in pair] for pair in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text)]


# What ought to be shown, from the truth.


def facts_of(look: Look, state: Truth, each: Truth) -> dict[str, str]:
    """Return the facts of a decision by name, in a version's words."""
    handlaggare = next(one for one in state["handlaggare"] if one["id"] == each["handlaggare"])
    words = ("protection", "status", "outcome", "decided_by")
    days = ("deceased", "moved", "decided", "start")
    as_is = ("id", "arende", "name", "unit", "handlaggare", "kind", "lagrum", "insats", "code")
    return {
        **{name: each[name] for name in as_is},
        **{name: look.words[each[name]] for name in words},
        **{name: _day(look, each[name]) for name in days},
        "personnummer": each["personnummer"] or look.absent,
        "handlaggare_name": handlaggare["name"],
        "account": look.words["active" if handlaggare["active"] else "inactive"],
        "end": look.day(each["end"]) if each["end"] else look.until_further_notice,
        "extent": _extent(look, each["extent"]),
    }


def tables_of(look: Look, each: Truth) -> dict[str, Rows]:
    """Return the tables of a decision by name, in a version's words."""
    rows = {
        "happenings": [
            [look.day(row["on"]), look.words[row["what"]], _extent(look, row["extent"]), look.words[row["why"]]]
            for row in each["happenings"]
        ],
        "offers": [
            [look.day(row["on"]), row["what"], look.answers[row["answer"]], _day(look, row["answered"])]
            for row in each["offers"]
        ],
        "delays": [[look.day(row["on"]), row["user"], look.words[row["why"]], row["text"]] for row in each["delays"]],
        "meanwhile": [[insats] for insats in each["meanwhile"]],
    }
    return {name: [columns, *rows[key]] if rows[key] else [] for key, (name, columns) in look.tables.items()}


def _day(look: Look, day: str | None) -> str:
    return look.day(day) if day else look.absent


def _extent(look: Look, hours: int | None) -> str:
    return look.absent if hours is None else look.extent.format(hours)


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Serve every version once; tests put theirs back to the beginning."""
    versions = user_interface.versions()
    with serve([Spec("lifecare", ui=each, rows=60, today=TODAY, name=each) for each in versions]) as urls:
        yield urls


@pytest.fixture(params=KNOWN)
def stranger(request: pytest.FixtureRequest, addresses: dict[str, str]) -> Reader:
    """Return somebody at a freshly reset mock who has not signed in, once for every known version."""
    return Reader(Mock(addresses[request.param], request.param).fresh(), LOOKS[request.param])


@pytest.fixture
def reader(stranger: Reader) -> Reader:
    """Return somebody who has signed in."""
    stranger.cookie = stranger.mock.cookie()
    return stranger


# A decision.


def test_every_fact_of_every_decision_is_shown(reader: Reader) -> None:
    """What a page leaves out, or says in another version's words, is missing from reports. The scene is no fact."""
    state = reader.mock.state()

    for each in state["insatser"]:
        expected = {reader.look.labels[name]: value for name, value in facts_of(reader.look, state, each).items()}
        assert reader.facts(each["id"]) == expected, each["scene"]


def test_what_became_of_every_decision_is_shown(reader: Reader) -> None:
    """Whether support is late is told by these tables; an empty one says that it is."""
    for each in reader.insatser():
        assert reader.tables(each["id"]) == tables_of(reader.look, each), each["scene"]


def test_a_person_without_a_number_is_shown_without(reader: Reader) -> None:
    """Nothing that looks like a number may stand where there is none."""
    key = reader.one("has no number")["id"]

    assert reader.facts(key)[reader.look.labels["personnummer"]] == reader.look.absent


@pytest.mark.parametrize("version", KNOWN)
def test_an_offer_without_an_answer_says_so(version: str) -> None:
    """An answer that has not come is neither yes nor no. No scene of the seed has one, so it is made here."""
    look = LOOKS[version]
    offered = next(each for each in seed(60, 1, TODAY).insatser.values() if each.offers)
    waiting = replace(offered, offers=(Offer(TODAY, "Lägenhet, Råå"),))

    shown = user_interface.load(version).insats_tables(waiting)["erbjudanden"]

    assert shown == [(look.day(TODAY.isoformat()), "Lägenhet, Råå", look.absent, look.absent)]


def test_there_is_no_page_of_an_unknown_decision(reader: Reader) -> None:
    """A wrong number is no decision without facts."""
    assert reader.get(f"{reader.look.search}/B-1").status == 404
    answer = reader.get("/api/beslut/B-1/handelser")
    assert (answer.status, answer.kind) == (404, "application/json")


# The search.


def test_the_search_finds_every_decision_once_in_the_order_of_their_numbers(reader: Reader) -> None:
    """A bot that turns all pages has seen all there is, each under the headers of its version."""
    state = reader.mock.state()
    look = reader.look
    facts = [facts_of(look, state, each) for each in state["insatser"]]

    assert reader.search(reader.address()).rows[0] == list(look.columns.values())
    expected = sorted([each[name] for name in look.columns] for each in facts)
    assert reader.search_all() == expected
    assert len(expected) == 60


def test_a_page_holds_25_and_says_how_many_there_are(reader: Reader) -> None:
    """The last page holds what is left, and a page past it is the last."""
    pages = [reader.search(reader.address(page=number)) for number in ("", "2", "3", "4")]

    assert [(each.total, each.number, each.pages, len(each.rows) - 1) for each in pages] == [
        (60, 1, 3, 25),
        (60, 2, 3, 25),
        (60, 3, 3, 10),
        (60, 3, 3, 10),
    ]


def test_the_units_add_up_to_all(reader: Reader) -> None:
    """Each decision belongs to one unit, and is found under that alone."""
    truth = Counter(each["unit"] for each in reader.insatser())
    choices = re.findall(r'<option value="(.+?)">', reader.get(reader.address()).text)
    assert choices == sorted(truth)

    for unit in choices:
        rows = reader.search_all(unit=unit)
        assert {row[list(reader.look.columns).index("unit")] for row in rows} == {unit}
        assert len(rows) == truth[unit]


def test_a_period_holds_its_first_and_its_last_day(reader: Reader) -> None:
    """A decision on the quarter's last day is in the quarter, and what lies around a period adds up with it to all."""
    days = sorted(each["decided"] for each in reader.insatser())
    first, last = days[20], days[-5]
    before = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
    after = (date.fromisoformat(last) + timedelta(days=1)).isoformat()

    found = {row[0] for row in reader.search_all(since=first, until=last)}

    assert found == {each["id"] for each in reader.insatser() if first <= each["decided"] <= last}
    assert len(found) + len(reader.search_all(until=before)) + len(reader.search_all(since=after)) == 60


def test_unit_and_period_hold_together_and_on_every_page(reader: Reader) -> None:
    """The second page of a search must not be the second page of everything."""
    reader.mock.fresh(rows=300)
    reader.cookie = reader.mock.cookie()
    unit, since = "Äldreomsorg", "2025-08-01"
    truth = [each["id"] for each in reader.insatser() if each["unit"] == unit and each["decided"] >= since]
    assert len(truth) > 25

    assert [row[0] for row in reader.search_all(unit=unit, since=since)] == truth
    text = reader.get(reader.address(unit=unit, since=since)).text
    assert f'value="{unit}" selected' in text
    assert f'value="{since}"' in text


def test_a_search_that_finds_nothing_says_so(reader: Reader) -> None:
    """No decision in a period is an answer, not a broken page."""
    answer = reader.get(reader.address(until="1999-12-31"))

    assert answer.status == 200
    assert {"2023.10": "Inga beslut.", "2024.04": "Inga beslut att visa."}[reader.mock.ui] in answer.text


@pytest.mark.parametrize("day", ["2026-02-30", "i går", "1 mar 2026"])
def test_a_day_that_cannot_be_read_is_refused(reader: Reader, day: str) -> None:
    """Nothing found and everything found would both be wrong answers to a question that was not understood."""
    answer = reader.get(reader.address(since=day))

    assert answer.status == 422
    assert re.search(r'role="alert"[^>]*>[^<]*ÅÅÅÅ-MM-DD', answer.text)
    assert not re.search(r"B-\d{5}", answer.text)


@pytest.mark.parametrize("scene", ["protected", "protection unknown"])
def test_a_protected_person_is_flagged_in_the_search_and_on_the_page(reader: Reader, scene: str) -> None:
    """Who reads must be able to stop at the flag; an unknown one is not none."""
    truth = reader.one(scene)
    flag = reader.look.words[truth["protection"]]
    column = list(reader.look.columns).index("protection")

    [row] = [row for row in reader.search_all() if row[0] == truth["id"]]
    assert row[column] == reader.facts(truth["id"])[reader.look.labels["protection"]] == flag
    assert flag != reader.look.words["none"]


# Who may read, and what can go wrong.


def test_who_is_signed_out_is_led_to_the_sign_in_page(stranger: Reader) -> None:
    """Nobody reads about people without an account."""
    key = stranger.insatser()[0]["id"]

    for path in (stranger.address(), f"{stranger.look.search}/{key}"):
        answer = stranger.get(path)
        assert (answer.status, answer.location) == (
            303,
            {"2023.10": "/logga-in", "2024.04": "/inloggning"}[stranger.mock.ui],
        )
    if stranger.mock.ui == "2024.04":
        assert stranger.get(f"/api/beslut/{key}/handelser").status == 401


def test_the_way_there_goes_from_the_start_page(reader: Reader) -> None:
    """A person finds the search without knowing its address."""
    start = reader.get(user_interface.load(reader.mock.ui).path("start")).text

    assert f'<a href="{reader.look.search}">Sök beslut om insatser</a>' in start


def test_any_role_may_read(reader: Reader) -> None:
    """Who may only read is not kept from it."""
    names = user_interface.load(reader.mock.ui).wording["fields"]
    reader.mock._post("role", reader.cookie, {names["role"]: "Läsbehörighet"})

    assert "Läsbehörighet" in reader.get(reader.address()).text
    assert reader.facts(reader.insatser()[0]["id"])


@pytest.mark.parametrize(
    ("fault", "mark"),
    [
        ({"kind": "modal"}, "Driftinformation"),
        ({"kind": "logout", "seconds": 9}, "setTimeout"),
        ({"kind": "slow_asset", "seconds": 9}, "?slow=9"),
    ],
)
def test_a_page_is_disturbed_as_every_page_is(reader: Reader, fault: dict[str, object], mark: str) -> None:
    """A bot that reads decisions is tried by the same nights as one that removes reminders."""
    key = reader.insatser()[0]["id"]

    for path in (reader.address(), f"{reader.look.search}/{key}"):
        reader.mock.faults({**fault, "count": 1})
        assert mark in reader.get(path).text
        assert mark not in reader.get(path).text


def test_an_answer_is_lost_as_every_answer_is(reader: Reader) -> None:
    """The session ends, or the line does, in the middle of reading."""
    reader.mock.faults({"kind": "download_cut", "count": 1})
    with pytest.raises(IncompleteRead):
        reader.get(reader.address())

    reader.mock.faults({"kind": "session_expiry", "count": 1})
    answer = reader.get(reader.address())
    assert answer.location
    assert answer.location.endswith("?utgangen=1")


def test_reading_decisions_changes_nothing(reader: Reader) -> None:
    """A report may be made as often as one likes."""
    before = reader.mock.state()

    reader.facts(reader.search_all()[0][0])

    assert reader.mock.state() == before
    assert reader.mock.attempts() == []


@pytest.mark.parametrize("version", user_interface.versions())
def test_every_version_serves_the_files_of_its_pages(addresses: dict[str, str], version: str) -> None:
    """Later versions inherit the pages, and no file of a page is missing in any of them."""
    mock = Mock(addresses[version], version).fresh()
    reader = Reader(mock, LOOKS["2023.10" if version == "2023.10" else "2024.04"], mock.cookie())
    key = reader.insatser()[0]["id"]

    for path in (reader.address(), f"{reader.look.search}/{key}"):
        text = reader.get(path).text
        assert f'<meta name="app-version" content="{version}">' in text
        for file in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
            answer = reader.get(file)
            assert (answer.status, answer.kind) == (200, KINDS[file.rpartition(".")[2]])


# The seed.


@pytest.mark.parametrize("rows", [1, 60, 2500])
def test_there_are_as_many_decisions_as_reminders(rows: int) -> None:
    """A trial needs as many rows as it needs, of both, in the order of the search."""
    found = seed(rows, 1, TODAY).insatser

    assert len(found) == rows
    assert list(found) == sorted(found)
