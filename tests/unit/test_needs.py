"""A map is held against all that its system's screens use of it, before anything is done: each gap by its place."""
# ruff: noqa: E501 - each gap on the line of what makes it

from __future__ import annotations

import ast
import inspect
import types
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bots import registry
from bots.browser.needs import Unshown, unshown
from bots.browser.selector_map import SelectorMap
from tests.fakes import MAPS

SYSTEMS = ("ivo", "lifecare")
GONE = object()


def the_tree(system: str = "lifecare") -> dict[str, Any]:
    """Return the oldest map of a system, as its file has it."""
    file = min((MAPS / system).glob("*.yaml"))
    tree: dict[str, Any] = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    return tree


def changed(tree: dict[str, Any], **changes: object) -> SelectorMap:
    """Return the map with something else at each place, written with `__` between the steps; GONE takes it away."""
    for place, value in changes.items():
        *way, last = place.split("__")
        node = tree
        for part in way:
            node = node.setdefault(part, {})
        if value is GONE:
            del node[last]
        else:
            node[last] = value
    return SelectorMap.model_validate(tree)


@pytest.mark.parametrize("file", sorted(MAPS.glob("*/*.yaml")), ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_the_maps_in_use_lack_nothing(file: Path) -> None:
    """Neither for what they have, nor for any bot."""
    of = SelectorMap.model_validate(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")))
    bots = [name for name in registry.names() if of.system in registry.bot(name).systems]

    assert [registry.gaps(of), *(registry.gaps(of, name) for name in bots)] == [[] for _ in (0, *bots)]


REMINDER = "screens__reminder"
GAPS: list[tuple[dict[str, object], str]] = [
    ({f"{REMINDER}__fields__due": GONE}, "screens.reminder.fields.due: saknas"),
    ({f"{REMINDER}__fields__due": {"label": "Förfallodatum"}}, "screens.reminder.fields.due.as: text, men här behövs date"),
    ({f"{REMINDER}__fields__due": {"label": "F", "as": "date", "blank": [""]}}, "screens.reminder.fields.due: får inte vara tom"),
    ({f"{REMINDER}__fields__due": {"label": "F", "as": "date", "optional": True}}, "screens.reminder.fields.due: får inte vara tom"),
    ({f"{REMINDER}__fields__status": {"label": "Status"}}, "screens.reminder.fields.status.values: saknas"),
    ({f"{REMINDER}__fields__status": {"label": "Status", "values": "konto"}}, "har ord som ingen regel känner: aktivt, inaktivt"),
    ({f"{REMINDER}__fields__new": {"label": "Ny"}}, "screens.reminder.fields.new: är inget som läses på den här skärmen"),
    ({f"{REMINDER}__tables__history": GONE}, "screens.reminder.tables.history: saknas"),
    ({f"{REMINDER}__tables__history__columns__user": GONE}, "screens.reminder.tables.history.columns.user: saknas"),
    ({f"{REMINDER}__tables__history__columns__x": {"header": "X"}}, "screens.reminder.tables.history.columns.x: är inget som läses"),
    ({f"{REMINDER}__elements__reason": GONE}, "screens.reminder.elements.reason: saknas"),
    ({f"{REMINDER}__elements__reason__action": "select"}, "screens.reminder.elements.reason.action: select, men här behövs fill"),
    ({f"{REMINDER}__elements__confirm_removal__danger": "write", f"{REMINDER}__elements__confirm_removal__after": None, f"{REMINDER}__shown": []}, "elements.confirm_removal.danger: write, men det här går inte att ångra"),
    ({f"{REMINDER}__path": None}, "screens.reminder.path: saknas"),
    ({f"{REMINDER}__path": "/paminnelser"}, "screens.reminder.path: {id} saknas"),
    ({f"{REMINDER}__path": "/{ort}/{id}"}, "screens.reminder.path: {ort} är inget som adressen får"),
    ({"screens__reminder_list__fields__pages": {"css": "nav", "optional": True}}, "screens.reminder_list.fields.pages.as: text, men här behövs number"),
    ({"screens__reminder_list__path": "/paminnelser"}, "screens.reminder_list.path: {page} saknas"),
    ({"screens__insats__tables__under_tiden__columns__y": {"header": "Y"}}, "screens.insats.tables.under_tiden.columns: ska vara en enda kolumn"),
    ({"screens__sign_in": GONE}, "screens.sign_in: saknas"),
    # What is said not to be there.
    ({"screens__reminder_list": GONE, "absent": ["reminder_list"]}, "absent: skärmen reminder_list kan inte undvaras"),
    ({f"{REMINDER}__fields__due": GONE, f"{REMINDER}__absent": {"fields": ["due"]}}, "absent: reglerna klarar sig inte utan due"),
    ({f"{REMINDER}__fields__due": GONE, f"{REMINDER}__always": {"due": "2026-01-01"}}, "always: bara text kan vara densamma överallt, inte due"),
    ({f"{REMINDER}__fields__konto": GONE, f"{REMINDER}__always": {"konto": "Aktivt"}}, "always: »Aktivt« är inget ord som reglerna känner för konto"),
    ({f"{REMINDER}__elements__confirm_removal": GONE, f"{REMINDER}__shown": [], f"{REMINDER}__absent": {"elements": ["confirm_removal"]}}, "absent: utan elementet confirm_removal kan inget skrivas"),
    ({f"{REMINDER}__tables__history__columns__time": GONE, f"{REMINDER}__tables__history__absent": ["time"]}, "screens.reminder.tables.history.absent: reglerna klarar sig inte utan time"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "gap"), GAPS)
def test_a_gap_is_said_with_its_place(changes: dict[str, object], gap: str) -> None:
    """And nothing else is."""
    found = registry.gaps(changed(the_tree(), **changes))

    assert len(found) == 1
    assert gap in found[0]


def test_a_map_may_say_what_its_version_does_not_have() -> None:
    """Then nothing is missing, and all that it says so of is told: somebody approves what no rule looks at."""
    tree = the_tree()
    for name in ("role", "start"):
        del tree["screens"][name]
    reminder = tree["screens"]["reminder"]
    del reminder["fields"]["konto"], reminder["fields"]["deceased"], reminder["elements"]["reason"]
    del reminder["tables"]["history"]["columns"]["note"], reminder["tables"]["all_uppfoljningar"]
    reminder["always"] = {"konto": "aktivt"}
    reminder["absent"] = {"fields": ["deceased"], "elements": ["reason"], "tables": ["all_uppfoljningar"]}
    reminder["tables"]["history"]["absent"] = ["note"]
    of = changed(tree, absent=["role", "start"])

    assert registry.gaps(of, "reminder-cleanup") == []
    assert set(unshown(of)) == {
        Unshown("role", "", "absent"),
        Unshown("start", "", "absent"),
        Unshown("reminder", "konto", "always", "aktivt"),
        Unshown("reminder", "deceased", "absent.fields"),
        Unshown("reminder", "reason", "absent.elements"),
        Unshown("reminder", "all_uppfoljningar", "absent.tables"),
        Unshown("reminder", "note", "tables.history.absent"),
    }


def test_a_screen_is_missed_by_the_bot_that_needs_it() -> None:
    """A municipality that runs the other bot only need not describe it."""
    tree = the_tree()
    del tree["screens"]["insats"]
    of = changed(tree)

    assert registry.gaps(of, "reminder-cleanup") == registry.gaps(of) == []
    assert registry.gaps(of, "ivo-reporting") == ["screens.insats: saknas"]


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        ("konto", "reminder-cleanup: against_page"),
        ("deceased", "reminder-cleanup: against_page"),
        ("reason", "lifecare: remove"),
        ("all_uppfoljningar", "reminder-cleanup: outdated"),
    ],
)
def test_what_looks_at_a_value_is_known(name: str, reader: str) -> None:
    """So that who approves a map is told what they switch off."""
    assert reader in registry.readers("lifecare", name)


