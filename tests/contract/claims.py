"""Claiming steps as a worker does: ten seconds to write, three more until it is seen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from bots.reminder_cleanup.models import Case
from orchestrator.ledger.store import Ledger, StoredStep
from tests.builders import NOW

CASE: TypeAdapter[Any] = TypeAdapter(Case)
WITHIN, SETTLING = timedelta(seconds=10), timedelta(seconds=3)


def claim(ledger: Ledger, run: str = "r1", epoch: int = 1, *, at: datetime = NOW) -> StoredStep | None:
    """Claim the run's next step."""
    return ledger.claim_step(run, epoch, record=CASE, now=lambda: at, within=WITHIN, settling=SETTLING)


def claimed(ledger: Ledger, run: str = "r1", epoch: int = 1, *, at: datetime = NOW) -> StoredStep:
    """Claim the run's next step, which is there."""
    step = claim(ledger, run, epoch, at=at)
    assert step is not None
    return step


def all_claimed(ledger: Ledger, run: str = "r1", epoch: int = 1) -> list[StoredStep]:
    """Claim all that there is to claim."""
    return list(iter(lambda: claim(ledger, run, epoch), None))
