"""What IVO is told: the law's own counting, each rule at its boundary, and promises about any decision at all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.contract import Act, Decision, Leave, Refer
from bots.ivo_reporting import counting, rules, texts
from bots.ivo_reporting.models import Case
from bots.quarter import Quarter
from bots.records.lifecare import Drojsmal, Erbjudande, Handelse
from fixtures.mockui import insatser
from tests.insatser import Q3, TODAY, a_case, a_decision, as_shown, happened, told

DAY = timedelta(days=1)
Q2, Q4 = Quarter(2026, 2), Quarter(2026, 4)
NEW, STOP, STILL, DONE, CLOSED = rules.NEW, rules.NEW_STOP, rules.STILL, rules.DONE, rules.CLOSED


def decided(case: Case, today: date = TODAY) -> Decision:
    return rules.decide(case, today)


def said(decision: Decision) -> str:
    """Return the kind of report, or what else is to happen by which rule."""
    if isinstance(decision, Act):
        return decision.steps[0].args["rapporttyp"]
    return f"{'refer' if isinstance(decision, Refer) else 'leave'} {decision.rule.id}"


def args(decision: Decision) -> dict[str, str]:
    assert isinstance(decision, Act), decision
    return dict(decision.steps[0].args)


# --- three months --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2025, 11, 28), date(2026, 2, 28)),
        (date(2025, 11, 29), date(2026, 2, 28)),
        (date(2025, 11, 30), date(2026, 2, 28)),
        (date(2023, 11, 29), date(2024, 2, 29)),
        (date(2023, 11, 30), date(2024, 2, 29)),
        (date(2026, 1, 31), date(2026, 4, 30)),
        (date(2025, 12, 31), date(2026, 3, 31)),
        (date(2026, 5, 31), date(2026, 8, 31)),
    ],
)
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


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"status": "utkast"}, "leave not-decided"),
        ({"utfall": "avslag"}, "leave not-decided"),
        ({"status": "okänt: Vilande"}, "refer unknown-value"),
        ({"utfall": "okänt: Delvis"}, "refer unknown-value"),
        ({"beslutsfattare": "domstol"}, "leave court"),
        ({"beslutsfattare": "okänt: Socialnämndens ordförande"}, "refer unknown-value"),
        ({"verkstallighet": (happened("okänt: Pausad", date(2026, 6, 1)),)}, "refer unknown-value"),
        ({"lagrum": "9 § 1 LSS"}, "leave not-reportable"),
        ({"lagrum": "11 kap. 4 § SoL"}, "leave not-reportable"),
        ({"lagrum": "11 kap. 5 § SoL"}, "leave not-reportable"),
        ({"lagrum": "6 § lag (2018:222)"}, "leave not-reportable"),
        ({"lagrum": "4 § lag (1992:1574)"}, "leave not-reportable"),
        ({"lagrum": "9 § 11 LSS"}, "refer unknown-section"),
        ({"lagrum": "okänt: SoL"}, "refer unknown-section"),
        ({"lagrum": "4 kap. 1 § SoL"}, "refer other-law"),
        ({"lagrum": "11 kap. 1 § SoL", "beslutat": date(2025, 6, 30)}, "refer other-law"),
        ({"lagrum": "4 kap. 1 § SoL", "beslutat": date(2025, 6, 30), "kod": "SOL-01"}, NEW),
        ({"lagrum": "11 kap. 1 § SoL", "beslutat": date(2025, 7, 1), "kod": "SOL-01"}, NEW),
        ({"lagrum": "12 kap. 1 § SoL", "kod": "SOL-01"}, NEW),
        ({"beslutat": date(2026, 10, 1)}, "leave later"),
        ({"personnummer": None}, "refer no-number"),
        ({"personnummer": "199001012386"}, "refer no-number"),
        ({"personnummer": "199013012385"}, "refer no-number"),
        ({"personnummer": "19900101-T12"}, "refer no-number"),
        ({"personnummer": "202201612385"}, NEW),
        ({"personnummer": "19900101-T123"}, NEW),
        ({"personnummer": "19900101-TF10"}, NEW),
        ({"kod": "SOL-77"}, "refer unknown-support"),
        ({"drojsmal": ()}, "refer no-reason"),
        ({"drojsmal": (Drojsmal(date(2026, 7, 1), "okänt: Annat"),)}, "refer no-reason"),
    ],
    ids=str,
)
def test_a_fact_decides_whether_it_is_reported(facts: dict[str, Any], expected: str) -> None:
    """The usual decision is late and reported; one fact of it is changed."""
    assert said(decided(a_case(a_decision(**facts)))) == expected


def test_a_protected_person_is_left_to_people() -> None:
    """Nothing was read but the number of the decision."""
    decision = decided(Case("B-1", Q3, None, ()))

    assert isinstance(decision, Refer)
    assert decision.inputs == {"beslut": "B-1"}


@pytest.mark.parametrize(
    ("beslutat", "on_the_day", "expected"),
    [
        (date(2026, 6, 30), False, "leave in-time"),
        (date(2026, 6, 30), True, NEW),
        (date(2026, 6, 29), False, NEW),
        (date(2026, 7, 1), True, "leave in-time"),
    ],
)
def test_the_last_day_of_the_quarter_is_the_boundary(beslutat: date, *, on_the_day: bool, expected: str) -> None:
    """Three months that end on it are over the day after, in the next quarter; or on it, where that is agreed."""
    assert said(decided(a_case(a_decision(beslutat=beslutat), on_the_day=on_the_day))) == expected


@pytest.mark.parametrize(
    ("happenings", "expected"),
    [
        ([("verkställd", date(2026, 8, 20))], "leave waited-enough"),
        ([("verkställd", date(2026, 8, 21))], NEW),
        ([("verkställd", date(2026, 10, 2))], NEW),
        ([("delvis verkställd", date(2026, 6, 1))], NEW),
        ([("verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 6, 29))], STOP),
        ([("verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 6, 30))], "leave in-time"),
        ([("verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 6, 2)), ("återupptagen", date(2026, 9, 2))],
         "leave waited-enough"),
        ([("verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 6, 2)), ("återupptagen", date(2026, 9, 3))], STOP),
        ([("avslutad", date(2026, 8, 20))], "leave in-time"),
        ([("avslutad", date(2026, 8, 21))], "refer ended-untold"),
        ([("avslutad", date(2026, 10, 2))], "refer ended-untold"),
        # A wait that was too long is reported, whatever has come after it.
        ([("verkställd", date(2026, 8, 25)), ("avbruten", date(2026, 9, 20))], NEW),
        ([("verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 6, 2)), ("återupptagen", date(2026, 9, 20)),
          ("avbruten", date(2026, 9, 25))], STOP),
        # What was never given in full is waited for since the decision.
        ([("delvis verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 8, 1))], NEW),
        ([("avbruten", date(2026, 8, 1))], NEW),
        ([("delvis verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 6, 9)), ("återupptagen", date(2026, 6, 20))],
         NEW),
        # What is given is given; that it is given again changes nothing.
        ([("verkställd", date(2026, 6, 1)), ("verkställd", date(2026, 9, 15))], "leave waited-enough"),
        ([("verkställd", date(2026, 6, 1)), ("delvis verkställd", date(2026, 9, 1))], "refer unknown-part"),
        # On one day the end comes last.
        ([("avslutad", date(2026, 8, 1)), ("avbruten", date(2026, 8, 1)), ("verkställd", date(2026, 6, 1))],
         "leave in-time"),
    ],
    ids=str,
)  # fmt: skip
def test_what_has_become_of_it_decides(happenings: list[tuple[str, date]], expected: str) -> None:
    """Decided on 20 May: late from 21 August, if it isn't carried out, or over."""
    parts = {counting.IN_PART: 20}
    decision = a_decision(
        omfattning=50, verkstallighet=tuple(happened(what, on, parts.get(what)) for what, on in happenings),
        drojsmal=tuple(Drojsmal(on, "resursbrist personal") for on in (date(2026, 7, 1), date(2026, 8, 15))),
    )  # fmt: skip

    assert said(decided(a_case(decision))) == expected