# What is declared is what is used.

_VERBS = {
    "fill": {"fill"}, "select": {"select"}, "click": {"click"}, "submit": {"submit"}, "hand_over": {"submit"},
    "refused": {"fill", "select", "click"}, "unanswered": {"submit"},
}  # fmt: skip


def _asked_for(module: types.ModuleType) -> set[tuple[str, str]]:
    """Return the elements that a system's module names, each with the verb."""
    return {
        (each.func.attr, each.args[0].value)
        for each in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in _VERBS
        and each.args and isinstance(each.args[0], ast.Constant) and isinstance(each.args[0].value, str)
    }  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS)
def test_all_that_a_system_uses_is_declared(system: str) -> None:
    """An element that is filled and not declared would be missed in the middle of a write."""
    module = import_module(f"bots.screens.{system}")
    declared = {(how, name) for use in module.USES.values() for name, how in use.elements.items()}
    asked = _asked_for(module)

    assert asked
    assert [one for one in sorted(asked) if not {(how, one[1]) for how in _VERBS[one[0]]} & declared] == []
    assert declared <= {(how, name) for verb, name in asked for how in _VERBS[verb]}


@pytest.mark.parametrize("system", SYSTEMS)
def test_all_screens_that_a_system_names_are_declared(system: str) -> None:
    """Among the names of its elements, fields and tables."""
    module = import_module(f"bots.screens.{system}")
    named = {
        each.args[0].value
        for each in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "screen"
        and isinstance(each.args[0], ast.Constant)
    }  # fmt: skip

    assert named
    assert named <= set(module.USES)
