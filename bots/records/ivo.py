"""What IVO's e-tjänst for decisions that were not carried out shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SentReport:
    """One report of a case. `kvittens` is IVO's receipt number; None for a draft that nobody has sent yet."""

    period: str
    kind: str
    kvittens: str | None


@dataclass(frozen=True, slots=True)
class IvoRow:
    """One case in the list, with its last report; or a draft that is all there is of it, which has no `number` yet."""

    number: str | None
    referens: str
    status: str
    period: str
    kind: str


@dataclass(frozen=True, slots=True)
class IvoCase:
    """One case at IVO with all its reports, found by the municipality's own reference (a decision's number).

    `number` is IVO's own; None for a case that is a draft and nothing else. `personnummer` may be a number that IVO has
    given.
    """

    referens: str
    number: str | None
    status: str
    personnummer: str | None
    beslutsdatum: date | None
    reports: tuple[SentReport, ...]
