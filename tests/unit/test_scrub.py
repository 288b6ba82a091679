"""Nothing about a person is left of what was recorded, and the same person is the same test person everywhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.browser.scrub import Left, Scrubber, Wording, hear
from bots.personnummer import check_digit, stand_in
from fixtures.mockui import people

PAGE = """<!DOCTYPE html><html lang="sv"><head><title>Påminnelse</title></head><body>
<nav><a href="/start">Startsida</a></nav><h1>Påminnelse</h1><h2>Anna Ek, 19121212-1212</h2>
<!-- hämtad av anna.ek -->
<table><tr><th>Personnummer<td id="rad-191212121212">191212121212</tr><tr><th>Namn</th><td>Anna Ek</td></tr>
<tr><th>Orsak<td>Hon har flyttat till sin dotter i Höganäs och vill inte ha mer hjälp</tr></table>
<a href="/person/19121212-1212?namn=Anna+Ek">Visa</a><input value="Anna &amp; Ek" placeholder="Namn" title="Ek, Anna">
<button data-vem="Anna Ek" onclick="visa('Anna Ek')">Ta bort</button>
<select><option>Bifall</option><option>Bo Ek</option></select>
<script>window.user = {"name": "Anna Ek", "mail": "anna.ek@helsingborg.se", "kind": "user"}; start("</b>");</script>
<script type="application/json">{"namn": "Anna Ek", "tel": "042-10 50 00", "antal": 7, "html": "<\\/b>"}</script>
</body></html>"""


def scrubbed(source: str, *more: str) -> tuple[str, Scrubber, Wording]:
    """Return a page scrubbed with the wording that it names itself; `more` stands in the map."""
    wording = Wording()
    wording.know(" ".join(more))
    hear(wording, source)
    wording.settle()
    scrubber = Scrubber(wording)
    scrubber.html(source)
    return scrubber.html(source), scrubber, wording


def test_a_page_says_what_it_said_about_nobody() -> None:
    """The system's wording stands, what is built is built so, and the person is another."""
    page, scrubber, _wording = scrubbed(PAGE, "Visa Bifall")

    for theirs in ("Anna", "anna", "Ek<", "ek@", "1212", "dotter", "Höganäs", "10 50 00", "hämtad"):
        assert theirs not in page
    for ours in ("<h1>Påminnelse</h1>", "Startsida", "<th>Namn</th>", ">Visa</a>", ">Ta bort</button>", "Bifall"):
        assert ours in page
    assert scrubber.left([("sida", page)]) == []


def test_a_person_is_the_same_test_person_everywhere() -> None:
    """In a text, an attribute, an address, a script; with a century and without, with a mark and without."""
    page, _scrubber, _wording = scrubbed(PAGE, "Visa Bifall")

    number = stand_in(0)
    assert f'id="rad-{number}">{number}<' in page
    assert f"/person/{number[:8]}-{number[8:]}?" in page
    [name] = set(re.findall(r"<td>(Xa\w+ Xa\w+)</td>", page))
    assert f'data-vem="{name}"' in page
    assert f"visa(&#x27;{name}&#x27;)" in page
    assert f'"name": "{name}"' in page
    assert f'"namn": "{name}"' in page


def test_free_text_goes_whole() -> None:
    """Also those of its words that are the system's: together they may tell enough."""
    wording = Wording()
    wording.know("har flyttat till")
    said = Scrubber(wording).text("Hon har flyttat till sin dotter i Höganäs")

    assert not {"har", "flyttat", "till"} & set(said.split())


