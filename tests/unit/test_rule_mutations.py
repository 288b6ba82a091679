"""Every rule broken on purpose: the oracle must notice, or the seeded reminders prove nothing.

Each mutant is `rules.py` with one thing changed in its syntax tree (`tests.mutants`). The bot then plans and removes
over a Lifecare in memory with the mutant for its rules. What it removed, and on which proof, must differ from the
oracle on some seed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from bots.contract import Act
from bots.reminder_cleanup import bot as bot_module
from bots.reminder_cleanup import rules
from fixtures.lifecare.model import State
from fixtures.lifecare.seed import seed
from tests import oracle
from tests.builders import TODAY
from tests.fakes import FakeLifecare
from tests.mutants import UNBROKEN, Mutant, Source, Verdict, misjudged, place_of

SEEDS = (1, 2, 3)

#: Mutants that the journal cannot tell from the rules, by name or its beginning, each with the reason why.
UNSEEN = {
    "_stays: ": "chooses between Leave and Refer: whether a person is asked, not what is removed",
    "decide: without `_stays(case.page, today)`": "drops a Leave or a Refer, and nothing is removed either way",
    "OWN: another word": "turns the Leave of a person's own reminder into a Refer",
    "KINDS: without `OWN`": "as above",
    "decide: never `if (verdict := against_row(seen))`": "what the list bars is never opened, and unopened is left",
    "against_row: never `if seen.handlaggare is None`": "without a handläggare there is no account: barred later",
    "worth_opening: always True": "opens pages that prove nothing, which costs time and no more",
    "worth_opening: never `if against_row(row)": "as above",
    "worth_opening: with '": "as above",
    "worth_opening: without `other.id": "as above",
    "worth_opening: without `same_matter(row)": "as above",
    "worth_opening: without `against_row(other)": "as above",
    "worth_opening: and/or turned in `other.id": "as above",
    "worth_opening: Eq in `other.id": "as above",
    "_succeeds: without `other.id": "no beslut begins after itself, so none succeeds itself",
    "kept_twin: without `same_matter(other) == same_matter(page)`": "the flow compares only the same matter",
    "_could_be_a_twin: without `page.status": "the flow opens only what the list shows as active",
    "_could_be_a_twin: without `page.created_by": "the flow opens only what the list shows as the system's",
    "touched: with 'skapad'": "a person makes no reminder of the system's",
}

#: Wordings of one kind: a set that has some of them is tried with each of the others too.
_WORDINGS = (
    (*sorted(rules.KINDS), "okänt: systemavisering"),
    ("verkställt", "delvis verkställt", "ej verkställt", "avbrutet"),
    ("fastställt", "avslutat", "planerat", "utkast"),
    ("skapad", "öppnad", "anteckning", "ändrad"),
)
SOURCE = Source(rules, _WORDINGS)
FLOW = Source(bot_module)


def bot_with(mutant: Mutant) -> Any:
    """Return a bot of its own whose rules are the mutant."""
    flow: Any = FLOW.broken(UNBROKEN, rules=SOURCE.broken(mutant))
    return flow.BOT


@cache
def seeded(number: int) -> tuple[State, dict[str, str]]:
    """Return a state, never changed, and what the oracle wants removed from it."""
    state = seed(300, number, TODAY)
    return state, oracle.expected(state.as_json())


def removed_by(bot: Any, number: int) -> dict[str, str]:
    """Let the bot plan and remove, and return what it removed by which rule."""
    state, _ = seeded(number)
    lifecare = FakeLifecare(replace(state, paminnelser=dict(state.paminnelser)))
    acts: dict[str, tuple[Any, Any]] = {}
    for item in bot.collect(lifecare, TODAY):
        decision = bot.decide(item.record, TODAY)
        if isinstance(decision, Act):
            acts[item.reference] = (item.record, decision)
    for seen, act in acts.values():
        if bot.reread(lifecare, seen, act.steps[0]) == seen:
            bot.perform(lifecare, act.steps[0], "[F-0123456789]")
    return {reminder: acts[reminder][1].rule.id for reminder in oracle.removed(lifecare.journal())}


def verdict(mutant: Mutant) -> Verdict:
    """Return whether the oracle differs from what the mutant does on some seed."""

    def differs() -> bool:
        bot = bot_with(mutant)
        return any(removed_by(bot, number) != seeded(number)[1] for number in SEEDS)

    return Verdict.on(differs)


def _of(beginning: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(beginning)]


@pytest.mark.parametrize("number", SEEDS)
def test_the_rules_unbroken_agree_with_the_oracle(number: int) -> None:
    """Else a mutant would be noticed for nothing."""
    assert removed_by(bot_module.BOT, number) == seeded(number)[1]


def test_the_rules_are_broken_in_many_ways() -> None:
    """A search that finds nothing to break would be green as well."""
    places = {place_of(name) for name in SOURCE.mutants}

    assert len(SOURCE.mutants) > 150
    assert places >= {place_of(beginning) for beginning in UNSEEN}
    assert places >= {
        "KINDS",
        "LEGAL",
        "CARRIED_OUT",
        "NOT_RUNNING",
        "against_row",
        "against_page",
        "outdated",
        "follows",
    }
    assert places >= {"decide", "worth_opening", "same_matter", "kept_twin", "touched", "duplicate"}


@pytest.mark.parametrize("place", sorted({place_of(name) for name in SOURCE.mutants}))
def test_every_broken_rule_is_noticed_but_for_the_exceptions(place: str) -> None:
    """What is removed, or the proof that it stands on, differs from the oracle; or the bot stops before it acts."""
    judged = {name: verdict(mutant) for name, mutant in SOURCE.mutants.items() if place_of(name) == place}

    assert misjudged(judged, {beginning: _of(beginning, judged) for beginning in UNSEEN}, place) == []
