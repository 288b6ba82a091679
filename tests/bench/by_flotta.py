"""Runs Flotta as a person would from the command line, and measures the time between its log's facts."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from orchestrator import processes
from tests.bench.meter import Cost, metered
from tests.bench.mocks import FLOTTA
from tests.bench.peers.loop import Job

#: Seconds between looks at the log.
EVERY = 0.02

Fact = dict[str, Any]


def ways() -> dict[str, Callable[[Job], Cost]]:
    """Return the ways to run Flotta, by name."""
    return {
        "Flotta": _run,
        "Flotta, screenshots": partial(_run, screenshots=True),
        **{f"Flotta, {lanes} lanes": partial(_run, lanes=lanes) for lanes in (2, 4)},
    }


def _run(job: Job, *, screenshots: bool = False, lanes: int = 1) -> Cost:
    """Plan, then measure the applying of the plan: from `apply.begun` to the last `step.done` in the run's log.

    The other lanes start and sign in within that time.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(Path(folder), job, screenshots=screenshots)
        where = ["--base-url", f"lifecare={job.url}", "--lanes", str(lanes)]
        plan = ["run", "reminder-cleanup", "--plan-only", *where, "--json"]
        planned = subprocess.run([*FLOTTA, *plan], capture_output=True, check=True, text=True, env=environment)
        run = json.loads(planned.stdout)["run"]
        return _apply([*FLOTTA, "resume", run, "--yes"], len(job.ids), _log(folder, run), environment)


def _environment(folder: Path, job: Job, *, screenshots: bool) -> Mapping[str, str]:
    """Return an environment with a ledger of its own: a key that was written once is never written again."""
    config = folder / "flotta.toml"
    wanted = f"screenshots = {str(screenshots).lower()}"
    config.write_text(f"[bots.reminder-cleanup]\nmax_share = 1.0\n{wanted}\n", encoding="utf-8")
    return os.environ | {
        "FLOTTA_CONFIG": str(config),
        "FLOTTA_HOME": str(folder / "state"),
        "FLOTTA_KEY_FILE": str(folder / "key"),
        "FLOTTA_BROWSER": job.browser,
        "FLOTTA_SYSTEMS__LIFECARE__USER": "robot",
        "FLOTTA_SYSTEMS__LIFECARE__PASSWORD": "flotta-mock",
        "FLOTTA_SYSTEMS__LIFECARE__ROLE": "handlaggare_lss",
        "FLOTTA_SYSTEMS__LIFECARE__SIGN_INS": "4",
    }


def _log(folder: str, run: str) -> Path:
    return processes.log_file(Path(folder, "state"), run)


def _apply(command: list[str], count: int, log: Path, environment: Mapping[str, str]) -> Cost:
    with subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        facts = _facts(log, process)
        begun = next((fact for fact in facts if fact["event"] == "apply.begun"), None)
        with metered(process.pid) as cost:
            done = list(islice((fact for fact in facts if fact["event"] == "step.done"), count))
        _, said = process.communicate()
    if begun is None or len(done) < count or process.returncode:
        raise RuntimeError(f"{len(done)} of {count} were removed. {said}")
    cost.seconds = (_time(done[-1]) - _time(begun)).total_seconds()
    return cost


def _time(fact: Fact) -> datetime:
    return datetime.fromisoformat(fact["timestamp"])


def _facts(log: Path, process: subprocess.Popen[str]) -> Iterator[Fact]:
    """Yield each fact that comes to the log from now on, until the process has ended."""
    tick, rest = threading.Event(), ""
    with log.open(encoding="utf-8") as file:
        file.seek(0, os.SEEK_END)
        ended = False
        while not ended:
            ended = process.poll() is not None
            rest += file.read()
            *lines, rest = rest.split("\n")
            yield from map(json.loads, lines)
            tick.wait(EVERY)
