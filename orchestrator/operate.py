"""What the commands do: start a run's process, follow it, ask, and say how it went."""

from __future__ import annotations

import json as jsonlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bots import registry
from bots.contract import Documented, Worded
from bots.errors import ConfigurationError, FlottaError, RunHeld, StateNotWritable
from bots.quarter import Quarter
from orchestrator import bootstrap, mocks, orphans, present, processes, replay, wording
from orchestrator.ledger import fleet as hands
from orchestrator.ledger import review
from orchestrator.ledger.store import OPEN_STATES, Errand, ItemLine, Ledger, Options, Run
from orchestrator.settings import Settings, load

if TYPE_CHECKING:
    from bots.browser.recording import Recording
    from bots.contract import AnyBot
    from orchestrator.ledger.reveal import Revealed

#: How often the ledger is asked how far the run has come. Seconds.
FOLLOW_EVERY = 0.2
#: How long a run that is asked to stop may take to finish the item in hand, before its processes are ended. Seconds.
STOP_WITHIN = 60
#: The exit code of a plan that nobody has agreed to.
NOT_APPROVED = 3
#: What brings a plan on mock systems below the default limits of the guard.
WITHIN_LIMITS = "--rows 30"


@dataclass(frozen=True, slots=True)
class Request:
    """What `flotta run` was asked for."""

    bot: str
    mock: bool = False
    yes: bool = False
    plan_only: bool = False
    today: date | None = None
    #: The quarter, for a bot that reports by quarters.
    period: str | None = None
    limit: int | None = None
    lanes: int = 1
    base_urls: dict[str, str] = field(default_factory=dict)
    maps: dict[str, str] = field(default_factory=dict)
    wait: bool = False
    #: Hand it over to the machines instead of carrying it here.
    queue: bool = False
    uis: dict[str, str] = field(default_factory=dict)
    #: Folders of recordings to run against, instead of a system.
    recordings: tuple[str, ...] = ()
    rows: int = 300
    seed: int = 1
    json: bool = False


def run(request: Request) -> int:
    """Carry out `flotta run` and return its exit code."""
    own = _own(request)
    bot = registry.bot(request.bot, own)
    for option, named in (("--base-url", request.base_urls), ("--map", request.maps), ("--ui", request.uis)):
        if unknown := sorted(set(named) - set(bot.systems)):
            raise ConfigurationError(
                f"{option}: {bot.name} använder inte {', '.join(unknown)}, utan {', '.join(bot.systems)}."
            )
    played = _played(bot, request)
    is_mock = request.mock or bool(played)
    day = request.today or (played[0].recorded if played else _day(request))
    with ExitStack() as stack:
        base_urls = dict(request.base_urls)
        if played:
            mocks.give_accounts(bot.systems)
            base_urls, replays = stack.enter_context(replay.serving(played))
            stack.callback(_tell_ends, replays)
        elif request.mock:
            mocks.give_accounts(bot.systems)
            uis = {system: request.uis.get(system) for system in bot.systems}
            base_urls = stack.enter_context(mocks.serving(uis, request.rows, request.seed, day))
        settings = load()
        if request.mock:
            mocks.seat(base_urls, sends=registry.bot(bot.name, {**settings.bot(bot.name).own, **own}).by_person)
        for system in bot.systems:
            allowed = settings.system(system).sign_ins
            if request.lanes > allowed:
                raise ConfigurationError(
                    f"--lanes {request.lanes}: kontot i {system} får vara inloggat {allowed} gånger på en gång. "
                    f"Tillåter systemet fler, så ändra i flotta.toml ([systems.{system}] sign_ins)."
                )
        for system, file in request.maps.items():
            bootstrap.maps_of(
                settings, system, file
            )  # the house's own maps are read by the worker, which says the same
        ledger = bootstrap.open_ledger(settings)
        options = Options(
            base_urls=base_urls,
            maps={system: str(Path(file).resolve()) for system, file in request.maps.items()},
            instances={
                system: f"mock-{uuid.uuid4().hex[:8]}" if is_mock else bootstrap.instance(settings, base_urls, system)
                for system in bot.systems
            },
            mock=is_mock,
            plan_only=request.plan_only,
            unattended=request.yes,
            limit=request.limit,
            lanes=request.lanes,
            own=own,
        )
        at = bootstrap.now()
        run_id = f"{bot.name}:{at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
        operator = Operator(settings, ledger, as_json=request.json)
        accounts = bootstrap.accounts(settings, bot.name, options)
        about: dict[str, Any] = {"today": day, "options": options, "now": at, "by": bootstrap.login()}
        if request.queue:
            errand = Errand(settings.bot(bot.name).pool, ",".join(accounts), urgent=True)
            ledger.create_run(run_id, bot.name, errand=errand, **about)
            return operator.handed_over(run_id, errand)
        operator.free(accounts, wait=request.wait)
        ledger.create_run(run_id, bot.name, **about)
        return operator.carry(run_id, ask=not request.yes and not request.plan_only, closed=_closed(request))


