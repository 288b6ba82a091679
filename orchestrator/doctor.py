"""What is missing on this machine, and the command that mends it. Looks, and changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bots import registry
from bots.browser import provision
from bots.errors import BrowserMissing, BrowserUnusable, ConfigurationError, DriverUnusable, FlottaError, of_python
from orchestrator import bootstrap
from orchestrator.ledger.vault import key_from
from orchestrator.settings import load

if TYPE_CHECKING:
    from orchestrator.settings import Settings

OK, WARNING, MISSING = "ok", "warning", "missing"

#: A night's run needs some tens of megabytes; with less than this a week of them may not fit. Bytes.
ROOM = 1 << 30
#: How long another program may take to answer. Seconds.
PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: how it is, and what mends it. `state`: ok, warning, missing."""

    what: str
    state: str
    found: str
    remedy: str = ""


def examine() -> Iterator[Check]:
    """Yield what is found, the quick things first. Nothing is made, and no system is signed in to."""
    yield _python()
    yield _zone()
    yield _clock()
    yield _fonts()
    try:
        settings = load()
    except ConfigurationError as error:
        yield Check("inställningar", MISSING, error.sentence, "Rätta det som står i meningen och kör om.")
        return
    yield Check("inställningar", OK, "går att läsa")
    for what, look in _LOOKS.items():
        try:
            yield look(settings)
        except FlottaError as error:
            yield Check(what, MISSING, error.sentence, "Rätta det som står i meningen och kör om.")
        except Exception as error:  # noqa: BLE001 - one check that breaks must not hide the others
            yield Check(what, MISSING, of_python(error), "Anmäl felet till förvaltningen.")


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("Python", OK, version)


def _zone() -> Check:
    try:
        zoneinfo.ZoneInfo("Europe/Stockholm")
    except zoneinfo.ZoneInfoNotFoundError:
        return Check("tidszon", MISSING, "Europe/Stockholm finns inte", "apt-get install -y tzdata")
    return Check("tidszon", OK, "Europe/Stockholm")


