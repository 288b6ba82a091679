"""Hold a map up against the live screens, without writing: every mark and element, and what each locator finds."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Protocol

from bots.browser import resolver
from bots.browser.screen import ELEMENT
from bots.errors import FlottaError, SelectorDrift, Sighting

if TYPE_CHECKING:
    from bots.browser.recording import Recording, Stage
    from bots.browser.selector_map import Element, Screen
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
#: The verdicts, the best first.
_ORDER = ("ok", "weak", "drift", "unseen")


class Tour(Protocol):
    """The screens of a system that can show themselves."""

    def tour(self, needed: Container[str] | None = None) -> Iterator[str]:
        """Walk through the screens without writing, yielding the name of each on arrival.

        With `needed` only as far as these need it.
        """


def inspect(session: Session, screens: Tour, *, may_open: bool) -> tuple[list[Finding], FlottaError | None]:
    """Return what is found of every element of every screen in the session's map, and what kept it from the rest.

    `may_open` lets it click what opens a form or a menu, never what is irreversible; without it, only safe elements are
    clicked. Stops at the first screen that cannot be reached, and reports the rest as unseen. What is no drift, as that
    nobody has signed in, says nothing of the map: it is returned beside the findings.
    """
    ended: FlottaError | None = None
    findings: list[Finding] = []
    reached: set[str] = set()
    try:
        for name in screens.tour():
            reached.add(name)
            findings += _screen(session, name, may_open=may_open)
    except SelectorDrift as drift:
        reached.add(drift.screen)
        findings.append(Finding(drift.screen, drift.element, "drift", drift.sightings, drift.sentence))
    except FlottaError as error:
        ended = error
    for name, screen in session.map.screens.items():
        if name not in reached:
            findings += [Finding(name, element, "unseen") for element in ("identity", *screen.elements)]
    return findings, ended


def canary(session: Session, screens: Tour, needed: Container[str]) -> list[Finding]:
    """Sign in and visit the screens that are needed, without writing, and return what is found there that is weak.

    Words that the map lacks are left out: the rules refer what has them. Only what is safe is clicked. Raises
    SelectorDrift, with all that was found, where a screen is not as the map says, and what else may keep one from a
    screen. The session is signed in afterwards.
    """

    def look() -> list[Finding]:
        found: list[Finding] = []
        for name in screens.tour(needed):
            if name in needed:
                found += _screen(session, name, may_open=False)
        return found

    found = session.again(look)
    for first in found:
        if first.verdict == "drift":
            drift = session.screen(first.screen).drift(first.element, first.sightings, why=first.why)
            drift.findings = [asdict(each) for each in found if each.verdict in {"drift", "weak"}]
            raise drift
    return [each for each in found if each.verdict == "weak" and not each.why.startswith(UNKNOWN)]


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
            for each in [*content, *(_found(session, name, *pair) for pair in spec.elements.items())]:
                if each.element not in best or _ORDER.index(each.verdict) < _ORDER.index(best[each.element].verdict):
                    best[each.element] = each
        findings += best.values() or [Finding(name, each, "unseen") for each in ("identity", *spec.elements)]
    return findings


def _content_recorded(session: Session, name: str) -> Iterator[Finding]:
    """Yield as `_content`; in a recording, what is not ready or another screen never becomes this one."""
    try:
        yield from _content(session, name)
    except FlottaError as error:
        yield Finding(name, "identity", "drift", why=error.sentence)


def _as_drawn(finding: Finding) -> Finding:
    """Return the finding; a list that a page draws as one goes is recorded as far as it was drawn."""
    if not re.fullmatch(r"tables\.\w+\.rows", finding.element):
        return finding
    return replace(finding, element="content", verdict="weak", why="bara de rader som var ritade är inspelade")


def _screen(session: Session, name: str, *, may_open: bool) -> Iterator[Finding]:
    yield from _content(session, name)
    spec = session.map.screens[name]
    opened: set[str] = set()
    for element, each in spec.elements.items():
        yield _element(session, spec, name, element, each, opened, may_open=may_open)


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


def _element(
    session: Session, spec: Screen, screen: str, name: str, element: Element, opened: set[str], *, may_open: bool
) -> Finding:
    for opener in openers(spec, element):
        if opener in opened:
            continue
        if spec.needs_row(opener):
            return Finding(screen, name, "unseen", (), f"bakom {opener}, som står i en rad")
        if spec.elements[opener].danger != "safe" and not may_open:
            return Finding(screen, name, "unseen", (), f"bakom {opener}")
        try:
            session.screen(screen).click(opener, opened=True)
        except FlottaError as error:
            return Finding(screen, name, "unseen", (), f"{opener} gick inte att öppna: {error.sentence}")
        opened.add(opener)
    # What an opener brings, a document of its own even, takes its time.
    return _found(session, screen, name, element, limit=ELEMENT if opened else 0)


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
