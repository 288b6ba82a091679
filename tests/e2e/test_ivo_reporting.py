"""IVO reporting in processes of its own, against both mocks: IVO's journal is the witness of what was sent, once."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from fixtures.ivo.person import LOOK
from fixtures.mockui.faults import parse
from fixtures.mockui.server import Spec, serve
from orchestrator.ledger.store import Options
from orchestrator.ledger.tables import steps
from orchestrator.mocks import account
from tests import ivo_oracle
from tests.builders import NOW
from tests.choice import one_of, run_with_each
from tests.e2e.house import SETTLE, House, until
from tests.ivo import Client
from tests.ivo_cases import AGAIN, SCENES

BOT = "ivo-reporting"
#: Scenes of new reports and follow-ups, of waits and of ends, and one that is referred: six reports.
SOME = frozenset({"late", "interrupted", "still waiting", "carried out at last", "died", "unknown support"})
TODAY = date(2026, 10, 5)
#: Each version of the one with one of the other.
LOOKS = [("2023.10", "2023.2"), ("2024.04", "2026.1")]
#: How the mock writes the kind of report that closes a case for another reason.
SHORT = {"avslutat av annan anledning": "avslutat"}
#: Scenes whose three months pass in the quarter after.
LATE_BY_NOW = {"recent", "late on the day itself"}


@dataclass
class City:
    """A Lifecare and an IVO, and the house whose bot works in them."""

    house: House
    urls: dict[str, str]

    def ask(self, system: str, what: str, body: object = None) -> Any:
        """Ask a mock beside its screens."""
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.urls[system]}/__mock__/{what}", data), timeout=10) as answer:  # noqa: S310 - ours
            return json.load(answer)

    def seat(self, *, sends: bool, look: int = LOOK) -> None:
        """Put a stand-in for the rapportör at IVO's screens, who looks at each report so long. Milliseconds."""
        self.ask("ivo", "person", {"sends": sends, "look": look})

    def a_run(self, *, limit: int | None = None, today: date = TODAY, plan_only: bool = False, **own: str) -> str:
        """Add a run that acts on every rule, and return its id."""
        options = Options(
            base_urls=self.urls, maps={}, instances={name: urlsplit(url).netloc for name, url in self.urls.items()},
            mock=True, unattended=True, plan_only=plan_only, limit=limit, own=own,
        )  # fmt: skip
        with closing(self.house.ledger()) as ledger:
            run_id = f"{BOT}:test-{len(ledger.latest_runs(1000)) + 1}"
            ledger.create_run(run_id, BOT, today=today, options=options, now=NOW)
        return run_id

    def carried(self, *, ends: str = "done", **options: Any) -> str:
        """Add a run, carry it to this end, and return its id."""
        run_id = self.a_run(**options)
        self.house.carry(run_id)
        run = self.house.run(run_id)
        left = {key: state for key, state in self.states(run_id).items() if state in {"todo", "failed", "uncertain"}}
        assert run.state == ends, (run.sentence, {key: _notes(self, run_id)[key] for key in left})
        return run_id

    def sent(self) -> list[str]:
        """Return what was sent to IVO, in order: reference and kind of report."""
        rows = self.ask("ivo", "journal")
        keys = [row["key"].split(":") for row in rows if row["kind"] == "send" and row["committed"]]
        return [f"{reference} {kind}" for reference, _period, kind in keys]

    def receipts(self, run_id: str) -> set[str]:
        """Return the number of each receipt that the run has; a decision may have two."""
        query = sa.select(steps.c.receipt_number).where(steps.c.run == run_id, steps.c.state == "done")
        with closing(self.house.ledger()) as ledger, ledger.reading() as connection:
            return set(connection.execute(query).scalars())

    def misreported(self, run_id: str, today: date = TODAY) -> list[str]:
        """Return what is wrong with what a run of a day has sent, by what Lifecare holds."""
        receipts = self.receipts(run_id)
        insatser, cases = self.ask("lifecare", "state")["insatser"], self.ask("ivo", "state")["cases"]
        return ivo_oracle.wrong(insatser, cases, receipts, today)

    def drafts(self) -> list[dict[str, Any]]:
        """Return what lies at IVO and is not sent."""
        return [each for case in self.ask("ivo", "state")["cases"] for each in case["reports"] if not each["kvittens"]]

    def wanted(self) -> set[str]:
        """Return what must be sent, by the scenes that Lifecare holds."""
        insatser = self.ask("lifecare", "state")["insatser"]
        scenes = {each["id"]: SCENES[each["scene"]] for each in insatser}
        told = [(key, said) for key, said in scenes.items() if not said.startswith(("refer", "leave"))]
        told += [(each["id"], AGAIN[each["scene"]]) for each in insatser if each["scene"] in AGAIN]
        return {f"{key} {SHORT.get(kind, kind)}" for key, kind in told}

    def states(self, run_id: str) -> dict[str, str]:
        """Return each decision's state in the run."""
        return self.house.states(run_id)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test once for each pair of versions where all are asked for (`make soak`), as `ui` in conftest."""
    if metafunc.config.getoption("--soak"):
        run_with_each(metafunc, "looks", LOOKS)


@pytest.fixture
def looks(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Name the UI versions of Lifecare and of IVO that this test runs with."""
    found: tuple[str, str] = getattr(request, "param", None) or one_of(LOOKS, request.node.nodeid)
    return found


