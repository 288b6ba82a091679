"""What IVO is told: the law's own counting, each rule at its boundary, and promises about any decision at all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.contract import Act, Leave, Rule
from bots.ivo_reporting import counting, rules, texts
from bots.ivo_reporting.models import Case, Reported
from bots.quarter import Quarter
from bots.records.lifecare import Handelse
from fixtures.mockui import insatser
from tests import ivo_cases
from tests.insatser import Q3, TODAY, a_case, a_decision, told
from tests.ivo_cases import CLOSED, DAY, DONE, NEW, Q2, Q4, SCENES, STILL, STOP, Example

# --- three months --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "last"), ivo_cases.DEADLINES)
def test_three_months_are_counted_as_the_law_counts(start: date, last: date) -> None:
    """The same day number, or the month's last day; the next day is too late."""
    assert counting.deadline(start) == last
    assert not counting.is_late(start, last)
    assert counting.is_late(start, last + DAY)
    assert counting.is_late(start, last, on_the_day=True)


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(0, 1000), st.integers(0, 1000))
def test_who_has_waited_too_long_still_has_the_day_after(start: date, days: int, more: int) -> None:
    """And never before the same day number three months on."""
    on = start + timedelta(days=days)
    if counting.is_late(start, on):
        assert counting.is_late(start, on + timedelta(days=more))
        assert (on.year * 12 + on.month) - (start.year * 12 + start.month) >= counting.MONTHS
    last = counting.deadline(start)
    assert (last.year * 12 + last.month) - (start.year * 12 + start.month) == counting.MONTHS
    assert last.day == start.day or (last.day < start.day and (last + DAY).day == 1)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [("2026Q1", date(2026, 1, 1), date(2026, 3, 31)), ("2024Q4", date(2024, 10, 1), date(2024, 12, 31))],
)
def test_a_quarter_is_written_with_its_year(said: str, first: date, last: date) -> None:
    """It knows its days and the one before it."""
    quarter = Quarter.parse(said)

    assert (str(quarter), quarter.first, quarter.last) == (said, first, last)
    assert quarter.before.last == first - DAY
    assert quarter.after.first == last + DAY


@pytest.mark.parametrize("said", ["2026Q5", "2026-Q1", "Q1", "26Q1", " 2026Q1", ""])
def test_what_is_no_quarter_is_refused(said: str) -> None:
    """With how one is written."""
    with pytest.raises(ValueError, match="2026Q3"):
        Quarter.parse(said)


# --- each rule at its boundary --------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", ivo_cases.FACTS, ids=str)
def test_a_fact_decides_whether_it_is_reported(example: Example) -> None:
    """The usual decision is late and reported; one fact of it is changed."""
    assert not example.wrong(rules.decide)


@pytest.mark.parametrize("example", ivo_cases.FOR_PEOPLE, ids=str)
def test_what_flotta_cannot_know_is_left_to_people(example: Example) -> None:
    """Of a protected person nothing was read but the number of the decision."""
    assert not example.wrong(rules.decide)


def test_a_row_alone_decides_only_what_it_can() -> None:
    """Else somebody who waits would be passed over because their page was not opened."""
    with pytest.raises(TypeError, match="B-1"):
        rules.decide(a_case(ivo_cases.a_row()), TODAY)


@pytest.mark.parametrize("example", ivo_cases.BOUNDARY, ids=str)
def test_the_last_day_of_the_quarter_is_the_boundary(example: Example) -> None:
    """Three months that end on it are over the day after, in the next quarter; or on it, where that is agreed."""
    assert not example.wrong(rules.decide)


@pytest.mark.parametrize("example", ivo_cases.HAPPENINGS, ids=str)
def test_what_has_become_of_it_decides(example: Example) -> None:
    """Decided on 20 May: late from 21 August, if it isn't carried out, or over."""
    assert not example.wrong(rules.decide)


@pytest.mark.parametrize("example", ivo_cases.GONE, ids=str)
def test_nobody_waits_after_their_death_their_move_or_the_decisions_last_day(example: Example) -> None:
    """Who had waited too long by then, without IVO being told, is a question."""
    assert not example.wrong(rules.decide)


