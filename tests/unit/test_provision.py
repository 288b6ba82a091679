"""What a machine lacks, and the one line that installs it: by system, by what is lacking, and by who asks."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import playwright
import pytest

from bots.browser import provision, session
from bots.browser.provision import BROWSER, DRIVER, FONTS, LIBRARIES, PYTHON, VENV, WINDOW, Machine, System, identify
from bots.errors import ScreenMissing

SCRIPT = Path(provision.__file__)
BUNDLE = Path(playwright.__file__).parent / "driver" / "package" / "lib" / "coreBundle.js"
#: What the loader writes of a program that lacks a library.
LOADER = (
    "error while loading shared libraries: libatomic.so.1: cannot open shared object file: No such file or directory"
)
#: What Playwright writes of a browser that lacks one.
CLOSED = f"""BrowserType.launch: Target page, context or browser has been closed
Browser logs:

<launching> /usr/bin/chromium --headless
<launched> pid=7
[pid=7][err] /usr/bin/chromium: {LOADER}
Call log:
  - <launching> /usr/bin/chromium --headless
"""
OWN = "/srv/flotta/.venv/bin/python"

OS_RELEASE = {
    "debian 12": (
        "Linux",
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
    ),
    "debian 13": ("Linux", 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian\n'),
    "debian sid": ("Linux", 'PRETTY_NAME="Debian GNU/Linux forky/sid"\nID=debian\n'),
    "debian 11": ("Linux", 'VERSION_ID="11"\nID=debian\n'),
    "ubuntu 22.04": ("Linux", 'NAME="Ubuntu"\nVERSION_ID="22.04"\nID=ubuntu\nID_LIKE=debian\n'),
    "ubuntu 24.04": ("Linux", 'NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n'),
    "fedora": ("Linux", 'NAME="Fedora Linux"\nID=fedora\nVERSION_ID=41\n'),
    "macos": ("Darwin", ""),
}


def a_machine(system: str, *, user: str = "root", environment: str = "", python: str = "3.11") -> Machine:
    """Return a machine of that system, asked by root, by a user with sudo, or by one without."""
    return Machine(identify(*OS_RELEASE[system]), python, user == "root", user == "sudo", environment)


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("debian 12", System("Linux", "debian", "12")),
        ("ubuntu 24.04", System("Linux", "ubuntu", "24.04")),
        ("fedora", System("Linux", "fedora", "41")),
        ("macos", System("Darwin")),
    ],
)
def test_system_is_identified_by_its_os_release(system: str, expected: System) -> None:
    """Values stand there with quotes or without."""
    assert identify(*OS_RELEASE[system]) == expected


APT = "apt-get update && apt-get install -y --no-install-recommends"


@pytest.mark.parametrize(
    ("system", "needs", "environment", "expected"),
    [
        ("debian 12", {VENV, DRIVER, BROWSER, WINDOW, FONTS}, "",
         f"{APT} python3.11-venv libatomic1 chromium-headless-shell chromium fonts-dejavu-core"),
        ("debian 12", {WINDOW}, OWN, f"{APT} chromium"),
        ("debian 13", {DRIVER}, OWN, f"{APT} libatomic1"),
        ("debian sid", {BROWSER}, "", f"{APT} chromium-headless-shell"),
        ("debian 11", {DRIVER}, "", ""),
        ("ubuntu 22.04", {PYTHON}, "", f"{APT} python3.11 python3.11-venv"),
        ("ubuntu 24.04", {PYTHON, DRIVER}, "", f"{APT} python3 python3-venv libatomic1"),
        ("ubuntu 24.04", {BROWSER, WINDOW}, "", ""),
        ("ubuntu 24.04", {BROWSER, WINDOW}, OWN, f"{OWN} -m playwright install chromium"),
        ("ubuntu 22.04", {BROWSER, DRIVER}, OWN,
         f"{APT} libatomic1 && {OWN} -m playwright install --only-shell chromium"),
        ("fedora", {VENV, DRIVER, FONTS}, "", ""),
        ("fedora", {WINDOW}, OWN, f"{OWN} -m playwright install chromium"),
        ("macos", {PYTHON}, "", "brew install python"),
        ("macos", {BROWSER}, OWN, f"{OWN} -m playwright install --only-shell chromium"),
        ("macos", {DRIVER}, OWN, ""),
    ],
)  # fmt: skip
def test_line_installs_what_is_lacking(system: str, needs: set[str], environment: str, expected: str) -> None:
    """On Debian apt has it all; elsewhere Playwright downloads the browser, once there is an environment to do it."""
    assert provision.line(a_machine(system, environment=environment), needs) == expected


@pytest.mark.parametrize(
    ("system", "user", "expected"),
    [
        ("debian 12", "root", f"{APT} chromium-headless-shell"),
        ("debian 12", "sudo", f"sudo sh -c '{APT} chromium-headless-shell'"),
        ("debian 12", "plain", f"sh -c '{APT} chromium-headless-shell'"),
        ("fedora", "plain", f"{OWN} -m playwright install --only-shell chromium"),
        ("macos", "plain", f"{OWN} -m playwright install --only-shell chromium"),
    ],
)
def test_line_is_for_the_user_who_asks(system: str, user: str, expected: str) -> None:
    """Only what apt installs needs root."""
    assert provision.line(a_machine(system, user=user, environment=OWN), {BROWSER}) == expected


def test_line_without_sudo_is_roots_part_alone() -> None:
    """What follows it must not be run as root: the browser would end up in root's home."""
    plain = a_machine("ubuntu 24.04", user="plain", environment=OWN)

    assert provision.line(plain, {DRIVER, BROWSER}) == f"sh -c '{APT} libatomic1'"
    assert provision.line(plain._replace(has_sudo=True), {DRIVER, BROWSER}) == (
        f"sudo sh -c '{APT} libatomic1' && {OWN} -m playwright install --only-shell chromium"
    )


