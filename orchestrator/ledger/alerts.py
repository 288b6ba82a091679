"""What is worth telling people of, read out of the ledger, and whether they have been told.

Nothing raises an alert: it is found by a look at what stands here anyway, so whoever dies can't forget to tell. Its key
names what happened, so it stands here once, whichever orchestrator looks and however often. It is taken before it is
sent, so that nobody else sends it too, and is due again some time later unless it is said to be sent.

Told of are the runs that the machines carry. Who started one by hand sees what becomes of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from orchestrator.ledger import fleet
from orchestrator.ledger.fleet import CARRIED
from orchestrator.ledger.store import ALERTS_LOCK
from orchestrator.ledger.tables import alerts, expected_runs, facts, items, machines, runs, steps

if TYPE_CHECKING:
    from orchestrator.ledger.store import Ledger

#: What has ended is looked at again for so long: clocks differ, and an ending may have waited for the database.
OVERLAP = timedelta(hours=1)
#: Of a bot's last runs so many are compared with, if there are enough of them.
RUNS_COMPARED, RUNS_NEEDED = 20, 5
FINDS_COMPARED, FINDS_NEEDED = 10, 3
#: What takes no longer than this is never too slow.
QUICK = timedelta(minutes=10)
#: A run may wait so long for a machine of its pool: one that is restarted is away for a while.
UNSERVED = timedelta(minutes=15)
#: When it is tried again what could not be sent; then hourly.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
#: Which alert each ending of a run is.
ENDINGS = {
    "failed": "failed", "drifted": "drift", "waiting": "guard", "waiting_for_sign_in": "sign_in", "partial": "partial",
}  # fmt: skip
#: Of the facts, the one that says until when all has been looked at.
_WATCHED = "alerts"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that people are told of, as the table has it."""

    key: str
    kind: str
    sentence: str
    at: datetime
    bot: str | None = None
    run: str | None = None
    sent: datetime | None = None
    tries: int = 0
    next_try: datetime | None = None


# --- what the numbers say ----------------------------------------------------------------------------------------


def is_slow(lasted: timedelta, before: Sequence[timedelta], factor: float) -> bool:
    """Return whether a run has gone on for too long, by how long the bot's last runs took."""
    return len(before) >= RUNS_NEEDED and lasted >= QUICK and lasted > factor * usual(before)


def usual(lengths: Sequence[timedelta]) -> timedelta:
    """Return the one in the middle."""
    return timedelta(seconds=median(each.total_seconds() for each in lengths))


def finds_nothing(seen: int, before: Sequence[int]) -> bool:
    """Return whether a run saw nothing where the bot's last runs saw something."""
    return seen == 0 and len(before) >= FINDS_NEEDED and median(before) > 0


def wait_after(tries: int) -> timedelta:
    """Return how long after so many tries the next one comes. There always is one."""
    return WAITS[min(tries, len(WAITS)) - 1]


# --- looking -----------------------------------------------------------------------------------------------------


def watched(ledger: Ledger, now: datetime) -> datetime:
    """Return until when all has been looked at. At the first look that is now: nobody is told of what was before."""
    with ledger.reading() as connection:
        found = _watched(connection)
    if found is not None:
        return found
    with ledger.changing() as connection:
        ledger.lock(connection, ALERTS_LOCK)
        found = _watched(connection)
        if found is None:
            connection.execute(facts.insert().values(name=_WATCHED, value=now.isoformat()))
    return found or now


def _watched(connection: sa.Connection) -> datetime | None:
    said = connection.execute(sa.select(facts.c.value).where(facts.c.name == _WATCHED)).scalar()
    return None if said is None else datetime.fromisoformat(said)


def find(ledger: Ledger, since: datetime, now: datetime, *, slow: float) -> list[Alert]:
    """Return all that is worth telling of what has happened since, told or not.

    `slow`: so many times as long as usual is too long.
    """
    with ledger.reading() as connection:
        found = [
            *_ended(connection, since),
            *_slow(connection, now, slow),
            *_missed(connection, since),
            *_buried(connection, since),
        ]
    return [*found, *_unserved(ledger, now)]


