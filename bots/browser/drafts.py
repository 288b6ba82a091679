"""A first map of a recorded system, for a person to go through."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from io import StringIO
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bots.browser import recorder, resolver, versions
from bots.browser.recording import ORIGIN

if TYPE_CHECKING:
    from bots.browser.recording import Recording, Stage
    from bots.browser.selector_map import Element

_OUTLINE = """
  const said = (nodes) => nodes.filter(visible).map(text).filter((words) => words && words.length <= SHORT);
  // What heads the rows of a table with columns is a record's.
  const labels = said(all(document, 'dt, th').filter((node) =>
    node.nextElementSibling?.matches(node.tagName === 'DT' ? 'dd' : 'td')
    && !node.closest('table')?.querySelector('thead, [scope=col]')));
  const lasting = (node) => (isLasting(node.id) ? `#${CSS.escape(node.id)}` : '');
  const tables = sight(document, { kind: 'role', value: 'table', name: null }).map((table) => ({
    name: nameOf('table', table),
    css: lasting(table),
    columns: rowsOf(table).said(),
  })).filter(({ name, css, columns }) => (name || css) && columns.some(Boolean));
  const records = location.pathname.split('/').filter(isRecord);
  // Without the number that comes last: it may be another record's the next time.
  const headings = ['h1', 'h2', 'h3', '[role=heading]'].map((css) => said(all(document, css)).map(asSaid)
    .filter((words) => words && !records.some((record) => words.includes(record)))).find((found) => found.length) ?? [];
  const marks = ['main', 'form', 'table', 'nav', 'section', 'div', 'input'].flatMap((tag) =>
    all(document, tag).filter(visible).map(lasting)).filter(Boolean);
  return { headings, labels, tables, marks };
"""
#: Meta tags that say what a page is built by, beside those that name its version.
_BUILDERS = re.compile(r"generator|application-name|(.*[-_:])?version")


def first_map(recording: Recording, stage: Stage) -> str:
    """Return a first map of what was recorded, as YAML: its screens, what they show, and what was pointed out on them.

    A person gives what is read its names and types, and says what is dangerous. It loads as it is, unless the screens
    show too few marks of their version.
    """
    screens: dict[str, dict[str, Any]] = {}
    outlines: dict[str, dict[str, Any]] = {}
    marks: list[dict[str, Any]] = []
    for each in recording.screens:
        page = stage.show(each)
        marks.append(page.evaluate(versions.MARKS))
        outline = page.evaluate(resolver.script("fingerprint.js", "describe.js", _OUTLINE), None)
        screen = screens.setdefault(each.screen, _screen(each.path, outline))
        outlines.setdefault(each.screen, outline)
        for name, (node, action, holds) in stage.named().items():
            # On a screen that is shown again it may have been hidden.
            with suppress(ValueError):
                element = recorder.describe(node, action=action, holds=holds)
                screen.setdefault("elements", {}).setdefault(name, entry(element))
    for name, screen in screens.items():
        others = [other for at, outline in outlines.items() if at != name for other in outline["marks"]]
        screen["identity"]["all_of"] = _told_by(outlines[name], others)
    return written(
        {
            "format": 1, "system": recording.system, "version": recording.version,
            "identify": _probes(marks, recording.version), "screens": screens,
        }
    )  # fmt: skip


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 120
    yaml.preserve_quotes = True
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda representer, _none: representer.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def written(tree: dict[str, Any]) -> str:
    """Return a map's tree as the text of its file."""
    out = StringIO()
    _yaml().dump(tree, out)
    return out.getvalue()


def read(source: str) -> CommentedMap:
    """Return the tree of a map's file, with its comments, so that `written` gives them back."""
    tree: CommentedMap = _yaml().load(source)
    return tree


