"""The rules of reminder cleanup, one by one at their boundaries, then as promises about any reminder at all."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.contract import Act, Decision, Leave, Refer, Rule
from bots.records.lifecare import Beslut, HistoryEvent, Reminder, ReminderRow, Uppfoljning
from bots.reminder_cleanup import rules
from bots.reminder_cleanup.models import Case
from tests.builders import TODAY, a_beslut, a_follow_up, a_page, a_row, a_successor, an_event, as_row

DAY = timedelta(days=1)
ENDED = a_beslut(status="avslutat")


def decided(page: Reminder, kept: Reminder | None = None, today: date = TODAY) -> Decision:
    return rules.decide(Case(page.id, page=page, kept=kept), today)


def of_an_ended_beslut(**facts: Any) -> Reminder:
    """Return a page that nothing but a reason against can save."""
    return a_page(**({"all_beslut": (ENDED,)} | facts))


def twins(**younger: Any) -> tuple[Reminder, Reminder]:
    """Return two pages alike, P-1 made the day before P-2; `younger` are facts of P-2 that are different."""
    usual = {"id": "P-2", "typ": "omprövning", "created": datetime(2026, 1, 2, 4, 15)}  # noqa: DTZ001 - as shown
    return a_page(typ="omprövning"), a_page(**(usual | younger))


def named(values: object) -> str | None:
    """Name a case by its facts."""
    return ", ".join(f"{key}={value}" for key, value in values.items()) if isinstance(values, dict) else None


# Against, from the list.


def test_a_protected_person_is_left_to_people_whatever_else_holds() -> None:
    """Nothing of the reminder was read, and the question names only its number."""
    decision = rules.decide(Case("P-1"), TODAY)

    assert isinstance(decision, Refer)
    assert decision.rule is rules.PROTECTED
    assert decision.inputs == {"påminnelse": "P-1"}


@pytest.mark.parametrize(
    ("facts", "kind", "rule"),
    [
        ({"status": "klarmarkerad"}, Leave, rules.NOT_ACTIVE),
        ({"status": "borttagen"}, Leave, rules.NOT_ACTIVE),
        ({"status": "okänt: Vilande"}, Leave, rules.NOT_ACTIVE),
        ({"typ": "okänt: Systemavisering"}, Refer, rules.UNKNOWN_KIND),
        ({"typ": ""}, Refer, rules.UNKNOWN_KIND),
        ({"created_by": "KAEK"}, Leave, rules.MADE_BY_A_PERSON),
        ({"created_by": ""}, Leave, rules.MADE_BY_A_PERSON),
        ({"typ": "egen"}, Leave, rules.MADE_BY_A_PERSON),
        ({"handlaggare": None}, Refer, rules.NO_HANDLAGGARE),
    ],
    ids=named,
)
def test_a_fact_of_the_list_bars_the_reminder(facts: dict[str, Any], kind: type[Decision], rule: object) -> None:
    """These belong to a person, or nobody can say whom they belong to; the page isn't even opened."""
    row = a_row(**facts)

    decision = rules.decide(Case(row.id, row=row), TODAY)

    assert isinstance(decision, kind)
    assert decision.rule is rule
    assert not rules.worth_opening(row, [row, a_row(id="P-2", **facts)])


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"status": "klarmarkerad", "typ": "okänt: X", "created_by": "KAEK"}, rules.NOT_ACTIVE),
        ({"typ": "okänt: X", "created_by": "KAEK", "handlaggare": None}, rules.UNKNOWN_KIND),
        ({"created_by": "KAEK", "handlaggare": None}, rules.MADE_BY_A_PERSON),
    ],
    ids=named,
)
def test_the_first_reason_against_is_the_one_given(facts: dict[str, Any], rule: object) -> None:
    """The reasons have one order, so that the same reminder is always explained in the same way."""
    verdict = rules.against_row(a_row(**facts))

    assert verdict is not None
    assert verdict.rule is rule


def test_what_the_list_says_holds_on_the_page_too() -> None:
    """A reminder that was marked as done while the list was read is met on its page."""
    assert decided(of_an_ended_beslut(status="klarmarkerad")).rule is rules.NOT_ACTIVE


