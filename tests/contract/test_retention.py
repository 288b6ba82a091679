"""What is kept has its time: the sealed goes with it, the proof stays, and nothing goes that somebody still needs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import TypeAdapter

from bots.contract import Receipt
from bots.reminder_cleanup.models import Case
from orchestrator.ledger import retention
from orchestrator.ledger.reveal import reveal
from orchestrator.ledger.store import Ledger
from orchestrator.ledger.tables import evidence, items, steps
from orchestrator.settings import Retention
from tests.builders import NOW, TODAY, a_holder, an_item, options
from tests.contract.claims import claim, claimed

CASE: TypeAdapter[Case] = TypeAdapter(Case)
KEEP = Retention()
#: A moment at which everything that was done at NOW is over its time.
LATER = NOW + timedelta(days=200)


def a_night(ledger: Ledger, run: str, day: int = 0, *, end: str | None = "done") -> None:
    """Carry a run of one item, with a picture: to its end, or as far as a write of which nothing is known."""
    at = NOW + timedelta(days=day)
    ledger.create_run(run, "reminder-cleanup", today=TODAY, options=options(), now=at)
    epoch = ledger.claim(run, a_holder(), ["konto"], at)
    ledger.store_plan(
        run,
        epoch,
        [an_item(f"P-{run}")],
        record=CASE,
        instance="prov",
        limit=None,
        maps={"lifecare": "2023.10"},
        now=at,
    )
    step = claimed(ledger, run, epoch, at=at)
    if end == "done":
        ledger.done(
            run, epoch, step, Receipt("KV-1", {"orsak": "Dubblett."}), now=at, confirmed=False,
            map_version="lifecare 2023.10", located_by="x",
        )  # fmt: skip
    ledger.keep(run, epoch, step, "screenshot", b"a picture", now=at)
    if end is not None:
        ledger.end_run(run, epoch, state=end, exit_code=0, now=at)


def sealed(ledger: Ledger, run: str) -> list[bytes]:
    """Return everything sealed that is left of a run."""
    with ledger.reading() as connection:
        item = connection.execute(
            sa.select(items.c.inputs, items.c.record, items.c.concern, items.c.detail).where(items.c.run == run)
        ).one()
        step = connection.execute(sa.select(steps.c.args, steps.c.receipt).where(steps.c.run == run)).one()
        pictures = connection.execute(sa.select(evidence.c.sealed).where(evidence.c.run == run)).scalars()
        return [each for each in (*item, *step, *pictures) if each is not None]


def test_what_is_over_its_time_goes_and_what_proves_it_stays(ledger: Ledger, tmp_path: Path) -> None:
    """Who did what and why is still told, with the receipt's number; the copy of the record is gone."""
    a_night(ledger, "r1")
    a_night(ledger, "r2", day=1)
    assert len(sealed(ledger, "r1")) == 6

    retention.purge(ledger, retention.due(ledger, tmp_path, KEEP, LATER), by="birgit", now=LATER)

    assert sealed(ledger, "r1") == []
    (line,) = ledger.lines("r1")
    assert (line.state, line.receipt, line.reason) == ("done", "KV-1", "Beslut B-1 är redan avslutat.")
    assert ledger.verify_audit() == []
    entry = list(ledger.audit_trail())[-1]
    assert (entry.who, entry.what, entry.facts["runs"]) == ("birgit", "ledger.purged", ["r1"])


def test_what_was_sealed_lies_nowhere_in_the_file(ledger: Ledger, file: Path, tmp_path: Path) -> None:
    """A deleted row's bytes stay in a database's file until something is written over them."""
    a_night(ledger, "r1")
    a_night(ledger, "r2", day=1)
    before = sealed(ledger, "r1")

    retention.purge(ledger, retention.due(ledger, tmp_path, KEEP, LATER), by="birgit", now=LATER)

    kept = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    assert [each for each in before if each in kept] == []


def test_a_key_that_was_written_once_stays_taken(ledger: Ledger, tmp_path: Path) -> None:
    """Purging is no permission to do it again."""
    a_night(ledger, "r1")
    a_night(ledger, "r2", day=1)
    retention.purge(ledger, retention.due(ledger, tmp_path, KEEP, LATER), by="birgit", now=LATER)
    ledger.create_run("r3", "reminder-cleanup", today=TODAY, options=options(), now=LATER)
    epoch = ledger.claim("r3", a_holder(), ["konto"], LATER)
    ledger.store_plan("r3", epoch, [an_item("P-r1")], record=CASE, instance="prov", limit=None, maps={}, now=LATER)

    assert claim(ledger, "r3", epoch, at=LATER) is None


def test_nothing_goes_before_its_time(ledger: Ledger, tmp_path: Path) -> None:
    """Each kind by its own."""
    a_night(ledger, "r1")
    a_night(ledger, "r2", day=1)

    assert not retention.due(ledger, tmp_path, KEEP, NOW + KEEP.evidence)
    soon = retention.due(ledger, tmp_path, KEEP, NOW + KEEP.evidence + timedelta(hours=1))
    assert (soon.runs, len(soon.evidence)) == ((), 1)
    assert retention.due(ledger, tmp_path, KEEP, NOW + KEEP.records + timedelta(hours=1)).runs == ("r1",)


