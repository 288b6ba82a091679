"""The review queue: what waits for a person, once, as long as it waits; and what each decision does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bots.contract import Refer
from bots.errors import ConfigurationError
from bots.reminder_cleanup import rules
from bots.reminder_cleanup.models import Case
from orchestrator.ledger import review
from orchestrator.ledger.review import APPROVED, REJECTED, Question
from orchestrator.ledger.store import Ledger, PlannedItem
from tests.builders import NOW, TODAY, a_holder, a_page, an_act, an_item, options
from tests.contract.claims import CASE, claim, claimed

REFERRED = Refer(rules.NO_HANDLAGGARE, "Vem ska ta över den?")


def referred(reference: str = "P-9", **page: Any) -> PlannedItem:
    return an_item(reference, REFERRED, page=a_page(id=reference, **page))


def a_run(
    ledger: Ledger, run: str, *plan: PlannedItem, at: datetime = NOW, state: str = "done", instance: str = "prov"
) -> int:
    """Carry a run as far as its plan, and end it so."""
    ledger.create_run(
        run, "reminder-cleanup", today=TODAY, options=replace(options(), instances={"lifecare": instance}), now=at
    )
    epoch = ledger.claim(run, a_holder(), [f"konto-{run}"], at)
    ledger.store_plan(run, epoch, plan, record=CASE, instance=instance, limit=None, maps={}, now=at)
    ledger.end_run(run, epoch, state=state, exit_code=0, now=at, sentence="Planen har 3 åtgärder.")
    return epoch


def asked(ledger: Ledger, kind: str) -> list[Question]:
    return [each for each in review.queue(ledger) if each.kind == kind]


def decide(ledger: Ledger, question: Question, verdict: str, now: datetime = NOW, **more: Any) -> None:
    review.decide(ledger, question, verdict, by="birgit", note="Ringt.", now=now, **more)


def states(ledger: Ledger, run: str = "r1") -> dict[str, str]:
    return {line.reference: line.state for line in ledger.lines(run)}


# --- what the rules referred ---------------------------------------------------------------------------------------


def test_what_is_referred_night_after_night_is_one_question_as_old_as_its_first_night(ledger: Ledger) -> None:
    """Its age is what tells that nobody has cared."""
    for night in range(3):
        a_run(ledger, f"r{night}", referred(), at=NOW + timedelta(days=night))

    (question,) = review.queue(ledger)

    assert (question.reference, question.since, question.run) == ("P-9", NOW, "r2")
    assert question.reason == "Vem ska ta över den?"


def test_what_the_last_night_did_not_refer_is_no_question_any_more(ledger: Ledger) -> None:
    """Somebody has seen to it in the system itself."""
    a_run(ledger, "r1", referred("P-8"), referred("P-9"))
    a_run(ledger, "r2", referred("P-9"), at=NOW + timedelta(days=1))

    assert [each.reference for each in review.queue(ledger)] == ["P-9"]


def test_each_installation_has_its_own_questions(ledger: Ledger) -> None:
    """A trial run somewhere else takes nothing off the real list."""
    a_run(ledger, "r1", referred("P-8"))
    a_run(ledger, "r2", referred("P-9"), instance="utbildning")

    assert {each.reference for each in review.queue(ledger)} == {"P-8", "P-9"}


@pytest.mark.parametrize("verdict", [APPROVED, REJECTED])
def test_an_answer_is_remembered_for_the_record_as_it_was(ledger: Ledger, verdict: str) -> None:
    """The next night is told who answered what, and of which record."""
    a_run(ledger, "r1", referred())
    (question,) = review.queue(ledger)

    decide(ledger, question, verdict)

    assert review.queue(ledger) == []
    answer = review.answers(ledger, "reminder-cleanup", "prov")["reminder:P-9"]
    assert (answer.verdict, answer.by, answer.at, answer.note) == (verdict, "birgit", NOW, "Ringt.")
    assert answer.digest == ledger.vault.digest(CASE.dump_json(Case("P-9", page=a_page(id="P-9"))))
    assert review.answers(ledger, "reminder-cleanup", "utbildning") == {}


def test_a_changed_record_is_a_new_question(ledger: Ledger) -> None:
    """What was answered is not what is there now."""
    a_run(ledger, "r1", referred())
    decide(ledger, review.queue(ledger)[0], APPROVED)
    a_run(ledger, "r2", referred(text="Någon har skrivit till."), at=NOW + timedelta(days=1))

    assert [each.reference for each in review.queue(ledger)] == ["P-9"]


def test_a_question_is_answered_once(ledger: Ledger) -> None:
    """Two people at two screens: the second is told, and nothing is done twice."""
    a_run(ledger, "r1", referred())
    (question,) = review.queue(ledger)
    decide(ledger, question, APPROVED)

    with pytest.raises(ConfigurationError, match="redan besvarad"):
        decide(ledger, question, REJECTED)

    assert review.answers(ledger, "reminder-cleanup", "prov")["reminder:P-9"].verdict == APPROVED


def test_every_decision_is_in_the_audit_trail(ledger: Ledger) -> None:
    """Who, when and why."""
    a_run(ledger, "r1", referred())
    decide(ledger, review.queue(ledger)[0], REJECTED)

    entry = list(ledger.audit_trail())[-1]

    assert (entry.what, entry.who, entry.item, entry.facts["why"]) == (
        "review.rejected", "birgit", "reminder:P-9", "Ringt.",
    )  # fmt: skip
    assert ledger.verify_audit() == []


# --- plans ---------------------------------------------------------------------------------------------------------


def test_a_plan_can_be_approved_in_part(ledger: Ledger) -> None:
    """What is not approved is not carried out, and its key is free for another night."""
    a_run(ledger, "r1", an_item("P-1"), an_item("P-2"), an_item("P-3"), state="waiting")
    (plan,) = asked(ledger, "plan")

    decide(ledger, plan, APPROVED, only=["P-1", "P-3"])

    assert states(ledger) == {"P-1": "todo", "P-2": "declined", "P-3": "todo"}
    assert [line.reference for line in ledger.lines("r1") if line.state == "todo"] == ["P-1", "P-3"]
    run = ledger.run("r1")
    assert run is not None
    assert run.approved_by == "birgit"
    assert asked(ledger, "plan") == asked(ledger, "rule") == []


def test_a_rejected_plan_is_carried_out_by_nobody(ledger: Ledger) -> None:
    """Not by `resume` either."""
    a_run(ledger, "r1", an_item("P-1"), state="waiting")

    decide(ledger, asked(ledger, "plan")[0], REJECTED)

    assert states(ledger) == {"P-1": "declined"}
    assert claim(ledger) is None
    assert ledger.approved("reminder-cleanup") == set()
    assert review.queue(ledger) == []


def test_items_that_are_not_in_the_plan_cannot_be_approved(ledger: Ledger) -> None:
    """A slip of the finger would otherwise leave out the one that was meant."""
    a_run(ledger, "r1", an_item("P-1"), state="waiting")

    with pytest.raises(ConfigurationError, match="P-7 finns inte"):
        decide(ledger, asked(ledger, "plan")[0], APPROVED, only=["P-7"])

    assert states(ledger) == {"P-1": "todo"}
    assert len(asked(ledger, "plan")) == 1


def test_a_plan_that_a_later_night_has_replaced_is_no_question(ledger: Ledger) -> None:
    """What it stood on is old; the new plan says what is true now."""
    a_run(ledger, "r1", an_item("P-1"), state="waiting")
    a_run(ledger, "r2", an_item("P-1"), state="waiting", at=NOW + timedelta(days=1))

    assert [each.run for each in asked(ledger, "plan")] == ["r2"]


def test_a_rule_version_can_be_approved_by_itself(ledger: Ledger) -> None:
    """The next night it acts without asking; this plan still waits for its own answer."""
    a_run(ledger, "r1", an_item("P-1"), state="waiting")
    (rule,) = asked(ledger, "rule")

    decide(ledger, rule, APPROVED)

    assert ledger.approved("reminder-cleanup") == {(rule.rule, rule.rule_version)}
    assert asked(ledger, "rule") == []
    assert len(asked(ledger, "plan")) == 1
    assert states(ledger) == {"P-1": "todo"}


def test_a_rejected_rule_version_does_not_act_in_this_plan(ledger: Ledger) -> None:
    """Whatever is then approved of the rest."""
    a_run(ledger, "r1", an_item("P-1"), state="waiting")

    decide(ledger, asked(ledger, "rule")[0], REJECTED)

    assert states(ledger) == {"P-1": "declined"}
    assert ledger.approved("reminder-cleanup") == set()


# --- uncertain writes ----------------------------------------------------------------------------------------------


@pytest.fixture
def uncertain(ledger: Ledger) -> Question:
    """Return the question of a write that was sent and never answered."""
    ledger.create_run("r1", "reminder-cleanup", today=TODAY, options=options(), now=NOW)
    epoch = ledger.claim("r1", a_holder(), ["konto"], NOW)
    ledger.store_plan("r1", epoch, [an_item("P-1")], record=CASE, instance="prov", limit=None, maps={}, now=NOW)
    step = claimed(ledger, epoch=epoch)
    ledger.uncertain("r1", epoch, step, "Svaret uteblev.")
    assert asked(ledger, "step") == [], "a worker may still find out by itself"
    ledger.end_run("r1", epoch, state="partial", exit_code=1, now=NOW)
    (question,) = asked(ledger, "step")
    return question


def test_a_write_that_a_person_saw_is_done(ledger: Ledger, uncertain: Question) -> None:
    """It keeps its key, and is never made again."""
    decide(ledger, uncertain, APPROVED)

    (line,) = ledger.lines("r1")
    assert (line.state, line.receipt) == ("done", "för hand")
    assert review.queue(ledger) == []


def test_a_write_that_a_person_did_not_see_may_be_tried_again(ledger: Ledger, uncertain: Question) -> None:
    """Now it is proven that it did not happen."""
    decide(ledger, uncertain, REJECTED, now=NOW + timedelta(minutes=1))

    assert [line.reference for line in ledger.lines("r1") if line.state == "todo"] == ["P-1"]


def test_a_write_that_may_still_land_cannot_be_called_absent(ledger: Ledger, uncertain: Question) -> None:
    """A server may commit seconds after its client is gone: what was not there then is there now."""
    with pytest.raises(ConfigurationError, match="Se efter igen"):
        decide(ledger, uncertain, REJECTED, now=NOW + timedelta(seconds=12))

    assert states(ledger) == {"P-1": "uncertain"}
    assert len(asked(ledger, "step")) == 1


# --- what is behind ------------------------------------------------------------------------------------------------


def test_behind_a_plan_is_each_change_before_and_after(ledger: Ledger) -> None:
    """Nobody approves a number."""
    a_run(ledger, "r1", an_item("P-1"), referred("P-2"), state="waiting")

    (change,) = review.changes(ledger, asked(ledger, "plan")[0])

    assert change.reference == "P-1"
    assert change.before == an_act().inputs
    (after,) = change.after
    assert after["gör"] == an_act().steps[0].kind
    assert after.items() >= an_act().steps[0].args.items()


def test_behind_a_referred_item_is_no_change(ledger: Ledger) -> None:
    """The rules propose nothing where they could not settle it."""
    a_run(ledger, "r1", referred())

    (change,) = review.changes(ledger, review.queue(ledger)[0])

    assert change.after == ()


# --- texts ---------------------------------------------------------------------------------------------------------


def test_a_text_is_worded_otherwise_until_the_plan_is_approved(ledger: Ledger) -> None:
    """What is approved is what is written. Who changed it stands in the trail, what they wrote does not."""
    a_run(ledger, "r1", an_item("P-1"), referred("P-2"), state="waiting")

    review.reword(ledger, "r1", "P-1", {"why": "Med andra ord."}, by="birgit")

    assert review.wordings(ledger, "r1", "P-1", ["why", "nothing"]) == {"why": "Med andra ord."}
    entry = next(each for each in ledger.audit_trail("r1") if each.what == "step.reworded")
    assert (entry.who, entry.facts["texts"]) == ("birgit", ["why"])
    assert "andra ord" not in str(entry)
    for other in ("P-2", "P-3"):
        with pytest.raises(ConfigurationError, match=f"{other} finns inte bland åtgärderna"):
            review.reword(ledger, "r1", other, {"why": "x"}, by="birgit")
    ledger.approve("r1", "birgit", NOW)
    with pytest.raises(ConfigurationError, match="redan godkänd"):
        review.reword(ledger, "r1", "P-1", {"why": "x"}, by="birgit")
    epoch = ledger.claim("r1", a_holder(), ["konto-r1"], NOW)
    assert claimed(ledger, "r1", epoch).args == {"reminder": "P-1", "why": "Med andra ord."}
    assert ledger.verify_audit() == []


def test_the_texts_of_an_item_stand_in_whichever_of_its_steps_has_them(ledger: Ledger) -> None:
    """An end that is told first has none."""
    one, other = an_act(steps=2).steps
    act = replace(an_act(), steps=(replace(one, args={"reminder": "P-1"}), other))
    a_run(ledger, "r1", an_item("P-1", act), state="waiting")

    review.reword(ledger, "r1", "P-1", {"why": "Med andra ord."}, by="birgit")

    assert review.wordings(ledger, "r1", "P-1", ["why"]) == {"why": "Med andra ord."}