def test_a_reminder_alone_of_its_kind_is_left_unopened() -> None:
    """Only a twin could prove anything about it, and there is none."""
    row = a_row(typ="omprövning")

    decision = rules.decide(Case(row.id, row=row), TODAY)

    assert isinstance(decision, Leave)
    assert decision.rule is rules.NO_PROOF_POSSIBLE


# Worth opening.


@pytest.mark.parametrize("typ", ["beslut löper ut", "uppföljning"])
def test_a_reminder_that_can_be_out_of_date_is_opened_on_its_own(typ: str) -> None:
    """Its page shows whether the decision ended or the follow-up was held."""
    row = a_row(typ=typ)

    assert rules.worth_opening(row, [row])


@pytest.mark.parametrize("typ", ["omprövning", "utredning pågår", "komplettering"])
def test_another_reminder_is_opened_only_when_it_has_a_twin(typ: str) -> None:
    """A page costs time, and theirs proves nothing without a twin."""
    row, twin = a_row(typ=typ), a_row(id="P-2", typ=typ)

    assert not rules.worth_opening(row, [row])
    assert rules.worth_opening(row, [row, twin])


def test_a_twin_that_nobody_may_touch_makes_nothing_worth_opening() -> None:
    """What is done, or a person's own, can't be the twin that stays."""
    row, done = a_row(typ="omprövning"), a_row(id="P-2", typ="omprövning", status="klarmarkerad")

    assert not rules.worth_opening(row, [row, done])


# Against, from the page.


@pytest.mark.parametrize(
    ("facts", "kind", "rule"),
    [
        ({"konto": "inaktivt"}, Refer, rules.NO_HANDLAGGARE),
        ({"konto": None}, Refer, rules.NO_HANDLAGGARE),
        ({"konto": "okänt: Vilande"}, Refer, rules.NO_HANDLAGGARE),
        ({"history": (an_event("anteckning", "Ringt god man."),)}, Leave, rules.FREE_TEXT),
        ({"history": (an_event("ändrad", "Flyttad till mig."),)}, Leave, rules.FREE_TEXT),
        ({"history": (an_event("anteckning"),)}, Leave, rules.FREE_TEXT),
        ({"beslut": "B-404"}, Refer, rules.BESLUT_UNSEEN),
        ({"all_beslut": ()}, Refer, rules.BESLUT_UNSEEN),
        ({"all_beslut": (a_beslut(status="avslutat", verkstallighet="ej verkställt"),)}, Leave, rules.NOT_CARRIED_OUT),
        ({"all_beslut": (a_beslut(status="avslutat", verkstallighet="avbrutet"),)}, Leave, rules.NOT_CARRIED_OUT),
        ({"all_beslut": (a_beslut(status="avslutat", verkstallighet="okänt: X"),)}, Leave, rules.NOT_CARRIED_OUT),
    ],
    ids=[
        "handläggare inactive", "no account", "unknown account", "annotated", "note on a change", "annotation unseen",
        "beslut unseen", "no beslut at all", "not carried out", "broken off", "unknown if carried out",
    ],
)  # fmt: skip
def test_a_fact_of_the_page_bars_the_reminder(facts: dict[str, Any], kind: type[Decision], rule: object) -> None:
    """The decision has ended, and still the reminder stays."""
    decision = decided(of_an_ended_beslut(**facts))

    assert isinstance(decision, kind)
    assert decision.rule is rule


LEGAL_TEXTS = [
    "Beslutet är överklagat.", "ÖVERKLAGANDE inkom i går.", "Yttrande väntas.", "Dags för grannyttranden.",
    "Enligt Lex Sarah.", "enligt LEX  SARAH", "lex\u00a0sarah", "Underlag till IVO.", "fråga från ivo: se brev",
    "IVO-ärende",
]  # fmt: skip


@pytest.mark.parametrize("text", LEGAL_TEXTS)
@pytest.mark.parametrize("place", ["text", "note of a person", "note of the system"])
def test_a_legal_matter_is_left_wherever_the_word_stands(place: str, text: str) -> None:
    """A court or an authority is waiting: such reminders are never tidied away, however the word is written."""
    facts: dict[str, dict[str, Any]] = {
        "text": {"text": text},
        "note of a person": {"history": (an_event("anteckning", text),)},
        "note of the system": {"history": (an_event("ändrad", text, user="system"),)},
    }

    decision = decided(of_an_ended_beslut(**facts[place]))

    assert isinstance(decision, Leave)
    assert decision.rule is rules.LEGAL_MATTER


