r"""The expected-run ledger: every due time of every schedule, once, with what became of it; and which bots are paused.

    due ---> ran | caught_up      its run has ended, however: that stands with the run
     \-----> missed | skipped     it was called off before it began
    missed | skipped              at once, as the schedule has it

All due times up to `watched` are stored. What is due later is judged and stored in one transaction with the moment up
to which it has been, so that a restart, or a second clock, goes on exactly there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from orchestrator.ledger.fleet import CARRIED
from orchestrator.ledger.store import CLOCK_LOCK, Ledger
from orchestrator.ledger.tables import expected_runs, pauses, runs, schedules


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one due time, and why when it isn't simply run."""

    due: datetime
    state: Literal["run", "catch_up", "missed", "skipped"]
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """One due time and what became of it. `run_state` is that of its run, if it has one."""

    schedule: str
    due: datetime
    bot: str
    state: str
    late: bool
    why: str | None
    run: str | None
    run_state: str | None


@dataclass(frozen=True, slots=True)
class Pause:
    """That the clock starts nothing of a bot: since when, by whom, why."""

    bot: str
    since: datetime
    by: str
    why: str

    def __str__(self) -> str:
        return f"Pausad av {self.by} {self.since:%Y-%m-%d}: {self.why}"


def watch(
    ledger: Ledger,
    name: str,
    bot: str,
    now: datetime,
    *,
    judge: Callable[[datetime, str | None, str | None], Sequence[Verdict]],
    start: Callable[[sa.Connection, datetime], str | None],
) -> list[Expected]:
    """Store what became of each time at which the schedule was due since it was last looked at.

    `judge` is told until when all is stored, why the bot is paused, and which run of the schedule has not ended yet.
    `start` adds a run for a due time and returns its id; None when there is one of that name already. What is due
    counts from the first time that a schedule is seen.
    """
    with ledger.changing() as connection:
        ledger.lock(connection, CLOCK_LOCK)
        mine = schedules.c.name == name
        watched = connection.execute(sa.select(schedules.c.watched).where(mine)).scalar()
        if watched is None:
            connection.execute(schedules.insert().values(name=name, watched=now))
            return []
        paused, busy = _paused(connection, bot), _unended(connection, name)
        found = [
            _stored(connection, name, bot, now, each, start)
            for each in judge(watched, str(paused) if paused else None, busy)
        ]
        if now > watched:
            connection.execute(schedules.update().where(mine).values(watched=now))
        return found


def _stored(
    connection: sa.Connection, name: str, bot: str, now: datetime, verdict: Verdict,
    start: Callable[[sa.Connection, datetime], str | None],
) -> Expected:  # fmt: skip
    state, why, run = verdict.state, verdict.why, None
    if state in {"run", "catch_up"}:
        run = start(connection, verdict.due)
        if run is None:
            state, why = "skipped", "Ett annat schema har startat roboten vid samma tid."
    row = Expected(
        schedule=name, due=verdict.due, bot=bot, state="due" if run else state, late=verdict.state == "catch_up",
        why=why, run=run, run_state="new" if run else None,
    )  # fmt: skip
    facts = {column: getattr(row, column) for column in ("schedule", "due", "bot", "state", "late", "why", "run")}
    connection.execute(expected_runs.insert().values(**facts, judged=now))
    return row


def _unended(connection: sa.Connection, name: str) -> str | None:
    query = (
        sa.select(runs.c.id)
        .join(expected_runs, expected_runs.c.run == runs.c.id)
        .where(expected_runs.c.schedule == name, expected_runs.c.state == "due", runs.c.state.in_(CARRIED))
    )
    return connection.execute(query).scalar()


