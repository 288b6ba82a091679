"""What this machine lacks to run Flotta, and the one line that installs it.

The set-up (`.ci/setup`), `flotta doctor` and the error sentences all ask here, so that they name the same line. As a
script it runs under the system's Python before there is a .venv, so it imports the standard library alone and keeps to
what Python 3.8 understands:

    python3 -I bots/browser/provision.py lacking            need, tab, words: a line for each
    python3 -I bots/browser/provision.py packages NEED ...  the packages that apt installs for them
    python3 -I bots/browser/provision.py line NEED ...      the line that installs them, or what they are in words
    python3 -I bots/browser/provision.py files              files that must stay: browsers, driver, their libraries

Debian's package `chromium-sandbox` is not needed: Playwright starts Chromium with --no-sandbox.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

#: What Flotta needs of a machine. BROWSER is one without a window; WINDOW is for `flotta sign-in` and approving maps.
#: LIBRARIES are those of the Chromium that Playwright downloads, where no package of a browser brings them.
PYTHON, VENV, DRIVER, LIBRARIES, BROWSER, WINDOW, FONTS = (
    "python", "venv", "driver", "libraries", "browser", "window", "fonts",
)  # fmt: skip
NEEDS = {
    PYTHON: "Python 3.11 or newer",
    VENV: "Python's venv module",
    DRIVER: "a shared library of Playwright's driver",
    LIBRARIES: "shared libraries of Chromium",
    BROWSER: "Chromium or Chrome",
    WINDOW: "Chromium or Chrome with a window",
    FONTS: "a font with å, ä and ö",
}

#: Where systems keep their browsers, headless shell first: it starts in two thirds of the time and half the memory.
SYSTEM_BROWSERS = (
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")

#: What the driver's program is linked with, beyond the C library. The second is there wherever apt is.
_DRIVER_LIBRARIES = ("libatomic.so.1", "libstdc++.so.6")
#: Playwright's own list for Chromium on Ubuntu. Those in _TIME64 have another name from 24.04 on.
_CHROMIUM = (
    "libasound2", "libatk-bridge2.0-0", "libatk1.0-0", "libatspi2.0-0", "libcairo2", "libcups2", "libdbus-1-3",
    "libdrm2", "libgbm1", "libglib2.0-0", "libnspr4", "libnss3", "libpango-1.0-0", "libx11-6", "libxcb1",
    "libxcomposite1", "libxdamage1", "libxext6", "libxfixes3", "libxkbcommon0", "libxrandr2",
)  # fmt: skip
_TIME64 = {"libasound2", "libatk-bridge2.0-0", "libatk1.0-0", "libatspi2.0-0", "libcups2", "libglib2.0-0"}
_ROOT = Path(__file__).resolve().parents[2]
#: How long the driver may take to say its version. Seconds; it takes 0.01 on a quiet machine.
_PATIENCE = 60


class System(NamedTuple):
    """An operating system: its kernel, and on Linux `ID` and `VERSION_ID` of its os-release file."""

    kernel: str
    distribution: str = ""
    release: str = ""

    @property
    def number(self) -> tuple[int, ...]:
        """The release as numbers. A release without one is that which comes after the newest."""
        return tuple(map(int, re.findall(r"\d+", self.release))) or (999,)


class Machine(NamedTuple):
    """What decides by which line something is installed.

    `python` is the running interpreter's version, as "3.11"; `environment` its path when it is a virtual environment's.
    """

    system: System
    python: str = "3.11"
    is_root: bool = False
    has_sudo: bool = False
    environment: str = ""


def identify(kernel: str, os_release: str) -> System:
    """Return the system that this kernel name and this text of an os-release file are of."""
    fields = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line)
    return System(kernel, *(fields.get(name, "").strip().strip("\"'") for name in ("ID", "VERSION_ID")))


def this_machine() -> Machine:
    """Return the machine that this process runs on."""
    text = ""
    for file in (Path("/etc/os-release"), Path("/usr/lib/os-release")):
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            break
    return Machine(
        identify(platform.system(), text),
        python="{}.{}".format(*sys.version_info[:2]),
        is_root=os.geteuid() == 0,
        has_sudo=shutil.which("sudo") is not None,
        environment=sys.executable if sys.prefix != sys.base_prefix else "",
    )


def packages(machine: Machine, needs: Collection[str]) -> list[str]:
    """Return the packages that apt installs for these needs; none where it has none for them."""
    known = _packages(machine)
    return [name for need in NEEDS if need in needs for name in known.get(need, ())]


def _packages(machine: Machine) -> dict[str, tuple[str, ...]]:
    system = machine.system
    common = {
        PYTHON: ("python3", "python3-venv"),
        VENV: (f"python{machine.python}-venv",),
        DRIVER: ("libatomic1",),
        FONTS: ("fonts-dejavu-core",),
    }
    if system.distribution == "debian" and system.number >= (12,):
        return {**common, BROWSER: ("chromium-headless-shell",), WINDOW: ("chromium",)}
    if system.distribution == "ubuntu" and system.number >= (24, 4):
        return {**common, LIBRARIES: tuple(f"{each}t64" if each in _TIME64 else each for each in _CHROMIUM)}
    if system.distribution == "ubuntu" and system.number >= (22, 4):
        # Its python3 is 3.10; 3.11 lies beside it.
        python = ("python3.11", "python3.11-venv")
        return {**common, PYTHON: python, LIBRARIES: (*_CHROMIUM, "libwayland-client0")}
    return {}


def line(machine: Machine, needs: Collection[str]) -> str:
    """Return the one line that installs what is needed, or "" where this system's way is not known.

    What apt doesn't have Playwright downloads, which takes a virtual environment and no root. Where only root can run
    the first part and there is no sudo, the line is the first part alone.
    """
    steps = []
    debs = packages(machine, needs)
    if debs:
        install = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(debs)}"
        shell = f"sh -c '{install}'"
        steps.append(install if machine.is_root else f"sudo {shell}" if machine.has_sudo else shell)
    if machine.system.kernel == "Darwin" and PYTHON in needs:
        steps.append("brew install python")
    if machine.environment and {BROWSER, WINDOW}.difference(_packages(machine)).intersection(needs):
        shell_only = "" if WINDOW in needs else "--only-shell "
        steps.append(f"{machine.environment} -m playwright install {shell_only}chromium")
    return " && ".join(steps if machine.is_root or machine.has_sudo or not debs else steps[:1])


def remedy(*needs: str) -> str:
    """Return the line that installs this on this machine, with Chromium's libraries where those are lacking too."""
    machine = this_machine()
    wanted = set(needs)
    if wanted & {BROWSER, WINDOW} and missing_packages(packages(machine, {LIBRARIES})):
        wanted.add(LIBRARIES)
    return line(machine, wanted)


