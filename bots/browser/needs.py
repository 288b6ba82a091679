"""What a system's screens use of its maps, so that a map is held against it before anything is done.

A map that lacks something would fail where it is used: a KeyError, in the middle of a write. Here each gap is a
sentence that says where in the map it is, when the map is loaded.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from string import Formatter
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from bots.records import Words

if TYPE_CHECKING:
    from bots.browser.screen import Seen
    from bots.browser.selector_map import Cell, Screen, SelectorMap

T = TypeVar("T")
#: What is done with an element: `fill` and `select` type and choose, `submit` writes, all else is clicked.
Use = Literal["fill", "select", "click", "submit"]
#: How a map reads what a record holds.
_READ_AS = {str: ("text", "quarter"), int: ("number",), date: ("date",), datetime: ("minute",)}


@dataclass(frozen=True, slots=True)
class Uses:
    """What the methods of a system use of one screen.

    `record` is read from its fields: a dataclass, or types by name. What it has as a tuple of records is a table of
    that name, each of them a row; a tuple of values a table of one column. `tables` are those beside it, by name.
    `given` are the parameters of the address that it is opened at. `optional`: a version may do without the screen.
    """

    record: Any = None
    tables: Mapping[str, type] = field(default_factory=dict)
    elements: Mapping[str, Use] = field(default_factory=dict)
    given: tuple[str, ...] | None = None
    optional: bool = False


#: What a list tells of its pages: how many there are, and how many rows in all.
PAGES: Mapping[str, Any] = {"pages": int | None, "total": int | None}


def gaps(of: SelectorMap, uses: Mapping[str, Uses], needed: Container[str] | None = None) -> list[str]:
    """Return what a map lacks, each as a place in it and what is wrong there, in Swedish.

    Of the screens in it; and of those that are not, where they are `needed`. One that signs in always is.
    """
    return list(_gaps(of, uses, needed))


def _gaps(of: SelectorMap, uses: Mapping[str, Uses], needed: Container[str] | None) -> Iterator[str]:
    for name, use in uses.items():
        if name in of.absent:
            if not use.optional:
                yield f"absent: skärmen {name} kan inte undvaras"
        elif name in of.screens:
            yield from (f"screens.{name}.{gap}" for gap in _of_screen(of, of.screens[name], use))
        elif name == "sign_in" or (needed is not None and name in needed):
            yield f"screens.{name}: saknas"


def _of_screen(of: SelectorMap, screen: Screen, use: Uses) -> Iterator[str]:
    if use.given is not None:
        yield from _of_path(screen, use.given)
    shown, tables = _parted(use.record)
    if use.record is not None:
        yield from _of_cells(of, "fields", shown, screen.fields, screen.unshown, _flag(screen))
    for name, row in {**tables, **use.tables}.items():
        if name in screen.tables:
            table = screen.tables[name]
            columns = _row_types(row) or dict.fromkeys([*table.columns, *table.unshown], row)
            if not _row_types(row) and len(columns) != 1:
                yield f"tables.{name}.columns: ska vara en enda kolumn"
            yield from (
                f"tables.{name}.{gap}"
                for gap in _of_cells(of, "columns", columns, table.columns, table.unshown, _flag(table))
            )
        elif name not in screen.absent.tables:
            yield f"tables.{name}: saknas"
    for name, how in use.elements.items():
        yield from _of_element(screen, name, how)


def _of_path(screen: Screen, given: tuple[str, ...]) -> Iterator[str]:
    if screen.path is None:
        yield "path: saknas"
        return
    asked = {name for _text, name, _form, _conversion in Formatter().parse(screen.path) if name is not None}
    for name in sorted(asked - set(given)):
        yield f"path: {{{name}}} är inget som adressen får"
    for name in given:
        # A list that is all on one page has no number of it.
        if name not in asked and not (name == "page" and "pages" not in screen.fields):
            yield f"path: {{{name}}} saknas"


def _flag(of: Any) -> str | None:  # noqa: ANN401 - a screen or a table
    """Return the value that only tells if somebody is protected, which no record has."""
    return of.protect.by if of.protect is not None else None


def _parted(record: Any) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ANN401 - a dataclass, or types by name
    """Return the types of a record's values, and what the rows of its tables are."""
    types = _row_types(record)
    tables = {name: get_args(each)[0] for name, each in types.items() if get_origin(each) is tuple}
    return {name: each for name, each in types.items() if name not in tables}, tables


