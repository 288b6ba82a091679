"""Those that look for a control again: each describes it on the old screen, and finds it, or nothing, on the new one.

`describe(page, many)` is given the screen as it was, with its controls numbered, and returns what it remembers of each
number; `find(page, remembered)` returns for each what it found: "right", "wrong", or None for nothing. Several are
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from playwright.sync_api import Page

from bots.browser import likeness, resolver
from bots.browser.recorder import element_of
from bots.browser.selector_map import Element
from tests.bench.drift.page import ask

Answer = str | None

#: The paths to all numbers.
_PATHS = "return Array.from({ length: ask }, (_, truth) => pathTo(numbered.get(truth), false));"


class Contender(Protocol):
    """One way to find things again."""

    name: str

    def describe(self, page: Page, many: int) -> list[Any]:
        """Return what is remembered of each number."""

    def find(self, page: Page, remembered: list[Any]) -> list[Answer]:
        """Return what is found now."""


class XPath:
    """The absolute XPath, as browsers' developer tools copy it."""

    name = "absolute XPath"

    def describe(self, page: Page, many: int) -> list[Any]:
        """Return the paths."""
        paths: list[Any] = ask(page, _PATHS, many)
        return paths

    def find(self, page: Page, remembered: list[Any]) -> list[Answer]:
        """Evaluate them."""
        found: list[Answer] = ask(page, "return ask.map((path, truth) => judge(byPath(path), truth));", remembered)
        return found


class Css:
    """One CSS selector: by id, by name or by classes, if that led there alone; else by the way from the nearest id."""

    name = "single CSS"

    def describe(self, page: Page, many: int) -> list[Any]:
        """Return the selectors."""
        said = "return Array.from({ length: ask }, (_, truth) => singleCss(numbered.get(truth)));"
        selectors: list[Any] = ask(page, said, many)
        return selectors

    def find(self, page: Page, remembered: list[Any]) -> list[Answer]:
        """Query them."""
        said = "return ask.map((css, truth) => judge(only([...document.querySelectorAll(css)]), truth));"
        found: list[Answer] = ask(page, said, remembered)
        return found


class Playwrights:
    """The locator that Playwright generates itself (`Locator.normalize`)."""

    name = "Playwright's generated locator"

    def describe(self, page: Page, many: int) -> list[Any]:
        """Return the selectors behind them: a locator belongs to its page."""
        paths = ask(page, _PATHS, many)
        return [page.locator(f"xpath={path}").normalize()._impl_obj._selector for path in paths]

    def find(self, page: Page, remembered: list[Any]) -> list[Answer]:
        """Ask each; more than one is an error to Playwright."""
        for each in remembered:
            page.locator(each).evaluate_all("(found) => (window.found ??= []).push(found)")
        said = (
            "const each = window.found; delete window.found;return each.map((many, truth) => judge(only(many), truth));"
        )
        found: list[Answer] = ask(page, said, None)
        return found


class Similo:
    """Similarity by Similo's published weights, without refusal."""

    name = "Similo"

    def describe(self, page: Page, many: int) -> list[Any]:
        """Return all of their properties."""
        said = "return Array.from({ length: ask }, (_, truth) => properties(numbered.get(truth)));"
        found: list[Any] = ask(page, said, many)
        return found

    def find(self, page: Page, remembered: list[Any]) -> list[Answer]:
        """Take the most similar control."""
        said = (
            "const { seen } = portrait(document); const others = seen.map(properties);"
            "return ask.map((mine, truth) => judge(seen[similar(mine, others)], truth));"
        )
        found: list[Answer] = ask(page, said, remembered)
        return found


class Flotta:
    """The map's entry, as a bot that nobody watches finds it."""

    name = "Flotta, unattended"

    def describe(self, page: Page, many: int) -> list[Any]:
        """Return the entries that `recorder.describe` makes."""
        said = ask(
            page, "return Array.from({ length: ask }, (_, truth) => describe(document, numbered.get(truth)));", many
        )
        return [_element(each) for each in said]

    def find(self, page: Page, remembered: list[Element]) -> list[Answer]:
        """Weigh them, as `resolver.weigh` does."""
        self._look = _look(page, remembered)
        return _judged(page, [each.at for each in self._look.weighed.values()])

    def told(self, truth: int) -> str:
        """Return how that number was found, or why not, and what was taken for it."""
        weighed, linked = self._look.weighed[str(truth)], self._look.linked
        if linked is None or weighed.at is None or weighed.at >= len(self._look.shown):
            return weighed.why
        levels = {name: int(levels[truth, weighed.at]) for name, levels in linked.levels.items()}
        return f"{weighed.why} {linked.bits[truth, weighed.at]:.1f} bits {levels}\n   {self._look.shown[weighed.at]}"


def proposals(page: Page, remembered: Sequence[Element], most: int = 3) -> list[list[Answer]]:
    """Return what each of the first proposals for each number is: "right", "wrong", or None for "not there"."""
    linked = _look(page, remembered).linked
    if linked is None:
        raise RuntimeError("no control is shown")
    first = [likeness.rank(linked, row)[:most] for row in range(len(remembered))]
    judged = [_judged(page, [answers[place].at for answers in first]) for place in range(most)]
    return [list(answers) for answers in zip(*judged, strict=True)]


def _look(page: Page, remembered: Sequence[Element]) -> resolver.Look:
    look = resolver.weigh(page, {str(truth): each for truth, each in enumerate(remembered)})
    if look is None:
        raise RuntimeError("there is no page")
    return look


def _judged(page: Page, places: Sequence[int | None]) -> list[Answer]:
    """Return what each place among the page's controls is. What is found and is no control is nobody's."""
    said = (
        "const { seen } = portrait(document);"
        "return ask.map((at, truth) => (at === null ? null : judge(seen[at] ?? document.body, truth)));"
    )
    judged: list[Answer] = ask(page, said, list(places))
    return judged


def _element(said: dict[str, Any]) -> Element:
    types = said["fingerprint"]["role"] in {"textbox", "combobox"}
    return element_of(said, action="fill" if types else "click", holds="other")


ALL: tuple[type[Contender], ...] = (XPath, Css, Playwrights, Similo, Flotta)
