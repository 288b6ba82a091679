"""The order of the tests where several processes share them, so that none works on alone at the end.

pytest-xdist gives each process an equal part of the list and lets who has done take from who has most left. So each
part begins with what takes long and ends with what is quick. Tests of one file stay together where they share what the
file sets up.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import pytest

from tests import costs

#: The layers whose tests take long, the longest first. What end-to-end tests share is set up once for a process.
_LONG = ("e2e", "screens", "contract")


def distributed(items: Iterable[pytest.Item], processes: int) -> list[pytest.Item]:
    """Return the tests in the order in which so many processes take them."""
    parts: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for together in sorted(_together(items), key=lambda tests: _rank(tests[0])):
        min(parts, key=len).extend(together)
    return [item for part in parts for item in part]


def _together(items: Iterable[pytest.Item]) -> list[list[pytest.Item]]:
    return [list(tests) for _file, tests in groupby(items, key=_file)]


def _file(item: pytest.Item) -> str:
    return item.nodeid if costs.layer_of(item.nodeid) == "e2e" else item.nodeid.partition("::")[0]


def _rank(item: pytest.Item) -> int:
    layer = costs.layer_of(item.nodeid)
    return _LONG.index(layer) if layer in _LONG else len(_LONG)
