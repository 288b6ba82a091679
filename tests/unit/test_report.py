"""The report: every item once, in Swedish, with its reason and receipt, and a curve that ends where the run did."""

from datetime import timedelta
from typing import Any

from bots.reminder_cleanup.bot import BOT
from orchestrator import report
from orchestrator.ledger.audit import Entry
from orchestrator.report import HEIGHT, WIDTH
from tests.builders import NOW
from tests.unit.test_present import a_line, a_run


def an_entry(what: str, seconds: float, **facts: Any) -> Entry:
    return Entry(1, NOW + timedelta(seconds=seconds), "robot, epok 1", what, "r1", None, facts, "a" * 64)


ENTRIES = [an_entry("run.created", 0), an_entry("step.done", 5), an_entry("step.done", 10), an_entry("run.ended", 20)]


def page(*lines: Any, **run: Any) -> str:
    return report.page(BOT, a_run(**run), lines, ENTRIES, now=NOW)


def test_the_curve_rises_from_the_start_to_the_last_item_and_stays() -> None:
    """A run that stood still shows it."""
    drawn = report.curve(ENTRIES)

    assert drawn is not None
    assert drawn.points.split() == [
        f"0.0,{HEIGHT}.0",
        f"{WIDTH / 4},{HEIGHT}.0", f"{WIDTH / 4},{HEIGHT / 2}",
        f"{WIDTH / 2},{HEIGHT / 2}", f"{WIDTH / 2},0.0",
        f"{WIDTH}.0,0.0",
    ]  # fmt: skip
    assert drawn.most == 2


def test_a_run_that_did_nothing_has_no_curve() -> None:
    """An empty drawing says less than none."""
    assert report.curve(ENTRIES[:1]) is None
    assert "<svg" not in report.page(BOT, a_run(), [], ENTRIES[:1], now=NOW)


def test_every_item_that_was_done_or_is_a_persons_stands_with_its_reason() -> None:
    """What is left as it was is only counted: it is most of the list, and nobody need look."""
    said = page(
        a_line("done", reference="P-1", receipt="KV-7"),
        a_line("referred", reference="P-2", reason="Vem ska ta över den?"),
        a_line("left", reference="P-3"),
        a_line("uncertain", reference="P-4", note="Svaret uteblev."),
    )

    assert "KV-7" in said
    assert "Vem ska ta över den?" in said
    assert "Svaret uteblev." in said
    assert "P-3" not in said
    assert "<h2>Utfört (1)</h2>" in said


def test_what_a_system_wrote_is_text_in_it_and_nothing_else() -> None:
    """A reason may quote a system's own words."""
    said = page(a_line("done", reason="<script>alert(1)</script>"))

    assert "<script>" not in said
    assert "&lt;script&gt;" in said


def test_times_are_swedish() -> None:
    """A night's run starts at a quarter past four here, and two hours earlier in the ledger."""
    assert "2026-03-31 04:15:00" in page(a_line())