@pytest.mark.parametrize("text", ["Se arkivordning 12.", "Enligt provision.", "Sarah ringer om lexikon.", "", None])
def test_a_word_that_only_resembles_a_legal_one_is_harmless(text: str | None) -> None:
    """IVO stands for itself, not for three letters in a row; and a reminder may have no text at all."""
    assert decided(of_an_ended_beslut(text=text)).rule is rules.BESLUT_ENDED


def test_what_the_system_writes_is_no_free_text() -> None:
    """A change of unit leaves a note that no person wrote."""
    changed = (an_event("ändrad", "Handläggare uppdaterad vid byte av enhet.", user="system"),)

    assert decided(of_an_ended_beslut(history=changed)).rule is rules.BESLUT_ENDED


def test_a_reminder_that_was_only_opened_can_be_out_of_date() -> None:
    """Having been read doesn't make it current."""
    assert decided(of_an_ended_beslut(history=(an_event("öppnad"),))).rule is rules.BESLUT_ENDED


@pytest.mark.parametrize("status", ["fastställt", "okänt: Vilande"])
def test_the_deceased_with_an_open_beslut_are_asked_about(status: str) -> None:
    """Somebody must close what is open, and a status that nobody knows may be open."""
    open_one = a_beslut(id="B-9", status=status)

    decision = decided(of_an_ended_beslut(deceased=date(2026, 2, 1), all_beslut=(ENDED, open_one)))

    assert isinstance(decision, Refer)
    assert decision.rule is rules.DECEASED
    assert "B-9" in decision.reason
    assert "B-1" not in decision.reason


@pytest.mark.parametrize("status", ["avslutat", "planerat", "utkast"])
def test_the_deceased_with_nothing_open_are_as_anybody(status: str) -> None:
    """A plan that was never decided doesn't keep a case open."""
    page = of_an_ended_beslut(deceased=date(2026, 2, 1), all_beslut=(ENDED, a_beslut(id="B-9", status=status)))

    assert decided(page).rule is rules.BESLUT_ENDED


# Proof: the decision has ended, or is followed.


def test_a_reminder_of_an_ended_beslut_is_removed_with_what_it_stood_on() -> None:
    """The receipt can be held against the decision years later."""
    decision = decided(of_an_ended_beslut())

    assert isinstance(decision, Act)
    assert decision.rule is rules.BESLUT_ENDED
    assert decision.reason == "Beslut B-1 är redan avslutat."
    assert decision.inputs == {
        "beslut": "B-1",
        "status": "avslutat",
        "verkställighet": "verkställt",
        "från": "2025-04-01",
        "till": "2026-03-31",
    }
    (step,) = decision.steps
    assert (step.kind, step.key, step.args["reminder"]) == ("remove", "reminder:P-1:remove", "P-1")


@pytest.mark.parametrize("typ", ["uppföljning", "omprövning", "utredning pågår", "komplettering"])
def test_only_a_reminder_that_a_beslut_runs_out_is_met_by_its_end(typ: str) -> None:
    """An inquiry or a review may well go on after the decision."""
    assert rules.outdated(of_an_ended_beslut(typ=typ)) is None


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"to": None},
        {"to": TODAY + DAY},
        {"from_": date(2025, 12, 1)},
        {"from_": date(2025, 4, 2)},
        {"verkstallighet": "delvis verkställt"},
        {"arende": "LSS-2026-0002"},
    ],
    ids=["the day after", "tills vidare", "one day longer", "overlap", "one day in", "partly", "other ärende"],
)
def test_a_beslut_that_goes_on_in_another_is_followed(facts: dict[str, Any]) -> None:
    """The person keeps the insats without a day's gap, so nothing runs out."""
    decision = decided(a_page(all_beslut=(a_beslut(), a_successor(**facts))))

    assert isinstance(decision, Act)
    assert decision.rule is rules.BESLUT_FOLLOWED
    assert decision.inputs["efterföljande beslut"] == "B-2"


