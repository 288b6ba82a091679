"""What a person must put right is said in one Swedish sentence with what to do, no traceback, and its own exit code."""

import os
import resource
import socket
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from orchestrator.bootstrap import CANNOT_STORE
from tests import oracle
from tests.builders import an_item
from tests.e2e.conftest import Serving
from tests.e2e.house import BOT, ROOT, SLOW, Ended, House, Lifecare, assert_sound, ended, until
from tests.screens.site import serving as serving_pages

#: Where nothing answers: a port that no program can be given.
NOWHERE = "http://127.0.0.1:1"


def assert_said(ended: Ended, code: int, *words: str) -> None:
    """It ended with this code, and said these words in something short that no programmer has to read."""
    assert ended.code == code, ended.said
    for word in words:
        assert word in ended.said
    assert "Traceback" not in ended.said
    lines = [line for line in ended.said.splitlines() if line.strip()]
    assert len(lines) <= 3, ended.said


def at(lifecare: Lifecare) -> tuple[str, ...]:
    """Return the command that runs the bot there without asking."""
    return ("run", BOT, "--yes", "--base-url", f"lifecare={lifecare.url}")


def test_a_wrong_password_is_said_with_where_to_set_it(house: House, lifecare: Lifecare) -> None:
    """The account's owner must act; trying again would only lock the account."""
    ran = house.flotta(*at(lifecare), FLOTTA_SYSTEMS__LIFECARE__PASSWORD="fel")  # noqa: S106 - wrong on purpose

    assert_said(ran, 2, "godtog inte kontot robot", "secrets.toml")
    assert "FLOTTA_SYSTEMS__LIFECARE__PASSWORD" in ran.said
    assert lifecare.journal() == []


def test_a_system_that_does_not_answer_is_named_with_its_address(house: House) -> None:
    """The network is nobody's fault here, so the exit code says failed rather than wrongly configured."""
    ran = house.flotta("run", BOT, "--yes", "--base-url", f"lifecare={NOWHERE}")

    assert_said(ran, 1, f"lifecare svarar inte på {NOWHERE}", "Kontrollera adressen")


def test_a_mock_that_was_closed_is_said_and_its_run_is_left_as_it_was(house: House) -> None:
    """There is no address to check, and nothing that a second try could reach."""
    run_id = house.plan(an_item(), mock=True, base_urls={"lifecare": NOWHERE})

    for more in ((), ("--yes",)):
        refused = house.flotta("resume", *more)

        assert_said(refused, 2, "Låtsassystemet stängdes med körningen.", f"`flotta run {BOT} --mock`")
    assert house.run(run_id).state == "planned"
    assert house.run(run_id).approved_by is None


def test_who_says_no_to_a_mocks_plan_is_not_sent_to_a_mock_that_is_gone(house: House) -> None:
    """It closes with the command."""
    ran = house.answered("n", "run", BOT, "--mock", "--rows", "8")

    assert ran.code == 3, ran.said
    assert "Inget utfördes, och låtsassystemet stängs nu." in ran.out
    assert "flotta resume" not in ran.said


def test_a_mocks_plan_that_the_guard_stops_is_said_with_what_runs_through(house: House) -> None:
    """The mock closes with the command, so an approval afterwards leads nowhere."""
    house.configure(f"[bots.{BOT}]\nmax_actions = 2\n")

    ran = house.flotta("run", BOT, "--mock", "--rows", "8", "--yes")

    assert ran.code == 3, ran.said
    assert "Låtsassystemet stängs nu" in ran.out
    assert "utan --yes" in ran.out


def test_what_looks_like_markup_is_said_as_it_is(house: House) -> None:
    """What is to be added to the settings was left out of the sentence."""
    ran = house.flotta("schedule")

    assert_said(ran, 0, "Inga scheman finns. Lägg till [schedules.NAMN] i flotta.toml.")


