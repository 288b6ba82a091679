"""Sweeps and costs: a seed that failed once is tried from then on, and what tests cost is added up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import sweeps
from tests.choice import one_of
from tests.costs import BUDGET, Costs, used


def a_report(nodeid: str, outcome: str = "passed", **properties: str) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid, (nodeid, 1, nodeid), {}, outcome, None, "teardown", user_properties=list(properties.items())  # type: ignore[arg-type] # one of three words
    )  # fmt: skip


def test_a_seed_that_failed_is_remembered_once(tmp_path: Path) -> None:
    """One line for each, however often it fails."""
    file = tmp_path / "seeds.txt"
    file.write_text("# a comment\n", encoding="utf-8")
    failed = a_report("tests/e2e/test_x.py::test_x[7]", "failed", sweep="test_x 7")

    for report in (failed, a_report("tests/e2e/test_x.py::test_x[8]", sweep="test_x 8"), failed):
        sweeps.remember(report, file)

    assert file.read_text(encoding="utf-8") == "# a comment\ntest_x 7\n"


def test_what_failed_is_tried_beside_the_usual_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In `make test` too, and each seed once."""
    file = tmp_path / "seeds.txt"
    file.write_text("# a comment\ntest_x 7\ntest_y 9\ntest_x 1\n", encoding="utf-8")
    monkeypatch.setattr(sweeps, "FILE", file)

    assert sweeps.seeds_of("test_x", usual=(1, 2), soak=5, soaking=False) == [1, 2, 7]


def test_a_soak_draws_the_same_seeds_from_the_same_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it can be repeated, and every worker of a run collects the same tests."""
    monkeypatch.setenv("SOAK_SEED", "5")
    first = sweeps.seeds_of("test_x", usual=(1,), soak=5, soaking=True)
    again = sweeps.seeds_of("test_x", usual=(1,), soak=5, soaking=True)
    monkeypatch.setenv("SOAK_SEED", "6")

    assert first == again
    assert len(first) == 6
    assert first != sweeps.seeds_of("test_x", usual=(1,), soak=5, soaking=True)


def test_costs_are_added_up_by_layer_and_by_bot() -> None:
    """A bot over its budget is said to be."""
    costs = Costs()
    for nodeid, cpu in (
        ("tests/unit/test_ivo_rules.py::test_x", "1.5"),
        ("tests/e2e/test_ivo_reporting.py::test_x", str(BUDGET)),
        ("tests/test_architecture.py::test_x", "0.25"),
    ):
        costs.add(a_report(nodeid, cpu=f"{cpu} 3"))

    lines = list(costs.lines())

    assert [line.split() for line in lines[1:5]] == [
        ["e2e", "1", "20.0"], ["unit", "1", "1.5"], ["house", "1", "0.2"], ["all", "3", "21.8"]
    ]  # fmt: skip
    assert lines[5] == "tests of ivo-reporting: 21.5 of 20 CPU s  OVER BUDGET"


def test_what_a_process_below_has_used_is_counted() -> None:
    """A browser's share is most of what a test costs."""
    spin = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True); input()"
    before = used(os.getpid())
    with subprocess.Popen([sys.executable, "-c", spin], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        while_it_runs = used(os.getpid()) - before
        child.communicate(b"\n")

    assert while_it_runs >= 0.25
    assert used(os.getpid()) - before >= 0.25


def test_a_choice_never_changes_and_is_spread() -> None:
    """A test that fails with one version fails each time."""
    chosen = [one_of(("a", "b"), f"test {number}") for number in range(100)]

    assert chosen == [one_of(("a", "b"), f"test {number}") for number in range(100)]
    assert 30 < chosen.count("a") < 70
