"""Make map entries from what a page shows now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bots.browser import resolver
from bots.browser.selector_map import Action, Element, Fingerprint, Holds, Locator

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle
    from playwright.sync_api import Locator as PlaywrightLocator


def describe(
    locator: PlaywrightLocator | ElementHandle, *, action: Action = "click", holds: Holds | None = None
) -> Element:
    """Return the map's entry for one live element: ways that lead to it alone now, best first, and its fingerprint.

    It is `safe`: a person says what else it is. Raises ValueError when it is no control that can be seen, or when
    nothing leads to it alone and it may not be found by its fingerprint.
    """
    said = locator.evaluate(
        resolver.script("fingerprint.js", "describe.js", "return describe(node.ownerDocument, node);", takes="node")
    )
    return element_of(said, action=action, holds=holds)


def element_of(said: dict[str, Any], *, action: Action = "click", holds: Holds | None = None) -> Element:
    """Return the entry that `describe.js` has described. Raises ValueError as `describe` does."""
    locators = [locator for way in said["locators"] if (locator := _locator(way)) is not None]
    if said["fingerprint"] is None:
        raise ValueError("no control that can be seen")
    return Element(
        action=action, holds=holds, locators=locators, fingerprint=Fingerprint.model_validate(said["fingerprint"])
    )


def _locator(way: dict[str, Any]) -> Locator | None:
    """Return one way as a locator, or None when it is one that the map does not take: it would not last."""
    try:
        return Locator.model_validate({way["kind"]: way["value"], "name": way["name"]})
    except ValidationError:
        return None
