"""Tell which map fits the live system, by marks that the page itself shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import tenacity
from playwright.sync_api import Error as PlaywrightError

from bots.browser import failures
from bots.browser.selector_map import base, in_order
from bots.errors import ScreenNotReady, SystemUnreachable, VersionUnknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

    from bots.browser.selector_map import Probe, SelectorMap

#: What a page shows of its version once it is whole: `metas` by name, `assets` as a list of addresses.
MARKS = """async () => {
  if (document.readyState === 'loading') await new Promise((whole) => addEventListener('DOMContentLoaded', whole));
  return {
    metas: Object.fromEntries([...document.querySelectorAll('meta[name]')].map((meta) => [meta.name, meta.content])),
    assets: [...document.querySelectorAll('script[src], link[href]')].map((asset) => asset.src || asset.href),
  };
}"""
_TRYING = tenacity.Retrying(
    retry=tenacity.retry_if_exception_type(SystemUnreachable),
    stop=tenacity.stop_after_attempt(5),
    wait=tenacity.wait_exponential_jitter(multiplier=0.1, max=1, jitter=0.1),
    reraise=True,
)


def fitting(page: Page, base_url: str, maps: list[SelectorMap]) -> SelectorMap:
    """Open the system's start address and return the one map whose every probe agrees with the page.

    A map that another one of them names as its parent has been replaced by it.

    Raises SystemUnreachable, or VersionUnknown when no map fits; two maps that fit are as unknown as none.
    """
    marks = marks_of(page, base_url, maps[0].system)
    fits = of_marks(maps, marks)
    if len(fits) == 1:
        return fits[0]
    if not is_of(maps, marks):
        raise SystemUnreachable(maps[0].system, base_url, FOREIGN)
    shown = {
        **{
            f"meta {probe.meta}": marks["metas"][probe.meta]
            for probe in maps[0].identify
            if probe.meta in marks["metas"]
        },
        "filer": " ".join(files(marks)),
    }
    raise VersionUnknown(maps[0].system, shown, [each.version for each in maps])


#: What is said of a page that shows nothing of the system.
FOREIGN = "adressen visar något annat än systemet (stängt för underhåll, eller en sida i nätet emellan)"


def is_of(maps: Sequence[SelectorMap], marks: dict[str, Any]) -> bool:
    """Return whether a page shows any mark by which a version of the system is told, whichever version it is."""
    probes = [probe for each in maps for probe in each.identify if not probe.absent]
    return any(
        probe.meta in marks["metas"] if probe.meta is not None else _shows(probe, marks) or _resembles(probe, marks)
        for probe in probes
    )


def _resembles(probe: Probe, marks: dict[str, Any]) -> bool:
    """Return whether a page has a file whose name begins as the map's does: that of another version."""
    name = re.match(r"[\w-]{3,}", re.sub(r"\\(.)", r"\1", (probe.asset or "").rpartition("/")[2]).lstrip("^"))
    return name is not None and any(file.startswith(name[0]) for file in files(marks))


def marks_of(page: Page, base_url: str, system: str) -> dict[str, Any]:
    """Open the start address and return the marks it shows: `metas` by name, `assets` as a list of addresses.

    Raises SystemUnreachable when none of a few tries shows them.
    """
    return _TRYING(_marks_of, page, base_url, system)


def _marks_of(page: Page, base_url: str, system: str) -> dict[str, Any]:
    try:
        # Asked for before the page is whole: a person at the screen may click it away the moment that it is.
        response = page.goto(base_url, wait_until="commit")
        if response is None or response.status >= 500:  # noqa: PLR2004 - HTTP's server errors
            raise SystemUnreachable(system, base_url, f"svarade {response.status}" if response else "")
        marks: dict[str, Any] = page.evaluate(MARKS)
    except PlaywrightError as error:
        raise SystemUnreachable(system, base_url, failures.said(error.message)) from error
    return marks


def files(marks: dict[str, Any]) -> list[str]:
    """Return the names of the files that a page is made of (`MARKS`)."""
    return [asset.rsplit("/", 1)[-1].partition("?")[0] for asset in marks["assets"] if not asset.startswith("data:")]


def of_marks(maps: list[SelectorMap], marks: dict[str, Any]) -> list[SelectorMap]:
    """Return the maps that fit what a page shows (`MARKS`), but for those that another one of them has replaced.

    It has where it names the map as its parent, or is a later map of the same version: of two that were made from one
    parent, `2024.04+1` and `2024.04+2`, the later was approved with the other already there.
    """
    fits = [each for each in maps if fits_marks(each, marks)]
    return [each for each in fits if not any(_replaces(other, each) for other in fits)]


def _replaces(other: SelectorMap, one: SelectorMap) -> bool:
    is_later = in_order(other.version) > in_order(one.version)
    return other.parent == one.version or (is_later and base(other.version) == base(one.version))


def nearest(maps: list[SelectorMap], marks: dict[str, Any]) -> SelectorMap:
    """Return the map that fits what a page shows (`MARKS`); where none does, the last one of no later version.

    `maps` are sorted, the newest first, as `load_all` returns them. Where no version is shown either, the newest.
    """
    if fits := of_marks(maps, marks):
        return fits[0]
    shown = {marks["metas"].get(probe.meta) for each in maps for probe in each.identify if probe.meta} - {None}
    earlier = (each for each in maps if any(in_order(each.version) <= in_order(str(now)) for now in shown))
    return next(earlier, maps[0])


def fits_marks(selector_map: SelectorMap, marks: dict[str, Any]) -> bool:
    """Return whether every probe of the map agrees with what a page shows (`MARKS`) before anybody has signed in."""
    return all(_agrees(probe, marks) for probe in selector_map.identify if not probe.inside)


def raise_unless_inside(page: Page, selector_map: SelectorMap) -> None:
    """Raise VersionUnknown when a page lacks what only who is signed in sees of the map's version."""
    probes = [probe for probe in selector_map.identify if probe.inside]
    if not probes:
        return
    try:
        marks = page.evaluate(MARKS)
    except PlaywrightError as error:
        raise ScreenNotReady("identify", failures.said(error.message)) from error
    if not all(_agrees(probe, marks) for probe in probes):
        raise VersionUnknown(selector_map.system, {"filer": " ".join(files(marks))}, [selector_map.version])


def _agrees(probe: Probe, marks: dict[str, Any]) -> bool:
    return _shows(probe, marks) is not probe.absent


def _shows(probe: Probe, marks: dict[str, Any]) -> bool:
    if probe.meta is not None and probe.matches is not None:
        return re.fullmatch(probe.matches, marks["metas"].get(probe.meta, "")) is not None
    return any(re.search(probe.asset or "$^", asset) for asset in marks["assets"])
