"""A run that nothing carries any more is told from one at work, by what can be seen from this machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator import bootstrap, orphans, processes
from orchestrator.ledger.fleet import Place
from orchestrator.ledger.store import Holder, Ledger, Run
from orchestrator.orphans import Carrier
from orchestrator.settings import Settings
from tests.builders import NOW, TODAY, options
from tests.contract.test_fleet import a_queued_run, handed, the
from tests.contract.test_ledger import ACCOUNT

ME = processes.myself()
#: This very process's number, of one that began long ago.
DEAD = replace(ME, started=1.0)
ELSEWHERE = Holder("robot-7", 4711, 1.0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def a_run_at_work(ledger: Ledger, holder: Holder, **facts: Any) -> Run:
    """Add a run that a person's command has started, in the hands of this process."""
    ledger.create_run("r1", "reminder-cleanup", today=TODAY, options=options(**facts), now=NOW)
    ledger.claim("r1", holder, [ACCOUNT], NOW)
    return the(ledger)


@pytest.mark.parametrize(("holder", "told"), [(ME, Carrier.ALIVE), (DEAD, Carrier.GONE), (ELSEWHERE, Carrier.UNKNOWN)])
def test_a_persons_run_is_carried_by_its_process(
    holder: Holder, told: Carrier, ledger: Ledger, settings: Settings
) -> None:
    """Told by number and start; of another machine's process it can't be told."""
    assert orphans.carrier(settings, ledger, a_run_at_work(ledger, holder)) is told


@pytest.mark.parametrize(
    ("machine", "holder", "told"),
    [
        (ME, DEAD, Carrier.ALIVE),
        (DEAD, DEAD, Carrier.GONE),
        (DEAD, ME, Carrier.ALIVE),
        (DEAD, None, Carrier.GONE),
        (None, ELSEWHERE, Carrier.GONE),
    ],
    ids=["machine alive", "all dead", "orphan at work", "not begun", "machine never there"],
)
def test_a_machines_run_is_carried_by_a_living_machine_or_by_its_process(
    machine: Holder | None, holder: Holder | None, told: Carrier, ledger: Ledger, settings: Settings
) -> None:
    """A living machine starts a process that died again, and a process works on without its machine."""
    if machine is not None:
        place = Place(ledger, "m1", machine, {"standard": 1}, is_gone=processes.is_gone, now=bootstrap.now)
        place.take()
        if machine == DEAD:
            # On PostgreSQL it is dead by its silence.
            place.leave()
    a_queued_run(ledger)
    handed(ledger)
    if holder is not None:
        ledger.claim("r1", holder, [ACCOUNT], NOW)

    assert orphans.carrier(settings, ledger, the(ledger)) is told
    if machine == ME:
        place.leave()


def test_a_run_that_is_not_at_work_has_no_carrier(ledger: Ledger, settings: Settings) -> None:
    """It has ended, or waits."""
    run = a_run_at_work(ledger, DEAD)
    ledger.end_run("r1", run.epoch, state="partial", exit_code=1, sentence="En post blev inte klar.", now=NOW)

    assert orphans.carrier(settings, ledger, the(ledger)) is None
    assert orphans.observed(settings, ledger, [the(ledger)]) == [the(ledger)]


def test_an_orphan_is_shown_with_how_to_go_on(ledger: Ledger, settings: Settings) -> None:
    """Exactly what to type."""
    (told,) = orphans.observed(settings, ledger, [a_run_at_work(ledger, DEAD)])

    assert told.state == "orphaned"
    assert "`flotta resume r1`" in str(told.sentence)


def test_an_orphan_whose_mock_is_gone_is_not_sent_to_it(ledger: Ledger, settings: Settings) -> None:
    """It went with the command."""
    run = a_run_at_work(ledger, DEAD, mock=True, base_urls={"lifecare": "http://127.0.0.1:1"})

    (told,) = orphans.observed(settings, ledger, [run])

    assert told.state == "orphaned"
    assert "resume" not in str(told.sentence)
    assert "`flotta run reminder-cleanup --mock`" in str(told.sentence)


def test_what_cannot_be_told_from_here_is_said(ledger: Ledger, settings: Settings) -> None:
    """It is shown as at work, with where that can be told."""
    (told,) = orphans.observed(settings, ledger, [a_run_at_work(ledger, ELSEWHERE)])

    assert told.state == "running"
    assert "robot-7" in str(told.sentence)
