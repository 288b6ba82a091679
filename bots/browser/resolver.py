"""Find the one element that a map means, or refuse.

A locator that finds nothing abstains; one that finds another element, or several, dissents. How much agreement is
needed depends on what a wrong click would do:

    safe            one finds it, none dissents
    write           two independent families (wording, structure) find it, none dissents
    irreversible    every locator of the map finds it

All locators of an element are asked together, in the page, at the moment of the action. `engine.js` is a selector
engine in Playwright, so its waiting and its clicks are Playwright's own, and a screen that is not ready is asked again.
(Decided 2026-11-22: Playwright's own locators, composed with `or_` and `and_`, say the same, but walk the whole page
several times for each role; the first such action on a page took 30 ms longer.)
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from playwright.sync_api import Error as PlaywrightError

from bots.browser.selector_map import Element
from bots.browser.selector_map import Locator as Spec
from bots.errors import Sighting

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page, Playwright

ENGINE = "map"


def script(name: str) -> str:
    """Return one of the kit's page scripts, as the body of a function, with `sight.js` before it."""
    folder = Path(__file__).parent
    return "\n".join((folder / file).read_text(encoding="utf-8") for file in ("sight.js", name))


def register(playwright: Playwright) -> None:
    """Teach Playwright the engine. To be done once, before the first page; a second time does nothing."""
    with suppress(PlaywrightError):
        # Beside the page's own scripts, where Playwright's run: a page cannot change what the engine sees with.
        playwright.selectors.register(ENGINE, f"(() => {{ {script('engine.js')} }})()", content_script=True)


def resolve(page: Page, element: Element) -> Locator:
    """Return a locator that matches the one element meant, and nothing at all when the evidence does not suffice.

    The answer is lazy: it is true at the moment it is used, not at the moment of this call. When an action on it times
    out, `sightings` tells why.
    """
    return _asked(page, element, element.danger, element.locators)


def sightings(page: Page, element: Element) -> tuple[Sighting, ...]:
    """Return what each locator alone finds in the element's scope. Only for explaining: one round trip per locator."""
    return tuple(Sighting(str(spec), _asked(page, element, "each", [spec]).count()) for spec in element.locators)


def _asked(page: Page, element: Element, danger: str, locators: list[Spec]) -> Locator:
    root: Page | FrameLocator = page.frame_locator(element.frame) if element.frame else page
    ask = {
        "danger": danger,
        "within": element.within.for_page() if element.within else None,
        "locators": [spec.for_page() for spec in locators],
    }
    return root.locator(f"{ENGINE}={quote(json.dumps(ask))}")
