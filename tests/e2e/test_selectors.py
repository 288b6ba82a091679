"""From a changed screen to an approved map, by three commands: propose, diff, approve. And who is affected."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bots.browser import drafts, recording
from bots.browser.selector_map import load as load_map
from fixtures.mockui.server import Spec, serve
from orchestrator import drafting
from orchestrator.settings import load
from tests import test_architecture
from tests.e2e.house import BOT, TODAY, Ended, House
from tests.e2e.in_process import InProcess

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "fixtures" / "recordings"
#: The environment of a terminal on a server.
NO_SCREEN = {"DISPLAY": "", "WAYLAND_DISPLAY": ""}


@dataclass(frozen=True)
class Proposed:
    """What the first command said of a Lifecare where one column was renamed, and what it left."""

    recording: str
    said: Ended
    drafts: Path


@pytest.fixture(scope="session")
def proposed(in_process: InProcess, migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proposed]:
    """Give the first command, once for all tests."""
    place = tmp_path_factory.mktemp("proposed")
    house = House(place / "house", in_process, migrated)
    recorded = renamed(place)
    said = house.flotta("selectors", "propose", "lifecare", "--recording", recorded)
    yield Proposed(recorded, said, house.maps / "lifecare" / "drafts")
    house.close()


@pytest.fixture
def draft(house: House, proposed: Proposed) -> Path:
    """Return the draft of a changed Lifecare in this house."""
    shutil.copytree(proposed.drafts, house.maps / "lifecare" / "drafts")
    return house.maps / "lifecare" / "drafts" / "2024.04+1"


def renamed(place: Path) -> str:
    """Return a recording of Lifecare 2024.04, made below `place`, in which the list says Förfallodag."""
    old, new = ">Förfaller<", ">Förfallodag<"
    whole = recording.load(RECORDED / "lifecare" / "2024.04")
    screens = tuple(
        recording.Snapshot(each.screen, each.path, each.html.replace(old, new), each.picture) for each in whole.screens
    )
    recording.store(
        recording.Recording(whole.system, whole.version, whole.recorded, screens, whole.exchanges), place / "ny"
    )
    return str(place / "ny")


def rules_of_maps() -> list[Callable[[Path], None]]:
    """Return the tests of the house that each map goes through, each of which takes the map's file."""
    found = [
        each
        for each in vars(test_architecture).values()
        for mark in getattr(each, "pytestmark", ())
        if mark.name == "parametrize" and mark.args[1] is test_architecture.MAPS
    ]
    assert len(found) >= 6
    return found


@pytest.mark.usefixtures("draft")
def test_a_changed_screen_becomes_an_approved_map(house: House, proposed: Proposed) -> None:
    """The bot's screens are read by the new map from then on, and the trail says who approved it.

    It is one of the house's maps from then on, of the version that the mock shows.
    """
    shown = house.flotta("selectors", "diff", "lifecare")
    told = house.flotta("selectors", "impact", "lifecare", "2024.04+1", "--json")
    hasty = house.flotta("selectors", "approve", "lifecare", "--yes")
    refused = house.answered("n", "selectors", "approve", "lifecare")
    answered = house.answered("j", "selectors", "approve", "lifecare")

    assert (hasty.code, refused.code, answered.code) == (3, 3, 0), answered.said
    assert "--yes räcker inte" in hasty.err
    assert proposed.said.code == 3, proposed.said.said
    assert "Förfallodag" in proposed.said.out
    assert "+      due: {label: Förfallodag, as: date}" in shown.out
    assert (house.maps / "lifecare" / "2024.04+1.yaml").is_file()
    assert told.json()["bots"] == {BOT: {"reminder": ["fields.due"], "reminder_list": ["tables.reminders"]}}
    assert not (house.maps / "lifecare" / "drafts").exists()
    file = house.maps / "lifecare" / "2024.04+1.yaml"
    for rule in rules_of_maps():
        rule(file)
    checked = house.flotta("selectors", "check", "lifecare", "--recording", proposed.recording, "--json")
    assert checked.code == 0, checked.said
    assert {each["map"] for each in checked.json()} == {"2024.04+1"}
    with closing(house.ledger()) as ledger:
        [entry] = [each for each in ledger.audit_trail() if each.what == "map.approved"]
    assert (entry.facts["system"], entry.facts["version"]) == ("lifecare", "2024.04+1")


