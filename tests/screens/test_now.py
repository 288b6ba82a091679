"""What a read shows is what the system holds now: it comes from no cache, whatever the system lets the browser keep."""
# ruff: noqa: E501 - markup and scripts are written as pages have them

import pytest
from playwright.sync_api import Page

from bots.browser.screen import Screen
from bots.errors import ScreenNotReady
from tests.screens.literal import shown
from tests.screens.site import Site

KEPT = {"Cache-Control": "private, max-age=60"}
ASKED_FOR = {"Cache-Control": "private, no-cache", "ETag": '"same"'}
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
#: The label's value comes with the page, by the page's own script, or in a frame.
PAGES = {
    "page": "<h1>Ärende</h1><dl><dt>Läge</dt><dd>{}</dd></dl>",
    "script": "<h1>Ärende</h1><dl><dt>Läge</dt><dd class=v></dd></dl>"
    "<script>fetch('/api').then((it) => it.text()).then((it) => {{ document.querySelector('.v').textContent = it }})</script>",
    "request": "<h1>Ärende</h1><dl><dt>Läge</dt><dd class=v></dd></dl><script>const it = new XMLHttpRequest();"
    "it.onload = () => {{ document.querySelector('.v').textContent = it.responseText }}; it.open('GET', '/api'); it.send()</script>",
}  # fmt: skip


def a_matter(page: Page, site: Site, kind: str) -> Screen:
    return shown(page, site, PAGES[kind].format(""), fields={"value": {"label": "Läge"}})


def put(site: Site, kind: str, value: str, headers: dict[str, str]) -> None:
    """Let the system hold this value, and allow the browser to keep it."""
    site.show(PAGES[kind].format(value), headers=headers)
    site.show("", "/api", headers)
    site.pages["/api"] = value


@pytest.mark.parametrize("headers", [KEPT, FOR_EVER, ASKED_FOR], ids=["a minute", "for ever", "not changed"])
@pytest.mark.parametrize("kind", PAGES)
def test_what_is_read_is_of_now(page: Page, site: Site, kind: str, headers: dict[str, str]) -> None:
    """Also where a server says of what the browser has that it is not changed: it may be another's cache that says so."""
    screen = a_matter(page, site, kind)
    put(site, kind, "Öppen", headers)
    before = screen.visit().fields["value"]
    put(site, kind, "Borttagen", headers)

    assert (before, screen.visit().fields["value"]) == ("Öppen", "Borttagen")
    assert {had for _address, had in site.gets} == {None}


@pytest.mark.parametrize("headers", [KEPT, ASKED_FOR], ids=["a minute", "not changed"])
def test_what_is_read_in_a_frame_is_of_now(page: Page, site: Site, headers: dict[str, str]) -> None:
    """A frame is a document of its own."""
    rows = "<table><caption>Beslut</caption><tr><th>Nr</th></tr><tr><td>{}</td></tr></table>"
    tables = {"beslut": {"name": "Beslut", "frame": "iframe", "key": "nr", "columns": {"nr": {"header": "Nr"}}}}
    screen = shown(page, site, '<h1>Ärende</h1><iframe src="/ram"></iframe>', tables=tables)
    seen = []
    for value in ("B-1", "B-2"):
        site.show(rows.format(value), "/ram", headers)
        seen += [row.values["nr"] for row in screen.visit().tables["beslut"]]

    assert seen == ["B-1", "B-2"]


def test_what_comes_after_a_click_and_back_is_of_now(page: Page, site: Site) -> None:
    """What the browser itself keeps of a page that was left is not shown again."""
    screen = a_matter(page, site, "page")
    put(site, "page", "Öppen", KEPT)
    screen.visit()
    page.goto(site.show("<h1>Annat</h1>", "/annat"))
    put(site, "page", "Borttagen", KEPT)
    page.go_back()

    assert screen.read().fields["value"] == "Borttagen"


def test_a_page_whose_address_differs_after_the_hash_alone_is_asked_for_anew(page: Page, site: Site) -> None:
    """Or all that is read is what the page held when it came."""
    screen = shown(page, site, "", path="/#/{id}", url="^/#/", fields={"value": {"label": "Läge"}})
    put(site, "page", "Öppen", {})
    screen.visit(id="1")
    put(site, "page", "Borttagen", {})

    assert screen.visit(id="2").fields["value"] == "Borttagen"


def test_styles_and_scripts_come_once(page: Page, site: Site) -> None:
    """They change with the version; to bring them for each page would cost a third of the time at a usual distance."""
    body = PAGES["page"].format("Öppen") + '<script src="/a.js"></script><link rel="stylesheet" href="/a.css">'
    screen = shown(page, site, body, fields={"value": {"label": "Läge"}})
    for path, kind in (("/a.js", "text/javascript"), ("/a.css", "text/css")):
        site.show("", path, {"Content-Type": kind, **FOR_EVER})
        site.pages[path] = " "
    for _ in range(5):
        screen.visit()

    assert len([path for path, _had in site.gets if path == "/"]) == 5
    assert len([path for path, _had in site.gets if path in {"/a.js", "/a.css"}]) <= 4


#: Data that a page takes in as a script.
SCRIPTS = {
    "script": '<script src="/data"></script><script>document.querySelector("dd").textContent = läge</script>',
    "module": '<script type="module">import "/data"; document.querySelector("dd").textContent = läge</script>',
    "later": '<script>import("/data").then(() => { document.querySelector("dd").textContent = läge })</script>',
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_data_that_comes_as_a_script_is_of_now(page: Page, site: Site, script: str) -> None:
    """The browser keeps scripts in its memory, whatever is asked of its cache."""
    body = f"<h1>Ärende</h1><dl><dt>Läge</dt><dd></dd></dl>{script}"
    screen = shown(page, site, body, fields={"value": {"label": "Läge"}})
    seen = []
    for value in ("Öppen", "Borttagen"):
        site.show("", "/data", {**KEPT, "Content-Type": "text/javascript; charset=utf-8"})
        site.pages["/data"] = f"globalThis.läge = '{value}'"
        seen.append(screen.visit().fields["value"])

    assert seen == ["Öppen", "Borttagen"]


@pytest.mark.parametrize("how", ["prerender", "prefetch"])
def test_a_page_that_was_drawn_ahead_is_asked_for_anew(page: Page, site: Site, how: str) -> None:
    """What was shown when nobody had asked for it is of then."""
    rules = f'<script type="speculationrules">{{"{how}": [{{"urls": ["/sedan"], "eagerness": "immediate"}}]}}</script>'
    body = f"<h1>Ärende</h1><dl><dt>Läge</dt><dd>Öppen</dd></dl>{rules}"
    screen = shown(page, site, body, fields={"value": {"label": "Läge"}}, path="/sedan", url="^/(sedan)?$")
    site.show("<h1>Ärende</h1><dl><dt>Läge</dt><dd>Öppen</dd></dl>", "/sedan", KEPT)
    page.goto(site.url)
    page.wait_for_timeout(300)
    site.show("<h1>Ärende</h1><dl><dt>Läge</dt><dd>Borttagen</dd></dl>", "/sedan", KEPT)

    assert screen.visit().fields["value"] == "Borttagen"


def test_an_answer_that_says_itself_that_it_is_old_is_refused(page: Page, site: Site) -> None:
    """Something in the network keeps pages, though it is asked not to."""
    screen = shown(page, site)
    site.show(PAGES["page"].format("Öppen"), headers={"Age": "3600"})

    with pytest.raises(ScreenNotReady, match="3600 sekunder"):
        screen.open()