def _closed(request: Request) -> str | None:
    """Return what to do when the command is over and its systems are gone with it; None where they are real."""
    if request.recordings:
        return f"Inspelningen spelas upp på nytt med `flotta replay {request.bot} --recording KATALOG`."
    return mocks.closed(request.bot) if request.mock else None


def _own(request: Request) -> dict[str, str]:
    """Return the bot's own settings that were asked for. Raises ConfigurationError naming the option."""
    if request.period is None:
        return {}
    if not hasattr(registry.bot(request.bot), "period"):
        raise ConfigurationError(f"--period: {request.bot} rapporterar inte för kvartal.")
    return {"period": str(_quarter(request.period))}


def _quarter(period: str) -> Quarter:
    """Return the quarter that was asked for. Raises ConfigurationError naming the option."""
    try:
        return Quarter.parse(period)
    except ValueError as error:
        raise ConfigurationError(f"--period: {error}.") from error


def _day(request: Request) -> date:
    """Return today; for a mock that is asked for a quarter, a day on which that is reported."""
    if request.mock and request.period:
        return Quarter.parse(request.period).last + timedelta(days=5)
    return bootstrap.today()


def _played(bot: AnyBot, request: Request) -> list[Recording]:
    """Return the recordings to run against, one for each of the bot's systems. Raises ConfigurationError."""
    if not request.recordings:
        return []
    from bots.browser.recording import load as load_recording  # noqa: PLC0415 - pydantic models, 0.1 s

    found = {each.system: each for each in (load_recording(Path(folder)) for folder in request.recordings)}
    if set(found) != set(bot.systems):
        raise ConfigurationError(
            f"{bot.name} behöver en inspelning av {', '.join(bot.systems)}. Det som angavs är av {', '.join(found)}."
        )
    return list(found.values())


def _tell_ends(replays: list[replay.Replay]) -> None:
    """Say what was asked for that no recording has."""
    for each in replays:
        for where in each.ends:
            present.console(err=True).print(
                f"Inspelningen av {each.recording.system} slutar vid {where}.", highlight=False, soft_wrap=True
            )


def resume(name: str | None, *, yes: bool, json: bool) -> int:
    """Carry out `flotta resume`: end the run's old processes, and go on where they stopped."""
    settings = load()
    ledger = bootstrap.open_ledger(settings)
    found = _resumable(ledger, name)
    if found.options.mock:
        mocks.give_accounts(registry.bot(found.bot).systems)
        settings = load()
    operator = Operator(settings, ledger, as_json=json)
    _refuse_carried(settings, ledger, found)
    if not mocks.answer(found.options):
        raise ConfigurationError(mocks.closed(found.bot))
    # What can refuse comes first: a run that is reopened is nobody's but this command's.
    operator.free(bootstrap.accounts(settings, found.bot, found.options), wait=False, mine=found.id)
    ledger.reopen(found)
    if ended := processes.end_tree(settings.home, found.id, epoch=found.epoch + 1):
        operator.say(f"Avslutade {ended} processer från det förra försöket.")
    processes.sweep(settings.home)
    if found.state in {"planned", "waiting"} and yes and not found.approved_by:
        ledger.approve(found.id, bootstrap.login(), bootstrap.now())
    return operator.carry(found.id, ask=not yes and found.state in {"planned", "waiting"} and not found.approved_by)


def _refuse_carried(settings: Settings, ledger: Ledger, run: Run) -> None:
    """Raise RunHeld for a run that another machine carries, or may carry. A process of this machine can be ended."""
    if run.machine is not None and run.state in hands.CARRIED:
        if run.machine in hands.living(ledger, settings.grace, is_gone=processes.is_gone):
            raise RunHeld(f"Körningen {run.id}", f"maskinen {run.machine}", f"avbryt den med `flotta cancel {run.id}`")
    elif orphans.carrier(settings, ledger, run) is orphans.Carrier.UNKNOWN:
        raise RunHeld(f"Körningen {run.id}", str(run.holder), f"kör `flotta resume {run.id}` på den maskinen")


def _resumable(ledger: Ledger, name: str | None) -> Run:
    """Return the run that is to be gone on with. Raises ConfigurationError when it is over, or waits for a person."""
    found = find(ledger, name, unfinished=True)
    if found.state == "rejected":
        raise ConfigurationError(f"Planen i {found.id} har avvisats. Starta en ny körning.")
    if found.purged is not None:
        raise ConfigurationError(f"Uppgifterna i {found.id} är gallrade. Starta en ny körning.")
    if found.state == "done":
        raise ConfigurationError(f"Körningen {found.id} är redan klar.")
    if found.state == "waiting_for_sign_in":
        raise ConfigurationError(
            f"Körningen {found.id} väntar på att en person loggar in: `flotta sign-in {found.id}`."
        )
    return found


