"""Machines with nobody watching: they finish what they have in hand, end what goes wrong, and hold nobody up."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil
import pytest

from orchestrator import bootstrap
from orchestrator.ledger import fleet as hands
from orchestrator.ledger.tables import machines, schedules
from tests import oracle, postgres
from tests.chaos import Chaos, Result, Trial
from tests.e2e.conftest import Serving
from tests.e2e.house import BOT, SLOW, TODAY, House, Lifecare, a_queued_run, assert_sound, until

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def machine(hasty: House) -> subprocess.Popen[str]:
    """Return a machine that carries what is handed over."""
    return hasty.start("worker", "--pool", "standard")


def state(house: House, run_id: str) -> str:
    return house.run(run_id).state


def ended(house: House, *run_ids: str) -> bool:
    return all(state(house, each) not in {"new", "running", "interrupted"} for each in run_ids)


# Stopping, going on, calling off.


def test_a_machine_that_is_stopped_finishes_the_item_in_hand_and_goes_on_after_a_restart(
    hasty: House, serving: Serving
) -> None:
    """An upgrade in the middle of the night costs nothing."""
    lifecare = serving(SLOW)
    before = lifecare.state()
    run_id = a_queued_run(hasty, lifecare.url)
    machine = hasty.start("worker", "--pool", "standard")
    until(lambda: bool(lifecare.attempted()), machine)

    machine.send_signal(signal.SIGTERM)

    assert machine.wait(60) == 0
    assert state(hasty, run_id) == "interrupted"
    assert set(hasty.receipts(run_id)) == set(lifecare.removed()) < set(oracle.expected(before))
    assert hasty.processes() == []
    lifecare.faults()
    again = hasty.start("worker", "--pool", "standard")
    until(lambda: ended(hasty, run_id), again)
    assert_sound(hasty, run_id, lifecare, before)


def test_a_machine_that_is_killed_goes_on_after_a_restart(hasty: House, serving: Serving) -> None:
    """Its run's process is still at work, an orphan: it is ended, and what it left is looked for."""
    lifecare = serving(SLOW)
    before = lifecare.state()
    run_id = a_queued_run(hasty, lifecare.url)
    machine = hasty.start("worker", "--pool", "standard")
    until(lambda: bool(lifecare.attempted()), machine)

    machine.kill()

    machine.wait()
    lifecare.faults()
    again = hasty.start("worker", "--pool", "standard")
    until(lambda: ended(hasty, run_id), again)
    assert state(hasty, run_id) == "done"
    assert_sound(hasty, run_id, lifecare, before)


def test_a_machine_that_starts_leaves_the_runs_of_another_on_its_host_alone(hasty: House, serving: Serving) -> None:
    """The units for two pools on one host share its state directory, and each is restarted by itself."""
    lifecare = serving(SLOW)
    before = lifecare.state()
    run_id = a_queued_run(hasty, lifecare.url)
    first = hasty.start("worker", "--pool", "standard", FLOTTA_MACHINE="first")
    until(lambda: bool(lifecare.attempted()), first)
    workers = [each for each in hasty.processes() if run_id in each.cmdline()]
    # However long the other takes to start, the run does not end before.
    for each in workers:
        each.suspend()

    second = hasty.start("worker", "--pool", "standard", FLOTTA_MACHINE="second")

    until(lambda: "machine.up" in _err(second), second)
    assert [each.is_running() for each in workers] == [True]
    for each in workers:
        each.resume()
    lifecare.faults()
    until(lambda: ended(hasty, run_id), first)
    assert _deaths(hasty, run_id) == 0
    assert_sound(hasty, run_id, lifecare, before)


