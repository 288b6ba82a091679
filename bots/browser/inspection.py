"""Hold a map up against the live screens, without writing: every mark and element, and what each locator finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Protocol

from bots.browser import resolver
from bots.browser.screen import ELEMENT
from bots.errors import TRANSIENT, FlottaError, SelectorDrift, Sighting

if TYPE_CHECKING:
    from bots.browser.recording import Recording, Stage
    from bots.browser.selector_map import Element, Screen, SelectorMap
    from bots.browser.session import Session


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one element, or of a screen's identity or content.

    `verdict`: ok; weak (enough agree, but one finds nothing); drift; unseen (not reached without writing).
    """

    screen: str
    element: str
    verdict: str
    sightings: tuple[Sighting, ...] = ()
    why: str = ""


#: What is said of a place with a word that its table of values lacks; rules refer what has it to people.
UNKNOWN = "där står ett ord som kartan inte känner"
#: Where it is told that no map, or more than one, is of the version that is shown.
VERSION = "identify", "version"
#: The verdicts, the best first.
_ORDER = ("ok", "weak", "drift", "unseen")


@dataclass(frozen=True, slots=True)
class Stop:
    """One screen of a tour, and how the system's methods reach it.

    `arrive` goes there and makes sure that it is the screen; it returns False where there is nothing to open, as in an
    empty list. `after` is the screen without which it can't: what has an address of its own needs no more than that
    somebody is signed in.
    """

    screen: str
    arrive: Callable[[], object]
    after: str | None = None


class Tour(Protocol):
    """The screens of a system that can show themselves."""

    def tour(self, needed: Container[str] | None = None) -> Iterator[Stop]:
        """Yield the screens to visit without writing, in order. With `needed` only as far as these need it.

        A screen that this version does not have is passed through: what its stop does is done.
        """


class Visits:
    """A tour as it is carried out: past what is not as the map says, to all that can still be reached.

    Iterated over, it yields the name of each screen of the map on arrival.
    """

    def __init__(
        self, session: Session, screens: Tour, needed: Container[str] | None = None,
        drifted: Callable[[SelectorDrift], None] = lambda _drift: None,
    ) -> None:  # fmt: skip
        """`drifted` is told of each drift when it is met, with the page as it then is."""
        self._session, self._screens, self._needed, self._drifted = session, screens, needed, drifted
        self.drifts: list[SelectorDrift] = []
        #: What else kept it from a screen, the first first. What is not `TRANSIENT` ends it.
        self.errors: list[FlottaError] = []
        #: Why each screen was not looked at, in Swedish.
        self.unseen: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        """Go from stop to stop."""
        for stop in self._screens.tour(self._needed):
            if stop.after in self.unseen:
                self.unseen.setdefault(stop.screen, f"nås först efter {stop.after}")
                continue
            try:
                is_there = stop.arrive() is not False
            except FlottaError as error:
                self.lose(stop.screen, error)
                if not isinstance(error, (SelectorDrift, *TRANSIENT)):
                    return
                continue
            if not is_there:
                self.unseen[stop.screen] = "listan är tom"
            elif stop.screen in self._session.map.screens:
                yield stop.screen

    def lose(self, screen: str, error: FlottaError) -> None:
        """Note what kept it from a screen. A drift may be of another screen, on the way there."""
        if isinstance(error, SelectorDrift):
            self.drifts.append(error)
            self._drifted(error)
            self.unseen[error.screen] = "stämmer inte med kartan"
        else:
            self.errors.append(error)
        self.unseen.setdefault(screen, error.sentence)


def inspect(session: Session, screens: Tour, *, may_open: bool) -> tuple[list[Finding], FlottaError | None]:
    """Return what is found of every element of every screen in the session's map, and what kept it from the rest.

    `may_open` lets it click what opens a form or a menu, never what is irreversible; without it, only safe elements are
    clicked. A screen that can't be reached is reported as unseen, with the reason, as is what comes after it. What is
    no drift, as that nobody has signed in, says nothing of the map: it is returned beside the findings.
    """
    visits = Visits(session, screens)
    findings = _visited(session, visits, may_open=may_open)
    shown = {each.screen for each in findings}
    for name, screen in session.map.screens.items():
        if name not in shown:
            why = visits.unseen.get(name, "besöks inte av kontrollen, som inget skriver")
            findings += [Finding(name, element, "unseen", why=why) for element in ("identity", *screen.elements)]
    return findings, next(iter(visits.errors), None)


