"""A worker may die at any moment: what it had begun is found out, never repeated, and the rest is done."""

import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest

from orchestrator.ledger.store import Ledger
from tests.e2e.conftest import Serving
from tests.e2e.house import SLOW, TODAY, House, Lifecare, Record, a_queued_run, assert_sound, until

POINTS = ("before-intent", "after-intent", "armed", "clicked", "before-receipt")
#: How many workers are killed for each seed, and in a soak.
KILLS, MANY = 3, 8


def test_killed_at_each_point_of_a_step_the_run_is_resumed_to_the_same_end(hasty: House, lifecare: Lifecare) -> None:
    """SIGKILL leaves a step half done; who takes over finds out what became of it, and writes nothing twice.

    One run is killed five times, each worker at the next point; the last is the one that `resume` starts.
    """
    before = lifecare.state()
    run_id = hasty.a_run(lifecare)
    for point in POINTS:
        assert hasty.armed(run_id, point, "kill").wait() == -signal.SIGKILL, point
        hasty.kill()

    resumed = hasty.flotta("resume")

    assert resumed.code == 0, resumed.said
    assert_sound(hasty, run_id, lifecare, before)


@pytest.mark.sweep(usual=(1,), soak=10)
def test_killed_at_random_times_again_and_again_the_runs_end_the_same(
    seed: int, ui: str, hasty: House, serving: Serving, *, soaking: bool
) -> None:
    """Where a crash matters may be somewhere that nobody thought of, so chance chooses, from a seed."""
    chance = random.Random(f"{ui} {seed}")
    lifecare = serving(ui=ui)
    kills, wanted = 0, MANY if soaking else KILLS
    for before in _states(lifecare, first=1 + 100 * seed):
        run_id = hasty.a_run(lifecare, instances={"lifecare": f"{lifecare.url} {kills}"})
        while kills < wanted and _killed(hasty, run_id, chance):
            kills += 1
        if hasty.run(run_id).state != "done":
            hasty.kill()
            assert hasty.carry(run_id) == 0
        assert_sound(hasty, run_id, lifecare, before)
        if kills == wanted:
            break


def test_a_run_of_which_everything_was_killed_is_told_with_how_to_go_on(hasty: House, serving: Serving) -> None:
    """The ledger has it at work for ever: nothing was left to store that it ended."""
    lifecare = serving(SLOW)
    before = lifecare.state()
    command = hasty.start_run(lifecare, "--today", str(TODAY))
    until(lambda: bool(lifecare.removed()), command)
    (at_work,) = hasty.flotta("runs", "--json").json()
    command.kill()
    hasty.kill()

    listed, shown = hasty.flotta("runs"), hasty.flotta("show")

    run_id = at_work["run"]
    assert (at_work["state"], at_work["sentence"]) == ("running", None)
    for told in (listed, shown):
        assert f"flotta resume {run_id}" in told.out
        assert "pågår" not in told.out
    assert {each["state"] for each in hasty.flotta("runs", "--json").json()} == {"orphaned"}
    assert hasty.flotta("show", "--json").json()["state"] == "orphaned"
    lifecare.faults()
    assert hasty.flotta("resume", run_id).code == 0
    assert_sound(hasty, run_id, lifecare, before)


def test_a_run_of_which_everything_was_killed_is_called_off_at_once(hasty: House, lifecare: Lifecare) -> None:
    """There is nothing left that could finish an item."""
    run_id = hasty.a_run(lifecare)
    assert hasty.armed(run_id, "armed", "kill").wait() == -signal.SIGKILL
    hasty.kill()

    called_off = hasty.flotta("cancel", run_id)

    assert f"Körningen {run_id} är avbruten." in called_off.out
    assert hasty.run(run_id).state == "cancelled"


def test_a_machine_of_which_everything_was_killed_is_gone_on_with_by_hand_as_by_up(
    hasty: House, serving: Serving
) -> None:
    """SIGKILL in the middle of a write ends `up`, the run's process and the browser; the end is one and the same."""
    ends, journals = [], []
    for name in ("by hand", "by up"):
        lifecare = serving(SLOW)
        before = lifecare.state()
        run_id = a_queued_run(hasty, lifecare.url, name)
        _kill_in_a_write(hasty, lifecare)
        assert f"flotta resume {run_id}" in hasty.flotta("show", run_id).out
        lifecare.faults()

        if name == "by hand":
            resumed = hasty.flotta("resume", run_id)
            assert resumed.code == 0, resumed.said
        else:
            up = hasty.start("up")
            until(lambda: hasty.run(run_id).state not in {"running", "interrupted"}, up)  # noqa: B023 - looked at here
            up.terminate()
            up.communicate()

        assert_sound(hasty, run_id, lifecare, before)
        run = hasty.run(run_id)
        ends.append((run.state, run.exit_code, run.sentence, hasty.states(run_id)))
        journals.append(sorted(lifecare.removed()))
    assert ends[0] == ends[1]
    assert journals[0] == journals[1]


def _kill_in_a_write(house: House, lifecare: Lifecare) -> None:
    """Let `up` carry what waits until its second write is on its way, and kill all that there is."""
    up = house.start("up")
    until(lambda: len(lifecare.attempted()) > len(lifecare.removed()) > 0, up)
    up.kill()
    house.kill()
    up.communicate()


def _states(lifecare: Lifecare, *, first: int) -> Iterator[Record]:
    """Put the mock to one seeded state after the other."""
    for seed in count(first):
        yield lifecare.reset(rows=10, seed=seed)


def _killed(house: House, run_id: str, chance: random.Random) -> bool:
    """Let a new worker go on with the run for a random time, then kill it. Return whether it still lived."""
    house.kill()
    with closing(house.ledger()) as ledger:
        epoch = _epoch(ledger, run_id)
        worker = house.worker(run_id)
        until(lambda: _epoch(ledger, run_id) > epoch, worker)
    # Signing in takes most of the first second, and a removal a quarter of one.
    try:
        worker.wait(chance.uniform(0, 2))
    except subprocess.TimeoutExpired:
        worker.kill()
        return worker.wait() == -signal.SIGKILL
    return False


def _epoch(ledger: Ledger, run_id: str) -> int:
    run = ledger.run(run_id)
    assert run is not None
    return run.epoch
