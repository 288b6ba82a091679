"""Flotta's ledger: the steps of a plan. What it does for each that the others don't is told in `tests.bench.claims`."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from bots.reminder_cleanup.models import Case
from orchestrator.ledger.store import Ledger
from orchestrator.ledger.tables import items, steps
from orchestrator.ledger.vault import key_from
from tests.bench.ledger import carry_out
from tests.bench.peers import queues
from tests.builders import NOW, TODAY, a_holder, a_ledger, an_item, options

RUN, EPOCH = "r1", 1


def fill(job: queues.Job) -> None:
    """Store one plan of items with a step each."""
    ledger = _ledger(job)
    ledger.migrate()
    ledger.create_run(RUN, "reminder-cleanup", today=TODAY, options=options(), now=NOW)
    ledger.claim(RUN, a_holder(), ["lifecare-prov/robot"], NOW)
    ledger.store_plan(
        RUN, EPOCH, [an_item(f"P-{place}") for place in range(job.items)], record=TypeAdapter(Case),
        instance="lifecare-prov", limit=None, maps={"lifecare": "2023.10"}, now=NOW,
    )  # fmt: skip
    with ledger.changing() as connection:
        connection.execute(steps.update().where(steps.c.id <= job.done).values(state="done"))
        connection.execute(items.update().where(items.c.position < job.done).values(state="done"))
    ledger.close()


def work(job: queues.Job) -> list[int]:
    """Take steps as a lane does."""
    ledger = _ledger(job)
    given = [step for _turn, step in zip(job.turns(), carry_out(ledger, RUN, EPOCH), strict=False)]
    ledger.close()
    return given


def _ledger(job: queues.Job) -> Ledger:
    folder = Path(job.folder)
    return a_ledger(job.url, key_from(folder / "key"), anchors=folder / "anchors")


if __name__ == "__main__":
    queues.carry_out(fill, work)
