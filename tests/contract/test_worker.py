"""The worker's promises, over a Lifecare in memory and a real ledger: what is written, how often, and what is kept.

The witness of what was written is the journal, never what the worker says of itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from rich.console import Console
from sqlalchemy import event

from bots.browser.session import Session
from bots.errors import (
    BrowserGone,
    FlottaError,
    RunHeld,
    RunLost,
    ScreenNotReady,
    SelectorDrift,
    SessionLost,
    Sighting,
    SignInNeeded,
    SignInRefused,
    StateNotWritable,
    SystemUnreachable,
    VersionUnknown,
)
from bots.reminder_cleanup.bot import BOT
from bots.reminder_cleanup.models import Case
from fixtures.lifecare.seed import seed
from orchestrator import present
from orchestrator.ledger import expected, fleet, review
from orchestrator.ledger.reveal import reveal
from orchestrator.ledger.store import Errand, ItemLine, Ledger, Run, mark
from orchestrator.settings import BotSettings, Settings
from orchestrator.worker import ATTEMPTS, WAITS, Ending, Screens, Worker
from tests import oracle
from tests.builders import NOW, TODAY, a_holder, options
from tests.fakes import Clock, FakeLifecare, KeptLog, Lost, Patience, a_session

CASE: TypeAdapter[Any] = TypeAdapter(Case)
#: What the usual settings and map add up to: ten seconds to write, three for the system to settle.
SETTLING = 13.0
NOT_READY = ("reminder", "systemet svarade inte")


class Killed(BaseException):
    """The process is gone: nothing after it is carried out, and nothing is stored."""


@dataclass
class House:
    """One Lifecare, one ledger, and the workers that carry a run there one after the other."""

    ledger: Ledger
    home: Path
    lifecare: FakeLifecare
    clock: Clock
    log: KeptLog = field(default_factory=KeptLog)
    limits: BotSettings = field(default_factory=lambda: BotSettings(max_share=1.0))
    approved_map: bool = True
    #: What opening Lifecare raises, one for each time.
    closed: list[Exception] = field(default_factory=list)
    checkpoint: Callable[[str], None] = lambda _point: None
    #: For runs that the machines carry.
    errand: Errand | None = None
    holders: int = 0

    def start(self, run: str = "r1", **facts: Any) -> None:
        """Start a run of the usual kind: unattended, against a mock, so that every rule is approved."""
        self.ledger.create_run(
            run, BOT.name, today=TODAY, options=options(**{"mock": True} | facts), now=NOW, errand=self.errand
        )

    def worker(self, run: str = "r1") -> Worker:
        """Return a worker for the run, as a new process would make it."""
        self.holders += 1
        worker = Worker(
            bot=BOT,
            run=self.run(run),
            ledger=self.ledger,
            settings=Settings(home=self.home, bots={BOT.name: self.limits}),
            screens=Screens(self._opened),
            instance="lifecare-prov",
            accounts=["lifecare-prov/robot"],
            me=a_holder(self.holders),
            now=self.clock.now,
            log=self.log.logger,
            checkpoint=self.checkpoint,
            inspect=lambda system: [{"screen": system, "element": "inspected", "verdict": "drift", "sightings": []}],
        )
        worker._stopping = Patience(self.clock)
        return worker

    def work(self, run: str = "r1") -> Ending:
        """Carry the run as far as it goes."""
        return self.worker(run).work()

    def _opened(self, _system: str) -> tuple[Session, FakeLifecare]:
        if self.closed:
            raise self.closed.pop(0)
        self.lifecare.session = a_session(self.clock, approved=self.approved_map)
        return self.lifecare.session, self.lifecare

    def run(self, run: str = "r1") -> Run:
        """Return the run as it is stored."""
        found = self.ledger.run(run)
        assert found is not None
        return found

    def lines(self, *states: str, run: str = "r1") -> list[ItemLine]:
        """Return the items in these states."""
        return [line for line in self.ledger.lines(run) if line.state in states]

    def line(self, reminder: str, run: str = "r1") -> ItemLine:
        """Return one item."""
        return next(line for line in self.ledger.lines(run) if line.reference == reminder)

    def attempts(self, reminder: str | None = None) -> int:
        """Return how often a removal reached Lifecare."""
        return sum(not row["committed"] and reminder in {None, row["key"]} for row in self.lifecare.journal())

    def removed(self) -> list[str]:
        """Return what was removed by the bot, in order."""
        return oracle.removed(self.lifecare.journal())

    def is_sound(self) -> bool:
        """Return whether nothing was tried after it was done, and nothing done twice."""
        journal = self.lifecare.journal()
        done = oracle.removed(journal)
        return not oracle.attempts_after_commit(journal) and len(done) == len(set(done))


@pytest.fixture
def house(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Return a house with sixty reminders, and none of the developer's own settings."""
    for name in [each for each in os.environ if each.upper().startswith("FLOTTA_")]:
        monkeypatch.delenv(name)
    clock = Clock()
    return House(ledger, tmp_path, FakeLifecare(seed(60, 1, TODAY), clock=clock), clock)


@pytest.fixture
def targets(house: House) -> list[str]:
    """Return the reminders that the plan will remove, in its order."""
    expected = oracle.expected(house.lifecare.state.as_json())
    return [each.id for each in house.lifecare.state.listed() if each.id in expected]


def once(verb: str, reminder: str, do: Callable[[], object], *, after: int = 0) -> Callable[[str, str], None]:
    """Return what does something at one call of this kind for this reminder: the first, or that after so many."""
    left = [after]

    def meanwhile(called: str, about: str) -> None:
        if (called, about) == (verb, reminder):
            left[0] -= 1
            if left[0] == -1:
                do()

    return meanwhile


def killed_at(point: str, *, after: int = 0) -> Callable[[str], None]:
    """Return a checkpoint at which the process dies, the first time or that after so many."""
    left = [after]

    def checkpoint(reached: str) -> None:
        if reached == point:
            left[0] -= 1
            if left[0] == -1:
                raise Killed

    return checkpoint


def drift() -> SelectorDrift:
    return SelectorDrift("reminder", "confirm_removal", (Sighting("role=button[Bekräfta]", 0),), version="2023.10")


# A night like any other.


def test_a_whole_run_removes_what_the_oracle_says(house: House) -> None:
    """Each once, with its receipt, and the run is done."""
    truth = house.lifecare.state.as_json()
    house.start()

    ending = house.work()

    assert (ending.state, ending.exit_code) == ("done", 0)
    assert sorted(house.removed()) == sorted(oracle.expected(truth))
    assert {line.reference: line.rule for line in house.lines("done")} == oracle.expected(truth)
    assert house.is_sound()


