"""The flow of IVO reporting over a Lifecare and an IVO in memory: each report once, and the next quarter goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest

from bots.contract import Act, Leave, Receipt, Refer, Step, Written
from bots.errors import ConfigurationError
from bots.ivo_reporting import rules
from bots.ivo_reporting.bot import IvoReporting
from bots.ivo_reporting.models import Known
from bots.quarter import Quarter
from bots.records.ivo import IvoCase, IvoRow, SentReport
from bots.records.lifecare import Drojsmal, Insatsbeslut, InsatsbeslutRow, Protected
from fixtures.mockui import insatser
from tests.builders import NOW
from tests.insatser import TODAY, a_decision, as_shown, happened, shown
from tests.ivo_cases import AGAIN, SCENES

Q3 = Quarter(2026, 3)


def an_ivo_case(referens: str, number: str | None, status: str, reports: tuple[SentReport, ...]) -> IvoCase:
    """Return a case of the usual person."""
    return IvoCase(referens, number, status, "199001012385", date(2026, 5, 20), reports)


@dataclass
class Ivo:
    """IVO's cases by our reference, and what has been sent."""

    known: dict[str, IvoCase] = field(default_factory=dict)
    sent: list[Mapping[str, str]] = field(default_factory=list)
    filled: Mapping[str, str] | None = None

    looked: list[str] = field(default_factory=list)
    #: Cases of references that have another one too.
    beside: list[IvoCase] = field(default_factory=list)

    def cases(self) -> list[IvoRow]:
        """Return each with its last report that was sent, or its draft."""
        rows = []
        for each in self.known.values():
            last = [one for one in each.reports if one.kvittens][-1:] or each.reports
            rows.append(IvoRow(each.number, each.referens, each.status, last[0].period, last[0].kind))
        return rows

    def opened(self, row: IvoRow) -> IvoCase:
        """Return one whole, and note that it was looked at."""
        self.looked.append(row.referens)
        return self.known[row.referens]

    def cases_of(self, referens: str) -> list[IvoCase]:
        """Return all of a reference, whole."""
        return [each for each in [*self.beside, *self.known.values()] if each.referens == referens]

    def fill(self, report: Mapping[str, str], *, by_person: bool) -> None:
        """Keep it."""
        assert by_person
        self.filled = report

    def send(self, report: Mapping[str, str]) -> Receipt:
        """Store what was filled in."""
        assert self.filled == report
        self.sent.append(report)
        new = SentReport(report["period"], report["rapporttyp"], f"IVO-K-{len(self.sent):07d}")
        # A case that is closed stays so: what comes later is a case of its own.
        begins = report["rapporttyp"] in {rules.NEW, rules.NEW_STOP}
        before = None if begins else self.known.get(report["referens"])
        closed = report["rapporttyp"] == rules.DONE or "verkställt" in report
        status = "verkställt" if closed else "avslutat" if report["rapporttyp"] == rules.CLOSED else "ej verkställt"
        reports = (*(before.reports if before else ()), new)
        self.known[report["referens"]] = an_ivo_case(report["referens"], "IVO-2026-000001", status, reports)
        return Receipt(str(new.kvittens))

    wait_until_sent = send


class Unlisted(Ivo):
    """What IVO's list shows when all has moved past the page that was read; whoever searches finds it."""

    def cases(self) -> list[IvoRow]:
        """Return none."""
        return []


@dataclass
class Lifecare:
    """Decisions by number; None is a protected person's."""

    decisions: dict[str, Insatsbeslut | None]
    opened: list[str] = field(default_factory=list)

    def insatsbeslut(self, since: date, until: date) -> list[InsatsbeslutRow | Protected]:
        """Return those of the days."""
        return [
            each if each is not None else Protected(key)
            for key, each in self.decisions.items()
            if each is None or since <= each.beslutat <= until
        ]

    def ett_insatsbeslut(self, beslut_id: str) -> Insatsbeslut | Protected:
        """Return one, and note that its page was opened."""
        self.opened.append(beslut_id)
        return self.decisions[beslut_id] or Protected(beslut_id)


