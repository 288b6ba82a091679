"""The ledger's tables. Columns of type LargeBinary are sealed by the vault: they may hold personal data.

Those of a run whose time is over are emptied (`orchestrator.ledger.retention`), so each may be None there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    false,
    text,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect


class Instant(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. SQLite forgets time zones, so none is ever stored."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store as UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return as aware UTC."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("bot", String, nullable=False),
    Column("state", String, nullable=False),
    Column("epoch", Integer, nullable=False, default=0),
    Column("today", Date, nullable=False),
    #: What the run was started with, by names and addresses only: never a secret.
    Column("options", JSON, nullable=False),
    Column("created", Instant, nullable=False),
    Column("planned", Instant),
    #: When the process that has it, or had it last, began on it.
    Column("begun", Instant),
    Column("ended", Instant),
    Column("seen", Integer, nullable=False, default=0),
    Column("exit_code", Integer),
    Column("sentence", String),
    #: What an inspection of the screens found, when the run stopped for drift.
    Column("findings", JSON),
    Column("holder", JSON),
    Column("approved_by", String),
    Column("approved_at", Instant),
    Column("maps", JSON),
    #: When what was sealed in it was taken away because its time was over.
    Column("purged", Instant),
    #: The class of machine that is to carry it; None when a person's own command does.
    Column("pool", String),
    #: Asked for by a person: carried before what the clock asks for.
    Column("urgent", Boolean, nullable=False, default=False, server_default=false()),
    #: All accounts that it uses, in one text: the engine's key.
    Column("account", String),
    #: The machine that has it in hand.
    Column("machine", String),
    #: How often it has been handed to the engine.
    Column("asked", Integer, nullable=False, default=0, server_default="0"),
    #: How many processes have died of it in a row without having got any further, and how far the last one got.
    Column("deaths", Integer, nullable=False, default=0, server_default="0"),
    Column("done_at_death", Integer, nullable=False, default=0, server_default="0"),
    Column("cancelled", Instant),
    Column("cancelled_by", String),
    #: Until when it waits for a system that fails; None when it waits for none.
    Column("retry_at", Instant),
    #: How often it has waited in a row without having got any further, and how far it had got.
    Column("retries", Integer, nullable=False, default=0, server_default="0"),
    Column("done_at_retry", Integer, nullable=False, default=0, server_default="0"),
    Index("ix_runs_created", "created"),
    Index("ix_runs_state", "state"),
    Index("ix_runs_ended", "ended"),
)

items = Table(
    "items",
    metadata,
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("key", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("reference", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("reason", String, nullable=False),
    Column("inputs", LargeBinary),
    #: The record as it was read. For what was removed this is the copy that it can be restored from.
    Column("record", LargeBinary),
    #: Whose it is: handläggare, case, the day to be reminded of.
    Column("concern", LargeBinary),
    Column("state", String, nullable=False),
    Column("note", String),
    Column("detail", LargeBinary),
    Index("ix_items_run_state", "run", "state"),
)

#: The states in which a business key is taken.
TAKEN = ("intent", "uncertain", "done")
_TAKEN = text("state IN ('intent', 'uncertain', 'done')")

steps = Table(
    "steps",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run", String, nullable=False),
    Column("item", String, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("kind", String, nullable=False),
    #: The installation of the target system: business keys are unique within it.
    Column("instance", String, nullable=False),
    Column("key", String, nullable=False),
    Column("args", LargeBinary),
    Column("mark", String, nullable=False),
    Column("state", String, nullable=False),
    Column("epoch", Integer),
    Column("attempts", Integer, nullable=False, default=0),
    Column("intended", Instant),
    Column("deadline", Instant),
    #: From this moment on, what is not seen in the target system has not happened.
    Column("settles", Instant),
    Column("done", Instant),
    Column("map_version", String),
    Column("located_by", String),
    Column("confirmed", Boolean, nullable=False, default=False),
    Column("receipt_number", String),
    Column("receipt", LargeBinary),
    ForeignKeyConstraint(["run", "item"], ["items.run", "items.key"]),
    # In the order in which they are claimed, so that the next one is found at once among however many.
    Index("ix_steps_claimed", "run", "state", "attempts", "id"),
    Index("ix_steps_run_item", "run", "item"),
    # The migration says the same to PostgreSQL. Here it would cost every command the import of that dialect.
    Index("uq_steps_taken", "instance", "key", unique=True, sqlite_where=_TAKEN),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run", String, nullable=False),
    Column("item", String, nullable=False),
    #: `screenshot` of what a write brought, `trace` of a try that failed.
    Column("kind", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    ForeignKeyConstraint(["run", "item"], ["items.run", "items.key"]),
    Index("ix_evidence_run_item", "run", "item"),
)

#: What a system showed last of each matter that a bot must know of, whoever had written it there.
memories = Table(
    "memories",
    metadata,
    Column("bot", String, primary_key=True),
    Column("instance", String, primary_key=True),
    #: A digest of what people call the matter, which may name somebody.
    Column("matter", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    #: An account in one installation of a system. One run at a time may use it.
    Column("account", String, primary_key=True),
    Column("run", String, nullable=False),
    Column("holder", JSON, nullable=False),
    Column("since", Instant, nullable=False),
)

machines = Table(
    "machines",
    metadata,
    Column("id", String, primary_key=True),
    Column("holder", JSON, nullable=False),
    #: How many runs of each pool it carries at a time.
    Column("pools", JSON, nullable=False),
    Column("since", Instant, nullable=False),
    #: When it last said that it lives, by the database's clock.
    Column("seen", Instant, nullable=False),
    #: When it left, or was found to be dead.
    Column("left", Instant),
    #: When the others last found it to be dead. It stands when the machine comes back.
    Column("buried", Instant),
)

schedules = Table(
    "schedules",
    metadata,
    Column("name", String, primary_key=True),
    #: Until when all of its due times stand in `expected_runs`.
    Column("watched", Instant, nullable=False),
)

expected_runs = Table(
    "expected_runs",
    metadata,
    Column("schedule", String, primary_key=True),
    Column("due", Instant, primary_key=True),
    Column("bot", String, nullable=False),
    #: `due` while its run has not ended; then `ran`, `caught_up`, `skipped` or `missed`.
    Column("state", String, nullable=False),
    #: Started later than it should have been.
    Column("late", Boolean, nullable=False),
    Column("why", String),
    Column("run", String),
    Column("judged", Instant, nullable=False),
    Index("ix_expected_runs_state", "state"),
    Index("ix_expected_runs_due", "due"),
)

#: Bots that the clock starts nothing of, until somebody says otherwise.
pauses = Table(
    "pauses",
    metadata,
    Column("bot", String, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("why", String, nullable=False),
)

#: What people are told of, each thing once.
alerts = Table(
    "alerts",
    metadata,
    #: Names what happened, as `orchestrator.ledger.alerts` makes it, so that whoever finds it again finds it here.
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("bot", String),
    Column("run", String),
    #: Swedish, of what names no person: the run's own sentence, schedules, machines, counts. A digest is one whole.
    Column("sentence", String, nullable=False),
    #: When it happened.
    Column("at", Instant, nullable=False),
    Column("sent", Instant),
    Column("tries", Integer, nullable=False),
    #: When it is to be sent, or sent again. None when it has been, or when there was nobody to send it to.
    Column("next_try", Instant),
    Index("ix_alerts_at", "at"),
)

#: What the house knows of itself: one row a fact.
facts = Table(
    "facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

approved_rules = Table(
    "approved_rules",
    metadata,
    Column("bot", String, primary_key=True),
    Column("rule", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    #: A person's login, or the worker's epoch.
    Column("who", String, nullable=False),
    #: What happened, in the past tense: `step.done`.
    Column("what", String, nullable=False),
    Column("run", String),
    Column("item", String),
    #: Rule, reason, map, receipt number, digests. Nothing of the person whom the item is about.
    Column("facts", JSON, nullable=False),
    Column("link", String, nullable=False),
    Index("ix_audit_run", "run"),
)

reviews = Table(
    "reviews",
    metadata,
    #: Names the question, as `orchestrator.ledger.review` makes it: what is asked anew has another id.
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("bot", String, nullable=False),
    Column("instance", String, nullable=False),
    Column("run", String, nullable=False),
    Column("item", String),
    #: Of the record that was judged: the answer holds as long as it is unchanged.
    Column("digest", String),
    Column("verdict", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", String, nullable=False),
    Index("ix_reviews_bot_instance", "bot", "instance"),
)
