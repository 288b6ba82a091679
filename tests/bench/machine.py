"""What the figures were measured on and with."""

from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from shutil import which

import psutil

from orchestrator.bootstrap import now
from tests.bench.by_peers import PYTHON

_OURS = ("flotta", "playwright", "sqlalchemy", "psycopg", "cryptography")
_THEIRS = ("selenium", "robotframework", "robotframework-browser", "openorchestrator", "procrastinate")
_ASK = "import json, sys; from importlib.metadata import version; print(json.dumps([version(x) for x in sys.argv[1:]]))"


def describe(browser: str, module: str) -> dict[str, str]:
    """Return the facts, in the order in which they are read. `module` is what measures."""
    return {
        "Date": f"{now():%Y-%m-%d}",
        "Command": shlex.join(["python", "-m", module, *sys.argv[1:]]),
        "Processor": f"{_processor()}, {os.cpu_count()} cores; load before the start {os.getloadavg()[0]:.2f}",
        "Memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "System": f"{_system()}, kernel {platform.release()}; temporary files on {_file_system()}",
        "Python": platform.python_version(),
        "Browser": _said(browser, "--version"),
        "Libraries": ", ".join(f"{name} {version(name)}" for name in _OURS),
        "Peers": _peers(),
    }


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform(terse=True)


def _file_system() -> str:
    """Return the kind of file system that the ledgers lie on, since a step waits for it."""
    here = Path(tempfile.gettempdir()).resolve()
    over = [each for each in psutil.disk_partitions(all=True) if here.is_relative_to(each.mountpoint)]
    return max(over, key=lambda each: len(each.mountpoint)).fstype if over else "an unknown file system"


def _peers() -> str:
    if not PYTHON.exists():
        return "none"
    versions = json.loads(_said(str(PYTHON), "-c", _ASK, *_THEIRS))
    found = [f"{name} {each}" for name, each in zip(_THEIRS, versions, strict=True)]
    driver = which("chromedriver")
    return ", ".join([*found, *([" ".join(_said(driver, "--version").split()[:2])] if driver else [])])


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
