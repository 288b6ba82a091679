"""Mock systems for the commands that ask for them: served in this process, with an account that is theirs alone."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from bots.errors import ConfigurationError
from orchestrator import bootstrap

if TYPE_CHECKING:
    from orchestrator.ledger.store import Options


@contextmanager
def serving(
    uis: dict[str, str | None], rows: int, seed: int, day: date, *, port: int = 0, faults: str | None = None
) -> Iterator[dict[str, str]]:
    """Serve mock systems in this process; yield their addresses. Raises ConfigurationError if they can't be."""
    try:
        from fixtures.mockui import faults as fault_kit  # noqa: PLC0415 - only a mock needs it installed
        from fixtures.mockui import server  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ConfigurationError("Låtsassystemen är inte installerade. Kör `pip install 'flotta[mock]'`.") from error
    try:
        loaded = fault_kit.load(Path(faults)) if faults else ()
        specs = [
            server.Spec(system, today=day, ui=ui, rows=rows, seed=seed, faults=loaded) for system, ui in uis.items()
        ]
        with ExitStack() as stack:
            yield stack.enter_context(server.serve(specs, port=port))
    except server.PortTaken as error:
        raise ConfigurationError(f"Port {error.port} är upptagen. Välj en annan med --port.") from error
    except server.UnknownSystem as error:
        raise ConfigurationError(
            f"Det finns inget låtsassystem {error.name}. Det finns: {', '.join(error.known)}."
        ) from error
    except fault_kit.InvalidFaults as error:
        raise ConfigurationError(f"Felfilen {faults}: {error}") from error


def seat(urls: Mapping[str, str], *, sends: bool, look: int | None = None) -> None:
    """Put a stand-in for the person at the screen of each mock system that needs one, who `sends`, or leaves that.

    `look`: how long they look at a page before they do anything, where it is not the mock's own. Milliseconds.
    """
    body = json.dumps({"sends": sends} if look is None else {"sends": sends, "look": look}).encode()
    for system, url in urls.items():
        if "ATTENDED" in account(system):
            with urlopen(Request(f"{url}/__mock__/person", body), timeout=10):  # noqa: S310 - our own address
                pass


def answer(options: Options) -> bool:
    """Return whether a run's mock systems are served still: they are gone with the command that started them."""
    return not options.mock or all(map(_answers, options.base_urls.values()))


def closed(bot: str) -> str:
    """Return what is said of a run whose mock systems are gone."""
    return f"Låtsassystemet stängdes med körningen. Starta en ny med `flotta run {bot} --mock`."


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=2):
            return True
    except OSError:
        return False


def account(system: str) -> Mapping[str, str]:
    """Return the account of a mock system, by the names of the settings. Raises ConfigurationError if there is none."""
    try:
        found: Mapping[str, str] = import_module(f"fixtures.{system}").ACCOUNT
    except (ModuleNotFoundError, AttributeError) as error:
        raise ConfigurationError(f"Det finns inget låtsassystem {system}.") from error
    return found


def give_accounts(systems: tuple[str, ...]) -> None:
    """Let this process and its children use the mock's account, whatever the settings say of the real one."""
    for system in systems:
        for name, value in {**account(system), "SIGN_INS": "8"}.items():
            os.environ[f"FLOTTA_SYSTEMS__{system.upper()}__{name}"] = value


def serve(
    systems: list[str], *, port: int, uis: dict[str, str], rows: int, seed: int, today: date | None, faults: str | None
) -> int:
    """Carry out `flotta mock`: serve until interrupted."""
    day = today or bootstrap.today()
    with serving({system: uis.get(system) for system in systems}, rows, seed, day, port=port, faults=faults) as urls:
        for system, url in urls.items():
            print(f"{system} {url}", flush=True)  # noqa: T201 - what the command is asked for
            given = account(system)
            if "USER" in given:
                print(f"  konto {given['USER']}, lösenord {given['PASSWORD']}", flush=True)  # noqa: T201 - as above
        print("Ctrl-C avslutar.", flush=True)  # noqa: T201
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        try:
            stop.wait()
        except KeyboardInterrupt:
            return 0
    return 0
