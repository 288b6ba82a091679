"""Measure, print the tables, and write them down where asked.

python -m tests.bench [--only removals] [--rows 30] [--rounds 1] [--ui 2023.10] [--write tests/bench/results]
python -m tests.bench --only claims [--queued 1000] [--workers 1 4] [--seconds 5] [--rounds 1]
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from playwright.sync_api import sync_playwright

from bots.browser.session import find_browser
from tests.bench import by_peers, claims, ledger, machine, reading, removals, reporting, starting
from tests.bench.report import Report

PARTS = ("removals", "reading", "ledger", "claims", "starting", "reporting")
UIS = ("2023.10", "2024.04")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=PARTS, action="append", help="this part; may be given more than once")
    parser.add_argument("--ui", choices=UIS, action="append", help="this UI version; may be given more than once")
    parser.add_argument("--rows", type=int, default=300, help="reminders in the mock that is cleaned up")
    parser.add_argument("--listed", type=int, default=5_000, help="reminders in the list that is read")
    parser.add_argument("--items", type=int, nargs="+", default=ledger.SIZES, help="items in the ledger's plans")
    parser.add_argument(
        "--queued", type=int, nargs="+", default=claims.SIZES, help="items in the queues that are worked off"
    )
    parser.add_argument("--workers", type=int, nargs="+", default=claims.WORKERS, help="workers at one queue")
    parser.add_argument("--seconds", type=float, default=claims.SECONDS, help="how long workers are at a queue at most")
    parser.add_argument("--starts", type=int, default=10, help="runs that are waited for from their due time")
    parser.add_argument("--decisions", type=int, default=170, help="decisions in the quarter that is reported")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path, metavar="DIR", help="write README.md, figures.json and SVG plots there")
    return parser.parse_args()


def main() -> None:
    """Do what the command line asks."""
    asked = _asked()
    parts, uis = asked.only or PARTS, asked.ui or UIS
    with sync_playwright() as playwright:
        browser = find_browser(playwright, os.environ.get("FLOTTA_BROWSER"))
    report = _Report("Measurements", machine.describe(browser, "tests.bench"))
    if "removals" in parts:
        report.removals(browser, uis, asked.rows, asked.rounds)
    if "reading" in parts:
        report.reading(browser, uis, asked.listed, asked.rounds)
    if "ledger" in parts:
        report.ledger(asked.items, asked.rounds)
    if "claims" in parts:
        report.claims(asked.queued, asked.workers, asked.seconds, asked.rounds)
    if "starting" in parts:
        report.starting(asked.starts)
    if "reporting" in parts:
        report.reporting(asked.decisions)
    if asked.write:
        report.write(asked.write)


def _rounds(rounds: int) -> str:
    return f"Rounds: {rounds}, interleaved; medians, and ranges in parentheses."


class _Report(Report):
    """The parts of this measurement."""

    def removals(self, browser: str, uis: Sequence[str], rows: int, rounds: int) -> None:
        """Measure and tell part one."""
        self.say(
            f"## Removals: {rows} reminders in the mock",
            f"{_rounds(rounds)} The loop of removals alone is measured; processor and memory are those of the whole "
            "process tree: Python, driver, browser. The whole run has the starts and the sign-in too, and for Flotta "
            "the reading and deciding, which the others don't do.",
            *by_peers.left_out(),
        )
        figures = self.figures["removals"] = {}
        for ui in uis:
            figures[ui] = removals.measure(browser, ui, rows, rounds)
            self.say(f"### Lifecare {ui}", removals.as_table(figures[ui]))
        self.show("Items per second", "items.svg")
        self.show("Processor and memory", "cost.svg")

    def reading(self, browser: str, uis: Sequence[str], rows: int, rounds: int) -> None:
        """Measure and tell part two."""
        self.say(
            f"## Reading a list of {rows} rows",
            f"{_rounds(rounds)} One bare `page.evaluate` a page against the kit's own reading; sign-in apart.",
        )
        figures = self.figures["reading"] = {}
        for ui in uis:
            figures[ui] = reading.measure(browser, ui, rows, rounds)
            self.say(f"### Lifecare {ui}", reading.as_table(figures[ui], rows))

    def ledger(self, sizes: Sequence[int], rounds: int) -> None:
        """Measure and tell part three."""
        self.say("## The ledger's cost for an item", _rounds(rounds))
        figures = self.figures["ledger"] = ledger.measure(sizes, rounds)
        self.say(ledger.as_table(figures))
        self.show("Milliseconds per item", "ledger.svg")

    def claims(self, sizes: Sequence[int], workers: Sequence[int], seconds: float, rounds: int) -> None:
        """Measure and tell part four."""
        with claims.a_server() as server:
            self.say(
                "## Items claimed and completed by several workers",
                f"{_rounds(rounds)} PostgreSQL {server.version} as it is shipped: each commit waits for the disk. Each "
                f"measurement took {seconds:g} seconds, or less where nothing was left. `times` compares the rate with "
                f"that of {claims.MEASURE}.",
                claims.CAVEATS,
                *claims.left_out(),
            )
            figures = self.figures["claims"] = claims.measure(server, sizes, workers, seconds, rounds)
        for size in sizes:
            self.say(f"### {size:,} items", claims.as_table(figures, size))
        self.show("Items claimed and completed a second", "claims.svg")

    def starting(self, times: int) -> None:
        """Measure and tell part five."""
        self.say("## From due to the first page", "`flotta up` on SQLite; median, and range in parentheses.")
        figures = self.figures["starting"] = starting.measure(times)
        self.say(starting.as_table(figures))

    def reporting(self, decisions: int) -> None:
        """Measure and tell part six."""
        self.say(f"## A quarter's reports to IVO: {decisions} decisions", "One lane; start, plan and sign-in included.")
        found = reporting.measure(decisions)
        self.figures["reporting"] = {name: asdict(each) for name, each in found.items()}
        self.say(reporting.as_table(found))


if __name__ == "__main__":
    main()
