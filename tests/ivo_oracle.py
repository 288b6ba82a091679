"""What mock IVO must hold of each report that was sent, worked out a second time from mock Lifecare's truth.

The oracle is worth something because it shares nothing with what it judges: it imports nothing of the bots, reads the
mocks' truth instead of their screens, and is written from what IVO asks for rather than from the bot. Where the two
disagree, find out which of them misread the law or the form; don't move a rule from one to the other.

Which decisions must be reported at all is not asked here: that is known by the mock's scenes.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from fixtures.mockui.insatser import TELLTALE

Record = Mapping[str, Any]

#: What a report says in words of its own; everything else in it is a fact that has one right value.
FREE = ("beskrivning", "konsekvenser", "uppfoljningar", "insatser_under_tiden")
_OVER_65 = 65
_IN_A_COORDINATION_NUMBER = 60


def wrong(insatser: Iterable[Record], cases: Iterable[Record], receipts: Collection[str], today: date) -> list[str]:
    """Return a sentence for each thing that is wrong in the reports with these receipts, which were sent on a day.

    `insatser` and `cases` are those of the answers of `GET /__mock__/state` of Lifecare and of IVO.
    """
    decisions = {each["id"]: each for each in insatser}
    found = []
    seen = set()
    for case in cases:
        sent = [each for each in case["reports"] if each["kvittens"]]
        for place, report in enumerate(sent):
            if report["kvittens"] in receipts:
                seen.add(report["kvittens"])
                values, beslut = report["values"], decisions[case["reference"]]
                first = sent[0]["values"].get("period", "") if place else ""
                said = [*_differences(values, beslut, today, first, is_known=place > 0), *_telling(values, beslut)]
                found += [f"{case['reference']} ({beslut['scene']}): {each}" for each in said]
    return found + [f"{each} is on no report" for each in sorted(set(receipts) - seen)]


def expected(beslut: Record, today: date, first: str = "", *, is_known: bool) -> dict[str, str]:
    """Return the right values of a report that is sent on a day.

    `is_known`: IVO was told that somebody waits, for the `first` time of that quarter.
    """
    last = _status_day(today)
    wait = _wait(beslut, today, _last_day(first) if first else last)
    over = None if wait.given else _over(beslut, today)
    nothing = dict.fromkeys(("verkstallighetsdatum", "avslutsdatum", "avslutsorsak", "avbrottsdatum"), "")
    values = nothing | {
        "eget_arendenummer": beslut["id"],
        "period": _quarter(last),
        "personnummer": beslut["personnummer"],
        "omrade": _area(beslut, last),
        "skyddade": "nej",
        "lagrum": beslut["lagrum"],
        "insatstyp": beslut["code"],
        "beslutsdatum": beslut["decided"],
        "verkstallt_sent": "",
    }
    if is_known and (wait.given or over):
        unasked = dict.fromkeys(("delvis", "omfattning", "orsak", "erbjudande", "erbjudandedatum", "svar"), "")
        values |= unasked | {"period": _quarter(today)}
        if wait.given:
            return values | {"rapporttyp": "verkställt", "verkstallighetsdatum": wait.given.isoformat()}
        on, why = over or ("", "")
        return values | {"rapporttyp": "avslutat", "avslutsdatum": on, "avslutsorsak": why}
    values |= _part(beslut, wait) | _offered(beslut, wait) | {"orsak": _reason(beslut, wait)}
    if is_known:
        return values | {"rapporttyp": "fortsatt ej verkställt"}
    if wait.given:
        values |= {"verkstallighetsdatum": wait.given.isoformat()}
    values["verkstallt_sent"] = "ja" if wait.given else "nej"
    if wait.is_stop:
        return values | {"rapporttyp": "nytt avbrott", "avbrottsdatum": wait.since.isoformat()}
    return values | {"rapporttyp": "nytt ej verkställt"}


def _differences(values: Record, beslut: Record, today: date, first: str, *, is_known: bool) -> Iterator[str]:
    try:
        right = expected(beslut, today, first, is_known=is_known)
    except LookupError as error:
        yield str(error)
        return
    for name in sorted(right.keys() | values.keys() - {*FREE}):
        if values.get(name) != right.get(name):
            yield f"{name} is {values.get(name)!r}, not {right.get(name)!r}"


def _telling(values: Record, beslut: Record) -> Iterator[str]:
    """Yield what the report's own words tell that they may not."""
    for name in FREE:
        text = values[name].lower()
        if TELLTALE in text:
            yield f"{name} tells a diagnosis"
        if any(re.search(rf"\b{re.escape(each)}\b", text) for each in beslut["name"].lower().split()):
            yield f"{name} names the person"
        # Written with or without the century, a hyphen or spaces.
        if re.sub(r"\D", "", beslut["personnummer"])[2:] in re.sub(r"[\s+–-]", "", text):
            yield f"{name} has the personnummer"


