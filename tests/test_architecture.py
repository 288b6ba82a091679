"""The house: every bot and system has its rooms, every contract names them all, and maps, screens and mocks agree."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, get_args

import pytest

from bots import registry
from bots.browser.selector_map import Role, SelectorMap, load
from orchestrator import mocks

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS: list[dict[str, Any]] = PYPROJECT["tool"]["importlinter"]["contracts"]
MAPS = sorted((ROOT / "selectors").glob("*/*.yaml"))


def modules(folder: str) -> list[str]:
    """Return the names of the modules and packages in a folder, without its own."""
    found = {each.stem for each in (ROOT / folder).glob("*.py")} | {
        each.parent.name for each in (ROOT / folder).glob("*/__init__.py")
    }
    return sorted(found - {"__init__"})


BOTS = sorted(each.parent.name for each in (ROOT / "bots").glob("*/bot.py"))
SYSTEMS = sorted(
    {*modules("bots/records"), *modules("bots/screens")}
    | {each.parent.name for each in MAPS}
    | {each.parent.name for each in (ROOT / "fixtures").glob("*/app.py")}
)


def named_in(contract: dict[str, Any]) -> set[str]:
    """Return every module that a contract names."""
    listed = [
        contract.get(key, []) for key in ("source_modules", "forbidden_modules", "containers", "layers", "modules")
    ]
    return {name.strip() for each in listed for line in each for name in line.split("|")}


def bots_in(contract: dict[str, Any]) -> set[str]:
    return {bot for bot in BOTS if f"bots.{bot}" in named_in(contract)}


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def the_map(file: Path) -> SelectorMap:
    return load(file)


def of_system(file: Path) -> Path:
    """Return the screens module that a map is for."""
    return ROOT / "bots" / "screens" / f"{file.parent.name}.py"


def shown_as(file: Path) -> str:
    """Return the version of the mock that a map is of: one that replaces another (`2024.04+1`) is of the same."""
    return file.stem.partition("+")[0]


def map_name(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


# Bots.


def test_there_are_bots_systems_and_maps() -> None:
    """A house that is searched in the wrong place would be found in order."""
    assert BOTS
    assert SYSTEMS
    assert MAPS


@pytest.mark.parametrize("bot", BOTS)
def test_a_bot_has_its_three_rooms_and_what_its_rules_are_made_of(bot: str) -> None:
    """Flow, rules, models: whoever knows one bot finds the way in all. What else there is, the contract names."""
    (inside,) = (each for each in CONTRACTS if each.get("exhaustive"))
    more = {each.strip("()") for each in inside["layers"] if each.startswith("(")}

    assert [each for each in modules(f"bots/{bot}") if each not in more] == ["bot", "models", "rules"]


@pytest.mark.parametrize("contract", [each for each in CONTRACTS if bots_in(each)], ids=lambda each: each["name"])
def test_a_contract_that_names_one_bot_names_them_all(contract: dict[str, Any]) -> None:
    """A bot that was forgotten there may import what it likes."""
    assert bots_in(contract) == set(BOTS)


def test_bots_are_named_where_their_imports_are_bounded() -> None:
    """Inside a bot, among the rooms, away from screens and kit, and away from page, log and chance."""
    assert len([each for each in CONTRACTS if bots_in(each)]) >= 4


def test_bots_are_independent_of_each_other() -> None:
    """A change in one can't break another. One alone needs no contract for that."""
    independent = [bots_in(each) for each in CONTRACTS if each["type"] == "independence"]

    assert len(BOTS) == 1 or set(BOTS) in independent


@pytest.mark.parametrize(
    ("library", "seen_by"),
    [("playwright", "bootstrap"), ("apscheduler", "clock"), ("dbos", "engine"), ("apprise", "notify")],
)
def test_one_module_of_the_orchestrator_alone_may_import_a_library(library: str, seen_by: str) -> None:
    """A new module there must not begin to drive a browser, keep time or send messages by itself."""
    (kept,) = (each for each in CONTRACTS if each.get("forbidden_modules") == [library])

    assert {f"orchestrator.{each}" for each in modules("orchestrator")} - named_in(kept) == {f"orchestrator.{seen_by}"}


