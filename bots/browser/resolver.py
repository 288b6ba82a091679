"""Find the one element that a map means and make it ready for an act, or refuse.

A locator that finds nothing abstains; one that finds another element, or several, dissents. How much agreement is
needed depends on what a wrong click would do:

    safe            one finds it, none dissents
    write           two independent families (wording, structure) find it, none dissents
    irreversible    every locator of the map finds it

All of it is asked in the page, in one round trip (`act.js`): find, wait until it can be used, fill, or arm the page for
the one click that follows. (Decided 2026-11-22: Playwright's own locators say the same, but bring 30 to 60 ms of script
into each document and walk it several times for each role; a click of theirs is checked when it starts, ours in the
page, by its deadline and its target, at the moment when it lands.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bots.errors import Sighting

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from bots.browser.likeness import Found, Linked
    from bots.browser.selector_map import Element, Fingerprint, Row


@cache
def script(*parts: str, takes: str = "ask") -> str:
    """Return a function for the page, with `drawn.js` and `sight.js` before its parts: the kit's files, or their text.

    It takes what is asked, as `ask`; or, with `takes`, what that says.
    """
    folder = Path(__file__).parent
    parts = ("drawn.js", "sight.js", *parts)
    own = [(folder / part).read_text(encoding="utf-8") if part.endswith(".js") else part for part in parts]
    body = "\n".join(own)
    return f"async ({takes}) => {{ {body} }}"


_FOUND = """
  const until = performance.now() + ask.limit;
  for (;;) {
    const { root } = rooted(ask);
    const certain = root ? meant(root, ask).length : 0;
    if (certain || performance.now() > until)
      return root ? [certain, counted(root, ask), !ask.row || keyed(root, ask.row)?.length !== 0] : [0, null, true];
    await awhile();
  }
"""


def ready(
    page: Page,
    element: Element,
    action: str,
    *,
    limit: float,
    value: str | None = None,
    deadline: float | None = None,
    patience: float = 0,
    row: Row | None = None,
    alike: int | None = None,
    name: str = "",
    filled: Sequence[Mapping[str, Any]] = (),
    answer: Mapping[str, Any] | None = None,
    question: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Do what can be done in the page of one act: `fill` and `select` whole, all else up to the event.

    `press` and `click` are that event; so is `check`, which ticks a box: one that is ticked is `kept`, and needs none.

    `leave` leaves it to a person, whatever it is: they may do what they like on the page, until the deadline.

    `limit` is how long to wait for the element, in milliseconds, and `patience` how much longer for a page that is not
    whole yet; `deadline` until when the event may come, in
    milliseconds since 1970. `row` is the row that it stands in, if it stands in each of a table. `alike` is the place
    where `weigh` has just found it; without it its locators must find it. `name` is what a filled field is remembered
    by in its document; `filled` are the fields that must still hold what was filled in when the click comes, and be
    sent so; `answer` is how a receipt and a refusal are told, so that those are known which are there before;
    `question` is what the page must ask.
    Returns how it went as `end`:

        done        with the point to click, `x` and `y`, and the numbers of all receipts in the page `before`
        missing     nothing is found, or not for certain; `counts` are what each locator found
        no option   what is to be chosen is not among what there is
        no row      its row is not there
        too long    its value is longer than the field takes, which is `most` characters
        asks else   what it asks is not the question
        reset       `field`, which was filled, no longer holds its value
        late        the page is not whole
        unusable    it is hidden, disabled, or does not keep what it is given
        covered     something lies over it, or moves it
        missed      the page stopped the act before this one: it would have landed somewhere else
    """
    found: dict[str, Any] = page.evaluate(
        script("message.js", "act.js") if alike is None else script("fingerprint.js", "message.js", "act.js"),
        {
            "element": for_page(element, row),
            "alike": alike,
            "action": action,
            "value": value,
            "deadline": deadline,
            "limit": limit,
            "patience": patience,
            "name": name,
            "filled": list(filled),
            "answer": answer,
            "question": question,
        },
    )
    return found


def found(
    page: Page, element: Element, row: Row | None = None, *, limit: float = 0
) -> tuple[bool, tuple[Sighting, ...]]:
    """Return whether the element is found for certain now, and what each of its locators finds in its scope.

    `limit` is how long it may take to come, in milliseconds. Nothing is said of the locators where the row that it
    stands in is not there.
    """
    certain, counts, is_there = page.evaluate(script(_FOUND), {**for_page(element, row), "limit": limit})
    return bool(certain), told(element, counts) if is_there else ()


def told(element: Element, counts: list[int] | None) -> tuple[Sighting, ...]:
    """Return the counts with the locators that they are of."""
    return tuple(
        Sighting(str(spec), count)
        for spec, count in zip(element.locators, counts or [0] * len(element.locators), strict=True)
    )


