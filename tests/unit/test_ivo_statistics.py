"""What fullmäktige and the auditors get: counts that point nobody out, and every report of the quarter."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.contract import Document, Made
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


def sums(ranges: list[range]) -> set[int]:
    """Return every sum of one number of each."""
    found = {0}
    for each in ranges:
        found = {so_far + one for so_far in found for one in each if so_far + one < MANY}
    return found


def worked_out(columns: list[list[str]], total: str) -> list[int]:
    """Return the hidden counts that a reader can tell for certain, of columns that have one sum.

    He knows that a "0" is one, and that a count which is not said to be small though the sum is shown is not.
    """
    whole = statistics.FEW if total.isdecimal() else 1

    def could_be(cell: str) -> range:
        if cell.isdecimal():
            return range(int(cell), int(cell) + 1)
        return range(1, statistics.FEW) if cell.startswith("färre") else range(whole, MANY)

    ranges = [[could_be(cell) for cell in cells] for cells in columns]
    totals = set.intersection(*map(sums, ranges)) & ({int(total)} if total.isdecimal() else set(range(MANY)))
    assert totals, (columns, total)
    told = []
    for cells in ranges:
        for place, cell in enumerate(cells):
            others = sums(cells[:place] + cells[place + 1 :])
            left = [one for one in cell if any(each - one in others for each in totals)]
            told += left if len(cell) > 1 and len(left) == 1 else []
    return told


def column(document: Document, part: str, which: int) -> list[str]:
    return [row[which] for row in document.rows if row[0] == part]


# The first run makes what the others only use.
@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from(SUPPORTS), st.sampled_from(DECIDED)), max_size=4).flatmap(
        lambda kinds: st.tuples(st.just(kinds), st.lists(COUNTS, min_size=len(kinds), max_size=len(kinds)))
    ),
    st.dictionaries(st.sampled_from(SUPPORTS), COUNTS, max_size=5),
    st.booleans(),
)
def test_a_small_count_is_neither_shown_nor_to_be_worked_out(
    kinds: tuple[list[tuple[str, str]], list[int]], year_before: dict[str, int], as_file: bool
) -> None:
    """Of this year and of the one before, from all that the document shows; and what is hidden is not few together."""
    reports = [
        made(MANY * place + n, insatstyp=support, beslutsdatum=day)
        for place, ((support, day), count) in enumerate(zip(*kinds, strict=True))
        for n in range(count)
    ]
    then = statistics.documents(
        [
            made(MANY * place + n, insatstyp=support)
            for place, (support, count) in enumerate(year_before.items())
            for n in range(count)
        ],
        Q3,
    )[0]
    before = {row[1]: int(row[2]) for row in then.rows if row[2].isdecimal()} if as_file else then.counts
    if as_file and then.rows[-1][2].isdecimal():
        before = {**before, "totalt": int(then.rows[-1][2])}

    found = statistics.documents(reports, Q3, before)[0]

    now = [column(found, "insats", 2), column(found, "tid sedan beslut eller avbrott", 2)]
    earlier = column(found, "insats", 3)
    for columns, total in [(now, found.rows[-1][2]), ([earlier], found.rows[-1][3])]:
        if columns == [earlier] and as_file and any(not row[2].isdecimal() for row in then.rows):
            # What the file hid has no cell, and what is shown was shown then.
            assert {cell for cell in earlier if cell.isdecimal()} <= {"0", *column(then, "insats", 2)}
            continue
        assert worked_out(columns, total) == []
        for cells in columns:
            numbers = [int(cell) for cell in cells if cell.isdecimal()]
            assert not [one for one in numbers if 0 < one < statistics.FEW]
            if total.isdecimal():
                assert int(total) - sum(numbers) not in range(1, statistics.FEW)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 0, "b": 5}, ""),
        ({"a": 0, "b": 4, "c": 9, "d": 8}, "bd"),
        ({"a": 1, "b": 1, "c": 20, "d": 30}, "abc"),
        ({"a": 1, "b": 2, "c": 20, "d": 30}, "abc"),
        ({"a": 4, "b": 4, "c": 20, "d": 30}, "abc"),
        ({"a": 1, "b": 5, "c": 20, "d": 30}, "abc"),
        ({"a": 2, "b": 4, "c": 20}, "ab"),
    ],
    ids=str,
)
def test_no_more_is_hidden_than_must_be(counts: dict[str, int], hidden: str) -> None:
    """Until what is hidden has more than one solution, and is not few together: the smallest first, and never none."""
    shown = statistics.suppressed(counts)

    assert "".join(name for name in counts if shown[name] is None) == hidden


@pytest.mark.parametrize(("supports", "of_each"), [(5, 1), (2, 4), (1, 3)])
def test_a_sum_that_tells_is_not_shown(supports: int, of_each: int) -> None:
    """Where there is nothing else to hide: five of five are one each, and eight of two are four each."""
    reports = [
        made(10 * place + n, insatstyp=support)
        for place, support in enumerate(SUPPORTS[:supports])
        for n in range(of_each)
    ]

    found = statistics.documents(reports, Q3)[0]

    assert {row[2] for row in found.rows} == {"0", "visas inte"}


def test_the_year_before_is_hidden_as_this_one_is() -> None:
    """Twenty of twenty-three would tell the three; also where a file hid them, which then are not none."""
    home, guide = "Bostad med särskild service för vuxna", "Ledsagarservice"
    reports = [made(n) for n in range(9)]

    def earlier(**before: int) -> dict[str, str]:
        names = {"home": home, "guide": guide, "totalt": "totalt"}
        found = statistics.documents(reports, Q3, {names[name]: count for name, count in before.items()})[0]
        return {row[1]: row[3] for row in found.rows if row[0] != "tid sedan beslut eller avbrott"}

    total = "ej verkställda och avbrutna"
    assert earlier(home=20, guide=3, totalt=23) == {home: "visas inte", guide: "färre än 5", total: "23"}
    assert earlier(home=20, totalt=23) == {home: "visas inte", total: "23"}
    assert earlier(home=20, totalt=20) == {home: "20", total: "20"}
    assert earlier(guide=20, totalt=20) == {home: "0", guide: "20", total: "20"}
    assert earlier(guide=20, totalt=30) == {home: "", guide: "20", total: "30"}


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
