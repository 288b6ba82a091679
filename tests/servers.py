"""Real servers for what the house sends, each on a free port: one takes mail, one what is posted to it."""

from __future__ import annotations

import asyncio
import json
import queue
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: How long a test waits for what must come. Seconds.
PATIENCE = 30


class _Anywhere(Controller):
    """Takes the port that the system gives it."""

    def _trigger_server(self) -> None:
        self.port = cast("asyncio.Server", self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call] # the library's own


class Mail:
    """A mail server that keeps what it gets, and refuses it for as long as it is told to."""

    def __init__(self, password: str | None = None) -> None:
        """With a `password` it takes mail only from who signs in with it."""
        self._password = password
        self._arrived: queue.Queue[EmailMessage] = queue.Queue()
        self.refusing = False
        self.refused = 0
        self._controller = _Anywhere(
            self, hostname="127.0.0.1", port=0, auth_require_tls=False,
            authenticator=self._sign_in,
        )  # fmt: skip

    def address(self, signed_in_as: str = "") -> str:
        """Return its address as Apprise reads it, for one mailbox. `signed_in_as`: `user:password`."""
        user = f"{signed_in_as}@" if signed_in_as else ""
        return f"mailto://{user}127.0.0.1:{self._controller.port}/?from=flotta@kommun.test&to=drift@kommun.test"

    def next(self) -> EmailMessage:
        """Return the next message, when it has come."""
        return self._arrived.get(timeout=PATIENCE)

    def all(self) -> list[EmailMessage]:
        """Return every message that has come and was not asked for yet."""
        return [self._arrived.get_nowait() for _ in range(self._arrived.qsize())]

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Take a message, or refuse it for now."""
        if self._password is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self.refusing:
            self.refused += 1
            return "451 4.3.0 Try again later"
        self._arrived.put(message_from_bytes(cast("bytes", envelope.content), policy=policy.default))
        return "250 OK"

    def _sign_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        given = data.password.decode() if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == self._password, handled=False)


@contextmanager
def mail_server(password: str | None = None) -> Iterator[Mail]:
    """Serve mail."""
    mail = Mail(password)
    mail._controller.start()
    try:
        yield mail
    finally:
        mail._controller.stop()


def text_of(message: EmailMessage) -> str:
    """Return all that a person can read of a message."""
    body: str = message.get_content()
    return "\n".join([message["subject"], *body.splitlines()])


class Hook:
    """A web server that keeps what is posted to it, and refuses it for as long as it is told to."""

    def __init__(self, certificate: Path | None) -> None:
        """With a `certificate` it speaks TLS."""
        hook = self
        self._arrived: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.refusing = False

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if not hook.refusing:
                    hook._arrived.put((self.path, body))
                self.send_response(503 if hook.refusing else 202)
                self.end_headers()

            def log_message(self, *_said: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def next(self) -> tuple[str, Any]:
        """Return the path and the content of the next post, when it has come."""
        return self._arrived.get(timeout=PATIENCE)


@contextmanager
def hook_server(certificate: Path | None = None) -> Iterator[Hook]:
    """Serve a webhook."""
    hook = Hook(certificate)
    thread = threading.Thread(target=hook._server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hook
    finally:
        hook._server.shutdown()
        hook._server.server_close()
        thread.join()


@contextmanager
def mute_server() -> Iterator[int]:
    """Serve on a port where everybody may connect and nobody is answered."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def a_certificate(file: Path) -> Path:
    """Write a certificate of this machine, with its key, that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(certificate.public_bytes(pem) + private)
    return file
