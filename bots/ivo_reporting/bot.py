"""The flow of quarterly reporting to IVO, as the operator's runbook has it.

Search Lifecare for every decision of the last years, open each that its row does not decide, and decide by it and by
what IVO has been told. With IVO open: learn what has been told there by hand since. Then for each report: read the
decision again, find its case or draft at IVO, fill the form in, and let a person check and send it (or send what was
approved). If the answer is lost, look for the receipt at IVO before anything else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import ClassVar, Literal, Protocol

from bots.contract import Bot, Decision, Document, Item, Made, Receipt, Refer, Rule, Step, Written
from bots.errors import ConfigurationError
from bots.ivo_reporting import rules, statistics, texts
from bots.ivo_reporting.models import Case, Known, Reported, Told
from bots.quarter import Quarter
from bots.records.ivo import BEGINS, OPEN, IvoCase, IvoRow, SentReport
from bots.records.lifecare import Insatsbeslut, InsatsbeslutRow, Protected

#: Of decisions that are older than so many years only those that still hold are looked at. An interruption may come
#: late.
YEARS = 10
#: Before this day nobody decided on support by a law that has reports.
FIRST = date(1994, 1, 1)
#: The status that is remembered of a case that IVO shows no longer.
_MISSING = "saknas"


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

    def cases_of(self, referens: str) -> Sequence[IvoCase]:
        """Return every case with this reference of ours, and open the one that is gone on with."""

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

    def remember(self, shown: Mapping[str, Known]) -> None:
        """Keep what IVO shows of each reference, in place of what it showed before."""

    def remembered(self) -> Sequence[tuple[Known, datetime]]:
        """Return what IVO was last seen to show of each reference, and when."""


@dataclass(frozen=True)
class IvoReporting(Bot[Screens, Case]):
    """Reports to IVO what was granted and not carried out in three months, and how it went.

    `period` is the quarter that is reported, else the one before today's. `submit`: a person checks and sends each
    report, or the bot sends what was approved. `on_the_day`: three months that end on the quarter's last day are over.
    """

    period: str | None = None
    submit: Literal["person", "approved"] = "person"
    on_the_day: bool = False

    name: ClassVar[str] = "ivo-reporting"
    systems: ClassVar[tuple[str, ...]] = ("lifecare", "ivo")
    steps: ClassVar[Mapping[str, str]] = {
        rules.REPORT: "rapporteras till IVO",
        rules.CLOSE: "avslut rapporteras till IVO",
    }
    done: ClassVar[str] = "Rapporterade"
    rules: ClassVar[tuple[Rule, ...]] = rules.ALL
    asks: ClassVar[bool] = True
    texts: ClassVar[Mapping[str, int]] = dict.fromkeys(texts.NAMES, texts.LONGEST)
    record: ClassVar[type[Case]] = Case
    memory: ClassVar[type[Known]] = Known

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
        if not (at.written() or at.remembered()):
            self.learn(at)
        remembered = at.remembered()
        told = _told(remembered, at.written())
        shown = {known.referens: known.cases for known, _when in remembered}
        waiting = {referens for referens, cases in told.items() if any(each.is_open for each in cases)}
        rows = self._rows(at, date(period.year - YEARS, 1, 1), today, waiting)
        listed = {row.id for row in rows}
        about = _by_whom(shown)
        claimed: set[str] = set()
        for row in rows:
            beslut: Insatsbeslut | InsatsbeslutRow | Protected = row
            if isinstance(row, InsatsbeslutRow) and (row.id in told or not rules.by_row(row, period)):
                beslut = at.lifecare.ett_insatsbeslut(row.id)
            seen = None if isinstance(beslut, Protected) else beslut
            beside = _beside(row.id, seen, about)
            maybe = tuple(number for number, referens in beside.items() if referens not in listed)
            case = Case(row.id, period, seen, told.get(row.id, ()), maybe, tuple(beside), on_the_day=self.on_the_day)
            if rules.decide(case, today).rule == rules.MAYBE_TOLD:
                claimed |= set(beside.values())
            yield _item(case)
        for referens in sorted(waiting - listed - claimed):
            # A reference that somebody has made by hand may name the person: what is shown is IVO's own number.
            numbers = [each.number for each in shown.get(referens, ()) if each.status == OPEN and each.number]
            yield _item(Case(next(iter(numbers), referens), period, None, told[referens], is_listed=False))

    @staticmethod
    def _rows(at: Screens, since: date, until: date, waiting: set[str]) -> list[InsatsbeslutRow | Protected]:
        """Return every decision since a day; of those before it what still holds, and what IVO waits to hear of."""
        return [
            row
            for row in at.lifecare.insatsbeslut(FIRST, until)
            if isinstance(row, Protected) or row.beslutat >= since or row.status != "avslutat" or row.id in waiting
        ]

    def learn(self, at: Screens) -> None:
        """Remember what IVO's list shows that was not known: what people have reported, or mended, there by hand.

        An open case that it shows no longer is one that IVO does not wait for.
        """
        told = _told(at.remembered(), at.written())
        listed = defaultdict(list)
        for row in at.ivo.cases():
            if row.number is not None:
                listed[row.referens].append(row)
        new = {referens: rows for referens, rows in listed.items() if not _is_known(rows, told.get(referens, ()))}
        shown = {referens: [at.ivo.opened(row) for row in rows] for referens, rows in new.items()}
        for referens, cases in told.items():
            if referens not in listed and any(each.is_open for each in cases):
                # A list may miss one, where others work in it. Who searches for it knows.
                found = [each for each in at.ivo.cases_of(referens) if each.number is not None]
                shown[referens] = found or [_missing(referens, each) for each in cases]
        newest = max((Quarter.parse(row.period) for rows in listed.values() for row in rows), default=None)
        kept = {referens: tuple(_kept(each, newest) for each in cases) for referens, cases in shown.items()}
        at.remember({referens: Known(referens, cases) for referens, cases in kept.items()})

    def decide(self, record: Case, today: date) -> Decision:
        """Decide by the rules."""
        return rules.decide(record, today)

    def reread(self, at: Screens, seen: Case, step: Step) -> Case | Refer:
        """Read the decision again, and what IVO has of it, which must be what the plan took for granted."""
        page = at.lifecare.ett_insatsbeslut(seen.id)
        is_known = _fits(at.ivo.cases_of(seen.id), seen.told, step.args.get(rules.AFTER))
        beslut = page if isinstance(page, Insatsbeslut) else None
        if step.args["rapporttyp"] in BEGINS:
            about = _by_whom({known.referens: known.cases for known, _when in at.remembered()})
            is_known &= set(_beside(seen.id, beslut, about)) <= set(seen.beside)
        if not is_known:
            return Refer(rules.TOLD_SINCE, "IVO har inte det som planen räknade med. Kör igen: då läses det på nytt.")
        return replace(seen, beslut=beslut)

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
        for each in (report for case in at.ivo.cases_of(step.args["referens"]) for report in _as_told(case).reports):
            if rules.key(step.args["referens"], each.period, each.kind) == step.key:
                return Receipt(each.number, {"referens": step.args["referens"], "rapport": each.kind})
        return None


def _told(remembered: Sequence[tuple[Known, datetime]], written: Sequence[Written]) -> dict[str, tuple[Told, ...]]:
    """Return what IVO has, by reference: what it showed when it was seen last, and what this bot has sent since."""
    told: dict[str, tuple[Told, ...]] = {}
    since: dict[str, datetime] = {}
    for known, when in remembered:
        cases = [_as_told(each) for each in known.cases]
        told[known.referens], since[known.referens] = tuple(each for each in cases if each.reports), when
    for each in written:
        referens, period, kind = rules.parts(each.key)
        have = told.get(referens, ())
        numbers = {report.number for case in have for report in case.reports}
        if each.at > since.get(referens, datetime.min.replace(tzinfo=UTC)) and each.receipt not in numbers:
            report = Reported(period, kind, each.receipt)
            told[referens] = rules.with_report(have, report, leaves_open=each.kind == rules.REPORT)
    return {referens: cases for referens, cases in told.items() if cases}


def _as_told(case: IvoCase) -> Told:
    """Return what was sent of a case. An end has the quarter of the report before it: a case has one end at most."""
    sent = [(Quarter.parse(each.period), each.kind, each.kvittens) for each in case.reports if each.kvittens]
    waits = [period for period, kind, _number in sent if kind in rules.WAITS]
    reports = [
        Reported(period if kind in rules.WAITS else max(waits, default=period), kind, number)
        for period, kind, number in sent
    ]
    is_missing = case.status == _MISSING
    return Told(tuple(sorted(reports, key=rules.in_time)), is_open=case.status == OPEN, is_missing=is_missing)


def _kept(case: IvoCase, newest: Quarter | None) -> IvoCase:
    """Return what is remembered of a case: whose it is only while it is open, or may be told of in two quarters."""
    is_recent = newest is not None and any(Quarter.parse(each.period) >= newest.before for each in case.reports)
    return case if case.status == OPEN or is_recent else replace(case, personnummer=None)


def _missing(referens: str, told: Told) -> IvoCase:
    """Return what is remembered of a case that IVO has no longer: what it was told."""
    reports = tuple(SentReport(str(each.period), each.kind, each.number) for each in told.reports)
    return IvoCase(referens, None, _MISSING, None, None, reports)


#: IVO's cases by person and day of the decision: the number of each, and its reference.
_ByWhom = Mapping[tuple[str, date], Mapping[str, str]]


def _by_whom(shown: Mapping[str, Sequence[IvoCase]]) -> _ByWhom:
    about: dict[tuple[str, date], dict[str, str]] = defaultdict(dict)
    for each in (each for cases in shown.values() for each in cases):
        if each.number and each.personnummer and each.beslutsdatum:
            about[each.personnummer, each.beslutsdatum][each.number] = each.referens
    return about


def _beside(id_: str, beslut: Insatsbeslut | InsatsbeslutRow | None, about: _ByWhom) -> dict[str, str]:
    """Return IVO's cases of the same person and day as a decision, under other references: number and reference."""
    if not isinstance(beslut, Insatsbeslut) or beslut.personnummer is None:
        return {}
    same = about.get((beslut.personnummer, beslut.beslutat), {})
    return {number: referens for number, referens in sorted(same.items()) if referens != id_}


