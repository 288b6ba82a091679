"""What must be reported to IVO, and as what. Pure: a case and a day in, a decision out.

Order matters: what forbids reading is asked first, then what IVO is not told of at all (by the search's row, as far as
that goes), then what has become of a case that IVO knows, then whether somebody has waited too long; what only the
report itself needs is asked last.

Sources: socialtjänstlagen (2025:400) 11, 12 and 34 kap. and what was in force before it; LSS 9 and 28 f-h §§; the
plan's chapter 3.3; the house's reading of them where they leave room (`bots.ivo_reporting`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bots.contract import Act, Decision, Leave, Refer, Rule, Step
from bots.ivo_reporting import counting, texts
from bots.ivo_reporting.counting import History, Wait
from bots.ivo_reporting.models import Case, Reported, Told
from bots.personnummer import check_digit
from bots.quarter import Quarter
from bots.records.ivo import BEGINS, ENDS, KINDS
from bots.records.lifecare import Insatsbeslut, InsatsbeslutRow

NEW, NEW_STOP, STILL, DONE, CLOSED = KINDS
#: What tells IVO that somebody waits.
WAITS = frozenset({NEW, NEW_STOP, STILL})
#: Kinds of step: after the one IVO still waits to hear of the case, after the other it does not.
REPORT, CLOSE = "report", "close"
#: The day from which socialtjänstlagen (2025:400) has other sections than its forerunner.
NEW_LAW = date(2025, 7, 1)
_DAY = timedelta(days=1)
#: What an arg of a step is called that is to come after another one of its item: the kind of report of that one.
AFTER = "efter"
#: How it is done what the bot does not do.
_BY_HAND = "Ska det rapporteras i efterhand görs det för hand."

#: The sections by which the nämnd grants what is reported: SoL's, with their first and last day, and LSS's.
SECTIONS = {
    "4 kap. 1 § SoL": (date.min, NEW_LAW - _DAY),
    "11 kap. 1 § SoL": (NEW_LAW, date.max),
    "12 kap. 1 § SoL": (NEW_LAW, date.max),
    **{f"9 § {number} LSS": (date.min, date.max) for number in range(2, 11)},
}
#: What IVO is not told of, and why.
ELSEWHERE = {
    "9 § 1 LSS": "råd och stöd är regionens insats",
    "11 kap. 4 § SoL": "insatsen ges utan behovsprövning",
    "11 kap. 5 § SoL": "insatsen ges utan behovsprövning",
}
_HOME = re.compile(r"\b(2018:222|1992:1574)\b")
#: Support by Lifecare's code, with a name of ours. IVO's form has the same codes, or names for them (`selectors/ivo`).
SUPPORTS = {
    "SOL-01": "särskilt boende", "SOL-02": "hemtjänst", "SOL-03": "boendestöd", "SOL-04": "kontaktperson (SoL)",
    "LSS-02": "personlig assistans", "LSS-03": "ledsagarservice", "LSS-04": "kontaktperson (LSS)",
    "LSS-05": "avlösarservice i hemmet", "LSS-06": "korttidsvistelse", "LSS-07": "korttidstillsyn",
    "LSS-08": "boende för barn och unga", "LSS-09": "bostad med särskild service för vuxna",
    "LSS-10": "daglig verksamhet",
}  # fmt: skip
#: What they are called where the law is not said.
_NAMES = frozenset(each.partition(" (")[0] for each in SUPPORTS.values())
#: The reasons that IVO's form has. "annat" is none of ours: a person must say what it is.
REASONS = frozenset(
    {
        "resursbrist bostad", "resursbrist personal", "resursbrist uppdragstagare", "tackat nej", "önskar vänta",
        "särskilda önskemål",
    }
)  # fmt: skip
_ANSWERS = frozenset({"tackat ja", "tackat nej", None})
#: Why a case may be closed though the support was never carried out. A declined offer is none of these.
ENDINGS = frozenset(
    {
        "ansökan återtagen", "behovet har upphört", "den enskilde har avlidit", "den enskilde har flyttat",
        "beslutet har löpt ut",
    }
)  # fmt: skip
#: From this age support by socialtjänstlagen is counted as care of the elderly in IVO's form. Years.
ELDERLY = 65

NOT_FOUND = Rule("not-found", "IVO väntar, men Lifecare visar inte beslutet")
TWO_OPEN = Rule("two-open", "IVO har flera öppna ärenden om beslutet")
GONE_AT_IVO = Rule("gone-at-ivo", "IVO visar inte längre ärendet")
STILL_OPEN = Rule("still-open", "IVO väntar på ett beslut som inte rapporteras")
TOLD_SINCE = Rule("told-since", "IVO har fått besked på annat sätt efter planen")
PROTECTED = Rule("protected", "skyddade personuppgifter")
NOT_DECIDED = Rule("not-decided", "beslutet är inte fattat, eller ett avslag")
UNKNOWN_VALUE = Rule("unknown-value", "ett värde som reglerna inte känner")
COURT = Rule("court", "domstolens avgörande rapporteras inte")
NOT_REPORTABLE = Rule("not-reportable", "insatsen rapporteras inte till IVO")
UNKNOWN_SECTION = Rule("unknown-section", "okänt lagrum")
OTHER_LAW = Rule("other-law", "lagrummet gällde inte den dagen")
AFTER_END = Rule("after-end", "något har hänt efter att insatsen avslutades")
LATER = Rule("later", "beslutat efter kvartalet")
CARRIED_OUT = Rule("carried-out", "verkställt: rapporteras till IVO")
ENDED = Rule("ended", "avslutat: rapporteras till IVO")
ENDED_UNTOLD = Rule("ended-untold", "avslutat utan att IVO har fått veta")
ENDED_OTHERWISE = Rule("ended-otherwise", "avslutat av en anledning som reglerna inte känner")
GONE_BEFORE = Rule("gone-before", "avliden, flyttad eller slut innan väntan började")
ENDED_AT_IVO = Rule("ended-at-ivo", "IVO väntar inte längre")
MAYBE_TOLD = Rule("maybe-told", "kan vara rapporterat under en annan referens")
TOLD_ALREADY = Rule("told-already", "redan rapporterat för kvartalet")
STILL_WAITING = Rule("still-waiting", "fortsatt ej verkställt")
IN_TIME = Rule("in-time", "tre månader har inte gått")
WAITED_ENOUGH = Rule("waited-enough", "verkställt i tid")
OVER = Rule("over", "verkställt eller avslutat före kvartalet")
OVER_UNTOLD = Rule("over-untold", "upphörde före kvartalet utan att IVO har fått veta")
NO_WAIT = Rule("no-wait", "IVO väntar, men Lifecare visar ingen väntan")
LATE = Rule("late", "ej verkställt inom tre månader")
LATE_AGAIN = Rule("late-again", "avbrott som varat mer än tre månader")
NO_NUMBER = Rule("no-number", "personnummer saknas eller är fel")
UNKNOWN_SUPPORT = Rule("unknown-support", "okänd insats")
NO_REASON = Rule("no-reason", "orsaken saknas")
UNKNOWN_PART = Rule("unknown-part", "oklart hur mycket som är verkställt")
TOO_LONG = Rule("too-long", "texten är för lång")

#: Every rule, in the order in which they are asked.
ALL = (
    NOT_FOUND, TWO_OPEN, GONE_AT_IVO, PROTECTED, NOT_DECIDED, NOT_REPORTABLE, LATER, UNKNOWN_VALUE, COURT,
    UNKNOWN_SECTION, OTHER_LAW, AFTER_END, STILL_OPEN, TOLD_SINCE, NO_WAIT, CARRIED_OUT, ENDED_OTHERWISE, ENDED,
    TOLD_ALREADY, STILL_WAITING, ENDED_AT_IVO, WAITED_ENOUGH, IN_TIME, OVER, OVER_UNTOLD, ENDED_UNTOLD, MAYBE_TOLD,
    LATE_AGAIN, LATE, GONE_BEFORE, NO_NUMBER, UNKNOWN_SUPPORT, NO_REASON, UNKNOWN_PART, TOO_LONG,
)  # fmt: skip


def decide(case: Case, today: date) -> Decision:
    """Decide on one decision's report for the case's quarter.

    Act: a report with all its fields, or two: an end, and what is late again since. Refer: a person must look. Leave:
    IVO is not told this quarter.
    """
    beslut, told = case.beslut, _open(case)
    if not case.is_listed:
        question = (
            "IVO väntar på besked, men Lifecare visar inget beslut med den beteckningen. Vilket beslut gäller det?"
        )
        return Refer(NOT_FOUND, question, _last_told(told))
    if sum(each.is_open for each in case.told) > 1:
        return Refer(TWO_OPEN, "IVO väntar på besked i flera ärenden om beslutet. Vilket gäller?", _last_told(told))
    if told is None and (gone := next((each for each in case.told if each.is_missing), None)):
        return Refer(GONE_AT_IVO, "IVO visar inte längre sitt ärende om beslutet. Är det borttaget?", _last_told(gone))
    if beslut is None:
        facts = {"beslut": case.id, **_last_told(told)}
        if told is not None and _last(told).period >= case.period:
            return Leave(TOLD_ALREADY, f"Skyddade personuppgifter. IVO har en rapport för {_last(told).period}.", facts)
        return Refer(PROTECTED, "Skyddade personuppgifter: rapporten görs för hand.", facts)
    left = by_row(beslut, case.period) or (_by_page(beslut) if isinstance(beslut, Insatsbeslut) else None)
    if isinstance(left, Leave) and left.rule is not LATER and told is not None:
        question = f"IVO väntar på besked om beslutet, men det rapporteras inte. {left.reason} Vad är rätt?"
        return Refer(STILL_OPEN, question, {**left.inputs, **_last_told(told)})
    if left is not None:
        return left
    if not isinstance(beslut, Insatsbeslut):
        raise TypeError(f"{case.id}: the row alone does not decide")
    return _known(case, beslut, today) or _waiting(case, beslut, today)


# --- what IVO is not told of -----------------------------------------------------------------------------------------


def by_row(beslut: InsatsbeslutRow, period: Quarter) -> Leave | None:
    """Return why this decision is not reported, as far as the row of a search tells; None if its page must be seen."""
    facts = {"status": beslut.status, "lagrum": beslut.lagrum}
    if beslut.status == "utkast":
        return Leave(NOT_DECIDED, "Det finns inget beslut att verkställa.", facts)
    if beslut.lagrum in ELSEWHERE or _HOME.search(beslut.lagrum):
        why = ELSEWHERE.get(beslut.lagrum, "bostadsanpassning rapporteras inte")
        return Leave(NOT_REPORTABLE, f"{why[0].upper()}{why[1:]}.", facts)
    if beslut.beslutat > period.last:
        return Leave(LATER, f"Beslutet fattades efter {period}.", {"beslutat": beslut.beslutat.isoformat()})
    return None


def _by_page(beslut: Insatsbeslut) -> Leave | Refer | None:
    """Return why this decision is not reported, whatever has become of it; None if it may have to be."""
    facts: dict[str, str | None] = {
        "status": beslut.status, "utfall": beslut.utfall, "beslutsfattare": beslut.beslutsfattare,
        "lagrum": beslut.lagrum, "beslutat": beslut.beslutat.isoformat(),
    }  # fmt: skip
    if beslut.utfall == "avslag":
        return Leave(NOT_DECIDED, "Det finns inget gynnande beslut att verkställa.", facts)
    odd = {"status": beslut.status not in {"fastställt", "avslutat"}, "utfall": beslut.utfall != "bifall"}
    odd |= {"verkställighet": not {each.what for each in beslut.verkstallighet} <= set(counting.HAPPENINGS)}
    odd |= {"svaret på ett erbjudande": not {each.svar for each in beslut.erbjudanden} <= _ANSWERS}
    if names := [name for name, is_odd in odd.items() if is_odd]:
        return Refer(
            UNKNOWN_VALUE, f"Reglerna känner inte värdet på {' och '.join(names)}. Ska det rapporteras?", facts
        )
    if beslut.beslutsfattare == "domstol":
        return Leave(COURT, "En domstol har beslutat om insatsen. Domar rapporteras inte.", facts)
    if beslut.beslutsfattare != "nämnd":
        return Refer(UNKNOWN_VALUE, "Vem har fattat beslutet? Bara nämndens beslut rapporteras.", facts)
    if beslut.lagrum not in SECTIONS:
        return Refer(UNKNOWN_SECTION, "Reglerna känner inte lagrummet. Ska beslutet rapporteras?", facts)
    first, last = SECTIONS[beslut.lagrum]
    if not first <= beslut.beslutat <= last:
        return Refer(OTHER_LAW, f"Lagrummet gällde inte den {beslut.beslutat}. Vilket är rätt?", facts)
    past = counting.history(beslut, date.max)
    if past.goes_on:
        return Refer(AFTER_END, "Lifecare visar något efter att insatsen avslutades. Vad gäller?", facts)
    if past.is_less:
        return Refer(UNKNOWN_PART, "Nu ges mindre än det som var verkställt. Hur mycket saknas?", facts)
    return None


# --- what IVO knows --------------------------------------------------------------------------------------------------


def _known(case: Case, beslut: Insatsbeslut, today: date) -> Decision | None:
    """Decide on a case that IVO has open; None when it has none. Its end may be told on any day."""
    told = _open(case)
    if told is None:
        return None
    past = counting.history(beslut, today)
    wait = _about(past.waits, told)
    facts = _facts(wait) | _last_told(told)
    if wait is None or not _is_late(case, wait, max(_last(told).period, case.period).last):
        question = "IVO väntar på besked, men i Lifecare syns ingen väntan som har varit för lång. Vad är rätt?"
        return Refer(NO_WAIT, question, facts)
    if wait.end is not None and not wait.is_over:
        more = {"verkställt": wait.end.isoformat()}
        reason = f"Insatsen verkställdes {wait.end}."
        done = _report(case, beslut, CARRIED_OUT, DONE, reason, wait, facts, more, ends=told, on=today)
        return _and_again(case, beslut, done, today)
    if past.ended is not None or beslut.status == "avslutat" or _gone(beslut, today):
        return _ended(case, beslut, past, wait, facts, told, today)
    last = _last(told)
    if last.period >= case.period:
        return Leave(TOLD_ALREADY, f"IVO har redan en rapport för {last.period}.", facts)
    reason = f"Insatsen är fortfarande inte verkställd. IVO fick veta det senast för {last.period}."
    return _report(case, beslut, STILL_WAITING, STILL, reason, wait, facts)


def _and_again(case: Case, beslut: Insatsbeslut, done: Act | Refer, today: date) -> Act | Refer:
    """Add what is late again after a wait that is over, to the report of its end: both are due, or asked about."""
    again = _waiting(case, beslut, today)
    if isinstance(done, Refer) or isinstance(again, Leave):
        return done
    if isinstance(again, Refer):
        return _besides(done, again)
    steps = tuple(replace(each, args={**each.args, AFTER: DONE}) for each in again.steps)
    return Act(done.rule, f"{done.reason} {again.reason}", (*done.steps, *steps), {**again.inputs, **done.inputs})


def _about(waits: Sequence[Wait], told: Told) -> Wait | None:
    """Return which wait one of IVO's cases is about, by its first report.

    The latest of its kind that was too long by the end of that quarter, or else that had begun.
    """
    first = told.reports[0]
    begun = [each for each in waits if each.since <= first.period.last]
    if first.kind in BEGINS:
        begun = [each for each in begun if each.is_stop is (first.kind == NEW_STOP)]
    late = [each for each in begun if counting.is_late(each.since, first.period.last)]
    return next(iter((late or begun)[-1:]), None)


def _open(case: Case) -> Told | None:
    """Return the case that IVO has open."""
    return next((each for each in case.told if each.is_open), None)


def _last(told: Told) -> Reported:
    """Return the last report of a case that says that somebody waits."""
    return next((each for each in reversed(told.reports) if each.kind in WAITS), told.reports[-1])


def in_time(each: Reported) -> tuple[Quarter, int]:
    """Return what puts the reports of a case in their order: of one quarter an end comes last."""
    return each.period, 0 if each.kind in WAITS else 2 if each.kind in ENDS else 1


def with_report(told: Sequence[Told], report: Reported, *, leaves_open: bool) -> tuple[Told, ...]:
    """Return what IVO has of a decision when it has got this report too."""
    if any((each.period, each.kind) == (report.period, report.kind) for case in told for each in case.reports):
        return tuple(told)
    if report.kind in BEGINS:
        return (*told, Told((report,), leaves_open))
    return tuple(
        replace(each, reports=(*each.reports, report), is_open=leaves_open) if each.is_open else each for each in told
    )


def _last_told(told: Told | None) -> dict[str, str | None]:
    if told is None:
        return {}
    last = _last(told)
    return {"kvittens": last.number, "senast rapporterat": f"{last.period}: {last.kind}"}


def _ended(
    case: Case,
    beslut: Insatsbeslut,
    past: History,
    wait: Wait,
    facts: dict[str, str | None],
    told: Told,
    today: date,
) -> Decision:
    """Decide on a wait that is over without support. It was over when nobody was left to wait, whatever came later."""
    over: tuple[date, str | None] | None = _gone(beslut, today)
    if past.ended is not None and not (over and over[0] <= past.ended.on):
        over = past.ended.on, past.ended.why
    if over is None or over[1] is None:
        question = "Beslutet är avslutat, men Lifecare visar inte varför. Vad ska IVO få veta?"
        return Refer(ENDED_OTHERWISE, question, facts | {"anledning": None})
    on, why = over
    if why not in ENDINGS:
        question = "Beslutet är avslutat av en anledning som reglerna inte känner. Vad ska IVO få veta?"
        return Refer(ENDED_OTHERWISE, question, facts | {"anledning": why})
    if on < wait.since:
        question = f"Ingen väntade längre {on}, innan väntan började {wait.since}. Vad ska IVO få veta?"
        return Refer(GONE_BEFORE, question, facts)
    reason, more = f"Väntan upphörde {on}: {why}.", {"avslutsdatum": on.isoformat(), "avslutsorsak": why}
    return _report(case, beslut, ENDED, CLOSED, reason, wait, facts, more, ends=told, on=today)


def _gone(beslut: Insatsbeslut, on: date) -> tuple[date, str] | None:
    """Return since when nobody waits for the support any more though it was never ended, and why."""
    days = {"den enskilde har avlidit": beslut.avliden, "den enskilde har flyttat": beslut.utflyttad}
    days |= {"beslutet har löpt ut": beslut.to if beslut.to is not None and beslut.to < on else None}
    over = [(day, why) for why, day in days.items() if day is not None and beslut.beslutat <= day <= on]
    return min(over) if over else None


# --- what IVO doesn't know -------------------------------------------------------------------------------------------


def _waiting(case: Case, beslut: Insatsbeslut, today: date) -> Decision:
    """Decide on what IVO has no open case of: each wait that was too long, and that it has not been told of.

    Only one of them can have gone on into the quarter. An older one is asked about beside it.
    """
    period, past = case.period, counting.history(beslut, today)
    late = [each for each in past.waits if _is_late(case, each, _until(each, beslut, period.last))]
    about = [_about(past.waits, each) for each in case.told]
    now = past.waits[-1]
    if now in about and now in late and now.end is None and not (_gone(beslut, today) or beslut.status == "avslutat"):
        question = "IVO väntar inte längre på besked, men i Lifecare pågår väntan. Vad är rätt?"
        return Refer(ENDED_AT_IVO, question, _facts(now))
    # What was over in the quarter before, and IVO was not told of then, is asked about in this one.
    untold = [each for each in late if each not in about and _until(each, beslut, period.last) >= period.before.first]
    if not untold:
        return _in_time(case, beslut, past, late)
    *older, wait = untold
    found = _late(case, beslut, wait, today)
    for each in older:
        found = _besides(found, _late(case, beslut, each, today))
    return found


def _late(case: Case, beslut: Insatsbeslut, wait: Wait, today: date) -> Act | Refer:
    """Decide on one wait that was too long, and that IVO has not been told of."""
    period = case.period
    last, facts = counting.deadline(wait.since), _facts(wait)
    until = _until(wait, beslut, period.last)
    if until < period.first:
        question = f"De tre månaderna gick ut {last}, och väntan upphörde {until}, före kvartalet"
        return Refer(OVER_UNTOLD, f"{question}. IVO har inte fått veta det. {_BY_HAND}", facts)
    if wait.is_over or (wait.end is None and (_gone(beslut, today) or beslut.status == "avslutat")):
        question = f"De tre månaderna gick ut {last}, och därefter upphörde väntan"
        return Refer(ENDED_UNTOLD, f"{question}. IVO har inte fått veta det. {_BY_HAND}", facts)
    if case.maybe:
        question = f"IVO har ett ärende om samma person och beslutsdag ({', '.join(case.maybe)})"
        return Refer(MAYBE_TOLD, f"{question}, med en annan referens. Är det detta beslut?", facts)
    rule, kind, began = (LATE_AGAIN, NEW_STOP, "avbröts") if wait.is_stop else (LATE, NEW, "beslutades")
    reason = f"Insatsen {began} {wait.since} och de tre månaderna gick ut {last}."
    reason += f" Den verkställdes {wait.end}." if wait.end else ""
    more = {"verkställt": wait.end.isoformat()} if wait.end else {}
    return _report(case, beslut, rule, kind, reason, wait, facts, more)


def _besides(found: Act | Refer, other: Act | Refer) -> Act | Refer:
    """Add what must be asked beside it to a decision: who approves or answers the one sees the other."""
    reason = f"{found.reason} Dessutom: {other.reason}"
    return replace(found, reason=reason, inputs={**other.inputs, **found.inputs})


def _until(wait: Wait, beslut: Insatsbeslut, last: date) -> date:
    """Return the day until which somebody has waited by the quarter's last: then it was given, or nobody waits."""
    gone = _gone(beslut, last)
    return min([last, *([wait.end] if wait.end else []), *([gone[0]] if gone else [])])


