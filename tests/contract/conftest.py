"""A ledger of its own for each test, in a file, as in production."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from orchestrator.ledger.store import Ledger
from tests.builders import a_ledger

Opener = Callable[[], Ledger]


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


@pytest.fixture
def file(migrated: Path, tmp_path: Path) -> Path:
    """Return the file of an empty ledger."""
    return Path(shutil.copy(migrated, tmp_path / "ledger.db"))


@pytest.fixture
def open_ledger(file: Path, key: bytes) -> Iterator[Opener]:
    """Return what opens the ledger once more, as another process would."""
    opened: list[Ledger] = []

    def again() -> Ledger:
        opened.append(a_ledger(file, key))
        return opened[-1]

    yield again
    for each in opened:
        each.close()


@pytest.fixture
def ledger(open_ledger: Opener) -> Ledger:
    """Return an empty ledger."""
    return open_ledger()
