"""Sweeps over seeds: a few in `make test`, many in `make soak`, and each that has failed once in both from then on.

A test that is marked `sweep(usual=(1, 2), soak=20)` takes a `seed`. `make soak` draws its seeds from SOAK_SEED, which
it prints, and appends each one that fails to `failing_seeds.txt`, which is committed with the mend.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

#: A line for each seed that has failed: the test's name and the seed.
FILE = Path(__file__).with_name("failing_seeds.txt")
#: Under which name a report says which sweep it is of.
_PROPERTY = "sweep"


def failed_once(test: str) -> list[int]:
    """Return the seeds that this test has failed with in a soak."""
    lines = [line.split() for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [int(seed) for name, seed in (line for line in lines if line) if name == test]


def seeds_of(test: str, *, usual: tuple[int, ...], soak: int, soaking: bool) -> list[int]:
    """Return the seeds to try a test with, each once: the usual ones, what has failed, and when soaking many more."""
    chance = random.Random(f"{os.environ.get('SOAK_SEED', '1')} {test}")
    drawn = [chance.randrange(1_000, 1_000_000) for _ in range(soak)] if soaking else []
    return list(dict.fromkeys([*usual, *failed_once(test), *drawn]))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that is a sweep its seeds."""
    if mark := metafunc.definition.get_closest_marker(_PROPERTY):
        soaking = metafunc.config.getoption("--soak")
        metafunc.parametrize("seed", seeds_of(metafunc.function.__name__, **mark.kwargs, soaking=soaking))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let the report of a sweep's test name test and seed."""
    if item.get_closest_marker(_PROPERTY) and isinstance(item, pytest.Function):
        item.user_properties.append((_PROPERTY, f"{item.originalname} {item.callspec.params['seed']}"))


def remember(report: pytest.TestReport, file: Path = FILE) -> None:
    """Append the seed of a sweep's test that failed to the file, once."""
    if not report.failed:
        return
    known = file.read_text(encoding="utf-8")
    for name, value in report.user_properties:
        if name == _PROPERTY and f"{value}\n" not in known:
            with file.open("a", encoding="utf-8") as lines:
                lines.write(f"{value}\n")
