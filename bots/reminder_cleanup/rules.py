"""Which reminders may be removed. Pure: records and a day in, a decision out.

A reminder is removed only with proof that the system itself shows, and never when any of the reasons against holds,
whatever the proof. Order matters: what forbids reading or acting is asked first, proof last.

Sources: the plan's chapter 3.2; the house's reading of it, agreed with Myndigheten before go-live (a removal also needs
support in a gallringsbeslut, as information of little importance).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from bots.contract import Act, Decision, Leave, Refer, Rule, Step
from bots.records.lifecare import Beslut, Reminder, ReminderRow
from bots.reminder_cleanup.models import Case

EXPIRING = "beslut löper ut"
FOLLOW_UP = "uppföljning"
OWN = "egen"
#: Any other kind is unknown to the rules, and is referred.
KINDS = frozenset({EXPIRING, FOLLOW_UP, "omprövning", "utredning pågår", "komplettering", OWN})
SYSTEM = "system"
#: Matters with a court or an authority waiting. A word in the kind, the text or a note is enough to keep away.
LEGAL = re.compile(r"överklag|yttrande|lex\s+sarah|\bivo\b", re.IGNORECASE)
#: The only states of a decision in which the support that it grants is known to be given.
CARRIED_OUT = frozenset({"verkställt", "delvis verkställt"})
#: The only states in which a decision is known not to be running.
NOT_RUNNING = frozenset({"avslutat", "planerat", "utkast"})

PROTECTED = Rule("protected", "skyddade personuppgifter")
NOT_ACTIVE = Rule("not-active", "redan hanterad")
MADE_BY_A_PERSON = Rule("made-by-a-person", "skriven av en person")
UNKNOWN_KIND = Rule("unknown-kind", "okänt slag av påminnelse")
NO_HANDLAGGARE = Rule("no-handlaggare", "handläggare saknas eller är inaktiv")
NO_PROOF_POSSIBLE = Rule("no-proof-possible", "ensam i sitt slag, inget kan visa att den är inaktuell")
FREE_TEXT = Rule("free-text", "en person har skrivit i den")
LEGAL_MATTER = Rule("legal-matter", "rör överklagande, yttrande, lex Sarah eller IVO")
BESLUT_UNSEEN = Rule("beslut-unseen", "beslutet syns inte hos personen")
NOT_CARRIED_OUT = Rule("not-carried-out", "beslutet är inte verkställt eller är avbrutet")
DECEASED = Rule("deceased-with-open-beslut", "avliden med öppna beslut")
BESLUT_ENDED = Rule("beslut-ended", "inaktuell: beslutet är avslutat")
BESLUT_FOLLOWED = Rule("beslut-followed", "inaktuell: ett nytt beslut har tagit vid")
FOLLOWED_UP = Rule("followed-up", "inaktuell: uppföljningen är gjord")
DUPLICATE = Rule("duplicate", "dubblett")
GAP = Rule("gap-between-beslut", "glapp mellan två beslut")
STILL_CURRENT = Rule("still-current", "fortfarande aktuell")

#: Every rule, in the order in which they are asked.
ALL = (
    PROTECTED, NOT_ACTIVE, UNKNOWN_KIND, MADE_BY_A_PERSON, NO_HANDLAGGARE, NO_PROOF_POSSIBLE, LEGAL_MATTER, FREE_TEXT,
    BESLUT_UNSEEN, NOT_CARRIED_OUT, DECEASED, BESLUT_ENDED, BESLUT_FOLLOWED, FOLLOWED_UP, DUPLICATE, GAP, STILL_CURRENT,
)  # fmt: skip


def decide(case: Case, today: date) -> Decision:
    """Decide on one reminder.

    Act: there is proof, and nothing against. Refer: a person must look. Leave: it stays, nobody needs to look.
    """
    seen = case.page or case.row
    if seen is None:
        return Refer(PROTECTED, "Skyddade personuppgifter: påminnelsen hanteras för hand.", {"påminnelse": case.id})
    if verdict := against_row(seen):
        return verdict
    if case.page is None:
        return Leave(NO_PROOF_POSSIBLE, "Påminnelsen är ensam i sitt slag och kan inte bevisas vara inaktuell.")
    return against_page(case.page) or outdated(case.page) or duplicate(case.page, case.kept) or _stays(case.page, today)


# --- against, from what the list shows ---------------------------------------------------------------------------


def against_row(seen: ReminderRow) -> Leave | Refer | None:
    """Return why this reminder must not be removed, as far as the list tells; None when it does not say so."""
    if seen.status != "aktiv":
        return Leave(NOT_ACTIVE, "Påminnelsen är redan hanterad.", {"status": seen.status})
    if seen.typ not in KINDS:
        return Refer(UNKNOWN_KIND, "Påminnelsen är av ett slag som reglerna inte känner.", {"typ": seen.typ})
    if seen.created_by != SYSTEM or seen.typ == OWN:
        return Leave(MADE_BY_A_PERSON, "Påminnelsen är skriven av en person.", {"skapad av": seen.created_by})
    if seen.handlaggare is None:
        return Refer(NO_HANDLAGGARE, "Påminnelsen saknar handläggare. Vem ska ta över den?")
    return None


def worth_opening(row: ReminderRow, rows: Iterable[ReminderRow]) -> bool:
    """Return whether the reminder's own page could hold proof: of being out of date, or of having a twin in `rows`."""
    if against_row(row) is not None:
        return False
    return row.typ in {EXPIRING, FOLLOW_UP} or any(
        other.id != row.id and same_matter(row) == same_matter(other) and against_row(other) is None for other in rows
    )


