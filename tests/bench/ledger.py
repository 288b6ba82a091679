"""Part three: what the ledger costs for each item, and whether it costs more when there are more of them.

A plan of N items, one write each, is stored, and then every step is claimed and done, as a worker does.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from pydantic import TypeAdapter

from bots.contract import Receipt
from bots.reminder_cleanup.models import Case
from orchestrator.ledger.store import Ledger
from tests.bench.tables import spread, table
from tests.builders import NOW, TODAY, a_holder, a_ledger, an_item, options

SIZES = (100, 1_000, 10_000)
COLUMNS = {"plan": "storing the plan", "step": "claim and done"}

#: Per number of items, per column: milliseconds an item, one value a round.
Figures = dict[int, dict[str, list[float]]]

_CASE: TypeAdapter[Any] = TypeAdapter(Case)
_RUN = "r1"
_WITHIN, _SETTLING = timedelta(seconds=10), timedelta(seconds=3)


def measure(sizes: Sequence[int], rounds: int) -> Figures:
    """Return the milliseconds that each item took, by the number of items in the plan, round by round."""
    figures: Figures = {size: {column: [] for column in COLUMNS} for size in sizes}
    for _ in range(rounds):
        for size in sizes:
            for column, seconds in _one(size).items():
                figures[size][column].append(seconds / size * 1000)
            print(f"{size} items: {figures[size]['step'][-1]:.2f} ms a step", file=sys.stderr)
    return figures


def _one(size: int) -> dict[str, float]:
    """Return the seconds that a ledger of its own took for so many items."""
    plan = [an_item(f"P-{place}") for place in range(size)]
    with tempfile.TemporaryDirectory() as folder:
        ledger = a_ledger(Path(folder, "ledger.db"), Fernet.generate_key())
        ledger.migrate()
        ledger.create_run(_RUN, "reminder-cleanup", today=TODAY, options=options(), now=NOW)
        epoch = ledger.claim(_RUN, a_holder(), ["lifecare-prov/robot"], NOW)
        store = _seconds(
            lambda: ledger.store_plan(
                _RUN, epoch, plan, record=_CASE, instance="lifecare-prov", limit=None,
                maps={"lifecare": "2023.10"}, now=NOW,
            )
        )  # fmt: skip
        take = _seconds(lambda: list(carry_out(ledger, _RUN, epoch)))
        if ledger.item_counts(_RUN) != {"done": size}:
            raise RuntimeError(f"not all of {size} items were done: {ledger.item_counts(_RUN)}")
        ledger.close()
    return {"plan": store, "step": take}


def carry_out(ledger: Ledger, run: str, epoch: int) -> Iterator[int]:
    """Claim and complete steps of the run until there are none, and yield each one's id when it is done."""
    while step := ledger.claim_step(
        run, epoch, record=_CASE, now=lambda: NOW, within=_WITHIN, settling=_SETTLING
    ):  # fmt: skip
        ledger.done(
            run, epoch, step, Receipt("KV-1", {"orsak": "Klar."}), now=NOW, confirmed=False,
            map_version="lifecare 2023.10", located_by="reminder.confirm_removal",
        )  # fmt: skip
        yield step.id


def _seconds(what: Callable[[], object]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def as_table(figures: Figures) -> str:
    """Return milliseconds an item, a line for each number of items."""
    return table(
        ["items", *(f"{title}, ms/item" for title in COLUMNS.values())],
        [[f"{size:,}", *(spread(values[column], 3) for column in COLUMNS)] for size, values in figures.items()],
    )