@dataclass
class At:
    """Both systems, and what was written."""

    lifecare: Lifecare
    ivo: Ivo
    done: list[Written] = field(default_factory=list)
    shown: dict[str, tuple[Known, datetime]] = field(default_factory=dict)
    moment: datetime = NOW

    def later(self) -> datetime:
        """Return a moment later than any before."""
        self.moment += timedelta(seconds=1)
        return self.moment

    def remember(self, shown: Mapping[str, Known]) -> None:
        """Keep what IVO shows."""
        self.shown |= {referens: (known, self.later()) for referens, known in shown.items()}

    def remembered(self) -> Sequence[tuple[Known, datetime]]:
        """Return what IVO has shown."""
        return list(self.shown.values())

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
            at.done.append(Written(step.kind, step.key, receipt.number, at.later()))
            told[item.reference] = step.args["rapporttyp"]
    return told


def seeded(today: date) -> tuple[At, dict[str, str]]:
    """Return the mocks' scenes in memory, with what IVO was told before; and each decision's scene."""
    made, earlier = insatser.seeded(150, 1, today)
    cases = {each.id: as_shown(each, earlier, Q3) for each in made}
    ivo = Ivo({
        key: an_ivo_case(key, "IVO-2026-000001", "ej verkställt",
                     tuple(SentReport(str(each.period), each.kind, each.number) for each in case.told[0].reports))
        for key, case in cases.items() if case.told
    })  # fmt: skip
    return At(Lifecare({each.id: shown(each) for each in made}), ivo), {each.id: each.scene for each in made}


def test_every_report_is_sent_once_and_a_second_run_sends_nothing() -> None:
    """150 decisions over all scenes; what IVO was told before Flotta came is read out of its list."""
    at, scenes = seeded(TODAY)

    told = run(at, TODAY)

    reports = {rules.NEW, rules.NEW_STOP, rules.STILL, rules.DONE, rules.CLOSED}
    # Of two reports of a decision the last.
    wanted = {key: AGAIN.get(scene, SCENES[scene]) for key, scene in scenes.items()}
    assert told == {key: kind for key, kind in wanted.items() if kind in reports}
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
    last = {each.key.split(":")[1]: each.kind for each in at.done}
    over = {key for key, kind in last.items() if kind == rules.CLOSE}
    assert {key for key in second if second[key] == rules.STILL} == waiting - over
    assert not over & set(second)


def a_known(*reports: tuple[str, str], status: str = "ej verkställt") -> IvoCase:
    """Return a case of B-1 at IVO with these reports: quarter and kind."""
    sent = tuple(SentReport(period, kind, f"K-{at}") for at, (period, kind) in enumerate(reports))
    return an_ivo_case("B-1", "IVO-1", status, sent)


DRAFT = an_ivo_case("B-1", None, "utkast", (SentReport("2026Q3", rules.NEW, None),))
OPEN = a_known(("2026Q2", rules.NEW))
OVER = a_known(("2025Q1", rules.NEW), ("2025Q2", rules.DONE), status="verkställt")