@pytest.mark.parametrize("note", [(), ("--note", " ")], ids=["none", "empty"])
def test_nobodys_data_is_opened_without_a_reason(note: tuple[str, ...], house: House) -> None:
    """Who looks into the trail must learn more than a name."""
    run_id = house.plan(an_item("P-1"))

    refused = house.flotta("show", "P-1", "--reveal", *note)

    assert_said(refused, 2, "Skriv i --note varför uppgifterna öppnas")
    assert "item.revealed" not in house.flotta("audit", "show", run_id, "--json").out


def test_settings_that_are_not_toml_are_named_with_their_place(house: House) -> None:
    """The file and the line are what it takes to put it right."""
    house.configure('[systems.lifecare\nuser = "robot"\n')

    assert_said(house.flotta("runs"), 2, "flotta.toml är inte giltig TOML", "line 1")


def test_settings_that_an_editor_has_put_a_mark_before_are_read(house: House) -> None:
    """Some write three bytes at the beginning that nobody sees."""
    Path(house.environment["FLOTTA_CONFIG"]).write_bytes(b"\xef\xbb\xbf[bots.reminder-cleanup]\nmax_actions = 7\n")

    assert house.flotta("runs").code == 0


@pytest.mark.parametrize("name", ["a?b", "a%20b", "a#b", "å ä"])
def test_the_ledger_lies_in_its_home_whatever_that_is_called(house: House, name: str) -> None:
    """What is a sign of its own in an address is a character in a path."""
    home = house.root / name / "state"

    assert house.flotta("runs", FLOTTA_HOME=str(home)).code == 0
    assert (home / "ledger.db").is_file()
    assert home.stat().st_mode & 0o077 == 0
    assert [each.name for each in house.root.glob("a*") if each.is_file()] == []


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_with_a_standard_stream_closed_there_is_nobody_to_ask(closed: str, house: House, lifecare: Lifecare) -> None:
    """As a scheduler starts it, or a service. No file of ours gets the number of the stream."""
    ran = in_shell(house, f'exec "$0" "$@" {closed}', "run", BOT, "--base-url", f"lifecare={lifecare.url}")

    assert ran.code == 3, ran.said
    assert "Oväntat fel" not in ran.said


