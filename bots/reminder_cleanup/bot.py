"""The flow of reminder cleanup, as the operator's runbook has it.

Read the list. Open each reminder whose page could hold proof. Decide. Before a removal, read its page and the kept
twin's again; then give the reason, remove, and keep the receipt. If the answer is lost, look before anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import ClassVar, Protocol

from bots.contract import Bot, Decision, Item, Receipt, Refer, Step
from bots.records.lifecare import Protected, Reminder, ReminderRow
from bots.reminder_cleanup import rules
from bots.reminder_cleanup.models import Case


class ReminderPortal(Protocol):
    """What this bot needs of Lifecare."""

    def reminders(self) -> list[ReminderRow | Protected]:
        """Return every reminder in the list."""

    def reminder(self, reminder_id: str) -> Reminder | Protected:
        """Open one reminder's page and return what it shows."""

    def remove(self, reminder_id: str, reason: str) -> Receipt:
        """Remove the reminder whose page is open."""


class Screens(Protocol):
    """The systems this bot signs in to."""

    @property
    def lifecare(self) -> ReminderPortal:
        """Lifecare, signed in."""


class ReminderCleanup(Bot[Screens, Case]):
    """Removes reminders that are provably duplicates or out of date."""

    name = "reminder-cleanup"
    systems = ("lifecare",)
    steps: ClassVar[Mapping[str, str]] = {"remove": "tas bort"}
    done = "Borttagna"
    rules = rules.ALL
    record = Case

    def collect(self, at: Screens, today: date) -> Iterator[Item[Case]]:
        """Yield every reminder of the list, opened where its page could hold proof."""
        del today  # a reminder is seen whatever the day is
        listed = at.lifecare.reminders()
        alike: dict[tuple[object, ...], list[ReminderRow]] = {}
        for row in listed:
            if isinstance(row, ReminderRow):
                alike.setdefault(rules.same_matter(row), []).append(row)
        pages: dict[str, Reminder | Protected] = {}
        for seen in listed:
            group = alike[rules.same_matter(seen)] if isinstance(seen, ReminderRow) else []
            for row in group:
                if row.id not in pages and rules.worth_opening(row, group):
                    pages[row.id] = at.lifecare.reminder(row.id)
            if seen.id in pages:
                yield _item(_case(pages[seen.id], [pages[row.id] for row in group if row.id in pages]))
            else:
                yield _item(Case(seen.id, row=seen if isinstance(seen, ReminderRow) else None))

    def decide(self, record: Case, today: date) -> Decision:
        """Decide by the rules."""
        return rules.decide(record, today)

    def reread(self, at: Screens, seen: Case, step: Step) -> Case:
        """Read the twin that is to be kept, then the reminder again, ending on the reminder's own page."""
        del step  # there is one a reminder
        kept = [at.lifecare.reminder(seen.kept.id)] if seen.kept else []
        return _case(at.lifecare.reminder(seen.id), kept)

    def perform(self, at: Screens, step: Step, mark: str) -> Receipt:
        """Remove the reminder whose page is open. The mark is left in the reason."""
        return at.lifecare.remove(step.args["reminder"], f"{step.args['why']} {mark}")

    def confirm(self, at: Screens, step: Step, mark: str) -> Receipt | Refer | None:
        """Look at the reminder's page: removed with our mark, removed by another, or still there."""
        page = at.lifecare.reminder(step.args["reminder"])
        if isinstance(page, Protected):
            return Refer(rules.PROTECTED, "Personuppgifterna har skyddats: se efter för hand om påminnelsen togs bort.")
        if page.kvittens is None:
            return None
        why = page.removed_why or ""
        if mark not in why and f"{step.args['why']} {mark}".startswith(why.rstrip(" .…")):
            # It is what we write, or nothing at all: cut, perhaps. Another's it is not known to be.
            return Refer(
                rules.NOT_ACTIVE, "Påminnelsen är borttagen. Det syns inte om roboten eller någon annan gjorde det."
            )
        if mark not in why:
            return Refer(rules.NOT_ACTIVE, "Någon annan tog bort påminnelsen under tiden. Inget mer behöver göras.")
        return Receipt(page.kvittens, {"påminnelse": page.id, "orsak": why})


def _case(page: Reminder | Protected, others: list[Reminder | Protected]) -> Case:
    if isinstance(page, Protected):
        return Case(page.id)
    pages = (each for each in others if isinstance(each, Reminder))
    return Case(page.id, page=page, kept=rules.kept_twin(page, pages))


def _item(case: Case) -> Item[Case]:
    shown = case.page or case.row
    if shown is None:
        return Item(f"reminder:{case.id}", case.id, case, protected=True)
    due = shown.due if shown.status == "aktiv" else None
    return Item(f"reminder:{case.id}", case.id, case, handlaggare=shown.handlaggare, case=shown.arende, due=due)


BOT = ReminderCleanup()
