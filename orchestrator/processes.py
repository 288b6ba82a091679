"""A run's processes: start one, tell whether its holder lives, end its whole tree.

Every process of a run, the browser's included, carries the run's id and its worker's epoch in its environment. The id
finds the tree again when the worker is gone and its children have another parent. The epoch tells a worker that was
fenced off from the one that has taken over: a machine that wakes late must not end its successor's processes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
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


def end_tree(home: Path, run_id: str, *, epoch: int) -> int:
    """End the run's processes of this epoch and earlier ones on this machine.

    Returns how many there were, once they are gone.
    """
    mine = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = [
        process
        for process, of, its_epoch in _marked(home)
        if of == run_id and its_epoch <= epoch and process.pid not in mine
    ]
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(found, timeout=10)
    return len(found)


def at_work(home: Path) -> set[str]:
    """Return the runs that have processes on this machine."""
    return {run_id for _process, run_id, _epoch in _marked(home)}


def _marked(home: Path) -> Iterator[tuple[psutil.Process, str, int]]:
    for process in psutil.process_iter():
        try:
            before, _, rest = process.environ().get(MARK, "").partition(f"{home}:")
        except (psutil.AccessDenied, psutil.NoSuchProcess, OSError):
            continue
        epoch, _, run_id = rest.partition(":")
        if not before and run_id and epoch.isdecimal():
            yield process, run_id, int(epoch)


def mark(home: Path, run_id: str, epoch: int) -> str:
    """Return the value of MARK for the processes of a run's worker with this epoch."""
    return f"{home}:{epoch}:{run_id}"


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


@contextmanager
def temporary(home: Path) -> Iterator[Path]:
    """Give this process, and those that it starts, a temporary directory of their own.

    It holds the browser's profile, and in some browsers the memory that its processes share, so a browser dies without
    it. Another process of the same run, asleep or awake, must therefore neither use it nor remove it. At the end it is
    removed, with those that dead processes have left.

    The name is short: a browser with a window keeps a socket below it, and starts only where the path of the directory
    has at most 62 bytes.
    """
    folder, lock = _locked_folder(home / "tmp")
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = None
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before
        os.close(lock)
        sweep(home)


def _locked_folder(parent: Path) -> tuple[Path, int]:
    """Return a new folder and the lock that keeps it. The system drops the lock when this process ends."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        folder = Path(tempfile.mkdtemp(prefix="", dir=parent))
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            # `sweep` of another process may have removed it before it was locked.
            if folder.exists():
                return folder, lock
            os.close(lock)


def log_file(home: Path, run_id: str) -> Path:
    """Return the file that the run's output is drained to."""
    return home / "logs" / f"{run_id.replace(':', '-')}.jsonl"


def sweep(home: Path) -> None:
    """Remove what killed workers and recordings left behind, and nothing of a process that lives."""
    for left in (home / "tmp").glob("*"):
        with suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(lock)
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
    log = log_file(home, run_id)
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A worker claims the run's next epoch; a lane writes by the epoch of the worker that it helps.
    epoch = after if how == LANE else after + 1
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
            env={**environment, MARK: mark(home, run_id, epoch), "FLOTTA_HOME": str(home)},
        )
