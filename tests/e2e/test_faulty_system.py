"""The system fails, loses answers, is written in by others: nothing is repeated, and what is unsure is looked for."""

import os
from contextlib import closing

import pytest

from orchestrator import bootstrap
from orchestrator.ledger import alerts, expected, fleet
from orchestrator.ledger.tables import runs
from tests import oracle
from tests.e2e.conftest import Serving
from tests.e2e.house import NOW, SLOW, VERSIONS, House, Lifecare, Record, a_queued_run, assert_sound, until

#: 5 of them are removable.
ROWS = 8
#: With 300 it is a whole night, and takes some minutes.
MIXED_ROWS = int(os.environ.get("MIXED_ROWS", "24"))


def _fault(kind: str, probability: float, **more: object) -> Record:
    return {"kind": kind, "probability": probability, "seed": 3, **more}


@pytest.mark.parametrize(
    "fault",
    [_fault("error_after_commit", 0.4), _fault("commit_late", 0.4, seconds=2)],
    ids=lambda fault: str(fault["kind"]),
)
def test_a_write_that_happens_is_sent_once_however_its_answer_is_lost(
    fault: Record, ui: str, house: House, serving: Serving
) -> None:
    """A lost answer says nothing of the write, not even that it will not happen yet: the bot looks, and looks again."""
    lifecare, run_id, before = _carried(fault, ui, house, serving)

    assert_sound(house, run_id, lifecare, before)
    assert sorted(lifecare.attempted()) == sorted(lifecare.removed())
    with closing(house.ledger()) as ledger:
        # Only a receipt that a page gave as the answer was located there by something.
        looked_for = [line for line in ledger.lines(run_id) if line.state == "done" and line.located_by is None]
    assert looked_for, "no answer was lost"


@pytest.mark.parametrize(
    "fault",
    [_fault("error_before_commit", 0.4), _fault("latency", 0.4, seconds=0.3)],
    ids=lambda fault: str(fault["kind"]),
)
def test_a_write_that_did_not_happen_is_made_in_the_end(fault: Record, house: House, serving: Serving) -> None:
    """When it is proven that nothing happened, trying again is safe, and nobody has to do it by hand."""
    lifecare, run_id, before = _carried(fault, VERSIONS[-1], house, serving)

    assert_sound(house, run_id, lifecare, before)
    if fault["kind"] == "error_before_commit":
        assert len(lifecare.attempted()) > len(lifecare.removed()), "no write failed"


@pytest.mark.parametrize(
    "fault",
    [
        _fault("modal", 0.1),
        _fault("logout", 0.1, seconds=0.05),
        _fault("slow_asset", 0.1, seconds=0.3),
        _fault("download_cut", 0.1),
    ],
    ids=lambda fault: str(fault["kind"]),
)
def test_what_disturbs_a_page_delays_the_work_and_changes_nothing(
    fault: Record, house: House, serving: Serving
) -> None:
    """A notice over the page, a page that signs itself out, a late script, half a page: the next try is another."""
    lifecare, run_id, before = _carried(fault, VERSIONS[0], house, serving)

    assert_sound(house, run_id, lifecare, before)


#: Every answer is a page that says that the system is closed, with status 200.
CLOSED = _fault("maintenance", 1)


def test_an_unattended_run_waits_for_a_system_that_is_closed_and_is_gone_on_with(
    house: House, serving: Serving
) -> None:
    """It is no drift, so the bot is not paused, and nobody is told of what passes by itself."""
    lifecare = serving(CLOSED, rows=ROWS)
    before = lifecare.state()
    house.approve_rules()
    run_id = a_queued_run(house, lifecare.url, mock=False)

    assert house.carry(run_id) == 1

    _assert_waits(house, run_id)
    lifecare.faults()
    _release(house, run_id)
    assert house.carry(run_id) == 0
    assert_sound(house, run_id, lifecare, before)


def test_a_system_that_closes_in_the_middle_of_the_writes_is_waited_for_and_each_is_made_once(
    hasty: House, serving: Serving
) -> None:
    """What was on its way is looked for when the system is open again."""
    lifecare = serving(SLOW, rows=24)
    before = lifecare.state()
    hasty.approve_rules()
    run_id = a_queued_run(hasty, lifecare.url, mock=False)
    worker = hasty.worker(run_id)
    until(lambda: len(lifecare.attempted()) > len(lifecare.removed()) > 0, worker)

    lifecare.faults(CLOSED)

    assert worker.wait() == 1
    _assert_waits(hasty, run_id)
    assert set(lifecare.removed()) < set(oracle.expected(before))
    lifecare.faults()
    with closing(hasty.ledger()) as ledger, ledger.changing() as connection:
        connection.execute(runs.update().values(retry_at=bootstrap.now()))
    machine = hasty.start("worker", "--pool", "standard")
    until(lambda: hasty.run(run_id).state == "done", machine)
    assert_sound(hasty, run_id, lifecare, before)


