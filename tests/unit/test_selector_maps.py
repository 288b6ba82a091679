"""Selector maps as files: what is refused, by its place in the YAML, and what a cell's text means."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.browser.selector_map import Cell, SelectorMap, following, in_order, load, load_all
from bots.errors import MapInvalid
from tests.fakes import MAPS, the_map

VERSIONS = ["2023.10", "2024.04", "2026.3"]
REMOVE = "screens.reminder.elements.remove"
GONE = object()
MONTHS = ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]


def a_tree() -> dict[str, Any]:
    """Return the smallest map that has everything."""
    return {
        "format": 1,
        "system": "lifecare",
        "version": "9",
        "identify": [{"meta": "app-version", "matches": "9"}, {"asset": r"lifecare\.js"}],
        "formats": {"date": "%d %b %Y", "minute": "%d %b %Y %H:%M", "months": MONTHS},
        "values": {"status": {"Öppen": "aktiv"}},
        "screens": {
            "reminder": {
                "path": "/p/{id}",
                "identity": {"url": "^/p", "all_of": [{"role": "heading", "name": "P"}]},
                "protect": {"by": "skydd", "clear": ["Nej"], "keep": ["id"]},
                "fields": {"id": {"label": "Id"}, "skydd": {"label": "Skydd"}},
                "tables": {"rows": {"name": "Rader", "key": "id", "columns": {"id": {"header": "Id"}}}},
                "elements": {
                    "open": {"locators": [{"css": "button.open"}]},
                    "remove": {
                        "danger": "irreversible",
                        "settle": 3,
                        "locators": [{"role": "button", "name": "Ta bort"}, {"css": "form button"}],
                        "after": {"any_of": [{"role": "status"}], "receipt": r"(KV-\d+)"},
                    },
                },
            }
        },
    }


def changed(place: str, value: Any) -> dict[str, Any]:
    """Return the tree with something else at a place; GONE takes it away."""
    tree = a_tree()
    *way, last = place.split(".")
    node: Any = tree
    for part in way:
        node = node[int(part)] if isinstance(node, list) else node[part]
    if value is GONE:
        del node[last]
    elif isinstance(node, list):
        node[int(last)] = value
    else:
        node[last] = value
    return tree


def read(folder: Path, tree: dict[str, Any] | str) -> SelectorMap:
    """Write the map to a file and load it. JSON is YAML."""
    file = folder / "9.yaml"
    file.write_text(tree if isinstance(tree, str) else json.dumps(tree), encoding="utf-8")
    return load(file)


def refusal(folder: Path, tree: dict[str, Any] | str) -> str:
    """Return why the map is refused."""
    with pytest.raises(MapInvalid) as refused:
        read(folder, tree)
    return refused.value.sentence


# The maps there are.


@pytest.mark.parametrize("version", VERSIONS)
def test_the_maps_in_use_load(version: str) -> None:
    """And are for the version that their name says."""
    found = the_map(version)

    assert (found.system, found.version) == ("lifecare", version)
    assert found.approved is not None


def test_the_newest_map_comes_first() -> None:
    """It is the likeliest to fit. One may have been approved since, of a version that there is a map of."""
    found = [each.version for each in load_all(MAPS, "lifecare")]

    assert found == sorted(found, key=in_order, reverse=True)
    assert set(VERSIONS) <= set(found)


def test_a_system_without_maps_is_said_to_have_none(tmp_path: Path) -> None:
    """Nobody looks for a fault in a file that isn't there."""
    with pytest.raises(MapInvalid, match="det finns ingen karta"):
        load_all(tmp_path, "lifecare")


def test_the_smallest_map_loads(tmp_path: Path) -> None:
    """What the tests below break is whole."""
    assert read(tmp_path, a_tree()).settling == timedelta(seconds=3)


