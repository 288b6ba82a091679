"""The flow of IVO reporting over a Lifecare and an IVO in memory: each report once, and the next quarter goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from bots.contract import Act, Leave, Receipt, Step, Written
from bots.errors import ConfigurationError
from bots.ivo_reporting import rules
from bots.ivo_reporting.bot import IvoReporting
from bots.quarter import Quarter
from bots.records.ivo import IvoCase, SentReport
from bots.records.lifecare import Insatsbeslut, InsatsbeslutRow, Protected
from fixtures.mockui import insatser
from tests.insatser import TODAY, a_decision, as_shown, happened
from tests.unit.test_ivo_rules import SCENES

Q3 = Quarter(2026, 3)


@dataclass
class Ivo:
    """IVO's cases by our reference, and what has been sent."""

    known: dict[str, IvoCase] = field(default_factory=dict)
    sent: list[Mapping[str, str]] = field(default_factory=list)
    filled: Mapping[str, str] | None = None

    def cases(self) -> list[IvoCase]:
        """Return each with its last report."""
        return [replace(each, reports=each.reports[-1:]) for each in self.known.values()]

    def case(self, referens: str) -> IvoCase | None:
        """Return one whole."""
        return self.known.get(referens)

    def fill(self, report: Mapping[str, str], *, by_person: bool) -> None:
        """Keep it."""
        assert by_person
        self.filled = report

    def send(self, report: Mapping[str, str]) -> Receipt:
        """Store what was filled in."""
        assert self.filled == report
        self.sent.append(report)
        new = SentReport(report["period"], report["rapporttyp"], f"IVO-K-{len(self.sent):07d}")
        before = self.known.get(report["referens"])
        closed = report["rapporttyp"] == rules.DONE or "verkställt" in report
        status = "verkställt" if closed else "avslutat" if report["rapporttyp"] == rules.CLOSED else "ej verkställt"
        reports = (*(before.reports if before else ()), new)
        self.known[report["referens"]] = IvoCase(report["referens"], "IVO-2026-000001", status, reports)
        return Receipt(str(new.kvittens))

    wait_until_sent = send


@dataclass
class Lifecare:
    """Decisions by number; None is a protected person's."""

    decisions: dict[str, Insatsbeslut | None]

    def insatsbeslut(self, since: date, until: date) -> list[InsatsbeslutRow | Protected]:
        """Return those of the days."""
        return [
            each if each is not None else Protected(key)
            for key, each in self.decisions.items()
            if each is None or since <= each.beslutat <= until
        ]

    def ett_insatsbeslut(self, beslut_id: str) -> Insatsbeslut | Protected:
        """Return one."""
        return self.decisions[beslut_id] or Protected(beslut_id)


@dataclass
class At:
    """Both systems, and what was written."""

    lifecare: Lifecare
    ivo: Ivo
    done: list[Written] = field(default_factory=list)

    def adopt(self, found: list[Written]) -> None:
        """Remember what others have written."""
        self.done += found

    def written(self) -> Sequence[Written]:
        """Return what was written."""
        return self.done


def run(at: At, today: date, bot: IvoReporting | None = None) -> dict[str, str]:
    """Carry a run out whole, as the worker does, and return what was told of each decision."""
    bot = bot or IvoReporting()
    plan = [(item, bot.decide(item.record, today)) for item in bot.collect(at, today)]
    told = {}
    for item, decision in plan:
        for step in decision.steps if isinstance(decision, Act) else ():
            assert bot.confirm(at, step, "märke") is None
            assert bot.reread(at, item.record, step) == item.record
            receipt = bot.perform(at, step, "märke")
            assert bot.confirm(at, step, "märke") == replace(receipt, facts={
                "referens": item.reference, "rapport": step.args["rapporttyp"],
            })  # fmt: skip
            at.done.append(Written(step.kind, step.key, receipt.number))
            told[item.reference] = step.args["rapporttyp"]
    return told


def seeded(today: date) -> tuple[At, dict[str, str]]:
    """Return the mocks' scenes in memory, with what IVO was told before; and each decision's scene."""
    made, earlier = insatser.seeded(150, 1, today)
    shown = {each.id: as_shown(each, earlier, Q3) for each in made}
    ivo = Ivo({
        key: IvoCase(key, "IVO-2026-000001", "ej verkställt",
                     tuple(SentReport(str(each.period), each.kind, each.number) for each in case.reported))
        for key, case in shown.items() if case.reported
    })  # fmt: skip
    decisions = {key: case.beslut for key, case in shown.items()}
    return At(Lifecare(decisions), ivo), {each.id: each.scene for each in made}


