"""A screen that stands still: its controls by number, changes to it, and the way back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from bots.browser import resolver

_HERE = Path(__file__).parent
#: How long after it was loaded a template's own scripts may go on. Milliseconds.
SETTLED = 400

_STILL = """() => {
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll('script').forEach((each) => each.remove());
  window.stillAs = copy.innerHTML;
}"""
_BACK = """(xpaths) => {
  document.body.innerHTML = window.stillAs;
  xpaths.forEach((xpath, truth) => {
    if (xpath === null) return;
    document.evaluate(xpath, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue.truth = truth;
  });
}"""
_XPATHS = """
  const step = (node) => `/${node.localName}[${1 + [...node.parentNode.children].filter((each) =>
    each.localName === node.localName).indexOf(node)}]`;
  const path = (node) => (node === document.documentElement ? '/html' : path(node.parentNode) + step(node));
  return portrait(document).seen.filter((node) => node.getRootNode() === document).map(path);
"""
_LEFT = "() => [...document.querySelectorAll('*')].flatMap((node) => (node.truth === undefined ? [] : [node.truth]))"


@contextmanager
def still(browser: Browser, file: Path) -> Iterator[Page]:
    """Open a file without a network, let its scripts come to an end, and take them away."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, offline=True)
    page = context.new_page()
    page.goto(file.as_uri(), wait_until="load")
    page.wait_for_timeout(SETTLED)
    page.evaluate(_STILL)
    try:
        yield page
    finally:
        context.close()


def back(page: Page, xpaths: Sequence[str | None]) -> None:
    """Bring it back to where it stood still, and number the controls that the XPaths lead to."""
    page.evaluate(_BACK, list(xpaths))


def controls(page: Page) -> list[str]:
    """Return the XPath of every control that the page shows, shadow roots and frames apart."""
    found: list[str] = ask(page, _XPATHS)
    return found


def mutate(page: Page, kind: str, seed: int) -> set[int]:
    """Change it in one of the ways of `mutate.js`, and return the numbers of the controls that are still there."""
    page.evaluate(f"(ask) => {{ {_source('mutate.js')}\nKINDS[ask.kind](); }}", {"kind": kind, "seed": seed})
    return set(page.evaluate(_LEFT))


def kinds(page: Page) -> list[str]:
    """Return the ways in which `mutate.js` can change a page."""
    found: list[str] = page.evaluate(f"(ask) => {{ {_source('mutate.js')}\nreturn Object.keys(KINDS); }}", {"seed": 0})
    return found


def ask(page: Page, body: str, of: Any = None) -> Any:
    """Return what the page says, by the kit's own scripts and the peers'."""
    scripts = resolver.script(
        "fingerprint.js", "describe.js", _source("similo.js"), _source("judge.js"), body
    )  # fmt: skip
    return page.evaluate(scripts, of)


@cache
def _source(file: str) -> str:
    return (_HERE / file).read_text(encoding="utf-8")
