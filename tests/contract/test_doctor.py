"""`flotta doctor` finds what is missing, says what mends it, and touches nothing."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bots.browser import provision
from orchestrator import doctor
from orchestrator.bootstrap import open_ledger
from orchestrator.doctor import MISSING, OK, WARNING, Check
from orchestrator.settings import Settings, load
from tests.builders import NOW, TODAY, options


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the house a place of its own; the browser is looked for in a test of its own."""
    for name in [name for name in os.environ if name.startswith("FLOTTA_") and name != "FLOTTA_BROWSER"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FLOTTA_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("FLOTTA_KEY_FILE", str(tmp_path / "config" / "key"))
    monkeypatch.setenv("FLOTTA_CONFIG", str(tmp_path / "flotta.toml"))
    monkeypatch.setattr(doctor, "_LOOKS", {what: look for what, look in doctor._LOOKS.items() if what != "webbläsare"})
    (tmp_path / "flotta.toml").write_text("", encoding="utf-8")
    return tmp_path


@pytest.fixture
def used(house: Path) -> Settings:
    """Return the settings of a house that has had a run."""
    del house
    settings = load()
    with closing(open_ledger(settings)) as ledger:
        ledger.create_run("r1", "reminder-cleanup", today=TODAY, options=options(), now=NOW)
    return settings


def found(what: str) -> Check:
    (check,) = [each for each in doctor.examine() if each.what == what]
    return check


def test_a_new_machine_lacks_nothing_that_the_first_run_does_not_make(house: Path) -> None:
    """Looking makes nothing: no key, no ledger, no directory."""
    states = {each.what: each.state for each in doctor.examine()}

    assert MISSING not in states.values()
    assert sorted(each.name for each in house.iterdir()) == ["flotta.toml"]


@pytest.mark.usefixtures("used")
def test_a_house_in_use_is_well() -> None:
    """Where only the real system's account is not there yet."""
    states = {each.what: each.state for each in doctor.examine()}

    assert {what for what, state in states.items() if state != OK} <= {
        "konton", "klocka", "typsnitt", "webbläsare med fönster",
    }  # fmt: skip
    assert states["konton"] == WARNING


def test_settings_that_cannot_be_read_are_said_with_their_place(house: Path) -> None:
    """Nothing else can be looked at then."""
    (house / "flotta.toml").write_text("[bots.reminder-cleanup]\nmax_aktions = 3\n", encoding="utf-8")

    check = found("inställningar")

    assert check.state == MISSING
    assert "max_aktions" in check.found


def test_a_key_that_is_gone_is_missed_and_no_other_is_made(used: Settings) -> None:
    """With a new key the ledger could never be opened again."""
    used.key_file.unlink()

    assert (found("krypteringsnyckel").state, found("liggare").state) == (MISSING, MISSING)
    assert not used.key_file.exists()


def test_a_key_that_others_may_read_is_said_with_the_command_that_mends_it(used: Settings) -> None:
    """A key for everybody is no key."""
    used.key_file.chmod(0o644)

    assert f"chmod 600 {used.key_file}" in found("krypteringsnyckel").found


def test_a_key_beside_what_it_seals_is_warned_of(used: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes the one takes the other."""
    inside = used.home / "key"
    used.key_file.rename(inside)
    monkeypatch.setenv("FLOTTA_KEY_FILE", str(inside))

    assert found("krypteringsnyckel").state == WARNING


def test_a_state_directory_open_to_others_is_warned_of(used: Settings) -> None:
    """What it holds is its owner's alone."""
    used.home.chmod(0o755)

    assert found("statuskatalog") == Check(
        "statuskatalog", WARNING, f"{used.home} får läsas av andra", f"chmod 700 {used.home}"
    )


def test_a_disk_that_is_nearly_full_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the night finds out."""
    monkeypatch.setattr(doctor, "ROOM", 1 << 60)

    assert found("diskutrymme").state == MISSING


def test_a_damaged_ledger_is_said(used: Settings) -> None:
    """A person puts it back from the copy; nothing is built over it."""
    file = used.home / "ledger.db"
    file.write_bytes(b"Inte en databas. " * 1000)

    check = found("liggare")

    assert check.state == MISSING
    assert "säkerhetskopia" in check.remedy


def test_an_altered_trail_is_said(used: Settings) -> None:
    """`audit verify` tells more."""
    with closing(sqlite3.connect(used.home / "ledger.db")) as database, database:
        database.execute("UPDATE audit SET who = 'någon annan'")

    assert found("liggare").remedy == "flotta audit verify"


def test_an_account_that_is_given_is_no_matter(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Address, user and password: then a run can begin."""
    (house / "flotta.toml").write_text(
        '[systems.lifecare]\nbase_url = "https://lifecare.example.se"\nuser = "svc"\n'
        '[systems.ivo]\nbase_url = "https://ivo.example.se"\nattended = true\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("FLOTTA_SYSTEMS__LIFECARE__PASSWORD", "hemligt")

    assert found("konton").state == OK


def test_one_check_that_breaks_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doctor is asked when something is wrong already."""

    def broken(_settings: Settings) -> Check:
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "_LOOKS", {"trasig": broken, **doctor._LOOKS})

    assert found("trasig").state == MISSING
    assert found("kartor").state == OK


LINE = "apt-get update && apt-get install -y --no-install-recommends libatomic1"


def test_a_driver_that_does_not_start_is_said_with_its_reason_and_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every browser is driven by it."""
    monkeypatch.setattr(provision, "driver_failure", lambda: "libatomic.so.1: cannot open shared object file")
    monkeypatch.setattr(provision, "remedy", lambda *_needs: LINE)

    assert found("drivrutin") == Check(
        "drivrutin", MISSING, "startar inte: libatomic.so.1: cannot open shared object file", LINE
    )


@pytest.mark.parametrize(
    ("variable", "line"),
    [("PLAYWRIGHT_NODEJS_PATH", LINE), ("FLOTTA_BROWSER", "unset FLOTTA_BROWSER (och ta bort browser ur flotta.toml)")],
)
def test_a_browser_that_does_not_start_is_said_with_the_line(
    variable: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line mends what is at fault: the driver, or the setting that names this browser."""
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'error while loading shared libraries: libatomic.so.1: no' >&2\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv(variable, str(broken))
    monkeypatch.setattr(provision, "remedy", lambda *_needs: LINE)

    check = doctor._browser(load())

    assert (check.state, check.remedy) == (MISSING, line)


def test_a_browser_with_a_window_is_missed_by_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs need none."""
    monkeypatch.delenv("FLOTTA_BROWSER", raising=False)
    monkeypatch.setattr(provision, "browsers", lambda **_options: [str(tmp_path / "chromium")])
    monkeypatch.setattr(provision, "remedy", lambda *needs: f"the line for {needs}")

    check = found("webbläsare med fönster")

    assert (check.state, check.remedy) == (WARNING, f"the line for {(provision.WINDOW,)}")
    (tmp_path / "chromium").touch()
    assert found("webbläsare med fönster") == Check("webbläsare med fönster", OK, str(tmp_path / "chromium"))


@pytest.mark.parametrize(("name", "state"), [("chrome", OK), ("headless-shell", WARNING)])
def test_a_setting_gives_a_window_unless_it_is_a_headless_shell(
    name: str, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which opens none."""
    (tmp_path / name).touch()
    monkeypatch.setenv("FLOTTA_BROWSER", str(tmp_path / name))
    monkeypatch.setattr(provision, "browsers", lambda **_options: [])

    assert found("webbläsare med fönster").state == state
