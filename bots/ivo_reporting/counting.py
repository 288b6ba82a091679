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
#: Any other happening is unknown, and is referred. On one day they come in this order, but for what `history` says.
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

    `in_part` is since when a part is given meanwhile, `part` how much was last, in hours a month. `had_part`: one
    was interrupted. `end` is when it was given in full, or when all was ended (`is_over`).
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
    """All waits of a decision by a day, the oldest first.

    `is_less`: less is given than was, and not how much. `goes_on`: something has happened since all was `ended`.
    """

    waits: tuple[Wait, ...]
    ended: Handelse | None = None
    is_less: bool = False
    goes_on: bool = False


def history(beslut: Insatsbeslut, on: date) -> History:
    """Return the waits that a decision has brought, by all that had happened by a day."""
    waits = [Wait(beslut.beslutat)]
    ended: Handelse | None = None
    taken_up: date | None = None
    is_less = goes_on = False
    for each in sorted(beslut.verkstallighet, key=lambda happening: (happening.on, HAPPENINGS.index(happening.what))):
        if each.on > on:
            continue
        now = waits[-1]
        goes_on |= ended is not None and each.what != ENDED
        ended = each if each.what == ENDED else ended
        if now.end is None:
            waits[-1] = _after(now, beslut, each)
        elif each.what == INTERRUPTED:
            if each.on != taken_up:
                waits.append(Wait(each.on, is_stop=True))
        elif each.what != ENDED:
            is_less |= not _is_whole(beslut, each)
            # On one day, what is given from before is interrupted first, and then taken up again: it is given still.
            taken_up = each.on if now.end < each.on else taken_up
    return History(tuple(waits), ended, is_less, goes_on)


def _after(now: Wait, beslut: Insatsbeslut, each: Handelse) -> Wait:
    """Return what a happening makes of a wait that goes on."""
    if each.what == ENDED:
        return replace(now, end=each.on, is_over=True)
    if each.what == INTERRUPTED:
        # What was not given in full is waited for since before.
        return replace(now, in_part=None, had_part=now.had_part or now.in_part is not None)
    if each.what == RESUMED and each.omfattning is None and now.had_part:
        return replace(now, in_part=each.on)
    if _is_whole(beslut, each):
        return replace(now, end=each.on)
    return replace(now, in_part=each.on, part=each.omfattning)


def _is_whole(beslut: Insatsbeslut, each: Handelse) -> bool:
    # Where hours are not counted, none at all are less than it all the same.
    is_less = each.omfattning is not None and each.omfattning < (beslut.omfattning or 1)
    return each.what != IN_PART and not is_less
