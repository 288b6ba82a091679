"""What must be reported to IVO, and as what. Pure: a case and a day in, a decision out.

Order matters: what forbids reading is asked first, then what IVO is not told of at all, then what has become of a case
that IVO knows, then whether somebody has waited too long; what only the report itself needs is asked last.

Sources: socialtjänstlagen (2025:400) 11, 12 and 34 kap. and what was in force before it; LSS 9 and 28 f-h §§; the
plan's chapter 3.3; the house's reading of them where they leave room (`bots.ivo_reporting`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from bots.contract import Act, Decision, Leave, Refer, Rule, Step
from bots.ivo_reporting import counting, texts
from bots.ivo_reporting.counting import Standing
from bots.ivo_reporting.models import Case, Quarter, Reported
from bots.records.lifecare import Insatsbeslut

NEW, NEW_STOP, STILL, DONE, CLOSED = (
    "nytt ej verkställt", "nytt avbrott", "fortsatt ej verkställt", "verkställt", "avslutat av annan anledning",
)  # fmt: skip
#: The day from which socialtjänstlagen (2025:400) has other sections than its forerunner.
NEW_LAW = date(2025, 7, 1)
_DAY = timedelta(days=1)

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
#: Support by Lifecare's code. IVO's form has the same codes, or names for them (`selectors/ivo`).
SUPPORTS = frozenset({"SOL-01", "SOL-02", "SOL-03", "SOL-04"} | {f"LSS-{number:02d}" for number in range(2, 11)})
#: The reasons that IVO's form has. "annat" is none of ours: a person must say what it is.
REASONS = frozenset(
    {
        "resursbrist bostad", "resursbrist personal", "resursbrist uppdragstagare", "tackat nej", "önskar vänta",
        "särskilda önskemål",
    }
)  # fmt: skip
#: Why a case may be closed though the support was never carried out. A declined offer is none of these.
ENDINGS = {"ansökan återtagen": "ansökan återtagen", "behovet har upphört": "behovet har upphört"}
#: From this age support by socialtjänstlagen is counted as care of the elderly in IVO's form. Years.
ELDERLY = 65

PROTECTED = Rule("protected", "skyddade personuppgifter")
NOT_DECIDED = Rule("not-decided", "beslutet är inte fattat, eller ett avslag")
UNKNOWN_VALUE = Rule("unknown-value", "ett värde som reglerna inte känner")
COURT = Rule("court", "domstolens avgörande rapporteras inte")
NOT_REPORTABLE = Rule("not-reportable", "insatsen rapporteras inte till IVO")
UNKNOWN_SECTION = Rule("unknown-section", "okänt lagrum")
OTHER_LAW = Rule("other-law", "lagrummet gällde inte den dagen")
LATER = Rule("later", "beslutat efter kvartalet")
CARRIED_OUT = Rule("carried-out", "verkställt: rapporteras till IVO")
ENDED = Rule("ended", "avslutat: rapporteras till IVO")
ENDED_UNTOLD = Rule("ended-untold", "avslutat utan att IVO har fått veta")
ENDED_OTHERWISE = Rule("ended-otherwise", "avslutat av en anledning som reglerna inte känner")
TOLD_ALREADY = Rule("told-already", "redan rapporterat för kvartalet")
STILL_WAITING = Rule("still-waiting", "fortsatt ej verkställt")
IN_TIME = Rule("in-time", "tre månader har inte gått")
WAITED_ENOUGH = Rule("waited-enough", "verkställt i tid")
OVER = Rule("over", "verkställt eller avslutat före kvartalet")
LATE = Rule("late", "ej verkställt inom tre månader")
LATE_AGAIN = Rule("late-again", "avbrott som varat mer än tre månader")
TOLD_BEFORE = Rule("told-before", "oklart om IVO redan vet")
NO_NUMBER = Rule("no-number", "personnummer saknas eller är fel")
UNKNOWN_SUPPORT = Rule("unknown-support", "okänd insats")
NO_REASON = Rule("no-reason", "orsaken saknas")
UNKNOWN_PART = Rule("unknown-part", "oklart hur mycket som är verkställt")
TOO_LONG = Rule("too-long", "texten är för lång")

#: Every rule, in the order in which they are asked.
ALL = (
    PROTECTED, NOT_DECIDED, UNKNOWN_VALUE, COURT, NOT_REPORTABLE, UNKNOWN_SECTION, OTHER_LAW, LATER, CARRIED_OUT,
    ENDED_OTHERWISE, ENDED, TOLD_ALREADY, STILL_WAITING, WAITED_ENOUGH, IN_TIME, OVER, ENDED_UNTOLD, TOLD_BEFORE,
    LATE_AGAIN, LATE, NO_NUMBER, UNKNOWN_SUPPORT, NO_REASON, UNKNOWN_PART, TOO_LONG,
)  # fmt: skip


def decide(case: Case, today: date) -> Decision:
    """Decide on one decision's report for the case's quarter.

    Act: one report, with all its fields. Refer: a person must look. Leave: IVO is not told this quarter.
    """
    beslut = case.beslut
    if beslut is None:
        return Refer(PROTECTED, "Skyddade personuppgifter: rapporten görs för hand.", {"beslut": case.id})
    return _not_ours(beslut, case.period) or _known(case, beslut, today) or _waiting(case, beslut, today)


# --- what IVO is not told of -----------------------------------------------------------------------------------------


def _not_ours(beslut: Insatsbeslut, period: Quarter) -> Leave | Refer | None:
    """Return why this decision is not reported, whatever has become of it; None if it may have to be."""
    facts: dict[str, str | None] = {
        "status": beslut.status, "utfall": beslut.utfall, "beslutsfattare": beslut.beslutsfattare,
        "lagrum": beslut.lagrum, "beslutat": beslut.beslutat.isoformat(),
    }  # fmt: skip
    if beslut.status == "utkast" or beslut.utfall == "avslag":
        return Leave(NOT_DECIDED, "Det finns inget gynnande beslut att verkställa.", facts)
    odd = {"status": beslut.status not in {"fastställt", "avslutat"}, "utfall": beslut.utfall != "bifall"}
    odd |= {"verkställighet": not {each.what for each in beslut.verkstallighet} <= counting.HAPPENINGS}
    if names := [name for name, is_odd in odd.items() if is_odd]:
        return Refer(
            UNKNOWN_VALUE, f"Reglerna känner inte värdet på {' och '.join(names)}. Ska det rapporteras?", facts
        )
    if beslut.beslutsfattare == "domstol":
        return Leave(COURT, "En domstol har beslutat om insatsen. Domar rapporteras inte.", facts)
    if beslut.beslutsfattare != "nämnd":
        return Refer(UNKNOWN_VALUE, "Vem har fattat beslutet? Bara nämndens beslut rapporteras.", facts)
    if beslut.lagrum in ELSEWHERE or _HOME.search(beslut.lagrum):
        why = ELSEWHERE.get(beslut.lagrum, "bostadsanpassning rapporteras inte")
        return Leave(NOT_REPORTABLE, f"{why[0].upper()}{why[1:]}.", facts)
    if beslut.lagrum not in SECTIONS:
        return Refer(UNKNOWN_SECTION, f"Reglerna känner inte lagrummet {beslut.lagrum}. Ska det rapporteras?", facts)
    first, last = SECTIONS[beslut.lagrum]
    if not first <= beslut.beslutat <= last:
        return Refer(OTHER_LAW, f"{beslut.lagrum} gällde inte den {beslut.beslutat}. Vilket lagrum är rätt?", facts)
    if beslut.beslutat > period.last:
        return Leave(LATER, f"Beslutet fattades efter {period}.", facts)
    return None


# --- what IVO knows --------------------------------------------------------------------------------------------------


def _known(case: Case, beslut: Insatsbeslut, today: date) -> Decision | None:
    """Decide on a case that IVO has open; None when it has none. Its end may be told on any day."""
    told = _open(case.reported or ())
    if told is None:
        return None
    now = counting.standing(beslut, today)
    facts = _facts(now) | {"IVO-nummer": told.number, "senast rapporterat": f"{told.period}: {told.kind}"}
    if done := _done(beslut, told, now, today):
        more = {"verkställt": done.isoformat()}
        return _report(case, beslut, CARRIED_OUT, DONE, f"Insatsen verkställdes {done}.", now, facts, more)
    if now.ended is not None or beslut.status == "avslutat":
        return _ended(case, beslut, now, facts)
    if gone := _gone(beslut, today):
        on, why = gone[0].isoformat(), gone[1]
        more = {"avslutsdatum": on, "avslutsorsak": why}
        return _report(case, beslut, ENDED, CLOSED, f"{why[0].upper()}{why[1:]} {on}.", now, facts, more)
    if told.period >= case.period:
        return Leave(TOLD_ALREADY, f"IVO har redan en rapport för {told.period}.", facts)
    reason = f"Insatsen är fortfarande inte verkställd. IVO fick veta det senast för {told.period}."
    return _report(case, beslut, STILL_WAITING, STILL, reason, now, facts)


def _open(reported: tuple[Reported, ...]) -> Reported | None:
    """Return the last report of a case that IVO has open."""
    return reported[-1] if reported and reported[-1].is_open else None


def _done(beslut: Insatsbeslut, told: Reported, now: Standing, today: date) -> date | None:
    """Return the day on which the wait that IVO was told of ended, even if another one has begun since."""
    since = [
        each.on
        for each in beslut.verkstallighet
        if each.what in (counting.CARRIED_OUT, counting.RESUMED) and told.period.last < each.on <= today
    ]
    return min(since, default=now.carried_out if now.waits_since is None else None)


def _ended(case: Case, beslut: Insatsbeslut, now: Standing, facts: dict[str, str | None]) -> Decision:
    why = now.ended.why if now.ended else None
    if now.ended is None or why not in ENDINGS:
        question = "Beslutet är avslutat, men inte varför. Vad ska IVO få veta?"
        return Refer(ENDED_OTHERWISE, question, facts | {"anledning": why})
    on = now.ended.on.isoformat()
    more = {"avslutsdatum": on, "avslutsorsak": ENDINGS[why]}
    return _report(case, beslut, ENDED, CLOSED, f"Avslutat {on}: {why}.", now, facts, more)


def _gone(beslut: Insatsbeslut, today: date) -> tuple[date, str] | None:
    """Return since when nobody waits for the support any more though it was never ended, and why."""
    days = {"den enskilde har avlidit": beslut.avliden, "den enskilde har flyttat": beslut.utflyttad}
    days |= {"beslutet har löpt ut": beslut.to if beslut.to is not None and beslut.to < today else None}
    over = [(on, why) for why, on in days.items() if on is not None and on <= today]
    return min(over) if over else None


# --- what IVO doesn't know -------------------------------------------------------------------------------------------


def _waiting(case: Case, beslut: Insatsbeslut, today: date) -> Decision:
    """Decide on what IVO has no open case of."""
    period, then = case.period, counting.standing(beslut, case.period.last)
    facts = _facts(then)
    start = then.waits_since or then.waited_since or beslut.beslutat
    end = _end(beslut, then, period.last)
    last = counting.deadline(start)
    if not counting.is_late(start, end or period.last, on_the_day=case.on_the_day and end is None):
        if then.waits_since is None:
            return Leave(WAITED_ENOUGH, f"Verkställt {end}, inom tre månader.", facts)
        how = f"Det tog slut {end}, innan tre månader hade gått." if end else f"Tre månader går till och med {last}."
        return Leave(IN_TIME, how, facts)
    if end is not None and end < period.first:
        return Leave(OVER, f"Väntan tog slut {end}, före kvartalet.", facts)
    if end is not None and then.waits_since is not None:
        question = f"Tre månader gick den {last}, och {end} tog det slut. IVO har inte fått veta något. "
        return Refer(ENDED_UNTOLD, f"{question}Ska det rapporteras i efterhand?", facts)
    if case.reported is None and last < period.first - (_DAY if not case.on_the_day else timedelta(0)):
        question = f"Tre månader gick redan den {last}. Har IVO fått veta det i en tidigare rapport?"
        return Refer(TOLD_BEFORE, question, facts)
    done = counting.standing(beslut, today).carried_out if then.waits_since else end
    more = {"verkställt": done.isoformat()} if done and done > start else {}
    was_stopped = then.interrupted is not None
    rule, kind, began = (LATE_AGAIN, NEW_STOP, "avbröts") if was_stopped else (LATE, NEW, "beslutades")
    reason = f"Insatsen {began} {start} och tre månader gick den {last}."
    reason += f" Den verkställdes {done}." if more else ""
    waited = replace(then, waits_since=start, carried_out=done if more else None)
    return _report(case, beslut, rule, kind, reason, waited, facts, more)


def _end(beslut: Insatsbeslut, then: Standing, last: date) -> date | None:
    """Return when the wait came to an end by the quarter's last day: carried out, ended, or nobody waits any more."""
    if then.waits_since is None:
        return then.carried_out
    days = [then.ended.on if then.ended is not None else None, *(_gone(beslut, last) or ())[:1]]
    return min((day for day in days if day is not None), default=None)


