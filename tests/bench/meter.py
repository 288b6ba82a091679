"""What a process and all its descendants cost while something is done: time, processor, memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

#: How the memory of a tree is summed. Shared pages count once as PSS, and once per process as RSS.
MEMORY = "PSS" if psutil.LINUX else "RSS"
#: Seconds between looks at the memory: the kernel walks every page table for it, so rarely.
EVERY = 1.0


@dataclass
class Cost:
    """Seconds that passed, seconds of processor, and the most megabytes of memory held at one time."""

    seconds: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0


@contextmanager
def metered(pid: int) -> Iterator[Cost]:
    """Measure the tree below `pid`, itself included; what is yielded is filled in at the end."""
    root, over, cost = psutil.Process(pid), threading.Event(), Cost()

    def watch() -> None:
        done = False
        while not done:
            cost.peak = max(cost.peak, _memory(root))
            done = over.wait(EVERY)
        cost.peak = max(cost.peak, _memory(root))

    watcher = threading.Thread(target=watch)
    before = _cpu(root)
    watcher.start()
    begun = time.perf_counter()
    try:
        yield cost
        cost.seconds = time.perf_counter() - begun
        cost.cpu = _cpu(root) - before
    finally:
        over.set()
        watcher.join()


def _tree(root: psutil.Process) -> list[psutil.Process]:
    try:
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _cpu(root: psutil.Process) -> float:
    """Return the seconds that the living have used, with those of their children that have ended."""
    seconds = 0.0
    for each in _tree(root):
        try:
            spent = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        seconds += spent.user + spent.system + spent.children_user + spent.children_system
    return seconds


def _memory(root: psutil.Process) -> float:
    """Return the megabytes that the tree holds now."""
    held = 0
    for each in _tree(root):
        try:
            held += each.memory_full_info().pss if psutil.LINUX else each.memory_info().rss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return held / 1e6
