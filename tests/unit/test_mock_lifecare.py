"""Mock Lifecare: it keeps its word on state, journal, rules and faults, whatever it looks like."""

import json
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from fixtures.lifecare import ui as user_interface
from fixtures.lifecare.seed import seed
from fixtures.mockui.faults import Fault, parse
from fixtures.mockui.people import check_digit, personnummer
from fixtures.mockui.server import PortTaken, Spec, UnknownSystem, serve, systems

TODAY = date(2026, 3, 31)
REASON = "Dubblett av en äldre påminnelse."
KNOWN = ("2023.10", "2024.04")


@dataclass
class Answer:
    """What came back from the mock."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.text)


@dataclass
class Client:
    """A browser without a screen: keeps the session cookie, follows nothing."""

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
            cookie = answer.getheader("set-cookie")
            if cookie:
                self.cookie = cookie.split(";")[0]
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read().decode())

    def get(self, path: str) -> Answer:
        """Read a page."""
        return self.send("GET", path)

    def form(self, path: str, **fields: str) -> Answer:
        """Send a form."""
        return self.send("POST", path, urlencode(fields), "application/x-www-form-urlencoded")

    def sign_in(self, role: str = "Handläggare LSS") -> "Client":
        """Sign in as the robot in a role."""
        names = self.ui.wording["fields"]
        self.form(self.ui.path("sign_in"), **{names["user"]: "robot", names["password"]: "flotta-mock"})
        self.form(self.ui.path("role"), roll=role)
        return self

    def open(self, key: str) -> Answer:
        """Read a reminder's page."""
        return self.get(self.ui.path("reminder", id=key))

    def remove(self, key: str, version: int, reason: str = REASON) -> Answer:
        """Send a removal the way this version's page does."""
        path, names = self.ui.path("remove", id=key), self.ui.wording["fields"]
        sent = {names["reason"]: reason, names["version"]: str(version)}
        if self.ui.wording["answers"] == "json":
            return self.send("POST", path, json.dumps(sent), "application/json")
        return self.form(path, **sent)

    def state(self) -> dict[str, Any]:
        """Read the truth."""
        answer: dict[str, Any] = self.get("/__mock__/state").json()
        return answer

    def reminder(self, key: str) -> dict[str, Any]:
        """Read the truth about one reminder."""
        found: dict[str, Any] = next(each for each in self.state()["paminnelser"] if each["id"] == key)
        return found

    def journal(self) -> list[tuple[str, bool]]:
        """Read which keys were tried and which were changed."""
        return [(row["key"], row["committed"]) for row in self.get("/__mock__/journal").json()]

    def faults(self, *specs: Mapping[str, object]) -> None:
        """Replace the faults."""
        assert self.send("POST", "/__mock__/faults", json.dumps(specs)).status == 200


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Serve every known version once; tests put them back to the beginning."""
    with serve([Spec("lifecare", ui=each, rows=60, today=TODAY, name=each) for each in KNOWN]) as urls:
        yield urls


@pytest.fixture(params=KNOWN)
def lifecare(request: pytest.FixtureRequest, addresses: dict[str, str]) -> Client:
    """Return a client of a freshly reset mock, once for every known version."""
    client = Client(addresses[request.param], request.param)
    client.send("POST", "/__mock__/faults", "[]")
    client.send("POST", "/__mock__/reset")
    return client


def an_active_reminder(client: Client) -> tuple[str, int]:
    """Return the id and version of some active reminder."""
    found = next(each for each in client.state()["paminnelser"] if each["status"] == "aktiv")
    return found["id"], found["version"]


# The removal.


def test_a_removal_leaves_a_receipt_and_the_reminder_readable(lifecare: Client) -> None:
    """The proof of a removal is read from the reminder's own page afterwards."""
    key, version = an_active_reminder(lifecare.sign_in())

    answer = lifecare.remove(key, version)

    assert answer.status in (200, 303)
    after = lifecare.reminder(key)
    assert after["status"] == "borttagen"
    assert after["removed"] | {"time": ""} == {"time": "", "by": "robot", "reason": REASON, "kvittens": "KV-000001"}
    assert after["history"][-1]["event"] == "borttagen"
    said = lifecare.open(key).text + answer.text
    assert f"Påminnelse {key} togs bort. Kvittens KV-000001." in said
    assert lifecare.journal() == [(key, False), (key, True)]


