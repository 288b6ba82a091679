"""Stand-ins for what lies outside: Lifecare in memory, a clock moved by hand, a session without a browser, a kept log.

`FakeLifecare` holds the mock's own state and journal behind the Protocol that the bot asks for, so that the oracle
judges it as it judges the screens.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from functools import cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bots.browser.selector_map import SelectorMap, load
from bots.browser.session import Session
from bots.contract import Receipt
from bots.errors import ScreenNotReady, WriteRefused, WriteUnanswered
from bots.records.lifecare import Beslut, HistoryEvent, Protected, Reminder, ReminderRow, Uppfoljning
from fixtures.lifecare.model import Paminnelse, Person, State
from fixtures.mockui.journal import Journal
from orchestrator import logs

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from structlog.typing import FilteringBoundLogger

MAPS = Path(__file__).parents[1] / "selectors"
#: The kinds that the selector maps have a word for; another one reads `okänt: …`.
_KINDS = {"beslut löper ut", "uppföljning", "omprövning", "utredning pågår", "komplettering", "egen"}


class Clock:
    """The time of a test, which stands still until it is moved."""

    def __init__(self, moment: datetime = datetime(2026, 3, 31, 2, 15, tzinfo=UTC)) -> None:
        """Start at 04:15 in Sweden on the day that the tests have."""
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)


class Patience(threading.Event):
    """An event on which one waits by moving the clock; `waited` has every wait."""

    def __init__(self, clock: Clock) -> None:
        """Wait by this clock."""
        super().__init__()
        self._clock = clock
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Let the time pass at once, and return whether the event has happened."""
        self.waited.append(timeout or 0.0)
        self._clock.forward(timeout or 0.0)
        return self.is_set()


class _NoTracing:
    """A recorder of what happens in the browser, which is nothing."""

    def start(self, *, snapshots: bool) -> None:
        """Begin."""

    def stop(self, *, path: Path | None = None) -> None:
        """Write the recording, if it is asked for."""
        if path is not None:
            path.write_bytes(b"a trace")


class _NoContext:
    """A browser without a window."""

    tracing = _NoTracing()


class _NoPage:
    """A page where nothing ever happens by itself."""

    context = _NoContext()

    def on(self, event: str, handler: Callable[..., None]) -> None:
        """Take the handler, and never call it."""


@cache
def the_map(version: str = "2023.10") -> SelectorMap:
    return load(MAPS / "lifecare" / f"{version}.yaml")


def a_session(clock: Clock, *, approved: bool = True) -> Session:
    """Return a real session, with a real map, on a page that does not exist: deadlines and marks hold as they do."""
    chosen = the_map() if approved else the_map().model_copy(update={"approved": None})
    return Session(cast("Page", _NoPage()), chosen, "http://lifecare.test", now=clock.now)


class Lost(Enum):
    """What becomes of a removal whose answer never comes."""

    BEFORE = auto()
    #: It happened all the same.
    AFTER = auto()
    #: It happens `late_by` from now.
    LATE = auto()
    #: It happened, and the system showed a page on which the map knows no receipt.
    UNREAD = auto()


def _nothing(_verb: str, _reminder: str) -> None:
    """Nobody else is at work."""


