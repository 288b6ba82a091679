"""Selector maps: what each screen of one version of a system looks like, as data.

A map is the only place that may differ between two versions of a system. It is written by people (or proposed to
them), approved once, and then never changed: a new look is a new file that names its parent.

Strict by default, since a misread cell is as dangerous as a wrong click: unknown keys are refused, a cell may be empty
only where the map lists the wordings that mean "nothing", and an element that changes anything must be described by
two independent kinds of evidence (what a person reads, and how the page is built).
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bots.errors import MapInvalid

#: The roles that `sight.js` knows.
Role = Literal[
    "alert", "button", "checkbox", "combobox", "dialog", "group", "heading", "link", "menu", "menuitem", "navigation",
    "radio", "search", "status", "tab", "table", "textbox",
]  # fmt: skip
Danger = Literal["safe", "write", "irreversible"]
Action = Literal["click", "press", "fill", "select"]
#: What is typed or chosen in a field: the id of a matter, an amount, or neither.
Holds = Literal["id", "amount", "other"]
#: Two locators are independent evidence when one reads what a person reads and the other how the page is built.
Family = Literal["wording", "structure"]

_WORDING = ("role", "label", "placeholder", "text", "title")
_STRUCTURE = ("test_id", "css", "href")
#: What a framework numbers anew with each build (`#ctl00_b27`, `.css-1x2y3z`): another element tomorrow.
_GENERATED = re.compile(r"[#.][\w-]*?(?:\d{3,}|ctl\d+|(?<=-)(?=[a-z]*\d)[a-z\d]{5,}\b)")


def _css(css: str) -> str:
    if "nth-" in css:
        raise ValueError("places (nth-…) are not evidence of what an element is")
    if found := _GENERATED.search(css):
        raise ValueError(f"{found.group()!r} looks generated and will not last")
    return css


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


def _question(pattern: str) -> str:
    _regex(pattern.replace("{about}", "x"))
    return pattern


def _grouped(pattern: str) -> str:
    if re.compile(pattern).groups != 1:
        raise ValueError("one (group) must say which part of the text is meant")
    return pattern


#: What may be a version, and part of a path.
Version = Annotated[str, Field(pattern=r"^\w[\w.+-]*$")]
Css = Annotated[str, AfterValidator(_css)]
Pattern = Annotated[str, AfterValidator(_regex)]
Part = Annotated[Pattern, AfterValidator(_grouped)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Locator(_Model):
    """One way to find an element. Exactly one kind; `name` and `exact` go with `role`."""

    role: Role | None = None
    name: str | None = None
    exact: bool = True
    label: str | None = None
    placeholder: str | None = None
    text: str | None = None
    title: str | None = None
    test_id: str | None = None
    css: Css | None = None
    href: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if len([kind for kind in (*_WORDING, *_STRUCTURE) if getattr(self, kind) is not None]) != 1:
            raise ValueError(f"give exactly one of {', '.join((*_WORDING, *_STRUCTURE))}")
        if self.name is not None and self.role is None:
            raise ValueError("name goes with role")
        return self

    @property
    def kind(self) -> str:
        """The kind of evidence, e.g. `role` or `css`."""
        return next(kind for kind in (*_WORDING, *_STRUCTURE) if getattr(self, kind) is not None)

    @property
    def family(self) -> Family:
        """`wording` for what a person reads, `structure` for how the page is built."""
        return "wording" if self.kind in _WORDING else "structure"

    @property
    def value(self) -> str:
        """What the kind is to be, e.g. `button` or `form[data-sent]`."""
        return str(getattr(self, self.kind))

    @property
    def read(self) -> str | None:
        """What a person reads there, if it says that."""
        return self.name or self.label or self.placeholder or self.text or self.title

    def for_page(self) -> dict[str, Any]:
        """Return the locator as `sight.js` takes it."""
        return {
            "kind": self.kind, "value": self.value, "name": self.name, "exact": self.exact, "family": self.family
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind}={self.value}" + (f"[{self.name}]" if self.name is not None else "")


class Fingerprint(_Model):
    """What is remembered of a control to know it again by (`fingerprint.js`); nothing that was typed or chosen."""

    tag: str
    role: str
    type: str = ""
    #: What it says, from its label to the words beside it, without badges and glyphs.
    label: str = ""
    content: str = ""
    placeholder: str = ""
    title: str = ""
    beside: str = ""
    options: list[str] = []
    icon: list[str] = []
    #: How it is built. `field` is its name attribute.
    test_id: str = ""
    id: str = ""
    field: str = ""
    href: str = ""
    classes: list[str] = []
    #: Where it stands: under which words, in which part of a table, between which controls, and how far down, as a
    #: share of the page's controls.
    heading: str = ""
    section: str = ""
    landmarks: list[str] = []
    part: Literal["", "head", "foot"] = ""
    before: str = ""
    after: str = ""
    around: list[str] = []
    place: float = Field(default=0.0, ge=0, le=1)
    #: Which of `test_id`, `id`, `field` and `href` others on the screen have too.
    shared: list[str] = []
    #: Whether it is the one field on the screen of a type that says what is typed there: a date, an address.
    sole: bool = False
    #: How many others on the screen say the same, and which of the above sets it apart from each of them.
    twins: int = Field(default=0, ge=0)
    apart: list[str] = []


class After(_Model):
    """What the system shows when an irreversible write has happened, or has been refused.

    `receipt` must match the text of what `any_of` finds; its first group is the receipt's number. `refused` are
    the wordings that mean "not done"; `lost` those by which the page says that it does not know either, so that nobody
    waits for more. `declined` are what is shown when a person at the screen has thrown away what they were to send.
    """

    any_of: list[Locator] = Field(min_length=1)
    receipt: Part
    refused: list[Locator] = []
    lost: list[Locator] = []
    declined: list[Locator] = []


class Question(_Model):
    """What the page asks before a write, in a box drawn on it or on a page of its own: all the words at `css`.

    `{about}` in the pattern stands for the matter's number.
    """

    css: Css
    asks: Annotated[str, AfterValidator(_question)]


class Element(_Model):
    """One control: what is done with it, how dangerous that is, and the ranked locators that must agree on it.

    `row_of` names the table of the screen in whose rows it stands, once in each: who uses it gives the row's key.
    `row_by` names the columns that together tell the rows apart, where that is not the table's key.
    A choice is made in a list, or among the radio buttons of a group; `values` names the table of words for it. `as`
    says how a day or a quarter is typed: `date` as the map's formats have it, `parts` in the year, month and day of a
    group. Who uses it gives what the table means, a day as ISO has it, a quarter as 2026Q3.
    `click` on what a locator says is a checkbox ticks it: one that is ticked is left as it is.
    `press` focuses it and presses Enter, as people do who use the keyboard: for what something may lie over.
    `optional` stands where it is there in some states only, so that an inspection does not miss it.
    `confirm` is what the browser asks in a box of its own when it is clicked, as a pattern of all its words, where
    `{about}` stands for the matter's number. Any other question is answered no; so is each where it says only `native`.
    `question` is what the page must ask where it stands, before it is clicked at all.
    `via` are the elements to click first (a menu); `behind` those that an inspection must click to see it, where the
    flow has done so already; `navigates` says that clicking it brings a new document.
    """

    action: Action = "click"
    danger: Danger = "safe"
    row_of: str | None = None
    row_by: list[str] = []
    within: Locator | None = None
    frame: Css | None = None
    via: list[str] = []
    behind: list[str] = []
    locators: list[Locator]
    navigates: bool = False
    optional: bool = False
    confirm: Annotated[str, AfterValidator(_question)] | None = None
    question: Question | None = None
    after: After | None = None
    settle: float = Field(default=5.0, gt=0)
    values: str | None = None
    as_: Literal["text", "date", "parts", "quarter"] = Field(default="text", alias="as")
    #: What isn't said may be an id or an amount.
    holds: Holds | None = None
    fingerprint: Fingerprint | None = None

    @model_validator(mode="after")
    def _enough_evidence(self) -> Self:
        if not self.locators and not self.may_be_alike:
            raise ValueError("locators are missing; only what may be found by its fingerprint can do without")
        if self.danger != "safe" and len({locator.family for locator in self.locators}) == 1:
            raise ValueError(f"danger {self.danger} needs locators of both kinds: wording and structure")
        if self.row_of is not None and self.fingerprint is not None:
            raise ValueError("what stands in each row is found by the row's key, never by a fingerprint")
        if self.question is not None and self.danger != "irreversible":
            raise ValueError("a question is asked before what is irreversible, and nothing else")
        if (self.danger == "irreversible") != (self.after is not None):
            raise ValueError("an irreversible element, and no other, says what is seen `after` it")
        return self

    def is_question(self, asked: str, about: str) -> bool:
        """Return whether this is what the browser is expected to ask, white space apart."""
        if self.confirm is None or self.confirm == "native":
            return False
        return re.fullmatch(self.confirm.replace("{about}", re.escape(about)), " ".join(asked.split())) is not None

    @property
    def ticks(self) -> bool:
        """Whether a click is to tick a box."""
        return self.action == "click" and any(each.role == "checkbox" for each in self.locators)

    @property
    def settling(self) -> timedelta:
        """How long the system may go on committing a write after its client is gone."""
        return timedelta(seconds=self.settle)

    @property
    def may_be_alike(self) -> bool:
        """Whether a bot that nobody watches may find it by likeness.

        Never what writes, nor where an id or an amount goes, or may go; nor where one signs in, which the caller knows.
        """
        types = self.action in ("fill", "select")
        return self.fingerprint is not None and self.danger == "safe" and (self.holds == "other" or not types)


class Cell(_Model):
    """How one value is read: which text means what. `blank` lists the texts that mean "none"; no other may be empty.

    A list or a field in the place is read as it stands, a box as `ja` when it is ticked and `nej` when it is not. Where
    a picture stands for a word, `pictures` says by css which one means what, and `alt` that its own text does.
    `others` says that it may show other words than those that `values` lists: names of accounts, say.
    `form` is how this one writes a date, a minute or a quarter, where the map's formats have another.
    """

    pictures: dict[Css, str] = {}
    alt: bool = False
    form: str | None = None
    as_: Literal["text", "date", "minute", "number", "quarter"] = Field(default="text", alias="as")
    values: str | None = None
    others: bool = False
    blank: list[str] = []
    pattern: Part | None = None

    def for_page(self, *, flag: bool = False) -> dict[str, Any]:
        """Return what `page.js` must know to read it. `one`: it may stand in one piece only; `blank`: nowhere at all.

        An empty `flag` says that somebody is protected.
        """
        return {
            "pictures": self.pictures,
            "alt": self.alt,
            "one": self.as_ == "number",
            "pattern": self.pattern,
            "blank": flag or "" in self.blank,
        }


class Column(Cell):
    """A column, named by its header."""

    header: str


class FieldSpec(Cell):
    """One labelled value (dt/dd or th/td), or the text of a css match.

    An `optional` one may be missing from the screen, and is then None.
    """

    label: str | None = None
    css: Css | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.label is None) == (self.css is None):
            raise ValueError("give label or css, and only one of them")
        return self


class Protect(_Model):
    """Which value flags a protected person, and the only texts that mean "not protected".

    Anything else, the unknown and the empty included, counts as protected, and nothing but `keep` leaves the page.
    """

    by: str
    #: Never nothing: what is empty may not have come yet.
    clear: list[Annotated[str, Field(min_length=1)]] = Field(min_length=1)
    keep: list[str] = Field(min_length=1)


class Total(_Model):
    """Where the number of a table's rows stands: the number itself, or the group of a pattern."""

    css: Css
    pattern: Part | None = None


