"""A system of one literal page, with a map of its own: for what a whole mock would only hide."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import Page

from bots.browser.screen import Screen
from bots.browser.selector_map import SelectorMap
from bots.browser.session import Session
from orchestrator.bootstrap import now
from tests.screens.site import Site

#: Posts when it is called, and shows the receipt.
POST = "fetch('/skriv', {method: 'POST'}).then(() => { document.querySelector('output').textContent = 'Kvittens 7' })"
#: A page whose button writes, with a harmless one beside it.
PAGE = f'<h1>Ärende</h1><button class="skriv" onclick="{POST}">Skriv</button><button>Visa</button><output></output>'
#: The same by a form: the answer is a document of its own.
FORM = '<h1>Ärende</h1><form method="post" action="/skriv"><input name="a"><button class="skriv">Skriv</button></form>'
ANSWER = "<h1>Ärende</h1><output>Kvittens 7</output>"


def a_map(
    tables: dict[str, Any] | None = None,
    view: dict[str, Any] | None = None,
    fields: dict[str, Any] | None = None,
    more: dict[str, Any] | None = None,
    path: str = "/",
    url: str = r"^/(\?|$)",
    screen: dict[str, Any] | None = None,
    **write: Any,
) -> SelectorMap:
    """Return a map of a page where `write` is irreversible and `view` is safe; what is given changes these.

    `more` are further elements; `screen` is all else of the page.
    """
    element = {
        "danger": "irreversible",
        "locators": [{"role": "button", "name": "Skriv"}, {"css": "button.skriv"}],
        "after": {"any_of": [{"role": "status"}], "receipt": r"Kvittens (\d+)"},
    }
    return SelectorMap.model_validate(
        {
            "format": 1,
            "system": "litet",
            "version": "1",
            "identify": [{"asset": "litet"}, {"asset": "litet.1"}],
            "screens": {
                "sign_in": {"identity": {"url": "^/in$", "all_of": [{"role": "heading", "name": "Logga in"}]}},
                "page": {
                    "path": path,
                    "fields": fields or {},
                    "identity": {"url": url, "all_of": [{"role": "heading", "name": "Ärende"}]},
                    "tables": tables or {},
                    "elements": {
                        "write": {**element, **write},
                        "view": {"locators": [{"role": "button", "name": "Visa"}], **(view or {})},
                        "shut": {"navigates": True, "locators": [{"role": "button", "name": "Stäng"}]},
                        **(more or {}),
                    },
                    **(screen or {}),
                },
            },
        }
    )


def shown(page: Page, site: Site, body: str = PAGE, clock: Callable[[], datetime] = now, **mapped: Any) -> Screen:
    """Serve the body, and return its screen, not opened yet. The session waits half a second for an answer."""
    site.show(body)
    site.show(ANSWER, "/skriv")
    session = Session(page, a_map(**mapped), site.url, now=clock, patience=timedelta(milliseconds=500))
    return session.screen("page")


def opened(page: Page, site: Site, body: str = PAGE, clock: Callable[[], datetime] = now, **mapped: Any) -> Screen:
    """Serve the body, open it by its map, and return the screen."""
    screen = shown(page, site, body, clock, **mapped)
    screen.open()
    return screen