@pytest.mark.parametrize("example", ivo_cases.OVER, ids=str)
def test_what_was_over_before_the_quarter_is_no_matter_of_it(example: Example) -> None:
    """Else it would be asked about every quarter for ever."""
    assert not example.wrong(rules.decide)


@pytest.mark.parametrize("example", ivo_cases.LATE, ids=str)
def test_what_was_late_is_told_with_what_came_after(example: Example) -> None:
    """That it was given since, in this quarter or after it; late is better than never."""
    assert not example.wrong(rules.decide)


# --- what IVO knows -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", ivo_cases.FOLLOWED, ids=str)
def test_a_case_that_ivo_knows_is_followed_to_its_end(example: Example) -> None:
    """A declined offer is no end. What has ended is told with its day, and a quarter is told once."""
    assert not example.wrong(rules.decide)


@pytest.mark.parametrize("example", ivo_cases.TOLD, ids=str)
def test_no_wait_is_told_twice(example: Example) -> None:
    """And none is taken for another that was told."""
    assert not example.wrong(rules.decide)


@pytest.mark.parametrize(("earlier", "later"), ivo_cases.IN_ORDER, ids=str)
def test_the_reports_of_a_decision_have_an_order(earlier: Reported, later: Reported) -> None:
    """Of one quarter an end comes last, since nothing may be told of it after."""
    assert rules.in_time(earlier) < rules.in_time(later)


@pytest.mark.parametrize(("key", "parts"), ivo_cases.KEYS)
def test_a_key_says_what_was_told(key: str, parts: tuple[str, Quarter, str]) -> None:
    """Also where somebody has made the reference by hand."""
    assert rules.parts(key) == parts
    assert rules.key(*parts) == key


@pytest.mark.parametrize("key", ivo_cases.NO_KEYS)
def test_what_is_no_key_is_refused(key: str) -> None:
    """A quarter that was misread would be reported again."""
    with pytest.raises(ValueError, match="B-1"):
        rules.parts(key)


# --- what is written ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", ivo_cases.WRITTEN, ids=str)
def test_a_report_has_all_that_the_form_asks_for(example: Example) -> None:
    """By its own words, from facts alone."""
    assert not example.wrong(rules.decide)


def test_a_report_has_nothing_else() -> None:
    """What the form is not asked to hold cannot be checked by who sends it."""
    [full] = [each for each in ivo_cases.WRITTEN if each.then is ivo_cases.IN_FULL]

    found = rules.decide(full.case, TODAY)

    assert isinstance(found, Act)
    assert found.steps[0].args == ivo_cases.IN_FULL


@pytest.mark.parametrize("example", ivo_cases.AREAS, ids=str)
def test_the_area_is_by_law_and_age(example: Example) -> None:
    """65 years on the quarter's last day; a service by LSS is LSS at any age."""
    assert not example.wrong(rules.decide)


@pytest.mark.parametrize(("number", "birth"), ivo_cases.BIRTHS)
def test_a_number_has_the_day_of_birth_in_it(number: str, birth: date) -> None:
    """A samordningsnummer has 60 more, to the month's last day."""
    assert rules._born(number) == birth


@pytest.mark.parametrize("example", ivo_cases.UNKNOWN_PART, ids=str)
def test_a_part_that_is_not_known_is_asked_about(example: Example) -> None:
    """The report is of the part that is missing."""
    assert not example.wrong(rules.decide)


@pytest.mark.parametrize("example", ivo_cases.LONG, ids=str)
def test_a_text_that_the_form_would_cut_is_asked_about(example: Example) -> None:
    """Nothing is left out by the bot."""
    assert not example.wrong(rules.decide)


def test_a_text_may_be_as_long_as_the_form_takes() -> None:
    """Else the case of the longest one would prove nothing."""
    found = rules.decide(ivo_cases.LONG[0].case, TODAY)

    assert isinstance(found, Act)
    assert len(found.steps[0].args["beskrivning"]) == texts.LONGEST == 1000


