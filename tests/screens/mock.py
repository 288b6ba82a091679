"""The mock Lifecare as a witness: its truth and its journal over HTTP, and what the screens ought to show of them."""

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from bots.records.lifecare import Beslut, HistoryEvent, Protected, Reminder, ReminderRow, Uppfoljning
from fixtures.lifecare.ui import load

TODAY = date(2026, 3, 31)
#: The UI versions that have a map.
VERSIONS = ("2023.10", "2024.04", "2026.3")

#: What a version does not have of what the others do: roles, a reason to give for a removal, a last look of the
#: server's at whether somebody else has changed it, parts of a page that come by themselves, roles of its messages,
#: names of its tables, and a recording.
LACKS = {"2026.3": {"roles", "reason", "last look", "parts", "message roles", "table names", "recording"}}

Truth = dict[str, Any]


@dataclass(frozen=True)
class Mock:
    """One mock Lifecare, asked beside the browser."""

    url: str
    ui: str

    def _ask(self, name: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.url}/__mock__/{name}", data), timeout=10) as answer:  # noqa: S310 - our own address
            return json.load(answer)

    def fresh(self, rows: int = 60) -> "Mock":
        """Put it back to its seeded state, without faults."""
        self.faults()
        self._ask("reset", {"rows": rows, "seed": 1})
        return self

    def faults(self, *specs: dict[str, object]) -> None:
        """Replace the faults by these."""
        self._ask("faults", list(specs))

    def cookie(self, user: str = "robot", password: str = "flotta-mock") -> str:  # noqa: S107 - the mock's own
        """Sign in beside the browser with the right to remove, and return the session's cookie."""
        names = load(self.ui).wording["fields"]
        cookie = self._post("sign_in", "", {names["user"]: user, names["password"]: password})
        if names["role"] is not None:
            self._post("role", cookie, {names["role"]: "Handläggare LSS"})
        return cookie

    def colleague_removes(self, reminder_id: str) -> None:
        """Let somebody else remove the reminder now."""
        names = load(self.ui).wording["fields"]
        sent = {names["reason"]: "Klar sedan i går.", names["version"]: str(self.truth(reminder_id)["version"])}
        sent.pop(None, None)
        self._post("remove", self.cookie("anna.ek", "hemligt"), sent, id=reminder_id)
        assert self.truth(reminder_id)["removed"], "the colleague was refused"

    def _post(self, screen: str, cookie: str, fields: dict[str, str], **ids: str) -> str:
        """Send what a page would send, and return the cookie that it set."""
        as_json = "/api/" in (path := load(self.ui).path(screen, **ids))
        body = json.dumps(fields) if as_json else urlencode(fields)
        kind = "application/json" if as_json else "application/x-www-form-urlencoded"
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=10)) as connection:
            connection.request("POST", path, body, {"Cookie": cookie, "Content-Type": kind})
            answer = connection.getresponse()
            return (answer.getheader("set-cookie") or "").split(";")[0]

    def state(self) -> Truth:
        """Return all that it holds."""
        truth: Truth = self._ask("state")
        return truth

    def attempts(self) -> list[str]:
        """Return the reminder of each removal that reached the server, in order."""
        return [row["key"] for row in self._ask("journal") if not row["committed"]]

    def commits(self) -> list[str]:
        """Return the reminder of each removal that was made, in order."""
        return [row["key"] for row in self._ask("journal") if row["committed"]]

    def truth(self, reminder_id: str) -> Truth:
        """Return all that it holds of one reminder."""
        found: Truth = next(each for each in self.state()["paminnelser"] if each["id"] == reminder_id)
        return found

    def kvittens(self, reminder_id: str) -> str:
        """Return the receipt number of a removed reminder."""
        number: str = self.truth(reminder_id)["removed"]["kvittens"]
        return number


def flags(state: Truth) -> dict[str, str]:
    """Return the protection flag of each reminder's person, by the reminder's id."""
    of_person = {each["id"]: each["protection"] for each in state["persons"]}
    return {each["id"]: of_person[each["person"]] for each in state["paminnelser"]}


def open_ids(mock: Mock) -> list[str]:
    """Return the active reminders of people who are not protected."""
    state = mock.state()
    flag = flags(state)
    return [each["id"] for each in state["paminnelser"] if flag[each["id"]] == "none" and each["status"] == "aktiv"]


def listed(state: Truth) -> dict[str, ReminderRow | Protected]:
    """Return what the list ought to hold, by id."""
    flag = flags(state)
    return {
        each["id"]: ReminderRow(**_row(state, each)) if flag[each["id"]] == "none" else Protected(each["id"])
        for each in state["paminnelser"]
        if each["removed"] is None
    }


def shown(state: Truth, reminder_id: str) -> Reminder:
    """Return what the reminder's page ought to hold."""
    each = next(one for one in state["paminnelser"] if one["id"] == reminder_id)
    person = next(one for one in state["persons"] if one["id"] == each["person"])
    account = {one["id"]: "aktivt" if one["active"] else "inaktivt" for one in state["handlaggare"]}
    theirs = [one for one in state["beslut"] if one["person"] == each["person"]]
    removed = each["removed"] or {"kvittens": None, "reason": None}
    return Reminder(
        **_row(state, each),
        text=each["text"],
        version=str(each["version"]),
        konto=account.get(each["handlaggare"]),
        deceased=_day(person["deceased"]),
        history=tuple(_event(row) for row in each["history"]),
        all_beslut=tuple(_beslut(row) for row in theirs),
        all_uppfoljningar=tuple(
            Uppfoljning(row["id"], row["beslut"], row["status"], date.fromisoformat(row["date"]))
            for row in state["uppfoljningar"]
            if row["beslut"] in {one["id"] for one in theirs}
        ),
        kvittens=removed["kvittens"],
        removed_why=removed["reason"],
    )


def _row(state: Truth, each: Truth) -> dict[str, Any]:
    person = next(one for one in state["persons"] if one["id"] == each["person"])
    return {
        "id": each["id"],
        "person": person["personnummer"],
        "arende": each["arende"],
        "beslut": each["beslut"],
        # The seed holds one kind that no map knows; it must be told from every known one.
        "typ": "okänt: Systemavisering" if each["typ"] == "systemavisering" else each["typ"],
        "due": date.fromisoformat(each["due"]),
        "created": datetime.fromisoformat(each["created"]),
        "created_by": _user(each["created_by"]),
        "handlaggare": each["handlaggare"],
        "status": each["status"],
    }


def _user(name: str) -> str:
    return name if name == "system" else f"okänt: {name}"


def _event(row: Truth) -> HistoryEvent:
    return HistoryEvent(datetime.fromisoformat(row["time"]), row["event"], _user(row["user"]), row["note"] or None)


def _beslut(row: Truth) -> Beslut:
    return Beslut(
        row["id"],
        row["arende"],
        row["insats"],
        row["status"],
        row["verkstallighet"],
        date.fromisoformat(row["from"]),
        _day(row["to"]),
    )


def _day(day: str | None) -> date | None:
    return None if day is None else date.fromisoformat(day)
