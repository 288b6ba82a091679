"""The ledger: every question asked of it and every change made to it, each one short transaction.

A change that a worker makes is conditional on its epoch: once another worker has claimed the run, `RunLost` is raised
and nothing is changed. What matters to an auditor is entered in the audit trail by the same transaction.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import tenacity
from pydantic import TypeAdapter
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bots.contract import Act, Decision, Item, Made, Receipt, Refer, Step, Written
from bots.errors import ConfigurationError, RunCancelled, RunHeld, RunLost, StateNotWritable
from orchestrator.ledger import audit
from orchestrator.ledger.audit import Anchor, Anchors, Break, Entry
from orchestrator.ledger.tables import TAKEN, approved_rules, evidence, facts, items, leases, memories, runs, steps
from orchestrator.ledger.tables import audit as trail

if TYPE_CHECKING:
    from orchestrator.ledger.vault import Vault

#: Run states. `waiting` is for approval; `planned` was asked for as a plan only.
OPEN_STATES = (
    "new", "running", "waiting", "waiting_for_sign_in", "planned", "interrupted", "cancelled", "failed", "drifted",
    "partial",
)  # fmt: skip
#: How long a transaction may stand idle before the server ends it, and one that changes the schema: between two
#: statements it imports code, on whatever machine.
TRANSACTION, MIGRATION = timedelta(seconds=5), timedelta(minutes=1)
#: Where a transaction keeps the head that it gives the audit trail, until it is committed.
_HEAD = "audit head"
#: Names our locks among all others in a PostgreSQL database, and among ourselves.
_LOCKS, _TRAIL_LOCK, _SCHEMA_LOCK, CLOCK_LOCK, ALERTS_LOCK = 0x464C4F54, 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that works on a run: where it is and when it began, so that a reused pid is not taken for it."""

    host: str
    pid: int
    started: float

    def __str__(self) -> str:
        return f"process {self.pid} på {self.host}"


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was started with."""

    base_urls: Mapping[str, str]
    maps: Mapping[str, str]
    instances: Mapping[str, str]
    mock: bool = False
    plan_only: bool = False
    unattended: bool = False
    limit: int | None = None
    lanes: int = 1
    #: Settings of the bot's own that were asked for, beside those in the settings.
    own: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Errand:
    """What the machines must know of a run that they carry: pool, accounts, and whether a person asked for it."""

    pool: str
    account: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One run as the ledger knows it."""

    id: str
    bot: str
    state: str
    epoch: int
    today: date
    options: Options
    created: datetime
    planned: datetime | None
    ended: datetime | None
    seen: int
    exit_code: int | None
    sentence: str | None
    findings: list[dict[str, Any]] | None
    holder: Holder | None
    approved_by: str | None
    purged: datetime | None = None
    pool: str | None = None
    urgent: bool = False
    account: str | None = None
    machine: str | None = None
    asked: int = 0
    cancelled: datetime | None = None
    cancelled_by: str | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One item of a plan, with the decision taken on it."""

    item: Item[Any]
    decision: Decision


@dataclass(frozen=True, slots=True)
class Concern:
    """Whose an item is, as `bots.contract.Item` has it."""

    handlaggare: str | None
    case: str | None
    due: date | None
    #: None in what an older version stored.
    protected: bool | None = None

    @property
    def is_protected(self) -> bool:
        """Whether it is a protected person's; of an older version's, whether it may be."""
        return self.case is None if self.protected is None else self.protected


@dataclass(frozen=True, slots=True)
class StoredStep(Step):
    """One step that has been claimed, with its item's record as it was when planned.

    Its write may be sent until `deadline`; what is not seen in the target system at `settles` has not happened.
    """

    id: int
    item: str
    reference: str
    mark: str
    attempts: int
    deadline: datetime
    settles: datetime
    record: Any


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item as it is shown: nothing sealed in it. `receipt` has all of them where it has several steps."""

    key: str
    reference: str
    outcome: str
    rule: str
    rule_version: int
    reason: str
    state: str
    note: str | None
    receipt: str | None
    located_by: str | None
    map_version: str | None
    attempts: int | None


_CONCERN: TypeAdapter[Concern] = TypeAdapter(Concern)

# What is asked for each step, said once: to put a statement together can take longer than to carry it out.

_LOCK = sa.select(sa.func.pg_advisory_xact_lock(_LOCKS, sa.bindparam("what", type_=sa.Integer)))
_LAST_ENTRY = sa.select(trail.c.seq, trail.c.link).order_by(trail.c.seq.desc()).limit(1)
#: The run, if the epoch owns it. Lanes hold it together; who takes it over waits until none of them is in the middle of
#: something.
_OWNED = (
    sa.select(runs.c.cancelled, runs.c.cancelled_by)
    .where(runs.c.id == sa.bindparam("of_run"), runs.c.epoch == sa.bindparam("by"))
    .with_for_update(read=True)
)
_BEFORE = steps.alias("before")
#: The run's next step to be done. Its item's state and the steps before it are asked for step by step, as subqueries
#: that the planner can't turn into joins: of a plan just stored it has no statistics, and would go through all items.
_NEXT = (
    sa.select(steps.c.id)
    .where(
        steps.c.run == sa.bindparam("of_run"),
        steps.c.state == "todo",
        sa.select(items.c.state).where(items.c.run == steps.c.run, items.c.key == steps.c.item).scalar_subquery()
        == "todo",
        sa.or_(
            steps.c.ordinal == 0,
            ~sa.exists().where(
                _BEFORE.c.run == steps.c.run,
                _BEFORE.c.item == steps.c.item,
                _BEFORE.c.ordinal < steps.c.ordinal,
                _BEFORE.c.state != "done",
            ),
        ),
    )
    .order_by(steps.c.attempts, steps.c.id)
    .limit(1)
    .with_for_update(of=steps, skip_locked=True)
    .correlate(None)
    .scalar_subquery()
)
_CLAIM = (
    steps.update()
    .where(steps.c.id == _NEXT)
    .values(
        state="intent",
        epoch=sa.bindparam("by"),
        attempts=steps.c.attempts + 1,
        intended=sa.bindparam("begun"),
        deadline=sa.bindparam("until"),
        settles=sa.bindparam("settled"),
    )
    .returning(steps)
)
_TAKEN = steps.alias("taken")
#: The same step, when its key is taken.
_NEXT_TAKEN = sa.select(steps.c.id, steps.c.item, steps.c.kind).where(
    steps.c.id == _NEXT,
    sa.exists().where(_TAKEN.c.instance == steps.c.instance, _TAKEN.c.key == steps.c.key, _TAKEN.c.state.in_(TAKEN)),
)
#: What was planned for the item of a step.
_PLANNED = sa.select(items.c.record, items.c.reference, items.c.rule, items.c.rule_version, items.c.reason).where(
    items.c.run == sa.bindparam("of_run"), items.c.key == sa.bindparam("of_key")
)


