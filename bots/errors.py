"""The failure tree. Errors carry facts, and the class writes the sentence.

    FlottaError                        sentence (Swedish, no personal data), exit_code
    ├── ConfigurationError             2  a person must change a setting, a file or the command
    │   ├── BrowserMissing
    │   ├── BrowserUnusable
    │   ├── DriverUnusable
    │   ├── ScreenMissing
    │   ├── MapInvalid
    │   ├── RecordingNotClean
    │   └── SignInRefused
    ├── ApplicationException           1  the screen or the network failed; nothing was decided by it
    │   ├── ScreenNotReady                transient: a read may be tried again
    │   ├── SessionLost                   transient: sign in, then read again
    │   ├── PersonProtected
    │   ├── SystemUnreachable
    │   └── ItemsFailed
    ├── BrowserGone                    1  the browser died; the run goes on with another
    ├── SignInNeeded                   3  a person must sign in with their own e-legitimation
    ├── SelectorDrift                  4  the screen is not the one in the map; waits for a new map
    │   └── VersionUnknown
    ├── WriteUnanswered                1  sent, never confirmed: the step becomes uncertain
    ├── WriteRefused                   1  the system answered no
    │   ├── NotOffered                    its form has no such choice
    │   ├── TooLong                       its field takes fewer characters
    │   ├── AskedElse                     it asked something that the map does not expect
    │   ├── PeriodClosed                  nor is that period open
    │   ├── NotAsApproved                 what it shows is not what is to be written
    │   └── WriteDeclined                 the person who was to send it has thrown it away
    ├── RunLost                        1  another worker owns the run
    ├── RunCancelled                 130  a person has called the run off
    ├── RunStopped                   130  this process was asked to stop
    ├── RunHeld                        2  somebody else holds the account or the run
    └── StateNotWritable               1  the ledger could not store what must be stored

Python's own message is never shown, logged or stored in the clear: Playwright quotes the page in it, names and all.
What is safe to show is in `sentence`; the rest is encrypted beside the item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


class FlottaError(Exception):
    """Anything that Flotta itself says has gone wrong."""

    exit_code: ClassVar[int] = 1

    def __init__(self, sentence: str) -> None:
        """`sentence` is shown as it is: Swedish, what happened and what to do, no personal data."""
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


class ConfigurationError(FlottaError):
    """A person must change a setting, a file or the command."""

    exit_code = 2


class BrowserMissing(ConfigurationError):
    """No browser that Playwright can drive was found."""

    def __init__(self, looked: str, line: str = "", *, headed: bool = False, is_setting: bool = False) -> None:
        """`looked` lists the places, in order; `line` installs one. `is_setting`: it is where FLOTTA_BROWSER points."""
        if is_setting:
            super().__init__(
                f"Ingen webbläsare finns på {looked}, som FLOTTA_BROWSER (eller browser i flotta.toml) anger. Rätta "
                "sökvägen, eller ta bort den så används systemets egen."
            )
            return
        super().__init__(
            f"Ingen webbläsare{' med fönster' if headed else ''} hittades (sökte: {looked}). "
            f"{_install(line)}, eller ange sökvägen till en i FLOTTA_BROWSER."
        )


class BrowserUnusable(ConfigurationError):
    """A browser was found, and it does not start."""

    def __init__(self, executable: str, reason: str, line: str = "") -> None:
        """`reason` is the browser's own or the loader's, before it had any page; `line` installs one that starts."""
        super().__init__(
            f"Webbläsaren {executable} startar inte ({reason.rstrip('.')}). "
            f"{_install(line)}, eller ange sökvägen till en annan i FLOTTA_BROWSER."
        )
        self.reason = reason
        self.line = line


class DriverUnusable(ConfigurationError):
    """Playwright's driver, which drives every browser, does not start."""

    def __init__(self, reason: str, line: str = "") -> None:
        """`reason` is the loader's own; `line` installs what it lacks."""
        super().__init__(
            f"Playwrights drivrutin startar inte ({reason.rstrip('.')}). "
            + (f"Kör `{line}`." if line else "Installera det som den saknar med systemets pakethanterare.")
        )
        self.reason = reason
        self.line = line


