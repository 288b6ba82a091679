"""The screens of public admin templates, two major versions of each, and which control of one is which of the other."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PAIRS = HERE / "template-pairs.jsonl"


@dataclass(frozen=True, slots=True)
class Pair:
    """One control on the old screen, and on the new one; `new` is None when it is not there any more. Both XPaths."""

    old: str
    new: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One screen in two versions."""

    old: Path
    new: Path
    pairs: tuple[Pair, ...]


def changes(folder: Path) -> list[Change]:
    """Return every screen with its pairs. `folder` is where `fetch` has put the templates."""
    found: dict[tuple[Path, Path], list[Pair]] = {}
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        screens = tuple(folder / _named(pair[side]["npm"]) / pair[side]["file"] for side in ("old", "new"))
        found.setdefault((screens[0], screens[1]), []).append(Pair(pair["old"]["xpath"], pair["new"]["xpath"]))
    return [Change(old, new, tuple(pairs)) for (old, new), pairs in found.items()]


def fetch(folder: Path, npm: str) -> None:
    """Have npm fetch what is not there yet, and unpack it. Raises CalledProcessError when it can't."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    for package in sorted({pair[side]["npm"] for pair in lines for side in ("old", "new")}):
        place = folder / _named(package)
        if place.exists():
            continue
        command = [npm, "pack", "--silent", package]
        said = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        packed = folder / said.stdout.split()[-1]
        unpack(packed, folder / f"{place.name}.part")
        (folder / f"{place.name}.part" / "package").rename(place)
        (folder / f"{place.name}.part").rmdir()
        packed.unlink()


def unpack(packed: Path, folder: Path) -> None:
    """Unpack the regular files of a tar archive below a folder.

    Raises ValueError for a file that would land outside it, and for links and devices, which npm never packs. Python
    does the same by `filter="data"`, but not in 3.11.2, which Debian 12 has.
    """
    within = folder.resolve()
    with tarfile.open(packed) as archive:
        for member in archive:
            place = (within / member.name).resolve()
            if not place.is_relative_to(within):
                raise ValueError(f"{packed.name}: {member.name} would land outside the folder")
            if member.isdir():
                continue
            content = archive.extractfile(member) if member.isreg() else None
            if content is None:
                raise ValueError(f"{packed.name}: {member.name} is no regular file")
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as file:
                shutil.copyfileobj(content, file)


def _named(package: str) -> str:
    return package.replace("@", "-")
