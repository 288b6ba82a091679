"""Find the one element that a map means and make it ready for an act, or refuse.

A locator that finds nothing abstains; one that finds another element, or several, dissents. How much agreement is
needed depends on what a wrong click would do:

    safe            one finds it, none dissents
    write           two independent families (wording, structure) find it, none dissents
    irreversible    every locator of the map finds it

All of it is asked in the page, in one round trip (`act.js`): find, wait until it can be used, fill, or arm the page for
the one click that follows. (Decided 2026-11-22: Playwright's own locators say the same, but bring 30 to 60 ms of script
into each document and walk it several times for each role; a click of theirs is checked when it starts, ours in the
page, by its deadline and its target, at the moment when it lands.)
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bots.errors import Sighting

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from bots.browser.selector_map import Element


@cache
def script(body: str) -> str:
    """Return a function of `ask` for the page, with `sight.js` before its body: one of the kit's files, or its text."""
    folder = Path(__file__).parent
    own = (folder / body).read_text(encoding="utf-8") if body.endswith(".js") else body
    return f"async (ask) => {{ {(folder / 'sight.js').read_text(encoding='utf-8')}\n{own} }}"


def ready(
    page: Page,
    element: Element,
    action: str,
    *,
    limit: float,
    value: str | None = None,
    deadline: float | None = None,
) -> dict[str, Any]:
    """Do what can be done in the page of one act: `fill` and `select` whole, `press` and `click` up to the event.

    `limit` is how long to wait for the element, in milliseconds; `deadline` until when the event may come, in
    milliseconds since 1970. Returns how it went as `end`:

        done        with the point to click, `x` and `y`
        missing     nothing is found, or not for certain; `counts` are what each locator found
        unusable    it is hidden, disabled, or does not keep what it is given
        covered     something lies over it, or moves it
        missed      the page stopped the act before this one: it would have landed somewhere else
    """
    found: dict[str, Any] = page.evaluate(
        script("act.js"),
        {"element": _for_page(element), "action": action, "value": value, "deadline": deadline, "limit": limit},
    )
    return found


def found(page: Page, element: Element) -> tuple[bool, tuple[Sighting, ...]]:
    """Return whether the element is found for certain now, and what each of its locators finds in its scope."""
    certain, counts = page.evaluate(
        script(
            "const { root } = rooted(ask); return root ? [meant(root, ask).length, counted(root, ask)] : [0, null];"
        ),
        _for_page(element),
    )
    return bool(certain), told(element, counts)


def told(element: Element, counts: list[int] | None) -> tuple[Sighting, ...]:
    """Return the counts with the locators that they are of."""
    return tuple(
        Sighting(str(spec), count)
        for spec, count in zip(element.locators, counts or [0] * len(element.locators), strict=True)
    )


def _for_page(element: Element) -> dict[str, Any]:
    return {
        "danger": element.danger,
        "frame": element.frame,
        "within": element.within.for_page() if element.within else None,
        "locators": [spec.for_page() for spec in element.locators],
    }
