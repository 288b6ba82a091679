"""Follow a walk through a live system, a person's or a script's, and record it."""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from playwright.sync_api import Error as PlaywrightError
from pydantic import ValidationError

from bots.browser import inspection, recorder, resolver, versions
from bots.browser.drafts import first_map
from bots.browser.recording import Recording, Snapshot, Stage, exchanges, pictured, scrubbed, store, taken
from bots.browser.scrub import Wording
from bots.browser.selector_map import Action, Holds, Locator, SelectorMap
from bots.browser.session import new_context
from bots.errors import TRANSIENT, ConfigurationError, FlottaError, SelectorDrift

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ElementHandle, Page, Request

    from bots.browser.inspection import Tour
    from bots.browser.session import Session

#: What can be said on a walk, each a line.
HELP = """\
screen NAMN                      sidan som visas är skärmbilden NAMN; en gång till när något på den har öppnats
element NAMN [SÖKVÄG] [fill|select|press] [holds=other|id|amount]
                                 peka ut ett element; utan SÖKVÄG klickar du på det i fönstret
keep ORD ...                     orden är systemets egna och får stå kvar
goto ADRESS                      gå till en adress i systemet
click|press SÖKVÄG               klicka på något, eller tryck Enter på det
fill|select SÖKVÄG TEXT          fyll i något, eller välj i en lista
done                             klart
SÖKVÄG skrivs role=button[Spara], label=Orsak, css=#spara, …"""

_PICK = """
  const pages = [document, ...all(document, 'iframe, frame').flatMap((frame) => frame.contentDocument ?? [])];
  const kinds = ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'click'];
  return new Promise((then) => {
    const take = (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.type !== 'click') return;
      for (const page of pages) for (const kind of kinds) page.removeEventListener(kind, take, true);
      const at = event.composedPath()[0];
      then((at.nodeType === Node.ELEMENT_NODE ? at : at.parentElement).closest(CANDIDATES) ?? at);
    };
    for (const page of pages) for (const kind of kinds) page.addEventListener(kind, take, true);
  });
"""


