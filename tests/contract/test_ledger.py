"""The ledger's promises: what is stored, who may change it, and what two at once can do."""

from __future__ import annotations

import multiprocessing
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from cryptography.fernet import Fernet
from pydantic import TypeAdapter
from sqlalchemy import event

from bots.contract import Decision, Leave, Receipt, Refer, Written
from bots.errors import ConfigurationError, RunHeld, RunLost, StateNotWritable
from bots.reminder_cleanup import rules
from bots.reminder_cleanup.models import Case
from orchestrator.ledger import store
from orchestrator.ledger.store import Ledger, PlannedItem, StoredStep, mark
from orchestrator.ledger.tables import TAKEN, items, metadata, steps
from tests.builders import NOW, TODAY, a_holder, a_ledger, a_page, an_act, an_item, options
from tests.contract.claims import CASE, SETTLING, WITHIN, all_claimed, claim, claimed
from tests.postgres import Postgres

ACCOUNT = "lifecare-prov/robot"
DEADLINE = NOW + WITHIN
SETTLES = DEADLINE + SETTLING
Opener = Callable[[], Ledger]


def a_run(ledger: Ledger, run: str = "r1", *plan: PlannedItem, instance: str = "lifecare-prov") -> int:
    """Start a run, claim it, store its plan (one removal of P-1, if none is given), and return its epoch."""
    ledger.create_run(run, "reminder-cleanup", today=TODAY, options=options(), now=NOW)
    epoch = ledger.claim(run, a_holder(), [f"{ACCOUNT}-{run}"], NOW)
    a_plan(ledger, run, epoch, *(plan or (an_item(),)), instance=instance)
    return epoch


def a_plan(
    ledger: Ledger,
    run: str,
    epoch: int,
    *plan: PlannedItem,
    limit: int | None = None,
    instance: str = "lifecare-prov",
) -> None:
    ledger.store_plan(
        run, epoch, plan, record=CASE, instance=instance, limit=limit, maps={"lifecare": "2023.10"}, now=NOW
    )


def done(ledger: Ledger, step: StoredStep, run: str = "r1", epoch: int = 1) -> None:
    ledger.done(
        run, epoch, step, Receipt("KV-1", {"orsak": "Klar."}), now=NOW, confirmed=False, map_version="lifecare 2023.10",
        located_by="reminder.confirm_removal",
    )  # fmt: skip


def everything(ledger: Ledger) -> dict[str, list[Any]]:
    """Return every row of every table."""
    with ledger._engine.connect() as connection:
        return {name: list(connection.execute(sa.select(table)).all()) for name, table in metadata.tables.items()}


def states(ledger: Ledger, run: str = "r1") -> tuple[str, str]:
    """Return the state of the run's first step and of its item."""
    with ledger._engine.connect() as connection:
        query = sa.select(steps.c.state, items.c.state).join(
            items, (steps.c.run == items.c.run) & (steps.c.item == items.c.key)
        )
        step, item = connection.execute(query.where(steps.c.run == run).order_by(steps.c.id)).all()[0]
    return step, item


# Runs and accounts.


def test_a_run_begins_new_and_owned_by_nobody(ledger: Ledger) -> None:
    """Whoever claims it first carries it."""
    ledger.create_run("r1", "reminder-cleanup", today=TODAY, options=options(limit=3), now=NOW)

    run = ledger.run("r1")

    assert run is not None
    assert (run.state, run.epoch, run.holder, run.planned) == ("new", 0, None, None)
    assert (run.today, run.created, run.options) == (TODAY, NOW, options(limit=3))


def test_a_run_that_nobody_started_is_none(ledger: Ledger) -> None:
    """Asking is no error."""
    assert ledger.run("r1") is None


def test_a_run_can_be_started_once(ledger: Ledger) -> None:
    """Two orchestrators that think of the same tick start one run."""
    ledger.create_run("r1", "reminder-cleanup", today=TODAY, options=options(), now=NOW)

    with pytest.raises(RunHeld):
        ledger.create_run("r1", "reminder-cleanup", today=TODAY, options=options(limit=1), now=NOW)

    assert len(everything(ledger)["runs"]) == 1


def test_the_newest_runs_come_first(ledger: Ledger) -> None:
    """Whoever asks wants to see last night's."""
    for day in range(3):
        ledger.create_run(f"r{day}", "b", today=TODAY, options=options(), now=NOW + timedelta(days=day))

    assert [run.id for run in ledger.latest_runs(2)] == ["r2", "r1"]


def test_each_claim_is_a_new_epoch(ledger: Ledger) -> None:
    """That is what fences out the worker before."""
    ledger.create_run("r1", "b", today=TODAY, options=options(), now=NOW)

    epochs = [ledger.claim("r1", a_holder(pid), [ACCOUNT], NOW) for pid in (1, 2)]

    run = ledger.run("r1")
    assert epochs == [1, 2]
    assert run is not None
    assert (run.state, run.epoch, run.holder) == ("running", 2, a_holder(2))