# What is refused.


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        ("formatt", 1, "formatt: okänd nyckel"),
        ("screens.reminder.identiti", {}, "screens.reminder.identiti: okänd nyckel"),
        (f"{REMOVE}.dangr", "safe", f"{REMOVE}.dangr: okänd nyckel"),
        (f"{REMOVE}.locators.0", {"rolle": "button"}, f"{REMOVE}.locators.0.rolle: okänd nyckel"),
        ("screens.reminder.tables.rows.columns.id.heder", "Id", "tables.rows.columns.id.heder: okänd nyckel"),
        ("system", GONE, "system: saknas"),
        ("screens.reminder.identity", GONE, "screens.reminder.identity: saknas"),
        ("format", 2, "format: "),
        ("identify", [{"asset": "x"}], "identify: "),
        ("identify.0", {"meta": "app-version"}, "identify.0: give meta with matches, or asset"),
        ("identify.0", {"meta": "a", "matches": "b", "asset": "c"}, "identify.0: give meta with matches, or asset"),
        ("screens.reminder.identity.all_of", [], "screens.reminder.identity.all_of: "),
        ("screens.reminder.identity.url", "(", "screens.reminder.identity.url: not a regular expression"),
        ("screens.reminder.identity.all_of.0", {"role": "rubrik"}, "screens.reminder.identity.all_of.0.role: "),
        (f"{REMOVE}.locators.0", {"role": "buton"}, f"{REMOVE}.locators.0.role: "),
    ],
)
def test_a_fault_is_named_by_its_place_in_the_file(tmp_path: Path, place: str, value: Any, problem: str) -> None:
    """Whoever wrote the map finds the line."""
    assert problem in refusal(tmp_path, changed(place, value))


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """Nobody mends a file ten times."""
    tree = changed("systm", "x") | {"versoin": "9"}

    said = refusal(tmp_path, tree)

    assert "systm: okänd nyckel" in said
    assert "versoin: okänd nyckel" in said


def test_a_key_given_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    """YAML's own way is to take the last one, and nobody sees that the first was meant."""
    assert "inte giltig YAML, rad 3" in refusal(tmp_path, "format: 1\nsystem: lifecare\nformat: 1\n")


