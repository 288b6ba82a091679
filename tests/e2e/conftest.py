"""What every end-to-end test stands on: a house of its own, and a mock Lifecare that outlives its workers."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fixtures.mockui.faults import parse
from fixtures.mockui.server import Spec, serve
from tests.e2e.house import ROOT, SETTLE, TODAY, VERSIONS, House, Lifecare, Record, is_setting

#: Serves a mock: `serving(rows=8)`.
Serving = Callable[..., Lifecare]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Return an empty house. What is left of its processes ends with the test."""
    for name in filter(is_setting, list(os.environ)):
        monkeypatch.delenv(name)
    made = House(tmp_path / "house")
    yield made
    made.close()


@pytest.fixture
def hasty(house: House, tmp_path: Path) -> House:
    """Return a house that waits out a lost write for seconds, where nothing that the mock does takes longer."""
    maps = tmp_path / "maps" / "lifecare"
    maps.mkdir(parents=True)
    for file in (ROOT / "selectors" / "lifecare").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        assert "settle: 3" in text
        (maps / file.name).write_text(text.replace("settle: 3", f"settle: {SETTLE}"), encoding="utf-8")
    house.environment |= {"FLOTTA_MAPS": str(maps.parent), "FLOTTA_WRITE_DEADLINE": "PT3S"}
    return house


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