def test_who_comes_late_does_not_take_a_run_back(ledger: Ledger) -> None:
    """A process that was frozen before it began: the run has been given to another since, or waits for one."""
    ledger.create_run("r1", "b", today=TODAY, options=options(), now=NOW)
    ledger.claim("r1", a_holder(1), [ACCOUNT], NOW, after=0)
    before = everything(ledger)

    with pytest.raises(RunLost):
        ledger.claim("r1", a_holder(2), [ACCOUNT], NOW, after=0)

    assert everything(ledger) == before


def test_an_account_is_used_by_one_run_at_a_time(ledger: Ledger) -> None:
    """Two sessions of one account end each other; the second run is told who holds it, and changes nothing."""
    for run in ("r1", "r2"):
        ledger.create_run(run, "b", today=TODAY, options=options(), now=NOW)
    ledger.claim("r1", a_holder(), [ACCOUNT], NOW)
    before = everything(ledger)

    with pytest.raises(RunHeld, match="r1 \\(process 4711 på robot-1\\)"):
        ledger.claim("r2", a_holder(2), ["other/robot", ACCOUNT], NOW)

    assert everything(ledger) == before


def test_an_ended_run_gives_its_accounts_back(ledger: Ledger) -> None:
    """The next one need not wait for anybody to tidy up."""
    epoch = a_run(ledger)

    ledger.end_run("r1", epoch, state="done", exit_code=0, now=NOW)

    run = ledger.run("r1")
    assert run is not None
    assert (run.state, run.exit_code, run.ended, run.holder) == ("done", 0, NOW, None)
    assert ledger.lease_of(f"{ACCOUNT}-r1") is None


def test_the_lease_of_a_dead_process_can_be_dropped(ledger: Ledger) -> None:
    """A crashed run never blocks the next; but a lease that another process has taken since stays."""
    ledger.create_run("r1", "b", today=TODAY, options=options(), now=NOW)
    ledger.claim("r1", a_holder(1), [ACCOUNT], NOW)

    ledger.drop_leases("r1", a_holder(2))
    assert ledger.lease_of(ACCOUNT) == ("r1", a_holder(1))

    ledger.drop_leases("r1", a_holder(1))
    assert ledger.lease_of(ACCOUNT) is None


def test_dropping_one_runs_lease_leaves_the_others(ledger: Ledger) -> None:
    """A number of a process is no name: another machine's may be the same."""
    ledger.create_run("r1", "b", today=TODAY, options=options(), now=NOW)
    ledger.claim("r1", a_holder(1), [ACCOUNT], NOW)

    ledger.drop_leases("r2", a_holder(1))

    assert ledger.lease_of(ACCOUNT) == ("r1", a_holder(1))


def test_an_approval_lets_the_run_act_and_its_rules_from_now_on(ledger: Ledger) -> None:
    """A person approves what they saw: the rules by which this plan would act, and no other."""
    decisions: list[Decision] = [Leave(rules.FREE_TEXT, "En person har skrivit."), an_act("P-2"), an_act("P-3")]
    a_run(ledger, "r1", *(an_item(f"P-{place}", each) for place, each in enumerate(decisions, start=1)))

    ledger.approve("r1", "anna", NOW)
    ledger.approve("r1", "anna", NOW)

    run = ledger.run("r1")
    assert run is not None
    assert run.approved_by == "anna"
    assert ledger.approved("reminder-cleanup") == {("beslut-ended", 1)}
    assert ledger.approved("another-bot") == set()


# The plan.


def test_a_plan_is_stored_with_what_it_was_decided_on(ledger: Ledger) -> None:
    """What is done tomorrow is what was seen and decided today."""
    a_run(ledger)

    step = claimed(ledger)

    assert step.record == Case("P-1", page=a_page())
    assert step.args == {"reminder": "P-1", "why": "Beslut B-1 är redan avslutat."}
    assert (step.kind, step.key, step.reference) == ("remove", "reminder:P-1:remove", "P-1")
    assert (step.attempts, step.deadline, step.settles) == (0, DEADLINE, SETTLES)


def test_each_decision_has_its_state(ledger: Ledger) -> None:
    """To be done, left, or a person's."""
    plan = [
        an_item("P-1"),
        an_item("P-2", Leave(rules.FREE_TEXT, "En person har skrivit.")),
        an_item("P-3", Refer(rules.GAP, "Är personen utan stöd?")),
    ]
    a_run(ledger, "r1", *plan)

    assert [(line.outcome, line.state, line.rule) for line in ledger.lines("r1")] == [
        ("act", "todo", "beslut-ended"),
        ("leave", "left", "free-text"),
        ("refer", "referred", "gap-between-beslut"),
    ]
    assert ledger.item_counts("r1") == {"todo": 1, "left": 1, "referred": 1}
    assert ledger.plan_counts("r1") == {
        ("act", "beslut-ended", 1): 1,
        ("leave", "free-text", 1): 1,
        ("refer", "gap-between-beslut", 1): 1,
    }


