"""The flow of quarterly reporting to IVO, as the operator's runbook has it.

Search Lifecare for every decision of the last years, open each that its row does not decide, and decide by it and by
what IVO has been told. With IVO open: learn what has been told there by hand since. Then for each report: read the
decision again, find its case or draft at IVO, fill the form in, and let a person check and send it (or send what was
approved). If the answer is lost, look for the receipt at IVO before anything else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ClassVar, Literal, Protocol

from bots.contract import Decision, Document, Item, Made, Receipt, Refer, Rule, Step, Written
from bots.errors import ConfigurationError
from bots.ivo_reporting import rules, statistics, texts
from bots.ivo_reporting.models import Case, Reported
from bots.quarter import Quarter
from bots.records.ivo import IvoCase, IvoRow
from bots.records.lifecare import Insatsbeslut, InsatsbeslutRow, Protected

#: How far back decisions are searched for: an interruption may come years after the decision. Years.
YEARS = 10
#: Before this day nobody decided on support by a law that has reports.
FIRST = date(1994, 1, 1)
#: IVO waits to hear of a case that has this status.
_OPEN = "ej verkställt"
#: What may be somebody's number. A reference that a person has made may hold one, and it is shown in lists.
_PERSONAL = re.compile(r"\d{6}.{0,3}\d{4}")


class DecisionPortal(Protocol):
    """What this bot needs of Lifecare."""

    def insatsbeslut(self, since: date, until: date) -> list[InsatsbeslutRow | Protected]:
        """Return every decision on support that was made between two days, both of them included."""

    def ett_insatsbeslut(self, beslut_id: str) -> Insatsbeslut | Protected:
        """Open one decision's page and return what it shows."""


class ReportPortal(Protocol):
    """What this bot needs of IVO's e-tjänst."""

    def cases(self) -> list[IvoRow]:
        """Return every case of the list, each with its last report."""

    def opened(self, row: IvoRow) -> IvoCase:
        """Open a listed case and return it with all its reports."""

    def case(self, referens: str) -> IvoCase | None:
        """Return the case with this reference of ours, with all its reports; None when IVO has none."""

    def fill(self, report: Mapping[str, str], *, by_person: bool) -> None:
        """Fill a report in, from its draft if there is one, as far as the page where it is checked and sent.

        `by_person`: somebody is at the screen who may send it as soon as they see that page.
        """

    def send(self, report: Mapping[str, str]) -> Receipt:
        """Send the report whose control page is open."""

    def wait_until_sent(self, report: Mapping[str, str]) -> Receipt:
        """Let the person at the screen check and send the report whose control page is open."""


class Screens(Protocol):
    """The systems this bot signs in to, and what it has written there before."""

    @property
    def lifecare(self) -> DecisionPortal:
        """Lifecare, signed in."""

    @property
    def ivo(self) -> ReportPortal:
        """IVO's e-tjänst, where a person has signed in."""

    def written(self) -> Sequence[Written]:
        """Return what this bot has reported to this IVO, and then what it has adopted."""

    def adopt(self, found: list[Written]) -> None:
        """Remember what IVO has been told by others too."""


