"""What holds for every test: how much is tried, from which seeds, and what it costs."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests import costs, distribution, sweeps

# How long an example takes says how busy the machine is: what hangs is ended by the timeout of its test. The same
# examples are tried each time, so that a change alone can turn a test red; `make soak` tries others.
settings.register_profile("test", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=2_000)


class _Watch:
    """Adds up what the tests cost, and remembers a sweep's seeds that fail, where all reports come together."""

    def __init__(self, *, soaking: bool) -> None:
        self._costs, self._soaking = costs.Costs(), soaking

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one report."""
        self._costs.add(report)
        if self._soaking:
            sweeps.remember(report)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the tests have cost."""
        terminalreporter.section("costs")
        for line in self._costs.lines():
            terminalreporter.line(line)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--soak`."""
    parser.addoption("--soak", action="store_true", help="sweep over seeds, versions and random kills (`make soak`)")


def pytest_configure(config: pytest.Config) -> None:
    """Choose how much is tried, and register what watches the tests."""
    settings.load_profile("soak" if config.getoption("--soak") else "test")
    config.pluginmanager.register(sweeps, "sweeps")
    config.pluginmanager.register(costs, "costs")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Watch(soaking=config.getoption("--soak")), "watch")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to `make soak` what is marked for it, and to `make test` what is the same in both; then share them out."""
    chosen = {item for item in items if (_sweeps(item) if config.getoption("--soak") else _is_short(item))}
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = [item for item in items if item in chosen]
    if isinstance(among := getattr(config, "workerinput", None), dict):
        items[:] = distribution.distributed(items, among["workercount"])


def _is_short(item: pytest.Item) -> bool:
    return item.get_closest_marker("soak") is None


def _sweeps(item: pytest.Item) -> bool:
    """Return whether a soak tries more of this test: seeds, sizes, Hypothesis's examples, or UI versions."""
    marks = {mark.name for mark in item.iter_markers()}
    names = item.fixturenames if isinstance(item, pytest.Function) else []
    return bool(marks & {"soak", "sweep", "hypothesis"}) or bool(
        {"ui", "looks"} & set(names) and costs.layer_of(item.nodeid) == "e2e"
    )


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which seeds a soak draws, so that it can be repeated."""
    return f"SOAK_SEED={os.environ.get('SOAK_SEED', '1')}" if config.getoption("--soak") else None
