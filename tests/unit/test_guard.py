"""The guard: what a plan may do without a person, at the limits and just past them."""

from __future__ import annotations

import pytest

from orchestrator import guard
from orchestrator.guard import Stop

APPROVED = {("duplicate", 1), ("beslut-ended", 1)}


def judged(
    acts: int, left: int = 0, *, rule: tuple[str, int] = ("duplicate", 1), maps: tuple[str, ...] = ()
) -> Stop | None:
    """Judge a plan of so many removals and so many that are left, by the usual limits."""
    counts = {("act", *rule): acts, ("leave", "still-current", 1): left}
    return guard.judge(counts, max_actions=200, max_share=0.4, approved=APPROVED, unapproved_maps=maps)


@pytest.mark.parametrize(("acts", "stops"), [(0, False), (199, False), (200, False), (201, True)])
def test_the_number_of_actions_is_limited(acts: int, stops: bool) -> None:
    """Up to the limit, and not one more."""
    assert (judged(acts, left=1000) is not None) == stops


@pytest.mark.parametrize(("acts", "left", "stops"), [(39, 61, False), (40, 60, False), (41, 59, True), (1, 0, True)])
def test_the_share_of_what_was_seen_is_limited(acts: int, left: int, stops: bool) -> None:
    """A plan for nearly everything is a rule gone wrong, however few they are."""
    assert (judged(acts, left) is not None) == stops


def test_nothing_seen_is_nothing_to_stop() -> None:
    """An empty list is an empty plan."""
    assert guard.judge({}, max_actions=0, max_share=0.0, approved=set()) is None


@pytest.mark.parametrize(
    ("outcome", "stops"), [("act", True), ("leave", False), ("refer", False)], ids=["act", "leave", "refer"]
)
def test_only_rules_that_act_need_an_approval(outcome: str, stops: bool) -> None:
    """To leave or to ask does no harm."""
    stop = guard.judge({(outcome, "new", 1): 1}, max_actions=9, max_share=1.0, approved=set())

    assert (stop is not None) == stops


@pytest.mark.parametrize("rule", [("duplicate", 2), ("duplicate", 0), ("other", 1)])
def test_another_version_of_a_rule_is_another_rule(rule: tuple[str, int]) -> None:
    """It is the version that was approved."""
    assert f"{rule[0]}/{rule[1]}" in str(judged(1, left=9, rule=rule))


def test_an_unapproved_map_stops_the_plan() -> None:
    """It may find another button."""
    assert str(judged(1, left=9, maps=("lifecare 2024.04",))) == "Kartan lifecare 2024.04 är inte godkänd."


def test_every_reason_is_told() -> None:
    """Whoever approves approves all of it."""
    stop = judged(201, rule=("new", 1), maps=("lifecare 9",))

    assert stop is not None
    assert len(stop.reasons) == 4
    assert "201 åtgärder, fler än gränsen 200" in str(stop)
    assert "100% av 201 sedda, mer än gränsen 40%" in str(stop)