def test_what_was_late_and_is_carried_out_says_when() -> None:
    """It is reported all the same, with the day."""
    late = args(decided(a_case(a_decision(verkstallighet=(happened("verkställd", date(2026, 8, 25)),)))))
    after = args(decided(a_case(a_decision(verkstallighet=(happened("verkställd", date(2026, 10, 2)),)))))

    assert (late["verkställt"], after["verkställt"]) == ("2026-08-25", "2026-10-02")
    assert "verkställdes 2026-08-25" in late["beskrivning"]


@pytest.mark.parametrize("fact", ["avliden", "utflyttad", "to"])
@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2026, 8, 20), "leave in-time"), (date(2026, 8, 21), "refer ended-untold"),
     (date(2026, 10, 1), "refer ended-untold"), (date(2019, 1, 1), NEW)],
)  # fmt: skip
def test_nobody_waits_after_their_death_their_move_or_the_decisions_last_day(
    fact: str, on: date, expected: str
) -> None:
    """Who had waited too long by then, without IVO being told, is a question."""
    assert said(decided(a_case(a_decision(**{fact: on})))) == expected


@pytest.mark.parametrize(
    ("period", "expected"),
    [(Q2, "now"), (Q3, "refer over-untold"), (Q4, "leave over"), (Quarter(2027, 1), "leave over")],
    ids=str,
)
def test_what_was_over_before_the_quarter_is_asked_about_once_more(period: Quarter, expected: str) -> None:
    """Somebody may have missed the window. Else it would be asked about every quarter for ever."""
    for what, now in (("verkställd", NEW), ("avslutad", "refer ended-untold")):
        decision = a_decision(
            beslutat=date(2026, 2, 1), verkstallighet=(happened(what, date(2026, 6, 20)),),
            drojsmal=(Drojsmal(date(2026, 4, 1), "resursbrist bostad"),),
        )  # fmt: skip
        found = said(decided(a_case(decision, period=period), period.last + DAY))
        assert found == (now if expected == "now" else expected)


