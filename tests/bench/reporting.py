"""Part six: a quarter's reports to IVO, from the plan to the last receipt, in one lane, with nobody waiting in between.

The mocks are served by the command itself. A stand-in signs in; the bot sends what was approved. By hand a report takes
10 to 15 minutes (the city's plan, chapter 3.3).
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.mocks import FLOTTA
from tests.bench.tables import table

#: What a report takes by hand, in minutes.
BY_HAND = (10, 15)
LOOKS = (("2023.10", "2023.2"), ("2024.04", "2026.1"))


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter: how many decisions were seen, how many reports were sent, and the seconds of it all."""

    seen: int
    sent: int
    seconds: float


def measure(decisions: int) -> dict[str, Quarter]:
    """Report a quarter of so many decisions in each of the looks."""
    return {f"Lifecare {lifecare}, IVO {ivo}": _one(decisions, lifecare, ivo) for lifecare, ivo in LOOKS}


def _one(decisions: int, lifecare: str, ivo: str) -> Quarter:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "flotta.toml").write_text('[bots.ivo-reporting.own]\nsubmit = "approved"\n', encoding="utf-8")
        about = {"FLOTTA_HOME": "state", "FLOTTA_KEY_FILE": "key/key", "FLOTTA_CONFIG": "flotta.toml"}
        command = [
            *FLOTTA, "run", "ivo-reporting", "--mock", "--period", "2026Q3", "--yes", "--json",
            "--rows", str(decisions), "--ui", f"lifecare={lifecare}", "--ui", f"ivo={ivo}",
        ]  # fmt: skip
        begun = time.perf_counter()
        ran = subprocess.run(
            command,
            env={**os.environ, **{name: str(home / place) for name, place in about.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        seconds = time.perf_counter() - begun
    items = json.loads(ran.stdout)["items"]
    return Quarter(len(items), sum(each["state"] == "done" for each in items), seconds)


def as_table(figures: dict[str, Quarter]) -> str:
    """Return one line for each pair of looks."""
    rows = [
        [
            name, str(each.seen), str(each.sent), f"{each.seconds:.0f}", f"{each.seconds / each.sent:.2f}",
            "-".join(f"{60 * minutes * each.sent / each.seconds:.0f}" for minutes in BY_HAND),
        ]
        for name, each in figures.items()
    ]  # fmt: skip
    return table(["", "decisions seen", "reports sent", "s", "s a report", "times as fast as by hand"], rows)