def sign_in(name: str | None, *, json: bool) -> int:
    """Carry out `flotta sign-in`: a person signs in, in a window at their own computer, and the run goes on there."""
    settings = load()
    ledger = bootstrap.open_ledger(settings)
    found = _waiting_for_sign_in(ledger, name)
    operator = Operator(settings, ledger, as_json=json, attended=True)
    operator.free(bootstrap.accounts(settings, found.bot, found.options), wait=False, mine=found.id)
    with ledger.changing() as connection:
        ledger.enter(connection, bootstrap.login(), "run.signed_in", found.id)
    ledger.reopen(found)
    bot = registry.bot(found.bot, {**settings.bot(found.bot).own, **found.options.own})
    then = (
        "Sedan fyller roboten i det ena efter det andra där, och stannar var gång vid sidan där du kontrollerar och "
        "skickar. Det som du inte vill skicka tar du bort utkastet till i systemet; då får en människa avgöra det."
        if bot.by_person
        else "Sedan fortsätter körningen i det; rör det inte, och låt det vara öppet."
    )
    operator.say(
        f"Logga in i fönstret som öppnas. {then} Din inloggning sparas inte, och tar slut med körningen. "
        "Ctrl-C här avbryter; allt är sparat."
    )
    return operator.carry(found.id, ask=not found.options.unattended and not found.options.plan_only)


def _waiting_for_sign_in(ledger: Ledger, name: str | None) -> Run:
    waiting = [run for run in ledger.latest_runs(200) if run.state == "waiting_for_sign_in"]
    found = find(ledger, name, unfinished=False) if name else next(iter(waiting), None)
    if found is None:
        raise ConfigurationError("Ingen körning väntar på inloggning.")
    if found.state != "waiting_for_sign_in":
        raise ConfigurationError(f"Körningen {found.id} väntar inte på inloggning ({present.STATES[found.state]}).")
    return found


def runs(limit: int, *, json: bool) -> int:
    """Carry out `flotta runs`."""
    settings = load()
    ledger = bootstrap.open_ledger(settings)
    found = orphans.observed(settings, ledger, ledger.latest_runs(limit))
    if json:
        print_json(
            [
                {
                    "run": r.id,
                    "bot": r.bot,
                    **present.scope(r),
                    "state": r.state,
                    "seen": r.seen,
                    "exit_code": r.exit_code,
                    "sentence": r.sentence,
                    "retry_at": r.retry_at,
                }
                for r in found
            ]
        )
    elif found:
        present.show(present.runs(found))
    else:
        present.console().print("Inga körningar än. Prova `flotta run reminder-cleanup --mock`.")
    return 0


def show(name: str | None, *, everything: bool, json: bool) -> int:
    """Carry out `flotta show`."""
    settings = load()
    ledger = bootstrap.open_ledger(settings)
    if name is not None and (of_item := ledger.lines_of(name)):
        if json:
            print_json([{"run": run, **asdict(line)} for run, line in of_item])
        else:
            present.show(present.history(of_item))
        return 0
    found, *_ = orphans.observed(settings, ledger, [find(ledger, name, unfinished=False, what="körning eller post")])
    bot, lines = registry.bot(found.bot), ledger.lines(found.id)
    if json:
        print_json(present.as_json(found, lines))
    else:
        present.console().print(f"{found.id}, startad {found.created:%Y-%m-%d %H:%M} UTC, {present.about(found)}")
        present.show(present.items(lines, everything=everything))
        present.show(present.summary(bot, found, lines))
    return 0


def reveal(name: str | None, *, note: str | None, out: str | None, json: bool) -> int:
    """Carry out `flotta show ITEM --reveal`, of the newest run that saw the item."""
    from orchestrator.ledger.reveal import reveal as opened  # noqa: PLC0415 - no other command needs it

    if not (note or "").strip():
        raise ConfigurationError("Skriv i --note varför uppgifterna öppnas: det antecknas i spåret.")
    ledger = bootstrap.open_ledger(load())
    of_item = ledger.lines_of(name) if name else []
    if not of_item:
        raise ConfigurationError(f"Det finns ingen post {name or ''}. `flotta show --all` visar dem som finns.")
    found = opened(ledger, *of_item[0], by=bootstrap.login(), why=note)
    if json:
        facts = {heading: dict(part) for heading, part in found.parts.items()}
        print_json({"run": found.run, "item": asdict(found.line), **facts})
    else:
        present.show(present.revealed(found))
    if out is not None:
        _lay_out(Path(out), found)
    elif found.exhibits and not json:
        present.console().print(f"{len(found.exhibits)} bilder och spår finns; --out KATALOG lägger dem där.")
    return 0