@pytest.mark.parametrize("text", ["", "- 1\n", "bara text", "a: [", "a: b: c"])
def test_a_file_that_is_no_map_is_refused(tmp_path: Path, text: str) -> None:
    """In one sentence that names the file."""
    assert "9.yaml" in refusal(tmp_path, text)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """By its name, and why."""
    with pytest.raises(MapInvalid, match="filen kan inte läsas \\(FileNotFoundError\\)"):
        load(tmp_path / "saknas.yaml")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A picture saved under the wrong name."""
    (tmp_path / "9.yaml").write_bytes(b"\x89PNG\r\n\xff")

    with pytest.raises(MapInvalid, match="inte giltig YAML"):
        load(tmp_path / "9.yaml")


# Evidence.


@pytest.mark.parametrize(
    "css",
    ["#ctl00_b27", "button#ctl00_MainContent_b1", ".css-1x2y3z", "#input-12345", "div.sc-4f9ab", "#react-select-1234",
     "form .field-a1b2c3 input"],
)  # fmt: skip
def test_names_that_a_framework_numbers_anew_are_refused(tmp_path: Path, css: str) -> None:
    """They mean another element after the next build."""
    assert "looks generated" in refusal(tmp_path, changed(f"{REMOVE}.locators.1", {"css": css}))


@pytest.mark.parametrize(
    "css", ["#orsak", "p.antal", "nav.bladdra .sida", ".col-12", "#orsak2", 'form[action$="/ta-bort"]', "#steg-2"]
)
def test_names_that_people_gave_are_taken(tmp_path: Path, css: str) -> None:
    """They last as long as what they name."""
    read(tmp_path, changed(f"{REMOVE}.locators.1", {"css": css}))


@pytest.mark.parametrize("css", ["tr:nth-child(3) button", "li:nth-of-type(2)", "button:nth-last-child(1)"])
def test_places_are_no_evidence(tmp_path: Path, css: str) -> None:
    """The third button is another one when somebody adds a button."""
    assert "places (nth-…)" in refusal(tmp_path, changed(f"{REMOVE}.locators.1", {"css": css}))


@pytest.mark.parametrize("kind", ["within", "identity", "frame"])
def test_generated_names_are_refused_wherever_css_stands(tmp_path: Path, kind: str) -> None:
    """A scope or a screen is told no better by them."""
    place = {
        "within": (f"{REMOVE}.within", {"css": "#ctl00_x"}),
        "identity": ("screens.reminder.identity.all_of.0", {"css": "#ctl00_x"}),
        "frame": (f"{REMOVE}.frame", "#ctl00_x"),
    }[kind]

    assert "looks generated" in refusal(tmp_path, changed(*place))


@pytest.mark.parametrize("danger", ["write", "irreversible"])
@pytest.mark.parametrize(
    "locators",
    [
        [{"role": "button", "name": "Ta bort"}],
        [{"css": "form button"}],
        [{"role": "button", "name": "Ta bort"}, {"text": "Ta bort"}, {"label": "Ta bort"}],
        [{"css": "form button"}, {"test_id": "remove"}],
    ],
    ids=["wording", "structure", "only wording", "only structure"],
)
def test_what_changes_anything_needs_two_kinds_of_evidence(
    tmp_path: Path, danger: str, locators: list[dict[str, str]]
) -> None:
    """What a person reads, and how the page is built: one of them alone can move."""
    tree = changed(f"{REMOVE}.locators", locators)
    tree["screens"]["reminder"]["elements"]["remove"]["danger"] = danger

    assert f"{REMOVE}: danger {danger} needs locators of both kinds" in refusal(tmp_path, tree)


def test_what_is_safe_needs_one_kind_only(tmp_path: Path) -> None:
    """A wrong click there changes nothing."""
    read(tmp_path, changed("screens.reminder.elements.open.locators", [{"role": "button", "name": "Fler"}]))


def test_an_irreversible_element_must_say_what_is_seen_after_it(tmp_path: Path) -> None:
    """Else nobody could tell whether it happened."""
    assert "says what is seen `after` it" in refusal(tmp_path, changed(f"{REMOVE}.after", GONE))


def test_no_other_element_says_what_is_seen_after_it(tmp_path: Path) -> None:
    """A receipt is for what was written."""
    assert "says what is seen `after` it" in refusal(tmp_path, changed(f"{REMOVE}.danger", "write"))


@pytest.mark.parametrize("receipt", ["KV-\\d+", "(KV)-(\\d+)", "("])
def test_a_receipt_says_which_part_of_the_text_is_its_number(tmp_path: Path, receipt: str) -> None:
    """A pattern without a group would be found out at the first write."""
    assert f"{REMOVE}.after.receipt: " in refusal(tmp_path, changed(f"{REMOVE}.after.receipt", receipt))


@pytest.mark.parametrize(
    "locator",
    [{}, {"role": "button", "css": "button"}, {"name": "Ta bort", "css": "button"}, {"name": "Ta bort"}],
    ids=str,
)
def test_a_locator_is_of_exactly_one_kind(tmp_path: Path, locator: dict[str, str]) -> None:
    """Two in one would hide that they disagree."""
    assert f"{REMOVE}.locators.0: " in refusal(tmp_path, changed(f"{REMOVE}.locators.0", locator))


def test_an_irreversible_element_opens_nothing(tmp_path: Path) -> None:
    """What leads to another element is clicked without asking."""
    assert "remove is irreversible and opens nothing" in refusal(
        tmp_path, changed("screens.reminder.elements.open.via", ["remove"])
    )


@pytest.mark.parametrize(
    ("place", "value"),
    [("screens.reminder.tables.rows.key", None), ("screens.reminder.tables.rows.frame", "iframe.lista")],
    ids=["no key", "another frame"],
)
def test_what_stands_in_each_row_is_found_by_the_rows_key(tmp_path: Path, place: str, value: Any) -> None:
    """Without one, any row would do."""
    tree = changed(place, value)
    tree["screens"]["reminder"]["elements"]["remove"]["row_of"] = "rows"

    assert "elements.remove: rows must have a key, and be in the same frame" in refusal(tmp_path, tree)


def test_what_stands_in_each_row_has_no_fingerprint(tmp_path: Path) -> None:
    """It is one among as many as there are rows."""
    tree = changed(f"{REMOVE}.row_of", "rows")
    tree["screens"]["reminder"]["elements"]["remove"]["fingerprint"] = {"tag": "button", "role": "button"}

    assert "found by the row's key, never by a fingerprint" in refusal(tmp_path, tree)


@pytest.mark.parametrize(
    ("form", "written"), [("%Y-%m-%d", "2026-03-01"), ("%d %b %Y", "01 mar 2026"), ("%d.%m.%Y", "01.03.2026")]
)
def test_a_day_is_typed_as_the_version_shows_it(tmp_path: Path, form: str, written: str) -> None:
    """And is read back as the same day."""
    tree = changed("formats.date", form)
    tree["screens"]["reminder"]["elements"]["open"] |= {"action": "fill", "as": "date"}
    found = read(tmp_path, tree)

    assert found.typed(found.screens["reminder"].elements["open"], "2026-03-01") == written
    assert found.value(Cell.model_validate({"as": "date"}), written) == date(2026, 3, 1)


@pytest.mark.parametrize("meant", ["okänd", "två"])
def test_a_choice_is_made_by_the_one_word_that_stands_for_it(tmp_path: Path, meant: str) -> None:
    """None, or one of several, is none to make."""
    tree = changed("values.status", {"Öppen": "aktiv", "Två": "två", "Tvenne": "två"})
    tree["screens"]["reminder"]["elements"]["open"] |= {"action": "select", "values": "status"}
    found = read(tmp_path, tree)
    element = found.screens["reminder"].elements["open"]

    assert found.typed(element, "aktiv") == "Öppen"
    with pytest.raises(ValueError, match="words for it"):
        found.typed(element, meant)


# Names that must be there.


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        (f"{REMOVE}.via", ["opne"], "elements.remove: there is no 'opne'"),
        (f"{REMOVE}.behind", ["opne"], "elements.remove: there is no 'opne'"),
        (f"{REMOVE}.values", "stat", "screens.reminder.elements.remove.values: there is no 'stat'"),
        (f"{REMOVE}.row_of", "rad", "elements.remove.row_of: there is no 'rad'"),
        ("screens.reminder.protect.by", "sky", "protect: there is no 'sky'"),
        ("screens.reminder.protect.keep", ["idd"], "protect: there is no 'idd'"),
        ("screens.reminder.tables.rows.key", "nr", "key: there is no 'nr'"),
        ("screens.reminder.fields.id.values", "stat", "screens.reminder.fields.id.values: there is no 'stat'"),
        (
            "screens.reminder.tables.rows.columns.id.values",
            "stat",
            "screens.reminder.tables.rows.columns.id.values: there is no 'stat'",
        ),
    ],
)
def test_a_name_that_means_nothing_in_the_map_is_refused(tmp_path: Path, place: str, value: Any, problem: str) -> None:
    """With those that there are, so that the misspelling is seen."""
    assert problem in refusal(tmp_path, changed(place, value))


@pytest.mark.parametrize("part", ["by", "clear", "keep"])
def test_protection_says_by_what_what_is_clear_and_what_is_kept(tmp_path: Path, part: str) -> None:
    """Half a rule of protection protects nobody."""
    assert f"screens.reminder.protect.{part}" in refusal(tmp_path, changed(f"screens.reminder.protect.{part}", GONE))


@pytest.mark.parametrize("clear", [[""], ["Nej", ""]])
def test_nothing_at_all_never_says_that_somebody_is_not_protected(tmp_path: Path, clear: list[str]) -> None:
    """The flag may not have come yet, or stand somewhere else."""
    assert "screens.reminder.protect.clear" in refusal(tmp_path, changed("screens.reminder.protect.clear", clear))


def test_a_version_is_not_told_by_what_it_lacks_alone(tmp_path: Path) -> None:
    """A page with nothing on it would be this version."""
    marks = [{"asset": "a", "absent": True}, {"meta": "b", "matches": "c", "absent": True}]

    assert "identify" in refusal(tmp_path, changed("identify", marks))


@pytest.mark.parametrize(
    "versions",
    [["2024.10", "2024.9", "2024.04"], ["2024.04+10", "2024.04+2", "2024.04"], ["10", "9", "1"]],
)  # fmt: skip
def test_versions_are_sorted_as_people_count(versions: list[str]) -> None:
    """And what follows an approved map comes after it."""
    assert sorted(sorted(versions), key=in_order, reverse=True) == versions


@pytest.mark.parametrize(
    ("version", "taken", "expected"),
    [
        ("2024.04", {"2024.04"}, "2024.04+1"),
        ("2024.04", {"2024.04", "2024.04+1"}, "2024.04+2"),
        ("2024.04+9", {"2024.04+9"}, "2024.04+10"),
    ],
)
def test_a_map_of_the_same_version_gets_the_next_number(version: str, taken: set[str], expected: str) -> None:
    """One that nobody has: an approved map is never changed."""
    assert following(version, taken) == expected


def test_all_maps_come_newest_first_whatever_their_files_are_called(tmp_path: Path) -> None:
    """And what follows a map comes before it."""
    (tmp_path / "lifecare").mkdir()
    for place, version in enumerate(["2024.04+2", "2024.04", "2024.04+10", "2024.04+1"]):
        file = tmp_path / "lifecare" / f"{place}.yaml"
        file.write_text(json.dumps(changed("version", version)), encoding="utf-8")

    found = [each.version for each in load_all(tmp_path, "lifecare")]

    assert found == ["2024.04+10", "2024.04+2", "2024.04+1", "2024.04"]


@pytest.mark.parametrize(
    ("asked", "about", "expected"),
    [
        ("Ta bort P-1?", "P-1", True), ("Ta  bort\nP-1?", "P-1", True), ("Ta bort P-2?", "P-1", False),
        ("Ta bort P-1? Alla?", "P-1", False), ("Vill du ta bort P-1?", "P-1", False), ("Ta bort P.1?", "P-1", False),
        ("Ta bort P-1?", "P.1", False),
    ],
)  # fmt: skip
def test_a_question_is_the_maps_by_all_its_words(tmp_path: Path, asked: str, about: str, *, expected: bool) -> None:
    """The matter's number stands for itself in it, signs and all."""
    element = read(tmp_path, changed(f"{REMOVE}.confirm", r"Ta bort {about}\?")).screens["reminder"].elements["remove"]

    assert element.is_question(asked, about) is expected


