"""The only wiring: settings, vault, ledger, browser, screens and clock, put together into a worker.

The clock is read here and nowhere else.
"""

from __future__ import annotations

import os
import pwd
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bots import registry
from bots.errors import (
    ConfigurationError,
    FlottaError,
    MapInvalid,
    RunHeld,
    RunLost,
    StateNotWritable,
    of_python,
)
from orchestrator import processes
from orchestrator.ledger.store import Errand, Ledger, Options, Run
from orchestrator.ledger.vault import Vault, key_from
from orchestrator.settings import Settings, load

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from bots.browser.inspection import Finding
    from bots.browser.proposals import Change, Place
    from bots.browser.recording import Recording, Stage
    from bots.browser.selector_map import SelectorMap
    from bots.browser.session import Session
    from bots.browser.walk import Recorded, Walk
    from orchestrator.drafting import Draft

#: What a worker's process answers when the ledger cannot be written, since it cannot say so there (EX_IOERR).
CANNOT_STORE = 74
#: What it answers when another worker has taken over its run.
LOST = 75
#: What it answers when another run has one of its accounts.
HELD = 76


def login() -> str:
    """Return who runs this process: the login of its user, or the number of one that has none, as in a container."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


#: How long somebody at a terminal waits for the ledger's server, and a process that nobody sees.
IMPATIENCE, PATIENCE = timedelta(seconds=5), timedelta(minutes=15)


class Unclean(Exception):
    """Nobody has found that a recording may be stored."""


_nothing: Callable[[str], None] = lambda _point: None  # noqa: E731 - a default that says what it is


def now() -> datetime:
    """Return the moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the date in Sweden."""
    return datetime.now(ZoneInfo("Europe/Stockholm")).date()


def prepared_home(settings: Settings) -> Path:
    """Return the state directory, made for its owner alone. Raises ConfigurationError when it cannot be made."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(
            f"Katalogen {settings.home} kan inte skapas ({type(error).__name__}). Ange en annan i FLOTTA_HOME."
        ) from error
    return settings.home


def ledger_in(settings: Settings, patience: timedelta = IMPATIENCE) -> Ledger:
    """Return the ledger as it is."""
    return Ledger(
        settings.ledger_url,
        Vault(key_from(settings.key_file)),
        where=settings.place,
        anchors=settings.audit_anchors,
        now=now,
        patience=patience,
    )


def open_ledger(settings: Settings, patience: timedelta = IMPATIENCE) -> Ledger:
    """Return the ledger, made if it is not there, and brought up to date."""
    prepared_home(settings)
    ledger = ledger_in(settings, patience)
    if not ledger.up_to_date():
        ledger.migrate()
    ledger.know_key()
    return ledger


def maps_of(settings: Settings, system: str, override: str | None) -> list[SelectorMap]:
    """Return the maps to choose from: the one given on the command line, else every map of the system."""
    from bots.browser.selector_map import load as load_map  # noqa: PLC0415 - pydantic models, 0.1 s
    from bots.browser.selector_map import load_all  # noqa: PLC0415

    return [load_map(Path(override))] if override else load_all(settings.maps, system)


