"""A worker that was frozen and wakes up late writes nothing more, whoever has gone on with its run meanwhile.

Three places are tried at once, each worker having taken over from the one before: asleep before its intent, after it,
and with everything ready for the click.
"""

import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil

from orchestrator.bootstrap import LOST
from tests.e2e.conftest import Serving
from tests.e2e.house import House, assert_sound, frozen


def test_frozen_workers_that_wake_after_another_finished_write_nothing(hasty: House, serving: Serving) -> None:
    """They do not know that they slept, so the page and the ledger must know it."""
    lifecare = serving(ui="2023.10")
    before = lifecare.state()
    run_id = hasty.a_run(lifecare)
    sleepers = _sleepers(hasty, run_id)
    assert hasty.worker(run_id).wait() == 0
    attempted = lifecare.attempted()

    _wake(*sleepers)

    assert [each.wait() for each in sleepers] == [LOST] * len(sleepers)
    assert lifecare.attempted() == attempted
    assert hasty.run(run_id).state == "done"
    assert_sound(hasty, run_id, lifecare, before)


def test_frozen_workers_that_wake_while_another_works_write_nothing(hasty: House, serving: Serving) -> None:
    """Their reminders are still there to be removed, so the deadline and the epoch alone hold them back.

    They leave the other's temporary directory alone as well, which its browser may not outlive.
    """
    lifecare = serving(ui="2024.04")
    before = lifecare.state()
    run_id = hasty.a_run(lifecare)
    sleepers = _sleepers(hasty, run_id)
    heir = hasty.armed(run_id, "before-intent", "stop")
    frozen(heir)
    with suppress(subprocess.TimeoutExpired):
        sleepers[-1].wait(3.5)  # past the deadline of the last one's write
    attempted = lifecare.attempted()
    in_use = _browser_folders(heir)

    _wake(*sleepers)

    assert [each.wait() for each in sleepers] == [LOST] * len(sleepers)
    assert lifecare.attempted() == attempted
    assert in_use
    assert _browser_folders(heir) == in_use
    _wake(heir)
    assert heir.wait() == 0
    assert_sound(hasty, run_id, lifecare, before)


def _sleepers(house: House, run_id: str) -> list["subprocess.Popen[bytes]"]:
    """Return frozen workers that no later one can reach: as if each were on a machine of its own."""
    sleepers = []
    for point, nth in (("before-intent", 2), ("after-intent", 1), ("armed", 1)):
        sleepers.append(house.armed(run_id, point, "stop", nth=nth))
        frozen(sleepers[-1])
    return sleepers


def _browser_folders(worker: "subprocess.Popen[bytes]") -> set[Path]:
    """Return the profile and the other directories that a worker's browser has in its temporary directory."""
    # Some of its processes hide their environment.
    folders = {each.environ().get("TMPDIR") for each in psutil.Process(worker.pid).children(recursive=True)}
    return {file for folder in folders if folder for file in Path(folder).glob("playwright*")}


def _wake(*sleepers: "subprocess.Popen[bytes]") -> None:
    for each in sleepers:
        each.send_signal(signal.SIGCONT)
