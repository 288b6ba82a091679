"""What the tests cost: CPU seconds by layer and by bot, and the slowest tests, told at the end of each run.

A test's CPU seconds are its process's and those of every process below it, browsers and workers included. What is
started once for many tests counts where it was started, and what a process used that was adopted by another before it
ended is not seen.
"""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

#: What the tests of one bot may use in `make test`. CPU seconds.
BUDGET = 20.0
#: The files of each bot's own tests, by how their names begin.
BOTS = {"reminder-cleanup": "test_reminder_", "ivo-reporting": "test_ivo_"}
#: Layers whose tests start no process, so that no tree of processes need be looked through.
ALONE = ("unit",)

_TICK = os.sysconf("SC_CLK_TCK")
_PROPERTY = "cpu"


def used(pid: int) -> float:
    """Return the CPU seconds that a process and all below it have used, the ended ones that were waited for too."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text(encoding="utf-8").split()
        ]
    except (OSError, IndexError):
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK + sum(map(used, children))


@dataclass
class Costs:
    """What the tests of a run have cost so far."""

    layers: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    counts: Counter[str] = field(default_factory=Counter)
    bots: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    slowest: list[tuple[float, float, str]] = field(default_factory=list)

    def add(self, report: pytest.TestReport) -> None:
        """Add a test's report, of its end, which has the figures of all of it."""
        found = dict(report.user_properties)
        if report.when != "teardown" or _PROPERTY not in found:
            return
        cpu, wall = map(float, str(found[_PROPERTY]).split())
        layer = layer_of(report.nodeid)
        self.layers[layer] += cpu
        self.counts[layer] += 1
        for bot, beginning in BOTS.items():
            if report.nodeid.partition("::")[0].rpartition("/")[2].startswith(beginning):
                self.bots[bot] += cpu
        self.slowest = sorted([*self.slowest, (wall, cpu, report.nodeid)], reverse=True)[:10]

    def lines(self) -> Iterator[str]:
        """Yield what is told of them."""
        total = sum(self.layers.values())
        yield f"{'layer':12}{'tests':>7}{'CPU s':>9}"
        for layer, cpu in _largest(self.layers):
            yield f"{layer:12}{self.counts[layer]:7}{cpu:9.1f}"
        yield f"{'all':12}{sum(self.counts.values()):7}{total:9.1f}"
        for bot, cpu in _largest(self.bots):
            yield f"tests of {bot}: {cpu:.1f} of {BUDGET:.0f} CPU s{'  OVER BUDGET' if cpu > BUDGET else ''}"
        yield "the ten slowest (seconds, CPU seconds):"
        for wall, cpu, name in self.slowest:
            yield f"{wall:8.1f}{cpu:8.1f}  {name}"


def layer_of(nodeid: str) -> str:
    """Return the folder below `tests` that a test is in, or "house" for those beside the folders."""
    parts = nodeid.partition("::")[0].split("/")
    return parts[1] if len(parts) > 2 else "house"


def _largest(figures: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(figures.items(), key=lambda figure: -figure[1])


def _now(item: pytest.Item) -> tuple[float, float]:
    cpu = time.process_time() if layer_of(item.nodeid) in ALONE else used(os.getpid())
    return cpu, time.monotonic()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Note what had been used before the test."""
    item.stash[_BEFORE] = _now(item)
    return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Put what the test has used among its properties."""
    try:
        return (yield)
    finally:
        (cpu, wall), (cpu_before, wall_before) = _now(item), item.stash[_BEFORE]
        # A browser that is closed takes with it what its pages have used before this test.
        item.user_properties.append((_PROPERTY, f"{max(0.0, cpu - cpu_before):.3f} {wall - wall_before:.3f}"))


_BEFORE = pytest.StashKey[tuple[float, float]]()