def test_venv_package_is_of_the_interpreter_that_lacks_it() -> None:
    """Debian has a package for each version."""
    assert provision.packages(a_machine("debian 13", python="3.13"), {VENV}) == ["python3.13-venv"]


@pytest.mark.parametrize("system", ["ubuntu 22.04", "ubuntu 24.04"])
def test_libraries_on_ubuntu_are_those_that_playwright_lists(system: str) -> None:
    """A new Playwright may download a Chromium that needs more."""
    entry = BUNDLE.read_text(encoding="utf-8").split(f'"{system.replace(" ", "")}-x64": {{', 1)[1]
    listed = re.findall(r'"([^"]+)"', entry.split("chromium: [", 1)[1].split("]", 1)[0])

    assert sorted(provision.packages(a_machine(system), {LIBRARIES})) == sorted(listed)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (f"/srv/driver/node: {LOADER}\n", LOADER),
        (
            CLOSED,
            LOADER,
        ),
        (
            "BrowserType.launch: Failed to launch: Error: spawn /x EACCES\nCall log:\n",
            "Failed to launch: Error: spawn /x EACCES",
        ),
        ("BrowserType.launch: Closed\n[pid=7][err] No usable sandbox!\n[pid=7][err] #0 0x1\n", "No usable sandbox!"),
        ("", ""),
    ],
)
def test_telling_line_is_the_programs_own_reason(output: str, expected: str) -> None:
    """Not the switches it was started with, which fill a screen."""
    assert provision.telling_line(output) == expected


def a_program(file: Path, says: str, code: int) -> Path:
    """Write a program that says this on its standard error and exits."""
    file.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit {code}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def test_driver_that_lacks_a_library_is_told_in_the_loaders_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its path is of no use to anyone."""
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", str(a_program(tmp_path / "node", f"{tmp_path}/node: {LOADER}", 127)))

    assert provision.driver_failure() == LOADER


def test_driver_that_starts_has_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own has started already."""
    monkeypatch.delenv("PLAYWRIGHT_NODEJS_PATH", raising=False)

    assert provision.driver() is not None
    assert provision.driver_failure() == ""


def test_only_a_failure_that_a_package_mends_has_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be run is not mended by apt."""
    monkeypatch.setattr(provision, "this_machine", lambda: a_machine("debian 12"))

    assert provision.driver_remedy(LOADER) == f"{APT} libatomic1"
    assert provision.driver_remedy("/srv/node: Permission denied") == ""


@pytest.mark.parametrize("kind", ["absent", "not executable"])
def test_driver_that_cannot_be_run_is_told(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the system's reason."""
    file = tmp_path / "node"
    if kind == "not executable":
        file.write_text("", encoding="utf-8")
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", str(file))

    assert provision.driver_failure().startswith(f"{file}: ")


