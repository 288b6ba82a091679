"""What a decision about one report rests on, and what is remembered of IVO."""

from __future__ import annotations

from dataclasses import dataclass

from bots.quarter import Quarter
from bots.records.ivo import IvoCase
from bots.records.lifecare import Insatsbeslut, InsatsbeslutRow


@dataclass(frozen=True, slots=True)
class Known:
    """What IVO showed last of one reference: every case that it has of it."""

    referens: str
    cases: tuple[IvoCase, ...]


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that IVO has of this decision, and the number of its receipt.

    `period` is the quarter of which it says that somebody waits; of an end, that of the last such report before it.
    """

    period: Quarter
    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class Told:
    """One case that IVO has, or has had, of this decision: its reports, oldest first, of which there is one at least.

    `is_open`: IVO still waits to hear that the support is carried out, or over. `is_missing`: it did, and shows the
    case no longer.
    """

    reports: tuple[Reported, ...]
    is_open: bool
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One decision in the report of one quarter. `beslut` is None for a protected person.

    It is a row of the search where that alone says that there is nothing to report. `is_listed` is False where IVO
    waits to hear of it and Lifecare's search does not show it. `told` is what IVO has of it; `beside` the numbers of
    cases there of the same person and day under other references, `maybe` of those whose reference is no decision's.
    `on_the_day`: whether support is late on the last of the three months itself.
    """

    id: str
    period: Quarter
    beslut: Insatsbeslut | InsatsbeslutRow | None
    told: tuple[Told, ...]
    maybe: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    on_the_day: bool = False
    is_listed: bool = True