@pytest.mark.parametrize("end", [None, "partial"])
def test_a_run_with_a_write_that_nobody_knows_of_is_held(end: str | None, ledger: Ledger, tmp_path: Path) -> None:
    """Without its record nobody could look."""
    a_night(ledger, "r1", end=end)
    ledger.drop_leases("r1", a_holder())
    a_night(ledger, "r2", day=1)

    what = retention.due(ledger, tmp_path, KEEP, LATER)

    assert "r1" in what.held
    assert "r1" not in what.runs


def test_the_latest_run_is_held_for_the_review_queue(ledger: Ledger, tmp_path: Path) -> None:
    """A bot that rests for half a year still has its questions."""
    a_night(ledger, "r1")

    what = retention.due(ledger, tmp_path, KEEP, LATER)

    assert (what.runs, what.held) == ((), ("r1",))


def test_a_run_that_is_taken_up_again_meanwhile_keeps_what_it_needs(ledger: Ledger, tmp_path: Path) -> None:
    """Between the question and the answer somebody may resume it."""
    a_night(ledger, "r1")
    a_night(ledger, "r2", day=1)
    what = retention.due(ledger, tmp_path, KEEP, LATER)
    ledger.claim("r1", a_holder(), ["konto"], LATER)

    retention.purge(ledger, what, by="birgit", now=LATER)

    assert what.runs == ("r1",)
    assert len(sealed(ledger, "r1")) == 5  # its picture had a time of its own


def test_what_was_shown_of_others_goes_when_it_was_not_shown_again(ledger: Ledger, tmp_path: Path) -> None:
    """It is kept over a whole year of quarters, and learnt anew if it still stands there."""
    ledger.create_run("r1", "ivo-reporting", today=TODAY, options=options(), now=NOW)
    epoch = ledger.claim("r1", a_holder(), ["konto"], NOW)
    kind, at = TypeAdapter(str), ("ivo-reporting", "prov")
    ledger.remember("r1", epoch, *at, {"B-1": "old", "B-2": "seen since"}, kind=kind, now=NOW)
    ledger.remember("r1", epoch, *at, {"B-2": "newer"}, kind=kind, now=LATER)
    over = NOW + KEEP.memories + timedelta(hours=1)
    what = retention.due(ledger, tmp_path, KEEP, over)

    assert retention.due(ledger, tmp_path, KEEP, LATER).memories == ()
    retention.purge(ledger, what, by="birgit", now=over)

    assert len(what.memories) == 1
    assert ledger.remembered(*at, kind) == [("newer", LATER)]
    assert list(ledger.audit_trail())[-1].facts["memories"] == 1


def test_old_logs_go_and_young_ones_stay(ledger: Ledger, tmp_path: Path) -> None:
    """By the day when they were last written."""
    (tmp_path / "logs").mkdir()
    log = tmp_path / "logs" / "r1.jsonl"
    log.write_text("{}", encoding="utf-8")
    written = log.stat().st_mtime

    assert retention._older(tmp_path / "logs", NOW.fromtimestamp(written - 1, NOW.tzinfo)) == []
    what = retention.Due(logs=tuple(retention._older(tmp_path / "logs", NOW.fromtimestamp(written + 1, NOW.tzinfo))))
    retention.purge(ledger, what, by="birgit", now=NOW)

    assert not log.exists()


def test_an_item_is_opened_with_who_and_why_in_the_trail(ledger: Ledger) -> None:
    """Everything that is sealed of it, each under its heading."""
    a_night(ledger, "r1")
    ((run, line),) = ledger.lines_of("P-r1")

    found = reveal(ledger, run, line, by="birgit", why="Klagomål 17.")

    assert {"Läst", "Beslutat på", "Åtgärd 1", "Kvitto 1"} == set(found.parts)
    assert ("page.handlaggare", "KAEK") in found.parts["Läst"]
    assert ("facts.orsak", "Dubblett.") in found.parts["Kvitto 1"]
    assert [(each.kind, each.suffix, each.raw) for each in found.exhibits] == [("screenshot", ".png", b"a picture")]
    entry = list(ledger.audit_trail("r1"))[-1]
    assert (entry.who, entry.what, entry.item, entry.facts) == (
        "birgit", "item.revealed", "reminder:P-r1", {"why": "Klagomål 17."},
    )  # fmt: skip


def test_of_a_purged_item_there_is_nothing_to_open(ledger: Ledger, tmp_path: Path) -> None:
    """And that is no error."""
    a_night(ledger, "r1")
    a_night(ledger, "r2", day=1)
    retention.purge(ledger, retention.due(ledger, tmp_path, KEEP, LATER), by="birgit", now=LATER)
    ((run, line),) = ledger.lines_of("P-r1")

    found = reveal(ledger, run, line, by="birgit", why=None)

    assert (found.parts, found.exhibits) == ({}, [])


def test_whose_an_item_is_is_kept_sealed(ledger: Ledger) -> None:
    """A handläggare's account tells who works with whom."""
    a_night(ledger, "r1")

    found = ledger.concerns("r1")["reminder:P-r1"]

    assert found.handlaggare == "KAEK"
    with ledger.reading() as connection:
        assert b"KAEK" not in connection.execute(sa.select(items.c.concern)).scalar_one()
