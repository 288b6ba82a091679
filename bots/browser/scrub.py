"""Take everything about people out of what a system has shown, and prove that nothing of it is left.

Nothing stays because it looks harmless. A word stays only if it is the system's own wording: if it stands in the
system's map or in its scripts, or if the screens say it where they name things (buttons, labels, headers). Every other
word is somebody's, and becomes an invented one, the same everywhere; they begin with x, so that people see what is
invented. Personnummer, mail addresses, telephone and other long numbers become test values, wherever they stand. A
text of which most words are somebody's is free text, and goes whole. Dates and short numbers stay, and so do case
numbers, which say nothing by themselves.
"""

from __future__ import annotations

import html as markup
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from bots.records.personnummer import stand_in

_WORD = re.compile(r"[^\W\d_]{2,}")
#: The words that a name in code is made of.
_PART = re.compile(r"[A-ZÅÄÖ]?[a-zåäöéü]+|[A-ZÅÄÖ]{2,}(?![a-zåäö])")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`(?:[^`\\]|\\.)*`')
#: Personnummer and samordningsnummer, with or without century and mark; a reserve number may have letters at its end.
_NUMBER = re.compile(
    r"(?<!\d)(?<!\d\.)(?P<century>18|19|20)?(?P<day>\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]|[67]\d|8\d|9[01]))"
    r"(?P<mark>[-+ ]?)(?P<serial>\d{4}|[A-Z]\d{3}|[A-Z]{2}\d{2})(?!\.?\d)"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w./-])(?:\+\d{1,3}|0\d{1,3})(?:[ /-]{0,3}\d{2,4}){2,5}(?![\w/-])(?!\.\d)")
_POST = re.compile(r"(?<![\w-])\d{3} \d{2}(?= +[A-ZÅÄÖ])")
_LONG = re.compile(r"(?<!\w)(?<!\d\.)\d{8,}(?!\w)(?!\.\d)")
#: Numbers that Post- och telestyrelsen has set aside for fiction: area, then what comes before the two last digits.
#: Two of the four: the others have the form of a personnummer.
_FICTION = ("03139006", "08465004")
#: A text of so many words, most of them somebody's, is free text.
_FREE = 6

#: Where a screen names things. What stands there is the system's wording, unless it looks like a name.
_NAMING = {
    "button", "label", "th", "legend", "caption", "h1", "h2", "h3", "h4", "h5", "h6", "option", "dt", "summary",
    "title",
}  # fmt: skip
#: Attributes that people read, and those that hold what people wrote. Any other says how the page is built.
_READ = {"placeholder", "title", "aria-label", "alt", "label", "aria-description"}
_WRITTEN = {"value", "content", "aria-valuetext", "srcdoc"}
_LINKS = {"href", "src", "action", "formaction", "poster", "data"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: What an element that is not closed ends with.
_ENDS = {"td": {"th", "td"}, "th": {"th", "td"}, "dd": {"dt", "dd"}, "dt": {"dt", "dd"}, "option": {"option"}}


@cache
def people() -> frozenset[str]:
    """Return common Swedish names, in lower case: wording never consists of them."""
    return frozenset((Path(__file__).parent / "names.txt").read_text(encoding="utf-8").lower().split())


@dataclass
class Wording:
    """The words that are the system's own, in lower case, and the phrases of its screens that look like a name."""

    words: set[str] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    #: The names of fields for passwords.
    secrets: set[str] = field(default_factory=set)
    _phrases: set[str] = field(default_factory=set)

    def know(self, text: str) -> None:
        """Take every word of what nobody wrote about a person: a map, or what the person at the recording says."""
        self.words |= {word.lower() for word in _WORD.findall(text)}

    def know_script(self, source: str) -> None:
        """Take what a script or style that everybody gets says. Names of people in it are not wording."""
        self.words |= {word.lower() for word in _WORD.findall(source)} - people()

    def hear(self, phrase: str) -> None:
        """Take what a screen says where it names things."""
        if _WORD.search(phrase):
            self._phrases.add(" ".join(phrase.split()))

    def settle(self) -> list[str]:
        """Take the phrases that were heard, and return those that were taken: for a person to look through.

        One that holds a name, or a capital letter inside it, may be about a person. It is `doubted`.
        """
        taken = []
        for phrase in sorted(self._phrases):
            words = _WORD.findall(phrase)
            if {word.lower() for word in words} <= self.words:
                continue
            if any(word.lower() in people() for word in words) or _has_name(words, self.words) or _is_value(phrase):
                self.doubted.add(phrase)
            else:
                taken.append(phrase)
        for phrase in taken:
            self.know(phrase)
        return taken


def _has_name(words: list[str], known: set[str]) -> bool:
    """Return whether a word after the first begins with a capital, and is no abbreviation."""
    return any(word[0].isupper() and not word.isupper() and word.lower() not in known for word in words[1:])


def _is_value(phrase: str) -> bool:
    return any(pattern.search(phrase) for pattern in (_NUMBER, _MAIL, _PHONE))


@dataclass(frozen=True, slots=True)
class Left:
    """What the second pass found: in which file, what kind of thing, and how often. The thing itself is not told."""

    file: str
    what: str
    count: int


class Scrubber:
    """Replaces what is about people, consistently over all that it is given.

    Give it everything once before what it returns is stored: what a text shows to be somebody's is then replaced also
    where it stands in an address, an id or a script.
    """

    def __init__(self, wording: Wording) -> None:
        """`wording` is settled."""
        self._wording = wording.words
        self._secrets = wording.secrets
        self._words: dict[str, str] = {}
        #: Those of them that may name somebody: any but those that only stand in free texts, in small letters.
        self._theirs: set[str] = set()
        #: Wording that stands in free texts, which are replaced whole.
        self._free: dict[str, str] = {}
        self._invented: set[str] = set()
        self._values: dict[str, dict[str, str]] = {
            "personnummer": {},
            "mail": {},
            "phone": {},
            "post": {},
            "number": {},
        }

    # --- texts -------------------------------------------------------------------------------------------------

    def text(self, said: str) -> str:
        """Return what a person reads or has written, with nothing in it about anybody."""
        words = _WORD.findall(_NUMBER.sub(" ", _MAIL.sub(" ", said)))
        theirs = [word for word in words if word.lower() not in self._wording]
        is_free = len(words) >= _FREE and 2 * len(theirs) > len(words)

        def changed(rest: str) -> str:
            return _WORD.sub(lambda found: self._word(found.group(), always=is_free), rest)

        return self._patterns(said, changed)

    def built(self, source: str) -> str:
        """Return what says how a page is built, with all that is known to be somebody's replaced."""

        def known(found: re.Match[str]) -> str:
            word = found.group().lower()
            return _cased(found.group(), self._words[word]) if word in self._theirs else found.group()

        return self._patterns(source, lambda rest: _PART.sub(known, rest))

    def script(self, source: str) -> str:
        """Return a script of the page itself: what its texts say that begins with a capital may be a name."""

        def said(found: re.Match[str]) -> str:
            return _WORD.sub(
                lambda word: self._word(word.group()) if word.group()[0].isupper() else word.group(), found.group()
            )

        return self.built(_STRING.sub(said, source))

    def json(self, source: str) -> str:
        """Return a JSON document with its texts scrubbed. Raises ValueError when it is none."""

        def scrubbed(value: object) -> object:
            if isinstance(value, str):
                return self.text(value)
            if isinstance(value, list):
                return [scrubbed(each) for each in value]
            if isinstance(value, dict):
                return {self.built(key): "x" if key in self._secrets else scrubbed(each) for key, each in value.items()}
            if isinstance(value, int) and not isinstance(value, bool):
                return int(self.built(str(value)))
            return value

        return json.dumps(scrubbed(json.loads(source)), ensure_ascii=False)

    def form(self, source: str) -> str:
        """Return the fields of a form as they were sent, scrubbed."""
        sent = parse_qsl(source, keep_blank_values=True)
        return urlencode(
            [(self.built(name), "x" if name in self._secrets else self.text(value)) for name, value in sent]
        )

    def address(self, url: str) -> str:
        """Return an address with what is known to be somebody's replaced in its path, and its query scrubbed."""
        parts = urlsplit(url)
        if parts.scheme not in {"", "http", "https"}:
            return "" if parts.scheme in {"data", "blob", "mailto", "tel"} else self.built(url)
        path = quote(self.built(unquote(parts.path)), safe="/:@!$&'()*+,;=~")
        query = self.form(parts.query) if "=" in parts.query else self.built(parts.query)
        return urlunsplit((parts.scheme, parts.netloc, path, query, self.built(parts.fragment)))

    def html(self, source: str) -> str:
        """Return a document with its texts, attributes and inline scripts scrubbed, and its comments gone."""
        return _Html(self, None).run(source)

    # --- what stands in for what -------------------------------------------------------------------------------

    def _patterns(self, said: str, rest: Callable[[str], str]) -> str:
        """Replace values that are known by their form; what stands between them goes through `rest`."""
        done: list[str] = []
        at = 0
        for start, end, new in sorted(self._found(said)):
            if start >= at:
                done += [rest(said[at:start]), new]
                at = end
        return "".join([*done, rest(said[at:])])

    def _found(self, said: str) -> Iterator[tuple[int, int, str]]:
        if not any(char.isdigit() for char in said) and "@" not in said:
            return
        taken: list[tuple[int, int]] = []
        kinds: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
            (_MAIL, self._mail), (_NUMBER, self._number), (_PHONE, self._phone), (_POST, self._post),
            (_LONG, self._long),
        ]  # fmt: skip
        for pattern, new in kinds:
            for found in pattern.finditer(said):
                start, end = found.span()
                if all(end <= other[0] or start >= other[1] for other in taken):
                    taken.append((start, end))
                    yield start, end, new(found)

    def _stand_in(self, kind: str, value: str, new: Callable[[int], str]) -> str:
        known = self._values[kind]
        # What is a test value already stays, so that scrubbing twice is scrubbing once.
        if value in known.values():
            return value
        return known.setdefault(value, new(len(known)))

    def _number(self, found: re.Match[str]) -> str:
        new = self._stand_in("personnummer", found["day"] + found["serial"], lambda place: stand_in(place)[2:])
        century = "" if found["century"] is None else "20" if int(new[:2]) <= 10 else "19"  # noqa: PLR2004 - 1990-2010
        return f"{century}{new[:6]}{found['mark']}{new[6:]}"

    def _mail(self, found: re.Match[str]) -> str:
        return self._stand_in("mail", found.group().lower(), lambda place: f"x{place + 1}@exempel.example")

    def _phone(self, found: re.Match[str]) -> str:
        if sum(char.isdigit() for char in found.group()) < 8:  # noqa: PLR2004 - no number is shorter with its area
            return found.group()
        digits = re.sub(r"\D", "", found.group())
        return self._stand_in("phone", digits, lambda place: f"{_FICTION[place // 100 % 2]}{place % 100:02}")

    def _post(self, found: re.Match[str]) -> str:
        return self._stand_in("post", found.group(), lambda place: f"{place // 100:03} {place % 100:02}")

    def _long(self, found: re.Match[str]) -> str:
        many = len(found.group())
        return self._stand_in("number", found.group(), lambda place: f"9{place:0{many - 1}}")

    def _word(self, word: str, *, always: bool = False) -> str:
        lower = word.lower()
        is_wording = lower in self._wording
        if (is_wording and not always) or lower in self._invented:
            return word
        known = self._free if is_wording else self._words
        if not is_wording and not (always and word.islower()):
            self._theirs.add(lower)
        if lower not in known:
            known[lower] = next(
                new for new in _invented(len(self._invented)) if new not in self._wording and new not in self._invented
            )
            self._invented.add(known[lower])
        return _cased(word, known[lower])

    # --- the second pass ---------------------------------------------------------------------------------------

    def left(self, files: Iterable[tuple[str, str]]) -> list[Left]:
        """Return what is left in files, each a name and its text, of all that was replaced in any of them.

        Looked for by itself, in the bare text and in the ways in which HTML, JSON and addresses write it, whatever the
        first pass took a place for: every word that may name somebody, every value, and whatever has the form of a
        personnummer and is no test number of ours.
        """
        found: list[Left] = []
        ours = set(self._values["personnummer"].values())
        for name, source in files:
            for said in {source, markup.unescape(source), unquote(source), _unescaped(source)}:
                words = sum(each.lower() in self._theirs for each in {*_WORD.findall(said), *_PART.findall(said)})
                numbers = sum(each["day"] + each["serial"] not in ours for each in _NUMBER.finditer(said))
                values = sum(said.count(value) for kind in ("mail", "number") for value in self._values[kind])
                counts = {"ord": words, "personnummer": numbers, "adress eller nummer": values}
                found += [Left(name, what, count) for what, count in counts.items() if count]
        return list(dict.fromkeys(found))


def _unescaped(source: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), source)


def _cased(old: str, new: str) -> str:
    return new.upper() if old.isupper() else new.capitalize() if old[0].isupper() else new


_CONSONANTS, _VOWELS = "bdfgklmnprstv", "aeiouy"


def _invented(place: int) -> Iterator[str]:
    """Yield invented words, from a place of a fixed order on."""
    while True:
        word, rest = "", place
        while not word or rest:
            rest, at = divmod(rest, len(_CONSONANTS) * len(_VOWELS))
            word = _CONSONANTS[at // len(_VOWELS)] + _VOWELS[at % len(_VOWELS)] + word
        yield f"xa{word}"
        place += 1


class _Html(HTMLParser):
    """Writes a document anew with what is in it scrubbed; or, with nobody to scrub it, tells what it names."""

    def __init__(self, scrubber: Scrubber | None, wording: Wording | None) -> None:
        super().__init__(convert_charrefs=True)
        self._scrub, self._wording = scrubber, wording
        self._open: list[str] = []
        self._kind = ""
        self._source: list[str] = []
        self._out: list[str] = []

    def run(self, source: str) -> str:
        self.feed(source)
        self.close()
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        while self._open and self._open[-1] in _ENDS.get(tag, ()):
            self._open.pop()
        self._kind = next((value or "" for name, value in attrs if name == "type"), "")
        if tag not in _VOID:
            self._open.append(tag)
        self._start(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        source = "".join(self._source)
        self._source.clear()
        if self._scrub is not None and source:
            self._out.append(self._scrub.built(source) if tag == "style" else self._inline(self._scrub, source))
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        self._out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in {"script", "style"}:
            # It comes in pieces, and is read whole.
            self._source.append(data)
        elif self._scrub is not None:
            self._out.append(markup.escape(self._scrub.text(data), quote=False))
        elif _NAMING & set(self._open) or ("nav" in self._open and "a" in self._open):
            self._hear(data)

    def handle_decl(self, decl: str) -> None:
        self._out.append(f"<!{decl}>")

    def _hear(self, phrase: str) -> None:
        if self._wording is not None:
            self._wording.hear(phrase)

    def _inline(self, scrub: Scrubber, source: str) -> str:
        if "json" in self._kind and source.strip():
            # A text in it may look like the end of the script.
            return scrub.json(source).replace("</", "<\\/")
        return scrub.script(source)

    def _start(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._wording is not None:
            self._wording.know(" ".join([tag, *(name for name, _value in attrs)]))
        if self._scrub is None:
            if tag == "input" and self._kind == "password" and self._wording is not None:
                self._wording.secrets |= {value for name, value in attrs if name in {"name", "id"} and value}
            is_pressed = tag == "input" and self._kind in {"submit", "button", "reset"}
            for name, value in attrs:
                if value and name == "srcdoc":
                    _Html(None, self._wording).run(value)
                elif value and (name in _READ or (name == "value" and is_pressed)):
                    self._hear(value)
            return
        new = [(name, value and self._attribute(self._scrub, tag, name, value)) for name, value in attrs]
        raw = self.get_starttag_text()
        if new == attrs and raw is not None:
            self._out.append(raw)
            return
        said = "".join(f" {name}" if value is None else f' {name}="{markup.escape(value)}"' for name, value in new)
        self._out.append(f"<{tag}{said}>")

    def _attribute(self, scrub: Scrubber, tag: str, name: str, value: str) -> str:
        if name == "srcdoc":
            return scrub.html(value)
        if name in _LINKS or (name.startswith("data-") and value.startswith(("/", "http://", "https://"))):
            return scrub.address(value)
        if name.startswith("on"):
            return scrub.script(value)
        if tag == "meta" and name == "content":
            return scrub.built(value)
        if name == "data-flotta":
            # Our own (`snapshot.js`).
            return value
        if name.startswith("data-") and name != "data-testid" and value.lstrip()[:1] in {"{", "["}:
            return scrub.json(value)
        if name in _READ or name in _WRITTEN or (name.startswith("data-") and _is_text(value)):
            return scrub.text(value)
        return scrub.built(value)


def _is_text(value: str) -> bool:
    """Return whether an attribute's value is more than a name in the page's own code, such as `saveButton`."""
    return re.fullmatch(r"[a-z][\w.:/-]*|[\d.:-]*", value) is None


def hear(wording: Wording, source: str) -> None:
    """Let `wording` hear what a document says where it names things."""
    _Html(None, wording).run(source)
