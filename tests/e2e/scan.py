"""The scan for personal data in the clear: every file below some directories, and all that is packed inside them."""

import base64
import binascii
import bz2
import gzip
import io
import json
import lzma
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import ahocorasick_rs

#: Packed in packed in packed: deeper than any program does it by accident.
DEPTH = 4
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_PACKED: tuple[tuple[bytes, Any], ...] = (
    (b"\x1f\x8b\x08", 31),
    (b"\x78\x01", 15),
    (b"\x78\x9c", 15),
    (b"\x78\xda", 15),
)
_WHOLE: tuple[tuple[bytes, Any], ...] = ((b"BZh", bz2.decompress), (b"\xfd7zXZ", lzma.decompress))
#: A truncated or altered packing is what a killed program leaves; what can be read of it is looked at.
_BROKEN = (zlib.error, EOFError, OSError, ValueError, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, sqlite3.Error)


@dataclass(frozen=True)
class Leak:
    """A piece of personal data that was found, and where."""

    said: str
    where: str


def people_of(state: Mapping[str, Any]) -> list[str]:
    """Return every name and personnummer of a mock's state."""
    persons = [each[fact] for each in state["persons"] for fact in ("name", "personnummer")]
    return [*persons, *(each["name"] for each in state["handlaggare"])]


def leaks(folders: Iterable[Path], people: Iterable[str]) -> list[Leak]:
    """Return what is found of `people` in the files and the file names below the folders."""
    needles = _Needles(people)
    found = []
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            where = str(file.relative_to(folder))
            found += needles.found(where.encode(), f"the name of {where}")
            if file.is_file() and not file.is_symlink():
                for inside, data in _layers(file.read_bytes(), where, DEPTH):
                    found += needles.found(data, inside)
    return found


class _Needles:
    """Each piece of personal data in every way that a program may write it, all of them looked for at once."""

    def __init__(self, people: Iterable[str]) -> None:
        forms = {form: said for said in set(people) for written in _written(said) for form in _encoded(written)}
        self._said = list(forms.values())
        self._forms = ahocorasick_rs.BytesAhoCorasick(list(forms))

    def found(self, data: bytes, where: str) -> list[Leak]:
        hits = self._forms.find_matches_as_indexes(_folded(data), overlapping=True)
        return [Leak(said, where) for said in sorted({self._said[form] for form, _start, _end in hits})]


def _written(said: str) -> set[str]:
    if not said.isdigit():
        first, _, last = said.rpartition(" ")
        return {said, f"{last}, {first}", f"{last} {first}"}
    return {said, f"{said[:8]}-{said[8:]}", said[2:], f"{said[2:8]}-{said[8:]}"}


def _encoded(written: str) -> set[bytes]:
    cases = {written, written.lower(), written.upper()}
    forms = {form for case in cases for form in (case, json.dumps(case)[1:-1], quote(case), quote(case, safe=""))}
    forms |= {form.replace("%20", "+") for form in forms}
    return {_folded(form.encode(code)) for form in forms for code in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")}


def _folded(data: bytes) -> bytes:
    # A to Z alone, which lie alike in every encoding here.
    return data.lower()


def _layers(data: bytes, where: str, depth: int) -> Iterator[tuple[str, bytes]]:
    """Yield the data and all that is packed inside it."""
    yield where, data
    if depth:
        for how, inner in _unpacked(data):
            yield from _layers(inner, f"{where} > {how}", depth - 1)


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    yield from _from_zip(data)
    yield from _from_sqlite(data)
    for magic, unpack in _WHOLE:
        if data.startswith(magic):
            with suppress(*_BROKEN):
                yield unpack.__module__, unpack(data)
    for magic, window in _PACKED:
        for hit in re.finditer(re.escape(magic), data):
            with suppress(*_BROKEN):
                if inner := zlib.decompressobj(window).decompress(data[hit.start() :]):
                    yield "deflated", inner
    for hit in _BASE64.finditer(data):
        for shift in range(4):
            # Text that goes on before the encoded part shifts it by up to three signs.
            with suppress(binascii.Error):
                yield "base64", _from_base64(hit.group()[shift:])


def _from_base64(text: bytes) -> bytes:
    plain = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    return base64.b64decode(plain[: len(plain) // 4 * 4] if len(plain) % 4 == 1 else plain + b"=" * (-len(plain) % 4))


def _from_zip(data: bytes) -> Iterator[tuple[str, bytes]]:
    with suppress(*_BROKEN), zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            yield f"zip: {name}", name.encode()
            with suppress(*_BROKEN):
                yield f"zip: {name}", archive.read(name)


def _from_sqlite(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield each stored value whole: on its pages a long one lies in pieces."""
    if not data.startswith(b"SQLite format 3\0"):
        return
    with suppress(*_BROKEN), closing(sqlite3.connect(":memory:")) as database:
        # Version 1 in place of 2: a copy in memory has no write-ahead log.
        database.deserialize(data[:18] + b"\1\1" + data[20:])
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - the table's own name
                for value in row:
                    if isinstance(value, str | bytes):
                        yield f"table {table}", value.encode() if isinstance(value, str) else value


def packed_examples(secret: str) -> dict[str, bytes]:
    """Return files that hide the secret, one for each way that the scan must see through."""
    plain = f"before {secret} after".encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("inside.txt", plain)
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE notes (note TEXT)")
        # So long that it is stored in pieces, and the secret lies where two of them meet.
        database.execute("INSERT INTO notes VALUES (?)", ("x" * 4080 + secret + "x" * 9000,))
        database.commit()
        pages = database.serialize()
    return {
        "plain": plain,
        "upper case": secret.upper().encode(),
        "utf-16": secret.encode("utf-16"),
        "latin-1": secret.encode("latin-1"),
        "json": json.dumps({"name": secret}).encode(),
        "address": f"/find?q={quote(secret)}".encode(),
        "gzip": gzip.compress(plain),
        "gzip in other data": b"\0" * 7 + gzip.compress(plain) + b"\0" * 7,
        "deflated stream": b"stream\n" + zlib.compress(plain) + b"\nendstream",
        "bz2": bz2.compress(plain),
        "xz": lzma.compress(plain),
        "zip": archive.getvalue(),
        "zip in gzip": gzip.compress(archive.getvalue()),
        "base64": b'{"detail": "' + base64.b64encode(plain) + b'"}',
        "base64 after text": b"token_" + base64.urlsafe_b64encode(plain),
        "sqlite": pages,
    }
