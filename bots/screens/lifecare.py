"""Lifecare: sign in, read reminders, remove one. What differs between its versions stands in `selectors/lifecare/`."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from datetime import date
from functools import partial
from typing import TypeVar

from bots.browser.inspection import Stop
from bots.browser.needs import PAGES, Uses, built
from bots.browser.screen import Row, Screen
from bots.browser.session import Account, Session
from bots.contract import Receipt
from bots.errors import SessionLost, SignInRefused
from bots.records.lifecare import Insatsbeslut, InsatsbeslutRow, Protected, Reminder, ReminderRow

T = TypeVar("T")

#: What is used of each screen. A version may do without roles and without a start page.
USES = {
    "sign_in": Uses(given=(), elements={"user": "fill", "password": "fill", "sign_in": "click"}),
    "role": Uses(optional=True),
    "start": Uses(optional=True),
    "reminder_list": Uses(PAGES, {"reminders": ReminderRow}, given=("page",)),
    "reminder": Uses(Reminder, elements={"reason": "fill", "confirm_removal": "submit"}, given=("id",)),
    "insatser": Uses(PAGES, {"insatser": InsatsbeslutRow}, given=("since", "until", "page")),
    "insats": Uses(Insatsbeslut, given=("id",)),
}


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
            self._session.arrive_first("role", "start")
        except SessionLost as still_outside:
            raise SignInRefused("lifecare", self._account.user) from still_outside

    def _take_role(self) -> None:
        if self._session.take_role(self._account):
            self._session.arrive_first("start")

    def reminders(self) -> list[ReminderRow | Protected]:
        """Return every reminder of the list, over all its pages."""
        return _rows(ReminderRow, self._session.screen("reminder_list").all_rows("reminders"))

    def reminder(self, reminder_id: str) -> Reminder | Protected:
        """Open one reminder's page and return all that it shows; of a protected person's, the id alone."""
        return _opened(Reminder, self._session.screen("reminder"), reminder_id)

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
        return _opened(Insatsbeslut, self._session.screen("insats"), beslut_id)

    def tour(self, needed: Container[str] | None = None) -> Iterator[Stop]:
        """Yield the screens that there are, as these methods reach them, without writing.

        With `needed` no list but one of these is opened: the account may not be let into the others.
        """
        has = self._session.map.screens
        yield Stop("sign_in", self._session.screen("sign_in").open)
        yield Stop("role", self._identify, after="sign_in")
        yield Stop("start", self._take_role, after="role")
        inside = "role" if "role" in has else "sign_in"
        for listed, table, page, asked in (
            ("reminder_list", "reminders", "reminder", {}),
            ("insatser", "insatser", "insats", {"since": "", "until": ""}),
        ):
            if listed not in has or (needed is not None and listed not in needed and page not in needed):
                continue
            screen = self._session.screen(listed)
            yield Stop(listed, partial(screen.open, page=screen.first_page, **asked), after=inside)
            if page in has:
                yield Stop(page, partial(self._open_first, screen, table, page), after=listed)

    def _open_first(self, listed: Screen, table: str, page: str) -> bool:
        """Open the page of the first matter of a list that is open; return whether there was one.

        A page with a person behind it is opened only where the list says that the person is not protected.
        """
        open_ids = [row.values["id"] for row in listed.read().tables[table] if not row.protected]
        if open_ids:
            self._session.screen(page).open(id=open_ids[0])
        return bool(open_ids)


def _rows(record: Callable[..., T], rows: Iterable[Row]) -> list[T | Protected]:
    """Return the rows as records; of a protected person's, the id alone."""
    return [Protected(row.values["id"]) if row.protected else record(**row.values) for row in rows]


def _opened(record: type[T], page: Screen, matter: str) -> T | Protected:
    """Open the page of one matter and return it as a record; of a protected person's, the id alone."""
    seen = page.about(page.visit(id=matter), or_protected=True, id=matter)
    return Protected(matter) if seen.protected else built(record, seen)


SYSTEM = Lifecare
