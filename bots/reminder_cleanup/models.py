"""What a decision about one reminder rests on."""

from __future__ import annotations

from dataclasses import dataclass

from bots.records.lifecare import Reminder, ReminderRow


@dataclass(frozen=True, slots=True)
class Case:
    """One reminder as far as it was read: id alone (protected), its row, or its page.

    `kept` is the page of the twin that stays when this one is removed as a duplicate; None when there is no such twin.
    """

    id: str
    row: ReminderRow | None = None
    page: Reminder | None = None
    kept: Reminder | None = None