def test_what_is_beyond_the_limit_is_postponed(ledger: Ledger) -> None:
    """`--limit 2` does the first two, and says of the rest that they would have been done."""
    ledger.create_run("r1", "b", today=TODAY, options=options(), now=NOW)
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)

    a_plan(ledger, "r1", epoch, *(an_item(f"P-{place}") for place in range(1, 5)), limit=2)

    assert [line.state for line in ledger.lines("r1")] == ["todo", "todo", "postponed", "postponed"]
    assert [step.reference for step in all_claimed(ledger, epoch=epoch)] == ["P-1", "P-2"]


def test_steps_come_in_the_order_of_the_plan(ledger: Ledger) -> None:
    """Neither by key nor by chance."""
    a_run(ledger, "r1", *(an_item(f"P-{place}") for place in (3, 1, 2)))

    assert [step.reference for step in all_claimed(ledger)] == ["P-3", "P-1", "P-2"]


def test_a_step_waits_for_the_one_before_it_of_its_item(ledger: Ledger) -> None:
    """A decision is made before it is sent; other items need not wait for it."""
    a_run(ledger, "r1", an_item("P-1", an_act("P-1", steps=2)), an_item("P-2"))
    first, other = all_claimed(ledger)
    assert (first.reference, other.reference) == ("P-1", "P-2")

    done(ledger, first)

    second = claimed(ledger)
    assert (second.reference, second.key[-2:]) == ("P-1", ":1")


def test_an_item_whose_step_was_found_to_have_happened_goes_on_with_the_next(ledger: Ledger) -> None:
    """Its answer was lost; that it was made is known by looking."""
    a_run(ledger, "r1", an_item("P-1", an_act("P-1", steps=2)))
    first = claimed(ledger)
    ledger.uncertain("r1", 1, first, "Svaret uteblev.")

    done(ledger, first)

    assert [(line.state, line.note) for line in ledger.lines("r1")] == [("todo", None)]
    assert claimed(ledger).key[-2:] == ":1"


def test_what_has_been_tried_before_comes_last(ledger: Ledger) -> None:
    """One reminder whose page is ill doesn't hold the others up."""
    a_run(ledger, "r1", an_item("P-1"), an_item("P-2"))
    ledger.unsent("r1", 1, claimed(ledger))

    assert [(step.reference, step.attempts) for step in all_claimed(ledger)] == [("P-2", 0), ("P-1", 1)]


def test_a_plan_is_stored_whole_or_not_at_all(ledger: Ledger) -> None:
    """Half a plan would be carried out as if it were all."""
    ledger.create_run("r1", "b", today=TODAY, options=options(), now=NOW)
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)
    before = everything(ledger)

    with pytest.raises(sa.exc.IntegrityError):
        a_plan(ledger, "r1", epoch, an_item("P-1"), an_item("P-1"))

    assert everything(ledger) == before


def test_a_mark_is_the_same_after_a_crash_and_another_for_every_write() -> None:
    """By it a write is told as ours, of this run, of this step."""
    assert mark("r1", "k1") == mark("r1", "k1")
    assert len({mark(run, key) for run in ("r1", "r2") for key in ("k1", "k2")}) == 4


# A step's life, each arrow as it is drawn in `orchestrator.ledger`.

Arrow = Callable[[Ledger, StoredStep], object]

ARROWS: dict[str, Arrow] = {
    "claim_step": lambda ledger, _step: claimed(ledger),
    "done": done,
    "uncertain": lambda ledger, step: ledger.uncertain("r1", 1, step, "Svaret uteblev."),
    "unsent": lambda ledger, step: ledger.unsent("r1", 1, step),
    "fail": lambda ledger, step: ledger.fail("r1", 1, step, "Skärmen kom inte."),
    "refer sent": lambda ledger, step: ledger.refer("r1", 1, step, "Gick inte att se.", sent=True),
    "refer unsent": lambda ledger, step: ledger.refer("r1", 1, step, "Ändrades av någon annan.", sent=False),
}


def follow(ledger: Ledger, *arrows: str) -> None:
    """Take the step of r1 along these arrows."""
    step: Any = None
    for arrow in arrows:
        moved = ARROWS[arrow](ledger, step)
        step = moved if arrow == "claim_step" else step


@pytest.mark.parametrize(
    ("arrows", "step", "item"),
    [
        ((), "todo", "todo"),
        (("claim_step",), "intent", "todo"),
        (("claim_step", "done"), "done", "done"),
        (("claim_step", "uncertain"), "uncertain", "uncertain"),
        (("claim_step", "uncertain", "done"), "done", "done"),
        (("claim_step", "uncertain", "unsent"), "todo", "todo"),
        (("claim_step", "uncertain", "unsent", "claim_step", "done"), "done", "done"),
        (("claim_step", "uncertain", "refer sent"), "uncertain", "referred"),
        (("claim_step", "refer unsent"), "dropped", "referred"),
        (("claim_step", "unsent"), "todo", "todo"),
        (("claim_step", "fail"), "todo", "failed"),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, tuple) else None,
)
def test_a_step_and_its_item_go_along_the_arrows(ledger: Ledger, arrows: tuple[str, ...], step: str, item: str) -> None:
    """Each is where the drawing says."""
    a_run(ledger)

    follow(ledger, *arrows)

    assert states(ledger) == (step, item)


