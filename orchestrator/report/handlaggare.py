"""What each handläggare gets of a run: a list of what was done and why, and the open matters as a calendar.

Case references, reasons and days; no person whom a matter is about. Protected persons' matters have a list of their
own, with nothing but their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator import report
from orchestrator.ledger.review import instance_of
from orchestrator.ledger.store import Concern, ItemLine

if TYPE_CHECKING:
    from bots.contract import AnyBot
    from orchestrator.ledger.store import Run


#: Whose a matter is that has no handläggare, and whose a protected person's is, whoever's it may be.
NOBODY, PROTECTED = "utan handläggare", "skyddade personuppgifter"
#: To whom the lists go that are no handläggare's.
GOES_TO = {
    NOBODY: "Till den som fördelar ärenden: posterna saknar handläggare, så någon måste ta över dem.",
    PROTECTED: "Till den som har behörighet till skyddade personuppgifter: slå upp numren i systemet och hantera dem "
    "där. Roboten har inte läst något annat om dem.",
}


@dataclass(frozen=True, slots=True)
class Matter:
    """One item and whose it is."""

    line: ItemLine
    concern: Concern


@dataclass(frozen=True, slots=True)
class Share:
    """One handläggare's part of a run: what was done, what she is asked, and what is open, the nearest day first."""

    done: list[Matter] = field(default_factory=list)
    asked: list[Matter] = field(default_factory=list)
    open: list[Matter] = field(default_factory=list)


def shares(lines: Sequence[ItemLine], concerns: Mapping[str, Concern]) -> dict[str, Share]:
    """Return each handläggare's share, by account, then those of NOBODY and of PROTECTED persons."""
    found: dict[str, Share] = {}
    for line in lines:
        concern = concerns.get(line.key)
        if concern is None:
            continue
        matter = Matter(line, concern)
        if concern.is_protected:
            found.setdefault(PROTECTED, Share()).asked.append(matter)
            continue
        share = found.setdefault(concern.handlaggare or NOBODY, Share())
        if line.state == "done":
            share.done.append(matter)
            continue
        if line.state == "referred":
            share.asked.append(matter)
        if concern.due is not None:
            share.open.append(matter)
    for share in found.values():
        share.open.sort(key=lambda matter: (matter.concern.due, matter.line.reference))
    return dict(sorted(found.items(), key=lambda each: (each[0] in GOES_TO, each[0] == PROTECTED, each[0])))


def page(bot: AnyBot, run: Run, handlaggare: str, share: Share) -> str:
    """Return the list as an HTML document that stands alone."""
    return report.render(
        "list.html", bot=bot, run=run, handlaggare=handlaggare, done=share.done, asked=share.asked, open=share.open,
        goes_to=GOES_TO.get(handlaggare), is_protected=handlaggare == PROTECTED,
    )  # fmt: skip


def calendar(run: Run, share: Share) -> bytes:
    """Return the open matters as iCalendar (RFC 5545): one event of a whole day each, with reference and day alone.

    An event's UID is the same in every run, so that a later file updates the earlier one's events in place; what this
    run has done away with is sent as cancelled.
    """
    from icalendar import Calendar, Event  # noqa: PLC0415 - 0.1 s, and no other command needs it

    made = Calendar()
    made.add("prodid", "-//Flotta//Flotta//SV")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for matter, status in [(each, "CONFIRMED") for each in share.open] + [(each, "CANCELLED") for each in share.done]:
        due = matter.concern.due
        if due is None:
            continue
        event = Event()
        event.add("uid", f"{matter.line.key}@{instance_of(asdict(run.options))}.flotta")
        event.add("dtstamp", run.created)
        # Calendars take the higher number for the newer event. Minutes fit in the 31 bits that some of them have.
        event.add("sequence", int(run.created.timestamp()) // 60)
        event.add("dtstart", due)
        event.add("dtend", due + timedelta(days=1))
        event.add("summary", matter.line.reference)
        event.add("status", status)
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    written: bytes = made.to_ical()
    return written
