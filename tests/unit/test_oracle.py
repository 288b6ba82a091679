"""The oracle: the rules of reminder-cleanup one by one on hand-made states, then on all that the mock can seed."""

import ast
import random
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fixtures.lifecare.seed import seed
from tests import oracle
from tests.oracle import attempts_after_commit, expected, never, removed

Record = dict[str, Any]

PROOFS = {"beslut-ended", "beslut-followed", "followed-up", "duplicate"}
NEVER_REASONS = {
    "not-active",
    "created-by-user",
    "own-type",
    "annotated",
    "protected",
    "sensitive-word",
    "beslut-not-carried-out",
    "handlaggare-missing",
    "handlaggare-inactive",
    "unknown-type",
    "deceased-with-open-beslut",
    "beslut-not-found",
}
TODAY = date(2026, 3, 31)
SEEDS = range(1, 21)


# Builders. The usual case: one person with one running decision until 2026-03-31, in safe hands.


def a_person(key: str = "PN-1", **facts: object) -> Record:
    return {"id": key, "personnummer": "", "name": "", "protection": "none", "deceased": None} | facts


def a_beslut(key: str = "B-1", **facts: object) -> Record:
    usual = {
        "id": key,
        "person": "PN-1",
        "arende": "LSS-2025-0001",
        "insats": "Kontaktperson",
        "status": "fastställt",
        "verkstallighet": "verkställt",
        "from": "2025-04-01",
        "to": "2026-03-31",
    }
    return usual | facts


def a_successor(**facts: object) -> Record:
    """Return the next decision, from the day after B-1 ends."""
    return a_beslut("B-2", **({"from": "2026-04-01", "to": "2027-03-31"} | facts))


def a_follow_up(**facts: object) -> Record:
    return {"id": "U-1", "beslut": "B-1", "status": "genomförd", "date": "2026-01-02"} | facts


def a_reminder(key: str = "P-1", **facts: object) -> Record:
    usual = {
        "id": key,
        "person": "PN-1",
        "arende": "LSS-2025-0001",
        "beslut": "B-1",
        "typ": "beslut löper ut",
        "due": "2026-03-31",
        "created": "2026-01-01T04:15",
        "created_by": "system",
        "handlaggare": "KAEK",
        "status": "aktiv",
        "text": "Ta ställning till fortsatt insats.",
        "version": 1,
        "history": [an_event("skapad", user="system")],
        "removed": None,
    }
    return usual | facts


def an_event(event: str, note: str = "", user: str = "KAEK") -> Record:
    return {"time": "2026-01-03T09:00", "event": event, "user": user, "note": note}


def twins(**last: object) -> list[Record]:
    """Return two reminders alike, P-1 made the day before P-2; `last` are facts of P-2 that are different."""
    return [
        a_reminder("P-1", typ="omprövning"),
        a_reminder("P-2", **({"typ": "omprövning", "created": "2026-01-02T04:15"} | last)),
    ]


def a_state(
    *reminders: Record,
    person: Record | None = None,
    beslut: Iterable[Record] | None = None,
    follow_ups: Iterable[Record] = (),
) -> Record:
    return {
        "today": "2026-03-31",
        "persons": [person or a_person(), a_person("PN-2")],
        "handlaggare": [
            {"id": "KAEK", "name": "Karin Ek", "unit": "LSS Vuxna", "active": True},
            {"id": "MAHO", "name": "Mattias Holm", "unit": "LSS Vuxna", "active": True},
            {"id": "GUFA", "name": "Gunnel Falk", "unit": "LSS Vuxna", "active": False},
        ],
        "beslut": [a_beslut()] if beslut is None else list(beslut),
        "uppfoljningar": list(follow_ups),
        "paminnelser": list(reminders),
    }


def of_an_ended_beslut(reminder: Record, person: Record | None = None) -> Record:
    """Return a state where nothing but a never-reason can save the reminder."""
    return a_state(reminder, person=person, beslut=[a_beslut(status="avslutat")])


# Out of date: the decision has ended or is followed.


def test_a_reminder_of_an_ended_beslut_is_removed() -> None:
    """Nobody needs to decide what comes after a decision that is closed."""
    assert expected(of_an_ended_beslut(a_reminder())) == {"P-1": "beslut-ended"}