def test_a_removed_reminder_leaves_the_list(lifecare: Client) -> None:
    """People see what is left to do."""
    key, version = an_active_reminder(lifecare.sign_in())
    assert f'"{key}"' in lifecare.get(lifecare.ui.path("list")).text.replace(">", '"').replace("<", '"')

    lifecare.remove(key, version)

    assert key not in lifecare.get(lifecare.ui.path("list")).text


def test_a_second_removal_is_refused_and_changes_nothing(lifecare: Client) -> None:
    """A receipt is given once."""
    key, version = an_active_reminder(lifecare.sign_in())
    lifecare.remove(key, version)
    before = lifecare.state()

    answer = lifecare.remove(key, version)

    assert answer.status == 409
    assert "Påminnelsen är redan borttagen." in answer.text
    assert lifecare.state() == before
    assert lifecare.journal() == [(key, False), (key, True), (key, False)]


def test_a_removal_of_an_older_version_is_refused(lifecare: Client) -> None:
    """Somebody else's change must be seen before the reminder goes."""
    key, version = an_active_reminder(lifecare.sign_in())

    answer = lifecare.remove(key, version - 1)

    assert answer.status == 409
    assert "Påminnelsen har ändrats av någon annan" in answer.text
    assert lifecare.journal() == [(key, False)]


@pytest.mark.parametrize("reason", ["", "abcd", "  abc   ", "x" * 501])
def test_a_removal_needs_a_reason_of_5_to_500_characters(lifecare: Client, reason: str) -> None:
    """The history must say why, in a readable length."""
    key, version = an_active_reminder(lifecare.sign_in())

    answer = lifecare.remove(key, version, reason)

    assert answer.status == 422
    assert "Ange en orsak på 5 till 500 tecken." in answer.text
    assert lifecare.journal() == [(key, False)]


@pytest.mark.parametrize("role", ["Administratör", "Läsbehörighet"])
def test_only_a_handlaggare_may_remove(lifecare: Client, role: str) -> None:
    """The wrong role is refused by the server, not only by a hidden button."""
    key, version = an_active_reminder(lifecare.sign_in(role))

    assert lifecare.ui.path("remove", id=key) not in lifecare.open(key).text
    assert lifecare.remove(key, version).status == 403
    assert lifecare.journal() == [(key, False)]


def test_a_removal_by_nobody_is_journaled_and_refused(lifecare: Client) -> None:
    """The journal is the witness of every attempt that reaches the server."""
    key, version = an_active_reminder(lifecare)

    assert lifecare.remove(key, version).status in (303, 401)
    assert lifecare.journal() == [(key, False)]
    assert lifecare.reminder(key)["removed"] is None


# Sessions and pages.


def test_a_lost_session_leads_to_the_sign_in_page_that_says_so(lifecare: Client) -> None:
    """A bot can tell an expired session from one that never was."""
    assert lifecare.get(lifecare.ui.path("list")).headers["location"] == lifecare.ui.path("sign_in")
    lifecare.sign_in()
    lifecare.faults({"kind": "session_expiry", "count": 1})

    answer = lifecare.get(lifecare.ui.path("list"))

    assert answer.status == 303
    assert "Din session har gått ut. Logga in igen." in lifecare.get(answer.headers["location"]).text


def test_a_wrong_password_is_refused(lifecare: Client) -> None:
    """Nobody gets in by the name alone."""
    names = lifecare.ui.wording["fields"]

    answer = lifecare.form(lifecare.ui.path("sign_in"), **{names["user"]: "robot", names["password"]: "hemligt"})

    assert answer.status == 401
    assert 'role="alert"' in answer.text
    assert lifecare.cookie == ""


def test_every_page_tells_its_version(lifecare: Client) -> None:
    """Two probes must agree on the version wherever the bot lands, on error pages too."""
    key, _ = an_active_reminder(lifecare.sign_in())
    person = lifecare.reminder(key)["person"]
    paths = ["sign_in", "role", "start", "list"]
    pages = [lifecare.get(lifecare.ui.path(each)) for each in paths]
    pages += [lifecare.open(key), lifecare.get(lifecare.ui.path("person", id=person)), lifecare.get("/finns-inte")]

    for page in pages:
        assert f'<meta name="app-version" content="{lifecare.version}">' in page.text
        assert re.search(r'src="/static/lifecare\.[0-9a-f]{8}\.js"', page.text)
    assert pages[-1].status == 404