def test_an_intent_says_when_it_was_and_until_when_it_counts(ledger: Ledger) -> None:
    """After a crash, these are what tells when absence is proof."""
    a_run(ledger)
    claimed(ledger)

    (row,) = everything(ledger)["steps"]
    assert (row.epoch, row.attempts, row.intended, row.deadline, row.settles) == (1, 1, NOW, DEADLINE, SETTLES)


def test_a_step_is_claimed_once(ledger: Ledger) -> None:
    """Whoever comes second finds nothing to do."""
    a_run(ledger)
    claimed(ledger)

    assert claim(ledger) is None


@pytest.mark.postgresql
def test_who_is_frozen_in_a_transaction_keeps_nobody_waiting_for_long(
    open_ledger: Callable[[], Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopped machine answers its server's keepalives, and holds its locks: the server must end what it began."""
    monkeypatch.setattr(store, "TRANSACTION", timedelta(milliseconds=100))
    frozen, other = open_ledger(), open_ledger()
    frozen.create_run("r1", "b", today=TODAY, options=options(), now=NOW)

    def both() -> None:
        with frozen.changing() as connection:
            frozen.enter(connection, "prov", "run.claimed", "r1")
            # Waits for the lock that the one above holds, and gets it.
            with other.changing() as beside:
                other.enter(beside, "prov", "run.claimed", "r1")

    with pytest.raises(StateNotWritable):
        both()

    assert [entry.what for entry in other.audit_trail()].count("run.claimed") == 1
    assert other.verify_audit() == []


@pytest.mark.postgresql
def test_a_migration_may_stand_idle_for_longer(
    open_ledger: Callable[[], Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two of its statements it imports code, and the machine may have other things to do."""
    monkeypatch.setattr(store, "TRANSACTION", timedelta(milliseconds=100))
    ledger = open_ledger()
    done = []

    def slow(config: Config, _revision: str) -> None:
        threading.Event().wait(0.4)
        done.append(config.attributes["connection"].execute(sa.select(1)).scalar())

    monkeypatch.setattr(command, "upgrade", slow)

    ledger.migrate()

    assert done == [1]


@pytest.mark.postgresql
def test_the_next_step_of_a_plan_just_stored_is_found_without_going_through_its_items(ledger: Ledger) -> None:
    """The server has no statistics of it yet and guesses; a claim must cost the same however many items there are."""
    a_run(ledger, "r1", *(an_item(f"P-{place}") for place in range(200)))
    query = sa.select(store._NEXT).params(of_run="r1")

    with ledger.reading() as connection:
        said = query.compile(connection, compile_kwargs={"literal_binds": True})
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {said}").scalars())

    assert "ix_steps_claimed" in plan
    assert "ix_items_run_state" not in plan


def test_each_attempt_is_counted(ledger: Ledger) -> None:
    """What never takes effect is given up at last."""
    a_run(ledger)
    for _ in range(2):
        step = claimed(ledger)
        ledger.unsent("r1", 1, step)

    assert claimed(ledger).attempts == 2


def test_a_receipt_is_stored_with_how_the_target_was_found(ledger: Ledger) -> None:
    """The proof of the write, and by which map and locator it was made."""
    a_run(ledger)
    step = claimed(ledger)

    done(ledger, step)

    (line,) = ledger.lines("r1")
    assert (line.receipt, line.map_version, line.located_by, line.attempts) == (
        "KV-1", "lifecare 2023.10", "reminder.confirm_removal", 1,
    )  # fmt: skip
    (row,) = everything(ledger)["steps"]
    assert ledger.vault.open(row.receipt) == {"number": "KV-1", "facts": {"orsak": "Klar."}}


def test_an_item_is_done_when_its_last_step_is(ledger: Ledger) -> None:
    """A matter half done is not done."""
    a_run(ledger, "r1", an_item("P-1", an_act("P-1", steps=2)))

    done(ledger, claimed(ledger))
    assert ledger.item_counts("r1") == {"todo": 1}

    done(ledger, claimed(ledger))
    assert ledger.item_counts("r1") == {"done": 1}
    assert [line.receipt for line in ledger.lines("r1")] == ["KV-1, KV-1"]


def test_what_is_done_in_the_end_keeps_no_note_of_the_trouble(ledger: Ledger) -> None:
    """The summary says what is, not what was feared."""
    a_run(ledger)
    step = claimed(ledger)
    ledger.uncertain("r1", 1, step, "Svaret uteblev.")
    assert [line.note for line in ledger.lines("r1")] == ["Svaret uteblev."]

    done(ledger, step)

    assert [line.note for line in ledger.lines("r1")] == [None]


@pytest.mark.parametrize("arrow", ["fail", "refer sent", "refer unsent"])
def test_what_failed_or_is_a_persons_is_not_offered_again(ledger: Ledger, arrow: str) -> None:
    """Within the run it is over; what failed is for `resume`."""
    a_run(ledger)

    follow(ledger, "claim_step", arrow)

    assert claim(ledger) is None
    assert ledger.uncertain_steps("r1", record=CASE) == []


# Epochs: a worker that has lost the run changes nothing.

#: Every change that a worker makes, by a worker of epoch 1.
CHANGES: dict[str, Arrow] = {
    "seen": lambda ledger, _step: ledger.seen("r1", 1, 7),
    "store_plan": lambda ledger, _step: a_plan(ledger, "r1", 1, an_item("P-9")),
    "end_run": lambda ledger, _step: ledger.end_run("r1", 1, state="done", exit_code=0, now=NOW),
    "postpone_run": lambda ledger, _step: ledger.postpone_run(
        "r1", 1, waits=[timedelta(minutes=2)], exit_code=1, sentence="Lifecare svarar inte.", now=NOW
    ),
    **ARROWS,
    "keep": lambda ledger, step: ledger.keep("r1", 1, step, "trace", b"a trace", now=NOW),
    "adopt_intents": lambda ledger, _step: ledger.adopt_intents("r1", 1),
    "heed": lambda ledger, _step: ledger.heed("r1", 1),
    "remember": lambda ledger, _step: ledger.remember(
        "r1", 1, "b", "i", {"Anna": Shown("Anna", "öppen")}, kind=SHOWN, now=NOW
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_worker_that_lost_the_run_changes_nothing(ledger: Ledger, change: str) -> None:
    """A process that wakes up after it was given up for dead must not undo what its successor stored."""
    a_run(ledger)
    step = claimed(ledger)
    ledger.claim("r1", a_holder(2), [f"{ACCOUNT}-r1"], NOW)
    before = everything(ledger)

    with pytest.raises(RunLost):
        CHANGES[change](ledger, step)

    assert everything(ledger) == before


@pytest.mark.parametrize("change", CHANGES)
def test_a_run_that_does_not_exist_cannot_be_changed(ledger: Ledger, change: str) -> None:
    """A ledger that was put back from an old copy knows nothing of the run."""
    ledger.create_run("other", "b", today=TODAY, options=options(), now=NOW)
    epoch = ledger.claim("other", a_holder(), [ACCOUNT], NOW)
    a_plan(ledger, "other", epoch, an_item())
    step = claimed(ledger, "other", epoch)
    before = everything(ledger)

    with pytest.raises(RunLost):
        CHANGES[change](ledger, step)

    assert everything(ledger) == before


def test_every_change_of_a_worker_is_among_those_tried() -> None:
    """A new method that changes something must be fenced as well."""
    fenced = {
        name
        for name, method in vars(Ledger).items()
        if callable(method) and not name.startswith("_") and "epoch" in method.__annotations__
    }

    assert fenced == {change.split()[0] for change in CHANGES}


def test_intents_of_an_earlier_worker_become_uncertain(ledger: Ledger) -> None:
    """It may have been sent: only the target system knows."""
    a_run(ledger, "r1", an_item("P-1"), an_item("P-2"))
    claimed(ledger)
    epoch = ledger.claim("r1", a_holder(2), [f"{ACCOUNT}-r1"], NOW)

    ledger.adopt_intents("r1", epoch)

    assert ledger.item_counts("r1") == {"uncertain": 1, "todo": 1}
    (lost,) = ledger.uncertain_steps("r1", record=CASE)
    assert (lost.reference, lost.settles) == ("P-1", SETTLES)


def test_a_workers_own_intents_are_not_adopted(ledger: Ledger) -> None:
    """What is in hand is not lost."""
    a_run(ledger)
    claimed(ledger)

    ledger.adopt_intents("r1", 1)

    assert states(ledger) == ("intent", "todo")


def test_intents_of_another_run_are_not_adopted(ledger: Ledger) -> None:
    """They are its own worker's to look for."""
    a_run(ledger, "r1")
    claimed(ledger)
    epoch = a_run(ledger, "r2", an_item("P-2"))

    ledger.adopt_intents("r2", epoch)

    assert states(ledger, "r1") == ("intent", "todo")


def test_what_failed_is_to_be_done_when_the_run_is_taken_up_again(ledger: Ledger) -> None:
    """The screen may be well again."""
    a_run(ledger)
    step = claimed(ledger)
    ledger.fail("r1", 1, step, "Skärmen kom inte.")

    ledger.adopt_intents("r1", ledger.claim("r1", a_holder(2), [f"{ACCOUNT}-r1"], NOW))

    assert states(ledger) == ("todo", "todo")


# Business keys.


@pytest.mark.parametrize("taken", [(), ("uncertain",), ("done",), ("uncertain", "refer sent")], ids=", ".join)
def test_a_key_that_may_have_been_written_is_refused_to_every_other_run(ledger: Ledger, taken: tuple[str, ...]) -> None:
    """In intent, uncertain, done or a person's to look for: a second run can't act on it, and asks a person."""
    a_run(ledger, "r1")
    follow(ledger, "claim_step", *taken)
    epoch = a_run(ledger, "r2", an_item("P-1"), an_item("P-2"))
    before = states(ledger)

    assert claimed(ledger, "r2", epoch).reference == "P-2"

    assert states(ledger) == before
    assert states(ledger, "r2") == ("dropped", "referred")
    assert "tidigare körning" in str(ledger.lines("r2")[0].note)


@pytest.mark.parametrize("freed", ["unsent", "fail", "refer unsent"])
def test_a_key_of_which_nothing_was_sent_is_free_again(ledger: Ledger, freed: str) -> None:
    """Another run may do what this one did not."""
    a_run(ledger, "r1")
    follow(ledger, "claim_step", freed)
    epoch = a_run(ledger, "r2")

    assert claimed(ledger, "r2", epoch).reference == "P-1"


def test_another_installation_has_keys_of_its_own(ledger: Ledger) -> None:
    """Reminder 1 of the test system is not reminder 1 of the real one."""
    a_run(ledger, "r1")
    claimed(ledger)
    epoch = a_run(ledger, "r2", instance="lifecare-skarp")

    assert claimed(ledger, "r2", epoch).reference == "P-1"


# Two at once.


def both_at_once(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Do both from a thread each, started together, and return what they returned or raised."""
    start = threading.Barrier(2)
    ends: list[object] = [None, None]

    def do(place: int, what: Callable[[], object]) -> None:
        start.wait()
        try:
            ends[place] = what()
        except Exception as error:  # noqa: BLE001 - what was raised is what is asked for
            ends[place] = type(error)

    threads = [threading.Thread(target=do, args=each) for each in enumerate((first, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def test_of_two_runs_that_reach_for_one_key_exactly_one_gets_it(open_ledger: Opener) -> None:
    """Twenty times, from two connections: the database decides, not luck."""
    one, other = open_ledger(), open_ledger()
    plan = [an_item(f"P-{place}") for place in range(20)]
    epochs = [a_run(one, run, *plan) for run in ("r1", "r2")]

    ends = both_at_once(lambda: all_claimed(one, "r1", epochs[0]), lambda: all_claimed(other, "r2", epochs[1]))

    got = [step.reference for each in ends for step in each]  # type: ignore[attr-defined]
    assert sorted(got) == sorted(planned.item.reference for planned in plan)


def test_lanes_of_one_run_share_its_steps(open_ledger: Opener) -> None:
    """Each is claimed by one of them, and none waits for the other."""
    one, other = open_ledger(), open_ledger()
    a_run(one, "r1", *(an_item(f"P-{place}") for place in range(40)))

    ends = both_at_once(lambda: all_claimed(one), lambda: all_claimed(other))

    got = [step.reference for each in ends for step in each]  # type: ignore[attr-defined]
    assert sorted(got) == sorted(f"P-{place}" for place in range(40))


def test_of_two_workers_that_claim_one_account_exactly_one_gets_it(open_ledger: Opener) -> None:
    """Ten times, from two connections."""
    one, other = open_ledger(), open_ledger()
    ends = []
    for turn in range(10):
        names = f"a{turn}", f"b{turn}"
        for name in names:
            one.create_run(name, "b", today=TODAY, options=options(), now=NOW)
        ends.append(
            both_at_once(
                lambda name=names[0], account=f"{turn}": one.claim(name, a_holder(1), [account], NOW),  # type: ignore[misc]
                lambda name=names[1], account=f"{turn}": other.claim(name, a_holder(2), [account], NOW),  # type: ignore[misc]
            )
        )

    assert {frozenset(map(str, each)) for each in ends} == {frozenset({"1", str(RunHeld)})}


def reach_for_all(place: Path | str, anchors: Path, run: str, epoch: int, key: bytes) -> list[str]:
    """Claim every step of the run, in a process of its own, and return what it got."""
    ledger = a_ledger(place, key, anchors=anchors)
    got = [step.reference for step in all_claimed(ledger, run, epoch)]
    ledger.close()
    return got


def test_two_processes_share_the_keys_out_between_them(
    open_ledger: Opener, place: Path | str, anchors: Path, key: bytes
) -> None:
    """Each is taken by one of them, none by both, none by neither."""
    ledger = open_ledger()
    plan = [an_item(f"P-{place}") for place in range(60)]
    epochs = [a_run(ledger, run, *plan) for run in ("r1", "r2")]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        asked = [
            pool.submit(reach_for_all, place, anchors, run, epoch, key)
            for run, epoch in zip(("r1", "r2"), epochs, strict=True)
        ]
        one, other = (each.result() for each in asked)

    assert sorted(one + other) == sorted(planned.item.reference for planned in plan)


# What lies on the disk.


@contextmanager
def no_room(ledger: Ledger) -> Iterator[None]:
    """Let the database be as full as it is, as SQLite itself has it on a full disk."""
    ledger.close()

    def limit(connection: Any, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(ledger._engine, "connect", limit)
    yield
    event.remove(ledger._engine, "connect", limit)
    ledger.close()


@pytest.mark.sqlite
def test_a_full_disk_is_said_in_one_sentence_and_leaves_nothing_half_stored(ledger: Ledger) -> None:
    """The plan of a thousand is stored whole, or not at all; and the ledger is sound afterwards."""
    ledger.create_run("r1", "b", today=TODAY, options=options(), now=NOW)
    epoch = ledger.claim("r1", a_holder(), [ACCOUNT], NOW)
    before = everything(ledger)
    plan = [an_item(f"P-{place}") for place in range(1000)]

    with no_room(ledger), pytest.raises(StateNotWritable, match="Frigör plats") as refusal:
        a_plan(ledger, "r1", epoch, *plan)

    assert "P-1" not in str(refusal.value)
    assert everything(ledger) == before
    a_plan(ledger, "r1", epoch, *plan)
    assert ledger.item_counts("r1") == {"todo": 1000}


@pytest.mark.sqlite
def test_a_ledger_that_may_not_be_written_says_so(ledger: Ledger) -> None:
    """Before anything is sent that could not be recorded."""
    a_run(ledger)
    event.listen(ledger._engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only = ON"))
    ledger.close()

    with pytest.raises(StateNotWritable):
        claim(ledger)

    assert states(ledger) == ("todo", "todo")


def test_a_ledger_of_a_newer_flotta_says_so(open_ledger: Opener) -> None:
    """Its tables may mean something else by then; nothing is done to it."""
    with open_ledger()._engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    older = open_ledger()

    assert not older.up_to_date()
    with pytest.raises(ConfigurationError, match="nyare version"):
        older.migrate()


def test_a_file_that_is_no_ledger_says_so(tmp_path: Path) -> None:
    """It is put back from the copy by a person; nothing is built over it."""
    file = tmp_path / "ledger.db"
    file.write_bytes(b"Inte en databas. " * 100)
    ledger = a_ledger(file, Fernet.generate_key())

    with pytest.raises(ConfigurationError, match="ingen databas"):
        ledger.migrate()

    ledger.close()
    assert file.read_bytes() == b"Inte en databas. " * 100


@pytest.mark.sqlite
def test_nothing_that_lifecare_shows_of_a_person_lies_in_the_clear(ledger: Ledger, tmp_path: Path) -> None:
    """Record, facts, receipt, step and error text are sealed, in the file and in its journal."""
    page = a_page(person="201206152389", text="Anna Andersson ringde", handlaggare="KAEK")
    decision = replace(an_act(), inputs={"skapad av": "Anna Andersson"})
    a_run(ledger, "r1", an_item(decision=decision, page=page))
    step = claimed(ledger)
    ledger.uncertain("r1", 1, step, "Svaret uteblev.", detail='aria-label="Anna Andersson 201206152389"')
    ledger.done(
        "r1", 1, step, Receipt("KV-1", {"orsak": "Anna Andersson"}), now=NOW, confirmed=True,
        map_version="lifecare 2023.10", located_by=None,
    )  # fmt: skip

    stored = b"".join(each.read_bytes() for each in tmp_path.rglob("ledger.db*"))

    assert b"KV-1" in stored
    for secret in ("201206152389", "Anna", "Andersson", "KAEK", "aria-label"):
        assert secret.encode() not in stored
        assert secret.encode("utf-16-le") not in stored


def test_the_ledger_opens_with_its_own_key_alone(ledger: Ledger, place: Path | str, anchors: Path) -> None:
    """Whoever copies the file has nothing to read; whoever has the wrong key is told so."""
    a_run(ledger)
    stranger = a_ledger(place, Fernet.generate_key(), anchors=anchors)

    with pytest.raises(ConfigurationError, match="FLOTTA_KEY_FILE"):
        claim(stranger)

    stranger.close()


def test_what_was_stored_outlives_its_process(open_ledger: Opener) -> None:
    """Another one, that opens the file later, sees it all."""
    first = open_ledger()
    a_run(first)
    claimed(first)
    before = everything(first)
    first.close()

    assert everything(open_ledger()) == before


# A server that goes away, and workers that cannot see each other.


def test_a_server_that_is_gone_for_a_while_is_waited_for(postgres: Postgres, tmp_path: Path, key: bytes) -> None:
    """The night's run goes on where it was when the database is back."""
    url = postgres.database()
    ledger = a_ledger(url, key, anchors=tmp_path / "anchors", patience=timedelta(minutes=1))
    ledger.migrate()
    epoch = a_run(ledger)
    postgres.stop()
    back = threading.Thread(target=postgres.start)
    back.start()

    ledger.end_run("r1", epoch, state="done", exit_code=0, now=NOW)

    back.join()
    run = ledger.run("r1")
    assert run is not None
    assert run.state == "done"
    ledger.close()


def test_a_server_that_stays_gone_is_said_in_one_sentence(tmp_path: Path, key: bytes) -> None:
    """Somebody at a terminal learns what to do, and no password is in it."""
    ledger = a_ledger("postgresql+psycopg://flotta:hemligt@127.0.0.1:1/flotta", key, anchors=tmp_path / "anchors")

    with pytest.raises(StateNotWritable, match="starta databasen") as refusal:
        ledger.run("r1")

    assert "hemligt" not in str(refusal.value)


def test_who_takes_a_run_over_waits_for_a_lane_in_the_middle_of_something(open_ledger: Opener) -> None:
    """Else an intent could be stored with an epoch that is over, where nobody would look for it."""
    lane, heir = open_ledger(), open_ledger()
    epoch = a_run(lane)
    inside, claimed = threading.Event(), threading.Event()

    def take_over() -> None:
        inside.wait()
        heir.claim("r1", a_holder(2), [f"{ACCOUNT}-r1"], NOW)
        claimed.set()

    thread = threading.Thread(target=take_over)
    thread.start()
    with lane.changing() as connection:
        lane._own(connection, "r1", epoch)
        inside.set()
        assert not claimed.wait(0.2)
    thread.join()

    assert claimed.is_set()
    with pytest.raises(RunLost):
        lane.seen("r1", epoch, 1)


# Migrations.


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(ledger: Ledger) -> None:
    """Alembic, asked what is still to be migrated, finds nothing."""
    with ledger._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, metadata) == []


def test_the_index_that_keeps_keys_unique_is_made_by_the_migrations(ledger: Ledger) -> None:
    """Alembic doesn't compare the condition of an index, and this one carries the whole promise."""
    with ledger._engine.connect() as connection:
        (made,) = (each for each in sa.inspect(connection).get_indexes("steps") if each["name"] == "uq_steps_taken")
        condition = str(made["dialect_options"][f"{ledger._engine.dialect.name}_where"])

    assert made["unique"]
    assert re.findall(r"'(\w+)'", condition) == list(TAKEN)


def test_a_ledger_can_be_taken_back_to_nothing_and_up_again(ledger: Ledger) -> None:
    """A migration that went wrong can be undone."""
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).with_name("migrations")))
    with ledger.changing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert tables(ledger) == {"alembic_version"}
    assert not ledger.up_to_date()

    ledger.migrate()

    assert tables(ledger) == {"alembic_version", *metadata.tables}
    assert ledger.up_to_date()


@pytest.mark.parametrize("version", ["0003", "0004", "0005", "0006"])
def test_a_ledger_with_runs_in_it_is_brought_up_to_date(ledger: Ledger, version: str) -> None:
    """Others refer to the tables that are made anew; not one row may be lost."""
    a_run(ledger)
    before = ledger.lines("r1")
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).with_name("migrations")))
    with ledger._connected() as connection:
        ledger._heed_keys(connection, heed=False)
        connection.commit()
        with connection.begin():
            config.attributes["connection"] = connection
            command.downgrade(config, version)
        ledger._heed_keys(connection, heed=True)
        connection.commit()

    ledger.migrate()

    assert ledger.lines("r1") == before
    with ledger.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(steps)).scalar() == 1
        if ledger.is_file:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_migrating_what_is_up_to_date_changes_nothing(ledger: Ledger) -> None:
    """It is done at every start."""
    a_run(ledger)
    before = everything(ledger)

    ledger.migrate()

    assert everything(ledger) == before


