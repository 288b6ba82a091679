"""Every rule broken on purpose: the oracle must notice, or the seeded reminders prove nothing.

Each mutant is `rules.py` with one thing changed in its syntax tree: a reason dropped, a condition dropped, a comparison
turned or moved by one, a wording taken from a set or added to it. The bot then plans and removes over a Lifecare in
memory with the mutant for its rules. What it removed, and on which proof, must differ from the oracle on some seed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bots.contract import Act
from bots.reminder_cleanup import bot as bot_module
from bots.reminder_cleanup import rules
from fixtures.lifecare.model import State
from fixtures.lifecare.seed import seed
from tests import oracle
from tests.builders import TODAY
from tests.fakes import FakeLifecare

SEEDS = (1, 2, 3)

#: Mutants that the journal cannot tell from the rules, by name or its beginning, each with the reason why.
UNSEEN = {
    "_stays: ": "chooses between Leave and Refer: whether a person is asked, not what is removed",
    "decide: without `_stays(case.page, today)`": "drops a Leave or a Refer, and nothing is removed either way",
    "OWN: another word": "turns the Leave of a person's own reminder into a Refer",
    "KINDS: without `OWN`": "as above",
    "decide: never `if (verdict := against_row(seen))`": "what the list bars is never opened, and unopened is left",
    "against_row: never `if seen.handlaggare is None`": "without a handläggare there is no account: barred later",
    "worth_opening: always True": "opens pages that prove nothing, which costs time and no more",
    "worth_opening: never `if against_row(row)": "as above",
    "worth_opening: with '": "as above",
    "worth_opening: without `other.id": "as above",
    "worth_opening: without `same_matter(row)": "as above",
    "worth_opening: without `against_row(other)": "as above",
    "worth_opening: and/or turned in `other.id": "as above",
    "worth_opening: Eq in `other.id": "as above",
    "_succeeds: without `other.id": "no beslut begins after itself, so none succeeds itself",
    "kept_twin: without `same_matter(other) == same_matter(page)`": "the flow compares only the same matter",
    "_could_be_a_twin: without `page.status": "the flow opens only what the list shows as active",
    "_could_be_a_twin: without `page.created_by": "the flow opens only what the list shows as the system's",
    "touched: with 'skapad'": "a person makes no reminder of the system's",
}

_SOURCE = Path(rules.__file__).read_text(encoding="utf-8")
_BOT = compile(Path(bot_module.__file__).read_text(encoding="utf-8"), bot_module.__file__, "exec")

#: Wordings of one kind: a set that has some of them is tried with each of the others too.
_WORDINGS = (
    (*sorted(rules.KINDS), "okänt: systemavisering"),
    ("verkställt", "delvis verkställt", "ej verkställt", "avbrutet"),
    ("fastställt", "avslutat", "planerat", "utkast"),
    ("skapad", "öppnad", "anteckning", "ändrad"),
)
_TURNED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_OPPOSITE = {"any": "all", "all": "any", "min": "max", "max": "min"}


@dataclass(frozen=True)
class Mutant:
    """One change of one field of one node of the tree that `_tree` returns."""

    name: str
    node: ast.AST
    field: str
    value: Any


@cache
def _tree() -> ast.Module:
    return ast.parse(_SOURCE)


@cache
def mutants() -> dict[str, Mutant]:
    """Return every mutant by name. Names are what was changed, so that they outlive a moved line."""
    found: dict[str, Mutant] = {}
    for part in _tree().body:
        if isinstance(part, ast.FunctionDef):
            inside = (node for statement in part.body for node in ast.walk(statement))
            changes = [*_emptied(part), *(each for node in inside for each in _changes(node))]
            place = part.name
        elif isinstance(part, ast.Assign) and not isinstance(part.value, ast.Tuple):
            changes, place = list(_constants(part)), ast.unparse(part.targets[0])
        else:
            continue
        for said, node, field, value in changes:
            name = unused = f"{place}: {said}"
            again = 1
            while unused in found:
                again += 1
                unused = f"{name} ({again})"
            found[unused] = Mutant(unused, node, field, value)
    return found


_Change = tuple[str, ast.AST, str, Any]


def _emptied(function: ast.FunctionDef) -> Iterator[_Change]:
    """Let a question have one answer whatever is asked."""
    returns = ast.unparse(function.returns) if function.returns else ""
    answers = (True, False) if returns == "bool" else (None,) if returns.endswith("| None") else ()
    for answer in answers:
        yield f"always {answer}", function, "body", [ast.Return(ast.Constant(answer))]


def _changes(node: ast.AST) -> Iterator[_Change]:
    yield from _without(node)
    match node:
        case ast.If(test=test, body=[ast.Return(), *_] | [ast.For(), *_] | [ast.If(), *_]):
            yield f"never `if {ast.unparse(test)}`", node, "test", ast.Constant(False)
        case ast.BoolOp():
            turned = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
            yield f"and/or turned in `{ast.unparse(node)}`", node, "op", turned
        case ast.Compare(ops=[op], comparators=[right]):
            for other in _TURNED[type(op)]:
                yield f"{other.__name__} in `{ast.unparse(node)}`", node, "ops", [other()]
            if isinstance(right, ast.Constant) and isinstance(right.value, str):
                yield f"another word in `{ast.unparse(node)}`", node, "comparators", [ast.Constant("¤")]
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            for by in (-1, 1):
                yield f"{number + by} for {number}", node, "value", number + by
        case ast.Call(func=ast.Name(id=name)) if name in _OPPOSITE:
            yield f"{_OPPOSITE[name]} for `{ast.unparse(node)}`", node, "func", ast.Name(_OPPOSITE[name], ast.Load())
        case ast.Set():
            yield from _added(node)


def _without(node: ast.AST) -> Iterator[_Change]:
    """Drop one operand, condition, element or `not`."""
    for field, value in ast.iter_fields(node):
        if isinstance(value, list):
            droppable = (
                (isinstance(node, ast.BoolOp) and field == "values")
                or (isinstance(node, ast.comprehension) and field == "ifs")
                or (isinstance(node, ast.Set | ast.Tuple) and field == "elts" and len(value) > 1)
            )
            for place, each in enumerate(value):
                if droppable and not _is_of_a_step(node):
                    yield f"without `{ast.unparse(each)}`", node, field, [*value[:place], *value[place + 1 :]]
                if isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.Not):
                    turned = [*value[:place], each.operand, *value[place + 1 :]]
                    yield f"no not in `{ast.unparse(each)}`", node, field, turned
        elif isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not):
            yield f"no not in `{ast.unparse(value)}`", node, field, value.operand


def _is_of_a_step(node: ast.AST) -> bool:
    """Return whether this is the tuple of one step, or a type in an annotation: no rule stands there."""
    return isinstance(node, ast.Tuple) and any(isinstance(each, ast.Constant | ast.Starred) for each in node.elts)


def _constants(part: ast.Assign) -> Iterator[_Change]:
    """Change a constant of the module: a word, a set of words, the pattern of legal matters."""
    match part.value:
        case ast.Constant(value=str()):
            yield "another word", part, "value", ast.Constant("¤")
        case ast.Call(func=ast.Name(id="frozenset"), args=[ast.Set() as words]):
            yield from _without(words)
            yield from _added(words)
        case ast.Call(func=ast.Attribute(attr="compile"), args=[ast.Constant(value=str() as pattern) as first, flags]):
            alternatives = pattern.split("|")
            for each in alternatives:
                rest = "|".join(other for other in alternatives if other != each)
                yield f"without `{each}`", first, "value", rest
            yield "matters of case", part.value, "args", [first]
            yield f"no boundary in `{pattern}`", first, "value", pattern.replace(r"\b", "")
            del flags


def _added(words: ast.Set) -> Iterator[_Change]:
    has = {
        each.value if isinstance(each, ast.Constant) else getattr(rules, each.id)
        for each in words.elts
        if isinstance(each, ast.Constant | ast.Name)
    }
    for family in _WORDINGS:
        if has & set(family):
            for word in sorted(set(family) - has):
                yield f"with '{word}' in `{ast.unparse(words)}`", words, "elts", [*words.elts, ast.Constant(word)]


def bot_with(mutant: Mutant) -> Any:
    """Return a bot of its own whose rules are the mutant."""
    kept = getattr(mutant.node, mutant.field)
    setattr(mutant.node, mutant.field, mutant.value)
    try:
        code = compile(ast.fix_missing_locations(_tree()), "<mutant>", "exec")
    finally:
        setattr(mutant.node, mutant.field, kept)
    broken = ModuleType("mutant")
    exec(code, vars(broken))  # noqa: S102 - our own source, changed here
    flow = ModuleType("flow_over_mutant")
    exec(_BOT, vars(flow))  # noqa: S102 - our own source
    vars(flow)["rules"] = broken
    return flow.BOT


@cache
def seeded(number: int) -> tuple[State, dict[str, str]]:
    """Return a state, never changed, and what the oracle wants removed from it."""
    state = seed(300, number, TODAY)
    return state, oracle.expected(state.as_json())


def removed_by(bot: Any, number: int) -> dict[str, str]:
    """Let the bot plan and remove, and return what it removed by which rule."""
    state, _ = seeded(number)
    lifecare = FakeLifecare(replace(state, paminnelser=dict(state.paminnelser)))
    acts: dict[str, tuple[Any, Any]] = {}
    for item in bot.collect(lifecare, TODAY):
        decision = bot.decide(item.record, TODAY)
        if isinstance(decision, Act):
            acts[item.reference] = (item.record, decision)
    for seen, act in acts.values():
        if bot.reread(lifecare, seen, act.steps[0]) == seen:
            bot.perform(lifecare, act.steps[0], "[F-0123456789]")
    return {reminder: acts[reminder][1].rule.id for reminder in oracle.removed(lifecare.journal())}


class Verdict(Enum):
    """What becomes of a mutant."""

    AGREES = auto()
    DIFFERS = auto()
    BREAKS = auto()


def verdict(mutant: Mutant) -> Verdict:
    """Return whether the oracle differs from what the mutant does on some seed."""
    try:
        bot = bot_with(mutant)
        differs = any(removed_by(bot, number) != seeded(number)[1] for number in SEEDS)
    except Exception:  # noqa: BLE001 - a mutant may break in any way
        return Verdict.BREAKS
    return Verdict.DIFFERS if differs else Verdict.AGREES


def is_excepted(name: str) -> bool:
    return any(name.startswith(beginning) for beginning in UNSEEN)


@pytest.mark.parametrize("number", SEEDS)
def test_the_rules_unbroken_agree_with_the_oracle(number: int) -> None:
    """Else a mutant would be noticed for nothing."""
    assert removed_by(bot_module.BOT, number) == seeded(number)[1]


def test_the_rules_are_broken_in_many_ways() -> None:
    """A search that finds nothing to break would be green as well."""
    places = {name.split(":")[0] for name in mutants()}

    assert len(mutants()) > 150
    assert places >= {
        "KINDS",
        "LEGAL",
        "CARRIED_OUT",
        "NOT_RUNNING",
        "against_row",
        "against_page",
        "outdated",
        "follows",
    }
    assert places >= {"decide", "worth_opening", "same_matter", "kept_twin", "touched", "duplicate"}


@pytest.mark.parametrize("name", [name for name in mutants() if not is_excepted(name)])
def test_a_broken_rule_is_noticed(name: str) -> None:
    """What is removed, or the proof that it stands on, differs from the oracle; or the bot stops before it acts."""
    assert verdict(mutants()[name]) is not Verdict.AGREES


@pytest.mark.parametrize("name", [name for name in mutants() if is_excepted(name)])
def test_what_is_listed_as_unseen_removes_nothing_else(name: str) -> None:
    """The list of exceptions must not hide a rule that can be tested."""
    assert verdict(mutants()[name]) is not Verdict.DIFFERS


@pytest.mark.parametrize("beginning", UNSEEN)
def test_every_exception_is_of_some_mutant_that_agrees(beginning: str) -> None:
    """An exception that is no longer needed is taken away."""
    covered = [mutant for name, mutant in mutants().items() if name.startswith(beginning)]

    assert any(verdict(mutant) is Verdict.AGREES for mutant in covered)