def _install(line: str) -> str:
    return f"Kör `{line}`" if line else "Installera Chromium eller Chrome"


class ScreenMissing(ConfigurationError):
    """A window was asked for where there is no screen to show it on."""

    def __init__(self) -> None:
        """There is nothing to name."""
        super().__init__(
            "Webbläsarens fönster kunde inte öppnas. Kör kommandot på en dator med skärm (inte över en ren terminal)."
        )


class RecordingNotClean(ConfigurationError):
    """Something about a person may be left in a recording, so nothing of it is stored."""

    def __init__(self, places: Sequence[str], words: Sequence[str] = ()) -> None:
        """Say where and what kind of thing, never what it is. `words` are for who made it, at a terminal, alone."""
        self.words = words
        super().__init__(f"Inspelningen sparas inte, för det finns uppgifter kvar i den ({'; '.join(places)}).")


class MapInvalid(ConfigurationError):
    """A selector map cannot be used as it is written."""

    def __init__(self, file: str, problems: list[str]) -> None:
        """`problems` name the YAML path of each fault."""
        super().__init__(f"Kartan {file} kan inte användas: " + "; ".join(problems))


class SignInRefused(ConfigurationError):
    """The system did not accept the account."""

    def __init__(self, system: str, user: str) -> None:
        """`user` is the bot account's name, which is not personal data."""
        super().__init__(
            f"{system} godtog inte kontot {user}. Kontrollera användarnamn, lösenord och roll "
            f"(FLOTTA_SYSTEMS__{system.upper()}__PASSWORD eller secrets.toml)."
        )


class ApplicationException(FlottaError):
    """The screen or the network failed; nothing is known of the matter itself."""


class ScreenNotReady(ApplicationException):
    """The screen did not come, or came as an error page. A read may be tried again."""

    def __init__(self, screen: str, why: str) -> None:
        """`why` is ours, never the page's text."""
        super().__init__(f"Skärmbilden {screen} blev inte klar: {why}.")
        self.screen = screen


class SessionLost(ApplicationException):
    """The system has signed us out."""

    def __init__(self, system: str) -> None:
        """Name the system."""
        super().__init__(f"{system} loggade ut oss.")
        self.system = system


class PersonProtected(ApplicationException):
    """A page that a record was expected on turns out to be a protected person's. Nothing of it was read."""

    def __init__(self, screen: str) -> None:
        """Name the screen as people know it."""
        super().__init__(
            f"{screen} gäller en person med skyddade personuppgifter. Inget lästes och inget skrevs där. Gör det här "
            "för hand."
        )


class SystemUnreachable(ApplicationException):
    """Nothing answers at the system's address."""

    def __init__(self, system: str, url: str, why: str = "") -> None:
        """`url` is the base address from the settings; `why` is ours, never what a page says."""
        reason = f" ({why})" if why else ""
        super().__init__(f"{system} svarar inte på {url}{reason}. Kontrollera adressen och nätet och kör igen.")


class ItemsFailed(ApplicationException):
    """Several items in a row failed, so it is not them."""

    def __init__(self, count: int, why: str, *, is_outage: bool) -> None:
        """`why` is the last one's sentence; `is_outage`: each failed because the system or the network did."""
        super().__init__(f"{count} poster i rad misslyckades, så körningen stannade: {why}")
        self.is_outage = is_outage


class BrowserGone(FlottaError):
    """The browser is no more: killed from outside, out of memory, replaced by an update."""

    def __init__(self) -> None:
        """There is nothing to name."""
        super().__init__(
            "Webbläsaren dog (den avslutades utifrån, eller minnet tog slut). Allt är sparat, och `flotta resume` "
            "fortsätter."
        )


