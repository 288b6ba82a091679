"""The expected-run ledger: each due time stands in it once, and each ends as ran, caught up, skipped or missed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.errors import StateNotWritable
from orchestrator.clock import Clock, due_times
from orchestrator.ledger import expected, fleet
from orchestrator.ledger.store import Errand, Ledger, Options, Run
from orchestrator.ledger.tables import expected_runs, pauses, schedules
from orchestrator.settings import ScheduleSettings, Settings
from tests.builders import a_holder, options
from tests.contract.test_ledger import ACCOUNT
from tests.fakes import Clock as Wall
from tests.fakes import KeptLog

Opener = Callable[[], Ledger]
BOT = "reminder-cleanup"
#: A Monday, at 03:00 in Sweden.
MONDAY = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
NIGHTLY: dict[str, Any] = {"days": "every", "at": time(4, 15)}


class Office:
    """Clocks on one ledger, and a wall clock that they all look at."""

    def __init__(self, open_ledger: Opener, **schedule: Any) -> None:
        """One schedule, nightly at 04:15 if nothing else is said."""
        self._open = open_ledger
        self.ledger = open_ledger()
        self.wall = Wall(MONDAY)
        self.schedule = ScheduleSettings(bot=BOT, **(NIGHTLY | schedule))
        self.told = 0

    def clock(self) -> Clock:
        """Return one more clock, as another orchestrator would have it."""
        return Clock(
            Settings(schedules={"natt": self.schedule}), self._open(), now=self.wall.now, log=KeptLog().logger,
            errand=_errand, added=self._tell,
        )  # fmt: skip

    def _tell(self) -> None:
        self.told += 1

    def pass_to(self, hours: float) -> None:
        """Let so many hours pass."""
        self.wall.forward(hours * 3600)

    def past(self) -> list[expected.Expected]:
        """Return what became of each due time, the earliest first."""
        return expected.since(self.ledger, MONDAY - timedelta(days=400))[::-1]

    def outcomes(self) -> list[str]:
        """Return the state of each."""
        return [each.state for each in self.past()]

    def end(self, state: str = "done") -> None:
        """Let whatever run there is end."""
        for run in self.ledger.latest_runs(100):
            if run.state in fleet.CARRIED:
                epoch = self.ledger.claim(run.id, a_holder(), [ACCOUNT], self.wall.now())
                self.ledger.end_run(run.id, epoch, state=state, exit_code=0, now=self.wall.now())

    def runs(self) -> list[Run]:
        """Return the runs, the newest first."""
        return self.ledger.latest_runs(1000)


def _errand(_bot: str) -> tuple[Options, Errand]:
    return options(), Errand("standard", ACCOUNT)


@pytest.fixture
def office(open_ledger: Opener) -> Office:
    """Return an office whose clock has just been started for the first time."""
    made = Office(open_ledger)
    made.clock().tick()
    return made


def test_a_schedule_that_is_seen_for_the_first_time_has_no_past(office: Office) -> None:
    """Else the first start would make up for years."""
    assert office.past() == []


def test_what_is_due_becomes_a_run_for_the_machines(office: Office) -> None:
    """Named by bot and due time, of the day that it is in Sweden; and somebody is told."""
    office.pass_to(1.25)

    office.clock().tick()

    (run,) = office.runs()
    assert (run.id, run.pool, run.urgent, str(run.today)) == (
        f"{BOT}:2026-03-16T03:15:00Z",
        "standard",
        False,
        "2026-03-16",
    )
    assert [(each.state, each.run) for each in office.past()] == [("due", run.id)]
    assert office.told == 1


@pytest.mark.parametrize("state", ["done", "failed", "partial", "drifted", "waiting"])
def test_a_due_run_that_has_ended_ran(office: Office, state: str) -> None:
    """How it ended stands with the run."""
    office.pass_to(1.25)
    office.clock().tick()
    office.end(state)

    office.clock().tick()

    assert office.outcomes() == ["ran"]


def test_a_run_that_was_called_off_before_it_began_was_skipped(office: Office) -> None:
    """And by whom is told."""
    office.pass_to(1.25)
    office.clock().tick()
    fleet.cancel(office.ledger, office.runs()[0].id, by="anna", now=office.wall.now())

    office.clock().tick()

    assert [(each.state, each.why) for each in office.past()] == [("skipped", "Avbruten av anna")]


def test_what_passed_while_no_clock_was_up_is_caught_up_once(office: Office) -> None:
    """Three nights: the last is made up for, the two before it are missed."""
    office.pass_to(2 * 24 + 6)

    office.clock().tick()
    office.end()
    office.clock().tick()

    assert office.outcomes() == ["missed", "missed", "caught_up"]
    assert len(office.runs()) == 1


def test_a_schedule_that_is_never_caught_up_misses_what_passed(open_ledger: Opener) -> None:
    """A night's work in the middle of the day would be in people's way."""
    office = Office(open_ledger, catch_up="never")
    office.clock().tick()
    office.pass_to(6)

    office.clock().tick()

    assert office.outcomes() == ["missed"]
    assert office.runs() == []


def test_what_is_due_while_the_last_run_goes_on_is_skipped(office: Office) -> None:
    """Two runs of one bot would be in each other's way; the longer one is named."""
    office.pass_to(1.25)
    office.clock().tick()
    office.pass_to(24)

    office.clock().tick()

    assert office.outcomes() == ["due", "skipped"]
    assert office.runs()[0].id in (office.past()[1].why or "")


