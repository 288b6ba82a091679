"""What the ledger promises of machines: one has a run in hand, the dead lose theirs, and people come first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bots.errors import RunCancelled, RunHeld, RunLost
from orchestrator import bootstrap
from orchestrator.ledger import fleet
from orchestrator.ledger.fleet import InTheWay, Place
from orchestrator.ledger.store import Errand, Holder, Ledger, Run
from orchestrator.ledger.tables import machines
from tests.builders import NOW, TODAY, a_holder, an_act, an_item, options
from tests.contract.claims import claim, claimed
from tests.contract.test_ledger import ACCOUNT, a_plan, done

Opener = Callable[[], Ledger]
GRACE = timedelta(seconds=30)
TWO_MINUTES = timedelta(minutes=2)


def a_queued_run(
    ledger: Ledger, run: str = "r1", *, account: str = ACCOUNT, urgent: bool = False, late: int = 0
) -> Run:
    """Add a run for the machines, so many minutes after the first, and return it."""
    ledger.create_run(
        run, "reminder-cleanup", today=TODAY, options=options(), now=NOW + timedelta(minutes=late),
        errand=Errand("standard", account, urgent=urgent),
    )  # fmt: skip
    return the(ledger, run)


def the(ledger: Ledger, run: str = "r1") -> Run:
    found = ledger.run(run)
    assert found is not None
    return found


def handed(ledger: Ledger, run: str = "r1", machine: str = "m1") -> None:
    """Hand the run over once more, and let the machine take it in hand."""
    assert fleet.ask(ledger, the(ledger, run))
    assert fleet.take(ledger, run, the(ledger, run).asked, machine)


def waiting(ledger: Ledger) -> list[str]:
    return [run.id for run in fleet.waiting(ledger)]


# Who has a run in hand.


def test_a_run_that_nobody_has_in_hand_waits(ledger: Ledger) -> None:
    """What people asked for first, then by age; what a person carries themselves isn't there at all."""
    a_queued_run(ledger, "later", late=2)
    a_queued_run(ledger, "first")
    a_queued_run(ledger, "a person's", late=3, urgent=True)
    ledger.create_run("at a terminal", "reminder-cleanup", today=TODAY, options=options(), now=NOW)

    assert waiting(ledger) == ["a person's", "first", "later"]


def test_of_two_that_hand_a_run_over_one_does(open_ledger: Opener) -> None:
    """Both saw that the engine didn't have it."""
    one, other = open_ledger(), open_ledger()
    run = a_queued_run(one)

    assert [fleet.ask(one, run), fleet.ask(other, run)] == [True, False]


def test_of_two_machines_one_takes_a_run_in_hand(open_ledger: Opener) -> None:
    """The engine may pass one on twice; the ledger lets it be carried once."""
    one, other = open_ledger(), open_ledger()
    assert fleet.ask(one, a_queued_run(one))

    assert [fleet.take(one, "r1", 1, "m1"), fleet.take(other, "r1", 1, "m2")] == [True, False]
    assert the(one).machine == "m1"
    assert waiting(one) == []


def test_what_was_passed_on_before_the_last_time_is_refused(ledger: Ledger) -> None:
    """A machine that slept over it must not carry it beside the one that has it now."""
    run = a_queued_run(ledger)
    assert fleet.ask(ledger, run)
    assert fleet.ask(ledger, the(ledger))

    assert not fleet.take(ledger, "r1", 1, "m1")
    assert fleet.take(ledger, "r1", 2, "m1")


@pytest.mark.parametrize("state", ["done", "failed", "partial", "waiting", "drifted"])
def test_a_run_that_has_ended_is_not_taken_in_hand(ledger: Ledger, state: str) -> None:
    """However late the engine passes it on."""
    assert fleet.ask(ledger, a_queued_run(ledger))
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)
    ledger.end_run("r1", epoch, state=state, exit_code=0, now=NOW)

    assert not fleet.take(ledger, "r1", 1, "m1")
    assert waiting(ledger) == []


