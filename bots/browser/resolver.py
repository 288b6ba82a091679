"""Find the one element that a map means, or refuse.

A locator that finds nothing abstains; one that finds another element, or several, dissents. How much agreement is
needed depends on what a wrong click would do:

    safe            one finds it, none dissents
    write           two independent kinds (wording, structure) find it, none dissents
    irreversible    every locator of the map finds it

Agreement is checked at the moment of the action, by one composed locator, so that it costs no round trip of its own:
with U all that any locator matches in its scope and X those matched there by enough of them,
`root.filter(has_not=U.nth(1)).locator(X)` matches nothing when there is no match, a conflict, or a twin.
"""

from __future__ import annotations

import re
from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING, Any, cast

from bots.browser.selector_map import Element
from bots.browser.selector_map import Locator as Spec
from bots.errors import Sighting

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page

#: What may stand around a name without being part of it: icon glyphs, arrows, and a badge's count at the end.
_BEFORE = r"^[^0-9A-Za-zÀ-ÖØ-öø-ɏ]*"
_AFTER = r"(?:[^0-9A-Za-zÀ-ÖØ-öø-ɏ]+\(?\d+\)?)?[^0-9A-Za-zÀ-ÖØ-öø-ɏ]*$"


def find(page: Page, spec: Spec) -> Locator:
    """Return the Playwright locator for one locator of a map, with names normalised."""
    value = cast("str", getattr(spec, spec.kind))
    match spec.kind:
        case "role":
            wanted = normalised(spec.name, exact=spec.exact) if spec.name is not None else None
            return page.get_by_role(cast("Any", value), name=wanted)
        case "label":
            return page.get_by_label(normalised(value, exact=spec.exact))
        case "placeholder":
            return page.get_by_placeholder(value, exact=spec.exact)
        case "text":
            return page.get_by_text(normalised(value, exact=False))
        case "title":
            return page.get_by_title(value, exact=spec.exact)
        case "test_id":
            return page.get_by_test_id(value)
        case "href":
            return page.locator(f'a[href="{value}"]')
        case _:
            return page.locator(value)


def normalised(name: str, *, exact: bool) -> re.Pattern[str]:
    """Return a pattern for a name as people read it: any white space, any case, no glyphs or badge counts."""
    words = r"\s+".join(re.escape(word) for word in name.split())
    return re.compile(f"{_BEFORE}{words}{_AFTER}" if exact else words, re.IGNORECASE)


def _root(page: Page, element: Element) -> Locator:
    root: Page | FrameLocator = page.frame_locator(element.frame) if element.frame else page
    return root.locator(":root")


def _scoped(page: Page, element: Element, found: Locator) -> Locator:
    return found if element.within is None else find(page, element.within).locator(found)


def resolve(page: Page, element: Element) -> Locator:
    """Return a locator that matches the one element meant, and nothing at all when the evidence does not suffice.

    The answer is lazy: it is true at the moment it is used, not at the moment of this call. When an action on it times
    out, `sightings` tells why.
    """
    found = [find(page, spec) for spec in element.locators]
    either = reduce(lambda one, other: one.or_(other), found)
    match element.danger:
        case "safe":
            agreed = either
        case "write":
            pairs = [
                one.and_(other)
                for (one, a), (other, b) in combinations(zip(found, element.locators, strict=True), 2)
                if a.family != b.family
            ]
            agreed = reduce(lambda one, other: one.or_(other), pairs)
        case _:
            agreed = reduce(lambda one, other: one.and_(other), found)
    # Twins are counted over the whole document, since a scope that is there twice keys nothing.
    twin = _scoped(page, element, either).nth(1)
    return _root(page, element).filter(has_not=twin).locator(_scoped(page, element, agreed))


def sightings(page: Page, element: Element) -> tuple[Sighting, ...]:
    """Return what each locator alone finds in the element's scope. Only for explaining: one round trip per locator."""
    root = _root(page, element)
    return tuple(
        Sighting(str(spec), root.locator(_scoped(page, element, find(page, spec))).count()) for spec in element.locators
    )