def _lay_out(folder: Path, found: Revealed) -> None:
    """Write the item's evidence to files that their owner alone can read."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for place, exhibit in enumerate(found.exhibits, 1):
            file = folder / f"{quote(found.line.reference, safe='')}-{place}{exhibit.suffix}"
            file.touch(mode=0o600)
            file.write_bytes(exhibit.raw)
            present.console(err=True).print(f"{file}: {exhibit.kind}, {exhibit.at:%Y-%m-%d %H:%M} UTC", highlight=False)
    except OSError as error:
        raise ConfigurationError(f"{folder} kan inte skrivas ({type(error).__name__}).") from error


def purge(*, yes: bool, json: bool) -> int:
    """Carry out `flotta purge`: 0 when nothing is left to purge, 3 when nobody has said yes."""
    from orchestrator.ledger import retention  # noqa: PLC0415 - no other command needs it

    settings = load()
    ledger = bootstrap.open_ledger(settings)
    what = retention.due(ledger, settings.home, settings.retention, bootstrap.now())
    if json:
        print_json(asdict(what))
    else:
        present.show(present.due(what, settings.retention))
    if not what:
        if not json:
            present.console().print("Inget att gallra.")
        return 0
    if not yes and not (present.has_keyboard() and present.agreed("Gallra?", present.console(err=json))):
        if not json:
            present.console().print("Inget gallrades. `flotta purge --yes` gallrar.", highlight=False)
        return 3
    retention.purge(ledger, what, by=bootstrap.login(), now=bootstrap.now())
    if not json:
        present.console().print("Gallrat.")
    return 0


def report(name: str | None, out: str) -> int:
    """Carry out `flotta report`."""
    from orchestrator import report as printing  # noqa: PLC0415 - no other command needs it

    settings, file = load(), Path(out)
    if file.suffix not in {".pdf", ".html"}:
        raise ConfigurationError(f"{file} ska sluta på .pdf eller .html.")
    if not file.absolute().parent.is_dir():
        raise ConfigurationError(f"Katalogen {file.absolute().parent} finns inte.")
    ledger = bootstrap.open_ledger(settings)
    found, *_ = orphans.observed(settings, ledger, [find(ledger, name, unfinished=False)])
    lines, entries = ledger.lines(found.id), list(ledger.audit_trail(found.id))
    html = printing.page(registry.bot(found.bot), found, lines, entries, now=bootstrap.now())
    try:
        printing.print_to(file, html, settings)
    except OSError as error:
        raise ConfigurationError(f"{file} kan inte skrivas ({type(error).__name__}).") from error
    present.console().print(f"Rapporten över {found.id} finns i {file}.", highlight=False)
    return 0


def documents(name: str, out: str, *, period: str, before: str | None) -> int:
    """Carry out `flotta documents`: what a bot makes of what it has written in a period, as PDF and as CSV."""
    from orchestrator import report as printing  # noqa: PLC0415 - no other command needs it
    from orchestrator.report import tables  # noqa: PLC0415 - as above

    quarter = _quarter(period)
    bot = registry.bot(name, {"period": period})
    if not isinstance(bot, Documented):
        raise ConfigurationError(f"{name} gör inga dokument.")
    settings, folder = load(), Path(out)
    ledger = bootstrap.open_ledger(settings)
    latest = ledger.latest_runs(200, name)
    # A trial on mock systems, which are new each time, hides nothing of the real ones.
    real = [run for run in latest if not run.options.mock]
    place = ",".join(bootstrap.instances((real or latest)[0])) if latest else ""
    is_mock = bool(latest) and not real
    if quarter.last >= bootstrap.today() and not is_mock:
        raise ConfigurationError(f"{period} är inte slut än. Dokumenten skrivs när kvartalet har rapporterats.")
    a_year_ago = ledger.noted(_counts(name, place, replace(quarter, year=quarter.year - 1)))
    known = tables.counts(Path(before)) if before else jsonlib.loads(a_year_ago or "{}")
    found = bot.documents(ledger.made(name, place), period, known)
    counted = {what: count for each in found for what, count in each.counts.items()}
    earlier = jsonlib.loads(ledger.noted(_counts(name, place, quarter)) or "{}")
    if any(count > counted.get(what, 0) for what, count in earlier.items()):
        raise ConfigurationError(
            f"Uppgifter för {period} har gallrats sedan dokumenten skrevs, så de kan inte skrivas om. "
            "Använd dem som finns."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for each in found:
            html = printing.render("document.html", document=each, mock=is_mock, now=bootstrap.now())
            printing.print_to(folder / f"{each.name}.pdf", html, settings)
            (folder / f"{each.name}.csv").write_text(tables.as_csv(each), encoding="utf-8-sig", newline="")
    except FileExistsError as error:
        raise ConfigurationError(f"{folder} är en fil. Ange en katalog.") from error
    except OSError as error:
        raise ConfigurationError(f"{folder} kan inte skrivas ({type(error).__name__}).") from error
    ledger.note(_counts(name, place, quarter), jsonlib.dumps(counted))
    with ledger.changing() as connection:
        ledger.enter(connection, bootstrap.login(), "documents.written", None, bot=name, period=period)
    if not any(counted.values()) and not any(each.rows for each in found if not each.counts):
        present.console(err=True).print(f"Inget har rapporterats för {period} härifrån.", highlight=False)
    names = ", ".join(f"{each.name}.pdf och {each.name}.csv" for each in found)
    present.console().print(f"Dokumenten för {period} finns i {folder}: {names}.", highlight=False, soft_wrap=True)
    return 0


def _counts(bot: str, place: str, quarter: Quarter) -> str:
    """Return the name by which the house knows what a bot's documents of a quarter counted."""
    return f"counts:{bot}:{place}:{quarter}"