def canary(session: Session, screens: Tour, needed: Container[str]) -> list[Finding]:
    """Sign in and visit the screens that are needed, without writing, and return what is found there that is weak.

    Words that the map lacks are left out: the rules refer what has them. Only what is safe is clicked. Raises
    SelectorDrift, with all that was found, where a screen is not as the map says, and what else may keep one from a
    screen. The session is signed in afterwards.
    """

    def look() -> list[Finding]:
        visits = Visits(session, screens, needed)
        found = _visited(session, visits, needed, may_open=False)
        if visits.errors and not visits.drifts:
            raise visits.errors[0]
        return found

    found = session.again(look)
    for first in found:
        if first.verdict == "drift":
            drift = session.screen(first.screen).drift(first.element, first.sightings, why=first.why)
            drift.findings = [asdict(each) for each in found if each.verdict in {"drift", "weak"}]
            raise drift
    return [each for each in found if each.verdict == "weak" and not each.why.startswith(UNKNOWN)]


def _visited(
    session: Session, visits: Visits, needed: Container[str] | None = None, *, may_open: bool
) -> list[Finding]:
    """Return what is found on each screen of a tour, of the `needed` ones alone if given, and each drift on the way."""
    found: dict[tuple[str, str], Finding] = {}
    for name in visits:
        if needed is None or name in needed:
            try:
                found |= {(name, each.element): each for each in _screen(session, name, may_open=may_open)}
            except TRANSIENT as error:
                visits.lose(name, error)
    for drift in visits.drifts:
        # What was found to be wrong on arrival may be what then keeps it from the screen after.
        finding = Finding(drift.screen, drift.element, "drift", drift.sightings, drift.why)
        found.setdefault((drift.screen, drift.element), finding)
    order = list(session.map.screens)
    return sorted(found.values(), key=lambda each: order.index(each.screen))


def doubt(fitting: Sequence[SelectorMap]) -> list[Finding]:
    """Return what keeps a bot from choosing its map, given those whose marks a page shows; nothing where it is one."""
    if len(fitting) == 1:
        return []
    why = f"flera kartor har dess märken: {', '.join(each.version for each in fitting)}"
    return [Finding(*VERSION, "drift", why=why if fitting else "ingen karta har märkena för den version som visas")]


def inspect_recorded(session: Session, recording: Recording, stage: Stage) -> list[Finding]:
    """Return what is found of every element of every screen in the session's map on the recorded screens.

    A screen may have been recorded several times, with this opened on it and then that: what is found once is there.
    The session is on the stage's page.
    """
    findings: list[Finding] = []
    for name, spec in session.map.screens.items():
        best: dict[str, Finding] = {}
        for snapshot in recording.shown(name):
            stage.show(snapshot)
            content = [_as_drawn(each) for each in _content_recorded(session, name)]
            for each in [*content, *(_found_recorded(session, spec, name, *pair) for pair in spec.elements.items())]:
                if each.element not in best or _ORDER.index(each.verdict) < _ORDER.index(best[each.element].verdict):
                    best[each.element] = each
        unseen = [Finding(name, each, "unseen", why="inte inspelad") for each in ("identity", *spec.elements)]
        findings += best.values() or unseen
    return findings


def _content_recorded(session: Session, name: str) -> Iterator[Finding]:
    """Yield as `_content`; in a recording, what is not ready or another screen never becomes this one."""
    try:
        yield from _content(session, name)
    except FlottaError as error:
        yield Finding(name, "identity", "drift", why=error.sentence)


def _found_recorded(session: Session, spec: Screen, screen: str, name: str, element: Element) -> Finding:
    """Return as `_found`; what is behind something in a row may not have been opened when it was recorded."""
    finding = _found(session, screen, name, element)
    if finding.verdict == "drift" and (behind := behind_row(spec, element)):
        return replace(finding, verdict="unseen", sightings=(), why=behind)
    return finding