@pytest.mark.parametrize(
    ("planned", "now", "fits"),
    [
        (None, None, True),
        (None, DRAFT, True),
        (None, OPEN, False),
        (None, OVER, False),
        (None, a_known(("2026Q3", rules.NEW), status="verkställt"), False),
        (OVER, OVER, True),
        (OVER, OPEN, False),
        (OPEN, OPEN, True),
        (OPEN, None, False),
        (OPEN, a_known(("2026Q2", rules.NEW), ("2026Q3", rules.STILL)), False),
        (OPEN, a_known(("2026Q2", rules.NEW), ("2026Q4", rules.DONE), status="verkställt"), False),
        (OPEN, replace(OPEN, status="avslutat"), False),
        (OPEN, replace(OPEN, reports=(*OPEN.reports, SentReport("2026Q3", rules.STILL, None))), True),
    ],
)
def test_a_report_is_made_only_where_ivo_has_what_the_plan_knew(
    planned: IvoCase | None, now: IvoCase | None, *, fits: bool
) -> None:
    """Somebody may have reported by hand since; then the next plan knows it."""
    lifecare = Lifecare({"B-1": a_decision(beslutat=date(2026, 3, 1))})
    at = At(lifecare, Ivo({"B-1": planned} if planned else {}))
    [item] = IvoReporting().collect(at, TODAY)
    decision = IvoReporting().decide(item.record, TODAY)
    assert isinstance(decision, Act)
    at.ivo.known = {"B-1": now} if now else {}

    again = IvoReporting().reread(at, item.record, decision.steps[0])

    assert (again == item.record) is fits
    assert fits or (isinstance(again, Refer) and again.rule == rules.TOLD_SINCE)
    if not fits:
        IvoReporting().learn(at)
        [knowing] = IvoReporting().collect(at, TODAY)
        assert knowing.record.told != item.record.told


def test_what_people_report_by_hand_is_learnt_whenever_ivo_is_open() -> None:
    """The next quarter goes on where they left it. Only what is not as it was known is looked at."""
    decisions: dict[str, Insatsbeslut | None] = {f"B-{n}": a_decision(id=f"B-{n}") for n in range(1, 5)}
    at = At(Lifecare(decisions), Ivo({}))
    assert len(run(at, TODAY)) == 4
    at.lifecare.decisions["B-5"] = a_decision(id="B-5")
    new, still = SentReport("2026Q3", rules.NEW, "K-90"), SentReport("2026Q4", rules.STILL, "K-91")
    at.ivo.known["B-5"] = an_ivo_case("B-5", "IVO-5", "ej verkställt", (new,))
    at.ivo.known["B-2"] = replace(at.ivo.known["B-2"], reports=(*at.ivo.known["B-2"].reports, still))
    over = (*at.ivo.known["B-3"].reports, SentReport("2026Q4", rules.DONE, "K-92"))
    at.ivo.known["B-3"] = replace(at.ivo.known["B-3"], status="verkställt", reports=over)

    IvoReporting().learn(at)
    looked = sorted(at.ivo.looked)
    IvoReporting().learn(at)

    assert looked == sorted(at.ivo.looked) == ["B-2", "B-3", "B-5"]
    assert run(at, date(2027, 1, 4)) == {"B-1": rules.STILL, "B-4": rules.STILL, "B-5": rules.STILL}


def test_a_case_that_lifecare_does_not_show_is_asked_about() -> None:
    """One of long ago is found, as is what still holds; another reference is not, nor shown if it may name somebody."""
    references = ("B-1", "B-2", "LSS 7", "199001012385", "900101-2385 boende")
    known = {
        each: an_ivo_case(each, f"IVO-{n}", "ej verkställt", (SentReport("2026Q2", rules.NEW, f"K-{n}"),))
        for n, each in enumerate(references)
    }
    decisions = {each: a_decision(id=each, beslutat=date(2012, 3, 1)) for each in ("B-1", "B-2")}
    old = {
        "B-3": a_decision(id="B-3", beslutat=date(2012, 3, 1), status="avslutat"),
        "B-4": a_decision(id="B-4", beslutat=date(2012, 3, 1)),
    }
    at = At(Lifecare({**decisions, "B-2": None, **old}), Ivo(known))

    items = list(IvoReporting().collect(at, TODAY))
    found = {item.reference: rules.decide(item.record, TODAY) for item in items}

    assert {item.reference for item in items if item.protected} == {"B-2"}
    assert {key: each.rule.id for key, each in found.items()} == {
        "B-1": "still-waiting", "B-2": "protected", "IVO-2": "not-found", "IVO-3": "not-found", "IVO-4": "not-found",
        "B-4": "late",
    }  # fmt: skip
    assert not any("2385" in each or "LSS 7" in each for each in found)