@pytest.mark.parametrize(
    "said",
    [
        "19121212-1212", "121212-1212", "1212121212", "191212121212", "121212+1212", "19121272-1212", "121212-A123",
        "570312–1234", "570312\u20111234", "570312\u00a01234", "570312 - 1234", "1957-03-12-1234", "570312.1234",
        "5703\u00ad12-1234", "(08) 123 45 67", "070–123 45 67", "070.123.45.67", "1234 5678 9012 3456",
        "anna.ek@helsingborg.se", "042-10 50 00", "+46 42 10 50 00", "0701234567", "12345678901", "252 21 Helsingborg",
    ],
)  # fmt: skip
def test_what_is_known_by_its_form_is_replaced(said: str) -> None:
    """Wherever it stands, by the same every time, and by itself when it is scrubbed again."""
    scrubber = Scrubber(Wording())
    once = scrubber.text(f"om {said}.")

    assert not set(re.findall(r"\d{3,}", said)) & set(re.findall(r"\d{3,}", once))
    assert scrubber.text(f"om {said}.") == once
    assert scrubber.text(once) == once
    assert scrubber.left([("text", f"om {said}.")])


HIDDEN = [
    '<meta name="user" content="Lars Bergkvist">',
    '<a download="Utredning Bergkvist.pdf">x</a>',
    '<p tooltip="har autism">x</p>',
    '<user-card namn="Bergkvist"></user-card>',
    '<p data-user="lars.bergkvist">x</p>',
    '<img srcset="data:image/jpeg;base64,QmVyZ2t2aXN0 1x">',
    "<p style='background:url(data:image/png;base64,Qmxh)'>x</p>",
    "Kontakt: Zainab <zainab.q@mail.se>",
    '<a href="/filer/Utredning%20Bergkvist.pdf">x</a>',
    '<a href="/a?Bergkvist">x</a>',
    '<a href="http://lars.bergkvist:hemlig@x.se/p">x</a>',
    '<script>window.S={"note":"har autism och mera"}</script>',
    '<script type="text/html"><td>Bergkvist</td></script>',
    "<label>Not <textarea>zainab har autism</textarea></label>",
    "<h2>Insats<td>zainab har autism</td>",
    "<select><option>Zainab</option></select>",
    "<input value=Lars Bergkvist>",
    '<svg><image xlink:href="data:image/jpeg;base64,QmVyZ2t2aXN0"></image></svg>',
    '<p data-t=\'{"n": "Bergkvist"}\'>x</p>',
]


@pytest.mark.parametrize("source", HIDDEN)
def test_people_are_found_wherever_a_page_has_them(source: str) -> None:
    """What is not known to say how a page is built is a text, or is left out."""
    page, scrubber, _wording = scrubbed(f"<html><body>{source}</body></html>")

    assert not re.search(r"bergkvist|lars|zainab|autism|hemlig|QmVy|Qmxh", page, re.IGNORECASE), page
    assert scrubber.left([("sida", page)]) == []


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("json", '{"Bergkvist": 1}'), ("json", '"Bergkvist"'), ("json", ")]}'\n{Bergkvist}"),
        ("json", "{required: Bergkvist}"),
        ("json", '{"a": 5703121234.0}'), ("form", "Bergkvist=1&a=Bergkvist"), ("address", "/p/Bergkvist"),
    ],
)  # fmt: skip
def test_what_is_sent_is_scrubbed(how: str, said: str) -> None:
    """Names of fields too, where they are written as people write; and what is no JSON, though it was said to be."""
    new = getattr(Scrubber(Wording()), how)(said)

    assert "Bergkvist" not in new
    assert "570312" not in new


def test_a_password_is_never_kept() -> None:
    """Whatever the field is called where."""
    wording = Wording()
    hear(wording, "<input type=password id=Losen name=pin>")
    scrubber = Scrubber(wording)

    assert "4711" not in scrubber.json('{"losen": "4711-2024!", "PIN": 4711}')
    assert scrubber.form("pin=4711&Losen=4711").count("=x") == 2


def test_a_name_is_known_again_without_its_rings() -> None:
    """Accounts and addresses have none."""
    page = "<td>Åsa Öberg</td><a href='/p/asa-oberg' id=asaOberg>x</a>"

    new, scrubber, _wording = scrubbed(page)

    assert not re.search(r"asa|oberg", new, re.IGNORECASE)
    assert scrubber.left([("sida", page)])