#: What is compared of a case at IVO: whether it is open, and its reports; of an end, which is one, not the quarter.
_Face = tuple[bool, tuple[tuple[str, str], ...]]


def _is_known(rows: Sequence[IvoRow], told: Sequence[Told]) -> bool:
    """Return whether what IVO lists of a reference is what is known of it: each case, its last report, and if open."""
    listed = [(row.status == OPEN, *_report(row.kind, row.period)) for row in rows]
    known = [(each.is_open, *_report(each.reports[-1].kind, str(each.reports[-1].period))) for each in told]
    return sorted(listed) == sorted(known)


def _fits(shown: Sequence[IvoCase], told: Sequence[Told], after: str | None) -> bool:
    """Return whether IVO shows what is known, and `after` this kind of report too.

    A draft is nothing that it was told. It may show no longer what is over.
    """
    known = Counter(_face(each, after if each.is_open else None) for each in told if not each.is_missing)
    seen = Counter(_face(each) for each in map(_as_told, shown) if each.reports)
    return seen <= known and not any(is_open for is_open, _reports in known - seen)


def _face(told: Told, after: str | None = None) -> _Face:
    reports = [_report(each.kind, str(each.period)) for each in told.reports]
    return told.is_open and after is None, tuple(sorted([*reports, *([_report(after, "")] if after else [])]))


def _report(kind: str, period: str) -> tuple[str, str]:
    return kind, period if kind in rules.WAITS else ""


def _item(case: Case) -> Item[Case]:
    beslut = case.beslut
    if beslut is None:
        return Item(f"ivo:{case.id}", case.id, case, protected=case.is_listed)
    return Item(f"ivo:{case.id}", case.id, case, handlaggare=beslut.handlaggare, case=beslut.arende)


BOT = IvoReporting()