@pytest.fixture
def city(house: House, looks: tuple[str, str]) -> Iterator[Callable[..., City]]:
    """Return what serves both mocks until the test ends; faults are IVO's."""
    with ExitStack() as stack:

        def made(*faults: dict[str, object], rows: int = 50, only: Collection[str] | None = None) -> City:
            """Serve so many decisions, of which every scene needs 46, or `only` those of some scenes."""
            specs = [
                Spec("lifecare", today=TODAY, ui=looks[0], rows=rows),
                Spec("ivo", today=TODAY, ui=looks[1], rows=rows, faults=parse(list(faults))),
            ]
            for file in (house.maps / "ivo").glob("*.yaml"):
                text = file.read_text(encoding="utf-8")
                file.write_text(text.replace("settle: 3", f"settle: {SETTLE}"), encoding="utf-8")
            house.environment |= {"FLOTTA_PERSON_DEADLINE": "PT90S", "FLOTTA_WRITE_DEADLINE": "PT5S"} | {
                f"FLOTTA_SYSTEMS__IVO__{name}": value for name, value in account("ivo").items()
            }
            town = City(house, stack.enter_context(serve(specs)))
            if only is not None:
                insatser = town.ask("lifecare", "state")["insatser"]
                for system in town.urls:
                    town.ask(system, "keep", [each["id"] for each in insatser if each["scene"] in only])
            return town

        yield made


def sound(city: City, run_id: str) -> None:
    """Check that journal, ledger, scenes and oracle agree.

    Each report once, none else, nothing tried after it was done; and in each what Lifecare holds of the decision.
    """
    assert sorted(city.sent()) == sorted(city.wanted())
    rows = sends(city)
    assert city.receipts(run_id) == {row["payload"]["kvittens"] for row in rows if row["committed"]}
    assert city.misreported(run_id) == []
    with closing(city.house.ledger()) as ledger:
        assert ledger.verify_audit() == []


def sends(city: City) -> list[dict[str, Any]]:
    """Return the journal's rows of sending, after a check that nothing was tried after it was done."""
    rows = [row for row in city.ask("ivo", "journal") if row["kind"] == "send"]
    done: set[str] = set()
    for row in rows:
        assert row["key"] not in done, f"{row['key']} was sent again"
        done |= {row["key"]} if row["committed"] else set()
    return rows


@pytest.mark.timeout(600)
@pytest.mark.parametrize("rows", [46, pytest.param(150, marks=pytest.mark.soak)])
def test_a_quarter_is_reported_once(city: Callable[..., City], rows: int) -> None:
    """Every scene, sent by the person who has signed in; a second run of the quarter sends nothing."""
    town = city(rows=rows)
    town.seat(sends=True)

    first = town.carried()
    sound(town, first)
    before = len(town.sent())
    second = town.carried()

    assert (town.house.run(first).state, town.house.run(second).state) == ("done", "done")
    assert len(town.sent()) == before > rows / 3
    assert set(town.states(second).values()) == {"left", "referred"}
    documented(town)


def documented(town: City) -> None:
    """Check what the law asks for beside the reports: who waits is counted, and counted again a year later."""

    def statistics(period: str) -> list[list[str]]:
        folder = town.house.home / period
        done = town.house.flotta("documents", BOT, "--period", period, "-o", str(folder))
        assert done.code == 0, done.said
        for name in ("statistik", "revisorer"):
            text = "".join(page.extract_text() for page in PdfReader(folder / f"{name}.pdf").pages)
            assert "låtsassystem, inte verkligheten" in " ".join(text.split())
        return [line.split(";") for line in (folder / "statistik.csv").read_text("utf-8-sig").splitlines()]

    waits = [each for each in town.sent() if each.split(" ", 1)[1] not in {"verkställt", "avslutat"}]
    total = statistics("2026Q3")[-1]
    assert total[2:] == [str(len(waits)), ""]
    listed = (town.house.home / "2026Q3" / "revisorer.csv").read_text("utf-8-sig").splitlines()[1:]
    assert sorted(line.split(";")[0] for line in listed) == sorted(each.split()[0] for each in waits)
    assert statistics("2027Q3")[-1][2:] == ["0", total[2]]


