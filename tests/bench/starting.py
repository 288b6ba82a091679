"""Part five: from the moment when a run is due to the first page that its browser asks for.

`flotta up` runs as a service would, with one schedule for each measurement. Where the system would be there is a server
that notes when it is asked for the first time and answers with an error, so that the run ends at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

from orchestrator.bootstrap import now
from tests.bench.mocks import FLOTTA
from tests.bench.tables import spread, table

_ZONE = ZoneInfo("Europe/Stockholm")
#: Between two runs, so that none waits for the one before it.
_APART = timedelta(seconds=8)


def measure(times: int) -> list[float]:
    """Return the seconds that it took, so many times."""
    with tempfile.TemporaryDirectory() as folder, _asked() as (url, asked):
        first = (now() + timedelta(seconds=10)).replace(microsecond=0)
        dues = [first + place * _APART for place in range(times)]
        with _up(Path(folder), url, dues):
            for due in dues:
                took = asked.after(due) - due
                print(f"due {due:%H:%M:%S}, asked for {took.total_seconds():.2f} s later", file=sys.stderr)
        return [(asked.after(due) - due).total_seconds() for due in dues]


@contextmanager
def _up(home: Path, url: str, dues: list[datetime]) -> Iterator[None]:
    schedules = [
        f'[schedules.t{place}]\nbot = "reminder-cleanup"\nonce = {due.astimezone(_ZONE):%Y-%m-%dT%H:%M:%S}\n'
        for place, due in enumerate(dues)
    ]
    (home / "flotta.toml").write_text(f'[systems.lifecare]\nbase_url = "{url}"\n' + "".join(schedules))
    about = {
        "FLOTTA_HOME": home / "state",
        "FLOTTA_KEY_FILE": home / "key" / "key",
        "FLOTTA_CONFIG": home / "flotta.toml",
    }
    environment = {**os.environ, **{name: str(value) for name, value in about.items()}}
    with subprocess.Popen([*FLOTTA, "up"], env=environment, stderr=subprocess.DEVNULL) as up:
        try:
            yield
        finally:
            up.terminate()


class _Asked:
    """When the server was asked for a page."""

    def __init__(self) -> None:
        self._moments: list[datetime] = []
        self._news = threading.Condition()

    def note(self) -> None:
        with self._news:
            self._moments.append(now())
            self._news.notify_all()

    def after(self, moment: datetime) -> datetime:
        """Wait until it has been asked after that moment, and return when it was for the first time."""
        with self._news:
            found = self._news.wait_for(lambda: next((each for each in self._moments if each >= moment), None), 60)
        if found is None:
            raise RuntimeError("nobody asked for a page within a minute")
        return found


@contextmanager
def _asked() -> Iterator[tuple[str, _Asked]]:
    asked = _Asked()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.note()
            self.send_response(500)
            self.end_headers()

        def log_message(self, *_about: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def as_table(seconds: list[float]) -> str:
    """Return the median and the range."""
    return table(["from due to the first page", "seconds"], [[f"{len(seconds)} runs", spread(seconds, 2)]])
