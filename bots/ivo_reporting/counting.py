"""How long somebody has waited: three months by the law's own counting, and each wait that a decision has brought."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

from bots.records.lifecare import Handelse, Insatsbeslut

#: Months that support may take, from the decision or from an interruption (SoL 34 kap. 1 §, LSS 28 f §).
MONTHS = 3
CARRIED_OUT, IN_PART, INTERRUPTED, RESUMED, ENDED = (
    "verkställd", "delvis verkställd", "avbruten", "återupptagen", "avslutad",
)  # fmt: skip
#: Any other happening is unknown, and is referred. On one day they come in this order.
HAPPENINGS = (CARRIED_OUT, RESUMED, IN_PART, INTERRUPTED, ENDED)


def deadline(start: date) -> date:
    """Return the last day of the three months that begin on `start`: the same day number, or the month's last day.

    Lag (1930:173) om beräkning av lagstadgad tid, 1 §.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + MONTHS, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def is_late(start: date, on: date, *, on_the_day: bool = False) -> bool:
    """Return whether somebody who waits since `start` has waited too long on a day."""
    last = deadline(start)
    return on >= last if on_the_day else on > last


@dataclass(frozen=True, slots=True)
class Wait:
    """One time of waiting: since the decision, or since an `is_stop`, an interruption of what was given in full.

    `part` is what is given of it meanwhile, in hours a month, and `in_part` since when; `had_part` is whether any has
    ever been. `end` is when it was given in full, or when all was ended (`is_over`).
    """

    since: date
    is_stop: bool = False
    in_part: date | None = None
    part: int | None = None
    had_part: bool = False
    end: date | None = None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """All waits of a decision by a day, the oldest first. `is_unclear`: less is given than was, and not how much."""

    waits: tuple[Wait, ...]
    ended: Handelse | None = None
    is_unclear: bool = False


def history(beslut: Insatsbeslut, on: date) -> History:
    """Return the waits that a decision has brought, by all that had happened by a day."""
    waits = [Wait(beslut.beslutat)]
    ended: Handelse | None = None
    is_unclear = False
    before: tuple[date | None, int | None] = (None, None)
    for each in sorted(beslut.verkstallighet, key=lambda happening: (happening.on, HAPPENINGS.index(happening.what))):
        if each.on > on:
            continue
        now = waits[-1]
        if each.what == ENDED:
            ended = each
            if now.end is None:
                waits[-1] = replace(now, end=each.on, is_over=True)
        elif each.what == INTERRUPTED:
            if now.end is None:
                # What was not given in full is waited for since before.
                before = (now.in_part, now.part) if now.in_part is not None else before
                waits[-1] = replace(now, in_part=None, part=None)
            else:
                waits.append(Wait(each.on, is_stop=True))
                before = None, None
        elif now.end is not None:
            is_unclear |= not _is_whole(beslut, each)
        elif each.what == RESUMED and each.omfattning is None and before[0] is not None:
            waits[-1] = replace(now, in_part=each.on, part=before[1])
        elif _is_whole(beslut, each):
            waits[-1] = replace(now, end=each.on)
        else:
            had_part = now.had_part or each.omfattning != 0
            waits[-1] = replace(now, in_part=each.on, part=each.omfattning, had_part=had_part)
    return History(tuple(waits), ended, is_unclear)


def _is_whole(beslut: Insatsbeslut, each: Handelse) -> bool:
    # Where hours are not counted, none at all are less than it all the same.
    is_less = each.omfattning is not None and each.omfattning < (beslut.omfattning or 1)
    return each.what != IN_PART and not is_less