def test_every_report_is_sent_once_and_a_second_run_sends_nothing() -> None:
    """150 decisions over all scenes; what IVO was told before Flotta came is read out of its list."""
    at, scenes = seeded(TODAY)

    told = run(at, TODAY)

    reports = {rules.NEW, rules.NEW_STOP, rules.STILL, rules.DONE, rules.CLOSED}
    assert told == {key: SCENES[scene] for key, scene in scenes.items() if SCENES[scene] in reports}
    assert len(told) > 60
    assert len({(each["referens"], each["period"]) for each in at.ivo.sent}) == len(at.ivo.sent)
    assert run(at, date(2026, 10, 20)) == {}


def test_the_next_quarter_goes_on_with_the_same_cases() -> None:
    """By what was written, without IVO's list: nobody needs to sign in for the plan."""
    at, _scenes = seeded(TODAY)
    first = run(at, TODAY)
    at.ivo.cases = None  # type: ignore[assignment, method-assign]

    second = run(at, date(2027, 1, 4))

    waiting = {key for key, kind in first.items() if kind in {rules.NEW, rules.NEW_STOP, rules.STILL}}
    over = {each.key.split(":")[1] for each in at.done if each.kind == rules.CLOSE}
    assert {key for key in second if second[key] == rules.STILL} == waiting - over
    assert not over & set(second)


@pytest.mark.parametrize(
    ("known", "fits"),
    [
        (None, True),
        (IvoCase("B-1", None, "utkast", (SentReport("2026Q3", rules.NEW, None),)), True),
        (IvoCase("B-1", "IVO-1", "verkställt", (SentReport("2025Q1", rules.DONE, "K-1"),)), True),
        (IvoCase("B-1", "IVO-1", "ej verkställt", (SentReport("2026Q2", rules.NEW, "K-1"),)), False),
        (IvoCase("B-1", "IVO-1", "verkställt", (SentReport("2026Q3", rules.NEW, "K-1"),)), False),
    ],
    ids=["none", "a draft", "a closed case", "an open case", "sent already"],
)
def test_a_new_report_is_made_only_where_ivo_waits_for_none(known: IvoCase | None, *, fits: bool) -> None:
    """Somebody may have reported it by hand since the plan."""
    at = At(Lifecare({"B-1": a_decision()}), Ivo({}))
    [item] = IvoReporting().collect(at, TODAY)
    decision = IvoReporting().decide(item.record, TODAY)
    assert isinstance(decision, Act)
    at.ivo.known = {"B-1": known} if known else {}

    again = IvoReporting().reread(at, item.record, decision.steps[0])

    assert (again == item.record) is fits


def test_a_reference_that_somebody_has_made_by_hand_breaks_nothing() -> None:
    """It has colons, and a kind that no map knows."""
    at = At(Lifecare({"B-1": a_decision()}), Ivo({}))
    at.ivo.known = {
        "LSS:2026:12": IvoCase(
            "LSS:2026:12", "IVO-1", "ej verkställt", (SentReport("2026Q2", "okänt: Rättelse", "K-1"),)
        )
    }

    [item] = IvoReporting().collect(at, TODAY)

    assert item.record.reported == ()
    assert at.done[0].key.startswith("ivo:LSS:2026:12:2026Q2:okänt")


def test_a_decision_that_has_changed_since_the_plan_is_not_reported() -> None:
    """It may have been carried out, or the person be protected, since."""
    at = At(Lifecare({"B-1": a_decision()}), Ivo({}))
    [item] = IvoReporting().collect(at, TODAY)
    step = Step("report", "ivo:B-1:2026Q3:nytt ej verkställt", {"rapporttyp": rules.NEW, "period": "2026Q3"})

    for now in (a_decision(verkstallighet=(happened("verkställd", TODAY),)), None):
        at.lifecare.decisions["B-1"] = now
        assert IvoReporting().reread(at, item.record, step) != item.record


def test_the_quarter_is_the_one_before_unless_another_is_asked_for() -> None:
    """It is reported when it is over."""
    at = At(Lifecare({"B-1": a_decision()}), Ivo({}))

    [usual] = IvoReporting().collect(at, TODAY)
    [asked] = IvoReporting(period="2026Q2").collect(at, TODAY)
    with pytest.raises(ConfigurationError, match="inte slut"):
        list(IvoReporting(period="2026Q4").collect(at, TODAY))

    assert (usual.record.period, asked.record.period) == (Q3, Quarter(2026, 2))
    assert isinstance(IvoReporting().decide(asked.record, TODAY), Leave)
