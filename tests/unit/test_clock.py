"""The clock: Swedish days and times, due times that come exactly once each, and what becomes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import clock
from orchestrator.settings import ScheduleSettings

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
YEARS = (2026, 2027, 2028)
SPRING = ("2026-03-29", "2027-03-28", "2028-03-26")
AUTUMN = ("2026-10-25", "2027-10-31", "2028-10-29")
QUARTERS = ["04-01/04-30", "07-01/08-31", "10-01/10-31", "01-01/01-31"]


def a_schedule(**when: Any) -> ScheduleSettings:
    return ScheduleSettings.model_validate({"bot": "reminder-cleanup"} | when)


def daily(at: str = "04:15", **facts: Any) -> ScheduleSettings:
    return a_schedule(days="every", at=at, **facts)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def swedish(text: str) -> datetime:
    return clock.instant(datetime.fromisoformat(text))


def days_of(year: int) -> list[date]:
    days = [date(year, 1, 1) + number * DAY for number in range(366)]
    return [day for day in days if day.year == year]


def days_due(schedule: ScheduleSettings, first: str, last: str) -> list[str]:
    """Return the Swedish date of each due time, from the first day to the last, both included."""
    dues = clock.due_times(schedule, swedish(first) - MINUTE, swedish(last) + DAY - MINUTE)
    return [due.astimezone(clock.ZONE).date().isoformat() for due in dues]


# The calendar, against one that is worked out here.


def easter(year: int) -> date:
    """Return Easter Sunday by Gauss's rule, in the form that holds for these years."""
    moon = (19 * (year % 19) + 24) % 30
    return date(year, 3, 22) + (moon + (2 * (year % 4) + 4 * (year % 7) + 6 * moon + 5) % 7) * DAY


def saturday_from(first: date) -> date:
    return first + (5 - first.weekday()) % 7 * DAY


def days_off(year: int) -> dict[str, date]:
    """Return the public holidays and the three eves that are as good as them."""
    midsommar = saturday_from(date(year, 6, 20))
    return {
        "nyårsdagen": date(year, 1, 1),
        "trettondedag jul": date(year, 1, 6),
        "långfredagen": easter(year) - 2 * DAY,
        "påskdagen": easter(year),
        "annandag påsk": easter(year) + DAY,
        "första maj": date(year, 5, 1),
        "Kristi himmelsfärdsdag": easter(year) + 39 * DAY,
        "pingstdagen": easter(year) + 49 * DAY,
        "nationaldagen": date(year, 6, 6),
        "midsommarafton": midsommar - DAY,
        "midsommardagen": midsommar,
        "alla helgons dag": saturday_from(date(year, 10, 31)),
        "julafton": date(year, 12, 24),
        "juldagen": date(year, 12, 25),
        "annandag jul": date(year, 12, 26),
        "nyårsafton": date(year, 12, 31),
    }


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("påskdagen", "2026-04-05"),
        ("Kristi himmelsfärdsdag", "2026-05-14"),
        ("midsommardagen", "2026-06-20"),
        ("alla helgons dag", "2026-10-31"),
        ("påskdagen", "2027-03-28"),
        ("påskdagen", "2028-04-16"),
    ],
)
def test_the_calendar_worked_out_here_is_the_printed_one(name: str, day: str) -> None:
    """What the clock is held against is right itself."""
    assert days_off(int(day[:4]))[name].isoformat() == day


@pytest.mark.parametrize(
    "day", [pytest.param(day, id=f"{name} {day}") for year in YEARS for name, day in days_off(year).items()]
)
def test_a_holiday_is_no_working_day(day: date) -> None:
    """Nobody is there to answer for what a bot did."""
    assert not clock.is_working(day)


@pytest.mark.parametrize("year", YEARS)
def test_every_other_monday_to_friday_is_a_working_day(year: int) -> None:
    """Klämdagar, skärtorsdagen and trettondagsafton among them; a Saturday or Sunday never is."""
    off = days_off(year).values()

    assert [day for day in days_of(year) if clock.is_working(day)] == [
        day for day in days_of(year) if day.weekday() < 5 and day not in off
    ]


