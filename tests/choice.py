"""A choice that is spread over the tests and never changes, so that a test that fails does so each time."""

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

T = TypeVar("T")


def one_of(choices: Sequence[T], name: str) -> T:
    """Return the choice that the name of a test stands for."""
    return choices[crc32(name.encode()) % len(choices)]
