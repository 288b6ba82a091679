"""Name -> bot, found through the entry point group `flotta.bots`; system -> screens, found by the module's name."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from bots.contract import AnyBot
from bots.errors import ConfigurationError

GROUP = "flotta.bots"


def names() -> list[str]:
    """Return the names of all installed bots, sorted."""
    return sorted(point.name for point in entry_points(group=GROUP))


def bot(name: str) -> AnyBot:
    """Return the bot of that name. Raises ConfigurationError naming those there are."""
    for point in entry_points(group=GROUP, name=name):
        found: AnyBot = point.load()
        return found
    raise ConfigurationError(f"Det finns ingen bot som heter {name}. Det finns: {', '.join(names())}.")


def screens(system: str) -> Any:  # noqa: ANN401 - each system has screens of its own; its bots state the Protocol
    """Return the class that opens `system`, called with a session and an account."""
    return import_module(f"bots.screens.{system}").SYSTEM