# Wall-clock time.


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("2026-01-15 12:00", "2026-01-15 11:00"),
        ("2026-07-15 12:00", "2026-07-15 10:00"),
        ("2026-03-29 01:59", "2026-03-29 00:59"),
        ("2026-03-29 02:00", "2026-03-29 01:00"),
        ("2026-03-29 02:30", "2026-03-29 01:30"),
        ("2026-03-29 03:00", "2026-03-29 01:00"),
        ("2026-03-29 03:30", "2026-03-29 01:30"),
        ("2026-10-25 01:59", "2026-10-24 23:59"),
        ("2026-10-25 02:30", "2026-10-25 00:30"),
        ("2026-10-25 03:00", "2026-10-25 02:00"),
    ],
)
def test_a_wall_clock_time_is_one_instant(wall: str, expected: str) -> None:
    """The hour that is missing in spring is the one after it; of the two in autumn it is the first."""
    assert swedish(wall) == utc(expected)


@pytest.mark.parametrize(
    ("day", "hours"), [*((day, 23) for day in SPRING), *((day, 25) for day in AUTUMN), ("2026-07-15", 24)]
)
def test_a_quarter_past_four_is_that_on_the_wall(day: str, hours: int) -> None:
    """Also on a day of 23 or 25 hours."""
    before, due = clock.due_times(daily(), swedish(day) - DAY, swedish(day) + DAY)

    assert due == swedish(f"{day} 04:15")
    assert due - before == timedelta(hours=hours)


@pytest.mark.parametrize("schedule", [daily("02:30"), a_schedule(cron="30 2 * * *")], ids=["days", "cron"])
@pytest.mark.parametrize("year", YEARS)
def test_half_past_two_comes_once_on_every_date(year: int, schedule: ScheduleSettings) -> None:
    """On the night when it is jumped over, and on the night when it comes twice."""
    assert days_due(schedule, f"{year}-01-01", f"{year}-12-31") == [day.isoformat() for day in days_of(year)]


@pytest.mark.parametrize(("day", "longest"), [*((day, 15) for day in SPRING), *((day, 75) for day in AUTUMN)])
def test_every_quarter_of_an_hour_comes_in_order_and_once(day: str, longest: int) -> None:
    """In spring the missing hour isn't run on top of the next; in autumn the hour that comes again isn't run again."""
    dues = clock.due_times(a_schedule(cron="*/15 * * * *"), swedish(day) - DAY, swedish(day) + 2 * DAY)
    steps = {later - earlier for earlier, later in pairwise(dues)}

    assert steps == {15 * MINUTE, longest * MINUTE}