class Doors:
    """Opens systems for one process: one browser, one context, a page per system."""

    def __init__(
        self,
        settings: Settings,
        stack: ExitStack,
        *,
        base_urls: dict[str, str],
        maps: dict[str, str],
        checkpoint: Callable[[str], None] = _nothing,
        attended: bool = False,
        seated: bool = False,
        local: bool = False,
        bot: str | None = None,
        needed_by: str | None = None,
    ) -> None:
        """The browser is started at the first door, and closed with `stack`.

        `attended`: a person is at the screen, so the browser opens a window for them to sign in. `seated`: a stand-in
        for one is in the mock systems, which needs no window. `local`: it reaches nothing but this computer. `bot`: the
        screens that this one needs are looked through when it has signed in. `needed_by`: the bot whose every screen
        must be in the map.
        """
        self._local, self._bot, self._person = local, bot, attended or seated
        self._needed_by = needed_by
        self._settings, self._stack, self._checkpoint, self._attended = settings, stack, checkpoint, attended
        self._base_urls, self._maps = base_urls, maps
        #: Asked while a person is waited for, as `Session` has it.
        self.heed: Callable[[], None] = lambda: None
        self._browser: Browser | None = None
        self._context: BrowserContext | None = None

    def open(self, system: str) -> tuple[Session, Any]:
        """Open the system, choose the map that fits it, and sign in. Returns the session and the screens.

        Raises SystemUnreachable, VersionUnknown, SelectorDrift, SignInRefused, SignInNeeded, BrowserMissing or
        MapInvalid.
        """
        from bots.browser.versions import fitting, raise_unless_inside  # noqa: PLC0415 - Playwright, 0.3 s

        page = self.page()
        chosen = fitting(page, self.base_url(system), self.maps(system))
        if gaps := registry.gaps(chosen, self._needed_by):
            raise MapInvalid(f"{system} {chosen.version}", gaps)
        session, screens = self.with_map(system, chosen, page)
        if self._bot is None:
            session.again(screens.sign_in)
        else:
            from bots.browser.inspection import canary  # noqa: PLC0415

            session.weak = canary(session, screens, registry.uses(self._bot, system))
        raise_unless_inside(session.page, chosen)
        return session, screens

    def with_map(self, system: str, selector_map: SelectorMap, page: Any = None) -> tuple[Session, Any]:  # noqa: ANN401
        """Return a session and the screens with this map, without asking which map fits and without signing in.

        On a page of their own, if none is given.
        """
        from bots.browser.session import Account, Session  # noqa: PLC0415

        about = self._settings.system(system)
        url = self.base_url(system)
        session = Session(page or self.page(), selector_map, url, now=now, checkpoint=self._checkpoint, heed=self.heed)
        account = Account(about.user, about.password, about.role, self._person if about.attended else None)
        return session, registry.screens(system)(session, account)

    def maps(self, system: str) -> list[SelectorMap]:
        """Return the maps to choose from."""
        return maps_of(self._settings, system, self.map_file(system))

    def map_file(self, system: str) -> str | None:
        """Return the one map that the run uses, if it was given one."""
        return self._maps.get(system)

    def base_url(self, system: str) -> str:
        """Return the system's address: the run's own, else the settings'."""
        url = self._base_urls.get(system) or self._settings.system(system).base_url
        if not url:
            raise ConfigurationError(
                f"Adressen till {system} saknas. Ange den i flotta.toml ([systems.{system}] base_url) eller med "
                f"--base-url {system}=URL, eller prova med --mock."
            )
        return url

    def browser(self) -> Browser:
        """Return the browser, started if it is not."""
        from bots.browser import session as kit  # noqa: PLC0415

        if self._browser is None:
            # Playwright's driver starts in three quarters of the time when it need not compile its code anew.
            os.environ.setdefault("NODE_COMPILE_CACHE", str(self._settings.home / "cache" / "node"))
            begun = kit.running(
                self._settings.browser,
                as_root=os.geteuid() == 0,
                environment=_clean_environment(),
                headed=self._attended,
                local=self._local,
            )
            _executable, self._browser = self._stack.enter_context(begun)
        return self._browser

    def on_stage(self, recording: Recording) -> Stage:
        """Put a recording on a stage."""
        from bots.browser.recording import Stage  # noqa: PLC0415

        return Stage(self.browser(), recording)

    def ask_to_point(self, html: str, places: Mapping[int, Place]) -> bool:
        """Let a person point something out on a page in a window, as `bots.browser.proposals.pointed_out` does."""
        from bots.browser.proposals import pointed_out  # noqa: PLC0415

        return pointed_out(self.browser().new_page(no_viewport=True), html, places)

    def page(self) -> Any:  # noqa: ANN401 - Playwright's Page, not imported before it is needed
        """Return a new page of the one context."""
        from bots.browser import session as kit  # noqa: PLC0415

        if self._context is None:
            self._context = kit.new_context(self.browser())
        return self._context.new_page()


