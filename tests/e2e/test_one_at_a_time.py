"""An account is used by one run at a time; a run that is taken up again has no old processes beside it."""

import signal

import psutil
import pytest

from orchestrator import processes
from tests import oracle
from tests.e2e.conftest import Serving
from tests.e2e.house import SLOW, House, assert_sound, ended, frozen, until


def test_a_second_start_names_the_holder_and_does_nothing(house: House, serving: Serving) -> None:
    """Two runs in one account would be in each other's way, so who starts the second one learns of the first."""
    lifecare = serving()
    first = house.a_run(lifecare)
    worker = house.armed(first, "before-intent", "stop")
    frozen(worker)

    second = house.flotta_run(lifecare)

    assert second.code == 2, second.said
    assert first in second.said
    assert f"process {worker.pid} på" in second.said
    assert "--wait" in second.said
    assert "Traceback" not in second.said
    assert lifecare.journal() == []


def test_a_second_start_that_waits_runs_when_the_first_has_ended(house: House, serving: Serving) -> None:
    """`--wait` is for the clock's sake: the night's runs follow each other."""
    lifecare = serving()
    before = lifecare.state()
    first = house.a_run(lifecare)
    worker = house.armed(first, "before-intent", "stop")
    frozen(worker)
    second = house.start_run(lifecare, "--wait")
    assert second.stdout is not None
    assert second.stdout.readline().startswith(f"Väntar på körning {first}")
    assert lifecare.journal() == []

    worker.send_signal(signal.SIGCONT)

    assert worker.wait() == 0
    waited = ended(second)
    assert waited.code == 0, waited.said
    assert_sound(house, first, lifecare, before)


def test_resume_ends_the_old_processes_before_it_goes_on(hasty: House, serving: Serving) -> None:
    """A worker that only seemed dead would still hold its browser, signed in and with a click at hand."""
    lifecare = serving()
    before = lifecare.state()
    run_id = hasty.a_run(lifecare)
    worker = hasty.armed(run_id, "armed", "stop")
    frozen(worker)
    old = hasty.processes()
    assert len(old) > 1, "a worker without its browser"

    resumed = ended(hasty.start("resume"))

    assert resumed.code == 0, resumed.said
    assert worker.poll() == -signal.SIGKILL
    assert not [each for each in old if each.is_running()]
    assert_sound(hasty, run_id, lifecare, before)


def test_lanes_share_a_run_and_one_that_dies_leaves_its_share_to_the_others(hasty: House, serving: Serving) -> None:
    """Three processes in one account, one of them killed in the middle: each reminder is removed once."""
    hasty.environment["FLOTTA_SYSTEMS__LIFECARE__SIGN_INS"] = "3"
    lifecare = serving(SLOW, rows=12)
    before = lifecare.state()
    running = hasty.start_run(lifecare, "--lanes", "3")
    until(lambda: len(lifecare.attempted()) > 1, running)
    lanes = [each for each in hasty.processes() if _is_lane(each)]
    assert len(lanes) == 2

    lanes[0].kill()

    done = ended(running)
    assert done.code == 0, done.said
    run_id = hasty.flotta("show", "--json").json()["run"]
    assert_sound(hasty, run_id, lifecare, before)


def test_a_run_whose_first_worker_dies_beside_its_lanes_is_resumed_to_the_same_end(
    hasty: House, serving: Serving
) -> None:
    """The lanes know nothing of it and write on, until `resume` ends them; nothing is written twice or left out."""
    hasty.environment["FLOTTA_SYSTEMS__LIFECARE__SIGN_INS"] = "3"
    lifecare = serving(SLOW, rows=12)
    before = lifecare.state()
    running = hasty.start_run(lifecare, "--lanes", "3")
    until(lambda: len(lifecare.attempted()) > 1, running)
    workers = [each for each in hasty.processes() if "orchestrator.worker" in each.cmdline() and not _is_lane(each)]
    assert len(workers) == 1

    workers[0].kill()

    assert ended(running).code == 1
    lifecare.faults()
    resumed = hasty.flotta("resume")
    assert resumed.code == 0, resumed.said
    assert hasty.processes() == []
    assert_sound(hasty, hasty.flotta("show", "--json").json()["run"], lifecare, before)


def test_more_lanes_than_the_account_may_be_signed_in_are_refused(house: House, serving: Serving) -> None:
    """A system that ends the first session when a second begins would end up with neither."""
    refused = house.flotta_run(serving(), "--lanes", "2")

    assert refused.code == 2, refused.said
    assert "sign_ins" in refused.said


def test_a_run_that_is_killed_leaves_no_lock_behind(hasty: House, serving: Serving) -> None:
    """A dead run never stands in the way of the next one."""
    lifecare = serving()
    killed = hasty.armed(hasty.a_run(lifecare), "before-intent", "kill")
    assert killed.wait() == -signal.SIGKILL

    second = hasty.flotta_run(lifecare)

    assert second.code == 0, second.said
    assert len(lifecare.removed()) == 5


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(
    "signals",
    [[signal.SIGINT], [signal.SIGTERM], [signal.SIGHUP, signal.SIGHUP]],
    ids=["Ctrl-C", "timeout", "closed terminal"],
)
def test_interrupting_keeps_the_state_and_resume_finishes(
    signals: list[signal.Signals], hasty: House, serving: Serving
) -> None:
    """Who interrupts wants the computer back, not to lose the work: the item in hand is finished and stored.

    A shell passes on what its terminal has told us already, so the second hang-up ends nothing.
    """
    lifecare = serving(SLOW)
    before = lifecare.state()
    run_id = hasty.a_run(lifecare)
    resuming = hasty.start("resume", run_id)
    until(lambda: bool(lifecare.attempted()), resuming)

    for each in signals:
        resuming.send_signal(each)

    interrupted = ended(resuming)
    assert interrupted.code == 130, interrupted.said
    assert "Traceback" not in interrupted.said
    assert hasty.run(run_id).state == "interrupted"
    assert set(hasty.receipts(run_id)) == set(lifecare.removed())
    assert set(lifecare.removed()) < set(oracle.expected(before))
    assert hasty.processes() == []
    lifecare.faults()
    assert hasty.flotta("resume").code == 0
    assert_sound(hasty, run_id, lifecare, before)


def _is_lane(process: psutil.Process) -> bool:
    return process.cmdline()[-1:] == [processes.LANE]