def test_a_date_that_has_passed_is_no_proof() -> None:
    """A late reminder is work not done, the very last thing to remove."""
    assert expected(a_state(a_reminder(due="2025-06-30"))) == {}


@pytest.mark.parametrize("typ", ["uppföljning", "omprövning", "utredning pågår", "komplettering"])
def test_only_a_reminder_that_a_beslut_runs_out_is_met_by_its_end(typ: str) -> None:
    """An inquiry or a review may well go on after the decision."""
    assert expected(of_an_ended_beslut(a_reminder(typ=typ))) == {}


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"to": None},
        {"to": "2026-04-01"},
        {"from": "2025-12-01"},
        {"from": "2025-04-02"},
        {"verkstallighet": "delvis verkställt"},
        {"arende": "LSS-2026-0002"},
    ],
    ids=["the day after", "tills vidare", "one day longer", "overlap", "one day in", "partly", "other ärende"],
)
def test_a_beslut_that_goes_on_in_another_is_followed(facts: Record) -> None:
    """The person keeps the insats without a day's gap, so nothing runs out."""
    state = a_state(a_reminder(), beslut=[a_beslut(), a_successor(**facts)])

    assert expected(state) == {"P-1": "beslut-followed"}


@pytest.mark.parametrize(
    "facts",
    [
        {"from": "2026-04-02"},
        {"from": "2025-04-01"},
        {"from": "2025-03-31"},
        {"from": "2025-12-01", "to": "2026-03-31"},
        {"from": "2025-12-01", "to": "2026-03-30"},
        {"status": "planerat"},
        {"status": "utkast"},
        {"status": "avslutat"},
        {"verkstallighet": "ej verkställt"},
        {"verkstallighet": "avbrutet"},
        {"verkstallighet": "okänd"},
        {"insats": "Ledsagarservice"},
        {"person": "PN-2"},
    ],
    ids=lambda facts: ",".join(f"{key}={value}" for key, value in facts.items()),
)
def test_a_beslut_that_does_not_go_on_is_not_followed(facts: Record) -> None:
    """A gap, a plan or another insats leaves the person without what the first decision gave."""
    state = a_state(a_reminder(), beslut=[a_beslut(), a_successor(**facts)])

    assert expected(state) == {}


def test_a_beslut_until_further_notice_has_no_successor() -> None:
    """It doesn't end, so nothing can come after its end."""
    state = a_state(a_reminder(), beslut=[a_beslut(to=None), a_successor(to=None)])

    assert expected(state) == {}


def test_the_proof_of_an_ended_beslut_goes_before_that_of_its_successor() -> None:
    """The proofs have one order, so that two who count them agree."""
    state = a_state(a_reminder(), beslut=[a_beslut(status="avslutat"), a_successor()])

    assert expected(state) == {"P-1": "beslut-ended"}


# Out of date: followed up.


def test_a_follow_up_done_the_day_after_answers_the_reminder() -> None:
    """The reminder asked for it and it was done."""
    state = a_state(a_reminder(typ="uppföljning"), follow_ups=[a_follow_up()])

    assert expected(state) == {"P-1": "followed-up"}


@pytest.mark.parametrize(
    "facts",
    [{"date": "2026-01-01"}, {"date": "2025-12-31"}, {"status": "planerad"}, {"status": "inställd"}, {"beslut": "B-2"}],
    ids=lambda facts: ",".join(f"{key}={value}" for key, value in facts.items()),
)
def test_another_follow_up_leaves_the_reminder_open(facts: Record) -> None:
    """One from before, one not held or one on another decision isn't what the reminder asks for."""
    reminder = a_reminder(typ="uppföljning")
    state = a_state(reminder, beslut=[a_beslut(), a_beslut("B-2")], follow_ups=[a_follow_up(**facts)])

    assert expected(state) == {}


def test_a_follow_up_answers_only_a_reminder_of_a_follow_up() -> None:
    """A follow-up held says nothing of what comes when the decision runs out."""
    assert expected(a_state(a_reminder(), follow_ups=[a_follow_up()])) == {}


