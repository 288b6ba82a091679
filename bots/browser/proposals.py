"""What a map would have to say of a system that has changed: proposed to people, never used before one has approved.

A recorded screen is held up against the map. What its locators still find is left as it is. What they don't is looked
for by all that the map remembers, over the whole screen at once (`resolver.propose`), so that two elements can't claim
the same control; or it is proposed to be gone. Labels and headers that are missing are proposed from what stands in
their place between those that are there. What the draft then still can't find or read is told as a check tells it.
"""

from __future__ import annotations

import copy
import difflib
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Literal

from playwright.sync_api import Error as PlaywrightError
from pydantic import ValidationError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from bots.browser import inspection, recorder, resolver, versions
from bots.browser.drafts import entry, flowing, url_of
from bots.browser.recording import ORIGIN
from bots.browser.selector_map import Element, Identity, Screen, SelectorMap, following
from bots.browser.session import Session

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle, Page
    from ruamel.yaml.comments import CommentedMap

    from bots.browser.recording import Recording, Stage
    from bots.browser.selector_map import Row, Table

#: What became of something in the map:
#:
#:     moved       it is proposed to be somewhere else
#:     refreshed   it is where it was, and some of its locators don't find it any more
#:     learned     it is where it was, and is remembered from now on
#:     reworded    a label, a header or a heading says something else
#:     gone        it is proposed not to be there any more
#:     by hand     nothing can be proposed
#:     unknown     a word stands there that the map's table of values lacks
#:     unseen      its screen was not recorded
Kind = Literal["moved", "refreshed", "learned", "reworded", "gone", "by hand", "unknown", "unseen"]
_LABELS = """
  return [...new Set([...labelled(document).values()].map(([value]) => value))].map((value) => {
    let label = value;
    while (label && !label.matches('dt, th')) label = label.previousElementSibling;
    return label ? text(label) : '';
  });
"""
_HEADERS = """
  const { root } = rooted(ask);
  const [table] = root ? tablesOf(root, ask) : [];
  return table ? rowsOf(table).said() : [];
"""
_EMPTY = """
  const { root } = rooted(ask);
  return root ? all(root, ask.css).map(text) : [];
"""
#: Bits that a control must have to be proposed: what has fewer is shown as an answer, and left to a person.
WORTH = 5.0
#: How many answers are shown for each element, "not there" among them.
ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a recorded picture: the snapshot's place in the recording, and a box in pixels."""

    snapshot: int
    x: float
    y: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point of the picture is in the box."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


