"""Name -> bot, found through the entry point group `flotta.bots`; system -> screens, found by the module's name."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from bots.contract import AnyBot
from bots.errors import ConfigurationError

GROUP = "flotta.bots"


def names() -> list[str]:
    """Return the names of all installed bots, sorted."""
    return sorted(point.name for point in entry_points(group=GROUP))


def bot(name: str, own: Mapping[str, Any] | None = None) -> AnyBot:
    """Return the bot of that name, with these settings of its own (`bots.contract.Bot`).

    Raises ConfigurationError naming the bots there are, or the setting that it does not have or take.
    """
    for point in entry_points(group=GROUP, name=name):
        found: AnyBot = point.load()
        return _with(found, own) if own else found
    raise ConfigurationError(f"Det finns ingen bot som heter {name}. Det finns: {', '.join(names())}.")


def _with(found: AnyBot, own: Mapping[str, Any]) -> AnyBot:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - 0.1 s, and most bots have none

    known: dict[str, Any] = (
        {each.name: getattr(found, each.name) for each in fields(found)} if is_dataclass(found) else {}
    )
    if unknown := sorted(set(own) - set(known)):
        there = f"Den har {', '.join(known)}." if known else "Den har inga egna."
        raise ConfigurationError(f"{found.name} har ingen inställning {unknown[0]}. {there}")
    try:
        made: AnyBot = TypeAdapter(type(found)).validate_python({**known, **own})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "inställningen"
        raise ConfigurationError(f"{found.name}: {where}: {first['msg'].removeprefix('Value error, ')}") from error
    return made


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