def _is_late(case: Case, wait: Wait, on: date) -> bool:
    """Return whether this wait had been too long by a day; what was given on the last day itself was given in time."""
    until = min(on, wait.end or on)
    return counting.is_late(wait.since, until, on_the_day=case.on_the_day and (wait.end is None or wait.end > on))


def _in_time(case: Case, beslut: Insatsbeslut, past: History, late: list[Wait]) -> Leave:
    now = past.waits[-1]
    facts = _facts(now)
    if any(_about(past.waits, each) in late for each in case.told):
        return Leave(TOLD_ALREADY, "IVO har redan fått veta det.", facts)
    if late:
        return Leave(OVER, "Väntan var för lång, men upphörde före kvartalet.", facts)
    if now.end is not None and not now.is_over and now.end <= counting.deadline(now.since):
        return Leave(WAITED_ENOUGH, f"Verkställt {now.end}, inom tre månader.", facts)
    until = _until(now, beslut, case.period.last)
    if until < case.period.last:
        return Leave(IN_TIME, f"Väntan upphörde {until}, innan tre månader hade gått.", facts)
    return Leave(IN_TIME, f"Tre månader går till och med {counting.deadline(now.since)}.", facts)


def _facts(wait: Wait | None) -> dict[str, str | None]:
    if wait is None:
        return {}
    began = "avbrott" if wait.is_stop else "beslutat"
    return {began: wait.since.isoformat(), "till": wait.end.isoformat() if wait.end else None}