def test_driver_that_is_not_installed_yet_is_judged_by_its_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loader is asked, so a set-up knows at once all that it has to install."""
    monkeypatch.setattr(provision, "driver", lambda: None)
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(provision, "_DRIVER_LIBRARIES", ("libno-such.so.1",))

    assert provision.driver_failure().startswith("libno-such.so.1: ")


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for browsers on a machine that has none."""
    monkeypatch.delenv("FLOTTA_BROWSER", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloaded"))
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(
        provision,
        "SYSTEM_BROWSERS",
        (str(tmp_path / "chromium-headless-shell"), str(tmp_path / "chromium")),
    )
    return tmp_path


def test_bare_machine_lacks_both_browsers_and_fonts(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is told with its reason."""
    monkeypatch.setattr(provision, "FONT_FOLDERS", (str(bare / "fonts"),))
    monkeypatch.setattr(provision, "missing_packages", lambda names: [*names][:2])

    found = provision.lacking(a_machine("ubuntu 24.04", environment=OWN))

    assert set(found) == {BROWSER, WINDOW, FONTS, LIBRARIES}
    assert found[LIBRARIES] == "libasound2t64, libatk-bridge2.0-0t64"


def test_headless_shell_is_no_browser_with_a_window(bare: Path) -> None:
    """It would start without one, and a user would wait for it."""
    (bare / "chromium-headless-shell").touch()

    assert provision.present_browser() == str(bare / "chromium-headless-shell")
    assert provision.present_browser(headed=True) is None


def test_setting_of_a_headless_shell_gives_no_window(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the system's own is taken, where there is one."""
    (bare / "chromium").touch()
    (bare / "chromium-headless-shell").touch()
    monkeypatch.setenv("FLOTTA_BROWSER", str(bare / "chromium-headless-shell"))

    assert provision.present_browser(headed=True) == str(bare / "chromium")


def test_playwrights_downloads_come_first(bare: Path) -> None:
    """Those of the revision that this Playwright drives; an older one is left in its place."""
    listing = json.loads((BUNDLE.parents[1] / "browsers.json").read_text(encoding="utf-8"))["browsers"]
    revision = next(each["revision"] for each in listing if each["name"] == "chromium")
    shell = f"chromium_headless_shell-{revision}/chrome-headless-shell-linux64/chrome-headless-shell"
    full = f"chromium-{revision}/chrome-linux64/chrome"
    for each in (shell, full, "chromium-1/chrome-linux64/chrome"):
        file = bare / "downloaded" / each
        file.parent.mkdir(parents=True)
        file.touch()

    assert provision.browsers()[:2] == [str(bare / "downloaded" / each) for each in (shell, full)]
    assert provision.browsers(headed=True)[0] == str(bare / "downloaded" / full)


def test_files_to_rely_on_hold_the_browsers_and_what_they_are_linked_with(bare: Path) -> None:
    """The set-up looks whether these are there still."""
    shell = bare / "chromium-headless-shell"
    shell.symlink_to(sys.executable)

    found = provision.files()

    assert str(shell) in found
    assert str(provision.driver()) in found
    assert any("libc.so" in each for each in found)


def test_script_needs_nothing_but_the_standard_library() -> None:
    """It runs before anything is installed: without site-packages, and without this project on the path."""
    python = Path(sys.base_prefix) / "bin" / "python3"
    ran = subprocess.run(
        [python, "-I", "-S", SCRIPT, "line", BROWSER], capture_output=True, text=True, check=False, env={**os.environ}
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(ran.stdout.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_window_without_a_screen_is_told_before_a_browser_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine needs a screen first, whatever browsers it has."""
    monkeypatch.setattr(session, "find_browser", lambda *_arguments, **_options: pytest.fail("looked for a browser"))

    with pytest.raises(ScreenMissing), session.running(None, as_root=False, environment={"DISPLAY": ""}, headed=True):
        pytest.fail("started")