def _assert_waits(house: House, run_id: str) -> None:
    """The run is stored and shown as waiting for the system, and asks nobody for anything."""
    run = house.run(run_id)
    assert run.state == "interrupted"
    assert run.retry_at is not None
    shown = house.flotta("show", run_id, "--json").json()
    assert shown["state"] == "waiting_for_system", shown["sentence"]
    assert "underhåll" in shown["sentence"]
    assert "Försöks igen av sig själv" in shown["sentence"]
    questions = house.flotta("review", "list", "--json").json()
    assert {each["kind"] for each in questions} <= {"item"}
    with closing(house.ledger()) as ledger:
        assert expected.paused(ledger) == {}
        assert alerts.find(ledger, NOW, bootstrap.now(), slow=3.0) == []


def _release(house: House, run_id: str) -> None:
    """Let the time have come at which the run is taken up again."""
    retry_at = house.run(run_id).retry_at
    assert retry_at is not None
    with closing(house.ledger()) as ledger:
        assert fleet.waiting(ledger) == []
        assert fleet.release(ledger, retry_at) == 1
        assert [each.id for each in fleet.waiting(ledger)] == [run_id]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_the_browser_may_keep_hides_no_write(version: str, house: House, serving: Serving) -> None:
    """Whether a lost answer's write happened is asked of the system, never of a copy from before it."""
    lost = _fault("error_after_commit", 0.6)
    lifecare, run_id, before = _carried(_fault("cached", 1), version, house, serving, lost)

    assert_sound(house, run_id, lifecare, before)
    assert sorted(lifecare.attempted()) == sorted(lifecare.removed())


def test_rows_that_are_drawn_as_one_scrolls_are_all_heeded(house: House, serving: Serving) -> None:
    """A note that is not drawn yet keeps a reminder as one that is does."""
    lifecare, run_id, before = _carried(_fault("windowed", 1), VERSIONS[0], house, serving, rows=40)

    assert_sound(house, run_id, lifecare, before)


def test_rows_that_are_not_in_the_page_are_never_taken_for_none(house: House, serving: Serving) -> None:
    """A pager in the browser hides them: nothing is removed on the strength of what was not seen."""
    lifecare = serving(_fault("paged", 1), ui=VERSIONS[0], rows=40)
    run_id = house.a_run(lifecare)

    assert house.carry(run_id) == 4

    run = house.run(run_id)
    assert (run.state, lifecare.attempted()) == ("drifted", [])
    assert "fler rader" in str(run.sentence)


#: An administration that a framework draws: nobody but its map knows of it.
MOVED = "2026.3"


def test_a_bot_that_is_moved_by_a_map_alone_does_the_same(house: House, serving: Serving) -> None:
    """Pages that the browser keeps, lists that begin at 0, flags that are pictures, no roles, no reason to give."""
    lifecare, run_id, before = _carried(_fault("cached", 1), MOVED, house, serving, rows=40)

    assert_sound(house, run_id, lifecare, before)
    assert sorted(lifecare.attempted()) == sorted(lifecare.removed())


def test_where_no_reason_can_be_given_a_lost_answer_is_a_persons_matter(house: House, serving: Serving) -> None:
    """Whose removal it was cannot be seen afterwards; it is looked for, and never sent again."""
    lifecare = serving(_fault("error_after_commit", 0.4), ui=MOVED, rows=ROWS)
    before = lifecare.state()
    run_id = house.a_run(lifecare)

    assert house.carry(run_id, FLOTTA_WRITE_DEADLINE="PT8S") == 0, house.run(run_id).sentence

    removed = set(lifecare.removed())
    assert removed == set(oracle.expected(before))
    assert sorted(lifecare.attempted()) == sorted(removed)
    referred = {each for each, state in house.states(run_id).items() if state == "referred"} & removed
    assert referred
    assert set(house.receipts(run_id)) | referred == removed


