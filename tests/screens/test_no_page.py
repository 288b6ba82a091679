"""What comes in place of a page is named for what it is, and is no drift: it says nothing of the map."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from bots.browser import failures, versions
from bots.errors import BrowserGone, ScreenNotReady, SelectorDrift, SystemUnreachable
from tests.screens.literal import a_map, shown
from tests.screens.site import Site

CLOSED = "<!DOCTYPE html><html lang=sv><title>Underhåll</title><h1>Systemet är stängt</h1><p>Åter kl. 06.00.</p>"


def ring(site: Site) -> None:
    site.show("", headers={"Location": "/"}, status=302)


def to_a_host_that_is_not(site: Site) -> None:
    site.show("", headers={"Location": "http://finns-inte.example/"}, status=302)


def a_file(site: Site) -> None:
    site.show("", headers={"Content-Type": "application/pdf", "Content-Disposition": "attachment; filename=a.pdf"})


def data(site: Site) -> None:
    site.show("", headers={"Content-Type": "application/json"})
    site.pages["/"] = '{"fel": "okänt"}'


def maintenance(site: Site) -> None:
    site.pages["/"] = CLOSED


def unavailable(site: Site) -> None:
    site.show("<h1>Stängt</h1>", status=503)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("instead", "why"),
    [
        (ring, "skickar runt i en ring"), (to_a_host_that_is_not, "adressen finns inte"), (a_file, "en fil kom"),
        (data, "en fil kom"), (maintenance, "stängt för underhåll"), (unavailable, "svarade 503"),
    ],
)  # fmt: skip
def test_what_comes_in_place_of_a_page_is_named(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch, instead: Callable[[Site], None], why: str
) -> None:  # fmt: skip
    """The system may be itself again in a minute, and then the run goes on; nobody is asked for a new map."""
    screen = shown(page, site)
    monkeypatch.setattr(screen._session, "again", lambda read: read())
    instead(site)

    with pytest.raises(ScreenNotReady, match=why):
        screen.visit()


@pytest.mark.usefixtures("hasty")
def test_a_sign_in_on_another_host_is_no_drift(page: Page, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is where the session has ended, and the address is not quoted: it may have a name in it."""
    screen = shown(page, site)
    monkeypatch.setattr(screen._session, "again", lambda read: read())
    screen._session.is_ours = lambda url: url.startswith(site.url) and "/annan" not in url  # type: ignore[method-assign] # one host here
    site.show("", headers={"Location": "/annan"}, status=302)
    site.show("<h1>Logga in</h1>", "/annan")

    with pytest.raises(ScreenNotReady, match="utanför base_url"):
        screen.visit()


@pytest.mark.usefixtures("hasty")
def test_a_changed_screen_of_the_system_is_drift(page: Page, site: Site) -> None:
    """It shows what tells versions apart, and is not as the map says."""
    with pytest.raises(SelectorDrift, match="role=heading"):
        shown(page, site, "<h1>Något annat</h1>").visit()


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(("address", "part"), [("/annan/7", "sökvägen i adressen"), ("/?sida=2", "frågedelen")])
def test_a_changed_address_is_told_by_its_part(page: Page, site: Site, address: str, part: str) -> None:
    """Never by the address itself, in which there may be a name."""
    screen = shown(page, site, url="^/$")
    page.goto(site.show("<h1>Ärende</h1>", address.partition("?")[0]) + ("?sida=2" if "?" in address else ""))

    with pytest.raises(SelectorDrift, match=part) as drift:
        screen.arrive()

    assert address not in drift.value.sentence


@pytest.mark.parametrize("spelt", ["http://127.0.0.1", "HTTP://127.0.0.1", "http://127.1"])
def test_an_address_is_the_systems_however_it_is_spelt(page: Page, site: Site, spelt: str) -> None:
    """The browser writes it in its own way."""
    screen = shown(page, site)
    screen._session.base_url = site.url.replace("http://127.0.0.1", spelt)

    screen.open()


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://lifecare.example", True), ("https://lifecare.example/", True), ("https://lifecare.example/a?b", True),
        ("https://lifecare.example?b", True), ("https://lifecare.example.ond.example/", False),
        ("https://lifecare.example:8443/", False), ("http://lifecare.example/", False),
    ],
)  # fmt: skip
def test_an_address_that_only_begins_as_the_systems_is_another(
    page: Page, site: Site, url: str, *, is_ours: bool
) -> None:
    """However much of it is alike."""
    session = shown(page, site)._session
    session.base_url = "https://Lifecare.example:443/"

    assert session.is_ours(url) is is_ours


def test_a_version_is_unknown_only_where_the_system_shows_one(page: Page, site: Site) -> None:
    """A page with none of the marks is no version, so nobody is asked for a map of it."""
    site.pages["/"] = CLOSED

    with pytest.raises(SystemUnreachable, match="underhåll"):
        versions.fitting(page, site.url, [a_map()])


def test_a_browser_that_is_killed_is_named(page: Page, site: Site) -> None:
    """It is not the system that does not answer."""
    screen = shown(page, site)
    page.close()

    with pytest.raises(BrowserGone):
        screen.visit()


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ("Page.goto: net::ERR_CERT_AUTHORITY_INVALID at https://a/", "certifikatet godtas inte"),
        ("Page.goto: net::ERR_CERT_DATE_INVALID at https://a/", "certifikatet godtas inte"),
        ("net::ERR_SSL_PROTOCOL_ERROR at https://a/", "förbindelsen går inte att kryptera"),
        ("net::ERR_TOO_MANY_REDIRECTS at https://a/", "systemet skickar runt i en ring"),
        ("net::ERR_NAME_NOT_RESOLVED at https://a/", "adressen finns inte"),
        ("net::ERR_CONNECTION_REFUSED at https://a/", "ingenting svarar på adressen"),
        ("net::ERR_CONNECTION_RESET at https://a/", "förbindelsen bröts"),
        ("net::ERR_EMPTY_RESPONSE at https://a/", "förbindelsen bröts"),
        ("net::ERR_PROXY_CONNECTION_FAILED at https://a/", "nätets proxy släpper inte igenom"),
        ("net::ERR_TUNNEL_CONNECTION_FAILED at https://a/", "nätets proxy släpper inte igenom"),
        ("net::ERR_INTERNET_DISCONNECTED at https://a/", "datorn har inget nät"),
        ("Page.goto: Download is starting", "en fil kom i stället för en sida"),
        ("Timeout 15000ms exceeded.", "systemet svarade inte i tid"),
        ("net::ERR_SOMETHING_NEW at https://a/", "systemet svarade inte"),
    ],
)  # fmt: skip
def test_what_the_browser_says_is_said_in_our_words(said: str, ours: str) -> None:
    """Without the address, which may have a name in it."""
    assert failures.said(PlaywrightError(said).message) == ours