@dataclass(frozen=True, slots=True)
class Change:
    """What is proposed for one element, field, column or mark of a screen; `old` and `new` as a person reads them."""

    screen: str
    what: str
    kind: Kind
    old: str = ""
    new: str = ""
    why: str = ""
    danger: str = "safe"
    place: Place | None = None
    before: Place | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft of a map, as the tree of its file, and what is changed in it."""

    tree: CommentedMap
    changes: tuple[Change, ...]


def propose(
    parent: SelectorMap, tree: CommentedMap, recording: Recording, stage: Stage, taken: Collection[str] = (), *,
    is_new: bool = False,
) -> Proposal:  # fmt: skip
    """Return a draft that fits what was recorded, beginning from `parent`, whose file's tree is `tree`.

    `tree` is not changed. The draft names its parent, and nobody has approved it. Its version is none of those `taken`.
    `is_new`: nobody has approved the map yet either, so the draft is the map itself, with what it lacks.
    """
    draft = copy.deepcopy(tree)
    changes: list[Change] = []
    marks: dict[str, Any] | None = None
    for name, screen in parent.screens.items():
        seen = [_Seen(stage, at, each.path) for at, each in enumerate(recording.screens) if each.screen == name]
        if not seen:
            changes.append(Change(name, "identity", "unseen", why="skärmbilden är inte inspelad"))
            continue
        if marks is None:
            marks = seen[0].show(recording).evaluate(versions.MARKS)
        looked = _Looked(recording, seen, draft["screens"][name])
        changes += looked.identity(name, screen.identity)
        changes += looked.words(name, screen)
        changes += looked.elements(name, screen)
    marks = marks or {"metas": {}, "assets": []}
    if not is_new:
        changes += _renamed(parent, draft, recording.version, marks, {parent.version, *taken})
    made = SelectorMap.model_validate(draft)
    changes += _left(made, recording, stage, changes)
    for each in inspection.doubt([made] if versions.fits_marks(made, marks) else []):
        changes.append(Change(each.screen, each.element, "by hand", why=each.why))
    return Proposal(draft, tuple(changes))


def _left(draft: SelectorMap, recording: Recording, stage: Stage, changes: Sequence[Change]) -> Iterator[Change]:
    """Yield what a check of the recording by the draft finds wrong, or unknown, and no change leaves to people yet."""
    told = {(each.screen, each.what) for each in changes if each.kind in ("by hand", "gone")}
    on = datetime.combine(recording.recorded, time(), UTC)
    session = Session(stage.page, draft, ORIGIN, now=lambda: on, is_recorded=True)
    for each in inspection.inspect_recorded(session, recording, stage):
        element = draft.screens[each.screen].elements.get(each.element)
        what = each.element if element is None else f"elements.{each.element}"
        if (each.screen, what) in told:
            continue
        counts = ", ".join(f"{seen.locator}: {seen.found}" for seen in each.sightings)
        why = "; ".join(part for part in (each.why, counts) if part)
        if each.verdict == "drift":
            yield Change(each.screen, what, "by hand", why=why, danger=element.danger if element else "safe")
        elif each.why.startswith(inspection.UNKNOWN):
            yield Change(each.screen, what, "unknown", why=each.why)


def places(of: SelectorMap, recording: Recording, stage: Stage) -> dict[tuple[str, str], Place]:
    """Return where a map's own elements stand in a recording that it fits, by screen and element."""
    found: dict[tuple[str, str], Place] = {}
    for at, snapshot in enumerate(recording.screens):
        page = stage.show(snapshot)
        screen = of.screens.get(snapshot.screen)
        for name, element in screen.elements.items() if screen else ():
            row = screen.row(element) if screen else None
            if (snapshot.screen, name) not in found and (place := _placed(at, _meant(page, element, row))):
                found[snapshot.screen, name] = place
    return found


@dataclass(frozen=True, slots=True)
class _Seen:
    """One snapshot of a screen, on the stage."""

    stage: Stage
    at: int
    path: str

    def show(self, recording: Recording) -> Page:
        return self.stage.show(recording.screens[self.at])


