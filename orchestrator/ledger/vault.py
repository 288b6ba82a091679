"""What keeps personal data in the ledger unreadable without the key, which lies outside the state directory."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import TypeAdapter

from bots.errors import ConfigurationError


class Vault:
    """Seals and opens values. Authenticated encryption: what was altered does not open."""

    def __init__(self, key: bytes) -> None:
        """`key` is 32 bytes in URL-safe base64, as `new_key` makes it."""
        try:
            self._fernet = Fernet(key)
        except ValueError as error:
            raise ConfigurationError(
                "Krypteringsnyckeln har fel form. Återställ nyckelfilen från säkerhetskopian."
            ) from error
        self._digesting = HKDF(SHA256(), 32, salt=None, info=b"flotta digest").derive(base64.urlsafe_b64decode(key))

    def digest(self, said: bytes) -> str:
        """Return a digest that only the key's owner can make: it proves sameness, and tells nothing else."""
        return hmac.new(self._digesting, said, hashlib.sha256).hexdigest()

    def digest_of(self, sealed: bytes) -> str:
        """Return the digest of what was sealed: the same however often, and at whatever time, it was."""
        return self.digest(self.open_bytes(sealed))

    def seal_bytes(self, raw: bytes) -> bytes:
        """Return `raw` sealed."""
        return self._fernet.encrypt(raw)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Return the bytes that were sealed. Raises ConfigurationError as `open` does."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise ConfigurationError(
                "Liggaren går inte att öppna med den här krypteringsnyckeln. Ange rätt nyckelfil i FLOTTA_KEY_FILE."
            ) from error

    def seal(self, value: Any, kind: TypeAdapter[Any] | None = None) -> bytes:  # noqa: ANN401 - whatever its adapter can write
        """Return `value` as sealed JSON."""
        return self.seal_bytes((kind or _ANYTHING).dump_json(value))

    def open(self, sealed: bytes, kind: TypeAdapter[Any] | None = None) -> Any:  # noqa: ANN401 - whatever its adapter reads
        """Return the value that was sealed. Raises ConfigurationError when this is not the key it was sealed with."""
        return (kind or _ANYTHING).validate_json(self.open_bytes(sealed))


_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


def key_from(file: Path) -> bytes:
    """Return the key in `file`, made on first use with rights for its owner alone.

    Raises ConfigurationError when it cannot be read or made, or when others may read it.
    """
    try:
        if not file.exists():
            _make(file)
        if file.stat().st_mode & 0o077:
            raise ConfigurationError(f"Nyckelfilen {file} får läsas av andra. Kör `chmod 600 {file}`.")
        return file.read_bytes().strip()
    except OSError as error:
        raise ConfigurationError(f"Nyckelfilen {file} kan inte läsas eller skapas ({type(error).__name__}).") from error


def _make(file: Path) -> None:
    """Make a key, whole from the moment when it is there, and never over one that another process has made."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(Fernet.generate_key())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass  # the other one's counts
    finally:
        draft.unlink()
