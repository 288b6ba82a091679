"""What npm has packed is unpacked on every Python that the set-up takes, and only below its folder."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from tests.bench.drift.templates import unpack


def packed(file: Path, *names: str) -> Path:
    """Return an archive that has files of these names, and a link out of it."""
    with tarfile.open(file, "w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 3
            archive.addfile(member, io.BytesIO(b"<p>"))
        link = tarfile.TarInfo("package/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(link)
    return file


def test_files_are_unpacked_and_links_are_not(tmp_path: Path) -> None:
    """A link could lead what comes after it out of the folder."""
    unpack(packed(tmp_path / "a.tgz", "package/pages/index.html"), tmp_path / "a")

    assert [str(each.relative_to(tmp_path / "a")) for each in sorted((tmp_path / "a").rglob("*"))] == [
        "package", "package/pages", "package/pages/index.html"
    ]  # fmt: skip
    assert (tmp_path / "a/package/pages/index.html").read_bytes() == b"<p>"


@pytest.mark.parametrize("name", ["../b.html", "package/../../b.html", "/b.html"])
def test_a_file_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    """And nothing is written there."""
    with pytest.raises(ValueError, match="outside its folder"):
        unpack(packed(tmp_path / "a.tgz", name), tmp_path / "a")

    assert not (tmp_path / "b.html").exists()