def lists(name: str | None, out: str, *, handlaggare: str | None) -> int:
    """Carry out `flotta lists`: two files for each handläggare, named by account, for their owner alone to read."""
    from orchestrator.report import handlaggare as personal  # noqa: PLC0415 - no other command needs it

    ledger, folder = bootstrap.open_ledger(load()), Path(out)
    found = find(ledger, name, unfinished=False)
    bot, lines, concerns = registry.bot(found.bot), ledger.lines(found.id), ledger.concerns(found.id)
    shares = personal.shares(lines, concerns)
    if handlaggare is not None and handlaggare not in shares:
        raise ConfigurationError(
            f"{handlaggare} har inget i {found.id}. De som har det: {', '.join(shares) or 'ingen'}."
        )
    chosen = {account: share for account, share in shares.items() if handlaggare in {None, account}}
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for account, share in chosen.items():
            name = re.sub(r"[^\w.@ -]", "_", account)
            (folder / f"{name}.html").write_text(personal.page(bot, found, account, share), encoding="utf-8")
            if account != personal.PROTECTED:
                (folder / f"{name}.ics").write_bytes(personal.calendar(found, share))
    except FileExistsError as error:
        raise ConfigurationError(f"{folder} är en fil. Ange en katalog.") from error
    except OSError as error:
        raise ConfigurationError(f"{folder} kan inte skrivas ({type(error).__name__}).") from error
    with ledger.changing() as connection:
        ledger.enter(connection, bootstrap.login(), "lists.written", found.id, count=len(chosen))
    present.show(present.shares(chosen))
    present.console().print(f"Listorna över {found.id} finns i {folder}.", highlight=False)
    for account in personal.GOES_TO:
        if account in chosen:
            present.console().print(f"{account}.html: {personal.GOES_TO[account]}", highlight=False)
    return 0


def doctor(*, json: bool) -> int:
    """Carry out `flotta doctor`: 0 when nothing is missing, 2 when something is."""
    from orchestrator.doctor import MISSING, examine  # noqa: PLC0415 - no other command needs it

    found = list(examine())
    if json:
        print_json([asdict(each) for each in found])
    else:
        present.show(present.checks(found))
        for each in found:
            if len(each.remedy) > present.LONG_REMEDY:
                present.console().print(f"{each.what}:\n{each.remedy}", highlight=False, soft_wrap=True)
    return 2 if any(each.state == MISSING for each in found) else 0


def questions(*, json: bool) -> int:
    """Carry out `flotta review list`."""
    found = review.queue(bootstrap.open_ledger(load()))
    if json:
        print_json([asdict(each) for each in found])
    elif found:
        present.show(present.questions(found, bootstrap.now()))
        present.console().print("`flotta review show ID` visar underlaget och vad ett svar innebär.", highlight=False)
    else:
        present.console().print("Inget väntar på en människa.")
    return 0


def question(name: str, *, json: bool) -> int:
    """Carry out `flotta review show`. What is behind the question is opened, and that is entered in the audit trail."""
    ledger = bootstrap.open_ledger(load())
    asked = _question(ledger, name)
    with ledger.changing() as connection:
        ledger.enter(connection, bootstrap.login(), "review.opened", asked.run, asked.item, kind=asked.kind)
    behind = review.changes(ledger, asked)
    if json:
        print_json({**asdict(asked), "changes": [asdict(each) for each in behind]})
    else:
        present.show(present.question(asked, behind, bootstrap.now()))
    return 0