def tables(ledger: Ledger) -> set[str]:
    with ledger._engine.connect() as connection:
        return set(sa.inspect(connection).get_table_names())


# What was written before.


@dataclass(frozen=True)
class Shown:
    """What some system shows of a matter."""

    person: str
    status: str


SHOWN: TypeAdapter[Shown] = TypeAdapter(Shown)


def test_what_a_bot_has_made_is_told(ledger: Ledger) -> None:
    """In the installation that is asked about, by this bot, with the receipts; what is not done isn't told."""
    epoch = a_run(ledger, "r1", an_item("P-1"), an_item("P-2"))
    step = claimed(ledger, "r1", epoch)
    ledger.done(
        "r1", epoch, step, Receipt("KV-1"), now=NOW, confirmed=False, map_version="lifecare 2023.10", located_by=None
    )

    assert ledger.written("reminder-cleanup", "lifecare-prov") == [Written("remove", step.key, "KV-1", NOW)]
    assert ledger.written("reminder-cleanup", "lifecare-drift") == []
    assert ledger.written("another-bot", "lifecare-prov") == []


def test_what_a_system_shows_is_remembered_as_it_was_shown_last(ledger: Ledger) -> None:
    """Sealed, and its name too: a person may have given it one that is somebody's."""
    place = "reminder-cleanup", "lifecare-prov"
    epoch = a_run(ledger, "r1", an_item("P-1"))
    anna, berit = Shown("199001012385", "öppen"), Shown("199001012385", "stängd")

    ledger.remember("r1", epoch, *place, {"Anna": anna, "Berit": berit}, kind=SHOWN, now=NOW)
    ledger.remember("r1", epoch, *place, {"Anna": berit}, kind=SHOWN, now=NOW + timedelta(days=1))
    ledger.remember("r1", epoch, *place, {}, kind=SHOWN, now=NOW)

    assert ledger.remembered(*place, SHOWN) == [(berit, NOW), (berit, NOW + timedelta(days=1))]
    assert ledger.remembered("another-bot", place[1], SHOWN) == []
    with ledger.reading() as connection:
        stored = str(connection.execute(sa.text("SELECT * FROM memories")).all())
    assert "Anna" not in stored
    assert "199001012385" not in stored
    [first, second] = [each for each in ledger.audit_trail("r1") if each.what == "matters.learnt"]
    assert (first.facts["count"], second.facts["count"]) == (2, 1)
    with pytest.raises(RunLost):
        ledger.remember("r1", epoch + 1, *place, {"Anna": anna}, kind=SHOWN, now=NOW)