def test_a_process_that_had_not_begun_when_its_machine_died_never_does(ledger: Ledger) -> None:
    """Else nobody would have the run in hand, and nobody would take it: it would be at work for ever."""
    a_queued_run(ledger)
    handed(ledger)
    then = the(ledger).epoch
    fleet.recover(ledger, "m1")

    with pytest.raises(RunLost):
        ledger.claim("r1", a_holder(), [ACCOUNT], NOW, after=then)

    assert waiting(ledger) == ["r1"]


def test_a_run_that_is_given_back_waits_again_and_its_process_is_fenced_off(ledger: Ledger) -> None:
    """The machine is stopped; another goes on at once."""
    a_queued_run(ledger)
    handed(ledger)
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)

    fleet.give_back(ledger, "r1", 1, "m1")

    assert waiting(ledger) == ["r1"]
    with pytest.raises(RunLost):
        ledger.seen("r1", epoch, 1)


# Processes that die.


def test_a_process_that_dies_is_fenced_off_and_counted(ledger: Ledger) -> None:
    """It may only seem dead."""
    a_queued_run(ledger)
    handed(ledger)
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)

    assert [fleet.died(ledger, "r1", 1, "m1") for _ in range(3)] == [1, 2, 3]

    assert the(ledger).state == "interrupted"
    with pytest.raises(RunLost):
        ledger.seen("r1", epoch, 1)


def test_deaths_are_counted_anew_when_the_run_got_further(ledger: Ledger) -> None:
    """A bad night isn't a run that can't be carried."""
    a_queued_run(ledger)
    handed(ledger)
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)
    a_plan(ledger, "r1", epoch, an_item(), an_item("P-2", an_act("P-2")))
    fleet.died(ledger, "r1", 1, "m1")
    assert fleet.died(ledger, "r1", 1, "m1") == 2
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)
    done(ledger, claimed(ledger, epoch=epoch), epoch=epoch)

    assert fleet.died(ledger, "r1", 1, "m1") == 1


def test_a_plan_is_getting_further(ledger: Ledger) -> None:
    """To read a long list takes as long as many steps."""
    a_queued_run(ledger)
    handed(ledger)
    assert [fleet.died(ledger, "r1", 1, "m1") for _ in range(2)] == [1, 2]
    a_plan(ledger, "r1", ledger.claim("r1", a_holder(), [ACCOUNT], NOW), an_item())

    assert fleet.died(ledger, "r1", 1, "m1") == 1


def test_the_death_of_what_is_no_longer_ours_counts_for_nothing(ledger: Ledger) -> None:
    """The machine was asleep, and another has the run."""
    a_queued_run(ledger)
    handed(ledger)
    fleet.recover(ledger, "m1")
    handed(ledger, machine="m2")
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)

    assert fleet.died(ledger, "r1", 1, "m1") is None
    fleet.end(ledger, "r1", 1, "m1", state="failed", sentence="Dog.", now=NOW)

    assert (the(ledger).state, the(ledger).epoch) == ("running", epoch)


def test_a_run_that_is_ended_for_its_process_gives_its_accounts_back(ledger: Ledger) -> None:
    """A failed run never delays the next."""
    a_queued_run(ledger)
    handed(ledger)
    ledger.claim("r1", a_holder(), [ACCOUNT], NOW)

    fleet.end(ledger, "r1", 1, "m1", state="failed", sentence="Tidsgränsen nåddes.", now=NOW)

    assert (the(ledger).state, the(ledger).sentence) == ("failed", "Tidsgränsen nåddes.")
    assert ledger.lease_of(ACCOUNT) is None


# Whose turn it is.


def test_nobody_is_in_the_way_of_a_free_account(ledger: Ledger) -> None:
    """The usual case."""
    assert fleet.in_the_way(ledger, a_queued_run(ledger), [ACCOUNT]) is None


def test_who_has_the_account_is_in_the_way(ledger: Ledger) -> None:
    """As long as its process works, it is waited for."""
    ledger.create_run("r0", "reminder-cleanup", today=TODAY, options=options(), now=NOW)
    ledger.claim("r0", a_holder(), [ACCOUNT], NOW)

    assert fleet.in_the_way(ledger, a_queued_run(ledger), [ACCOUNT]) == InTheWay("r0", a_holder(), queued=False)


