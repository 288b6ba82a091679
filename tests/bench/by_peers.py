"""Runs a peer and measures its loop. Peers that bring packages of their own live in `.venv-bench` (`make bench`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from shutil import which

from tests.bench.meter import Cost, metered
from tests.bench.peers.loop import Job

ROOT = Path(__file__).parents[2]
#: The Python that has the peers' packages.
PYTHON = ROOT / ".venv-bench" / "bin" / "python"

Peer = Callable[[Job], Cost]


def peers() -> dict[str, Peer]:
    """Return what can be run here, by name; the bare script first."""
    found: dict[str, Peer] = {"bare Playwright": partial(_run, [sys.executable, "-m", "tests.bench.peers.bare"])}
    if PYTHON.exists():
        if which("chromedriver"):
            found["Selenium"] = partial(_run, [str(PYTHON), "-m", "tests.bench.peers.webdriver"])
        found["Robot Framework Browser"] = _robot
    return found


def left_out() -> list[str]:
    """Say what can't be run here, and what mends it."""
    if not PYTHON.exists():
        return ["Selenium and Robot Framework are left out: there is no .venv-bench. `make bench` makes it."]
    if not which("chromedriver"):
        return ["Selenium is left out: there is no chromedriver. Debian and Ubuntu: apt install chromium-driver."]
    return []


def _robot(job: Job) -> Cost:
    with tempfile.TemporaryDirectory() as out:
        suite = str(Path(__file__).with_name("peers") / "removals.robot")
        options = ["--pythonpath", str(ROOT), "--outputdir", out, "--log", "NONE", "--report", "NONE"]
        return _run([str(PYTHON), "-m", "robot", *options, "--variablefile"], job, suite)


def _run(command: list[str], job: Job, *then: str) -> Cost:
    """Start the peer with the job's file as its next argument, and measure it from `begun` to `ended`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "job.json")
        file.write_text(json.dumps(asdict(job)), encoding="utf-8")
        with started([*command, str(file), *then]) as process:
            until(process, "begun")
            with metered(process.pid) as cost:
                answer(process)
                until(process, "ended")
            rest(process)
        return cost


def started(command: Sequence[str]) -> subprocess.Popen[str]:
    """Start a peer's program; it is heard and answered from here."""
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def answer(process: subprocess.Popen[str]) -> None:
    """Let the peer go on."""
    if process.stdin is None:
        raise RuntimeError("the peer hears nothing")
    process.stdin.write("\n")
    process.stdin.flush()


def until(process: subprocess.Popen[str], point: str) -> None:
    """Read what the peer says until it has come to that point. Raises with all of it when it never does."""
    said = []
    for line in process.stdout or ():
        if line.strip() == point:
            return
        said.append(line)
    raise RuntimeError("".join(said))


def rest(process: subprocess.Popen[str]) -> str:
    """Answer for the last time, and return what the peer says until its end. Raises with it when that is a failure."""
    said, _ = process.communicate("\n")
    if process.returncode:
        raise RuntimeError(said)
    return said
