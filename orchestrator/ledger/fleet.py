"""Which machine has which run in hand, which machines live, and what a dead one leaves behind.

The ledger alone is the truth of it. The engine only passes run ids on: what it loses is handed to it again from here,
and what it says twice is refused here.

A machine lives as long as it holds its place and says so. On PostgreSQL the place is an advisory lock of the machine's
own database session; on SQLite, where there is one machine, it is the process itself.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bots.errors import RunHeld, StateNotWritable
from orchestrator.ledger.store import Holder, Ledger, Run, progress, run_of
from orchestrator.ledger.tables import leases, machines, pauses, runs

#: Names the machines' locks among all others in a database.
_PLACES = 0x464C4F55
#: A run is in a machine's hands, or is to be.
CARRIED = ("new", "interrupted", "running")
#: A run is to be carried, and no machine has it in hand.
_QUEUED = (
    runs.c.state.in_(("new", "interrupted")) & runs.c.pool.is_not(None) & runs.c.machine.is_(None)
    & runs.c.cancelled.is_(None) & runs.c.retry_at.is_(None)
)  # fmt: skip


# --- runs --------------------------------------------------------------------------------------------------------


def waiting(ledger: Ledger) -> list[Run]:
    """Return the runs that are to be carried and that no machine has in hand, what people asked for first.

    Of a paused bot they are only those that people asked for.
    """
    query = (
        sa.select(runs)
        .where(_QUEUED, runs.c.urgent | runs.c.bot.not_in(sa.select(pauses.c.bot)))
        .order_by(runs.c.urgent.desc(), runs.c.created)
    )
    with ledger.reading() as connection:
        return [run_of(row) for row in connection.execute(query).mappings()]


def release(ledger: Ledger, now: datetime) -> int:
    """Let the runs whose wait for a system is over be carried again, and return how many there were."""
    over = (runs.c.state == "interrupted") & (runs.c.retry_at <= now)
    with ledger.reading() as connection:
        if connection.execute(sa.select(runs.c.id).where(over).limit(1)).first() is None:
            return 0
    with ledger.changing() as connection:
        return int(connection.execute(runs.update().where(over).values(retry_at=None)).rowcount)


def give_up(ledger: Ledger, run_id: str, *, why: str, now: datetime) -> bool:
    """Let a run that waits for a system fail: it is too late for it. False when it does not wait any more."""
    with ledger.changing() as connection:
        mine = runs.c.id == run_id, runs.c.retry_at.is_not(None)
        row = connection.execute(sa.select(runs).where(*mine).with_for_update()).one_or_none()
        if row is None:
            return False
        sentence = f"{row.sentence} {why}"
        values = {"state": "failed", "exit_code": 1, "sentence": sentence, "ended": now, "retry_at": None}
        connection.execute(runs.update().where(*mine).values(epoch=runs.c.epoch + 1, **values))
        ledger.enter(connection, "flotta", "run.ended", run_id, state="failed", exit_code=1, why=why)
        return True


def ask(ledger: Ledger, run: Run) -> bool:
    """Count one more handing over to the engine. False when another machine has just done so."""
    with ledger.changing() as connection:
        mine = runs.c.id == run.id, runs.c.asked == run.asked, runs.c.machine.is_(None)
        return connection.execute(runs.update().where(*mine).values(asked=run.asked + 1)).rowcount == 1


def take(ledger: Ledger, run_id: str, asked: int, machine: str) -> bool:
    """Take a run in hand that the engine has passed on. False when it is not to be carried, or not by that passing."""
    mine = runs.c.id == run_id, runs.c.asked == asked, _QUEUED
    with ledger.changing() as connection:
        return connection.execute(runs.update().where(*mine).values(machine=machine)).rowcount == 1


def give_back(ledger: Ledger, run_id: str, asked: int, machine: str) -> None:
    """Let go of a run that another machine may go on with."""
    with ledger.changing() as connection:
        _let_go(connection, runs.c.id == run_id, runs.c.asked == asked, runs.c.machine == machine)


def _let_go(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> None:
    """Take runs from the machines that have them in hand, whose processes are fenced off from now on."""
    state = sa.case((runs.c.state == "running", "interrupted"), else_=runs.c.state)
    connection.execute(
        runs.update().where(*which).values(state=state, epoch=runs.c.epoch + 1, machine=None, holder=None)
    )


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Another run that must have its turn first. `holder`: the process that has the account already, if one has.

    `queued`: it waits for a machine, so the engine must get its account back before it can pass it on.
    """

    run: str
    holder: Holder | None
    queued: bool