def in_shell(house: House, script: str, *arguments: str) -> Ended:
    """Run `flotta` as a shell's script starts it: as `"$0" "$@"`."""
    flotta = str(Path(sys.executable).with_name("flotta"))
    ran = subprocess.run(
        ["/bin/sh", "-c", script, flotta, *arguments],
        cwd=house.desk, env=house.environment, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    return Ended(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize("letters", ["latin-1", "ascii"])
def test_a_terminal_that_lacks_a_letter_is_answered_all_the_same(house: House, letters: str) -> None:
    """With another sign in the letter's place."""
    said = in_shell(house, f'PYTHONIOENCODING={letters} exec "$0" "$@"', "doctor")

    assert "Unicode" not in said.said
    assert "konton" in said.out


def test_too_few_open_files_are_said_before_the_browser_hangs(house: House, lifecare: Lifecare) -> None:
    """The limit is the service's or the shell's, and what raises it is named."""
    ran = in_shell(house, 'ulimit -n 64; exec "$0" "$@"', *at(lifecare))

    assert "64 filer öppna" in ran.said
    assert lifecare.journal() == []


def test_settings_that_cannot_be_read_are_named(house: House, tmp_path: Path) -> None:
    """A directory in the file's place stands for any file that cannot be read, whoever runs the test."""
    assert_said(house.flotta("runs", FLOTTA_CONFIG=str(tmp_path)), 2, f"{tmp_path} kan inte läsas", "rättigheterna")


def test_an_unknown_setting_is_refused_by_name(house: House) -> None:
    """A limit that is misspelt and silently ignored is no limit."""
    house.configure(f"[bots.{BOT}]\nmax_actons = 5\n")

    assert_said(house.flotta("runs"), 2, f"bots.{BOT}.max_actons: okänd inställning")


def test_a_map_with_a_misspelt_key_is_refused_with_its_path(house: House, tmp_path: Path) -> None:
    """A misread map would click on the wrong thing, so it is not used at all."""
    good = (ROOT / "selectors" / "lifecare" / "2023.10.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(good.replace("danger: irreversible", "dangr: irreversible"), encoding="utf-8")

    ran = house.flotta("run", BOT, "--yes", "--base-url", f"lifecare={NOWHERE}", "--map", f"lifecare={wrong}")

    assert_said(ran, 2, "wrong.yaml", "confirm_removal", "dangr")


def test_without_a_browser_it_is_said_how_to_get_one(house: House, serving: Serving) -> None:
    """A setting that points at nothing is an error, not a reason to take another browser."""
    lifecare = serving()
    assert_said(house.flotta(*at(lifecare), FLOTTA_BROWSER="/nowhere"), 2, "/nowhere", "Rätta sökvägen")


#: What the loader writes of a program that lacks a library.
LOADER = (
    "error while loading shared libraries: libatomic.so.1: cannot open shared object file: No such file or directory"
)


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("FLOTTA_BROWSER", ("Webbläsaren", "FLOTTA_BROWSER")),
        ("PLAYWRIGHT_NODEJS_PATH", ("Playwrights drivrutin",)),
    ],
)
def test_what_cannot_start_is_said_with_its_own_reason(
    house: House, serving: Serving, tmp_path: Path, variable: str, words: tuple[str, ...]
) -> None:
    """A browser or its driver that lacks a library; Playwright says no more than that a connection was closed."""
    lifecare = serving()
    broken = tmp_path / "broken"
    broken.write_text(f"#!/bin/sh\necho '{broken}: {LOADER}' >&2\nexit 127\n", encoding="utf-8")
    broken.chmod(0o755)

    ran = ended(house.start(*at(lifecare), **{variable: str(broken)}))

    # The sentence has the whole line that installs what is lacking, so it may fill several of the terminal's.
    sentence = " ".join(ran.said.split())
    assert ran.code == 2, sentence
    assert "Traceback" not in sentence
    for each in (*words, f"startar inte ({LOADER})"):
        assert each in sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "no-such-bot", "--mock"), ("no-such-bot", BOT)),
        (("run", BOT, "--mock", "--today", "31/3"), ("31/3 är inget datum", "ÅÅÅÅ-MM-DD")),
        (("run", BOT, "--base-url", "lifecare"), ("--base-url ska skrivas SYSTEM=VÄRDE",)),
        (("run", BOT, "--base-url", "ivo=http://x"), ("använder inte ivo",)),
        (("run", BOT, "--mock", "--ui", "lifecare=1999"), ("lifecare=1999", "2024.04")),
        (("mock", "no-such-system", "--port", "0"), ("no-such-system", "lifecare")),
        (("show", "no-such-run"), ("Det finns ingen körning eller post no-such-run",)),
        (("resume",), ("ingen körning att fortsätta",)),
        (("pause", BOT, "--note", " "), ("Skriv i --note varför",)),
        (("run", "ivo-reporting", "--mock", "--period", "2026q3"), ("--period: '2026q3' är inget kvartal",)),
        (("run", BOT, "--mock", "--period", "2026Q3"), (f"--period: {BOT} rapporterar inte för kvartal",)),
        (("rums",), ("Det finns inget kommando rums. Menade du runs", "flotta --help")),
        (("review", "zz"), ("Det finns inget kommando zz.", "flotta review --help")),
        (("runs", "--limt", "3"), ("Det finns ingen flagga --limt. Menade du --limit?", "flotta runs --help")),
        (("runs", "--zz"), ("Det finns ingen flagga --zz.",)),
        (("runs", "--limit", "x"), ("--limit ska vara ett heltal.",)),
        (("runs", "--limit", "0"), ("--limit ska vara minst 1.",)),
        (("runs", "--json=1"), ("Flaggan --json har inget värde.",)),
        (("runs", "a"), ("Kommandot tar inte emot a.",)),
        (("run",), ("Argumentet bot saknas.",)),
        (("pause", BOT), ("Flaggan --note saknas.",)),
        (("pause", BOT, "--note"), ("Flaggan --note behöver ett värde.",)),
        (("run", BOT), ("Adressen till lifecare saknas", "flotta.toml")),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else str(each),
)
def test_a_command_that_cannot_be_meant_is_refused_with_what_can(
    arguments: tuple[str, ...], words: tuple[str, ...], house: House
) -> None:
    """Code 2, and the words that help."""
    assert_said(house.flotta(*arguments), 2, *words)