def test_a_page_is_opened_only_where_the_row_does_not_decide() -> None:
    """Or where IVO waits to hear of it all the same, which is asked about."""
    rows: dict[str, Insatsbeslut | None] = {
        "B-1": a_decision(id="B-1", status="utkast"), "B-2": a_decision(id="B-2", lagrum="9 § 1 LSS"),
        "B-3": a_decision(id="B-3", beslutat=date(2026, 10, 1)), "B-4": a_decision(id="B-4"),
        "B-5": a_decision(id="B-5", lagrum="11 kap. 5 § SoL"),
    }  # fmt: skip
    waiting = an_ivo_case("B-5", "IVO-5", "ej verkställt", (SentReport("2026Q2", rules.NEW, "K-5"),))
    at = At(Lifecare(rows), Ivo({"B-5": waiting}))

    found = {item.reference: rules.decide(item.record, TODAY).rule.id for item in IvoReporting().collect(at, TODAY)}

    assert at.lifecare.opened == ["B-4", "B-5"]
    assert found == {
        "B-1": "not-decided", "B-2": "not-reportable", "B-3": "later", "B-4": "late", "B-5": "still-open",
    }  # fmt: skip


def test_each_end_has_its_own_key_and_receipt_however_soon_another_one_comes() -> None:
    """Two ends are told in one quarter; the receipt of the first is never taken for the second's."""
    decision = a_decision(beslutat=date(2026, 1, 10), verkstallighet=(happened("verkställd", date(2026, 6, 20)),))
    at = At(Lifecare({"B-1": decision}), Ivo({"B-1": a_known(("2026Q2", rules.NEW))}))
    assert run(at, date(2026, 10, 2)) == {"B-1": rules.DONE}
    stopped = (*decision.verkstallighet, happened("avbruten", date(2026, 6, 25)))
    at.lifecare.decisions["B-1"] = replace(
        decision, verkstallighet=stopped, drojsmal=(Drojsmal(date(2026, 7, 1), "resursbrist personal"),)
    )
    assert run(at, date(2026, 10, 5)) == {"B-1": rules.NEW_STOP}
    again = (*stopped, happened("återupptagen", date(2026, 11, 10)))
    at.lifecare.decisions["B-1"] = replace(decision, verkstallighet=again)
    assert run(at, date(2026, 11, 20)) == {"B-1": rules.DONE}

    assert [each.key for each in at.done] == [
        "ivo:B-1:2026Q2:verkställt", "ivo:B-1:2026Q3:nytt avbrott", "ivo:B-1:2026Q3:verkställt",
    ]  # fmt: skip
    assert [each["period"] for each in at.ivo.sent] == ["2026Q4", "2026Q3", "2026Q4"]
    assert run(at, date(2027, 1, 5)) == {}


def test_an_end_and_what_is_late_again_are_told_in_one_run() -> None:
    """The clock runs the bot once a window: what is due in it is told in it, each on the case that it is about."""
    happenings = (happened("verkställd", date(2026, 6, 20)), happened("avbruten", date(2026, 6, 25)))
    decision = a_decision(beslutat=date(2026, 1, 10), verkstallighet=happenings)
    at = At(Lifecare({"B-1": decision}), Ivo({"B-1": a_known(("2026Q2", rules.NEW))}))

    run(at, TODAY)

    assert [(each["rapporttyp"], each["period"]) for each in at.ivo.sent] == [
        (rules.DONE, "2026Q4"), (rules.NEW_STOP, "2026Q3"),
    ]  # fmt: skip
    assert run(at, date(2026, 10, 20)) == {}
    assert run(at, date(2027, 1, 5)) == {"B-1": rules.STILL}


