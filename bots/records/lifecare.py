"""What Lifecare shows. Values are the map's canonical wordings; one that no map knows reads `okänt: …`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """One reminder (påminnelse) as the list shows it."""

    id: str
    person: str
    arende: str
    beslut: str | None
    typ: str
    due: date
    created: datetime
    created_by: str
    handlaggare: str | None
    status: str


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One line of a reminder's history. `user` is `system` or an account; `note` is what that one wrote."""

    time: datetime
    event: str
    user: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Beslut:
    """One decision of the person's. `to` is None when it runs until further notice."""

    id: str
    arende: str
    insats: str
    status: str
    verkstallighet: str
    from_: date
    to: date | None


@dataclass(frozen=True, slots=True)
class Uppfoljning:
    """One follow-up of a decision."""

    id: str
    beslut: str
    status: str
    on: date


@dataclass(frozen=True, slots=True)
class Reminder(ReminderRow):
    """One reminder as its own page shows it, with all of the person's decisions and follow-ups beside it."""

    text: str | None
    version: str
    konto: str | None
    deceased: date | None
    history: tuple[HistoryEvent, ...]
    all_beslut: tuple[Beslut, ...]
    all_uppfoljningar: tuple[Uppfoljning, ...]
    kvittens: str | None
    removed_why: str | None


@dataclass(frozen=True, slots=True)
class Protected:
    """A reminder of a person whose data is protected, or may be. Nothing else of it is read."""

    id: str
