"""What waits for a person, and what a decision on it does.

One queue of five kinds:

    item   the rules referred it: a person answers, and is not asked again while what was read is unchanged
    plan   the guard stopped it: approved whole or in part, it is carried out by `flotta resume`
    rule   a rule version that nobody has approved acts in such a plan
    step   a write of which nobody knows whether it happened: a person has looked
    map    a screen has changed, and the bot rests: a person has seen to the map

Nothing is stored of what waits: the queue is read out of the runs. A question is the same one, however many nights ask
it, while its id is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bots.errors import ConfigurationError
from orchestrator.ledger.tables import approved_rules, items, pauses, reviews, runs, steps

if TYPE_CHECKING:
    from orchestrator.ledger.store import Ledger

APPROVED, REJECTED = "approved", "rejected"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that waits for a person. Nothing in it is sealed.

    `since` is when it was first asked. `item` is its key, `reference` what people call it. `step` is the uncertain one.
    """

    id: str
    kind: str
    bot: str
    instance: str
    run: str
    reason: str
    since: datetime
    reference: str
    item: str | None = None
    rule: str | None = None
    rule_version: int | None = None
    digest: str | None = None
    step: int | None = None
    settles: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person decided of an item that looked so, and why."""

    digest: str
    verdict: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Change:
    """One item as it would be changed: the facts that the decision stood on, and what would be written."""

    reference: str
    rule: str
    reason: str
    before: Mapping[str, str | None]
    after: tuple[Mapping[str, str], ...]


def instance_of(options: Mapping[str, Any]) -> str:
    """Return where a run with these options works, as answers are valid there. All mock systems are one place."""
    return "mock" if options["mock"] else ",".join(sorted(options["instances"].values()))


def queue(ledger: Ledger) -> list[Question]:
    """Return every open question, oldest first."""
    with ledger.reading() as connection:
        answered = {name for (name,) in connection.execute(sa.select(reviews.c.id))}
        newest = latest(connection)
        found = [
            *_referred(ledger, connection, newest),
            *_plans(connection, newest),
            *_uncertain(connection),
            *_drifted(connection),
        ]
    return sorted(
        (each for each in found if each.id not in answered), key=lambda each: (each.since, each.kind, each.reference)
    )


def latest(connection: sa.Connection) -> dict[tuple[str, str], Any]:
    """Return the latest planned run of each bot in each place: what an older one asked has been asked again, or not."""
    found: dict[tuple[str, str], Any] = {}
    for row in connection.execute(sa.select(runs).where(runs.c.planned.is_not(None)).order_by(runs.c.created)):
        found[row.bot, instance_of(row.options)] = row
    return found


def _referred(ledger: Ledger, connection: sa.Connection, newest: Mapping[tuple[str, str], Any]) -> list[Question]:
    first: dict[tuple[str, str, str], datetime] = {}
    known = sa.select(runs.c.bot, runs.c.options, runs.c.created, items.c.key).join(items, items.c.run == runs.c.id)
    for row in connection.execute(known.where(items.c.state == "referred").order_by(runs.c.created)):
        first.setdefault((row.bot, instance_of(row.options), row.key), row.created)
    found = []
    for (bot, instance), run in newest.items():
        # A write that may have been sent is a question of its own.
        lost = sa.select(steps.c.item).where(steps.c.run == run.id, steps.c.state == "uncertain")
        rows = connection.execute(
            sa.select(items).where(items.c.run == run.id, items.c.state == "referred", items.c.key.not_in(lost))
        )
        for row in rows:
            digest = ledger.vault.digest_of(row.record)
            found.append(
                Question(
                    id=_id("item", bot, instance, row.key, row.rule, digest), kind="item", bot=bot, instance=instance,
                    run=run.id, reason=row.note or row.reason, since=first[bot, instance, row.key],
                    reference=row.reference, item=row.key, rule=row.rule, rule_version=row.rule_version, digest=digest,
                )
            )  # fmt: skip
    return found


def _plans(connection: sa.Connection, newest: Mapping[tuple[str, str], Any]) -> list[Question]:
    found = []
    for (bot, instance), run in newest.items():
        if run.state != "waiting" or run.approved_by is not None:
            continue
        about: dict[str, Any] = {"bot": bot, "instance": instance, "run": run.id, "since": run.planned}
        found.append(Question(id=plan_id(run.id), kind="plan", reason=run.sentence or "", reference=run.id, **about))
        known = {
            (rule, version)
            for rule, version in connection.execute(
                sa.select(approved_rules.c.rule, approved_rules.c.version).where(approved_rules.c.bot == bot)
            )
        }
        acting = connection.execute(
            sa.select(items.c.rule, items.c.rule_version, sa.func.count().label("count"))
            .where(items.c.run == run.id, items.c.state == "todo")
            .group_by(items.c.rule, items.c.rule_version)
        )
        found += [
            Question(
                id=_id("rule", bot, row.rule, str(row.rule_version)), kind="rule", rule=row.rule,
                rule_version=row.rule_version, reference=f"{row.rule}/{row.rule_version}",
                reason=f"Regelversionen har inte använts förut. I planen gäller den {row.count} poster.", **about,
            )
            for row in acting
            if (row.rule, row.rule_version) not in known
        ]  # fmt: skip
    return found


def _uncertain(connection: sa.Connection) -> list[Question]:
    query = (
        sa.select(steps, runs.c.bot, runs.c.options, runs.c.state.label("run_state"), items.c.reference, items.c.note)
        .join(runs, runs.c.id == steps.c.run)
        .join(items, (items.c.run == steps.c.run) & (items.c.key == steps.c.item))
        # A run that waits for a system will look for itself.
        .where(steps.c.state == "uncertain", runs.c.state != "running", runs.c.retry_at.is_(None))
    )
    return [
        Question(
            id=_id("step", str(row.id), str(row.attempts), str(row.epoch)), kind="step", bot=row.bot,
            instance=instance_of(row.options), run=row.run, item=row.item, reference=row.reference,
            reason=row.note or "Det är okänt om åtgärden blev utförd.", since=row.intended, step=row.id,
            settles=row.settles,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def _drifted(connection: sa.Connection) -> list[Question]:
    """Return the bots that rest since their newest run met a changed screen."""
    newest = {
        (row.bot, instance_of(row.options)): row for row in connection.execute(sa.select(runs).order_by(runs.c.created))
    }
    resting = {bot for (bot,) in connection.execute(sa.select(pauses.c.bot))}
    return [
        Question(
            id=_id("map", run.id), kind="map", bot=bot, instance=instance, run=run.id, reason=run.sentence or "",
            since=run.ended, reference=run.id,
        )
        for (bot, instance), run in newest.items()
        if run.state == "drifted" and bot in resting
    ]  # fmt: skip


def plan_id(run: str) -> str:
    """Return the id of the question whether a run's plan may be carried out."""
    return _id("plan", run)


