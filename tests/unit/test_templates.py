"""The templates that npm brings for `make bench-drift` are unpacked into their folder, and nowhere else."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from tests.bench.drift.templates import unpack


def packed(folder: Path, *members: tarfile.TarInfo) -> Path:
    """Make an archive in which each regular file has its own name as content."""
    file = folder / "packed.tgz"
    with tarfile.open(file, "w:gz") as archive:
        for each in members:
            content = each.name.encode() if each.isreg() else b""
            each.size = len(content)
            archive.addfile(each, io.BytesIO(content))
    return file


def a_link(kind: bytes) -> tarfile.TarInfo:
    link = tarfile.TarInfo("package/link")
    link.type, link.linkname = kind, "/etc/passwd"
    return link


def test_regular_files_are_unpacked(tmp_path: Path) -> None:
    """With their folders, whether the archive has those or not."""
    folder = tarfile.TarInfo("package")
    folder.type = tarfile.DIRTYPE
    file = packed(tmp_path, folder, tarfile.TarInfo("package/dist/index.html"))

    unpack(file, tmp_path / "to")

    assert (tmp_path / "to" / "package" / "dist" / "index.html").read_text() == "package/dist/index.html"


@pytest.mark.parametrize("name", ["../beside", "package/../../beside", "/beside"])
def test_a_file_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    """Whoever publishes a package chooses the names in it."""
    name = f"{tmp_path}{name}" if name.startswith("/") else name

    with pytest.raises(ValueError, match="outside"):
        unpack(packed(tmp_path, tarfile.TarInfo(name)), tmp_path / "to")

    assert not (tmp_path / "beside").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_what_is_no_regular_file_is_refused(tmp_path: Path, kind: bytes) -> None:
    """A later file could be written through a link."""
    with pytest.raises(ValueError, match="no regular file"):
        unpack(packed(tmp_path, a_link(kind)), tmp_path / "to")

    assert not (tmp_path / "to" / "package").exists()