@pytest.mark.parametrize(
    ("submit", "point"),
    [
        ("approved", "decision.next"),
        ("approved", "clicked"),
        ("person", "before-receipt"),
        *(pytest.param("approved", at, marks=pytest.mark.soak) for at in ("report.next", "reason.next")),
        *(pytest.param("approved", at, marks=pytest.mark.soak) for at in ("check.checked", "armed", "before-receipt")),
        *(pytest.param("person", at, marks=pytest.mark.soak) for at in ("reason.next", "armed")),
    ],
)
def test_killed_in_the_middle_of_a_report_it_is_sent_once(city: Callable[..., City], submit: str, point: str) -> None:
    """In each page of the wizard, and at each moment of sending: the draft is taken up again, the rest looked for."""
    town = city(only=SOME)
    # Longer than it takes to hand the page over, also on a machine that has much to do.
    town.seat(sends=submit == "person", look=1_000)
    # It is sat out before what was not sent is known as such; a person who sends must be able to within it.
    town.house.environment["FLOTTA_PERSON_DEADLINE"] = "PT90S" if submit == "person" else "PT10S"
    run_id = town.a_run(limit=3, submit=submit)

    assert town.house.armed(run_id, point, "kill", nth=2).wait() == -signal.SIGKILL
    town.house.kill()
    resumed = town.house.flotta("resume")

    assert resumed.code == 0, resumed.said
    sent = town.sent()
    assert len(sent) == len(set(sent)) == 3
    assert set(sent) <= town.wanted()
    assert town.drafts() == []


@pytest.mark.parametrize(
    ("point", "nth"),
    [
        ("before-intent", 2),
        *(pytest.param(*at, marks=pytest.mark.soak) for at in (("before-receipt", 1), ("armed", 2))),
    ],
)
def test_killed_between_two_reports_of_a_decision_both_are_sent_once(
    city: Callable[..., City], point: str, nth: int
) -> None:
    """The end of what IVO was told of, and what is late again since: the second waits for the first."""
    town = city(only={"late", *AGAIN})
    town.seat(sends=False)
    [twice] = [each["id"] for each in town.ask("lifecare", "state")["insatser"] if each["scene"] in AGAIN]
    planned = town.carried(ends="planned", plan_only=True, submit="approved")
    before = [key for key, state in town.states(planned).items() if state == "todo"].index(twice)
    run_id = town.a_run(limit=before + 1, submit="approved")

    assert town.house.armed(run_id, point, "kill", nth=before + nth).wait() == -signal.SIGKILL
    town.house.kill()
    resumed = town.house.flotta("resume", run_id)

    assert resumed.code == 0, resumed.said
    sent = [row["key"] for row in sends(town) if row["committed"]]
    assert len(sent) == before + 2
    kinds = [each.partition(" ")[2] for each in town.sent() if each.startswith(f"{twice} ")]
    assert kinds == ["verkställt", "nytt avbrott"]
    assert town.drafts() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error_after_commit", "count": 2, "of": "send"},
        {"kind": "commit_late", "probability": 0.1, "seed": 3, "seconds": 1.0},
        *(
            pytest.param(fault, marks=pytest.mark.soak)
            for fault in (
                {"kind": "error_after_commit", "probability": 0.15, "seed": 3},
                {"kind": "error_before_commit", "probability": 0.15, "seed": 3},
                {"kind": "session_expiry", "on": "write", "probability": 0.1, "seed": 3},
            )
        ),
    ],
    ids=lambda fault: f"{fault['kind']} {fault.get('of', '')}".strip(),
)
def test_answers_that_are_lost_lose_and_double_no_report(city: Callable[..., City], fault: dict[str, object]) -> None:
    """Of drafts, of their pages, and of what is sent: that is found by looking, and not sent again."""
    town = city(fault, only=SOME)
    town.seat(sends=False)
    run_id = town.a_run(limit=6, submit="approved")
    for _ in range(4):
        town.house.carry(run_id)
        if town.house.run(run_id).state == "done":
            break
        with closing(town.house.ledger()) as ledger:
            ledger.reopen(town.house.run(run_id))

    sent = town.sent()
    assert len(sent) == len(set(sent)) == 6, {k: v for k, v in _notes(town, run_id).items() if v}
    assert set(sent) <= town.wanted()
    assert town.receipts(run_id) == {row["payload"]["kvittens"] for row in sends(town) if row["committed"]}
    with closing(town.house.ledger()) as ledger:
        lines = ledger.lines(run_id)
    # Only a receipt that a page gave as the answer was located there by something.
    found = [line.reference for line in lines if line.state == "done" and line.located_by is None]
    if fault.get("of") == "send":
        struck = [row["key"].split(":")[0] for row in sends(town) if row["committed"]][: int(str(fault["count"]))]
        assert sorted(found) == sorted(struck)


