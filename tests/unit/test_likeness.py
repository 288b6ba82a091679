"""Which control is which on a changed screen: found where all evidence agrees, refused where it could be another."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.browser import likeness
from bots.browser.likeness import Found, Linked
from bots.browser.selector_map import Fingerprint

SAVE: dict[str, Any] = {
    "tag": "button", "role": "button", "content": "spara", "id": "spara", "classes": ["knapp", "primar"],
    "heading": "ärende", "section": "beslut", "landmarks": ["form"], "before": "orsak", "after": "avbryt",
    "around": ["orsak", "avbryt", "datum"], "place": 0.5,
}  # fmt: skip
OTHERS: list[dict[str, Any]] = [
    {"tag": "a", "role": "link", "content": word, "href": f"{word}.html", "heading": "meny",
     "landmarks": ["navigation"], "before": before, "after": after, "around": ["start", "ärenden", "hjälp"],
     "place": place}
    for word, before, after, place in (
        ("start", "", "ärenden", 0.0), ("ärenden", "start", "hjälp", 0.1), ("hjälp", "ärenden", "orsak", 0.2),
    )
]  # fmt: skip
CANCEL: dict[str, Any] = {
    **SAVE, "content": "avbryt", "id": "avbryt", "classes": ["knapp"], "before": "spara", "after": "", "place": 0.6,
    "around": ["orsak", "spara", "datum"],
}  # fmt: skip


def prints(*controls: dict[str, Any]) -> list[Fingerprint]:
    return [Fingerprint.model_validate(each) for each in controls]


def found(remembered: dict[str, Any], *shown: dict[str, Any]) -> Found:
    """Return where the first of what is remembered is found; the rest of the screen is remembered too."""
    linked = Linked(prints(remembered, CANCEL, *OTHERS), prints(*shown), [[] for _ in shown])
    return likeness.find(linked)[0]


def test_a_screen_that_has_not_changed_is_found_again() -> None:
    """Each is itself."""
    screen = prints(SAVE, CANCEL, *OTHERS)

    answers = likeness.find(Linked(screen, screen, [[] for _ in screen]))

    assert [answer.at for answer in answers] == [0, 1, 2, 3, 4]


def test_one_record_among_others_is_never_found_by_likeness() -> None:
    """What says a number is another record's tomorrow: its key finds it, or nothing does."""
    one = {**SAVE, "content": "p-10001", "id": "", "around": []}

    assert found(one, one, CANCEL, *OTHERS) == Found(None, "says a number")


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "ctl42"},
        {"id": "", "classes": ["btn", "btn-primary"]},
        {"heading": "", "section": "", "landmarks": []},
        {"tag": "a", "role": "link", "classes": []},
        {"before": "bilaga", "around": ["bilaga", "avbryt"]},
        {"place": 0.9, "section": "åtgärder"},
    ],
    ids=["id", "look", "surroundings", "tag", "neighbour", "place"],
)
def test_what_one_kind_of_change_leaves_recognisable_is_found(changed: dict[str, Any]) -> None:
    """It says the same, and the rest agrees."""
    assert found(SAVE, *OTHERS, CANCEL, {**SAVE, **changed}) == Found(4, "found")


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ("it is gone", [CANCEL, *OTHERS]),
        ("a word more stands there", [{**SAVE, "content": "spara som utkast", "id": "utkast"}]),
        ("it says something else", [{**SAVE, "content": "ta bort", "id": "x"}]),
        ("it says something else under its old id", [{**SAVE, "content": "ta bort"}]),
        ("it says nothing any more", [{**SAVE, "content": ""}]),
        ("it is a field now", [{**SAVE, "tag": "input", "role": "textbox"}]),
        ("it stands there twice", [SAVE | {"id": "", "twins": 1}, SAVE | {"id": "", "twins": 1}]),
        ("its words and its id are two controls", [
            {**SAVE, "id": "annat", "place": 0.7}, {**SAVE, "content": "ta bort", "classes": []},
        ]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_could_be_another_is_refused(what: str, shown: list[dict[str, Any]]) -> None:
    """A wrong click is far worse than none."""
    answer = found(SAVE, CANCEL, *OTHERS, *shown)

    assert answer.at is None, what
    assert answer.why != "found"


def test_a_link_is_where_it_leads() -> None:
    """Other words for the same address are the same link, if it is the only one that leads there."""
    link = {**OTHERS[1], "content": "alla ärenden", "section": "genvägar"}
    remembered = prints(*OTHERS, SAVE, CANCEL)
    shown = prints(OTHERS[0], link, OTHERS[2], SAVE, CANCEL)

    assert likeness.find(Linked(remembered, shown, [[] for _ in shown]))[1].at == 1

    shared = prints(OTHERS[0], {**OTHERS[1], "shared": ["href"]}, OTHERS[2], SAVE, CANCEL)
    elsewhere = prints(OTHERS[0], {**link, "content": "genväg"}, OTHERS[2], SAVE, CANCEL)
    assert likeness.find(Linked(shared, elsewhere, [[] for _ in elsewhere]))[1].at is None


def test_twins_are_told_apart_by_what_set_them_apart() -> None:
    """Two that say the same under two headings: the heading decides, and nothing does when it is gone."""
    first, second = (
        {**SAVE, "id": "", "twins": 1, "apart": ["heading", "section"], "heading": heading, "section": section}
        for heading, section in (("adress", "folkbokföring"), ("kontakt", "telefon"))
    )
    remembered = prints(first, second, *OTHERS)

    same = prints(*OTHERS, second, first)
    assert [answer.at for answer in likeness.find(Linked(remembered, same, [[] for _ in same]))[:2]] == [4, 3]

    bare = prints(*OTHERS, *({**each, "heading": "", "section": "", "apart": []} for each in (first, second)))
    assert {answer.at for answer in likeness.find(Linked(remembered, bare, [[] for _ in bare]))[:2]} == {None}


def test_the_head_of_a_column_is_not_what_says_the_same_in_the_foot() -> None:
    """A table that says its heads again below is told apart by that alone; without its two parts by nothing."""
    head, foot = (
        {**SAVE, "tag": "th", "role": "columnheader", "content": "datum", "id": "", "part": part, "twins": 1,
         "apart": ["part", "before", "after"], "before": before, "after": after}
        for part, before, after in (("head", "sök", "orsak"), ("foot", "avbryt", "sida"))
    )  # fmt: skip
    moved = {"apart": ["part", "before"], "after": "belopp", "classes": []}
    remembered = prints(head, *OTHERS, CANCEL)

    parted = prints(*OTHERS, CANCEL, {**foot, **moved}, {**head, **moved})
    assert likeness.find(Linked(remembered, parted, [[] for _ in parted]))[0] == Found(5, "found")

    bare = prints(*OTHERS, CANCEL, *({**each, **moved, "part": "", "apart": []} for each in (foot, head)))
    assert likeness.find(Linked(remembered, bare, [[] for _ in bare]))[0].at is None


DATE: dict[str, Any] = {
    **SAVE, "tag": "input", "role": "textbox", "type": "date", "content": "", "label": "nytt datum", "id": "nyttDatum",
    "sole": True,
}  # fmt: skip

ELSEWHERE: dict[str, Any] = {"heading": "", "section": "", "before": "namn", "after": "belopp", "around": []}


@pytest.mark.parametrize(
    ("changed", "is_found"),
    [
        ({"label": "nytt datum för uppföljning", "id": "datumUppfoljning"}, False),
        ({"label": "datum", "id": "datum"}, True),
        ({"label": "datum", "id": "datum", "sole": False}, False),
        ({"label": "datum", "id": "datum", "type": "month"}, False),
        ({"label": "slutar", "id": "datum"}, False),
        ({"label": "datum", "id": "slut"}, False),
        ({"label": "datum", "id": "datum"} | ELSEWHERE, False),
    ],
    ids=["more words", "fewer words", "one of two", "another type", "other words", "another id", "elsewhere"],
)  # fmt: skip
def test_the_one_field_of_its_type_may_be_labelled_shorter(changed: dict[str, Any], *, is_found: bool) -> None:
    """Its type says what it takes, and all kinds of evidence must be for it."""
    assert (found(DATE, CANCEL, *OTHERS, {**DATE, **changed}).why == "found") is is_found


def test_two_do_not_claim_the_same_control() -> None:
    """One of them is gone, and the other is what it is."""
    linked = Linked(prints(SAVE, CANCEL), prints(SAVE, *OTHERS), [[] for _ in range(4)])

    assert [answer.at for answer in likeness.find(linked)] == [0, None]


def test_proposals_say_when_it_is_not_there() -> None:
    """The first proposal for what is gone is that; for what is there, the control."""
    linked = Linked(prints(SAVE, CANCEL), prints({**SAVE, "id": "ny"}, *OTHERS), [[] for _ in range(4)])

    assert [likeness.rank(linked, row)[0].at for row in (0, 1)] == [0, None]
    assert sorted(answer.at for answer in likeness.rank(linked, 0) if answer.at is not None) == [0, 1, 2, 3]


WORDS = st.sampled_from(["spara", "avbryt", "ta bort", "skriv ut", "sök", "ärende", "beslut", ""])
CONTROLS = st.builds(
    Fingerprint,
    tag=st.just("button"), role=st.sampled_from(["button", "link", "textbox"]), content=WORDS, label=WORDS,
    id=WORDS, href=WORDS, heading=WORDS, section=WORDS, before=WORDS, after=WORDS,
    around=st.lists(WORDS.filter(bool), max_size=3), place=st.floats(0, 1), twins=st.integers(0, 2),
)  # fmt: skip


@given(st.lists(CONTROLS, min_size=1, max_size=6), st.lists(CONTROLS, min_size=1, max_size=8), st.randoms())
def test_the_order_in_which_controls_are_named_does_not_decide(
    remembered: list[Fingerprint], shown: list[Fingerprint], chance: random.Random
) -> None:
    """What is found is found by what it is; and never two by one."""
    mixed = list(range(len(shown)))
    chance.shuffle(mixed)
    plain = [answer.at for answer in likeness.find(Linked(remembered, shown, [[] for _ in shown]))]
    again = likeness.find(Linked(remembered, [shown[at] for at in mixed], [[] for _ in shown]))

    taken = [at for at in plain if at is not None]
    assert len(taken) == len(set(taken))
    assert [None if answer.at is None else mixed[answer.at] for answer in again] == plain
    for ours, at in zip(remembered, plain, strict=True):
        if at is not None and not ours.href:
            assert {ours.label, ours.content, ""} & {shown[at].label, shown[at].content, ""}