def _slug(said: str) -> str:
    plain = unicodedata.normalize("NFD", said.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "namnlös"


def _screen(address: str, outline: dict[str, Any]) -> dict[str, Any]:
    path = address.partition("?")[0]
    numbered = re.sub(r"(?<=/)[^/]*\d[^/]*", "{id}", path)
    said: dict[str, Any] = {"path": numbered, "identity": {"url": url_of(address)}}
    if outline["labels"]:
        said["fields"] = {_slug(each): {"label": each} for each in outline["labels"]}
    if outline["tables"]:
        said["tables"] = {
            _slug(each["name"] or each["css"]): {
                **({"name": each["name"]} if each["name"] else {"css": each["css"]}),
                "key": None, "columns": {_slug(c): {"header": c} for c in each["columns"] if c},
            }
            for each in outline["tables"]
        }  # fmt: skip
    return said


def _told_by(outline: dict[str, Any], others: Sequence[str]) -> list[dict[str, str]]:
    """Return what tells a screen: its headings, or else how it is built, best as no other is; at last its address."""
    if outline["headings"]:
        return [{"role": "heading", "name": each} for each in outline["headings"]]
    own = [each for each in outline["marks"] if each not in others]
    return [{"css": each} for each in (own or outline["marks"] or ["body"])[:2]]


def url_of(address: str) -> str:
    """Return the pattern of a screen's address: what has numbers in it may be any, and its query too."""
    parts = re.split(r"(?<=/)([^/]*\d[^/]*)", address.partition("?")[0])
    return "^" + "".join("[^/]+" if at % 2 else re.escape(part) for at, part in enumerate(parts)) + r"(\?|$)"


def entry(element: Element) -> dict[str, Any]:
    """Return an element as a map's file has it."""
    return element.model_dump(mode="json", exclude_defaults=True) | {
        "locators": [each.model_dump(exclude_defaults=True) for each in element.locators]
    }


def flowing(value: Any) -> Any:  # noqa: ANN401 - any part of a map's tree
    """Return a part of a map's tree as people write it: on as few lines as it takes."""
    if isinstance(value, dict):
        new: CommentedMap | CommentedSeq = CommentedMap({key: flowing(each) for key, each in value.items()})
    elif isinstance(value, list):
        new = CommentedSeq([flowing(each) for each in value])
    else:
        return value
    new.fa.set_flow_style()
    return new


def _probes(marks: Sequence[dict[str, Any]], version: str) -> list[dict[str, Any]]:
    """Return the marks by which the version is told: of the first screen, and of all that come after it.

    The first is where the system is met before anybody has signed in. What every screen after it has, and it does not,
    is a mark for who is inside. At least two, if the screens show as many.
    """
    first, rest = marks[0], [each for each in marks[1:] if each != marks[0]]
    metas = [name for name, content in first["metas"].items() if content == version]
    metas += [name for name in first["metas"] if _BUILDERS.fullmatch(name) and name not in metas]
    told = [{"meta": name, "matches": re.escape(first["metas"][name])} for name in metas if first["metas"][name]]
    files = _files(first)
    outside = [{"asset": re.escape(each)} for each in files]
    inside = [
        {"asset": re.escape(each), "inside": True}
        for each in (_files(rest[0]) if rest else ())
        if each not in files and all(each in _files(other) for other in rest)
    ]
    best: list[dict[str, Any]] = [
        *told[:1], *filter(_is_numbered, outside[:1]), *filter(_is_numbered, inside[:1])
    ]  # fmt: skip
    others = [each for each in (*told, *outside, *inside) if each not in best]
    return best + others[: max(0, 2 - len(best))]


def _is_numbered(probe: dict[str, Any]) -> bool:
    """Return whether a file's name says which version of it it is."""
    return re.search(r"\d", probe["asset"]) is not None


def _files(marks: dict[str, Any]) -> list[str]:
    """Return the names of the system's own files on a page, those with a number in them first."""
    ours = {"assets": [each for each in marks["assets"] if each.startswith(ORIGIN)]}
    files = dict.fromkeys(each for each in versions.files(ours) if each)
    return sorted(files, key=lambda file: re.search(r"\d", file) is None)