class Table(_Model):
    """A table or grid, found by its name (caption or aria-label) or css, read whole in one round trip.

    `ready` must be there before the table is read; `empty` is what stands in its place, or in a row of it, when there
    are no rows. `skip` are its rows that are none: a pager, a total, filters. `total` says how many rows there are;
    without it, and without `aria-rowcount`, they are read to an end that is seen, and what says beside the table that
    there are more is drift. `aside` is what stands there and is about something else: a date picker, a way to the next
    matter. Two rows with the same `key` are drift; null for a table whose rows have none.
    `absent` are columns that this version does not have: each row has None there. `always` are those that it need not
    show, since they are the same in every row.
    """

    name: str | None = None
    css: Css | None = None
    frame: Css | None = None
    ready: Css | None = None
    empty: Css | None = None
    skip: Css | None = None
    aside: Css | None = None
    total: Total | None = None
    key: str | None
    columns: dict[str, Column]
    absent: list[str] = []
    always: dict[str, str] = {}
    protect: Protect | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.name is None) == (self.css is None):
            raise ValueError("give name or css, and only one of them")
        _told_once(self.columns, self.absent, self.always)
        if self.key is not None:
            _known("key", self.key, self.columns)
        _protected(self.protect, self.columns)
        return self

    @property
    def unshown(self) -> dict[str, str | None]:
        """What each row has of the columns that are not on the screen."""
        return {**dict.fromkeys(self.absent), **self.always}

    def told_by(self, element: Element) -> list[str]:
        """Return the columns that tell the row in which an element stands from all others."""
        return element.row_by or ([self.key] if self.key else [])


