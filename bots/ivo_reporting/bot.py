"""The flow of quarterly reporting to IVO, as the operator's runbook has it.

Search Lifecare for every decision of the last years, open each, and decide. For each report: read the decision again,
find its case or draft at IVO, fill the form in, and let a person check and send it (or send what was approved). If the
answer is lost, look for the receipt at IVO before anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Literal, Protocol

from bots.contract import Decision, Document, Item, Made, Receipt, Refer, Rule, Step, Written
from bots.errors import ConfigurationError
from bots.ivo_reporting import rules, statistics
from bots.ivo_reporting.models import Case, Reported
from bots.quarter import Quarter
from bots.records.ivo import IvoCase
from bots.records.lifecare import Insatsbeslut, InsatsbeslutRow, Protected

#: How far back decisions are searched for: an interruption may come years after the decision. Years.
YEARS = 10


class DecisionPortal(Protocol):
    """What this bot needs of Lifecare."""

    def insatsbeslut(self, since: date, until: date) -> list[InsatsbeslutRow | Protected]:
        """Return every decision on support that was made between two days, both of them included."""

    def ett_insatsbeslut(self, beslut_id: str) -> Insatsbeslut | Protected:
        """Open one decision's page and return what it shows."""


class ReportPortal(Protocol):
    """What this bot needs of IVO's e-tjänst."""

    def cases(self) -> list[IvoCase]:
        """Return every case of the list, each with its last report."""

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
        """Return what this bot has reported to this IVO, oldest first."""

    def adopt(self, found: list[Written]) -> None:
        """Remember what others have reported there before it."""


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
        told = _told(at)
        for row in at.lifecare.insatsbeslut(date(period.year - YEARS, 1, 1), today):
            page = at.lifecare.ett_insatsbeslut(row.id) if isinstance(row, InsatsbeslutRow) else row
            beslut = page if isinstance(page, Insatsbeslut) else None
            yield _item(Case(row.id, period, beslut, told.get(row.id, ()), self.on_the_day))

    def decide(self, record: Case, today: date) -> Decision:
        """Decide by the rules."""
        return rules.decide(record, today)

    def reread(self, at: Screens, seen: Case, step: Step) -> Case:
        """Read the decision again, and what IVO has of it, which must be what the plan took for granted."""
        page = at.lifecare.ett_insatsbeslut(seen.id)
        known = at.ivo.case(seen.id)
        reported = seen.reported if _fits(known, step) else _all_told(known)
        return replace(seen, beslut=page if isinstance(page, Insatsbeslut) else None, reported=reported)

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
        known = at.ivo.case(step.args["referens"])
        for each in known.reports if known else ():
            if (each.period, each.kind) == (step.args["period"], step.args["rapporttyp"]) and each.kvittens:
                return Receipt(each.kvittens, {"referens": step.args["referens"], "rapport": each.kind})
        return None


def _told(at: Screens) -> dict[str, tuple[Reported, ...]]:
    """Return what IVO was told before, by decision; from its own list what it was told before the bot came."""
    told: dict[str, tuple[Reported, ...]] = {}
    if not at.written():
        at.adopt([_as_written(each.referens, report) for each in at.ivo.cases() for report in _all_told(each)])
    for each in at.written():
        beslut, period, kind = rules.parts(each.key)
        is_open = each.kind == rules.REPORT
        told[beslut] = (*told.get(beslut, ()), Reported(period, kind, each.receipt, is_open))
    return told


def _as_written(referens: str, report: Reported) -> Written:
    kind = rules.REPORT if report.is_open else rules.CLOSE
    return Written(kind, rules.key(referens, report.period, report.kind), report.number)


def _all_told(known: IvoCase | None) -> tuple[Reported, ...]:
    sent = [each for each in known.reports if each.kvittens] if known else []
    return tuple(
        Reported(Quarter.parse(each.period), each.kind, each.kvittens or "", is_open=each is sent[-1] and _waits(known))
        for each in sent
    )


def _waits(known: IvoCase | None) -> bool:
    return known is not None and known.status == "ej verkställt"


def _fits(known: IvoCase | None, step: Step) -> bool:
    """Return whether IVO's case is as the report needs it: none open for a new one, an open one for all others."""
    kind, period = step.args["rapporttyp"], step.args["period"]
    if any(each.kvittens and (each.period, each.kind) == (period, kind) for each in (known.reports if known else ())):
        return False
    return _waits(known) is (kind not in (rules.NEW, rules.NEW_STOP))


def _item(case: Case) -> Item[Case]:
    beslut = case.beslut
    if beslut is None:
        return Item(f"ivo:{case.id}", case.id, case)
    return Item(f"ivo:{case.id}", case.id, case, handlaggare=beslut.handlaggare, case=beslut.arende)


BOT = IvoReporting()
