"""How fast Flotta removes reminders, against a bare Playwright script removing the same. Printed, not asserted.

The script does what a script without any care would: open each reminder by its address, two clicks, one fill, read the
status. Flotta reads the list, decides, reads each reminder again, arms, removes, and stores a receipt. Rounds are
interleaved on one mock in a process of its own, seeded anew before each, so that both meet the same machine.

    python -m tests.bench.removals [--ui 2023.10] [--rows 300] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from bots.browser.session import find_browser, launch
from tests import oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

FLOTTA = [sys.executable, "-c", "from orchestrator.cli import main; main()"]


def get(url: str) -> Any:
    """Return the JSON at `url`."""
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own mock
        return json.load(answer)


def reset(url: str, rows: int) -> None:
    """Seed the mock anew."""
    body = json.dumps({"rows": rows, "seed": 1}).encode()
    request = urllib.request.Request(f"{url}/__mock__/reset", body, {"content-type": "application/json"})  # noqa: S310
    urllib.request.urlopen(request).close()  # noqa: S310 - our own mock


@contextmanager
def mock(ui: str, rows: int) -> Iterator[str]:
    """Serve the mock in a process of its own; yield its address."""
    command = [*FLOTTA, "mock", "lifecare", "--port", "0", "--ui", f"lifecare={ui}", "--rows", str(rows)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            if server.stdout is None:
                raise RuntimeError("the mock says nothing")
            yield server.stdout.readline().split()[1]
        finally:
            server.terminate()


def bare(url: str, ui: str, ids: list[str]) -> float:
    """Remove `ids` by a plain script; return the seconds that the removals took, browser start and sign-in apart."""
    with sync_playwright() as playwright:
        browser = launch(playwright, find_browser(playwright), as_root=os.geteuid() == 0, environment=os.environ)
        page = browser.new_page(locale="sv-SE")
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(url)
        remove = _sign_in_2023 if ui == "2023.10" else _sign_in_2024
        step = remove(page)
        start = time.perf_counter()
        for each in ids:
            step(page, url, each)
        seconds = time.perf_counter() - start
        browser.close()
    return seconds


def _sign_in_2023(page: Page) -> Any:
    page.fill("input[name=anvandarnamn]", "robot")
    page.fill("input[name=losenord]", "flotta-mock")
    page.click("text=Logga in >> nth=-1")
    page.get_by_label("Handläggare LSS").check()
    page.click("button:has-text('Fortsätt')")
    return _remove_2023


def _remove_2023(page: Page, url: str, each: str) -> None:
    page.goto(f"{url}/paminnelser/{each}")
    page.click("button:has-text('Ta bort')")
    page.fill("textarea[name=orsak]", "Inaktuell påminnelse.")
    page.click("button:has-text('Bekräfta borttagning')")
    if "togs bort" not in page.inner_text("[role=status]"):
        raise RuntimeError(each)


def _sign_in_2024(page: Page) -> Any:
    page.fill("input[name=user]", "robot")
    page.fill("input[name=password]", "flotta-mock")
    page.click("[data-testid=login-submit]")
    page.click("button:has-text('Handläggare LSS')")
    page.wait_for_url("**/oversikt")
    return _remove_2024


def _remove_2024(page: Page, url: str, each: str) -> None:
    page.goto(f"{url}/bevakning/paminnelser/{each}")
    page.click("[aria-label='Fler åtgärder']")
    page.click("[data-testid=delete-open]")
    page.fill("textarea[name=orsak]", "Inaktuell påminnelse.")
    page.click("[data-testid=delete-confirm]")
    if "togs bort" not in page.inner_text("[role=status]"):
        raise RuntimeError(each)


def flotta(url: str, *command: str) -> dict[str, Any]:
    """Run Flotta and return its JSON."""
    done = subprocess.run(
        [*FLOTTA, *command, "--base-url", f"lifecare={url}", "--json"], capture_output=True, check=True, text=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    """Print the figures of each round, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ui", default="2023.10")
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, mock(asked.ui, asked.rows) as url:
        os.environ |= {
            "FLOTTA_HOME": f"{home}/state",
            "FLOTTA_KEY_FILE": f"{home}/key",
            "FLOTTA_SYSTEMS__LIFECARE__USER": "robot",
            "FLOTTA_SYSTEMS__LIFECARE__PASSWORD": "flotta-mock",
            "FLOTTA_SYSTEMS__LIFECARE__ROLE": "handlaggare_lss",
            "FLOTTA_CONFIG": f"{home}/flotta.toml",
        }
        ids = sorted(oracle.expected(get(f"{url}/__mock__/state")))
        print(f"Lifecare {asked.ui}, {asked.rows} reminders, {len(ids)} to remove; {asked.rounds} rounds, interleaved")
        print("round | bare items/s | flotta items/s, applying | ratio | whole run s | of it reading s | whole items/s")
        ratios = []
        for number in range(asked.rounds):
            reset(url, asked.rows)
            plain = len(ids) / bare(url, asked.ui, ids)
            reset(url, asked.rows)
            # Another installation each round: a key that was written once is never written again.
            Path(f"{home}/flotta.toml").write_text("[bots.reminder-cleanup]\nmax_share = 1.0\n", encoding="utf-8")
            Path(f"{home}/state/ledger.db").unlink(missing_ok=True)
            for left in Path(f"{home}/state").glob("ledger.db-*"):
                left.unlink()
            start = time.perf_counter()
            planned = flotta(url, "run", "reminder-cleanup", "--plan-only")
            reading = time.perf_counter() - start
            applied = _apply(planned["run"])
            removed = oracle.removed(get(f"{url}/__mock__/journal"))
            if sorted(removed) != ids:
                raise RuntimeError(f"{len(removed)} of {len(ids)} were removed")
            rate = len(ids) / applied["applying"]
            ratios.append(rate / plain)
            whole = reading + applied["whole"]
            print(
                f"{number + 1:5} | {plain:12.2f} | {rate:24.2f} | {rate / plain:5.2f} | {whole:11.1f} | "
                f"{reading:15.1f} | {len(ids) / whole:13.2f}"
            )
        print(f"median ratio: {statistics.median(ratios):.2f}")


def _apply(run: str) -> dict[str, float]:
    start = time.perf_counter()
    subprocess.run([*FLOTTA, "resume", run, "--yes", "--json"], capture_output=True, check=True)
    whole = time.perf_counter() - start
    log = next(Path(os.environ["FLOTTA_HOME"], "logs").glob(f"{run.replace(':', '-')}*"))
    times = [
        datetime.fromisoformat(each["timestamp"])
        for each in map(json.loads, log.read_text(encoding="utf-8").splitlines())
        if each["event"] in {"apply.begun", "step.done"}
    ]
    return {"whole": whole, "applying": (times[-1] - times[0]).total_seconds()}


if __name__ == "__main__":
    main()
