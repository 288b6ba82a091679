"""How long what is kept is kept: what is sealed goes when its time is over, what proves that a write was right stays.

Four kinds, each with a time of its own: `records` (what was read, what was written: the copies that something can be
restored from, and whose it was), `memories` (what bots were shown of what others have written, from when they were
shown it; they learn it anew if it still stands there), `evidence` (pictures and traces) and `logs`. References, rules,
reasons, receipt numbers and the audit trail hold nobody's personal data and are kept: a business key must never be
written twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from orchestrator.ledger import review
from orchestrator.ledger.tables import evidence, items, memories, runs, steps

if TYPE_CHECKING:
    from orchestrator.ledger.store import Ledger
    from orchestrator.settings import Retention


_MATTER = memories.c.bot, memories.c.instance, memories.c.matter


@dataclass(frozen=True, slots=True)
class Due:
    """What is older than it may be: runs by id, evidence by row, log files, memories by bot, installation and matter.

    `held` are runs that a question holds.
    """

    runs: tuple[str, ...] = ()
    evidence: tuple[int, ...] = ()
    logs: tuple[Path, ...] = ()
    memories: tuple[tuple[str, str, str], ...] = ()
    held: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.runs or self.evidence or self.logs or self.memories)


def due(ledger: Ledger, home: Path, keep: Retention, now: datetime) -> Due:
    """Return what is to go.

    A run goes whole, by the day when it was begun. It is held while it goes on, while nobody knows of one of its writes
    whether it happened, and as long as it is its bot's latest: the review queue is read out of that one.
    """
    with ledger.reading() as connection:
        latest = {row.id for row in review.latest(connection).values()}
        asked = set(
            connection.execute(sa.select(steps.c.run).where(steps.c.state.in_(("intent", "uncertain")))).scalars()
        )
        held = latest | asked | set(connection.execute(sa.select(runs.c.id).where(runs.c.state == "running")).scalars())
        old = sa.select(runs.c.id).where(runs.c.created < now - keep.records, runs.c.purged.is_(None))
        over = list(connection.execute(old.order_by(runs.c.created)).scalars())
        pictures = connection.execute(sa.select(evidence.c.id).where(evidence.c.at < now - keep.evidence)).scalars()
        matters = connection.execute(sa.select(*_MATTER).where(memories.c.at < now - keep.memories))
        return Due(
            runs=tuple(run for run in over if run not in held),
            evidence=tuple(pictures),
            logs=tuple(_older(home / "logs", now - keep.logs)),
            memories=tuple((row.bot, row.instance, row.matter) for row in matters),
            held=tuple(run for run in over if run in held),
        )


def _older(folder: Path, than: datetime) -> list[Path]:
    return sorted(file for file in folder.glob("*") if file.stat().st_mtime < than.timestamp())


def purge(ledger: Ledger, what: Due, *, by: str, now: datetime) -> None:
    """Take it away, all or nothing but for the log files. An unfinished run cannot be gone on with after it."""
    with ledger.changing() as connection:
        # Somebody may have taken one up again while the question was open.
        idle = sa.select(runs.c.id).where(runs.c.id.in_(what.runs), runs.c.state != "running")
        gone = list(connection.execute(idle).scalars())
        mine = items.c.run.in_(gone)
        connection.execute(items.update().where(mine).values(inputs=None, record=None, concern=None, detail=None))
        connection.execute(steps.update().where(steps.c.run.in_(gone)).values(args=None, receipt=None))
        connection.execute(evidence.delete().where(evidence.c.run.in_(gone) | evidence.c.id.in_(what.evidence)))
        connection.execute(memories.delete().where(sa.tuple_(*_MATTER).in_(what.memories)))
        unfinished = runs.c.id.in_(gone), runs.c.state.not_in(("done", "rejected"))
        connection.execute(runs.update().where(*unfinished).values(state="expired"))
        connection.execute(runs.update().where(runs.c.id.in_(gone)).values(purged=now))
        ledger.enter(
            connection,
            by,
            "ledger.purged",
            None,
            runs=gone,
            evidence=len(what.evidence),
            logs=len(what.logs),
            memories=len(what.memories),
        )
    for file in what.logs:
        file.unlink(missing_ok=True)
    ledger.compact()
