"""Which control of a changed screen is the one that a map remembers: record linkage, and refusal where it is not clear.

Each trait of a control (what it says, how it is built, what stands around it) is compared with each control that the
screen shows, on four levels. A level is evidence in bits: how much likelier it is to be seen when the two are the same
control than when they are not (Fellegi & Sunter, "A Theory for Record Linkage", 1969). How likely it is for two
different controls is counted on the screen itself: "Spara" says much where one button says so, and little where ten do.
How likely it is for the same one starts at what a redesign usually leaves alone, and is learned from the screen: where
every id is new, ids are worth little.

All controls that are remembered of a screen are linked at once, each to one control at most, or to none. So two can't
claim the same one, and what is surely another's is no rival.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bots.browser.selector_map import Fingerprint

#: What a trait is evidence of. Traits of one kind mostly change together, those of two kinds for reasons of their own.
Kind = Literal["says", "is", "built", "stands"]

#: Levels of agreement. NOTHING: neither has the trait, which tells nothing.
NOTHING, LACKS, DIFFERS, ALIKE, SAME = -1, 0, 1, 2, 3
_LEVELS = (LACKS, DIFFERS, ALIKE, SAME)

#: What the traits of one kind count together: they change together, so their bits do not simply add up.
_COUNTS: dict[Kind, float] = {"says": 1.0, "is": 1.0, "built": 0.8, "stands": 0.5}
_INDEPENDENT: tuple[Kind, ...] = ("says", "built", "stands")
#: How many controls' worth of experience the starting chances are, against what the screen itself shows.
_EXPERIENCE = 4.0
#: How often the chances are learned anew from what they led to.
_ROUNDS = 3
#: No chance is smaller: a single surprise must not outweigh all the rest.
_SURPRISE = 0.005
#: Bits that a link must have to be better than "it is not there any more".
_THERE = -2.0

_WORD = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"(?<=[a-zåäö\d])(?=[A-ZÅÄÖ])")


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing to compare two controls by.

    `kept` is the chance of each level when they are the same control on two versions of a screen, `chance` when they
    are two controls of one screen; both in the order lacks (one has it, the other has not), differs, alike, same.
    """

    kind: Kind
    compare: Callable[[Fingerprint, Fingerprint], int]
    kept: tuple[float, float, float, float]
    chance: tuple[float, float, float, float]


@cache
def _words(said: str) -> frozenset[str]:
    """Return the words of a text, or those that a name in code is made of."""
    return frozenset(_WORD.findall(_HUMP.sub(" ", said).lower()))


def _text(ours: str, theirs: str) -> int:
    if not ours and not theirs:
        return NOTHING
    if not ours or not theirs:
        return LACKS
    if ours == theirs or (words := _words(ours)) == (others := _words(theirs)):
        return SAME
    common = len(words & others)
    return (
        ALIKE if common and (common == min(len(words), len(others)) or 2 * common >= len(words | others)) else DIFFERS
    )