def test_static_files_may_be_kept_for_ever_and_differ_by_version() -> None:
    """The name of the script is a probe for the version, so no two versions may share one."""
    scripts = {user_interface.load(each).script.path for each in user_interface.versions()}

    assert len(scripts) == len(user_interface.versions()) >= 3


def test_the_pages_of_the_list_hold_every_reminder_once(lifecare: Client) -> None:
    """A bot that turns all pages has seen all there is."""
    lifecare.sign_in()
    page = lifecare.ui.wording["query"]["page"]
    texts = [lifecare.get(f"{lifecare.ui.path('list')}?{page}={number}").text for number in (1, 2, 3)]

    found = [key for text in texts for key in dict.fromkeys(re.findall(r"P-\d{5}", text))]

    assert found == [each["id"] for each in lifecare.state()["paminnelser"]]
    assert "Sida 2 av 3" in texts[1]


def test_looking_changes_nothing(lifecare: Client) -> None:
    """A plan may be made as often as one likes."""
    key, _ = an_active_reminder(lifecare.sign_in())
    before = lifecare.state()

    lifecare.open(key)
    lifecare.get(lifecare.ui.path("list"))
    lifecare.get(lifecare.ui.path("panel", id=before["persons"][0]["id"]))

    assert lifecare.state() == before


# Faults.


def test_an_error_before_the_commit_changes_nothing(lifecare: Client) -> None:
    """A 502 doesn't say whether it happened; here it did not."""
    key, version = an_active_reminder(lifecare.sign_in())
    lifecare.faults({"kind": "error_before_commit", "count": 1, "of": "remove"})

    answer = lifecare.remove(key, version)

    assert answer.status == 502
    assert "app-version" not in answer.text
    assert lifecare.journal() == [(key, False)]


def test_an_error_after_the_commit_hides_a_removal_that_happened(lifecare: Client) -> None:
    """The same 502, and here it did: this is what `uncertain` is for."""
    key, version = an_active_reminder(lifecare.sign_in())
    lifecare.faults({"kind": "error_after_commit", "count": 1, "of": "remove"})

    assert lifecare.remove(key, version).status == 502
    assert lifecare.journal() == [(key, False), (key, True)]


def test_a_late_commit_cuts_the_answer_and_lands_afterwards(lifecare: Client) -> None:
    """A server may do a thing after the client was gone."""
    key, version = an_active_reminder(lifecare.sign_in())
    lifecare.faults({"kind": "commit_late", "count": 1, "seconds": 0.1, "of": "remove"})

    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        lifecare.remove(key, version)

    assert lifecare.journal() == [(key, False)]
    deadline = time.monotonic() + 5
    while lifecare.reminder(key)["removed"] is None:
        assert time.monotonic() < deadline
    assert lifecare.journal() == [(key, False), (key, True)]


def test_a_late_commit_does_not_land_on_a_removed_reminder(lifecare: Client) -> None:
    """Two removals of one reminder never both count."""
    key, version = an_active_reminder(lifecare.sign_in())
    lifecare.faults({"kind": "commit_late", "count": 1, "seconds": 0.1})
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        lifecare.remove(key, version)
    lifecare.remove(key, version)
    other = next(each for each in lifecare.state()["paminnelser"] if each["id"] != key and each["status"] == "aktiv")
    lifecare.faults({"kind": "latency", "count": 1, "seconds": 0.2, "on": "write"})

    lifecare.remove(other["id"], other["version"])

    assert lifecare.journal().count((key, True)) == 1


def test_a_stale_row_is_changed_after_it_was_shown(lifecare: Client) -> None:
    """The page showed the old version, so a removal by it is refused."""
    key, version = an_active_reminder(lifecare.sign_in())
    lifecare.faults({"kind": "stale_row", "count": 1})

    lifecare.open(key)

    after = lifecare.reminder(key)
    assert (after["version"], after["history"][-1]["event"]) == (version + 1, "anteckning")
    assert lifecare.remove(key, version).status == 409


def test_latency_delays_the_answer(lifecare: Client) -> None:
    """What was asked to be slow is slow, once."""
    lifecare.sign_in().faults({"kind": "latency", "count": 1, "seconds": 0.15})
    started = time.monotonic()

    lifecare.get(lifecare.ui.path("start"))

    assert time.monotonic() - started >= 0.15