@dataclass(frozen=True, slots=True)
class Look:
    """A screen's elements weighed together: `weighed` says of each where it is among those `shown`, or why not.

    `shown` are the controls of the page, `nested` names for each those that are one with it in layers.
    """

    shown: list[Fingerprint]
    nested: list[list[int]]
    weighed: dict[str, Found]
    linked: Linked | None


def weigh(
    page: Page, elements: Mapping[str, Element], *, frame: str | None = None, signs_in: bool = False
) -> Look | None:
    """Weigh all that the map remembers of a screen's elements, those of one frame, against what the page shows now.

    Locators that find the element as it was recorded are enough. Otherwise it is found where its fingerprint and
    independent kinds of evidence agree (`likeness.find`), unless the locators point to something else; never where that
    may not be (`Element.may_be_alike`), nor where somebody `signs_in`. What stands in rows is not asked for here. None
    when the frame is not there.
    """
    from bots.browser import likeness  # noqa: PLC0415 - numpy, which most runs never need
    from bots.browser.selector_map import Fingerprint  # noqa: PLC0415 - as above

    look = page.evaluate(
        script("fingerprint.js", "weigh.js"),
        {"frame": frame, "elements": [for_page(each) for each in elements.values()]},
    )
    if look is None:
        return None
    shown = [Fingerprint.model_validate(each) for each in look["prints"]]
    remembered = {name: each.fingerprint for name, each in elements.items() if each.fingerprint is not None}
    linked = likeness.Linked(list(remembered.values()), shown, look["nested"]) if remembered and shown else None
    alike = dict(zip(remembered, likeness.find(linked), strict=True)) if linked else {}
    weighed = {}
    for name, answer in zip(elements, look["answers"], strict=True):
        pointed = {at for found in answer["found"] for at in found}
        found = alike.get(name, likeness.Found(None, "nothing is remembered of it"))
        if answer["certain"]:
            weighed[name] = likeness.Found(answer["certain"][0], "locators")
        elif signs_in or not elements[name].may_be_alike:
            weighed[name] = likeness.Found(None, "it is never found by likeness")
        elif answer["lost"] or linked is None or found.at is None:
            weighed[name] = likeness.Found(None, found.why)
        elif len(pointed) == 1 and not pointed & linked.layers(found.at):
            weighed[name] = likeness.Found(None, "its locators find something else")
        elif answer["scope"] is not None and found.at not in answer["scope"]:
            weighed[name] = likeness.Found(None, "not in its scope")
        else:
            weighed[name] = likeness.Found(found.at, "likeness")
    return Look(shown, look["nested"], weighed, linked)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer to where an element is now: a control, with its place among those shown, or None for "not there".

    `bits` is the evidence for it (`likeness`).
    """

    at: int | None
    bits: float
    shown: Fingerprint | None


def propose(look: Look, elements: Mapping[str, Element]) -> dict[str, list[Candidate]]:
    """Return the answers for each element that `weigh` has not found for certain, the best first, for people to see.

    All that the map remembers of the screen is linked at once, so that two elements can't claim the same control, and
    what another is found at for certain is nobody else's. Only for what is remembered.
    """
    from bots.browser import likeness  # noqa: PLC0415 - as in `weigh`

    if look.linked is None:
        return {}
    certain = [each.at for each in look.weighed.values() if each.why == "locators" and each.at is not None]
    theirs = {layer for at in certain if at < len(look.shown) for layer in look.linked.layers(at)}
    remembered = [name for name, each in elements.items() if each.fingerprint is not None]
    return {
        name: [
            Candidate(answer.at, answer.bits, None if answer.at is None else look.shown[answer.at])
            for answer in likeness.rank(look.linked, row)
            if answer.at not in theirs
        ]
        for row, name in enumerate(remembered)
        if look.weighed[name].why != "locators"
    }


def for_page(element: Element, row: Row | None = None) -> dict[str, Any]:
    """Return an element as `sight.js` takes it. Raises ValueError when it stands in rows, and none is given."""
    if element.row_of is not None and row is None:
        raise ValueError(f"which row of {element.row_of}?")
    before = element.fingerprint
    return {
        "remembered": before
        and {
            "words": [word for word in (before.label, before.content, before.placeholder, before.title) if word],
            "id": before.id,
            "field": before.field,
            "href": before.href,
        },
        "danger": element.danger,
        "frame": element.frame,
        "row": row.for_page() if row else None,
        "within": element.within.for_page() if element.within else None,
        "locators": [spec.for_page() for spec in element.locators],
    }