def decide(name: str, verdict: str, *, note: str, only: list[str] | None, but: list[str] | None) -> int:
    """Carry out `flotta review approve` and `reject`."""
    ledger = bootstrap.open_ledger(load())
    asked = _question(ledger, name)
    if not note.strip():
        raise ConfigurationError("Skriv i --note varför: beslutet ska kunna förstås efteråt.")
    if (only is not None or but is not None) and asked.kind != "plan":
        raise ConfigurationError("--only och --except gäller bara planer.")
    if only is not None and but is not None:
        raise ConfigurationError("Ange --only eller --except, inte båda.")
    if but is not None:
        there = [each.reference for each in review.changes(ledger, asked)]
        if unknown := sorted(set(but) - set(there)):
            raise ConfigurationError(f"{', '.join(unknown)} finns inte bland planens åtgärder.")
        only = [each for each in there if each not in but]
    run = ledger.run(asked.run)
    if asked.kind == "plan" and verdict == review.APPROVED and run is not None and not mocks.answer(run.options):
        raise ConfigurationError(mocks.closed(run.bot))
    review.decide(ledger, asked, verdict, by=bootstrap.login(), note=note.strip(), now=bootstrap.now(), only=only)
    words = present.QUESTIONS[asked.kind][2 if verdict == review.APPROVED else 3]
    if asked.kind == "plan" and verdict == review.APPROVED and run is not None and run.pool is not None:
        words = "maskinerna utför åtgärderna, och regelversionerna i planen är därmed godkända."
    done = "Godkänt" if verdict == review.APPROVED else "Avvisat"
    present.console().print(f"{done}: {words.format(run=asked.run)}", highlight=False)
    return 0


def reword(reference: str, given: Mapping[str, str] | None) -> int:
    """Carry out `flotta review edit`: word a planned item's texts otherwise, as given or in the person's editor."""
    ledger = bootstrap.open_ledger(load())
    found = _run_to_reword(ledger, reference)
    bot = registry.bot(found.bot)
    if not isinstance(bot, Worded):
        raise ConfigurationError(f"{found.bot} skriver inga texter som kan ändras.")
    now = review.wordings(ledger, found.id, reference, bot.texts)
    if not now:
        raise ConfigurationError(f"{reference} har inga texter: åtgärden skickas utan.")
    said = wording.checked(_edited(reference, now, bot.texts) if given is None else given, now, bot.texts)
    if not said:
        present.console().print("Inget ändrades.")
        return 0
    review.reword(ledger, found.id, reference, said, by=bootstrap.login())
    present.console().print(
        f"Ändrat i {reference} i körning {found.id}: {', '.join(said)}. Resten av planen är som den var.",
        highlight=False,
        soft_wrap=True,
    )
    return 0


def _run_to_reword(ledger: Ledger, reference: str) -> Run:
    """Return the run whose plan has the item and waits: the newest that saw the item, or none.

    An older plan can wait for ever after a newer run has done what was in it; words that are put there go nowhere.
    """
    seen = next(iter(ledger.lines_of(reference)), None)
    found = ledger.run(seen[0]) if seen else None
    if seen is None or found is None:
        raise ConfigurationError(f"Det finns ingen post {reference}. `flotta show --all` visar dem som finns.")
    line = seen[1]
    if line.state == "done":
        raise ConfigurationError(f"{reference} är utförd i körning {found.id}; det finns inget att ändra.")
    if not mocks.answer(found.options):
        raise ConfigurationError(mocks.closed(found.bot))
    if found.state not in {"planned", "waiting"} or found.approved_by is not None:
        why = "planen är redan godkänd" if found.approved_by is not None else present.STATES[found.state]
        raise ConfigurationError(
            f"{reference} hör till körning {found.id}, vars plan inte väntar på godkännande ({why}); "
            "det finns inget att ändra."
        )
    return found


def _edited(reference: str, now: Mapping[str, str], longest: Mapping[str, int]) -> dict[str, str]:
    """Let the person word the texts in their own editor, and return what they saved; what it was, if they did not."""
    import click  # noqa: PLC0415 - no other command needs it

    if not (present.has_keyboard() or {"EDITOR", "VISUAL"} & os.environ.keys()):
        raise ConfigurationError("Ingen finns att redigera. Ange texten med --text NAMN=TEXT, eller kör i en terminal.")
    try:
        saved = click.edit(wording.page(reference, now, longest), extension=".txt")
    except click.ClickException as error:
        raise ConfigurationError(
            "Ingen textredigerare kunde startas. Ange en i EDITOR, eller texten med --text NAMN=TEXT."
        ) from error
    return dict(now) if saved is None else wording.read(saved)


def _question(ledger: Ledger, name: str) -> review.Question:
    matches = [each for each in review.queue(ledger) if each.id.startswith(name)]
    if len(matches) == 1:
        return matches[0]
    raise ConfigurationError(
        f"{name} kan vara {', '.join(each.id for each in matches)}."
        if matches
        else f"Det finns ingen öppen fråga {name}. `flotta review list` visar dem som finns."
    )


def verify(*, json: bool) -> int:
    """Carry out `flotta audit verify`: 0 when the trail is as it was written, 1 when it is not."""
    settings = load()
    ledger = bootstrap.open_ledger(settings)
    found = ledger.verify_audit()
    entries, anchors = ledger.audit_extent()
    if json:
        print_json({"entries": entries, "anchors": anchors, "breaks": [asdict(each) for each in found]})
    elif found:
        present.show(present.breaks(found))
        present.console().print(
            f"Spåret är inte som det skrevs ({len(found)} fel). Kontrollera säkerhetskopior av liggaren och av "
            f"{settings.audit_anchors}, och anmäl det till den som ansvarar för systemet. "
            "Har liggaren avsiktligt börjats om, så flytta undan filen med förankringar."
        )
    else:
        present.console().print(f"Spåret är helt: {entries} poster, {anchors} förankringar i {settings.audit_anchors}.")
    return 1 if found else 0