def test_one_follow_up_in_time_is_enough() -> None:
    """A later one that was cancelled takes nothing back."""
    state = a_state(
        a_reminder(typ="uppföljning"),
        follow_ups=[a_follow_up(date="2025-12-01"), a_follow_up(id="U-2"), a_follow_up(id="U-3", status="inställd")],
    )

    assert expected(state) == {"P-1": "followed-up"}


# Duplicates.


def test_the_older_of_two_twins_is_kept() -> None:
    """The work is still to be done, once."""
    assert expected(a_state(*twins())) == {"P-2": "duplicate"}


def test_twins_of_one_minute_are_told_apart_by_id() -> None:
    """There is always exactly one to keep."""
    assert expected(a_state(*reversed(twins(created="2026-01-01T04:15")))) == {"P-2": "duplicate"}


@pytest.mark.parametrize("event", ["öppnad", "anteckning"])
def test_the_twin_that_somebody_has_used_is_kept(event: str) -> None:
    """Somebody may be at work with it; the older one they never saw."""
    assert expected(a_state(*twins(history=[an_event(event)]))) == {"P-1": "duplicate"}


def test_of_two_opened_twins_both_stay() -> None:
    """An opened reminder is never taken from the one who opened it for being a duplicate."""
    older, younger = twins(history=[an_event("öppnad")])
    older["history"] = [an_event("öppnad")]

    assert expected(a_state(older, younger)) == {}


def test_an_untouched_triplet_goes_when_two_are_opened() -> None:
    """Opened ones save themselves, not their twins."""
    opened = [an_event("öppnad")]
    third = a_reminder("P-3", typ="omprövning", history=opened)

    assert expected(a_state(*twins(history=opened), third)) == {"P-1": "duplicate"}


def test_all_but_one_of_several_twins_are_removed() -> None:
    """Three alike are one piece of work."""
    third = a_reminder("P-3", typ="omprövning", created="2025-12-31T04:15")

    assert expected(a_state(*twins(), third)) == {"P-1": "duplicate", "P-2": "duplicate"}


def test_what_the_system_changed_does_not_make_a_reminder_touched() -> None:
    """Only people open and annotate; a change of unit does neither."""
    changed = [an_event("ändrad", "Handläggare uppdaterad.", user="system"), an_event("öppnad", user="system")]

    assert expected(a_state(*twins(history=changed))) == {"P-2": "duplicate"}


def test_white_space_does_not_tell_twins_apart() -> None:
    """Screens fold it, so nobody can see it."""
    assert expected(a_state(*twins(text="  Ta ställning\n till fortsatt  insats. "))) == {"P-2": "duplicate"}


@pytest.mark.parametrize(
    "facts",
    [
        {"arende": "LSS-2025-0002"},
        {"beslut": "B-2"},
        {"beslut": None},
        {"typ": "komplettering"},
        {"due": "2026-04-01"},
        {"handlaggare": "MAHO"},
        {"text": "Ta ställning till fortsatt insats!"},
        {"text": "ta ställning till fortsatt insats."},
        {"created_by": "KAEK"},
        {"status": "klarmarkerad"},
    ],
    ids=lambda facts: ",".join(f"{key}={value}" for key, value in facts.items()),
)
def test_reminders_that_differ_in_one_thing_are_no_twins(facts: Record) -> None:
    """Each of them is a piece of work of its own."""
    assert expected(a_state(*twins(**facts), beslut=[a_beslut(), a_beslut("B-2")])) == {}


@pytest.mark.parametrize(
    "facts",
    [{"created_by": "KAEK"}, {"status": "klarmarkerad"}, {"status": "borttagen"}, {"person": "PN-2"}],
    ids=lambda facts: ",".join(f"{key}={value}" for key, value in facts.items()),
)
def test_a_reminder_that_is_no_twin_is_not_kept_instead(facts: Record) -> None:
    """What a user wrote, what is done and what is somebody else's can't stand in for the system's own."""
    older, younger = (each | {"beslut": None} for each in twins())

    assert expected(a_state(older | facts, younger)) == {}


def test_twins_need_no_beslut() -> None:
    """A reminder of an inquiry has no decision yet, and can be made twice like any other."""
    without = [each | {"beslut": None} for each in twins()]

    assert expected(a_state(*without)) == {"P-2": "duplicate"}


