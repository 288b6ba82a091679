"""What a system has shown, as it was shown: its screens and its answers, with nothing in it about anybody.

A recording is a folder:

    recording.yaml   whose it is, and which screens it has
    screens/         each screen as a document that needs no script, and a picture of it
    network.har      what was asked of the system and what it answered (HTTP Archive 1.2)
    wording.txt      the words that were taken for the system's own, for people to look through
    map.yaml         a first map of what was pointed out

It is scrubbed before it is stored, and is not stored when the second pass finds anything left.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bots.browser import resolver, scrub
from bots.browser.selector_map import Version
from bots.errors import ConfigurationError, RecordingNotClean

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ElementHandle, Page, Route

    from bots.browser.selector_map import Action, Holds

#: Where a recorded system stands: a name that no network has.
ORIGIN = "http://recording.test"
#: A picture of nothing, in place of every picture in a system: there may be people in it.
_BLANK = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
#: What a script or a style is called by those who send it.
_STATIC = ("javascript", "ecmascript", "text/css")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One screen at one moment: its name in the map, its address in the system, the document, and a picture as PNG."""

    screen: str
    path: str
    html: str
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question to the system and its answer. `path` is its address there; `sent` the body of the question."""

    method: str
    path: str
    status: int
    type: str
    body: bytes
    sent: str | None = None
    location: str | None = None
    sent_type: str = ""

    @property
    def writes(self) -> bool:
        """Whether the question may have changed anything."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Recording:
    """A walk through a system: its screens in the order in which they were seen, and all exchanges in theirs."""

    system: str
    version: str
    recorded: date
    screens: tuple[Snapshot, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    #: What was taken for the system's own wording.
    wording: tuple[str, ...] = ()
    #: A first map, as YAML.
    map: str = ""

    def shown(self, screen: str) -> list[Snapshot]:
        """Return the screen's snapshots."""
        return [each for each in self.screens if each.screen == screen]


# --- made from what a browser keeps ----------------------------------------------------------------------------------


def exchanges(har: dict[str, Any], base_url: str) -> Iterator[Exchange]:
    """Yield what was asked of the system at `base_url`, and answered, in its order. Other systems are left out.

    What the browser had in its cache is as it was when it came; a script, style, picture or font is kept once.
    """
    came: dict[str, Exchange] = {}
    for entry in har["log"]["entries"]:
        if not _is_in(entry["request"]["url"], base_url) or entry["response"]["status"] < 100:  # noqa: PLR2004 - no answer came
            continue
        each = _exchanged(entry, base_url)
        if each.method == "GET" and each.path in came:
            before = came[each.path]
            if _is_asset(before):
                continue
            if each.status == HTTPStatus.NOT_MODIFIED or (each.status == HTTPStatus.OK and not each.body):
                each = before
        if each.method == "GET" and each.status == HTTPStatus.OK and each.body:
            came[each.path] = each
        yield each


def _is_in(url: str, base_url: str) -> bool:
    return url.startswith(base_url) and url[len(base_url) : len(base_url) + 1] in {"", "/", "?", "#"}


def _exchanged(entry: dict[str, Any], base_url: str) -> Exchange:
    request, response = entry["request"], entry["response"]
    content = response["content"]
    text = content.get("text", "")
    headers = {each["name"].lower(): each["value"] for each in response["headers"]}
    return Exchange(
        method=request["method"],
        path=request["url"][len(base_url) :] or "/",
        status=response["status"],
        type=headers.get("content-type", ""),
        body=base64.b64decode(text) if content.get("encoding") == "base64" else text.encode(),
        sent=request.get("postData", {}).get("text"),
        location=headers.get("location"),
        sent_type=request.get("postData", {}).get("mimeType", ""),
    )


# --- scrubbed --------------------------------------------------------------------------------------------------------


def scrubbed(raw: Recording, base_url: str, wording: scrub.Wording) -> Recording:
    """Return the recording with nothing in it about anybody, at ORIGIN. Raises RecordingNotClean when anything is left.

    `wording` is what is known to be the system's own; what its scripts and its screens say is added here.
    """
    written = False
    everybodys: set[int] = set()
    for at, each in enumerate(raw.exchanges):
        written |= each.writes
        if _is_static(each) and not written:
            # Nobody has said yet who they are.
            everybodys.add(at)
            wording.know_script(_text(each))
        elif "html" in each.type:
            scrub.hear(wording, _text(each))
    for shown in raw.screens:
        scrub.hear(wording, shown.html)
    taken = wording.settle()
    scrubber = scrub.Scrubber(wording)

    def clean() -> Recording:
        return replace(
            raw,
            screens=tuple(
                replace(each, path=scrubber.address(each.path), html=scrubber.html(each.html.replace(base_url, ORIGIN)))
                for each in raw.screens
            ),
            exchanges=tuple(
                _exchange(each, scrubber, base_url, is_everybodys=at in everybodys)
                for at, each in enumerate(raw.exchanges)
            ),
            wording=(*taken, *sorted(scrubber.scripted)),
        )

    # Once to learn whose words they are, once more to find them wherever they stand.
    clean()
    done = clean()
    if left := scrubber.left(_files(done)):
        words = sorted({word for each in left for word in each.words})
        raise RecordingNotClean([f"{each.file}: {each.count} {each.what}" for each in left[:8]], words)
    return done


def _exchange(each: Exchange, scrubber: scrub.Scrubber, base_url: str, *, is_everybodys: bool) -> Exchange:
    body, said = each.body, _text(each).replace(base_url, ORIGIN)
    if each.type.startswith("image/svg"):
        body = scrubber.html(said).encode()
    elif each.type.startswith("image/"):
        body = _BLANK
    elif "html" in each.type or "xml" in each.type:
        body = scrubber.html(said).encode()
    elif "json" in each.type:
        body = scrubber.json(said).encode() if body else body
    elif "css" in each.type:
        body = scrubber.styled(said).encode()
    elif _is_static(each):
        body = (scrubber.built if is_everybodys else scrubber.script)(said).encode()
    elif each.type.startswith("text/"):
        body = scrubber.text(said).encode()
    elif not each.type.startswith(("font/", "application/font")):
        # A document of another kind may say anything.
        body = b""
    return replace(
        each,
        path=scrubber.address(each.path),
        location=each.location and scrubber.address(each.location.replace(base_url, "")),
        sent=_sent(each, scrubber),
        body=body,
        type="image/gif" if body == _BLANK else _media(each.type),
    )


def _sent(each: Exchange, scrubber: scrub.Scrubber) -> str | None:
    """Return what was sent, scrubbed; of what is neither a form nor JSON, nothing."""
    if each.sent is None:
        return None
    if "json" in each.sent_type:
        return scrubber.json(each.sent)
    return scrubber.form(each.sent) if "form-urlencoded" in each.sent_type else ""


def _media(said: str) -> str:
    """Return a media type, without what else may stand beside it. All texts are stored as UTF-8."""
    kind = said.partition(";")[0].strip()
    is_text = kind.startswith("text/") or kind.endswith(("json", "xml", "javascript"))
    return f"{kind}; charset=utf-8" if is_text else kind


def _is_asset(each: Exchange) -> bool:
    return _is_static(each) or each.type.startswith(("image/", "font/", "application/font"))


def _is_static(each: Exchange) -> bool:
    return any(kind in each.type for kind in _STATIC)


def _text(each: Exchange) -> str:
    charset = re.search(r"charset=[\"']?([\w-]+)", each.type)
    try:
        return each.body.decode(charset[1] if charset else "utf-8-sig")
    except (LookupError, UnicodeDecodeError):
        # Every byte is a letter there.
        return each.body.decode("iso-8859-1")


def _files(recording: Recording) -> Iterator[tuple[str, str]]:
    """Yield every text that is going to be stored, by the name of its place."""
    for place, shown in enumerate(recording.screens, 1):
        yield _name(place, shown), shown.path
        yield _name(place, shown), shown.html
    for each in recording.exchanges:
        where = f"{each.method} {urlsplit(each.path).path}"
        yield where, "\n".join([each.path, each.location or "", each.sent or "", each.type])
        if not each.type.startswith(("image/gif", "font/", "application/font")):
            yield where, _text(each)


def _name(place: int, shown: Snapshot) -> str:
    return f"screens/{place:02}-{shown.screen}.html"


# --- on disk ---------------------------------------------------------------------------------------------------------


class _Shown(BaseModel):
    model_config = ConfigDict(extra="forbid")
    screen: str
    path: str
    file: str


class _Index(BaseModel):
    model_config = ConfigDict(extra="forbid")
    format: int = 1
    system: str
    version: Version
    recorded: date
    screens: list[_Shown] = field(default_factory=list)


def store(recording: Recording, folder: Path) -> None:
    """Write a scrubbed recording. Raises ConfigurationError when the folder can't be written, or holds another."""
    try:
        (folder / "screens").mkdir(parents=True)
        shown = []
        for place, each in enumerate(recording.screens, 1):
            file = folder / _name(place, each)
            file.write_text(each.html, encoding="utf-8")
            if each.picture is not None:
                file.with_suffix(".png").write_bytes(each.picture)
            shown.append(_Shown(screen=each.screen, path=each.path, file=_name(place, each)))
        index = _Index(system=recording.system, version=recording.version, recorded=recording.recorded, screens=shown)
        (folder / "network.har").write_text(json.dumps(_har(recording), ensure_ascii=False, indent=1), encoding="utf-8")
        (folder / "wording.txt").write_text("".join(f"{each}\n" for each in recording.wording), encoding="utf-8")
        (folder / "map.yaml").write_text(recording.map, encoding="utf-8")
        # Last, so that half a recording is none.
        with (folder / "recording.yaml").open("w", encoding="utf-8") as whole:
            YAML().dump(index.model_dump(mode="json"), whole)
    except FileExistsError as error:
        raise ConfigurationError(f"{folder} finns redan. Ange en annan katalog med --out.") from error
    except OSError as error:
        raise ConfigurationError(f"{folder} kan inte skrivas ({type(error).__name__}).") from error


def load(folder: Path) -> Recording:
    """Read a recording. Raises ConfigurationError when there is none in the folder, or it is not whole."""
    try:
        with (folder / "recording.yaml").open(encoding="utf-8") as file:
            index = _Index.model_validate(YAML(typ="safe", pure=True).load(file))
        har = json.loads((folder / "network.har").read_text(encoding="utf-8"))
        return Recording(
            system=index.system,
            version=index.version,
            recorded=index.recorded,
            screens=tuple(
                Snapshot(
                    each.screen,
                    each.path,
                    (folder / each.file).read_text(encoding="utf-8"),
                    picture.read_bytes() if (picture := (folder / each.file).with_suffix(".png")).exists() else None,
                )
                for each in index.screens
            ),
            exchanges=tuple(exchanges(har, ORIGIN)),
            wording=tuple((folder / "wording.txt").read_text(encoding="utf-8").splitlines()),
            map=(folder / "map.yaml").read_text(encoding="utf-8"),
        )
    except FileNotFoundError as error:
        raise ConfigurationError(f"{folder} är ingen hel inspelning: {Path(error.filename).name} saknas.") from error
    except (OSError, YAMLError, ValidationError, ValueError, KeyError) as error:
        raise ConfigurationError(f"{folder} är ingen inspelning som går att läsa ({type(error).__name__}).") from error


def _har(recording: Recording) -> dict[str, Any]:
    when = f"{recording.recorded}T00:00:00.000Z"
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "Flotta", "version": "1"},
            "entries": [_entry(each, when) for each in recording.exchanges],
        }
    }


