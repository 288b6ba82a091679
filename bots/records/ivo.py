"""What IVO's e-tjänst for decisions that were not carried out shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from bots.records import words

#: What each report is: a new case of a decision or of an interruption, that somebody still waits, and two ends.
KINDS = ("nytt ej verkställt", "nytt avbrott", "fortsatt ej verkställt", "verkställt", "avslutat av annan anledning")
Kind = Annotated[str, words(*KINDS)]
Status = Annotated[str, words("utkast", "ej verkställt", "verkställt", "avslutat")]
#: Kinds of report that begin a case; all others are made on one that there is.
BEGINS = frozenset(KINDS[:2])
#: Kinds of report that end a case. They may be told on any day, in that day's quarter.
ENDS = frozenset(KINDS[3:])
#: The status of a case of which IVO waits to hear.
OPEN = "ej verkställt"


@dataclass(frozen=True, slots=True)
class SentReport:
    """One report of a case. `kvittens` is IVO's receipt number; None for a draft that nobody has sent yet."""

    period: str
    kind: Kind
    kvittens: str | None


@dataclass(frozen=True, slots=True)
class IvoRow:
    """One case in the list, with its last report; or a draft that is all there is of it, which has no `number` yet."""

    number: str | None
    referens: str
    status: Status
    period: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class IvoCase:
    """One case at IVO with all its reports, found by the municipality's own reference (a decision's number).

    `number` is IVO's own; None for a case that is a draft and nothing else. `personnummer` may be a number that IVO has
    given.
    """

    referens: str
    number: str | None
    status: Status
    personnummer: str | None
    beslutsdatum: date | None
    reports: tuple[SentReport, ...]