def test_a_reminder_out_of_date_keeps_nothing_for_its_twin() -> None:
    """A follow-up between the two answers the older alone: it goes as answered, and the younger stays."""
    state = a_state(
        a_reminder("P-1", typ="uppföljning"),
        a_reminder("P-2", typ="uppföljning", created="2026-01-02T04:15"),
        follow_ups=[a_follow_up(date="2026-01-02")],
    )

    assert expected(state) == {"P-1": "followed-up"}


def test_out_of_date_goes_before_duplicate() -> None:
    """Twins of an ended decision are all out of date; none is kept."""
    state = a_state(a_reminder("P-1"), a_reminder("P-2"), beslut=[a_beslut(status="avslutat")])

    assert expected(state) == {"P-1": "beslut-ended", "P-2": "beslut-ended"}


def test_an_opened_reminder_that_is_out_of_date_is_removed() -> None:
    """Having been read doesn't make it current."""
    assert expected(of_an_ended_beslut(a_reminder(history=[an_event("öppnad")]))) == {"P-1": "beslut-ended"}


def test_an_annotated_reminder_is_kept_for_its_untouched_twin() -> None:
    """What may never be removed can well be the one that stays."""
    state = a_state(*twins(history=[an_event("anteckning", "IVO har frågat.")]))

    assert expected(state) == {"P-1": "duplicate"}
    assert never(state) == {"P-2": "annotated"}


# Never.


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"status": "klarmarkerad"}, "not-active"),
        ({"status": "borttagen"}, "not-active"),
        ({"created_by": "KAEK"}, "created-by-user"),
        ({"typ": "egen"}, "own-type"),
        ({"typ": "systemavisering"}, "unknown-type"),
        ({"typ": "Beslut löper ut"}, "unknown-type"),
        ({"history": [an_event("anteckning", "Ringt god man.")]}, "annotated"),
        ({"handlaggare": None}, "handlaggare-missing"),
        ({"handlaggare": "XXXX"}, "handlaggare-missing"),
        ({"handlaggare": "GUFA"}, "handlaggare-inactive"),
        ({"beslut": "B-404"}, "beslut-not-found"),
    ],
    ids=str,
)
def test_a_fact_of_the_reminder_bars_its_removal(facts: Record, reason: str) -> None:
    """These belong to a person, or nobody can say whom they belong to; proof changes nothing."""
    state = of_an_ended_beslut(a_reminder(**facts))

    assert never(state) == {"P-1": reason}
    assert expected(state) == {}


@pytest.mark.parametrize("protection", ["sekretessmarkering", "skyddad_folkbokforing", "", "None", None])
def test_a_person_not_known_to_be_unprotected_is_left_alone(protection: str | None) -> None:
    """A flag that nobody understands is a protection."""
    state = of_an_ended_beslut(a_reminder(), person=a_person(protection=protection))

    assert never(state) == {"P-1": "protected"}
    assert expected(state) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Beslutet är överklagat.",
        "ÖVERKLAGANDE inkom i går.",
        "Yttrande väntas.",
        "Dags för grannyttranden.",
        "Enligt Lex Sarah.",
        "enligt LEX  SARAH",
        "Underlag till IVO.",
        "fråga från ivo: se brev",
        "IVO-ärende",
    ],
)
def test_a_sensitive_word_bars_removal_wherever_it_stands(text: str) -> None:
    """Appeals, statements and supervision are never tidied away, however they are written."""
    in_text = of_an_ended_beslut(a_reminder(text=text))
    in_note = of_an_ended_beslut(a_reminder(history=[an_event("ändrad", text, user="system")]))
    in_type = of_an_ended_beslut(a_reminder(typ=text))

    assert [never(state) for state in (in_text, in_note, in_type)] == [{"P-1": "sensitive-word"}] * 3
    assert [expected(state) for state in (in_text, in_note, in_type)] == [{}] * 3