# --- the report itself -----------------------------------------------------------------------------------------------


def _report(
    case: Case,
    beslut: Insatsbeslut,
    rule: Rule,
    kind: str,
    reason: str,
    wait: Wait,
    facts: dict[str, str | None],
    more: dict[str, str] | None = None,
    *,
    ends: Told | None = None,
    on: date | None = None,
) -> Act | Refer:
    """Return the one report with all that IVO's form asks for, or what is missing for it.

    It `ends` what that one has begun, and may then be told `on` any day, in that day's quarter.
    """
    if kind in WAITS and (gone := _gone_before(beslut, wait)):
        return Refer(GONE_BEFORE, f"{gone}, innan väntan började {wait.since}. Vad ska IVO få veta?", facts)
    if not _is_number(beslut.personnummer):
        return Refer(NO_NUMBER, "Vilket personnummer, eller nummer från IVO (ÅÅÅÅMMDD-T123), har personen?", facts)
    if beslut.kod not in SUPPORTS:
        return Refer(UNKNOWN_SUPPORT, "IVO:s formulär har inte insatsen. Vilken insatstyp är det?", facts)
    number = str(beslut.personnummer)
    args = {
        "rapporttyp": kind, "period": str(Quarter.of(on) if on else case.period), "referens": beslut.id,
        "personnummer": number, "område": _area(beslut, number, case.period.last), "lagrum": beslut.lagrum,
        "insatstyp": beslut.kod, "beslutsdatum": beslut.beslutat.isoformat(), **(more or {}),
    }  # fmt: skip
    if wait.is_stop:
        args["avbrottsdatum"] = wait.since.isoformat()
    if kind in WAITS:
        told = _described(beslut, wait, facts)
        if isinstance(told, Refer):
            return told
        args |= told
    leaves_open = kind in WAITS and "verkställt" not in args
    step = Step(
        REPORT if leaves_open else CLOSE, key(beslut.id, _last(ends).period if ends else case.period, kind), args
    )
    return Act(rule, reason, (step,), facts | {"rapport": kind})


