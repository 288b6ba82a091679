"""Runs commands and workers in the test's own process, with a browser that is warm already.

What differs from processes of their own is the start alone: while one runs, the environment, the working directory and
the standard streams are its own. Signals, kills and what a process leaves behind are tested on real processes
(`House.start`, `House.worker`, `House.armed`).
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import pytest

from bots.browser import session
from orchestrator import bootstrap, cli, processes

if TYPE_CHECKING:
    import subprocess

    from playwright.sync_api import Browser, BrowserContext, Playwright


class _Exited:
    """A worker's process that has ended, as far as `Operator` looks at one."""

    def __init__(self, code: int) -> None:
        """`code` is its exit code."""
        self.returncode = code

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code."""
        del timeout
        return self.returncode


class InProcess:
    """What takes the place of `flotta` and of `python -m orchestrator.worker`."""

    def __init__(self, playwright: Playwright, browser: Browser) -> None:
        """`browser` is kept open; each command and worker gets contexts of its own in it."""
        self._playwright, self._browser = playwright, browser

    def command(
        self, arguments: Sequence[str], *, environment: Mapping[str, str], folder: Path, stdin: int | None = None
    ) -> tuple[int, str, str]:
        """Run `flotta` with these arguments and return its exit code, standard output and standard error.

        `stdin` is the file descriptor of a terminal; without one there is nobody to ask.
        """
        out, err = io.StringIO(), io.StringIO()
        with ExitStack() as stack:
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            stack.enter_context(_environment(environment))
            stack.enter_context(contextlib.chdir(folder))
            patch.setattr("sys.stdin", stack.enter_context(_input(stdin)))
            stack.enter_context(redirect_stdout(out))
            stack.enter_context(redirect_stderr(err))
            self._replace(stack, patch)
            code = _exit_code(arguments)
        return code, out.getvalue(), err.getvalue()

    def worker(
        self,
        home: Path,
        run_id: str,
        environment: Mapping[str, str],
        *,
        after: int | None = None,
        how: str | None = None,
        person: str | None = None,
    ) -> int:
        """Carry a run as its worker's process does, and return the exit code.

        `person` is a script that stands for a person at the screen, put into every page.
        """
        log = processes.log_file(home, run_id)
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with ExitStack() as stack:
            out = stack.enter_context(log.open("a", encoding="utf-8"))
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            stack.enter_context(_environment({**environment, "FLOTTA_HOME": str(home)}))
            stack.enter_context(redirect_stdout(out))
            stack.enter_context(redirect_stderr(out))
            stack.callback(signal.signal, signal.SIGTERM, signal.getsignal(signal.SIGTERM))
            self._replace(stack, patch, person=person)
            return bootstrap.carry(run_id, after=after, how=how)

    def _replace(self, stack: ExitStack, patch: pytest.MonkeyPatch, *, person: str | None = None) -> None:
        """Put the warm browser and workers of this process in the place of new ones, for as long as `patch` lasts."""
        start, context, window = processes.start, session.new_context, session.running

        def start_here(home: Path, run_id: str, environment: Mapping[str, str], **more: Any) -> Any:
            if more.get("how") == processes.LANE:
                lane: subprocess.Popen[bytes] = start(home, run_id, environment, **more)
                return lane
            return _Exited(self.worker(home, run_id, environment, **more))

        def context_with_person(browser: Browser, har: Path | None = None) -> BrowserContext:
            made = context(browser, har)
            if person is not None:
                made.add_init_script(person)
            return made

        @contextmanager
        def running(setting: str | None, *, headed: bool = False, **usual: Any) -> Iterator[tuple[str, Browser]]:
            if headed and person is None:
                with window(setting, headed=headed, **usual) as started:
                    yield started
                return
            found = session.find_browser(self._playwright, setting)
            before = set(self._browser.contexts)
            try:
                yield found, self._browser
            finally:
                for each in set(self._browser.contexts) - before:
                    each.close()

        opened: list[Any] = []
        ledger_in = bootstrap.ledger_in

        def ledger_noted(*settings: Any) -> Any:
            opened.append(ledger_in(*settings))
            return opened[-1]

        patch.setattr(processes, "start", start_here)
        patch.setattr(processes, "limit_memory", lambda _most: None)
        patch.setattr(session, "running", running)
        patch.setattr(session, "new_context", context_with_person)
        patch.setattr(bootstrap, "ledger_in", ledger_noted)
        # A command's process ends with its ledger open; this one goes on.
        stack.callback(lambda: [each.close() for each in opened])


def _exit_code(arguments: Sequence[str]) -> int:
    try:
        cli.main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


@contextmanager
def _environment(environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _input(descriptor: int | None) -> Iterator[TextIO]:
    with os.fdopen(os.open(os.devnull, os.O_RDONLY) if descriptor is None else os.dup(descriptor), "r") as opened:
        yield opened
