"""The oracle of what IVO must hold: right reports have nothing wrong, and each value that is wrong is seen."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fixtures.ivo.form import FIELDS, tidy
from fixtures.mockui.insatser import TELLTALE
from tests import ivo_oracle

Record = dict[str, Any]

TODAY = date(2026, 10, 5)
#: A decision of each kind of report, and whether IVO knows of it.
CASES: dict[str, tuple[Record, bool]] = {
    "new": ({}, False),
    "in part": ({"extent": 50, "happenings": [("2026-06-20", "delvis verkställd", 20)]}, False),
    "offered": ({"offers": [("2026-06-01", "tackat nej"), ("2026-07-01", "")]}, False),
    "carried out too late": ({"happenings": [("2026-09-20", "verkställd")]}, False),
    "interrupted": ({"happenings": [("2026-05-25", "verkställd"), ("2026-06-10", "avbruten")]}, False),
    "still waiting": ({}, True),
    "carried out": ({"happenings": [("2026-09-20", "verkställd")]}, True),
    "withdrawn": ({"happenings": [("2026-09-20", "avslutad", None, "ansökan återtagen")]}, True),
    "died": ({"deceased": "2026-09-20"}, True),
    "expired": ({"end": "2026-09-20"}, True),
}
#: What IVO must hold of them, beside what is said of every one of them.
WAITS = {"delvis": "nej", "orsak": "resursbrist bostad", "erbjudande": "nej", "verkstallt_sent": "nej"}
HELD: dict[str, dict[str, str]] = {
    "new": WAITS | {"rapporttyp": "nytt ej verkställt"},
    "in part": WAITS
    | {"rapporttyp": "nytt ej verkställt", "delvis": "ja", "omfattning": "30 av 50 timmar i månaden"},
    "offered": WAITS
    | {"rapporttyp": "nytt ej verkställt", "erbjudande": "ja", "erbjudandedatum": "2026-07-01", "svar": "inget svar"},
    "carried out too late": WAITS
    | {"rapporttyp": "nytt ej verkställt", "verkstallt_sent": "ja", "verkstallighetsdatum": "2026-09-20"},
    "interrupted": WAITS | {"rapporttyp": "nytt avbrott", "avbrottsdatum": "2026-06-10"},
    "still waiting": WAITS | {"rapporttyp": "fortsatt ej verkställt"},
    "carried out": {"rapporttyp": "verkställt", "period": "2026Q4", "verkstallighetsdatum": "2026-09-20"},
    "withdrawn": {
        "rapporttyp": "avslutat", "period": "2026Q4", "avslutsdatum": "2026-09-20",
        "avslutsorsak": "ansökan återtagen",
    },
    "died": {
        "rapporttyp": "avslutat", "period": "2026Q4", "avslutsdatum": "2026-09-20", "avslutsorsak": "avliden"
    },
    "expired": {
        "rapporttyp": "avslutat", "period": "2026Q4", "avslutsdatum": "2026-09-20",
        "avslutsorsak": "beslutet har löpt ut",
    },
}  # fmt: skip


def a_beslut(
    happenings: list[tuple[Any, ...]] | None = None, offers: list[tuple[str, str]] | None = None, **facts: Any
) -> Record:
    """Return a decision as mock Lifecare's state has it; a happening is its day, what, extent and reason."""
    usual = {
        "id": "B-1", "scene": "by hand", "personnummer": "199001012385", "name": "Erik Berg", "deceased": None,
        "moved": None, "lagrum": "9 § 9 LSS", "code": "LSS-09", "decided": "2026-05-20", "end": None, "extent": None,
        "delays": [
            {"on": "2026-07-01", "why": "resursbrist bostad"}, {"on": "2026-05-24", "why": "önskar vänta"},
        ],
    }  # fmt: skip
    happened = [
        dict(zip(("on", "what", "extent", "why"), (*each, None, ""), strict=False)) for each in happenings or []
    ]
    return usual | {"happenings": happened, "offers": [{"on": on, "answer": said} for on, said in offers or []]} | facts


