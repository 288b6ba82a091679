"""How people are told: the words of a message, the daily digest, and the watch that looks, writes and sends.

Messages are made of what `orchestrator.ledger.alerts` found, which names no person and quotes no page.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from bots.errors import StateNotWritable
from orchestrator import clock
from orchestrator.ledger import alerts as told
from orchestrator.ledger import expected, fleet, review
from orchestrator.ledger.alerts import Alert, Day
from orchestrator.present import ALERTS, QUESTIONS, STATES, moment

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

    from orchestrator.ledger.store import Ledger
    from orchestrator.notify import Targets
    from orchestrator.settings import Settings

#: How often it is looked whether there is something to tell. Seconds.
LOOK_EVERY = 15
#: So many alerts are written out in one message. `flotta alerts` has the others.
WRITTEN_OUT = 50
#: The command that shows more of an alert, or does what it asks for, where it isn't `flotta show`.
MORE = {
    "guard": "flotta review list", "uncertain": "flotta review list", "sign_in": "flotta sign-in {run}",
    "missed": "flotta schedule", "unserved": "flotta machines", "machine": "flotta machines",
}  # fmt: skip


# --- words -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. Paragraphs in the body have empty lines between them, or Teams would run them together."""

    subject: str
    body: str


def message(alerts: Sequence[Alert]) -> Message:
    """Return one message of all these alerts."""
    counts = Counter(each.kind for each in alerts)
    subject = ", ".join(
        f"{counts[kind]} {one if counts[kind] == 1 else many}" for kind, (one, many) in ALERTS.items() if counts[kind]
    )
    lines = [_line(each) for each in alerts[:WRITTEN_OUT]]
    if len(alerts) > WRITTEN_OUT:
        lines.append(f"Och {len(alerts) - WRITTEN_OUT} till: flotta alerts")
    return Message(f"Flotta: {subject}", "\n\n".join(lines))


def _line(alert: Alert) -> str:
    what, _ = ALERTS[alert.kind]
    about = ", ".join(filter(None, (what.capitalize(), alert.bot, moment(alert.at))))
    more = MORE.get(alert.kind, "flotta show {run}").format(run=alert.run)
    return f"{about}: {alert.sentence} Mer: {more}"


def digest(
    days: Mapping[str, Day],
    past: Mapping[str, Mapping[str, int]],
    waiting: Mapping[str, int],
    machines: Sequence[str],
    coming: Mapping[str, datetime | None],
) -> str:
    """Return the text of a daily digest: one paragraph a matter, and one in all when nothing has happened.

    `past` has, by what became of a due time, how many of each schedule; `waiting` how many questions of each kind;
    `coming` when each schedule is due next.
    """
    happened = [f"{bot}: {_day(day)}." for bot, day in days.items()]
    happened += [
        f"{heading}: {_counted(past[state])}."
        for state, heading in (("missed", "Missade tider"), ("skipped", "Överhoppade tider"))
        if past.get(state)
    ]
    if waiting:
        happened.append(f"Att ta ställning till: {_counted({QUESTIONS[kind][0]: n for kind, n in waiting.items()})}.")
    rest = [f"Maskiner: {', '.join(machines) or 'inga'}."]
    if coming:
        rest.append(f"Nästa tider: {', '.join(f'{name} {moment(due)}' for name, due in coming.items())}.")
    if not happened:
        return " ".join(["Inga körningar det senaste dygnet, och inget som väntar.", *rest])
    return "\n\n".join([*happened, *rest])


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} × {count}" for name, count in counts.items())


def _day(day: Day) -> str:
    runs = _counted({STATES[state]: count for state, count in day.runs.items()})
    numbers = {"utförda": day.done, "till handläggare": day.referred, "osäkra": day.uncertain}
    items = _counted({what: count for what, count in numbers.items() if count})
    return "; ".join(filter(None, (runs, f"poster: {items}" if items else "")))


def digest_day(at: time, since: datetime, now: datetime) -> date | None:
    """Return the day whose digest has become due since then; of several the last."""
    today = now.astimezone(clock.ZONE).date()
    return next((day for day in (today, today - clock.DAY) if since < _due(day, at) <= now), None)


def _due(day: date, at: time) -> datetime:
    return clock.instant(datetime.combine(day, at))


# --- the watch ---------------------------------------------------------------------------------------------------


class Watch:
    """Looks at the ledger and tells people, in a thread of its own. Any number may watch one ledger."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        targets: Targets | None,
        *,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
    ) -> None:
        """`targets` are who is told. Without any, alerts are stored all the same, and no digest is made."""
        self._settings, self._ledger, self._targets, self._now, self._log = settings, ledger, targets, now, log
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def start(self) -> None:
        """Look at once, and then every so often."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more. A message that is being sent is waited for, no longer than sending may take."""
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(LOOK_EVERY)

    def look(self) -> None:
        """Store what there is to tell, and tell it. Raises nothing."""
        for part in (self._find, self._tell):
            try:
                part()
            except (StateNotWritable, SQLAlchemyError):
                self._log.warning("ledger.gone")
            except Exception as error:  # noqa: BLE001 - whatever it is, the next look may do better
                self._log.error("watch.broke", error=type(error).__name__)

    def _find(self) -> None:
        now = self._now()
        since = told.watched(self._ledger, now)
        found = told.find(self._ledger, since, now, slow=self._settings.alerts.slow)
        if self._targets is not None:
            found += self._digests(since, now)
        for each in told.store(self._ledger, found, now, wanted=self._targets is not None):
            self._log.info("alert.stored", kind=each.kind, bot=each.bot, run=each.run)

    def _digests(self, since: datetime, now: datetime) -> list[Alert]:
        """Return the digest that has become due, unless it stands there already."""
        at = self._settings.alerts.digest
        day = digest_day(at, since, now) if at is not None else None
        if at is None or day is None or told.is_stored(self._ledger, f"digest:{day}"):
            return []
        due, before = _due(day, at), _due(day - clock.DAY, at)
        return [Alert(f"digest:{day}", "digest", self._digest(before, due, now), due)]

    def _digest(self, since: datetime, until: datetime, now: datetime) -> str:
        past: dict[str, Counter[str]] = {}
        for each in expected.since(self._ledger, since):
            if since < each.due <= until:
                past.setdefault(each.state, Counter())[each.schedule] += 1
        waiting = Counter(each.kind for each in review.queue(self._ledger) if each.instance != "mock")
        here = [each.id for each in fleet.machines_of(self._ledger) if each.left is None]
        coming = {name: clock.next_due(each, now) for name, each in self._settings.schedules.items()}
        return digest(told.days(self._ledger, since, until), past, waiting, here, coming)

    def _tell(self) -> None:
        if self._targets is None:
            return
        taken = told.take(self._ledger, self._now())
        digests = [each for each in taken if each.kind == "digest"]
        alerts = [each for each in taken if each.kind != "digest"]
        if alerts:
            self._send(self._targets, message(alerts), alerts)
        for each in digests:
            self._send(self._targets, Message(f"Flotta: dygnet till {moment(each.at)}", each.sentence), [each])

    def _send(self, targets: Targets, what: Message, of: Sequence[Alert]) -> None:
        """Send a message, and store that it is when anybody took it: else all of it comes again."""
        deliveries = targets.send(what.subject, what.body)
        for each in deliveries:
            event = self._log.info if each.taken else self._log.warning
            event("message.sent" if each.taken else "message.refused", kind=each.kind, count=len(of))
        if any(each.taken for each in deliveries):
            told.sent(self._ledger, of, self._now())
