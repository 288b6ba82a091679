"""One isolated house: its state, its key, its commands and workers as real processes; and the mock as the witness."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import psutil
from pydantic import SecretStr

from bots import registry
from orchestrator import processes
from orchestrator.bootstrap import open_ledger, prepared_home
from orchestrator.ledger.store import Errand, Ledger, Options, PlannedItem, Run
from orchestrator.ledger.tables import approved_rules
from orchestrator.mocks import account
from orchestrator.settings import BotSettings, Settings
from tests import oracle
from tests.builders import a_holder
from tests.contract.claims import CASE
from tests.e2e.in_process import InProcess

TODAY = date(2026, 3, 31)
NOW = datetime(2026, 3, 31, 2, 15, tzinfo=UTC)
#: The UI versions that have a map.
VERSIONS = ("2023.10", "2024.04")
ROOT = Path(__file__).parents[2]
BOT = "reminder-cleanup"
#: What the loss of a worker or of an answer is waited out for, in tests that do not ask for the real time.
SETTLE = 0.5
#: As often as a condition outside this process is looked at. Seconds.
LOOK_EVERY = 0.05

Record = Mapping[str, Any]
#: A fault that gives a test the time to see a write and do something before the next.
SLOW: Record = {"kind": "latency", "probability": 1, "seconds": 1.5, "on": "write"}


@dataclass(frozen=True)
class Lifecare:
    """The mock, asked beside the browser. Its journal is the witness, its first state what the oracle judges."""

    url: str

    def _ask(self, name: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.url}/__mock__/{name}", data), timeout=30) as answer:  # noqa: S310 - our own address
            return json.load(answer)

    def state(self) -> Record:
        """Return all that it holds now."""
        state: Record = self._ask("state")
        return state

    def journal(self) -> list[Record]:
        """Return every removal that was tried and every one that was made."""
        journal: list[Record] = self._ask("journal")
        return journal

    def removed(self) -> list[str]:
        """Return the reminders that were removed, in order."""
        return oracle.removed(self.journal())

    def receipts(self) -> dict[str, str | None]:
        """Return the receipt of each reminder that is removed."""
        return {each["id"]: each["removed"]["kvittens"] for each in self.state()["paminnelser"] if each["removed"]}

    def attempted(self) -> list[str]:
        """Return the reminder of each removal that reached it, in order."""
        return [row["key"] for row in self.journal() if not row["committed"]]

    def reset(self, *, rows: int, seed: int) -> Record:
        """Begin anew, and return the state that there is then."""
        self._ask("reset", {"rows": rows, "seed": seed})
        return self.state()

    def faults(self, *faults: Record) -> None:
        """Let these things go wrong from now on, and no other."""
        self._ask("faults", list(faults))


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that a person saw."""
        return self.out + self.err

    def json(self) -> Any:
        """Return standard output as JSON."""
        return json.loads(self.out)


def is_setting(name: str) -> bool:
    """Return whether an environment variable is a setting that no test may see: any but the browser's place."""
    return name.startswith("FLOTTA_") and name != "FLOTTA_BROWSER"


