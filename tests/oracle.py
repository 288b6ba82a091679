"""What reminder-cleanup must do to a state of mock Lifecare, worked out a second time from the rules alone.

The oracle is worth something because it shares nothing with what it judges: it imports no other part of the project,
reads the mock's truth instead of its screens, and is written from the rules rather than from the bot. Don't move a rule
from here to the bot, or from the bot to here, to make the two agree; find out which of them misread the rule.

`state` is the answer of `GET /__mock__/state` before any removal, `journal` that of `GET /__mock__/journal`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

Record = Mapping[str, Any]

_TYPES = frozenset({"beslut löper ut", "uppföljning", "omprövning", "utredning pågår", "komplettering", "egen"})
_CARRIED_OUT = frozenset({"verkställt", "delvis verkställt"})
_NOT_OPEN = frozenset({"avslutat", "planerat", "utkast"})
#: "överklag" is the beginning of several words; IVO is a word of its own, as "arkivordning" has nothing to do with it.
_WORDS = re.compile(r"överklag|yttrande|lex\s+sarah|\bivo\b", re.IGNORECASE)


def expected(state: Record) -> dict[str, str]:
    """Return the reminders that must be removed, each with its proof; all others must stay.

    The proofs are "beslut-ended", "beslut-followed", "followed-up" and "duplicate". When several hold, the first of
    them in that order is given.
    """
    register = _Register.read(state)
    out_of_date = {each["id"]: proof for each in register.reminders if (proof := _out_of_date(each, register))}
    duplicates = dict.fromkeys(_duplicates(register, out_of_date), "duplicate")
    barred = never(state)
    return {key: proof for key, proof in (duplicates | out_of_date).items() if key not in barred}


def never(state: Record) -> dict[str, str]:
    """Return the reminders that may not be removed whatever proof there is, each with the first reason why.

    A reminder that is neither here nor in `expected` has nothing against it and no proof either.
    """
    register = _Register.read(state)
    return {each["id"]: reason for each in register.reminders if (reason := _never(each, register))}


def removed(journal: Iterable[Record]) -> list[str]:
    """Return the reminders whose removal was committed, in order; one committed twice is there twice."""
    return [row["key"] for row in _in_order(journal) if row["kind"] == "remove" and row["committed"]]


def attempts_after_commit(journal: Iterable[Record]) -> list[Record]:
    """Return the attempts at something that was already done. A sound run has none, whatever answers it lost."""
    done: set[tuple[str, str]] = set()
    late = []
    for row in _in_order(journal):
        what = (row["kind"], row["key"])
        if row["committed"]:
            done.add(what)
        elif what in done:
            late.append(row)
    return late


def _in_order(journal: Iterable[Record]) -> list[Record]:
    return sorted(journal, key=lambda row: int(row["seq"]))


@dataclass(frozen=True, slots=True)
class _Register:
    """The state, looked up by what the rules ask for."""

    reminders: list[Record]
    persons: Mapping[str, Record]
    handlaggare: Mapping[str, Record]
    beslut_of: Mapping[str, list[Record]]
    uppfoljningar_of: Mapping[str, list[Record]]

    @classmethod
    def read(cls, state: Record) -> Self:
        beslut_of, uppfoljningar_of = defaultdict(list), defaultdict(list)
        for beslut in state["beslut"]:
            beslut_of[beslut["person"]].append(beslut)
        for uppfoljning in state["uppfoljningar"]:
            uppfoljningar_of[uppfoljning["beslut"]].append(uppfoljning)
        return cls(
            state["paminnelser"],
            {each["id"]: each for each in state["persons"]},
            {each["id"]: each for each in state["handlaggare"]},
            beslut_of,
            uppfoljningar_of,
        )

    def beslut(self, reminder: Record) -> Record | None:
        """Return the beslut that a reminder concerns, or None when it names none or one that its person hasn't."""
        theirs = self.beslut_of.get(reminder["person"], [])
        return next((each for each in theirs if each["id"] == reminder["beslut"]), None)


