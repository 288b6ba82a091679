"""One signed-in page in one third-party system, and the browser it lives in.

A session knows the map that fits the live system, how to sign in again, and the one deadline within which a write may
be made. Reads are tried again here, for seconds and for named failures only; a write is never tried again at all.
"""

from __future__ import annotations

import base64
import re
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import tenacity
from playwright.sync_api import Error as PlaywrightError
from pydantic import SecretStr

from bots.browser import provision
from bots.browser.screen import HEED, Screen
from bots.errors import (
    TRANSIENT,
    BrowserMissing,
    BrowserUnusable,
    ConfigurationError,
    DriverUnusable,
    ScreenMissing,
    ScreenNotReady,
    SessionLost,
    SignInNeeded,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Dialog, Page, Playwright, Request

    from bots.browser.inspection import Finding
    from bots.browser.selector_map import Identity, SelectorMap

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Account:
    """The bot's account in one system. `role` names the element of the map by which the role is chosen.

    `person`: whether somebody who must sign in with their own e-legitimation is at the screen; None where the bot signs
    in itself.
    """

    user: str
    password: SecretStr
    role: str
    person: bool | None = None


_LOST = """(kind) => {
    window[Symbol.for(kind === 'document' ? 'cut' : 'lost')] = true;
    document.dispatchEvent(new Event('cut'));
}"""
_GIVEN_UP = ("net::ERR_ABORTED", "net::ERR_BLOCKED")
#: How often a read is tried, the first time included, with waits of five seconds in all between them. Where a page in
#: five fails, which is a bad night, one read in 400,000 fails so often.
READ_TRIES = 8
#: How many files a process with a browser must be allowed to have open. (With 64 nothing starts; with 128 all does.)
FILES = 128
#: How long a person at the screen may take to sign in.
PERSON_WITHIN = timedelta(minutes=5)
#: How often signing in is tried before the next try of the read that needs it.
SIGN_IN_TRIES = 3

_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A crash dump holds the page's memory, and the page holds people's names.
    "--disable-breakpad",
    "--disable-crash-reporter",
    # Chromium heeds the last such list alone, so Playwright's own is repeated here. What it lacks is RenderDocument,
    # which builds a new frame for each new document: without it a page takes a third less of the processor; and
    # Translate, whose bubble lies over a window that a person looks at.
    "--disable-features=RenderDocument,AimEnabled,AvoidCorsURLLoaderRestartOnRedirect,"  # noqa: ISC004 - one switch
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,"
    "LensOverlay,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,PreconnectToSearch,"
    "TcpPortRandomizationWin,ThirdPartyStoragePartitioning,msEdgeUpdateLaunchServicesPreferredVersion,"
    "msForceBrowserSignIn,Translate",
)

_LOCAL = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


def find_browser(playwright: Playwright, setting: str | None = None, *, headed: bool = False) -> str:
    """Return the path of the browser to use: the setting, else Playwright's own, else the system's.

    `headed`: one that a person can see, so not a headless shell, not even the setting's.
    Raises BrowserMissing; a setting that points at nothing is an error rather than a reason to take another browser.
    """
    if setting is not None and not (headed and provision.is_headless_shell(setting)):
        if not Path(setting).is_file():
            raise BrowserMissing(setting, is_setting=True)
        return setting
    places = provision.browsers(headed=headed)
    # Its own is among them already, unless this Playwright keeps it elsewhere.
    for path in (*places, playwright.chromium.executable_path):
        if Path(path).is_file():
            return path
    line = provision.remedy(provision.WINDOW if headed else provision.BROWSER)
    raise BrowserMissing(f"Playwrights egen, {', '.join(places)}", line, headed=headed)


def launch(
    playwright: Playwright,
    executable: str,
    *,
    as_root: bool,
    environment: Mapping[str, str],
    headed: bool = False,
    local: bool = False,
) -> Browser:
    """Start the browser, in a window if `headed`. `as_root` gives up its own sandbox, which refuses to run as root.

    `local`: it reaches nothing but this computer.
    """
    switches = [*_QUIET, *(["--no-sandbox"] if as_root else []), *([_LOCAL] if local else [])]
    return playwright.chromium.launch(
        executable_path=executable,
        headless=not headed,
        args=switches,
        env=dict(environment),
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
    )