@pytest.mark.parametrize("moved", [True, False], ids=["before the recording was kept", "before the draft was wiped"])
def test_who_is_killed_while_approving_approves_again(
    house: House, draft: Path, tmp_path: Path, *, moved: bool
) -> None:
    """The map that is there stays as it was approved, and there is an entry for it before it is in use."""
    shutil.copytree(draft, tmp_path / "before")
    assert house.answered("j", "selectors", "approve", "lifecare").code == 0
    approved = (house.maps / "lifecare" / "2024.04+1.yaml").read_bytes()
    shutil.copytree(tmp_path / "before", draft)
    if moved:
        shutil.rmtree(house.recordings / "lifecare" / "2024.04+1")

    answered = house.answered("j", "selectors", "approve", "lifecare")

    assert answered.code == 0, answered.said
    assert (house.maps / "lifecare" / "2024.04+1.yaml").read_bytes() == approved
    assert (house.recordings / "lifecare" / "2024.04+1").is_dir()
    assert not draft.exists()
    with closing(house.ledger()) as ledger:
        entries = [each.facts["sha256"] for each in ledger.audit_trail() if each.what == "map.approved"]
    assert entries == [hashlib.sha256(approved).hexdigest()] * 2


def test_a_screen_that_is_as_the_map_says_needs_no_draft(house: House) -> None:
    """And there is nothing to show, or to approve."""
    known = str(house.recordings / "lifecare" / "2024.04")

    proposed = house.flotta("selectors", "propose", "lifecare", "--recording", known)

    assert proposed.code == 0, proposed.said
    assert "Kartan stämmer" in proposed.err
    assert "sågs inte" not in proposed.err
    for command in ("diff", "approve"):
        shown = house.flotta("selectors", command, "lifecare")
        assert shown.code == 2
        assert "inget utkast" in shown.err


def test_a_live_system_is_proposed_by_a_walk_of_the_bots_own(house: House) -> None:
    """What it may find by likeness it opens; what can't be undone is pointed out by a person."""
    proposed = house.flotta("selectors", "propose", "lifecare", "--mock", "--ui", "2024.10", "--yes", "--json")

    assert proposed.code == 3, proposed.said
    changes = {each["what"]: each for each in proposed.json()["changes"]}
    assert {what: each["kind"] for what, each in changes.items()} == {
        "fields.due": "reworded", "elements.more": "moved", "elements.confirm_removal": "moved",
        "version": "reworded",
    }  # fmt: skip
    assert all(changes[each]["before"] for each in ("elements.more", "elements.confirm_removal"))
    page = (house.maps / "lifecare/drafts/2024.10/index.html").read_text(encoding="utf-8")
    assert page.count("data:image/png") == 4

    approved = house.flotta("selectors", "approve", "lifecare", "--yes", **NO_SCREEN)

    assert approved.code != 0
    assert "fönster" in approved.err
    assert not (house.maps / "lifecare/2024.10.yaml").exists()


def test_what_nobody_has_looked_through_is_not_stored(house: House) -> None:
    """A word that stays may be somebody's name."""
    proposed = house.flotta("selectors", "propose", "lifecare", "--mock", "--ui", "2024.10")

    assert proposed.code == 3
    assert "Ingen har sett efter" in proposed.err
    assert not (house.maps / "lifecare" / "drafts").exists()