def same_matter(row: ReminderRow) -> tuple[object, ...]:
    """Return what twins have in common in the list: person, ärende, object, kind, date and handläggare."""
    return (row.person, row.arende, row.beslut, row.typ, row.due, row.handlaggare)


# --- against, from its own page ----------------------------------------------------------------------------------


def against_page(page: Reminder) -> Leave | Refer | None:
    """Return why this reminder must not be removed, as its page tells; None when nothing is against it."""
    if page.konto != "aktivt":
        return Refer(
            NO_HANDLAGGARE, "Handläggarens konto är inte aktivt. Vem ska ta över påminnelsen?", {"konto": page.konto}
        )
    if any(LEGAL.search(text or "") for text in (page.typ, page.text, *(event.note for event in page.history))):
        return Leave(LEGAL_MATTER, "Påminnelsen rör överklagande, yttrande, lex Sarah eller IVO.")
    # An annotation whose text cannot be seen is still one.
    if any(event.user != SYSTEM and (event.note or event.event == "anteckning") for event in page.history):
        return Leave(FREE_TEXT, "En person har skrivit i påminnelsen.")
    beslut = _beslut(page)
    if page.beslut is not None and beslut is None:
        return Refer(BESLUT_UNSEEN, "Beslutet som påminnelsen gäller syns inte hos personen.", {"beslut": page.beslut})
    if beslut is not None and beslut.verkstallighet not in CARRIED_OUT:
        return Leave(NOT_CARRIED_OUT, f"Beslut {beslut.id} är inte verkställt eller är avbrutet.", _facts(beslut))
    running = [each.id for each in page.all_beslut if each.status not in NOT_RUNNING]
    if page.deceased is not None and running:
        return Refer(
            DECEASED,
            f"Personen är avliden men beslut {', '.join(running)} är inte avslutade. Ska de avslutas?",
            {"avliden": page.deceased.isoformat(), "öppna beslut": ", ".join(running)},
        )
    return None


# --- proof -------------------------------------------------------------------------------------------------------


def outdated(page: Reminder) -> Act | None:
    """Return the removal of a reminder whose question has been answered, with the proof; None without proof."""
    beslut = _beslut(page)
    if beslut is None:
        return None
    if page.typ == EXPIRING:
        if beslut.status == "avslutat":
            return _remove(page, BESLUT_ENDED, f"Beslut {beslut.id} är redan avslutat.", _facts(beslut))
        for other in page.all_beslut:
            if follows(other, beslut):
                return _remove(
                    page,
                    BESLUT_FOLLOWED,
                    f"Beslut {beslut.id} följs utan glapp av fastställt beslut {other.id} från {other.from_}.",
                    _facts(beslut) | {f"efterföljande {name}": value for name, value in _facts(other).items()},
                )
    if page.typ == FOLLOW_UP:
        for each in page.all_uppfoljningar:
            if each.beslut == beslut.id and each.status == "genomförd" and each.on > page.created.date():
                return _remove(
                    page,
                    FOLLOWED_UP,
                    f"Uppföljning {each.id} av beslut {beslut.id} gjordes {each.on}.",
                    {"uppföljning": each.id, "datum": each.on.isoformat(), "skapad": page.created.isoformat()},
                )
    return None