def test_what_an_earlier_report_should_have_had_is_told_now() -> None:
    """Better late than never; the reason says when its three months had passed."""
    found = decided(a_case(a_decision(beslutat=date(2026, 3, 1))))

    assert said(found) == NEW
    assert "2026-06-01" in found.reason


# --- what IVO knows -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected", "on"),
    [
        ({}, STILL, None),
        ({"verkstallighet": (happened("verkställd", date(2026, 7, 9)),)}, DONE, "2026-07-09"),
        ({"verkstallighet": (happened("verkställd", date(2026, 10, 2)),)}, DONE, "2026-10-02"),
        ({"verkstallighet": (happened("verkställd", date(2026, 6, 20)),)}, DONE, "2026-06-20"),
        ({"verkstallighet": (happened("verkställd", TODAY + DAY),)}, STILL, None),
        ({"verkstallighet": (happened("verkställd", date(2026, 7, 9)), happened("avbruten", date(2026, 8, 1)))},
         DONE, "2026-07-09"),
        ({"verkstallighet": (happened("verkställd", date(2026, 7, 9)),), "avliden": date(2026, 8, 1)},
         DONE, "2026-07-09"),
        ({"verkstallighet": (happened("avslutad", date(2026, 7, 9), why="ansökan återtagen"),)}, CLOSED, "2026-07-09"),
        ({"verkstallighet": (happened("avslutad", date(2026, 7, 9), why="behovet har upphört"),)},
         CLOSED, "2026-07-09"),
        ({"verkstallighet": (happened("avslutad", date(2026, 7, 9), why="annat"),)}, "refer ended-otherwise", None),
        ({"status": "avslutat"}, "refer ended-otherwise", None),
        ({"avliden": date(2026, 8, 1)}, CLOSED, "2026-08-01"),
        ({"utflyttad": date(2026, 8, 2)}, CLOSED, "2026-08-02"),
        ({"to": date(2026, 8, 3)}, CLOSED, "2026-08-03"),
        ({"to": TODAY}, STILL, None),
        ({"erbjudanden": (Erbjudande(date(2026, 8, 1), "Råå", "tackat nej", date(2026, 8, 9)),)}, STILL, None),
    ],
    ids=str,
)  # fmt: skip
def test_a_case_that_ivo_knows_is_followed_to_its_end(facts: dict[str, Any], expected: str, on: str | None) -> None:
    """A declined offer is no end. What has ended is told with its day."""
    decision = decided(a_case(a_decision(beslutat=date(2026, 3, 1), **facts), told(Q2)))

    assert said(decision) == expected
    if on:
        assert args(decision)["verkställt" if expected == DONE else "avslutsdatum"] == on