# Control.


def test_a_reset_brings_back_the_seeded_state(lifecare: Client) -> None:
    """Every trial starts from the same place."""
    before = lifecare.state()
    key, version = an_active_reminder(lifecare.sign_in())
    lifecare.remove(key, version)

    lifecare.send("POST", "/__mock__/reset", "{}")

    assert lifecare.state() == before
    assert lifecare.journal() == []
    assert lifecare.get(lifecare.ui.path("list")).status == 303


def test_a_reset_can_choose_other_rows(lifecare: Client) -> None:
    """A trial needs as many rows as it needs."""
    lifecare.send("POST", "/__mock__/reset", '{"rows": 7, "seed": 3}')
    try:
        assert len(lifecare.state()["paminnelser"]) == 7
    finally:
        lifecare.send("POST", "/__mock__/reset", '{"rows": 60, "seed": 1}')


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", "nej"),
        ("faults", '[{"kind": "eld"}]'),
        ("reset", '{"rows": 0}'),
        ("reset", '{"seed": "ett"}'),
        ("reset", '{"row": 3}'),
        ("reset", "[]"),
        ("today", ""),
        ("today", "[]"),
        ("today", "{}"),
        ("today", '{"today": null}'),
        ("today", '{"today": 20260401}'),
        ("today", '{"today": "2026-04-31"}'),
        ("today", '{"today": "2026-04-01", "rows": 7}'),
        ("keep", ""),
        ("keep", '{"insatser": []}'),
        ("keep", "[1]"),
    ],
)
def test_a_malformed_control_request_is_refused_with_a_sentence(lifecare: Client, path: str, body: str) -> None:
    """A trial that was set up wrongly must not look like one that passed."""
    before = lifecare.state()

    answer = lifecare.send("POST", f"/__mock__/{path}", body)

    assert answer.status == 422
    assert answer.json()["error"].endswith(".")
    assert lifecare.state() == before


def test_time_passes_and_all_that_was_done_stays(lifecare: Client) -> None:
    """Only the day is another; what is done from then on is done on that day."""
    key, version = an_active_reminder(lifecare.sign_in())
    lifecare.remove(key, version)
    before, rows = lifecare.state(), lifecare.journal()

    answer = lifecare.send("POST", "/__mock__/today", '{"today": "2026-04-13"}')

    assert (answer.status, answer.json()) == (200, {"today": "2026-04-13"})
    assert lifecare.state() == before | {"today": "2026-04-13"}
    assert lifecare.journal() == rows
    later, version = an_active_reminder(lifecare)
    lifecare.remove(later, version)
    days = [lifecare.reminder(each)["removed"]["time"][:10] for each in (key, later)]
    assert days == ["2026-03-31", "2026-04-13"]


def test_decisions_that_are_not_kept_are_gone_until_a_reset(lifecare: Client) -> None:
    """A trial of one scene need not read fifty; reminders have nothing to do with it."""
    before = lifecare.state()
    one = before["insatser"][3]

    assert lifecare.send("POST", "/__mock__/keep", json.dumps([one["id"], "B-00000"])).status == 200

    assert lifecare.state() == before | {"insatser": [one]}
    lifecare.send("POST", "/__mock__/reset")
    assert lifecare.state() == before


def test_time_never_goes_back_but_by_a_reset(lifecare: Client) -> None:
    """Nothing that was done may lie in the future; a reset forgets it."""
    before = lifecare.state()
    lifecare.send("POST", "/__mock__/today", '{"today": "2026-04-13"}')

    refused = lifecare.send("POST", "/__mock__/today", '{"today": "2026-04-12"}')

    assert (refused.status, lifecare.state()["today"]) == (422, "2026-04-13")
    assert "2026-04-13" in refused.json()["error"]
    assert lifecare.send("POST", "/__mock__/today", '{"today": "2026-04-13"}').status == 200
    lifecare.send("POST", "/__mock__/reset")
    assert lifecare.state() == before


# The seed.


def test_the_seed_alone_decides_the_state() -> None:
    """Two runs of a trial see the same rows; another seed gives others."""
    assert seed(100, 4, TODAY).as_json() == seed(100, 4, TODAY).as_json()
    assert seed(100, 4, TODAY).as_json() != seed(100, 5, TODAY).as_json()


