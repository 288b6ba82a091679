"""What fullmäktige and the auditors get: counts that point nobody out, and every report of the quarter."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
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


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), max_size=8))
def test_a_small_count_is_neither_shown_nor_to_be_worked_out(counts: dict[str, int]) -> None:
    """Less than five is hidden, but for none; one alone never is where the rest could be taken from the sum."""
    shown = statistics.suppressed(counts)

    hidden = [name for name in counts if shown[name] is None]
    assert not [name for name, count in shown.items() if count is not None and 0 < count < statistics.FEW]
    assert len(hidden) != 1 or not [name for name, count in counts.items() if count and name not in hidden]


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