def test_a_quarter_is_told_once() -> None:
    """The second run of a quarter has nothing to say, but an end may still be told."""
    waiting = a_decision(beslutat=date(2026, 3, 1))
    done = a_decision(beslutat=date(2026, 3, 1), verkstallighet=(happened("verkställd", date(2026, 10, 3)),))

    assert said(decided(a_case(waiting, told(Q2), told(Q3, STILL)))) == "leave told-already"
    assert said(decided(a_case(done, told(Q2), told(Q3, STILL)))) == DONE


def test_what_was_told_with_its_end_is_not_told_again() -> None:
    """A second run of the quarter finds it late, carried out, and told."""
    late = a_decision(verkstallighet=(happened("verkställd", date(2026, 8, 25)),))

    assert said(decided(a_case(late, told(Q3, is_open=False)))) == "leave told-already"
    assert said(decided(a_case(late, told(Q3, is_open=False), period=Q4), date(2027, 1, 5))) == "leave told-already"


def test_a_new_stop_after_a_case_was_closed_is_a_new_case() -> None:
    """IVO was told that it was carried out; since then it was interrupted for three months."""
    happenings = (happened("verkställd", date(2026, 1, 9)), happened("avbruten", date(2026, 5, 2)))
    decision = a_decision(beslutat=date(2025, 8, 1), verkstallighet=happenings)

    found = decided(a_case(decision, told(Quarter(2025, 4)), told(Quarter(2026, 1), DONE)))

    assert said(found) == STOP
    assert args(found)["avbrottsdatum"] == "2026-05-02"


# --- what is written ------------------------------------------------------------------------------------------------