def in_the_way(ledger: Ledger, run: Run, accounts: list[str]) -> InTheWay | None:
    """Return which other run must have its turn before this one.

    That is who holds one of the accounts, dead or alive, as long as it is to be gone on with; or a person's run that
    waits for them, unless this is one too.
    """
    with ledger.reading() as connection:
        taken = connection.execute(
            sa.select(leases.c.run, leases.c.holder, _QUEUED.label("queued"))
            .join(runs, runs.c.id == leases.c.run)
            .where(leases.c.account.in_(accounts), leases.c.run != run.id)
        ).first()
        if taken is not None:
            return InTheWay(taken.run, Holder(**taken.holder), bool(taken.queued))
        if run.urgent:
            return None
        urgent = connection.execute(sa.select(runs.c.id).where(_QUEUED, runs.c.urgent, runs.c.account == run.account))
        first = urgent.scalar()
    return None if first is None else InTheWay(first, None, queued=True)


def died(ledger: Ledger, run_id: str, asked: int, machine: str) -> int | None:
    """Store that the run's process is gone without an ending. Return how many have gone so in a row.

    The count begins anew when the run has got further since the last one went. None when it is no longer this
    machine's.
    """
    with ledger.changing() as connection:
        mine = runs.c.id == run_id, runs.c.asked == asked, runs.c.machine == machine
        row = connection.execute(sa.select(runs).where(*mine).with_for_update()).one_or_none()
        if row is None:
            return None
        done = progress(connection, run_id, planned=row.planned is not None)
        deaths = 1 if done > row.done_at_death else row.deaths + 1
        # The dead one's epoch is over at once, and not only when the next one begins.
        values = {"state": "interrupted", "holder": None, "epoch": row.epoch + 1}
        connection.execute(runs.update().where(*mine).values(deaths=deaths, done_at_death=done, **values))
        ledger.enter(connection, machine, "run.died", run_id, deaths=deaths)
        return deaths


def end(ledger: Ledger, run_id: str, asked: int, machine: str, *, state: str, sentence: str, now: datetime) -> None:
    """End a run for the process that cannot do so itself, and free its accounts. Nothing happens if it has ended."""
    with ledger.changing() as connection:
        mine = runs.c.id == run_id, runs.c.asked == asked, runs.c.machine == machine, runs.c.state.in_(CARRIED)
        values = {"state": state, "exit_code": 1, "sentence": sentence, "ended": now, "holder": None}
        ended = connection.execute(runs.update().where(*mine).values(epoch=runs.c.epoch + 1, **values)).rowcount
        if ended:
            connection.execute(leases.delete().where(leases.c.run == run_id))
            ledger.enter(connection, machine, "run.ended", run_id, state=state, exit_code=1, why=sentence)


def cancel(ledger: Ledger, run_id: str, *, by: str, now: datetime, is_orphaned: bool = False) -> str | None:
    """Call a run off and return its state: `cancelled`, or `running` while the process has an item in hand.

    None when it has ended already, or waits for nothing but a person. `is_orphaned`: nothing carries it any more, so
    nothing can finish an item.
    """
    with ledger.changing() as connection:
        mine = runs.c.id == run_id, runs.c.state.in_(CARRIED)
        row = connection.execute(sa.select(runs).where(*mine).with_for_update()).one_or_none()
        if row is None:
            return None
        ledger.enter(connection, by, "run.cancelled", run_id)
        flag = {"cancelled": now, "cancelled_by": by, "retry_at": None}
        if not is_orphaned and (row.state == "running" or row.machine is not None):
            connection.execute(runs.update().where(*mine).values(**flag))
            return "running"
        if is_orphaned:
            _let_go(connection, *mine)
        connection.execute(runs.update().where(*mine).values(state="cancelled", exit_code=130, ended=now, **flag))
        connection.execute(leases.delete().where(leases.c.run == run_id))
        return "cancelled"


