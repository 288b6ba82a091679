"""What every end-to-end test stands on: a house of its own, and a mock Lifecare that outlives its workers."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Playwright

from bots.browser import session as kit
from fixtures.mockui.faults import parse
from fixtures.mockui.server import Spec, serve
from tests.builders import a_ledger
from tests.choice import one_of, run_with_each
from tests.e2e.house import SETTLE, TODAY, VERSIONS, House, Lifecare, Record, is_setting
from tests.e2e.in_process import InProcess

#: Serves a mock: `serving(rows=8)`.
Serving = Callable[..., Lifecare]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of an empty ledger that no key has sealed anything in."""
    file = tmp_path_factory.mktemp("migrated") / "ledger.db"
    with closing(a_ledger(file, Fernet.generate_key())) as ledger:
        ledger.migrate()
    return file


@pytest.fixture(scope="session")
def in_process(playwright: Playwright) -> Iterator[InProcess]:
    """Start the product's browser once for all commands and runs that are carried in this process."""
    executable = kit.find_browser(playwright, os.environ.get("FLOTTA_BROWSER"))
    with kit.launch(playwright, executable, as_root=os.geteuid() == 0, environment={}) as browser:
        yield InProcess(playwright, browser)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_process: InProcess, migrated: Path) -> Iterator[House]:
    """Return an empty house. What is left of its processes ends with the test.

    Its processes are found, and ended, by the path of its state directory. Tests in a container or chroot may see these
    processes as well, and pytest gives the same test the same path there, so the path has a random part. It is short,
    since a browser with a window keeps a socket below it. Afterwards the house lies where pytest keeps its directories.
    """
    for name in filter(is_setting, list(os.environ)):
        monkeypatch.delenv(name)
    root = Path(tempfile.mkdtemp(prefix="house-"))
    made = House(root, in_process, migrated)
    yield made
    made.close()
    shutil.move(root, tmp_path / "house")


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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses `ui` once for each UI version where all are asked for (`make soak`)."""
    if metafunc.config.getoption("--soak"):
        run_with_each(metafunc, "ui", VERSIONS)


@pytest.fixture
def soaking(request: pytest.FixtureRequest) -> bool:
    """Return whether this is `make soak`, which has the time for what is large."""
    return bool(request.config.getoption("--soak"))


@pytest.fixture
def ui(request: pytest.FixtureRequest) -> str:
    """Name the UI version that this test runs with: each has its own, so that all have many.

    That every version does what the others do is the matter of the tests of screens, which run with each.
    """
    return str(getattr(request, "param", one_of(VERSIONS, request.node.nodeid)))


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