def test_a_run_that_was_interrupted_has_its_turn_before_the_next_of_its_account(ledger: Ledger) -> None:
    """It may have left a write of which nobody knows: the next one would only refer that to a person."""
    a_queued_run(ledger, "r0")
    handed(ledger, "r0")
    ledger.claim("r0", a_holder(), [ACCOUNT], NOW)
    fleet.recover(ledger, "m1")

    assert fleet.in_the_way(ledger, a_queued_run(ledger), [ACCOUNT]) == InTheWay("r0", a_holder(), queued=True)


def test_a_persons_run_goes_before_what_the_clock_asked_for(ledger: Ledger) -> None:
    """Somebody waits for it; but not before another person's, and only where it is the same account."""
    clocks, elsewhere = a_queued_run(ledger), a_queued_run(ledger, "r2", account="other/robot")
    urgent = a_queued_run(ledger, "u1", urgent=True, late=5)
    other = a_queued_run(ledger, "u2", urgent=True, late=6)

    assert fleet.in_the_way(ledger, clocks, [ACCOUNT]) == InTheWay("u1", None, queued=True)
    assert fleet.in_the_way(ledger, elsewhere, ["other/robot"]) is None
    assert fleet.in_the_way(ledger, urgent, [ACCOUNT]) is None
    assert fleet.in_the_way(ledger, other, [ACCOUNT]) is None


# Calling off.


def test_a_run_that_waits_is_called_off_at_once(ledger: Ledger) -> None:
    """There is no item in hand."""
    a_queued_run(ledger)

    assert fleet.cancel(ledger, "r1", by="anna", now=NOW) == "cancelled"

    assert (the(ledger).state, the(ledger).cancelled_by) == ("cancelled", "anna")
    assert waiting(ledger) == []


def test_a_run_at_work_is_told_at_its_next_item(ledger: Ledger) -> None:
    """The item in hand is finished and stored; no other is begun."""
    a_queued_run(ledger)
    handed(ledger)
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)
    a_plan(ledger, "r1", epoch, an_item(), an_item("P-2", an_act("P-2")))
    first = claimed(ledger)

    assert fleet.cancel(ledger, "r1", by="anna", now=NOW) == "running"

    done(ledger, first)
    with pytest.raises(RunCancelled, match="anna"):
        claim(ledger)
    with pytest.raises(RunCancelled):
        ledger.seen("r1", epoch, 1)


def test_a_run_that_was_called_off_can_be_gone_on_with_by_hand(ledger: Ledger) -> None:
    """And the machines leave it alone from then on."""
    a_queued_run(ledger)
    fleet.cancel(ledger, "r1", by="anna", now=NOW)

    ledger.reopen(the(ledger))

    assert (the(ledger).cancelled, the(ledger).pool) == (None, None)
    ledger.claim("r1", a_holder(), [ACCOUNT], NOW)


def test_a_run_that_a_person_goes_on_with_is_fenced_off_from_what_carried_it(ledger: Ledger) -> None:
    """Its old process may be in the middle of something, and the engine may pass it on once more."""
    a_queued_run(ledger)
    handed(ledger)
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)

    ledger.reopen(the(ledger))

    with pytest.raises(RunLost):
        ledger.seen("r1", epoch, 1)
    assert the(ledger).state == "interrupted"
    assert not fleet.take(ledger, "r1", the(ledger).asked, "m1")


def test_of_two_that_go_on_with_a_run_one_does(ledger: Ledger) -> None:
    """A machine may have taken it since the person's command read it."""
    before = a_queued_run(ledger)
    handed(ledger)

    with pytest.raises(RunLost):
        ledger.reopen(before)

    assert the(ledger).machine == "m1"


def test_an_orphaned_run_is_called_off_at_once(ledger: Ledger) -> None:
    """Nothing is there to finish the item in hand, and to end the run after it."""
    a_queued_run(ledger)
    handed(ledger)
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)

    assert fleet.cancel(ledger, "r1", by="anna", now=NOW, is_orphaned=True) == "cancelled"

    assert (the(ledger).state, the(ledger).machine, the(ledger).holder) == ("cancelled", None, None)
    with pytest.raises(RunLost):
        ledger.seen("r1", epoch, 1)


