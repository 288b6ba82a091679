"""What every screen test stands on: the product's browser with no way out, a mock per UI version, a signed-in bot."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from bots.browser import screen
from bots.browser import session as kit
from bots.screens.lifecare import Lifecare
from fixtures.mockui.server import Spec, serve
from tests.choice import run_with_each
from tests.screens.mock import LACKS, TODAY, VERSIONS, Mock
from tests.screens.portal import a_session, account, sign_in_beside
from tests.screens.site import Site, serving

#: Names are not looked up and no other address is dialled, so a page can reach nothing but this machine.
_NO_WAY_OUT = kit._LOCAL


@pytest.fixture(scope="session")
def browser_type_launch_args(playwright: Playwright) -> dict[str, object]:
    """Find and start the browser as the product does."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        "executable_path": kit.find_browser(playwright, os.environ.get("FLOTTA_BROWSER")),
        "args": [*kit._QUIET, _NO_WAY_OUT, *as_root],
    }


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Open a context as the product does."""
    with kit.new_context(browser) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Serve one mock per UI version for the module; tests put theirs back to the beginning."""
    versions = (*VERSIONS, "2025.10")
    with serve([Spec("lifecare", ui=ui, rows=60, seed=1, today=TODAY, name=ui) for ui in versions]) as urls:
        yield urls


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that uses `ui` once for each UI version that has a map: what they are alike in is shown here.

    One that is marked with what it `needs` runs on the versions that have it.
    """
    needed = {each for mark in metafunc.definition.iter_markers("needs") for each in mark.args}
    run_with_each(metafunc, "ui", [each for each in VERSIONS if not needed & LACKS.get(each, set())])


@pytest.fixture
def ui(request: pytest.FixtureRequest) -> str:
    """Name the UI version that this test runs with."""
    return str(request.param)


@pytest.fixture
def mock(addresses: dict[str, str], ui: str) -> Mock:
    """Return the mock of this UI version, in its seeded state and without faults."""
    return Mock(addresses[ui], ui).fresh()


@pytest.fixture
def lifecare(page: Page, mock: Mock) -> Lifecare:
    """Return Lifecare by the version's map, not signed in."""
    return Lifecare(a_session(page, mock), account())


@pytest.fixture
def signed_in(lifecare: Lifecare, mock: Mock, context: BrowserContext) -> Lifecare:
    """Return Lifecare by the version's map, signed in with the right to remove.

    Signed in beside the browser, which saves three pages a test; signing in on the screens has tests of its own.
    """
    sign_in_beside(context, mock)
    return lifecare


@pytest.fixture
def answers(page: Page, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the list into which everything comes that leaves the page from now on."""
    left: list[Any] = []
    evaluate = page.evaluate

    def overheard(*what: Any) -> Any:
        answer = evaluate(*what)
        # How the browser writes the address from the settings is nothing of the page's.
        if not what[0].startswith("(url) => new URL"):
            left.append(answer)
        return answer

    monkeypatch.setattr(page, "evaluate", overheard)
    return left


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give what is not there a second to come instead of the usual time, in tests where it never comes."""
    monkeypatch.setattr(screen, "ELEMENT", 1_000)
    monkeypatch.setattr(screen, "ARRIVAL", 1_000)


@pytest.fixture(scope="module")
def literal_site() -> Iterator[Site]:
    """Serve small literal pages for the module."""
    with serving() as site:
        yield site


@pytest.fixture
def site(literal_site: Site) -> Site:
    """Return the server of literal pages with no page and an empty journal."""
    return literal_site.fresh()
