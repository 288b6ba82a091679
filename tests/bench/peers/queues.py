"""What every program that hands out items has in common. Standard library only: they don't share an environment.

`fill JOB` makes the tables and the items, and sets the first of them done. `work JOB` is one worker: it claims and
completes items, a few at first that warm up; says `begun`, goes on until there are none or its time is over, says
`ended` (`loop`); and then says which items it was given.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.peers import loop


@dataclass(frozen=True)
class Job:
    """Which queue, and what to do with it."""

    #: The database, for SQLAlchemy with psycopg.
    url: str
    #: How many items the queue is filled with, and how many of them, the first, are done already.
    items: int
    done: int
    #: How many of them a worker takes before it is measured, and the seconds that it has from then on.
    warming: int
    seconds: float
    #: Where the programs of one queue may keep what they share.
    folder: str

    def turns(self) -> Iterator[None]:
        """Yield once for each item that is to be claimed and completed."""
        for _ in range(self.warming):
            yield
        loop.at("begun")
        over = time.monotonic() + self.seconds
        while time.monotonic() < over:
            yield


def carry_out(fill: Callable[[Job], None], work: Callable[[Job], Sequence[object]]) -> None:
    """Do what the command line asks. `work` returns the ids of the items that it was given, in that order."""
    verb, file = sys.argv[1:]
    job = Job(**json.loads(Path(file).read_text(encoding="utf-8")))
    if verb == "fill":
        fill(job)
        return
    given = [str(each) for each in work(job)]
    loop.at("ended")
    print(json.dumps(given))


def arguments(place: int) -> dict[str, str]:
    """Return what an item says: which reminder is to be removed, and why."""
    return {"reminder": f"P-{place}", "why": "Beslut B-1 är redan avslutat."}
