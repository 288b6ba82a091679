"""The README's examples, as a newcomer types them from top to bottom: none of them ends where nobody can go on."""

import re
import shlex

import pytest

from tests.e2e.house import BOT, ROOT, House

#: What is not tried here, and why.
ELSEWHERE = {
    "up": "goes on until it is stopped (test_fleet)",
    "worker --pool standard": "goes on until it is stopped (test_fleet)",
    "review edit B-39012": "opens an editor (test_ivo_reporting)",
    "selectors approve lifecare": "opens a window (tests of the proposals)",
    "selectors propose lifecare --map egen.yaml --mock --ui 2024.04": "takes a map of one's own (test_selectors)",
    "selectors propose lifecare --map egen.yaml --recording fixtures/recordings/lifecare/2024.04": "the same",
}


def examples() -> list[list[str]]:
    """Return the commands in the README's blocks for the shell, in order."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh$(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith(".venv/bin/flotta ")]
    return [
        each for line in lines if (each := shlex.split(line, comments=True)[1:]) and " ".join(each) not in ELSEWHERE
    ]


@pytest.mark.timeout(280)
def test_the_readmes_examples_end_where_a_newcomer_can_go_on(house: House) -> None:
    """With a plan that is agreed to, and the mock of an example that was given."""
    # `make run`, with fewer reminders: 300 take a minute.
    ran = house.flotta("run", BOT, "--mock", "--yes", "--rows", "20")
    assert ran.code == 0, ran.said
    question = house.flotta("review", "list", "--json").json()[0]["id"]
    tried = []

    for arguments in examples():
        given = [question if each == "ID" else each for each in arguments]
        if given[:2] == ["selectors", "propose"]:
            given += ["--mock", "--ui", "2024.10", "--yes"]
        ended = house.answered("ja", *given) if "--mock" in given else house.flotta(*given)

        if given[:2] == ["review", "edit"]:
            # It is for while the plan is asked about; then it is in the plan, and carried out.
            assert "B-39012 är utförd" in ended.said
        else:
            assert ended.code == (3 if "propose" in given else 0), (given, ended.said)
        tried.append(given[0])

    assert {"run", "review", "documents", "selectors"} <= set(tried)


def test_the_commands_that_the_readme_names_by_the_way_work(house: House) -> None:
    """Those that a newcomer types after the first run."""
    assert house.flotta("run", BOT, "--mock", "--yes", "--rows", "20").code == 0
    question = house.flotta("review", "list", "--json").json()[0]["id"]

    for line in (
        "show", "show --all", "--help", f"review show {question}", "report -o report.pdf", "lists -o lists", "runs",
        "schedule", "machines", "alerts", "audit verify", "audit show",
    ):  # fmt: skip
        ended = house.flotta(*line.split())
        assert ended.code == 0, (line, ended.said)


def test_a_quarters_plan_beyond_the_limit_says_what_runs_through(house: House) -> None:
    """Without a terminal nobody is asked, and `--yes` alone would be stopped by the guard."""
    house.configure("[bots.ivo-reporting]\nmax_actions = 1\n")
    command = ("run", "ivo-reporting", "--mock", "--period", "2026Q3", "--rows", "30")

    unasked, stopped = house.flotta(*command), house.flotta(*command, "--yes")

    assert (unasked.code, stopped.code) == (3, 3)
    assert "med --yes och --rows 30" in " ".join(unasked.out.split())
    assert "utan --yes och svara ja, eller med --rows 30" in " ".join(stopped.out.split())