class SignInNeeded(FlottaError):
    """The system lets nobody in but a person with their own e-legitimation, and none has signed in."""

    exit_code = 3

    def __init__(
        self, system: str, why: str = "kräver att en person loggar in med e-legitimation",
        then: str = "Kör `flotta sign-in` vid din egen dator.",
    ) -> None:  # fmt: skip
        """Name the system. `why` goes on from its name; `then` is what to do, where it is not a run that waits."""
        super().__init__(f"{system} {why}. {then}")
        self.system = system


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one locator of an element found: how it is written in the map, and how many elements it matched."""

    locator: str
    found: int


class SelectorDrift(FlottaError):
    """The screen is not the one that the map describes, so nothing on it is touched."""

    exit_code = 4

    def __init__(
        self, screen: str, element: str, sightings: tuple[Sighting, ...] = (), *, system: str = "", version: str = "",
        why: str = "",
    ) -> None:  # fmt: skip
        """`sightings` tell per locator what was found; `why` adds what the counts do not say."""
        counts = ", ".join(f"{s.locator}: {s.found}" for s in sightings)
        detail = "; ".join(part for part in (why, counts) if part)
        super().__init__(
            f"Skärmbilden {screen} stämmer inte med kartan{' ' + version if version else ''}: {element} "
            f"({detail or 'hittades inte'}). Inget skrevs där. Kör `flotta selectors check` och se över kartan."
        )
        self.system = system
        self.screen = screen
        self.element = element
        self.sightings = sightings
        self.why = why
        #: All that was found of the screens, where they were looked through before anything was done.
        self.findings: list[dict[str, Any]] = []


class VersionUnknown(SelectorDrift):
    """The live system shows a version that no map claims."""

    def __init__(self, system: str, shown: Mapping[str, str], known: list[str]) -> None:
        """`shown` is what each kind of probe saw; `known` the versions that have maps."""
        super().__init__("identify", system, system=system)
        seen = ", ".join(f"{probe} = {value}" for probe, value in shown.items()) or "inga kända märken"
        self.sentence = (
            f"{system} visar en version som ingen karta gäller för ({seen}); kartor finns för {', '.join(known)}. "
            "Inget skrevs. Gör en karta för den nya versionen och låt godkänna den."
        )


class WriteUnanswered(FlottaError):
    """A write was sent, or may have been, and no receipt was seen."""

    def __init__(self, screen: str, element: str, why: str, *, unread: bool = False) -> None:
        """Name the place as people read it there, and in our own words what was missing.

        `unread`: the system answered with a page of its own, and nothing on it is a receipt as the map knows it.
        """
        super().__init__(f"Svaret på {element} i {screen} uteblev: {why}.")
        self.unread = unread


class WriteRefused(FlottaError):
    """The system answered that it did not do it."""

    def __init__(self, screen: str, element: str) -> None:
        """Name the place as people read it there. What the page said of it is not quoted."""
        super().__init__(
            f"Systemet tog inte emot {element} på {screen}. Se efter där vad som är fel, och gör det här för hand."
        )


class NotOffered(WriteRefused):
    """A form does not have a choice that was to be made in it, or the map has no word for it. Nothing was sent."""

    def __init__(self, screen: str, element: str, wanted: str) -> None:
        """Name the place and the choice: a code or a word of ours, never what somebody has typed."""
        FlottaError.__init__(
            self, f"Formuläret har inget val för {wanted} ({element} på {screen}). Gör det här för hand."
        )


class TooLong(WriteRefused):
    """A field takes fewer characters than what is to be filled in. Nothing was sent."""

    def __init__(self, screen: str, element: str, most: int | None) -> None:
        """Name the place and how many characters it takes; never what was to be filled in."""
        limit = "" if most is None else f" ({most} tecken)"
        FlottaError.__init__(
            self, f"Texten är längre än vad fältet tar emot{limit}: {element} på {screen}. Gör det här för hand."
        )


class AskedElse(WriteRefused):
    """The browser asked a question that the map does not expect, and was answered no."""

    def __init__(self, screen: str, element: str) -> None:
        """Name the place. What was asked is not quoted: it may name somebody."""
        FlottaError.__init__(
            self,
            f"Sidan frågade något annat än väntat vid {element} på {screen}, så svaret blev nej. Se efter där vad som "
            "gäller, och gör det här för hand.",
        )


class PeriodClosed(WriteRefused):
    """An authority takes reports of a period during some weeks, and it is not in them."""

    def __init__(self, system: str, period: str) -> None:
        """`period` is named as the bot names it."""
        FlottaError.__init__(
            self, f"{system} tar inte emot rapporter för {period} nu: perioden är stängd. Gör det här för hand."
        )


class NotAsApproved(WriteRefused):
    """What the system shows before it is sent is not what was approved: somebody else's draft, or cut by the form."""

    def __init__(self, screen: str, fields: Sequence[str]) -> None:
        """Name the place, and the fields that differ, never what they hold."""
        FlottaError.__init__(
            self,
            f"{screen} visar något annat än det som godkändes: {', '.join(fields)}. Någon annan kan ha börjat på det. "
            "Se efter där, och gör det här för hand.",
        )


