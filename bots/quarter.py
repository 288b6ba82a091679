"""Quarters of a year: what some authorities are reported to by."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year, written 2026Q3."""

    year: int
    number: int

    @classmethod
    def parse(cls, said: str) -> Self:
        """Return the quarter that is written so. Raises ValueError, with how it is written, for anything else."""
        found = re.fullmatch(r"(\d{4})Q([1-4])", said)
        if found is None:
            raise ValueError(f"{said!r} är inget kvartal; ett kvartal skrivs 2026Q3")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the quarter that a day is in."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @property
    def first(self) -> date:
        """The quarter's first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """The quarter's last day: the status day of its report."""
        return date(self.year, 3 * self.number, monthrange(self.year, 3 * self.number)[1])

    @property
    def before(self) -> Self:
        """The quarter before it."""
        return type(self).of(self.first - timedelta(days=1))

    @property
    def after(self) -> Self:
        """The quarter after it."""
        return type(self).of(self.last + timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"
