"""A first map of a recorded system, for a person to go through."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from io import StringIO
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bots.browser import recorder, resolver, versions

if TYPE_CHECKING:
    from bots.browser.recording import Recording, Stage
    from bots.browser.selector_map import Element

_OUTLINE = """
  const labels = all(document, 'dt, th').filter((node) =>
    node.nextElementSibling?.matches(node.tagName === 'DT' ? 'dd' : 'td') && visible(node)).map(text);
  const tables = sight(document, { kind: 'role', value: 'table', name: null }).map((table) => ({
    name: nameOf('table', table),
    columns: rowsOf(table).said(),
  })).filter(({ name, columns }) => name && columns.length);
  return { headings: all(document, 'h1').filter(visible).map(text), labels, tables };
"""


def first_map(recording: Recording, stage: Stage) -> str:
    """Return a first map of what was recorded, as YAML: its screens, what they show, and what was pointed out on them.

    A person gives what is read its names and types, and says what is dangerous.
    """
    screens: dict[str, dict[str, Any]] = {}
    marks: dict[str, Any] = {"metas": {}, "assets": []}
    for each in recording.screens:
        page = stage.show(each)
        marks = marks if marks["assets"] else page.evaluate(versions.MARKS)
        screen = screens.setdefault(each.screen, _screen(each.path, page.evaluate(resolver.script(_OUTLINE), None)))
        for name, (node, action, holds) in stage.named().items():
            # On a screen that is shown again it may have been hidden.
            with suppress(ValueError):
                element = recorder.describe(node, action=action, holds=holds)
                screen.setdefault("elements", {}).setdefault(name, entry(element))
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
    said: dict[str, Any] = {
        "path": numbered,
        "identity": {
            "url": url_of(address),
            "all_of": [{"role": "heading", "name": each} for each in outline["headings"]],
        },
    }
    if outline["labels"]:
        said["fields"] = {_slug(each): {"label": each} for each in outline["labels"]}
    if outline["tables"]:
        said["tables"] = {
            _slug(each["name"]): {
                "name": each["name"], "key": None, "columns": {_slug(c): {"header": c} for c in each["columns"] if c},
            }
            for each in outline["tables"]
        }  # fmt: skip
    return said


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


def _probes(marks: dict[str, Any], version: str) -> list[dict[str, str]]:
    metas = [
        {"meta": name, "matches": re.escape(content)} for name, content in marks["metas"].items() if content == version
    ]
    files = versions.files(marks)
    return metas + [{"asset": re.escape(file)} for file in files if re.search(r"\d", file)][:1]