def test_what_has_ended_cannot_be_called_off(ledger: Ledger) -> None:
    """There is nothing to call off."""
    a_queued_run(ledger)
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)
    ledger.end_run("r1", epoch, state="done", exit_code=0, now=NOW)

    assert fleet.cancel(ledger, "r1", by="anna", now=NOW) is None


def test_a_plan_that_was_waiting_is_the_machines_again_once_approved(ledger: Ledger) -> None:
    """Whoever approves it in the morning need not stay to see it carried out."""
    a_queued_run(ledger)
    handed(ledger)
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)
    a_plan(ledger, "r1", epoch, an_item())
    ledger.end_run("r1", epoch, state="waiting", exit_code=3, now=NOW)
    assert waiting(ledger) == []

    ledger.approve("r1", "anna", NOW)

    assert waiting(ledger) == ["r1"]


# Waiting for a system that is down.


def a_postponed_run(ledger: Ledger, **facts: Any) -> Run:
    """Add a run that waits two minutes from NOW on."""
    a_queued_run(ledger, **facts)
    handed(ledger)
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)
    until = ledger.postpone_run(
        "r1", epoch, waits=[TWO_MINUTES], exit_code=1, sentence="Lifecare svarar inte.", now=NOW
    )  # fmt: skip
    assert until == NOW + TWO_MINUTES
    fleet.give_back(ledger, "r1", 1, "m1")
    return the(ledger)


def test_a_run_that_waits_for_a_system_is_taken_when_its_time_has_come(ledger: Ledger) -> None:
    """Not before, however the engine passes it on, and once."""
    a_postponed_run(ledger)
    assert waiting(ledger) == []
    assert not fleet.take(ledger, "r1", 1, "m1")

    assert fleet.release(ledger, NOW + TWO_MINUTES - timedelta(seconds=1)) == 0
    assert fleet.release(ledger, NOW + TWO_MINUTES) == 1
    assert fleet.release(ledger, NOW + TWO_MINUTES) == 0

    assert waiting(ledger) == ["r1"]


def test_a_persons_run_that_waits_for_a_system_lets_others_past(ledger: Ledger) -> None:
    """The account is used by others meanwhile."""
    a_postponed_run(ledger, urgent=True)

    assert fleet.in_the_way(ledger, a_queued_run(ledger, "r2"), [ACCOUNT]) is None


def test_a_run_that_waits_for_a_system_is_called_off_or_gone_on_with_at_once(ledger: Ledger) -> None:
    """There is no item in hand, and a person may know that the system is up again."""
    a_postponed_run(ledger)

    assert fleet.cancel(ledger, "r1", by="anna", now=NOW) == "cancelled"
    assert the(ledger).retry_at is None
    ledger.reopen(the(ledger))
    assert (the(ledger).retry_at, the(ledger).pool) == (None, None)


def test_a_run_that_waits_too_long_for_a_system_is_given_up_once(ledger: Ledger) -> None:
    """With what it waited for, and why it waits no longer."""
    a_postponed_run(ledger)

    given_up = [fleet.give_up(ledger, "r1", why="Den försöks inte igen.", now=NOW) for _ in range(2)]

    assert given_up == [True, False]
    assert (the(ledger).state, the(ledger).ended, the(ledger).retry_at) == ("failed", NOW, None)
    assert the(ledger).sentence == "Lifecare svarar inte. Den försöks inte igen."


# Machines.


class Computers:
    """Machines on one ledger, each with a process that can be gone, and one clock for them all."""

    def __init__(self, open_ledger: Opener) -> None:
        """It is an hour since the database was last away."""
        self._open = open_ledger
        self._gone: set[str] = set()
        self._places: list[Place] = []
        self.seconds = 0.0

    def up(self, *names: str) -> list[Place]:
        """Return these machines, each in its place."""
        places = [self.place(name) for name in names]
        for each in places:
            each.take()
        self.seconds += 3600
        return places

    def place(self, name: str, pid: int = 1) -> Place:
        """Return a machine's place, not yet taken."""
        place = Place(
            self._open(), name, replace(a_holder(pid), host=name), {"standard": 1}, now=bootstrap.now,
            is_gone=self.is_gone, clock=lambda: self.seconds,
        )  # fmt: skip
        self._places.append(place)
        return place

    def is_gone(self, holder: Holder) -> bool:
        """Return whether a machine's process is gone."""
        return holder.host in self._gone

    def down(self) -> None:
        """Let go of every place, as the end of a process does."""
        for each in self._places:
            each._drop()

    def silence(self, name: str) -> None:
        """Let a machine have said nothing for an hour, and its process be gone."""
        self._gone.add(name)
        with self._open().changing() as connection:
            silent = machines.update().where(machines.c.id == name)
            connection.execute(silent.values(seen=bootstrap.now() - timedelta(hours=1)))