def test_a_frozen_machine_that_wakes_ends_no_process_of_its_successor(hasty: House, serving: Serving) -> None:
    """It finds its own process gone and clears up after that, on a host where another has gone on with the run."""
    lifecare = serving(SLOW)
    before = lifecare.state()
    run_id = a_queued_run(hasty, lifecare.url)
    sleeper = hasty.start("worker", "--pool", "standard", FLOTTA_MACHINE="sleeper")
    until(lambda: bool(lifecare.attempted()), sleeper)
    sleeper.send_signal(signal.SIGSTOP)
    # With a ledger in a file no machine whose process exists is taken for dead, so the test does as `Place.bury` would.
    with closing(hasty.ledger()) as ledger:
        with ledger.changing() as connection:
            connection.execute(machines.update().values(left=bootstrap.now()))
        assert hands.recover(ledger, "sleeper") == [run_id]
    epoch = hasty.run(run_id).epoch
    heir = hasty.start("worker", "--pool", "standard", FLOTTA_MACHINE="heir")
    until(lambda: hasty.run(run_id).epoch > epoch, heir)

    sleeper.send_signal(signal.SIGCONT)

    sleeper.terminate()
    assert sleeper.wait(60) == 0
    lifecare.faults()
    until(lambda: ended(hasty, run_id), heir)
    assert _deaths(hasty, run_id) == 0
    assert_sound(hasty, run_id, lifecare, before)


def _deaths(house: House, run_id: str) -> int:
    with closing(house.ledger()) as ledger:
        return sum(each.what == "run.died" for each in ledger.audit_trail(run_id))


def test_a_run_that_ended_while_its_machine_was_gone_is_not_begun_anew(hasty: House, serving: Serving) -> None:
    """Its process was an orphan, but it stored how it ended; the engine passes the run on once more all the same."""
    lifecare = serving(SLOW)
    run_id = a_queued_run(hasty, lifecare.url)
    machine = hasty.start("worker", "--pool", "standard")
    until(lambda: bool(lifecare.attempted()), machine)
    machine.kill()
    machine.wait()
    until(lambda: ended(hasty, run_id))  # the orphan is at work
    epoch = hasty.run(run_id).epoch

    again = hasty.start("worker", "--pool", "standard")
    other = a_queued_run(hasty, lifecare.url, "r2")

    until(lambda: ended(hasty, other), again)
    assert hasty.run(run_id).epoch == epoch


def test_a_run_at_work_is_called_off_after_the_item_in_hand(
    hasty: House, serving: Serving, machine: subprocess.Popen[str]
) -> None:
    """And `resume` can go on with it."""
    lifecare = serving(SLOW)
    before = lifecare.state()
    run_id = a_queued_run(hasty, lifecare.url)
    until(lambda: bool(lifecare.attempted()), machine)

    said = hasty.flotta("cancel", run_id)

    assert (said.code, "när posten i hand är klar" in said.out) == (0, True), said.said
    until(lambda: state(hasty, run_id) == "cancelled", machine)
    assert set(hasty.receipts(run_id)) == set(lifecare.removed()) < set(oracle.expected(before))
    until(lambda: hasty.processes() == [], machine)
    lifecare.faults()
    assert hasty.flotta("resume", run_id).code == 0
    assert_sound(hasty, run_id, lifecare, before)


#: `make test` has no minute to wait: OUTAGE=60 does.
OUTAGE = float(os.environ.get("OUTAGE", "8"))


def test_a_database_that_is_gone_for_a_while_is_waited_for(hasty: House, serving: Serving) -> None:
    """Machine and run go on by themselves when it is back, and nothing is written twice."""
    with postgres.serving() as server:
        hasty.environment["FLOTTA_DATABASE"] = server.database().replace("+psycopg", "")
        lifecare = serving(SLOW)
        before = lifecare.state()
        run_id = a_queued_run(hasty, lifecare.url)
        machine = hasty.start("worker", "--pool", "standard")
        until(lambda: bool(lifecare.attempted()), machine)

        server.stop()
        with suppress(subprocess.TimeoutExpired):
            machine.wait(OUTAGE)
        server.start()

        until(lambda: ended(hasty, run_id), machine)
        assert state(hasty, run_id) == "done"
        assert_sound(hasty, run_id, lifecare, before)
        machine.terminate()
        assert machine.wait(60) == 0


