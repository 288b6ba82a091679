"""Lifecare: sign in, read reminders, remove one. What differs between its versions stands in `selectors/lifecare/`."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import date

from bots.browser.screen import Seen
from bots.browser.session import Account, Session
from bots.contract import Receipt
from bots.errors import SessionLost, SignInRefused
from bots.records.lifecare import (
    Beslut,
    Drojsmal,
    Erbjudande,
    Handelse,
    HistoryEvent,
    Insatsbeslut,
    InsatsbeslutRow,
    Protected,
    Reminder,
    ReminderRow,
    Uppfoljning,
)


class Lifecare:
    """One signed-in Lifecare."""

    def __init__(self, session: Session, account: Account) -> None:
        """Bind; `sign_in` opens it, and is what the session calls when it has been signed out."""
        self._session = session
        self._account = account
        session.sign_in = self.sign_in

    def sign_in(self) -> None:
        """Sign in and take the account's role. Raises SignInRefused when Lifecare does not accept the account."""
        self._identify()
        self._take_role()

    def _identify(self) -> None:
        form = self._session.screen("sign_in")
        form.open()
        if not self._session.person_signs_in(self._account):
            form.fill("user", self._account.user)
            form.fill("password", self._account.password.get_secret_value())
            form.click("sign_in")
        try:
            self._session.screen("role").arrive()
        except SessionLost as still_outside:
            raise SignInRefused("lifecare", self._account.user) from still_outside

    def _take_role(self) -> None:
        self._session.take_role(self._account)
        self._session.screen("start").arrive()

    def reminders(self) -> list[ReminderRow | Protected]:
        """Return every reminder of the list, over all its pages."""
        rows = self._session.screen("reminder_list").all_rows("reminders")
        return [Protected(row.values["id"]) if row.protected else ReminderRow(**row.values) for row in rows]

    def reminder(self, reminder_id: str) -> Reminder | Protected:
        """Open one reminder's page and return all that it shows; of a protected person's, the id alone."""
        page = self._session.screen("reminder")
        found = _reminder(page.visit(id=reminder_id))
        if found.id != reminder_id:
            raise page.drift("fields.id", why="sidan visar en annan påminnelse än den begärda")
        return found

    def remove(self, reminder_id: str, reason: str) -> Receipt:
        """Remove the reminder whose page is open, giving `reason`, and return the receipt.

        Only inside `Session.writing`, right after `reminder(reminder_id)`.
        """
        page = self._session.screen("reminder")
        page.fill("reason", reason)
        return Receipt(page.submit("confirm_removal", about=reminder_id), {"påminnelse": reminder_id, "orsak": reason})

    def insatsbeslut(self, since: date, until: date) -> list[InsatsbeslutRow | Protected]:
        """Return every decision on support that was made between two days, both of them included."""
        days = {"since": since.isoformat(), "until": until.isoformat()}
        rows = self._session.screen("insatser").all_rows("insatser", **days)
        return [Protected(row.values["id"]) if row.protected else InsatsbeslutRow(**row.values) for row in rows]

    def ett_insatsbeslut(self, beslut_id: str) -> Insatsbeslut | Protected:
        """Open one decision's page and return all that it shows; of a protected person's, the id alone."""
        page = self._session.screen("insats")
        found = _insatsbeslut(page.visit(id=beslut_id))
        if found.id != beslut_id:
            raise page.drift("fields.id", why="sidan visar ett annat beslut än det begärda")
        return found

    def tour(self, needed: Container[str] | None = None) -> Iterator[str]:
        """Walk through the screens that there are, without writing, yielding the name of each on arrival.

        With `needed` no list but one of these is opened: the account may not be let into the others.
        """
        self._session.screen("sign_in").open()
        yield "sign_in"
        self._identify()
        yield "role"
        self._take_role()
        yield "start"
        for listed, table, page, asked in (
            ("reminder_list", "reminders", "reminder", {}),
            ("insatser", "insatser", "insats", {"since": "", "until": ""}),
        ):
            if needed is not None and listed not in needed and page not in needed:
                continue
            screen = self._session.screen(listed)
            screen.open(page="1", **asked)
            yield listed
            # A page with a person behind it is opened only where the list says that the person is not protected.
            open_ids = [row.values["id"] for row in screen.read().tables[table] if not row.protected]
            if open_ids:
                self._session.screen(page).open(id=open_ids[0])
                yield page


def _reminder(seen: Seen) -> Reminder | Protected:
    if seen.protected:
        return Protected(seen.fields["id"])
    return Reminder(
        **seen.fields,
        history=tuple(HistoryEvent(**row.values) for row in seen.tables["history"]),
        all_beslut=tuple(Beslut(**row.values) for row in seen.tables["all_beslut"]),
        all_uppfoljningar=tuple(Uppfoljning(**row.values) for row in seen.tables["all_uppfoljningar"]),
    )


def _insatsbeslut(seen: Seen) -> Insatsbeslut | Protected:
    if seen.protected:
        return Protected(seen.fields["id"])
    return Insatsbeslut(
        **seen.fields,
        verkstallighet=tuple(Handelse(**row.values) for row in seen.tables["verkstallighet"]),
        erbjudanden=tuple(Erbjudande(**row.values) for row in seen.tables["erbjudanden"]),
        drojsmal=tuple(Drojsmal(**row.values) for row in seen.tables["drojsmal"]),
        under_tiden=tuple(row.values["insats"] for row in seen.tables["under_tiden"]),
    )


SYSTEM = Lifecare