def test_a_port_that_is_taken_is_named_with_the_option_that_chooses_another(house: House) -> None:
    """Two mocks are easily started by mistake."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])

        assert_said(house.flotta("mock", "lifecare", "--port", port), 2, f"Port {port} är upptagen", "--port")


def test_a_ledger_that_is_no_database_is_left_alone(house: House) -> None:
    """What is in the file may still be somebody's evidence."""
    file = house.home / "ledger.db"
    file.parent.mkdir()
    file.write_bytes(b"not a database " * 500)

    assert_said(house.flotta("runs"), 2, "är ingen databas", "Återställ")
    assert file.read_bytes() == b"not a database " * 500


def test_another_key_than_the_ledgers_is_said_plainly(house: House, serving: Serving, tmp_path: Path) -> None:
    """Without the key nothing can be read back, and nothing may be written that another key would hide."""
    lifecare = serving()
    run_id = house.a_run(lifecare, plan_only=True)
    assert house.carry(run_id) == 0

    ran = house.flotta("resume", run_id, "--yes", FLOTTA_KEY_FILE=str(tmp_path / "other" / "key"))

    assert ran.code == 2
    assert "FLOTTA_KEY_FILE" in ran.said
    assert "Traceback" not in ran.said
    assert lifecare.journal() == []


