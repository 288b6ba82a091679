"""What fullmäktige and the auditors get: counts that point nobody out, and every report of the quarter."""

from __future__ import annotations

import csv
from collections.abc import Hashable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.contract import Made
from bots.errors import ConfigurationError
from bots.ivo_reporting import rules, statistics
from bots.quarter import Quarter
from orchestrator.report import tables

Q3 = Quarter(2026, 3)


def made(number: int, kind: str = rules.NEW, period: Quarter = Q3, **facts: Any) -> Made:
    usual = {
        "period": str(period), "referens": f"B-{number}", "lagrum": "9 § 9 LSS", "insatstyp": "LSS-09",
        "beslutsdatum": "2026-05-20", "orsak": "resursbrist bostad", "personnummer": "199001012385",
        "beskrivning": "Det saknas en bostad.",
    }  # fmt: skip
    return Made(rules.key(f"B-{number}", period, kind), usual | facts)


def count_of(what: str, *reports: Made, before: dict[str, int] | None = None) -> str:
    found = statistics.documents(reports, Q3, before)[0]
    return next(row[2] for row in found.rows if row[1] == what)


def test_who_waits_is_counted_by_support_and_by_time() -> None:
    """Those that were told to wait in this quarter; not those of another, nor what was told to be over."""
    reports = [made(n) for n in range(6)] + [
        made(n, insatstyp="LSS-03", beslutsdatum="2025-01-02") for n in range(6, 13)
    ]
    others = [made(90, period=Quarter(2026, 2)), made(91, rules.DONE, verkställt="2026-08-01")]

    assert count_of("Bostad med särskild service för vuxna", *reports, *others) == "6"
    assert count_of("3 till 6 månader", *reports, *others) == "6"
    assert count_of("mer än ett år", *reports, *others) == "7"
    assert count_of("ej verkställda och avbrutna", *reports, *others) == "13"
    assert {row[3] for row in statistics.documents(reports, Q3)[0].rows} == {""}


@pytest.mark.parametrize(
    ("facts", "span"),
    [
        ({"beslutsdatum": "2026-03-30"}, "6 till 9 månader"),
        ({"beslutsdatum": "2026-03-31"}, "3 till 6 månader"),
        ({"beslutsdatum": "2025-09-30"}, "mer än ett år"),
        ({"beslutsdatum": "2025-10-01"}, "9 till 12 månader"),
        ({"beslutsdatum": "2020-01-01", "avbrottsdatum": "2026-06-01"}, "3 till 6 månader"),
    ],
)
def test_the_time_is_counted_from_the_decision_or_the_interruption(facts: dict[str, Any], span: str) -> None:
    """In whole months to the quarter's last day."""
    assert count_of(span, *(made(n, **facts) for n in range(5))) == "5"


# --- what can be worked out -----------------------------------------------------------------------------------------

SUPPORTS = ("LSS-02", "LSS-03", "LSS-04", "LSS-09", "LSS-10")
#: A decision of each time that is told apart.
DECIDED = ("2026-05-20", "2026-02-20", "2025-11-20", "2025-01-02")
#: More than there can be of anything here.
MANY = 80
#: Mostly few: those are the ones that can be worked out.
COUNTS = st.one_of(st.integers(1, 2), st.integers(0, statistics.FEW + 1), st.integers(0, 15))
TOTAL = "ej verkställda och avbrutna"
SPANS = [name for _months, name in reversed(statistics.SPANS)]
#: The counts that are tried go to this; the reader thinks of one more, or the greatest ones would seem to be told.
MOST = 9


def seen(supports: tuple[int, ...], spans: tuple[int, ...]) -> Hashable:
    """Return all that is shown of a table: in its own year, and a year later. A kind of support of none is no row."""
    by_support = {f"Insats {place}": count for place, count in enumerate(supports) if count}
    by_span = dict.fromkeys(SPANS, 0) | dict(zip(SPANS, spans, strict=False))
    kept = by_support | {name: count for name, count in by_span.items() if count} | {"totalt": sum(supports)}
    return repr((statistics.shown(by_support, by_span), statistics.documents([], Q3, kept)[0].rows))


@pytest.mark.parametrize(("kinds", "times"), [(4, 1), (3, 2), (2, 3), (1, 4)])
def test_a_reader_who_knows_the_method_finds_two_values_for_each_small_count(kinds: int, times: int) -> None:
    """He thinks of every table, and keeps those that would be shown in the same way, in both years."""
    parted: dict[int, list[tuple[int, ...]]] = {}
    for first in product(range(MOST + 2), repeat=times - 1):
        for last in range(MOST + 2) if times > 1 else range(kinds * (MOST + 1) + 1):
            parted.setdefault(sum(first) + last, []).append((*first, last))
    alike: dict[Hashable, list[tuple[int, ...]]] = {}
    for supports in product(range(MOST + 2), repeat=kinds):
        for spans in parted.get(sum(supports), []):
            alike.setdefault(seen(supports, spans), []).append((*supports, *spans, sum(supports)))

    for of_one_look in alike.values():
        possible = [set(values) for values in zip(*of_one_look, strict=True)]
        for table in of_one_look:
            if max(table[:kinds]) <= MOST and (times == 1 or max(table[kinds:-1]) <= MOST):
                told = [count for count, values in zip(table, possible, strict=True) if len(values) == 1]
                assert not set(told) & set(range(1, statistics.FEW)), table