@dataclass(frozen=True, slots=True)
class Row:
    """The row of a table where each header has its key under it. Without keys the first row, only to look at it."""

    table: Table
    by: tuple[str, ...]
    keys: tuple[str, ...] | None

    def for_page(self) -> dict[str, Any]:
        """Return the row as `sight.js` takes it."""
        table = {"css": self.table.css, "name": self.table.name, "skip": self.table.skip}
        return {"table": table, "by": self.by, "keys": self.keys}


class Identity(_Model):
    """How the screen is told from every other: its address, what must be there, what must not."""

    url: Pattern
    all_of: list[Locator] = Field(min_length=1)
    none_of: list[Locator] = []


class Absent(_Model):
    """What a screen of this version does not have: a field is then None, a table empty, a step of a form left out."""

    fields: list[str] = []
    tables: list[str] = []
    elements: list[str] = []


class Screen(_Model):
    """One screen: where it is, how it is told, what is read on it and what can be done there.

    `always` are fields that it need not show, since they are the same on every page.
    """

    path: str | None = None
    #: How the first page of its list is called in the address: some count from 0.
    first_page: Literal[0, 1] = 1
    identity: Identity
    fields: dict[str, FieldSpec] = {}
    protect: Protect | None = None
    tables: dict[str, Table] = {}
    elements: dict[str, Element] = {}
    absent: Absent = Absent()
    always: dict[str, str] = {}
    #: The fields whose values, and the elements whose receipts, a picture of the screen may show: nothing of a person.
    shown: list[str] = []

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for name, element in self.elements.items():
            if element.row_of is not None:
                _known(f"elements.{name}.row_of", element.row_of, self.tables)
                table = self.tables[element.row_of]
                by = table.told_by(element)
                if not by or table.frame != element.frame:
                    raise ValueError(f"elements.{name}: {element.row_of} must have a key, and be in the same frame")
                for column in by:
                    _known(f"elements.{name}.row_by", column, table.columns)
            for opener in (*element.via, *element.behind):
                _known(f"elements.{name}", opener, self.elements)
                if self.elements[opener].danger == "irreversible":
                    raise ValueError(f"elements.{name}: {opener} is irreversible and opens nothing")
        _told_once(self.fields, self.absent.fields, self.always)
        _told_once(self.tables, self.absent.tables)
        _told_once(self.elements, self.absent.elements)
        _protected(self.protect, self.fields)
        written = {name: element for name, element in self.elements.items() if element.after is not None}
        for name in self.shown:
            _known("shown", name, {**self.fields, **written})
        return self

    @property
    def unshown(self) -> dict[str, str | None]:
        """The values of the fields that are not on the screen."""
        return {**dict.fromkeys(self.absent.fields), **self.always}

    @property
    def words(self) -> set[str]:
        """The wordings that the map itself has for this screen: labels, headers, the names of what is on it."""
        marks = [*self.identity.all_of, *(spec for element in self.elements.values() for spec in element.locators)]
        return {
            *(field.label for field in self.fields.values() if field.label),
            *(table.name for table in self.tables.values() if table.name),
            *(column.header for table in self.tables.values() for column in table.columns.values()),
            *(word for mark in marks if mark.exact for word in (mark.name, mark.label, mark.text) if word),
        }

    def needs_row(self, element: str) -> bool:
        """Return whether the element, or one that must be opened for it, stands in each row of a table."""
        spec = self.elements[element]
        return spec.row_of is not None or any(map(self.needs_row, spec.via))

    def row(self, element: Element, *keys: str) -> Row | None:
        """Return the row with these keys that the element stands in, the first without any; None if it stands in none.

        An empty key is what stands for none in its column.
        """
        if element.row_of is None:
            return None
        table = self.tables[element.row_of]
        columns = [table.columns[each] for each in table.told_by(element)]
        said = (
            column.blank[0] if key == "" and column.blank else key
            for column, key in zip(columns, keys, strict=bool(keys))
        )  # fmt: skip
        return Row(table, tuple(each.header for each in columns), tuple(said) if keys else None)

    def address(self, params: dict[str, str]) -> str:
        """Return the path with its parameters filled in, each quoted."""
        if self.path is None:
            raise ValueError("this screen has no address of its own")
        return self.path.format_map({name: quote(value, safe="") for name, value in params.items()})


