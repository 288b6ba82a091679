"""What the third-party systems show, as frozen records: one module per system, importing nothing else of ours.

Only what some rule needs is in a record. What no rule needs, names above all, is not read from the screen at all.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The words that a value may be, as `Annotated[str, words(...)]`. What no map knows reads `okänt: …`."""

    allowed: frozenset[str]


def words(*allowed: str) -> Words:
    """Return these words as what a value may be."""
    return Words(frozenset(allowed))