def test_each_receipt_is_the_one_that_lifecare_shows(house: House) -> None:
    """Whoever doubts a removal finds the same number in both places."""
    house.start()

    house.work()

    reminders = house.lifecare.state.paminnelser
    shown = {each.id: each.removed.kvittens for each in reminders.values() if each.removed}
    assert {line.reference: line.receipt for line in house.lines("done")} == shown


def test_what_was_done_says_by_which_map_and_locators_it_was_found(house: House) -> None:
    """If the map was wrong, one knows what to look at."""
    house.start(limit=1)

    house.work()

    (line,) = house.lines("done")
    assert (line.map_version, line.attempts) == ("lifecare 2023.10", 1)


def test_the_run_tells_how_it_ended_and_gives_its_account_back(house: House) -> None:
    """The next run may begin at once."""
    house.start()

    house.work()

    run = house.run()
    assert (run.state, run.exit_code, run.ended, run.holder) == ("done", 0, house.clock.now(), None)
    assert house.ledger.lease_of("lifecare-prov/robot") is None


def test_the_log_tells_what_happened_without_a_name_or_a_number_of_anybody(house: House) -> None:
    """Facts about runs and reminders, none about people."""
    house.start()

    house.work()

    assert house.log.events[:2] == ["run.claimed", "plan.stored"]
    assert house.log.events[-1] == "run.ended"
    assert house.log.events.count("step.done") == len(house.removed())
    for person in house.lifecare.state.persons.values():
        assert person.personnummer not in house.log.text
        assert person.name not in house.log.text


def test_how_many_were_seen_is_told_while_they_are_read(house: House) -> None:
    """Whoever follows the run sees that it lives."""
    told: list[int] = []

    def meanwhile(verb: str, _reminder: str) -> None:
        house.clock.forward(1)
        if verb == "reminder":
            told.append(house.run().seen)

    house.lifecare.meanwhile = meanwhile
    house.start(plan_only=True)

    house.work()

    assert 0 < told[-1] < 60
    assert house.run().seen == 60


def test_a_run_that_is_asked_for_a_plan_writes_nothing(house: House) -> None:
    """`--plan-only` is safe on any day."""
    house.start(plan_only=True)

    ending = house.work()

    assert (ending.state, ending.exit_code) == ("planned", 0)
    assert house.attempts() == 0
    assert house.ledger.item_counts("r1")["todo"] == 12


def test_a_limit_is_kept(house: House, targets: list[str]) -> None:
    """The first three, and the rest is said to be left out."""
    house.start(limit=3)

    ending = house.work()

    assert ending.exit_code == 0
    assert house.removed() == targets[:3]
    assert [line.reference for line in house.lines("postponed")] == targets[3:]


def test_nothing_to_do_is_done(house: House) -> None:
    """The night after."""
    house.start("r1")
    house.work("r1")
    house.start("r2")

    ending = house.work("r2")

    assert (ending.state, ending.exit_code) == ("done", 0)
    assert house.attempts() == len(house.removed())


# The guard.


def test_too_many_actions_wait_for_a_person(house: House) -> None:
    """A rule gone wild stops before its first write."""
    house.limits = BotSettings(max_actions=11, max_share=1.0)
    house.start()

    ending = house.work()

    assert (ending.state, ending.exit_code) == ("waiting", 3)
    assert "12 åtgärder, fler än gränsen 11" in (ending.sentence or "")
    assert house.attempts() == 0


def test_too_large_a_share_waits_for_a_person(house: House) -> None:
    """Twelve of sixty are a fifth."""
    house.limits = BotSettings(max_share=0.19)
    house.start()

    assert house.work().exit_code == 3
    assert house.attempts() == 0


def test_rules_that_nobody_has_approved_wait_for_a_person(house: House) -> None:
    """The first night of a new rule is a person's to read."""
    house.start(mock=False)

    ending = house.work()

    assert ending.exit_code == 3
    assert "duplicate/1" in (ending.sentence or "")
    assert house.attempts() == 0


def test_a_plan_that_a_person_approved_is_carried_out(house: House, targets: list[str]) -> None:
    """And the guard does not ask a second time."""
    house.limits = BotSettings(max_actions=1, max_share=1.0)
    house.start(mock=False)
    house.work()

    house.ledger.approve("r1", "anna", NOW)
    ending = house.work()

    assert ending.exit_code == 0
    assert house.removed() == targets


def test_rules_approved_once_act_by_themselves_the_next_time(house: House) -> None:
    """That is what the approval is for."""
    house.start("r1", mock=False, unattended=False)
    house.work("r1")
    house.ledger.approve("r1", "anna", NOW)
    house.start("r2", mock=False)

    assert house.work("r2").exit_code == 0
    assert len(house.removed()) == 12


def test_an_unsigned_map_waits_for_a_person(house: House) -> None:
    """A draft may find the wrong button."""
    house.approved_map = False
    house.start("r0", mock=False, unattended=False)
    house.work("r0")
    house.ledger.approve("r0", "anna", NOW)
    house.start("r1", mock=False)

    ending = house.work("r1")

    assert (ending.state, ending.exit_code) == ("waiting", 3)
    assert "Kartan lifecare 2023.10 är inte godkänd." in (ending.sentence or "")
    assert house.attempts() == 0


def test_an_unsigned_map_still_waits_when_the_stored_plan_is_taken_up_again(house: House) -> None:
    """Resuming is not approving."""
    house.approved_map = False
    house.start("r0", mock=False, unattended=False)
    house.work("r0")
    house.ledger.approve("r0", "anna", NOW)
    house.start("r1", mock=False)
    house.work("r1")

    ending = house.work("r1")

    assert ending.exit_code == 3
    assert house.attempts() == 0


def test_without_yes_the_plan_is_stored_and_nothing_is_written(house: House) -> None:
    """Somebody will be shown it and asked."""
    house.start(unattended=False)

    ending = house.work()

    assert (ending.state, ending.exit_code) == ("planned", 0)
    assert house.attempts() == 0


# Changed since the plan.


@pytest.mark.parametrize("change", [FakeLifecare.annotate, FakeLifecare.remove_by_hand, FakeLifecare.protect])
def test_what_somebody_changed_after_the_plan_is_left_to_people(
    house: House, targets: list[str], change: Callable[[FakeLifecare, str], None]
) -> None:
    """The others are removed all the same."""
    house.start(unattended=False)
    house.work()
    house.ledger.approve("r1", "anna", NOW)
    change(house.lifecare, targets[0])

    ending = house.work()

    assert ending.exit_code == 0
    line = house.line(targets[0])
    assert (line.state, line.note) == ("referred", "Ändrades av någon annan efter planen.")
    assert house.attempts(targets[0]) == 0
    assert sorted(house.removed()) == sorted(targets[1:])


