"""All that is kept of one item, opened. Who opens it, and why, is in the audit trail before anything is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from orchestrator.ledger.tables import evidence, items, steps

if TYPE_CHECKING:
    from orchestrator.ledger.store import ItemLine, Ledger


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One piece of evidence: `screenshot` (PNG) or `trace` (zip, for `playwright show-trace`)."""

    kind: str
    at: datetime
    raw: bytes

    @property
    def suffix(self) -> str:
        """The ending of a file that holds it."""
        return {"screenshot": ".png", "trace": ".zip"}[self.kind]


@dataclass(frozen=True, slots=True)
class Revealed:
    """One item of one run: `parts` are headings, each with names and values; a purged run's item has none."""

    run: str
    line: ItemLine
    parts: Mapping[str, Sequence[tuple[str, str]]]
    exhibits: Sequence[Exhibit]


def reveal(ledger: Ledger, run: str, line: ItemLine, *, by: str, why: str | None) -> Revealed:
    """Enter in the audit trail that `by` opens the item, then open it."""
    with ledger.changing() as connection:
        ledger.enter(connection, by, "item.revealed", run, line.key, why=why)
    mine = items.c.run == run, items.c.key == line.key
    with ledger.reading() as connection:
        item = connection.execute(sa.select(items).where(*mine)).one()
        theirs = sa.select(steps).where(steps.c.run == run, steps.c.item == line.key).order_by(steps.c.ordinal)
        done = connection.execute(theirs).all()
        kept = sa.select(evidence).where(evidence.c.run == run, evidence.c.item == line.key).order_by(evidence.c.id)
        exhibits = [Exhibit(row.kind, row.at, ledger.vault.open_bytes(row.sealed)) for row in connection.execute(kept)]
    parts: dict[str, list[tuple[str, str]]] = {}
    for heading, sealed in (
        ("Läst", item.record),
        ("Beslutat på", item.inputs),
        *((f"Åtgärd {step.ordinal + 1}", step.args) for step in done),
        *((f"Kvitto {step.ordinal + 1}", step.receipt) for step in done),
        ("Fel", item.detail),
    ):
        if sealed is not None and (facts := list(_flat(ledger.vault.open(sealed)))):
            parts[heading] = facts
    return Revealed(run, line, parts, exhibits)


def _flat(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield each single value with the way to it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for place, inner in enumerate(value, 1):
            yield from _flat(inner, f"{name}.{place}")
    elif value is not None:
        yield name, str(value)
