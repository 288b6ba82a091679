"""A choice that is spread over the tests and never changes, so that a test that fails does so each time."""

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

import pytest

T = TypeVar("T")


def one_of(choices: Sequence[T], name: str) -> T:
    """Return the choice that the name of a test stands for."""
    return choices[crc32(name.encode()) % len(choices)]


def run_with_each(metafunc: pytest.Metafunc, fixture: str, choices: Sequence[T]) -> None:
    """Run a test once with each choice for this fixture, unless it says itself which ones it takes."""
    chosen = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if fixture in metafunc.fixturenames and not any(fixture in names for names in chosen):
        metafunc.parametrize(fixture, choices, indirect=True)