def test_what_somebody_changes_in_the_last_moment_is_refused_and_left_to_people(
    house: House, targets: list[str]
) -> None:
    """Lifecare itself says no, and the bot does not insist."""
    house.lifecare.meanwhile = once("remove", targets[0], lambda: house.lifecare.annotate(targets[0]))
    house.start()

    ending = house.work()

    assert ending.exit_code == 0
    assert house.line(targets[0]).state == "referred"
    assert "tog inte emot" in (house.line(targets[0]).note or "")
    assert house.attempts(targets[0]) == 1
    assert sorted(house.removed()) == sorted(targets[1:])


def test_a_refusal_because_it_is_already_done_by_us_is_a_receipt(house: House, targets: list[str]) -> None:
    """A browser that sends the click twice gets its no from the second; the first one happened."""
    ours = f"Beslut är avslutat. {mark('r1', f'reminder:{targets[0]}:remove')}"
    house.lifecare.meanwhile = once(
        "sent",
        targets[0],
        lambda: house.lifecare.state.remove(targets[0], "robot", ours, datetime(2026, 3, 31, 4, 15)),  # noqa: DTZ001
    )
    house.start(limit=1)

    assert house.work().exit_code == 0
    assert (house.line(targets[0]).state, house.line(targets[0]).receipt) == ("done", "KV-000001")


def test_a_refusal_because_somebody_else_removed_it_is_theirs(house: House, targets: list[str]) -> None:
    """What they did is not put on our account."""
    house.lifecare.meanwhile = once("remove", targets[0], lambda: house.lifecare.remove_by_hand(targets[0]))
    house.start(limit=1)

    assert house.work().exit_code == 0
    assert (house.line(targets[0]).state, house.line(targets[0]).receipt) == ("referred", None)


def test_a_refusal_that_cannot_be_looked_into_is_looked_into_later(house: House, targets: list[str]) -> None:
    """One page that does not come must not end the night."""
    changed = once("remove", targets[0], lambda: house.lifecare.annotate(targets[0]))
    reads = once(
        "reminder",
        targets[0],
        lambda: house.lifecare.failures["reminder", targets[0]].append(ScreenNotReady(*NOT_READY)),
        after=2,
    )

    def meanwhile(verb: str, reminder: str) -> None:
        changed(verb, reminder)
        reads(verb, reminder)

    house.lifecare.meanwhile = meanwhile
    house.start()

    ending = house.work()

    assert ending.exit_code == 0
    assert house.line(targets[0]).state == "referred"
    assert sorted(house.removed()) == sorted(targets[1:])


# The answer is lost.


def test_a_lost_answer_to_a_write_that_happened_is_found_without_a_second_write(
    house: House, targets: list[str]
) -> None:
    """Looked for, found, and stored with Lifecare's own receipt."""
    house.lifecare.losses[targets[0]] = [Lost.AFTER]
    house.start()

    ending = house.work()

    line = house.line(targets[0])
    assert ending.exit_code == 0
    assert (line.state, line.receipt, line.note) == ("done", "KV-000001", None)
    assert house.attempts(targets[0]) == 1
    assert house.is_sound()


def test_what_is_found_by_looking_is_stored_as_confirmed(house: House, targets: list[str]) -> None:
    """By another way than the answer, and the ledger says so."""
    house.lifecare.losses[targets[0]] = [Lost.AFTER]
    house.start(limit=2)

    house.work()

    assert [line.located_by is None for line in house.lines("done")] == [True, False]


def test_a_write_that_lands_late_is_waited_for_and_not_repeated(house: House, targets: list[str]) -> None:
    """The client was cut off, the server went on."""
    house.lifecare.losses[targets[0]] = [Lost.LATE]
    house.start()

    ending = house.work()

    assert ending.exit_code == 0
    assert house.attempts(targets[0]) == 1
    assert house.line(targets[0]).state == "done"


def test_a_write_that_lands_in_the_very_last_moment_is_not_repeated(house: House, targets: list[str]) -> None:
    """Deadline and settling time are waited out to the end."""
    house.lifecare.late_by = timedelta(seconds=SETTLING)
    house.lifecare.losses[targets[0]] = [Lost.LATE]
    house.start(limit=1)

    ending = house.work()

    assert ending.exit_code == 0
    assert house.attempts(targets[0]) == 1


def test_a_write_that_did_not_happen_is_tried_again_only_when_it_can_no_longer_land(
    house: House, targets: list[str]
) -> None:
    """Absence is proof from the deadline plus the settling time on, not before."""
    house.lifecare.losses[targets[0]] = [Lost.BEFORE]
    house.start()

    ending = house.work()

    first, second = (
        datetime.fromisoformat(row["time"])
        for row in house.lifecare.journal()
        if row["key"] == targets[0] and not row["committed"]
    )
    assert ending.exit_code == 0
    assert (second - first).total_seconds() >= SETTLING
    assert (house.line(targets[0]).state, house.line(targets[0]).attempts) == ("done", 2)
    assert house.is_sound()


def test_the_time_to_settle_is_counted_anew_for_each_attempt(house: House, targets: list[str]) -> None:
    """That the first one can no longer land says nothing of the second."""
    house.lifecare.losses[targets[0]] = [Lost.BEFORE, Lost.LATE]
    house.start(limit=1)

    ending = house.work()

    assert ending.exit_code == 0
    assert house.attempts() == 2
    assert house.is_sound()


def test_the_others_do_not_wait_for_the_one_that_was_lost(house: House, targets: list[str]) -> None:
    """All that can be done is done first."""
    house.lifecare.losses[targets[0]] = [Lost.BEFORE]
    house.start()

    house.work()

    assert house.removed() == [*targets[1:], targets[0]]


def test_what_never_takes_effect_is_given_up_in_the_end(house: House, targets: list[str]) -> None:
    """Something is wrong there that a person must look at."""
    house.lifecare.losses[targets[0]] = [Lost.BEFORE] * (ATTEMPTS + 3)
    house.start()

    ending = house.work()

    assert (ending.state, ending.exit_code) == ("partial", 1)
    assert house.attempts(targets[0]) == ATTEMPTS
    line = house.line(targets[0])
    assert (line.state, line.note) == ("failed", f"Försöktes {ATTEMPTS} gånger utan verkan.")
    assert sorted(house.removed()) == sorted(targets[1:])