# --- the facts -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wait:
    """Since when somebody waits for all of it, what is given meanwhile (hours a month), and when it was given."""

    since: date
    is_stop: bool = False
    is_partly_given: bool = False
    part: int | None = None
    given: date | None = None

    def has(self, day: str) -> bool:
        """Return whether somebody waited on a day."""
        return self.since.isoformat() <= day and (self.given is None or day <= self.given.isoformat())


def _wait(beslut: Record, today: date, last: date) -> _Wait:
    """Return the last wait that was too long by a quarter's last day. Raises LookupError when none was."""
    waits = [_Wait(date.fromisoformat(beslut["decided"]))]
    for each in sorted(beslut["happenings"], key=lambda happening: str(happening["on"])):
        on, now = date.fromisoformat(each["on"]), waits[-1]
        if on > today:
            continue
        if each["what"] == "delvis verkställd":
            waits[-1] = replace(now, is_partly_given=True, part=each["extent"])
        elif each["what"] in {"verkställd", "återupptagen"}:
            waits[-1] = replace(now, given=now.given or on)
        elif each["what"] == "avbruten" and now.given:
            waits.append(_Wait(on, is_stop=True))
    late = [each for each in waits if min(each.given or last, last) > _three_months_after(each.since)]
    if not late:
        raise LookupError("nobody has waited too long")
    return late[-1]


def _over(beslut: Record, today: date) -> tuple[str, str] | None:
    """Return since when nobody waits any more, though it was never given, and why, as IVO's form has it."""
    ends = [(each["on"], each["why"]) for each in beslut["happenings"] if each["what"] == "avslutad"]
    ends += [(beslut["deceased"], "avliden")] if beslut["deceased"] else []
    ends += [(beslut["moved"], "flyttat")] if beslut["moved"] else []
    ends += [(beslut["end"], "beslutet har löpt ut")] if beslut["end"] and beslut["end"] < today.isoformat() else []
    return min(ends) if ends else None


def _part(beslut: Record, wait: _Wait) -> dict[str, str]:
    """Return what is not given of what was granted, where some of it is."""
    if not wait.is_partly_given or wait.given:
        return {"delvis": "nej", "omfattning": ""}
    granted, given = int(beslut["extent"]), wait.part or 0
    return {"delvis": "ja", "omfattning": f"{granted - given} av {granted} timmar i månaden"}


def _reason(beslut: Record, wait: _Wait) -> str:
    """Return the reason that was noted last; a note from before or after is about something else."""
    notes = [each for each in beslut["delays"] if wait.has(each["on"])]
    return str(max(notes, key=lambda note: str(note["on"]))["why"]) if notes else ""


def _offered(beslut: Record, wait: _Wait) -> dict[str, str]:
    """Return what was offered last while they waited."""
    offers = [each for each in beslut["offers"] if wait.has(each["on"])]
    if not offers:
        return {"erbjudande": "nej", "erbjudandedatum": "", "svar": ""}
    latest = max(offers, key=lambda offer: str(offer["on"]))
    return {"erbjudande": "ja", "erbjudandedatum": latest["on"], "svar": latest["answer"] or "inget svar"}


def _area(beslut: Record, last: date) -> str:
    """Return IVO's area: LSS, or by age on the quarter's last day who is elderly and who has a disability."""
    if beslut["lagrum"].endswith("LSS"):
        return "LSS"
    year, month, day = (int(beslut["personnummer"][part]) for part in (slice(4), slice(4, 6), slice(6, 8)))
    day -= _IN_A_COORDINATION_NUMBER if day > _IN_A_COORDINATION_NUMBER else 0
    return "ÄO" if (year + _OVER_65, month, day) <= (last.year, last.month, last.day) else "OF"


# --- the calendar ----------------------------------------------------------------------------------------------------


def _status_day(today: date) -> date:
    """Return the last day of the quarter before today's: the one that is reported."""
    return date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)


def _last_day(quarter: str) -> date:
    """Return the last day of a quarter, which is written as 2026Q3."""
    year, number = int(quarter[:4]), int(quarter[-1])
    return _status_day(date(year + number // 4, number % 4 * 3 + 1, 1))


def _quarter(day: date) -> str:
    return f"{day.year}Q{(day.month + 2) // 3}"


def _three_months_after(day: date) -> date:
    """Return the last day of three months: the same day number, or the month's last day."""
    year, month = (day.year, day.month + 3) if day.month <= 9 else (day.year + 1, day.month - 9)
    return date(year, month, min(day.day, monthrange(year, month)[1]))