class House:
    """A state directory (not made yet), a key and a working directory below `root`, and the processes that use them."""

    def __init__(self, root: Path, in_process: InProcess | None = None, migrated: Path | None = None) -> None:
        """Make the directories. The account is the mock's; nothing is read from the real home.

        Without `in_process` commands are processes of their own. `migrated` is the file of an empty ledger, which this
        house begins with; without it the ledger is migrated here.
        """
        self.root, self._in_process, self._migrated = root, in_process, migrated
        self.home, self.temporary, self.desk = root / "state", root / "tmp", root / "desk"
        for folder in (self.temporary, self.desk):
            folder.mkdir(parents=True)
        # Drafts are written beside the maps, and recordings come of them.
        self.maps, self.recordings = root / "maps", root / "recordings"
        shutil.copytree(ROOT / "selectors", self.maps, ignore=shutil.ignore_patterns("drafts"))
        shutil.copytree(ROOT / "fixtures" / "recordings", self.recordings)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not is_setting(name)},
            "FLOTTA_HOME": str(self.home),
            "FLOTTA_KEY_FILE": str(root / "config" / "key"),
            "FLOTTA_CONFIG": str(root / "flotta.toml"),
            "FLOTTA_MAPS": str(self.maps),
            "FLOTTA_RECORDINGS": str(self.recordings),
            "TMPDIR": str(self.temporary),
            "COLUMNS": "250",
            "PYTHONWARNINGS": "error",
            # Only code is in it, and each house would fill one of its own.
            "NODE_COMPILE_CACHE": str(Path(tempfile.gettempdir()) / "flotta-tests-node-cache"),
            **{f"FLOTTA_SYSTEMS__LIFECARE__{name}": value for name, value in account("lifecare").items()},
        }
        # Most mocks here are small, and most of what they hold is removable.
        self.configure(f"[bots.{BOT}]\nmax_share = 1.0\n")
        self._started: list[subprocess.Popen[Any]] = []
        self._kept: dict[str | None, Ledger] = {}

    def close(self) -> None:
        """End every process that was started here, browsers included."""
        for ledger in self._kept.values():
            ledger.close()
        for each in self._started:
            if each.poll() is None:
                each.kill()
            with each:
                each.wait()
        self.kill()

    def kill(self) -> None:
        """End every process of this house's runs, as a power cut would."""
        for left in self.processes():
            with suppress(psutil.NoSuchProcess):
                left.kill()
        psutil.wait_procs(self.processes(), timeout=10)

    # --- commands ----------------------------------------------------------------------------------------------

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start `flotta` with these arguments in a process of its own, with no terminal to ask on."""
        child = subprocess.Popen(
            [str(Path(sys.executable).with_name("flotta")), *arguments],
            cwd=self.desk,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(child)
        return child

    def flotta(self, *arguments: str, **environment: str) -> Ended:
        """Run `flotta` to its end, in this process, with no terminal to ask on."""
        if self._in_process is None:
            return ended(self.start(*arguments, **environment))
        return Ended(
            *self._in_process.command(arguments, environment={**self.environment, **environment}, folder=self.desk)
        )

    def answered(self, answer: str, *arguments: str) -> Ended:
        """Run `flotta` to its end, in this process, at a terminal where somebody has typed this answer."""
        assert self._in_process is not None
        hand, keyboard = os.openpty()
        try:
            os.write(hand, f"{answer}\n".encode())
            return Ended(
                *self._in_process.command(arguments, environment=self.environment, folder=self.desk, stdin=keyboard)
            )
        finally:
            os.close(keyboard)
            os.close(hand)

    def configure(self, text: str) -> None:
        """Let `flotta.toml` say this and nothing else."""
        (self.root / "flotta.toml").write_text(text, encoding="utf-8")

    def start_run(self, lifecare: Lifecare, *more: str) -> "subprocess.Popen[str]":
        """Start `flotta run` there in a process of its own, without asking and with every rule approved."""
        self.approve_rules()
        return self.start(*_run(lifecare, *more))

    def flotta_run(self, lifecare: Lifecare, *more: str) -> Ended:
        """Run `flotta run` there to its end, in this process, without asking and with every rule approved."""
        self.approve_rules()
        return self.flotta(*_run(lifecare, *more))

    # --- runs --------------------------------------------------------------------------------------------------

    def settings(self) -> Settings:
        """Return the settings that the processes have until `configure` says others."""
        database = self.environment.get("FLOTTA_DATABASE")
        return Settings(
            home=self.home,
            key_file=Path(self.environment["FLOTTA_KEY_FILE"]),
            database=None if database is None else SecretStr(database),
            systems={"lifecare": _account()},
            bots={BOT: BotSettings(max_share=1.0)},
        )

    def ledger(self) -> Ledger:
        """Open the ledger. The caller closes it."""
        settings = self.settings()
        if self._migrated and settings.database is None and not (self.home / "ledger.db").exists():
            # Migrating takes an eighth of a second, so it is done once for all houses.
            prepared_home(settings)
            shutil.copy(self._migrated, self.home / "ledger.db")
        return open_ledger(settings)

    def a_run(self, lifecare: Lifecare, **options: Any) -> str:
        """Add a run that acts unattended on every rule, and return its id."""
        usual = Options(
            base_urls={"lifecare": lifecare.url},
            maps={},
            instances={"lifecare": urlsplit(lifecare.url).netloc},
            mock=True,
            unattended=True,
        )
        with closing(self.ledger()) as ledger:
            run_id = f"{BOT}:test-{len(ledger.latest_runs(1000)) + 1}"
            ledger.create_run(run_id, BOT, today=TODAY, options=replace(usual, **options), now=NOW)
        return run_id

    def plan(
        self, *items: PlannedItem, bot: str = BOT, state: str = "planned", at: datetime = NOW, **facts: Any
    ) -> str:
        """Add a run that has got as far as its plan, without a browser, and return its id."""
        systems = registry.bot(bot).systems
        usual = Options(base_urls={}, maps={}, instances=dict.fromkeys(systems, "prov"))
        with closing(self.ledger()) as ledger:
            run_id = f"{bot}:test-{len(ledger.latest_runs(1000)) + 1}"
            ledger.create_run(run_id, bot, today=TODAY, options=replace(usual, **facts), now=at)
            epoch = ledger.claim(run_id, a_holder(), [f"konto-{run_id}"], at)
            ledger.store_plan(run_id, epoch, items, record=CASE, instance="prov", limit=None, maps={}, now=at)
            ledger.end_run(run_id, epoch, state=state, exit_code=0, now=at)
        return run_id

    def run(self, run_id: str) -> Run:
        """Return the run as the ledger has it."""
        # Tests look at this again and again until something has happened, and opening a ledger costs ten such looks.
        database = self.environment.get("FLOTTA_DATABASE")
        if database not in self._kept:
            self._kept[database] = self.ledger()
        found = self._kept[database].run(run_id)
        assert found is not None
        return found

    def states(self, run_id: str) -> dict[str, str]:
        """Return the state of each reminder in the run."""
        with closing(self.ledger()) as ledger:
            return {line.reference: line.state for line in ledger.lines(run_id)}

    def receipts(self, run_id: str) -> dict[str, str | None]:
        """Return the receipt of each reminder that the run has as done."""
        with closing(self.ledger()) as ledger:
            return {line.reference: line.receipt for line in ledger.lines(run_id) if line.state == "done"}

    def approve_rules(self) -> None:
        """Let every rule version act, as if a person had approved plans with them."""
        rules = [
            {"bot": BOT, "rule": r.id, "version": r.version, "by": "test", "at": NOW} for r in registry.bot(BOT).rules
        ]
        with closing(self.ledger()) as ledger, ledger.changing() as connection:
            connection.execute(approved_rules.delete())
            connection.execute(approved_rules.insert(), rules)

    # --- workers -----------------------------------------------------------------------------------------------

    def carry(self, run_id: str, *, person: str | None = None, **environment: str) -> int:
        """Carry a run in this process and return the exit code. `person` is a script that plays one at the screen."""
        assert self._in_process is not None
        return self._in_process.worker(
            self.home,
            run_id,
            {**self.environment, **environment},
            how=None if person is None else processes.ATTENDED,
            person=person,
        )

    def worker(self, run_id: str) -> subprocess.Popen[bytes]:
        """Start the run's worker as the command line does."""
        child = processes.start(self.home, run_id, self.environment, after=self.run(run_id).epoch)
        self._started.append(child)
        return child

    def armed(self, run_id: str, point: str, act: str, *, nth: int = 1) -> subprocess.Popen[bytes]:
        """Start a worker that meets `act` when it reaches `point` for the nth time."""
        log = processes.log_file(self.home, run_id)
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark = processes.mark(self.home, run_id, self.run(run_id).epoch + 1)
        with log.open("ab") as out:
            child = subprocess.Popen(
                [sys.executable, str(ROOT / "tests" / "armed_worker.py"), run_id, point, str(nth), act],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                cwd=self.desk,
                env={**self.environment, processes.MARK: mark, "FLOTTA_HOME": str(self.home)},
            )
        self._started.append(child)
        return child

    def processes(self) -> list[psutil.Process]:
        """Return every live process of this house's runs, the browsers' included."""
        found = []
        for each in psutil.process_iter():
            try:
                mine = each.environ().get(processes.MARK, "").startswith(f"{self.home}:")
                if mine and each.status() != psutil.STATUS_ZOMBIE:
                    found.append(each)
            except (psutil.AccessDenied, psutil.NoSuchProcess, OSError):
                continue
        return found