def test_a_lost_write_that_somebody_else_made_meanwhile_is_left_to_people(house: House, targets: list[str]) -> None:
    """Their receipt is not ours, and nobody can tell whether ours was sent."""
    house.lifecare.losses[targets[0]] = [Lost.BEFORE]
    house.lifecare.meanwhile = once("reminder", targets[0], lambda: house.lifecare.remove_by_hand(targets[0]), after=2)
    house.start(limit=1)

    ending = house.work()

    line = house.line(targets[0])
    assert ending.exit_code == 0
    assert (line.state, line.receipt) == ("referred", None)
    assert "Någon annan" in (line.note or "")
    assert house.attempts() == 1


def test_a_lost_write_that_cannot_be_looked_for_at_once_is_looked_for_later(house: House, targets: list[str]) -> None:
    """Lifecare was down for a moment, and that is all."""
    house.lifecare.losses[targets[0]] = [Lost.AFTER]
    house.lifecare.meanwhile = once(
        "reminder",
        targets[0],
        lambda: house.lifecare.failures["reminder", targets[0]].append(ScreenNotReady(*NOT_READY)),
        after=2,
    )
    house.start()

    ending = house.work()

    assert ending.exit_code == 0
    assert house.attempts(targets[0]) == 1
    assert sorted(house.removed()) == sorted(targets)


def test_what_cannot_be_looked_for_at_all_stays_uncertain_and_is_found_by_the_next_worker(
    house: House, targets: list[str]
) -> None:
    """The run says that it is not finished, and keeps what it knows."""
    house.lifecare.losses[targets[0]] = [Lost.AFTER]
    house.lifecare.meanwhile = once(
        "sent",
        targets[0],
        lambda: house.lifecare.failures["reminder", targets[0]].extend([ScreenNotReady(*NOT_READY)] * 2),
    )
    house.start(limit=1)

    first = house.work()
    assert (first.state, first.exit_code) == ("partial", 1)
    assert house.line(targets[0]).state == "uncertain"

    assert house.work().exit_code == 0
    assert house.line(targets[0]).state == "done"
    assert house.attempts() == 1


def test_a_click_after_the_deadline_is_refused_and_the_write_tried_again(house: House, targets: list[str]) -> None:
    """A machine that slept may not write late; afterwards it may write anew."""
    house.lifecare.meanwhile = once("sent", targets[0], lambda: house.clock.forward(11))
    house.start(limit=1)

    ending = house.work()

    assert ending.exit_code == 0
    assert house.attempts() == 1
    assert house.line(targets[0]).attempts == 2


# Failures before anything was sent.


def test_a_page_that_does_not_come_at_first_is_tried_again(house: House, targets: list[str]) -> None:
    """Nothing was sent, so trying again in the same run is safe, and spares a person the morning's question."""
    house.lifecare.failures["remove", targets[0]] = [ScreenNotReady(*NOT_READY), SessionLost("lifecare")]
    house.start()

    assert house.work().exit_code == 0
    assert sorted(house.removed()) == sorted(targets)
    assert house.is_sound()


def test_a_page_that_does_not_come_fails_its_own_item_only(house: House, targets: list[str]) -> None:
    """It is said to have failed, and nothing was sent."""
    house.lifecare.failures["remove", targets[0]] = [ScreenNotReady(*NOT_READY)] * ATTEMPTS
    house.start()

    ending = house.work()

    assert (ending.state, ending.exit_code) == ("partial", 1)
    assert house.line(targets[0]).state == "failed"
    assert house.attempts(targets[0]) == 0
    assert sorted(house.removed()) == sorted(targets[1:])


def test_what_was_written_before_does_not_make_the_next_uncertain(house: House, targets: list[str]) -> None:
    """Its page did not come, so nothing was sent: there is nothing to look for."""
    house.lifecare.meanwhile = once(
        "reminder",
        targets[1],
        lambda: house.lifecare.failures["reminder", targets[1]].append(ScreenNotReady(*NOT_READY)),
        after=1,
    )
    house.start(limit=2)

    house.work()

    assert house.removed() == targets[:2]
    assert house.attempts() == 2


def test_what_failed_is_done_when_the_run_is_taken_up_again(house: House, targets: list[str]) -> None:
    """`flotta resume` finishes what last night could not."""
    house.lifecare.failures["remove", targets[0]] = [SessionLost("lifecare")] * ATTEMPTS
    house.start()
    house.work()

    assert house.work().exit_code == 0
    assert sorted(house.removed()) == sorted(targets)
    assert house.is_sound()


def evidence_of(house: House, reminder: str) -> list[tuple[str, bytes]]:
    ((run, line),) = house.ledger.lines_of(reminder)
    return [(each.kind, each.raw) for each in reveal(house.ledger, run, line, by="test", why=None).exhibits]


def test_a_second_try_that_fails_leaves_a_trace(house: House, targets: list[str]) -> None:
    """The first is not recorded, which would halve the speed; the one that matters is."""
    house.lifecare.failures["remove", targets[0]] = [ScreenNotReady(*NOT_READY)] * 2
    house.start()

    ending = house.work()

    assert ending.exit_code == 0
    assert evidence_of(house, targets[0]) == [("trace", b"a trace")]
    assert evidence_of(house, targets[1]) == []


def test_a_try_in_which_a_password_was_typed_leaves_no_trace(house: House, targets: list[str]) -> None:
    """Sealed or not, a password is nothing to keep."""
    house.lifecare.failures["remove", targets[0]] = [ScreenNotReady(*NOT_READY)] * 2

    def signed_in_again(_verb: str, _reminder: str) -> None:
        assert house.lifecare.session is not None
        house.lifecare.session.is_private = True

    house.lifecare.meanwhile = signed_in_again
    house.start()

    assert house.work().exit_code == 0
    assert evidence_of(house, targets[0]) == []