def show_audit(name: str | None, *, json: bool) -> int:
    """Carry out `flotta audit show`."""
    ledger = bootstrap.open_ledger(load())
    entries = list(ledger.audit_trail(find(ledger, name, unfinished=False).id))
    if json:
        print_json([asdict(each) for each in entries])
    else:
        present.show(present.trail(entries))
    return 0


class Operator:
    """Follows one run's process for the person who started it."""

    def __init__(self, settings: Settings, ledger: Ledger, *, as_json: bool, attended: bool = False) -> None:
        """With `as_json` nothing but one JSON document goes to standard output. `attended`: they sign in themselves."""
        self._settings, self._ledger, self._as_json, self._attended = settings, ledger, as_json, attended
        self._console = present.console(err=as_json)
        self._is_stopped = False

    def say(self, sentence: str) -> None:
        """Tell the person something."""
        self._console.print(sentence, highlight=False)

    def free(self, accounts: list[str], *, wait: bool, mine: str | None = None) -> None:
        """Make sure that no other run holds the accounts, or wait until none does. Raises RunHeld naming the holder."""
        for account in accounts:
            told = False
            while lease := self._ledger.lease_of(account):
                held_by, holder = lease
                if held_by == mine:
                    # It goes to the run's next process when that claims the run.
                    break
                if processes.is_gone(holder):
                    self._ledger.drop_leases(held_by, holder)
                    break
                if not wait:
                    raise RunHeld(f"Kontot {account}", f"körning {held_by} ({holder})")
                if not told:
                    told = True
                    self.say(f"Väntar på körning {held_by} ({holder}).")
                threading.Event().wait(FOLLOW_EVERY)
        processes.sweep(self._settings.home)

    def handed_over(self, run_id: str, errand: Errand) -> int:
        """Tell the person who will carry the run, as far as that is known."""
        if self._as_json:
            print_json({"run": run_id, "state": "new", "pool": errand.pool})
            return 0
        self.say(f"Körningen {run_id} står i kö i {errand.pool}. `flotta show {run_id}` visar hur det går.")
        if not any(each.left is None and errand.pool in each.pools for each in hands.machines_of(self._ledger)):
            self.say(f"Ingen maskin utför {errand.pool} nu. `flotta worker --pool {errand.pool}` startar en.")
        return 0

    def carry(self, run_id: str, *, ask: bool, closed: str | None = None) -> int:
        """Run the worker's process to its end, ask about the plan if that is wanted, and report.

        `closed`: what to do in its place, where the system that it works in is gone when this is done.
        """
        code = self._process(run_id)
        found = self._run(run_id)
        bot = registry.bot(found.bot)
        if found.state in {"planned", "waiting"} and ask:
            lines = self._ledger.lines(run_id)
            acts = sum(line.state == "todo" for line in lines)
            self._console.print(present.summary(bot, found, lines))
            if acts and not self._agrees(bot, found, lines, acts):
                self.say(self._how_to_go_on(found, closes=closed is not None))
                if self._as_json:
                    print_json(present.as_json(replace(found, exit_code=NOT_APPROVED), lines))
                return NOT_APPROVED
            if acts:
                self._ledger.approve(run_id, bootstrap.login(), bootstrap.now())
                code = self._process(run_id)
                found = self._run(run_id)
        return self._report(found, code, closed)

    def _agrees(self, bot: AnyBot, found: Run, lines: Sequence[ItemLine], acts: int) -> bool:
        """Show what the plan would do and ask. Where there is nobody to ask, the answer is no."""
        if self._is_stopped or not present.has_keyboard():
            return False
        self._console.print(present.plan(bot, found, lines))
        return present.agreed(f"Utföra {acts} åtgärder?", self._console)

    def _how_to_go_on(self, found: Run, *, closes: bool) -> str:
        """Return what is said when a plan was not agreed to."""
        is_asked = present.has_keyboard()
        if closes:
            if is_asked:
                return "Inget utfördes, och låtsassystemet stängs nu. Kör igen för att få en ny plan."
            fewer = f" och {WITHIN_LIMITS}" if found.sentence else ""
            return f"Inget utfördes: ingen fanns att fråga, och låtsassystemet stängs nu. Kör igen med --yes{fewer}."
        if is_asked:
            return f"Inget utfördes. `flotta resume {found.id}` visar planen igen."
        return f"Planen väntar på godkännande: `flotta resume {found.id} --yes` utför den."

    def _report(self, found: Run, code: int, closed: str | None) -> int:
        if found.state in {"running", "new"}:
            # The process is gone without having stored an ending.
            if code == bootstrap.CANNOT_STORE:
                raise StateNotWritable(str(self._settings.home))
            if code == bootstrap.LOST:
                raise FlottaError(f"Körningen {found.id} har tagits över av en annan process.")
            log = processes.log_file(self._settings.home, found.id)
            then = closed or f"`flotta resume {found.id}` fortsätter."
            raise FlottaError(
                f"Körningens process dog (slutkod {code}). Allt som hann göras är sparat. {then} Loggen finns i {log}."
            )
        bot, lines = registry.bot(found.bot), self._ledger.lines(found.id)
        if self._as_json:
            print_json(present.as_json(found, lines))
        else:
            self._console.print(present.summary(bot, found, lines))
            self.say(f"Körning {found.id}. `flotta show --all` visar varje post.")
        if closed and found.state == "waiting":
            self.say(f"Låtsassystemet stängs nu. Kör igen utan --yes och svara ja, eller med {WITHIN_LIMITS}.")
        elif closed and found.state not in {"done", "planned"}:
            self.say(closed)
        return found.exit_code if found.exit_code is not None else 1

    def _run(self, run_id: str) -> Run:
        found = self._ledger.run(run_id)
        if found is None:
            raise ConfigurationError(f"Det finns ingen körning {run_id}.")
        return found

    def _process(self, run_id: str) -> int:
        """Start the worker, show how far it has come, return its exit code.

        Ctrl-C asks it to stop, twice ends it. A terminal that is closed, or who ends this process, asks it as well: it
        is a session of its own, and would work on unseen.
        """
        how = processes.ATTENDED if self._attended else None
        with _asked_to_stop() as asked:
            before = self._run(run_id).epoch
            child = processes.start(self._settings.home, run_id, os.environ, after=before, how=how)
            with self._progress() as bar:
                task = bar.add_task("Startar", total=None)
                while not asked:
                    try:
                        return child.wait(FOLLOW_EVERY)
                    except subprocess.TimeoutExpired:
                        bar.update(task, **self._how_far(run_id))
            self._is_stopped = True
            self.say("Avslutar efter den pågående posten. Ctrl-C igen avbryter genast.")
            child.send_signal(signal.SIGTERM)
            until = time.monotonic() + STOP_WITHIN
            while signal.SIGINT not in asked[1:] and time.monotonic() < until:
                with suppress(subprocess.TimeoutExpired):
                    return child.wait(FOLLOW_EVERY)
            processes.end_tree(self._settings.home, run_id, epoch=before + 1)
            child.wait()
            return 130

    def _progress(self) -> Progress:
        return Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=present.console(err=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )

    def _how_far(self, run_id: str) -> dict[str, Any]:
        found = self._run(run_id)
        if found.planned is None:
            return {"description": "Läser", "completed": found.seen, "total": None}
        counts = self._ledger.item_counts(run_id)
        finished = counts.get("done", 0)
        left = counts.get("todo", 0) + counts.get("uncertain", 0)
        return {"description": "Utför", "completed": finished, "total": finished + left}


