"""Part one: the same reminders removed from the same mock, by Flotta and by its peers.

Measured is the loop of removals: startup and sign-in come before it, and so do Flotta's reading and deciding, which the
others don't do. The rounds are interleaved, so that all meet the same machine. All drive the same browser with the same
switches. That all that was to be removed was removed, and nothing else, is seen in the mock's journal.
"""

from __future__ import annotations

import os
import sys
import time

from bots.browser import session
from tests import oracle
from tests.bench import by_flotta, by_peers
from tests.bench.meter import MEMORY
from tests.bench.mocks import get, mock, reset
from tests.bench.peers.loop import Job
from tests.bench.tables import spread, table

#: Per variant, per column of the table: one value a round.
Figures = dict[str, dict[str, list[float]]]

COLUMNS = {
    "rate": ("items/s", 2),
    "cpu": ("CPU s/item", 3),
    "peak": (f"peak {MEMORY}, MB", 0),
    "whole": ("whole run, s", 1),
}


def measure(browser: str, ui: str, rows: int, rounds: int) -> Figures:
    """Return what each variant took, round by round."""
    variants = by_peers.peers() | by_flotta.ways()
    figures: Figures = {name: {column: [] for column in COLUMNS} for name in variants}
    with mock(ui, rows) as url:
        job = Job(url, ui, sorted(oracle.expected(get(f"{url}/__mock__/state"))), browser, _switches())
        print(f"Lifecare {ui}: {len(job.ids)} of {rows} reminders to remove.", file=sys.stderr)
        for _ in range(rounds):
            for name, run in variants.items():
                reset(url, rows)
                begun = time.perf_counter()
                cost = run(job)
                whole = time.perf_counter() - begun
                _check(name, url, job.ids)
                count = len(job.ids)
                values = {"rate": count / cost.seconds, "cpu": cost.cpu / count, "peak": cost.peak, "whole": whole}
                print(f"{name}: {values['rate']:.2f} items/s", file=sys.stderr)
                for column, value in values.items():
                    figures[name][column].append(value)
    return figures


def _switches() -> list[str]:
    return [*session._QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def _check(name: str, url: str, ids: list[str]) -> None:
    removed = oracle.removed(get(f"{url}/__mock__/journal"))
    if sorted(removed) != ids:
        raise RuntimeError(f"{name}: {len(removed)} were removed, not the {len(ids)} that were to be")


def as_table(figures: Figures) -> str:
    """Return the medians and ranges, and each variant's speed as a share of the bare script's."""
    bare = next(iter(figures.values()))["rate"]
    return table(
        ["", *(title for title, _digits in COLUMNS.values()), "of bare"],
        [
            [
                name,
                *(spread(values[column], digits) for column, (_title, digits) in COLUMNS.items()),
                # Round by round: the two then met the same machine.
                spread([mine / other for mine, other in zip(values["rate"], bare, strict=True)], 2),
            ]
            for name, values in figures.items()
        ],
    )