def test_a_table_says_if_its_rows_have_no_key(tmp_path: Path) -> None:
    """Left out by mistake, two rows of one matter would be two matters."""
    assert "tables.rows.key: saknas" in refusal(tmp_path, changed("screens.reminder.tables.rows.key", GONE))


# What a text means.


def a_cell(**facts: Any) -> Cell:
    return Cell.model_validate(facts)


@pytest.mark.parametrize(
    ("facts", "shown", "meant"),
    [
        ({}, "Anna", "Anna"),
        ({"blank": ["", "–"]}, "", None),
        ({"blank": ["", "–"]}, "–", None),
        ({"values": "status"}, "Öppen", "aktiv"),
        ({"values": "status"}, "Vilande", "okänt: Vilande"),
        ({"values": "status"}, "aktiv", "okänt: aktiv"),
        ({"values": "status"}, "öppen", "okänt: öppen"),
        ({"as": "number"}, "25", 25),
        ({"as": "number", "pattern": r"av (\d+)$"}, "Visar 26-50 av 300", 300),
        ({"as": "number", "pattern": r"av (\d+)$", "blank": ["Inga."]}, "Inga.", None),
        ({"as": "date"}, "31 maj 2026", date(2026, 5, 31)),
        ({"as": "date"}, "3 feb 2026", date(2026, 2, 3)),
        ({"as": "minute"}, "31 maj 2026 04:15", datetime(2026, 5, 31, 4, 15)),  # noqa: DTZ001 - local time as shown
    ],
    ids=str,
)
def test_a_text_means_what_the_map_says(tmp_path: Path, facts: dict[str, Any], shown: str, meant: object) -> None:
    """A wording that it does not list is unknown, and equal to nothing that the rules know."""
    assert read(tmp_path, a_tree()).value(a_cell(**facts), shown) == meant


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({}, ""),
        ({"blank": ["–"]}, ""),
        ({"as": "number"}, "tjugo"),
        ({"as": "number"}, "-1"),
        ({"as": "number", "pattern": r"av (\d+)$"}, "Visar alla"),
        ({"as": "date"}, "–"),
        ({"as": "date"}, "2026-05-31"),
        ({"as": "date"}, "31 may 2026"),
        ({"as": "date"}, "31 Maj 2026"),
        ({"as": "date"}, "31 feb 2026"),
        ({"as": "date"}, "31 maj 2026 04:15"),
        ({"as": "minute"}, "31 maj 2026"),
        ({"as": "minute"}, "31 maj 2026 24:15"),
        ({"as": "date"}, "Anna Andersson"),
    ],
    ids=str,
)
def test_a_text_that_cannot_be_read_is_refused_without_being_quoted(
    tmp_path: Path, facts: dict[str, Any], shown: str
) -> None:
    """A misread cell is as dangerous as a wrong click; and what stands there may be anybody's name."""
    with pytest.raises(ValueError, match=r"^(?!.*Anna)") as refused:
        read(tmp_path, a_tree()).value(a_cell(**facts), shown)

    assert not shown or shown not in str(refused.value)


