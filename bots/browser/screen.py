"""One screen of one system: arrive at it, read it whole, act on it.

Reading is one round trip however much there is (`reader.js`), and may be tried again. Acting never is: an irreversible
element is clicked at most once per deadline, inside a page armed to refuse the click when it comes too late, and ends
in the receipt that the system showed, or in WriteUnanswered. Nothing here knows one version from another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.browser import resolver
from bots.browser.selector_map import Cell, Element, Identity, Protect
from bots.browser.selector_map import Locator as Spec
from bots.errors import (
    ScreenNotReady,
    SelectorDrift,
    Sighting,
    WriteRefused,
    WriteUnanswered,
)

if TYPE_CHECKING:
    from datetime import datetime

    from playwright.sync_api import Dialog, Locator, Page, Response

    from bots.browser.session import Session

#: A screen that has its document but not its content within this long is not the screen of the map. Milliseconds.
ARRIVAL = 5_000
#: How long an element may take to become what the map says, before it counts as drift. Milliseconds.
ELEMENT = 3_000

# One listener a document, with a deadline that can be moved: it must be the first to see the event (capture, on the
# window), and it must judge by the wall clock, which goes on while a process is frozen.
_ARM = """(root, deadline) => {
  const mine = Symbol.for('write deadline');
  if (!window[mine]) {
    window[mine] = { deadline };
    const judge = (event) => {
      if (Date.now() > window[mine].deadline) { event.preventDefault(); event.stopImmediatePropagation(); }
    };
    for (const kind of ['pointerdown', 'mousedown', 'click', 'keydown', 'submit'])
      window.addEventListener(kind, judge, { capture: true });
  }
  window[mine].deadline = deadline ?? Infinity;
}"""


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


@cache
def _reader() -> str:
    return Path(__file__).with_name("reader.js").read_text(encoding="utf-8")


class Screen:
    """One screen of the session's system, by its name in the map."""

    def __init__(self, session: Session, name: str) -> None:
        """Bind the screen; nothing is opened."""
        self._session = session
        self._name = name
        self._spec = session.map.screens[name]

    @property
    def _page(self) -> Page:
        return self._session.page

    # --- reading -----------------------------------------------------------------------------------------------

    def visit(self, **params: str) -> Seen:
        """Open the screen at its address and read it. Tried again for seconds if it does not come, or we are signed out.

        Raises ScreenNotReady, SessionLost or SelectorDrift when it still is not there.
        """

        def once() -> Seen:
            self.open(**params)
            return self.read()

        return self._session.again(once)

    def open(self, **params: str) -> None:
        """Go to the screen's address and make sure that this is it. Not tried again."""
        url = self._session.base_url + self._spec.address(params)
        try:
            response: Response | None = self._page.goto(url, wait_until="commit", timeout=self._session.patience)
        except PlaywrightError as error:
            raise ScreenNotReady(self._name, "systemet svarade inte") from error
        if response is not None and response.status >= 400:  # noqa: PLR2004 - HTTP's own line between answer and error
            raise ScreenNotReady(self._name, f"systemet svarade {response.status}")
        self.arrive()

    def arrive(self) -> None:
        """Make sure that the page is this screen, by address and content.

        Raises SessionLost when it is the sign-in screen instead, SelectorDrift when it is none that the map knows.
        """
        identity = self._spec.identity
        if not self._session.is_at(identity, self._page.url):
            self._session.raise_if_signed_out()
            try:
                self._page.wait_for_url(
                    lambda url: self._session.is_at(identity, url), wait_until="commit", timeout=ARRIVAL
                )
            except PlaywrightTimeout as error:
                self._session.raise_if_signed_out()
                raise self._drift("identity", (Sighting(f"url={identity.url}", 0),)) from error
        try:
            identified(self._page, identity).wait_for(state="attached", timeout=ARRIVAL)
        except PlaywrightTimeout as error:
            self._session.raise_if_signed_out()
            raise self._drift("identity", identity_sightings(self._page, identity)) from error

    def read(self) -> Seen:
        """Read every field and table of the screen in one round trip.

        Raises SelectorDrift naming the first field, table or column that is not as the map says.
        """
        spec = self._spec
        plan = {
            "fields": {
                name: {"label": field.label, "css": field.css, "optional": field.optional}
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
                    "columns": {column: cell.header for column, cell in table.columns.items()},
                    "protect": _plan(table.protect, table.columns),
                }
                for name, table in spec.tables.items()
            },
            "limit": ELEMENT,
        }
        try:
            found = self._page.evaluate(_reader(), plan)
        except PlaywrightError as error:
            raise ScreenNotReady(self._name, "sidan byttes under läsningen") from error
        if found["problems"]:
            self._session.raise_if_signed_out()
            first = found["problems"][0]
            raise self._drift(first["where"], (Sighting("kartan", first["found"]),))
        record = found["record"]
        return Seen(
            fields={
                name: self._value(f"fields.{name}", spec.fields[name], shown)
                for name, shown in record["values"].items()
                if not _only_flags(spec.protect, name)
            },
            tables={
                name: [self._row(name, row["values"], protected=row["isProtected"]) for row in rows]
                for name, rows in found["tables"].items()
            },
            protected=record["isProtected"],
        )

    def _row(self, table: str, values: dict[str, str], *, protected: bool) -> Row:
        spec = self._spec.tables[table]
        return Row(
            {
                name: self._value(f"tables.{table}.{name}", spec.columns[name], shown)
                for name, shown in values.items()
                if not _only_flags(spec.protect, name)
            },
            protected,
        )

    def _value(self, where: str, cell: Cell, shown: str | None) -> Any:  # noqa: ANN401 - the map decides the type
        if shown is None:
            return None
        try:
            return self._session.map.value(cell, shown)
        except ValueError as error:
            raise self._drift(where, why=str(error)) from None

    # --- acting ------------------------------------------------------------------------------------------------

    def fill(self, element: str, value: str) -> None:
        """Fill the element with `value`. Raises SelectorDrift when it cannot be told for certain."""
        self._act(element, lambda found: found.fill(value, timeout=ELEMENT))

    def select(self, element: str, option: str) -> None:
        """Choose the option with this label. Raises SelectorDrift when the element cannot be told for certain."""
        self._act(element, lambda found: found.select_option(label=option, timeout=ELEMENT) and None)

    def click(self, element: str) -> None:
        """Click an element that writes nothing irreversible. Raises SelectorDrift when it cannot be told for certain."""
        if self._spec.elements[element].danger == "irreversible":
            raise ValueError(f"{element} is irreversible: submit it inside `Session.writing`")
        self._disarm()
        self._act(element, self._click_through if self._spec.elements[element].navigates else _click)

    def _click_through(self, found: Locator) -> None:
        with self._page.expect_navigation(wait_until="commit", timeout=self._session.patience):
            _click(found)

    def submit(self, element: str) -> str:
        """Click an irreversible element once, and return the receipt number that the system then showed.

        Only inside `Session.writing(deadline)`, and once in it. Raises SelectorDrift before anything is sent,
        WriteRefused when the system said no, WriteUnanswered when it cannot be told here what happened.
        """
        spec = self._spec.elements[element]
        if spec.danger != "irreversible" or spec.after is None:
            raise ValueError(f"{element} is not irreversible: click it")
        session = self._session
        deadline = session.spend_deadline()
        session.located_by = f"{self._name}.{element}: " + ", ".join(str(each) for each in spec.locators)
        for opener in spec.via:
            self.click(opener)
        scope: Any = self._page.frame_locator(spec.frame) if spec.frame else self._page
        scope.locator(":root").evaluate(_ARM, deadline.timestamp() * 1000)
        session.armed = True
        if spec.confirm == "native":
            session.expect_dialog(_answer_until(session, deadline))
        session.checkpoint("armed")
        self._act(element, _click, sent=True)
        session.checkpoint("clicked")
        return self._receipt(element, spec)

    def _receipt(self, element: str, spec: Element) -> str:
        after = spec.after
        if after is None:
            raise ValueError(element)
        page = self._page
        shown = resolver.any_of(page, after.any_of)
        refused = resolver.any_of(page, after.refused) if after.refused else None
        ends = [shown, *([refused] if refused else []), *self._session.elsewhere()]
        first_end = ends[0]
        for end in ends[1:]:
            first_end = first_end.or_(end)
        try:
            text = first_end.first.inner_text(timeout=self._session.patience)
            if match := re.search(after.receipt, text):
                return match.group(1)
            # A new document is "not the system" until its head is parsed, so look once more when it is whole.
            page.wait_for_load_state("domcontentloaded", timeout=self._session.patience)
            if shown.count() == 1 and (match := re.search(after.receipt, shown.inner_text(timeout=ELEMENT))):
                return match.group(1)
            said_no = refused is not None and refused.count() > 0
        except PlaywrightError as error:
            raise WriteUnanswered(self._name, element, "inget kvitto visades i tid") from error
        if said_no:
            raise WriteRefused(self._name, element)
        raise WriteUnanswered(self._name, element, "ett annat svar än ett kvitto visades")

    def _act(self, element: str, action: Any, *, sent: bool = False) -> None:  # noqa: ANN401 - a lambda over a Locator
        spec = self._spec.elements[element]
        if not sent:
            for opener in spec.via:
                self.click(opener)
        try:
            action(resolver.resolve(self._page, spec))
        except PlaywrightTimeout as error:
            self._session.raise_if_signed_out()
            seen = resolver.sightings(self._page, spec)
            if sent and all(each.found == 1 for each in seen):
                # The element is the right one, so the click may have been delivered before its time ran out.
                raise WriteUnanswered(self._name, element, "klicket hann inte bekräftas") from error
            self._session.spent = False
            raise self._drift(element, seen) from error
        except PlaywrightError as error:
            if sent:
                raise WriteUnanswered(self._name, element, "sidan försvann under klicket") from error
            raise ScreenNotReady(self._name, "sidan försvann") from error

    def _disarm(self) -> None:
        if self._session.armed:
            self._page.locator(":root").evaluate(_ARM, None)
            self._session.armed = False

    def _drift(self, element: str, seen: tuple[Sighting, ...] = (), *, why: str = "") -> SelectorDrift:
        return SelectorDrift(self._name, element, seen, version=self._session.map.version, why=why)


