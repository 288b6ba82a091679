"""What a peer says of where it is. Standard library only: peers don't share an environment.

Robot Framework uses this module as a library of keywords.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Job:
    """What to remove, where, and by which browser."""

    url: str
    ui: str
    ids: list[str]
    browser: str
    args: list[str]


def job() -> Job:
    """Return the job that the command line names."""
    return Job(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))


def at(point: str) -> None:
    """Say which point is reached, and go on when answered."""
    # Robot Framework keeps what a keyword prints, and leaves lines of its own unended.
    print(f"\n{point}", file=sys.__stdout__, flush=True)
    sys.stdin.readline()