def _clock() -> Check:
    said = _output("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if said == "yes":
        return Check("klocka", OK, "ställs av en tidsserver")
    if said == "no":
        return Check("klocka", WARNING, "ställs inte av någon tidsserver", "timedatectl set-ntp true")
    return Check(
        "klocka", OK, f"{bootstrap.now():%Y-%m-%d %H:%M:%S} UTC (om den ställs av en tidsserver syns inte här)"
    )


def _fonts() -> Check:
    said = _output("fc-list", ":lang=sv", "family")
    if said is None and provision.has_fonts():
        return Check("typsnitt", OK, "systemets egna")
    families = {line for line in (said or "").splitlines() if line.strip()}
    if families:
        return Check("typsnitt", OK, f"{len(families)} familjer med å, ä och ö")
    return Check("typsnitt", WARNING, "inget med å, ä och ö: bilder och utskrifter blir oläsliga",
                 provision.remedy(provision.FONTS))  # fmt: skip


def _home(settings: Settings) -> Check:
    home = settings.home
    if not home.exists():
        parent = next(each for each in home.parents if each.exists())
        if os.access(parent, os.W_OK):
            return Check("statuskatalog", OK, f"{home} görs vid första körningen")
        return Check(
            "statuskatalog", MISSING, f"{home} kan inte göras i {parent}", f"sudo install -d -m 700 -o $USER {home}"
        )
    if not os.access(home, os.W_OK | os.X_OK):
        return Check("statuskatalog", MISSING, f"{home} går inte att skriva i", f"sudo chown -R $USER {home}")
    if home.stat().st_mode & 0o077:
        return Check("statuskatalog", WARNING, f"{home} får läsas av andra", f"chmod 700 {home}")
    return Check("statuskatalog", OK, str(home))


def _disk(settings: Settings) -> Check:
    place = next(each for each in (settings.home, *settings.home.parents) if each.exists())
    free = shutil.disk_usage(place).free
    said = f"{free / (1 << 30):.1f} GiB ledigt"
    if free >= ROOM:
        return Check("diskutrymme", OK, said)
    return Check("diskutrymme", MISSING, f"{said}, men minst 1 GiB behövs", f"du -xsh {place}/* | sort -h")


def _key(settings: Settings) -> Check:
    file = settings.key_file
    if not file.exists():
        if settings.database is not None or (settings.home / "ledger.db").exists():
            return Check("krypteringsnyckel", MISSING, f"{file} saknas, men liggaren är krypterad med en",
                         "Återställ den från säkerhetskopian, eller ange rätt fil i FLOTTA_KEY_FILE.")  # fmt: skip
        return Check("krypteringsnyckel", OK, f"{file} görs vid första körningen")
    key_from(file)
    if file.resolve().is_relative_to(settings.home.resolve()):
        return Check("krypteringsnyckel", WARNING, f"{file} ligger bland det som den krypterar",
                     f"mkdir -p ~/.config/flotta && mv {file} ~/.config/flotta/key")  # fmt: skip
    return Check("krypteringsnyckel", OK, str(file))


def _database(settings: Settings) -> Check:
    file = settings.home / "ledger.db"
    if settings.database is None and not file.exists():
        return Check("liggare", OK, "görs vid första körningen")
    if not settings.key_file.exists():
        return Check("liggare", MISSING, "går inte att öppna utan nyckeln", "Återställ nyckelfilen.")
    ledger = bootstrap.ledger_in(settings)
    try:
        if problem := ledger.problem():
            return Check("liggare", MISSING, f"filen är skadad ({problem})", f"Återställ {file} från säkerhetskopian.")
        if not ledger.up_to_date():
            return Check("liggare", OK, "ny, eller av en annan version; uppgraderas vid nästa körning")
        if found := ledger.verify_audit():
            return Check("liggare", MISSING, f"spåret är inte som det skrevs ({len(found)} fel)", "flotta audit verify")
        entries, _ = ledger.audit_extent()
        return Check("liggare", OK, f"hel, med {entries} poster i spåret")
    finally:
        ledger.close()


def _systems() -> list[str]:
    return sorted({system for name in registry.names() for system in registry.bot(name).systems})


def _maps(settings: Settings) -> Check:
    maps = [each for system in _systems() for each in bootstrap.maps_of(settings, system, None)]
    for each in maps:
        if gaps := registry.gaps(each):
            file = settings.maps / each.system / f"{each.version}.yaml"
            return Check("kartor", MISSING, f"{each.system} {each.version}: {'; '.join(gaps)}", f"Rätta {file}.")
    return Check("kartor", OK, ", ".join(f"{each.system} {each.version}" for each in maps))


def _addresses(settings: Settings) -> Check:
    """Ask each address that the settings name for its start page, as a run would, and say what answers."""
    from bots.browser import session, versions  # noqa: PLC0415 - Playwright, 0.3 s

    given = {system: url for system in _systems() if (url := settings.system(system).base_url)}
    if not given:
        return Check("system", OK, "inga adresser är angivna")
    told, failed = [], []
    try:
        with session.running(settings.browser, as_root=os.geteuid() == 0, environment=dict(os.environ)) as (_, browser):
            for system, url in given.items():
                with session.new_context(browser) as context:
                    try:
                        fits = versions.fitting(context.new_page(), url, bootstrap.maps_of(settings, system, None))
                        told.append(f"{system} svarar, version {fits.version}")
                    except FlottaError as error:
                        failed.append(error.sentence)
    except (DriverUnusable, BrowserMissing, BrowserUnusable):
        return Check("system", WARNING, "kan inte provas utan webbläsare", "Rätta det som står om webbläsaren.")
    if failed:
        remedy = "flotta.toml: [systems.…] base_url, eller vänta och försök igen"
        return Check("system", MISSING, " ".join(failed), remedy)
    return Check("system", OK, ", ".join(told))


def _accounts(settings: Settings) -> Check:
    lacking = []
    for system in _systems():
        about = settings.system(system)
        given = {"base_url": about.base_url}
        if not about.attended:
            given |= {"user": about.user, "password": about.password.get_secret_value()}
        lacking += [f"{system}: {name}" for name, value in given.items() if not value]
    if lacking:
        return Check("konton", WARNING, f"saknas: {', '.join(lacking)} (behövs inte med --mock)",
                     "flotta.toml: [systems.…] base_url, user; lösenordet i FLOTTA_SYSTEMS__…__PASSWORD")  # fmt: skip
    return Check("konton", OK, ", ".join(_systems()))


def _driver(_settings: Settings) -> Check:
    if reason := provision.driver_failure():
        return Check("drivrutin", MISSING, f"startar inte: {reason}", provision.driver_remedy(reason))
    return Check("drivrutin", OK, "startar")


def _browser(settings: Settings) -> Check:
    from bots.browser.session import running  # noqa: PLC0415 - Playwright, 0.3 s

    try:
        with running(settings.browser, as_root=os.geteuid() == 0, environment=dict(os.environ)) as (file, browser):
            return Check("webbläsare", OK, f"{file} {browser.version}")
    except DriverUnusable as error:
        return Check("webbläsare", MISSING, "kan inte startas utan drivrutinen", error.line)
    except (BrowserMissing, BrowserUnusable) as error:
        if settings.browser is not None:
            return Check("webbläsare", MISSING, error.sentence, _UNSET)
        return Check("webbläsare", MISSING, error.sentence, provision.remedy(provision.BROWSER))


def _window(settings: Settings) -> Check:
    what = "webbläsare med fönster"
    setting = None if settings.browser is None else Path(settings.browser)
    if setting is not None and not provision.is_headless_shell(str(setting)):
        found = str(setting) if setting.is_file() else None
        remedy = _UNSET
    else:
        found = next((each for each in provision.browsers(headed=True) if Path(each).is_file()), None)
        remedy = provision.remedy(provision.WINDOW)
    if found is None:
        return Check(what, WARNING, "saknas; behövs för `flotta sign-in` och `flotta selectors approve`", remedy)
    return Check(what, OK, found)


_UNSET = "unset FLOTTA_BROWSER (och ta bort browser ur flotta.toml)"

_LOOKS: dict[str, Callable[[Settings], Check]] = {
    "statuskatalog": _home,
    "diskutrymme": _disk,
    "krypteringsnyckel": _key,
    "liggare": _database,
    "kartor": _maps,
    "konton": _accounts,
    "drivrutin": _driver,
    "webbläsare": _browser,
    "webbläsare med fönster": _window,
    "system": _addresses,
}


def _output(*command: str) -> str | None:
    """Return what a program says, or None when it is not there or fails."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603 - ours
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