class Probe(_Model):
    """One mark by which the live page shows its version: a meta tag's content, or the address of an asset.

    `absent`: this version does not have it, and others do. `inside`: only who is signed in sees it; it is asked for
    there, when the others have chosen the map.
    """

    meta: str | None = None
    matches: Pattern | None = None
    asset: Pattern | None = None
    absent: bool = False
    inside: bool = False

    @model_validator(mode="after")
    def _one_mark(self) -> Self:
        if (self.meta is None) == (self.asset is None) or (self.meta is None) != (self.matches is None):
            raise ValueError("give meta with matches, or asset")
        return self


class Approval(_Model):
    """Who approved the map, and when."""

    by: str
    on: date


class Formats(_Model):
    """How this version writes dates: strftime codes Y m d b H M, and the month names that b stands for."""

    date: str = "%Y-%m-%d"
    minute: str = "%Y-%m-%d %H:%M"
    #: `Y` and `q`.
    quarter: str = "%YQ%q"
    months: list[str] = []


class SelectorMap(_Model):
    """One version of one system. Immutable once approved. `absent` are the screens that this version does not have."""

    format: Literal[1]
    system: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    #: It names files and folders.
    version: Version
    parent: Version | None = None
    approved: Approval | None = None
    identify: list[Probe] = Field(min_length=2)
    formats: Formats = Formats()
    values: dict[str, dict[str, str]] = {}
    screens: dict[str, Screen]
    absent: list[str] = []

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        _told_once(self.screens, self.absent)
        if all(each.absent or each.inside for each in self.identify):
            raise ValueError("identify: a page with nothing on it would be this version")
        return self

    @model_validator(mode="after")
    def _values_exist(self) -> Self:
        for screen, spec in self.screens.items():
            cells: list[tuple[str, Cell]] = [(f"fields.{name}", field) for name, field in spec.fields.items()]
            for table, rows in spec.tables.items():
                cells += [(f"tables.{table}.columns.{name}", column) for name, column in rows.columns.items()]
            named = [(place, cell.values) for place, cell in cells]
            named += [(f"elements.{name}", element.values) for name, element in spec.elements.items()]
            for place, values in named:
                if values is not None:
                    _known(f"screens.{screen}.{place}.values", values, self.values)
        return self

    @property
    def settling(self) -> timedelta:
        """The longest that any write in this system may take to land after its client is gone."""
        return max(
            (e.settling for s in self.screens.values() for e in s.elements.values() if e.danger == "irreversible"),
            default=timedelta(0),
        )

    @property
    def wording(self) -> str:
        """All that people have written in the map. What is remembered of its elements was read off screens."""
        remembered: dict[str, Any] = {"screens": {"__all__": {"elements": {"__all__": {"fingerprint"}}}}}
        return self.model_dump_json(exclude={**remembered, "approved": True})

    def knows(self, cell: Cell, value: Any) -> bool:  # noqa: ANN401 - as `value` returns it
        """Return whether a read value is none of a `values` table that lacks its wording, and should have it."""
        if cell.values is None or cell.others or value is None:
            return True
        return value in self.values[cell.values].values()

    def typed(self, element: Element, value: str) -> str:
        """Return how a value is typed or chosen there. Raises ValueError when the map has no one word for it."""
        if element.values is not None:
            words = [word for word, meant in self.values[element.values].items() if meant == value]
            if len(words) != 1:
                raise ValueError(f"{len(words)} words for it")
            return words[0]
        match element.as_:
            case "date":
                return _written(date.fromisoformat(value), self.formats)
            case "parts":
                return value.replace("-", " ")
            case "quarter":
                year, _, number = value.partition("Q")
                return self.formats.quarter.replace("%Y", year).replace("%q", number)
        return value

    def value(self, cell: Cell, shown: str) -> Any:  # noqa: ANN401 - the map decides the type: text, date, datetime, int
        """Return what `shown` means: None, text, date, datetime or int.

        A wording that `values` does not list is returned as `okänt: …`, equal to no known value, so that rules meet it
        as unknown. Raises ValueError for a text that cannot be read at all, with the reason in Swedish and without
        quoting it.
        """
        if shown in cell.blank:
            return None
        if cell.pattern is not None:
            shown = _part(cell.pattern, shown)
        if not shown:
            raise ValueError("där står inget, och kartan säger inte att det får vara tomt (blank)")
        if cell.values is not None:
            return self.values[cell.values].get(shown, f"okänt: {shown}")
        if cell.as_ == "number":
            if not re.fullmatch(r"\d+|\d{1,3}( \d{3})+", shown):
                raise ValueError("där står inget heltal")
            return int(shown.replace(" ", ""))
        if cell.as_ == "text":
            return shown
        if cell.as_ == "quarter":
            return _quarter(shown, cell.form or self.formats.quarter)
        moment = _moment(shown, cell.form or getattr(self.formats, cell.as_), self.formats.months)
        return moment.date() if cell.as_ == "date" else moment