def test_what_ivo_shows_outweighs_what_was_noted_here() -> None:
    """An end that was taken back, or that a person believed to have been told: the case is open, and goes on."""
    at = At(Lifecare({"B-1": a_decision(beslutat=date(2026, 3, 1))}), Ivo({"B-1": a_known(("2026Q2", rules.NEW))}))
    run(at, TODAY)
    at.done.append(Written(rules.CLOSE, rules.key("B-1", Q3, rules.DONE), "för hand", at.later()))

    IvoReporting().learn(at)

    assert run(at, date(2027, 1, 5)) == {"B-1": rules.STILL}


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_case_that_ivo_has_no_longer_is_asked_about(*, is_ours: bool) -> None:
    """It may have been taken away as a mistake: it is neither told again nor begun anew, until IVO shows it again."""
    opened = a_known(("2026Q2", rules.NEW))
    at = At(Lifecare({"B-1": a_decision(beslutat=date(2026, 3, 1))}), Ivo({} if is_ours else {"B-1": opened}))
    if is_ours:
        at.done.append(Written(rules.REPORT, rules.key("B-1", Quarter(2026, 2), rules.NEW), "K-1", at.later()))
    else:
        IvoReporting().learn(at)
    at.ivo.known = {}

    IvoReporting().learn(at)
    [item] = IvoReporting().collect(at, TODAY)

    assert rules.decide(item.record, TODAY).rule == rules.GONE_AT_IVO
    at.ivo.known = {"B-1": opened}
    IvoReporting().learn(at)
    assert run(at, TODAY) == {"B-1": rules.STILL}


def test_whose_a_case_is_is_remembered_only_while_it_may_matter() -> None:
    """While it is open, or was told of in the last two quarters. After that it is no matter of the bot's."""
    closed = {
        f"B-{n}": an_ivo_case(f"B-{n}", f"IVO-{n}", "verkställt", (SentReport(period, rules.NEW, f"K-{n}"),))
        for n, period in enumerate(("2026Q1", "2026Q2", "2026Q3"))
    }
    at = At(Lifecare({}), Ivo({**closed, "B-9": replace(OPEN, referens="B-9")}))

    IvoReporting().learn(at)

    kept = {known.referens: known.cases[0].personnummer for known, _when in at.remembered()}
    assert kept == {"B-0": None, **dict.fromkeys(("B-1", "B-2", "B-9"), "199001012385")}


def test_a_case_that_the_list_has_missed_is_found_by_its_reference() -> None:
    """Others work in the list meanwhile: what one reading of it does not show is not gone."""
    at = At(Lifecare({"B-1": a_decision(beslutat=date(2026, 3, 1))}), Ivo({"B-1": a_known(("2026Q2", rules.NEW))}))
    IvoReporting().learn(at)
    at.ivo = Unlisted(at.ivo.known)

    IvoReporting().learn(at)

    assert run(at, TODAY) == {"B-1": rules.STILL}


def test_what_was_sent_is_found_beside_a_draft_that_somebody_has_begun() -> None:
    """The draft is no reason to send it again."""
    sent = an_ivo_case("B-1", "IVO-1", "verkställt", (SentReport("2026Q3", rules.NEW, "K-1"),))
    draft = an_ivo_case("B-1", None, "utkast", (SentReport("2026Q3", rules.NEW, None),))
    at = At(Lifecare({"B-1": a_decision(verkstallighet=(happened("verkställd", date(2026, 8, 25)),))}), Ivo({}))
    [item] = IvoReporting().collect(at, TODAY)
    decision = IvoReporting().decide(item.record, TODAY)
    assert isinstance(decision, Act)
    at.ivo.known, at.ivo.beside = {"B-1": draft}, [sent]

    found = IvoReporting().confirm(at, decision.steps[0], "märke")

    assert isinstance(found, Receipt)
    assert found.number == "K-1"
    assert isinstance(IvoReporting().reread(at, item.record, decision.steps[0]), Refer)


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_cases_of_one_decision_the_open_one_goes_on(*, newest_first: bool) -> None:
    """The first was a mistake that somebody has closed at once, and told of anew: the same quarter and kind."""
    mistake = an_ivo_case("B-1", "IVO-1", "verkställt", (SentReport("2026Q2", rules.NEW, "K-1"),))
    mended = an_ivo_case("B-1", "IVO-2", "ej verkställt", (SentReport("2026Q2", rules.NEW, "K-2"),))
    both = (mended, mistake) if newest_first else (mistake, mended)
    at = At(Lifecare({"B-1": a_decision(beslutat=date(2026, 3, 1))}), Ivo({"B-1": mended}))
    at.remember({"B-1": Known("B-1", both)})

    assert run(at, TODAY) == {"B-1": rules.STILL}


