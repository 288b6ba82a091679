"""Drafts of maps: proposed from a recording, shown to people with pictures, and approved by one of them.

A draft is a folder `drafts/<version>` beside the system's maps: the map, what is changed in it, and the recording that
shows it. When it is approved the map takes its place among the others, and the recording among the recordings. A map is
never changed otherwise.

A map that somebody has written by hand, and nobody has approved, has a draft of its own version: itself, with what it
lacks. Beside that lies `parent.yaml`, the map as it was written.
"""

from __future__ import annotations

import base64
import difflib
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bots import registry
from bots.browser import drafts, inspection, needs, proposals
from bots.browser import recording as recordings
from bots.browser.inspection import Finding
from bots.browser.proposals import Change, Place
from bots.browser.selector_map import SelectorMap, in_order
from bots.browser.selector_map import load as load_map
from bots.errors import ConfigurationError, MapInvalid
from orchestrator import report

if TYPE_CHECKING:
    from bots.browser.recording import Recording, Stage
    from bots.browser.selector_map import Screen
    from orchestrator.settings import Settings

#: Puts a recording on a stage.
OnStage = Callable[["Recording"], "Stage"]
#: How each kind of change is told.
KINDS = {
    "moved": "flyttad",
    "refreshed": "nya sökvägar",
    "learned": "nu ihågkommen",
    "reworded": "heter något annat",
    "gone": "finns inte kvar",
    "by hand": "måste ses över för hand",
    "unknown": "ord som kartan inte känner",
    "unseen": "inte inspelad",
}
#: What a person must see to before a bot can use the screen again.
OPEN = ("gone", "by hand")


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft: its folder, its map and its parent's, and what is changed.

    `before` is the approved map that it replaces: its parent, or what one that is written by hand names as its parent.
    """

    folder: Path
    #: What stands in the map's file: this and nothing else is approved.
    source: str
    map: SelectorMap
    parent: SelectorMap
    parent_file: Path
    before: SelectorMap | None
    changes: tuple[Change, ...]

    @property
    def asks(self) -> list[int]:
        """The places of the changes that a person must point out, by what the maps themselves say."""
        asked = pointed(self.before, self.map)
        return [at for at, each in enumerate(self.changes) if (each.screen, each.what) in asked]

    @property
    def is_harmless(self) -> bool:
        """Whether nothing but what is remembered differs from an approved parent, so that nobody need look at it."""
        return (
            self.before == self.parent
            and all(each.kind in {"learned", "unseen"} for each in self.changes)
            and not pointed(self.before, self.map)
            and not self.switched_off
        )

    @property
    def switched_off(self) -> list[needs.Unshown]:
        """What the map says is not there, or always the same, and its parent does not: no rule looks at it."""
        before = needs.unshown(self.before) if self.before is not None else []
        return [each for each in needs.unshown(self.map) if each not in before]

    def diff(self) -> list[str]:
        """Return what differs between the files of the parent and the draft, line by line."""
        old = self.parent_file.read_text(encoding="utf-8").splitlines()
        new = (self.folder / "map.yaml").read_text(encoding="utf-8").splitlines()
        return list(difflib.unified_diff(old, new, self.parent.version, self.map.version, lineterm="", n=2))


def gaps(of: SelectorMap) -> list[Finding]:
    """Return what a map lacks of what its system's screens use, as a check tells it; nothing while none is used."""
    if not registry.has_screens(of.system):
        return []
    parted = (gap.removeprefix("screens.").partition(": ") for gap in registry.gaps(of))
    return [
        Finding(screen, element or "identity", "drift", why=f"i kartan: {why}")
        for place, _colon, why in parted
        for screen, _dot, element in [place.partition(".")]
    ]