def new_context(browser: Browser, har: Path | None = None) -> BrowserContext:
    """Return a fresh context as a Swedish office's browser: language, time zone, nothing kept, nothing downloaded.

    Every request asks for a connection of its own. Chromium sends a request again by itself, a POST too, when a
    connection that it had used before closes without an answer (measured: one click, two writes). On a new connection
    it does not.

    Every document and every answer to a page's own script comes from the system, as it is now. Chromium takes nothing
    from its cache, and asks no server whether what it has is still right, for a request with an If-Range; servers heed
    that only beside a Range, which is never sent. What is between asks the system because of max-age. (Measured at a
    latency of 250 ms, pages that may be kept for a minute, each with a style and a script that may be kept for ever:
    no-cache takes half as long again as this, for it brings these too each time, and yet a server's "not changed" is
    believed.) Styles and scripts come from the memory of the browser's process.

    Each page notes whether it listens to scrolling (`listens.js`).

    `har`: where all that is sent and answered is written when the context is closed, unscrubbed.
    """
    recorded: dict[str, Any] = {} if har is None else {"record_har_path": har, "record_har_content": "embed"}
    context = browser.new_context(
        **recorded,
        locale="sv-SE",
        timezone_id="Europe/Stockholm",
        accept_downloads=False,
        service_workers="block",
        extra_http_headers={"Connection": "close", "Cache-Control": "max-age=0", "If-Range": '"never"'},
    )
    context.add_init_script(path=Path(__file__).with_name("listens.js"))
    return context


@contextmanager
def running(
    setting: str | None,
    *,
    as_root: bool,
    environment: Mapping[str, str],
    headed: bool = False,
    local: bool = False,
) -> Iterator[tuple[str, Browser]]:
    """Start the browser that `find_browser` finds, and yield its path and itself.

    Raises ScreenMissing before anything else when a window has no screen, DriverUnusable, BrowserMissing and
    BrowserUnusable. None of them quotes a page: there is none yet.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - 0.1 s, and selector maps are read without it

    if headed and not _has_screen(environment):
        raise ScreenMissing
    _allow_files()
    with ExitStack() as stack:
        try:
            playwright = stack.enter_context(sync_playwright())
        except Exception as error:
            # Playwright says no more than that the connection was closed.
            if reason := provision.driver_failure():
                raise DriverUnusable(reason, provision.driver_remedy(reason)) from error
            raise
        executable = find_browser(playwright, setting, headed=headed)
        try:
            browser = launch(
                playwright, executable, as_root=as_root, environment=environment, headed=headed, local=local
            )
        except PlaywrightError as error:
            if headed and any(words in error.message for words in _NO_SCREEN):
                raise ScreenMissing from error
            line = provision.remedy(provision.WINDOW if headed else provision.BROWSER)
            raise BrowserUnusable(executable, provision.telling_line(error.message), line) from error
        with browser:
            yield executable, browser


def _allow_files() -> None:
    """Let this process and the browser open the files that they need. Raises ConfigurationError if they may not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES:
        raise ConfigurationError(
            f"Processen får ha {hard} filer öppna, och med en webbläsare behövs minst {FILES}. Höj gränsen "
            "(`ulimit -n`, eller LimitNOFILE i systemd)."
        )
    if soft != resource.RLIM_INFINITY and soft < FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))


#: What Chromium and Playwright write when DISPLAY names no screen that answers.
_NO_SCREEN = ("Missing X server", "without having a XServer running", "Unable to open X display")


def _has_screen(environment: Mapping[str, str]) -> bool:
    return sys.platform != "linux" or any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def pdf(html: str, setting: str | None, *, as_root: bool, environment: Mapping[str, str]) -> bytes:
    """Return a document printed on A4, with page numbers. It is shown to a browser of its own that reaches nothing.

    `setting` is the browser to use, as for `find_browser`. Raises BrowserMissing.
    """
    footer = (
        '<div style="width: 100%; font-size: 8px; text-align: center">'
        'Sida <span class="pageNumber"></span> av <span class="totalPages"></span></div>'
    )
    with running(setting, as_root=as_root, environment=environment) as (_executable, browser):
        page = browser.new_context(offline=True, java_script_enabled=False, locale="sv-SE").new_page()
        page.set_content(html)
        return page.pdf(
            prefer_css_page_size=True, print_background=True, display_header_footer=True,
            header_template="<span></span>", footer_template=footer, tagged=True,
        )  # fmt: skip


_TRYING = tenacity.Retrying(
    retry=tenacity.retry_if_exception_type(TRANSIENT),
    stop=tenacity.stop_after_attempt(READ_TRIES),
    wait=tenacity.wait_exponential_jitter(multiplier=0.1, max=1, jitter=0.1),
    reraise=True,
)