def test_two_schedules_of_one_bot_that_meet_start_one_run(open_ledger: Opener) -> None:
    """A run is named by its bot and time, so the second is told that it is there."""
    office = Office(open_ledger)
    both = Settings(schedules={"ena": office.schedule, "andra": office.schedule})
    clock = Clock(both, office.ledger, now=office.wall.now, log=KeptLog().logger, errand=_errand)
    clock.tick()
    office.pass_to(1.25)

    clock.tick()

    assert sorted(office.outcomes()) == ["due", "skipped"]
    assert len(office.runs()) == 1


# Pauses.


def test_nothing_of_a_paused_bot_is_started(office: Office) -> None:
    """Who paused it and why stands with each time that was skipped."""
    expected.pause(office.ledger, BOT, by="anna", why="Lifecare uppgraderas.", now=office.wall.now())
    office.pass_to(1.25)

    office.clock().tick()

    assert office.outcomes() == ["skipped"]
    assert office.past()[0].why == "Pausad av anna 2026-03-16: Lifecare uppgraderas."
    assert office.runs() == []


def test_what_was_skipped_is_not_made_up_for_after_the_pause(office: Office) -> None:
    """Whoever lifts it decides what is to be run."""
    expected.pause(office.ledger, BOT, by="anna", why="Lifecare uppgraderas.", now=office.wall.now())
    office.pass_to(1.25)
    office.clock().tick()

    assert expected.unpause(office.ledger, BOT, by="anna")
    office.pass_to(24)
    office.clock().tick()

    assert office.outcomes() == ["skipped", "due"]


def test_a_run_of_a_paused_bot_that_waits_goes_on_waiting(office: Office) -> None:
    """Unless a person asked for it."""
    office.pass_to(1.25)
    office.clock().tick()
    office.ledger.create_run("asked for", BOT, today=office.runs()[0].today, options=options(), now=MONDAY,
                             errand=Errand("standard", ACCOUNT, urgent=True))  # fmt: skip

    expected.pause(office.ledger, BOT, by="anna", why="Lifecare uppgraderas.", now=office.wall.now())

    assert [run.id for run in fleet.waiting(office.ledger)] == ["asked for"]


def test_who_paused_a_bot_first_stands(office: Office) -> None:
    """A second one is told of the first."""
    first = expected.pause(office.ledger, BOT, by="anna", why="Ett.", now=office.wall.now())

    assert (first.by, first.why) == ("anna", "Ett.")
    assert expected.pause(office.ledger, BOT, by="bo", why="Två.", now=office.wall.now()).by == "anna"
    assert expected.unpause(office.ledger, BOT, by="bo")
    assert not expected.unpause(office.ledger, BOT, by="bo")


# Runs that no machine takes up.


def test_a_run_that_no_machine_took_up_in_time_is_missed(open_ledger: Opener) -> None:
    """It isn't begun at noon because a machine was started then."""
    office = Office(open_ledger, catch_up=timedelta(hours=2))
    office.clock().tick()
    office.pass_to(1.25)
    office.clock().tick()
    office.pass_to(3)

    office.clock().tick()

    assert office.outcomes() == ["missed"]
    assert office.runs()[0].state == "cancelled"
    assert fleet.waiting(office.ledger) == []


def test_a_run_that_a_machine_has_taken_up_is_not_missed(open_ledger: Opener) -> None:
    """However late it then is."""
    office = Office(open_ledger, catch_up=timedelta(hours=2))
    office.clock().tick()
    office.pass_to(1.25)
    office.clock().tick()
    (run,) = office.runs()
    assert fleet.ask(office.ledger, run)
    assert fleet.take(office.ledger, run.id, 1, "m1")
    office.pass_to(3)

    office.clock().tick()

    assert office.outcomes() == ["due"]


# Exactly once.


