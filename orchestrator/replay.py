"""A recorded system that answers as it did: for a bot to be run against, with no network.

It answers what it was asked when it was recorded, and nothing else. What it had answered before a write, and after, it
answers before and after that write here too. Whatever it was never asked, or was asked later, is where the recording
ends.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from bots.browser.recording import ORIGIN, Exchange, Recording

#: What is said to whoever asks for more than was recorded.
_ENDS = "<!DOCTYPE html><html lang=sv><title>Inspelningen slutar här</title><h1>Inspelningen slutar här</h1></html>"


class Replay:
    """One recorded system, and how far into its recording it has come."""

    def __init__(self, recording: Recording) -> None:
        """Begin at the beginning."""
        self.recording = recording
        self._said = recording.exchanges
        #: How many writes had been answered before each exchange.
        self._before = [sum(each.writes for each in self._said[:at]) for at in range(len(self._said))]
        self._writes = 0
        #: How many writes had been answered when somebody had signed in: up to the page that comes after the password.
        self._signing_in = _signing_in(recording.exchanges)
        self._lock = threading.Lock()
        #: What was asked and is not in the recording, in order, each once.
        self.ends: list[str] = []

    def answer(self, method: str, path: str, sent: str) -> Exchange | None:
        """Return what the system answered to this question, or None where the recording ends."""
        with self._lock:
            at = self._found(method, path, sent)
            if at is None:
                where = f"{method} {path} ({self._writes} skrivningar in)"
                if where not in self.ends:
                    self.ends.append(where)
                return None
            if self._said[at].writes:
                self._writes = max(self._writes, self._before[at] + 1)
            return self._said[at]

    def _found(self, method: str, path: str, sent: str) -> int | None:
        asked = [at for at, each in enumerate(self._said) if each.method == method and _is_same(each.path, path)]
        if method == "GET":
            # The latest that was answered after no more writes than there have been.
            return max((at for at in asked if self._before[at] <= self._writes), default=None)
        asked = [at for at in asked if _is_same_form(self._said[at], sent)]
        # The next write, in the order in which they were made; or signing in, which may be done again at any time.
        may_be = [at for at in asked if self._before[at] == self._writes or self._before[at] < self._signing_in]
        return may_be[0] if may_be else None


def _signing_in(said: Sequence[Exchange]) -> int:
    """Return how many of the writes belong to signing in: to the last password, and a choice on the next page."""
    through = writes = pages = 0
    for each in said:
        if each.writes:
            writes += 1
            if any(value == "x" for _name, value in _fields(each.sent or "")):
                through, pages = writes, 0
            elif through == writes - 1 and through and pages == 1 and each.status in range(300, 400):
                # It leads on to the first page that is not about signing in.
                through, pages = writes, 2
        elif each.status == 200 and "html" in each.type:  # noqa: PLR2004 - a whole page
            pages += 1
    return through


def _is_same(recorded: str, asked: str) -> bool:
    ours, theirs = urlsplit(recorded), urlsplit(asked)
    return ours.path == theirs.path and _pairs(ours.query) == _pairs(theirs.query)


def _is_same_form(recorded: Exchange, sent: str) -> bool:
    """Return whether the same fields are sent with the same values. What people write may be worded otherwise."""
    ours, theirs = _fields(recorded.sent or ""), _fields(sent)
    return [name for name, _value in ours] == [name for name, _value in theirs] and all(
        mine == other or _is_written(mine) for (_name, mine), (_other, other) in zip(ours, theirs, strict=True)
    )


def _is_written(value: str) -> bool:
    """Return whether a value is a text, or stands for what was scrubbed out of the recording."""
    return " " in value or value == "x" or re.match(r"xa[a-z]{2}", value, re.IGNORECASE) is not None


def _fields(body: str) -> list[tuple[str, str]]:
    try:
        said = json.loads(body)
    except ValueError:
        return _pairs(body)
    return sorted((name, str(value)) for name, value in said.items()) if isinstance(said, dict) else [("", str(said))]


def _pairs(said: str) -> list[tuple[str, str]]:
    return sorted(parse_qsl(said, keep_blank_values=True)) or [("", said)]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    replay: Replay
    url: str

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace"))

    do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - the names that the base class looks for

    def _answer(self, sent: str) -> None:
        found = self.replay.answer(self.command, self.path, sent)
        body = _ENDS.encode() if found is None else found.body.replace(ORIGIN.encode(), self.url.encode())
        self.send_response(404 if found is None else found.status)
        self.send_header("Content-Type", "text/html; charset=utf-8" if found is None else found.type)
        self.send_header("Content-Length", str(len(body)))
        if found is not None and found.location:
            self.send_header("Location", found.location.replace(ORIGIN, self.url))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has in the base class
        """Keep quiet."""


@contextmanager
def serving(recordings: Sequence[Recording]) -> Iterator[tuple[dict[str, str], list[Replay]]]:
    """Serve recorded systems until the context ends; yield their addresses, and how far into each one it has come."""
    with ExitStack() as stack:
        urls, replays = {}, []
        for each in recordings:
            replay = Replay(each)
            server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
            url = f"http://127.0.0.1:{server.server_address[1]}"
            server.RequestHandlerClass = type("Handler", (_Handler,), {"replay": replay, "url": url})
            server.daemon_threads, server.block_on_close = True, False
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            urls[each.system] = url
            replays.append(replay)
        yield urls, replays
