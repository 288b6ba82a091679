"""The unit files: what they start exists, and they leave a machine the time to finish what it has in hand."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest
import typer

from orchestrator import fleet
from orchestrator.cli import app

UNITS = sorted((Path(fleet.__file__).parent / "systemd").glob("*.service"))


def service(unit: Path) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(unit, encoding="utf-8")
    return parser["Service"]


def test_there_are_units_for_the_clock_and_for_one_more_machine() -> None:
    """Those two are all that a fleet is made of."""
    assert [each.name for each in UNITS] == ["flotta-up.service", "flotta-worker@.service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_there_is(unit: Path) -> None:
    """With options that it has."""
    program, command, *options = service(unit)["ExecStart"].split()
    known = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]

    assert program.endswith("/flotta")
    assert {each for each in options if each.startswith("--")} <= {name for each in known.params for name in each.opts}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_machine_is_given_the_time_to_finish_its_items(unit: Path) -> None:
    """The signal goes to it alone, and systemd ends nothing before it has had its own patience with its runs."""
    about = service(unit)

    assert about["KillMode"] == "mixed"
    assert int(about["TimeoutStopSec"]) > fleet.STOP_WITHIN.total_seconds()
    assert about["Restart"] == "always"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_wrong_but_that_it_is_not_installed(unit: Path) -> None:
    """A misspelt setting would be ignored without a word that anybody sees."""
    # The manual pages that a unit names need not be on the machine that runs the tests, nor `man` to look for them.
    command = [str(shutil.which("systemd-analyze")), "verify", "--man=no", str(unit)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr

    assert [line for line in said.splitlines() if "/opt/flotta" not in line] == []
