"""One screen of one system: arrive at it, read it whole, act on it.

Reading is one round trip however much there is (`page.js`), and may be tried again. Acting never is: an irreversible
element is clicked at most once per deadline, inside a page armed to refuse the click when it comes too late, and ends
in the receipt that the system showed, or in WriteUnanswered. Nothing here knows one version from another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.browser import failures, resolver, versions
from bots.browser.selector_map import Cell, Element, Locator, Protect
from bots.errors import (
    AskedElse,
    BrowserGone,
    FlottaError,
    NotOffered,
    PersonProtected,
    ScreenNotReady,
    SelectorDrift,
    SessionLost,
    Sighting,
    SignInNeeded,
    TooLong,
    WriteDeclined,
    WriteRefused,
    WriteUnanswered,
)

if TYPE_CHECKING:
    from datetime import datetime

    from playwright.sync_api import Dialog, Page, Response

    from bots.browser.session import Account, Session

#: A screen that has its document but not its content within this long is not the screen of the map. Milliseconds.
ARRIVAL = 5_000
#: How long a person is waited for until it is asked whether to go on. Milliseconds.
HEED = 1_000
#: How long an element may take to become what the map says, before it counts as drift. Milliseconds.
ELEMENT = 3_000


#: An answer that says itself that it is older than this comes from something in between. Seconds.
AGE = 10
#: So many rows, all of protected persons, are told to people: it may be the flag that is read wrongly.
SUSPECT = 5

#: What tells a row of a table from all others: its key, or one for each of several columns.
Keys = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What was read of one matter, the flag itself apart. For a protected person, only what the map keeps."""

    values: Mapping[str, Any]
    protected: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A whole screen as read: its labelled values and its tables. A protected screen has no tables."""

    fields: Mapping[str, Any]
    tables: Mapping[str, list[Row]]
    protected: bool


#: What is said of an element that is there and cannot be used.
_NOT_READY = {
    "unusable": "{} går inte att använda just nu",
    "covered": "något ligger över {}",
    "no row": "raden med {} visades inte",
    "missed": "sidan flyttade sig under klicket före {}",
    "late": "sidan kom inte hel före {}",
    "reset": "sidan har ändrat det som fylldes i före {}",
}
#: A look at nothing but the identity.
_NOTHING: dict[str, Any] = {"fields": {}, "protect": None, "tables": {}}


class _KeptAsItWas(Exception):
    """What was to be chosen is chosen already."""


class Screen:
    """One screen of the session's system, by its name in the map."""

    def __init__(self, session: Session, name: str) -> None:
        """Bind the screen; nothing is opened."""
        self._session = session
        self._name = name
        self._spec = session.map.screens[name]
        self._absent = frozenset(self._spec.absent.elements)

    @property
    def name(self) -> str:
        """Its name in the map."""
        return self._name

    @property
    def first_page(self) -> str:
        """How its address calls the first page of its list."""
        return str(self._spec.first_page)

    @property
    def _page(self) -> Page:
        return self._session.page

    # --- reading -----------------------------------------------------------------------------------------------

    def visit(self, **params: str) -> Seen:
        """Open the screen at its address and read it; again, for seconds, if it does not come or we are signed out.

        Raises ScreenNotReady, SessionLost or SelectorDrift when it still is not there.
        """

        def once() -> Seen:
            self._go(params)
            return self.read()

        return self._session.again(once)

    def all_rows(self, table: str, **params: str) -> list[Row]:
        """Return every row of a list over all its pages. The screen's fields `pages` and `total` say how many.

        Where the map has no `pages`, pages are asked for until there are as many rows as `total` says; where it has no
        `total`, each page must show its own end. It is read again, whole, when its pages do not add up: others work in
        it meanwhile. Rows are told apart by the table's key, or by all that they show. Raises as `visit` does.
        """
        rows = self._session.again(lambda: self._whole(table, params))
        protect = self._spec.tables[table].protect
        if protect is not None and len(rows) >= SUSPECT and all(row.protected for row in rows):
            self._session.all_protected.add((self._name, f"tables.{table}.columns.{protect.by}"))
        return rows

    def _whole(self, table: str, params: Mapping[str, str]) -> list[Row]:
        """Return every row of a list. Raises ScreenNotReady when it was changed while it was read."""
        key = self._spec.tables[table].key or ""
        found: dict[Hashable, Row] = {}
        totals: set[int | None] = set()
        listed: list[list[Hashable]] = []
        is_last = False
        while not is_last:
            before = len(found)
            seen = self._list_page(len(listed), params)
            total = seen.fields.get("total") or (0 if "total" in self._spec.fields else None)
            totals.add(total)
            alike: Counter[Hashable] = Counter()
            listed.append([tuple(row.values.items()) for row in seen.tables[table]])
            for row in seen.tables[table]:
                shown = row.values.get(key, tuple(row.values.items()))
                # Two on one page are two; what stands on two pages has moved from one to the other.
                found[shown, 0 if key in row.values else alike[shown]] = row
                alike[shown] += 1
            if len(listed) > 1 and total is None and len(found) - before < max(1, len(listed[-1])):
                raise ScreenNotReady(self._name, "listan visar samma rader på två sidor")
            if "pages" in self._spec.fields:
                # An empty list does not say.
                is_last = len(listed) >= (seen.fields["pages"] or 1)
            else:
                is_last = total is None or len(found) >= total or len(found) == before
        # The count alone can be right by chance: a row that leaves one page pulls another past the one read next.
        if len(totals) > 1 or not totals <= {None, len(found)}:
            raise ScreenNotReady(self._name, f"listan ändrades under läsningen ({len(found)} rader lästa)")
        # Where one row leaves a page that was read and another is added, the counts agree, and what moved from one
        # page to the other was never seen: so each page but the last must still be as it was read.
        for page, rows in enumerate(listed[:-1]):
            seen = self._list_page(page, params)
            if [tuple(row.values.items()) for row in seen.tables[table]] != rows:
                raise ScreenNotReady(self._name, "listan ändrades under läsningen")
        return list(found.values())

    def _list_page(self, number: int, params: Mapping[str, str]) -> Seen:
        """Return one page of a list, the first of which is 0 here, whatever the system calls it."""
        return self.visit(page=str(number + self._spec.first_page), **params)

    def open(self, **params: str) -> None:
        """Go to the screen's address and make sure that this is it. Not tried again."""
        self._go(params)
        self.arrive()

    def open_to(self, account: Account) -> None:
        """Open the screen to who is to sign in on it. A person at the screen may go on before it was looked at."""
        self._go({})
        try:
            self.arrive()
        except ScreenNotReady:
            # Where they are now is seen by who waits for them.
            if not account.person:
                raise

    def _go(self, params: dict[str, str]) -> None:
        url = self._session.base_url + self._spec.address(params)
        self._session.missing.clear()
        self._session.filled.clear()
        patience = self._session.patience
        _ = self._session.home
        try:
            # What is asked of the page waits for the document itself; half a document never says that it is parsed.
            response: Response | None = self._page.goto(url, wait_until="commit", timeout=patience)
            if response is None:
                # Only what stands after # is another: the page was not asked for anew.
                response = self._page.reload(wait_until="commit", timeout=patience)
        except PlaywrightError as error:
            raise self._lost(error, failures.said(error.message)) from error
        if response is None:
            return
        if response.status >= 400:  # noqa: PLR2004 - HTTP's own line between answer and error
            raise ScreenNotReady(self._name, f"systemet svarade {response.status}")
        age = response.headers.get("age", "0")
        if age.isdecimal() and int(age) > AGE:
            raise ScreenNotReady(self._name, f"svaret är {age} sekunder gammalt: något i nätet sparar sidor")
        if "html" not in response.headers.get("content-type", "html"):
            raise ScreenNotReady(self._name, "en fil kom i stället för en sida")

    def _lost(self, error: PlaywrightError, why: str) -> BrowserGone | ScreenNotReady:
        """Return what it means that the browser did not do what it was asked to."""
        if self._session.is_gone or failures.is_gone(error.message):
            return BrowserGone()
        return ScreenNotReady(self._name, why)

    def arrive(self) -> None:
        """Make sure that the page is this screen, by address and content.

        Raises SessionLost when it is the sign-in screen instead, SelectorDrift when it is none that the map knows.
        """
        self._look(**_NOTHING, limit=ARRIVAL)

    def is_here(self) -> bool:
        """Return whether the page is at this screen's address. What it shows is asked by all else."""
        return self._session.is_at(self._spec.identity, self._page.url)

    def marks(self) -> tuple[Sighting, ...]:
        """Return what each mark of the screen's identity finds now, those that must not be there marked so."""
        return self._marks(
            self._ask({"look": {**self._identity(), **_NOTHING}, "limit": 0, "patience": 0}).get("counts")
        )

    def _is_told(self) -> bool:
        """Return whether this is the screen now, by its address and its marks."""
        return self.is_here() and are_as_told(self.marks())

    def _address_is_right(self) -> None:
        identity = self._spec.identity
        if self._session.is_at(identity, self._page.url):
            return
        self._raise_if_signed_out()
        try:
            self._page.wait_for_url(
                lambda url: self._session.is_at(identity, url),
                wait_until="commit",
                timeout=self._limit(ARRIVAL) or 1,  # to Playwright 0 is no limit
            )
        except PlaywrightTimeout as error:
            self._raise_if_signed_out()
            # Another screen of ours, well known, is where the system sent us: no drift, and worth asking again.
            for name, other in self._session.map.screens.items():
                if self._session.is_at(other.identity, self._page.url):
                    if name == "role":  # half signed in: that was interrupted
                        raise SessionLost(self._session.map.system) from error
                    raise ScreenNotReady(self._name, f"systemet visade {name} i stället") from error
            self._raise_if_foreign()
            raise self.drift("identity", (Sighting(f"url={identity.url}", 0),), why=self._what_differs()) from error

    def _what_differs(self) -> str:
        """Return which part of the address is not as the map says; never the address, which may name somebody."""
        path, _, query = self._page.url[len(self._session.home) :].partition("?")
        if re.search(self._spec.identity.url, path or "/"):
            return "frågedelen efter ? i adressen är en annan"
        shapes = (re.sub(r"\d+", "…", each) for each in (path.strip("/").split("/")))
        return f"sökvägen i adressen är en annan ({len(list(shapes))} led{', med frågedel' if query else ''})"

    def _raise_if_foreign(self) -> None:
        """Raise ScreenNotReady when this is no page of the system's: closed for maintenance, or something in between.

        A page of a new version still shows some of the marks that tell versions apart. A recording is of the system.
        """
        if self._session.is_recorded:
            return
        url = self._page.url
        if not self._session.is_ours(url):
            raise ScreenNotReady(self._name, "systemet skickade vidare till en adress utanför base_url")
        try:
            marks = self._page.evaluate(versions.MARKS)
        except PlaywrightError as error:
            raise self._lost(error, "sidan byttes under läsningen") from error
        if not versions.is_of([self._session.map], marks):
            raise ScreenNotReady(self._name, versions.FOREIGN)

    def _limit(self, usual: float) -> float:
        """Return how long to wait for what the page does not show yet, in milliseconds: not at all in a recording."""
        return 0 if self._session.is_recorded else usual

    def _raise_if_signed_out(self) -> None:
        # The sign-in screen itself is where we are when we are signed out, and may drift like any other.
        if self._name != "sign_in":
            self._session.raise_if_signed_out()

    def _identity(self) -> dict[str, Any]:
        identity = self._spec.identity
        return {
            "marks": [{**m.for_page(), "there": True} for m in identity.all_of]
            + [{**m.for_page(), "there": False} for m in identity.none_of]
        }

    def _marks(self, counts: list[int] | None) -> tuple[Sighting, ...]:
        identity = self._spec.identity
        names = [*map(str, identity.all_of), *(f"inte {mark}" for mark in identity.none_of)]
        as_told = [1] * len(identity.all_of) + [0] * len(identity.none_of)
        return tuple(Sighting(name, count) for name, count in zip(names, counts or as_told, strict=True))

    def _look(self, *, limit: int, **what: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON for the page
        """Return what the page says. Raises SessionLost, ScreenNotReady or SelectorDrift if it is not the map's."""
        found = self._told(limit=limit, **what)
        if found["problems"]:
            raise self._wrong(found["problems"][0])
        return found

    def _told(self, *, limit: int, **what: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        """Return what the page says, its problems included. Raises as `_look` if it is not this screen."""
        self._address_is_right()
        found = self._ask(
            {
                "look": {**self._identity(), **what},
                "limit": self._limit(limit),
                "patience": self._limit(self._session.patience),
            }
        )
        if found.get("stale"):
            self._session.keep_nothing()
            raise ScreenNotReady(self._name, "sidan visade uppgifter från förut")
        is_right = found["told"] and not found["problems"]
        # Half a document is whole to the browser, and half a table may be read as a whole one; without its style a page
        # shows what it hides.
        if {"document", "stylesheet"} & self._session.missing or (self._session.missing and not is_right):
            raise ScreenNotReady(self._name, f"sidan kom inte hel ({', '.join(sorted(self._session.missing))})")
        if is_right:
            return found
        self._raise_if_signed_out()
        if not found["whole"]:
            raise ScreenNotReady(self._name, "sidan kom inte hel")
        if not found["told"]:
            self._raise_if_foreign()
            raise self.drift("identity", self._marks(found["counts"]))
        return found

    def _wrong(self, problem: Mapping[str, Any]) -> SelectorDrift:
        return self.drift(problem["where"], (Sighting("kartan", problem["found"]),), why=problem["why"])

    def _ask(self, what: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = self._page.evaluate(resolver.script("tables.js", "message.js", "page.js"), what)
        except PlaywrightError as error:
            self._raise_if_signed_out()
            raise self._lost(error, "sidan byttes under läsningen") from error
        return answer

    def read(self) -> Seen:
        """Make sure that this is the screen, and read its every field and table, all in one round trip.

        Raises SelectorDrift naming the first field, table or column that is not as the map says.
        """
        spec = self._spec
        found = self._look(**self._content(), limit=ELEMENT)
        self._heed_protection(found)
        record = found["record"]
        return Seen(
            fields={
                name: self._value(f"fields.{name}", spec.fields[name], shown)
                for name, shown in record["values"].items()
                if not _only_flags(spec.protect, name)
            }
            | ({} if record["isProtected"] else spec.unshown),
            tables={
                name: [self._row(name, row["values"], protected=row["isProtected"]) for row in rows]
                for name, rows in found["tables"].items()
            }
            | ({} if record["isProtected"] else {name: [] for name in spec.absent.tables}),
            protected=record["isProtected"],
        )

    def survey(self) -> tuple[list[SelectorDrift], list[tuple[str, Cell]]]:
        """Return all that `read` would call drift, not only the first, and the cells whose words the map lacks.

        Each with its place in the map, once. Raises as `read` where this is not the screen.
        """
        found = self._told(**self._content(), survey=True, limit=ELEMENT)
        self._heed_protection(found)
        drifts = {each["where"]: self._wrong(each) for each in found["problems"]}
        unknown: dict[str, Cell] = {}
        for where, cell, shown in self._shown(found):
            if where in drifts or shown is None:
                continue
            try:
                value = self._session.map.value(cell, shown)
            except ValueError as error:
                drifts[where] = self.drift(where, why=str(error))
                continue
            if not self._session.map.knows(cell, value):
                unknown[where] = cell
        return list(drifts.values()), [each for each in unknown.items() if each[0] not in drifts]

    def _heed_protection(self, found: Mapping[str, Any]) -> None:
        rows = [row for each in found["tables"].values() for row in each or ()]
        self._session.is_private |= any(each["isProtected"] for each in (found["record"], *rows))

    def _shown(self, found: Mapping[str, Any]) -> Iterator[tuple[str, Cell, str | None]]:
        """Yield each value that was read of a screen, as it is shown, with its place in the map and how it is read."""
        spec = self._spec
        for name, shown in found["record"]["values"].items():
            if not _only_flags(spec.protect, name):
                yield f"fields.{name}", spec.fields[name], shown
        for table, rows in found["tables"].items():
            of = spec.tables[table]
            for row in rows or ():
                for name, shown in row["values"].items():
                    if not _only_flags(of.protect, name):
                        yield f"tables.{table}.columns.{name}", of.columns[name], shown

    def _content(self) -> dict[str, Any]:
        """Return all that is read on the screen, as `page.js` takes it."""
        spec = self._spec
        return {
            "fields": {
                name: {"label": field.label, "css": field.css, "optional": field.optional}
                | field.for_page(flag=spec.protect is not None and spec.protect.by == name)
                for name, field in spec.fields.items()
            },
            "protect": _plan(spec.protect, spec.fields),
            "tables": {
                name: {
                    "name": table.name,
                    "css": table.css,
                    "frame": table.frame,
                    "ready": table.ready,
                    "empty": table.empty,
                    "key": table.key,
                    "skip": table.skip,
                    "aside": table.aside,
                    "total": table.total and {"css": table.total.css, "pattern": table.total.pattern},
                    # Its other pages are read as well, and their rows counted (`all_rows`).
                    "paged": not {"pages", "total"}.isdisjoint(spec.fields),
                    "counted": "total" in spec.fields,
                    "columns": {
                        column: {"header": cell.header}
                        | cell.for_page(flag=table.protect is not None and table.protect.by == column)
                        for column, cell in table.columns.items()
                    },
                    "protect": _plan(table.protect, table.columns),
                }
                for name, table in spec.tables.items()
            },
        }

    def about(self, seen: Seen, *, or_protected: bool = False, **asked: str) -> Seen:
        """Return what was read, which must be of the matter that was asked for, by these of its fields.

        Raises SelectorDrift when the page shows another, and PersonProtected when it is a protected person's, except
        where that is asked for too.
        """
        if seen.protected and not or_protected:
            raise PersonProtected(self.said)
        for name, wanted in asked.items():
            if seen.fields[name] != wanted:
                raise self.drift(f"fields.{name}", why="sidan visar något annat än det begärda")
        return seen

    def _row(self, table: str, values: dict[str, str], *, protected: bool) -> Row:
        spec = self._spec.tables[table]
        return Row(
            {
                name: self._value(f"tables.{table}.columns.{name}", spec.columns[name], shown)
                for name, shown in values.items()
                if not _only_flags(spec.protect, name)
            }
            | ({} if protected else spec.unshown),
            protected,
        )

    def _value(self, where: str, cell: Cell, shown: str | None) -> Any:  # noqa: ANN401 - the map decides the type
        if shown is None:
            return None
        try:
            return self._session.map.value(cell, shown)
        except ValueError as error:
            raise self.drift(where, why=str(error)) from None

    # --- acting ------------------------------------------------------------------------------------------------

    # What stands in each row of a table is used in the `row` with that key; with those keys, where the map tells rows
    # by several columns. ScreenNotReady when there is no such row. What this version does not have is left out.

    def fill(self, element: str, value: str, *, row: Keys | None = None) -> None:
        """Fill the element with `value`. Raises SelectorDrift when it cannot be told for certain.

        Where the map says `as: date`, `value` is a day as ISO has it.
        """
        # What is typed here is a password, or stands beside one.
        self._session.is_private |= self._name == "sign_in"
        self._enter(element, "fill", row, value)

    def select(self, element: str, option: str, *, row: Keys | None = None) -> None:
        """Choose the option with this label, or what the map's table has for it.

        Raises SelectorDrift when the element cannot be told for certain, NotOffered when there is no such option.
        """
        self._enter(element, "select", row, option)

    def _enter(self, element: str, action: str, row: Keys | None, value: str) -> None:
        if element in self._absent:
            return
        spec = self._spec.elements[element]
        try:
            typed = self._session.map.typed(spec, value)
        except ValueError:
            raise NotOffered(*self._said(element), value) from None
        try:
            # A page may fetch itself anew when an answer changes what else is asked for.
            with self._coming(spec):
                done = self._ready(element, action, row=row, value=typed, wanted=value, name=self._key(element, row))
                if done.get("kept"):
                    raise _KeptAsItWas  # noqa: TRY301 - leaves the wait for a document that won't come
        except _KeptAsItWas:
            self._remember(element, action, row, typed, alike=False)
            return
        except PlaywrightTimeout as error:
            raise ScreenNotReady(self._name, "systemet svarade inte i tid") from error
        self._remember(element, action, row, typed, alike=done.get("alike", False))
        if spec.navigates:
            self._moved()

    def _key(self, element: str, row: Keys | None) -> str:
        return f"{self._name}.{element}{'' if row is None else f' {row}'}"

    def _remember(self, element: str, action: str, row: Keys | None, typed: str, *, alike: bool) -> None:
        """Remember what was filled, so that it can be asked for at the moment of sending. Nothing of a sign-in."""
        if self._name == "sign_in":
            return
        spec, key = self._spec.elements[element], self._key(element, row)
        where = resolver.for_page(spec, self._spec.row(spec, *((row,) if isinstance(row, str) else row or ())))
        filled = {"element": where, "action": action, "value": typed, "alike": alike, "same": True, "name": key}
        self._session.filled[key] = filled

    def _moved(self) -> None:
        """Another document has come, as the map says: what was filled may stand in it, or be done with."""
        for each in self._session.filled.values():
            each["same"] = False

    def click(self, element: str, *, row: Keys | None = None, opened: bool = False) -> None:
        """Click an element that writes nothing irreversible. Raises SelectorDrift when it is not certain.

        A box is ticked, once, and remembered like a field that was filled: it must be so when it is sent.
        Where the map says that it brings a new document, ScreenNotReady when none comes. `opened` says that what it
        stands behind is open already.
        """
        if element in self._absent:
            return
        spec = self._spec.elements[element]
        if spec.danger == "irreversible":
            raise ValueError(f"{element} is irreversible: submit it inside `Session.writing`")
        action = "check" if spec.ticks else spec.action
        point = self._ready(element, action, row=row, opened=opened, name=self._key(element, row))
        if spec.ticks:
            self._remember(element, action, row, "", alike=point.get("alike", False))
        if point.get("kept"):
            return
        self._session.checkpoint(f"{self._name}.{element}")
        try:
            with self._coming(spec):
                self._strike(point)
        except PlaywrightTimeout as error:
            raise ScreenNotReady(self._name, "systemet svarade inte i tid") from error
        except PlaywrightError as error:
            raise self._lost(error, "sidan försvann") from error
        if spec.navigates:
            self._moved()

    def submit(self, element: str, *, row: Keys | None = None, about: str = "") -> str:
        """Click an irreversible element once, and return the receipt number that the system then showed.

        `about` must stand in the receipt's text: give the matter's own number where the system shows it, so that the
        receipt of another write is never taken for this one's.

        Only inside `Session.writing(deadline)`, and once in it. Raises SelectorDrift or ScreenNotReady before anything
        is sent, WriteRefused when the system said no, WriteUnanswered when it cannot be told here what happened.
        """
        session, spec = self._session, self._spec.elements[element]
        deadline = self._writes(element, about, ", ".join(str(each) for each in spec.locators))
        point = self._ready(
            element, "click", row=row, deadline=deadline.timestamp() * 1000, answer=_told_by(spec),
            filled=[each for key, each in session.filled.items() if key.startswith(f"{self._name}.")],
            question=spec.question and {**spec.question.model_dump(), "about": about},
        )  # fmt: skip
        session.asked_else = False
        session.expect_dialog(_answer_until(session, deadline, spec, about))
        session.checkpoint("armed")
        # Whatever goes wrong from here on may have been sent.
        session.spent = True
        try:
            with self._coming(spec):
                self._strike(point)
                session.checkpoint("clicked")
        except PlaywrightTimeout as error:
            raise self.unanswered(element, "systemet svarade inte i tid") from error
        except PlaywrightError as error:
            raise self.unanswered(element, "sidan försvann under klicket") from error
        return self._receipt(element, spec, about, before=point["before"])

    def hand_over(self, element: str, *, about: str = "") -> str:
        """Let the person at the screen click an irreversible element, and return the receipt number that is then shown.

        They may look around, correct, and take their time until the deadline of `Session.writing`; the page refuses
        what comes later. Raises as `submit` does before anything can be sent; SignInNeeded when nobody has sent it in
        time, WriteDeclined when they have thrown it away, what `Session.heed` raises, and WriteUnanswered when it
        cannot be told here what happened.
        """
        session, spec = self._session, self._spec.elements[element]
        deadline = self._writes(element, about, "a person")
        self.arrive()
        session.spent = session.is_handed_over = True
        try:
            # Who was quicker has sent it by now; the receipt is looked for all the same.
            before: list[str] = []
            with suppress(PlaywrightError, ScreenNotReady):
                there = resolver.ready(
                    self._page, spec, "leave", limit=0, deadline=deadline.timestamp() * 1000,
                    answer=_told_by(spec, by_person=True),
                )["before"]  # fmt: skip
                # What stands on the page that follows is theirs, and new.
                before = there if there and self._is_told() else []
            session.checkpoint("armed")
            return self._receipt(element, spec, about, until=deadline, before=before)
        except WriteUnanswered:
            if session.now() < deadline:
                raise
            raise SignInNeeded(session.map.system, "har något ifyllt som ingen skickade i tid") from None
        finally:
            session.is_handed_over = False

    def _writes(self, element: str, about: str, found_by: str) -> datetime:
        """Note what is to be clicked once, and return until when it may be."""
        if self._spec.elements[element].danger != "irreversible":
            raise ValueError(f"{element} is not irreversible: click it")
        session = self._session
        deadline = session.spend_deadline()
        session.written = self, about
        session.located_by = f"{self._name}.{element}: {found_by}"
        return deadline

    def photograph(self, about: str) -> bytes:
        """Return a picture of the window as PNG, with all covered that the map does not name as harmless.

        `about` is what a receipt in it is about. Raises ScreenNotReady when the page cannot be covered, or shown.
        """
        spec = self._spec
        written = {name: each.after for name, each in spec.elements.items() if each.after is not None}
        ask = {
            "words": sorted(spec.words),
            "fields": [{"label": f.label, "css": f.css} for n, f in spec.fields.items() if n in spec.shown],
            "receipts": [
                {"shown": [mark.for_page() for mark in after.any_of], "receipt": after.receipt, "about": about}
                for name, after in written.items()
                if name in spec.shown
            ],
        }
        try:
            lies = self._page.evaluate(resolver.script("message.js", "cover.js"), {**ask, "take": True})
            taken = self._session.snapshot() if lies else b""
            lay = self._page.evaluate(resolver.script("message.js", "cover.js"), {**ask, "take": False})
        except PlaywrightError as error:
            raise ScreenNotReady(self._name, "sidan gick inte att avbilda") from error
        if not (lies and lay):
            raise ScreenNotReady(self._name, "sidan gick inte att täcka")
        return taken

    def _ready(
        self,
        element: str,
        action: str,
        *,
        row: Keys | None = None,
        opened: bool = False,
        wanted: str = "",
        **how: Any,  # noqa: ANN401 - as `resolver.ready` has it
    ) -> dict[str, Any]:
        spec = self._spec.elements[element]
        if self._spec.needs_row(element) is (row is None):
            raise ValueError(f"{element} stands in {'each row: which?' if row is None else 'no row'}")
        for opener in () if opened else spec.via:
            self.click(opener, row=row if self._spec.needs_row(opener) else None)
        try:
            where = self._spec.row(spec, *((row,) if isinstance(row, str) else row or ()))
            found = self._made_ready(spec, action, tries=3 if spec.via and not opened else 1, row=where, **how)
            # Weighed is only what has had its time to be drawn, with all that might be taken for it.
            if found["end"] == "missing" and (alike := self._alike(element)) is not None:
                found = self._made_ready(spec, action, alike=alike, **how) | {"alike": True}
        except PlaywrightError as error:
            raise self._lost(error, "sidan försvann") from error
        if found["end"] != "done":
            self._raise_if_signed_out()
            raise self._not_done(element, found, wanted)
        return found

    def _not_done(self, element: str, found: Mapping[str, Any], wanted: str) -> FlottaError:
        """Return what it means that an element was not made ready (`resolver.ready`)."""
        match found["end"]:
            case "missing":
                return self.drift(element, resolver.told(self._spec.elements[element], found["counts"]))
            case "no option":
                return NotOffered(*self._said(element), wanted)
            case "too long":
                return TooLong(*self._said(element), found["most"])
            case "asks else":
                return AskedElse(*self._said(element))
        return ScreenNotReady(self._name, _NOT_READY[found["end"]].format(element))

    def _made_ready(self, spec: Element, action: str, *, tries: int = 1, **how: Any) -> dict[str, Any]:  # noqa: ANN401 - for `ready`
        """Return what `resolver.ready` does; again where what was clicked before has brought another document."""
        patience = self._limit(self._session.patience)
        while True:
            tries -= 1
            try:
                return resolver.ready(self._page, spec, action, limit=ELEMENT, patience=patience, **how)
            except PlaywrightError:
                if not tries or self._session.is_gone:
                    raise

    def _alike(self, element: str) -> int | None:
        at = self.weighed(element)
        if at is not None:
            self._session.alike.add(f"{self._name}.{element}")
        return at

    def weighed(self, element: str) -> int | None:
        """Return where an element is that its locators no longer find, if all that is remembered tells for certain.

        With all others of the screen at once, so that what is another's is not taken for it. None where it may not be
        found so. As `resolver.ready` takes it.
        """
        spec = self._spec.elements[element]
        if self._name == "sign_in" or not spec.may_be_alike:
            return None
        beside = {
            name: each for name, each in self._spec.elements.items() if each.frame == spec.frame and each.row_of is None
        }
        look = resolver.weigh(self._page, beside, frame=spec.frame)
        return look.weighed[element].at if look is not None else None

    def _strike(self, point: dict[str, Any]) -> None:
        """Press the key or the button for which the page is armed: at a point, or where the focus is."""
        if "x" in point:
            self._page.mouse.click(point["x"], point["y"])
        else:
            self._page.keyboard.press("Enter")

    def _coming(self, spec: Element) -> AbstractContextManager[object]:
        # While a document is on its way the browser answers no question about the old one, and sets no limit to that.
        if not spec.navigates:
            return nullcontext()
        self._session.missing.clear()
        return self._page.expect_navigation(wait_until="commit", timeout=self._session.patience)

    def _receipt(
        self, element: str, spec: Element, about: str, until: datetime | None = None, before: Sequence[str] = ()
    ) -> str:
        """Return the receipt that is shown. `until` when a person may send it, and correct what is refused.

        Those `before` were in the page when it was armed: they are of other writes, as are those that the session took.
        """
        after = spec.after
        if after is None:
            raise ValueError(element)
        session = self._session
        session.receipts.update(before)
        ask = {
            "answer": {
                **_told_by(spec, by_person=until is not None),
                "before": sorted(session.receipts),
                "about": about,
                "elsewhere": [
                    mark.for_page() for mark in (session.map.screens["sign_in"].identity.all_of[0], *after.lost)
                ],
                "ours": [f'meta[name="{probe.meta}"]' for probe in session.map.identify if probe.meta],
            }
        }
        # What has not come when the page was told "no" does not come.
        patience = HEED if session.asked_else else session.patience
        give_up = until or session.now() + timedelta(milliseconds=patience)
        found: dict[str, Any] = {"end": "silence"}
        while (left := give_up - session.now()) > timedelta(0):
            try:
                if until is not None:
                    # They may have gone back and forth: each document refuses what comes too late.
                    resolver.ready(self._page, spec, "leave", limit=0, deadline=until.timestamp() * 1000)
                    session.heed()
                limit = left / timedelta(milliseconds=1)
                limit = limit if until is None else min(limit, HEED)
                found = self._page.evaluate(
                    resolver.script("tables.js", "message.js", "page.js"), {**ask, "limit": limit}
                )
            except PlaywrightError as error:
                if session.is_gone:
                    raise self.unanswered(element, "webbläsaren försvann") from error
                # The page went on to its next document, which is where the answer is.
                continue
            if until is None or found["end"] != "silence":
                break
        if found["end"] == "shown":
            number = str(found["number"])
            session.receipts.add(number)
            return number
        if session.asked_else:
            raise AskedElse(*self._said(element))
        if found["end"] == "refused":
            raise self.refused(element) if until is None else WriteDeclined()
        why = {
            "elsewhere": "något annat än kvittot visades",
            "both": "både ett kvitto och ett nej visades",
            "stopped": "klicket kom för sent eller träffade fel",
        }
        lost = self.unanswered(element, why.get(found["end"], "inget kvitto visades i tid"))
        lost.unread = found["end"] == "silence" and not session.missing and until is None
        raise lost

    def refused(self, element: str) -> WriteRefused:
        """Return the error that says that the system did not take what an element would have done."""
        return WriteRefused(*self._said(element))

    def unanswered(self, element: str, why: str) -> WriteUnanswered:
        """Return the error that says that an element may have done its write, and that no receipt was seen."""
        return WriteUnanswered(*self._said(element), why)

    @property
    def said(self) -> str:
        """What people call it: its heading, where the map has one."""
        return _said([each for each in self._spec.identity.all_of if each.role == "heading"], self._name)

    def _said(self, element: str) -> tuple[str, str]:
        return self.said, _said(self._spec.elements[element].locators, element)

    def drift(self, element: str, seen: tuple[Sighting, ...] = (), *, why: str = "") -> SelectorDrift:
        """Return the error that says that the screen is not as the map has it."""
        of = self._session.map
        return SelectorDrift(self._name, element, seen, system=of.system, version=of.version, why=why)


def are_as_told(marks: Sequence[Sighting]) -> bool:
    """Return whether each of a screen's `marks` is there, or is not, as its map says."""
    return all((each.found == 0) == each.locator.startswith("inte ") for each in marks)


def _said(locators: Sequence[Locator], name: str) -> str:
    return next((f"»{each.read}«" for each in locators if each.read), name)


def _only_flags(protect: Protect | None, name: str) -> bool:
    """Return whether this value only says if the person is protected, which `protected` then says."""
    return protect is not None and name == protect.by


def _plan(protect: Protect | None, cells: Mapping[str, Any]) -> dict[str, Any] | None:
    if protect is None:
        return None
    return {"by": protect.by, "clear": protect.clear, "keep": [name for name in protect.keep if name in cells]}


def _told_by(spec: Element, *, by_person: bool = False) -> dict[str, Any]:
    """Return how a receipt of the element's write is told, and a refusal: what a person has thrown away, if by one."""
    after = spec.after
    if after is None:
        return {}
    refused = after.declined if by_person else after.refused
    return {
        "shown": [mark.for_page() for mark in after.any_of],
        "receipt": after.receipt,
        "refused": [mark.for_page() for mark in refused],
    }


def _answer_until(session: Session, deadline: datetime, spec: Element, about: str) -> Callable[[Dialog], None]:
    """Say yes to the question that the map expects, in time; no to every other."""

    def answer(dialog: Dialog) -> None:
        expected = dialog.type == "confirm" and spec.is_question(dialog.message, about)
        if expected and session.now() <= deadline:
            dialog.accept()
        else:
            # A message asks nothing.
            session.asked_else |= dialog.type != "alert" and not expected
            dialog.dismiss()

    return answer