#: The words of a line: in quotation marks, a locator with a name in brackets, or up to the next space.
_SAID = re.compile(r'"[^"]*"|\w+=\w+\[[^\]]*\]|\S+')
#: How long a page that has come may go on fetching. Milliseconds.
QUIET = 3_000
#: How many looks in a row, twenty a second, must see nothing on its way.
LOOKS = 3


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording that may be stored, and the phrases that were replaced in it since they hold what may be a name.

    The phrases are as they stood, each with the words that may be one: for the person at the terminal alone.
    """

    clean: Recording
    doubted: Mapping[str, Sequence[str]]

    def store(self, folder: Path) -> None:
        """Write it to a new folder, as `recording.store` does."""
        store(self.clean, folder)


def record(
    browser: Browser,
    system: str,
    base_url: str,
    walked: Callable[[Walk], None],
    *,
    known: Sequence[str],
    version: str | None,
    today: date,
    folder: Path,
    accepts: bool,
) -> Recorded:
    """Follow a walk through the system at `base_url`, and return what was recorded, scrubbed.

    `known` are texts of which every word is the system's own. Without a `version` it is what the first screen shows as
    one in its meta tags, or the day. What has not been scrubbed is in a file in `folder` as long as the walk goes on.
    `accepts`: nobody is there to answer when the browser asks. Raises RecordingNotClean, or ConfigurationError when no
    screen was named.
    """
    with tempfile.TemporaryDirectory(dir=folder) as place:
        har = Path(place) / "network.har"
        with new_context(browser, har) as context:
            page = context.new_page()
            # In a window it stays until the person answers it.
            page.on("dialog", lambda dialog: dialog.accept() if accepts else None)
            page.goto(base_url)
            walk = Walk(page, base_url, is_seen=not accepts)
            walked(walk)
            if not walk.snapshots:
                raise ConfigurationError("Ingen skärmbild fick ett namn, så inget spelades in.")
        log = json.loads(har.read_text(encoding="utf-8"))
    wording = Wording()
    wording.know(json.dumps(SelectorMap.model_json_schema()))
    for each in (*known, *walk.kept):
        wording.know(each)
    raw = Recording(system, version or "", today, tuple(walk.snapshots), tuple(exchanges(log, base_url.rstrip("/"))))
    clean = scrubbed(raw, base_url.rstrip("/"), wording)
    with Stage(browser, clean) as stage:
        clean = replace(clean, version=version or _version(stage.show(clean.screens[0])) or f"{today}")
        clean = pictured(clean, stage)
        return Recorded(replace(clean, map=first_map(clean, stage)), wording.doubted)


def tour(walk: Walk, session: Session, screens: Tour) -> str | None:
    """Let a bot walk through the screens that it knows, without writing, to all that are as the map says.

    What opens a form or a menu is clicked, never what is irreversible, and the screen is taken once more. What did not
    fit is taken as it is. Returns what kept it from a screen or from opening something, or None when nothing did.
    Raises what is no drift, unless it may be gone by the next time.
    """

    def take(drift: SelectorDrift) -> None:
        walk.screen(drift.screen)

    visits = inspection.Visits(session, screens, drifted=take)
    shut: list[FlottaError] = []
    for name in visits:
        # What is only on its way when a screen is taken would be called gone.
        with suppress(FlottaError):
            session.screen(name).survey()
        walk.screen(name)
        tried: dict[str, str | FlottaError] = {}
        for element in session.map.screens[name].elements.values():
            clicked = list(tried.values()).count("")
            inspection.opened(session, name, element, tried, may_open=True)
            if list(tried.values()).count("") > clicked:
                walk.screen(name)
        shut += [each for each in tried.values() if isinstance(each, FlottaError)]
    if lasting := [each for each in visits.errors if not isinstance(each, TRANSIENT)]:
        raise lasting[0]
    return " ".join(dict.fromkeys(each.sentence for each in (*visits.drifts, *visits.errors, *shut))) or None


class Walk:
    """A walk through a live system: its screens are named and its elements pointed out on the way.

    Whoever walks may use the browser as they like meanwhile. Everything is kept in memory.
    """

    def __init__(self, page: Page, base_url: str, *, is_seen: bool = True) -> None:
        """Bind; `page` may be anywhere in the system. `is_seen`: somebody is at its window."""
        self._is_seen = is_seen
        self.page, self._base_url = page, base_url.rstrip("/")
        #: What the page has asked for and has no answer to yet.
        self._pending: set[Request] = set()
        page.on("request", self._asked)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)
        self.snapshots: list[Snapshot] = []
        #: Words that whoever walks says are the system's own.
        self.kept: list[str] = []

    def do(self, line: str) -> str:
        """Do what one line says (`HELP`), and return what came of it. Raises ConfigurationError if it can't be done."""
        if line.count('"') % 2:
            raise ConfigurationError(f"Raden går inte att läsa, för ett citattecken saknas: {line}")
        said = "" if line.lstrip().startswith("#") else line
        verb, *words = [each.strip('"') for each in _SAID.findall(said)] or [""]
        verbs: dict[str, tuple[Callable[..., str], int, int]] = {
            "screen": (self.screen, 1, 1), "element": (self._element, 1, 4), "keep": (self._keep, 1, 99),
            "goto": (self._goto, 1, 1), "click": (self._click, 1, 1), "press": (self._press, 1, 1),
            "fill": (self._fill, 2, 2), "select": (self._select, 2, 2), "help": (lambda: HELP, 0, 0),
            "": (lambda: "", 0, 0),
        }  # fmt: skip
        if verb not in verbs:
            raise ConfigurationError(f"Det går inte att säga {verb} här. `help` visar vad som går.")
        act, least, most = verbs[verb]
        if not least <= len(words) <= most:
            raise ConfigurationError(f"{verb} skrivs inte så. `help` visar hur.")
        try:
            told = act(*words)
            self._settle()
        except PlaywrightError as error:
            raise ConfigurationError(f"{verb} gick inte: {error.message.splitlines()[0]}") from error
        return told

    def screen(self, name: str) -> str:
        """Take the page as it stands for the screen of that name."""
        self.snapshots.append(taken(self.page, _named(name)))
        return f"{name} {self.snapshots[-1].path}"

    def _asked(self, request: Request) -> None:
        self._pending.add(request)

    def _answered(self, request: Request) -> None:
        self._pending.discard(request)

    def _settle(self) -> None:
        """Wait until the page has asked for nothing for a while: what it fetches belongs to it. Some never stop."""
        give_up = time.monotonic() + QUIET / 1000
        quiet = 0
        while quiet < LOOKS and time.monotonic() < give_up:
            self.page.wait_for_timeout(50)
            quiet = 0 if self._pending else quiet + 1

    def _element(self, name: str, *words: str) -> str:
        if not self.snapshots:
            raise ConfigurationError("Säg först vilken skärmbild det är: screen NAMN.")
        action: Action = "click"
        holds: Holds | None = None
        where = None
        for word in words:
            if word in get_args(Action):
                action = cast("Action", word)
            elif (said := word.removeprefix("holds=")) in get_args(Holds):
                holds = cast("Holds", said)
            else:
                where = word
        if where is None and not self._is_seen:
            raise ConfigurationError("Ange en sökväg: ingen är vid fönstret.")
        node = self._picked() if where is None else self._found(where)
        try:
            element = recorder.describe(node, action=action, holds=holds)
        except (ValueError, ValidationError) as error:
            raise ConfigurationError(
                f"{name} går inte att peka ut: inget leder till just det, eller så syns det inte."
            ) from error
        node.evaluate(
            resolver.script("snapshot.js", "point(node, said);", takes="node, said"),
            f"{_named(name)} {action} {holds or ''}",
        )
        # The screen once more, with what was pointed out on it.
        screen = self.snapshots[-1].screen
        self.snapshots[-1] = taken(self.page, screen)
        return f"{screen}.{name}: " + (", ".join(map(str, element.locators)) or "bara sitt fingeravtryck")

    def _picked(self) -> ElementHandle:
        node = self.page.evaluate_handle(resolver.script("fingerprint.js", _PICK), None).as_element()
        if node is None:
            raise ConfigurationError("Inget pekades ut.")
        return node

    def _found(self, where: str) -> ElementHandle:
        locator = parsed(where)
        found = self.page.evaluate_handle(
            resolver.script("return sight(document, ask).filter(visible);"), locator.for_page()
        )
        nodes = [each for each in found.get_properties().values() if (node := each.as_element())]
        if len(nodes) != 1:
            raise ConfigurationError(f"{where} finns {len(nodes)} gånger på sidan, och ska finnas en gång.")
        node = nodes[0].as_element()
        assert node is not None  # noqa: S101 - filtered above
        return node

    def _keep(self, *words: str) -> str:
        self.kept += words
        return ""

    def _goto(self, path: str) -> str:
        response = self.page.goto(self._base_url + "/" + path.lstrip("/"), wait_until="load")
        if response is not None and response.status >= 400:  # noqa: PLR2004 - HTTP's own line
            raise ConfigurationError(f"{path}: systemet svarade {response.status}.")
        return ""

    def _click(self, where: str) -> str:
        self._found(where).click()
        return ""

    def _press(self, where: str) -> str:
        self._found(where).press("Enter")
        return ""

    def _fill(self, where: str, text: str) -> str:
        self._found(where).fill(text)
        return ""

    def _select(self, where: str, label: str) -> str:
        self._found(where).select_option(label=label)
        return ""


def parsed(where: str) -> Locator:
    """Return a locator that is written as reports write it. Raises ConfigurationError when it is none."""
    match = re.fullmatch(r"(?P<kind>\w+)=(?P<value>.*?)(?:\[(?P<name>[^\]=]+)\])?", where)
    try:
        if match is None:
            raise ConfigurationError(
                f"{where} är ingen sökväg. Skriv till exempel role=button[Spara] eller css=#spara."
            )
        kind, value, name = match.group("kind", "value", "name")
        if kind != "role":
            return Locator.model_validate({kind: where.partition("=")[2]})
        return Locator.model_validate({kind: value, "name": name})
    except ValidationError as error:
        raise ConfigurationError(f"{where} är ingen sökväg som en karta kan ha.") from error


def _named(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ConfigurationError(f"{name} är inget namn i en karta: skriv med a-z, siffror och _.")
    return name


def _version(page: Page) -> str | None:
    """Return what the page's meta tags say of its version."""
    metas = page.evaluate(versions.MARKS)["metas"]
    return next(
        (
            content
            for name, content in metas.items()
            if re.fullmatch(r"(.*[-_:])?version", name.lower()) and re.fullmatch(r"\w[\w.+-]*", content)
        ),
        None,
    )