# The first run makes what the others only use.
@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from(SUPPORTS), st.sampled_from(DECIDED)), max_size=4).flatmap(
        lambda kinds: st.tuples(st.just(kinds), st.lists(COUNTS, min_size=len(kinds), max_size=len(kinds)))
    ),
    st.dictionaries(st.sampled_from(SUPPORTS), COUNTS, max_size=5),
    st.booleans(),
)
def test_a_year_later_nothing_else_is_shown(
    kinds: tuple[list[tuple[str, str]], list[int]], this_year: dict[str, int], as_file: bool
) -> None:
    """No small count is shown, and what was hidden stays hidden: kept by the house, or read from a file."""
    then = statistics.documents(
        [
            made(MANY * place + n, insatstyp=support, beslutsdatum=day)
            for place, ((support, day), count) in enumerate(zip(*kinds, strict=True))
            for n in range(count)
        ],
        Q3,
    )[0]
    now = [
        made(MANY * place + n, insatstyp=support)
        for place, (support, count) in enumerate(this_year.items())
        for n in range(count)
    ]
    in_file = {row[1]: int(row[2]) for row in then.rows if row[2].isdecimal()}
    if TOTAL in in_file:
        in_file["totalt"] = in_file[TOTAL]

    found = statistics.documents(now, Q3, in_file if as_file else then.counts)[0]

    was = {row[1]: row[2] for row in then.rows}
    assert not {*was.values(), *(row[2] for row in found.rows)} & {"1", "2", "3", "4"}
    for name, cell in [(row[1], row[3]) for row in found.rows if row[1] not in SPANS]:
        if name not in was:
            assert cell in {"0", "" if as_file else "visas inte"}
        else:
            assert cell == ("" if as_file and not was[name].isdecimal() else was[name])


@pytest.mark.parametrize(
    ("counts", "cells"),
    [
        ((0, 5), ("0", "5")),
        ((0, 4, 9, 8), ("0", "färre än 5", "9", "visas inte")),
        ((1, 20, 1, 30, 40), ("färre än 5", "20", "färre än 5", "30", "visas inte")),
        ((30, 2, 0), ("visas inte", "färre än 5", "0")),
        ((1, 6), ("färre än 5", "visas inte")),
    ],
    ids=str,
)
def test_the_small_ones_are_hidden_behind_the_last_of_the_others(
    counts: tuple[int, ...], cells: tuple[str, ...]
) -> None:
    """Whatever it is: the smallest would be known to be no more than what is shown. None is a number to show."""
    (found,), total = statistics.shown(dict(zip("abcde", counts, strict=False)))

    assert (tuple(found.values()), total) == (cells, str(sum(counts)))


def test_what_is_hidden_is_not_told_by_what_is_shown_beside_it() -> None:
    """Of two, five and five the hidden ones are seven together: the other may be six, as it is not the smallest."""
    (cells,), total = statistics.shown({"a": 2, "b": 5, "c": 5})

    assert (list(cells.values()), total) == (["färre än 5", "5", "visas inte"], "12")


def test_what_the_times_hid_stays_hidden_a_year_later() -> None:
    """Four and four are all hidden. A year later the eight of the one support would tell them."""
    then = statistics.documents([made(n, beslutsdatum=DECIDED[n % 2]) for n in range(8)], Q3)[0]
    found = statistics.documents([made(n) for n in range(6)], Q3, then.counts)[0]

    assert {row[2] for row in then.rows} == {"visas inte"}
    assert [row[3] for row in found.rows if row[0] != "tid sedan beslut eller avbrott"] == ["visas inte", "visas inte"]


def test_what_was_kept_without_its_times_stays_hidden() -> None:
    """Nobody can say any more whether it was shown; but none is none."""
    name = "Bostad med särskild service för vuxna"
    reports = [made(n) for n in range(6)]

    for kept, cell in [({name: 8, "totalt": 8}, "visas inte"), ({"totalt": 0}, "0")]:
        found = statistics.documents(reports, Q3, kept)[0]
        assert [row[3] for row in found.rows if row[0] != "tid sedan beslut eller avbrott"] == [cell, cell]


