"""Builders: each makes the usual case, and a test names only what matters to it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bots.contract import Act, Decision, Item, Rule, Step
from bots.records.lifecare import Beslut, HistoryEvent, Reminder, ReminderRow, Uppfoljning
from bots.reminder_cleanup import rules
from bots.reminder_cleanup.models import Case
from orchestrator.ledger.store import Holder, Ledger, Options, PlannedItem
from orchestrator.ledger.vault import Vault

TODAY = date(2026, 3, 31)
#: 04:15 in Sweden.
NOW = datetime(2026, 3, 31, 2, 15, tzinfo=UTC)


# What Lifecare shows. The usual: one person with one running decision until TODAY, in safe hands.


def a_beslut(**facts: Any) -> Beslut:
    usual = Beslut(
        id="B-1",
        arende="LSS-2025-0001",
        insats="Kontaktperson",
        status="fastställt",
        verkstallighet="verkställt",
        from_=date(2025, 4, 1),
        to=TODAY,
    )
    return replace(usual, **facts)


def a_successor(**facts: Any) -> Beslut:
    """Return the next decision, from the day after B-1 ends."""
    return a_beslut(**{"id": "B-2", "from_": date(2026, 4, 1), "to": date(2027, 3, 31)} | facts)


def a_follow_up(**facts: Any) -> Uppfoljning:
    """Return a follow-up of B-1 that was held the day after the usual reminder was made."""
    return replace(Uppfoljning("U-1", "B-1", "genomförd", date(2026, 1, 2)), **facts)


def an_event(event: str, note: str | None = None, user: str = "KAEK") -> HistoryEvent:
    return HistoryEvent(datetime(2026, 1, 3, 9, 0), event, user, note)  # noqa: DTZ001 - local time as shown


def a_page(**facts: Any) -> Reminder:
    usual = Reminder(
        id="P-1",
        person="199001012385",
        arende="LSS-2025-0001",
        beslut="B-1",
        typ="beslut löper ut",
        due=TODAY,
        created=datetime(2026, 1, 1, 4, 15),  # noqa: DTZ001 - local time as shown
        created_by="system",
        handlaggare="KAEK",
        status="aktiv",
        text="Ta ställning till fortsatt insats.",
        version="1",
        konto="aktivt",
        deceased=None,
        history=(an_event("skapad", user="system"),),
        all_beslut=(a_beslut(),),
        all_uppfoljningar=(),
        kvittens=None,
        removed_why=None,
    )
    return replace(usual, **facts)


def a_row(**facts: Any) -> ReminderRow:
    return as_row(a_page(**facts))


def as_row(page: Reminder) -> ReminderRow:
    """Return the reminder as the list shows it."""
    return ReminderRow(**{each.name: getattr(page, each.name) for each in fields(ReminderRow)})


# What the ledger holds. The usual: one run with one reminder to remove.


def an_act(reminder: str = "P-1", steps: int = 1, rule: Rule = rules.BESLUT_ENDED) -> Act:
    """Return a removal in so many steps; the first has the key that a real one has."""
    keys = [f"reminder:{reminder}:remove" + (f":{place}" if place else "") for place in range(steps)]
    args = {"reminder": reminder, "why": "Beslut B-1 är redan avslutat."}
    return Act(rule, args["why"], tuple(Step("remove", key, args) for key in keys), {"beslut": "B-1"})


def an_item(reminder: str = "P-1", decision: Decision | None = None, *, page: Reminder | None = None) -> PlannedItem:
    page = page or a_page(id=reminder)
    record = Case(reminder, page=page)
    item = Item(f"reminder:{reminder}", reminder, record, handlaggare="KAEK", case=page.arende, due=page.due)
    return PlannedItem(item, decision or an_act(reminder))


def options(**facts: Any) -> Options:
    usual = Options(base_urls={}, maps={}, instances={"lifecare": "lifecare-prov"}, unattended=True)
    return replace(usual, **facts)


def a_holder(pid: int = 4711) -> Holder:
    return Holder("robot-1", pid, 1_000.0)


def a_ledger(
    place: Path | str, key: bytes, *, anchors: Path | None = None, patience: timedelta = timedelta(0)
) -> Ledger:
    """Open the ledger in the file, or in the database with that URL. A file's anchors are kept beside it."""
    if isinstance(place, Path):
        anchors = anchors or place.with_name("anchors")
    assert anchors is not None
    url = place if isinstance(place, str) else f"sqlite:///{place}"
    return Ledger(url, Vault(key), where="prov", anchors=anchors, now=lambda: NOW, patience=patience)