@pytest.mark.parametrize(("version", "shown"), [("2023.10", "2026-03-31"), ("2024.04", "31 mar 2026")], ids=str)
def test_each_version_writes_dates_in_its_own_way(version: str, shown: str) -> None:
    """By the map's own month names: the machine's language has no say."""
    assert the_map(version).value(a_cell(**{"as": "date"}), shown) == date(2026, 3, 31)


@pytest.mark.parametrize("month", range(1, 13))
def test_all_the_swedish_months_are_known(month: int) -> None:
    """Also those that English spells otherwise."""
    assert the_map("2024.04").value(a_cell(**{"as": "date"}), f"1 {MONTHS[month - 1]} 2026") == date(2026, month, 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_maps_of_all_versions_mean_the_same_by_their_words(version: str) -> None:
    """The rules know one vocabulary; each version has its own words for all of it."""
    mean = {name: set(words.values()) for name, words in the_map(version).values.items()}

    assert mean == {name: set(words.values()) for name, words in the_map("2023.10").values.items()}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_maps_of_all_versions_have_the_same_screens_with_the_same_fields(version: str) -> None:
    """The screens module has no case for one version. What a version does not show, its map says so of."""

    def content(found: SelectorMap) -> dict[str, Any]:
        return {
            name: (
                {*screen.fields, *screen.unshown},
                {table: {*rows.columns, *rows.unshown} for table, rows in screen.tables.items()},
            )
            for name, screen in found.screens.items()
        }

    found = the_map(version)
    assert content(found) == {
        name: each for name, each in content(the_map("2023.10")).items() if name not in found.absent
    }


# Addresses.


def test_what_goes_into_an_address_is_quoted(tmp_path: Path) -> None:
    """A number from a list can't lead to another page."""
    screen = read(tmp_path, a_tree()).screens["reminder"]

    assert screen.address({"id": "../x?y=å"}) == "/p/..%2Fx%3Fy%3D%C3%A5"


def test_a_screen_without_an_address_has_none(tmp_path: Path) -> None:
    """One arrives there by clicking."""
    screen = read(tmp_path, changed("screens.reminder.path", GONE)).screens["reminder"]

    with pytest.raises(ValueError, match="no address"):
        screen.address({})


def test_a_map_where_nothing_is_irreversible_has_nothing_to_settle(tmp_path: Path) -> None:
    """Reading leaves nothing behind."""
    assert read(tmp_path, changed(REMOVE, GONE)).settling == timedelta(0)