@contextmanager
def _asked_to_stop() -> Iterator[list[int]]:
    """Yield the signals to stop that have come, in order; until the end of this they do nothing but stand there.

    What whoever started us has let us ignore (`nohup`) stays ignored.
    """
    asked: list[int] = []
    terminal = [fd for fd in (0, 1, 2) if os.isatty(fd)]

    def note(number: int, _frame: object) -> None:
        asked.append(number)
        if number == signal.SIGHUP:
            # Nobody reads there any more, and the next word to them would be an error that hides how the run ended.
            with Path(os.devnull).open("r+b") as nowhere:
                for fd in terminal:
                    os.dup2(nowhere.fileno(), fd)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    heeded = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in heeded:
        signal.signal(number, note)
    try:
        yield asked
    finally:
        for number, handler in heeded.items():
            signal.signal(number, handler)


def find(ledger: Ledger, name: str | None, *, unfinished: bool, what: str = "körning") -> Run:
    """Return the run of that name or unique beginning; without a name the latest, or the latest that is unfinished."""
    latest = ledger.latest_runs(200)
    if name is None:
        for found in latest:
            if not unfinished or found.state in OPEN_STATES:
                return found
        raise ConfigurationError("Det finns ingen körning att fortsätta." if unfinished else "Inga körningar än.")
    exact = ledger.run(name)
    if exact is not None:
        return exact
    matches = [found for found in latest if found.id.startswith(name)]
    if len(matches) == 1:
        return matches[0]
    raise ConfigurationError(
        f"{name} kan vara {', '.join(found.id for found in matches)}." if matches else f"Det finns ingen {what} {name}."
    )


def print_json(value: Any) -> None:  # noqa: ANN401 - anything that JSON can write
    """Print a value as JSON, dates as ISO 8601."""
    print(jsonlib.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201 - asked for