def follows(other: Beslut, beslut: Beslut) -> bool:
    """Return whether `other` takes over from `beslut` without a gap, is in force, and lasts longer.

    Same insats; from-date after the old one's and at the latest the day after it ends; to-date later, or none.
    """
    return (
        _succeeds(other, beslut)
        and other.status == "fastställt"
        and other.verkstallighet in CARRIED_OUT
        and (beslut.to is not None and other.from_ <= beslut.to + timedelta(days=1))
    )


def _succeeds(other: Beslut, beslut: Beslut) -> bool:
    return (
        other.id != beslut.id
        and other.insats == beslut.insats
        and beslut.to is not None
        and other.from_ > beslut.from_
        and (other.to is None or other.to > beslut.to)
    )


def kept_twin(page: Reminder, others: Iterable[Reminder]) -> Reminder | None:
    """Return the one of `others` that stays when `page` is removed as its duplicate; None if `page` is to stay.

    Twins ask for exactly the same thing: the same matter and text (white space apart), made by the system, active, and
    not out of date, since the one that is kept must be one that stays. Kept is the oldest that a person has opened or
    written in, else the oldest.
    """
    if touched(page) or not _could_be_a_twin(page):
        return None
    twins = [
        other
        for other in others
        if same_matter(other) == same_matter(page)
        and (other.text or "").split() == (page.text or "").split()
        and _could_be_a_twin(other)
    ]
    kept = min((page, *twins), key=lambda each: (not touched(each), each.created, each.id))
    return kept if kept.id != page.id else None


def _could_be_a_twin(page: Reminder) -> bool:
    return page.status == "aktiv" and page.created_by == SYSTEM and outdated(page) is None


def duplicate(page: Reminder, kept: Reminder | None) -> Act | None:
    """Return the removal of a reminder whose twin is kept; None when there is no such twin."""
    if kept is None:
        return None
    return _remove(page, DUPLICATE, f"Dubblett av påminnelse {kept.id}, som är kvar.", {"behålls": kept.id})


def touched(page: Reminder) -> bool:
    """Return whether a person has opened the reminder or written in it."""
    return any(event.user != SYSTEM and event.event in {"öppnad", "anteckning"} for event in page.history)


# --- neither -----------------------------------------------------------------------------------------------------


def _stays(page: Reminder, today: date) -> Leave | Refer:
    beslut = _beslut(page)
    if page.typ == EXPIRING and beslut is not None and beslut.to is not None:
        for other in page.all_beslut:
            late = other.from_ > beslut.to + timedelta(days=1)
            if late and _succeeds(other, beslut) and other.status == "fastställt":
                return Refer(
                    GAP,
                    f"Det är ett glapp mellan beslut {beslut.id} (till {beslut.to}) och {other.id} "
                    f"(från {other.from_}). Är personen utan stöd däremellan?",
                    _facts(beslut) | {f"efterföljande {name}": value for name, value in _facts(other).items()},
                )
    passed = "Datumet har passerat, men " if page.due < today else ""
    reason = f"{passed}inget visar att påminnelsen är inaktuell eller dubblett."
    return Leave(STILL_CURRENT, reason[0].upper() + reason[1:], {"förfaller": page.due.isoformat()})


def _beslut(page: Reminder) -> Beslut | None:
    return next((each for each in page.all_beslut if each.id == page.beslut), None)


def _facts(beslut: Beslut) -> dict[str, str | None]:
    return {
        "beslut": beslut.id,
        "status": beslut.status,
        "verkställighet": beslut.verkstallighet,
        "från": beslut.from_.isoformat(),
        "till": beslut.to.isoformat() if beslut.to else "tills vidare",
    }


def _remove(page: Reminder, rule: Rule, reason: str, inputs: dict[str, str | None]) -> Act:
    step = Step("remove", f"reminder:{page.id}:remove", {"reminder": page.id, "why": reason})
    return Act(rule, reason, (step,), inputs)