@pytest.mark.parametrize(("supports", "of_each"), [(5, 1), (2, 4), (1, 3)])
def test_a_sum_that_tells_is_not_shown(supports: int, of_each: int) -> None:
    """Where there is nothing else to hide: five of five are one each, and eight of two are four each."""
    reports = [
        made(10 * place + n, insatstyp=support)
        for place, support in enumerate(SUPPORTS[:supports])
        for n in range(of_each)
    ]

    found = statistics.documents(reports, Q3)[0]

    assert {row[2] for row in found.rows} == {"visas inte"}


def test_the_year_before_is_hidden_as_this_one_is() -> None:
    """Twenty of twenty-three would tell the three; also where a file hid them, which then are not none."""
    home, guide = "Bostad med särskild service för vuxna", "Ledsagarservice"
    reports = [made(n) for n in range(9)]

    def earlier(**before: int) -> dict[str, str]:
        names = {"home": home, "guide": guide, "totalt": "totalt"}
        as_file = {names[name]: count for name, count in before.items()} | {TOTAL: before["totalt"]}
        found = statistics.documents(reports, Q3, as_file)[0]
        return {row[1]: row[3] for row in found.rows if row[0] != "tid sedan beslut eller avbrott"}

    assert earlier(home=20, guide=3, totalt=23) == {home: "visas inte", guide: "färre än 5", TOTAL: "23"}
    assert earlier(home=20, totalt=23) == {home: "visas inte", TOTAL: "23"}
    assert earlier(home=20, totalt=20) == {home: "20", TOTAL: "20"}
    assert earlier(guide=20, totalt=20) == {home: "0", guide: "20", TOTAL: "20"}
    assert earlier(guide=20, totalt=30) == {home: "", guide: "20", TOTAL: "30"}


def test_a_support_that_only_one_of_the_years_had_has_a_row() -> None:
    """None is a number too. What a file counts beside the supports is not one of them."""
    before = {"Ledsagarservice": 8, "3 till 6 månader": 8, "ej verkställda och avbrutna": 8, "totalt": 8}

    found = statistics.documents([made(n) for n in range(6)], Q3, before)[0]

    assert [row for row in found.rows if row[0] == "insats"] == [
        ("insats", "Bostad med särskild service för vuxna", "6", "0"), ("insats", "Ledsagarservice", "0", "8"),
    ]  # fmt: skip
    assert found.chart == {"Bostad med särskild service för vuxna": 6}


def test_what_is_hidden_for_anothers_sake_is_not_said_to_be_small() -> None:
    """Six are not fewer than five."""
    reports = [made(n) for n in range(6)] + [made(n, insatstyp="LSS-03") for n in range(6, 8)]

    assert count_of("Ledsagarservice", *reports) == "färre än 5"
    assert count_of("Bostad med särskild service för vuxna", *reports) == "visas inte"


def test_the_auditors_get_every_report_and_no_person() -> None:
    """With when it was carried out; by the decision's number."""
    document = statistics.documents([made(2, rules.DONE, verkställt="2026-08-01"), made(1)], Q3)[1]

    assert [row[0] for row in document.rows] == ["B-1", "B-2"]
    assert document.rows[1][1::6] == ("verkställt", "2026-08-01")
    assert "199001012385" not in str(document)
    assert "saknas" not in str(document.rows)


def test_a_year_is_compared_with_the_one_before(tmp_path: Path) -> None:
    """By the file that was written then."""
    last_year = statistics.documents([made(n) for n in range(7)], Q3)[0]
    file = tmp_path / "statistik.csv"
    file.write_text(tables.as_csv(last_year), encoding="utf-8-sig", newline="")

    found = statistics.documents([made(n) for n in range(9)], Q3, tables.counts(file))[0]

    assert [row[1:] for row in found.rows if row[0] in {"insats", "totalt"}] == [
        ("Bostad med särskild service för vuxna", "9", "7"), ("ej verkställda och avbrutna", "9", "7"),
    ]  # fmt: skip
    with file.open(encoding="utf-8-sig", newline="") as lines:
        assert next(csv.reader(lines, delimiter=";")) == list(found.columns)


def test_a_cell_is_no_formula() -> None:
    """A spreadsheet would carry it out."""
    document = statistics.documents([made(1, orsak="=1+1")], Q3)[1]

    assert "'=1+1" in tables.as_csv(document)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """In a sentence."""
    with pytest.raises(ConfigurationError, match="kan inte läsas"):
        tables.counts(tmp_path / "finns-inte.csv")


@pytest.mark.parametrize("text", ["", "[bots]\n", "Beslut;Rapport\r\nB-1;verkställt\r\n"])
def test_a_file_that_counts_nothing_is_said(tmp_path: Path, text: str) -> None:
    """An empty column would look as if there had been nothing a year ago."""
    file = tmp_path / "annat.csv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"Ange statistik\.csv"):
        tables.counts(file)
