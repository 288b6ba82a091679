"""The processes of a run and their temporary directories: whoever clears up leaves alone what is in use."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from orchestrator import processes

RUN = "reminder-cleanup:2026-03-31T04:15:00.000Z"
Starter = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def starter() -> Iterator[Starter]:
    """Return what starts a process that prints a line when it is ready, and ends it after the test."""
    with ExitStack() as stack:

        def start(program: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
            child = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", program, *arguments],
                    env={**os.environ, **environment},
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(child.kill)
            assert child.stdout is not None
            child.stdout.readline()
            return child

        yield start


@pytest.fixture
def a_process(starter: Starter) -> Callable[[Path, str, int], subprocess.Popen[str]]:
    """Return what starts a process of a run's worker with some epoch."""

    def start(home: Path, run_id: str, epoch: int) -> subprocess.Popen[str]:
        mark = {processes.MARK: processes.mark(home, run_id, epoch)}
        return starter("import time; print(flush=True); time.sleep(300)", **mark)

    return start


def test_processes_of_a_later_epoch_are_not_ended(
    tmp_path: Path, a_process: Callable[[Path, str, int], subprocess.Popen[str]]
) -> None:
    """A machine that wakes late knows its own epoch, and its successor has a higher one."""
    old, own, later = (a_process(tmp_path, RUN, epoch) for epoch in (9, 10, 11))

    assert processes.end_tree(tmp_path, RUN, epoch=10) == 2

    assert [each.poll() is None for each in (old, own, later)] == [False, False, True]


def test_processes_of_other_runs_and_state_directories_are_not_ended(
    tmp_path: Path, a_process: Callable[[Path, str, int], subprocess.Popen[str]]
) -> None:
    """A run's id may begin as another's does, and so may a directory's name."""
    others = [
        a_process(tmp_path, f"{RUN}x", 1),
        a_process(tmp_path, "other", 1),
        a_process(Path(f"{tmp_path}x"), RUN, 1),
        a_process(tmp_path / "x", RUN, 1),
    ]

    assert processes.end_tree(tmp_path, RUN, epoch=1) == 0

    assert [each.poll() for each in others] == [None] * 4
    assert processes.at_work(tmp_path) == {f"{RUN}x", "other"}


def test_a_temporary_directory_is_this_process_s_alone(tmp_path: Path) -> None:
    """What it starts finds it too, and afterwards everything is as before."""
    before = os.environ.get("TMPDIR"), tempfile.gettempdir()

    with processes.temporary(tmp_path) as folder, processes.temporary(tmp_path) as other:
        assert folder != other
        assert os.environ["TMPDIR"] == tempfile.gettempdir() == str(other)
        assert folder.stat().st_mode & 0o077 == 0

    assert (os.environ.get("TMPDIR"), tempfile.gettempdir()) == before
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_browser_with_a_window_starts_in_the_usual_temporary_directory(tmp_path: Path) -> None:
    """Chromium keeps a socket below it, whose path the system limits to 107 bytes."""
    home = Path("/home/fornamn.efternamn/.local/state/flotta")
    with processes.temporary(tmp_path) as folder:
        below = folder.relative_to(tmp_path)

    assert len(bytes(home / below / "org.chromium.Chromium.XXXXXX" / "SingletonSocket")) <= 107


def test_only_what_dead_processes_left_is_swept(tmp_path: Path, starter: Starter) -> None:
    """A frozen one is not dead: its browser still has its profile there."""
    program = (
        "import sys, time; from pathlib import Path; from orchestrator import processes\n"
        "with processes.temporary(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'profile').touch(); print(flush=True); time.sleep(300)"
    )
    frozen, dead = (starter(program, str(tmp_path)) for _ in range(2))
    frozen.send_signal(signal.SIGSTOP)
    assert len(list((tmp_path / "tmp").glob("*/profile"))) == 2

    dead.kill()
    dead.wait()
    processes.sweep(tmp_path)

    assert len(list((tmp_path / "tmp").glob("*/profile"))) == 1
