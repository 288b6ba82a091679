"""What every end-to-end test stands on: a house of its own, and a mock Lifecare that outlives its workers."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import structlog
from playwright.sync_api import Browser, Playwright

from bots import registry
from bots.browser import session as kit
from fixtures.mockui.faults import parse
from fixtures.mockui.server import Spec, serve
from orchestrator import bootstrap, processes
from orchestrator.ledger.store import Run
from orchestrator.worker import Screens, Worker
from tests.e2e.house import SETTLE, TODAY, VERSIONS, House, Lifecare, Record, is_setting

#: Serves a mock: `serving(rows=8)`.
Serving = Callable[..., Lifecare]
#: Carries a run in this process and returns its exit code: `carry(run, write_deadline=timedelta(seconds=4))`.
Carry = Callable[..., int]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Return an empty house. What is left of its processes ends with the test."""
    for name in filter(is_setting, list(os.environ)):
        monkeypatch.delenv(name)
    made = House(tmp_path / "house")
    yield made
    made.close()


@pytest.fixture
def hasty(house: House) -> House:
    """Return a house that waits out a lost write for seconds, where nothing that the mock does takes longer."""
    for file in (house.maps / "lifecare").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        assert "settle: 3" in text
        file.write_text(text.replace("settle: 3", f"settle: {SETTLE}"), encoding="utf-8")
    house.environment |= {"FLOTTA_WRITE_DEADLINE": "PT3S"}
    return house


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let Ctrl-C and a closed terminal reach the processes of this test, also where the tests were started behind."""
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    hang_up = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGHUP, hang_up)


@pytest.fixture(params=VERSIONS)
def ui(request: pytest.FixtureRequest) -> str:
    """Name the UI version; a test that uses it runs once for each that has a map."""
    version: str = request.param
    return version


@pytest.fixture
def serving() -> Iterator[Serving]:
    """Return what serves a mock until the test ends. The usual one is small: 8 reminders, 5 of them removable."""
    with ExitStack() as stack:

        def one(*faults: Record, ui: str = VERSIONS[0], rows: int = 8, seed: int = 1) -> Lifecare:
            spec = Spec("lifecare", today=TODAY, ui=ui, rows=rows, seed=seed, faults=parse(list(faults)))
            return Lifecare(stack.enter_context(serve([spec]))["lifecare"])

        yield one


@pytest.fixture
def lifecare(serving: Serving, ui: str) -> Lifecare:
    """Return the usual mock of each UI version in turn."""
    return serving(ui=ui)


@pytest.fixture(scope="session")
def warm_browser(playwright: Playwright) -> Iterator[Browser]:
    """Start the product's browser once for all runs that are carried in this process."""
    executable = kit.find_browser(playwright, os.environ.get("FLOTTA_BROWSER"))
    with kit.launch(playwright, executable, as_root=os.geteuid() == 0, environment={}) as browser:
        yield browser


class WarmDoors(bootstrap.Doors):
    """Doors to a browser that runs already."""

    def use(self, browser: Browser, person: str | None = None) -> None:
        """Open every page in a fresh context of this browser, with a person before it who does as the script says."""
        self._browser = browser
        self._context = self._stack.enter_context(kit.new_context(browser))
        if person is not None:
            self._context.add_init_script(person)


@pytest.fixture
def carry(house: House, warm_browser: Browser) -> Carry:
    """Return the production worker in this process: what differs from a process of its own is the start alone."""

    def one(run: Run, *, person: str | None = None, **settled: object) -> int:
        settings = house.settings().model_copy(update=settled)
        with ExitStack() as stack:
            ledger = stack.enter_context(closing(house.ledger()))
            doors = WarmDoors(
                settings, stack, base_urls=dict(run.options.base_urls), maps={}, attended=person is not None
            )
            doors.use(warm_browser, person)
            worker = Worker(
                bot=registry.bot(run.bot),
                run=run,
                ledger=ledger,
                settings=settings,
                screens=Screens(doors.open),
                instance=",".join(bootstrap.instances(run)),
                accounts=bootstrap.accounts(settings, run.bot, run.options),
                me=processes.myself(),
                now=bootstrap.now,
                log=structlog.wrap_logger(None, processors=[_silence]),
            )
            return worker.work().exit_code

    return one


def _silence(*_event: object) -> dict[str, object]:
    raise structlog.DropEvent