def test_the_contracts_are_kept(tmp_path: Path) -> None:
    """Each import goes the way it may."""
    linter = Path(sys.executable).with_name("lint-imports")

    run = subprocess.run(
        [linter, "--cache-dir", tmp_path / "cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout[-3000:]


@pytest.mark.parametrize(
    "file",
    [each for folder in ("bots", "orchestrator", "fixtures") for each in sorted((ROOT / folder).rglob("*.py"))],
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_the_product_imports_no_tests(file: Path) -> None:
    """They aren't there where it is installed."""
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree(file))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert not imported & {"tests", "pytest", "hypothesis"}


@pytest.mark.parametrize(
    "file",
    sorted(each for ext in ("py", "html", "css") for each in (ROOT / "orchestrator").rglob(f"*.{ext}")),
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_the_house_knows_no_bot_by_its_name(file: Path) -> None:
    """What differs between bots they say themselves. An example of a command may name one."""
    text = re.sub(r"(flotta \w+|t\.ex\.) [\w-]+", "", file.read_text(encoding="utf-8"))

    assert [each for each in (*registry.names(), *BOTS) if each in text] == []


# Entry points.


def test_the_bots_that_are_declared_are_the_bots_that_there_are() -> None:
    """None is installed without a folder, none lies there without being installed."""
    declared: dict[str, str] = PYPROJECT["project"]["entry-points"]["flotta.bots"]

    assert sorted(declared) == registry.names()
    assert sorted(each.split(":")[0] for each in declared.values()) == [f"bots.{bot}.bot" for bot in BOTS]


@pytest.mark.parametrize("point", list(distribution("flotta").entry_points), ids=lambda point: point.name)
def test_every_entry_point_resolves(point: Any) -> None:
    """What is named on the command line is there."""
    assert point.load() is not None


# Systems.


@pytest.mark.parametrize(
    "room", ["bots/records/{}.py", "bots/screens/{}.py", "selectors/{}", "fixtures/{}/app.py", "fixtures/{}/seed.py"]
)
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_system_has_all_its_rooms_under_one_name(system: str, room: str) -> None:
    """What it shows, how it is used, how it looks, and a mock to try it on."""
    assert (ROOT / room.format(system)).exists()


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_system_has_at_least_one_map(system: str) -> None:
    """Without one nothing can be read."""
    assert [each for each in MAPS if each.parent.name == system]


@pytest.mark.parametrize("name", registry.names())
def test_the_systems_of_a_bot_are_systems_of_the_house(name: str) -> None:
    """It signs in to nothing that has no screens."""
    assert set(registry.bot(name).systems) <= set(SYSTEMS)


def test_the_maps_folder_holds_data_only() -> None:
    """A package called selectors would shadow the standard library's, and asyncio with it."""
    files = [each for each in (ROOT / "selectors").rglob("*") if each.is_file()]

    assert [each.name for each in files if each.suffix != ".yaml"] == []


# Maps.


@pytest.mark.parametrize("file", MAPS, ids=map_name)
def test_a_map_is_of_the_system_and_version_that_its_file_says(file: Path) -> None:
    """And of a parent that there is."""
    found = the_map(file)

    assert (found.system, found.version) == (file.parent.name, file.stem)
    assert found.parent is None or file.with_name(f"{found.parent}.yaml").is_file()


@pytest.mark.parametrize("file", MAPS, ids=map_name)
def test_a_map_has_the_screens_that_are_used_and_no_others(file: Path) -> None:
    """One that nobody opens is never found to be wrong. What is used of each is for `test_needs.py`."""
    of = the_map(file)

    assert {*of.screens, *of.absent} == set(import_module(f"bots.screens.{file.parent.name}").USES)


@pytest.mark.parametrize("file", MAPS, ids=map_name)
def test_a_screen_that_is_toured_is_in_the_map(file: Path) -> None:
    """The check of a map walks through screens that it knows."""
    (tour,) = (
        node for node in ast.walk(tree(of_system(file))) if isinstance(node, ast.FunctionDef) and node.name == "tour"
    )
    toured = {
        node.args[0].value
        for node in ast.walk(tour)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Stop" and isinstance(node.args[0], ast.Constant)
    }

    assert toured
    assert toured <= {*the_map(file).screens, *the_map(file).absent}


@pytest.mark.parametrize("file", MAPS, ids=map_name)
def test_a_map_is_of_a_version_that_the_mock_can_show(file: Path) -> None:
    """What can't be tried isn't trusted."""
    app = import_module(f"fixtures.{file.parent.name}.app")

    assert shown_as(file) in app.ui_versions()


@pytest.mark.parametrize("file", MAPS, ids=map_name)
def test_a_map_has_the_role_of_the_mocks_account(file: Path) -> None:
    """Whoever tries a bot on a mock comes in; where there are no roles, everybody does."""
    if "role" in the_map(file).absent:
        return
    assert mocks.account(file.parent.name)["ROLE"] in the_map(file).screens["role"].elements


@pytest.mark.parametrize("file", MAPS, ids=map_name)
def test_every_address_of_a_map_is_one_that_the_mock_serves(file: Path) -> None:
    """A map and its mock are of the same screens."""
    ui = import_module(f"fixtures.{file.parent.name}.ui").load(shown_as(file))
    served = set(ui.wording["paths"].values())
    addresses = {screen.path.split("?")[0] for screen in the_map(file).screens.values() if screen.path}

    assert addresses <= served


@pytest.mark.parametrize("file", MAPS, ids=map_name)
def test_a_map_knows_its_mock_by_both_marks(file: Path) -> None:
    """The name of the asset changes with every change of the mock's script: then its map is looked over."""
    ui = import_module(f"fixtures.{file.parent.name}.ui").load(shown_as(file))
    (asset,) = (probe.asset for probe in the_map(file).identify if probe.asset)
    (meta,) = (probe for probe in the_map(file).identify if probe.meta)

    assert asset.replace("\\", "") in ui.script.path
    assert meta.matches is not None
    assert meta.matches.replace("\\", "") == shown_as(file)


def test_a_map_may_name_the_roles_that_the_page_script_knows_and_no_others() -> None:
    """One that only one of them knew would be found nowhere, or could not be written."""
    script = (ROOT / "bots" / "browser" / "sight.js").read_text(encoding="utf-8")
    known = re.findall(r"^  (\w+): ", script.split("const ROLES = {")[1].split("};")[0], re.MULTILINE)

    assert sorted(known) == sorted(get_args(Role))


# Screens know no version.


def versions_in(file: Path) -> Iterator[str]:
    """Yield each version that is written out, and each question that a version decides."""
    known = {each.stem for each in MAPS}
    for node in ast.walk(tree(file)):
        asked: list[ast.AST] = []
        match node:
            case ast.Constant(value=str() as text) if text in known:
                yield text
            case ast.If(test=test) | ast.IfExp(test=test):
                asked = [test]
            case ast.Compare():
                asked = [node]
            case ast.Match(subject=subject):
                asked = [subject]
        for part in (inner for each in asked for inner in ast.walk(each)):
            if isinstance(part, ast.Attribute) and part.attr == "version":
                yield ast.unparse(part)


@pytest.mark.parametrize(
    "file",
    sorted((ROOT / "bots" / "screens").glob("*.py")),
    ids=lambda file: file.name,
)
def test_a_screens_module_has_no_case_for_one_version(file: Path) -> None:
    """What differs stands in the maps, so that a new look needs a map only."""
    assert list(versions_in(file)) == []