@dataclass(frozen=True)
class IvoReporting:
    """Reports to IVO what was granted and not carried out in three months, and how it went.

    `period` is the quarter that is reported, else the one before today's. `submit`: a person checks and sends each
    report, or the bot sends what was approved. `on_the_day`: three months that end on the quarter's last day are over.
    """

    period: str | None = None
    submit: Literal["person", "approved"] = "person"
    on_the_day: bool = False

    name: ClassVar[str] = "ivo-reporting"
    systems: ClassVar[tuple[str, ...]] = ("lifecare", "ivo")
    rules: ClassVar[tuple[Rule, ...]] = rules.ALL
    asks: ClassVar[bool] = True
    texts: ClassVar[Mapping[str, int]] = dict.fromkeys(texts.NAMES, texts.LONGEST)
    record: ClassVar[type[Case]] = Case

    def __post_init__(self) -> None:
        """Raise ValueError for what is no quarter."""
        if self.period is not None:
            Quarter.parse(self.period)

    @property
    def by_person(self) -> bool:
        """Whether the rapportör sends each report herself."""
        return self.submit == "person"

    def collect(self, at: Screens, today: date) -> Iterator[Item[Case]]:
        """Yield every decision on support that may have to be reported, with what IVO was told of it before."""
        period = Quarter.parse(self.period) if self.period else Quarter.of(today).before
        if period.last >= today:
            raise ConfigurationError(
                f"{period} är inte slut än. Det rapporteras från och med dagen efter {period.last}."
            )
        if not at.written():
            self.learn(at)
        told = _told(at)
        waiting = {beslut for beslut, reports in told.items() if reports[-1].is_open}
        since = date(period.year - YEARS, 1, 1)
        for row in self._rows(at, since, today, waiting):
            waiting.discard(row.id)
            beslut: Insatsbeslut | InsatsbeslutRow | Protected = row
            if isinstance(row, InsatsbeslutRow) and (row.id in told or not rules.by_row(row, period)):
                beslut = at.lifecare.ett_insatsbeslut(row.id)
            shown = None if isinstance(beslut, Protected) else beslut
            yield _item(Case(row.id, period, shown, told.get(row.id, ()), self.on_the_day))
        for beslut_id in sorted(waiting):
            yield _item(Case(beslut_id, period, None, told[beslut_id], self.on_the_day, is_listed=False))

    @staticmethod
    def _rows(at: Screens, since: date, until: date, waiting: Container[str]) -> Iterator[InsatsbeslutRow | Protected]:
        """Yield every decision since a day, and of those before it what IVO still waits to hear of."""
        yield from at.lifecare.insatsbeslut(since, until)
        if waiting:
            older = at.lifecare.insatsbeslut(FIRST, since - timedelta(days=1))
            yield from [row for row in older if row.id in waiting]

    def learn(self, at: Screens) -> None:
        """Adopt what IVO's list shows that was not known: what people have reported there by hand."""
        told = _told(at)
        listed = defaultdict(list)
        for row in at.ivo.cases():
            if row.number is not None:
                listed[_name(row)].append(row)
        new = [row for name, rows in listed.items() if not _is_known(rows, told.get(name, ())) for row in rows]
        at.adopt([each for row in new for each in _as_written(at.ivo.opened(row))])

    def decide(self, record: Case, today: date) -> Decision:
        """Decide by the rules."""
        return rules.decide(record, today)

    def reread(self, at: Screens, seen: Case, step: Step) -> Case | Refer:
        """Read the decision again, and what IVO has of it, which must be what the plan took for granted."""
        del step
        page = at.lifecare.ett_insatsbeslut(seen.id)
        case = at.ivo.case(seen.id)
        if case is not None and not _fits(case, seen.reported):
            at.adopt(_as_written(case))
            why = "IVO har fått besked om beslutet på annat sätt efter planen. Kör igen: då räknas det med."
            return Refer(rules.TOLD_SINCE, why)
        if case is None and seen.reported and seen.reported[-1].is_open:
            return Refer(rules.TOLD_SINCE, "IVO visar inte längre ärendet. Vad har hänt med det?")
        return replace(seen, beslut=page if isinstance(page, Insatsbeslut) else None)

    def perform(self, at: Screens, step: Step, mark: str) -> Receipt:
        """Fill the report in, and let it be sent. IVO has no place for the mark: a quarter has one report of a kind."""
        del mark
        at.ivo.fill(step.args, by_person=self.by_person)
        return at.ivo.wait_until_sent(step.args) if self.by_person else at.ivo.send(step.args)

    def documents(self, made: Sequence[Made], period: str, before: Mapping[str, int]) -> list[Document]:
        """Return what the law asks for beside the reports: statistics for fullmäktige, a list for the auditors."""
        return statistics.documents(made, Quarter.parse(period), before)

    def confirm(self, at: Screens, step: Step, mark: str) -> Receipt | Refer | None:
        """Look for the report's receipt in its case. A draft is no report."""
        del mark
        case = at.ivo.case(step.args["referens"])
        for each in _reports(case) if case is not None else ():
            if rules.key(step.args["referens"], each.period, each.kind) == step.key:
                return Receipt(each.number, {"referens": step.args["referens"], "rapport": each.kind})
        return None


def _told(at: Screens) -> dict[str, tuple[Reported, ...]]:
    """Return what IVO has been told, by decision. What it has shown itself outweighs what was noted here."""
    told: dict[str, list[Reported]] = defaultdict(list)
    for each in {each.key: each for each in at.written()}.values():
        beslut, period, kind = rules.parts(each.key)
        told[beslut].append(Reported(period, kind, each.receipt, each.kind == rules.REPORT))
    return {beslut: tuple(sorted(reports, key=rules.in_time)) for beslut, reports in told.items()}


def _reports(case: IvoCase) -> tuple[Reported, ...]:
    """Return what was sent of a case, in time. A case has one end at most, and after it nothing."""
    sent = [(Quarter.parse(each.period), each.kind, each.kvittens) for each in case.reports if each.kvittens]
    waits = [period for period, kind, _number in sent if kind in rules.WAITS]
    found = [
        Reported(period if kind in rules.WAITS else max(waits, default=period), kind, number, is_open=False)
        for period, kind, number in sent
    ]
    found.sort(key=rules.in_time)
    last = found[-1:]
    return tuple(
        replace(each, is_open=each.kind in rules.WAITS and (each not in last or _waits(case))) for each in found
    )


def _as_written(case: IvoCase) -> list[Written]:
    name = _name(case)
    return [
        Written(rules.REPORT if each.is_open else rules.CLOSE, rules.key(name, each.period, each.kind), each.number)
        for each in _reports(case)
    ]


def _name(case: IvoCase | IvoRow) -> str:
    """Return by what a case is known here: the decision's number, or IVO's own where that may be somebody's."""
    return str(case.number) if _PERSONAL.search(case.referens) else case.referens


def _is_known(rows: Sequence[IvoRow], reported: tuple[Reported, ...]) -> bool:
    """Return whether what IVO lists of a decision is what is known of it: so many ends, and what is open."""
    ends = sum(row.status != _OPEN for row in rows)
    waits = [(row.period, row.kind) for row in rows if row.status == _OPEN]
    last = [(str(each.period), each.kind) for each in reported[-1:] if each.is_open]
    return (ends, waits) == (sum(not each.is_open for each in reported), last)


def _waits(case: IvoCase) -> bool:
    return case.status == _OPEN


def _fits(case: IvoCase, known: tuple[Reported, ...]) -> bool:
    """Return whether IVO has what is known and no more, and waits for what is known to be open."""
    shown = _reports(case)
    told = {(each.period, each.kind) for each in known}
    still = [(each.period, each.kind) for each in known[-1:] if each.is_open]
    last = [(each.period, each.kind) for each in shown[-1:] if _waits(case)]
    return {(each.period, each.kind) for each in shown} <= told and last == still


def _item(case: Case) -> Item[Case]:
    beslut = case.beslut
    if beslut is None:
        return Item(f"ivo:{case.id}", case.id, case)
    return Item(f"ivo:{case.id}", case.id, case, handlaggare=beslut.handlaggare, case=beslut.arende)


BOT = IvoReporting()
