"""The flow of reminder cleanup over a Lifecare in memory: what it removes, and when it keeps its hands off."""

from collections.abc import Callable
from functools import cache

import pytest

from bots.contract import Act, Item, Receipt, Refer, Rule, Step
from bots.errors import WriteRefused, WriteUnanswered
from bots.records.lifecare import Protected, Reminder
from bots.reminder_cleanup import rules
from bots.reminder_cleanup.bot import BOT
from bots.reminder_cleanup.models import Case
from fixtures.lifecare.model import State
from fixtures.lifecare.seed import seed
from tests import oracle
from tests.builders import TODAY
from tests.fakes import FakeLifecare, Lost

SEEDS = range(1, 21)
MARK = "[F-0123456789]"


def planned(at: FakeLifecare) -> dict[str, tuple[Case, Act]]:
    """Return what the bot would remove, by reminder."""
    found = {}
    for item in BOT.collect(at, TODAY):
        decision = BOT.decide(item.record, TODAY)
        if isinstance(decision, Act):
            found[item.reference] = (item.record, decision)
    return found


@cache
def usual_plan() -> dict[str, tuple[Case, Act]]:
    return planned(FakeLifecare(seed(60, 1, TODAY)))


def first(rule: Rule) -> tuple[Case, Step]:
    """Return a removal that stands on this rule, in the usual sixty reminders."""
    return next((seen, act.steps[0]) for seen, act in usual_plan().values() if act.rule == rule)


def the_usual() -> FakeLifecare:
    return FakeLifecare(seed(60, 1, TODAY))


def perform(at: FakeLifecare, seen: Case, step: Step) -> Receipt:
    """Read the reminder anew and remove it."""
    BOT.reread(at, seen, step)
    return BOT.perform(at, step, MARK)


@pytest.mark.parametrize("number", SEEDS)
def test_what_is_removed_is_what_the_oracle_says_item_for_item_and_proof_for_proof(number: int) -> None:
    """Nothing too much, nothing forgotten, each for the right reason."""
    lifecare = FakeLifecare(seed(300, number, TODAY))
    truth = lifecare.state.as_json()

    plan = planned(lifecare)
    for seen, act in plan.values():
        assert BOT.reread(lifecare, seen, act.steps[0]) == seen
        BOT.perform(lifecare, act.steps[0], MARK)

    assert {reminder: act.rule.id for reminder, (_, act) in plan.items()} == oracle.expected(truth)
    assert sorted(oracle.removed(lifecare.journal())) == sorted(oracle.expected(truth))


@pytest.mark.parametrize("number", SEEDS)
def test_nothing_on_the_list_of_never_is_planned(number: int) -> None:
    """Of each reminder that may not go, on the oracle's word."""
    lifecare = FakeLifecare(seed(300, number, TODAY))

    assert planned(lifecare).keys() & oracle.never(lifecare.state.as_json()).keys() == set()


def test_every_reminder_of_the_list_is_seen_once_in_its_order() -> None:
    """The plan can be held against the list, line by line."""
    lifecare = the_usual()

    items = list(BOT.collect(lifecare, TODAY))

    assert [item.reference for item in items] == [each.id for each in lifecare.state.listed()]
    assert [item.key for item in items] == [f"reminder:{item.reference}" for item in items]


def test_a_second_plan_after_the_first_was_carried_out_is_empty() -> None:
    """The nightly run is done when it is done."""
    lifecare = FakeLifecare(seed(300, 1, TODAY))
    for seen, act in planned(lifecare).values():
        perform(lifecare, seen, act.steps[0])

    assert planned(lifecare) == {}


def test_of_a_protected_person_nothing_is_kept_but_the_number() -> None:
    """Nor is the reminder's page opened."""
    lifecare = the_usual()
    shielded = [each.id for each in lifecare.reminders() if isinstance(each, Protected)]

    items: dict[str, Item[Case]] = {item.reference: item for item in BOT.collect(lifecare, TODAY)}

    assert shielded
    assert [items[each].record for each in shielded] == [Case(each) for each in shielded]
    assert {reference for reference, item in items.items() if item.protected} == set(shielded)
    assert not [call for call in lifecare.calls if call[0] == "reminder" and call[1] in shielded]


def test_each_page_is_opened_at_most_once_while_collecting() -> None:
    """Pages are what takes time."""
    lifecare = FakeLifecare(seed(300, 1, TODAY))

    list(BOT.collect(lifecare, TODAY))

    opened = [reminder for verb, reminder in lifecare.calls if verb == "reminder"]
    assert len(opened) == len(set(opened))


def test_a_person_who_became_protected_after_the_list_was_read_is_referred() -> None:
    """The page is the last word, and shows nothing but the number."""
    lifecare = the_usual()
    target = next(iter(usual_plan()))

    def meanwhile(verb: str, reminder: str) -> None:
        if (verb, reminder) == ("reminder", target):
            lifecare.protect(target)

    lifecare.meanwhile = meanwhile
    items = {item.reference: item.record for item in BOT.collect(lifecare, TODAY)}

    assert items[target] == Case(target)
    assert isinstance(BOT.decide(items[target], TODAY), Refer)


# Just before the write.


