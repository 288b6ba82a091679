"""How long somebody has waited: three months by the law's own counting, and what has become of the support by a day."""

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
#: Any other happening is unknown, and is referred.
HAPPENINGS = frozenset({CARRIED_OUT, IN_PART, INTERRUPTED, RESUMED, ENDED})


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
class Standing:
    """How the support stands on a day.

    `waits_since` is the day that the three months are counted from while it isn't carried out in full: the decision's,
    or the interruption's; None while it is. `waited_since` is that day of the wait that ended on `carried_out`. `part`
    is what is given of it meanwhile, in hours a month.
    """

    waits_since: date | None
    waited_since: date | None = None
    carried_out: date | None = None
    interrupted: date | None = None
    in_part: date | None = None
    part: int | None = None
    ended: Handelse | None = None


def standing(beslut: Insatsbeslut, on: date) -> Standing:
    """Return how the support stands on a day, by all that had happened by then."""
    now = Standing(beslut.beslutat)
    for each in sorted(beslut.verkstallighet, key=lambda happening: happening.on):
        if each.on <= on:
            now = _after(now, each)
    return now


def _after(now: Standing, each: Handelse) -> Standing:
    if each.what in (CARRIED_OUT, RESUMED):
        return Standing(None, now.waits_since or now.waited_since, each.on, now.interrupted)
    if each.what == IN_PART:
        return replace(now, in_part=each.on, part=each.omfattning)
    if each.what == INTERRUPTED:
        return Standing(each.on, interrupted=each.on)
    return replace(now, ended=each)
