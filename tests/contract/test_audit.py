"""The audit trail: who did what and why, and no way to alter it that is not found."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bots.contract import Receipt
from bots.errors import RunLost
from orchestrator.ledger.store import Ledger
from orchestrator.ledger.vault import Vault
from tests.builders import NOW, TODAY, a_holder, a_ledger, a_page, an_act, an_item, options
from tests.contract.claims import CASE, all_claimed

PERSON = "Märta Åkesson 199003152385"


def a_night(ledger: Ledger, run: str = "r1", count: int = 8) -> None:
    """Carry a run from its start to its end, with all that can become of an item."""
    plan = []
    for at in range(count):
        key = f"{run}-P-{at}"
        act = an_act()
        decision = replace(act, steps=tuple(replace(step, key=key) for step in act.steps))
        plan.append(an_item(key, decision, page=a_page(id=key, text=PERSON)))
    ledger.create_run(run, "reminder-cleanup", today=TODAY, options=options(), now=NOW, by="birgit")
    epoch = ledger.claim(run, a_holder(), [f"konto-{run}"], NOW)
    ledger.store_plan(run, epoch, plan, record=CASE, instance="prov", limit=None, maps={"lifecare": "2023.10"}, now=NOW)
    ledger.approve(run, "birgit", NOW)
    ledger.adopt_intents(run, epoch)
    for at, step in enumerate(all_claimed(ledger, run, epoch)):
        if at % 4 == 1:
            ledger.uncertain(run, epoch, step, "Svaret uteblev.", detail=PERSON)
        elif at % 4 == 2:
            ledger.refer(run, epoch, step, "Ändrades av någon annan efter planen.", sent=False)
        elif at % 4 == 3:
            ledger.fail(run, epoch, step, "Sidan kom inte.", detail=PERSON)
        else:
            ledger.done(
                run, epoch, step, Receipt(f"KV-{at}", {"orsak": PERSON}), now=NOW, confirmed=False,
                map_version="lifecare 2023.10", located_by="role=button[Ta bort]",
            )  # fmt: skip
    ledger.end_run(run, epoch, state="partial", exit_code=1, now=NOW)


# --- what is entered -----------------------------------------------------------------------------------------------


def test_a_write_can_be_followed_from_who_asked_for_it_to_its_receipt(ledger: Ledger) -> None:
    """Who, what, why, by which rule and map, from what to what: without anything else than the trail."""
    a_night(ledger)

    told = {entry.what: entry for entry in ledger.audit_trail() if entry.item in {None, "reminder:r1-P-0"}}

    assert list(told) == [
        "run.created", "run.claimed", "plan.stored", "plan.approved", "step.intended", "step.done", "run.ended",
    ]  # fmt: skip
    assert told["run.created"].who == told["plan.approved"].who == "birgit"
    assert told["step.intended"].facts["rule"] == str(an_act().rule)
    assert told["step.intended"].facts["reason"] == an_act().reason
    assert told["step.done"].facts["receipt"] == "KV-0"
    assert told["step.done"].facts["map"] == "lifecare 2023.10"
    assert len(told["step.intended"].facts["before"]) == len(told["step.done"].facts["after"]) == 64
    assert ledger.verify_audit() == []


@pytest.mark.parametrize(
    ("item", "what"), [("P-1", "step.uncertain"), ("P-2", "item.referred"), ("P-3", "item.failed")]
)
def test_what_did_not_go_well_is_entered_with_its_reason(ledger: Ledger, item: str, what: str) -> None:
    """An auditor asks for these first."""
    a_night(ledger)

    (entry,) = [each for each in ledger.audit_trail("r1") if each.what == what and each.item == f"reminder:r1-{item}"]

    assert entry.facts["why"]


def test_the_same_record_has_the_same_digest_and_another_key_another() -> None:
    """A digest proves sameness. Without a key of its own, anybody could try all personnummer."""
    one, other = Vault(Fernet.generate_key()), Vault(Fernet.generate_key())

    assert one.digest_of(one.seal(PERSON)) == one.digest_of(one.seal(PERSON))
    assert one.digest(b"199003152385") != other.digest(b"199003152385")


def test_the_trail_names_no_person_that_an_item_is_about(ledger: Ledger, file: Path) -> None:
    """It is kept longer than the records, and read by more people."""
    a_night(ledger)

    said = repr(list(ledger.audit_trail())) + file.with_name("anchors").read_text(encoding="utf-8")

    assert not [word for word in PERSON.split() if word in said]


def test_nothing_is_entered_of_what_did_not_happen(ledger: Ledger) -> None:
    """A change that another worker's claim refused leaves neither entry nor anchor."""
    a_night(ledger)
    entered = len(list(ledger.audit_trail()))

    with pytest.raises(RunLost):
        ledger.end_run("r1", 99, state="done", exit_code=0, now=NOW)

    assert len(list(ledger.audit_trail())) == entered
    assert ledger.verify_audit() == []