@dataclass
class FakeLifecare:
    """Lifecare in memory.

    `meanwhile` is told of every call before it takes effect, and may change the state as somebody else would: it gets
    the verb (`reminders`, `reminder`, `remove`, and `sent` when a removal has been sent) and the reminder. `failures`
    are raised by such calls, one for each; `losses` are what becomes of a reminder's removals, one for each.
    """

    state: State
    clock: Clock = field(default_factory=Clock)
    session: Session | None = None
    meanwhile: Callable[[str, str], None] = _nothing
    failures: dict[tuple[str, str], list[Exception]] = field(default_factory=lambda: defaultdict(list))
    losses: dict[str, list[Lost]] = field(default_factory=lambda: defaultdict(list))
    late_by: timedelta = timedelta(seconds=2)
    calls: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing is open, nothing is on its way."""
        self._journal = Journal(now=self.clock.now)
        self._late: list[tuple[datetime, str, str]] = []
        self._open: tuple[str, int] | None = None
        self._pages: dict[str, tuple[Paminnelse, Person, Reminder | Protected]] = {}

    @property
    def lifecare(self) -> FakeLifecare:
        """The systems that the bot signs in to: this one."""
        return self

    # --- what the bot asks for ---------------------------------------------------------------------------------

    def reminders(self) -> list[ReminderRow | Protected]:
        """Return every reminder that the list shows."""
        self._called("reminders", "")
        return [self._row(each) for each in self.state.listed()]

    def reminder(self, reminder_id: str) -> Reminder | Protected:
        """Return what the reminder's page shows, removed or not."""
        self._called("reminder", reminder_id)
        found = self.state.paminnelser.get(reminder_id)
        if found is None:
            raise ScreenNotReady("reminder", "systemet svarade 404")
        self._open = (found.id, found.version)
        person = self.state.persons[found.person]
        known = self._pages.get(found.id)
        if known is None or known[0] is not found or known[1] is not person:
            known = self._pages[found.id] = (found, person, self._page(found, person))
        return known[2]

    def remove(self, reminder_id: str, reason: str) -> Receipt:
        """Remove the reminder whose page is open, if it is as the page showed it."""
        self._called("remove", reminder_id)
        if self._open is None or self._open[0] != reminder_id:
            raise AssertionError(f"the page of {reminder_id} is not open")
        deadline = self.session.spend_deadline() if self.session else None
        if self.session:
            self.session.spent = True
        self._called("sent", reminder_id)
        if deadline is not None and self.clock.now() > deadline:
            raise WriteUnanswered("reminder", "confirm_removal", "sidan vägrade klicket")
        lost = self.losses[reminder_id].pop(0) if self.losses.get(reminder_id) else None
        self._journal.attempt("remove", reminder_id, {"reason": reason})
        if lost is not Lost.BEFORE:
            if self.state.removable(reminder_id, self._open[1], reason):
                raise WriteRefused("reminder", "confirm_removal")
            if lost is Lost.LATE:
                self._late.append((self.clock.now() + self.late_by, reminder_id, reason))
            else:
                self._commit(reminder_id, reason)
        if lost is not None:
            why = "inget kvitto visades i tid"
            raise WriteUnanswered("reminder", "confirm_removal", why, unread=lost is Lost.UNREAD)
        removal = self.state.paminnelser[reminder_id].removed
        if removal is None:
            raise AssertionError("a removal without a receipt")
        return Receipt(removal.kvittens, {"påminnelse": reminder_id, "orsak": reason})

    # --- what somebody else does -------------------------------------------------------------------------------

    def annotate(self, reminder_id: str, note: str = "Ringt god man.") -> None:
        """Let a handläggare write in the reminder."""
        self.state.annotate(reminder_id, "KAEK", note, self._time())

    def remove_by_hand(self, reminder_id: str, reason: str = "Klar sedan i går.") -> None:
        """Let a handläggare remove the reminder. Not ours, so not in the journal."""
        self.state.remove(reminder_id, "KAEK", reason, self._time())

    def protect(self, reminder_id: str) -> None:
        """Let the person's data become protected."""
        person = self.state.persons[self.state.paminnelser[reminder_id].person]
        self.state.persons[person.id] = replace(person, protection="sekretessmarkering")

    # --- what a test asks for ----------------------------------------------------------------------------------

    def journal(self) -> list[dict[str, Any]]:
        """Return the journal as the mock's control endpoint shows it."""
        self._land()
        return [row.as_json() for row in self._journal.rows()]

    # --- inside ------------------------------------------------------------------------------------------------

    def _called(self, verb: str, reminder_id: str) -> None:
        self.calls.append((verb, reminder_id))
        self.meanwhile(verb, reminder_id)
        self._land()
        if self.failures.get((verb, reminder_id)):
            raise self.failures[verb, reminder_id].pop(0)

    def _land(self) -> None:
        due = [each for each in self._late if each[0] <= self.clock.now()]
        self._late = [each for each in self._late if each[0] > self.clock.now()]
        for _, reminder_id, reason in due:
            self._commit(reminder_id, reason)

    def _commit(self, reminder_id: str, reason: str) -> None:
        self.state.remove(reminder_id, "robot", reason, self._time())
        self._journal.commit("remove", reminder_id, {"reason": reason})

    def _time(self) -> datetime:
        return self.clock.now().replace(tzinfo=None)

    def _row(self, each: Paminnelse) -> ReminderRow | Protected:
        person = self.state.persons[each.person]
        if person.protection != "none":
            return Protected(each.id)
        return ReminderRow(**self._facts(each, person))

    def _facts(self, each: Paminnelse, person: Person) -> dict[str, Any]:
        return {
            "id": each.id,
            "person": person.personnummer,
            "arende": each.arende,
            "beslut": each.beslut,
            "typ": each.typ if each.typ in _KINDS else f"okänt: {each.typ}",
            "due": each.due,
            "created": each.created,
            "created_by": each.created_by,
            "handlaggare": each.handlaggare,
            "status": each.status,
        }

    def _page(self, each: Paminnelse, person: Person) -> Reminder | Protected:
        if person.protection != "none":
            return Protected(each.id)
        handlaggare = self.state.handlaggare.get(each.handlaggare or "")
        return Reminder(
            **self._facts(each, person),
            text=_shown(each.text),
            version=str(each.version),
            konto=None if handlaggare is None else "aktivt" if handlaggare.active else "inaktivt",
            deceased=person.deceased,
            history=tuple(HistoryEvent(row.time, row.event, row.user, _shown(row.note)) for row in each.history),
            all_beslut=tuple(
                Beslut(row.id, row.arende, row.insats, row.status, row.verkstallighet, row.start, row.end)
                for row in self.state.beslut_of[person.id]
            ),
            all_uppfoljningar=tuple(
                Uppfoljning(row.id, row.beslut, row.status, row.date) for row in self.state.uppfoljningar_of[person.id]
            ),
            kvittens=each.removed.kvittens if each.removed else None,
            removed_why=_shown(each.removed.reason) if each.removed else None,
        )


def _shown(text: str) -> str | None:
    """Return a text as the kit reads it from a screen: white space folded, nothing for none."""
    return " ".join(text.split()) or None


class KeptLog:
    """The house's own logger, allow-list and all, writing where a test can read."""

    def __init__(self) -> None:
        """Begin empty."""
        self._out = StringIO()
        self.logger: FilteringBoundLogger = logs.logger(self._out)

    @property
    def text(self) -> str:
        """All that was written."""
        return self._out.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every line, parsed."""
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def events(self) -> list[str]:
        """What happened, in order."""
        return [line["event"] for line in self.lines]
