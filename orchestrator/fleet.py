"""One machine of the fleet: it carries runs in processes of their own, and takes over what a dead machine had in hand.

Nothing in here decides what is done in a third-party system; that is `orchestrator.worker`, in the run's process. This
starts it, watches it, ends it with its whole process tree when its time is over, and starts it again when it died.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from bots.errors import StateNotWritable
from orchestrator import bootstrap, processes
from orchestrator.ledger import fleet as hands
from orchestrator.ledger.store import Ledger, Run
from orchestrator.settings import Settings

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

#: How often a machine says that it lives, and looks at what is to be carried. Seconds.
BEAT_EVERY = 1.0
#: How long a process that is asked to stop may take to finish the item in hand.
STOP_WITHIN = timedelta(seconds=60)


class Fleet:
    """This machine's part of it."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        pools: list[str],
        *,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
    ) -> None:
        """`pools` are those whose runs this machine carries."""
        from orchestrator.engine import Engine  # noqa: PLC0415 - half a second of import

        self._settings, self._ledger, self._now, self._log = settings, ledger, now, log
        self.machine = settings.machine
        slots = {pool: settings.pool(pool).slots for pool in pools}
        self._place = hands.Place(ledger, self.machine, processes.myself(), slots, is_gone=processes.is_gone, now=now)
        self._engine = Engine(settings.engine_url, self.machine, slots, self._carry)
        self._stopping, self._over, self._nudged = threading.Event(), threading.Event(), threading.Event()
        self._carrying: list[str] = []

    # --- the machine ---------------------------------------------------------------------------------------------

    def work(self) -> None:
        """Carry runs until `stop`.

        Raises RunHeld when another living machine has this one's name, StateNotWritable when the database goes away
        before the machine is up.
        """
        try:
            self._place.take()
            self._clear_away()
            self._engine.open(self._now())
        except SQLAlchemyError as error:
            # Whoever started us starts us again.
            raise StateNotWritable(self._settings.place) from error
        pulse = threading.Thread(target=self._pulse)
        pulse.start()
        self._log.info("machine.up", machine=self.machine)
        try:
            while not self._stopping.is_set():
                self._hand_over()
                self._nudged.wait(BEAT_EVERY)
                self._nudged.clear()
            # A machine that said nothing while its last items are finished would be taken for dead.
            while self._carrying:
                self._nudged.wait(BEAT_EVERY)
                self._nudged.clear()
        finally:
            self._stopping.set()
            self._over.set()
            pulse.join()
            self._engine.close()
            self._leave()

    def _clear_away(self) -> None:
        """Take from an earlier process of this name what it had in hand, and end what it left at work here.

        Its browsers may still be there, signed in; and so may those of runs that others have taken over since.
        """
        for run_id in hands.recover(self._ledger, self.machine):
            self._log.warning("run.recovered", run=run_id)
        for run_id in processes.at_work(self._settings.home):
            run = self._ledger.run(run_id)
            if run is not None and run.pool is not None:
                # Another machine on this host may have the run in hand, with the same state directory.
                processes.end_tree(self._settings.home, run_id, epoch=run.epoch - 1)
        processes.sweep(self._settings.home)

    def stop(self) -> None:
        """Finish the items in hand, keep the rest."""
        self._stopping.set()
        self._nudged.set()

    def nudge(self) -> None:
        """Look at once at what is to be carried."""
        self._nudged.set()

    def _leave(self) -> None:
        try:
            self._place.leave()
        except StateNotWritable:
            # Then the others find out by our silence.
            self._log.warning("machine.left_silently", machine=self.machine)

    def _pulse(self) -> None:
        """Say that we live, and take over what the dead had, in a thread of its own: nothing may hold it up."""
        while not self._over.wait(BEAT_EVERY):
            try:
                if not self._place.beat():
                    self._log.warning("machine.place_lost", machine=self.machine)
                    continue
                for other, left in self._place.bury(self._settings.grace).items():
                    self._log.warning("machine.buried", machine=other, count=len(left))
                    self._nudged.set()
            except (StateNotWritable, SQLAlchemyError):
                self._log.warning("ledger.gone", machine=self.machine)

    def _hand_over(self) -> None:
        """Give the engine each run that waits and that it does not have."""
        held_up = False
        try:
            hands.release(self._ledger, self._now())
            for run in hands.waiting(self._ledger):
                if run.asked > 0 and self._engine.has(run.id, run.asked):
                    held_up = True
                elif hands.ask(self._ledger, run):
                    self._engine.submit(
                        run.id, run.asked + 1, account=run.account or "", pool=run.pool or "", urgent=run.urgent
                    )
            if held_up:
                # It may wait for an account that the engine thinks in use by a machine that is no more.
                self._engine.forget([each.id for each in hands.machines_of(self._ledger) if each.left is not None])
        except (StateNotWritable, SQLAlchemyError):
            self._log.warning("ledger.gone", machine=self.machine)

    # --- one run -------------------------------------------------------------------------------------------------

    def _carry(self, run_id: str, asked: int) -> int:
        """Carry a run that the engine has passed on, and return its process's last exit code. Raises nothing."""
        code = bootstrap.LOST
        self._carrying.append(run_id)
        try:
            while not self._stopping.is_set():
                try:
                    if not self._in_hand(run_id, asked):
                        return code
                    code = self._one_process(run_id, asked)
                    if not self._goes_on(run_id, asked, code):
                        return code
                except (StateNotWritable, SQLAlchemyError):
                    self._log.warning("ledger.gone", run=run_id)
                    self._stopping.wait(BEAT_EVERY)
        except Exception as error:  # noqa: BLE001 - the engine would store it with its text
            self._log.error("run.not_carried", run=run_id, error=type(error).__name__)
        finally:
            self._carrying.remove(run_id)
            self._nudged.set()
        return code

    def _in_hand(self, run_id: str, asked: int) -> bool:
        """Return whether the run is ours to carry, and take it in hand if it is not already.

        It is when the ledger went away for a while after that; one that has ended since is carried no further.
        """
        run = self._mine(run_id, asked)
        if run is not None:
            return run.state in hands.CARRIED
        return hands.take(self._ledger, run_id, asked, self.machine)

    def _goes_on(self, run_id: str, asked: int, code: int) -> bool:
        """Store what the end of a process means for the run. Return whether another one is to go on with it."""
        run = self._mine(run_id, asked)
        if run is None or run.state not in hands.CARRIED:
            return False
        if run.cancelled is not None:
            self._end(run, "cancelled", f"Körningen avbröts av {run.cancelled_by}.")
            return False
        if self._stopping.is_set() or run.retry_at is not None:
            hands.give_back(self._ledger, run_id, asked, self.machine)
            return False
        if code == bootstrap.HELD:
            return True
        deaths = hands.died(self._ledger, run_id, asked, self.machine)
        self._log.warning("run.died", run=run_id, exit_code=code, count=deaths)
        if deaths is not None and deaths >= self._settings.bot(run.bot).deaths:
            self._end(run, "failed", f"Körningens process dog {deaths} gånger utan att komma vidare.")
            return False
        return True

    def _mine(self, run_id: str, asked: int) -> Run | None:
        run = self._ledger.run(run_id)
        return run if run is not None and (run.machine, run.asked) == (self.machine, asked) else None

    def _end(self, run: Run, state: str, sentence: str) -> None:
        """End the run for good. Until that is stored nothing else happens to it, or it would be begun again."""
        while True:
            with suppress(StateNotWritable, SQLAlchemyError):
                hands.end(
                    self._ledger, run.id, run.asked, self.machine, state=state, sentence=sentence, now=self._now()
                )
                break
            if self._stopping.wait(BEAT_EVERY):
                return
        self._log.warning("run.ended", run=run.id, state=state)

    def _one_process(self, run_id: str, asked: int) -> int:
        """Let one process work on the run once its accounts are free, and return its exit code."""
        run = self._mine(run_id, asked)
        if run is None:
            return bootstrap.LOST
        # A former one may only have lost its parent.
        processes.end_tree(self._settings.home, run_id, epoch=run.epoch)
        run = self._its_turn(run_id, asked)
        if run is None:
            return bootstrap.LOST
        child = processes.start(self._settings.home, run_id, os.environ, after=run.epoch)
        try:
            return self._watched(child, run)
        finally:
            self._end_tree(run)
            child.wait()

    def _end_tree(self, run: Run) -> None:
        """End what the process that was started on this reading of the run has left, and nothing of a later one."""
        processes.end_tree(self._settings.home, run.id, epoch=run.epoch + 1)

    def _its_turn(self, run_id: str, asked: int) -> Run | None:
        """Return the run once nobody has its accounts; None when it is not to be carried by us, or not yet."""
        while not self._stopping.is_set():
            run = self._mine(run_id, asked)
            if run is None or run.cancelled is not None:
                return None
            other = hands.in_the_way(self._ledger, run, bootstrap.accounts(self._settings, run.bot, run.options))
            if other is None:
                return run
            if other.queued:
                # The engine passes one run of an account on at a time, and this is it: let the other one past.
                hands.give_back(self._ledger, run_id, asked, self.machine)
                return None
            if other.holder is not None and processes.is_gone(other.holder):
                self._ledger.drop_leases(other.run, other.holder)
            else:
                self._stopping.wait(BEAT_EVERY)
        return None

    def _watched(self, child: subprocess.Popen[bytes], run: Run) -> int:
        """Wait for the process; end it when its time is over, when it is called off, or when the run is not ours.

        What the ledger says of it is heeded as long as there is a ledger; its time, and our own end, without one too.
        """
        begun = self._now()
        asked_to_stop: datetime | None = None
        limit = self._settings.bot(run.bot).wall_clock
        while True:
            try:
                return child.wait(BEAT_EVERY)
            except subprocess.TimeoutExpired:
                now = self._now()
            if now - begun > limit:
                self._end_tree(run)
                self._end(run, "failed", f"Tidsgränsen {limit} nåddes, så körningens processer avslutades.")
                return child.wait()
            called_off = False
            with suppress(StateNotWritable, SQLAlchemyError):
                mine = self._mine(run.id, run.asked)
                if mine is None:
                    return bootstrap.LOST
                called_off = mine.cancelled is not None
            if asked_to_stop is None and (called_off or self._stopping.is_set()):
                asked_to_stop = now
                child.terminate()
            elif asked_to_stop is not None and now - asked_to_stop > STOP_WITHIN:
                return bootstrap.LOST