# What goes wrong is one account's matter.


def test_a_run_that_fails_hangs_crashes_or_drifts_delays_no_other(hasty: House, serving: Serving) -> None:
    """Four go wrong, each in its own way, at the same time as one that is well; each ends or waits, and says why."""
    hanging = serving({"kind": "latency", "probability": 1, "seconds": 600, "on": "read"})
    # What is well has little to do: it ends within its own time however busy the machine is.
    drifted, well = serving(ui="2025.10"), serving(rows=2)
    before = well.state()
    runs = {
        name: a_queued_run(hasty, url, name)
        for name, url in (("fails", NOWHERE), ("hangs", hanging.url), ("drifts", drifted.url), ("crashes", well.url))
    }
    other = a_queued_run(hasty, well.url, "well")
    limits = "max_share = 1.0\nwall_clock = 45\ndeaths = 3"
    hasty.configure(f"[bots.{BOT}]\n{limits}\n[pools.standard]\nslots = 5\n")
    machine = hasty.start("worker", "--pool", "standard")

    until(lambda: _killed(hasty, runs["crashes"]) and ended(hasty, other), machine)

    assert state(hasty, other) == "done"
    assert not ended(hasty, runs["hangs"])
    waits = runs.pop("fails")
    until(lambda: ended(hasty, *runs.values()), machine)
    # A system that is not there is waited for, with the machine's hands free.
    assert (hasty.run(waits).machine, hasty.run(waits).retry_at is not None) == (None, True)
    found = {name: hasty.run(run_id) for name, run_id in runs.items()}
    assert {name: run.state for name, run in found.items()} == {
        "hangs": "failed", "drifts": "drifted", "crashes": "failed"
    }  # fmt: skip
    assert "Tidsgränsen" in str(found["hangs"].sentence)
    assert "dog 3 gånger" in str(found["crashes"].sentence)
    assert_sound(hasty, other, well, before)
    until(lambda: hasty.processes() == [], machine)


def _killed(house: House, run_id: str) -> bool:
    """Kill the run's process as soon as there is one, and return whether the run has ended."""
    for each in house.processes():
        with suppress(psutil.NoSuchProcess):
            if run_id in each.cmdline():
                each.kill()
    return ended(house, run_id)


def test_a_process_that_wants_too_much_memory_is_not_given_it(
    hasty: House, serving: Serving, machine: subprocess.Popen[str]
) -> None:
    """A page that eats memory must not take the machine, and the other runs, with it."""
    hasty.configure(f'[bots.{BOT}]\nmax_share = 1.0\nmemory = "40MiB"\ndeaths = 2\n')
    run_id = a_queued_run(hasty, serving().url)

    until(lambda: ended(hasty, run_id), machine)

    assert state(hasty, run_id) == "failed"


# People and the clock.


def test_what_a_person_hands_over_is_carried_by_a_machine(
    hasty: House, serving: Serving, machine: subprocess.Popen[str]
) -> None:
    """They need not stay, and are told where to look."""
    lifecare = serving()
    before = lifecare.state()
    hasty.approve_rules()

    said = hasty.flotta("run", BOT, "--queue", "--base-url", f"lifecare={lifecare.url}", "--today", str(TODAY))

    assert said.code == 0, said.said
    (run_id,) = re.findall(rf"({BOT}:\S+) står i kö", said.out)
    until(lambda: ended(hasty, run_id), machine)
    assert_sound(hasty, run_id, lifecare, before)


def test_without_a_machine_who_hands_over_is_told_so(house: House) -> None:
    """Else they would wait for nothing."""
    said = house.flotta("run", BOT, "--queue", "--base-url", f"lifecare={NOWHERE}")

    assert (said.code, "Ingen maskin" in said.out) == (0, True), said.said


