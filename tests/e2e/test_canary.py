"""Before anything is done where nobody watches, the bot's screens are looked through: what drifts stops it there."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Serving
from tests.e2e.house import BOT, House, Lifecare


def changed(house: House, old: str, new: str) -> None:
    """Let the map of 2024.04 say something that the screens don't."""
    file = house.maps / "lifecare" / "2024.04.yaml"
    said = file.read_text(encoding="utf-8")
    assert old in said
    file.write_text(said.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def lifecare(serving: Serving) -> Lifecare:
    """Return a Lifecare 2024.04."""
    return serving(ui="2024.04", rows=12)


def test_a_changed_screen_stops_the_bot_before_it_plans(house: House, lifecare: Lifecare) -> None:
    """It rests, and people are told what to do. Whoever has seen to it lets it go on."""
    changed(house, "label: Orsak till borttagning", "label: Skäl")
    changed(house, "{label: Förfaller, as: date}", "{label: Förfallit, as: date}")

    ran = house.flotta_run(lifecare, "--json").json()

    assert (ran["state"], ran["exit_code"], ran["seen"]) == ("drifted", 4, 0)
    assert "fields.due" in ran["sentence"]
    assert "Roboten är pausad" in ran["sentence"]
    assert "selectors propose lifecare" in ran["sentence"]
    assert lifecare.journal() == []
    [question] = house.flotta("review", "list", "--json").json()
    assert question["kind"] == "map"
    assert house.flotta("unpause", BOT).code == 0
    paused = house.flotta("pause", BOT, "--note", "igen")
    assert (paused.code, "igen" in paused.out) == (0, True), paused.said

    answered = house.flotta("review", "approve", question["id"], "--note", "Kartan är godkänd")

    assert answered.code == 0, answered.said
    assert house.flotta("review", "list", "--json").json() == []
    assert house.flotta("unpause", BOT).code == 2, "it was let go already"
    assert not (house.maps / "lifecare" / "drafts").exists(), "nobody has seen that it is clean"


def test_a_locator_that_finds_nothing_is_told_and_stops_nobody(house: House, lifecare: Lifecare) -> None:
    """The menu is known by all the rest that is remembered of it."""
    changed(house, "{role: button, name: Fler åtgärder}, {css: button.kebab}", "{css: button.burgare}")

    ran = house.flotta_run(lifecare, "--json", "--limit", "1").json()

    assert (ran["state"], ran["exit_code"]) == ("done", 0), ran
    assert [(each["screen"], each["element"], each["verdict"]) for each in ran["findings"]] == [
        ("reminder", "more", "weak")
    ]
    assert len(lifecare.removed()) == 1


def test_a_run_that_a_person_follows_is_not_looked_through(house: House, lifecare: Lifecare) -> None:
    """They see what they do; and a plan alone changes nothing."""
    changed(house, "label: Orsak till borttagning", "label: Skäl")

    ran = house.flotta("run", BOT, "--plan-only", "--base-url", f"lifecare={lifecare.url}", "--json").json()

    assert ran["state"] == "planned"


def test_a_mock_is_not_looked_through(house: House) -> None:
    """It is there to be tried, as is a recording."""
    ran = house.flotta("run", BOT, "--mock", "--rows", "12", "--yes", "--json")

    assert ran.json()["state"] == "done", ran.said
    assert ran.json()["findings"] is None
