"""What a decision about one report rests on."""

from __future__ import annotations

from dataclasses import dataclass

from bots.quarter import Quarter
from bots.records.lifecare import Insatsbeslut


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that IVO has of this decision, and the number of its receipt.

    `is_open`: IVO still waits to hear that the support is carried out, or over.
    """

    period: Quarter
    kind: str
    number: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One decision in the report of one quarter. `beslut` is None for a protected person.

    `reported` is what IVO has been told before, oldest first. `on_the_day`: whether support is late on the last of the
    three months itself.
    """

    id: str
    period: Quarter
    beslut: Insatsbeslut | None
    reported: tuple[Reported, ...]
    on_the_day: bool = False
