"""What is due when, by the clock on a Swedish wall, and what becomes of each due time. Pure.

Due times are worked out in wall-clock time, and each wall-clock time is exactly one instant (`instant`): a run at 02:30
comes once on every date, those on which the clocks change among them.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby, takewhile
from typing import Literal
from zoneinfo import ZoneInfo

import holidays
from apscheduler.triggers.base import BaseTrigger
from cronsim import CronSim

from orchestrator.settings import ScheduleSettings, Window

ZONE = ZoneInfo("Europe/Stockholm")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
#: What comes round at all comes round within this: 29 February on a Sunday can be 40 years away.
HORIZON = 41 * 366 * DAY


# --- the calendar ------------------------------------------------------------------------------------------------


def is_working(day: date) -> bool:
    """Return whether it is Monday to Friday, no public holiday, and neither midsommar-, jul- nor nyårsafton."""
    return day.weekday() < calendar.SATURDAY and day not in _days_off(day.year)


@cache
def _days_off(year: int) -> frozenset[date]:
    # DE_FACTO are the three eves, which the law puts on a level with Sundays.
    return frozenset(holidays.country_holidays("SE", years=year, categories=(holidays.PUBLIC, holidays.DE_FACTO)))


def instant(wall: datetime) -> datetime:
    """Return when a Swedish clock shows this.

    A time that is jumped over in spring is the instant that it would have been, had nobody changed the clock: 02:30 is
    when the clock shows 03:30. A time that comes twice in autumn is the first of the two.
    """
    return wall.replace(tzinfo=ZONE, fold=0).astimezone(UTC)


def _wall(moment: datetime) -> datetime:
    """Return what a Swedish clock shows then."""
    return moment.astimezone(ZONE).replace(tzinfo=None)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + number * DAY for number in range((last - first).days + 1))


# --- when a schedule is due --------------------------------------------------------------------------------------


def due_times(schedule: ScheduleSettings, after: datetime, until: datetime) -> list[datetime]:
    """Return every instant at which it is due, later than `after` and at the latest `until`, in order."""
    return list(_due(schedule, after, until))


def next_due(schedule: ScheduleSettings, after: datetime) -> datetime | None:
    """Return the first instant later than `after` at which it is due; None when it never is again."""
    return next(_due(schedule, after, instant(schedule.once) if schedule.once else after + HORIZON), None)


class WallTrigger(BaseTrigger):  # type: ignore[misc] # APScheduler ships no types
    """Wakes APScheduler at the schedule's due times."""

    def __init__(self, schedule: ScheduleSettings) -> None:
        """`schedule` says when."""
        self._schedule = schedule

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """Return the due time after the previous one; at first, the one after `now`."""
        return next_due(self._schedule, previous_fire_time or now)


def _due(schedule: ScheduleSettings, after: datetime, until: datetime) -> Iterator[datetime]:
    # Where the clocks change, what comes later can stand on the wall as much as an hour earlier.
    walls = _walls(schedule, _wall(after) - HOUR, _wall(until) + HOUR)
    # In order but for the night when the clock jumps over an hour: 02:15 and 03:15 are then one instant, 02:30 is after
    # 03:00, and all of them fall into one hour of UTC.
    for _, dues in groupby(map(instant, walls), key=lambda due: (due.date(), due.hour)):
        for due in sorted(set(dues)):
            if after < due <= until:
                yield due


def _walls(schedule: ScheduleSettings, first: datetime, last: datetime) -> Iterator[datetime]:
    """Return, in order, the wall-clock times at which it is due: all between the two, and perhaps others."""
    match schedule:
        case ScheduleSettings(cron=str() as cron):
            # Without a time zone CronSim leaves the nights when the clocks change to `instant`.
            yield from takewhile(lambda wall: wall <= last, CronSim(cron, first))
        case ScheduleSettings(once=datetime() as once):
            yield once
        case ScheduleSettings(at=time() as at):
            days = _days(first.date(), last.date())
            yield from (datetime.combine(day, at) for day in days if _falls_on(schedule, day))


def _falls_on(schedule: ScheduleSettings, day: date) -> bool:
    match schedule.days:
        case "every":
            return True
        case "working":
            return is_working(day)
        case None:
            return any(_opens(window, day) for window in schedule.windows)


def _opens(window: Window, day: date) -> bool:
    """Return whether the day is the window's first working day of its year."""
    return day == next(filter(is_working, _days(*_edges(window, day.year))), None)


def _edges(window: Window, year: int) -> tuple[date, date]:
    return date(year, *window.opens), date(year, *window.closes)


# --- what becomes of a due time ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one due time, and why when it isn't simply run."""

    due: datetime
    state: Literal["run", "catch_up", "missed", "skipped"]
    why: str | None = None


def judge(
    schedule: ScheduleSettings, dues: Sequence[datetime], now: datetime, *, paused: str | None, busy: str | None
) -> list[Verdict]:
    """Return what becomes of each due time that has passed. At most the last of them is run or made up for.

    `dues`: in order. `paused`: why the bot is paused, in Swedish. `busy`: a run of this schedule that hasn't ended.
    """
    return [_verdict(schedule, due, now, last=due == dues[-1], paused=paused, busy=busy) for due in dues]


def _verdict(
    schedule: ScheduleSettings, due: datetime, now: datetime, *, last: bool, paused: str | None, busy: str | None
) -> Verdict:
    late = now - due > schedule.grace
    if paused is not None:
        return Verdict(due, "skipped", paused)
    if late and (why := _lost(schedule, due, now)):
        return Verdict(due, "missed", f"Körningen startade inte i tid, och {why}.")
    if not last:
        return Verdict(due, "missed" if late else "skipped", "Ersatt av en senare.")
    if busy is not None:
        return Verdict(due, "skipped", f"Körning {busy} är inte avslutad.")
    return Verdict(due, "catch_up", "Körningen startade inte i tid och tas igen.") if late else Verdict(due, "run")


def _lost(schedule: ScheduleSettings, due: datetime, now: datetime) -> str | None:
    """Return why a run that is late isn't made up for; None when it may be."""
    if schedule.catch_up == "never":
        return "enligt schemat tas den inte igen"
    if isinstance(schedule.catch_up, timedelta) and now - due > schedule.catch_up:
        return "nu är det för sent att ta igen den"
    day = _wall(due).date()
    for window in schedule.windows:
        opens, closes = _edges(window, day.year)
        if opens <= day <= closes < _wall(now).date():
            return f"fönstret stängde {closes}"
    return None
