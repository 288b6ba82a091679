"""Name -> bot, found through the entry point group `flotta.bots`; system -> screens, found by the module's name."""

from __future__ import annotations

import ast
import inspect
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


def uses(name: str, system: str) -> set[str]:
    """Return the words by which a bot's code, and the screens' methods that it calls, name what they use of a system.

    Among them are the names of all screens and elements that it needs: of what it calls, and what that calls.
    """
    methods = {
        each.name: each
        for each in ast.walk(ast.parse(inspect.getsource(import_module(f"bots.screens.{system}"))))
        if isinstance(each, ast.FunctionDef)
    }
    code = ast.parse(inspect.getsource(import_module(type(bot(name)).__module__)))
    # `at.lifecare.reminders()`: what is called of the system.
    left = {
        each.attr
        for each in ast.walk(code)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Attribute) and each.value.attr == system
    } | {"sign_in"}
    found: set[str] = set()
    done: set[str] = set()
    while left - done:
        method = (left - done).pop()
        done.add(method)
        for each in ast.walk(methods[method]) if method in methods else ():
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                found.add(each.value)
            elif isinstance(each, ast.Attribute | ast.Name):
                left.add(each.attr if isinstance(each, ast.Attribute) else each.id)
    return found
