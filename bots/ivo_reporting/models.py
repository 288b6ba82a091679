"""What a decision about one report rests on."""

from __future__ import annotations

from dataclasses import dataclass

from bots.quarter import Quarter
from bots.records.lifecare import Insatsbeslut, InsatsbeslutRow


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that IVO has of this decision, and the number of its receipt.

    `period` is the quarter of which it says that somebody waits; of an end, that of the last such report before it.
    `is_open`: IVO still waits to hear that the support is carried out, or over.
    """

    period: Quarter
    kind: str
    number: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One decision in the report of one quarter. `beslut` is None for a protected person.

    It is a row of the search where that alone says that there is nothing to report. `is_listed` is False where IVO
    waits to hear of it and Lifecare's search does not show it. `reported` is what IVO has been told before, oldest
    first. `on_the_day`: whether support is late on the last of the three months itself.
    """

    id: str
    period: Quarter
    beslut: Insatsbeslut | InsatsbeslutRow | None
    reported: tuple[Reported, ...]
    on_the_day: bool = False
    is_listed: bool = True
