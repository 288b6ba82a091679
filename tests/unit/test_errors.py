"""The failure tree: every error one Swedish sentence with its exit code, and never the page's own text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bots import errors
from bots.errors import (
    ApplicationException,
    AskedElse,
    BrowserGone,
    BrowserMissing,
    BrowserUnusable,
    ConfigurationError,
    DriverUnusable,
    FlottaError,
    ItemsFailed,
    MapInvalid,
    NotAsApproved,
    NotOffered,
    PeriodClosed,
    PersonProtected,
    RecordingNotClean,
    RunCancelled,
    RunHeld,
    RunLost,
    RunStopped,
    ScreenMissing,
    ScreenNotReady,
    SelectorDrift,
    SessionLost,
    Sighting,
    SignInNeeded,
    SignInRefused,
    StateNotWritable,
    SystemUnreachable,
    TooLong,
    VersionUnknown,
    WriteDeclined,
    WriteRefused,
    WriteUnanswered,
    of_python,
)

EXAMPLES: dict[FlottaError, int] = {
    ConfigurationError("Ange adressen."): 2,
    BrowserMissing("/usr/bin/chromium"): 2,
    BrowserUnusable("/usr/bin/chromium", "libnss3.so: cannot open shared object file"): 2,
    DriverUnusable("libatomic.so.1: cannot open shared object file"): 2,
    MapInvalid("9.yaml", ["system: saknas"]): 2,
    RecordingNotClean(["screens/01-page.html: 2 ord"]): 2,
    SignInRefused("lifecare", "robot"): 2,
    ScreenMissing(): 2,
    SignInNeeded("ivo"): 3,
    ScreenNotReady("reminder", "systemet svarade 502"): 1,
    SessionLost("lifecare"): 1,
    SystemUnreachable("lifecare", "http://lifecare.test"): 1,
    ItemsFailed(3, "lifecare loggade ut oss.", is_outage=True): 1,
    PersonProtected("»Ärende«"): 1,
    BrowserGone(): 1,
    SelectorDrift("reminder", "remove", (Sighting("css=button", 2),), version="9"): 4,
    VersionUnknown("lifecare", {"meta app-version": "9"}, ["8"]): 4,
    WriteUnanswered("reminder", "remove", "inget kvitto visades i tid"): 1,
    WriteRefused("reminder", "remove"): 1,
    NotOffered("»Beslutet«", "»Insats«", "LSS-03"): 1,
    TooLong("»Rapport«", "»Orsak«", 200): 1,
    AskedElse("»Påminnelse«", "»Ta bort«"): 1,
    NotAsApproved("»Granska«", ["orsak"]): 1,
    PeriodClosed("IVO", "2026Q3"): 1,
    WriteDeclined(): 1,
    RunStopped(): 130,
    RunLost("r1"): 1,
    RunCancelled("r1", "anna"): 130,
    RunHeld("Kontot robot", "körning r1"): 2,
    StateNotWritable("/var/lib/flotta"): 1,
}


def every(kind: type[FlottaError]) -> Iterator[type[FlottaError]]:
    """Yield the class and all below it."""
    yield kind
    for each in kind.__subclasses__():
        yield from every(each)


def test_every_error_is_among_those_tried() -> None:
    """A new one has its sentence looked at as well."""
    assert set(every(FlottaError)) - {type(each) for each in EXAMPLES} == {FlottaError, ApplicationException}


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_has_the_exit_code_of_its_kind(error: FlottaError) -> None:
    """Scripts tell by it what to do."""
    assert error.exit_code == EXAMPLES[error]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_is_a_sentence(error: FlottaError) -> None:
    """From a capital or a name to a full stop, as `str` too."""
    assert str(error) == error.sentence
    assert error.sentence.endswith((".", "saknas"))
    assert "\n" not in error.sentence


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_stands_in_the_drawing(error: FlottaError) -> None:
    """With the code that it has there, or inherits."""
    assert errors.__doc__ is not None
    assert type(error).__name__ in errors.__doc__


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (BrowserMissing("x"), "Installera Chromium eller Chrome"),
        (BrowserMissing("x", "apt-get install chromium", headed=True), "Kör `apt-get install chromium`"),
        (BrowserMissing("/nowhere", is_setting=True), "Rätta sökvägen"),
        (BrowserUnusable("x", "skäl", "apt-get install chromium"), "Kör `apt-get install chromium`"),
        (DriverUnusable("skäl", "apt-get install libatomic1"), "Kör `apt-get install libatomic1`"),
        (DriverUnusable("skäl"), "pakethanterare"),
        (ScreenMissing(), "dator med skärm"),
        (SignInRefused("lifecare", "robot"), "FLOTTA_SYSTEMS__LIFECARE__PASSWORD"),
        (SystemUnreachable("lifecare", "http://lifecare.test"), "Kontrollera adressen"),
        (SelectorDrift("s", "e"), "flotta selectors check"),
        (RunHeld("Kontot x", "y"), "--wait"),
        (StateNotWritable("/x"), "Frigör plats"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_that_a_person_can_mend_says_how(error: FlottaError, advice: str) -> None:
    """What happened is half of the sentence."""
    assert advice in error.sentence


def test_drift_tells_what_each_locator_found() -> None:
    """Two where one was expected is another fault than none."""
    drift = SelectorDrift("reminder", "remove", (Sighting("role=button[Ta bort]", 2), Sighting("css=button", 0)))

    assert "role=button[Ta bort]: 2, css=button: 0" in drift.sentence


def quoting() -> Exception:
    """Return an error as Playwright raises it, with what it could not make sense of."""
    try:
        int('aria-label="Anna Andersson 19900101-2385"')
    except ValueError as error:
        return error
    raise AssertionError


def test_an_unexpected_error_is_told_by_class_and_place_alone() -> None:
    """Never by its message."""
    said = of_python(quoting())

    assert said.startswith("Oväntat fel ValueError (")
    assert "test_errors:" in said
    assert "Anna" not in said


def test_an_error_that_was_never_raised_has_no_place() -> None:
    """And is told all the same."""
    assert of_python(ValueError("Anna")) == "Oväntat fel ValueError."


def test_only_what_passes_by_itself_may_be_read_again() -> None:
    """Drift, refusals and lost writes are none of it."""
    assert set(errors.TRANSIENT) == {ScreenNotReady, SessionLost}