def _carried(
    fault: Record, ui: str, house: House, serving: Serving, *more: Record, rows: int = ROWS
) -> tuple[Lifecare, str, Record]:
    """Carry a run to its end in a system with this fault. Return the system, the run and what there was before."""
    lifecare = serving(fault, *more, ui=ui, rows=rows)
    before = lifecare.state()
    run_id = house.a_run(lifecare)
    assert house.carry(run_id, FLOTTA_WRITE_DEADLINE="PT8S") == 0, house.run(run_id).sentence
    return lifecare, run_id, before


def test_signed_out_again_and_again_the_end_is_the_oracles(ui: str, house: House, serving: Serving) -> None:
    """Signed out just before a click, the bot has sent nothing: it signs in and does that reminder again."""
    lifecare = serving(_fault("session_expiry", 0.1), ui=ui, rows=ROWS)
    before = lifecare.state()
    run_id = house.a_run(lifecare)

    assert house.carry(run_id) == 0, house.run(run_id).sentence

    assert_sound(house, run_id, lifecare, before)


def test_what_others_changed_since_the_plan_is_referred_and_nothing_else(
    ui: str, house: House, serving: Serving
) -> None:
    """The proof was read before the change, and may not hold after it."""
    lifecare = serving({"kind": "stale_row", "count": 4}, ui=ui, rows=ROWS)
    before = lifecare.state()
    run_id = house.a_run(lifecare)

    assert house.carry(run_id) == 0

    changed = _changed(before, lifecare.state())
    wanted = set(oracle.expected(before))
    hit = frozenset(each for each in wanted if each in changed or _twins(before, each) & changed)
    referred = {each for each, state in house.states(run_id).items() if state == "referred"}
    assert hit
    assert hit < wanted
    assert referred & wanted == hit
    assert_sound(house, run_id, lifecare, before, but=hit)


def test_what_others_change_just_before_the_write_is_never_removed(ui: str, house: House, serving: Serving) -> None:
    """Between the last look and the click only the system itself can tell, and its no is taken."""
    lifecare = serving({"kind": "stale_row", "probability": 0.3, "seed": 1}, ui=ui, rows=ROWS)
    before = lifecare.state()
    run_id = house.a_run(lifecare)

    assert house.carry(run_id) == 0

    wanted = set(oracle.expected(before))
    referred = {each for each, state in house.states(run_id).items() if state == "referred"} & wanted
    assert referred
    assert_sound(house, run_id, lifecare, before, but=frozenset(referred))
    changed = _changed(before, lifecare.state())
    assert all(each in changed or _twins(before, each) & changed for each in referred)


#: One in twenty of all that can go wrong at once.
MIXED = [
    _fault("latency", 0.05, seconds=0.2),
    _fault("error_before_commit", 0.05),
    _fault("error_after_commit", 0.05),
    _fault("commit_late", 0.05, seconds=1),
    _fault("stale_row", 0.05),
    _fault("session_expiry", 0.05),
    _fault("modal", 0.05),
    _fault("logout", 0.05, seconds=0.05),
    _fault("slow_asset", 0.05, seconds=0.3),
    _fault("download_cut", 0.05),
]


def test_all_that_can_go_wrong_at_once_ends_by_itself_in_stored_states(ui: str, house: House, serving: Serving) -> None:
    """A bad night needs nobody: what was wanted is done, once, or is a person's with the reason."""
    lifecare = serving(*MIXED, ui=ui, rows=MIXED_ROWS)
    before = lifecare.state()
    run_id = house.a_run(lifecare)

    assert house.carry(run_id, FLOTTA_WRITE_DEADLINE="PT8S") == 0, house.run(run_id).sentence

    states = house.states(run_id)
    wanted = set(oracle.expected(before))
    assert set(states.values()) <= {"done", "left", "referred"}
    assert_sound(house, run_id, lifecare, before, but=frozenset(each for each in wanted if states[each] == "referred"))


def _changed(before: Record, after: Record) -> set[str]:
    """Return the reminders that somebody other than the bot wrote in."""
    was = {each["id"]: len(each["history"]) for each in before["paminnelser"]}
    return {
        each["id"]
        for each in after["paminnelser"]
        if len([row for row in each["history"] if row["event"] != "borttagen"]) > was[each["id"]]
    }


def _twins(state: Record, reminder: str) -> set[str]:
    """Return the reminders that say the same as this one."""
    facts = ("person", "arende", "beslut", "typ", "due", "handlaggare")
    same = {each["id"]: [each[fact] for fact in facts] for each in state["paminnelser"]}
    return {each for each, said in same.items() if said == same[reminder]}