@pytest.mark.parametrize(
    ("decided", "rule"), [(date(2026, 5, 20), "maybe-told"), (date(2026, 5, 21), "late")], ids=["same", "another"]
)
def test_a_case_under_another_reference_is_not_begun_anew(decided: date, rule: str) -> None:
    """It may be of this decision, by person and day; who knows says so. One of another day is another matter."""
    under_case = an_ivo_case("LSS-2026-0001", "IVO-7", "ej verkställt", (SentReport("2026Q2", rules.NEW, "K-1"),))
    at = At(Lifecare({"B-1": a_decision(beslutat=decided)}), Ivo({"LSS-2026-0001": under_case}))

    found = {item.reference: rules.decide(item.record, TODAY).rule.id for item in IvoReporting().collect(at, TODAY)}

    assert found == {"B-1": rule} | ({} if rule == "maybe-told" else {"IVO-7": "not-found"})


@pytest.mark.parametrize("when", ["before the plan", "after it"])
@pytest.mark.parametrize("status", ["ej verkställt", "verkställt"])
def test_what_was_told_by_hand_under_another_reference_is_not_told_again(when: str, status: str) -> None:
    """Open or closed at once: who knows says whether it is the same."""
    by_hand = an_ivo_case("LSS-2026-0001", "IVO-7", status, (SentReport("2026Q3", rules.NEW, "K-1"),))
    at = At(Lifecare({"B-1": a_decision()}), Ivo({"B-9": replace(OVER, referens="B-9", beslutsdatum=date(2020, 1, 1))}))
    IvoReporting().learn(at)
    at.ivo.known |= {"LSS-2026-0001": by_hand} if when == "before the plan" else {}
    IvoReporting().learn(at)
    [item] = [each for each in IvoReporting().collect(at, TODAY) if each.reference == "B-1"]
    decision = IvoReporting().decide(item.record, TODAY)
    at.ivo.known |= {"LSS-2026-0001": by_hand}
    IvoReporting().learn(at)

    if when == "before the plan":
        assert decision.rule == rules.MAYBE_TOLD
    else:
        assert isinstance(decision, Act)
        again = IvoReporting().reread(at, item.record, decision.steps[0])
        assert isinstance(again, Refer)
        assert again.rule == rules.TOLD_SINCE


def test_a_case_that_may_be_of_a_decision_is_asked_about_where_the_decision_is_not() -> None:
    """IVO waits to hear of it, whatever has become of the decision that it may be about."""
    under_case = an_ivo_case("LSS-2026-0001", "IVO-7", "ej verkställt", (SentReport("2026Q2", rules.NEW, "K-1"),))
    given = a_decision(verkstallighet=(happened("verkställd", date(2026, 6, 1)),))
    at = At(Lifecare({"B-1": given}), Ivo({"LSS-2026-0001": under_case}))

    found = {item.reference: rules.decide(item.record, TODAY).rule.id for item in IvoReporting().collect(at, TODAY)}

    assert found == {"B-1": "waited-enough", "IVO-7": "not-found"}


def test_a_reference_that_somebody_has_made_by_hand_breaks_nothing() -> None:
    """It has colons, and a kind that no map knows."""
    at = At(Lifecare({"B-1": a_decision()}), Ivo({}))
    at.ivo.known = {
        "LSS:2026:12": an_ivo_case(
            "LSS:2026:12", "IVO-1", "ej verkställt", (SentReport("2026Q2", "okänt: Rättelse", "K-1"),)
        )
    }

    [item] = IvoReporting().collect(at, TODAY)

    assert item.record.told == ()
    [[known, _when]] = at.remembered()
    assert (known.referens, known.cases[0].reports[0].kind) == ("LSS:2026:12", "okänt: Rättelse")


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
