"""The command line answers at once, explains itself by example, and speaks JSON to programs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Serving
from tests.e2e.house import BOT, House

COMMANDS = (
    (),
    ("run",),
    ("resume",),
    ("runs",),
    ("show",),
    ("report",),
    ("lists",),
    ("purge",),
    ("doctor",),
    ("mock",),
    ("selectors", "check"),
)
#: Seconds of CPU that `--help` may take.
HELP_LIMIT = 0.4


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: " ".join(each) or "flotta")
def test_the_help_of_each_command_has_an_example(command: tuple[str, ...], house: House) -> None:
    """An example is what people copy."""
    told = house.flotta(*command, "--help")

    assert told.code == 0, told.said
    assert f"Exempel: flotta {' '.join(command)}".rstrip() in " ".join(told.out.split())


def test_help_answers_at_once(house: House) -> None:
    """Who waits for help stops asking for it. The best of three, as other programs run beside it."""
    spent = min(_cpu(house) for _ in range(3))

    sys.stdout.write(f"flotta --help: {spent:.2f} s of CPU\n")
    assert spent < HELP_LIMIT


def _cpu(house: House) -> float:
    """Return the CPU that one `flotta --help` used, as the system counted it."""
    environment = {**house.environment, "PYTHONWARNINGS": ""}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    child = subprocess.Popen(
        [str(Path(sys.executable).with_name("flotta")), "--help"],
        cwd=house.desk,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return used.ru_utime + used.ru_stime


def test_run_runs_and_show_speak_json_to_programs(house: House, serving: Serving) -> None:
    """A program that follows the fleet reads nothing else, so nothing else may be on standard output."""
    lifecare = serving()

    ran = house.flotta_run(lifecare, "--json")
    shown, listed = house.flotta("show", "--json"), house.flotta("runs", "--json")

    assert ran.code == 0, ran.said
    result = ran.json()
    assert result == shown.json()
    assert result["states"]["done"] == 5
    assert {"run", "bot", "state", "exit_code", "sentence", "seen", "states", "rules", "findings", "items"} <= set(
        result
    )
    assert {"reference", "rule", "rule_version", "reason", "state", "receipt", "map_version", "located_by"} <= set(
        result["items"][0]
    )
    assert [(each["run"], each["state"], each["exit_code"]) for each in listed.json()] == [(result["run"], "done", 0)]


def test_a_plan_that_waits_is_told_to_programs(house: House, serving: Serving) -> None:
    """Code 3 alone does not say which run waits, or for what."""
    lifecare = serving()

    waits = house.flotta("run", BOT, "--json", "--base-url", f"lifecare={lifecare.url}")

    assert waits.code == 3, waits.said
    told = waits.json()
    assert (told["state"], told["exit_code"], told["states"]["todo"]) == ("planned", 3, 5)
    assert told | {"exit_code": 0} == house.flotta("show", "--json").json()
    assert f"flotta resume {told['run']} --yes" in waits.err


def test_resume_speaks_json_to_programs(house: House, serving: Serving) -> None:
    """What is planned as JSON is also carried out so."""
    lifecare = serving()
    assert house.flotta_run(lifecare, "--plan-only", "--json").json()["state"] == "planned"

    resumed = house.flotta("resume", "--yes", "--json")

    assert resumed.json()["state"] == "done", resumed.said


@pytest.mark.parametrize(("version", "code"), [("2023.10", 0), ("2024.04", 0), ("2025.10", 4)])
def test_a_check_of_the_selectors_tells_each_element_and_exits_by_the_worst(
    version: str, code: int, house: House, serving: Serving
) -> None:
    """Code 4 is what pauses a bot before it meets a screen that it does not know."""
    lifecare = serving(ui=version)

    checked = house.flotta("selectors", "check", "lifecare", "--base-url", lifecare.url, "--json")

    assert checked.code == code, checked.said
    found = json.loads(checked.out)
    assert {"screen", "element", "verdict", "sightings", "map"} <= set(found[0])
    assert any(each["verdict"] == "drift" for each in found) == (code == 4)
    assert lifecare.journal() == []


def test_doctor_starts_the_browser_and_says_which(house: House) -> None:
    """What is found is also tried."""
    well = house.flotta("doctor", "--json")
    lacking = house.flotta("doctor", FLOTTA_BROWSER="/finns/inte")

    assert well.code == 0, well.said
    (browser,) = [each for each in well.json() if each["what"] == "webbläsare"]
    assert browser["state"] == "ok"
    assert lacking.code == 2
    assert "✗" in lacking.out
    assert "FLOTTA_BROWSER" in lacking.out
    assert not house.home.exists()