def _part(pattern: str, shown: str) -> str:
    """Return the part of a text that a pattern means. Raises ValueError for none, or for a part of a number."""
    match = re.search(pattern, shown)
    if match is None:
        raise ValueError("texten följer inte kartans mönster (pattern)")
    if _goes_on(match):
        raise ValueError("talet är en del av ett annat tal (pattern)")
    return str(match.group(1) or "")


def _goes_on(match: re.Match[str]) -> bool:
    """Return whether the number that a pattern means goes on beside it, where the pattern does not look.

    A decimal, a sign, a year before a serial number. White space as the thousands' separator is seen in the page, which
    knows what stands in one piece (`page.js`).
    """
    number = match.group(1) or ""
    if not re.fullmatch(r"\d(.*\d)?", number):
        return False
    before = match.string[: match.start()] if match.start(1) == match.start() else ""
    after = match.string[match.end() :] if match.end(1) == match.end() else ""
    return re.search(r"(\d|\d[.,]|[-+−–±])$", before) is not None or re.match(r"\d|[.,:/\-−–‑]\d", after) is not None


def _written(day: date, formats: Formats) -> str:
    """Return a day as this version writes it: `b` stands for its names of months, the other codes for numbers."""
    said = {"Y": f"{day:%Y}", "m": f"{day:%m}", "d": f"{day:%d}"}
    if formats.months:
        said["b"] = formats.months[day.month - 1]
    return re.sub(r"%([Ymdb])", lambda code: said[code[1]], formats.date)