def test_two_at_once_make_one_chain(open_ledger: Callable[[], Ledger]) -> None:
    """Runs of different bots write in the same trail."""
    one, other = open_ledger(), open_ledger()
    for at in range(5):
        a_night(one, f"a{at}", 2)
        a_night(other, f"b{at}", 2)

    assert one.verify_audit() == []


# --- what is found -------------------------------------------------------------------------------------------------

Cut = Callable[[sqlite3.Connection, random.Random], object]


def remove(database: sqlite3.Connection, chance: random.Random) -> object:
    """Take away entries, anywhere."""
    seqs = chance.sample(_seqs(database), chance.randint(1, 5))
    return [database.execute("DELETE FROM audit WHERE seq = ?", (seq,)) for seq in seqs]


def remove_and_renumber(database: sqlite3.Connection, chance: random.Random) -> object:
    """Take one away and close the gap."""
    gone = chance.choice(_seqs(database)[:-1])
    database.execute("DELETE FROM audit WHERE seq = ?", (gone,))
    for seq in _seqs(database):
        if seq > gone:
            database.execute("UPDATE audit SET seq = ? WHERE seq = ?", (seq - 1, seq))
    return gone


def change(database: sqlite3.Connection, chance: random.Random) -> object:
    """Write something else in one place."""
    column = chance.choice(["at", "who", "what", "run", "item", "facts", "link"])
    new = {"at": "2020-01-01 00:00:00.000000", "facts": '{"receipt": "KV-999"}'}.get(column, "något annat")
    seq = chance.choice(_seqs(database))
    return database.execute(f"UPDATE audit SET {column} = ? WHERE seq = ?", (new, seq))  # noqa: S608 - columns of ours


def reorder(database: sqlite3.Connection, chance: random.Random) -> object:
    """Let two entries change places, numbers and all."""
    one, other = chance.sample(_seqs(database), 2)
    for old, new in ((one, -1), (other, one), (-1, other)):
        database.execute("UPDATE audit SET seq = ? WHERE seq = ?", (new, old))
    return one, other


def cut_off(database: sqlite3.Connection, chance: random.Random) -> object:
    """Let the trail end earlier, the whole of it too."""
    return database.execute("DELETE FROM audit WHERE seq > ?", (chance.choice([0, *_seqs(database)[:-1]]),))


def add(database: sqlite3.Connection, chance: random.Random) -> object:
    """Write an entry that never was at the end, with a link from another."""
    columns = "at, who, what, run, item, facts, link"
    seq = chance.choice(_seqs(database))
    statement = f"INSERT INTO audit (seq, {columns}) SELECT 1000, {columns} FROM audit WHERE seq = ?"  # noqa: S608 - as above
    return database.execute(statement, (seq,))