@pytest.mark.parametrize("when", [{"cron": "*/20 * * * *"}, {"days": "every", "at": "02:30"}], ids=["cron", "days"])
@pytest.mark.parametrize("day", [*SPRING, *AUTUMN])
def test_one_may_ask_at_any_time_of_such_a_night(day: str, when: dict[str, Any]) -> None:
    """What is due before and after is the same, also when asked just after the jump or in the hour that comes twice."""
    schedule, start, end = a_schedule(**when), swedish(day), swedish(f"{day} 06:00")
    night = clock.due_times(schedule, start, end)

    for asked in (start + number * 10 * MINUTE for number in range((end - start) // (10 * MINUTE))):
        assert clock.due_times(schedule, start, asked) == [due for due in night if due <= asked]
        assert clock.due_times(schedule, asked, end) == [due for due in night if due > asked]


# Days.


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        ("* * 1-5", [1, 2, 3, 4, 5, 8, 9, 10, 11, 12]),
        ("* * mon-fri", [1, 2, 3, 4, 5, 8, 9, 10, 11, 12]),
        ("* * 0", [7, 14]),
        ("* * 7", [7, 14]),
        ("* * SUN", [7, 14]),
        ("* * 5-7", [5, 6, 7, 12, 13, 14]),
        ("13 jun *", [13]),
        ("13 jul *", []),
        # Of a day and a weekday either is enough; a field that begins with a star narrows the other.
        ("13 * mon", [1, 8, 13]),
        ("*/2 * mon", [1]),
    ],
)
def test_a_crontab_means_what_it_means_everywhere(fields: str, days: list[int]) -> None:
    """Who copies it from another machine gets the same days. 1 June 2026 is a Monday."""
    due = days_due(a_schedule(cron=f"15 4 {fields}"), "2026-06-01", "2026-06-14")

    assert due == [f"2026-06-{day:02}" for day in days]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-03-31", "2026-04-08", ["03-31", "04-01", "04-02", "04-07", "04-08"]),
        ("2026-06-17", "2026-06-23", ["06-17", "06-18", "06-22", "06-23"]),
        ("2026-12-22", "2026-12-31", ["12-22", "12-23", "12-28", "12-29", "12-30"]),
        ("2027-01-01", "2027-01-08", ["01-04", "01-05", "01-07", "01-08"]),
    ],
    ids=["easter", "midsummer", "christmas", "new year"],
)
def test_working_days_leave_out_the_holidays(first: str, last: str, days: list[str]) -> None:
    """Of a whole stretch no other day is left out, and none is made up for."""
    assert [day[5:] for day in days_due(a_schedule(days="working", at="04:15"), first, last)] == days


@pytest.mark.parametrize(
    ("window", "opens"),
    [
        ("01-01/01-31", ["2026-01-02", "2027-01-04", "2028-01-03"]),
        ("04-01/04-30", ["2026-04-01", "2027-04-01", "2028-04-03"]),
        ("07-01/08-31", ["2026-07-01", "2027-07-01", "2028-07-03"]),
        ("10-01/10-31", ["2026-10-01", "2027-10-01", "2028-10-02"]),
        ("01-06/01-31", ["2026-01-07", "2027-01-07", "2028-01-07"]),
        ("04-03/04-30", ["2026-04-07", "2027-04-05", "2028-04-03"]),
        ("05-01/05-31", ["2026-05-04", "2027-05-03", "2028-05-02"]),
        ("06-19/06-30", ["2026-06-22", "2027-06-21", "2028-06-19"]),
        ("12-24/12-31", ["2026-12-28", "2027-12-27", "2028-12-27"]),
        ("01-01/12-31", ["2026-01-02", "2027-01-04", "2028-01-03"]),
        ("12-31/12-31", []),
    ],
)
def test_a_window_is_due_once_a_year_on_its_first_working_day(window: str, opens: list[str]) -> None:
    """Offices are open then, and as much of the window as can be is left."""
    assert days_due(a_schedule(windows=[window], at="04:15"), "2026-01-01", "2028-12-31") == opens


@pytest.mark.parametrize(("year", "opens"), [(2024, "2024-04-02"), (2029, "2029-04-03")])
def test_a_window_that_begins_in_easter_is_due_after_it(year: int, opens: str) -> None:
    """1 April is annandag påsk in 2024, and påskdagen in 2029."""
    assert days_due(a_schedule(windows=QUARTERS, at="04:15"), f"{year}-04-01", f"{year}-04-30") == [opens]


def test_a_year_begins_when_it_does_in_sweden() -> None:
    """That is an hour before it does in UTC."""
    due = clock.due_times(a_schedule(cron="0 0 1 1 *"), utc("2026-12-30"), utc("2027-01-02"))

    assert due == [utc("2026-12-31 23:00")]


def test_once_is_once() -> None:
    """The day before and after there is nothing."""
    assert days_due(a_schedule(once="2026-12-01T04:15:00"), "2026-01-01", "2028-12-31") == ["2026-12-01"]


def test_a_due_time_belongs_to_the_stretch_that_it_ends() -> None:
    """So that stretches one after another have each due time in one of them."""
    due = swedish("2026-12-01 04:15")
    once = a_schedule(once="2026-12-01T04:15:00")

    assert clock.due_times(once, due - MINUTE, due) == [due]
    assert clock.due_times(once, due, due + MINUTE) == []