@pytest.mark.parametrize("rows", [1, 2, 59, 300, 2500])
def test_there_are_as_many_rows_as_asked_for(rows: int) -> None:
    """From one row to more than one can look at, and no id is given twice."""
    state = seed(rows, 1, TODAY)

    assert len(state.paminnelser) == rows
    assert len({each.personnummer for each in state.persons.values()}) == len(state.persons)


@pytest.mark.parametrize("today", [TODAY, date(2024, 2, 29), date(2030, 1, 1)])
def test_nothing_in_the_past_lies_in_the_future(today: date) -> None:
    """History ends today at the latest, whatever day it is."""
    for each in seed(300, 1, today).paminnelser.values():
        assert [event.time for event in each.history] == sorted(event.time for event in each.history)
        assert each.history[-1].time.date() <= today
        assert each.history[0].time == each.created


def test_every_personnummer_is_a_test_number() -> None:
    """No real person may ever appear on a mock screen."""
    for each in seed(300, 1, TODAY).persons.values():
        assert each.personnummer[8:11] in ("238", "239")
        assert 1990 <= int(each.personnummer[:4]) <= 2010
        assert int(each.personnummer[-1]) == check_digit(each.personnummer[2:11])


def test_a_published_test_number_is_derived() -> None:
    """The derivation agrees with numbers that Skatteverket publishes."""
    assert personnummer(date(1990, 1, 1), woman=True) == "199001012385"
    assert personnummer(date(2008, 9, 3), woman=True) == "200809032386"
    with pytest.raises(ValueError, match="1989-12-31"):
        personnummer(date(1990, 1, 1) - timedelta(days=1), woman=True)


# Serving.


def test_systems_are_found_by_name() -> None:
    """A new system is a new folder, nothing else."""
    assert "lifecare" in systems()
    with pytest.raises(UnknownSystem, match="lifecare"), serve([Spec("livscare", today=TODAY)]):
        pass
    with pytest.raises(UnknownSystem, match=r"lifecare=1999\.01"), serve([Spec("lifecare", ui="1999.01", today=TODAY)]):
        pass


def test_a_taken_port_is_named() -> None:
    """The person who starts the mock learns which port to free."""
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} "), serve([Spec("lifecare", today=TODAY)], port=port):
            pass


def test_serving_ends_promptly_although_a_browser_holds_its_connection() -> None:
    """Tests must not wait for keep-alive connections or for slow answers."""
    slow = parse([{"kind": "latency", "count": 5, "seconds": 60}])
    with serve([Spec("lifecare", rows=1, today=TODAY, faults=slow)]) as urls:
        idle = HTTPConnection(urlsplit(urls["lifecare"]).netloc, timeout=10)
        idle.request("GET", "/__mock__/state")
        idle.getresponse().read()
        waiting = HTTPConnection(urlsplit(urls["lifecare"]).netloc, timeout=10)
        waiting.request("GET", user_interface.load("2024.04").path("sign_in"))
        started = time.monotonic()
    with closing(idle), closing(waiting):
        assert time.monotonic() - started < 2


def test_two_systems_share_a_run_of_ports(unused_ports: int) -> None:
    """`--port 8800` means 8800, 8801 and so on."""
    specs = [Spec("lifecare", rows=1, today=TODAY, name=each) for each in ("a", "b")]

    with serve(specs, port=unused_ports) as urls:
        assert urls == {"a": f"http://127.0.0.1:{unused_ports}", "b": f"http://127.0.0.1:{unused_ports + 1}"}


@pytest.fixture
def unused_ports() -> int:
    """Return a port that is free, and so is the next one."""
    while True:
        with closing(socket.create_server(("127.0.0.1", 0))) as one:
            port: int = one.getsockname()[1]
            try:
                with closing(socket.create_server(("127.0.0.1", port + 1))):
                    return port
            except OSError:
                continue


def test_faults_may_come_with_the_spec() -> None:
    """The command line hands its faults over at the start."""
    fault: Fault = parse([{"kind": "session_expiry", "count": 1}])[0]
    with serve([Spec("lifecare", ui="2023.10", rows=1, today=TODAY, faults=[fault])]) as urls:
        client = Client(urls["lifecare"], "2023.10").sign_in()

        assert client.get(client.ui.path("list")).status == 303
        assert client.sign_in().get(client.ui.path("list")).status == 200
