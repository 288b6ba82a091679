"""Take everything about people out of what a system has shown, and prove that nothing of it is left.

Nothing stays because it looks harmless. A word stays only if it is the system's own wording: if it stands in the
system's map, or in the scripts that everybody gets before signing in, or if the screens say it where they name things
(buttons, labels, headers). Every other word is somebody's, and becomes an invented one, the same everywhere; they begin
with x, so that people see what is invented. Personnummer, mail addresses, telephone and other long numbers become test
values, wherever they stand. A text of which most words are somebody's is free text, and goes whole. What is not known
to be text, or to say how a page is built, is left out. Dates and short numbers stay, and so do case numbers, which say
nothing by themselves. No machine can tell every name from every label: a person looks through the wording that stays.
"""

from __future__ import annotations

import html as markup
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from bots.personnummer import stand_in

_WORD = re.compile(r"[^\W\d_]{2,}")
#: The words that a name in code is made of.
_PART = re.compile(r"[A-ZÅÄÖ]?[a-zåäöéü]+|[A-ZÅÄÖ]{2,}(?![a-zåäö])")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`(?:[^`\\]|\\.)*`')
#: Personnummer and samordningsnummer, with or without century and marks; a reserve number may have letters at its end.
_NUMBER = re.compile(
    r"(?<!\d)(?<!\d\.)(?P<century>18|19|20)?(?P<year>\d{2})[-.]?(?P<month>0[1-9]|1[0-2])[-.]?"
    r"(?P<date>[0-2]\d|3[01]|[67]\d|8\d|9[01])(?P<mark>(?: ?[-+.] ?)| ?)"
    r"(?P<serial>\d{4}|[A-Z]\d{3}|[A-Z]{2}\d{2})(?!\d)"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w./-])(?:\+\d{1,3}|\(?0\d{1,3}\)?)(?:[ ./-]{0,3}\d{2,4}){2,5}(?![\w/-])(?!\.\d)")
_POST = re.compile(r"(?<![\w-])\d{3} \d{2}(?= +[A-ZÅÄÖ])")
_LONG = re.compile(r"(?<!\w)(?<!\d\.)(?:\d{8,}|\d{4}(?: \d{4}){2,})(?!\w)(?!\.\d)")
#: What is written for a hyphen or a space, letter by letter; and what is not seen at all.
_PLAIN = str.maketrans({**dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"), "\u00a0": " ", "\u202f": " "})
_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"))
#: Numbers that Post- och telestyrelsen has set aside for fiction: area, then what comes before the two last digits.
#: Two of the four: the others have the form of a personnummer.
_FICTION = ("03139006", "08465004")
#: A text of so many words, most of them somebody's, is free text.
_FREE = 6

#: Where a screen names things. What stands there is the system's wording, unless it looks like a name, or is inside of
#: what people fill in.
_NAMING = {"button", "label", "th", "legend", "caption", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary", "title"}
_FILLED = {"td", "dd", "li", "p", "textarea", "option", "output", "time"}
#: Roles of what names things, whatever tag it has.
_NAMING_ROLES = {"button", "tab", "menuitem", "heading", "columnheader"}
#: Where a link is a part of a record, whatever it leads to.
_RECORD = {"td", "dd", "textarea", "option", "output", "time"}
#: What says in an address which record is meant; and what follows it there where the link only opens the record.
_IDENTIFIES = re.compile(r"(?=.*\d)(?!v\d+$).+", re.IGNORECASE)
_IDENTIFIES_BY = re.compile(r"(?:.*[-_])?(?:id|pk|nr|uuid|guid)", re.IGNORECASE)
_OPENS = {"", "change", "edit", "view", "show", "detail", "details", "visa", "andra", "ändra", "redigera", "oppna"}
#: Attributes that name things for people.
_READ = {"placeholder", "title", "aria-label", "label"}
#: Attributes that say how a page is built. What is no attribute that we know is left out.
_BUILT = {
    "accept", "accept-charset", "align", "async", "autocomplete", "autofocus", "border", "cellpadding",
    "cellspacing", "charset", "checked", "class", "clip-path", "clip-rule", "color", "cols", "colspan",
    "contenteditable", "cx", "cy", "d", "defer", "dir", "disabled", "draggable", "dx", "dy", "enctype", "fill",
    "fill-opacity", "fill-rule", "for", "form", "frameborder", "headers", "height", "hidden", "http-equiv",
    "id", "inert", "inputmode", "lang", "loading", "max", "maxlength", "media", "method", "min", "minlength",
    "multiple", "name", "novalidate", "opacity", "open", "pattern", "points", "preserveaspectratio", "r",
    "readonly", "rel", "required", "role", "rows", "rowspan", "rx", "ry", "sandbox", "scope", "scrolling",
    "selected", "shadowrootmode", "size", "sizes", "slot", "span", "spellcheck", "start", "step", "stroke",
    "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-width", "style", "tabindex", "target",
    "transform", "translate", "type", "valign", "version", "viewbox", "width", "wrap", "x", "x1", "x2", "xmlns",
    "y", "y1", "y2",
}  # fmt: skip
_TEXTS = {*_READ, "alt", "value", "content", "datetime", "download", "summary", "abbr", "cite", "srcdoc"}
_LINKS = {"href", "src", "action", "formaction", "poster", "xlink:href"}
#: Attributes whose value is a name in the page's own code.
_CODE = re.compile(
    r"data-test[a-z-]*|aria-(?:labelledby|describedby|controls|owns|details|errormessage|activedescendant)"
)
_OTHER = re.compile(r"data-[a-z0-9-]+|aria-[a-z]+|on[a-z]+")
#: Meta tags that say what version a page is of, or how it is shown.
_META = re.compile(r"(?:.*[-_:])?version|viewport|charset|generator|robots|theme-color")
#: A part of a path that people have named.
_SPOKEN = re.compile(r"\s|[A-ZÅÄÖ]{1}[a-zåäö]|\.(?:pdf|docx?|xlsx?|pptx?|odt|rtf|txt|csv|msg|eml|jpe?g|png|gif|tiff?)$")
_DRAWN = re.compile(r"url\(\s*['\"]?data:[^)]*\)")
_TAG = re.compile(r"[a-z][a-z0-9-]*")
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
    #: Each with the words of it that may be somebody's.
    doubted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: Those that only the system's scripts say.
    scripted: set[str] = field(default_factory=set)
    #: The names of fields for passwords.
    secrets: set[str] = field(default_factory=set)
    _phrases: set[str] = field(default_factory=set)

    def know(self, text: str) -> None:
        """Take every word of what nobody wrote about a person: a map, or what the person at the recording says."""
        self.words |= {word.lower() for word in _WORD.findall(text)}

    def know_script(self, source: str) -> None:
        """Take what a script or style that everybody gets says. Names of people in it are not wording."""
        self.scripted |= {word.lower() for word in _WORD.findall(source)} - people() - self.words

    def hear(self, phrase: str) -> None:
        """Take what a screen says where it names things."""
        if _WORD.search(phrase):
            self._phrases.add(" ".join(phrase.split()))

    def settle(self) -> list[str]:
        """Take the phrases that were heard, and return those that were taken: for a person to look through.

        One that holds a name, or a capital letter inside it, may be about a person. It is `doubted`, for these words.
        """
        taken = []
        for phrase in sorted(self._phrases):
            words = _WORD.findall(phrase)
            if {word.lower() for word in words} <= self.words | self.scripted:
                continue
            names = [word for word in words if word.lower() in people()]
            names += [word for word in _names(words, self.words | self.scripted) if word not in names]
            if names or _is_value(phrase):
                self.doubted[phrase] = tuple(names)
            else:
                taken.append(phrase)
        for phrase in taken:
            self.know(phrase)
        return taken


def _names(words: list[str], known: set[str]) -> list[str]:
    """Return the words after the first that begin with a capital, and are no abbreviations."""
    return [word for word in words[1:] if word[0].isupper() and not word.isupper() and word.lower() not in known]


def _is_value(phrase: str) -> bool:
    return any(pattern.search(phrase) for pattern in (_NUMBER, _MAIL, _PHONE))


@dataclass(frozen=True, slots=True)
class Left:
    """What the second pass found: in which file, what kind of thing, and how often.

    `words` are for the person at the terminal alone: they are in no text of it, and are stored nowhere.
    """

    file: str
    what: str
    count: int
    words: tuple[str, ...] = field(default=(), repr=False, compare=False)


class Scrubber:
    """Replaces what is about people, consistently over all that it is given.

    Give it everything once before what it returns is stored: what a text shows to be somebody's is then replaced also
    where it stands in an address, an id or a script.
    """

    def __init__(self, wording: Wording) -> None:
        """`wording` is settled."""
        self._wording = wording.words | wording.scripted
        self._scripted = wording.scripted
        self._secrets = {each.lower() for each in wording.secrets}
        #: Words that stay, and that nothing but a script says: for a person to look through.
        self.scripted: set[str] = set()
        self._words: dict[str, str] = {}
        #: Those of them that may name somebody: not those that stand in free texts or scripts alone, in small letters.
        #: They are known again without their dots and rings.
        self._theirs: dict[str, str] = {}
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

    def text(self, said: str, *, is_read: bool = True) -> str:
        """Return what a person reads or has written, with nothing in it about anybody.

        `is_read`: what of it stays is shown to whoever looks through the wording.
        """
        said = said.translate(_UNSEEN)
        words = _WORD.findall(_NUMBER.sub(" ", _MAIL.sub(" ", said)))
        theirs = [word for word in words if word.lower() not in self._wording]
        is_free = len(words) >= _FREE and 2 * len(theirs) > len(words)
        if is_read and not is_free:
            self.scripted |= {word.lower() for word in words} & self._scripted

        def changed(rest: str) -> str:
            return _WORD.sub(lambda found: self._word(found.group(), always=is_free, is_read=is_read), rest)

        return self._patterns(said, changed)

    def built(self, source: str) -> str:
        """Return what says how a page is built, with all that is known to be somebody's replaced."""

        def known(found: re.Match[str]) -> str:
            new = self._somebodys(found.group())
            return found.group() if new is None else _cased(found.group(), new)

        return self._patterns(source, lambda rest: _PART.sub(known, rest))

    def styled(self, source: str) -> str:
        """Return a style sheet, or part of one, without the pictures in it."""
        return self.built(_DRAWN.sub("none", source))

    def script(self, source: str) -> str:
        """Return a script that not everybody gets: its texts scrubbed, and what may be a name in its words."""

        def said(found: re.Match[str]) -> str:
            if re.search(r"\s", found.group()):
                return self.text(found.group(), is_read=False)
            return _WORD.sub(
                lambda word: self._word(word.group()) if word.group()[0].isupper() else word.group(), found.group()
            )

        return self.built(_STRING.sub(said, source))

    def json(self, source: str) -> str:
        """Return a JSON document with its texts scrubbed; what is none is scrubbed as a text."""

        def scrubbed(value: object) -> object:
            if isinstance(value, str):
                return self.html(value) if re.search(r"<[a-z]", value) else self.text(value)
            if isinstance(value, list):
                return [scrubbed(each) for each in value]
            if isinstance(value, dict):
                return {self._name(key): self._value(key, each, scrubbed) for key, each in value.items()}
            if isinstance(value, int | float) and not isinstance(value, bool):
                return type(value)(self.built(repr(value)))
            return value

        try:
            return json.dumps(scrubbed(json.loads(source)), ensure_ascii=False)
        except ValueError:
            return self.text(source)

    def form(self, source: str) -> str:
        """Return the fields of a form as they were sent, scrubbed."""
        sent = parse_qsl(source, keep_blank_values=True)
        return urlencode([(self._name(name), self._value(name, value, self.text)) for name, value in sent])

    def _name(self, name: str) -> str:
        """Return the name of a field; one that is written as people write is a text."""
        return self.text(name) if " " in name or name[:1].isupper() else self.built(name)

    def _value(self, name: str, value: Any, scrubbed: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - any JSON
        return "x" if name.lower() in self._secrets else scrubbed(value)

    def address(self, url: str) -> str:
        """Return an address scrubbed: its query, and what may be words for people in its path."""
        parts = urlsplit(url)
        if parts.scheme not in {"", "http", "https"}:
            return ""
        path = "/".join(
            quote(self.text(each) if _SPOKEN.search(each) else self.built(each), safe=":@!$&'()*+,;=~")
            for each in map(unquote, parts.path.split("/"))
        )
        query = self.form(parts.query) if "=" in parts.query else quote(self.text(unquote(parts.query)))
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, path, query, self.built(parts.fragment)))

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
        said = said.translate(_PLAIN)
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
        digits = found["year"] + found["month"] + found["date"] + found["serial"]
        new = self._stand_in("personnummer", digits, lambda place: stand_in(place)[2:])
        century = "" if found["century"] is None else "20" if int(new[:2]) <= 10 else "19"  # noqa: PLR2004 - 1990-2010
        return f"{century}{new[:6]}{found['mark']}{new[6:]}"

    def _mail(self, found: re.Match[str]) -> str:
        return self._stand_in("mail", found.group().lower(), lambda place: f"x{place + 1}@exempel.example")

    def _phone(self, found: re.Match[str]) -> str:
        if not self._is_phone(found.group()):
            return found.group()
        digits = re.sub(r"\D", "", found.group())
        return self._stand_in("phone", digits, lambda place: f"{_FICTION[place // 100 % 2]}{place % 100:02}")

    @staticmethod
    def _is_phone(said: str) -> bool:
        # No number is shorter with its area, and a date has two marks alike.
        return sum(char.isdigit() for char in said) >= 8  # noqa: PLR2004 - as said

    def _post(self, found: re.Match[str]) -> str:
        return self._stand_in("post", found.group(), lambda place: f"{place // 100:03} {place % 100:02}")

    def _long(self, found: re.Match[str]) -> str:
        many = sum(char.isdigit() for char in found.group())
        return self._stand_in("number", found.group(), lambda place: f"9{place:0{many - 1}}")

    def _word(self, word: str, *, always: bool = False, is_read: bool = True) -> str:
        lower = word.lower()
        is_wording = lower in self._wording
        if (is_wording and not always) or lower in self._invented:
            return word
        known = self._free if is_wording else self._words
        if lower not in known:
            known[lower] = next(
                new for new in _invented(len(self._invented)) if new not in self._wording and new not in self._invented
            )
            self._invented.add(known[lower])
        if not is_wording and not ((always or not is_read) and word.islower()):
            for each in {lower, _plain(lower)} - self._wording:
                self._theirs.setdefault(each, known[lower])
        return _cased(word, known[lower])

    def _somebodys(self, word: str) -> str | None:
        """Return what stands in for a word that may name somebody, however it is written; None for any other."""
        return None if word.lower() in self._wording else self._theirs.get(_plain(word))

    # --- the second pass ---------------------------------------------------------------------------------------

    def left(self, files: Iterable[tuple[str, str]]) -> list[Left]:
        """Return what is left in files, each a name and its text, of all that was replaced in any of them.

        Looked for by itself, in the bare text and in the ways in which HTML, JSON and addresses write it, whatever the
        first pass took a place for: every word that may name somebody, every value, and whatever has the form of a
        personnummer or a telephone number and is none of ours.
        """
        return list(dict.fromkeys(each for name, source in files for each in self._left(name, source)))

    def _left(self, name: str, source: str) -> Iterator[Left]:
        for said in {source, markup.unescape(source), unquote(source), _unescaped(source)}:
            # The names of tags and attributes are HTML's; what stands on both sides of a tag is read as one.
            inside, run_on = _inside(said) if said.lstrip().startswith("<") else (said, said)
            said_in = {*_WORD.findall(inside), *_PART.findall(inside)}
            words = sorted(each for each in said_in if self._somebodys(each) is not None)
            ours = {kind: set(known.values()) for kind, known in self._values.items()}
            numbers = sum(
                each["year"] + each["month"] + each["date"] + each["serial"] not in ours["personnummer"]
                for each in _NUMBER.finditer(run_on.translate(_PLAIN).translate(_UNSEEN))
            )
            phones = sum(
                self._is_phone(each.group()) and re.sub(r"\D", "", each.group()) not in ours["phone"]
                for each in _PHONE.finditer(inside.translate(_PLAIN).translate(_UNSEEN))
            )
            values = sum(said.count(value) for kind in ("mail", "number") for value in self._values[kind])
            counts = {
                "ord": len(words),
                "personnummer": numbers,
                "telefonnummer": phones,
                "adress eller nummer": values,
            }
            for what, count in counts.items():
                if count:
                    yield Left(name, what, count, tuple(words) if what == "ord" else ())


def _inside(source: str) -> tuple[str, str]:
    """Return all that a document says, with the values of its attributes, and what it says as it runs on."""
    collected = _Said()
    collected.feed(source)
    collected.close()
    return "\n".join(collected.said), "".join(collected.texts)


_INLINE = {
    "a", "abbr", "b", "bdi", "code", "del", "em", "font", "i", "ins", "mark", "q", "s", "small", "span", "strong",
    "sub", "sup", "u", "wbr",
}  # fmt: skip


class _Said(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += [value for _name, value in attrs if value]
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        # What stands in one line is read as one, whatever tags are in it.
        self.texts.append("" if tag in _INLINE else "\n")

    def handle_data(self, data: str) -> None:
        self.said.append(data)
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.said.append(data)


def _plain(word: str) -> str:
    """Return a word in small letters without dots, rings and accents, as addresses and accounts have it."""
    return unicodedata.normalize("NFD", word.lower()).encode("ascii", "ignore").decode()


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
        #: The elements that are open, each with whether it names something, or holds what people fill in, or neither.
        self._open: list[tuple[str, bool | None]] = []
        self._kind = ""
        self._source: list[str] = []
        self._out: list[str] = []

    def run(self, source: str) -> str:
        self.feed(source)
        self.close()
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        while self._open and self._open[-1][0] in _ENDS.get(tag, ()):
            self._open.pop()
        self._kind = next((value or "" for name, value in attrs if name == "type"), "")
        if tag not in _VOID:
            self._open.append((tag, self._is_naming(tag, dict(attrs))))
        self._start(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        source = "".join(self._source)
        self._source.clear()
        if self._scrub is not None and source:
            self._out.append(self._scrub.styled(source) if tag == "style" else self._inline(self._scrub, source))
        if any(each == tag for each, _names in self._open):
            while self._open.pop()[0] != tag:
                pass
        if _TAG.fullmatch(tag):
            self._out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] in {"script", "style"}:
            # It comes in pieces, and is read whole.
            self._source.append(data)
        elif self._scrub is not None:
            self._out.append(markup.escape(self._scrub.text(data), quote=False))
        elif self._names():
            self._hear(data)

    def handle_decl(self, decl: str) -> None:
        self._out.append("<!DOCTYPE html>" if decl.lower().startswith("doctype") else "")

    def _names(self) -> bool:
        """Return whether the screen names something here, and nothing that people fill in stands inside of that."""
        return next((names for _tag, names in reversed(self._open) if names is not None), False)

    def _is_naming(self, tag: str, attrs: Mapping[str, str | None]) -> bool | None:
        """Return whether an element names something (a link: what the system does), or holds what people fill in."""
        if attrs.get("role") in _NAMING_ROLES or tag in _NAMING:
            return True
        if tag == "a" and attrs.get("href") is not None:
            in_record = any(each in _RECORD for each, _names in self._open)
            return not in_record and not _is_a_record(attrs["href"] or "")
        return False if tag in _FILLED else None

    def _hear(self, phrase: str) -> None:
        if self._wording is not None:
            self._wording.hear(phrase)

    def _inline(self, scrub: Scrubber, source: str) -> str:
        if not self._kind or re.search(r"javascript|ecmascript|module", self._kind):
            return scrub.script(source)
        if "json" in self._kind and source.strip():
            # A text in it may look like the end of the script.
            return scrub.json(source).replace("</", "<\\/")
        return scrub.html(source)

    def _start(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._scrub is None:
            self._listen(tag, attrs)
            return
        if not _TAG.fullmatch(tag):
            # What somebody has written between angle brackets is no tag.
            self._out.append(markup.escape(self._scrub.text(self.get_starttag_text() or "")))
            return
        new = [
            (name, value and self._attribute(self._scrub, tag, name, value, attrs))
            for name, value in attrs
            if _is_known(name)
        ]
        raw = self.get_starttag_text()
        if new == attrs and raw is not None:
            self._out.append(raw)
            return
        said = "".join(f" {name}" if value is None else f' {name}="{markup.escape(value)}"' for name, value in new)
        self._out.append(f"<{tag}{said}>")

    def _listen(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Hear what the attributes of a tag name, and which fields are for passwords."""
        if self._wording is None:
            return
        if tag == "input" and self._kind == "password":
            self._wording.secrets |= {value for name, value in attrs if name in {"name", "id"} and value}
        is_pressed = tag == "input" and self._kind in {"submit", "button", "reset"}
        for name, value in attrs:
            if value and name == "srcdoc":
                hear(self._wording, value)
            elif value and (name in _READ or (name == "value" and is_pressed)):
                self._hear(value)

    def _attribute(self, scrub: Scrubber, tag: str, name: str, value: str, attrs: list[tuple[str, str | None]]) -> str:
        if name == "data-flotta":
            # Our own (`snapshot.js`).
            return value
        if name == "srcdoc":
            return scrub.html(value)
        if name in _LINKS:
            return scrub.address(value)
        if name == "style":
            return scrub.styled(value)
        if name.startswith("on"):
            return scrub.script(value)
        if tag == "meta" and name == "content":
            is_built = any(key in {"name", "http-equiv"} and _META.fullmatch((of or "").lower()) for key, of in attrs)
            return scrub.built(value) if is_built else scrub.text(value)
        if name in _BUILT or _CODE.fullmatch(name):
            return scrub.built(value)
        if name in _TEXTS:
            return scrub.text(value)
        return _own(scrub, value)


def _is_known(name: str) -> bool:
    return name in _BUILT or name in _TEXTS or name in _LINKS or _OTHER.fullmatch(name) is not None


def _own(scrub: Scrubber, value: str) -> str:
    """Return the value of an attribute of the page's own."""
    if value.startswith(("/", "http://", "https://")):
        return scrub.address(value)
    if value.lstrip()[:1] in {"{", "["}:
        return scrub.json(value)
    is_somebody = any(word.lower() in people() for word in _WORD.findall(value))
    return scrub.text(value) if is_somebody or _is_text(value) else scrub.built(value)


def _is_text(value: str) -> bool:
    """Return whether an attribute's value is more than a name in the page's own code, such as `saveButton`."""
    return re.fullmatch(r"[a-z][\w.:/-]*|[\d.:-]*", value) is None


def _is_a_record(href: str) -> bool:
    """Return whether a link only leads to a record, by whose name it is then called: not to what is done with it."""
    parts = urlsplit(href)
    if any(_IDENTIFIES_BY.fullmatch(name) for name, _value in parse_qsl(parts.query)):
        return True
    *_way, last = re.split(r"/(?=[^/]*\d)", "/" + parts.path)
    which, _slash, then = last.partition("/")
    return _IDENTIFIES.fullmatch(which) is not None and then.strip("/").lower() in _OPENS


def hear(wording: Wording, source: str) -> None:
    """Let `wording` hear what a document says where it names things."""
    _Html(None, wording).run(source)
