"""Part two: the whole list read, 25 rows a page, by the kit and by one bare `page.evaluate` a page.

The bare script takes the texts of the cells and no more; where rows are drawn while the list is scrolled, it scrolls.
The kit asks of each page besides whether it is the page that was meant, reads and checks every cell
by the map, keeps what is protected from leaving the page, and proves at the end that no row was missed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from bots.browser import session as kit
from bots.screens.lifecare import Lifecare
from tests.bench.mocks import mock
from tests.bench.peers.bare import sign_in
from tests.bench.tables import spread, table
from tests.screens.mock import Mock
from tests.screens.portal import a_session, account

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROWS_A_PAGE = 25

#: Per way of reading: the seconds of each round.
Figures = dict[str, list[float]]

_CELLS_2023 = """() => [...document.querySelectorAll("table.lista tbody tr")]
  .map(row => [...row.cells].map(cell => cell.textContent))"""
_CELLS_2024 = """async () => {
  const grid = document.querySelector(".rutnat");
  // More rows are drawn each time that the end comes into sight, so it must be out of sight in between.
  while (grid.getAttribute("aria-busy") === "true") {
    for (const place of [0, grid.scrollHeight]) {
      grid.scrollTop = place;
      await new Promise(requestAnimationFrame);
    }
  }
  return [...grid.querySelectorAll("[role=row][data-id]")]
    .map(row => [...row.querySelectorAll("[role=cell]")].map(cell => cell.textContent));
}"""
#: Where the list is, and what takes its cells.
_LISTS = {
    "2023.10": ("/paminnelser?sida={}", _CELLS_2023),
    "2024.04": ("/bevakning/paminnelser?page={}", _CELLS_2024),
}


def measure(browser: str, ui: str, rows: int, rounds: int) -> Figures:
    """Return the seconds that each way took to read the whole list, sign-in apart, round by round."""
    figures: Figures = {"bare evaluate": [], "Flotta's kit": []}
    started = kit.running(browser, as_root=os.geteuid() == 0, environment=os.environ)
    with mock(ui, rows) as url, started as (_executable, chromium):
        readers = _bare(chromium, url, ui, rows), _kit(chromium, Mock(url, ui))
        for _ in range(rounds):
            for name, read in zip(figures, readers, strict=True):
                begun = time.perf_counter()
                count = read()
                seconds = time.perf_counter() - begun
                if count != rows:
                    raise RuntimeError(f"{name}: {count} rows were read, not the {rows} that there are")
                print(f"Lifecare {ui}, {name}: {rows} rows in {seconds:.1f} s", file=sys.stderr)
                figures[name].append(seconds)
    return figures


def _bare(browser: Browser, url: str, ui: str, rows: int) -> Callable[[], int]:
    page = browser.new_page(locale="sv-SE")
    sign_in(page, url, ui)
    path, script = _LISTS[ui]
    return lambda: sum(_read(page, url + path.format(number + 1), script) for number in range(_pages(rows)))


def _read(page: Page, address: str, script: str) -> int:
    page.goto(address)
    return len(page.evaluate(script))


def _pages(rows: int) -> int:
    return -(-rows // ROWS_A_PAGE)


def _kit(browser: Browser, where: Mock) -> Callable[[], int]:
    lifecare = Lifecare(a_session(kit.new_context(browser).new_page(), where), account())
    lifecare.sign_in()
    return lambda: len(lifecare.reminders())


def as_table(figures: Figures, rows: int) -> str:
    """Return seconds and milliseconds a page, and each way's time as a multiple of the bare script's."""
    bare = next(iter(figures.values()))
    return table(
        ["", f"s for {rows} rows", "ms a page", "times bare"],
        [
            [
                name,
                spread(seconds, 1),
                spread([each / _pages(rows) * 1000 for each in seconds], 1),
                spread([mine / other for mine, other in zip(seconds, bare, strict=True)], 2),
            ]
            for name, seconds in figures.items()
        ],
    )