class Session:
    """One page, one system, one map."""

    def __init__(
        self,
        page: Page,
        selector_map: SelectorMap,
        base_url: str,
        *,
        now: Callable[[], datetime],
        checkpoint: Callable[[str], None] = lambda _point: None,
        heed: Callable[[], None] = lambda: None,
        patience: timedelta = timedelta(seconds=15),
        is_recorded: bool = False,
    ) -> None:
        """`now` is the wall clock, aware; `checkpoint` is told of each point where a crash would matter.

        `heed` is asked every second while a person is waited for, and raises what ends the waiting. `is_recorded`:
        the page shows a recording, and what it does not show at once will not come.
        """
        self.page = page
        self.map = selector_map
        self.base_url = base_url.rstrip("/")
        self._home: str | None = None
        self.now = now
        self.checkpoint = checkpoint
        self.heed = heed
        #: How long the system may take to answer at all, in Playwright's milliseconds.
        self.patience = patience / timedelta(milliseconds=1)
        #: True when the page shows a recording, so that nothing is waited for.
        self.is_recorded = is_recorded
        self.sign_in: Callable[[], None] = self._cannot_sign_in
        #: True from the moment when a write may have been sent, within one `writing`.
        self.spent = False
        #: True while the page is a person's: what it asks, they answer.
        self.is_handed_over = False
        #: True when the page is closed, or its own process has died: it answers nothing any more.
        self.is_gone = False
        #: The locators that found the last write's element, as they are written in the map.
        self.located_by = ""
        #: The screen of the last write, and what the write was about.
        self.written: tuple[Screen, str] | None = None
        #: True when a password was typed, or a protected person's page seen, since `traced` began.
        self.is_private = False
        #: What did not come, or not whole, since the last document was asked for: `document`, `script`, `fetch` …
        self.missing: set[str] = set()
        #: The elements that no locator found, and that were known again by all the rest that the map remembers of them.
        self.alike: set[str] = set()
        #: The flags of lists whose every row says that its person is protected, by screen and place.
        self.all_protected: set[tuple[str, str]] = set()
        #: What was found of the screens before anything was done, and was weak.
        self.weak: list[Finding] = []
        self._devtools: CDPSession | None = None
        self._deadline: datetime | None = None
        self._answer: Callable[[Dialog], None] | None = None
        #: What was filled on the screen that is shown, by its place: it must still stand there when it is sent.
        self.filled: dict[str, dict[str, Any]] = {}
        #: The numbers of receipts that are of no write still to come: those taken, and those in a page before a write.
        self.receipts: set[str] = set()
        #: True when the page asked something else than the map expects of the last write.
        self.asked_else = False
        page.on("dialog", self._on_dialog)
        page.on("requestfailed", self._on_failed)
        page.on("crash", self._on_gone)
        page.on("close", self._on_gone)

    def screen(self, name: str) -> Screen:
        """Return the screen of that name in the map."""
        return Screen(self, name)

    def arrive_first(self, *names: str) -> None:
        """Make sure that the page is the first of these screens that this version has, as `Screen.arrive` does."""
        there = [name for name in names if name in self.map.screens]
        if there:
            self.screen(there[0]).arrive()
        else:
            self.raise_if_signed_out()

    @property
    def home(self) -> str:
        """The system's address as the browser writes it, however people do: case, default port, å, ä and ö, spaces."""
        if self._home is None:
            try:
                self._home = str(self.page.evaluate("(url) => new URL(url).href", self.base_url)).rstrip("/")
            except PlaywrightError:
                return self.base_url
        return self._home

    def is_ours(self, url: str) -> bool:
        """Return whether an address is the system's."""
        return url == self.home or url.startswith((f"{self.home}/", f"{self.home}?", f"{self.home}#"))

    # --- reads -------------------------------------------------------------------------------------------------

    def again(self, read: Callable[[], T]) -> T:
        """Return what `read` returns, trying again for seconds when the screen or the session fails it."""

        def prepare(state: tenacity.RetryCallState) -> None:
            if state.outcome is not None and isinstance(state.outcome.exception(), SessionLost):
                # Several pages, each of which may fail too. What is still wrong then, the next read says.
                with suppress(*TRANSIENT):
                    _TRYING.copy(stop=tenacity.stop_after_attempt(SIGN_IN_TRIES))(self.sign_in)

        return _TRYING.copy(before_sleep=prepare)(read)

    def is_at(self, identity: Identity, url: str) -> bool:
        """Return whether `url` is an address of that screen in this system."""
        return self.is_ours(url) and re.search(identity.url, url[len(self.home) :] or "/") is not None

    def raise_if_signed_out(self) -> None:
        """Raise SessionLost when the page, or a frame in it, is the sign-in screen; a map may not have one yet."""
        sign_in = self.map.screens.get("sign_in")
        if sign_in is not None and any(self.is_at(sign_in.identity, frame.url) for frame in self.page.frames):
            raise SessionLost(self.map.system)

    def person_signs_in(self, account: Account) -> bool:
        """Let a person sign in on the sign-in screen, where it takes one; False at once where the bot may itself.

        Nothing of what they type is read or kept. Raises SignInNeeded when nobody is at the screen, or nobody has got
        past it within PERSON_WITHIN; and what `heed` raises meanwhile.
        """
        if account.person is None:
            return False
        sign_in = self.map.screens["sign_in"].identity
        self.is_private = True
        give_up = self.now() + PERSON_WITHIN
        while account.person and self.now() < give_up:
            self.heed()
            try:
                # An e-legitimation may lead over other addresses and back.
                self.page.wait_for_url(
                    lambda url: self.is_ours(url) and not self.is_at(sign_in, url),
                    wait_until="commit",
                    timeout=HEED,
                )
            except PlaywrightError:
                # Nothing has happened; or they broke a page off, or opened an app; or they closed the window.
                if self.is_gone:
                    break
            else:
                return True
        raise SignInNeeded(self.map.system)

    def take_role(self, account: Account) -> bool:
        """Take the account's role on the role screen: the element of the map by which it is taken has its name.

        False where this version has no roles. Raises ConfigurationError naming those there are.
        """
        if "role" not in self.map.screens:
            return False
        roles = self.map.screens["role"].elements
        if account.role not in roles:
            raise ConfigurationError(
                f"Rollen {account.role or '(ingen)'} finns inte i kartan {self.map.system} {self.map.version}. "
                f"Ange en av {', '.join(roles)} i flotta.toml ([systems.{self.map.system}] role)."
            )
        self.screen("role").click(account.role)
        return True

    # --- evidence ----------------------------------------------------------------------------------------------

    def keep_nothing(self) -> None:
        """Let the browser take nothing from its cache from now on, nor from its memory."""
        if self._devtools is None:
            self._devtools = self.page.context.new_cdp_session(self.page)
        self._devtools.send("Network.enable")
        self._devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def snapshot(self) -> bytes:
        """Return the window as it is, as PNG. For `Screen.photograph`, which covers it first.

        By the browser's own protocol: Playwright's way to the same picture takes twice as long.
        """
        if self._devtools is None:
            self._devtools = self.page.context.new_cdp_session(self.page)
        asked = {"format": "png", "optimizeForSpeed": True}
        return base64.b64decode(self._devtools.send("Page.captureScreenshot", asked)["data"])

    def photograph(self) -> bytes:
        """Return a picture of what the last write brought, as `Screen.photograph` has it."""
        if self.written is None:
            raise RuntimeError("nothing was written in this session")
        screen, about = self.written
        return screen.photograph(about)

    @contextmanager
    def traced(self) -> Iterator[Callable[[], bytes | None]]:
        """Record what happens in the browser meanwhile, as Playwright's trace viewer shows it.

        Yields what ends the recording and returns it as zip: all that was on the screens, so it must be sealed. None
        when a password was typed or a protected person's page was seen.
        """
        tracing = self.page.context.tracing
        self.is_private = False
        tracing.start(snapshots=True)
        kept: list[bytes] = []

        def end() -> bytes | None:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "trace.zip"
                tracing.stop(path=file)
                kept.append(file.read_bytes())
            return None if self.is_private else kept[0]

        try:
            yield end
        finally:
            if not kept:
                tracing.stop()

    # --- writes ------------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self, deadline: datetime) -> Iterator[None]:
        """Allow one irreversible write until `deadline`, refused by the page itself after it."""
        self._deadline, self.spent = deadline, False
        try:
            yield
        finally:
            self._deadline = None
            self._answer = None

    def spend_deadline(self) -> datetime:
        """Return the deadline of the one write allowed now, and allow no further one. For `Screen.submit`."""
        if self._deadline is None:
            raise RuntimeError("a write outside `Session.writing`, or a second one inside it")
        deadline, self._deadline = self._deadline, None
        return deadline

    def expect_dialog(self, answer: Callable[[Dialog], None]) -> None:
        """Answer the next native dialog with `answer`. For `Screen.submit`."""
        self._answer = answer

    def _on_dialog(self, dialog: Dialog) -> None:
        if self.is_handed_over:
            return
        if dialog.type == "beforeunload":
            # The page is left on purpose, and leaving it writes nothing.
            dialog.accept()
            return
        answer, self._answer = self._answer, None
        if answer is not None:
            answer(dialog)
        else:
            # Nobody asked for this one. "No" is the answer that changes nothing.
            dialog.dismiss()

    def _on_failed(self, request: Request) -> None:
        # What the browser itself gave up, as the page went on to another or was told to, is no loss.
        if (
            self._home
            and not self.is_recorded
            and self.is_ours(request.url)
            and request.failure
            and not request.failure.startswith(_GIVEN_UP)
        ):
            self.missing.add(request.resource_type)
            # Half a document stays as if the rest were on its way, so who waits for it in the page must be told.
            with suppress(PlaywrightError):
                self.page.evaluate(_LOST, request.resource_type)

    def _on_gone(self, _page: Page) -> None:
        self.is_gone = True

    def _cannot_sign_in(self) -> None:
        raise ScreenNotReady("sign_in", "inget konto är angivet")
