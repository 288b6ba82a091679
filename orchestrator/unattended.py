"""What the commands of the fleet do: carry runs on this machine, call runs off, tell what machines there are."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from bots import registry
from bots.errors import ConfigurationError
from orchestrator import bootstrap, orphans, present
from orchestrator.ledger import alerts as told
from orchestrator.ledger import expected
from orchestrator.ledger import fleet as hands
from orchestrator.operate import find, print_json
from orchestrator.settings import ScheduleSettings, Settings, load

if TYPE_CHECKING:
    from orchestrator.fleet import Fleet
    from orchestrator.notify import Targets

#: How many times to come are shown of each schedule, and how far back is looked.
COMING, LOOK_BACK = 3, timedelta(days=30)
#: How many alerts are shown.
ALERTS = 50


def worker(pools: Sequence[str]) -> int:
    """Carry out `flotta worker`: until it is asked to stop."""
    with _fleet(pools) as fleet:
        fleet.work()
    return 0


def up(pools: Sequence[str]) -> int:
    """Carry out `flotta up`: the clock, the alerts, and this machine beside them, until it is asked to stop."""
    from orchestrator import logs  # noqa: PLC0415 - structlog, 0.15 s
    from orchestrator.alerts import Watch  # noqa: PLC0415 - as below
    from orchestrator.clock import Clock  # noqa: PLC0415 - APScheduler, 0.1 s

    settings = load()
    _known_bots(settings)
    targets = _targets(settings)
    with _fleet(pools) as fleet, closing(bootstrap.ledger_in(settings)) as ledger:
        clock = Clock(
            settings, ledger, now=bootstrap.now, log=logs.logger(), added=fleet.nudge,
            errand=lambda bot: bootstrap.errand(settings, bot),
        )  # fmt: skip
        watch = Watch(settings, ledger, targets, now=bootstrap.now, log=logs.logger())
        console = present.console(err=True)
        for name, schedule in settings.schedules.items():
            console.print(f"{name}: {schedule.bot} {present.moment(next_due(schedule))}", highlight=False)
        if not settings.schedules:
            console.print("Inga scheman finns. Lägg till [schedules.NAMN] i flotta.toml.", highlight=False)
        if targets is None:
            console.print("Larm skickas inte till någon. Lägg till [alerts] to i secrets.toml.", highlight=False)
        clock.start()
        watch.start()
        try:
            fleet.work()
        finally:
            watch.stop()
            clock.stop()
    return 0


def next_due(schedule: ScheduleSettings) -> datetime | None:
    """Return when the schedule is due next."""
    from orchestrator import clock  # noqa: PLC0415 - APScheduler, 0.1 s

    return clock.next_due(schedule, bootstrap.now())


def _known_bots(settings: Settings) -> None:
    for name, schedule in settings.schedules.items():
        if schedule.bot not in registry.names():
            raise ConfigurationError(
                f"[schedules.{name}]: det finns ingen robot {schedule.bot}, utan {', '.join(registry.names())}."
            )


def schedule(*, json: bool) -> int:
    """Carry out `flotta schedule`: the next times of each schedule, and what became of the last thirty days'."""
    from orchestrator import clock  # noqa: PLC0415 - as above

    settings, now = load(), bootstrap.now()
    _known_bots(settings)
    ledger = bootstrap.open_ledger(settings)
    expected.settle(ledger)
    ahead = {name: list(islice(clock.coming(each, now), COMING)) for name, each in settings.schedules.items()}
    paused, past = expected.paused(ledger), expected.since(ledger, now - LOOK_BACK)
    if json:
        print_json(
            {
                "schedules": [
                    {
                        "name": name,
                        "bot": settings.schedules[name].bot,
                        "next": times,
                        "paused": paused.get(settings.schedules[name].bot),
                    }
                    for name, times in ahead.items()
                ],
                "past": [asdict(each) for each in past],
            }
        )
        return 0
    if not settings.schedules:
        present.console().print("Inga scheman finns. Lägg till [schedules.NAMN] i flotta.toml.", highlight=False)
    else:
        present.show(present.coming(settings.schedules, ahead, paused))
    if past:
        present.show(present.past(past))
    return 0


def pause(bot: str, *, note: str) -> int:
    """Carry out `flotta pause`."""
    known = registry.bot(bot)
    if not note.strip():
        raise ConfigurationError("Skriv i --note varför: den som ser att roboten vilar ska förstå det.")
    found = expected.pause(
        bootstrap.open_ledger(load()), known.name, by=bootstrap.login(), why=note, now=bootstrap.now()
    )
    present.console().print(
        f"{known.name}: {found}. `flotta unpause {known.name}` låter klockan starta den igen.", highlight=False
    )
    return 0