def test_a_report_has_all_that_the_form_asks_for() -> None:
    """By its own words, from facts alone."""
    offer = Erbjudande(date(2026, 7, 3), "Lägenhet, Råå", "tackat nej", date(2026, 7, 10))
    decision = a_decision(
        lagrum="9 § 3 LSS", insats="Ledsagarservice", kod="LSS-03", omfattning=50, erbjudanden=(offer,),
        verkstallighet=(happened("delvis verkställd", date(2026, 6, 9), 20),), under_tiden=("Boendestöd",),
        drojsmal=(Drojsmal(date(2026, 6, 1), "önskar vänta"), Drojsmal(date(2026, 7, 11), "tackat nej")),
    )  # fmt: skip

    assert args(decided(a_case(decision))) == {
        "rapporttyp": NEW, "period": "2026Q3", "referens": "B-1", "personnummer": "199001012385", "område": "LSS",
        "lagrum": "9 § 3 LSS", "insatstyp": "LSS-03", "beslutsdatum": "2026-05-20", "orsak": "tackat nej",
        "ej verkställd del": "30 av 50 timmar i månaden", "erbjudande": "2026-07-03", "svar": "tackat nej",
        "beskrivning": "Den enskilde har tackat nej till det som har erbjudits. Insatsen ledsagarservice verkställdes "
        "delvis 2026-06-09; resten har inte verkställts sedan beslutet 2026-05-20. Ett erbjudande lämnades "
        "2026-07-03; den enskilde tackade nej 2026-07-10.",
        "konsekvenser": "Den enskilde är utan en del av insatsen ledsagarservice: 30 av 50 timmar i månaden.",
        "uppföljningar": "Orsaken följdes upp 2026-06-01, 2026-07-11.", "under tiden": "Under tiden: boendestöd.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("number", "expected"),
    [("194510168885", "ÄO"), ("196109304999", "ÄO"), ("196110014999", "OF"), ("199001012385", "OF")],
)
def test_the_area_is_by_law_and_age(number: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """65 years on the quarter's last day; a service by LSS is LSS at any age."""
    old = a_decision(personnummer="194510168885")
    assert args(decided(a_case(old)))["område"] == "LSS"

    # Numbers that are nobody's: no check digit fits them.
    monkeypatch.setattr(rules, "check_digit", lambda _nine: int(number[-1]))
    decision = a_decision(lagrum="11 kap. 1 § SoL", kod="SOL-01", personnummer=number)
    assert args(decided(a_case(decision)))["område"] == expected


@pytest.mark.parametrize(
    ("omfattning", "part"), [(None, 20), (50, None), (50, 50), (50, 60)], ids=["whole", "part", "all", "more"]
)
def test_a_part_that_is_not_known_is_asked_about(omfattning: int | None, part: int | None) -> None:
    """The report is of the part that is missing."""
    happenings = (happened("delvis verkställd", date(2026, 6, 9), part),)

    found = decided(a_case(a_decision(omfattning=omfattning, verkstallighet=happenings)))

    assert said(found) == "refer unknown-part"


def test_a_text_that_the_form_would_cut_is_asked_about() -> None:
    """Nothing is left out by the bot."""
    offers = tuple(Erbjudande(date(2026, 7, 1) + n * DAY, "x", "tackat ja", date(2026, 8, 1)) for n in range(20))

    found = decided(a_case(a_decision(erbjudanden=offers)))

    assert said(found) == "refer too-long"
    assert str(texts.LONGEST) in found.reason


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
        is_open = any(each.is_open for each in case.told)
        assert is_open is (kind in {STILL, DONE, CLOSED})
        assert [each.args["rapporttyp"] for each in more] in ([], [NEW], [STOP])
        assert not more or kind == DONE
        assert len({step.key for step in found.steps}) == len(found.steps)
        for step in found.steps:
            kind = step.args["rapporttyp"]
            period = Q3 if kind not in {DONE, CLOSED} else max(each.period for each, _is_open in reported)
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

#: What must come of each scene of the mock systems.
SCENES = {
    "recent": "leave in-time", "carried out in time": "leave waited-enough", "not decided yet": "leave not-decided",
    "refused": "leave not-decided", "withdrawn in time": "leave in-time", "ordered by a court": "leave court",
    "without assessment": "leave not-reportable", "adapted home": "leave not-reportable",
    "the region's": "leave not-reportable", "late by a day": NEW, "late on the day itself": "leave in-time",
    "late": NEW, "declined an offer": NEW, "carried out in part": NEW, "carried out too late": NEW,
    "interrupted": STOP, "interrupted a short while": "leave in-time", "taken up again in time": "leave waited-enough",
    "still waiting": STILL, "still waiting after a no": STILL, "carried out at last": DONE, "withdrawn": CLOSED,
    "need has ceased": CLOSED, "died": CLOSED, "moved away": CLOSED, "expired": CLOSED, "in part by now": STILL,
    "still interrupted": STILL, "taken up again": DONE, "protected": "refer protected",
    "protection unknown": "refer protected", "has no number": "refer no-number", "has a T number": NEW,
    "has a broken number": "refer no-number", "unknown support": "refer unknown-support",
    "unknown section": "refer unknown-section", "section of another time": "refer other-law",
    "no reason given": "refer no-reason", "died untold": "refer ended-untold", "expired untold": "refer ended-untold",
    "withdrawn too late": "refer ended-untold", "in part, but how much": "refer unknown-part",
    "ended for another reason": "refer ended-otherwise",
}  # fmt: skip


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 4), date(2026, 4, 7), date(2026, 7, 1)], ids=str)
@pytest.mark.parametrize("seed", [1, 2])
def test_each_scene_comes_to_what_it_must(seed: int, today: date) -> None:
    """150 decisions over all scenes, in each of the year's four windows; and no word of a note goes to IVO."""
    made, earlier = insatser.seeded(150, seed, today)
    period = Quarter.of(insatser.status_day(today))

    found = {each.id: rules.decide(as_shown(each, earlier, period), today) for each in made}

    assert {each.scene for each in made} == set(SCENES)
    wrong = {each.scene: said(found[each.id]) for each in made if said(found[each.id]) != SCENES[each.scene]}
    assert not wrong
    assert insatser.TELLTALE not in str(found)