def _facts(now: Standing) -> dict[str, str | None]:
    days = {"väntar sedan": now.waits_since, "verkställt": now.carried_out, "avbrutet": now.interrupted}
    return {name: day.isoformat() for name, day in days.items() if day is not None}


# --- the report itself -----------------------------------------------------------------------------------------------


def _report(
    case: Case,
    beslut: Insatsbeslut,
    rule: Rule,
    kind: str,
    reason: str,
    now: Standing,
    facts: dict[str, str | None],
    more: dict[str, str] | None = None,
) -> Act | Refer:
    """Return the one report with all that IVO's form asks for, or what is missing for it."""
    if not _is_number(beslut.personnummer):
        return Refer(NO_NUMBER, "Vilket personnummer, eller nummer från IVO (ÅÅÅÅMMDD-T123), har personen?", facts)
    if beslut.kod not in SUPPORTS:
        return Refer(UNKNOWN_SUPPORT, f"IVO:s formulär har ingen insats {beslut.kod} ({beslut.insats}). Vilken?", facts)
    number = str(beslut.personnummer)
    args = {
        "rapporttyp": kind, "period": str(case.period), "referens": beslut.id, "personnummer": number,
        "område": _area(beslut, number, case.period.last), "lagrum": beslut.lagrum, "insatstyp": beslut.kod,
        "beslutsdatum": beslut.beslutat.isoformat(), **(more or {}),
    }  # fmt: skip
    if now.interrupted is not None:
        args["avbrottsdatum"] = now.interrupted.isoformat()
    if kind in (NEW, NEW_STOP, STILL):
        told = _told(beslut, now, facts)
        if isinstance(told, Refer):
            return told
        args |= told
    step = Step("report", f"ivo:{beslut.id}:{case.period}:{kind}", args)
    return Act(rule, reason, (step,), facts | {"rapport": kind})


