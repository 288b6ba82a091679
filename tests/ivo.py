"""Mock IVO beside the browser: a client that does what its pages would send, and reads the truth behind them."""

import json
import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode, urlsplit

from fixtures.ivo import ui as user_interface

CARE = "Vård- och omsorgsförvaltningen"
SOCIAL = "Socialförvaltningen"
REFERENCE = "B-99001"

PERSON = {
    "rapporttyp": "nytt ej verkställt",
    "period": "2026Q3",
    "eget_arendenummer": REFERENCE,
    "personnummer": "199001012385",
    "omrade": "OF",
}
DECISION = {"lagrum": "9 § 3 LSS", "insatstyp": "LSS-03", "beslutsdatum": "2026-03-01", "delvis": "nej"}
REASON = {"orsak": "resursbrist personal", "erbjudande": "nej", "beskrivning": "Personal saknas."}


@dataclass
class Answer:
    """What came back from the mock."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def said(self) -> str:
        """All that it says, as a person or a script reads it."""
        return json.dumps(json.loads(self.text), ensure_ascii=False) if self.is_json else unescape(self.text)

    @property
    def is_json(self) -> bool:
        """Whether a script reads it."""
        return self.headers.get("content-type") == "application/json"

    @property
    def leads_to(self) -> str:
        """The address of the page that comes next."""
        address: str = json.loads(self.text)["address"] if self.is_json else self.headers["location"]
        return address

    @property
    def refused(self) -> list[str]:
        """The ids of the fields that it links to as wrong."""
        links: list[str] = (
            [each["link"] for each in json.loads(self.text)["problems"]]
            if self.is_json
            else re.findall(r'<li><a href="([^"]*#[^"]+)"', self.text)
        )
        return [each.rpartition("#")[2] for each in links]


@dataclass
class Client:
    """A browser without a screen: keeps the session cookie, follows nothing, sends what the version's page would."""

    url: str
    version: str
    cookie: str = ""
    ui: user_interface.Ui = field(init=False)

    def __post_init__(self) -> None:
        """Learn the version's addresses and field names."""
        self.ui = user_interface.load(self.version)

    def send(self, method: str, path: str, body: str | None = None, kind: str = "") -> Answer:
        """Send one request on a connection of its own."""
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=10)) as connection:
            headers = {"Cookie": self.cookie} if self.cookie else {}
            headers |= {"Content-Type": kind} if kind else {}
            connection.request(method, path, body.encode() if body is not None else None, headers)
            answer: HTTPResponse = connection.getresponse()
            if cookie := answer.getheader("set-cookie"):
                self.cookie = cookie.split(";")[0]
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read().decode())

    def get(self, path: str) -> Answer:
        """Read a page."""
        return self.send("GET", path)

    def form(self, path: str, **fields: str) -> Answer:
        """Send a plain form."""
        return self.send("POST", path, urlencode(fields), "application/x-www-form-urlencoded")

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send what the wizard sends, in this version's way."""
        if self.ui.is_drawn_by_script:
            return self.send("POST", path, json.dumps(fields), "application/json")
        return self.form(path, **fields)

    def identify(self, person: str = "Ragnhild Test", code: str | None = None) -> Answer:
        """Show who one is, with the code that the page shows."""
        found = re.search(r'class="kod">(\d+)<', self.get(self.ui.path("identify")).text)
        assert found is not None
        names = self.ui.wording["controls"]
        return self.form(self.ui.path("identify"), **{names["person"]: person, names["code"]: code or found[1]})

    def sign_in(self, forvaltning: str = CARE, person: str = "Ragnhild Test") -> "Client":
        """Sign in as a person does, for a förvaltning."""
        self.identify(person)
        self.form(self.ui.path("office"), **{self.ui.wording["controls"]["office"]: forvaltning})
        return self

    # The wizard.

    def typed(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return canonical values as this version's fields take them."""
        sent: dict[str, str] = {}
        for name, value in values.items():
            own = self.ui.wording["fields"][name]
            if self.ui.wording["dates"] == "parts" and name.endswith("datum"):
                parts = value.split("-")
                sent |= dict(zip((f"{own}-{each}" for each in self.ui.wording["date_parts"]), parts, strict=False))
            else:
                sent[own] = value
        return sent

    def begin(self, values: Mapping[str, str] = PERSON, case: str | None = None, action: str = "nasta") -> Answer:
        """Send the first step of a new report, or of one on a case."""
        path = self.ui.path("create_follow_up", id=case) if case else self.ui.path("create")
        return self.post(path, {**self.typed(values), self.ui.wording["controls"]["action"]: action})

    def save(
        self, report: str, step: str, values: Mapping[str, str], action: str = "nasta", version: int | None = None
    ) -> Answer:
        """Send a step of a draft as somebody who sees it as it is now, or as it was at a version."""
        names = self.ui.wording["controls"]
        seen = {names["version"]: str(version or self.report(report)["version"]), names["action"]: action}
        return self.post(self.ui.path(f"save_{step}", id=report), {**self.typed(values), **seen})

    def send_in(self, report: str, version: int | None = None, *, checked: bool = True) -> Answer:
        """Send a draft to IVO."""
        names = self.ui.wording["controls"]
        sent = {names["version"]: str(version or self.report(report)["version"])}
        return self.post(self.ui.path("send", id=report), sent | ({names["kontrollerat"]: "ja"} if checked else {}))

    def discard(self, report: str, version: int | None = None) -> Answer:
        """Throw a draft away."""
        seen = {self.ui.wording["controls"]["version"]: str(version or self.report(report)["version"])}
        return self.post(self.ui.path("discard", id=report), seen)

    def draft(self, case: str | None = None, **changes: str) -> str:
        """Begin a draft and return its id."""
        before = {each["id"] for each in self.reports()}
        self.begin(PERSON | changes, case)
        (made,) = {each["id"] for each in self.reports()} - before
        return str(made)

    def complete(self, case: str | None = None, *steps: Mapping[str, str], **changes: str) -> str:
        """Fill in a draft so that it can be sent, and return its id."""
        report = self.draft(case, **changes)
        for step, values in zip(("beslut", "orsak"), steps or (DECISION, REASON), strict=False):
            assert self.save(report, step, values).status in (200, 303)
        return report

    # The truth.

    def state(self) -> dict[str, Any]:
        """Read the truth."""
        answer: dict[str, Any] = json.loads(self.get("/__mock__/state").text)
        return answer

    def reports(self) -> list[dict[str, Any]]:
        """Read the truth about all reports."""
        return [report for case in self.state()["cases"] for report in case["reports"]]

    def report(self, key: str) -> dict[str, Any]:
        """Read the truth about one report."""
        return next(each for each in self.reports() if each["id"] == key)

    def case(self, reference: str = REFERENCE) -> dict[str, Any]:
        """Read the truth about the newest case of a reference."""
        found: dict[str, Any] = [each for each in self.state()["cases"] if each["reference"] == reference][-1]
        return found

    def journal(self) -> list[tuple[str, str, bool]]:
        """Read what was tried and what was changed."""
        rows = json.loads(self.get("/__mock__/journal").text)
        return [(row["kind"], row["key"], row["committed"]) for row in rows]

    def faults(self, *specs: Mapping[str, object]) -> None:
        """Replace the faults."""
        assert self.send("POST", "/__mock__/faults", json.dumps(specs)).status == 200

    def codes(self, body: object) -> Answer:
        """Change the code lists."""
        return self.send("POST", "/__mock__/codes", json.dumps(body))

    def move_to(self, day: str) -> None:
        """Let time pass until a day."""
        assert self.send("POST", "/__mock__/today", json.dumps({"today": day})).status == 200

    def id_of(self, name: str) -> str:
        """Return the id of a field on the page."""
        found: str = self.ui.wording["id"].format(name=self.ui.wording["fields"].get(name, name))
        return found
