"""What the bot does to Lifecare, by Lifecare's own journal, is what the oracle worked out from Lifecare's state."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
import structlog
from playwright.sync_api import Browser, Playwright

from bots import registry
from bots.browser import session as kit
from orchestrator import bootstrap, processes
from orchestrator.ledger.store import Run
from orchestrator.worker import Screens, Worker
from tests import oracle
from tests.e2e.conftest import Serving
from tests.e2e.house import House, assert_sound

#: Carries a run in this process and returns its exit code.
Carry = Callable[[Run], int]


@pytest.fixture(scope="session")
def warm_browser(playwright: Playwright) -> Iterator[Browser]:
    """Start the product's browser once for all runs that are carried in this process."""
    executable = kit.find_browser(playwright, os.environ.get("FLOTTA_BROWSER"))
    with kit.launch(playwright, executable, as_root=os.geteuid() == 0, environment={}) as browser:
        yield browser


class WarmDoors(bootstrap.Doors):
    """Doors to a browser that runs already."""

    def use(self, browser: Browser) -> None:
        """Open every page in a fresh context of this browser."""
        self._browser = browser
        self._context = self._stack.enter_context(kit.new_context(browser))


@pytest.fixture
def carry(house: House, warm_browser: Browser) -> Carry:
    """Return the production worker in this process: what differs from a process of its own is the start alone."""

    def one(run: Run) -> int:
        settings = house.settings()
        with ExitStack() as stack:
            ledger = stack.enter_context(closing(house.ledger()))
            doors = WarmDoors(settings, stack, base_urls=dict(run.options.base_urls), maps={})
            doors.use(warm_browser)
            worker = Worker(
                bot=registry.bot(run.bot),
                run=run,
                ledger=ledger,
                settings=settings,
                screens=Screens(doors.open),
                instance=",".join(bootstrap.instances(run)),
                accounts=bootstrap.accounts(settings, run),
                me=processes.myself(),
                now=bootstrap.now,
                log=structlog.wrap_logger(None, processors=[_silence]),
            )
            return worker.work().exit_code

    return one


def _silence(*_event: object) -> dict[str, object]:
    raise structlog.DropEvent


@pytest.mark.parametrize("seed", range(1, 21))
def test_the_oracle_equals_the_journal(seed: int, ui: str, house: House, serving: Serving, carry: Carry) -> None:
    """Item for item: what had to go went, once, and nothing else did."""
    lifecare = serving(ui=ui, rows=60, seed=seed)
    before = lifecare.state()
    run_id = house.a_run(lifecare)

    code = carry(house.run(run_id))

    assert code == 0, house.run(run_id).sentence
    assert_sound(house, run_id, lifecare, before)
    assert not set(lifecare.attempted()) & set(oracle.never(before))


def test_a_whole_night_by_the_command_line_equals_the_oracle(ui: str, house: House, serving: Serving) -> None:
    """From plan to approval to receipts, with the guard's own limits, as an operator does it the first night."""
    house.configure("")
    lifecare = serving(ui=ui, rows=120)
    before = lifecare.state()

    planned = house.flotta("run", "reminder-cleanup", "--base-url", f"lifecare={lifecare.url}", "--yes")
    approved = house.flotta("resume", "--yes")

    assert planned.code == 3, planned.said
    assert approved.code == 0, approved.said
    run_id = house.flotta("show", "--json").json()["run"]
    assert_sound(house, run_id, lifecare, before)
