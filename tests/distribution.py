"""The order of the tests where several processes share them, so that none works on alone at the end.

pytest-xdist gives each process an equal part of the list and lets who has done take from who has most left. So each
part begins with what takes long and ends with what is quick. Tests stay together where they share what is set up once
for a process.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests import costs

#: The layers whose tests take long, the longest first. What end-to-end tests share is set up once for a process.
_LONG = ("e2e", "screens", "contract")
#: What is set up once for the end-to-end tests of a process, and takes so long that one process should.
_ONCE = {"proposed"}


def distributed(items: Iterable[pytest.Item], processes: int) -> list[pytest.Item]:
    """Return the tests in the order in which so many processes take them."""
    parts: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for together in sorted(_together(items), key=lambda tests: _rank(tests[0])):
        min(parts, key=len).extend(together)
    return [item for part in parts for item in part]


def _together(items: Iterable[pytest.Item]) -> list[list[pytest.Item]]:
    found: dict[str, list[pytest.Item]] = {}
    for item in items:
        found.setdefault(_shared(item), []).append(item)
    return list(found.values())


def _shared(item: pytest.Item) -> str:
    if costs.layer_of(item.nodeid) != "e2e":
        return item.nodeid.partition("::")[0]
    once = _ONCE.intersection(item.fixturenames) if isinstance(item, pytest.Function) else ()
    return next(iter(once), item.nodeid)


def _rank(item: pytest.Item) -> int:
    layer = costs.layer_of(item.nodeid)
    return _LONG.index(layer) if layer in _LONG else len(_LONG)
