"""A ledger of its own for each test, in a file or in a server, as in production."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from orchestrator.ledger import store
from orchestrator.ledger.store import Ledger
from tests.builders import a_ledger
from tests.postgres import Postgres, serving

Opener = Callable[[], Ledger]

#: The suites that hold for every database. The others ask the ledger for nothing that these do not.
EVERYWHERE = {
    "test_ledger",
    "test_audit",
    "test_review",
    "test_retention",
    "test_fleet",
    "test_expected",
    "test_engine",
    "test_alerts",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test of those suites on both databases, but what is marked as one's own matter."""
    if "kind" in metafunc.fixturenames:
        marks = {each.name for each in metafunc.definition.iter_markers()}
        alone = "sqlite" in marks or "file" in metafunc.fixturenames
        both = metafunc.module.__name__.split(".")[-1] in EVERYWHERE and not alone
        kinds = ["postgresql"] if "postgresql" in marks else ["sqlite", "postgresql"] if both else ["sqlite"]
        metafunc.parametrize("kind", kinds, scope="session")


@pytest.fixture(autouse=True)
def no_event_loop() -> Iterator[None]:
    """Hide the event loop that Playwright keeps running in this thread once a test of this process has used it.

    The engine refuses to be called beside one, and so does another Playwright.
    """
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


@pytest.fixture(autouse=True)
def no_idle_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no transaction be ended because the machine had something else to do for seconds."""
    monkeypatch.setattr(store, "TRANSACTION", timedelta(minutes=1))


@pytest.fixture(scope="session")
def key() -> bytes:
    """Return the key that the ledgers of this session are sealed with."""
    return Fernet.generate_key()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, key: bytes) -> Path:
    """Return a ledger's file as the migrations leave it. Migrating takes longer than most tests, so it is done once."""
    file = tmp_path_factory.mktemp("migrated") / "ledger.db"
    ledger = a_ledger(file, key)
    ledger.migrate()
    ledger.close()
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a server for all tests of this process."""
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_database(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory, key: bytes) -> str:
    """Return the URL of a database as the migrations leave it."""
    url = postgres.database()
    ledger = a_ledger(url, key, anchors=tmp_path_factory.mktemp("migrated") / "anchors")
    ledger.migrate()
    ledger.close()
    return url


@pytest.fixture
def file(migrated: Path, tmp_path: Path) -> Path:
    """Return the file of an empty ledger."""
    return Path(shutil.copy(migrated, tmp_path / "ledger.db"))


@pytest.fixture
def place(kind: str, request: pytest.FixtureRequest) -> Iterator[Path | str]:
    """Return where an empty ledger is: its file, or the URL of its database."""
    if kind == "sqlite":
        yield request.getfixturevalue("file")
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.database(template=request.getfixturevalue("migrated_database"))
    yield url
    server.drop(url)


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    """Return the file of the audit trail's heads."""
    return tmp_path / "anchors"


@pytest.fixture
def open_ledger(place: Path | str, anchors: Path, key: bytes) -> Iterator[Opener]:
    """Return what opens the ledger once more, as another process would."""
    opened: list[Ledger] = []

    def again() -> Ledger:
        opened.append(a_ledger(place, key, anchors=anchors))
        return opened[-1]

    yield again
    for each in opened:
        each.close()


@pytest.fixture
def ledger(open_ledger: Opener) -> Ledger:
    """Return an empty ledger."""
    return open_ledger()