@pytest.mark.parametrize(
    "facts",
    [
        {"from_": date(2026, 4, 2)},
        {"from_": date(2025, 4, 1)},
        {"from_": date(2025, 3, 31)},
        {"from_": date(2025, 12, 1), "to": TODAY},
        {"from_": date(2025, 12, 1), "to": TODAY - DAY},
        {"status": "planerat"},
        {"status": "utkast"},
        {"status": "avslutat"},
        {"status": "okänt: Vilande"},
        {"verkstallighet": "ej verkställt"},
        {"verkstallighet": "avbrutet"},
        {"insats": "Ledsagarservice"},
    ],
    ids=named,
)
def test_a_beslut_that_does_not_go_on_is_not_followed(facts: dict[str, Any]) -> None:
    """A gap, a plan or another insats leaves the person without what the first decision gave."""
    assert not isinstance(decided(a_page(all_beslut=(a_beslut(), a_successor(**facts)))), Act)


def test_a_beslut_until_further_notice_has_no_successor() -> None:
    """It doesn't end, so nothing can come after its end."""
    assert rules.outdated(a_page(all_beslut=(a_beslut(to=None), a_successor(to=None)))) is None


def test_a_beslut_does_not_follow_itself() -> None:
    """One decision shown twice is one decision."""
    assert not rules.follows(a_beslut(), a_beslut(to=None))
    assert not rules.follows(a_beslut(from_=date(2025, 5, 1), to=None), a_beslut())


# Proof: the follow-up was held.


def test_a_follow_up_held_the_day_after_answers_the_reminder() -> None:
    """The reminder asked for it and it was done."""
    decision = decided(a_page(typ="uppföljning", all_uppfoljningar=(a_follow_up(),)))

    assert isinstance(decision, Act)
    assert decision.rule is rules.FOLLOWED_UP
    assert decision.inputs["uppföljning"] == "U-1"


@pytest.mark.parametrize(
    "facts",
    [{"on": date(2026, 1, 1)}, {"on": date(2025, 12, 31)}, {"status": "planerad"}, {"status": "inställd"},
     {"beslut": "B-2"}],
    ids=named,
)  # fmt: skip
def test_another_follow_up_leaves_the_reminder_open(facts: dict[str, Any]) -> None:
    """One from before (or from the day itself), one not held or one on another decision isn't what was asked for."""
    page = a_page(
        typ="uppföljning", all_beslut=(a_beslut(), a_beslut(id="B-2")), all_uppfoljningar=(a_follow_up(**facts),)
    )

    assert not isinstance(decided(page), Act)


def test_a_follow_up_answers_only_a_reminder_of_a_follow_up() -> None:
    """A follow-up held says nothing of what comes when the decision runs out."""
    assert rules.outdated(a_page(all_uppfoljningar=(a_follow_up(),))) is None


# Proof: a twin is kept.


def test_the_older_of_two_twins_is_kept() -> None:
    """The work is still to be done, once."""
    older, younger = twins()

    assert rules.kept_twin(younger, [older]) is older
    assert rules.kept_twin(older, [younger]) is None


def test_the_removal_of_a_duplicate_names_the_twin_that_stays() -> None:
    """Whoever misses the reminder finds the other one."""
    older, younger = twins()

    decision = decided(younger, kept=older)

    assert isinstance(decision, Act)
    assert decision.rule is rules.DUPLICATE
    assert decision.reason == "Dubblett av påminnelse P-1, som är kvar."
    assert decision.inputs == {"behålls": "P-1"}


@pytest.mark.parametrize("event", ["öppnad", "anteckning"])
def test_the_twin_that_somebody_has_used_is_kept(event: str) -> None:
    """Somebody may be at work with it; the older one they never saw."""
    older, younger = twins(history=(an_event(event),))

    assert rules.kept_twin(older, [younger]) is younger
    assert rules.kept_twin(younger, [older]) is None


@pytest.mark.parametrize("event", ["skapad", "ändrad"])
def test_a_twin_that_nobody_opened_is_untouched(event: str) -> None:
    """Only people open and annotate; being made or moved is neither."""
    assert not rules.touched(a_page(history=(an_event(event), an_event("öppnad", user="system"))))


def test_of_two_opened_twins_both_stay() -> None:
    """Which one matters is not for a bot to say."""
    opened = (an_event("öppnad"),)
    older, younger = twins(history=opened)
    older = a_page(typ="omprövning", history=opened)

    assert rules.kept_twin(older, [younger]) is None
    assert rules.kept_twin(younger, [older]) is None


