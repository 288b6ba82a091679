"""Name -> bot, found through the entry point group `flotta.bots`; system -> screens, found by the module's name."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bots.contract import AnyBot
from bots.errors import ConfigurationError

if TYPE_CHECKING:
    from bots.browser.selector_map import SelectorMap

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
    """Return the class that opens `system`, called with a session and an account. Raises ConfigurationError."""
    if not has_screens(system):
        raise ConfigurationError(
            f"Det finns inga skärmar för {system} (bots/screens/{system}.py), så ingen robot hittar dit. "
            "Med --recording prövas en karta mot en inspelning i stället."
        )
    return import_module(f"bots.screens.{system}").SYSTEM


def has_screens(system: str) -> bool:
    """Return whether anything uses the system's screens yet: a map may be written first."""
    return find_spec(f"bots.screens.{system}") is not None


def gaps(of: SelectorMap, bot_name: str | None = None) -> list[str]:
    """Return what a map lacks of all that its system's methods use, each as a place in it and what is wrong there.

    Of the screens in it; with a bot's name, also of those that this bot needs and the map does not have.
    """
    from bots.browser import needs  # noqa: PLC0415 - pydantic models, 0.1 s

    if not has_screens(of.system):
        return [f"system: bots/screens/{of.system}.py finns inte, så inget använder kartan"]
    module = import_module(f"bots.screens.{of.system}")
    return needs.gaps(of, module.USES, uses(bot_name, of.system) if bot_name is not None else None)


def uses(name: str, system: str) -> set[str]:
    """Return the words by which a bot's code, and the screens' methods that it calls, name what they use of a system.

    Among them are the names of all screens and elements that it needs: of what it calls, and what that calls. Raises
    ValueError where that can't be told (`calls`).
    """
    methods = {
        each.name: each
        for each in ast.walk(ast.parse(inspect.getsource(import_module(f"bots.screens.{system}"))))
        if isinstance(each, ast.FunctionDef)
    }
    room = Path(inspect.getfile(type(bot(name)))).parent
    left = calls([each.read_text(encoding="utf-8") for each in room.glob("*.py")], system) | {"sign_in"}
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


def readers(system: str, name: str) -> list[str]:
    """Return what looks at a value, a table or a step of a system by its name, as `bot: function`, in order.

    That is each function of a bot that signs in to the system, and each method of the system's screens, where the name
    is an attribute or a word of its own.
    """
    rooms: dict[str, Iterable[Path]] = {
        bot_name: Path(inspect.getfile(type(bot(bot_name)))).parent.glob("*.py")
        for bot_name in names()
        if system in bot(bot_name).systems
    }
    rooms[system] = [Path(inspect.getfile(import_module(f"bots.screens.{system}")))]
    return sorted(
        {
            f"{room}: {each.name}"
            for room, files in rooms.items()
            for file in files
            for each in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(each, ast.FunctionDef) and any(_names(node, name) for node in ast.walk(each))
        }
    )


def _names(node: ast.AST, name: str) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == name) or (
        isinstance(node, ast.Constant) and node.value == name
    )


def calls(sources: Iterable[str], system: str) -> set[str]:
    """Return the methods of a system that a bot's modules call, each written out: `at.lifecare.reminders()`.

    Raises ValueError where they call none, or hand the system on: what is called of it then isn't seen, and the screens
    behind that would be used unattended without having been looked through.
    """
    nodes = [each for source in sources for each in ast.walk(ast.parse(source))]
    called = {
        each.value: each.attr
        for each in nodes
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Attribute) and each.value.attr == system
    }
    for each in nodes:
        if isinstance(each, ast.Attribute) and each.attr == system and each not in called:
            raise ValueError(
                f"`{ast.unparse(each)}` is handed on: write `{ast.unparse(each)}.method()` where it is used"
            )
    if not called:
        raise ValueError(
            f"no `at.{system}.method()` is written in the bot's folder, though the bot signs in to {system}"
        )
    return set(called.values())