@pytest.mark.parametrize("text", ["Se arkivordning 12.", "Enligt provision.", "Sarah ringer om lexikon.", "Klagat."])
def test_a_word_that_only_resembles_a_sensitive_one_is_harmless(text: str) -> None:
    """IVO stands for itself, not for three letters in a row."""
    assert expected(of_an_ended_beslut(a_reminder(text=text))) == {"P-1": "beslut-ended"}


@pytest.mark.parametrize("verkstallighet", ["ej verkställt", "avbrutet", "okänd", ""])
def test_a_beslut_not_known_to_be_carried_out_bars_removal(verkstallighet: str) -> None:
    """The municipality must report these, and the reminder may be what makes somebody do it."""
    state = a_state(a_reminder(), beslut=[a_beslut(status="avslutat", verkstallighet=verkstallighet)])

    assert never(state) == {"P-1": "beslut-not-carried-out"}
    assert expected(state) == {}


def test_a_beslut_partly_carried_out_bars_nothing() -> None:
    """Partly is enough for the reminder; the rest is followed elsewhere."""
    state = a_state(a_reminder(), beslut=[a_beslut(status="avslutat", verkstallighet="delvis verkställt")])

    assert expected(state) == {"P-1": "beslut-ended"}


@pytest.mark.parametrize("status", ["fastställt", "vilande", ""])
def test_the_deceased_with_an_open_beslut_are_left_to_people(status: str) -> None:
    """Somebody must close what is open, and a status that nobody knows may be open."""
    state = a_state(
        a_reminder(),
        person=a_person(deceased="2026-02-01"),
        beslut=[a_beslut(status="avslutat"), a_beslut("B-2", status=status)],
    )

    assert never(state) == {"P-1": "deceased-with-open-beslut"}
    assert expected(state) == {}


@pytest.mark.parametrize("status", ["avslutat", "planerat", "utkast"])
def test_the_deceased_with_nothing_open_are_as_anybody(status: str) -> None:
    """A plan that was never decided doesn't keep a case open."""
    state = a_state(
        a_reminder(),
        person=a_person(deceased="2026-02-01"),
        beslut=[a_beslut(status="avslutat"), a_beslut("B-2", status=status), a_beslut("B-3", person="PN-2")],
    )

    assert expected(state) == {"P-1": "beslut-ended"}


def test_a_beslut_of_somebody_else_is_not_found() -> None:
    """A decision on another person proves nothing about this one, and the reminder is in disorder."""
    state = a_state(a_reminder(), beslut=[a_beslut(status="avslutat", person="PN-2")])

    assert never(state) == {"P-1": "beslut-not-found"}
    assert expected(state) == {}


def test_a_reminder_without_a_beslut_has_no_reason_and_no_proof_from_one() -> None:
    """No decision is not a missing decision."""
    state = a_state(a_reminder(beslut=None))

    assert never(state) == {}
    assert expected(state) == {}


@pytest.mark.parametrize(
    ("both", "reason"),
    [
        ({"handlaggare": None}, "handlaggare-missing"),
        ({"text": "Yttrande väntas."}, "sensitive-word"),
        ({"beslut": "B-404"}, "beslut-not-found"),
        ({"typ": "systemavisering"}, "unknown-type"),
        ({"typ": "egen"}, "own-type"),
    ],
    ids=str,
)
def test_twins_that_are_barred_both_stay(both: Record, reason: str) -> None:
    """A never-reason holds against a twin too."""
    state = a_state(*(each | both for each in twins()))

    assert never(state) == {"P-1": reason, "P-2": reason}
    assert expected(state) == {}


def test_the_first_reason_is_the_one_given() -> None:
    """The reasons have one order, so that two who count them agree."""
    state = a_state(a_reminder(status="klarmarkerad", created_by="KAEK", typ="egen", handlaggare=None))

    assert never(state) == {"P-1": "not-active"}


# The journal.


def a_journal(*rows: str) -> list[Record]:
    """Return rows from "try P-1" and "done P-1"; another kind than remove is written "try P-1 note"."""
    journal = []
    for seq, row in enumerate(rows, start=1):
        verb, key, *kind = row.split()
        journal.append({"seq": seq, "kind": kind[0] if kind else "remove", "key": key, "committed": verb == "done"})
    return journal