def _told(beslut: Insatsbeslut, now: Standing, facts: dict[str, str | None]) -> dict[str, str] | Refer:
    """Return what is said of why somebody waits, or what is missing for it."""
    orsak = _reason(beslut)
    if orsak is None:
        return Refer(NO_REASON, "Varför är insatsen inte verkställd? Ingen orsak är antecknad som IVO har.", facts)
    missing = None
    if now.in_part is not None:
        if beslut.omfattning is None or now.part is None or now.part >= beslut.omfattning:
            return Refer(UNKNOWN_PART, "Insatsen är delvis verkställd. Hur mycket av den är det inte?", facts)
        missing = f"{beslut.omfattning - now.part} av {beslut.omfattning} timmar i månaden"
    said = {
        "beskrivning": texts.why(beslut, orsak, now),
        "konsekvenser": texts.consequences(beslut, missing),
        "uppföljningar": texts.followed_up([each.on for each in beslut.drojsmal]),
        "under tiden": texts.meanwhile(beslut.under_tiden),
    }
    if long := [name for name, text in said.items() if len(text) > texts.LONGEST]:
        return Refer(TOO_LONG, f"Texten om {long[0]} är längre än {texts.LONGEST} tecken. Skriv den kortare.", facts)
    args = {"orsak": orsak, **said, **({"ej verkställd del": missing} if missing else {})}
    if beslut.erbjudanden:
        last = max(beslut.erbjudanden, key=lambda each: each.on)
        args |= {"erbjudande": last.on.isoformat(), "svar": last.svar or "inget svar"}
    return args