def _never(reminder: Record, register: _Register) -> str | None:
    """Return the first reason that bars a reminder from removal. What nobody knows counts as a reason."""
    person = register.persons.get(reminder["person"], {})
    handlaggare = register.handlaggare.get(reminder["handlaggare"])
    beslut = register.beslut(reminder)
    still_open = any(each["status"] not in _NOT_OPEN for each in register.beslut_of.get(reminder["person"], []))
    written = [reminder["typ"], reminder["text"], *(row["note"] for row in reminder["history"])]
    reasons = (
        ("not-active", reminder["status"] != "aktiv"),
        ("created-by-user", reminder["created_by"] != "system"),
        ("own-type", reminder["typ"] == "egen"),
        ("annotated", _by_person(reminder, "anteckning")),
        ("protected", person.get("protection") != "none"),
        ("sensitive-word", any(_WORDS.search(each or "") for each in written)),
        ("beslut-not-carried-out", beslut is not None and beslut["verkstallighet"] not in _CARRIED_OUT),
        ("handlaggare-missing", handlaggare is None),
        ("handlaggare-inactive", handlaggare is not None and handlaggare["active"] is not True),
        ("unknown-type", reminder["typ"] not in _TYPES),
        ("deceased-with-open-beslut", person.get("deceased") is not None and still_open),
        ("beslut-not-found", reminder["beslut"] is not None and beslut is None),
    )
    return next((reason for reason, holds in reasons if holds), None)


def _out_of_date(reminder: Record, register: _Register) -> str | None:
    """Return the proof that what a reminder asks for is done, barred or not."""
    beslut = register.beslut(reminder)
    if beslut is None:
        return None
    if reminder["typ"] == "beslut löper ut":
        if beslut["status"] == "avslutat":
            return "beslut-ended"
        if any(_succeeds(each, beslut) for each in register.beslut_of[reminder["person"]]):
            return "beslut-followed"
    if reminder["typ"] == "uppföljning":
        created = _day(reminder["created"])
        for each in register.uppfoljningar_of.get(beslut["id"], []):
            # On the day itself the follow-up may have come first, and then the reminder asks for the next one.
            if each["status"] == "genomförd" and _day(each["date"]) > created:
                return "followed-up"
    return None


def _succeeds(new: Record, old: Record) -> bool:
    """Say whether one of a person's beslut takes over from another without a gap, and lasts longer."""
    if new["insats"] != old["insats"] or new["status"] != "fastställt" or new["verkstallighet"] not in _CARRIED_OUT:
        return False
    if old["to"] is None:
        return False
    begins_later = _day(new["from"]) > _day(old["from"])
    no_gap = (_day(new["from"]) - _day(old["to"])).days <= 1
    lasts_longer = new["to"] is None or _day(new["to"]) > _day(old["to"])
    return begins_later and no_gap and lasts_longer


def _duplicates(register: _Register, out_of_date: Mapping[str, str]) -> list[str]:
    """Return the untouched reminders of which an identical one is kept, barred or not."""
    twins: dict[tuple[object, ...], list[Record]] = defaultdict(list)
    for each in register.reminders:
        if each["status"] == "aktiv" and each["created_by"] == "system" and each["id"] not in out_of_date:
            same = [each[fact] for fact in ("person", "arende", "beslut", "typ", "due", "handlaggare")]
            twins[*same, " ".join(each["text"].split())].append(each)
    spare = []
    for alike in twins.values():
        alike.sort(key=lambda each: (each["created"], each["id"]))
        kept = next((each for each in alike if _touched(each)), alike[0])
        spare += [each["id"] for each in alike if each is not kept and not _touched(each)]
    return spare


def _touched(reminder: Record) -> bool:
    return _by_person(reminder, "öppnad", "anteckning")


def _by_person(reminder: Record, *events: str) -> bool:
    return any(row["event"] in events and row["user"] != "system" for row in reminder["history"])


def _day(stamp: str) -> date:
    return date.fromisoformat(stamp[:10])