def _gone_before(beslut: Insatsbeslut, wait: Wait) -> str | None:
    """Return why nobody was left to wait when this wait began. Who has moved away may have moved back."""
    if beslut.avliden is not None and beslut.avliden < wait.since:
        return f"Den enskilde avled {beslut.avliden}"
    if beslut.to is not None and beslut.to < wait.since:
        return f"Beslutet löpte ut {beslut.to}"
    return None


def _described(beslut: Insatsbeslut, wait: Wait, facts: dict[str, str | None]) -> dict[str, str] | Refer:
    """Return what is said of why somebody waits, or what is missing. Notes before and after are of other waits."""
    until = wait.end or date.max
    notes = sorted((each for each in beslut.drojsmal if wait.since <= each.on <= until), key=lambda each: each.on)
    offers = sorted((each for each in beslut.erbjudanden if wait.since <= each.on <= until), key=lambda each: each.on)
    declined = "tackat nej" if offers and offers[-1].svar == "tackat nej" else None
    orsak = notes[-1].orsak if notes else declined
    if orsak not in REASONS:
        return Refer(
            NO_REASON, "Ingen av orsakerna i IVO:s formulär är antecknad. Varför är insatsen inte verkställd?", facts
        )
    missing = None
    if wait.part == 0 or (wait.in_part is not None and wait.end is None):
        if beslut.omfattning is None or not wait.part or wait.part >= beslut.omfattning:
            return Refer(UNKNOWN_PART, "Insatsen är delvis verkställd. Hur mycket av den är det inte?", facts)
        missing = f"{beslut.omfattning - wait.part} av {beslut.omfattning} timmar i månaden"
    support = SUPPORTS[beslut.kod]
    said = {
        "beskrivning": texts.why(support, orsak, wait, offers),
        "konsekvenser": texts.consequences(support, wait, missing),
        "uppföljningar": texts.followed_up([each.on for each in notes]),
        "under tiden": texts.meanwhile(beslut.under_tiden, _NAMES),
    }
    if long := [name for name, text in said.items() if len(text) > texts.LONGEST]:
        return Refer(
            TOO_LONG, f"Texten om {long[0]} är längre än {texts.LONGEST} tecken. Rapporten görs för hand.", facts
        )
    args = {"orsak": orsak, **said, **({"ej verkställd del": missing} if missing else {})}
    if offers:
        args |= {"erbjudande": offers[-1].on.isoformat(), "svar": offers[-1].svar or "inget svar"}
    return args