# --- machines ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine as the ledger knows it. `left`: when it went, or was found dead; None while it is there."""

    id: str
    holder: Holder
    pools: Mapping[str, int]
    seen: datetime
    left: datetime | None
    runs: tuple[str, ...]


def machines_of(ledger: Ledger) -> list[Machine]:
    """Return every machine that there is or was, with the runs that it has in hand."""
    with ledger.reading() as connection:
        carried = connection.execute(
            sa.select(runs.c.id, runs.c.machine).where(runs.c.machine.is_not(None), runs.c.state.in_(CARRIED))
        ).all()
        rows = connection.execute(sa.select(machines).order_by(machines.c.id)).all()
    return [
        Machine(
            row.id, Holder(**row.holder), row.pools, row.seen, row.left,
            tuple(run.id for run in carried if run.machine == row.id),
        )
        for row in rows
    ]  # fmt: skip


def living(ledger: Ledger, grace: timedelta, *, is_gone: Callable[[Holder], bool]) -> set[str]:
    """Return the machines that no other may take for dead, by what `Place.bury` goes by."""
    with ledger.reading() as connection:
        there = set(connection.execute(sa.select(machines.c.id).where(machines.c.left.is_(None))).scalars())
        return there - set(_silent(connection, grace, is_gone))


def _silent(connection: sa.Connection, grace: timedelta, is_gone: Callable[[Holder], bool]) -> list[str]:
    """Return the machines that left no word: with a ledger in a file those whose process is gone."""
    there = sa.select(machines).where(machines.c.left.is_(None))
    if connection.dialect.name == "sqlite":
        return [row.id for row in connection.execute(there).all() if is_gone(Holder(**row.holder))]
    return [row.id for row in connection.execute(there.where(machines.c.seen < _NOW - grace)).all()]


def recover(ledger: Ledger, machine: str) -> list[str]:
    """Take all that a machine had in hand from it, and return the ids: its processes are fenced off from now on."""
    with ledger.changing() as connection:
        return _recovered(ledger, connection, machine)


def _recovered(ledger: Ledger, connection: sa.Connection, machine: str) -> list[str]:
    theirs = runs.c.machine == machine, runs.c.state.in_(CARRIED)
    left = list(connection.execute(sa.select(runs.c.id).where(*theirs).with_for_update()).scalars())
    _let_go(connection, *theirs)
    for run_id in left:
        ledger.enter(connection, "flotta", "run.recovered", run_id, holder=machine)
    return left


