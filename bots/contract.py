r"""What a bot and the house promise each other: Bot, Item, Step, Decision, Receipt; nothing else.

The life of one item, as the worker drives it (see `orchestrator.worker`):

    collect -> decide -> (plan stored, guard) -> reread -> perform -> receipt
                                                    \-> lost answer or crash: confirm, never a blind repeat
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

S_contra = TypeVar("S_contra", contravariant=True)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a bot: its name, and a version that is raised with every change of what the rule does.

    A version acts unattended only after a person has approved a plan that contains it. `title` heads the rule's line
    in people's tables, in Swedish.
    """

    id: str
    title: str
    version: int = 1

    def __str__(self) -> str:
        return f"{self.id}/{self.version}"


@dataclass(frozen=True, slots=True)
class Step:
    """One irreversible write on one screen.

    `key` is the business key: within one installation of the target system the ledger lets it be written once, ever,
    whichever run asks. `args` is all that `perform` and `confirm` need to know; it is stored encrypted.
    """

    kind: str
    key: str
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Act:
    """The rules prove that these steps are right. `inputs` are the facts they stood on."""

    rule: Rule
    reason: str
    steps: tuple[Step, ...]
    inputs: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leave:
    """Nothing is to be done, and nobody needs to look."""

    rule: Rule
    reason: str
    inputs: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refer:
    """A business exception: a rule says that a person must look. `reason` is the question, in Swedish."""

    rule: Rule
    reason: str
    inputs: Mapping[str, str | None] = field(default_factory=dict)


Decision = Act | Leave | Refer


@dataclass(frozen=True, slots=True)
class Item(Generic[R]):
    """One business matter as it was seen.

    `key` names it within its system. `reference` is what people see in lists and logs, so it must be opaque: a case or
    reminder number, never a name or a personnummer. `record` is what was read; it is stored encrypted.

    The rest is for the lists that each handläggare gets. `handlaggare` is the account of whose matter it is, `case` the
    number of the case it belongs to, `due` the day to be reminded of while the matter is open. Of a protected person's
    matter only that it is `protected` is told.
    """

    key: str
    reference: str
    record: R
    handlaggare: str | None = None
    case: str | None = None
    due: date | None = None
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the target system showed as proof that a write happened: its own number, and the facts beside it."""

    number: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """A step that was made: its kind and business key, the number of the receipt, and when."""

    kind: str
    key: str
    receipt: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A step that was made, with all that it wrote."""

    key: str
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """A table for somebody outside, made of what a bot has written: to print, and as CSV.

    `name` is the file's; `chart` draws these numbers as bars, if there are any. `counts` are what it counts, none of
    them hidden: they stay in the house, for the document of a year later.

    A document with `counts` has them in its rows too, as far as they are shown: how it is parted, what is counted,
    and how many; that of the sum begins with `totalt`, as the sum does in `counts`. So its CSV can be read as `before`.
    """

    name: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    chart: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


class Bot(Protocol[S_contra, R]):
    """One bot: `S_contra` is the screens it needs, one attribute per system; `R` the record its decisions rest on.

    A bot is a class below this one, `class ReminderCleanup(Bot[Screens, Case])`, which has all but `done`, `by_person`
    and `asks` to say itself. What only some bots do is in Protocols of their own: `Documented`, `Worded`, `Learns`.

    The screens have `written()` too, which returns every step that this bot has made in this installation, as
    `Written`, oldest first.

    What it calls of a system is written out where it is called, `at.lifecare.reminders()`, in a module of the bot's own
    folder: from that the house knows which screens to look through before a run that nobody watches.

    A bot that is a frozen dataclass has settings of its own: its fields, each with a default.
    """

    @property
    def name(self) -> str:
        """The name on the command line and in the ledger, e.g. `reminder-cleanup`."""

    @property
    def systems(self) -> tuple[str, ...]:
        """The third-party systems it signs in to. The run holds a lease on each of their accounts."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule that a decision of this bot may name."""

    @property
    def steps(self) -> Mapping[str, str]:
        """What each kind of its steps does, in Swedish, as people are shown it: `{"remove": "tas bort"}`."""

    @property
    def done(self) -> str:
        """What stands above what it has done, in Swedish: `Borttagna`."""
        return "Utförda"

    @property
    def by_person(self) -> bool:
        """Whether it is a person at the screen who makes each of its writes, when they have looked."""
        return False

    @property
    def asks(self) -> bool:
        """Whether a person approves each of its plans, however small; how much a plan touches is then no matter."""
        return False

    @property
    def record(self) -> type[R]:
        """The frozen dataclass that `Item.record` is an instance of."""

    def collect(self, at: S_contra, today: date) -> Iterable[Item[R]]:
        """Read the screens and yield every matter seen, once each. Reads only."""

    def decide(self, record: R, today: date) -> Decision:
        """Say what is to be done and why. Pure: the same record and day give the same decision."""

    def reread(self, at: S_contra, seen: R, step: Step) -> R | Refer:
        """Read the matter anew, just before `step` writes, and end on the screen where it does.

        What is returned must equal `seen`, or the step is not made: somebody has changed the matter since the plan.
        Refer where more can be said of that.
        """

    def perform(self, at: S_contra, step: Step, mark: str) -> Receipt:
        """Make the one write, on the screen that `reread` ended on, and return what the system showed as proof.

        `mark` is a short text to leave in the target system, by which `confirm` can tell our write from another's.
        """

    def confirm(self, at: S_contra, step: Step, mark: str) -> Receipt | Refer | None:
        """Look, without writing, whether the step has happened.

        Return its receipt; None if there is no trace of it; Refer if the screens cannot tell.
        """


@runtime_checkable
class Documented(Protocol):
    """A bot that makes documents of what it has written (`flotta documents`).

    It has a setting `period` of its own, a quarter as `2026Q3`.
    """

    def documents(self, made: Sequence[Made], period: str, before: Mapping[str, int]) -> list[Document]:
        """Return the documents of a quarter, out of all that the bot has made.

        `before` are the counts of a year earlier: all of them where the house has them, those that were shown where
        they are read from the CSV of that year, empty where there are none.
        """


@runtime_checkable
class Worded(Protocol):
    """A bot that writes texts which a person may word otherwise before the plan is approved."""

    @property
    def texts(self) -> Mapping[str, int]:
        """The texts by their names among a step's args, each with how many characters it may have."""


@runtime_checkable
class Learns(Protocol):
    """A bot that must know what others write in its systems, also where it plans without them.

    Its screens have `remember(shown)` too, which keeps a `memory` of each matter by what people call it, in place of
    the one before; and `remembered()`, which returns each with when it was shown.
    """

    @property
    def memory(self) -> type[Any]:
        """The frozen dataclass of which each memory is an instance."""

    def learn(self, at: Any) -> None:  # noqa: ANN401 - as the bot's own screens
        """Remember what the systems show now. Called when they are open, before anything is written."""


#: A bot of any kind, where the house handles it without looking inside.
AnyBot = Bot[Any, Any]