def test_what_the_form_has_no_choice_for_is_referred_and_the_rest_is_sent(city: Callable[..., City]) -> None:
    """IVO has taken a code away since last quarter."""
    town = city(only=SOME)
    town.seat(sends=False)
    gone = "LSS-03"
    town.ask("ivo", "codes", {"insatstyp": {gone: None}})

    run_id = town.carried(submit="approved")

    kinds = {each["id"]: each["code"] for each in town.ask("lifecare", "state")["insatser"]}
    notes = _notes(town, run_id)
    without = {key for key, note in notes.items() if f"inget val för {gone}" in (note or "")}
    assert without
    assert {kinds[key] for key in without} == {gone}
    assert {each.split()[0] for each in town.sent()} == {each.split()[0] for each in town.wanted()} - without
    assert town.house.run(run_id).state == "done"


@pytest.mark.parametrize("day", [pytest.param("2026-11-20", marks=pytest.mark.soak), "2027-01-04"])
def test_a_period_that_is_closed_is_said(city: Callable[..., City], day: str) -> None:
    """What has ended may be told on any day all the same, also when a new quarter has begun since the plan."""
    town = city(only=SOME)
    town.ask("ivo", "today", {"today": day})
    town.seat(sends=False)

    run_id = town.carried(submit="approved")

    closing_kinds = ("verkställt", "avslutat")
    assert {each.split(" ", 1)[1] for each in town.sent()} == set(closing_kinds)
    told = [note for note in _notes(town, run_id).values() if "inte emot rapporter för 2026Q3" in (note or "")]
    assert len(told) == len([each for each in town.wanted() if each.split(" ", 1)[1] not in closing_kinds])


@pytest.mark.soak
def test_the_next_quarter_goes_on_with_the_same_cases(city: Callable[..., City]) -> None:
    """What IVO waits for is told once more, what has become late is new, and what is over is not told again."""
    town = city()
    town.seat(sends=True)
    first = town.carried()
    sound(town, first)
    before = len(town.sent())
    waits = {each["reference"] for each in town.ask("ivo", "state")["cases"] if each["status"] == "ej verkställt"}
    later = "2027-01-04"
    for system in town.urls:
        town.ask(system, "today", {"today": later})

    second = town.carried(today=date.fromisoformat(later))
    assert town.misreported(second, date.fromisoformat(later)) == []
    third = town.carried(today=date.fromisoformat(later))

    told = town.sent()[before:]
    scenes = {each["id"]: each["scene"] for each in town.ask("lifecare", "state")["insatser"]}
    new = {each for each, scene in scenes.items() if scene in LATE_BY_NOW}
    waits = {each for each in waits if scenes[each] != "ended for another reason"}
    assert [town.house.run(each).state for each in (second, third)] == ["done", "done"]
    assert new
    assert sorted(told) == sorted(
        [f"{each} fortsatt ej verkställt" for each in waits] + [f"{each} nytt ej verkställt" for each in new]
    )


def test_what_was_reported_by_hand_since_is_not_reported_again(
    city: Callable[..., City], looks: tuple[str, str]
) -> None:
    """It is learnt when IVO is open. The plan that did not know it refers it; the next one knows."""
    town = city(only=SOME)
    town.seat(sends=True)
    town.carried(limit=1)
    sent = {each.split()[0] for each in town.sent()}
    scenes = {each["id"]: each["scene"] for each in town.ask("lifecare", "state")["insatser"]}
    by_hand = next(each for each in scenes if scenes[each] == "late" and each not in sent)
    rapportor = Client(town.urls["ivo"], looks[1]).sign_in(person="Hans Test")
    rapportor.send_in(rapportor.complete(eget_arendenummer=by_hand))

    second = town.carried()
    third = town.carried()

    assert town.states(second)[by_hand] == "referred"
    assert "inte det som planen räknade med" in str(_notes(town, second)[by_hand])
    assert town.states(third)[by_hand] == "left"
    assert sorted(town.sent()) == sorted(town.wanted())