def unpause(bot: str) -> int:
    """Carry out `flotta unpause`."""
    known = registry.bot(bot)
    if not expected.unpause(bootstrap.open_ledger(load()), known.name, by=bootstrap.login()):
        raise ConfigurationError(f"{known.name} är inte pausad.")
    present.console().print(f"Klockan startar {known.name} igen. Det som hoppades över tas inte igen.", highlight=False)
    return 0


def _targets(settings: Settings) -> Targets | None:
    """Return who is to be told, None when nobody is. Raises ConfigurationError for an address that is none."""
    if not settings.alerts.to:
        return None
    from orchestrator.notify import Targets  # noqa: PLC0415 - Apprise, 0.3 s

    return Targets(settings.alerts.to)


def alerts(*, json: bool) -> int:
    """Carry out `flotta alerts`."""
    found = told.latest(bootstrap.open_ledger(load()), ALERTS)
    if json:
        print_json([asdict(each) for each in found])
    elif found:
        present.show(present.alerts(found))
    else:
        present.console().print("Inga larm. `flotta alerts --test` provar att de kommer fram.")
    return 0


def try_targets(*, json: bool) -> int:
    """Carry out `flotta alerts --test`: 0 when every target takes the message, 1 when one does not."""
    settings = load()
    targets = _targets(settings)
    if targets is None:
        raise ConfigurationError(
            "Larm skickas inte till någon. Lägg till [alerts] to i secrets.toml, eller FLOTTA_ALERTS__TO i miljön."
        )
    body = f"Flotta på {settings.machine} provar att larm kommer fram hit. Inget har hänt."
    deliveries = targets.send("Flotta: prov", body)
    if json:
        print_json([asdict(each) for each in deliveries])
    else:
        for place, each in enumerate(deliveries, start=1):
            said = "mottaget" if each.taken else "togs inte emot. Kontrollera adressen, lösenordet och servern."
            present.console().print(f"{place}. {each.kind}: {said}", highlight=False)
    return 0 if all(each.taken for each in deliveries) else 1


@contextmanager
def _fleet(pools: Sequence[str]) -> Iterator[Fleet]:
    """Yield this machine, which stops when it is asked to by a signal."""
    from orchestrator import logs  # noqa: PLC0415 - structlog, 0.15 s
    from orchestrator.fleet import Fleet  # noqa: PLC0415

    settings = load()
    # At the start the database is waited for; later the machine asks again by itself, and must not be held up.
    bootstrap.open_ledger(settings, bootstrap.PATIENCE).close()
    with closing(bootstrap.ledger_in(settings)) as ledger:
        fleet = Fleet(settings, ledger, list(pools), now=bootstrap.now, log=logs.logger())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: fleet.stop())
        present.console(err=True).print(
            f"{fleet.machine} utför körningar ur {', '.join(pools)}. Ctrl-C avslutar efter de pågående posterna.",
            highlight=False,
        )
        yield fleet


def cancel(name: str | None, *, json: bool) -> int:
    """Carry out `flotta cancel`: 0 when the run is called off, 2 when there is nothing to call off."""
    settings = load()
    ledger = bootstrap.open_ledger(settings)
    found = find(ledger, name, unfinished=True)
    is_orphaned = orphans.carrier(settings, ledger, found) is orphans.Carrier.GONE
    state = hands.cancel(ledger, found.id, by=bootstrap.login(), now=bootstrap.now(), is_orphaned=is_orphaned)
    if state is None:
        raise ConfigurationError(f"Körningen {found.id} pågår inte ({present.STATES[found.state]}).")
    if json:
        print_json({"run": found.id, "state": state})
    elif state == "cancelled":
        present.console().print(
            f"Körningen {found.id} är avbruten. `flotta resume {found.id}` fortsätter.", highlight=False
        )
    else:
        present.console().print(f"Körningen {found.id} avbryts när posten i hand är klar.", highlight=False)
    return 0


def machines(*, json: bool) -> int:
    """Carry out `flotta machines`."""
    found = hands.machines_of(bootstrap.open_ledger(load()))
    if json:
        print_json(found)
    elif found:
        present.show(present.machines(found, bootstrap.now()))
    else:
        present.console().print("Ingen maskin har varit igång. `flotta up` startar den här.")
    return 0