class _KeyTaken(Exception):
    """The business key of the next step is taken: nothing more can be done in this transaction."""


class Ledger:
    """One ledger in one database."""

    def __init__(
        self,
        url: str,
        vault: Vault,
        *,
        where: str,
        anchors: Path,
        now: Callable[[], datetime],
        patience: timedelta = timedelta(0),
    ) -> None:
        """`url` is of a SQLite file, or of a database in PostgreSQL.

        `where` is how people know the place, for the sentence when it cannot be written. `anchors` is the file outside
        the database that the audit trail's heads are written to. A database server that is gone is waited for as long
        as `patience`, before a transaction begins; one that goes in the middle of it is StateNotWritable at once.
        """
        #: What seals and opens the columns that may hold personal data.
        self.vault = vault
        self._where = where
        self._anchors = Anchors(anchors)
        self._now = now
        self._patience = patience
        self._engine = engine(url)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to ask with. Reads open no transaction."""
        with self._connected() as connection:
            yield connection

    def _connected(self) -> sa.Connection:
        """Return a connection. Raises StateNotWritable when the server gives none within our patience."""
        if self.is_file:
            return self._engine.connect()
        waiting = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(OperationalError),
            stop=tenacity.stop_after_delay(self._patience.total_seconds()),
            wait=tenacity.wait_exponential(multiplier=0.1, max=2),
            reraise=True,
        )
        try:
            return waiting(self._engine.connect)
        except DBAPIError as error:
            raise StateNotWritable(self._where) from error

    def session(self) -> sa.Connection:
        """Return a connection of the caller's own, to be kept, on which each statement is a transaction."""
        return self._connected().execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def changing(self) -> Iterator[sa.Connection]:
        """Open one transaction. A database that cannot store it is StateNotWritable, whatever its own words are."""
        try:
            with self._connected() as connection, connection.begin():
                self._begin(connection)
                connection.info.pop(_HEAD, None)
                yield connection
                head = connection.info.pop(_HEAD, None)
        except IntegrityError:
            raise
        except (OperationalError, DBAPIError) as error:
            raise StateNotWritable(self._where) from error
        # After the transaction: an anchor of what was then rolled back would accuse an honest database.
        if head:
            self._anchors.add(head)

    # --- audit -------------------------------------------------------------------------------------------------

    def enter(
        self, connection: sa.Connection, who: str, what: str, run: str | None, item: str | None = None, **facts: object
    ) -> None:
        """Enter in the audit trail what this transaction does, as the last thing in it: others wait for its end."""
        self.lock(connection, _TRAIL_LOCK)
        last = connection.execute(_LAST_ENTRY).first()
        seq, before = (last.seq + 1, last.link) if last else (1, audit.ROOT)
        entry: dict[str, Any] = {
            "seq": seq, "at": self._now(), "who": who, "what": what, "run": run, "item": item,
            "facts": {name: fact for name, fact in facts.items() if fact is not None},
        }  # fmt: skip
        entry["link"] = audit.link(self.vault, entry, before)
        connection.execute(trail.insert(), entry)
        connection.info[_HEAD] = Anchor(seq, entry["link"])

    def audit_trail(self, run_id: str | None = None) -> Iterator[Entry]:
        """Yield the entries of the audit trail, oldest first: all of them, or one run's."""
        query = sa.select(trail).order_by(trail.c.seq)
        if run_id is not None:
            query = query.where(trail.c.run == run_id)
        with self.reading() as connection:
            for row in connection.execute(query).mappings():
                yield Entry(**row)

    def audit_extent(self) -> tuple[int, int]:
        """Return how many entries the audit trail has, and how many anchors."""
        with self.reading() as connection:
            entries = connection.execute(sa.select(sa.func.count()).select_from(trail)).scalar_one()
        return entries, len(self._anchors.read())

    def verify_audit(self) -> list[Break]:
        """Return every place where the audit trail, or an anchor of it, is not as it was written."""
        return list(audit.breaks(self.vault, self.audit_trail(), self._anchors.read()))

    def _begin(self, connection: sa.Connection) -> None:
        """Take SQLite's write lock at once, so that two workers wait for each other instead of failing half way.

        Reads open no transaction at all, and so never stand in a writer's way.
        """
        if self.is_file:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    @property
    def is_file(self) -> bool:
        """Whether it is a file of this machine, rather than a server's."""
        return self._engine.dialect.name == "sqlite"

    def lock(self, connection: sa.Connection, what: int) -> None:
        """Let nobody else be past this line with `what` until this transaction has ended."""
        if not self.is_file:
            connection.execute(_LOCK, {"what": what})

    def migrate(self) -> None:
        """Bring the schema up to date. Raises StateNotWritable, or ConfigurationError for a file that is no ledger."""
        from alembic import command  # noqa: PLC0415 - 0.2 s of import that most commands do without
        from alembic.config import Config  # noqa: PLC0415
        from alembic.script import ScriptDirectory  # noqa: PLC0415
        from alembic.util import CommandError  # noqa: PLC0415 - as above

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
        try:
            with self._connected() as connection:
                try:
                    with connection.begin():
                        self._heed_keys(connection, heed=False)
                        self._begin(connection)
                        if not self.is_file:
                            connection.exec_driver_sql(f"SET LOCAL {_idle_for(MIGRATION)}")
                        self.lock(connection, _SCHEMA_LOCK)
                        config.attributes["connection"] = connection
                        command.upgrade(config, ScriptDirectory.from_config(config).get_current_head() or "head")
                finally:
                    self._heed_keys(connection, heed=True)
        except CommandError as error:
            raise ConfigurationError(
                f"Liggaren i {self._where} är skriven av en nyare version av Flotta. Uppgradera den här installationen."
            ) from error
        except sa.exc.DatabaseError as error:
            if "not a database" in str(error.orig):
                raise ConfigurationError(f"Liggaren i {self._where} är ingen databas. Återställ den.") from error
            raise StateNotWritable(self._where) from error

    def _heed_keys(self, connection: sa.Connection, *, heed: bool) -> None:
        """Let SQLite heed foreign keys, or not, from the next transaction on.

        It changes a table by making it anew, and for a moment there is none for the others to refer to.
        """
        if self.is_file:
            connection.exec_driver_sql(f"PRAGMA foreign_keys = {'ON' if heed else 'OFF'}")

    def know_key(self) -> None:
        """Make sure that what is stored here is sealed with our key. Raises ConfigurationError when it is another."""
        ours = self.vault.digest(b"the key of this ledger")
        with self.reading() as connection:
            theirs = connection.execute(sa.select(facts.c.value).where(facts.c.name == "key")).scalar()
        if theirs is None:
            with self.changing() as connection, suppress(IntegrityError), connection.begin_nested():
                connection.execute(facts.insert().values(name="key", value=ours))
        elif theirs != ours:
            raise ConfigurationError(
                f"Liggaren i {self._where} är krypterad med en annan nyckel än den i FLOTTA_KEY_FILE. Kopiera nyckeln "
                "från en maskin som redan arbetar med den, eller från säkerhetskopian."
            )

    def note(self, name: str, value: str) -> None:
        """Keep one thing that the house knows of itself, in place of what it knew by that name."""
        with self.changing() as connection:
            connection.execute(facts.delete().where(facts.c.name == name))
            connection.execute(facts.insert().values(name=name, value=value))

    def noted(self, name: str) -> str | None:
        """Return what the house knows of itself by that name."""
        with self.reading() as connection:
            return connection.execute(sa.select(facts.c.value).where(facts.c.name == name)).scalar()

    def compact(self) -> None:
        """Let nothing that was taken away lie on in the database's free places."""
        with self.reading() as connection:
            if self.is_file:
                connection.exec_driver_sql("VACUUM")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql("VACUUM items, steps, evidence")

    def problem(self) -> str | None:
        """Return what is wrong with the file itself, in the database's own words; None when nothing is."""
        if not self.is_file:
            return None
        try:
            with self.reading() as connection:
                said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
        except DBAPIError as error:
            said = str(error.orig)
        return None if said == "ok" else said

    def up_to_date(self) -> bool:
        """Return whether the schema is the newest. Migrations are not imported: their files begin with their id."""
        head = max(file.name[:4] for file in Path(__file__).parent.glob("migrations/versions/[0-9]*.py"))
        try:
            with self.reading() as connection:
                return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == head
        except DBAPIError:
            return False

    # --- runs --------------------------------------------------------------------------------------------------

    def create_run(
        self,
        run_id: str,
        bot: str,
        *,
        today: date,
        options: Options,
        now: datetime,
        by: str = "flotta",
        errand: Errand | None = None,
    ) -> None:
        """Add a run in state `new`. Raises RunHeld when there is one with that id: it was started already.

        With an `errand` the machines carry it, else whoever creates it.
        """
        try:
            with self.changing() as connection:
                self.create_within(connection, run_id, bot, today=today, options=options, now=now, by=by, errand=errand)
        except IntegrityError as error:
            raise RunHeld(f"Körningen {run_id}", "en tidigare start") from error

    def create_within(
        self, connection: sa.Connection, run_id: str, bot: str, *, today: date, options: Options, now: datetime,
        by: str, errand: Errand | None,
    ) -> None:  # fmt: skip
        """Do what `create_run` does, as part of a change that has begun. Raises IntegrityError when it is there."""
        connection.execute(
            runs.insert().values(
                id=run_id,
                bot=bot,
                state="new",
                epoch=0,
                seen=0,
                today=today,
                options=asdict(options),
                created=now,
                **(asdict(errand) if errand else {}),
            )
        )
        self.enter(
            connection, by, "run.created", run_id,
            bot=bot, today=str(today), unattended=options.unattended, limit=options.limit, mock=options.mock,
            pool=errand.pool if errand else None,
        )  # fmt: skip

    def create_once(self, connection: sa.Connection, run_id: str, bot: str, **facts: Any) -> str | None:  # noqa: ANN401
        """Add a run as part of a change that has begun, and return its id; None when there is one with that id."""
        if connection.execute(sa.select(runs.c.id).where(runs.c.id == run_id)).first():
            return None
        self.create_within(connection, run_id, bot, **facts)
        return run_id

    def reopen(self, run: Run) -> None:
        """Let the caller carry a run on, called off or not. The machines leave it alone from now on.

        Whatever carried it until now is fenced off. Raises RunLost when another has taken it since it was read.
        """
        with self.changing() as connection:
            mine = runs.c.id == run.id, runs.c.epoch == run.epoch, runs.c.machine.is_not_distinct_from(run.machine)
            state = sa.case((runs.c.state == "running", "interrupted"), else_=runs.c.state)
            taken = runs.update().where(*mine).values(
                state=state, epoch=runs.c.epoch + 1, holder=None, pool=None, machine=None, cancelled=None,
                cancelled_by=None, retry_at=None,
            )  # fmt: skip
            if connection.execute(taken).rowcount != 1:
                raise RunLost(run.id)

    def run(self, run_id: str) -> Run | None:
        """Return the run, or None."""
        with self.reading() as connection:
            row = connection.execute(sa.select(runs).where(runs.c.id == run_id)).mappings().one_or_none()
        return None if row is None else run_of(row)

    def latest_runs(self, limit: int, bot: str | None = None) -> list[Run]:
        """Return the newest runs, of one bot or of all, newest first."""
        asked = sa.select(runs) if bot is None else sa.select(runs).where(runs.c.bot == bot)
        with self.reading() as connection:
            rows = connection.execute(asked.order_by(runs.c.created.desc()).limit(limit)).mappings().all()
        return [run_of(row) for row in rows]

    def claim(
        self, run_id: str, holder: Holder, accounts: Sequence[str], now: datetime, *, after: int | None = None
    ) -> int:
        """Make `holder` the owner of the run and of the accounts, and return its epoch.

        The caller has made sure that a former holder of this run is gone or fenced out. Raises RunLost when the run's
        epoch is not `after`, if that is given: it has been given to another since. Raises RunHeld when another run has
        one of the accounts.
        """
        still = () if after is None else (runs.c.epoch == after,)
        try:
            with self.changing() as connection:
                epoch = connection.execute(
                    runs.update()
                    .where(runs.c.id == run_id, *still)
                    .values(
                        epoch=runs.c.epoch + 1,
                        state="running",
                        holder=asdict(holder),
                        begun=now,
                        retry_at=None,
                        ended=None,
                        exit_code=None,
                        sentence=None,
                        findings=None,
                    )
                    .returning(runs.c.epoch)
                ).scalar()
                if epoch is None:
                    raise RunLost(run_id)
                connection.execute(leases.delete().where(leases.c.run == run_id, leases.c.account.in_(accounts)))
                lease = {"run": run_id, "holder": asdict(holder), "since": now}
                connection.execute(leases.insert(), [{"account": account, **lease} for account in accounts])
                self.enter(
                    connection, _worker(epoch), "run.claimed", run_id, holder=str(holder), accounts=list(accounts)
                )
                return int(epoch)
        except IntegrityError as error:
            raise self._held(accounts, but=run_id) from error

    def _held(self, accounts: Sequence[str], *, but: str) -> RunHeld:
        """Return who has one of the accounts, as far as that can still be told."""
        for account in accounts:
            lease = self.lease_of(account)
            if lease is not None and lease[0] != but:
                return RunHeld(f"Kontot {account}", f"körning {lease[0]} ({lease[1]})")
        return RunHeld(f"Kontot {accounts[0]}", "en annan körning")

    def lease_of(self, account: str) -> tuple[str, Holder] | None:
        """Return the run and the process that hold the account, or None."""
        with self.reading() as connection:
            row = connection.execute(sa.select(leases).where(leases.c.account == account)).mappings().one_or_none()
        return None if row is None else (row["run"], _holder(row["holder"]))

    def heed(self, run_id: str, epoch: int) -> None:
        """Raise RunLost when this worker no longer owns the run, RunCancelled when somebody has called it off."""
        with self.changing() as connection:
            self._own(connection, run_id, epoch, heed=True)

    def drop_leases(self, run_id: str, holder: Holder) -> None:
        """Free the accounts of a run whose process is known to be gone."""
        with self.changing() as connection:
            connection.execute(
                leases.delete().where(leases.c.run == run_id, leases.c.holder["pid"].as_integer() == holder.pid)
            )

    def seen(self, run_id: str, epoch: int, count: int) -> None:
        """Note how many items have been seen so far. Raises RunCancelled when somebody has called the run off."""
        with self.changing() as connection:
            self._own(connection, run_id, epoch, heed=True, seen=count)

    def end_run(
        self,
        run_id: str,
        epoch: int,
        *,
        state: str,
        exit_code: int,
        now: datetime,
        sentence: str | None = None,
        findings: list[dict[str, Any]] | None = None,
    ) -> None:
        """Store how the run ended and free its accounts."""
        with self.changing() as connection:
            self._own(
                connection, run_id, epoch,
                state=state, exit_code=exit_code, sentence=sentence, findings=findings, ended=now, holder=None,
            )  # fmt: skip
            connection.execute(leases.delete().where(leases.c.run == run_id))
            self.enter(connection, _worker(epoch), "run.ended", run_id, state=state, exit_code=exit_code)

    def postpone_run(
        self,
        run_id: str,
        epoch: int,
        *,
        waits: Sequence[timedelta],
        exit_code: int,
        sentence: str | None,
        now: datetime,
    ) -> datetime | None:
        """Let a run wait for a system that fails, and free its accounts; return until when.

        `waits` are its waits in a row, as long as it gets no further. None, with nothing changed, when they are over.
        """
        with self.changing() as connection:
            self._own(connection, run_id, epoch)
            row = connection.execute(
                sa.select(runs.c.retries, runs.c.done_at_retry, runs.c.planned).where(runs.c.id == run_id)
            ).one()
            done = progress(connection, run_id, planned=row.planned is not None)
            retries = 0 if done > row.done_at_retry else row.retries
            if retries >= len(waits):
                return None
            until = now + waits[retries]
            self._own(
                connection, run_id, epoch, state="interrupted", exit_code=exit_code, sentence=sentence, holder=None,
                retry_at=until, retries=retries + 1, done_at_retry=done,
            )  # fmt: skip
            connection.execute(leases.delete().where(leases.c.run == run_id))
            self.enter(connection, _worker(epoch), "run.postponed", run_id, why=sentence, until=until.isoformat())
            return until

    def approve(self, run_id: str, by: str, now: datetime) -> None:
        """Let a person approve the stored plan: the run may act, and the rule versions in it may act from now on."""
        with self.changing() as connection:
            self.approve_within(connection, run_id, by, now)

    def approve_within(self, connection: sa.Connection, run_id: str, by: str, now: datetime) -> None:
        """Do what `approve` does, as part of a change that has begun. A run of the machines' is theirs again."""
        mine = runs.c.id == run_id
        connection.execute(runs.update().where(mine).values(approved_by=by, approved_at=now))
        theirs = mine, runs.c.pool.is_not(None), runs.c.state == "waiting"
        connection.execute(runs.update().where(*theirs).values(state="interrupted", machine=None))
        bot = connection.execute(sa.select(runs.c.bot).where(runs.c.id == run_id)).scalar_one()
        acting = connection.execute(
            sa.select(items.c.rule, items.c.rule_version)
            .where(items.c.run == run_id, items.c.outcome == "act", items.c.state != "declined")
            .distinct()
        ).all()
        known = self._approved(connection, bot)
        new = [
            {"bot": bot, "rule": rule, "version": version, "by": by, "at": now}
            for rule, version in acting
            if (rule, version) not in known
        ]
        if new:
            connection.execute(approved_rules.insert(), new)
        self.enter(
            connection, by, "plan.approved", run_id, rules=[f"{rule}/{version}" for rule, version in sorted(acting)]
        )

    def approved(self, bot: str) -> set[tuple[str, int]]:
        """Return the (rule, version) pairs of the bot that a person has approved."""
        with self.reading() as connection:
            return self._approved(connection, bot)

    @staticmethod
    def _approved(connection: sa.Connection, bot: str) -> set[tuple[str, int]]:
        query = sa.select(approved_rules.c.rule, approved_rules.c.version).where(approved_rules.c.bot == bot)
        return {(rule, version) for rule, version in connection.execute(query)}

    # --- plan --------------------------------------------------------------------------------------------------

    def store_plan(
        self,
        run_id: str,
        epoch: int,
        plan: Sequence[PlannedItem],
        *,
        record: TypeAdapter[Any],
        instance: str,
        limit: int | None,
        maps: Mapping[str, str],
        now: datetime,
    ) -> None:
        """Store every item and step of the plan, all or nothing. Acts beyond `limit` are stored as postponed."""
        acts = 0
        item_rows, step_rows = [], []
        for position, planned in enumerate(plan):
            item, decision = planned.item, planned.decision
            state = "referred" if isinstance(decision, Refer) else "left"
            if isinstance(decision, Act):
                acts += 1
                state = "todo" if limit is None or acts <= limit else "postponed"
            item_rows.append(
                {
                    "run": run_id,
                    "key": item.key,
                    "position": position,
                    "reference": item.reference,
                    "outcome": type(decision).__name__.lower(),
                    "rule": decision.rule.id,
                    "rule_version": decision.rule.version,
                    "reason": decision.reason,
                    "inputs": self.vault.seal(dict(decision.inputs)),
                    "record": self.vault.seal(item.record, record),
                    "concern": self.vault.seal(
                        Concern(item.handlaggare, item.case, item.due, item.protected), _CONCERN
                    ),
                    "state": state,
                }
            )
            if isinstance(decision, Act) and state == "todo":
                step_rows += [
                    {
                        "run": run_id,
                        "item": item.key,
                        "ordinal": ordinal,
                        "kind": step.kind,
                        "instance": instance,
                        "key": step.key,
                        "args": self.vault.seal(dict(step.args)),
                        "mark": mark(run_id, step.key),
                        "state": "todo",
                        "attempts": 0,
                        "confirmed": False,
                    }
                    for ordinal, step in enumerate(decision.steps)
                ]
        with self.changing() as connection:
            self._own(connection, run_id, epoch, seen=len(plan), planned=now, maps=dict(maps))
            if item_rows:
                connection.execute(items.insert(), item_rows)
            if step_rows:
                connection.execute(steps.insert(), step_rows)
            counts = Counter(str(row["outcome"]) for row in item_rows)
            self.enter(
                connection,
                _worker(epoch),
                "plan.stored",
                run_id,
                seen=len(plan),
                maps=dict(maps),
                outcomes=dict(counts),
            )

    def plan_counts(self, run_id: str) -> dict[tuple[str, str, int], int]:
        """Return how many items the plan has per (outcome, rule, rule version)."""
        query = (
            sa.select(items.c.outcome, items.c.rule, items.c.rule_version, sa.func.count())
            .where(items.c.run == run_id)
            .group_by(items.c.outcome, items.c.rule, items.c.rule_version)
        )
        with self.reading() as connection:
            return {(outcome, rule, version): count for outcome, rule, version, count in connection.execute(query)}

    def item_counts(self, run_id: str) -> dict[str, int]:
        """Return how many items there are per state. One cheap query, for progress."""
        query = sa.select(items.c.state, sa.func.count()).where(items.c.run == run_id).group_by(items.c.state)
        with self.reading() as connection:
            return {state: count for state, count in connection.execute(query)}  # noqa: C416 - dict() would not be typed

    def lines(self, run_id: str) -> list[ItemLine]:
        """Return every item of the run in the plan's order, without anything sealed."""
        query = self._lines().where(items.c.run == run_id).order_by(items.c.position)
        return [line for _run, line in self._read(query)]

    def _read(self, lines: sa.Select[Any]) -> list[tuple[str, ItemLine]]:
        """Return the lines with their runs, each with all of its receipts."""
        with self.reading() as connection:
            rows = [dict(row) for row in connection.execute(lines).mappings()]
            later = sa.select(steps.c.run, steps.c.item, steps.c.receipt_number).where(
                steps.c.ordinal > 0, steps.c.receipt_number.is_not(None), steps.c.run.in_({row["run"] for row in rows})
            )
            more = defaultdict(list)
            for step in connection.execute(later.order_by(steps.c.ordinal)):
                more[step.run, step.item].append(step.receipt_number)
        for row in rows:
            row["receipt"] = ", ".join([row["receipt"] or "", *more[row["run"], row["key"]]]) or None
        return [(row.pop("run"), ItemLine(**row)) for row in rows]

    def lines_of(self, item: str) -> list[tuple[str, ItemLine]]:
        """Return what became of an item, named by reference or key, in each run that saw it, the newest first."""
        query = (
            self._lines()
            .join(runs, runs.c.id == items.c.run)
            .where((items.c.reference == item) | (items.c.key == item))
            .order_by(runs.c.created.desc())
        )
        return self._read(query)

    @staticmethod
    def _lines() -> sa.Select[Any]:
        return (
            sa.select(
                items.c.key, items.c.reference, items.c.outcome, items.c.rule, items.c.rule_version, items.c.reason,
                items.c.state, items.c.note, items.c.run,
                steps.c.receipt_number.label("receipt"), steps.c.located_by, steps.c.map_version, steps.c.attempts,
            )
            .select_from(
                items.outerjoin(
                    steps, (steps.c.run == items.c.run) & (steps.c.item == items.c.key) & (steps.c.ordinal == 0)
                )
            )
        )  # fmt: skip

    def concerns(self, run_id: str) -> dict[str, Concern]:
        """Return whose each item of the run is, by the item's key, opened. What was purged is not among them."""
        query = sa.select(items.c.key, items.c.concern).where(items.c.run == run_id, items.c.concern.is_not(None))
        with self.reading() as connection:
            return {row.key: self.vault.open(row.concern, _CONCERN) for row in connection.execute(query)}

    # --- steps -------------------------------------------------------------------------------------------------

    def written(self, bot: str, instance: str) -> list[Written]:
        """Return every step that a bot has made in an installation, the oldest first."""
        mine = sa.select(steps).join(runs, runs.c.id == steps.c.run).where(runs.c.bot == bot)
        asked = mine.where(steps.c.instance == instance, steps.c.state == "done").order_by(steps.c.done, steps.c.id)
        with self.reading() as connection:
            return [Written(each.kind, each.key, each.receipt_number, each.done) for each in connection.execute(asked)]

    def made(self, bot: str, instance: str) -> list[Made]:
        """Return every step that a bot has made in an installation with all that it wrote, where it still is kept."""
        mine = sa.select(steps.c.key, steps.c.args).join(runs, runs.c.id == steps.c.run).where(runs.c.bot == bot)
        asked = mine.where(steps.c.instance == instance, steps.c.state == "done", steps.c.args.is_not(None))
        with self.reading() as connection:
            return [Made(each.key, self.vault.open(each.args)) for each in connection.execute(asked)]

    def remembered(self, bot: str, instance: str, kind: TypeAdapter[Any]) -> list[tuple[Any, datetime]]:
        """Return what a bot was last shown of each matter in an installation, and when."""
        mine = sa.select(memories).where(memories.c.bot == bot, memories.c.instance == instance)
        with self.reading() as connection:
            rows = connection.execute(mine.order_by(memories.c.at, memories.c.matter)).all()
        return [(self.vault.open(each.sealed, kind), each.at) for each in rows]

    def remember(
        self, run_id: str, epoch: int, bot: str, instance: str, shown: Mapping[str, Any], *, kind: TypeAdapter[Any],
        now: datetime,
    ) -> None:  # fmt: skip
        """Keep what a system shows of each matter, by what people call it, in place of what it showed before."""
        rows: list[dict[str, Any]] = [
            {
                "bot": bot, "instance": instance, "matter": self.vault.digest(name.encode()), "at": now,
                "sealed": self.vault.seal(each, kind),
            }
            for name, each in shown.items()
        ]  # fmt: skip
        with self.changing() as connection:
            self._own(connection, run_id, epoch)
            if rows:
                mine = memories.c.bot == bot, memories.c.instance == instance
                connection.execute(
                    memories.delete().where(*mine, memories.c.matter.in_([row["matter"] for row in rows]))
                )
                connection.execute(memories.insert(), rows)
                digests = sorted(self.vault.digest_of(row["sealed"]) for row in rows)
                after = self.vault.digest("".join(digests).encode())
                self.enter(connection, _worker(epoch), "matters.learnt", run_id, count=len(rows), after=after)

    def uncertain_steps(self, run_id: str, *, record: TypeAdapter[Any]) -> list[StoredStep]:
        """Return the steps that are uncertain and whose items are too, in the plan's order.

        A step whose item was referred to a person is not this run's to touch any more.
        """
        query = (
            self._with_item()
            .where(steps.c.run == run_id, steps.c.state == "uncertain", items.c.state == "uncertain")
            .order_by(items.c.position, steps.c.ordinal)
        )
        with self.reading() as connection:
            return [self._step(row, record) for row in connection.execute(query).mappings()]

    @staticmethod
    def _with_item() -> sa.Select[Any]:
        return sa.select(steps, items.c.record, items.c.reference).join(
            items, (steps.c.run == items.c.run) & (steps.c.item == items.c.key)
        )

    def _step(self, row: Mapping[Any, Any], record: TypeAdapter[Any]) -> StoredStep:
        return StoredStep(
            kind=row["kind"],
            key=row["key"],
            args=self.vault.open(row["args"]),
            id=row["id"],
            item=row["item"],
            reference=row["reference"],
            mark=row["mark"],
            attempts=row["attempts"],
            deadline=row["deadline"],
            settles=row["settles"],
            record=self.vault.open(row["record"], record),
        )

    def claim_step(
        self,
        run_id: str,
        epoch: int,
        *,
        record: TypeAdapter[Any],
        now: Callable[[], datetime],
        within: timedelta,
        settling: timedelta,
    ) -> StoredStep | None:
        """Take the run's next step that is to be done, for the caller alone; None when there is none.

        Its business key is taken, and it is said that it is about to be written, before anything is sent: the write may
        be sent `within` that time, and shows in the target system, if at all, `settling` later. What has been tried
        before comes last, and a step waits for the one before it of its item. A step whose key is taken was made, or
        may have been, by another run: its item is referred to a person here. `attempts` are those before this one.

        Raises RunLost when this worker no longer owns the run, RunCancelled when somebody has called it off.
        """
        while True:
            try:
                with self.changing() as connection:
                    self._own(connection, run_id, epoch, heed=True)
                    begun = now()
                    until = begun + within
                    row = self._intend(connection, run_id, epoch, begun=begun, until=until, settled=until + settling)
                    if row is None:
                        return None
                    planned = connection.execute(_PLANNED, {"of_run": run_id, "of_key": row["item"]}).mappings().one()
                    self.enter(
                        connection, _worker(epoch), "step.intended", run_id, row["item"], step=row["kind"],
                        deadline=until.isoformat(), **self._grounds(planned),
                    )  # fmt: skip
                    return self._step({**row, **planned, "attempts": row["attempts"] - 1}, record)
            except _KeyTaken:
                self._refer_taken(run_id, epoch)

    @staticmethod
    def _intend(connection: sa.Connection, run_id: str, epoch: int, **times: datetime) -> Mapping[Any, Any] | None:
        """Set the run's next step in intent and return it as it is then. Raises _KeyTaken."""
        try:
            return connection.execute(_CLAIM, {"of_run": run_id, "by": epoch, **times}).mappings().first()
        except IntegrityError as error:
            raise _KeyTaken from error

    def _refer_taken(self, run_id: str, epoch: int) -> None:
        """Refer the item of the run's next step to a person, if the step's key is taken.

        It is no more where another lane has done so, or has claimed that step, meanwhile.
        """
        why = "En tidigare körning har redan gjort detta, eller kan ha gjort det."
        with self.changing() as connection:
            self._own(connection, run_id, epoch)
            row = connection.execute(_NEXT_TAKEN, {"of_run": run_id}).first()
            if row is None:
                return
            connection.execute(steps.update().where(steps.c.id == row.id).values(state="dropped"))
            item = items.c.run == run_id, items.c.key == row.item
            connection.execute(items.update().where(*item).values(state="referred", note=why))
            self.enter(connection, _worker(epoch), "item.referred", run_id, row.item, step=row.kind, why=why)

    def _grounds(self, planned: Mapping[Any, Any]) -> dict[str, object]:
        """Return what an item was decided by: rule, reason, and a digest of the record as it was read."""
        return {
            "rule": f"{planned['rule']}/{planned['rule_version']}", "reason": planned["reason"],
            "before": self.vault.digest_of(planned["record"]),
        }  # fmt: skip

    def done(
        self,
        run_id: str,
        epoch: int,
        step: StoredStep,
        receipt: Receipt,
        *,
        now: datetime,
        confirmed: bool,
        map_version: str,
        located_by: str | None,
    ) -> None:
        """Store the receipt, and the item as done when this was its last step, else as one to go on with.

        `confirmed`: found by looking later.
        """
        sealed = self.vault.seal({"number": receipt.number, "facts": dict(receipt.facts)})
        with self.changing() as connection:
            self._own(connection, run_id, epoch)
            connection.execute(
                steps.update()
                .where(steps.c.id == step.id)
                .values(
                    state="done",
                    done=now,
                    confirmed=confirmed,
                    map_version=map_version,
                    located_by=located_by,
                    receipt_number=receipt.number,
                    receipt=sealed,
                )
            )
            self.go_on(connection, run_id, step.item)
            self.enter(
                connection, _worker(epoch), "step.done", run_id, step.item, step=step.kind, receipt=receipt.number,
                after=self.vault.digest_of(sealed), confirmed=confirmed, map=map_version, located_by=located_by,
            )  # fmt: skip

    @staticmethod
    def go_on(connection: sa.Connection, run_id: str, item: str) -> None:
        """Store an item, one of whose steps was made, as done when that was its last, else as one to go on with."""
        left = sa.select(steps.c.id).where(steps.c.run == run_id, steps.c.item == item, steps.c.state != "done")
        connection.execute(
            items.update()
            .where(items.c.run == run_id, items.c.key == item)
            .values(state=sa.case((sa.exists(left), "todo"), else_="done"), note=None)
        )

    def keep(self, run_id: str, epoch: int, step: StoredStep, kind: str, raw: bytes, *, now: datetime) -> None:
        """Keep evidence of a step, sealed: `screenshot` (PNG) or `trace` (zip)."""
        sealed = self.vault.seal_bytes(raw)
        with self.changing() as connection:
            self._own(connection, run_id, epoch)
            connection.execute(evidence.insert().values(run=run_id, item=step.item, kind=kind, at=now, sealed=sealed))
            self.enter(
                connection, _worker(epoch), "evidence.kept", run_id, step.item, kind=kind, digest=self.vault.digest(raw)
            )

    def uncertain(self, run_id: str, epoch: int, step: StoredStep, note: str, detail: str | None = None) -> None:
        """Say that the write may have been sent. Its key stays taken until somebody has looked."""
        self._move("step.uncertain", run_id, epoch, step, "uncertain", item="uncertain", note=note, detail=detail)

    def unsent(self, run_id: str, epoch: int, step: StoredStep) -> None:
        """Say that nothing was sent, or that it is proven not to have happened: the step may be tried."""
        self._move("step.not_sent", run_id, epoch, step, "todo", item="todo", note=None)

    def refer(self, run_id: str, epoch: int, step: StoredStep, note: str, *, sent: bool) -> None:
        """Leave the item to a person. `sent`: the write may have happened, so its key stays taken."""
        state = "uncertain" if sent else "dropped"
        self._move("item.referred", run_id, epoch, step, state, item="referred", note=note)

    def fail(self, run_id: str, epoch: int, step: StoredStep, note: str, detail: str | None = None) -> None:
        """Store that the item failed before anything was sent. It stays to be done by `resume`."""
        self._move("item.failed", run_id, epoch, step, "todo", item="failed", note=note, detail=detail)

    def adopt_intents(self, run_id: str, epoch: int, *, lanes_too: bool = False) -> None:
        """Take over from an earlier worker: what it left in intent is uncertain, what failed is to be tried again.

        With `lanes_too` from the lanes of this worker as well, all of which have ended.
        """
        with self.changing() as connection:
            self._own(connection, run_id, epoch)
            left = [steps.c.run == run_id, steps.c.state == "intent"]
            if not lanes_too:
                left.append(steps.c.epoch != epoch)
            names = sa.select(steps.c.item).where(*left)
            connection.execute(
                items.update()
                .where(items.c.run == run_id, items.c.key.in_(names))
                .values(state="uncertain", note="Körningen avbröts under skrivningen.")
            )
            adopted = connection.execute(steps.update().where(*left).values(state="uncertain")).rowcount
            again = connection.execute(
                items.update().where(items.c.run == run_id, items.c.state == "failed").values(state="todo", note=None)
            ).rowcount
            # Somebody has asked for another try, so what counts is what this worker meets.
            open_states = steps.c.state.in_(("todo", "uncertain"))
            connection.execute(steps.update().where(steps.c.run == run_id, open_states).values(attempts=0))
            if adopted or again:
                self.enter(connection, _worker(epoch), "run.taken_up", run_id, uncertain=adopted, again=again)

    def _move(
        self,
        what: str,
        run_id: str,
        epoch: int,
        step: StoredStep,
        state: str,
        *,
        item: str,
        note: str | None,
        detail: str | None = None,
    ) -> None:
        with self.changing() as connection:
            self._own(connection, run_id, epoch)
            connection.execute(steps.update().where(steps.c.id == step.id).values(state=state))
            connection.execute(
                items.update()
                .where(items.c.run == run_id, items.c.key == step.item)
                .values(state=item, note=note, detail=None if detail is None else self.vault.seal(detail))
            )
            self.enter(connection, _worker(epoch), what, run_id, step.item, step=step.kind, why=note)

    @staticmethod
    def _own(connection: sa.Connection, run_id: str, epoch: int, *, heed: bool = False, **values: Any) -> None:  # noqa: ANN401 - as above
        """Make sure that this epoch owns the run until the transaction ends, and change the run's row by `values`.

        `heed`: raise RunCancelled when somebody has called the run off.
        """
        if values:
            mine = runs.update().where(runs.c.id == run_id, runs.c.epoch == epoch).values(**values)
            run = connection.execute(mine.returning(runs.c.cancelled, runs.c.cancelled_by)).first()
        else:
            run = connection.execute(_OWNED, {"of_run": run_id, "by": epoch}).first()
        if run is None:
            raise RunLost(run_id)
        if heed and run.cancelled is not None:
            raise RunCancelled(run_id, run.cancelled_by)


