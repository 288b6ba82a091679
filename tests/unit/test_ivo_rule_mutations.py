"""Every rule on what IVO is told broken on purpose: a case must notice, or the cases prove nothing.

Each mutant is `rules.py` or `counting.py` with one thing changed in its syntax tree (`tests.mutants`). It then decides
on the cases of `tests.ivo_cases`, which were written by reading the law and the house's decisions. What becomes of
one of them must be otherwise than is written there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import FunctionType
from typing import Any

import pytest

from bots.contract import Rule
from bots.ivo_reporting import counting, rules
from tests import ivo_cases
from tests.insatser import TODAY, a_case
from tests.ivo_cases import BIRTHS, DAY, DEADLINES, EXAMPLES, IN_ORDER, KEYS, NO_KEYS, ONE_MORE, SCENES, a_row
from tests.mutants import UNBROKEN, Source, Verdict, misjudged, place_of

#: Mutants that no case can tell from the rules, by name or by how several names begin, each with the reason why.
UNSEEN = {
    "ALL: turned": "a rule's title is looked up by its id, and nobody asks for the order",
    "SECTIONS: 1 for 2 in": "`9 § 1 LSS` is the region's, which is asked first",
    "History: True for": "a history always says both",
    "_by_page: with 'utkast'": "a draft is left by its row, before its page",
    "in_time: -1 for 0": "the order is the same",
    "in_time: 3 for 2": "as above",
    "_waiting: first for `period.last` (2)": "whether it went on to the quarter's first day shows by that day too",
    "_late: first for `period.last`": "what was over before the quarter was so before its first day",
    "_gone_before: LtE in": "who is gone on the day that a wait begins is not told of as waiting",
    "_area: without `born.day`": "a quarter ends with a month, so nobody's birthday is later in it",
    "_born: GtE in `day > 60`": "neither day 60 nor day 0 is a day",
    "_born: 59 for 60 in `day > 60`": "as above",
}

#: Wordings of one kind: a set that has some of them is tried with each of the others too.
_WORDINGS = (
    (ivo_cases.NEW, ivo_cases.STOP, ivo_cases.STILL, ivo_cases.DONE, ivo_cases.CLOSED),
    ("utkast", "fastställt", "avslutat"),
    ("tackat ja", "okänt: Kanske"),
    ("resursbrist bostad", "annat"),
    ("ansökan återtagen", "behovet har upphört", "annat"),
)
RULES, COUNTING = Source(rules, _WORDINGS, finely=True), Source(counting, finely=True)
MUTANTS = COUNTING.mutants | RULES.mutants
#: The mock's scenes beside the cases: people meet them every day.
CASES = [*EXAMPLES, *ivo_cases.scenes(len(SCENES), 1, TODAY)]


def with_mutant(name: str) -> Any:
    """Return rules of their own that have the mutant, in themselves or in how they count."""
    if name in COUNTING.mutants:
        return RULES.broken(UNBROKEN, counting=COUNTING.broken(COUNTING.mutants[name]))
    return RULES.broken(RULES.mutants[name])


def differ(these: Any) -> bool:
    """Return whether rules decide otherwise than they must, on any case."""
    return (
        any(each.wrong(these.decide) for each in CASES)
        or any(not counts(these.counting, first, last) for first, last in DEADLINES)
        or any(these._born(number) != birth for number, birth in BIRTHS)
        or any(these.in_time(one) >= these.in_time(other) for one, other in IN_ORDER)
        or any(these.with_report(has, report, leaves_open=is_open) != then for has, (report, is_open), then in ONE_MORE)
        or any(these.parts(key) != parts for key, parts in KEYS)
        or any(not refuses(ValueError, these.parts, key) for key in NO_KEYS)
        or not refuses(TypeError, these.decide, a_case(a_row()), TODAY)
        or {each for each in vars(these).values() if isinstance(each, Rule)} != set(these.ALL)
    )


def counts(way: Any, first: date, last: date) -> bool:
    """Return whether a way to count lets three months from the first day be over after the last, and not before."""
    days = (last - DAY, last, last + DAY)
    late = [way.is_late(first, on) for on in days]
    agreed = [way.is_late(first, on, on_the_day=True) for on in days]
    return (way.deadline(first), late, agreed) == (last, [False, False, True], [False, True, True])


def refuses(error: type[Exception], ask: Callable[..., object], *what: object) -> bool:
    """Return whether it is refused as it must be."""
    try:
        ask(*what)
    except error:
        return True
    return False


def verdict(name: str) -> Verdict:
    """Return whether any case notices the mutant."""
    return Verdict.on(lambda: differ(with_mutant(name)))


def excepted(beginning: str) -> list[str]:
    """Return the mutants that an exception is of: the one of that name, or else all whose names begin so."""
    return [beginning] if beginning in MUTANTS else [name for name in MUTANTS if name.startswith(beginning)]


def test_the_rules_unbroken_decide_as_they_must() -> None:
    """Else a mutant would be noticed for nothing. Also when they were made anew, as mutants are."""
    assert not differ(rules)
    assert not differ(RULES.broken(UNBROKEN, counting=COUNTING.broken(UNBROKEN)))


def test_the_rules_are_broken_in_many_ways() -> None:
    """A search that finds nothing to break would be green as well."""
    functions = {
        f"{name}:"
        for module in (rules, counting)
        for name, each in vars(module).items()
        if isinstance(each, FunctionType) and each.__module__ == module.__name__
    }
    told = {"WAITS:", "NEW_LAW:", "SECTIONS:", "ELSEWHERE:", "_HOME:", "SUPPORTS:", "REASONS:", "ENDINGS:", "ELDERLY:"}

    assert len(MUTANTS) > 700
    assert {place_of(name) for name in MUTANTS} >= {place_of(beginning) for beginning in UNSEEN}
    assert len(MUTANTS) == len(RULES.mutants) + len(COUNTING.mutants)
    # What is made of a decision's key, its quarter and its kind is one wording.
    assert {name.split(" ")[0] for name in MUTANTS} >= (functions | told | {"MONTHS:", "HAPPENINGS:"}) - {"key:"}


@pytest.mark.parametrize("place", sorted({place_of(name) for name in MUTANTS}))
def test_every_broken_rule_is_noticed_but_for_the_exceptions(place: str) -> None:
    """What becomes of some case is otherwise than the law and the house want it; or the rules break."""
    judged = {name: verdict(name) for name in MUTANTS if place_of(name) == place}

    assert misjudged(judged, {beginning: excepted(beginning) for beginning in UNSEEN}, place) == []
