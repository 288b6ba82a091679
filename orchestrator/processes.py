"""A run's processes: start one, tell whether its holder lives, end its whole tree.

Every process of a run, the browser's included, carries the run's id in its environment. That is what finds the tree
again when the worker is gone and its children have been handed to another parent.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from orchestrator.ledger.store import Holder

#: The environment variable that marks a run's processes.
MARK = "FLOTTA_RUN"
#: How a worker's process is told that it shares in another's steps, or that a person is at its screen.
LANE, ATTENDED = "lane", "attended"


def myself() -> Holder:
    """Return this process as a holder."""
    return Holder(socket.gethostname(), os.getpid(), psutil.Process().create_time())


def is_here(holder: Holder) -> bool:
    """Return whether the holder is, or was, a process of this machine."""
    return holder.host == socket.gethostname()


def is_alive(holder: Holder) -> bool:
    """Return whether that very process still runs on this machine."""
    try:
        process = psutil.Process(holder.pid)
        return abs(process.create_time() - holder.started) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_gone(holder: Holder) -> bool:
    """Return whether it is certain that the process does not run any more. Of another machine's nobody can tell."""
    return is_here(holder) and not is_alive(holder)


def end_tree(home: Path, run_id: str) -> int:
    """End every process of the run on this machine. Return how many there were, once they are gone."""
    mine = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = [process for process, of in _marked(home) if of == run_id and process.pid not in mine]
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(found, timeout=10)
    return len(found)


def at_work(home: Path) -> set[str]:
    """Return the runs that have processes on this machine."""
    return {run_id for _process, run_id in _marked(home)}


def _marked(home: Path) -> Iterator[tuple[psutil.Process, str]]:
    for process in psutil.process_iter():
        try:
            house, _, run_id = process.environ().get(MARK, "").partition(f"{home}:")
        except (psutil.AccessDenied, psutil.NoSuchProcess, OSError):
            continue
        if run_id and not house:
            yield process, run_id


def _mark(home: Path, run_id: str) -> str:
    return f"{home}:{run_id}"


def limit_memory(most: int) -> None:
    """Let this process, and each that it starts, have at most so many bytes of data, where the system can see to it.

    It is a limit of what is written to, not of what is reserved: browsers reserve terabytes.
    """
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def temporary(home: Path, run_id: str) -> Path:
    """Return the run's own temporary directory, which holds the browser's profile."""
    return home / "tmp" / run_id.replace(":", "-")


def log_file(home: Path, run_id: str) -> Path:
    """Return the file that the run's output is drained to."""
    return home / "logs" / f"{run_id.replace(':', '-')}.jsonl"


def sweep(home: Path, keep: set[str]) -> None:
    """Wipe what killed runs and recordings left behind, but nothing of the runs in `keep`, whose processes may live."""
    kept = {temporary(home, run_id) for run_id in keep}
    for left in (home / "tmp").glob("*"):
        if left not in kept:
            shutil.rmtree(left, ignore_errors=True)
    for left in (home / "walks").glob("*"):
        if not psutil.pid_exists(int(left.name)):
            shutil.rmtree(left, ignore_errors=True)


def walk_folder(home: Path) -> Path:
    """Return a folder for what is recorded and not scrubbed yet: this process's own, and wiped when it is gone."""
    folder = home / "walks" / str(os.getpid())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def start(
    home: Path,
    run_id: str,
    environment: Mapping[str, str],
    *,
    after: int,
    how: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start the run's worker: its own session, its output drained to a file, secrets by environment alone.

    `after` is the run's epoch as the caller knows it: who is only about to begin when the run is given to another, and
    begins later, must not take it back. `how` is LANE, or ATTENDED.
    """
    folder = temporary(home, run_id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = log_file(home, run_id)
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 - our own module, with an id and numbers as arguments
            [
                sys.executable,
                "-m",
                "orchestrator.worker",
                run_id,
                str(after),
                *([how] if how else []),
            ],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            env={**environment, MARK: _mark(home, run_id), "FLOTTA_HOME": str(home), "TMPDIR": str(folder)},
        )
