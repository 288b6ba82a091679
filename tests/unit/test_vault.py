"""The vault: what is sealed can't be read, altered or opened with another key, and its key is its owner's alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import TypeAdapter

from bots.errors import ConfigurationError
from bots.reminder_cleanup.models import Case
from orchestrator.ledger.vault import Vault, key_from
from tests.builders import a_page


def a_vault() -> Vault:
    return Vault(Fernet.generate_key())


def test_a_record_comes_out_as_it_went_in() -> None:
    """With dates as dates and None as None, so that it equals what is read again."""
    vault, case = a_vault(), Case("P-1", page=a_page(), kept=a_page(id="P-2", beslut=None))
    kind = TypeAdapter(Case)

    assert vault.open(vault.seal(case, kind), kind) == case


@pytest.mark.parametrize("value", [None, "Anna", {"å": ["ä", 1, None]}], ids=str)
def test_plain_values_come_out_as_they_went_in(value: object) -> None:
    """Facts, receipts and texts."""
    vault = a_vault()

    assert vault.open(vault.seal(value)) == value


def test_what_is_sealed_cannot_be_read() -> None:
    """Nor recognised: the same value is sealed differently each time."""
    vault = a_vault()

    one, other = vault.seal("Anna Andersson"), vault.seal("Anna Andersson")

    assert b"Anna" not in one
    assert one != other


def test_another_key_opens_nothing() -> None:
    """And the sentence says where the key is named."""
    with pytest.raises(ConfigurationError, match="FLOTTA_KEY_FILE"):
        a_vault().open(a_vault().seal("Anna"))


def test_what_was_altered_does_not_open() -> None:
    """A copy that somebody has mended is no copy."""
    vault = a_vault()
    sealed = bytearray(vault.seal("Anna"))
    sealed[30] ^= 1

    with pytest.raises(ConfigurationError):
        vault.open(bytes(sealed))


@pytest.mark.parametrize("key", [b"", b"kort", b"x" * 44, b"\xff" * 32])
def test_a_key_of_the_wrong_form_is_refused(key: bytes) -> None:
    """A damaged file is put back from the copy, not replaced."""
    with pytest.raises(ConfigurationError, match="fel form"):
        Vault(key)


# The key's file.


def test_the_first_use_makes_a_key_for_its_owner_alone(tmp_path: Path) -> None:
    """In a folder that is its owner's too."""
    file = tmp_path / "config" / "key"

    key = key_from(file)

    assert Vault(key)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_next_use_reads_the_same_key(tmp_path: Path) -> None:
    """Else nothing could be opened again."""
    assert key_from(tmp_path / "key") == key_from(tmp_path / "key")


@pytest.mark.parametrize("rights", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, rights: int) -> None:
    """With the command that mends it."""
    file = tmp_path / "key"
    key_from(file)
    file.chmod(rights)

    with pytest.raises(ConfigurationError, match="chmod 600"):
        key_from(file)


def test_a_key_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "config").write_text("", encoding="utf-8")

    with pytest.raises(ConfigurationError, match="kan inte läsas eller skapas"):
        key_from(tmp_path / "config" / "key")


def test_a_newline_after_the_key_does_no_harm(tmp_path: Path) -> None:
    """Whoever puts it back with an editor adds one."""
    file = tmp_path / "key"
    key = key_from(file)
    file.write_bytes(key + b"\n")

    assert key_from(file) == key
