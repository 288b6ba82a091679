"""Lifecare: sign in, read reminders, remove one. What differs between its versions stands in `selectors/lifecare/`."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from datetime import date
from typing import TypeVar

from bots.browser.screen import Row, Screen, Seen
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

T = TypeVar("T")


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
        form.open_to(self._account)
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
        return _rows(ReminderRow, self._session.screen("reminder_list").all_rows("reminders"))

    def reminder(self, reminder_id: str) -> Reminder | Protected:
        """Open one reminder's page and return all that it shows; of a protected person's, the id alone."""
        return _opened(_reminder, self._session.screen("reminder"), reminder_id)

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
        return _rows(InsatsbeslutRow, self._session.screen("insatser").all_rows("insatser", **days))

    def ett_insatsbeslut(self, beslut_id: str) -> Insatsbeslut | Protected:
        """Open one decision's page and return all that it shows; of a protected person's, the id alone."""
        return _opened(_insatsbeslut, self._session.screen("insats"), beslut_id)

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


def _rows(record: Callable[..., T], rows: Iterable[Row]) -> list[T | Protected]:
    """Return the rows as records; of a protected person's, the id alone."""
    return [Protected(row.values["id"]) if row.protected else record(**row.values) for row in rows]


def _opened(record: Callable[[Seen], T], page: Screen, matter: str) -> T | Protected:
    """Open the page of one matter and return it as a record; of a protected person's, the id alone."""
    seen = page.about(page.visit(id=matter), or_protected=True, id=matter)
    return Protected(matter) if seen.protected else record(seen)


def _reminder(seen: Seen) -> Reminder:
    return Reminder(
        **seen.fields,
        history=tuple(HistoryEvent(**row.values) for row in seen.tables["history"]),
        all_beslut=tuple(Beslut(**row.values) for row in seen.tables["all_beslut"]),
        all_uppfoljningar=tuple(Uppfoljning(**row.values) for row in seen.tables["all_uppfoljningar"]),
    )


def _insatsbeslut(seen: Seen) -> Insatsbeslut:
    return Insatsbeslut(
        **seen.fields,
        verkstallighet=tuple(Handelse(**row.values) for row in seen.tables["verkstallighet"]),
        erbjudanden=tuple(Erbjudande(**row.values) for row in seen.tables["erbjudanden"]),
        drojsmal=tuple(Drojsmal(**row.values) for row in seen.tables["drojsmal"]),
        under_tiden=tuple(row.values["insats"] for row in seen.tables["under_tiden"]),
    )


SYSTEM = Lifecare