def _id(*said: str) -> str:
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:8]


def changes(ledger: Ledger, question: Question) -> list[Change]:
    """Return what is behind a question, item by item, opened: who looks at it is entered in the audit trail."""
    with ledger.reading() as connection:
        wanted = items.c.run == question.run
        if question.kind == "plan":
            wanted &= items.c.state == "todo"
        elif question.kind == "rule":
            wanted &= (items.c.rule == question.rule) & (items.c.rule_version == question.rule_version)
            wanted &= items.c.state == "todo"
        else:
            wanted &= items.c.key == question.item
        rows = connection.execute(sa.select(items).where(wanted).order_by(items.c.position)).all()
        after: dict[str, list[Mapping[str, str]]] = {}
        theirs = sa.select(steps).where(
            steps.c.run == question.run, steps.c.item.in_(sa.select(items.c.key).where(wanted))
        )
        for step in connection.execute(theirs.order_by(steps.c.ordinal)):
            after.setdefault(step.item, []).append({"gör": step.kind, **ledger.vault.open(step.args)})
    return [
        Change(row.reference, f"{row.rule}/{row.rule_version}", row.reason, ledger.vault.open(row.inputs),
               tuple(after.get(row.key, ())))
        for row in rows
    ]  # fmt: skip


def decide(
    ledger: Ledger,
    question: Question,
    verdict: str,
    *,
    by: str,
    note: str,
    now: datetime,
    only: Collection[str] | None = None,
) -> None:
    """Store a person's decision and do what it means, all or nothing.

    `only` are the references of the items of a plan that are approved; the others are not carried out. Raises
    ConfigurationError for a step that may still land, for items that are not in the plan, and for a question that has
    been answered meanwhile.
    """
    with ledger.changing() as connection:
        if connection.execute(sa.select(reviews.c.id).where(reviews.c.id == question.id)).first():
            raise ConfigurationError(f"Frågan {question.id} är redan besvarad.")
        connection.execute(
            reviews.insert().values(
                id=question.id, kind=question.kind, bot=question.bot, instance=question.instance, run=question.run,
                item=question.item, digest=question.digest, verdict=verdict, by=by, at=now, note=note,
            )
        )  # fmt: skip
        if question.kind == "plan":
            _decide_plan(ledger, connection, question, verdict, by=by, now=now, only=only)
        elif question.kind == "rule":
            _decide_rule(connection, question, verdict, by=by, now=now)
        elif question.kind == "step":
            _decide_step(ledger, connection, question, verdict, note=note, now=now)
        elif question.kind == "map" and verdict == APPROVED:
            connection.execute(pauses.delete().where(pauses.c.bot == question.bot))
        ledger.enter(
            connection, by, f"review.{verdict}", question.run, question.item, kind=question.kind, why=note,
            rule=f"{question.rule}/{question.rule_version}" if question.rule else None,
            only=sorted(only) if only is not None else None,
        )  # fmt: skip


def wordings(ledger: Ledger, run: str, reference: str, names: Collection[str]) -> dict[str, str]:
    """Return those texts, by name, that would be written of a planned item.

    Raises ConfigurationError where the plan has no such item, or has been approved.
    """
    with ledger.reading() as connection:
        _step, args = _planned(ledger, connection, run, reference, names)
    return {name: args[name] for name in names if name in args}