def driver_remedy(failure: str) -> str:
    """Return the line that mends this failure of the driver to start, or "" where it is not of a library known here."""
    return remedy(DRIVER) if _DRIVER_LIBRARIES[0] in failure else ""


def lacking(machine: Machine) -> dict[str, str]:
    """Return what is lacking, with what tells so: the loader's own words, or where it was looked for."""
    found = {}
    if sys.version_info < (3, 11):  # noqa: UP036 - the system's own Python may be older
        found[PYTHON] = f"this is {platform.python_version()}"
    elif not machine.environment and importlib.util.find_spec("ensurepip") is None:
        found[VENV] = f"Python {machine.python} has no module ensurepip"
    failure = driver_failure()
    if failure:
        found[DRIVER] = failure
    if present_browser() is None:
        found[BROWSER] = "none is where this system keeps them"
    if present_browser(headed=True) is None:
        found[WINDOW] = "for `flotta sign-in` and `flotta selectors approve`"
    if not any(Path(each).is_file() for each in SYSTEM_BROWSERS):
        absent = missing_packages(packages(machine, {LIBRARIES}))
        if absent:
            found[LIBRARIES] = ", ".join(absent)
    if not has_fonts():
        found[FONTS] = f"none in {FONT_FOLDERS[0]}"
    return found


def missing_packages(names: Collection[str]) -> list[str]:
    """Return those of these Debian packages that aren't installed."""
    if not names or shutil.which("dpkg-query") is None:
        return []
    command = ["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\n", *names]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - ours
    installed = {row.split()[-1] for row in listed.splitlines() if row.startswith("ii")}
    return [name for name in names if name not in installed]


def driver() -> Path | None:
    """Return the file of Playwright's driver, a Node.js, or None where Playwright is not installed yet."""
    setting = os.environ.get("PLAYWRIGHT_NODEJS_PATH")
    if setting:
        return Path(setting)
    folder = _driver_folder()
    return folder / "node" if folder is not None and (folder / "node").exists() else None


def _driver_folder() -> Path | None:
    spec = importlib.util.find_spec("playwright")
    installed = [Path(each) for each in (spec and spec.submodule_search_locations) or ()]
    beside = sorted(_ROOT.glob(".venv/lib/python3*/site-packages/playwright"))
    for package in [*installed, *beside] if sys.prefix != sys.base_prefix else [*beside, *installed]:
        if (package / "driver").is_dir():
            return package / "driver"
    return None