def behind_row(spec: Screen, element: Element) -> str:
    """Return why an element is not seen by who opens nothing in rows; nothing where it is."""
    return next((why for opener in openers(spec, element) if (why := shut(spec, opener, may_open=True))), "")


def _as_drawn(finding: Finding) -> Finding:
    """Return the finding; a list that a page draws as one goes is recorded as far as it was drawn."""
    if not re.fullmatch(r"tables\.\w+\.rows", finding.element):
        return finding
    return replace(finding, element="content", verdict="weak", why="bara de rader som var ritade är inspelade")


def _screen(session: Session, name: str, *, may_open: bool) -> Iterator[Finding]:
    yield from _content(session, name)
    spec = session.map.screens[name]
    tried: dict[str, str | FlottaError] = {}
    for element, each in spec.elements.items():
        shut = opened(session, name, each, tried, may_open=may_open)
        if isinstance(shut, FlottaError):
            shut = f"det som det ligger bakom gick inte att öppna: {shut.sentence}"
        if shut:
            yield Finding(name, element, "unseen", why=shut)
        else:
            # What an opener brings, a document of its own even, takes its time.
            yield _found(session, name, element, each, limit=ELEMENT if tried else 0)


def opened(
    session: Session, screen: str, element: Element, tried: dict[str, str | FlottaError], *, may_open: bool
) -> str | FlottaError:
    """Click what must be clicked for an element to be seen, each once; return why it is not seen, or nothing.

    `tried` holds what was clicked on the screen as it stands, and what came of it.
    """
    spec = session.map.screens[screen]
    for opener in openers(spec, element):
        if opener not in tried:
            tried[opener] = shut(spec, opener, may_open=may_open)
            if not tried[opener]:
                try:
                    session.screen(screen).click(opener, opened=True)
                except FlottaError as error:
                    tried[opener] = error
        if tried[opener]:
            return tried[opener]
    return ""


def shut(spec: Screen, opener: str, *, may_open: bool) -> str:
    """Return why an element that others are behind is not clicked, in Swedish; nothing where it is."""
    if spec.needs_row(opener):
        return f"bakom {opener}, som står i en rad: roboten klickar på det i ett visst ärendes rad, kontrollen inte"
    if spec.elements[opener].danger != "safe" and not may_open:
        return f"bakom {opener}, som kan ändra något: roboten klickar på det, kontrollen inte"
    return ""


def _content(session: Session, name: str) -> Iterator[Finding]:
    """Yield what is found of how a screen is told and of all that is read on it, the unknown words of it as weak."""
    spec, screen = session.map.screens[name], session.screen(name)
    try:
        drifts, unknown = screen.survey()
    except SelectorDrift as drift:
        drifts, unknown = [drift], []
    if not any(each.element == "identity" for each in drifts):
        yield Finding(name, "identity", "ok", screen.marks())
        if not drifts and (spec.fields or spec.tables):
            yield Finding(name, "content", "ok")
    for each in drifts:
        yield Finding(name, each.element, "drift", each.sightings, each.why)
    for where, cell in unknown:
        yield Finding(name, where, "weak", why=f"{UNKNOWN} (values: {cell.values})")


def _found(session: Session, screen: str, name: str, element: Element, limit: float = 0) -> Finding:
    row = session.map.screens[screen].row(element)
    certain, seen = resolver.found(session.page, element, row, limit=limit)
    if not seen:
        return Finding(screen, name, "unseen", seen, "listan är tom")
    if not certain:
        if element.optional and not any(each.found for each in seen):
            return Finding(screen, name, "unseen", seen, "visas bara ibland")
        if session.screen(screen).weighed(name) is not None:
            return Finding(screen, name, "weak", seen, "känns igen på allt annat än sina sökvägar")
        return Finding(screen, name, "drift", seen)
    return Finding(screen, name, "ok" if all(each.found == 1 for each in seen) else "weak", seen)


def openers(spec: Screen, element: Element) -> list[str]:
    """Return the elements that must be clicked for this one to be seen, outermost first."""
    order: list[str] = []
    for opener in (*element.via, *element.behind):
        order += [*openers(spec, spec.elements[opener]), opener]
    return list(dict.fromkeys(order))