def _row_types(record: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return the types of a record's values by name; none for what is no record."""
    if isinstance(record, Mapping):
        return dict(record)
    return _hints(record) if isinstance(record, type) and is_dataclass(record) else {}


@cache
def _hints(record: type) -> dict[str, Any]:
    hints = get_type_hints(record, include_extras=True)
    return {each.name: hints[each.name] for each in fields(record)}


def built(record: type[T], seen: Seen) -> T:
    """Return what was read of a screen as a record, which its map has been held against (`gaps`)."""
    _shown, tables = _parted(record)
    rows = {
        name: tuple(row(**each.values) if _row_types(row) else next(iter(each.values.values())) for each in there)
        for name, row in tables.items()
        for there in [seen.tables[name]]
    }
    return record(**seen.fields, **rows)


def _of_cells(
    of: SelectorMap, kind: str, wanted: Mapping[str, Any], shown: Mapping[str, Cell],
    unshown: Mapping[str, str | None], flag: str | None,
) -> Iterator[str]:  # fmt: skip
    for name, type_ in wanted.items():
        if name in shown:
            yield from (f"{kind}.{name}{gap}" for gap in _of_cell(of, type_, shown[name]))
        elif name in unshown:
            yield from (f"{gap} {name}" for gap in _of_unshown(type_, unshown[name]))
        else:
            yield f"{kind}.{name}: saknas"
    for name in (*shown, *unshown):
        if name not in wanted and name != flag:
            yield f"{kind}.{name}: är inget som läses på den här skärmen"


def _plain(type_: Any) -> tuple[type, bool, frozenset[str] | None]:  # noqa: ANN401 - any annotation of a record
    """Return what a value is when there is one, whether there may be none, and the words that it may be."""
    may_be_none = False
    if get_origin(type_) in (Union, UnionType):
        [type_] = [each for each in get_args(type_) if each is not NoneType]
        may_be_none = True
    allowed = None
    if get_origin(type_) is Annotated:
        type_, *notes = get_args(type_)
        allowed = next((each.allowed for each in notes if isinstance(each, Words)), None)
    return type_, may_be_none, allowed


def _of_cell(of: SelectorMap, type_: Any, cell: Cell) -> Iterator[str]:  # noqa: ANN401 - any annotation of a record
    is_, may_be_none, allowed = _plain(type_)
    if cell.as_ not in _READ_AS[is_]:
        yield f".as: {cell.as_}, men här behövs {' eller '.join(_READ_AS[is_])}"
    if not may_be_none and (cell.blank or getattr(cell, "optional", False)):
        yield ": får inte vara tom (blank, optional)"
    if allowed is not None:
        if cell.values is None:
            yield ".values: saknas"
        elif unknown := sorted(set(of.values[cell.values].values()) - allowed):
            yield f".values: {cell.values} har ord som ingen regel känner: {', '.join(unknown)}"


def _of_unshown(type_: Any, value: str | None) -> Iterator[str]:  # noqa: ANN401 - as above
    is_, may_be_none, allowed = _plain(type_)
    if value is None:
        if not may_be_none:
            yield "absent: reglerna klarar sig inte utan"
    elif is_ is not str:
        yield "always: bara text kan vara densamma överallt, inte"
    elif allowed is not None and value not in allowed:
        yield f"always: »{value}« är inget ord som reglerna känner för"


def _of_element(screen: Screen, name: str, how: Use) -> Iterator[str]:
    if name in screen.absent.elements:
        if how == "submit":
            yield f"absent: utan elementet {name} kan inget skrivas"
        return
    if name not in screen.elements:
        yield f"elements.{name}: saknas"
        return
    element = screen.elements[name]
    action = {"fill": ("fill",), "select": ("select",)}.get(how, ("click", "press"))
    if element.action not in action:
        yield f"elements.{name}.action: {element.action}, men här behövs {' eller '.join(action)}"
    if (how == "submit") != (element.danger == "irreversible"):
        yield f"elements.{name}.danger: {element.danger}, men det här {_SENT[how == 'submit']}"


_SENT = {True: "går inte att ångra (irreversible)", False: "skickar inget (inte irreversible)"}


@dataclass(frozen=True, slots=True)
class Unshown:
    """What a version does not show or have, and the map says so: no rule can look at it. `value` stands for it.

    `screen` and `name` are the map's; the name is empty for a whole screen. `place` is where it stands in the map.
    """

    screen: str
    name: str
    place: str
    value: str | None = None


def unshown(of: SelectorMap) -> list[Unshown]:
    """Return all that a map says is absent, or always the same."""
    found = [Unshown(name, "", "absent") for name in of.absent]
    for name, screen in of.screens.items():
        found += [Unshown(name, each, "absent.fields") for each in screen.absent.fields]
        found += [Unshown(name, each, "absent.tables") for each in screen.absent.tables]
        found += [Unshown(name, each, "absent.elements") for each in screen.absent.elements]
        found += [Unshown(name, each, "always", value) for each, value in screen.always.items()]
        for table, rows in screen.tables.items():
            found += [Unshown(name, each, f"tables.{table}.absent") for each in rows.absent]
            found += [Unshown(name, each, f"tables.{table}.always", value) for each, value in rows.always.items()]
    return found