def driver_failure() -> str:
    """Return why Playwright's driver can't start, in the loader's own words, or "" when it can.

    Before it is installed the loader is asked for the libraries that it will need.
    """
    node = driver()
    try:
        if node is None:
            for library in _DRIVER_LIBRARIES if platform.system() == "Linux" else ():
                ctypes.CDLL(library)
            return ""
        ran = subprocess.run(  # noqa: S603 - Playwright's own
            [str(node), "--version"], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        # A machine as slow as that says nothing of the driver.
        return ""
    except OSError as error:
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    if ran.returncode == 0:
        return ""
    return telling_line(ran.stderr) or f"{node} --version: {ran.returncode}"


def telling_line(output: str) -> str:
    """Return the line of a program's or of Playwright's output that tells why the program didn't start.

    That is the loader's, else the first that the program wrote to its standard error, else the first of all. Without
    the program's path and process number, and at most 200 characters.
    """
    lines = [each.strip() for each in output.splitlines() if each.strip()]
    said = [each.split("[err] ", 1)[1] for each in lines if "[err] " in each]
    for each in (*lines, *said):
        loader = re.search(r"error while loading shared libraries: .*", each)
        if loader:
            return loader.group()[:200]
    return re.sub(r"^[\w.]+: ", "", (said or lines or [""])[0])[:200]


def browsers(*, headed: bool = False) -> list[str]:
    """Return where a browser is looked for, in order: Playwright's own where there is one, then the system's."""
    on_macos = platform.system() == "Darwin"
    system = [each for each in SYSTEM_BROWSERS if each.startswith("/Applications") == on_macos]
    places = [*map(str, _downloaded(headed=headed)), *system]
    return [each for each in places if not (headed and is_headless_shell(each)) and not _is_stub(each)]


def present_browser(*, headed: bool = False) -> str | None:
    """Return the browser that is there: the one that FLOTTA_BROWSER names, else the first of `browsers`."""
    setting = os.environ.get("FLOTTA_BROWSER")
    if setting and not (headed and is_headless_shell(setting)):
        return setting if Path(setting).is_file() else None
    return next((each for each in browsers(headed=headed) if Path(each).is_file()), None)


def is_headless_shell(path: str) -> bool:
    """Return whether a browser's file is, by its name, one that never opens a window."""
    return Path(path).name.endswith("headless-shell")


def _is_stub(path: str) -> bool:
    """Return whether it is Ubuntu's script that only says that the snap should be installed."""
    if path != "/usr/bin/chromium-browser" or Path("/snap/bin/chromium").exists() or not Path(path).is_file():
        return False
    with Path(path).open("rb") as file:
        text = file.read(4096)
    return text.startswith(b"#!") and b"snap" in text


def _downloaded(*, headed: bool) -> Iterator[Path]:
    """Yield the browsers that Playwright has downloaded, of the revision that this Playwright drives."""
    folder = _driver_folder()
    listing = folder and folder / "package" / "browsers.json"
    if not folder or not listing or not listing.is_file():
        return
    entries = json.loads(listing.read_text(encoding="utf-8"))["browsers"]
    revision = next(each["revision"] for each in entries if each["name"] == "chromium")
    cache = "~/Library/Caches" if platform.system() == "Darwin" else os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    setting = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    own = folder / "package" / ".local-browsers"
    store = own if setting == "0" else Path(setting) if setting else Path(cache).expanduser() / "ms-playwright"
    if not headed:
        yield from store.glob(f"chromium_headless_shell-{revision}/chrome-*/chrome-headless-shell")
    yield from store.glob(f"chromium-{revision}/chrome-*/chrome")
    yield from store.glob(f"chromium-{revision}/chrome-*/*.app/Contents/MacOS/*")


def has_fonts() -> bool:
    """Return whether there are fonts at all; macOS brings its own."""
    if platform.system() == "Darwin":
        return True
    return any(
        name.endswith((".ttf", ".otf", ".ttc", ".pfb"))
        for folder in FONT_FOLDERS
        for _path, _folders, names in os.walk(Path(folder).expanduser())
        for name in names
    )


def files() -> list[str]:
    """Return the files without which what is here now can't start: the driver, the browsers, their libraries."""
    found = []
    for each in (driver(), present_browser(), present_browser(headed=True)):
        if each is None:
            continue
        # Debian's are scripts that start a program of the same name.
        for file in (Path(each), Path("/usr/lib/chromium") / Path(each).name):
            if file.is_file():
                found += [str(file), *_libraries(file)]
    return list(dict.fromkeys(found))


def _libraries(file: Path) -> list[str]:
    if shutil.which("ldd") is None:
        return []
    listed = subprocess.run(["ldd", str(file)], capture_output=True, text=True, check=False).stdout  # noqa: S603, S607
    return re.findall(r"=> (/\S+)", listed)


def _main(task: str, *needs: str) -> None:
    machine = this_machine()
    if task == "lacking":
        said = [f"{need}\t{NEEDS[need]} ({reason})" for need, reason in lacking(machine).items()]
    elif task == "packages":
        said = [" ".join(packages(machine, needs))]
    elif task == "line":
        words = ", ".join(NEEDS[need] for need in NEEDS if need in needs)
        said = [line(machine, needs) or f"Install with this system's own package manager: {words}."]
    else:
        said = files()
    sys.stdout.write("".join(f"{each}\n" for each in said if each))


if __name__ == "__main__":
    _main(*sys.argv[1:])