# What is next.


@pytest.mark.parametrize(
    ("when", "after", "following"),
    [
        ({"cron": "15 4 * * 1-5"}, "2026-03-27 04:15", "2026-03-30 04:15"),
        ({"windows": QUARTERS, "at": "04:15"}, "2026-10-01 04:15", "2027-01-04 04:15"),
        ({"once": "2068-12-01T04:15:00"}, "2026-01-01", "2068-12-01 04:15"),
        ({"cron": "0 5 29 2 *"}, "2096-03-01", "2104-02-29 05:00"),
        # A Sunday too, since the weekday begins with a star; and 2100 is no leap year.
        ({"cron": "0 5 29 2 */7"}, "2088-03-01", "2128-02-29 05:00"),
    ],
)
def test_the_next_due_time_is_found_however_far_away(when: dict[str, Any], after: str, following: str) -> None:
    """Past weekends, holidays, years, and leap years that are left out."""
    assert clock.next_due(a_schedule(**when), swedish(after)) == swedish(following)


@pytest.mark.parametrize(
    "when",
    [
        {"cron": "0 0 */40 * mon#5"},
        {"windows": ["05-01/05-01"], "at": "04:15"},
        {"once": "2026-01-01T00:00:00"},
        {"once": "2020-01-01T00:00:00"},
    ],
    ids=["a fifth Monday on the first", "no working day", "just now", "long ago"],
)
def test_what_is_never_due_again_has_no_next_time(when: dict[str, Any]) -> None:
    """And it doesn't take for ever to say so."""
    assert clock.next_due(a_schedule(**when), swedish("2026-01-01")) is None


def test_apscheduler_wakes_at_the_due_times_and_at_no_others() -> None:
    """Each of them follows upon the last, however late it asks, also where the clocks change."""
    schedule, start = a_schedule(cron="*/15 * * * *"), swedish("2026-10-24 23:00")
    job = BackgroundScheduler(timezone=UTC).add_job(print, clock.WallTrigger(schedule))
    woken = [job.trigger.get_next_fire_time(None, start)]
    while woken[-1] < start + DAY:
        woken.append(job.trigger.get_next_fire_time(woken[-1], start + 2 * DAY))

    assert woken == clock.due_times(schedule, start, start + DAY)


# What becomes of a due time.

DUE = swedish("2026-03-31 04:15")
LATE = "Körningen startade inte i tid"


def judged(
    schedule: ScheduleSettings, now: datetime, *dues: datetime, paused: str | None = None, busy: str | None = None
) -> list[tuple[str, str | None]]:
    """Judge the due times, DUE alone when none is given, and return what becomes of them and why."""
    verdicts = clock.judge(schedule, dues or (DUE,), now, paused=paused, busy=busy)
    return [(verdict.state, verdict.why) for verdict in verdicts]


@pytest.mark.parametrize("late", [timedelta(0), 14 * MINUTE, 15 * MINUTE])
@pytest.mark.parametrize("catch_up", ["once", "never", "PT1M"])
def test_a_run_within_its_grace_is_run(late: timedelta, catch_up: str) -> None:
    """It isn't late, and so there is nothing to make up for."""
    assert judged(daily(catch_up=catch_up), DUE + late) == [("run", None)]


@pytest.mark.parametrize(
    ("catch_up", "late", "becomes"),
    [
        ("once", timedelta(minutes=15, microseconds=1), ("catch_up", f"{LATE} och tas igen.")),
        ("once", 9 * DAY, ("catch_up", f"{LATE} och tas igen.")),
        ("never", 16 * MINUTE, ("missed", f"{LATE}, och enligt schemat tas den inte igen.")),
        ("PT6H", timedelta(hours=6), ("catch_up", f"{LATE} och tas igen.")),
        ("PT6H", timedelta(hours=6, microseconds=1), ("missed", f"{LATE}, och nu är det för sent att ta igen den.")),
    ],
)
def test_a_late_run_is_made_up_for_as_its_schedule_says(
    catch_up: str, late: timedelta, becomes: tuple[str, str]
) -> None:
    """And where it isn't, that it was missed is said with the reason."""
    assert judged(daily(catch_up=catch_up), DUE + late) == [becomes]