@pytest.mark.parametrize("rule", [rules.BESLUT_ENDED, rules.BESLUT_FOLLOWED, rules.FOLLOWED_UP, rules.DUPLICATE])
def test_what_nobody_changed_is_reread_as_it_was_seen(rule: Rule) -> None:
    """Else nothing could ever be removed."""
    seen, step = first(rule)

    assert BOT.reread(the_usual(), seen, step) == seen


@pytest.mark.parametrize("change", [FakeLifecare.annotate, FakeLifecare.remove_by_hand, FakeLifecare.protect])
def test_what_somebody_changed_is_not_reread_as_it_was_seen(change: Callable[[FakeLifecare, str], None]) -> None:
    """A change of any kind since the plan takes the reminder out of the bot's hands."""
    lifecare, (seen, step) = the_usual(), first(rules.BESLUT_ENDED)

    change(lifecare, seen.id)

    assert BOT.reread(lifecare, seen, step) != seen


@pytest.mark.parametrize("change", [FakeLifecare.annotate, FakeLifecare.remove_by_hand, FakeLifecare.protect])
def test_a_change_of_the_twin_that_was_to_be_kept_is_seen(change: Callable[[FakeLifecare, str], None]) -> None:
    """If the other one is gone, this one must stay."""
    lifecare, (seen, step) = the_usual(), first(rules.DUPLICATE)
    assert seen.kept is not None

    change(lifecare, seen.kept.id)

    assert BOT.reread(lifecare, seen, step) != seen


def test_rereading_ends_on_the_page_of_the_reminder_itself() -> None:
    """The removal is made on the page that is open."""
    lifecare, (seen, step) = the_usual(), first(rules.DUPLICATE)
    assert seen.kept is not None

    BOT.reread(lifecare, seen, step)

    assert lifecare.calls == [("reminder", seen.kept.id), ("reminder", seen.id)]


def test_a_change_in_the_last_moment_is_refused_by_lifecare() -> None:
    """Between the reread and the click there is the system's own check."""
    lifecare, (seen, step) = the_usual(), first(rules.BESLUT_ENDED)
    lifecare.meanwhile = lambda verb, reminder: lifecare.annotate(reminder) if verb == "remove" else None

    with pytest.raises(WriteRefused):
        perform(lifecare, seen, step)

    assert oracle.removed(lifecare.journal()) == []


# The write, and looking for it.


def test_a_removal_leaves_its_reason_and_our_mark_in_lifecare() -> None:
    """Whoever opens the reminder can read why it went, and we can tell that it was us."""
    lifecare, (seen, step) = the_usual(), first(rules.BESLUT_ENDED)

    receipt = perform(lifecare, seen, step)

    page = lifecare.reminder(seen.id)
    assert isinstance(page, Reminder)
    assert page.removed_why == f"{step.args['why']} {MARK}"
    assert (page.status, page.kvittens) == ("borttagen", receipt.number)


def test_a_removal_that_was_made_is_found_with_its_receipt() -> None:
    """The answer was lost, not the removal."""
    lifecare, (seen, step) = the_usual(), first(rules.BESLUT_ENDED)
    lifecare.losses[seen.id] = [Lost.AFTER]
    with pytest.raises(WriteUnanswered):
        perform(lifecare, seen, step)

    found = BOT.confirm(lifecare, step, MARK)

    assert isinstance(found, Receipt)
    assert found.number == "KV-000001"
    assert found.facts == {"påminnelse": seen.id, "orsak": f"{step.args['why']} {MARK}"}


def test_a_removal_that_was_never_made_leaves_no_trace() -> None:
    """Then, and only then, it may be tried again."""
    lifecare, (seen, step) = the_usual(), first(rules.BESLUT_ENDED)
    lifecare.losses[seen.id] = [Lost.BEFORE]
    with pytest.raises(WriteUnanswered):
        perform(lifecare, seen, step)

    assert BOT.confirm(lifecare, step, MARK) is None


@pytest.mark.parametrize("reason", ["Klar sedan i går.", "Beslut B-1 är redan avslutat. [F-aaaaaaaaaa]"])
def test_a_removal_by_somebody_else_is_not_taken_for_ours(reason: str) -> None:
    """A receipt of theirs proves nothing that we did; another run's mark is another's too."""
    lifecare, (seen, step) = the_usual(), first(rules.BESLUT_ENDED)
    lifecare.remove_by_hand(seen.id, reason)

    found = BOT.confirm(lifecare, step, MARK)

    assert isinstance(found, Refer)
    assert "Någon annan" in found.reason


def test_a_removal_that_became_invisible_is_left_to_people() -> None:
    """A person who became protected is looked for by people only."""
    lifecare, (seen, step) = the_usual(), first(rules.BESLUT_ENDED)
    lifecare.protect(seen.id)

    found = BOT.confirm(lifecare, step, MARK)

    assert isinstance(found, Refer)
    assert found.rule == rules.PROTECTED


def test_looking_changes_nothing() -> None:
    """It may be done as often as one likes."""
    lifecare, (_, step) = the_usual(), first(rules.BESLUT_ENDED)
    before = lifecare.state.as_json()

    BOT.confirm(lifecare, step, MARK)

    assert lifecare.state.as_json() == before
    assert lifecare.journal() == []


def test_an_empty_list_is_nothing_to_do() -> None:
    """The day when all is done comes."""
    assert planned(FakeLifecare(State(TODAY, {}, {}, {}, {}, {}))) == {}