def _once_in(seconds: float) -> str:
    """Return a schedule that is due so soon, by the clock on a Swedish wall."""
    due = (bootstrap.now() + timedelta(seconds=seconds)).astimezone(ZoneInfo("Europe/Stockholm"))
    return f'[schedules.strax]\nbot = "{BOT}"\nonce = {due:%Y-%m-%dT%H:%M:%S}\n'


def _known(house: House) -> None:
    """Let the schedule have been seen before: however long the start takes, it is due then."""
    with closing(house.ledger()) as ledger, ledger.changing() as connection:
        connection.execute(schedules.insert().values(name="strax", watched=bootstrap.now()))


def _settings(lifecare: Lifecare) -> str:
    return f'[bots.{BOT}]\nmax_share = 1.0\n[systems.lifecare]\nbase_url = "{lifecare.url}"\n'


def test_what_is_due_is_run_by_itself(hasty: House, serving: Serving) -> None:
    """From the clock to the receipt, with nobody there."""
    lifecare = serving()
    hasty.approve_rules()
    hasty.configure(_settings(lifecare) + _once_in(4))
    _known(hasty)

    up = hasty.start("up")

    until(lambda: [each["state"] for each in _past(hasty)] == ["ran"], up, every=0.5)
    (due,) = _past(hasty)
    assert due["run_state"] == "done"
    assert lifecare.removed()


def test_an_orchestrator_that_was_down_when_it_was_due_makes_up_for_it_once(hasty: House, serving: Serving) -> None:
    """It knows until when it had looked."""
    lifecare = serving()
    hasty.approve_rules()
    hasty.configure(_settings(lifecare) + _once_in(3600))
    first = hasty.start("up")
    until(lambda: "machine.up" in _err(first), first)
    first.kill()
    first.wait()
    hasty.configure(_settings(lifecare) + _once_in(1) + "grace = 0\n")
    until(lambda: _is_over(hasty), every=0.5)

    second = hasty.start("up")

    until(lambda: [each["state"] for each in _past(hasty)] == ["caught_up"], second, every=0.5)
    assert len(_past(hasty)) == 1
    assert len(json.loads(hasty.flotta("runs", "--json").out)) == 1


def _err(child: subprocess.Popen[str]) -> str:
    assert child.stderr is not None
    return child.stderr.readline()


def _is_over(house: House) -> bool:
    """Return whether the schedule is never due again."""
    (schedule,) = house.flotta("schedule", "--json").json()["schedules"]
    return not schedule["next"]


def _past(house: House) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.flotta("schedule", "--json").json()["past"]
    return found


# Chaos. `make chaos` is the long form.


def struck(trial: Trial, root: Path, capsys: pytest.CaptureFixture[str]) -> Result:
    """Carry the trial out, and show its closing line."""
    # As for the fixture `house`: no test elsewhere may take these processes for its own.
    result = Chaos(trial, root / secrets.token_hex(2), lambda _said: None).run()
    with capsys.disabled():
        print(f"\n{result}")  # noqa: T201 - the figures
    return result


@pytest.mark.timeout(280)
@pytest.mark.sweep(usual=(1,), soak=3)
def test_machines_that_are_killed_and_frozen_and_a_database_that_goes_away_cost_nothing(
    seed: int, soaking: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """None lost, none doubled, one run of an account at a time, all ended."""
    few = Trial(seed=seed, items=16, accounts=2, machines=2, kills=2)
    result = struck(Trial(seed=seed) if soaking else few, tmp_path, capsys)

    assert result.faults == []
    assert sum(result.blows.values()) == (8 if soaking else 4)


@pytest.mark.sweep(usual=(2,), soak=3)
def test_one_machine_with_its_own_file_that_is_killed_again_and_again_loses_nothing(
    seed: int, soaking: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same on SQLite."""
    items, kills = (60, 5) if soaking else (16, 2)
    result = struck(Trial(seed=seed, items=items, accounts=2, machines=1, kills=kills, sqlite=True), tmp_path, capsys)

    assert result.faults == []
    assert sum(result.blows.values()) == kills