@pytest.mark.parametrize("said", ["<p>570312-<b>1234</b></p>", "<p>5703&shy;12-1234</p>"])
def test_a_number_that_is_split_by_tags_is_found_by_the_second_pass(said: str) -> None:
    """The first one reads text by text."""
    assert Left("sida", "personnummer", 1) in Scrubber(Wording()).left([("sida", said)])


@pytest.mark.parametrize("said", ["2026-03-31", "2026-03-31 08:15", "P-1007", "Sida 2 av 14", "kl. 10.30", "KV-00012"])
def test_what_tells_nothing_of_anybody_stays(said: str) -> None:
    """Rules need dates, and addresses need case numbers."""
    wording = Wording()
    wording.know("Sida av kl KV")

    assert Scrubber(wording).text(said) == said


@pytest.mark.parametrize(
    ("phrase", "is_taken"),
    [
        ("Ta bort", True), ("Handläggare LSS", True), ("Beslut", True), ("Mina Sidor", False), ("Bo Ek", False),
        ("Anna", False), ("anna.ek", False), ("Ärende 121212-1212", False),
    ],
)  # fmt: skip
def test_what_looks_like_a_name_is_not_taken_for_wording(phrase: str, is_taken: bool) -> None:
    """It is doubted, and a person may say that it is the system's own."""
    wording = Wording()
    hear(wording, f"<h2>{phrase}</h2>")

    assert (phrase in wording.settle()) == is_taken
    assert (phrase in wording.doubted) != is_taken


def test_what_is_left_is_counted_and_not_told() -> None:
    """Whoever reads the refusal is not to read the person's name in it."""
    _page, scrubber, _wording = scrubbed(PAGE)

    found = scrubber.left(
        [("a", "Anna"), ("b", "%C3%85sa Ek"), ("c", "\\u0045k"), ("d", "Ek&#44; 1"), ("e", "8501012384"), ("f", "Visa")]
    )

    assert {(each.file, each.what) for each in found} >= {("a", "ord"), ("b", "ord"), ("c", "ord"), ("d", "ord")}
    assert Left("e", "personnummer", 1) in found
    assert "Anna" not in repr(found)


WORDS = st.text(alphabet="abdeghiklmnoprstuvåäö", min_size=2, max_size=9)


@given(st.lists(WORDS, min_size=1, max_size=4), st.lists(WORDS, min_size=1, max_size=8), st.integers(0, 4))
def test_no_word_that_is_not_wording_is_left(known: list[str], theirs: list[str], capital: int) -> None:
    """However they stand together; and invented words do not collide."""
    wording = Wording()
    wording.know(" ".join(known))
    scrubber = Scrubber(wording)
    said = [word.capitalize() if place == capital else word for place, word in enumerate(theirs + known)]

    new = scrubber.text(" ".join(said)).split()

    assert not ({word.lower() for word in new} & set(theirs)) - set(known)
    assert len({word.lower() for word in new}) == len(set(theirs + known))
    assert scrubber.text(" ".join(new)) == " ".join(new)
    assert scrubber.left([("", " ".join(new))]) == []


def test_two_people_are_never_made_one() -> None:
    """Though the wording has invented words in it, as a map that was made of a recording may."""
    wording = Wording()
    wording.know("xaba xabe xabi xabo")
    new = Scrubber(wording).text("Anna Britta Cecilia Doris Eva").split()

    assert len(set(new)) == 5
    assert not {word.lower() for word in new} & wording.words


def test_test_numbers_follow_the_rule() -> None:
    """Skatteverket's: the mock systems derive them by themselves."""
    numbers = [stand_in(place) for place in range(15_000)]

    assert len(set(numbers)) == len(numbers)
    assert {number[8:11] for number in numbers} == {"238", "239"}
    assert all(check_digit(number[2:11]) == int(number[11]) for number in numbers)
    assert people.check_digit("121212121") == check_digit("121212121")
    with pytest.raises(ValueError, match="no test number"):
        stand_in(20_000)
