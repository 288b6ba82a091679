"""Mock Lifecare in a process of its own, so that what it costs is nobody's."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: The command line, by this very Python.
FLOTTA = [sys.executable, "-c", "from orchestrator.cli import main; main()"]


@contextmanager
def mock(ui: str, rows: int) -> Iterator[str]:
    """Serve the mock; yield its address."""
    command = [*FLOTTA, "mock", "lifecare", "--port", "0", "--ui", f"lifecare={ui}", "--rows", str(rows)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            if server.stdout is None:
                raise RuntimeError("the mock says nothing")
            yield server.stdout.readline().split()[1]
        finally:
            server.terminate()


def get(url: str) -> Any:
    """Return the JSON at `url`."""
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own mock
        return json.load(answer)


def reset(url: str, rows: int) -> None:
    """Seed the mock anew."""
    body = json.dumps({"rows": rows, "seed": 1}).encode()
    request = urllib.request.Request(f"{url}/__mock__/reset", body, {"content-type": "application/json"})  # noqa: S310
    urllib.request.urlopen(request).close()  # noqa: S310 - our own mock