def held(**values: str) -> dict[str, str]:
    """Return a report's values as mock IVO's state has them."""
    usual = {
        "period": "2026Q3", "eget_arendenummer": "B-1", "personnummer": "199001012385", "omrade": "LSS",
        "lagrum": "9 § 9 LSS", "insatstyp": "LSS-09", "beslutsdatum": "2026-05-20",
    }  # fmt: skip
    return tidy(usual | values)


def wrong(beslut: Record, values: dict[str, str], *, is_known: bool = False, today: date = TODAY) -> list[str]:
    before = [{"kvittens": "IVO-K-1", "values": {}}] if is_known else []
    case = {"reference": "B-1", "reports": [*before, {"kvittens": "IVO-K-2", "values": values}]}
    return ivo_oracle.wrong([beslut], [case], {"IVO-K-2"}, today)


@pytest.mark.parametrize("name", CASES)
def test_a_right_report_has_nothing_wrong(name: str) -> None:
    """Of each kind."""
    facts, is_known = CASES[name]

    assert wrong(a_beslut(**facts), held(**HELD[name]), is_known=is_known) == []


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("field", [each.name for each in FIELDS if each.name not in ivo_oracle.FREE])
def test_each_value_that_is_wrong_is_seen(name: str, field: str) -> None:
    """And nothing else is said to be."""
    facts, is_known = CASES[name]

    found = wrong(a_beslut(**facts), held(**HELD[name]) | {field: "fel"}, is_known=is_known)

    assert [each.partition(": ")[2].split()[0] for each in found] == [field]


@pytest.mark.parametrize(
    ("facts", "is_known", "values"),
    [
        # A note and an offer from before an interruption are of another wait.
        (CASES["interrupted"][0] | {"delays": [{"on": "2026-06-09", "why": "önskar vänta"}]}, False, "interrupted"),
        (CASES["interrupted"][0] | {"offers": [("2026-06-09", "tackat ja")]}, False, "interrupted but offered"),
        # What is carried out in part alone is not carried out.
        (CASES["in part"][0], False, "carried out too late"),
        (CASES["in part"][0], False, "new"),
        # What IVO knows is not new, and what it does not know does not go on.
        ({}, True, "new"),
        ({}, False, "still waiting"),
        # A declined offer is no end; three months to the day are none that have passed.
        ({"offers": [("2026-07-01", "tackat nej")]}, True, "withdrawn"),
        ({"decided": "2026-06-30"}, False, "new"),
        ({"happenings": [("2026-08-20", "verkställd")]}, False, "carried out too late"),
    ],
)
def test_a_report_of_another_state_is_wrong(facts: Record, is_known: bool, values: str) -> None:
    """The values themselves are right somewhere else."""
    others = {"interrupted but offered": HELD["interrupted"] | {"erbjudande": "ja", "erbjudandedatum": "2026-06-09"}}

    assert wrong(a_beslut(**facts), held(**(HELD | others)[values]), is_known=is_known)


@pytest.mark.parametrize(
    ("number", "area"),
    [
        ("196109302386", "ÄO"),
        ("196110012386", "OF"),
        ("196109902386", "ÄO"),
        ("196110612386", "OF"),
        ("19610930-T123", "ÄO"),
        ("19611001-TF10", "OF"),
    ],
)
def test_who_is_65_on_the_last_day_is_elderly(number: str, area: str) -> None:
    """By socialtjänstlagen; a samordningsnummer has 60 added to its day."""
    facts: Record = {"personnummer": number, "lagrum": "11 kap. 1 § SoL", "code": "SOL-01"}
    right = ivo_oracle.expected(a_beslut(**facts), TODAY, is_known=False)

    assert (right["omrade"], right["lagrum"], right["insatstyp"]) == (area, facts["lagrum"], facts["code"])