def key(beslut: str, period: Quarter, kind: str) -> str:
    """Return the business key of a report: the decision, the quarter, and what is told. It is made once, ever.

    The quarter is the one of which it says that somebody waits; of an end, that of the last such report before it. So
    each end has its own, on whatever day it is told, and the reports of a decision have an order (`in_time`).
    """
    return f"ivo:{beslut}:{period}:{kind}"


def parts(key: str) -> tuple[str, Quarter, str]:
    """Return what a report's key is made of. A reference that somebody has made by hand may have colons."""
    found = re.fullmatch(r"ivo:(.*):(\d{4}Q[1-4]):(.*)", key)
    if found is None:
        raise ValueError(key)
    return found[1], Quarter.parse(found[2]), found[3]


# --- identity --------------------------------------------------------------------------------------------------------


def _is_number(said: str | None) -> bool:
    """Return whether this is a personnummer, a samordningsnummer, or a number that IVO has given.

    FBL 18 §, lag (2022:1697) 2 kap. 8 §; IVO's own is the day of birth with -T123 or -TF10.
    """
    if said is None or not re.fullmatch(r"\d{8}\d{4}|\d{6}[0-3]\d-T(\d{3}|F\d{2})", said):
        return False
    try:
        _born(said)
    except ValueError:
        return False
    return "T" in said or check_digit(said[2:11]) == int(said[11])


def _born(number: str) -> date:
    """Return the day in a number; a samordningsnummer has 60 more."""
    day = int(number[6:8])
    return date(int(number[:4]), int(number[4:6]), day - 60 if day > 60 else day)  # noqa: PLR2004 - as said


def _area(beslut: Insatsbeslut, number: str, on: date) -> str:
    """Return the area of IVO's form: LSS by the law; by socialtjänstlagen the elderly, or people with a disability.

    The third, individual and family care, is another förvaltning's.
    """
    if beslut.lagrum.endswith("LSS"):
        return "LSS"
    born = _born(number)
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return "ÄO" if age >= ELDERLY else "OF"