@pytest.mark.parametrize("catch_up", ["once", "P9D"])
def test_of_many_late_runs_the_last_is_made_up_for(catch_up: str) -> None:
    """A weekend without power isn't followed by three runs upon each other."""
    dues = (DUE - 2 * DAY, DUE - DAY, DUE)

    assert judged(daily(catch_up=catch_up), DUE + 60 * MINUTE, *dues) == [
        ("missed", "Ersatt av en senare."),
        ("missed", "Ersatt av en senare."),
        ("catch_up", f"{LATE} och tas igen."),
    ]


def test_a_late_run_gives_way_to_one_in_time() -> None:
    """The later does what the earlier would have done."""
    assert judged(daily(), DUE, DUE - DAY, DUE) == [("missed", "Ersatt av en senare."), ("run", None)]


def test_of_two_runs_in_time_the_later_is_run() -> None:
    """Nothing failed: the earlier was skipped, and not missed."""
    schedule = a_schedule(cron="* * * * *")

    assert judged(schedule, DUE, DUE - MINUTE, DUE) == [("skipped", "Ersatt av en senare."), ("run", None)]


@pytest.mark.parametrize("dues", [(DUE,), (DUE - 9 * DAY,), (DUE - DAY, DUE)], ids=["in time", "late", "both"])
def test_a_paused_bot_skips_every_run(dues: tuple[datetime, ...]) -> None:
    """With the words of whoever paused it, and whatever the schedule says of late ones."""
    why = "Pausad av KAEK: Lifecare uppgraderas."

    assert judged(daily(catch_up="never"), DUE, *dues, paused=why, busy="r1") == [("skipped", why)] * len(dues)


@pytest.mark.parametrize("late", [0, 60], ids=["in time", "late"])
def test_a_run_is_skipped_while_the_one_before_is_at_work(late: int) -> None:
    """Two at once would meet in the same list."""
    verdicts = judged(daily(), DUE + late * MINUTE, DUE, busy="reminder-cleanup:1")

    assert verdicts == [("skipped", "Körning reminder-cleanup:1 är inte avslutad.")]


def test_what_was_missed_is_missed_also_while_a_run_is_at_work() -> None:
    """It isn't that run that stood in its way."""
    assert judged(daily(catch_up="never"), DUE + DAY, busy="reminder-cleanup:1")[0][0] == "missed"


@pytest.mark.parametrize("catch_up", ["once", "P90D"])
@pytest.mark.parametrize(
    ("due", "closes"),
    [
        ("2026-01-02", "2026-01-31"),
        ("2026-04-01", "2026-04-30"),
        ("2026-07-01", "2026-08-31"),
        ("2026-10-01", "2026-10-31"),
    ],
)
def test_a_run_is_made_up_for_until_its_window_closes(due: str, closes: str, catch_up: str) -> None:
    """Nobody takes the report after its last day, which ends when it does in Sweden."""
    schedule = a_schedule(windows=QUARTERS, at="04:15", catch_up=catch_up)
    at, closed = swedish(f"{due} 04:15"), swedish(closes) + DAY

    assert judged(schedule, closed - MINUTE, at)[0][0] == "catch_up"
    assert judged(schedule, closed, at) == [("missed", f"{LATE}, och fönstret stängde {closes}.")]


def test_a_window_that_is_open_again_next_year_is_another() -> None:
    """The report of last year isn't taken in this year's window."""
    schedule = a_schedule(windows=QUARTERS, at="04:15")

    verdicts = judged(schedule, swedish("2027-01-04 04:00"), swedish("2026-01-02 04:15"))

    assert verdicts == [("missed", f"{LATE}, och fönstret stängde 2026-01-31.")]


def test_when_nothing_was_due_nothing_becomes_of_it() -> None:
    """The usual answer at start."""
    assert clock.judge(daily(), [], DUE, paused=None, busy=None) == []