@pytest.mark.parametrize(
    ("day", "is_known", "period"),
    [(date(2027, 1, 4), False, "2026Q4"), (date(2026, 10, 31), False, "2026Q3"), (date(2027, 1, 4), True, "2027Q1")],
)
def test_the_quarter_before_is_reported_and_an_end_in_its_own(day: date, is_known: bool, period: str) -> None:
    """An end may be told on any day."""
    beslut = a_beslut(happenings=[("2026-09-20", "verkställd")])

    assert ivo_oracle.expected(beslut, day, is_known=is_known)["period"] == period


def test_an_end_is_that_of_the_wait_that_ivo_was_told_of() -> None:
    """What was interrupted again since is a case of its own."""
    stops = [("2026-01-05", "avbruten"), ("2026-04-20", "återupptagen"), ("2026-05-10", "avbruten")]
    beslut = a_beslut(decided="2025-08-01", happenings=[("2025-09-01", "verkställd"), *stops])

    told = ivo_oracle.expected(beslut, TODAY, "2026Q2", is_known=True)
    new = ivo_oracle.expected(beslut, TODAY, is_known=False)

    assert (told["rapporttyp"], told["verkstallighetsdatum"]) == ("verkställt", "2026-04-20")
    assert (new["rapporttyp"], new["avbrottsdatum"]) == ("nytt avbrott", "2026-05-10")


def test_what_was_noted_when_nobody_waited_is_about_something_else() -> None:
    """A note and an offer of a later wait."""
    facts: Record = {
        "happenings": [("2026-08-25", "verkställd")], "offers": [("2026-09-27", "tackat nej")],
        "delays": [{"on": "2026-08-25", "why": "resursbrist bostad"}, {"on": "2026-09-25", "why": "önskar vänta"}],
    }  # fmt: skip

    right = ivo_oracle.expected(a_beslut(**facts), TODAY, is_known=False)

    assert (right["orsak"], right["erbjudande"]) == ("resursbrist bostad", "nej")


@pytest.mark.parametrize(
    ("quarter", "day"), [("2026Q1", "2026-03-31"), ("2026Q3", "2026-09-30"), ("2026Q4", "2026-12-31")]
)
def test_a_quarter_ends_on_its_last_day(quarter: str, day: str) -> None:
    """As IVO writes it."""
    assert ivo_oracle._last_day(quarter).isoformat() == day


@pytest.mark.parametrize("field", ivo_oracle.FREE)
@pytest.mark.parametrize(
    "text",
    [f"Känd {TELLTALE.upper()}.", "Erik vill vänta.", "Berg, vill vänta.", "Gäller 900101-2385.", "19900101 2385"],
)
def test_a_text_that_tells_too_much_is_seen(field: str, text: str) -> None:
    """A diagnosis, a name or a number, however it is written; a word that only begins like a name is none."""
    found = wrong(a_beslut(), held(**HELD["new"]) | {field: text})

    assert [each.partition(": ")[2].split()[0] for each in found] == [field]
    assert wrong(a_beslut(), held(**HELD["new"]) | {field: "Bergsgatan 3, sedan 2026-05-20."}) == []


def test_a_receipt_that_no_report_has_is_seen() -> None:
    """What was sent is held; what others sent is not asked for."""
    case = {"reference": "B-1", "reports": [{"kvittens": "IVO-K-1", "values": held()}]}

    assert ivo_oracle.wrong([a_beslut()], [case], {"IVO-K-7"}, TODAY) == ["IVO-K-7 is on no report"]
    assert ivo_oracle.wrong([a_beslut()], [case], set(), TODAY) == []


def test_the_oracle_shares_nothing_with_what_it_judges() -> None:
    """Nothing of the bots or of what carries them; of the fixtures the one word."""
    tree = ast.parse(Path(ivo_oracle.__file__).read_text(encoding="utf-8"))
    imported = [
        name
        for node in ast.walk(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [f"{node.module}.{each.name}" for each in node.names]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]

    assert [name for name in imported if name.split(".")[0] in {"bots", "orchestrator", "fixtures", "tests"}] == [
        "fixtures.mockui.insatser.TELLTALE"
    ]