class WriteDeclined(WriteRefused):
    """A person at the screen has thrown away what they were to check and send. It is a matter for people now."""

    def __init__(self) -> None:
        """There is nothing to name."""
        FlottaError.__init__(self, "Den som skulle skicka det tog i stället bort utkastet. Avgör vad som ska göras.")


class RunLost(FlottaError):
    """Another worker has taken over this run, so this one stops where it is."""

    def __init__(self, run: str) -> None:
        """Name the run."""
        super().__init__(f"Körningen {run} har tagits över av en annan process. Den här avslutas.")


class RunCancelled(FlottaError):
    """A person has called the run off: the item in hand is finished, and no other is begun."""

    exit_code = 130

    def __init__(self, run: str, by: str) -> None:
        """`by` is the login of who called it off."""
        super().__init__(f"Körningen avbröts av {by}. Allt som hann göras är sparat; `flotta resume {run}` fortsätter.")


class RunStopped(FlottaError):
    """This process was asked to stop, while a person was waited for."""

    exit_code = 130

    def __init__(self) -> None:
        """There is nothing to name."""
        super().__init__("Körningen avbröts. Allt är sparat; `flotta resume` fortsätter.")


class RunHeld(FlottaError):
    """Somebody else is at work with the same account or run."""

    exit_code = 2

    def __init__(self, what: str, holder: str, then: str = "kör med --wait") -> None:
        """`holder` names the run, machine and process that hold it; `then` is what helps who does not want to wait."""
        super().__init__(f"{what} används redan av {holder}. Vänta, eller {then}.")


class StateNotWritable(FlottaError):
    """The ledger could not be written, so the run stops before it would act without a record."""

    def __init__(self, where: str) -> None:
        """`where` is the state directory, or the server and its database."""
        super().__init__(
            f"Liggaren i {where} kan inte skrivas (full disk, saknad rättighet, eller en databas som inte svarar). "
            "Allt som hann göras finns kvar. Frigör plats eller starta databasen, och kör `flotta resume`."
        )


def of_python(error: BaseException) -> str:
    """Return what may be said of an unexpected error: its class and where it was raised, never its message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" ({trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno})" if trace else ""
    return f"Oväntat fel {type(error).__name__}{place}."


#: What a read may be tried again for, within seconds.
TRANSIENT: tuple[type[FlottaError], ...] = (ScreenNotReady, SessionLost)


def is_outage(error: BaseException) -> bool:
    """Return whether the system or the network fails, rather than the matter or the map: it may pass by itself."""
    if isinstance(error, WriteUnanswered):
        return not error.unread
    if isinstance(error, ItemsFailed):
        return error.is_outage
    return isinstance(error, (*TRANSIENT, SystemUnreachable))