def test_where_the_walk_ends_is_told(house: House) -> None:
    """A screen that the bot can't pass may be recorded by a person."""
    proposed = house.flotta("selectors", "propose", "lifecare", "--mock", "--ui", "2025.10", "--yes")

    assert proposed.code == 3, proposed.said
    assert "Längre än så här gick det inte: Skärmbilden reminder_list" in proposed.err
    assert "inte inspelad" in proposed.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("impact", "lifecare", "1999.01"), "inget utkast"),
        (("impact", "lifecare", "2023.10"), "ingen tidigare karta"),
        (("propose", "lifecare", "--recording", "/finns/inte"), "ingen hel inspelning"),
        (("propose", "lifecare", "--recording", "x", "--mock"), "inte flera"),
    ],
)
def test_what_can_not_be_done_is_said(house: House, words: tuple[str, ...], said: str) -> None:
    """In a sentence, with exit code 2."""
    ran = house.flotta("selectors", *words)

    assert ran.code == 2
    assert said in ran.err


def test_an_approved_map_is_never_changed(house: House, draft: Path) -> None:
    """A draft of the same version as one that is there is not put in its place."""
    there = house.maps / "lifecare" / "2024.04+1.yaml"
    there.write_text((ROOT / "selectors/lifecare/2023.10.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    before = there.read_text(encoding="utf-8")

    answered = house.answered("j", "selectors", "approve", "lifecare")

    assert answered.code == 2
    assert "ändras aldrig" in answered.said
    assert there.read_text(encoding="utf-8") == before
    assert json.loads((draft / "changes.json").read_text(encoding="utf-8"))


def test_a_check_and_a_proposal_begin_from_the_same_map(house: House, tmp_path: Path) -> None:
    """Where none is of the version that was recorded, from the one that agrees most, however old.

    That a bot would find no map for it is drift to the one, and a change to the other.
    """
    whole = recording.load(RECORDED / "lifecare" / "2023.10")
    screens = tuple(
        replace(each, html=each.html.replace('content="2023.10"', 'content="2023.11"')) for each in whole.screens
    )
    recording.store(replace(whole, screens=screens, version="2023.11"), tmp_path / "ny")

    checked = house.flotta("selectors", "check", "lifecare", "--recording", str(tmp_path / "ny"), "--json")
    proposed = house.flotta("selectors", "propose", "lifecare", "--recording", str(tmp_path / "ny"), "--json")

    assert (checked.code, proposed.code) == (4, 3)
    assert {each["map"] for each in checked.json()} == {"2023.10"}
    assert [each["element"] for each in checked.json() if each["verdict"] == "drift"] == ["version"]
    assert [each["what"] for each in proposed.json()["changes"] if each["kind"] == "reworded"] == ["version"]
    made = load_map(house.maps / "lifecare" / "drafts" / "2023.11" / "map.yaml")
    assert (made.parent, made.identify[0].matches) == ("2023.10", r"2023\.11")


@pytest.fixture
def by_hand(house: House) -> Path:
    """Return the map of 2024.04 as somebody may have written it: not approved, and nothing remembered in it."""
    file = house.maps / "lifecare" / "2024.04.yaml"
    tree = drafts.read(file.read_text(encoding="utf-8"))
    del tree["approved"], tree["parent"]
    for screen in tree["screens"].values():
        for element in screen.get("elements", {}).values():
            element.pop("fingerprint", None)
    file.write_text(drafts.written(tree), encoding="utf-8")
    return file


def test_a_map_that_is_written_by_hand_is_filled_in_by_one_command(house: House, by_hand: Path) -> None:
    """It becomes a draft of itself, with what is remembered of each element; what can't be undone is pointed out."""
    known = str(house.recordings / "lifecare" / "2024.04")
    before = by_hand.read_text(encoding="utf-8")

    proposed = house.flotta(
        "selectors", "propose", "lifecare", "--map", str(by_hand), "--recording", known, "--json"
    )  # fmt: skip

    assert proposed.code == 3, proposed.said
    assert proposed.json()["version"] == "2024.04"
    changes = [each for each in proposed.json()["changes"] if each["kind"] != "unknown"]
    assert {each["kind"] for each in changes} == {"learned"}
    made = load_map(house.maps / "lifecare" / "drafts" / "2024.04" / "map.yaml")
    elements = [each for screen in made.screens.values() for each in screen.elements.values()]
    assert all(each.fingerprint for each in elements)
    assert len(changes) == len(elements)
    assert by_hand.read_text(encoding="utf-8") == before
    hasty = house.flotta("selectors", "approve", "lifecare", "--yes", **NO_SCREEN)
    assert hasty.code == 2
    assert "pekas ut" in hasty.err
    assert "som den skrevs" in hasty.out


def test_a_map_that_is_written_by_hand_is_approved_in_its_own_place(
    house: House, by_hand: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once: then it is approved, and never changed."""
    known = str(house.recordings / "lifecare" / "2024.04")
    house.flotta("selectors", "propose", "lifecare", "--recording", known)
    for name, value in {"MAPS": house.maps, "RECORDINGS": house.recordings}.items():
        monkeypatch.setenv(f"FLOTTA_{name}", str(value))
    settings = load()
    made = drafting.load(settings, "lifecare", None)
    told: list[str] = []

    drafting.approve(settings, made, "systemförvaltare", TODAY, told.append)

    approved = load_map(by_hand)
    assert approved.approved is not None
    assert approved.model_copy(update={"approved": None}) == made.map
    assert told == [hashlib.sha256(by_hand.read_bytes()).hexdigest()]
    drawn = house.flotta("selectors", "propose", "lifecare", "--recording", known)
    assert drawn.code == 0, drawn.said


@pytest.mark.parametrize("version", ["2023.2", "2026.1"])
def test_a_system_where_a_person_signs_in_is_checked_on_its_mock(house: House, version: str) -> None:
    """Its stand-in signs in, as in a run; nothing that can be reached without writing stays unseen."""
    checked = house.flotta("selectors", "check", "ivo", "--mock", "--ui", version, "--json")

    assert checked.code == 0, checked.said
    seen = {each["screen"] for each in checked.json() if each["verdict"] == "ok"}
    assert seen == {"sign_in", "role", "cases", "case", "report"}
    assert {each["map"] for each in checked.json()} == {version}


def test_a_system_where_a_person_signs_in_is_walked_on_its_mock(house: House) -> None:
    """As far as a bot gets by itself."""
    proposed = house.flotta("selectors", "propose", "ivo", "--mock", "--yes", "--json")

    assert proposed.code == 3, proposed.said
    assert proposed.json()["ended"] is None


@pytest.mark.parametrize("command", ["check", "propose"])
def test_that_nobody_has_signed_in_says_nothing_of_the_map(house: House, command: str) -> None:
    """It is no drift, and no run waits for it: where to sign in is said."""
    with serve([Spec("ivo", today=TODAY, rows=5)]) as served:
        ran = house.flotta(
            "selectors", command, "ivo", "--url", served["ivo"],
            FLOTTA_SYSTEMS__IVO__ATTENDED="true", FLOTTA_SYSTEMS__IVO__ROLE="vard_och_omsorg",
        )  # fmt: skip

    assert ran.code == 3, ran.said
    assert "kräver att en person loggar in" in ran.err
    assert "terminal på en dator med skärm" in ran.err
    assert "stämmer inte" not in ran.said


def test_who_is_at_a_terminal_gets_a_window_to_sign_in_in(house: House) -> None:
    """Here is no screen to show it on, which is what is said."""
    with serve([Spec("ivo", today=TODAY, rows=5)]) as served:
        house.environment |= {"FLOTTA_SYSTEMS__IVO__ATTENDED": "true", **NO_SCREEN}
        answered = house.answered("", "selectors", "check", "ivo", "--url", served["ivo"])

    assert answered.code == 2, answered.said
    assert "Logga in i ivo i fönstret" in answered.said
    assert "fönster kunde inte öppnas" in answered.said


def test_a_system_that_does_not_answer_says_nothing_of_the_map(house: House) -> None:
    """It is the net that is to be looked at, or the address."""
    ran = house.flotta("selectors", "check", "lifecare", "--url", "http://127.0.0.1:9")

    assert ran.code == 1, ran.said
    assert "svarar inte" in ran.err