def test_a_person_who_is_gone_is_waited_for(city: Callable[..., City]) -> None:
    """The run waits for somebody to sign in; the report that was filled in is sent then, once."""
    town = city(only=SOME)
    town.house.environment["FLOTTA_PERSON_DEADLINE"] = "PT10S"
    town.seat(sends=False)
    run_id = town.carried(limit=2, ends="waiting_for_sign_in")
    assert town.sent() == []

    town.seat(sends=True)
    with closing(town.house.ledger()) as ledger:
        ledger.reopen(town.house.run(run_id))
    town.house.carry(run_id)

    assert town.house.run(run_id).state == "done", town.house.run(run_id)
    assert len(town.sent()) == len(set(town.sent())) == 2


@pytest.mark.parametrize("how", ["cancel", "SIGTERM"])
def test_a_run_that_waits_for_a_person_stops_when_it_is_asked_to(city: Callable[..., City], how: str) -> None:
    """It does not sit out her time; what she may have sent is looked for before anything else."""
    town = city(only=SOME)
    town.house.environment["FLOTTA_PERSON_DEADLINE"] = "PT25S"
    town.seat(sends=False)
    run_id = town.a_run(limit=1)
    worker = town.house.worker(run_id)
    until(lambda: bool(town.drafts()), worker)
    if how == "cancel":
        assert town.house.flotta("cancel", run_id).code == 0
    else:
        worker.terminate()

    worker.wait(timeout=15)

    assert (town.house.run(run_id).state, town.sent()) == ("cancelled" if how == "cancel" else "interrupted", [])
    town.seat(sends=True)
    assert town.house.flotta("resume", run_id).code == 0
    assert len(town.sent()) == 1


def test_a_text_that_was_worded_otherwise_in_review_is_what_ivo_gets(city: Callable[..., City]) -> None:
    """By option or in an editor; a text that names somebody is refused."""
    town = city(only=SOME)
    town.seat(sends=True)
    run_id = town.a_run(limit=6, plan_only=True)
    town.house.carry(run_id)
    planned = [key for key, state in town.states(run_id).items() if state == "todo"]
    edit = ("review", "edit")
    said = "Personen bor kvar hos sina föräldrar så länge."
    one, other = [
        each for each in planned if town.house.flotta(*edit, each, "--text", f"konsekvenser={said}").code == 0
    ][:2]  # fmt: skip
    in_editor = town.house.flotta(*edit, other, EDITOR="sed -i s/föräldrar/vänner/")
    refused = town.house.flotta(*edit, one, "--text", "konsekvenser=Gäller 900101-2385.")

    done = town.house.flotta("resume", run_id, "--yes")

    assert (in_editor.code, refused.code, done.code) == (0, 2, 0), in_editor.said + refused.said + done.said
    assert "personnummer" in refused.said
    sent = {
        each["reference"]: each["reports"][-1]["values"]["konsekvenser"]
        for each in town.ask("ivo", "state")["cases"]
        if each["reference"] in {one, other}
    }
    assert sent == {one: said, other: said.replace("föräldrar", "vänner")}
    late = town.house.flotta(*edit, one, "--text", "konsekvenser=För sent.")
    assert (late.code, f"{one} är utförd i körning {run_id}" in late.said) == (2, True)


def test_nobody_is_called_to_sign_in_for_a_plan_that_waits(city: Callable[..., City]) -> None:
    """Once IVO's list is known the plan is made alone; a person approves it before another one signs in."""
    town = city(only={"late", "died"})
    town.seat(sends=True)
    first = town.carried(limit=1)
    assert town.house.run(first).state == "done"
    options = Options(
        base_urls=town.urls, maps={}, unattended=True,
        instances={name: urlsplit(url).netloc for name, url in town.urls.items()},
    )  # fmt: skip
    with closing(town.house.ledger()) as ledger:
        ledger.create_run("real", BOT, today=TODAY, options=options, now=NOW)

    town.house.carry("real")

    found = town.house.run("real")
    assert (found.state, found.exit_code) == ("waiting", 3)
    assert "alltid godkännas av en människa" in str(found.sentence)
    town.house.flotta("resume", "real", "--yes")
    assert town.house.run("real").state == "waiting_for_sign_in", town.house.run("real").sentence
    early = town.house.flotta("documents", BOT, "--period", "2099Q3", "-o", str(town.house.home / "early"))
    assert (early.code, "inte slut än" in early.said) == (2, True)


def _notes(town: City, run_id: str) -> dict[str, str | None]:
    with closing(town.house.ledger()) as ledger:
        return {line.reference: line.note for line in ledger.lines(run_id)}