def draft(
    settings: Settings, parent: SelectorMap, recording: Recording, on_stage: OnStage, file: str | None = None
) -> tuple[Draft | None, tuple[Change, ...]]:
    """Propose a map of what was recorded, and return it as a draft, kept, with what is said of each screen.

    `file` is the parent's, where it is not one of the system's maps. The draft is None when the parent still says all
    of it. One of its version that nobody has approved is replaced.
    """
    folder = settings.maps / parent.system
    source = (Path(file) if file else _file(folder, parent.version)).read_text(encoding="utf-8")
    is_new = parent.approved is None
    taken = [load_map(each).version for each in folder.glob("*.yaml")]
    with on_stage(recording) as stage:
        proposal = proposals.propose(parent, drafts.read(source), recording, stage, taken, is_new=is_new)
    lacks = [Change(each.screen, each.element, "by hand", why=each.why) for each in gaps(parent)]
    changes = _with_before(settings, parent, (*proposal.changes, *lacks), on_stage)
    if not [each for each in changes if each.kind not in {"unknown", "unseen"}]:
        return None, changes
    place = folder / "drafts" / str(proposal.tree["version"])
    try:
        shutil.rmtree(place, ignore_errors=True)
        recordings.store(recording, place / "recording")
        (place / "map.yaml").write_text(drafts.written(proposal.tree), encoding="utf-8")
        if is_new:
            (place / "parent.yaml").write_text(source, encoding="utf-8")
        said = json.dumps([asdict(each) for each in changes], ensure_ascii=False, indent=1)
        (place / "changes.json").write_text(said, encoding="utf-8")
        made = load(settings, parent.system, str(proposal.tree["version"]))
        (place / "index.html").write_text(page(settings, made), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{place} kan inte skrivas ({type(error).__name__}).") from error
    return made, changes


def _with_before(
    settings: Settings, parent: SelectorMap, changes: tuple[Change, ...], on_stage: OnStage
) -> tuple[Change, ...]:
    """Return the changes with where each element stood in the recording of the parent, if there is one."""
    folder = settings.recordings / parent.system / parent.version
    if not (folder / "recording.yaml").is_file():
        return changes
    before = recordings.load(folder)
    with on_stage(before) as stage:
        stood = proposals.places(parent, before, stage)
    return tuple(
        replace(each, before=stood.get((each.screen, each.what.removeprefix("elements.")))) for each in changes
    )


def load(settings: Settings, system: str, version: str | None) -> Draft:
    """Return the draft of that version, or the only one there is. Raises ConfigurationError, or MapInvalid."""
    folder = settings.maps / system / "drafts"
    there = sorted((each.parent.name for each in folder.glob("*/map.yaml")), key=in_order)
    if version is None and len(there) == 1:
        [version] = there
    if version not in there:
        raise ConfigurationError(
            f"Det finns inget utkast till karta för {system}{f' {version}' if version else ''}. "
            + (f"Det finns: {', '.join(there)}." if there else f"`flotta selectors propose {system}` gör ett.")
        )
    place = folder / version
    made = load_map(place / "map.yaml")
    parent_file, before = place / "parent.yaml", None
    if not parent_file.exists():
        parent_file = _file(folder.parent, str(made.parent))
        before = load_map(parent_file)
    elif made.parent is not None:
        before = load_map(_file(folder.parent, made.parent))
    parent = load_map(parent_file)
    try:
        source = (place / "map.yaml").read_text(encoding="utf-8")
        said = json.loads((place / "changes.json").read_text(encoding="utf-8"))
        changes = tuple(_change(each) for each in said)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(f"Utkastet i {place} går inte att läsa ({type(error).__name__}).") from error
    # What somebody has changed in the draft by hand is asked for as well.
    told = {(each.screen, each.what) for each in changes}
    changes += tuple(
        Change(screen, what, "moved", why="skriven för hand", danger="irreversible")
        for screen, what in sorted(pointed(before, made) - told)
    )
    return Draft(place, source, made, parent, parent_file, before, changes)


def pointed(before: SelectorMap | None, made: SelectorMap) -> set[tuple[str, str]]:
    """Return what a person must point out in a draft, as screen and element. `before` is the approved map it replaces.

    Every element that cannot be undone, in the one map or the other, and is not found as it was; and what is clicked to
    come to it.
    """
    asked: set[tuple[str, str]] = set()
    for name, screen in made.screens.items():
        spec = before.screens.get(name) if before is not None else None
        old = spec.elements if spec is not None else {}
        for element, each in screen.elements.items():
            if "irreversible" not in {each.danger, old[element].danger if element in old else ""}:
                continue
            way = {element, *inspection.openers(screen, each)}
            asked |= {(name, f"elements.{at}") for at in way if _found_by(screen, at) != _found_by(spec, at)}
    return asked


def _found_by(screen: Screen | None, name: str) -> object:
    """Return what decides which control an element is, and how dangerous it is said to be."""
    element = screen.elements.get(name) if screen is not None else None
    if screen is None or element is None:
        return None
    row = screen.row(element)
    where = row and row.for_page(), element.within, element.frame
    return element.locators, where, element.via, element.behind, element.danger, element.action


def _change(said: dict[str, Any]) -> Change:
    places = {name: Place(**said[name]) if said[name] else None for name in ("place", "before")}
    return Change(**{**said, **places, "others": tuple(said["others"])})


def _file(folder: Path, version: str) -> Path:
    """Return the file of a map by its version."""
    for file in folder.glob("*.yaml"):
        if load_map(file).version == version:
            return file
    raise ConfigurationError(f"Kartan {version} finns inte i {folder}.")


# --- shown -----------------------------------------------------------------------------------------------------------


def page(settings: Settings, of: Draft) -> str:
    """Return the draft as a page: each change with a picture of where it stood and where it stands."""
    pictures = {"now": _pictures(of.folder / "recording", {each.place for each in of.changes})}
    folder = settings.recordings / of.map.system / of.parent.version
    pictures["before"] = _pictures(folder, {each.before for each in of.changes})
    return report.render(
        "draft.html", system=of.map.system, version=of.map.version, parent=of.parent.version, changes=of.changes,
        kinds=KINDS, pictures=pictures, asks=set(of.asks),
    )  # fmt: skip


def _pictures(folder: Path, places: set[Place | None]) -> Mapping[int, str]:
    wanted = {each.snapshot for each in places if each is not None}
    if not wanted:
        return {}
    screens = recordings.load(folder).screens
    return {at: _picture(picture) for at in wanted if (picture := screens[at].picture) is not None}


def _picture(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def located(of: Draft, on_stage: OnStage) -> Draft:
    """Return the draft with where its map finds now what a person must point out.

    Raises ConfigurationError for what it does not find in the recording: nobody could point it out.
    """
    whole = recordings.load(of.folder / "recording")
    with on_stage(whole) as stage:
        stand = proposals.places(of.map, whole, stage)
    changes = list(of.changes)
    for at in of.asks:
        each = of.changes[at]
        place = stand.get((each.screen, each.what.removeprefix("elements.")))
        if place is None or whole.screens[place.snapshot].picture is None:
            raise ConfigurationError(
                f"{each.screen}.{each.what} går inte att peka ut: kartan hittar det inte på någon inspelad skärmbild. "
                "Spela in den (`flotta record`) och gör ett nytt utkast."
            )
        changes[at] = replace(each, place=place)
    return replace(of, changes=tuple(changes))


def places(of: Draft) -> dict[int, Place]:
    """Return where each of what a person must point out stands, by its place among the changes."""
    return {at: place for at in of.asks if (place := of.changes[at].place) is not None}


# --- approved --------------------------------------------------------------------------------------------------------


def approve(settings: Settings, of: Draft, by: str, on: date, told: Callable[[str], None]) -> Path:
    """Put an approved draft among the system's maps, and its recording among the recordings; return the map's file.

    Before it is there, `told` is given the SHA-256 of what will stand in it, so that no map is in use of which nothing
    is known. Who is killed on the way approves it again. A map that was written by hand is replaced by itself, with
    what it lacked. Raises MapInvalid when it lacks what the system's screens use,
    ConfigurationError when it can't be written, or another map of that version is there already: an approved map is
    never changed.
    """
    if gaps := registry.gaps(of.map):
        raise MapInvalid(str(of.folder / "map.yaml"), gaps)
    tree = drafts.read(of.source)
    last = "parent" if "parent" in tree else "version"
    tree.insert(list(tree).index(last) + 1, "approved", drafts.flowing({"by": by, "on": on}))
    file = settings.maps / of.map.system / f"{of.map.version}.yaml"
    source = drafts.written(tree)
    there = load_map(file) if file.exists() else None
    is_there = there is not None and not (there.approved is None and there == of.parent)
    if there is not None and is_there:
        if there.model_copy(update={"approved": None}) != of.map:
            raise ConfigurationError(f"Kartan {file} finns redan, och en godkänd karta ändras aldrig.")
        source = file.read_text(encoding="utf-8")
    told(hashlib.sha256(source.encode()).hexdigest())
    whole = file.with_suffix(".new")
    try:
        if not is_there:
            whole.write_text(source, encoding="utf-8")
            load_map(whole)
            whole.replace(file)
        kept = settings.recordings / of.map.system / of.map.version
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(of.folder / "recording", kept)
        shutil.rmtree(of.folder)
        if not any(of.folder.parent.iterdir()):
            of.folder.parent.rmdir()
    except OSError as error:
        raise ConfigurationError(f"{file} kan inte skrivas ({type(error).__name__}).") from error
    return file


# --- what it means for the bots --------------------------------------------------------------------------------------


def changed(old: SelectorMap, new: SelectorMap) -> dict[str, set[str]]:
    """Return what differs between two maps: by screen, its elements, fields and tables, or `identity`."""
    found: dict[str, set[str]] = {}
    for name in {*old.screens, *new.screens}:
        one, other = old.screens.get(name), new.screens.get(name)
        if one is None or other is None:
            found[name] = {"identity"}
            continue
        parts = {"identity"} if (one.identity, one.path) != (other.identity, other.path) else set()
        for kind in ("elements", "fields", "tables"):
            ours, theirs = getattr(one, kind), getattr(other, kind)
            parts |= {f"{kind}.{each}" for each in {*ours, *theirs} if ours.get(each) != theirs.get(each)}
        before, now = ({each for each in needs.unshown(of) if each.screen == name} for of in (old, new))
        parts |= {f"{each.place}.{each.name}" for each in before ^ now}
        if parts:
            found[name] = parts
    return found


def used(words: set[str], changed_in: Mapping[str, set[str]], new: SelectorMap) -> dict[str, list[str]]:
    """Return what is changed of the screens that a bot names (`registry.uses`), by screen.

    Elements only where the bot names them, or what it names is behind them; all else of a screen is read with it.
    """
    found = {}
    for screen, parts in changed_in.items():
        if screen not in words:
            continue
        elements = new.screens[screen].elements if screen in new.screens else {}
        needed = {name for name in elements if name in words}
        needed |= {opener for name in needed for opener in inspection.openers(new.screens[screen], elements[name])}
        theirs = sorted(
            part for part in parts if not part.startswith("elements.") or part.removeprefix("elements.") in needed
        )
        if theirs:
            found[screen] = theirs
    return found