def _quarter(shown: str, form: str) -> str:
    pattern = re.escape(form).replace("%Y", r"(?P<Y>\d{4})").replace("%q", "(?P<q>[1-4])")
    match = re.fullmatch(pattern, shown)
    if match is None:
        raise ValueError("kvartalet är inte skrivet som kartan säger (quarter)")
    return f"{match['Y']}Q{match['q']}"


_CODES = {
    "Y": r"(?P<Y>\d{4})",
    "m": r"(?P<m>\d{2})",
    "d": r"(?P<d>\d{1,2})",
    "H": r"(?P<H>\d{2})",
    "M": r"(?P<M>\d{2})",
}


def _moment(shown: str, form: str, months: list[str]) -> datetime:
    """Parse by the map's own month names: strptime's depend on the machine's locale."""
    month_names = "|".join(map(re.escape, months))
    pattern = re.sub(
        r"%([YmdbHM])",
        lambda code: f"(?P<b>{month_names})" if code[1] == "b" else _CODES[code[1]],
        re.escape(form).replace("\\%", "%"),
    )
    match = re.fullmatch(pattern, shown)
    if match is None:
        raise ValueError("datumet är inte skrivet som kartan säger (formats)")
    part = match.groupdict()
    month = months.index(part["b"]) + 1 if "b" in part else int(part["m"])
    try:
        return datetime(int(part["Y"]), month, int(part["d"]), int(part.get("H") or 0), int(part.get("M") or 0))  # noqa: DTZ001 - local time as shown
    except ValueError:
        raise ValueError("datumet finns inte i almanackan") from None