def test_an_unknown_version_stops_the_run_before_anything_is_tried(house: House, serving: Serving) -> None:
    """Nobody has approved how to work there, so the report says what is not as in any map."""
    lifecare = serving(ui="2025.10")

    ran = house.flotta(*at(lifecare), "--json")

    assert ran.code == 4, ran.said
    assert "Traceback" not in ran.said
    assert lifecare.journal() == []
    report = ran.json()
    assert report["state"] == "drifted"
    assert "2025.10" in report["sentence"]
    drifted = [each for each in report["findings"] if each["verdict"] == "drift"]
    assert any(
        each["screen"] and each["element"] and each["sightings"] and all("found" in one for one in each["sightings"])
        for each in drifted
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux sets another process's limits")
def test_a_full_disk_during_the_run_is_said_and_nothing_is_lost(hasty: House, serving: Serving) -> None:
    """No file can grow any more, which is what a full disk is to a program."""
    lifecare = serving(SLOW, rows=24)
    before = lifecare.state()
    run_id = hasty.a_run(lifecare)
    resuming = hasty.start("resume", run_id)
    until(lambda: bool(lifecare.removed()), resuming)
    for each in hasty.processes():
        if "orchestrator.worker" in each.cmdline():
            resource.prlimit(each.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    out, err = resuming.communicate()

    assert_said(Ended(resuming.returncode, out, err), 1, "full disk", "flotta resume")
    assert set(lifecare.removed()) < set(oracle.expected(before))
    lifecare.faults()
    assert hasty.carry(run_id) == 0
    assert_sound(hasty, run_id, lifecare, before)


def test_a_disk_that_fills_at_any_point_of_a_step_loses_nothing(hasty: House, serving: Serving) -> None:
    """The worker stops where it can store no more, and the next one, with room, finds out what it did last."""
    lifecare = serving()
    before = lifecare.state()
    run_id = hasty.a_run(lifecare)
    for point in ("before-intent", "after-intent", "before-receipt"):
        assert hasty.armed(run_id, point, "fill").wait() == CANNOT_STORE, point

    assert hasty.carry(run_id) == 0

    assert_sound(hasty, run_id, lifecare, before)


def test_a_disk_that_is_full_from_the_start_is_said(house: House, serving: Serving) -> None:
    """The limit is inherited by all that the command starts, and even the ledger has no room."""
    lifecare = serving()
    limited = "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); os.execv(sys.argv[1], sys.argv[1:])"
    flotta = str(Path(sys.executable).with_name("flotta"))
    child = subprocess.run(
        [sys.executable, "-c", f"import os, resource, sys; {limited}", flotta, *at(lifecare)],
        cwd=house.desk,
        env=house.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert_said(Ended(child.returncode, child.stdout, child.stderr), 1, "kan inte skrivas", "Frigör plats")
    assert lifecare.journal() == []


def test_a_state_directory_that_cannot_be_made_is_named(house: House) -> None:
    """A file in the way stands for any reason, whoever runs the test."""
    in_the_way = house.root / "in the way"
    in_the_way.write_text("", encoding="utf-8")

    ran = house.flotta("runs", FLOTTA_HOME=str(in_the_way / "state"))

    assert_said(ran, 2, "kan inte skapas", "FLOTTA_HOME")


def test_a_worker_that_dies_is_said_with_how_to_go_on(hasty: House, serving: Serving) -> None:
    """Whatever killed it, the person who follows the run learns it at once."""
    lifecare = serving(SLOW)
    before = lifecare.state()
    run_id = hasty.a_run(lifecare)
    resuming = hasty.start("resume", run_id)
    until(lambda: bool(lifecare.removed()), resuming)
    hasty.kill()

    out, err = resuming.communicate()

    assert_said(Ended(resuming.returncode, out, err), 1, "dog", "flotta resume")
    lifecare.faults()
    assert hasty.carry(run_id) == 0
    assert_sound(hasty, run_id, lifecare, before)


def test_a_browser_that_is_killed_is_named_and_the_run_goes_on(hasty: House, serving: Serving) -> None:
    """It is not the system that does not answer; nothing is lost or doubled."""
    lifecare = serving(SLOW)
    before = lifecare.state()
    run_id = hasty.a_run(lifecare)
    resuming = hasty.start("resume", run_id)
    until(lambda: bool(lifecare.removed()), resuming)
    _kill_browser(hasty)

    out, err = resuming.communicate()

    assert "Webbläsaren dog" in out + err
    assert hasty.run(run_id).state == "interrupted"
    lifecare.faults()
    assert hasty.carry(run_id) == 0
    assert_sound(hasty, run_id, lifecare, before)


def _kill_browser(house: House) -> None:
    for each in house.processes():
        with suppress(psutil.NoSuchProcess):
            line = " ".join(each.cmdline())
            if "--remote-debugging" in line and "--type=" not in line and "node" not in line.partition(" ")[0]:
                each.kill()


def test_a_system_that_is_closed_for_maintenance_asks_for_no_map(house: House) -> None:
    """The page comes with status 200, and is no version of anything: the bot is not paused, and says what it saw."""
    with serving_pages() as site:
        site.pages["/"] = "<!DOCTYPE html><title>Underhåll</title><h1>Systemet är stängt</h1>"
        ran = house.flotta("run", BOT, "--yes", "--base-url", f"lifecare={site.url}")

    assert_said(ran, 1, "stängt för underhåll")
    assert "gör en karta" not in ran.said.lower()


@pytest.mark.parametrize("spelt", ["HTTP://127.0.0.1", "http://127.1"])
def test_an_address_is_taken_however_it_is_spelt(house: House, lifecare: Lifecare, spelt: str) -> None:
    """As people write it in flotta.toml."""
    address = lifecare.url.replace("http://127.0.0.1", spelt)

    assert house.flotta("run", BOT, "--plan-only", "--yes", "--base-url", f"lifecare={address}").code == 0


def test_a_key_that_others_may_read_is_refused(house: House) -> None:
    """A key that is not secret seals nothing."""
    with closing(house.ledger()):
        os.chmod(house.environment["FLOTTA_KEY_FILE"], 0o644)  # noqa: PTH101 - what is refused

    assert_said(house.flotta("runs"), 2, "får läsas av andra", "chmod 600")