def settle(ledger: Ledger) -> None:
    """Store of each expected run that has ended that it has."""
    over = sa.select(runs.c.id).where(runs.c.state.not_in(CARRIED))
    begun = sa.select(runs.c.id).where(runs.c.state.not_in(CARRIED), (runs.c.epoch > 0) | (runs.c.state != "cancelled"))
    with ledger.changing() as connection:
        ended = expected_runs.c.state == "due", expected_runs.c.run.in_(over)
        state = sa.case(
            (expected_runs.c.run.not_in(begun), "skipped"), (expected_runs.c.late, "caught_up"), else_="ran"
        )
        who = sa.select(runs.c.cancelled_by).where(runs.c.id == expected_runs.c.run).scalar_subquery()
        why = sa.case((expected_runs.c.run.not_in(begun), sa.literal("Avbruten av ") + who), else_=expected_runs.c.why)
        connection.execute(expected_runs.update().where(*ended).values(state=state, why=why))


def unbegun(ledger: Ledger) -> list[Expected]:
    """Return what is due and that no machine has taken up."""
    return _expected(ledger, expected_runs.c.state == "due", runs.c.epoch == 0, runs.c.machine.is_(None))


def postponed(ledger: Ledger) -> list[Expected]:
    """Return what is due and waits for a system that fails, but for plans that a person has approved."""
    return _expected(ledger, expected_runs.c.state == "due", runs.c.retry_at.is_not(None), runs.c.approved_by.is_(None))


def miss(ledger: Ledger, what: Expected, why: str, now: datetime) -> bool:
    """Store that it is too late for a run that no machine has taken up. False when one just has."""
    with ledger.changing() as connection:
        mine = runs.c.id == what.run, runs.c.epoch == 0, runs.c.machine.is_(None), runs.c.state == "new"
        gone = {"state": "cancelled", "cancelled": now, "cancelled_by": "flotta", "ended": now, "exit_code": 130}
        if connection.execute(runs.update().where(*mine).values(sentence=why, **gone)).rowcount != 1:
            return False
        this = expected_runs.c.schedule == what.schedule, expected_runs.c.due == what.due
        connection.execute(expected_runs.update().where(*this).values(state="missed", why=why, judged=now))
        ledger.enter(connection, "flotta", "run.missed", what.run, why=why)
        return True


def since(ledger: Ledger, moment: datetime) -> list[Expected]:
    """Return all that was due since then, the latest first."""
    return _expected(ledger, expected_runs.c.due >= moment)


def _expected(ledger: Ledger, *which: sa.ColumnElement[bool]) -> list[Expected]:
    columns = [expected_runs.c[name] for name in ("schedule", "due", "bot", "state", "late", "why", "run")]
    query = (
        sa.select(*columns, runs.c.state.label("run_state"))
        .outerjoin(runs, runs.c.id == expected_runs.c.run)
        .where(*which)
        .order_by(expected_runs.c.due.desc(), expected_runs.c.schedule)
    )
    with ledger.reading() as connection:
        return [Expected(**row) for row in connection.execute(query).mappings()]


# --- pauses ------------------------------------------------------------------------------------------------------


def pause(ledger: Ledger, bot: str, *, by: str, why: str, now: datetime) -> Pause:
    """Let the clock start nothing of the bot any more, and return who has paused it: the first who did."""
    with ledger.changing() as connection:
        there = _paused(connection, bot)
        if there is not None:
            return there
        connection.execute(pauses.insert().values(bot=bot, since=now, by=by, why=why))
        ledger.enter(connection, by, "bot.paused", None, bot=bot, why=why)
        return Pause(bot, now, by, why)


def unpause(ledger: Ledger, bot: str, *, by: str) -> bool:
    """Let the clock start the bot again. What was skipped is not made up for. False when it was not paused."""
    with ledger.changing() as connection:
        if not connection.execute(pauses.delete().where(pauses.c.bot == bot)).rowcount:
            return False
        ledger.enter(connection, by, "bot.unpaused", None, bot=bot)
        return True


def paused(ledger: Ledger) -> dict[str, Pause]:
    """Return the bots that are paused."""
    with ledger.reading() as connection:
        return {row["bot"]: Pause(**row) for row in connection.execute(sa.select(pauses)).mappings()}


def _paused(connection: sa.Connection, bot: str) -> Pause | None:
    row = connection.execute(sa.select(pauses).where(pauses.c.bot == bot)).mappings().one_or_none()
    return None if row is None else Pause(**row)
