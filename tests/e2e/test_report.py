"""The report of a real run, printed by the bots' own browser."""

from contextlib import closing
from pathlib import Path

from pypdf import PdfReader

from orchestrator.ledger.store import Options
from tests.e2e.conftest import Serving
from tests.e2e.house import BOT, NOW, TODAY, House
from tests.e2e.scan import people_of


def test_a_run_is_printed_with_its_receipts_and_without_people(house: House, serving: Serving, tmp_path: Path) -> None:
    """Something to put in a binder: pages with numbers, each removal with its receipt, nobody's name."""
    lifecare = serving(rows=20)
    people = people_of(lifecare.state())
    assert house.carry(house.a_run(lifecare)) == 0
    file = tmp_path / "rapport.pdf"

    printed = house.flotta("report", "-o", str(file))

    assert printed.code == 0, printed.said
    pages = [each.extract_text() for each in PdfReader(file).pages]
    said = " ".join(" ".join(pages).split())
    assert "reminder-cleanup: klar" in said
    assert f"Sida {len(pages)} av {len(pages)}" in said
    for reference, receipt in lifecare.receipts().items():
        assert reference in said
        assert str(receipt) in said
    assert [each for each in people if each in said] == []


def test_a_report_that_cannot_be_written_is_said(house: House, tmp_path: Path) -> None:
    """Each with what is wrong."""
    with closing(house.ledger()) as ledger:
        ledger.create_run("a-run", BOT, today=TODAY, options=Options({}, {}, {"lifecare": "x"}), now=NOW)

    for out, said in (
        (str(tmp_path / "rapport.docx"), ".pdf eller .html"),
        (str(tmp_path / "finns" / "inte" / "rapport.pdf"), "finns inte"),
        ("/proc/rapport.html", "kan inte skrivas"),
    ):
        refused = house.flotta("report", "-o", out)
        assert refused.code == 2, refused.said
        assert said in refused.said
        assert "Traceback" not in refused.said
