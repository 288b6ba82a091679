"""A server of literal pages that journals every POST, and can leave one without an answer."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: What every page of the system has: the mark by which its version is told.
_HEAD = '<link rel="icon" href="data:,"><link rel="author" href="/litet.1">'


@dataclass
class Site:
    """One server. `pages` by path; `posts` are the paths posted to, in order, each as often as it came."""

    url: str
    pages: dict[str, str] = field(default_factory=dict)
    posts: list[str] = field(default_factory=list)
    #: The headers that a page is sent with, and what its address answers, by path.
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    #: What was posted, in order, as it was sent.
    sent: list[str] = field(default_factory=list)
    #: The addresses that were asked for, in order, each with what the browser had of it, if it said so.
    gets: list[tuple[str, str | None]] = field(default_factory=list)
    #: An address with `?0.3` is answered after so many seconds.
    #: Close a connection that has answered before, without an answer, when a POST comes on it.
    hang_up: bool = False

    def fresh(self) -> "Site":
        """Forget all pages and posts."""
        for each in (self.pages, self.posts, self.headers, self.statuses, self.sent, self.gets):
            each.clear()
        self.hang_up = False
        return self

    def show(self, body: str, at: str = "/", headers: Mapping[str, str] | None = None, *, status: int = 200) -> str:
        """Serve the body as the page at this path, and return its address."""
        self.statuses[at] = status
        self.headers[at] = dict(headers or {})
        self.pages[at] = f'<!DOCTYPE html><html lang="sv">{_HEAD}<body>{body}</body></html>'
        return self.url + at


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        had = self.headers.get("If-None-Match")
        self.site.gets.append((self.path, had))
        path = self.path.partition("?")[0]
        if had is not None and had == self.site.headers.get(path, {}).get("ETag"):
            self.send_response(304)
            self.end_headers()
            return
        self._answer()

    def do_POST(self) -> None:
        self.site.sent.append(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())
        self.site.posts.append(self.path)
        if self.site.hang_up:
            self.close_connection = True
            return
        self._answer()

    def _answer(self) -> None:
        path, _, late = self.path.partition("?")
        if late.replace(".", "", 1).isdecimal():
            threading.Event().wait(float(late))
        page = self.site.pages.get(path)
        body = (page or "").encode()
        self.send_response(404 if page is None else self.site.statuses.get(path, 200))
        for name, value in {"Content-Type": "text/html; charset=utf-8", **self.site.headers.get(path, {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has in the base class
        """Keep quiet."""


@contextmanager
def serving() -> Iterator[Site]:
    """Serve an empty site until the context ends."""
    site = Site("")
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    # A browser keeps its connections open; waiting for them would hang the end of the module.
    server.block_on_close = False
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
