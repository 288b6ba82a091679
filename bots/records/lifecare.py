"""What Lifecare shows. Values are the map's canonical wordings; one that no map knows reads `okänt: …`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from bots.records import words

Typ = Annotated[
    str, words("beslut löper ut", "uppföljning", "omprövning", "utredning pågår", "komplettering", "egen")
]  # fmt: skip
Status = Annotated[str, words("aktiv", "klarmarkerad", "borttagen")]
Konto = Annotated[str, words("aktivt", "inaktivt")]
#: Any other is an account.
Anvandare = Annotated[str, words("system")]
Skedde = Annotated[str, words("skapad", "öppnad", "anteckning", "ändrad", "borttagen")]
BeslutStatus = Annotated[str, words("fastställt", "avslutat", "planerat", "utkast")]
Verkstallighet = Annotated[str, words("verkställt", "ej verkställt", "avbrutet", "delvis verkställt")]
UppfoljningStatus = Annotated[str, words("genomförd", "planerad", "inställd")]
Utfall = Annotated[str, words("bifall", "avslag")]
Beslutsfattare = Annotated[str, words("nämnd", "domstol")]
Verkstalld = Annotated[str, words("verkställd", "delvis verkställd", "avbruten", "återupptagen", "avslutad")]
Svar = Annotated[str, words("tackat ja", "tackat nej")]
Orsak = Annotated[
    str,
    words(
        "resursbrist bostad", "resursbrist personal", "resursbrist uppdragstagare", "önskar vänta",
        "särskilda önskemål", "tackat nej", "ansökan återtagen", "behovet har upphört", "personalen slutade",
        "sjukhusvistelse", "annat",
    ),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """One reminder (påminnelse) as the list shows it."""

    id: str
    person: str
    arende: str
    beslut: str | None
    typ: Typ
    due: date
    created: datetime
    created_by: Anvandare
    handlaggare: str | None
    status: Status


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One line of a reminder's history. `user` is `system` or an account; `note` is what that one wrote."""

    time: datetime
    event: Skedde
    user: Anvandare
    note: str | None


@dataclass(frozen=True, slots=True)
class Beslut:
    """One decision of the person's. `to` is None when it runs until further notice."""

    id: str
    arende: str
    insats: str
    status: BeslutStatus
    verkstallighet: Verkstallighet
    from_: date
    to: date | None


@dataclass(frozen=True, slots=True)
class Uppfoljning:
    """One follow-up of a decision."""

    id: str
    beslut: str
    status: UppfoljningStatus
    on: date


@dataclass(frozen=True, slots=True)
class Reminder(ReminderRow):
    """One reminder as its own page shows it, with all of the person's decisions and follow-ups beside it."""

    text: str | None
    version: str
    konto: Konto | None
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
    status: BeslutStatus
    enhet: str
    handlaggare: str | None


@dataclass(frozen=True, slots=True)
class Handelse:
    """What happened to the support on a day. `omfattning` is what is given from then on, in hours a month."""

    on: date
    what: Verkstalld
    omfattning: int | None
    why: Orsak | None


@dataclass(frozen=True, slots=True)
class Erbjudande:
    """One offer made to the person. `svar` is None as long as there is no answer."""

    on: date
    what: str
    svar: Svar | None
    svarat: date | None


@dataclass(frozen=True, slots=True)
class Drojsmal:
    """A note of why the support is delayed: a reason from a list. What was written beside it is not read."""

    on: date
    orsak: Orsak


@dataclass(frozen=True, slots=True)
class Insatsbeslut(InsatsbeslutRow):
    """One decision on support as its own page shows it. `omfattning` is in hours a month, or None: it isn't counted."""

    personnummer: str | None
    avliden: date | None
    utflyttad: date | None
    konto: Konto | None
    kod: str
    utfall: Utfall
    beslutsfattare: Beslutsfattare
    from_: date
    to: date | None
    omfattning: int | None
    verkstallighet: tuple[Handelse, ...]
    erbjudanden: tuple[Erbjudande, ...]
    drojsmal: tuple[Drojsmal, ...]
    under_tiden: tuple[str, ...]