def _known(place: str, name: str, among: dict[str, Any]) -> None:
    if name not in among:
        raise ValueError(f"{place}: there is no {name!r} (there are: {', '.join(among)})")


def _told_once(shown: dict[str, Any], absent: list[str], always: dict[str, str] | None = None) -> None:
    said = [*shown, *absent, *(always or {})]
    if twice := sorted({name for name in said if said.count(name) > 1}):
        raise ValueError(f"{', '.join(twice)}: on the screen, absent or always the same, and only one of them")


def _protected(protect: Protect | None, among: dict[str, Any]) -> None:
    for name in (protect.by, *protect.keep) if protect else ():
        _known("protect", name, among)


def load(file: Path) -> SelectorMap:
    """Read one map. Raises MapInvalid naming the YAML path of each problem."""
    try:
        return _parsed(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise MapInvalid(str(file), [f"filen kan inte läsas ({type(error).__name__})"]) from error
    except (YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise MapInvalid(str(file), [f"inte giltig YAML{f', rad {mark.line + 1}' if mark else ''}"]) from error
    except ValidationError as error:
        raise MapInvalid(str(file), [_problem(dict(each)) for each in error.errors()]) from error


@lru_cache(maxsize=32)
def _parsed(text: str) -> SelectorMap:
    """Return the map that a file's text describes. Parsing one takes 50 ms, and a map is never changed."""
    return SelectorMap.model_validate(YAML(typ="safe", pure=True).load(text))


def _problem(error: dict[str, Any]) -> str:
    path = ".".join(str(part) for part in error["loc"]) or "(roten)"
    if error["type"] == "extra_forbidden":
        return f"{path}: okänd nyckel"
    if error["type"] == "missing":
        return f"{path}: saknas"
    return f"{path}: {error['msg'].removeprefix('Value error, ')}"


def base(version: str) -> str:
    """Return the system's own version that a map is of: `2024.04` of `2024.04+2`."""
    return version.partition("+")[0]


def following(version: str, taken: Container[str]) -> str:
    """Return the version of the next map of the same version of the system: `2024.04+2` after `2024.04+1`."""
    number = re.search(r"\+(\d+)$", version)
    numbers = count(int(number[1]) + 1 if number else 1)
    return next(new for each in numbers if (new := f"{base(version)}+{each}") not in taken)


def in_order(version: str) -> list[tuple[int, str]]:
    """Return what sorts versions as people count: 2024.9 before 2024.10, and 2024.04+2 before 2024.04+10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", version)]


def load_all(folder: Path, system: str) -> list[SelectorMap]:
    """Read every map of `system`, newest version first. Raises MapInvalid when there is none, or one is broken."""
    maps = [load(file) for file in (folder / system).glob("*.yaml")]
    if not maps:
        raise MapInvalid(str(folder / system), ["det finns ingen karta för systemet"])
    return sorted(maps, key=lambda each: in_order(each.version), reverse=True)