_OURS = runs.c.pool.is_not(None) & ~runs.c.options["mock"].as_boolean()
_UNCERTAIN = (
    sa.select(sa.func.count())
    .select_from(steps)
    .where(steps.c.run == runs.c.id, steps.c.state == "uncertain")
    .correlate(runs)
    .scalar_subquery()
    .label("uncertain")
)


def _ended(connection: sa.Connection, since: datetime) -> Iterator[Alert]:
    ended = sa.select(runs, _UNCERTAIN).where(_OURS, runs.c.ended > since, runs.c.state.not_in(CARRIED))
    for run in connection.execute(ended).all():
        about: dict[str, Any] = {"at": run.ended, "bot": run.bot, "run": run.id}
        sentence = run.sentence or ""
        kind = ENDINGS.get(run.state)
        if run.uncertain:
            # What is partly done because of it is not told twice.
            said = f"{sentence} " if kind == "partial" else ""
            lost = f"{said}Åtgärder som ingen vet om de blev utförda: {run.uncertain}."
            yield Alert(f"uncertain:{run.id}", "uncertain", lost, **about)
        if kind is not None and not (kind == "partial" and run.uncertain):
            yield Alert(f"{kind}:{run.id}", kind, sentence, **about)
        if run.state == "done" and run.findings:
            worn = ", ".join(f"{each['screen']}.{each['element']}" for each in run.findings)
            yield Alert(f"weak:{run.id}", "weak", f"Kartan är på väg att bli inaktuell: {worn}.", **about)
        if run.state == "done" and run.seen == 0:
            before = [each.seen for each in _before(connection, run.bot, run.ended, FINDS_COMPARED)]
            if finds_nothing(run.seen, before):
                sentence = f"Såg inga poster. Vanligtvis ser den omkring {median(before):.0f}."
                yield Alert(f"nothing:{run.id}", "nothing", sentence, **about)


def _slow(connection: sa.Connection, now: datetime, factor: float) -> Iterator[Alert]:
    for run in connection.execute(sa.select(runs).where(_OURS, runs.c.state == "running")).all():
        before = [each.ended - each.begun for each in _before(connection, run.bot, now, RUNS_COMPARED) if each.begun]
        # One that was begun by an older version says nothing of when.
        lasted = now - (run.begun or now)
        if is_slow(lasted, before, factor):
            sentence = f"Har pågått i {_minutes(lasted)} min. Vanligtvis tar den {_minutes(usual(before))} min."
            yield Alert(f"slow:{run.id}", "slow", sentence, now, run.bot, run.id)


def _minutes(length: timedelta) -> int:
    return round(length / timedelta(minutes=1))


def _before(connection: sa.Connection, bot: str, moment: datetime, count: int) -> Sequence[sa.Row[Any]]:
    """Return the bot's last runs that were done by then."""
    done = sa.select(runs).where(_OURS, runs.c.bot == bot, runs.c.state == "done", runs.c.ended < moment)
    return connection.execute(done.order_by(runs.c.ended.desc()).limit(count)).all()


def _missed(connection: sa.Connection, since: datetime) -> Iterator[Alert]:
    missed = sa.select(expected_runs).where(expected_runs.c.state == "missed", expected_runs.c.judged > since)
    for each in connection.execute(missed):
        key = f"missed:{each.schedule}:{_moment(each.due)}"
        yield Alert(key, "missed", f"{each.why} Schema: {each.schedule}.", each.due, each.bot)


def _buried(connection: sa.Connection, since: datetime) -> Iterator[Alert]:
    for each in connection.execute(sa.select(machines).where(machines.c.buried > since)):
        sentence = f"{each.id} hördes inte av. Andra har tagit över det som den hade i hand."
        yield Alert(f"machine:{each.id}:{_moment(each.buried)}", "machine", sentence, each.buried)


def _unserved(ledger: Ledger, now: datetime) -> Iterator[Alert]:
    there = fleet.machines_of(ledger)
    for run in fleet.waiting(ledger):
        served = [each.left or now for each in there if run.pool in each.pools]
        if now - max([run.created, *served]) > UNSERVED:
            sentence = f"Ingen maskin utför körningar ur poolen {run.pool}."
            yield Alert(f"unserved:{run.id}", "unserved", sentence, now, run.bot, run.id)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


# --- telling -----------------------------------------------------------------------------------------------------