def test_pictures_are_kept_where_they_are_asked_for(
    house: House, targets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One a write, beside its receipt; and where none can be had the write stands all the same."""
    taken: list[str] = []

    def photograph(_session: Session) -> bytes:
        taken.append("a picture")
        if len(taken) == 1:
            raise ScreenNotReady("reminder", "sidan gick inte att täcka")
        return b"a picture"

    monkeypatch.setattr(Session, "photograph", photograph)
    house.limits = BotSettings(max_share=1.0, screenshots=True)
    house.start()

    assert house.work().exit_code == 0

    assert sorted(house.removed()) == sorted(targets)
    assert evidence_of(house, targets[0]) == []
    assert evidence_of(house, targets[1]) == [("screenshot", b"a picture")]
    assert len(taken) == len(targets)
    assert house.log.events.count("evidence.missing") == 1


def test_three_receipts_in_a_row_that_are_not_known_again_stop_the_run(house: House, targets: list[str]) -> None:
    """All three were found done by looking; it is the map that is out of date, and each look costs a page."""
    for target in targets[:3]:
        house.lifecare.losses[target] = [Lost.UNREAD]
    house.start()

    ending = house.work()

    assert (ending.state, ending.exit_code) == ("failed", 1)
    assert "3 kvitton i rad kändes inte igen" in (ending.sentence or "")
    assert sorted(house.removed()) == sorted(targets[:3])
    assert house.ledger.item_counts("r1")["done"] == 3


@pytest.mark.parametrize("between", [None, Lost.AFTER])
def test_a_receipt_that_is_known_or_an_answer_that_is_lost_begins_the_count_anew(
    house: House, targets: list[str], between: Lost | None
) -> None:
    """One bad night is not a map that is out of date."""
    for target in (*targets[:2], targets[3]):
        house.lifecare.losses[target] = [Lost.UNREAD]
    house.lifecare.losses[targets[2]] = [] if between is None else [between]
    house.start()

    assert house.work().exit_code == 0
    assert sorted(house.removed()) == sorted(targets)


def test_three_failures_in_a_row_stop_the_run(house: House, targets: list[str]) -> None:
    """It is the system that is down, not the items; the rest keeps until it is up again."""
    for target in targets[:4]:
        house.lifecare.failures["remove", target] = [ScreenNotReady(*NOT_READY)]
    house.start()

    ending = house.work()

    assert (ending.state, ending.exit_code) == ("failed", 1)
    assert "3 poster i rad" in (ending.sentence or "")
    assert house.ledger.item_counts("r1")["todo"] == len(targets)
    assert house.attempts() == 0


def test_failures_with_a_success_between_them_do_not_stop_the_run(house: House, targets: list[str]) -> None:
    """A few bad pages are a few bad pages."""
    for target in (*targets[:2], *targets[3:5]):
        house.lifecare.failures["remove", target] = [ValueError("en dålig sida")]
    house.start()

    assert house.work().state == "partial"
    assert len(house.removed()) == len(targets) - 4


@pytest.mark.parametrize("verb", ["remove", "sent"])
def test_an_unexpected_error_is_said_by_its_class_alone(house: House, targets: list[str], verb: str) -> None:
    """What Python or Playwright writes of it may quote the page, names and all."""
    house.lifecare.failures[verb, targets[0]] = [ValueError("aria-label='Anna Andersson 19900101'")]
    house.start(limit=1)

    house.work()

    said = [house.run().sentence, *(line.note for line in house.ledger.lines("r1")), house.log.text]
    assert not [text for text in said if text and ("Anna" in text or "19900101" in text)]
    assert house.is_sound()


def test_the_full_text_of_an_error_is_kept_sealed_beside_its_item(house: House, targets: list[str]) -> None:
    """Whoever may open it finds out what happened."""
    house.lifecare.failures["remove", targets[0]] = [ValueError("aria-label='Anna'")]
    house.start(limit=1)

    house.work()

    with house.ledger._engine.connect() as connection:
        sealed = connection.exec_driver_sql("SELECT detail FROM items WHERE state = 'failed'").scalar_one()
    assert house.ledger.vault.open(sealed) == "aria-label='Anna'"


@pytest.mark.parametrize(
    ("error", "code"),
    [(SystemUnreachable("lifecare", "http://lifecare.test"), 1), (SignInRefused("lifecare", "robot"), 2)],
    ids=["unreachable", "refused"],
)
def test_a_system_that_lets_nobody_in_ends_the_run_in_a_stored_state(house: House, error: Exception, code: int) -> None:
    """With its sentence, its code, and the account free."""
    house.closed = [error]
    house.start()

    ending = house.work()

    assert (ending.state, ending.exit_code) == ("failed", code)
    assert house.run().sentence == str(error)
    assert house.ledger.lease_of("lifecare-prov/robot") is None


def test_a_list_that_cannot_be_read_leaves_no_plan_and_the_next_worker_makes_one(
    house: House, targets: list[str]
) -> None:
    """A plan of half a list would be a plan of the wrong share."""
    house.lifecare.failures["reminder", targets[3]] = [ScreenNotReady(*NOT_READY)]
    house.start()

    assert house.work().state == "failed"
    assert house.run().planned is None
    assert house.ledger.lines("r1") == []

    assert house.work().exit_code == 0
    assert sorted(house.removed()) == sorted(targets)


# The screen is another one.


def test_drift_while_reading_ends_with_code_4_and_nothing_written(house: House) -> None:
    """The map does not fit, so nothing that it says is believed."""
    house.lifecare.failures["reminders", ""] = [drift()]
    house.start()

    ending = house.work()

    assert (ending.state, ending.exit_code) == ("drifted", 4)
    assert house.attempts() == 0
    assert house.run().findings == [
        {
            "screen": "reminder",
            "element": "confirm_removal",
            "verdict": "drift",
            "sightings": [{"locator": "role=button[Bekräfta]", "found": 0}],
        }
    ]


def test_drift_before_a_write_leaves_the_step_to_be_done(house: House, targets: list[str]) -> None:
    """When there is a new map, the run goes on from there."""
    house.lifecare.failures["remove", targets[1]] = [drift()]
    house.start()

    ending = house.work()

    assert ending.exit_code == 4
    assert house.removed() == targets[:1]
    assert house.line(targets[1]).state == "todo"

    assert house.work().exit_code == 0
    assert sorted(house.removed()) == sorted(targets)


def test_drift_after_a_write_was_sent_leaves_it_uncertain(house: House, targets: list[str]) -> None:
    """It may have happened; with a new map it is looked for, not repeated."""
    house.lifecare.failures["sent", targets[0]] = [drift()]
    house.start(limit=1)

    assert house.work().exit_code == 4
    assert house.line(targets[0]).state == "uncertain"

    assert house.work().exit_code == 0
    assert house.attempts() == 1


def test_drift_where_nobody_watches_lets_the_bot_rest(house: House) -> None:
    """Until somebody has seen to the map; that they say no changes nothing."""
    house.lifecare.failures["reminders", ""] = [drift()]
    house.start(mock=False)

    ending = house.work()

    assert ending.state == "drifted"
    assert ending.sentence is not None
    assert "Roboten är pausad. `flotta selectors propose lifecare` gör ett utkast" in ending.sentence
    assert expected.paused(house.ledger)[BOT.name].by == "flotta"
    [question] = [each for each in review.queue(house.ledger) if each.kind == "map"]
    review.decide(house.ledger, question, review.REJECTED, by="anna", note="Inte än", now=NOW)
    assert expected.paused(house.ledger)


def test_a_person_who_has_seen_to_the_map_lets_the_bot_go_on(house: House) -> None:
    """Once; the same question is not asked again."""
    house.lifecare.failures["reminders", ""] = [drift()]
    house.start(mock=False)
    house.work()
    [question] = [each for each in review.queue(house.ledger) if each.kind == "map"]

    review.decide(house.ledger, question, review.APPROVED, by="anna", note="Godkänd", now=NOW)

    assert not expected.paused(house.ledger)
    assert review.queue(house.ledger) == []


def test_what_was_found_with_an_old_map_is_told_at_the_end(house: House) -> None:
    """The run went well. The map is seen to before it doesn't."""
    house.start()
    worker = house.worker()

    def by_likeness(_verb: str, _reminder: str) -> None:
        if house.lifecare.session is not None:
            house.lifecare.session.alike.add("reminder.more")

    house.lifecare.meanwhile = by_likeness

    ending = worker.work()

    assert ending.state == "done"
    assert ending.findings == [{"screen": "reminder", "element": "more", "verdict": "weak", "sightings": []}]
    assert house.run().findings == ending.findings


def test_an_unknown_version_is_inspected_and_reported(house: House) -> None:
    """What the screens look like by the map that fits best tells what a new map must say."""
    house.closed = [VersionUnknown("lifecare", {"meta": "2025.10"}, ["2023.10"])]
    house.start()

    ending = house.work()

    assert (ending.state, ending.exit_code) == ("drifted", 4)
    assert ending.findings == [{"screen": "lifecare", "element": "inspected", "verdict": "drift", "sightings": []}]
    assert house.attempts() == 0


# Asked to stop.


def test_a_worker_asked_to_stop_finishes_the_item_in_hand(house: House, targets: list[str]) -> None:
    """Nothing is left half done, and the rest keeps."""
    house.start()
    worker = house.worker()
    house.lifecare.meanwhile = once("sent", targets[1], worker.stop)

    ending = worker.work()

    assert (ending.state, ending.exit_code) == ("interrupted", 130)
    assert house.removed() == targets[:2]
    assert house.ledger.item_counts("r1")["todo"] == len(targets) - 2

    assert house.work().exit_code == 0
    assert house.removed() == targets


def test_a_worker_asked_to_stop_while_it_reads_stores_no_plan(house: House, targets: list[str]) -> None:
    """What it has not seen it can't have planned."""
    house.start()
    worker = house.worker()
    house.lifecare.meanwhile = once("reminder", targets[0], worker.stop)

    assert worker.work().state == "interrupted"
    assert house.run().planned is None
    assert house.attempts() == 0


def test_a_worker_asked_to_stop_while_it_waits_keeps_the_uncertain_step(house: House, targets: list[str]) -> None:
    """The next one waits for the rest of the time."""
    house.lifecare.losses[targets[0]] = [Lost.LATE]
    house.start(limit=1)
    worker = house.worker()

    class Impatient(Patience):
        """Somebody presses Ctrl-C when the wait begins."""

        def wait(self, timeout: float | None = None) -> bool:
            """Be asked to stop at once."""
            del timeout
            self.set()
            return True

    worker._stopping = Impatient(house.clock)

    assert worker.work().state == "interrupted"
    assert house.line(targets[0]).state == "uncertain"

    house.work()
    assert house.line(targets[0]).state == "done"
    assert house.attempts() == 1


# The process dies, and another takes over.


@pytest.mark.parametrize("after", [0, 3])
@pytest.mark.parametrize("point", ["before-intent", "after-intent", "before-receipt"])
def test_a_worker_that_dies_is_followed_by_one_that_ends_the_same(
    house: House, targets: list[str], point: str, after: int
) -> None:
    """Wherever in a step it died, each removal is made exactly once."""
    house.start()
    house.checkpoint = killed_at(point, after=after)
    with pytest.raises(Killed):
        house.work()
    house.checkpoint = lambda _point: None

    ending = house.work()

    assert (ending.state, ending.exit_code) == ("done", 0)
    assert sorted(house.removed()) == sorted(targets)
    assert len(house.lines("done")) == len(targets)
    assert house.is_sound()


def test_a_worker_that_dies_again_and_again_gets_there_in_the_end(house: House, targets: list[str]) -> None:
    """Every worker dies after its second receipt."""
    house.start()
    deaths = 0
    while True:
        house.checkpoint = killed_at("before-receipt", after=1)
        try:
            ending = house.work()
        except Killed:
            deaths += 1
        else:
            break

    assert (deaths, ending.exit_code) == (6, 0)
    assert sorted(house.removed()) == sorted(targets)
    assert house.is_sound()


def test_a_write_of_a_dead_worker_that_lands_late_is_not_repeated(house: House, targets: list[str]) -> None:
    """Its successor comes at once, and waits."""
    house.lifecare.losses[targets[0]] = [Lost.LATE]
    house.start(limit=1)
    house.lifecare.meanwhile = once("reminder", targets[0], _die, after=2)
    with pytest.raises(Killed):
        house.work()
    house.lifecare.meanwhile = lambda _verb, _reminder: None

    assert house.work().exit_code == 0
    assert house.attempts() == 1


def _die() -> None:
    raise Killed


def test_a_worker_whose_run_was_taken_over_writes_nothing_more(house: House, targets: list[str]) -> None:
    """It learns of it at the latest when it wants to store what it did, and stops there."""
    house.start()

    def take_over() -> None:
        house.ledger.claim("r1", a_holder(99), ["lifecare-prov/robot"], NOW)

    house.lifecare.meanwhile = once("sent", targets[1], take_over)

    with pytest.raises(RunLost):
        house.work()

    assert house.removed() == targets[:2]
    run = house.run()
    assert (run.state, run.epoch, run.holder) == ("running", 2, a_holder(99))
    assert house.log.events[-1] == "run.lost"

    assert house.work().exit_code == 0
    assert house.removed() == targets
    assert house.is_sound()


def test_a_worker_whose_run_was_taken_over_between_two_items_sends_nothing(house: House) -> None:
    """The intent is refused, so the page isn't even opened."""
    house.start()
    taken: list[str] = []

    def checkpoint(point: str) -> None:
        if point == "before-intent" and not taken:
            taken.append(point)
            house.ledger.claim("r1", a_holder(99), ["lifecare-prov/robot"], NOW)
            house.lifecare.calls.clear()

    house.checkpoint = checkpoint

    with pytest.raises(RunLost):
        house.work()

    assert house.lifecare.calls == []
    assert house.attempts() == 0


def test_a_worker_that_cannot_claim_names_who_holds_the_account(house: House) -> None:
    """It says so to whoever asks for the run later, and leaves the other one alone."""
    house.start("r0")
    house.ledger.claim("r0", a_holder(5), ["lifecare-prov/robot"], NOW)
    house.start("r1")

    with pytest.raises(RunHeld, match="r0"):
        house.work("r1")

    assert (house.run("r1").state, house.run("r1").exit_code) == ("failed", 2)
    assert "r0" in (house.run("r1").sentence or "")
    assert (house.run("r0").state, house.ledger.lease_of("lifecare-prov/robot")) == ("running", ("r0", a_holder(5)))


# What was done before.


def test_what_an_earlier_run_did_is_never_done_again(house: House, targets: list[str]) -> None:
    """Even if Lifecare was put back from a copy and shows the reminder as active: that is for a person."""
    house.start("r1")
    house.work("r1")
    house.lifecare = FakeLifecare(seed(60, 1, TODAY), clock=house.clock)
    house.start("r2")

    ending = house.work("r2")

    assert ending.exit_code == 0
    assert house.attempts() == 0
    assert [line.reference for line in house.lines("referred", run="r2") if line.note] == targets
    assert {line.note for line in house.lines("referred", run="r2")} - {None} == {
        "En tidigare körning har redan gjort detta, eller kan ha gjort det."
    }


def test_what_an_earlier_run_left_uncertain_is_not_touched_by_the_next(house: House, targets: list[str]) -> None:
    """Only its own run may look for it; until then it may have happened."""
    house.start("r1", limit=1)
    house.checkpoint = killed_at("after-intent")
    with pytest.raises(Killed):
        house.work("r1")
    house.ledger.drop_leases("r1", a_holder(house.holders))
    house.checkpoint = lambda _point: None
    house.start("r2")

    house.work("r2")

    assert house.line(targets[0], run="r2").state == "referred"
    assert house.attempts(targets[0]) == 0
    assert sorted(house.removed()) == sorted(targets[1:])


# The ledger cannot be written.


def _query_only(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON")


def refuse_changes(ledger: Ledger) -> None:
    if not event.contains(ledger._engine, "connect", _query_only):
        event.listen(ledger._engine, "connect", _query_only)
    ledger.close()


def allow_changes(ledger: Ledger) -> None:
    event.remove(ledger._engine, "connect", _query_only)
    ledger.close()


def test_nothing_is_written_that_could_not_be_recorded(house: House) -> None:
    """No intent stored, no click."""
    house.start()
    ledger = house.ledger

    def checkpoint(point: str) -> None:
        if point == "before-intent":
            refuse_changes(ledger)

    house.checkpoint = checkpoint

    with pytest.raises(StateNotWritable):
        house.work()

    assert house.attempts() == 0


def test_what_was_written_and_could_not_be_recorded_is_found_later(house: House, targets: list[str]) -> None:
    """The intent was stored, so the next worker knows where to look."""
    house.start(limit=1)
    ledger = house.ledger

    def checkpoint(point: str) -> None:
        if point == "before-receipt":
            refuse_changes(ledger)

    house.checkpoint = checkpoint
    with pytest.raises(StateNotWritable):
        house.work()
    assert house.removed() == targets[:1]

    house.checkpoint = lambda _point: None
    allow_changes(ledger)

    assert house.work().exit_code == 0
    assert house.line(targets[0]).state == "done"
    assert house.attempts() == 1


# What is shown.


def test_nothing_that_is_shown_of_a_run_names_anybody(house: House) -> None:
    """Summary, plan, items and JSON: numbers of reminders and decisions, never of people."""
    house.start(plan_only=True)
    house.work()
    lines = house.ledger.lines("r1")
    out = StringIO()
    console = Console(width=200, file=out)
    for each in (
        present.summary(BOT, house.run(), lines),
        present.plan(BOT, house.run(), lines),
        present.items(lines, everything=True),
    ):
        console.print(each)

    told = out.getvalue() + json.dumps(present.as_json(house.run(), lines), ensure_ascii=False)

    assert "P-10012" in told
    for person in house.lifecare.state.persons.values():
        assert person.personnummer not in told
        assert person.name not in told


# Lanes: several processes share one run's steps.


@dataclass
class Ended:
    """A lane that has ended, as a process looks that has."""

    returncode: int

    def poll(self) -> int:
        """Return how it ended."""
        return self.returncode

    def wait(self) -> int:
        """Return how it ended."""
        return self.returncode

    def terminate(self) -> None:
        """Too late."""


def in_lanes(house: House, run: str = "r1") -> Worker:
    """Return a worker whose lanes make three steps each, one lane after the other, while it starts them."""
    worker = house.worker(run)

    def start_lane(epoch: int) -> Any:
        mine, lane, left, checkpoint = house.lifecare.session, house.worker(run), [3], house.checkpoint

        def counted(point: str) -> None:
            checkpoint(point)
            left[0] -= point == "before-receipt"
            if not left[0]:
                lane.stop()

        lane._checkpoint = counted
        try:
            return Ended(lane.work_lane(epoch))
        except Killed:
            return Ended(-9)
        except FlottaError as error:
            return Ended(error.exit_code)
        finally:
            house.lifecare.session = mine

    worker._start_lane = start_lane
    return worker


def test_lanes_share_the_steps_between_them(house: House, targets: list[str]) -> None:
    """Each is made once, by one of them, and the run is one run."""
    house.start(lanes=3)

    ending = in_lanes(house).work()

    assert ending.exit_code == 0
    assert sorted(house.removed()) == sorted(targets)
    assert house.is_sound()
    assert {line.reference for line in house.lines("done")} == set(targets)
    # Whoever comes next takes the next one.
    assert house.removed() == targets


def test_more_lanes_than_steps_do_no_harm(house: House, targets: list[str]) -> None:
    """A quiet night has less to do than there are hands."""
    house.start(lanes=8, limit=2)

    assert in_lanes(house).work().exit_code == 0
    assert sorted(house.removed()) == sorted(targets[:2])


@pytest.mark.parametrize("point", ["before-intent", "after-intent", "before-receipt"])
def test_what_a_lane_had_in_hand_when_it_died_is_found_out_and_the_rest_is_done(
    point: str, house: House, targets: list[str]
) -> None:
    """By the worker that started it, once all lanes have ended; nothing is written twice."""
    house.checkpoint = killed_at(point, after=2)
    house.start(lanes=2)

    ending = in_lanes(house).work()

    assert ending.exit_code == 0
    assert sorted(house.removed()) == sorted(targets)
    assert house.is_sound()


def test_a_lane_that_cannot_sign_in_leaves_the_steps_to_the_others(house: House, targets: list[str]) -> None:
    """Fewer hands, the same work."""
    house.start(lanes=2)
    worker = in_lanes(house)
    opened = worker._start_lane

    def closed_to_lanes(epoch: int) -> Any:
        house.closed = [SystemUnreachable("lifecare", "http://lifecare.test")]
        assert opened is not None
        return opened(epoch)

    worker._start_lane = closed_to_lanes

    assert worker.work().exit_code == 0
    assert sorted(house.removed()) == sorted(targets)


def test_a_lane_of_a_run_that_another_worker_took_over_writes_nothing(house: House, targets: list[str]) -> None:
    """Its epoch is an old one."""
    house.start(lanes=2, plan_only=True)
    house.work()
    lane = house.worker()

    with pytest.raises(RunLost):
        lane.work_lane(epoch=0)

    assert house.removed() == []
    assert targets


@pytest.mark.parametrize(
    ("error", "command"), [(SignInNeeded("ivo"), "sign-in"), (BrowserGone(), "resume")], ids=["sign-in", "resume"]
)
def test_a_run_that_waits_for_a_person_names_the_command_whole(house: House, error: Exception, command: str) -> None:
    """Without its name the command takes the latest run, which may be another."""
    house.closed = [error]
    house.start()

    house.work()

    assert f"`flotta {command} r1`" in str(house.run().sentence)


# A system that is down for a while, where nobody watches.

DOWN = SystemUnreachable("lifecare", "http://lifecare.test", "stängt för underhåll")


@pytest.fixture
def unwatched(house: House) -> House:
    """Return a house whose runs the machines carry."""
    house.errand = Errand("standard", "lifecare-prov/robot")
    return house


def work_on(house: House) -> Ending:
    """Let the wait for the system pass, and go on as a machine does."""
    until = house.run().retry_at
    assert until is not None
    house.clock.forward((until - house.clock.now()).total_seconds())
    assert fleet.release(house.ledger, house.clock.now()) == 1
    return house.work()


def waits(house: House) -> timedelta | None:
    """Return how long the run waits from now on; None when it does not."""
    until = house.run().retry_at
    return None if until is None else until - house.clock.now()


def test_a_run_that_meets_a_system_that_is_down_waits_and_is_gone_on_with(unwatched: House, targets: list[str]) -> None:
    """Its account is free meanwhile, the bot is not paused, and nothing has ended that anybody must be told of."""
    unwatched.closed = [DOWN]
    unwatched.start()

    unwatched.work()

    run = unwatched.run()
    assert (run.state, run.ended, run.sentence) == ("interrupted", None, str(DOWN))
    assert waits(unwatched) == WAITS[0]
    assert unwatched.ledger.lease_of("lifecare-prov/robot") is None
    assert expected.paused(unwatched.ledger) == {}
    assert fleet.waiting(unwatched.ledger) == []
    assert work_on(unwatched).state == "done"
    assert sorted(unwatched.removed()) == sorted(targets)
    assert unwatched.run().retry_at is None


def test_a_run_that_gets_no_further_waits_longer_and_longer_and_then_fails(unwatched: House) -> None:
    """That is what people are told of, once."""
    unwatched.closed = [DOWN] * (len(WAITS) + 1)
    unwatched.start()
    unwatched.work()
    waited = [waits(unwatched)]
    while unwatched.run().retry_at is not None:
        work_on(unwatched)
        waited.append(waits(unwatched))

    assert waited == [*WAITS, None]
    assert unwatched.run().state == "failed"
    assert f"försökts {len(WAITS) + 1} gånger" in str(unwatched.run().sentence)


def test_a_run_that_has_got_further_waits_briefly_again(unwatched: House, targets: list[str]) -> None:
    """It is another outage, or the same that is nearly over."""
    unwatched.closed = [DOWN, DOWN]
    unwatched.start()
    unwatched.work()
    work_on(unwatched)
    for target in targets[2:5]:
        unwatched.lifecare.failures["remove", target] = [ScreenNotReady(*NOT_READY)]

    work_on(unwatched)

    assert waits(unwatched) == WAITS[0]
    assert unwatched.removed() == targets[:2]
    assert work_on(unwatched).state == "done"
    assert sorted(unwatched.removed()) == sorted(targets)
    assert unwatched.is_sound()


def test_a_system_that_goes_down_at_the_last_writes_is_waited_for_too(unwatched: House, targets: list[str]) -> None:
    """Fewer are left than what else tells an outage; the answer to one of them was lost."""
    left = targets[-2:]
    unwatched.lifecare.losses[left[0]] = [Lost.AFTER]
    for target in left:
        unwatched.lifecare.failures["reminder", target] = []
    failing = [ScreenNotReady(*NOT_READY)] * 40

    def down(verb: str, reminder: str) -> None:
        if verb == "sent" and reminder == left[0]:
            for target in left:
                unwatched.lifecare.failures["reminder", target] = list(failing)

    unwatched.lifecare.meanwhile = down
    unwatched.start()

    ending = unwatched.work()
    assert (ending.state, unwatched.run().state) == ("partial", "interrupted")
    for target in left:
        unwatched.lifecare.failures["reminder", target] = []

    assert work_on(unwatched).state == "done"
    assert sorted(unwatched.removed()) == sorted(targets)
    assert unwatched.is_sound()


def test_one_page_that_never_comes_ends_the_run_as_before(unwatched: House, targets: list[str]) -> None:
    """Others were done after it, so it is the page and not the system, and the next due run must not wait for it."""
    unwatched.lifecare.failures["remove", targets[0]] = [ScreenNotReady(*NOT_READY)] * 40
    unwatched.start()

    unwatched.work()

    assert (unwatched.run().state, unwatched.run().retry_at) == ("partial", None)


@pytest.mark.parametrize(
    "error", [SignInRefused("lifecare", "robot"), SelectorDrift("reminder", "remove")], ids=["refused", "drift"]
)
def test_what_does_not_pass_by_itself_is_not_waited_for(unwatched: House, error: Exception) -> None:
    """A person must act."""
    unwatched.closed = [error]
    unwatched.start()

    unwatched.work()

    assert unwatched.run().retry_at is None
    assert unwatched.run().state in {"failed", "drifted"}