def _click(found: Locator) -> None:
    found.click(timeout=ELEMENT)


def identified(page: Page, identity: Identity) -> Locator:
    """Return a locator that matches while all that must be on the screen is there, and nothing that must not."""
    root = page.locator(":root")
    for spec in identity.all_of:
        root = root.filter(has=resolver.find(page, spec))
    for spec in identity.none_of:
        root = root.filter(has_not=resolver.find(page, spec))
    return root


def identity_sightings(page: Page, identity: Identity) -> tuple[Sighting, ...]:
    """Return what each mark of the identity finds, those that must not be there marked so."""

    def sight(spec: Spec, prefix: str = "") -> Sighting:
        return Sighting(prefix + str(spec), resolver.find(page, spec).count())

    return (
        *(sight(spec) for spec in identity.all_of),
        *(sight(spec, "inte ") for spec in identity.none_of),
    )


def _only_flags(protect: Protect | None, name: str) -> bool:
    """Return whether this value only says if the person is protected, which `protected` then says."""
    return protect is not None and name == protect.by


def _plan(protect: Protect | None, cells: Mapping[str, Any]) -> dict[str, Any] | None:
    if protect is None:
        return None
    return {"by": protect.by, "clear": protect.clear, "keep": [name for name in protect.keep if name in cells]}


def _answer_until(session: Session, deadline: datetime) -> Callable[[Dialog], None]:
    def answer(dialog: Dialog) -> None:
        if session.now() <= deadline:
            dialog.accept()
        else:
            dialog.dismiss()

    return answer