def test_twins_of_one_minute_are_told_apart_by_id() -> None:
    """There is always exactly one to keep."""
    older, younger = twins(created=a_page().created)

    assert rules.kept_twin(younger, [older]) is older
    assert rules.kept_twin(older, [younger]) is None


def test_white_space_does_not_tell_twins_apart() -> None:
    """Nobody can see it on a screen."""
    older, younger = twins(text=" Ta ställning\n till fortsatt  insats. ")

    assert rules.kept_twin(younger, [older]) is older


def test_twins_may_both_lack_a_text() -> None:
    """Two empty ones ask for the same thing."""
    older, younger = a_page(typ="omprövning", text=None), twins(text=None)[1]

    assert rules.kept_twin(younger, [older]) is older


@pytest.mark.parametrize(
    "facts",
    [
        {"person": "201701102384"},
        {"arende": "LSS-2025-0002"},
        {"beslut": "B-2"},
        {"beslut": None},
        {"typ": "komplettering"},
        {"due": TODAY + DAY},
        {"due": TODAY - DAY},
        {"handlaggare": "MAHO"},
        {"handlaggare": None},
        {"text": "Ta ställning till fortsatt insats!"},
        {"text": None},
        {"created_by": "KAEK"},
        {"status": "klarmarkerad"},
    ],
    ids=named,
)
def test_reminders_that_differ_in_one_thing_are_no_twins(facts: dict[str, Any]) -> None:
    """Each of them is a piece of work of its own, and neither stands in for the other."""
    older, younger = twins(**facts)

    assert rules.kept_twin(younger, [older]) is None
    assert rules.kept_twin(older, [younger]) is None


def test_a_reminder_out_of_date_keeps_nothing_for_its_twin() -> None:
    """A follow-up between the two answers the older alone: it goes as answered, and the younger stays."""
    held = (a_follow_up(on=date(2026, 1, 2)),)
    older, younger = twins(typ="uppföljning", all_uppfoljningar=held)
    older = a_page(typ="uppföljning", all_uppfoljningar=held)

    assert decided(older).rule is rules.FOLLOWED_UP
    assert rules.kept_twin(younger, [older]) is None


def test_out_of_date_goes_before_duplicate() -> None:
    """Twins of an ended decision are all out of date; none is kept."""
    assert decided(of_an_ended_beslut(), kept=of_an_ended_beslut(id="P-2")).rule is rules.BESLUT_ENDED


def test_a_reason_against_holds_against_a_twin_too() -> None:
    """A legal matter stays twice rather than not at all."""
    older, younger = twins(text="Yttrande väntas.")

    assert decided(younger, kept=older).rule is rules.LEGAL_MATTER


# Neither.


@pytest.mark.parametrize(("days", "rule"), [(1, rules.STILL_CURRENT), (2, rules.GAP), (90, rules.GAP)])
def test_a_gap_between_two_beslut_is_a_question_from_its_first_day(days: int, rule: object) -> None:
    """A person may be without support between them; without a gap the second simply is not carried out yet."""
    later = a_successor(from_=TODAY + days * DAY, verkstallighet="ej verkställt")

    decision = decided(a_page(all_beslut=(a_beslut(), later)))

    assert decision.rule is rule
    assert isinstance(decision, Refer if rule is rules.GAP else Leave)


@pytest.mark.parametrize(
    ("due", "beginning"), [(TODAY, "Inget visar"), (TODAY - DAY, "Datumet har passerat, men inget visar")]
)
def test_a_date_that_has_passed_is_no_proof(due: date, beginning: str) -> None:
    """A late reminder is work not done, the very last thing to remove; the reason says that it is late."""
    decision = decided(a_page(due=due))

    assert isinstance(decision, Leave)
    assert decision.rule is rules.STILL_CURRENT
    assert decision.reason.startswith(beginning)


# All of them.


def test_every_rule_is_listed_once() -> None:
    """What a person approves is a rule of the list."""
    declared = [each for each in vars(rules).values() if isinstance(each, Rule)]

    assert sorted(map(str, rules.ALL)) == sorted(map(str, declared))
    assert len({each.id for each in rules.ALL}) == len(rules.ALL)


# Any reminder at all. Few values, so that what must agree often does.