def _reason(beslut: Insatsbeslut) -> str | None:
    """Return the reason that was noted last, if IVO has it; else that the last offer was declined, if it was."""
    if beslut.drojsmal:
        last = max(beslut.drojsmal, key=lambda each: each.on).orsak
        return last if last in REASONS else None
    offers = sorted(beslut.erbjudanden, key=lambda each: each.on)
    return "tackat nej" if offers and offers[-1].svar == "tackat nej" else None


# --- identity --------------------------------------------------------------------------------------------------------


def _is_number(said: str | None) -> bool:
    """Return whether this is a personnummer, a samordningsnummer, or a number that IVO has given.

    FBL 18 §, lag (2022:1697) 2 kap. 8 §; IVO's own is the day of birth with -T123 or -TF10.
    """
    if said is None or not re.fullmatch(r"\d{8}(\d{4}|-T(\d{3}|F\d{2}))", said):
        return False
    try:
        _born(said)
    except ValueError:
        return False
    return "T" in said or _checked(said)


def _born(number: str) -> date:
    """Return the day in a number; a samordningsnummer has 60 more."""
    day = int(number[6:8])
    return date(int(number[:4]), int(number[4:6]), day - 60 if day > 60 else day)  # noqa: PLR2004 - as said


def _checked(twelve: str) -> bool:
    total = 0
    for place, digit in enumerate(twelve[2:]):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product // 10 + product % 10
    return total % 10 == 0


def _area(beslut: Insatsbeslut, number: str, on: date) -> str:
    """Return the area of IVO's form: LSS by the law; by socialtjänstlagen the elderly, or people with a disability."""
    if beslut.lagrum.endswith("LSS"):
        return "LSS"
    born = _born(number)
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return "ÄO" if age >= ELDERLY else "OF"