def _seqs(database: sqlite3.Connection) -> list[int]:
    return [seq for (seq,) in database.execute("SELECT seq FROM audit ORDER BY seq")]


@pytest.fixture(scope="module")
def a_trail(tmp_path_factory: pytest.TempPathFactory, migrated: Path, key: bytes) -> Path:
    """Return a ledger's file with three nights in it."""
    file = Path(shutil.copy(migrated, tmp_path_factory.mktemp("trail") / "ledger.db"))
    with closing(a_ledger(file, key)) as ledger:
        for night in ("r1", "r2", "r3"):
            a_night(ledger, night)
        assert ledger.verify_audit() == []
    return file


@pytest.mark.parametrize("cut", [remove, remove_and_renumber, change, reorder, cut_off, add])
def test_every_alteration_is_found(cut: Cut, a_trail: Path, key: bytes, tmp_path: Path) -> None:
    """Two hundred in all, by somebody who may write in the database and has not the key."""
    missed = []
    for seed in range(34):
        file = Path(shutil.copy(a_trail, tmp_path / "ledger.db"))
        shutil.copy(a_trail.with_name("anchors"), tmp_path / "anchors")
        with closing(sqlite3.connect(file)) as database, database:
            before = database.execute("SELECT * FROM audit ORDER BY seq").fetchall()
            cut(database, random.Random(seed))
            assert database.execute("SELECT * FROM audit ORDER BY seq").fetchall() != before
        with closing(a_ledger(file, key)) as ledger:
            if not ledger.verify_audit():
                missed.append(seed)

    assert missed == []


def test_an_older_copy_of_the_database_is_found(a_trail: Path, key: bytes, tmp_path: Path) -> None:
    """It is whole in itself, but it ends before the last anchor."""
    file = Path(shutil.copy(a_trail, tmp_path / "ledger.db"))
    shutil.copy(a_trail.with_name("anchors"), tmp_path / "anchors")
    older = Path(shutil.copy(file, tmp_path / "older.db"))
    with closing(a_ledger(file, key)) as ledger:
        a_night(ledger, "r4")
    shutil.copy(older, file)
    file.with_name("ledger.db-wal").unlink(missing_ok=True)

    with closing(a_ledger(file, key)) as ledger:
        assert ledger.verify_audit() != []


def test_a_power_cut_accuses_nobody(a_trail: Path, key: bytes, tmp_path: Path) -> None:
    """It may come after an entry is stored and before its anchor is, or in the middle of that."""
    file = Path(shutil.copy(a_trail, tmp_path / "ledger.db"))
    lines = a_trail.with_name("anchors").read_bytes()
    for left in (b"", lines[:-200], lines[:-30]):
        file.with_name("anchors").write_bytes(left)
        with closing(a_ledger(file, key)) as ledger:
            assert ledger.verify_audit() == []
            a_night(ledger, f"after {len(left)}")
            assert ledger.verify_audit() == []


def test_a_trail_made_with_another_key_is_found(a_trail: Path, tmp_path: Path) -> None:
    """Who builds the whole chain anew needs the key that they have not."""
    file = Path(shutil.copy(a_trail, tmp_path / "ledger.db"))
    shutil.copy(a_trail.with_name("anchors"), tmp_path / "anchors")

    with closing(a_ledger(file, Fernet.generate_key())) as ledger:
        assert len(ledger.verify_audit()) >= len(list(ledger.audit_trail()))


def test_the_place_of_an_alteration_is_told(a_trail: Path, key: bytes, tmp_path: Path) -> None:
    """Where to look is the first question."""
    file = Path(shutil.copy(a_trail, tmp_path / "ledger.db"))
    shutil.copy(a_trail.with_name("anchors"), tmp_path / "anchors")
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("DELETE FROM audit WHERE seq = 7")

    with closing(a_ledger(file, key)) as ledger:
        found = ledger.verify_audit()

    assert (found[0].seq, found[0].why) == (7, "post 7 saknas")
