"""What the commands of the fleet do: carry runs on this machine, call runs off, tell what machines there are."""

from __future__ import annotations

import getpass
import signal
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from bots.errors import ConfigurationError
from orchestrator import bootstrap, present
from orchestrator.ledger import fleet as hands
from orchestrator.operate import find, print_json
from orchestrator.settings import load

if TYPE_CHECKING:
    from orchestrator.fleet import Fleet


def worker(pools: Sequence[str]) -> int:
    """Carry out `flotta worker`: until it is asked to stop."""
    with _fleet(pools) as fleet:
        fleet.work()
    return 0


@contextmanager
def _fleet(pools: Sequence[str]) -> Iterator[Fleet]:
    """Yield this machine, which stops when it is asked to by a signal."""
    from orchestrator import logs  # noqa: PLC0415 - structlog, 0.15 s
    from orchestrator.fleet import Fleet  # noqa: PLC0415

    settings = load()
    if settings.database is None and pools != [DEFAULT_POOL]:
        raise ConfigurationError("Flera maskiner behöver en gemensam databas. Ange den i FLOTTA_DATABASE.")
    # At the start the database is waited for; later the machine asks again by itself, and must not be held up.
    bootstrap.open_ledger(settings, bootstrap.PATIENCE).close()
    with closing(bootstrap.ledger_in(settings)) as ledger:
        fleet = Fleet(settings, ledger, list(pools), now=bootstrap.now, log=logs.logger())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: fleet.stop())
        Console(stderr=True).print(
            f"{fleet.machine} utför körningar ur {', '.join(pools)}. Ctrl-C avslutar efter de pågående posterna.",
            highlight=False,
        )
        yield fleet


def cancel(name: str | None, *, json: bool) -> int:
    """Carry out `flotta cancel`: 0 when the run is called off, 2 when there is nothing to call off."""
    ledger = bootstrap.open_ledger(load())
    found = find(ledger, name, unfinished=True)
    state = hands.cancel(ledger, found.id, by=getpass.getuser(), now=bootstrap.now())
    if state is None:
        raise ConfigurationError(f"Körningen {found.id} pågår inte ({present.STATES[found.state]}).")
    if json:
        print_json({"run": found.id, "state": state})
    elif state == "cancelled":
        Console().print(f"Körningen {found.id} är avbruten. `flotta resume {found.id}` fortsätter.", highlight=False)
    else:
        Console().print(f"Körningen {found.id} avbryts när posten i hand är klar.", highlight=False)
    return 0


def machines(*, json: bool) -> int:
    """Carry out `flotta machines`."""
    found = hands.machines_of(bootstrap.open_ledger(load()))
    if json:
        print_json(found)
    elif found:
        present.show(present.machines(found, bootstrap.now()))
    else:
        Console().print("Ingen maskin har varit igång. `flotta up` startar den här.")
    return 0


#: The class of machine that there is when nothing is said of others.
DEFAULT_POOL = "standard"
