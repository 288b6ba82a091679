"""Chaos: machines are killed and frozen, the database goes away, and the journal must not show any of it.

    python -m tests.chaos [--seed 7] [--items 2000] [--accounts 8] [--machines 4] [--kills 30] [--frozen 5] [--sqlite]

Each account has a mock Lifecare of its own, and two runs; so many machines share them. What is killed, and when, is
chosen by chance from the seed: a machine's own process or that of a run, its browser left behind. A frozen machine has
all of its processes stopped until the others have taken its runs over, and wakes up among them. The judge is not
Flotta: the mocks' journals are held against the oracle.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
from pydantic import SecretStr

from fixtures.mockui.server import Spec, serve
from orchestrator.bootstrap import ledger_in, open_ledger
from orchestrator.ledger.store import Errand, Ledger, Options
from orchestrator.ledger.store import mark as mark_of
from orchestrator.mocks import account
from orchestrator.settings import Settings
from tests import oracle
from tests.e2e.house import BOT, NOW, ROOT, SETTLE, TODAY, House, Lifecare
from tests.postgres import Postgres, serving

#: How long a machine may be silent before the others take over what it has.
GRACE = 4.0
#: How long a frozen machine stays so: long enough to be taken for dead, and its runs to be gone on with.
FROZEN = 2 * GRACE
#: When nothing has ended for so long, something is stuck. Seconds.
STUCK = 120


@dataclass(frozen=True)
class Trial:
    """What is to be survived."""

    seed: int = 1
    items: int = 200
    accounts: int = 4
    machines: int = 4
    kills: int = 6
    frozen: int = 1
    restarts: int = 1
    #: Seconds between two blows, at most.
    every: float = 3.0
    sqlite: bool = False


@dataclass
class Result:
    """What came of it. `faults` are the promises that were broken, each in a sentence; none, if all is well."""

    items: int = 0
    writes: int = 0
    runs: int = 0
    seconds: float = 0.0
    blows: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        blows = ", ".join(f"{count} {what}" for what, count in sorted(self.blows.items()) if count) or "left in peace"
        end = "; ".join(self.faults) or "0 lost, 0 doubled, 0 overlaps, every run ended"
        return f"{self.items} items, {self.writes} writes, {self.runs} runs in {self.seconds:.0f} s; {blows}: {end}"


class Machine:
    """One machine: a house of its own, and what is started in it, again and again."""

    def __init__(self, root: Path, name: str, environment: dict[str, str]) -> None:
        """Make the house; nothing is started."""
        self.name, self.house = name, House(root)
        self.house.environment |= environment | {"FLOTTA_MACHINE": name}
        self.child: subprocess.Popen[Any] | None = None
        self.asleep = False

    def up(self) -> None:
        """Start it, its output to a file as a service's would be."""
        with (self.house.root / "log").open("ab") as log:
            self.child = subprocess.Popen(
                [str(Path(sys.executable).with_name("flotta")), "worker", "--pool", "standard"],
                cwd=self.house.desk, env=self.house.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    @property
    def is_up(self) -> bool:
        """Whether its own process is there, frozen or not."""
        return self.child is not None and self.child.poll() is None

    def workers(self) -> list[psutil.Process]:
        """Return the runs' own processes, without their browsers."""
        return [each for each in self.house.processes() if "orchestrator.worker" in " ".join(_command(each))]

    def everything(self) -> list[int]:
        """Return the ids of all its processes, the runs' and the browsers' too."""
        return [
            *([self.child.pid] if self.is_up and self.child else []),
            *(each.pid for each in self.house.processes()),
        ]

    def freeze(self) -> None:
        """Stop all of it where it is."""
        self.asleep = True
        for pid in self.everything():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def wake(self) -> None:
        """Let all of it go on."""
        self.asleep = False
        for pid in self.everything():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def close(self) -> int:
        """End it as an operator would, and return its exit code; then clear away what is left."""
        code = 0
        if self.child is not None:
            self.child.terminate()
            try:
                code = self.child.wait(30)
            except subprocess.TimeoutExpired:
                self.child.kill()
                code = self.child.wait()
        self.house.close()
        return code


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


class _Still:
    """How long nothing has been entered in the ledger's trail."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._seen, self._since = ledger, 0, time.monotonic()

    def for_seconds(self) -> float:
        with suppress(Exception):
            seen = self._ledger.audit_extent()[0]
            if seen != self._seen:
                self._seen, self._since = seen, time.monotonic()
        return time.monotonic() - self._since


class Chaos:
    """One trial."""

    def __init__(self, trial: Trial, root: Path, say: Callable[[str], object]) -> None:
        """All that the trial leaves lies in `root`; `say` is told of each blow."""
        self.trial, self.root, self.say = trial, root, say
        self.chance = random.Random(trial.seed)
        self.result = Result()
        self.back: list[tuple[float, Callable[[], object]]] = []

    def run(self) -> Result:
        """Let it happen, and return what came of it."""
        with ExitStack() as stack:
            postgres = None if self.trial.sqlite else stack.enter_context(serving())
            environment = self._environment(postgres)
            lifecares = stack.enter_context(_mocks(self.trial))
            before = {url: Lifecare(url).state() for url in lifecares}
            for url in lifecares:
                Lifecare(url).faults(*_FAULTS)
            settings = self._settings(environment)
            open_ledger(settings).close()
            # Nothing of the trial may wait for the database.
            ledger = stack.enter_context(closing(ledger_in(settings, timedelta(0))))
            runs = self._runs(ledger, lifecares)
            machines = [
                Machine(self.root / f"machine-{n}", f"machine-{n}", environment) for n in range(self.trial.machines)
            ]
            for each in machines:
                stack.callback(each.close)
                each.up()
            began = time.monotonic()
            try:
                self._blows(ledger, runs, machines, postgres)
            except TimeoutError as stuck:
                self.result.faults.append(str(stuck))
            self.result.seconds = time.monotonic() - began
            self._judge(ledger, runs, {url: (Lifecare(url), before[url]) for url in lifecares})
        return self.result

    # --- the stage -----------------------------------------------------------------------------------------------

    def _environment(self, postgres: Postgres | None) -> dict[str, str]:
        maps = self.root / "maps" / "lifecare"
        maps.mkdir(parents=True)
        for file in (ROOT / "selectors" / "lifecare").glob("*.yaml"):
            text = file.read_text(encoding="utf-8").replace("settle: 3", f"settle: {SETTLE}")
            (maps / file.name).write_text(text, encoding="utf-8")
        return {
            "FLOTTA_KEY_FILE": str(self.root / "key" / "key"),
            "FLOTTA_MAPS": str(maps.parent),
            "FLOTTA_WRITE_DEADLINE": "PT3S",
            "FLOTTA_GRACE": f"PT{GRACE}S",
            **({"FLOTTA_DATABASE": _plain(postgres.database())} if postgres else {}),
        }

    def _settings(self, environment: dict[str, str]) -> Settings:
        # On SQLite the ledger is the one machine's own file.
        return Settings(
            home=self.root / "machine-0" / "state",
            key_file=Path(environment["FLOTTA_KEY_FILE"]),
            database=SecretStr(environment["FLOTTA_DATABASE"]) if "FLOTTA_DATABASE" in environment else None,
        )

    def _runs(self, ledger: Ledger, lifecares: list[str]) -> dict[str, str]:
        """Add two runs an account: the first does some of it, the second the rest. Return each one's address."""
        runs = {}
        for turn, limit in ((1, max(1, self.trial.items // self.trial.accounts // 8)), (2, None)):
            for n, url in enumerate(lifecares):
                options = Options(
                    base_urls={"lifecare": url}, maps={}, instances={"lifecare": f"prov-{n}"}, mock=True,
                    unattended=True, limit=limit,
                )  # fmt: skip
                run_id = f"{BOT}:{n}-{turn}"
                errand = Errand("standard", f"prov-{n}/{account('lifecare')['USER']}")
                created = NOW + timedelta(minutes=turn)
                ledger.create_run(run_id, BOT, today=TODAY, options=options, now=created, errand=errand)
                runs[run_id] = url
        return runs

    # --- what happens --------------------------------------------------------------------------------------------

    def _blows(self, ledger: Ledger, runs: dict[str, str], machines: list[Machine], postgres: Postgres | None) -> None:
        """Strike at seeded random times until all blows have fallen, and wait until every run has ended."""
        blows = ["kill"] * self.trial.kills + ["freeze"] * self.trial.frozen + ["restart"] * self.trial.restarts
        if postgres is None:
            blows = [each for each in blows if each == "kill"]
        self.chance.shuffle(blows)
        still = _Still(ledger)
        strike = time.monotonic() + self.chance.uniform(1, 2 * self.trial.every)
        while True:
            self._bring_back()
            now = time.monotonic()
            if blows and now >= strike and (blow := blows.pop()):
                if not self._struck(blow, machines, postgres):
                    blows.insert(0, blow)
                strike = now + self.chance.uniform(0.2, self.trial.every)
            self._restart(machines)
            left = self._unended(ledger, runs)
            if not left and not self.back:
                self.result.blows["blows too late"] += len(blows)
                return
            if still.for_seconds() > STUCK:
                raise TimeoutError(f"nothing has moved for {STUCK} s: {left}")
            threading.Event().wait(0.1)

    def _restart(self, machines: list[Machine]) -> None:
        """Let each machine that is down come up again before long, as a service would."""
        for each in machines:
            if not each.is_up and all(again != each.up for _at, again in self.back):
                self.back.append((time.monotonic() + self.chance.uniform(0, 2), each.up))

    def _bring_back(self) -> None:
        due = [each for each in self.back if each[0] <= time.monotonic()]
        self.back = [each for each in self.back if each not in due]
        for _at, again in due:
            again()

    def _struck(self, blow: str, machines: list[Machine], postgres: Postgres | None) -> bool:
        """Strike, and return whether there was anything to strike at."""
        awake = [each for each in machines if each.is_up and not each.asleep]
        if blow == "restart":
            assert postgres is not None
            self.say("the database goes away")
            postgres.stop()
            self.back.append((time.monotonic() + 2, postgres.start))
        elif blow == "freeze":
            at_work = [each for each in awake if each.workers()]
            if not at_work or len(awake) < 2:
                return False
            machine = self.chance.choice(at_work)
            self.say(f"{machine.name} freezes")
            machine.freeze()
            self.back.append((time.monotonic() + FROZEN, machine.wake))
        elif self.chance.random() < 0.6:
            workers = [worker for each in awake for worker in each.workers()]
            if not workers:
                return False
            blow = "killed runs"
            with suppress(psutil.NoSuchProcess):
                self.chance.choice(workers).kill()
        else:
            at_work = [each for each in awake if each.workers()]
            if not at_work:
                return False
            blow, machine = "killed machines", self.chance.choice(at_work)
            assert machine.child is not None
            self.say(f"{machine.name} is killed")
            machine.child.kill()
            machine.child.wait()
        self.result.blows[{"freeze": "frozen machines", "restart": "database restarts"}.get(blow, blow)] += 1
        return True

    def _unended(self, ledger: Ledger, runs: dict[str, str]) -> list[str]:
        with suppress(Exception):
            return [
                f"{run.id} {run.state} {run.machine}"
                for run in ledger.latest_runs(len(runs))
                if run.state in {"new", "running", "interrupted"}
            ]
        return ["the database is away"]

    # --- what came of it -----------------------------------------------------------------------------------------

    def _judge(self, ledger: Ledger, runs: dict[str, str], lifecares: dict[str, tuple[Lifecare, Any]]) -> None:
        fault = self.result.faults.append
        self.result.runs = len(runs)
        states = {run.id: run for run in ledger.latest_runs(len(runs))}
        for run_id, run in states.items():
            self.result.items += sum(ledger.item_counts(run_id).values())
            if run.state != "done":
                fault(f"{run_id} ended as {run.state}: {run.sentence}")
        for url, (lifecare, before) in lifecares.items():
            journal = lifecare.journal()
            made, wanted = oracle.removed(journal), set(oracle.expected(before))
            self.result.writes += len(made)
            if doubled := [key for key, times in Counter(made).items() if times > 1]:
                fault(f"doubled: {doubled}")
            if again := oracle.attempts_after_commit(journal):
                fault(f"tried again after it was done: {[row['key'] for row in again]}")
            if set(made) != wanted:
                fault(f"{url}: lost {_some(wanted - set(made))}, wrong {_some(set(made) - wanted)}")
            mine = [run_id for run_id, address in runs.items() if address == url]
            if _overlap(ledger, mine, journal):
                fault(f"{mine} were at work at the same time")
        if broken := ledger.verify_audit():
            fault(f"the audit trail is broken at {broken[0].seq}: {broken[0].why}")


def _some(keys: set[str]) -> str:
    return f"{len(keys)} ({', '.join(sorted(keys)[:3])} ...)" if keys else "0"


#: A removal takes a moment, as in the real system, so that blows fall in the middle of one.
_FAULTS = ({"kind": "latency", "probability": 1, "seconds": 0.2, "on": "write"},)


def _overlap(ledger: Ledger, run_ids: list[str], journal: list[Any]) -> bool:
    """Return whether the writes of two runs alternate in the journal, told by their marks."""
    marks = {mark_of(run_id, f"{line.key}:remove"): run_id for run_id in run_ids for line in ledger.lines(run_id)}
    order = [run for row in journal for mark, run in marks.items() if mark in str(row["payload"].get("reason"))]
    changes = sum(one != other for one, other in pairwise(order))
    return changes >= len(set(order)) > 1


@contextmanager
def _mocks(trial: Trial) -> Iterator[list[str]]:
    """Serve one mock an account, all in a process of their own."""
    rows = trial.items // trial.accounts
    command = [sys.executable, "-m", "tests.chaos", "--mocks", str(trial.accounts), "--rows", str(rows)]
    with subprocess.Popen(
        [*command, "--seed", str(trial.seed)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        yield json.loads(child.stdout.readline())
        child.kill()


def _serve_mocks(count: int, rows: int, seed: int) -> None:
    uis = ("2023.10", "2024.04")
    specs = [
        Spec("lifecare", today=TODAY, ui=uis[n % 2], rows=rows, seed=seed * 100 + n, name=f"prov-{n}")
        for n in range(count)
    ]
    with serve(specs) as addresses:
        print(json.dumps([addresses[each.key] for each in specs]), flush=True)
        sys.stdin.read()


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def main() -> int:
    """Carry out one trial as the command line asks. 1 when a promise was broken."""
    parser = argparse.ArgumentParser("python -m tests.chaos", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    whole = Trial(items=2000, accounts=8, kills=30, frozen=5)
    for name in ("seed", "items", "accounts", "machines", "kills", "frozen", "restarts"):
        parser.add_argument(f"--{name}", type=int, default=getattr(whole, name))
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two blows, at most")
    parser.add_argument("--sqlite", action="store_true", help="one machine, and its own file")
    parser.add_argument("--mocks", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, help=argparse.SUPPRESS)
    asked = vars(parser.parse_args())
    mocks, rows = asked.pop("mocks"), asked.pop("rows")
    if mocks is not None:
        _serve_mocks(mocks, rows, asked["seed"])
        return 0
    if asked["sqlite"]:
        asked["machines"] = 1
    with tempfile.TemporaryDirectory() as folder:
        result = Chaos(Trial(**asked), Path(folder), lambda said: print(said, flush=True)).run()
    print(f"seed {asked['seed']}: {result}")
    return bool(result.faults)


if __name__ == "__main__":
    sys.exit(main())