def _entry(each: Exchange, when: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = {"text": each.body.decode()}
    except UnicodeDecodeError:
        content = {"text": base64.b64encode(each.body).decode(), "encoding": "base64"}
    headers = {"content-type": each.type, "location": each.location}
    request: dict[str, Any] = {"method": each.method, "url": ORIGIN + each.path}
    if each.sent is not None:
        request["postData"] = {"mimeType": each.sent_type, "text": each.sent}
    rest: dict[str, Any] = {"httpVersion": "HTTP/1.1", "cookies": [], "headersSize": -1, "bodySize": -1}
    return {
        "startedDateTime": when,
        "time": 0,
        "request": {**request, "headers": [], "queryString": [], **rest},
        "response": {
            "status": each.status,
            "statusText": "",
            "headers": [{"name": name, "value": value} for name, value in headers.items() if value],
            "content": {"size": len(each.body), "mimeType": each.type, **content},
            "redirectURL": each.location or "",
            **rest,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }


# --- in a browser ----------------------------------------------------------------------------------------------------


def taken(page: Page, screen: str) -> Snapshot:
    """Return the page as it stands, as that screen. Nothing is scrubbed."""
    said = page.evaluate(resolver.script("snapshot.js", "return snapshot();"))
    return Snapshot(screen, said["path"], said["html"])


class Stage:
    """Recorded screens in a browser that reaches nothing else. Nothing on them does anything."""

    def __init__(self, browser: Browser, recording: Recording) -> None:
        """Open a page for them."""
        self._assets = {
            each.path: each for each in recording.exchanges if each.method == "GET" and each.status == HTTPStatus.OK
        }
        self._showing: Snapshot | None = None
        self._shown: Snapshot | None = None
        self.page = browser.new_page(locale="sv-SE", timezone_id="Europe/Stockholm")
        self.page.route("**/*", self._answer)

    def __enter__(self) -> Self:
        """Return the stage."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close its page."""
        self.page.close()

    def show(self, snapshot: Snapshot) -> Page:
        """Show one screen, at its own address, and return the page. What is shown already is not loaded anew."""
        if snapshot is self._shown:
            return self.page
        self._showing, self._shown = snapshot, None
        self.page.goto(ORIGIN + snapshot.path, wait_until="load")
        self._named = self.page.evaluate_handle(resolver.script("snapshot.js", "return pointed();"))
        self._shown = snapshot
        return self.page

    def named(self) -> dict[str, tuple[ElementHandle, Action, Holds | None]]:
        """Return what was pointed out on the screen that is shown: where, what is done with it, what it holds."""
        found = {}
        for said, handle in self._named.get_properties().items():
            name, action, holds = said.split(" ")
            if (node := handle.as_element()) is not None:
                found[name] = (node, cast("Action", action), cast("Holds | None", holds or None))
        return found

    def _answer(self, route: Route) -> None:
        path = route.request.url[len(ORIGIN) :] if route.request.url.startswith(ORIGIN) else None
        if self._showing is not None and path == self._showing.path and route.request.is_navigation_request():
            headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "script-src-attr 'none'"}
            route.fulfill(body=self._showing.html, headers=headers)
        elif route.request.resource_type == "script":
            route.fulfill(body="", headers={"Content-Type": "text/javascript"})
        elif path in self._assets and not route.request.is_navigation_request():
            route.fulfill(body=self._assets[path].body, headers={"Content-Type": self._assets[path].type})
        else:
            route.abort()


def pictured(recording: Recording, stage: Stage) -> Recording:
    """Return the recording with a picture of each of its screens, as they stand when they are scrubbed."""
    return replace(
        recording,
        screens=tuple(replace(each, picture=stage.show(each).screenshot(full_page=True)) for each in recording.screens),
    )
