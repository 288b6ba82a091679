"""What is due when, by the clock on a Swedish wall, what becomes of each due time, and the clock that sees to it.

Due times are worked out in wall-clock time, and each wall-clock time is exactly one instant (`instant`): a run at 02:30
comes once on every date, those on which the clocks change among them. All of that is pure; `Clock`, at the end, adds
runs to the ledger when they are due. It starts nothing: that is the machines' business.
"""

from __future__ import annotations

import calendar
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby, takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays
import sqlalchemy as sa
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger
from cronsim import CronSim

from bots.errors import StateNotWritable
from orchestrator.ledger import expected, fleet
from orchestrator.ledger.expected import Verdict
from orchestrator.ledger.store import Errand, Ledger, Options
from orchestrator.settings import ScheduleSettings, Settings, Window

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

ZONE = ZoneInfo("Europe/Stockholm")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
#: What comes round at all comes round within this: 29 February on a Sunday can be 40 years away.
HORIZON = 41 * 366 * DAY
#: How often it is looked whether something is due, besides when it is: the database may have been away just then.
LOOK_EVERY = timedelta(seconds=15)


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
    return next(coming(schedule, after), None)


def coming(schedule: ScheduleSettings, after: datetime) -> Iterator[datetime]:
    """Yield the instants later than `after` at which it is due, one by one."""
    return _due(schedule, after, instant(schedule.once) if schedule.once else after + HORIZON)


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


# --- the clock ---------------------------------------------------------------------------------------------------


class Clock:
    """Adds a run to the ledger whenever a schedule is due. Any number of clocks may work on one ledger."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        *,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
        errand: Callable[[str], tuple[Options, Errand]],
        added: Callable[[], object] = lambda: None,
    ) -> None:
        """`errand` returns how a bot is run, and for whom; `added` is told when there is something to carry."""
        self._settings, self._ledger, self._now, self._log = settings, ledger, now, log
        self._errand, self._added = errand, added
        self._ticking = threading.Lock()
        # One thread: each look sees to all schedules.
        self._scheduler = BackgroundScheduler(timezone=ZONE, executors={"default": ThreadPoolExecutor(1)})

    def start(self) -> None:
        """Look at once, and then whenever something is due."""
        self.tick()
        for name, schedule in self._settings.schedules.items():
            self._wake(WallTrigger(schedule), name)
        self._wake(IntervalTrigger(seconds=int(LOOK_EVERY.total_seconds()), timezone=ZONE), "look")
        self._scheduler.start()

    def _wake(self, trigger: BaseTrigger, name: str) -> None:
        # However late it wakes, one look makes up for all that was missed.
        self._scheduler.add_job(self.tick, trigger, id=name, misfire_grace_time=None, coalesce=True)

    def stop(self) -> None:
        """Add nothing more."""
        self._scheduler.shutdown()

    def tick(self) -> None:
        """Judge all that has become due since the last look, by whichever clock it was."""
        with self._ticking:
            try:
                added = sum(self._look(name, schedule) for name, schedule in self._settings.schedules.items())
                self._give_up()
                self._wait_no_longer()
                expected.settle(self._ledger)
            except StateNotWritable:
                self._log.warning("ledger.gone")
                return
        if added:
            self._added()

    def _look(self, name: str, schedule: ScheduleSettings) -> int:
        """See to one schedule, and return how many runs were added."""
        now = self._now()

        def verdicts(watched: datetime, paused: str | None, busy: str | None) -> list[Verdict]:
            return judge(schedule, due_times(schedule, watched, now), now, paused=paused, busy=busy)

        def start(connection: sa.Connection, due: datetime) -> str | None:
            run_id = f"{schedule.bot}:{due:%Y-%m-%dT%H:%M:%SZ}"
            options, errand = self._errand(schedule.bot)
            day = _wall(now).date()
            return self._ledger.create_once(
                connection, run_id, schedule.bot, today=day, options=options, now=now, by=f"klockan, {name}",
                errand=errand,
            )  # fmt: skip

        found = expected.watch(self._ledger, name, schedule.bot, now, judge=verdicts, start=start)
        for each in found:
            self._log.info("due.judged", bot=each.bot, state=each.state, run=each.run)
        return sum(each.run is not None for each in found)

    def _give_up(self) -> None:
        """Call off what no machine has taken up in time, by the same rule as if nobody had started it."""
        now = self._now()
        for each in expected.unbegun(self._ledger):
            schedule = self._settings.schedules.get(each.schedule)
            if schedule is None:
                continue
            (verdict,) = judge(schedule, [each.due], now, paused=None, busy=None)
            if verdict.state == "missed" and expected.miss(
                self._ledger, each, f"Ingen maskin tog den. {verdict.why}", now
            ):
                self._log.warning("due.missed", bot=each.bot, run=each.run)

    def _wait_no_longer(self) -> None:
        """Let runs that wait for a system fail when it is too late to make up for them."""
        now = self._now()
        for each in expected.postponed(self._ledger):
            schedule = self._settings.schedules.get(each.schedule)
            if schedule is None or each.run is None or now - each.due <= schedule.grace:
                continue
            why = _lost(schedule, each.due, now)
            if why and fleet.give_up(self._ledger, each.run, why=f"Den försöks inte igen: {why}.", now=now):
                self._log.warning("run.given_up", bot=each.bot, run=each.run)
