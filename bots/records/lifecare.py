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
    """A reminder or a decision of a person whose data is protected, or may be. Nothing else of it is read."""

    id: str


@dataclass(frozen=True, slots=True)
class InsatsbeslutRow:
    """One decision on support (insats), as the search shows it."""

    id: str
    arende: str
    lagrum: str
    insats: str
    beslutat: date
    status: str
    enhet: str
    handlaggare: str | None


@dataclass(frozen=True, slots=True)
class Handelse:
    """What happened to the support on a day. `omfattning` is what is given from then on, in hours a month."""

    on: date
    what: str
    omfattning: int | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Erbjudande:
    """One offer made to the person. `svar` is None as long as there is no answer."""

    on: date
    what: str
    svar: str | None
    svarat: date | None


@dataclass(frozen=True, slots=True)
class Drojsmal:
    """A note of why the support is delayed: a reason from a list. What was written beside it is not read."""

    on: date
    orsak: str


@dataclass(frozen=True, slots=True)
class Insatsbeslut(InsatsbeslutRow):
    """One decision on support as its own page shows it. `omfattning` is in hours a month, or None: it isn't counted."""

    personnummer: str | None
    avliden: date | None
    utflyttad: date | None
    konto: str | None
    kod: str
    utfall: str
    beslutsfattare: str
    from_: date
    to: date | None
    omfattning: int | None
    verkstallighet: tuple[Handelse, ...]
    erbjudanden: tuple[Erbjudande, ...]
    drojsmal: tuple[Drojsmal, ...]
    under_tiden: tuple[str, ...]
