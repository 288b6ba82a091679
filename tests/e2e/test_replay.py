"""`flotta record`, `flotta replay`: recorded by a script, run against with no network, and told where it ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bots.browser import recording
from orchestrator import processes
from tests.e2e.house import BOT, House, until

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings" / "lifecare"


@pytest.mark.parametrize("version", ["2023.10", "2024.04"])
def test_a_bot_runs_against_a_recording(house: House, version: str) -> None:
    """It decides what it decided when the recording was made, writes, and gets the recorded receipt."""
    ran = house.flotta("replay", BOT, "--recording", str(RECORDINGS / version), "--yes", "--limit", "1", "--json")

    assert ran.code == 0, ran.said
    items = {each["reference"]: each for each in ran.json()["items"]}
    assert [name for name, each in items.items() if each["state"] == "done" and each["outcome"] == "act"] == ["P-10001"]
    assert items["P-10001"]["receipt"] == "KV-000001"
    assert sum(each["outcome"] == "act" for each in items.values()) == 7
    assert "slutar" not in ran.err


def test_the_end_of_a_recording_is_told(house: House, tmp_path: Path) -> None:
    """By what was asked there."""
    whole = recording.load(RECORDINGS / "2023.10")
    kept = tuple(each for each in whole.exchanges if not each.path.endswith("/P-10008"))
    recording.store(
        recording.Recording(whole.system, whole.version, whole.recorded, whole.screens, kept), tmp_path / "kortare"
    )

    ran = house.flotta("replay", BOT, "--recording", str(tmp_path / "kortare"), "--plan-only")

    assert ran.code != 0
    assert "Inspelningen av lifecare slutar vid GET /paminnelser/P-10008" in ran.err


def test_a_recording_of_another_system_is_refused(house: House, tmp_path: Path) -> None:
    """In a sentence that says which ones are needed."""
    whole = recording.load(RECORDINGS / "2023.10")
    recording.store(recording.Recording("ivo", "1", whole.recorded), tmp_path / "ivo")

    ran = house.flotta("replay", BOT, "--recording", str(tmp_path / "ivo"))

    assert ran.code == 2
    assert "behöver en inspelning av lifecare" in ran.err


def test_a_walk_is_recorded_by_a_script(house: House, tmp_path: Path) -> None:
    """Without a window, and without a question."""
    script = tmp_path / "gå"
    script.write_text("goto /logga-in\nscreen sign_in\nelement user label=Användarnamn fill\n", encoding="utf-8")
    out = tmp_path / "inspelning"

    ran = house.flotta(
        "record", "lifecare", "--mock", "--ui", "2023.10", "--script", str(script), "--out", str(out), "--yes"
    )

    assert ran.code == 0, ran.said
    assert "sign_in.user: role=textbox[Användarnamn]" in ran.err
    found = recording.load(out)
    assert (found.system, found.version, [each.screen for each in found.screens]) == (
        "lifecare",
        "2023.10",
        ["sign_in"],
    )


def test_a_script_that_goes_wrong_stores_nothing(house: House, tmp_path: Path) -> None:
    """And says at which line, in a sentence."""
    script = tmp_path / "gå"
    script.write_text("screen sign_in\nclick role=button[Finns inte]\n", encoding="utf-8")
    out = tmp_path / "inspelning"

    ran = house.flotta("record", "lifecare", "--mock", "--script", str(script), "--out", str(out), "--yes")

    assert ran.code == 2
    assert "rad 2" in ran.err
    assert "finns 0 gånger" in ran.err
    assert not out.exists()


def test_what_a_killed_recording_has_not_scrubbed_is_wiped(house: House, tmp_path: Path) -> None:
    """By the next run; nobody has to know that it is there. What is being recorded is left alone."""
    script = tmp_path / "gå"
    os.mkfifo(script)
    child = house.start("record", "lifecare", "--mock", "--script", str(script))
    until(lambda: any((house.home / "walks" / str(child.pid)).glob("*")), child)
    processes.sweep(house.home)
    assert list((house.home / "walks" / str(child.pid)).glob("*"))

    child.kill()
    child.wait()
    processes.sweep(house.home)

    assert not list((house.home / "walks").glob("*"))


@pytest.mark.parametrize("version", ["2023.10", "2024.04"])
def test_the_map_is_checked_against_a_recording(house: House, version: str) -> None:
    """Every element of every screen, without the system."""
    ran = house.flotta("selectors", "check", "lifecare", "--recording", str(RECORDINGS / version), "--json")

    assert ran.code == 0, ran.said
    found = {(each["screen"], each["element"]): each for each in ran.json()}
    assert {each["map"] for each in ran.json()} == {version}
    assert {each["verdict"] for each in ran.json()} <= {"ok", "weak"}
    assert found["reminder", "confirm_removal"]["verdict"] == "ok"


def test_what_a_recording_does_not_have_drifts(house: House) -> None:
    """The other version's map names what is not there."""
    other = str(RECORDINGS.parents[2] / "selectors" / "lifecare" / "2024.04.yaml")
    recorded = str(RECORDINGS / "2023.10")

    ran = house.flotta("selectors", "check", "lifecare", "--recording", recorded, "--map", other, "--json")

    assert ran.code == 4
    assert {each["verdict"] for each in ran.json() if each["screen"] == "sign_in"} == {"drift"}


def test_one_thing_is_checked_against(house: House) -> None:
    """A recording or a system."""
    ran = house.flotta("selectors", "check", "lifecare", "--recording", "x", "--mock")

    assert ran.code == 2
    assert "inte flera" in ran.err