def store(ledger: Ledger, found: Iterable[Alert], now: datetime, *, wanted: bool) -> list[Alert]:
    """Store what does not stand here yet, and that all has been looked at, and return what is new.

    `wanted`: there is somebody to send it to. What nobody wanted is not sent later either.
    """
    by_key = {each.key: each for each in found}
    with ledger.changing() as connection:
        ledger.lock(connection, ALERTS_LOCK)
        known = set(connection.execute(sa.select(alerts.c.key).where(alerts.c.key.in_(list(by_key)))).scalars())
        new = [each for each in by_key.values() if each.key not in known]
        if new:
            rows = [asdict(each) | {"next_try": now if wanted else None} for each in new]
            connection.execute(alerts.insert(), rows)
        looked = now - OVERLAP
        if looked > (_watched(connection) or looked):
            mine = facts.c.name == _WATCHED
            connection.execute(facts.update().where(mine).values(value=looked.isoformat()))
    return new


def is_stored(ledger: Ledger, key: str) -> bool:
    """Return whether it stands here."""
    with ledger.reading() as connection:
        return connection.execute(sa.select(alerts.c.key).where(alerts.c.key == key)).first() is not None


def take(ledger: Ledger, now: datetime) -> list[Alert]:
    """Take what is due to be sent, oldest first: from now until its next try nobody else does."""
    with ledger.changing() as connection:
        ledger.lock(connection, ALERTS_LOCK)
        due = _alerts(connection, sa.select(alerts).where(alerts.c.next_try <= now).order_by(alerts.c.at, alerts.c.key))
        for each in due:
            again = {"tries": each.tries + 1, "next_try": now + wait_after(each.tries + 1)}
            connection.execute(alerts.update().where(alerts.c.key == each.key).values(**again))
    return due


def sent(ledger: Ledger, which: Iterable[Alert], now: datetime) -> None:
    """Store that people have been told."""
    keys = [each.key for each in which]
    with ledger.changing() as connection:
        connection.execute(alerts.update().where(alerts.c.key.in_(keys)).values(sent=now, next_try=None))


def latest(ledger: Ledger, limit: int) -> list[Alert]:
    """Return the last of them, the latest first."""
    with ledger.reading() as connection:
        return _alerts(connection, sa.select(alerts).order_by(alerts.c.at.desc(), alerts.c.key).limit(limit))


def _alerts(connection: sa.Connection, query: sa.Select[Any]) -> list[Alert]:
    return [Alert(**row) for row in connection.execute(query).mappings()]


# --- one day -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Day:
    """What one bot did in a stretch of time: its runs by how they ended, and how many items came to what."""

    runs: Counter[str] = field(default_factory=Counter)
    done: int = 0
    referred: int = 0
    uncertain: int = 0


def days(ledger: Ledger, since: datetime, until: datetime) -> dict[str, Day]:
    """Return what each bot did between the two, whoever had started it, but against mocks.

    Runs count when they end, with what they referred and left uncertain; what was done counts when it was.
    """
    real = ~runs.c.options["mock"].as_boolean()
    ended = real, runs.c.ended > since, runs.c.ended <= until, runs.c.state.not_in(CARRIED)
    last = (
        sa.select(steps.c.run, steps.c.item)
        .where(steps.c.done > since)
        .group_by(steps.c.run, steps.c.item)
        .having(sa.func.max(steps.c.done) <= until)
        .subquery()
    )
    done = (
        sa.select(runs.c.bot, sa.func.count())
        .join(items, items.c.run == runs.c.id)
        .join(last, (last.c.run == items.c.run) & (last.c.item == items.c.key))
        .where(real, items.c.state == "done")
    )
    referred = (
        sa.select(runs.c.bot, sa.func.count())
        .join(items, items.c.run == runs.c.id)
        .where(*ended, items.c.state == "referred")
    )
    found: defaultdict[str, Day] = defaultdict(Day)
    with ledger.reading() as connection:
        for run in connection.execute(sa.select(runs.c.bot, runs.c.state, _UNCERTAIN).where(*ended)):
            found[run.bot].runs[run.state] += 1
            found[run.bot].uncertain += run.uncertain
        for bot, count in connection.execute(done.group_by(runs.c.bot)):
            found[bot].done = count
        for bot, count in connection.execute(referred.group_by(runs.c.bot)):
            found[bot].referred = count
    return dict(sorted(found.items()))