def engine(url: str) -> sa.Engine:
    """Return an engine as a ledger needs it: transactions that we begin ourselves, connections that are tried first."""
    if not url.startswith("sqlite"):
        # A server that vanished without a word is noticed within a minute instead of two hours.
        alive = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "connect_timeout": 10}
        made = sa.create_engine(url, pool_pre_ping=True, connect_args=alive)
        event.listen(made, "connect", _prepare_postgresql)
        return made
    made = sa.create_engine(url)
    event.listen(made, "connect", _prepare_sqlite)
    return made


def progress(connection: sa.Connection, run_id: str, *, planned: bool) -> int:
    """Return how far a run has got. A plan is progress too: to read a long list takes as long as many steps."""
    made = sa.select(sa.func.count()).select_from(steps).where(steps.c.run == run_id, steps.c.state == "done")
    return int(connection.execute(made).scalar_one()) + planned


def _worker(epoch: int) -> str:
    return f"robot, epok {epoch}"


def mark(run_id: str, key: str) -> str:
    """Return the short text by which a write of this run can be told in the target system, the same after a crash."""
    return f"[F-{hashlib.sha256(f'{run_id}/{key}'.encode()).hexdigest()[:10]}]"


def run_of(row: Mapping[Any, Any]) -> Run:
    """Return a row of the table as a run."""
    fields = {name: row[name] for name in Run.__slots__ if name not in {"options", "holder"}}
    return Run(**fields, options=Options(**row["options"]), holder=_holder(row["holder"]) if row["holder"] else None)


def _holder(stored: Mapping[str, Any]) -> Holder:
    return Holder(**stored)


def _prepare_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg's own
    # Ours take milliseconds. A process that is frozen in the middle of one must not keep all others waiting.
    connection.autocommit = True
    connection.execute(f"SET {_idle_for(TRANSACTION)}")
    connection.autocommit = False


def _idle_for(limit: timedelta) -> str:
    return f"idle_in_transaction_session_timeout = {limit // timedelta(milliseconds=1)}"


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3's own
    # The driver must not open transactions by itself: `Ledger._begin` does.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