def _clean_environment() -> dict[str, str]:
    """Return the environment for a browser: none of our secrets, but the mark by which its processes are found."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("FLOTTA_") or name == processes.MARK
    }


def inspect(doors: Doors, system: str, *, may_open: bool) -> tuple[list[dict[str, Any]], FlottaError | None]:
    """Inspect the live system by the map that is of its version; where none is, by the one that agrees most.

    Return the findings, each as a plain dictionary, and what kept it from the rest, as `bots.browser.inspection` does.
    Raises SystemUnreachable.
    """
    from bots.browser import versions  # noqa: PLC0415 - Playwright, 0.3 s
    from bots.browser.inspection import doubt  # noqa: PLC0415 - as above
    from bots.browser.inspection import inspect as inspect_screens  # noqa: PLC0415
    from orchestrator import drafting  # noqa: PLC0415 - as above

    maps = doors.maps(system)
    fitting = versions.of_marks(maps, versions.marks_of(doors.page(), doors.base_url(system), system))
    found, ended = {}, {}
    for each in fitting or maps:
        seen, ended[each.version] = inspect_screens(*doors.with_map(system, each), may_open=may_open)
        found[each.version] = [*doubt(fitting), *drafting.gaps(each), *seen]
    best = _best(found)
    return best, ended[best[0]["map"]]


def inspect_recorded(doors: Doors, system: str, folder: str) -> list[dict[str, Any]]:
    """Inspect a recording as `inspect` does the live system. Raises ConfigurationError when it is of another system."""
    recording = _recorded(system, folder)
    with doors.on_stage(recording) as stage:
        return _best(_looked_through(doors.maps(system), recording, stage))


def _looked_through(maps: list[SelectorMap], recording: Recording, stage: Stage) -> dict[str, list[Finding]]:
    """Return what is found of a recording by the map that is of its version; where none is, by each of the maps."""
    from bots.browser import versions  # noqa: PLC0415 - Playwright, 0.3 s
    from bots.browser.inspection import doubt  # noqa: PLC0415 - as above
    from bots.browser.inspection import inspect_recorded as inspect_screens  # noqa: PLC0415
    from bots.browser.recording import ORIGIN  # noqa: PLC0415 - as above
    from bots.browser.session import Session  # noqa: PLC0415
    from orchestrator import drafting  # noqa: PLC0415 - as above

    marks = stage.show(recording.screens[0]).evaluate(versions.MARKS)
    found = {}
    fitting = versions.of_marks(maps, marks)
    for each in fitting or maps:
        session = Session(stage.page, each, ORIGIN, now=now, is_recorded=True)
        found[each.version] = [*doubt(fitting), *drafting.gaps(each), *inspect_screens(session, recording, stage)]
    return found


def _recorded(system: str, folder: str) -> Recording:
    from bots.browser import recording as kit  # noqa: PLC0415

    recording = kit.load(Path(folder))
    if recording.system != system or not recording.screens:
        raise ConfigurationError(
            f"{folder} är en inspelning av {recording.system}, med {len(recording.screens)} skärmbilder."
        )
    return recording


def propose(
    settings: Settings, doors: Doors, system: str, folder: str | None, is_clean: Callable[[Recorded], bool]
) -> tuple[Draft | None, tuple[Change, ...], str | None]:
    """Draft a map of a recording, or of the live system as far as a bot gets in it; say why it got no further.

    Return the draft, or None when the map that is there still says all of it; what is said of each screen; and why it
    got no further, if it did not. What is recorded here is stored only when
    somebody finds it clean; Unclean is raised when not.
    """
    from bots.browser import session, versions, walk  # noqa: PLC0415
    from orchestrator import drafting  # noqa: PLC0415 - as above

    browser, maps = doors.browser(), doors.maps(system)
    if folder is not None:
        recording = _recorded(system, folder)
        with doors.on_stage(recording) as stage:
            closest = _agreeing(_looked_through(maps, recording, stage))
        parent = next(each for each in maps if each.version == closest)
        return *drafting.draft(settings, parent, recording, doors.on_stage, doors.map_file(system)), None
    with session.new_context(browser) as context:
        marks = versions.marks_of(context.new_page(), doors.base_url(system), system)
    parent = versions.nearest(maps, marks)
    ended: list[str | None] = []

    def walked(on: walk.Walk) -> None:
        ended.append(walk.tour(on, *doors.with_map(system, parent, on.page)))

    recorded = walk.record(
        browser, system, doors.base_url(system), walked, known=[each.wording for each in maps], version=None,
        today=today(), folder=processes.walk_folder(prepared_home(settings)), accepts=False,
    )  # fmt: skip
    if not is_clean(recorded):
        raise Unclean
    return *drafting.draft(settings, parent, recorded.clean, doors.on_stage, doors.map_file(system)), ended[0]


def _best(found: dict[str, list[Finding]]) -> list[dict[str, Any]]:
    """Return what was found by the map that most agrees with, as plain dictionaries. There is always one."""
    version = _agreeing(found)
    return [{"map": version, **asdict(finding)} for finding in found[version]]


def _agreeing(found: dict[str, list[Finding]]) -> str:
    """Return the version of the map that most agrees with; of several, the newest."""
    return max(found, key=lambda each: sum(finding.verdict == "ok" for finding in found[each]))


def record(
    settings: Settings, doors: Doors, system: str, walked: Callable[[Walk], None], *, known: Sequence[str],
    version: str | None, accepts: bool,
) -> Recorded:  # fmt: skip
    """Record a walk through a system, as `bots.browser.walk.record` does."""
    from bots.browser import walk  # noqa: PLC0415

    return walk.record(
        doors.browser(), system, doors.base_url(system), walked, known=known, version=version, today=today(),
        folder=processes.walk_folder(prepared_home(settings)), accepts=accepts,
    )  # fmt: skip


def instances(run: Run) -> list[str]:
    """Return which installation of each of its systems the run works in."""
    return [run.options.instances[system] for system in registry.bot(run.bot).systems]


def accounts(settings: Settings, bot: str, options: Options) -> list[str]:
    """Return the accounts that a run of the bot uses, each named with its installation."""
    return [f"{options.instances[system]}/{settings.system(system).user}" for system in registry.bot(bot).systems]


def errand(settings: Settings, bot: str) -> tuple[Options, Errand]:
    """Return how the clock runs a bot: unattended, in the installations that the settings name."""
    about, systems = settings.bot(bot), registry.bot(bot).systems
    options = Options(
        base_urls={},
        maps={},
        instances={system: instance(settings, {}, system) for system in systems},
        unattended=True,
        lanes=min([about.lanes, *(settings.system(system).sign_ins for system in systems)]),
    )
    return options, Errand(about.pool, ",".join(accounts(settings, bot, options)))


def instance(settings: Settings, base_urls: Mapping[str, str], system: str) -> str:
    """Return the name of the installation: the settings', else the address's host."""
    about = settings.system(system)
    if system in base_urls or about.instance is None:
        return urlsplit(base_urls.get(system) or about.base_url or "").netloc or system
    return about.instance


def carry(
    run_id: str, checkpoint: Callable[[str], None] = _nothing, *, after: int | None = None, how: str | None = None
) -> int:
    """Carry one run in this process, and return the exit code. What there is to say of it is in the ledger.

    `after` is the epoch that the run must still have, or, for a `LANE`, that of the worker whose steps it shares in;
    `how` is that, or `ATTENDED`. RunLost is the end of one that comes too late.
    """
    from orchestrator import logs  # noqa: PLC0415 - structlog, 0.15 s, and commands have no log

    log = logs.logger(run=run_id)
    try:
        settings = load()
        ledger = open_ledger(settings, PATIENCE)
        run = ledger.run(run_id)
        if run is None:
            raise ConfigurationError(f"Det finns ingen körning {run_id}.")  # noqa: TRY301 - said as all the others are
        run = replace(run, epoch=run.epoch if after is None else after)
        processes.limit_memory(settings.bot(run.bot).memory)
        from orchestrator.worker import Screens, Worker  # noqa: PLC0415 - it imports this module's caller

        with ExitStack() as stack:
            stack.callback(ledger.close)
            stack.enter_context(processes.temporary(settings.home))
            doors = Doors(
                settings,
                stack,
                base_urls=dict(run.options.base_urls),
                maps=dict(run.options.maps),
                checkpoint=checkpoint,
                attended=how == processes.ATTENDED,
                seated=run.options.mock,
                local=run.options.mock,
                bot=run.bot if run.options.unattended and not run.options.mock and how != processes.LANE else None,
                needed_by=run.bot,
            )
            place = run.bot, ",".join(instances(run))
            worker = Worker(
                bot=registry.bot(run.bot, {**settings.bot(run.bot).own, **run.options.own}),
                run=run,
                ledger=ledger,
                settings=settings,
                screens=Screens(doors.open, partial(ledger.written, *place)),
                instance=place[1],
                accounts=accounts(settings, run.bot, run.options),
                me=processes.myself(),
                now=now,
                log=log.bind(bot=run.bot),
                checkpoint=checkpoint,
                inspect=lambda system: inspect(doors, system, may_open=False)[0],
                start_lane=lambda epoch: processes.start(
                    settings.home, run_id, os.environ, after=epoch, how=processes.LANE
                ),
                attended=how == processes.ATTENDED or run.options.mock,
            )
            doors.heed = worker.heed
            signal.signal(signal.SIGTERM, lambda *_: worker.stop())
            return worker.work_lane(run.epoch) if how == processes.LANE else worker.work().exit_code
    except StateNotWritable:
        return CANNOT_STORE
    except FlottaError as error:
        log.error("run.not_carried", error=type(error).__name__)  # noqa: TRY400 - a traceback may quote the page
        sys.stderr.write(error.sentence + "\n")
        return {RunLost: LOST, RunHeld: HELD}.get(type(error), error.exit_code)
    except Exception as error:  # noqa: BLE001 - Python would print a traceback, and the log would keep what it quotes
        log.error("run.broke", error=of_python(error))  # noqa: TRY400 - as above
        return 1