def test_every_rule_is_listed() -> None:
    """A rule that is not has no title where people look."""
    assert {each for each in vars(rules).values() if isinstance(each, Rule)} == set(rules.ALL)


# --- promises about any decision ------------------------------------------------------------------------------------

DATES = st.dates(date(2025, 1, 1), date(2026, 12, 31))
DECISIONS = st.builds(
    a_decision,
    beslutat=DATES,
    status=st.sampled_from(["utkast", "fastställt", "avslutat", "okänt: x"]),
    lagrum=st.sampled_from(["9 § 9 LSS", "9 § 1 LSS", "4 kap. 1 § SoL", "11 kap. 1 § SoL", "x"]),
    avliden=st.none() | DATES, to=st.none() | DATES, omfattning=st.none() | st.integers(1, 80),
    verkstallighet=st.lists(
        st.builds(Handelse, DATES, st.sampled_from(sorted(counting.HAPPENINGS)), st.none() | st.integers(0, 90),
                  st.sampled_from(["ansökan återtagen", "annat", None])),
        max_size=4,
    ).map(tuple),
)  # fmt: skip
REPORTED = st.lists(
    st.builds(told, st.sampled_from([Q2, Q3]), st.sampled_from([NEW, STOP, STILL, DONE])), max_size=2
).map(tuple)


@given(DECISIONS, REPORTED, DATES)
def test_any_decision_comes_to_one_report_at_most_with_a_reason(decision: Any, reported: Any, today: date) -> None:
    """Its key is the decision, the quarter and the kind; an end is told of an open case only, a new one of none."""
    case = a_case(decision, *reported)
    found = rules.decide(case, today)

    assert found.rule in rules.ALL
    assert found.reason[0].isupper() or found.reason[0].isdigit()
    assert found.reason[-1] in ".?"
    assert rules.decide(case, today) == found
    if isinstance(found, Act):
        first, *more = found.steps
        kind = first.args["rapporttyp"]
        told_of = [each.reports[-1].period for each in case.told if each.is_open]
        assert bool(told_of) is (kind in {STILL, DONE, CLOSED})
        assert [each.args["rapporttyp"] for each in more] in ([], [NEW], [STOP])
        assert not more or kind == DONE
        assert len({step.key for step in found.steps}) == len(found.steps)
        for step in found.steps:
            kind = step.args["rapporttyp"]
            period = Q3 if kind not in {DONE, CLOSED} else told_of[0]
            assert step.key == f"ivo:B-1:{period}:{kind}"
            assert all(isinstance(value, str) and value for value in step.args.values())
            assert all(len(step.args.get(text, "")) <= texts.LONGEST for text in ("beskrivning", "konsekvenser"))


@given(DECISIONS, st.sampled_from([Q2, Q3, Q4]))
def test_who_waits_in_one_quarter_waits_in_the_next(decision: Any, period: Quarter) -> None:
    """What is new stays reported until its end is: it never falls silent by itself."""
    found = rules.decide(Case(decision.id, period, decision, ()), date(2027, 1, 5))
    if isinstance(found, Act) and "verkställt" not in found.steps[0].args:
        after = Quarter.of(period.last + DAY)
        later = rules.decide(
            a_case(decision, told(period, found.steps[0].args["rapporttyp"]), period=after), date(2027, 4, 5)
        )
        assert not isinstance(later, Leave), (found, later)


# --- the mock's scenes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 4), date(2026, 4, 7), date(2026, 7, 1)], ids=str)
@pytest.mark.parametrize("seed", [1, 2])
def test_each_scene_comes_to_what_it_must(seed: int, today: date) -> None:
    """150 decisions over all scenes, in each of the year's four windows; and no word of a note goes to IVO."""
    found = list(ivo_cases.scenes(150, seed, today))

    assert {each.name for each in found} == set(SCENES)
    assert not {each.name: wrong for each in found if (wrong := each.wrong(rules.decide))}
    assert insatser.TELLTALE not in str([rules.decide(each.case, today) for each in found])
