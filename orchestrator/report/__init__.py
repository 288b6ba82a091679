"""A run as a document to print and keep: what was seen and done, item by item, with reasons and receipts.

Nothing sealed is opened for it: references, rules, reasons and receipt numbers, and no person.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from orchestrator import present

if TYPE_CHECKING:
    from bots.contract import AnyBot
    from orchestrator.ledger.audit import Entry
    from orchestrator.ledger.store import ItemLine, Run
    from orchestrator.settings import Settings

#: The drawing of the run over time, in its own units.
WIDTH, HEIGHT = 640, 150
#: The headings of the items, and the states that come under each.
HEADINGS = {
    "Utfört": ("done",),
    "Till handläggare": ("referred",),
    "Inte klart": ("todo", "failed", "uncertain"),
    "Inte godkänt": ("declined",),
    "Utanför gränsen för körningen": ("postponed",),
}


@dataclass(frozen=True, slots=True)
class Curve:
    """How many items were done as the run went on: points of a line, and what its ends stand for."""

    points: str
    begun: datetime
    ended: datetime
    most: int


def curve(entries: Sequence[Entry]) -> Curve | None:
    """Return the run over time, or None when nothing was done in it. Time runs to the right, done items upwards."""
    done = [entry.at for entry in entries if entry.what == "step.done"]
    if not done:
        return None
    begun, ended = entries[0].at, entries[-1].at
    span = max((ended - begun).total_seconds(), 0.001)
    places = [(begun, 0)]
    for count, at in enumerate(done, 1):
        places += [(at, count - 1), (at, count)]
    places.append((ended, len(done)))
    points = " ".join(
        f"{(at - begun).total_seconds() / span * WIDTH:.1f},{HEIGHT - count / len(done) * HEIGHT:.1f}"
        for at, count in places
    )
    return Curve(points, begun, ended, len(done))


def page(bot: AnyBot, run: Run, lines: Sequence[ItemLine], entries: Sequence[Entry], *, now: datetime) -> str:
    """Return the report as an HTML document that stands alone."""
    from bots.browser.selector_map import in_order  # noqa: PLC0415 - pydantic models, 0.1 s

    titles = {rule.id: rule.title for rule in bot.rules}
    return render(
        "report.html", bot=bot, run=run, state=present.STATES[run.state], now=now,
        curve=curve(entries), width=WIDTH, height=HEIGHT,
        counts=_counts(lines, titles), titles=titles, seen=len(lines) or run.seen,
        sections={
            heading: chosen
            for heading, states in HEADINGS.items()
            if (chosen := [line for line in lines if line.state in states])
        },
        maps=sorted({line.map_version for line in lines if line.map_version}, key=in_order),
        head=entries[-1] if entries else None,
    )  # fmt: skip


def render(template: str, **facts: object) -> str:
    """Return a template of this folder, filled in."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - no other command needs it

    environment = Environment(
        loader=PackageLoader("orchestrator.report", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["local"] = _local
    return environment.get_template(template).render(facts)


def _counts(lines: Sequence[ItemLine], titles: Mapping[str, str]) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Return each outcome with its number and the reasons for it, most frequent first."""
    found = []
    for heading, states in {"Utfört": ("done",), "Kvar": ("left",), **HEADINGS}.items():
        reasons = Counter(present.why(line, titles) for line in lines if line.state in states)
        if reasons:
            found.append((heading, reasons.total(), reasons.most_common()))
    return found


def _local(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo('Europe/Stockholm')):%Y-%m-%d %H:%M:%S}"


def print_to(file: Path, html: str, settings: Settings) -> None:
    """Write the document: as it is when the name ends in `.html`, else printed as PDF by the bots' own browser.

    Raises OSError when the file cannot be written, and BrowserMissing.
    """
    if file.suffix == ".html":
        file.write_text(html, encoding="utf-8")
        return
    from bots.browser.session import pdf  # noqa: PLC0415 - Playwright, 0.3 s

    environment: dict[str, Any] = dict(os.environ)
    file.write_bytes(pdf(html, settings.browser, as_root=os.geteuid() == 0, environment=environment))
