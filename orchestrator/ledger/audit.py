"""The audit trail: a chain in which each entry is bound to all before it, and its head is kept outside the database.

An entry's link is a keyed digest (HMAC-SHA256) of the entry and of the link before it, so whoever alters an entry
without the key breaks the chain there, and whoever takes entries away or changes their order leaves a gap. The end of
the chain proves nothing of what came after it; therefore each new head is also written to a file of anchors beside the
key. Cutting off the end, or putting an older copy of the database in place, is found as long as that file is out of
reach. The trail names runs, items and people who decided, never the persons whom the items are about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bots.errors import StateNotWritable

if TYPE_CHECKING:
    from orchestrator.ledger.vault import Vault

#: The link before the first entry.
ROOT = ""
#: An anchor as it is written.
_LINE = re.compile(r"^(\d+) ([0-9a-f]{64})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what, to which item of which run, and on what grounds. `link` binds it to all entries before it."""

    seq: int
    at: datetime
    who: str
    what: str
    run: str | None
    item: str | None
    facts: Mapping[str, Any]
    link: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head that the chain once had."""

    seq: int
    link: str


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the trail is not what was written. `seq` is that of the entry."""

    seq: int
    why: str


def link(vault: Vault, entry: Mapping[str, Any], before: str) -> str:
    """Return the link of an entry, given by its columns, after the link `before`."""
    said = [entry["seq"], entry["at"].astimezone(UTC).isoformat(), entry["who"], entry["what"], entry["run"],
            entry["item"], entry["facts"], before]  # fmt: skip
    return vault.digest(json.dumps(said, ensure_ascii=False, sort_keys=True).encode())


def breaks(vault: Vault, entries: Iterable[Entry], anchors: Iterable[Anchor]) -> Iterator[Break]:
    """Yield every place where the chain, in the order of its numbers, or an anchor does not agree with it."""
    links: dict[int, str] = {}
    expected, before = 1, ROOT
    for entry in entries:
        if entry.seq != expected:
            missing = f"post {expected}" if entry.seq == expected + 1 else f"posterna {expected} till {entry.seq - 1}"
            yield Break(expected, f"{missing} saknas")
        columns = {name: getattr(entry, name) for name in Entry.__slots__}
        if entry.link != link(vault, columns, before):
            yield Break(entry.seq, "posten, eller den före den, är inte som den skrevs")
        links[entry.seq] = before = entry.link
        expected = entry.seq + 1
    for anchor in anchors:
        if anchor.seq not in links:
            yield Break(anchor.seq, "förankringen är av en post som inte finns: spåret är avkortat")
        elif links[anchor.seq] != anchor.link:
            yield Break(anchor.seq, "förankringen är av en annan post än den som nu står där")


class Anchors:
    """The file of heads, one a line, only ever added to."""

    def __init__(self, file: Path) -> None:
        """`file` is made with the first anchor."""
        self._file = file

    def add(self, anchor: Anchor) -> None:
        """Write one more head. Raises StateNotWritable."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._file.open("a", encoding="utf-8") as out:
                # A line of its own, also after one that was torn.
                out.write(f"\n{anchor.seq} {anchor.link}\n")
        except OSError as error:
            raise StateNotWritable(str(self._file)) from error

    def read(self) -> list[Anchor]:
        """Return every head; none when there is no file.

        A line that a power cut has torn is no anchor: whoever could spoil a line could as well remove it.
        """
        if not self._file.exists():
            return []
        lines = _LINE.findall(self._file.read_text(encoding="utf-8", errors="replace"))
        return [Anchor(int(seq), said) for seq, said in lines]