class _Looked:
    """One screen of the map, held up against its snapshots; writes what it proposes into the screen's tree."""

    def __init__(self, recording: Recording, seen: Sequence[_Seen], tree: dict[str, Any]) -> None:
        self._recording, self._seen, self._tree = recording, seen, tree

    # --- how the screen is told --------------------------------------------------------------------------------

    def identity(self, screen: str, identity: Identity) -> Iterator[Change]:
        path = self._seen[0].path
        if not any(re.search(identity.url, each.path) for each in self._seen):
            new = url_of(path)
            self._tree["identity"]["url"] = new
            yield Change(screen, "identity.url", "reworded", identity.url, new)
        page = self._seen[0].show(self._recording)
        headings = page.evaluate(
            resolver.script("return sight(document, { kind: 'role', value: 'heading', name: null }).map(text);"), None
        )
        free = [each for each in headings if not any(_says(each, mark.name) for mark in identity.all_of)]
        for at, mark in enumerate(identity.all_of):
            if self._is_there(mark.for_page()):
                continue
            if mark.kind == "role" and mark.value == "heading" and free:
                new = free.pop(0)
                self._tree["identity"]["all_of"][at]["name"] = new
                yield Change(screen, "identity", "reworded", str(mark.name), new, "första okända rubriken")
            else:
                yield Change(screen, "identity", "by hand", str(mark), why="känns inte igen")

    def _is_there(self, mark: dict[str, Any]) -> bool:
        ask = resolver.script("return sight(document, ask).filter(visible).length;")
        return any(each.show(self._recording).evaluate(ask, mark) for each in self._seen)

    # --- what is read on it ------------------------------------------------------------------------------------

    def words(self, screen: str, spec: Screen) -> Iterator[Change]:
        labels = {name: field.label for name, field in spec.fields.items() if field.label and not field.optional}
        if labels:
            shown = self._evaluated(_LABELS, None)
            yield from self._reworded(screen, "fields", labels, shown, self._tree.get("fields", {}), "label")
        for name, table in spec.tables.items():
            headers = {column: cell.header for column, cell in table.columns.items()}
            shown = self._evaluated(_HEADERS, {"frame": table.frame, "css": table.css, "name": table.name})
            if not shown and table.empty and self._stands(table):
                continue
            if not shown:
                said = table.name or table.css or ""
                yield Change(screen, f"tables.{name}", "by hand", said, why="tabellen finns inte")
                continue
            tree = self._tree["tables"][name]["columns"]
            yield from self._reworded(screen, f"tables.{name}.columns", headers, shown, tree, "header")

    def _stands(self, table: Table) -> bool:
        """Return whether what stands in the table's place is there: nothing was in it when it was recorded."""
        ask = {"frame": table.frame, "css": table.empty}
        return bool(self._evaluated(_EMPTY, ask))

    def _evaluated(self, body: str, ask: dict[str, Any] | None) -> list[str]:
        """Return the longest answer of the screen's snapshots."""
        answers = [each.show(self._recording).evaluate(resolver.script(body), ask) for each in self._seen]
        return max(answers, key=len)

    def _reworded(
        self, screen: str, where: str, ours: Mapping[str, str], shown: Sequence[str], tree: dict[str, Any], key: str
    ) -> Iterator[Change]:
        for name, new in reworded(ours, shown).items():
            if new is None:
                yield Change(screen, f"{where}.{name}", "by hand", ours[name], why="inget står säkert i dess ställe")
            else:
                tree[name][key] = new
                yield Change(screen, f"{where}.{name}", "reworded", ours[name], new, "det enda nya på dess plats")

    # --- what is done on it ------------------------------------------------------------------------------------

    def elements(self, screen: str, spec: Screen) -> Iterator[Change]:
        yield from self._in_rows(screen, spec)
        elements = {name: each for name, each in spec.elements.items() if each.row_of is None}
        best: dict[str, _Candidate] = {}
        for seen in self._seen:
            page = seen.show(self._recording)
            for frame in {each.frame for each in elements.values()}:
                together = {name: each for name, each in elements.items() if each.frame == frame}
                for name, candidate in _candidates(page, seen.at, together, frame).items():
                    if name not in best or candidate.rank > best[name].rank:
                        best[name] = candidate
        for name, element in elements.items():
            found = best.get(name)
            if found is not None and found.certain and found.at is None:
                continue
            behind = inspection.behind_row(spec, element)
            if behind and (found is None or not found.certain):
                yield Change(screen, f"elements.{name}", "unseen", why=behind, danger=element.danger)
                continue
            change = self._element(screen, name, element, found)
            if change is not None:
                yield change

    def _in_rows(self, screen: str, spec: Screen) -> Iterator[Change]:
        for name, element in spec.elements.items():
            if element.row_of is not None:
                row, pages = spec.row(element), (each.show(self._recording) for each in self._seen)
                if not any(resolver.found(page, element, row)[0] for page in pages):
                    said = ", ".join(map(str, element.locators))
                    why = "det som står i varje rad skrivs för hand"
                    yield Change(screen, f"elements.{name}", "by hand", said, why=why, danger=element.danger)

    def _element(self, screen: str, name: str, old: Element, found: _Candidate | None) -> Change | None:
        said = ", ".join(map(str, old.locators))
        was = Change(screen, f"elements.{name}", "by hand", said, danger=old.danger)
        if found is None or found.at is None:
            if old.fingerprint is None or found is None:
                return replace(was, why="kartan minns inget av det att söka efter")
            return replace(was, kind="gone", why=found.why, others=found.others)
        page = next(each for each in self._seen if each.at == found.snapshot).show(self._recording)
        node = _weighed(page, old.frame, found.at)
        if not found.certain and found.bits < WORTH:
            return replace(was, why="inget är likt nog", others=(found.why, *found.others))
        kind: Kind = "moved" if not found.certain else "learned" if found.whole else "refreshed"
        if kind == "learned" and old.fingerprint is not None:
            return None
        new = _described(page, node, old, kind)
        if new is None:
            return None if found.certain else replace(was, why="inget leder säkert till det", others=found.others)
        tree, written = self._tree["elements"][name], entry(new)
        for key in ("within", "locators", "fingerprint"):
            if key not in written:
                tree.pop(key, None)
            elif kind != "learned" or key == "fingerprint":
                tree[key] = flowing(written[key])
        place = _placed(found.snapshot, node)
        now = ", ".join(map(str, new.locators))
        return replace(was, kind=kind, new=now, why=found.why, place=place, others=found.others)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The best answer for one element on one snapshot: a place among the controls, or that it is not there."""

    snapshot: int
    at: int | None
    bits: float
    certain: bool = False
    whole: bool = False
    why: str = ""
    others: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[bool, bool, float]:
        return self.certain, self.at is not None, self.bits


def _candidates(page: Page, at: int, elements: Mapping[str, Element], frame: str | None) -> dict[str, _Candidate]:
    look = resolver.weigh(page, elements, frame=frame, signs_in=True)
    if look is None:
        return {}
    found = {}
    for name, element in elements.items():
        answer = look.weighed[name]
        if answer.at is not None and answer.at >= len(look.shown):
            # Found for certain, and no control: there is nothing to learn of it.
            found[name] = _Candidate(at, None, math.inf, certain=True)
        elif answer.at is not None:
            whole = all(each.found == 1 for each in resolver.found(page, element)[1])
            found[name] = _Candidate(at, answer.at, 0.0, certain=True, whole=whole, why="dess sökvägar hittar det")
    for name, answers in resolver.propose(look, elements).items():
        best, *rest = answers[:ANSWERS]
        found[name] = _Candidate(at, best.at, best.bits, why=_said(best), others=tuple(map(_said, rest)))
    return found


def _said(answer: resolver.Candidate) -> str:
    if answer.shown is None:
        return f"finns inte ({answer.bits:.0f} bitar)"
    one = answer.shown
    words = one.label or one.content or one.placeholder or one.title or one.beside or one.id
    return f"{one.role} {words} ({answer.bits:.0f} bitar)"


def _weighed(page: Page, frame: str | None, at: int) -> ElementHandle | None:
    """Return the control at a place, as `resolver.weigh` numbers them."""
    ask = resolver.script("fingerprint.js", "const { root } = rooted(ask); return root && portrait(root).seen[ask.at];")
    return page.evaluate_handle(ask, {"frame": frame, "at": at}).as_element()


def _described(page: Page, node: ElementHandle | None, old: Element, kind: Kind) -> Element | None:
    if node is None:
        return None
    return _remembered(node, old) if kind == "learned" else _renewed(page, node, old)


def _remembered(node: ElementHandle, old: Element) -> Element | None:
    try:
        return old.model_copy(update={"fingerprint": recorder.describe(node).fingerprint})
    except (ValueError, ValidationError):
        return None


def _renewed(page: Page, node: ElementHandle, old: Element) -> Element | None:
    """Return the element as it is described now, with all that the map says of its use; None when that is not enough.

    It must lead to the control, and to nothing when the control is not there: a look-alike must not be taken for it.
    """
    try:
        now = recorder.describe(node, action=old.action, holds=old.holds)
        stored = {**entry(old), **entry(now), "within": entry(old).get("within")}
        new = Element.model_validate(stored)
        if not _leads_to(page, new, node):
            new = Element.model_validate({**stored, "within": None})
    except (ValueError, ValidationError):
        return None
    if not _leads_to(page, new, node):
        return None
    handle = node.evaluate_handle(
        "(node) => { const at = document.createComment(''); node.replaceWith(at); return at; }"
    )
    try:
        return None if resolver.found(page, new)[0] else new
    finally:
        handle.evaluate("(at, node) => at.replaceWith(node)", node)


def _leads_to(page: Page, element: Element, node: ElementHandle) -> bool:
    meant = _meant(page, element)
    return meant is not None and bool(meant.evaluate("(meant, node) => meant === node", node))


def _meant(page: Page, element: Element, row: Row | None = None) -> ElementHandle | None:
    ask = resolver.script("const { root } = rooted(ask); return root && meant(root, ask)[0];")
    return page.evaluate_handle(ask, resolver.for_page(element, row)).as_element()


def _placed(snapshot: int, node: ElementHandle | None) -> Place | None:
    box = node.bounding_box() if node is not None else None
    return Place(snapshot, box["x"], box["y"], box["width"], box["height"]) if box else None


def reworded(ours: Mapping[str, str], shown: Sequence[str]) -> dict[str, str | None]:
    """Return what the labels that are missing are now, by name: None where that is not certain.

    Labels stand in an order. Between two that are there, the one missing is the new one, if there is one of each.
    """
    fold = [_fold(each) for each in shown]
    names = list(ours)
    wanted = [_fold(ours[name]) for name in names]
    answers: dict[str, str | None] = {}
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, wanted, fold, autojunk=False).get_opcodes():
        if tag in {"equal", "insert"}:
            continue
        missing = [name for name in names[i1:i2] if _fold(ours[name]) not in fold]
        new = [shown[at] for at in range(j1, j2) if fold[at] not in wanted]
        for name in missing:
            answers[name] = new[0] if len(missing) == len(new) == 1 else None
    return answers


def _fold(said: str) -> str:
    return " ".join(re.findall(r"\w+", re.sub(r"\s\(?\d+\)?$", "", said).lower()))


def _says(heading: str, name: str | None) -> bool:
    return name is not None and _fold(heading) == _fold(name)


def _renamed(
    parent: SelectorMap, draft: CommentedMap, version: str, marks: dict[str, Any], taken: Collection[str]
) -> list[Change]:
    """Give the draft a version, a parent, and probes that agree with what the page shows; return what that changes."""
    draft.pop("approved", None)
    draft.pop("parent", None)
    draft.insert(list(draft).index("version") + 1, "parent", DoubleQuotedScalarString(parent.version))
    if versions.fits_marks(parent, marks):
        # The same version, changed under the same name: what fits it both ways is the newer one.
        draft["version"] = DoubleQuotedScalarString(following(parent.version, taken))
        return []
    # The system may call itself as before, and be built of other files.
    draft["version"] = DoubleQuotedScalarString(following(version, taken) if version in taken else version)
    files = versions.files(marks)
    before = _marks(draft)
    for at, probe in enumerate(parent.identify):
        if probe.inside:
            # It does not stand on the first screen.
            continue
        if probe.meta is not None and probe.meta in marks["metas"]:
            draft["identify"][at]["matches"] = re.escape(marks["metas"][probe.meta])
        elif probe.asset is not None and files:
            plain = re.sub(r"\\(.)", r"\1", probe.asset)
            closest = max(files, key=lambda file: difflib.SequenceMatcher(None, plain, file).ratio())
            draft["identify"][at]["asset"] = re.escape(closest)
    return [Change(*inspection.VERSION, "reworded", before, _marks(draft))] if _marks(draft) != before else []


def _marks(draft: CommentedMap) -> str:
    return ", ".join(str(probe.get("asset") or f"{probe['meta']}={probe['matches']}") for probe in draft["identify"])


def pointed_out(on: Page, html: str, places: Mapping[int, Place]) -> bool:
    """Show a draft's page to a person, who points out what is asked for. Return whether they then approved it.

    `places` are where the map finds each of it, by the number that the page calls it. False when they close the window
    before that, and at the first click on anything else: nobody is to try until it is right.
    """
    right: set[int] = set()
    wrong: list[int] = []
    approved: list[bool] = []

    def pointed(number: int, x: float, y: float) -> bool:
        is_right = number in places and places[number].holds(x, y)
        if is_right:
            right.add(number)
        else:
            wrong.append(number)
        return is_right

    on.expose_function("flottaPointed", pointed)
    on.expose_function("flottaApproved", lambda: approved.append(True))
    # Who approves may close the window at once.
    with suppress(PlaywrightError):
        on.set_content(html)
        while not approved and not wrong:
            on.wait_for_timeout(100)
    return bool(approved) and not wrong and set(places) <= right