def _best(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """Compare what may be found in one of several places."""
    if not ours or not theirs:
        return LACKS if ours or theirs else NOTHING
    return max(_text(mine, other) for mine in ours for other in theirs)


def _sets(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """Compare two sets by the share of both that they have in common."""
    mine, others = set(ours), set(theirs)
    if not mine or not others:
        return LACKS if mine or others else NOTHING
    if mine == others:
        return SAME
    return ALIKE if 3 * len(mine & others) >= len(mine | others) else DIFFERS


#: Roles that one look or the other gives to the same thing to press.
_PRESSED = frozenset({"link", "button", "menuitem", "tab"})


def _role(ours: Fingerprint, theirs: Fingerprint) -> int:
    if ours.role == theirs.role and (ours.type or "text") == (theirs.type or "text"):
        return SAME
    return ALIKE if ours.role == theirs.role or {ours.role, theirs.role} <= _PRESSED else DIFFERS


def _address(ours: Fingerprint, theirs: Fingerprint) -> int:
    if not ours.href or not theirs.href or ours.href == theirs.href:
        return _text(ours.href, theirs.href)
    last = ours.href.rstrip("/").rpartition("/")[2]
    return ALIKE if last and last == theirs.href.rstrip("/").rpartition("/")[2] else DIFFERS


def _around(ours: Fingerprint, theirs: Fingerprint) -> int:
    """Compare what stands around by the share of the shorter list that both have."""
    mine, others = set(ours.around), set(theirs.around)
    if not mine or not others:
        return LACKS if mine or others else NOTHING
    share = len(mine & others) / min(len(mine), len(others))
    return SAME if share >= 0.6 else ALIKE if share >= 0.25 else DIFFERS  # noqa: PLR2004 - shares of the neighbours


def _place(ours: Fingerprint, theirs: Fingerprint) -> int:
    away = abs(ours.place - theirs.place)
    return SAME if away < 0.05 else ALIKE if away < 0.2 else DIFFERS  # noqa: PLR2004 - shares of the page


def _said(of: Fingerprint) -> list[str]:
    return [each for each in (of.label, of.content, of.placeholder, of.title, of.beside) if each]


def _named(of: Fingerprint) -> list[str]:
    return [each for each in (of.test_id, of.id, of.field) if each]


def _text_of(what: str) -> Callable[[Fingerprint, Fingerprint], int]:
    return lambda ours, theirs: _text(getattr(ours, what), getattr(theirs, what))


def _set_of(what: str) -> Callable[[Fingerprint, Fingerprint], int]:
    return lambda ours, theirs: _sets(getattr(ours, what), getattr(theirs, what))


#: What two controls are compared by. The chances are round figures: labels mostly survive a new version, ids and
#: classes often don't, and what stands next to what is half and half.
TRAITS: dict[str, Trait] = {
    "words": Trait("says", lambda a, b: _best(_said(a), _said(b)), (0.06, 0.09, 0.20, 0.65), (0.20, 0.70, 0.09, 0.01)),
    "icon": Trait("says", _set_of("icon"), (0.20, 0.25, 0.25, 0.30), (0.45, 0.50, 0.03, 0.02)),
    "options": Trait("says", _set_of("options"), (0.05, 0.10, 0.15, 0.70), (0.80, 0.10, 0.05, 0.05)),
    "role": Trait("is", _role, (0.00, 0.02, 0.10, 0.88), (0.00, 0.40, 0.20, 0.40)),
    "id": Trait("built", lambda a, b: _best(_named(a), _named(b)), (0.35, 0.20, 0.20, 0.25), (0.40, 0.55, 0.04, 0.01)),
    "address": Trait("built", _address, (0.20, 0.15, 0.10, 0.55), (0.45, 0.50, 0.03, 0.02)),
    "classes": Trait("built", _set_of("classes"), (0.10, 0.30, 0.30, 0.30), (0.15, 0.55, 0.20, 0.10)),
    "heading": Trait("stands", _text_of("heading"), (0.25, 0.25, 0.05, 0.45), (0.25, 0.50, 0.05, 0.20)),
    "section": Trait("stands", _text_of("section"), (0.25, 0.25, 0.05, 0.45), (0.25, 0.50, 0.05, 0.20)),
    "landmarks": Trait("stands", _set_of("landmarks"), (0.15, 0.20, 0.25, 0.40), (0.20, 0.40, 0.20, 0.20)),
    "part": Trait("stands", _text_of("part"), (0.10, 0.02, 0.00, 0.88), (0.30, 0.30, 0.00, 0.40)),
    "before": Trait("stands", _text_of("before"), (0.10, 0.35, 0.10, 0.45), (0.10, 0.80, 0.06, 0.04)),
    "after": Trait("stands", _text_of("after"), (0.10, 0.35, 0.10, 0.45), (0.10, 0.80, 0.06, 0.04)),
    "around": Trait("stands", _around, (0.05, 0.20, 0.30, 0.45), (0.10, 0.50, 0.25, 0.15)),
    "place": Trait("stands", _place, (0.00, 0.20, 0.40, 0.40), (0.00, 0.60, 0.30, 0.10)),
}


class Linked:
    """What is remembered of a screen, linked to what the screen shows."""

    def __init__(
        self, remembered: Sequence[Fingerprint], shown: Sequence[Fingerprint], nested: Sequence[Sequence[int]]
    ) -> None:
        """`nested` names, for each of `shown`, those that hold it or that it holds: the same control in two layers."""
        self.remembered, self.shown = remembered, shown
        self._nested = nested
        #: Per trait, the level of each remembered control (row) with each that is shown (column).
        self.levels = {
            name: np.array([[trait.compare(ours, theirs) for theirs in shown] for ours in remembered], dtype=np.int8)
            for name, trait in TRAITS.items()
        }
        kept = {name: np.array(trait.kept) for name, trait in TRAITS.items()}
        for _ in range(_ROUNDS - 1):
            self._weigh(kept)
            self._link()
            kept = {name: self._learned(name) for name in TRAITS}
        self._weigh(kept)
        self._link()

    def _weigh(self, kept: dict[str, NDArray[Any]]) -> None:
        shape = (len(self.remembered), len(self.shown))
        #: Per kind of evidence, bits for each pair.
        self.kinds: dict[Kind, NDArray[Any]] = {kind: np.zeros(shape) for kind in _COUNTS}
        for name, trait in TRAITS.items():
            self.kinds[trait.kind] += _bits(self.levels[name], kept[name], trait.chance)
        #: Bits for each pair, all kinds together.
        self.bits: NDArray[Any] = sum((_COUNTS[kind] * bits for kind, bits in self.kinds.items()), np.zeros(shape))

    def _link(self) -> None:
        #: The place in `shown` that each remembered control is linked to, or None.
        self.links, self.total = self._best(self.bits)

    def _best(self, bits: NDArray[Any]) -> tuple[list[int | None], float]:
        """Return the links that are the best together, and their bits."""
        many, shown = bits.shape
        none = np.full((many, many), -np.inf)
        np.fill_diagonal(none, _THERE)
        both = np.concatenate([bits, np.where(np.isinf(none), -1e6, none)], axis=1)
        rows, columns = linear_sum_assignment(both, maximize=True)
        return [int(column) if column < shown else None for column in columns], float(both[rows, columns].sum())

    def _learned(self, name: str) -> NDArray[Any]:
        """Return the chances of a trait's levels as the links show them here."""
        levels = self.levels[name]
        seen = Counter(int(levels[row, link]) for row, link in enumerate(self.links) if link is not None)
        counts = np.array([float(seen[level]) for level in _LEVELS])
        learned: NDArray[Any] = (_EXPERIENCE * np.array(TRAITS[name].kept) + counts) / (_EXPERIENCE + counts.sum())
        return learned

    def layers(self, at: int) -> set[int]:
        """Return the place and those of its other layers."""
        return {at, *self._nested[at]}

    def alone(self, row: int, trait: str) -> int | None:
        """Return the one control that is the same by this trait; None when none or several are."""
        same = np.flatnonzero(self.levels[trait][row] == SAME)
        return int(same[0]) if len(same) and set(same.tolist()) <= self.layers(int(same[0])) else None

    def margin(self, row: int) -> float:
        """Return how many bits worse everything is, taken together, if this control is linked to anything else."""
        link = self.links[row]
        if link is None:
            return 0.0
        without = self.bits.copy()
        without[row, list(self.layers(link))] = -1e5
        return self.total - self._best(without)[1]


def _bits(levels: NDArray[Any], kept: NDArray[Any], chance: Sequence[float]) -> NDArray[Any]:
    """Return the evidence of one trait: how much likelier each level is for the same control than for another.

    How likely it is for another is counted among the others on the screen, with one more control as `chance` has it.
    """
    bits = np.zeros(levels.shape)
    known = (levels != NOTHING).sum(axis=1, keepdims=True)
    for level in _LEVELS:
        here = levels == level
        others = (here.sum(axis=1, keepdims=True) - 1 + chance[level]) / np.maximum(known, 1)
        evidence = np.log2((kept[level] + _SURPRISE) / (np.maximum(others, 0) + _SURPRISE))
        bits += np.where(here, evidence, 0.0)
    return bits


@dataclass(frozen=True, slots=True)
class Found:
    """Where a remembered control is, as a place among those shown; None, with the reason, when it is not clear."""

    at: int | None
    why: str


#: Unattended: bits that a link must have, and lead by.
_SURE, _LEAD = 5.0, 5.0
#: How many bits of one kind another control may lead by before that kind is held against the link, and how many before
#: it no longer speaks for it.
_DISSENT, _EVEN = 2.0, 1.0
#: Bits that a link must lead by where something is against it: a kind of evidence, or a newcomer that says the same.
_CLEAR = 10.0


def find(linked: Linked) -> list[Found]:
    """Return where each remembered control is, for a bot that nobody watches: refuse rather than guess.

    It is there only where all of this holds:

    -   the link is worth it, and everything else, taken together, is clearly worse;
    -   it says what it said: words that have changed may mean another thing to do (fewer of the same words pass
        for a field of a type of its own, if all kinds of evidence are for it);
    -   two independent kinds of evidence speak for it (what it says, how it is built, where it stands), or one where
        the lead is great, and none of them speaks for another control;
    -   what had twins that say the same is set apart from them by what set it apart before, or stands in the head of a
        table where they stand in its foot;
    -   it says no number: that is one record's among others, and is found by its key.
    """
    return [_find(linked, row) for row in range(len(linked.remembered))]


def _find(linked: Linked, row: int) -> Found:
    at = linked.links[row]
    if at is None:
        return Found(None, "absent")
    ours, theirs = linked.remembered[row], linked.shown[at]
    level = {name: int(levels[row, at]) for name, levels in linked.levels.items()}
    margin = linked.margin(row)
    speaking, dissenting = _kinds(linked, row, at)
    leads_there = "href" not in ours.shared and linked.alone(row, "address") == at
    reasons = {
        "says a number": any(char.isdigit() for said in (ours.label, ours.content) for char in said),
        "weak": linked.bits[row, at] < _SURE,
        "is something else": level["role"] == DIFFERS,
        # A link is where it leads; of anything else, other words may mean another thing to do.
        "says something else": not leads_there
        and _reworded(ours, theirs, level)
        and linked.alone(row, "id") != at
        and not (_said_shorter(ours, theirs, level) and len(speaking) == len(_INDEPENDENT) and margin >= _CLEAR),
        "says nothing of it": not leads_there and level["words"] in (LACKS, DIFFERS),
        "has other options": level["options"] == DIFFERS,
        "another has its id": linked.alone(row, "id") not in (None, at),
        "another leads there": level["address"] == DIFFERS and SAME in linked.levels["address"][row],
        "a kind of evidence is against it": bool(dissenting) and margin < _CLEAR,
        "one kind of evidence alone": len(speaking) < (1 if margin >= _CLEAR else 2),
        "one of several that say the same": not _told_apart(ours, theirs, margin),
        "not clear": margin < _LEAD,
    }
    against = next((why for why, holds in reasons.items() if holds), None)
    return Found(at, "found") if against is None else Found(None, against)


def _kinds(linked: Linked, row: int, at: int) -> tuple[list[Kind], list[Kind]]:
    """Return which kinds of evidence speak for a link, and which for another control."""
    speaking, dissenting = [], []
    for kind in _INDEPENDENT:
        bits = linked.kinds[kind][row]
        rivals = [bits[other] for other in range(len(linked.shown)) if other not in linked.layers(at)]
        best = max(rivals, default=-math.inf)
        if best > max(bits[at], 0) + _DISSENT:
            dissenting.append(kind)
        elif bits[at] > 0 and bits[at] > best - _EVEN:
            speaking.append(kind)
    return speaking, dissenting


def _told_apart(ours: Fingerprint, theirs: Fingerprint, margin: float) -> bool:
    """Return whether what set it apart from its twins still does.

    Most of it must be as it was, and not by one neighbour alone. Where twins have come or gone, the rest must be clear.
    What is in the head of a table is set apart by that from what says the same in its foot.
    """
    if ours.twins != theirs.twins and margin < _CLEAR:
        return False
    if not ours.twins:
        return True
    if "part" in ours.apart and "part" in theirs.apart and ours.part == theirs.part:
        return True
    same = {trait for trait in ours.apart if _text(getattr(ours, trait), getattr(theirs, trait)) == SAME}
    return 2 * len(same) > len(ours.apart) and same not in ({"before"}, {"after"})


def _reworded(ours: Fingerprint, theirs: Fingerprint, level: dict[str, int]) -> bool:
    """Return whether anything that it said is worded anew; of what says nothing, whether its icon is another one."""
    if level["words"] == NOTHING:
        return level["icon"] in (LACKS, DIFFERS)
    if ours.label and ours.label == theirs.label and not ours.content:
        # A field with a label is what that says; the rest are hints.
        return False
    both = [(getattr(ours, what), getattr(theirs, what)) for what in ("label", "content", "placeholder", "title")]
    if any(mine and other and _text(mine, other) != SAME for mine, other in both):
        return True
    own = [mine for mine, _other in both if mine]
    if (
        not own
        and level["options"] != SAME
        and not {LACKS, DIFFERS, ALIKE}.isdisjoint((level["before"], level["after"]))
    ):
        # Its words are what stands beside it, and that now stands beside something else too.
        return True
    return _best(own or [ours.beside], _said(theirs)) != SAME


def _said_shorter(ours: Fingerprint, theirs: Fingerprint, level: dict[str, int]) -> bool:
    """Return whether it is the one field of its type on both screens, under some of its words and no other.

    The type is what the browser checks that is typed, so it is evidence of its own for what the field is to hold. A
    word more, though, may make it somebody else's: "e-post" is not "anhörigs e-post".
    """
    mine = frozenset[str]().union(*map(_words, _said(ours)))
    shorter = _words(next(iter(_said(theirs)), "")) < mine
    return shorter and level["id"] != DIFFERS and ours.sole and theirs.sole and ours.type == theirs.type


@dataclass(frozen=True, slots=True)
class Ranked:
    """One answer to where a control is now: a place among those shown, or None for "it is not there any more"."""

    at: int | None
    bits: float


def rank(linked: Linked, row: int) -> list[Ranked]:
    """Return the answers for one remembered control, the best first; "not there" is one of them.

    The best is what it is linked to, with all others of the screen at once. The rest follow by their own bits.
    """
    best = linked.links[row]
    rest = [Ranked(int(at), float(linked.bits[row, at])) for at in np.argsort(-linked.bits[row])]
    answers = [*rest, Ranked(None, _THERE)]
    return sorted(answers, key=lambda answer: (answer.at != best, -answer.bits))
