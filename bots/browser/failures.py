"""What it means that the browser did not do what it was asked to, in words of ours: Playwright's quote the page."""

from __future__ import annotations

import re

#: What Playwright says when the browser, or the page in it, is no more.
_GONE = ("has been closed", "Target crashed", "Page crashed", "Connection closed")
#: Why no page came, by what Chromium calls it: the beginning of its name, the longest that fits.
_NO_PAGE = {
    "ERR_CERT": "certifikatet godtas inte",
    "ERR_SSL": "förbindelsen går inte att kryptera",
    "ERR_BAD_SSL": "certifikatet godtas inte",
    "ERR_TOO_MANY_REDIRECTS": "systemet skickar runt i en ring",
    "ERR_REDIRECT": "systemet skickade vidare på ett sätt som inte går att följa",
    "ERR_UNSAFE_REDIRECT": "systemet skickade vidare på ett sätt som inte går att följa",
    "ERR_NAME_": "adressen finns inte",
    "ERR_ADDRESS_": "adressen går inte att nå",
    "ERR_CONNECTION_REFUSED": "ingenting svarar på adressen",
    "ERR_CONNECTION_": "förbindelsen bröts",
    "ERR_EMPTY_RESPONSE": "förbindelsen bröts",
    "ERR_SOCKET_": "förbindelsen bröts",
    "ERR_INCOMPLETE": "förbindelsen bröts",
    "ERR_CONTENT_LENGTH": "förbindelsen bröts",
    "ERR_HTTP2": "förbindelsen bröts",
    "ERR_QUIC": "förbindelsen bröts",
    "ERR_INVALID_RESPONSE": "svaret gick inte att förstå",
    "ERR_RESPONSE_HEADERS": "svaret gick inte att förstå",
    "ERR_INVALID_HTTP": "svaret gick inte att förstå",
    "ERR_CONTENT_DECODING": "svaret gick inte att förstå",
    "ERR_INTERNET_DISCONNECTED": "datorn har inget nät",
    "ERR_NETWORK_": "nätet ändrades eller släpper inte igenom",
    "ERR_PROXY": "nätets proxy släpper inte igenom",
    "ERR_TUNNEL": "nätets proxy släpper inte igenom",
    "ERR_MANDATORY_PROXY": "nätets proxy släpper inte igenom",
    "ERR_BLOCKED_": "adressen är spärrad i webbläsaren",
    "ERR_UNSAFE_PORT": "webbläsaren vägrar den porten",
    "ERR_INVALID_URL": "adressen är felskriven",
    "ERR_UNKNOWN_URL": "adressen är felskriven",
    "ERR_INVALID_AUTH": "webbläsaren ska logga in på ett sätt som den inte kan",
    "ERR_TIMED_OUT": "systemet svarade inte i tid",
}


def said(message: str) -> str:
    """Return in our words why no page came, from what Playwright says.

    That quotes the address, so it is not repeated.
    """
    if "Download is starting" in message:
        return "en fil kom i stället för en sida"
    if (found := re.search(r"net::(ERR_[A-Z0-9_]+)", message)) is not None:
        fits = [each for each in _NO_PAGE if found[1].startswith(each)]
        if fits:
            return _NO_PAGE[max(fits, key=len)]
    return "systemet svarade inte i tid" if "Timeout" in message else "systemet svarade inte"


def is_gone(message: str) -> bool:
    """Return whether Playwright says that the browser, or the page in it, is no more."""
    return any(words in message for words in _GONE)