@pytest.fixture
def computers(open_ledger: Opener) -> Iterator[Computers]:
    """Return no machines yet."""
    made = Computers(open_ledger)
    yield made
    made.down()


def test_two_processes_cannot_be_one_machine(computers: Computers) -> None:
    """Its runs would be carried twice after a restart."""
    computers.up("m1")

    with pytest.raises(RunHeld, match="FLOTTA_MACHINE"):
        computers.place("m1", pid=2).take()


def test_a_machine_that_comes_back_takes_its_place_again(computers: Computers) -> None:
    """After a restart, under the same name."""
    (first,) = computers.up("m1")
    first.leave()

    again = computers.place("m1", pid=2)
    again.take()

    assert again.beat()


def test_what_a_dead_machine_had_in_hand_is_taken_from_it(computers: Computers, ledger: Ledger) -> None:
    """And its processes, wherever they are, can store nothing more."""
    _, heir = computers.up("dead", "heir")
    a_queued_run(ledger)
    handed(ledger, machine="dead")
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)
    computers.silence("dead")

    assert heir.bury(GRACE) == {"dead": ["r1"]}

    assert waiting(ledger) == ["r1"]
    with pytest.raises(RunLost):
        ledger.seen("r1", epoch, 1)


def test_a_dead_machine_is_buried_once(computers: Computers) -> None:
    """By whichever of the others looks first."""
    _, *others = computers.up("dead", "one", "other")
    computers.silence("dead")

    assert [each.bury(GRACE) for each in others] == [{"dead": []}, {}]


def test_a_machine_that_says_that_it_lives_is_left_alone(computers: Computers) -> None:
    """However long its work takes."""
    one, other = computers.up("one", "other")
    assert other.beat()

    assert one.bury(GRACE) == {}


def test_the_living_machines_are_those_that_no_other_may_bury(computers: Computers, ledger: Ledger) -> None:
    """A command, which has no place of its own, goes by the same signs."""
    computers.up("alive", "dead", "gone")
    computers.place("alive").beat()
    computers.silence("dead")
    with ledger.changing() as connection:
        connection.execute(machines.update().where(machines.c.id == "gone").values(left=NOW))

    assert fleet.living(ledger, GRACE, is_gone=computers.is_gone) == {"alive"}


def test_who_has_just_come_back_buries_nobody(computers: Computers) -> None:
    """It can't tell whether the others were silent, or it was deaf."""
    computers.up("dead")
    heir = computers.place("heir")
    heir.take()
    computers.silence("dead")

    assert heir.bury(GRACE) == {}


def test_a_machine_that_left_has_nothing_to_be_taken(computers: Computers) -> None:
    """It gave its runs back itself."""
    one, other = computers.up("one", "other")
    one.leave()
    computers.silence("one")

    assert other.bury(GRACE) == {}


@pytest.mark.postgresql
def test_a_frozen_machine_loses_its_place_and_learns_it_when_it_wakes(computers: Computers) -> None:
    """Its session still answers, as a frozen process's does; so it is ended. Then it takes the place anew."""
    frozen, heir = computers.up("frozen", "heir")
    computers.silence("frozen")

    assert heir.bury(GRACE) == {"frozen": []}

    assert [frozen.beat(), frozen.beat()] == [False, True]


def test_the_machines_are_told_with_what_they_have_in_hand(computers: Computers, ledger: Ledger) -> None:
    """Who asks how the night goes sees it in one table."""
    computers.up("m1")
    a_queued_run(ledger)
    handed(ledger)

    (machine,) = fleet.machines_of(ledger)

    assert (machine.id, machine.pools, machine.runs, machine.left) == ("m1", {"standard": 1}, ("r1",), None)
