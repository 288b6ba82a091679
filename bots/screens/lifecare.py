"""Lifecare: sign in, read reminders, remove one. What differs between its versions stands in `selectors/lifecare/`."""

from __future__ import annotations

from collections.abc import Iterator

from bots.browser.screen import Seen
from bots.browser.session import Account, Session
from bots.contract import Receipt
from bots.errors import ConfigurationError, ScreenNotReady, SelectorDrift, SessionLost, SignInRefused
from bots.records.lifecare import Beslut, HistoryEvent, Protected, Reminder, ReminderRow, Uppfoljning


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
        roles = self._session.map.screens["role"].elements
        if self._account.role not in roles:
            raise ConfigurationError(
                f"Rollen {self._account.role or '(ingen)'} finns inte i kartan lifecare {self._session.map.version}. "
                f"Ange en av {', '.join(roles)} i flotta.toml ([systems.lifecare] role)."
            )
        self._session.screen("role").click(self._account.role)
        self._session.screen("start").arrive()

    def reminders(self) -> list[ReminderRow | Protected]:
        """Return every reminder of the list, over all its pages.

        The list is read again when its pages do not add up to the total it states: others work in it meanwhile.
        """
        return self._session.again(self._whole_list)

    def _whole_list(self) -> list[ReminderRow | Protected]:
        screen = self._session.screen("reminder_list")
        found: dict[str, ReminderRow | Protected] = {}
        totals: set[int] = set()
        page, pages = 1, 1
        while page <= pages:
            seen = screen.visit(page=str(page))
            # An empty list tells neither.
            pages = seen.fields["pages"] or 1
            totals.add(seen.fields["total"] or 0)
            for row in seen.tables["reminders"]:
                found[row.values["id"]] = Protected(row.values["id"]) if row.protected else ReminderRow(**row.values)
            page += 1
        # The count alone can be right by chance: a row that leaves one page pulls another one past the page read next.
        if totals != {len(found)}:
            raise ScreenNotReady("reminder_list", f"listan ändrades under läsningen ({len(found)} rader lästa)")
        return list(found.values())

    def reminder(self, reminder_id: str) -> Reminder | Protected:
        """Open one reminder's page and return all that it shows; of a protected person's, the id alone."""
        found = _reminder(self._session.screen("reminder").visit(id=reminder_id))
        if found.id != reminder_id:
            raise SelectorDrift("reminder", "fields.id", why="sidan visar en annan påminnelse än den begärda")
        return found

    def remove(self, reminder_id: str, reason: str) -> Receipt:
        """Remove the reminder whose page is open, giving `reason`, and return the receipt.

        Only inside `Session.writing`, right after `reminder(reminder_id)`.
        """
        page = self._session.screen("reminder")
        page.fill("reason", reason)
        return Receipt(page.submit("confirm_removal", about=reminder_id), {"påminnelse": reminder_id, "orsak": reason})

    def tour(self) -> Iterator[str]:
        """Walk through the screens that there are, without writing, yielding the name of each on arrival."""
        self._session.screen("sign_in").open()
        yield "sign_in"
        self._identify()
        yield "role"
        self._take_role()
        yield "start"
        listed = self._session.screen("reminder_list")
        listed.open(page="1")
        yield "reminder_list"
        # A page with a person behind it is opened only where the list says that the person is not protected.
        open_ids = [row.values["id"] for row in listed.read().tables["reminders"] if not row.protected]
        if open_ids:
            self._session.screen("reminder").open(id=open_ids[0])
            yield "reminder"


def _reminder(seen: Seen) -> Reminder | Protected:
    if seen.protected:
        return Protected(seen.fields["id"])
    return Reminder(
        **seen.fields,
        history=tuple(HistoryEvent(**row.values) for row in seen.tables["history"]),
        all_beslut=tuple(Beslut(**row.values) for row in seen.tables["all_beslut"]),
        all_uppfoljningar=tuple(Uppfoljning(**row.values) for row in seen.tables["all_uppfoljningar"]),
    )


SYSTEM = Lifecare
