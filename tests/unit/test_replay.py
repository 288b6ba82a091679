"""A recorded system answers as it did: before a write what it said before, after it what it said after, and no more."""

from __future__ import annotations

from datetime import date
from urllib.request import Request, urlopen

import pytest

from bots.browser.recording import ORIGIN, Exchange, Recording
from orchestrator.replay import Replay, serving


def said(method: str, path: str, body: str, *, sent: str | None = None, **more: str) -> Exchange:
    """Return an exchange whose answer is this text."""
    return Exchange(method, path, 302 if more else 200, "text/html", body.encode(), sent, **more)


WALK = (
    said("GET", "/p?a=1&b=2", "före"),
    said("POST", "/in", "inne", sent="user=xabi&password=x"),
    said("GET", "/p?a=1&b=2", "öppen"),
    said("POST", "/p", "borttagen 7", sent="id=7&orsak=%C3%84r+klart"),
    said("GET", "/p?a=1&b=2", "tom"),
    said("GET", "/sen", "sen"),
    said("POST", "/p", "borttagen 8", sent='{"id": 8, "orsak": "klart"}'),
)


def played() -> Replay:
    return Replay(Recording("litet", "1", date(2026, 3, 31), exchanges=WALK))


def answers(replay: Replay, *asked: tuple[str, str, str]) -> list[str | None]:
    found = [replay.answer(*each) for each in asked]
    return [None if each is None else each.body.decode() for each in found]


READ, SIGN_IN = ("GET", "/p?b=2&a=1", ""), ("POST", "/in", "user=robot&password=hemligt")
REMOVE = ("POST", "/p", "orsak=Dubblett [f-1]&id=7")


def test_what_is_read_depends_on_what_was_written_before() -> None:
    """However often it is read."""
    assert answers(played(), READ, READ, SIGN_IN, READ, READ, REMOVE, READ, READ) == [
        "före", "före", "inne", "öppen", "öppen", "borttagen 7", "tom", "tom",
    ]  # fmt: skip


def test_a_write_may_be_answered_again() -> None:
    """A session that has ended is begun again; nothing that was written is unwritten by it."""
    assert answers(played(), SIGN_IN, REMOVE, SIGN_IN, READ) == ["inne", "borttagen 7", "inne", "tom"]


def test_what_was_written_is_not_written_twice() -> None:
    """Its receipt is not given again."""
    assert answers(played(), SIGN_IN, REMOVE, REMOVE) == ["inne", "borttagen 7", None]


@pytest.mark.parametrize(
    "asked",
    [
        ("GET", "/p", ""), ("GET", "/sen", ""), ("POST", "/p", "id=9&orsak=klart"), ("POST", "/p", "id=7"),
        ("POST", "/p", '{"id": 9, "orsak": "klart"}'), ("DELETE", "/p", ""), ("GET", "/p?a=1&b=3", ""),
        ("GET", "/p?a=1&b=2&radera", ""), ("POST", "/p", "id=7&id=8&orsak=klart"), ("POST", "/p", "id=8&orsak=annat"),
        ("POST", "/p", '{"id": 8, "orsak": "klart"}'),
    ],
)  # fmt: skip
def test_where_the_recording_ends_is_told(asked: tuple[str, str, str]) -> None:
    """What was never asked, was asked only later, or is about another matter."""
    replay = played()

    assert answers(replay, SIGN_IN, asked, asked) == ["inne", None, None]
    assert replay.ends == [f"{asked[0]} {asked[1]} (1 skrivningar in)"]


def test_it_answers_over_http() -> None:
    """At an address of its own, which it takes for the recorded one wherever it says it."""
    exchanges = (said("GET", "/", f'<a href="{ORIGIN}/x">x</a>'), said("POST", "/x", "", sent="", location="/y"))

    with serving([Recording("litet", "1", date(2026, 3, 31), exchanges=exchanges)]) as (urls, [replay]):
        with urlopen(urls["litet"] + "/") as answer:  # noqa: S310 - our own address
            assert answer.read().decode() == f'<a href="{urls["litet"]}/x">x</a>'
        with pytest.raises(OSError, match="404"), urlopen(Request(urls["litet"] + "/x", b"")):  # noqa: S310
            pass

    assert replay.ends == ["GET /y (1 skrivningar in)"]