_days = st.integers(-2, 2).map(lambda days: TODAY + days * DAY)
_minutes = st.integers(-3, 3).map(lambda days: datetime(2026, 3, 31, 4, 15) + days * DAY)  # noqa: DTZ001 - as shown
_text = st.sampled_from([None, None, "Följ upp.", "Följ  upp.", "Yttrande väntas."])
_beslut = st.builds(
    Beslut,
    id=st.sampled_from(["B-1", "B-2", "B-3"]),
    arende=st.just("LSS-1"),
    insats=st.sampled_from(["Kontaktperson", "Ledsagarservice"]),
    status=st.sampled_from(["fastställt", "avslutat", "planerat", "utkast", "okänt: X"]),
    verkstallighet=st.sampled_from(["verkställt", "verkställt", "delvis verkställt", "ej verkställt", "okänt: X"]),
    from_=_days,
    to=st.none() | _days,
)
_uppfoljning = st.builds(
    Uppfoljning,
    id=st.just("U-1"),
    beslut=st.sampled_from(["B-1", "B-2"]),
    status=st.sampled_from(["genomförd", "planerad", "inställd"]),
    on=_days,
)
_event = st.builds(
    HistoryEvent,
    time=_minutes,
    event=st.sampled_from(["skapad", "öppnad", "anteckning", "ändrad"]),
    user=st.sampled_from(["system", "system", "KAEK"]),
    note=_text,
)
#: One page for each proof that does not need a twin.
_PROVEN = (
    of_an_ended_beslut(),
    a_page(all_beslut=(a_beslut(), a_successor())),
    a_page(typ="uppföljning", all_uppfoljningar=(a_follow_up(),)),
)
#: What may be different about them.
_ELSE: dict[str, st.SearchStrategy[Any]] = {
    "beslut": st.sampled_from([None, "B-2", "B-3"]),
    "typ": st.sampled_from([*sorted(rules.KINDS), "okänt: X"]),
    "due": _days,
    "created": _minutes,
    "created_by": st.just("KAEK"),
    "handlaggare": st.sampled_from([None, "MAHO"]),
    "status": st.just("klarmarkerad"),
    "text": _text,
    "konto": st.sampled_from(["inaktivt", None]),
    "deceased": st.just(TODAY),
    "history": st.lists(_event, max_size=2).map(tuple),
    "all_beslut": st.lists(_beslut, max_size=3, unique_by=lambda each: each.id).map(tuple),
    "all_uppfoljningar": st.lists(_uppfoljning, max_size=2).map(tuple),
}
_page = st.builds(
    lambda page, facts: replace(page, **facts),
    st.sampled_from(_PROVEN),
    st.sets(st.sampled_from(sorted(_ELSE)), max_size=2).flatmap(
        lambda names: st.fixed_dictionaries({name: _ELSE[name] for name in sorted(names)})
    ),
)
#: Reminders so alike that most of them are twins.
_alike = st.lists(
    st.builds(
        lambda number, made, history, text, held: a_page(
            id=f"P-{number}", typ="uppföljning", created=made, history=history, text=text, all_uppfoljningar=held
        ),
        st.integers(1, 99),
        _minutes,
        st.lists(_event, max_size=2).map(tuple),
        st.sampled_from(["Följ upp.", "Följ  upp.", "Annat."]),
        st.just(()),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda page: page.id,
)
#: The same examples on every machine and every day: a red run can be seen again.
STEADY = settings(derandomize=True, deadline=None, max_examples=150, database=None)


def barred(page: Reminder) -> bool:
    """Return whether the reminder is on the list of never, read here a second time from the records."""
    theirs = [each for each in page.all_beslut if each.id == page.beslut]
    written = [page.text or "", *(event.note or "" for event in page.history)]
    return (
        page.status != "aktiv"
        or page.created_by != "system"
        or page.typ in {"egen", "okänt: X"}
        or page.handlaggare is None
        or page.konto != "aktivt"
        or any(event.user != "system" and (event.note or event.event == "anteckning") for event in page.history)
        or any("yttrande" in text.lower() for text in written)
        or (page.beslut is not None and not theirs)
        or any(each.verkstallighet not in {"verkställt", "delvis verkställt"} for each in theirs)
        or (page.deceased is not None and any(each.status in {"fastställt", "okänt: X"} for each in page.all_beslut))
    )


@STEADY
@given(_page, st.none() | _page)
def test_nothing_on_the_list_of_never_is_ever_acted_on(page: Reminder, kept: Reminder | None) -> None:
    """Whatever the proof, and whatever twin is handed over."""
    if barred(page):
        assert not isinstance(decided(page, kept=kept), Act)


@STEADY
@given(_page)
def test_an_act_is_one_removal_of_that_reminder_with_a_reason_that_lifecare_takes(page: Reminder) -> None:
    """Lifecare takes reasons of 5 to 500 characters, and the mark comes on top."""
    decision = decided(page)

    if isinstance(decision, Act):
        (step,) = decision.steps
        assert step.args == {"reminder": page.id, "why": decision.reason}
        assert step.key == f"reminder:{page.id}:remove"
        assert 5 <= len(f"{decision.reason} [F-0123456789]") <= 500


@STEADY
@given(_page, st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_the_day_never_decides_whether_a_reminder_is_removed(page: Reminder, today: date) -> None:
    """Proof is what the system shows. Time alone proves nothing."""
    assert isinstance(decided(page, today=today), Act) == isinstance(decided(page), Act)


@STEADY
@given(_page)
def test_a_decision_is_the_same_every_time_and_names_a_listed_rule(page: Reminder) -> None:
    """What was approved is what is done."""
    decision = decided(page)

    assert decision == decided(page)
    assert decision.rule in rules.ALL
    assert decision.reason


@STEADY
@given(_page, st.randoms(use_true_random=False))
def test_the_order_on_the_page_does_not_decide(page: Reminder, chance: random.Random) -> None:
    """Screens sort as they like."""
    lists: dict[str, Any] = {each: getattr(page, each) for each in ("history", "all_beslut", "all_uppfoljningar")}
    mixed: dict[str, Any] = {name: tuple(chance.sample(rows, len(rows))) for name, rows in lists.items()}
    shuffled = replace(page, **mixed)

    one, other = decided(page), decided(shuffled)

    assert (type(one), one.rule) == (type(other), other.rule)


@STEADY
@given(_beslut, _beslut)
def test_a_gap_is_never_a_succession(beslut: Beslut, other: Beslut) -> None:
    """A day without support is a day without support."""
    if beslut.to is None or (other.from_ - beslut.to).days > 1:
        assert not rules.follows(other, beslut)


@STEADY
@given(_beslut, _beslut)
def test_two_beslut_never_follow_each_other(beslut: Beslut, other: Beslut) -> None:
    """Else both reminders would go, each for the other's sake."""
    assert not (rules.follows(other, beslut) and rules.follows(beslut, other))


@STEADY
@given(_alike)
def test_the_twin_that_is_kept_is_one_that_stays(pages: list[Reminder]) -> None:
    """No reminder is removed in favour of one that goes as well."""
    for page in pages:
        kept = rules.kept_twin(page, pages)
        if kept is not None:
            assert not isinstance(decided(kept, kept=rules.kept_twin(kept, pages)), Act)


@STEADY
@given(_alike)
def test_of_every_group_of_twins_at_least_one_stays(pages: list[Reminder]) -> None:
    """Each piece of work is still remembered by somebody's reminder."""

    def work(page: Reminder) -> tuple[object, ...]:
        return (*rules.same_matter(page), (page.text or "").split())

    gone = [page for page in pages if isinstance(decided(page, kept=rules.kept_twin(page, pages)), Act)]
    stay = [work(page) for page in pages if page not in gone]

    assert [page.id for page in gone if work(page) not in stay] == []


@STEADY
@given(_alike, st.randoms(use_true_random=False))
def test_which_twin_is_kept_does_not_depend_on_their_order(pages: list[Reminder], chance: random.Random) -> None:
    """The list may be sorted by anybody."""
    shuffled = chance.sample(pages, len(pages))

    for page in pages:
        assert rules.kept_twin(page, pages) == rules.kept_twin(page, shuffled)


@STEADY
@given(_alike)
def test_every_reminder_that_has_a_twin_is_worth_opening(pages: list[Reminder]) -> None:
    """What isn't opened can't be found to be a duplicate."""
    rows: list[ReminderRow] = [as_row(page) for page in pages]

    for page in pages:
        if rules.kept_twin(page, pages) is not None:
            assert rules.worth_opening(as_row(page), rows)