def reword(ledger: Ledger, run: str, reference: str, said: Mapping[str, str], *, by: str) -> None:
    """Let these texts be written of a planned item instead. Raises ConfigurationError as `wordings` does."""
    with ledger.changing() as connection:
        step, args = _planned(ledger, connection, run, reference, said)
        sealed = ledger.vault.seal({**args, **said})
        connection.execute(steps.update().where(steps.c.id == step.id).values(args=sealed))
        ledger.enter(
            connection, by, "step.reworded", run, step.item, texts=sorted(said),
            before=ledger.vault.digest_of(step.args), after=ledger.vault.digest_of(sealed),
        )  # fmt: skip


def _planned(
    ledger: Ledger, connection: sa.Connection, run: str, reference: str, names: Collection[str]
) -> tuple[sa.Row[Any], dict[str, str]]:
    """Return the step of an item that has these texts, of a plan that nobody has approved yet; else its last."""
    query = (
        sa.select(steps)
        .join(items, (items.c.run == steps.c.run) & (items.c.key == steps.c.item))
        .join(runs, runs.c.id == steps.c.run)
        .where(runs.c.id == run, runs.c.approved_by.is_(None), runs.c.state.in_(("planned", "waiting")))
        .where(items.c.reference == reference, items.c.state == "todo", steps.c.state == "todo")
        .order_by(steps.c.ordinal)
    )
    found = [(step, ledger.vault.open(step.args)) for step in connection.execute(query)]
    if not found:
        raise ConfigurationError(f"{reference} finns inte bland åtgärderna i {run}, eller så är planen redan godkänd.")
    return next(((step, args) for step, args in found if set(names) & set(args)), found[-1])


def _decide_plan(
    ledger: Ledger, connection: sa.Connection, question: Question, verdict: str, *, by: str, now: datetime,
    only: Collection[str] | None,
) -> None:  # fmt: skip
    planned = items.c.run == question.run, items.c.state == "todo"
    there = {name for (name,) in connection.execute(sa.select(items.c.reference).where(*planned))}
    if unknown := sorted(set(only or ()) - there):
        raise ConfigurationError(f"{', '.join(unknown)} finns inte bland planens åtgärder.")
    if verdict == REJECTED:
        _decline(connection, question.run)
        connection.execute(runs.update().where(runs.c.id == question.run).values(state="rejected"))
        return
    if only is not None:
        _decline(connection, question.run, items.c.reference.not_in(only))
    ledger.approve_within(connection, question.run, by, now)


def _decide_rule(connection: sa.Connection, question: Question, verdict: str, *, by: str, now: datetime) -> None:
    rule = {"rule": question.rule, "version": question.rule_version}
    if verdict == APPROVED:
        connection.execute(approved_rules.insert().values(bot=question.bot, by=by, at=now, **rule))
    else:
        mine = items.c.rule == question.rule, items.c.rule_version == question.rule_version
        _decline(connection, question.run, *mine)


def _decide_step(
    ledger: Ledger, connection: sa.Connection, question: Question, verdict: str, *, note: str, now: datetime
) -> None:
    """`approved`: it has happened. `rejected`: it has not, and may be tried again."""
    mine = steps.c.id == question.step
    item = items.c.run == question.run, items.c.key == question.item
    if verdict == REJECTED:
        if question.settles is not None and now < question.settles:
            raise ConfigurationError(
                f"Åtgärden kan ännu hinna utföras i systemet. Se efter igen efter {question.settles:%H:%M:%S} UTC."
            )
        connection.execute(steps.update().where(mine).values(state="todo", attempts=0))
        connection.execute(items.update().where(*item).values(state="todo", note=None))
    else:
        receipt = ledger.vault.seal({"number": "för hand", "facts": {"sett": note}})
        connection.execute(
            steps.update()
            .where(mine)
            .values(state="done", done=now, confirmed=True, receipt_number="för hand", receipt=receipt)
        )
        ledger.go_on(connection, question.run, question.item or "")


def _decline(connection: sa.Connection, run: str, *which: sa.ColumnElement[bool]) -> None:
    """Let those of the run's planned items not be carried out."""
    chosen = items.c.run == run, items.c.state == "todo", *which
    theirs = steps.c.item.in_(sa.select(items.c.key).where(*chosen))
    connection.execute(
        steps.update().where(steps.c.run == run, theirs, steps.c.state == "todo").values(state="dropped")
    )
    connection.execute(items.update().where(*chosen).values(state="declined"))


def answers(ledger: Ledger, bot: str, instance: str) -> dict[str, Answer]:
    """Return what people have answered of this bot's items in this place, by item key; of several the latest."""
    query = (
        sa.select(reviews)
        .where(reviews.c.bot == bot, reviews.c.instance == instance, reviews.c.kind == "item")
        .order_by(reviews.c.at)
    )
    with ledger.reading() as connection:
        return {
            row.item: Answer(row.digest, row.verdict, row.by, row.at, row.note) for row in connection.execute(query)
        }
