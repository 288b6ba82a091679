"""One run in its own process: collect, decide, plan, guard, then each step: intent, reread, perform, receipt.

What happens to a step here is what `orchestrator.ledger` draws. The worker never repeats a write: a step whose answer
was lost is looked for in the target system, and is sent again only when it is proven that it did not happen.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from bots.contract import AnyBot, Item, Learns, Leave, Receipt, Refer, Written
from bots.errors import (
    TRANSIENT,
    ApplicationException,
    BrowserGone,
    FlottaError,
    ItemsFailed,
    RunCancelled,
    RunHeld,
    RunLost,
    RunStopped,
    SelectorDrift,
    SignInNeeded,
    StateNotWritable,
    VersionUnknown,
    WriteRefused,
    WriteUnanswered,
    is_outage,
    of_python,
)
from orchestrator import guard
from orchestrator.ledger import expected, review
from orchestrator.ledger.store import Holder, Ledger, PlannedItem, Run, StoredStep

if TYPE_CHECKING:
    import subprocess

    from structlog.typing import FilteringBoundLogger

    from bots.browser.session import Session
    from orchestrator.settings import Settings

#: After so many items that fail in a row it is the system that is down, not the items.
FAILURES_IN_A_ROW = 3
#: How often one step may be tried when each try is proven not to have happened.
ATTEMPTS = 6
#: Who pauses a bot when no person does.
FLOTTA = "flotta"
#: What ends the run wherever it comes: nothing more can be done before somebody has done something.
_ENDING = (BrowserGone, SelectorDrift, SignInNeeded, RunCancelled, RunStopped)
#: The state in which they leave a run. A machine goes on with one that is interrupted, as with one whose process died.
_STOPS: Mapping[type[FlottaError], str] = {
    RunCancelled: "cancelled", SignInNeeded: "waiting_for_sign_in", BrowserGone: "interrupted"
}  # fmt: skip
#: How long a run that nobody watches waits for a system that fails, each time in a row without having got further.
WAITS = tuple(timedelta(minutes=each) for each in (2, 5, 15, 30, 60, 120))
#: How often it is looked whether the other lanes have ended. Seconds.
LANES_EVERY = 0.05
#: How often the number of seen items is stored while collecting.
SEEN_EVERY = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: state, exit code, and a sentence for people."""

    state: str
    exit_code: int
    sentence: str | None = None
    findings: list[dict[str, Any]] | None = None
    #: The system or the network failed, which may pass by itself.
    is_outage: bool = False


class Screens:
    """The systems of a run, signed in on first use: one attribute per system."""

    def __init__(
        self,
        opened: Callable[[str], tuple[Session, Any]],
        written: Callable[[], list[Written]] = list,
    ) -> None:
        """`opened` signs in to a system and returns its session and screens; `written` is as `Bot` has it."""
        self._opened, self.written = opened, written
        #: As `Learns` has them; the worker's own.
        self.remember: Callable[[Mapping[str, Any]], None] = lambda _shown: None
        self.remembered: Callable[[], list[tuple[Any, datetime]]] = list
        self.sessions: dict[str, Session] = {}

    def __getattr__(self, system: str) -> Any:  # noqa: ANN401 - each bot states the Protocol of what it needs
        if system.startswith("_"):
            raise AttributeError(system)
        session, screens = self._opened(system)
        self.sessions[system] = session
        setattr(self, system, screens)
        return screens