def test_what_was_removed_is_read_from_commits_in_order() -> None:
    """An attempt removes nothing, and another kind of write is no removal."""
    journal = a_journal("try P-2", "done P-2", "try P-3", "try P-1", "done P-1", "done P-4 note")

    assert removed(journal) == ["P-2", "P-1"]


def test_a_second_commit_is_not_hidden() -> None:
    """A removal done twice must show as two, or no test could see it."""
    assert removed(a_journal("done P-1", "done P-1")) == ["P-1", "P-1"]


def test_an_attempt_at_what_is_done_is_found() -> None:
    """A bot that lost the answer must look before it tries again."""
    journal = a_journal("try P-1", "done P-1", "try P-2", "try P-1")

    assert attempts_after_commit(journal) == [journal[3]]


def test_an_attempt_before_the_commit_is_sound() -> None:
    """A refused attempt may be made again, one of another kind or at another reminder at any time."""
    journal = a_journal("try P-1", "try P-1", "done P-1", "try P-2", "try P-1 note")

    assert attempts_after_commit(journal) == []


def test_the_journal_is_read_in_the_order_of_its_numbers() -> None:
    """Rows that come shuffled still tell what was first."""
    journal = a_journal("done P-1", "try P-1", "done P-2")

    assert removed(reversed(journal)) == ["P-1", "P-2"]
    assert attempts_after_commit(reversed(journal)) == [journal[1]]


# All that the mock can seed.


@cache
def seeded(number: int, rows: int = 300, today: date = TODAY) -> Mapping[str, Any]:
    return seed(rows, number, today).as_json()


@pytest.mark.parametrize("today", [TODAY, date(2024, 2, 29), date(2025, 12, 31)], ids=str)
def test_a_fair_share_of_three_hundred_is_removable(today: date) -> None:
    """The bot has much to do and much to leave, on any day that the mock is started."""
    assert 60 <= len(expected(seeded(1, today=today))) <= 110


@pytest.mark.parametrize("number", SEEDS)
def test_every_proof_and_every_reason_occurs(number: int) -> None:
    """No trial passes because the hard rows happened to be missing."""
    assert set(expected(seeded(number)).values()) == PROOFS
    assert set(never(seeded(number)).values()) == NEVER_REASONS


def test_sixty_rows_have_every_proof_and_every_reason() -> None:
    """A short trial is a full one."""
    assert set(expected(seeded(1, rows=60)).values()) == PROOFS
    assert set(never(seeded(1, rows=60)).values()) == NEVER_REASONS


@pytest.mark.parametrize("number", SEEDS)
def test_nothing_is_both_removed_and_barred(number: int) -> None:
    """A reason never to remove is stronger than any proof."""
    assert expected(seeded(number)).keys() & never(seeded(number)).keys() == set()


@pytest.mark.parametrize("number", SEEDS)
def test_every_duplicate_leaves_a_twin_behind(number: int) -> None:
    """When all is removed, each piece of work is still remembered by somebody's reminder."""
    state = seeded(number)
    gone = expected(state)

    def work(reminder: Mapping[str, Any]) -> tuple[object, ...]:
        facts = ("person", "arende", "beslut", "typ", "due", "handlaggare")
        return (*(reminder[fact] for fact in facts), reminder["text"].split())

    stay = [work(each) for each in state["paminnelser"] if each["status"] == "aktiv" and each["id"] not in gone]
    assert [
        each["id"] for each in state["paminnelser"] if gone.get(each["id"]) == "duplicate" and work(each) not in stay
    ] == []


@pytest.mark.parametrize("number", SEEDS)
def test_the_order_of_the_state_changes_no_verdict(number: int) -> None:
    """The rules know of dates and ids, not of places in a list."""
    state = seeded(number)
    chance = random.Random(number)
    shuffled = {
        name: chance.sample(rows, len(rows)) if isinstance(rows, list) else rows for name, rows in state.items()
    }

    assert expected(shuffled) == expected(state)
    assert never(shuffled) == never(state)


# Independence.


def test_the_oracle_shares_nothing_with_what_it_judges() -> None:
    """A rule borrowed from the bot would agree with the bot, right or wrong."""
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else ["." * node.level + (node.module or "")]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported <= sys.stdlib_module_names
