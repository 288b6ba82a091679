"""Which map fits a page, by the marks that it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from playwright.sync_api import Error as PlaywrightError

from bots.browser.selector_map import Probe
from bots.browser.versions import fits_marks, fitting, is_of, nearest, of_marks
from bots.errors import SystemUnreachable, VersionUnknown
from tests.fakes import the_map

if TYPE_CHECKING:
    from playwright.sync_api import Page

MAPS = [the_map("2024.04"), the_map("2023.10")]


class FakePage:
    """A start page that shows these marks, or doesn't come."""

    def __init__(self, version: str, *assets: str, status: int | None = 200, tries: int | None = None) -> None:
        """`status` None is a page that can't be reached at all; it holds for so many `tries`, or for all."""
        self.version, self.assets, self.status, self.tries = version, assets, status, tries

    def goto(self, url: str, **_how: Any) -> FakePage:
        """Arrive, or fail as Playwright does."""
        if self.tries is not None:
            self.tries, self.status = self.tries - 1, self.status if self.tries else 200
        if self.status is None:
            raise PlaywrightError(f"net::ERR_CONNECTION_REFUSED at {url}")
        return self

    def evaluate(self, _script: str) -> dict[str, Any]:
        """Return the marks."""
        return {"metas": {"app-version": self.version}, "assets": list(self.assets)}


def fits(page: FakePage) -> str:
    return fitting(cast("Page", page), "http://lifecare.test", MAPS).version


def asset(version: str) -> str:
    """Return an address that the version's second probe knows."""
    (pattern,) = (probe.asset for probe in the_map(version).identify if probe.asset)
    return "http://lifecare.test/static/" + pattern.replace("\\", "")


@pytest.mark.parametrize("version", ["2023.10", "2024.04"])
def test_the_map_whose_probes_all_agree_is_the_one(version: str) -> None:
    """Two marks, of two kinds."""
    assert fits(FakePage(version, "http://lifecare.test/x.css", asset(version))) == version


@pytest.mark.parametrize(
    ("shown", "expected"),
    [(("2024.04", "a.js"), True), (("2024.04", "a.js", "b.js"), False), (("2024.04", "b.js"), False)],
)
def test_a_version_may_be_told_by_what_it_lacks(shown: tuple[str, ...], *, expected: bool) -> None:
    """Where nothing else sets two apart."""
    marks = {"metas": {"app-version": shown[0]}, "assets": list(shown[1:])}
    probes = [Probe(asset="a"), Probe(asset="b", absent=True)]

    assert fits_marks(MAPS[0].model_copy(update={"identify": probes}), marks) is expected


def test_a_page_with_a_mark_of_another_version_is_the_systems() -> None:
    """So that a new version is not taken for a page of maintenance."""
    assert is_of(MAPS, {"metas": {"app-version": "2031.01"}, "assets": []})
    assert is_of(MAPS, {"metas": {}, "assets": ["http://lifecare.test/static/lifecare.9f9f9f9f.js"]})
    assert not is_of(MAPS, {"metas": {"viewport": "x"}, "assets": ["http://lifecare.test/bootstrap.css"]})


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("2024.10", "2024.04"), ("2024.04", "2024.04"), ("2023.11", "2023.10"), ("2031.1", "2024.04"),
        # Older than all of them, and none at all.
        ("2019.1", "2024.04"), (None, "2024.04"),
    ],
)  # fmt: skip
def test_what_no_map_fits_is_drafted_from_the_last_one_before_it(shown: str | None, expected: str) -> None:
    """A system is seldom rebuilt from one version to the next, and another family of screens helps nobody."""
    marks = {"metas": {} if shown is None else {"app-version": shown}, "assets": []}
    newest_first = sorted(MAPS, key=lambda each: each.version, reverse=True)

    assert nearest(newest_first, marks).version == expected


@pytest.mark.parametrize(
    "page",
    [
        FakePage("2025.10", "lifecare.aaaaaaaa.js"),
        FakePage("2024.04", "lifecare.aaaaaaaa.js"),
        FakePage("2024.04", asset("2023.10")),
        FakePage("2025.10", asset("2024.04")),
        FakePage("2024.04.1", asset("2024.04")),
        FakePage("12024.04", asset("2024.04")),
        FakePage("2024x04", asset("2024.04")),
        FakePage("2024.04"),
    ],
    ids=[
        "unknown", "other files", "marks of two versions", "new version, old files", "a patch", "a longer number",
        "no dot", "one mark only",
    ],
)  # fmt: skip
def test_one_mark_that_does_not_agree_is_an_unknown_version(page: FakePage) -> None:
    """A half-known version is read by nobody."""
    with pytest.raises(VersionUnknown):
        fits(page)


def test_an_unknown_version_is_told_by_what_it_shows_and_what_there_are_maps_for() -> None:
    """Whoever writes the new map begins there."""
    with pytest.raises(VersionUnknown) as unknown:
        fits(FakePage("2025.10", "http://lifecare.test/static/lifecare.12345678.js"))

    for told in ("2025.10", "lifecare.12345678.js", "2023.10", "2024.04"):
        assert told in unknown.value.sentence


@pytest.mark.parametrize(
    ("maps", "expected"),
    [
        ({"2024.04": None, "2024.04+1": "2024.04"}, "2024.04+1"),
        ({"2024.04": None, "2024.04+1": "2024.04", "2024.04+2": "2024.04"}, "2024.04+2"),
        ({"2024.04": None, "2024.04+2": "2024.04", "2024.04+10": "2024.04"}, "2024.04+10"),
        ({"2024.04": None, "2024.04+1": "2024.04", "2024.04+2": "2024.04+1"}, "2024.04+2"),
        ({"2024.04+1": "2024.04", "2024.04+2": "2024.04"}, "2024.04+2"),
    ],
)
def test_of_the_maps_of_one_version_the_last_is_used(maps: dict[str, str | None], expected: str) -> None:
    """However many were made from one parent, and whatever order their files come in."""
    fit = [MAPS[0].model_copy(update={"version": version, "parent": parent}) for version, parent in maps.items()]

    for order in (fit, fit[::-1]):
        marks = FakePage("2024.04", asset("2024.04")).evaluate("")
        assert [each.version for each in of_marks(order, marks)] == [expected]


def test_two_maps_that_fit_are_as_unknown_as_none() -> None:
    """Which of them is right is not for the order of the files to say."""
    page = FakePage("2024.04", asset("2024.04"))

    with pytest.raises(VersionUnknown):
        fitting(cast("Page", page), "http://lifecare.test", [the_map("2024.04"), the_map("2024.04")])


@pytest.mark.parametrize("status", [None, 500, 502, 503])
def test_a_system_that_does_not_answer_is_unreachable_not_unknown(status: int | None) -> None:
    """Nobody writes a map for a proxy's error page."""
    with pytest.raises(SystemUnreachable, match=r"http://lifecare\.test"):
        fits(FakePage("2024.04", asset("2024.04"), status=status))


@pytest.mark.parametrize("status", [None, 503])
def test_a_system_that_stumbles_once_is_asked_again(status: int | None) -> None:
    """A run by night does not end for one lost page."""
    assert fits(FakePage("2024.04", asset("2024.04"), status=status, tries=1)) == "2024.04"