class Place:
    """One machine's place among the living."""

    def __init__(
        self,
        ledger: Ledger,
        machine: str,
        holder: Holder,
        pools: Mapping[str, int],
        *,
        is_gone: Callable[[Holder], bool],
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`is_gone` says whether a process certainly does not run any more; `clock` counts seconds."""
        self._ledger, self._machine, self._holder, self._pools = ledger, machine, holder, dict(pools)
        self._is_gone, self._now, self._clock = is_gone, now, clock
        self._session: sa.Connection | None = None
        self._since = clock()

    def take(self) -> None:
        """Take the place. Raises RunHeld when another living process has it."""
        if not self._seated():
            raise RunHeld(f"Maskinnamnet {self._machine}", "en annan process. Ange ett annat i FLOTTA_MACHINE")

    def beat(self) -> bool:
        """Say that this machine lives. False when its place is gone: somebody may have taken its runs for lost."""
        try:
            return self._seated()
        except (SQLAlchemyError, StateNotWritable):
            self._drop()
            return False

    def leave(self) -> None:
        """Give the place up."""
        with self._ledger.changing() as connection:
            connection.execute(machines.update().where(machines.c.id == self._machine).values(left=self._now()))
        try:
            if self._session is not None:
                # The server takes its time over a session that ends, and the next process may be here before that.
                self._session.execute(sa.select(sa.func.pg_advisory_unlock(_PLACES, _seat(self._machine))))
        except SQLAlchemyError:
            # A session that was lost has lost its lock.
            pass
        finally:
            self._drop()

    def bury(self, grace: timedelta) -> dict[str, list[str]]:
        """Find the other machines that have said nothing for as long as `grace`, and take from them what they have.

        Returns their runs by machine; of several that look at the same time one gets them. Whoever has just come back
        to the database can't tell whether the others were gone or it was, and waits as long.
        """
        if self._clock() - self._since < grace.total_seconds():
            return {}
        if self._ledger.is_file:
            with self._ledger.reading() as connection:
                dead = _silent(connection, grace, self._is_gone)
        elif self._session is not None:
            silent = _silent(self._session, grace, self._is_gone)
            dead = [each for each in silent if each != self._machine and self._vacated(each)]
        else:
            dead = []
        others = (each for each in dead if each != self._machine)
        return {each: left for each in others if (left := self._buried(each)) is not None}

    # A seat on PostgreSQL is a lock of this session; on SQLite it is a row, and a process that lives.

    def _seated(self) -> bool:
        if self._ledger.is_file:
            return self._seated_in_file()
        if self._session is None:
            session = self._ledger.session()
            if not session.execute(sa.select(sa.func.pg_try_advisory_lock(_PLACES, _seat(self._machine)))).scalar():
                session.close()
                return False
            self._session, self._since = session, self._clock()
            self._sign(session, _NOW)
            return True
        mine = machines.c.id == self._machine
        self._session.execute(machines.update().where(mine).values(seen=_NOW, left=None))
        return True

    def _seated_in_file(self) -> bool:
        with self._ledger.changing() as connection:
            there = connection.execute(sa.select(machines).where(machines.c.id == self._machine)).one_or_none()
            other = None if there is None or there.left is not None else Holder(**there.holder)
            if other not in {None, self._holder} and not self._is_gone(other):
                return False
            self._sign(connection, self._now())
        return True

    def _sign(self, connection: sa.Connection, now: datetime | sa.ColumnElement[datetime]) -> None:
        values = {"holder": asdict(self._holder), "pools": self._pools, "seen": now, "left": None}
        mine = machines.c.id == self._machine
        if not connection.execute(machines.update().where(mine).values(**values)).rowcount:
            connection.execute(machines.insert().values(id=self._machine, since=now, **values))

    def _vacated(self, other: str) -> bool:
        """Take a silent machine's seat from it, if it still has one: it may only be frozen. Return whether it is free.

        Its session is ended for that, so that it learns of it when it wakes.
        """
        session, seat = self._session, _seat(other)
        assert session is not None  # noqa: S101 - `bury` has looked
        session.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND granted "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
                "AND classid = :places AND objid = CAST(CAST(:seat AS bigint) & 4294967295 AS bigint)"
            ),
            {"places": _PLACES, "seat": seat},
        )
        free = session.execute(sa.select(sa.func.pg_try_advisory_lock(_PLACES, seat))).scalar()
        if free:
            session.execute(sa.select(sa.func.pg_advisory_unlock(_PLACES, seat)))
        return bool(free)

    def _buried(self, other: str) -> list[str] | None:
        with self._ledger.changing() as connection:
            theirs = machines.c.id == other, machines.c.left.is_(None)
            now = self._now()
            if connection.execute(machines.update().where(*theirs).values(left=now, buried=now)).rowcount != 1:
                return None
            left = _recovered(self._ledger, connection, other)
            self._ledger.enter(connection, self._machine, "machine.buried", None, holder=other)
            return left

    def _drop(self) -> None:
        if self._session is not None:
            # Its lock must go with it, so it may not go back to the pool.
            self._session.invalidate()
            self._session.close()
            self._session = None


#: The database's own time, as an Instant is stored.
_NOW: sa.ColumnElement[datetime] = sa.literal_column("(now() AT TIME ZONE 'UTC')", sa.DateTime())


def _seat(machine: str) -> int:
    """Return the number of a machine's lock: four bytes, with a sign, as PostgreSQL takes them."""
    return int.from_bytes(hashlib.sha256(machine.encode()).digest()[:4], "big", signed=True)
