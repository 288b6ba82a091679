"""Tell runs that something still carries from those that the ledger has at work and nothing carries any more.

The same signs count as for `flotta up`: a run's process by its pid and start on this machine, another machine by what
it last said to the ledger. What neither tells is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator import mocks, present, processes
from orchestrator.ledger import fleet

if TYPE_CHECKING:
    from orchestrator.ledger.store import Ledger, Run
    from orchestrator.settings import Settings

#: The state that is shown of a run that the ledger has at work and that nothing carries any more.
ORPHANED = "orphaned"
#: The state that is shown of a run that waits for a system that fails.
POSTPONED = "waiting_for_system"


class Carrier(StrEnum):
    """Whether something carries a run that the ledger has at work."""

    ALIVE = "alive"
    GONE = "gone"
    UNKNOWN = "unknown"


def carrier(settings: Settings, ledger: Ledger, run: Run) -> Carrier | None:
    """Tell whether something carries the run. None for a run that is not at work by the ledger.

    UNKNOWN is a run of another machine's process that belongs to no machine of the fleet.
    """
    if run.state == "running" or (run.machine is not None and run.state in fleet.CARRIED):
        return _carrier(settings, ledger, run)
    if run.state == "new" and run.pool is None:
        # Its command starts a process as soon as the run is stored, and that has claimed nothing yet.
        if run.id in processes.at_work(settings.home):
            return Carrier.ALIVE
        return Carrier.GONE if ledger.is_file else None
    return None


def _carrier(settings: Settings, ledger: Ledger, run: Run) -> Carrier:
    holder, here = run.holder, run.holder is not None and processes.is_here(run.holder)
    if holder is not None and here and processes.is_alive(holder):
        return Carrier.ALIVE
    if run.machine is not None:
        # A living machine starts a process that died again.
        alive = fleet.living(ledger, settings.grace, is_gone=processes.is_gone)
        return Carrier.ALIVE if run.machine in alive else Carrier.GONE
    return Carrier.GONE if holder is None or here else Carrier.UNKNOWN


def observed(settings: Settings, ledger: Ledger, runs: Iterable[Run]) -> list[Run]:
    """Return the runs as they are shown: ORPHANED with how to go on, POSTPONED with until when, and all others."""
    return [_observed(settings, ledger, each) for each in runs]


def _observed(settings: Settings, ledger: Ledger, run: Run) -> Run:
    if run.retry_at is not None:
        then = f"Försöks igen av sig själv {present.moment(run.retry_at)}."
        return replace(run, state=POSTPONED, sentence=f"{run.sentence} {then}")
    match carrier(settings, ledger, run):
        case Carrier.GONE:
            return replace(run, state=ORPHANED, sentence=f"Ingen process utför den längre. {_next(run)}")
        case Carrier.UNKNOWN:
            told = f"Utförs av {run.holder}. Om den processen lever syns bara där."
            return replace(run, sentence=f"{told} Är den borta, så fortsätter `flotta resume {run.id}` där.")
        case _:
            return run


def _next(run: Run) -> str:
    if not mocks.answer(run.options):
        return mocks.closed(run.bot)
    if run.machine is not None:
        return f"`flotta up` tar upp den igen av sig själv; `flotta resume {run.id}` fortsätter här."
    return f"Allt som hann göras är sparat; `flotta resume {run.id}` fortsätter."