def _run(lifecare: Lifecare, *more: str) -> tuple[str, ...]:
    return ("run", BOT, "--yes", "--base-url", f"lifecare={lifecare.url}", *more)


def _account() -> Any:
    return {name.lower(): value for name, value in account("lifecare").items()}


def a_queued_run(house: House, url: str, name: str = "r1", **options: Any) -> str:
    """Add a run for the machines, with an account of its own, and return its id."""
    usual = Options(base_urls={"lifecare": url}, maps={}, instances={"lifecare": name}, mock=True, unattended=True)
    about = replace(usual, **options)
    run_id = f"{BOT}:{name}"
    with closing(house.ledger()) as ledger:
        ledger.create_run(
            run_id, BOT, today=TODAY, options=about, now=NOW, errand=Errand("standard", f"{name}/robot")
        )  # fmt: skip
    return run_id


def ended(child: "subprocess.Popen[str]") -> Ended:
    """Wait for a command to end."""
    out, err = child.communicate(timeout=280)
    return Ended(child.returncode, out, err)


def until(holds: Callable[[], bool], child: "subprocess.Popen[Any] | None" = None, every: float = LOOK_EVERY) -> None:
    """Look so often whether something holds, until it does. Fails when `child`, which brings it about, ends first."""
    while not holds():
        if child is None:
            threading.Event().wait(every)
            continue
        try:
            code = child.wait(every)
        except subprocess.TimeoutExpired:
            continue
        assert holds(), f"it ended with {code} first"


def frozen(child: "subprocess.Popen[Any]") -> None:
    """Wait until the child is stopped by a signal. Fails when it ends instead."""
    found = os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    assert found is not None
    assert found.si_code == os.CLD_STOPPED, f"it ended with {found.si_status} instead of being stopped"


def assert_sound(
    house: House, run_id: str, lifecare: Lifecare, before: Record, *, but: frozenset[str] = frozenset()
) -> None:
    """Oracle, journal and ledger agree, item for item.

    Each reminder that the oracle wants removed was removed once, `but` these, and no other was; nothing was tried again
    after it was done; the ledger has as done, with its receipt, exactly what was; and its audit trail is whole.
    """
    journal = lifecare.journal()
    made, wanted = oracle.removed(journal), set(oracle.expected(before)) - but
    assert len(made) == len(set(made)), f"removed twice: {made}"
    assert set(made) == wanted, f"wrongly removed {set(made) - wanted}, wrongly left {wanted - set(made)}"
    assert oracle.attempts_after_commit(journal) == [], "tried again after it was done"
    assert house.receipts(run_id) == lifecare.receipts(), "the ledger's receipts are not Lifecare's"
    with closing(house.ledger()) as ledger:
        assert ledger.verify_audit() == [], "the audit trail is not whole"