# Any schedule at all, where the clocks change and the years end.

_times = st.sampled_from(["00:00", "02:00", "02:30", "02:59:59", "03:00", "03:15", "04:15", "23:59"])
_crons = st.builds(
    "{} {} {} * {}".format,
    st.sampled_from(["0", "30", "*/15", "*/7"]),
    st.sampled_from(["*", "2", "2-3", "*/6"]),
    st.sampled_from(["*", "29", "*/2"]),
    st.sampled_from(["*", "1-5", "sun"]),
)
_starts = st.sampled_from([utc(f"{each} 21:00") for each in ("2026-03-28", "2026-10-23", "2025-12-30")])
_onces = st.builds(
    lambda start, minutes: (start + minutes * MINUTE).replace(tzinfo=None).isoformat(), _starts, st.integers(0, 4000)
)
_whens = st.one_of(
    st.fixed_dictionaries({"cron": _crons}),
    st.fixed_dictionaries({"days": st.sampled_from(["every", "working"]), "at": _times}),
    st.fixed_dictionaries({"windows": st.just([*QUARTERS, "12-31/12-31"]), "at": _times}),
    st.fixed_dictionaries({"once": _onces}),
)
_rules = st.fixed_dictionaries(
    {"grace": st.sampled_from(["PT0S", "PT15M", "PT2H"]), "catch_up": st.sampled_from(["once", "never", "PT6H"])}
)
_schedules = st.builds(lambda when, rules: a_schedule(**when, **rules), _whens, _rules)
#: Moments of four days, in order.
_moments = st.builds(
    lambda start, minutes: [start + each * MINUTE for each in sorted(minutes)],
    _starts,
    st.lists(st.integers(0, 4 * 24 * 60), min_size=2, max_size=6),
)


@given(_schedules, _moments)
def test_each_due_time_comes_exactly_once_however_time_is_cut(
    schedule: ScheduleSettings, moments: list[datetime]
) -> None:
    """The clock looks now and then, and is sometimes down: no due time is lost between two looks, or seen twice."""
    pieces = [due for after, until in pairwise(moments) for due in clock.due_times(schedule, after, until)]

    assert pieces == clock.due_times(schedule, moments[0], moments[-1])
    assert pieces == sorted(set(pieces))


@given(_schedules, _moments)
def test_from_one_next_due_time_to_another_none_is_left_out(
    schedule: ScheduleSettings, moments: list[datetime]
) -> None:
    """Whoever waits for the next one sees the same due times as whoever looks back."""
    first, last = moments[0], moments[-1]
    following = clock.next_due(schedule, first)

    assert clock.due_times(schedule, first, last)[:1] == ([following] if following and following <= last else [])


@given(_schedules, _moments, st.none() | st.just("Pausad."), st.none() | st.just("r1"))
def test_every_due_time_has_one_verdict_and_one_run_at_most_is_started(
    schedule: ScheduleSettings, moments: list[datetime], paused: str | None, busy: str | None
) -> None:
    """None is forgotten, and what was late doesn't come in a heap."""
    dues = clock.due_times(schedule, moments[0], moments[-1])

    verdicts = clock.judge(schedule, dues, moments[-1], paused=paused, busy=busy)

    assert [verdict.due for verdict in verdicts] == dues
    assert not [verdict for verdict in verdicts[:-1] if verdict.state in {"run", "catch_up"}]
    assert all((verdict.why is None) == (verdict.state == "run") for verdict in verdicts)


@given(_schedules, _moments)
def test_the_last_verdict_is_the_same_whoever_judged_the_others(
    schedule: ScheduleSettings, moments: list[datetime]
) -> None:
    """Two clocks, or one that is started again, agree."""
    dues = clock.due_times(schedule, moments[0], moments[-1])

    whole = clock.judge(schedule, dues, moments[-1], paused=None, busy=None)

    assert clock.judge(schedule, dues[-1:], moments[-1], paused=None, busy=None) == whole[-1:]
