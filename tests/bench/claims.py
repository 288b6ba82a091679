"""Part four: items claimed and completed by several workers at once, by Flotta's ledger and by other queues of work.

All have their tables in the same PostgreSQL, as it is shipped: a commit waits for the disk. A queue is measured when it
is new and when the first half of it is done, which is how it is on the average while it is worked off. Each is made
once, and its tables are vacuumed and analyzed, as a server does by itself within a minute; each measurement is of a
copy. The workers are processes; they begin together and go on until nothing is left or their time is over.

An item is counted once, however many workers were given it. That it was given to one more is a double claim.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from itertools import chain, product
from pathlib import Path
from typing import TypedDict

from tests.bench import by_peers
from tests.bench.peers.queues import Job
from tests.bench.tables import spread, table
from tests.postgres import Postgres, serving

SIZES = (1_000, 10_000, 100_000)
WORKERS = (1, 4)
SECONDS = 5.0
#: How much of a queue is done when it is measured.
STAGES = {"new": 0.0, "half done": 0.5}
#: How many items a worker claims before it is measured: statements are prepared, pages are read.
WARMING = 30
#: What all are compared with.
MEASURE = "OpenOrchestrator, 1 worker"

#: Per number of items, per contender with its workers, per stage: what each round brought.
Figures = dict[int, dict[str, dict[str, list["Brought"]]]]


class Brought(TypedDict):
    """What one round brought."""

    #: Items a second.
    rate: float
    #: Claims of an item that had been claimed before.
    double: int


#: What must be known to read the figures.
CAVEATS = (
    "Flotta does more for an item than the others. For each claim and for each completion it enters a link in the "
    "audit trail's chain of digests, where all workers stand in line, and anchors it outside of the database; it makes "
    "sure that the worker still owns the run and that nobody has called it off; it takes the item's business key, "
    "opens its sealed record and seals its receipt. OpenOrchestrator and Procrastinate set a state and some times, "
    "and their items hold the step's arguments alone, unsealed."
)


def contenders() -> dict[str, list[str]]:
    """Return the programs that can be run here, by name."""
    programs = {"Flotta": (sys.executable, "steps")}
    if by_peers.PYTHON.exists():
        peers = str(by_peers.PYTHON)
        programs |= {"OpenOrchestrator": (peers, "elements"), "Procrastinate": (peers, "jobs")}
    return {name: [python, "-m", f"tests.bench.peers.{module}"] for name, (python, module) in programs.items()}


def left_out() -> list[str]:
    """Say what can't be run here, and what mends it."""
    if by_peers.PYTHON.exists():
        return []
    return ["OpenOrchestrator and Procrastinate are left out: there is no .venv-bench. `make bench` makes it."]


@contextmanager
def a_server() -> Iterator[Postgres]:
    """Serve a PostgreSQL that nobody else uses."""
    with serving(durable=True) as server:
        yield server


def measure(server: Postgres, sizes: Sequence[int], workers: Sequence[int], seconds: float, rounds: int) -> Figures:
    """Return what each contender's workers brought, round by round."""
    programs = contenders()
    names = {(name, many): f"{name}, {many} worker{'s' * (many > 1)}" for name in programs for many in workers}
    figures: Figures = {size: {name: {stage: [] for stage in STAGES} for name in names.values()} for size in sizes}
    with ExitStack() as made:
        queues = {
            (size, stage, name): made.enter_context(
                _filled(server, program, size + WARMING * max(workers), int(size * done), seconds)
            )
            for size in sizes
            for stage, done in STAGES.items()
            for name, program in programs.items()
        }
        for _, size, stage, (name, many) in product(range(rounds), sizes, STAGES, names):
            brought = _work_off(server, programs[name], queues[size, stage, name], many)
            print(f"{names[name, many]}, {size} items, {stage}: {brought['rate']:.0f} items/s", file=sys.stderr)
            figures[size][names[name, many]][stage].append(brought)
    return figures


@contextmanager
def _filled(server: Postgres, program: Sequence[str], items: int, done: int, seconds: float) -> Iterator[Job]:
    """Have a queue made."""
    with tempfile.TemporaryDirectory() as folder:
        job = Job(server.database(), items, done, WARMING, seconds, folder)
        with by_peers.started([*program, "fill", _file(job)]) as process:
            by_peers.rest(process)
        server.say("VACUUM ANALYZE", job.url)
        yield job
        server.drop(job.url)


def _work_off(server: Postgres, program: Sequence[str], filled: Job, workers: int) -> Brought:
    """Let so many workers at a copy of the queue."""
    job = replace(filled, url=server.database(template=filled.url))
    # Else the copy would be written to the disk in the middle of the measurement.
    server.say("CHECKPOINT")
    command = [*program, "work", _file(job)]
    with ExitStack() as running:
        processes = [running.enter_context(by_peers.started(command)) for _ in range(workers)]
        for each in processes:
            by_peers.until(each, "begun")
        begun = time.perf_counter()
        for each in processes:
            by_peers.answer(each)
        for each in processes:
            by_peers.until(each, "ended")
        seconds = time.perf_counter() - begun
        given: list[list[str]] = [json.loads(by_peers.rest(each)) for each in processes]
    server.drop(job.url)
    claims = list(chain.from_iterable(given))
    measured = set(chain.from_iterable(each[WARMING:] for each in given))
    return {"rate": len(measured) / seconds, "double": len(claims) - len(set(claims))}


def _file(job: Job) -> str:
    file = Path(job.folder, "job.json")
    file.write_text(json.dumps(asdict(job)), encoding="utf-8")
    return str(file)


def as_table(figures: Figures, size: int) -> str:
    """Return medians and ranges for queues of that size, and each rate as a multiple of the measure's."""
    alone = figures[size].get(MEASURE)
    header = [f"{stage}: {title}" for stage in STAGES for title in ("items/s", "times", "double claims")]
    return table(
        ["", *header],
        [
            [name, *(cell for stage in STAGES for cell in _cells(by_stage[stage], alone[stage] if alone else []))]
            for name, by_stage in figures[size].items()
        ],
    )


def _cells(brought: Sequence[Brought], alone: Sequence[Brought]) -> list[str]:
    """Return what one contender brought at one stage."""
    # Round by round: the two then met the same machine.
    times = [mine["rate"] / other["rate"] for mine, other in zip(brought, alone, strict=False)]
    return [
        spread([each["rate"] for each in brought], 0),
        spread(times, 2) if times else "",
        spread([each["double"] for each in brought], 0),
    ]
