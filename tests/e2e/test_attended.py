"""A system that takes a person's e-legitimation and nothing else: the run waits for one, then goes on with theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bots.browser import session
from tests.e2e.conftest import Serving
from tests.e2e.house import House, assert_sound
from tests.screens.test_sign_in import PERSON

#: The account that a person signs in with has no password here, only a role that is taken after it.
ATTENDED = {
    "FLOTTA_SYSTEMS__LIFECARE__ATTENDED": "true",
    "FLOTTA_SYSTEMS__LIFECARE__ROLE": "handlaggare_lss",
}


def test_a_run_waits_for_a_person_and_goes_on_when_they_have_signed_in(ui: str, house: House, serving: Serving) -> None:
    """With nobody there it touches nothing; with somebody it is a run like any other."""
    lifecare = serving(ui=ui)
    before = lifecare.state()
    house.approve_rules()
    run_id = house.a_run(lifecare, mock=False)

    assert house.carry(run_id, **ATTENDED) == 3

    assert house.run(run_id).state == "waiting_for_sign_in"
    assert "flotta sign-in" in str(house.run(run_id).sentence)
    assert lifecare.journal() == []
    with_somebody = house.carry(run_id, person=PERSON, **ATTENDED)
    assert with_somebody == 0
    assert_sound(house, run_id, lifecare, before)


def test_a_session_that_ends_in_the_middle_waits_for_the_person_again(
    house: House, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They have gone home by then; what was done is stored, and the rest waits."""
    lifecare = serving({"kind": "session_expiry", "on": "write", "count": 1})
    before = lifecare.state()
    house.approve_rules()
    run_id = house.a_run(lifecare, mock=False)
    monkeypatch.setattr(session, "PERSON_WITHIN", timedelta(seconds=6))
    once = PERSON.replace("password.form.requestSubmit", "sessionStorage.gone = 1; password.form.requestSubmit")

    assert house.carry(run_id, person=once, **ATTENDED) == 3

    assert house.run(run_id).state == "waiting_for_sign_in"
    assert house.carry(run_id, person=PERSON, **ATTENDED) == 0
    assert_sound(house, run_id, lifecare, before)


def test_a_run_that_waits_for_a_person_is_not_resumed_without_one(house: House, serving: Serving) -> None:
    """It would wait again; who resumes it is told what to do."""
    lifecare = serving()
    house.environment |= {"FLOTTA_SYSTEMS__LIFECARE__ATTENDED": "true"}
    assert house.flotta_run(lifecare).code == 3

    said = house.flotta("resume")

    assert (said.code, "flotta sign-in" in said.said) == (2, True), said.said


def test_without_a_screen_who_would_sign_in_is_told_so(house: House, serving: Serving) -> None:
    """A terminal on a server has no window to show."""
    lifecare = serving()
    house.environment |= {"FLOTTA_SYSTEMS__LIFECARE__ATTENDED": "true"}
    house.environment |= {"DISPLAY": "", "WAYLAND_DISPLAY": ""}
    assert house.flotta_run(lifecare).code == 3

    said = house.flotta("sign-in")

    assert said.code == 2, said.said
    assert "dator med skärm" in said.said
    assert "Traceback" not in said.said
    assert lifecare.journal() == []


def test_nobody_is_asked_to_sign_in_where_no_run_waits_for_it(house: House) -> None:
    """The command says so."""
    said = house.flotta("sign-in")

    assert (said.code, "Ingen körning väntar" in said.said) == (2, True), said.said