class Worker:
    """Carries one run as far as it goes."""

    def __init__(
        self,
        *,
        bot: AnyBot,
        run: Run,
        ledger: Ledger,
        settings: Settings,
        screens: Screens,
        instance: str,
        accounts: list[str],
        me: Holder,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
        checkpoint: Callable[[str], None] = lambda _point: None,
        inspect: Callable[[str], list[dict[str, Any]]] = lambda _system: [],
        start_lane: Callable[[int], subprocess.Popen[bytes]] | None = None,
        attended: bool = False,
    ) -> None:
        """`checkpoint` is told where in a step a crash would matter; `inspect` reports on drifted screens.

        `start_lane` starts a process that shares in the steps, by this worker's epoch. `attended`: a person is here, to
        sign in where the bot can't.
        """
        self._bot, self._run, self._ledger, self._settings = bot, run, ledger, settings
        self._at, self._instance, self._accounts, self._me = screens, instance, accounts, me
        self._now, self._log, self._checkpoint, self._inspect = now, log, checkpoint, inspect
        self._start_lane, self._attended = start_lane, attended
        self._record: TypeAdapter[Any] = TypeAdapter(bot.record)
        if isinstance(bot, Learns):
            self._let_remember(TypeAdapter(bot.memory))
        self._stopping = threading.Event()
        self._epoch = 0
        #: Items that failed since the last one was done, and whether the system did; those of them that others were
        #: done after, so that it is not the system.
        self._failing: dict[str, bool] = {}
        self._flawed: set[str] = set()
        #: How many writes in a row the system answered with a page on which the map knows no receipt.
        self._unread = 0
        self._limits = settings.bot(bot.name)

    def stop(self) -> None:
        """Finish the item in hand, keep the rest."""
        self._stopping.set()

    def _let_remember(self, kind: TypeAdapter[Any]) -> None:
        place = self._bot.name, self._instance
        # Opened once, and not for each report: only this worker adds to it while it has the run.
        opened = cache(partial(self._ledger.remembered, *place, kind))

        def remember(shown: Mapping[str, Any]) -> None:
            self._ledger.remember(self._run.id, self._epoch, *place, shown, kind=kind, now=self._now())
            opened.cache_clear()

        self._at.remember, self._at.remembered = remember, opened

    def heed(self) -> None:
        """Raise RunStopped when the worker is to stop, RunCancelled when somebody has called the run off."""
        if self._stopping.is_set():
            raise RunStopped
        self._ledger.heed(self._run.id, self._epoch)

    def work(self) -> Ending:
        """Carry the run on from where it was read to be, and store how it ended. RunHeld and RunLost are raised."""
        try:
            self._epoch = self._ledger.claim(self._run.id, self._me, self._accounts, self._now(), after=self._run.epoch)
        except RunHeld as error:
            if self._run.pool is None:
                self._end(self._run.epoch, Ending("failed", error.exit_code, error.sentence))
            raise
        self._log.info("run.claimed", epoch=self._epoch)
        try:
            ending = self._carry_on()
        except RunLost:
            self._log.warning("run.lost", epoch=self._epoch)
            raise
        except (RunCancelled, SignInNeeded, BrowserGone) as error:
            ending = Ending(_STOPS[type(error)], error.exit_code, error.sentence)
        except RunStopped:
            ending = _INTERRUPTED
        except SelectorDrift as drift:
            ending = self._drifted(drift)
        except FlottaError as error:
            ending = Ending("failed", error.exit_code, error.sentence, is_outage=is_outage(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, the run must end in a stored state
            self._log.error("run.broke", error=of_python(error))
            ending = Ending("failed", 1, of_python(error))
        self._end(self._epoch, ending)
        return ending

    def work_lane(self, epoch: int) -> int:
        """Do a lane's part of the steps for the worker with this epoch, which ends the run. Return the exit code.

        What is uncertain or failed is that worker's to look into. RunLost and what else stops a lane is raised.
        """
        self._epoch = epoch
        self._open()
        return 0 if self._try_all() else _INTERRUPTED.exit_code

    def _end(self, epoch: int, ending: Ending) -> None:
        if ending.sentence is not None:
            # What raises an error does not know the run; who reads the sentence must name it.
            command = rf"`flotta \1 {self._run.id}`"
            ending = replace(ending, sentence=re.sub("`flotta (resume|sign-in)`", command, ending.sentence))
        if ending.is_outage and self._run.pool is not None:
            until = self._ledger.postpone_run(
                self._run.id, epoch, waits=WAITS, exit_code=ending.exit_code, sentence=ending.sentence, now=self._now()
            )
            if until is not None:
                self._log.warning("run.postponed", until=until.isoformat())
                return
            ending = replace(ending, sentence=f"{ending.sentence} Den har försökts {len(WAITS) + 1} gånger.")
        self._ledger.end_run(
            self._run.id, epoch, state=ending.state, exit_code=ending.exit_code, sentence=ending.sentence,
            findings=ending.findings, now=self._now(),
        )  # fmt: skip
        self._log.info("run.ended", state=ending.state, exit_code=ending.exit_code)

    # --- plan --------------------------------------------------------------------------------------------------

    def _carry_on(self) -> Ending:
        if self._run.planned is None:
            self._plan()
        if self._stopping.is_set():
            return _INTERRUPTED
        options = self._run.options
        if self._run.approved_by is None:
            counts = self._ledger.plan_counts(self._run.id)
            approved = self._ledger.approved(self._bot.name)
            if options.unattended and not options.plan_only:
                # A plan that was stored before: the map that it would act through may be another now. Nobody is called
                # to sign in for a plan that waits for an answer.
                self._open(only_alone=not self._attended)
            maps = [session.map for session in self._at.sessions.values()]
            if options.mock:
                approved |= {(rule, version) for _outcome, rule, version in counts}
            stop = guard.judge(
                counts, max_actions=self._limits.max_actions, approved=approved,
                max_share=1.0 if self._bot.asks else self._limits.max_share,
                always=self._bot.asks and not options.mock,
                unapproved_maps=[f"{m.system} {m.version}" for m in maps if m.approved is None and not options.mock],
            )  # fmt: skip
            if options.plan_only or not options.unattended:
                return Ending("planned", 0, str(stop) if stop else None)
            if stop is not None:
                question = review.plan_id(self._run.id)
                return Ending(
                    "waiting", 3, f"{stop} Planen väntar på godkännande: `flotta review show {question}` visar den, "
                    f"`flotta review approve {question} --note VARFÖR` godkänner den.",
                )  # fmt: skip
        self._ledger.adopt_intents(self._run.id, self._epoch)
        return self._apply()

    def _plan(self) -> None:
        items: list[PlannedItem] = []
        place = review.instance_of(asdict(self._run.options))
        answers = review.answers(self._ledger, self._bot.name, place)
        told = self._now()
        for item in self._bot.collect(self._at, self._run.today):
            items.append(self._decided(item, answers))
            if self._now() - told > SEEN_EVERY:
                told = self._now()
                self._ledger.seen(self._run.id, self._epoch, len(items))
            if self._stopping.is_set():
                return
        self._ledger.store_plan(
            self._run.id, self._epoch, items, record=self._record, instance=self._instance,
            limit=self._run.options.limit, maps=self._maps(), now=self._now(),
        )  # fmt: skip
        self._log.info("plan.stored", count=len(items))

    def _decided(self, item: Item[Any], answers: Mapping[str, review.Answer]) -> PlannedItem:
        decision = self._bot.decide(item.record, self._run.today)
        answer = answers.get(item.key) if isinstance(decision, Refer) else None
        if answer and answer.digest == self._ledger.vault.digest(self._record.dump_json(item.record)):
            reason = f"{decision.reason} Besvarad av {answer.by} {answer.at:%Y-%m-%d}: {answer.note}"
            decision = Leave(decision.rule, reason, decision.inputs)
        return PlannedItem(item, decision)

    def _maps(self) -> dict[str, str]:
        return {system: session.map.version for system, session in self._at.sessions.items()}

    def _drifted(self, drift: SelectorDrift) -> Ending:
        """Tell what has changed. Where nobody watches, let the bot rest until somebody has seen to the map.

        No draft is made here: what it would be made of may be somebody's, and only a person can tell (`scrub`).
        """
        sentence, findings = drift.sentence, self._findings(drift)
        if self._run.options.unattended and not self._run.options.mock:
            expected.pause(self._ledger, self._bot.name, by=FLOTTA, why=drift.sentence, now=self._now())
            system = drift.system or self._bot.systems[0]
            sentence += f" Roboten är pausad. `flotta selectors propose {system}` gör ett utkast till ny karta."
        return Ending("drifted", drift.exit_code, sentence, findings)

    def _findings(self, drift: SelectorDrift) -> list[dict[str, Any]]:
        if drift.findings:
            return drift.findings
        if isinstance(drift, VersionUnknown):
            with suppress(FlottaError):
                return self._inspect(drift.system)
        sightings = [{"locator": each.locator, "found": each.found} for each in drift.sightings]
        return [{"screen": drift.screen, "element": drift.element, "verdict": "drift", "sightings": sightings}]

    # --- apply -------------------------------------------------------------------------------------------------

    def _apply(self) -> Ending:
        """Try what is to be done and look for what was lost, until nothing more can be done about either."""
        self._begin()
        if not self._try_in_lanes():
            return _INTERRUPTED
        untold: set[int] = set()
        while True:
            if not self._try_all():
                return _INTERRUPTED
            lost = [step for step in self._lost() if step.id not in untold]
            if not lost:
                break
            for step in lost:
                if not self._wait_until(step.settles):
                    return _INTERRUPTED
                if not self._look(step):
                    untold.add(step.id)
        counts = self._ledger.item_counts(self._run.id)
        left = sum(counts.get(state, 0) for state in ("todo", "failed", "uncertain"))
        if left:
            sentence = f"{left} poster blev inte klara. `flotta resume {self._run.id}` fortsätter."
            is_down = bool(self._failing) and all(self._failing.values()) and not self._flawed & self._failing.keys()
            return Ending("partial", 1, sentence, is_outage=is_down)
        return Ending("done", 0, findings=self._worn() or None)

    def _begin(self) -> None:
        """Open the systems, look for what was lost, and let the bot learn what others have done meanwhile."""
        self._open()
        self._log.info("apply.begun")
        for step in self._lost():
            self._look(step)
        if isinstance(self._bot, Learns):
            self._bot.learn(self._at)

    def _worn(self) -> list[dict[str, Any]]:
        """Return what was found although the map is out of date about it: for people to see to before it drifts."""
        found = {
            (each.screen, each.element): asdict(each) for session in self._at.sessions.values() for each in session.weak
        }
        for session in self._at.sessions.values():
            for screen, element in session.all_protected:
                why = "alla rader säger att personen är skyddad: läses märkningen rätt?"
                suspect = {"screen": screen, "element": element, "verdict": "weak", "sightings": [], "why": why}
                found.setdefault((screen, element), suspect)
            for screen, _, element in (each.partition(".") for each in session.alike):
                worn = {"screen": screen, "element": element, "verdict": "weak", "sightings": []}
                found.setdefault((screen, element), worn)
        return list(found.values())

    def _open(self, *, only_alone: bool = False) -> None:
        for system in self._bot.systems:
            if not (only_alone and self._settings.system(system).attended):
                getattr(self._at, system)

    def _try_in_lanes(self) -> bool:
        """Try every step, with the run's other lanes beside this one. Return False when asked to stop.

        Each takes the next step that nobody has taken. What a lane that dies had in hand is uncertain.
        """
        if self._run.options.lanes == 1 or self._start_lane is None:
            return True
        hands = min(self._run.options.lanes, self._ledger.item_counts(self._run.id).get("todo", 0))
        others = [self._start_lane(self._epoch) for _ in range(1, hands)]
        try:
            go_on = self._try_all()
            while go_on and any(other.poll() is None for other in others):
                go_on = not self._stopping.wait(LANES_EVERY)
        finally:
            # Each finishes the item that it has in hand.
            for other in others:
                other.terminate()
            for other in others:
                other.wait()
        self._log.info("lanes.ended", count=len(others), failed=sum(other.returncode != 0 for other in others))
        self._ledger.adopt_intents(self._run.id, self._epoch, lanes_too=True)
        return go_on

    def _try_all(self) -> bool:
        """Try every step that is to be done and that no other lane has taken. Return False when asked to stop."""
        settling = max(session.map.settling for session in self._at.sessions.values())
        within = self._settings.person_deadline if self._bot.by_person else self._settings.write_deadline
        while not self._stopping.is_set():
            self._checkpoint("before-intent")
            step = self._ledger.claim_step(
                self._run.id, self._epoch, record=self._record, now=self._now, within=within,
                settling=settling,
            )  # fmt: skip
            if step is None:
                return True
            self._checkpoint("after-intent")
            self._do(step)
        return False

    def _lost(self) -> list[StoredStep]:
        return self._ledger.uncertain_steps(self._run.id, record=self._record)

    def _do(self, step: StoredStep) -> bool:
        """Try one step that was claimed, and store what became of it. Return whether it is done."""
        for session in self._at.sessions.values():
            session.spent = False
        try:
            with self._traced(step):
                receipt = self._write(step)
        except (RunLost, StateNotWritable):
            raise
        except WriteRefused as error:
            return self._refused(step, error)
        except Exception as error:  # noqa: BLE001 - whatever it was, the step must end in a stored state
            return self._interrupted(step, error)
        self._unread = 0
        if isinstance(receipt, str):
            self._ledger.refer(self._run.id, self._epoch, step, receipt, sent=False)
            return False
        self._checkpoint("before-receipt")
        self._done(step, receipt, confirmed=False)
        if self._limits.screenshots:
            for session in self._at.sessions.values():
                if session.spent:
                    self._keep(step, "screenshot", session.photograph)
        return True

    def _write(self, step: StoredStep) -> Receipt | str:
        """Read the matter again and make the write, or return why not when the matter is not as it was planned."""
        now = self._bot.reread(self._at, step.record, step)
        if isinstance(now, Refer):
            return now.reason
        if now != step.record:
            return "Ändrades av någon annan efter planen."
        with ExitStack() as stack:
            for session in self._at.sessions.values():
                stack.enter_context(session.writing(step.deadline))
            return self._bot.perform(self._at, step, step.mark)

    @contextmanager
    def _traced(self, step: StoredStep) -> Iterator[None]:
        """Keep a trace of what fails when it is not the step's first try: recording doubles what a try costs."""
        if not step.attempts:
            yield
            return
        with next(iter(self._at.sessions.values())).traced() as trace:
            try:
                yield
            except (RunLost, StateNotWritable, WriteRefused):
                raise
            except Exception:
                self._keep(step, "trace", trace)
                raise

    def _keep(self, step: StoredStep, kind: str, take: Callable[[], bytes | None]) -> None:
        """Keep what `take` returns beside the step. Evidence that cannot be had undoes nothing."""
        try:
            taken = take()
        except Exception as error:  # noqa: BLE001 - as the docstring says
            self._log.warning("evidence.missing", item=step.reference, kind=kind, error=type(error).__name__)
            return
        if taken is not None:
            self._ledger.keep(self._run.id, self._epoch, step, kind, taken, now=self._now())

    def _done(self, step: StoredStep, receipt: Receipt, *, confirmed: bool) -> None:
        session = next((each for each in self._at.sessions.values() if each.spent), None)
        self._ledger.done(
            self._run.id, self._epoch, step, receipt, now=self._now(), confirmed=confirmed,
            map_version=", ".join(f"{system} {version}" for system, version in self._maps().items()),
            located_by=session.located_by if session and not confirmed else None,
        )  # fmt: skip
        self._flawed |= self._failing.keys()
        self._failing.clear()
        self._log.info("step.done", item=step.reference, step=step.kind, receipt=receipt.number, attempt=step.attempts)

    def _refused(self, step: StoredStep, error: WriteRefused) -> bool:
        """The system said no. Look all the same: it may have said so of a write that another window made."""
        try:
            found = self._confirm(step)
        except ApplicationException as unseen:
            self._ledger.uncertain(self._run.id, self._epoch, step, error.sentence, detail=str(unseen))
            self._count_failure(step, unseen)
            return False
        if isinstance(found, Receipt):
            self._done(step, found, confirmed=True)
            return True
        self._ledger.refer(self._run.id, self._epoch, step, error.sentence, sent=found is not None)
        return False

    def _interrupted(self, step: StoredStep, error: Exception) -> bool:
        """Store what an error leaves behind: nothing sent, or a write that somebody must look for.

        Where nothing was sent and the screen may come back, the step stays to be done, in this run, ATTEMPTS times.
        """
        sentence = error.sentence if isinstance(error, FlottaError) else of_python(error)
        sent = any(session.spent for session in self._at.sessions.values())
        self._log.warning("step.failed", item=step.reference, step=step.kind, error=type(error).__name__)
        if sent:
            self._ledger.uncertain(self._run.id, self._epoch, step, sentence, detail=str(error))
            if not isinstance(error, _ENDING):
                told = self._look(step, at_once=True)
                self._heed_receipts(error)
                return told
        elif isinstance(error, _ENDING) or (isinstance(error, TRANSIENT) and step.attempts + 1 < ATTEMPTS):
            self._ledger.unsent(self._run.id, self._epoch, step)
        else:
            self._ledger.fail(self._run.id, self._epoch, step, sentence, detail=str(error))
        if isinstance(error, _ENDING):
            raise error
        self._count_failure(step, error)
        return False

    def _heed_receipts(self, error: Exception) -> None:
        """Stop the run when receipt after receipt is not known again: the map is out of date about them."""
        self._unread = self._unread + 1 if isinstance(error, WriteUnanswered) and error.unread else 0
        if self._unread >= FAILURES_IN_A_ROW:
            raise ApplicationException(
                f"{self._unread} kvitton i rad kändes inte igen, så körningen stannade. Vad som hände har setts efter "
                "i systemet. Se över hur kartan känner igen kvittot."
            )

    def _look(self, step: StoredStep, *, at_once: bool = False) -> bool:
        """Look in the target system for an uncertain step. Return whether that told anything.

        "It has not happened" counts only from the moment when the write can no longer land; until then, or `at_once`
        after a lost answer, only "it has happened" does.
        """
        # Judged before the look: what lands during it must not be taken for absent.
        settled = not at_once and step.settles is not None and self._now() >= step.settles
        try:
            found = self._confirm(step)
        except _ENDING:
            raise
        except (ApplicationException, WriteUnanswered) as error:
            self._log.warning("confirm.failed", item=step.reference, error=type(error).__name__)
            self._count_failure(step, error)
            return False
        if isinstance(found, Receipt):
            self._done(step, found, confirmed=True)
            return True
        if isinstance(found, Refer):
            self._ledger.refer(self._run.id, self._epoch, step, found.reason, sent=True)
            return True
        if settled:
            self._log.info("step.absent", item=step.reference, step=step.kind)
            if step.attempts < ATTEMPTS:
                self._ledger.unsent(self._run.id, self._epoch, step)
            else:
                self._ledger.fail(self._run.id, self._epoch, step, f"Försöktes {ATTEMPTS} gånger utan verkan.")
        return settled

    def _confirm(self, step: StoredStep) -> Receipt | Refer | None:
        return self._bot.confirm(self._at, step, step.mark)

    def _count_failure(self, step: StoredStep, error: Exception) -> None:
        self._failing[step.item] = is_outage(error)
        if len(self._failing) >= FAILURES_IN_A_ROW:
            why = error.sentence if isinstance(error, FlottaError) else of_python(error)
            raise ItemsFailed(len(self._failing), why, is_outage=all(self._failing.values()))

    def _wait_until(self, moment: datetime | None) -> bool:
        """Wait; return False when the worker is asked to stop meanwhile."""
        left = (moment - self._now()).total_seconds() if moment else 0
        return not self._stopping.wait(max(0.0, left))


_INTERRUPTED = Ending("interrupted", RunStopped.exit_code, RunStopped().sentence)


def main() -> int:
    """Carry the run named on the command line, as a whole, with a person, or as a lane. Returns the exit code."""
    from orchestrator.bootstrap import carry  # noqa: PLC0415 - bootstrap wires this module

    run_id, after, *how = sys.argv[1:]
    return carry(run_id, after=int(after), how=how[0] if how else None)


if __name__ == "__main__":
    sys.exit(main())