def test_two_clocks_start_each_due_run_once(open_ledger: Opener) -> None:
    """Two hundred due times, two orchestrators that look at the same moments: two hundred runs."""
    office = Office(open_ledger, days=None, at=None, cron="*/5 * * * *")
    clocks = [office.clock(), office.clock()]
    clocks[0].tick()
    for _ in range(200):
        office.pass_to(5 / 60)
        threads = [threading.Thread(target=each.tick) for each in clocks]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        office.end()

    clocks[0].tick()

    assert len(office.runs()) == 200
    assert office.outcomes() == ["ran"] * 200


class Died(BaseException):
    """The orchestrator is killed."""


def test_a_clock_that_is_killed_in_the_middle_leaves_nothing_half_done(office: Office) -> None:
    """The run, the due time and the moment up to which it was looked are one transaction."""
    office.pass_to(1.25)

    def die(_bot: str) -> tuple[Options, Errand]:
        raise Died

    dying = Clock(Settings(schedules={"natt": office.schedule}), office.ledger, now=office.wall.now,
                  log=KeptLog().logger, errand=die)  # fmt: skip
    with pytest.raises(Died):
        dying.tick()
    assert (office.runs(), office.past()) == ([], [])

    office.clock().tick()

    assert office.outcomes() == ["due"]


def test_a_clock_without_a_database_looks_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The due time isn't lost with the moment."""
    office.pass_to(1.25)
    clock = office.clock()
    with monkeypatch.context() as away:
        away.setattr(clock._ledger, "changing", _gone)
        clock.tick()
    assert office.past() == []

    clock.tick()

    assert office.outcomes() == ["due"]


def _gone() -> NoReturn:
    raise StateNotWritable("databasen")


@given(moments=st.lists(st.integers(1, 60 * 24 * 12), min_size=1, max_size=8, unique=True), data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_due_time_stands_there_exactly_once(open_ledger: Opener, moments: list[int], data: st.DataObject) -> None:
    """Whenever it was looked, by whichever of several clocks, over a change to summer time, with pauses in between."""
    office = Office(open_ledger, days=None, at=None, cron=data.draw(st.sampled_from(["30 2 * * *", "0 */3 * * *"])))
    office.wall = Wall(datetime(2026, 3, 24, data.draw(st.integers(0, 23)), tzinfo=UTC))
    with office.ledger.changing() as connection:
        for table in (expected_runs, schedules, pauses):
            connection.execute(table.delete())
    begin = office.wall.now()
    clocks = [office.clock(), office.clock()]
    clocks[0].tick()
    for minute in sorted(moments):
        office.wall.moment = begin + timedelta(minutes=minute)
        if data.draw(st.booleans()):
            expected.pause(office.ledger, BOT, by="anna", why="Prov.", now=office.wall.now())
        else:
            expected.unpause(office.ledger, BOT, by="anna")
        data.draw(st.sampled_from(clocks)).tick()
        office.end()
    clocks[0].tick()

    assert [each.due for each in office.past()] == due_times(office.schedule, begin, office.wall.now())
    assert set(office.outcomes()) <= {"ran", "caught_up", "skipped", "missed"}


# Runs that wait for a system that is down.


def a_postponed_run(office: Office) -> None:
    """Let the night's run be taken up and meet a system that is down."""
    office.pass_to(1.25)
    office.clock().tick()
    (run,) = office.runs()
    epoch = office.ledger.claim(run.id, a_holder(), [ACCOUNT], office.wall.now())
    office.ledger.postpone_run(
        run.id, epoch, waits=[timedelta(hours=9)], exit_code=1, sentence="Lifecare svarar inte.", now=office.wall.now()
    )


@pytest.mark.parametrize(
    ("catch_up", "hours", "state"),
    [("PT6H", 5.9, "interrupted"), ("PT6H", 6.1, "failed"), ("never", 0.2, "interrupted"), ("never", 0.3, "failed")],
)
def test_a_run_waits_for_a_system_as_long_as_it_may_be_made_up_for(
    catch_up: str, hours: float, state: str, open_ledger: Opener
) -> None:
    """Later it fails, which people are told of; until then its due time goes on."""
    office = Office(open_ledger, catch_up=catch_up)
    office.clock().tick()
    a_postponed_run(office)

    office.pass_to(hours)
    office.clock().tick()

    (run,) = office.runs()
    assert run.state == state
    assert office.outcomes() == ["due" if state == "interrupted" else "ran"]


def test_an_approved_plan_waits_for_a_system_however_late_it_is(open_ledger: Opener) -> None:
    """It was a person who let it be carried out that late."""
    office = Office(open_ledger, catch_up="never")
    office.clock().tick()
    a_postponed_run(office)
    office.ledger.approve(office.runs()[0].id, "anna", office.wall.now())

    office.pass_to(5)
    office.clock().tick()

    assert office.runs()[0].state == "interrupted"
