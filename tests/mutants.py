"""A module broken on purpose: each mutant has one thing of its syntax tree changed.

A reason or a condition dropped, a comparison turned, a number moved by one, a wording taken from a set or added to it.
`finely`, also what is handed on: an entry, an argument by name, a side of a choice, a statement. What is written for
people to read stays as it is.
"""

from __future__ import annotations
import __future__

import ast
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

#: What is changed, in words; in which node; what becomes of its fields.
_Change = tuple[str, ast.AST, Mapping[str, Any]]
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
_OTHER_FIELD = {"min": "max", "max": "min", "first": "last", "last": "first", "fullmatch": "match"}


@dataclass(frozen=True)
class Mutant:
    """One change of one node of its source's tree."""

    name: str
    node: ast.AST
    fields: Mapping[str, Any]
    #: Which of the module's top-level statements it is in, counted from 0.
    part: int


#: What changes nothing.
UNBROKEN = Mutant("unbroken", ast.Pass(), {}, part=0)


class Verdict(Enum):
    """What becomes of a mutant."""

    AGREES = auto()
    DIFFERS = auto()
    BREAKS = auto()

    @classmethod
    def on(cls, differs: Callable[[], bool]) -> Verdict:
        """Return whether a mutant differs from what it must do, if it can be asked at all."""
        try:
            return cls.DIFFERS if differs() else cls.AGREES
        except Exception:  # noqa: BLE001 - a mutant may break in any way
            return cls.BREAKS


def place_of(name: str) -> str:
    """Return which function or constant a mutant of this name is in."""
    return name.split(":", maxsplit=1)[0]


def misjudged(judged: Mapping[str, Verdict], excepted: Mapping[str, Collection[str]], place: str) -> list[str]:
    """Return what is wrong with the verdicts on the mutants of one place, each as a sentence. Empty when nothing is.

    `excepted` has the mutants that no test can notice, by the exception that lists them. Every other mutant must be
    noticed; an exception must hide none that can be, and be needed by one of its mutants at least.
    """
    hidden = {name for names in excepted.values() for name in names}
    survivors = [f"survived: {name}" for name in judged if name not in hidden and judged[name] is Verdict.AGREES]
    noticed = [
        f"excepted, but noticed: {name}" for name in judged if name in hidden and judged[name] is Verdict.DIFFERS
    ]
    needless = [
        f"exception that nothing needs: {beginning}"
        for beginning, names in excepted.items()
        if place_of(beginning) == place and not any(judged.get(name) is Verdict.AGREES for name in names)
    ]
    return survivors + noticed + needless


class Source:
    """A module of ours that can be broken. A set that has some of a family of `wordings` is tried with the others."""

    def __init__(self, module: ModuleType, wordings: Sequence[Iterable[str]] = (), *, finely: bool = False) -> None:
        """Read the module's source. `finely`: what is handed on is changed too, not only what decides."""
        self._module, self._wordings, self._finely = module, wordings, finely
        self._tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        # A mutant is in one statement of the module, so the others are compiled once for all mutants.
        self._unbroken = [_compiled(part) for part in self._tree.body]

    @cached_property
    def mutants(self) -> dict[str, Mutant]:
        """Every mutant by name. Names are what was changed, so that they outlive a moved line."""
        found: dict[str, Mutant] = {}
        for at, part in enumerate(self._tree.body):
            for said, node, fields in self._of_part(part):
                name = unused = f"{_place(part)}: {said}"
                again = 1
                while unused in found:
                    again += 1
                    unused = f"{name} ({again})"
                found[unused] = Mutant(unused, node, fields, at)
        return found

    def broken(self, mutant: Mutant, **others: ModuleType) -> ModuleType:
        """Return the module as the mutant has it. `others` are put in the place of modules that it has imported."""
        kept = {field: getattr(mutant.node, field) for field in mutant.fields}
        try:
            _set(mutant.node, mutant.fields)
            broken = _compiled(self._tree.body[mutant.part])
        finally:
            _set(mutant.node, kept)
        # By its own name, since a dataclass looks its module up.
        made = ModuleType(self._module.__name__)
        for at, part in enumerate(self._unbroken):
            exec(broken if at == mutant.part else part, vars(made))  # noqa: S102 - our own source, changed here
        vars(made).update(others)
        return made

    def _of_part(self, part: ast.stmt) -> Iterator[_Change]:
        match part:
            case ast.FunctionDef():
                yield from _emptied(part)
                for node in (node for statement in part.body for node in _walk(statement)):
                    yield from self._changes(node)
                if self._finely:
                    yield from _struck(part)
                    yield from _flipped(part.args)
            case ast.Assign(value=ast.Tuple() as words):
                if self._finely:
                    yield from _order(words)
            case ast.Assign():
                yield from self._constants(part)
                for node in _walk(part) if self._finely else ():
                    yield from _finer(node)
            case ast.ClassDef():
                for field in part.body if self._finely else ():
                    yield from _flipped(field)

    def _changes(self, node: ast.AST) -> Iterator[_Change]:
        yield from _without(node)
        match node:
            case ast.If(test=test, body=[ast.Return() | ast.For() | ast.If(), *_]):
                yield f"never `if {ast.unparse(test)}`", node, {"test": ast.Constant(False)}
            case ast.If(test=test) if self._finely:
                yield f"never `if {ast.unparse(test)}`", node, {"test": ast.Constant(False)}
            case ast.BoolOp():
                turned = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
                yield f"and/or turned in `{ast.unparse(node)}`", node, {"op": turned}
            case ast.Compare(ops=[op], comparators=[right]):
                for other in _TURNED[type(op)]:
                    yield f"{other.__name__} in `{ast.unparse(node)}`", node, {"ops": [other()]}
                if isinstance(right, ast.Constant) and isinstance(right.value, str):
                    yield f"another word in `{ast.unparse(node)}`", node, {"comparators": [ast.Constant("¤")]}
            case ast.Call(func=ast.Name(id=name)) if name in _OPPOSITE:
                func = ast.Name(_OPPOSITE[name], ast.Load())
                yield f"{_OPPOSITE[name]} for `{ast.unparse(node)}`", node, {"func": func}
            case ast.Set():
                yield from self._added(node)
        yield from _finer(node) if self._finely else _by_one(node)

    def _constants(self, part: ast.Assign) -> Iterator[_Change]:
        """Change a constant of the module: a word, a set of words, a pattern that is tried in any case."""
        match part.value:
            case ast.Constant(value=str()):
                yield "another word", part, {"value": ast.Constant("¤")}
            case ast.Call(func=ast.Name(id="frozenset"), args=[ast.Set() as words]):
                yield from _without(words)
                yield from self._added(words)
            case ast.Call(func=ast.Attribute(attr="compile"), args=[ast.Constant(value=str() as pattern) as first, _]):
                alternatives = pattern.split("|")
                for each in alternatives:
                    rest = "|".join(other for other in alternatives if other != each)
                    yield f"without `{each}`", first, {"value": rest}
                yield "matters of case", part.value, {"args": [first]}
                yield f"no boundary in `{pattern}`", first, {"value": pattern.replace(r"\b", "")}

    def _added(self, words: ast.Set) -> Iterator[_Change]:
        has = {
            each.value if isinstance(each, ast.Constant) else getattr(self._module, each.id)
            for each in words.elts
            if isinstance(each, ast.Constant | ast.Name)
        }
        for family in map(set, self._wordings):
            for word in sorted(family - has) if has & family else ():
                yield f"with '{word}' in `{ast.unparse(words)}`", words, {"elts": [*words.elts, ast.Constant(word)]}


def _set(node: ast.AST, fields: Mapping[str, Any]) -> None:
    for field, value in fields.items():
        setattr(node, field, value)


def _compiled(part: ast.stmt) -> CodeType:
    module = ast.fix_missing_locations(ast.Module([part], []))
    code: CodeType = compile(module, "<mutant>", "exec", flags=__future__.annotations.compiler_flag, dont_inherit=True)
    return code


def _place(part: ast.stmt) -> str:
    match part:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[target, *_]):
            return ast.unparse(target)
    return ""


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the node and all inside it, but no annotation: none is looked at while it runs."""
    waiting = [node]
    while waiting:
        each = waiting.pop(0)
        yield each
        annotation = each.annotation if isinstance(each, ast.AnnAssign) else None
        waiting += [child for child in ast.iter_child_nodes(each) if child is not annotation]


def _emptied(function: ast.FunctionDef) -> Iterator[_Change]:
    """Let a question have one answer whatever is asked."""
    returns = ast.unparse(function.returns) if function.returns else ""
    answers = (True, False) if returns == "bool" else (None,) if returns.endswith("| None") else ()
    for answer in answers:
        yield f"always {answer}", function, {"body": [ast.Return(ast.Constant(answer))]}


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
                    yield f"without `{ast.unparse(each)}`", node, {field: _cut(value, place)}
                if isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.Not):
                    turned = [*value[:place], each.operand, *value[place + 1 :]]
                    yield f"no not in `{ast.unparse(each)}`", node, {field: turned}
        elif isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not):
            yield f"no not in `{ast.unparse(value)}`", node, {field: value.operand}


def _is_of_a_step(node: ast.AST) -> bool:
    """Return whether this is the tuple of one step, or a type in an annotation: no rule stands there."""
    return isinstance(node, ast.Tuple) and any(isinstance(each, ast.Constant | ast.Starred) for each in node.elts)


def _by_one(node: ast.AST) -> Iterator[_Change]:
    match node:
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            for by in (-1, 1):
                yield f"{number + by} for {number}", node, {"value": number + by}


def _cut(values: list[Any], place: int) -> list[Any]:
    return [*values[:place], *values[place + 1 :]]


# --- finely ----------------------------------------------------------------------------------------------------------


def _finer(node: ast.AST) -> Iterator[_Change]:
    yield from _numbers(node)
    match node:
        case ast.IfExp():
            for answer in (True, False):
                yield f"always {answer} in `{ast.unparse(node)}`", node, {"test": ast.Constant(answer)}
        case ast.Dict() | ast.List():
            yield from _emptier(node)
        case ast.BinOp() | ast.AugAssign() | ast.Compare():
            yield from _calculated(node)
        case ast.Attribute(attr=attr) if attr in _OTHER_FIELD:
            yield f"{_OTHER_FIELD[attr]} for `{ast.unparse(node)}`", node, {"attr": _OTHER_FIELD[attr]}
        case ast.Call():
            yield from _called(node)
        case ast.Constant():
            yield from _flipped(node)


def _emptier(node: ast.Dict | ast.List) -> Iterator[_Change]:
    """Leave out one entry, or element."""
    if isinstance(node, ast.List):
        for place, each in enumerate(node.elts):
            yield f"without `{ast.unparse(each)}` in `{ast.unparse(node)}`", node, {"elts": _cut(node.elts, place)}
    else:
        for place, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            rest = {"keys": _cut(node.keys, place), "values": _cut(node.values, place)}
            yield f"without {ast.unparse(key or value)}", node, rest


def _calculated(node: ast.BinOp | ast.AugAssign | ast.Compare) -> Iterator[_Change]:
    """Turn plus or minus, or one of several comparisons; leave out a side of what is put together."""
    said = ast.unparse(node)
    match node:
        case ast.Compare(ops=[_, _, *_] as ops):
            for place, op in enumerate(ops):
                for other in _TURNED[type(op)]:
                    changed = [*ops[:place], other(), *ops[place + 1 :]]
                    yield f"{other.__name__} as number {place + 1} in `{said}`", node, {"ops": changed}
        case ast.BinOp(op=ast.BitOr()):
            for side in ("left", "right"):
                yield f"without the {side} in `{said}`", node, {side: ast.Dict([], [])}
        case ast.BinOp(op=ast.Add()) | ast.AugAssign(op=ast.Add()):
            yield f"minus in `{said}`", node, {"op": ast.Sub()}
        case ast.BinOp(op=ast.Sub()) | ast.AugAssign(op=ast.Sub()):
            yield f"plus in `{said}`", node, {"op": ast.Add()}


def _numbers(node: ast.AST) -> Iterator[_Change]:
    """Move a number by one, and say where it stands, since there are many."""
    for child in ast.iter_child_nodes(node) if not isinstance(node, ast.UnaryOp) else ():
        for said, constant, fields in _by_one(child.operand if isinstance(child, ast.UnaryOp) else child):
            yield f"{said} in `{ast.unparse(node)}`", constant, fields


def _called(node: ast.Call) -> Iterator[_Change]:
    """Leave out an argument that is given by name, or an order; let a pattern fit something else."""
    said = ast.unparse(node)
    for place, keyword in enumerate(node.keywords):
        yield f"without {keyword.arg}= in `{said}`", node, {"keywords": _cut(node.keywords, place)}
    match node:
        case ast.Call(func=ast.Name(id="sorted" | "reversed" as name)):
            unordered = {"func": ast.Name("list", ast.Load()), "keywords": []}
            yield f"not {name} in `{said}`", node, unordered
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re")), args=[ast.Constant(value=str() as pattern), *_]):
            for other in dict.fromkeys(_patterns(pattern)):
                yield f"`{other}` for `{pattern}`", node.args[0], {"value": other}


def _patterns(pattern: str) -> Iterator[str]:
    """Yield a pattern without its boundaries, with other numbers of times, and without each of its alternatives."""
    if r"\b" in pattern:
        yield pattern.replace(r"\b", "")
    for times in re.finditer(r"\{(\d)\}", pattern):
        for by in (-1, 1):
            yield f"{pattern[: times.start(1)]}{int(times[1]) + by}{pattern[times.end(1) :]}"
    for bar in (place for place, each in enumerate(pattern) if each == "|"):
        yield pattern[: _edge(pattern, bar, -1) + 1] + pattern[bar + 1 :]
        yield pattern[:bar] + pattern[_edge(pattern, bar, 1) :]


def _edge(pattern: str, bar: int, step: int) -> int:
    """Return where the alternative beside a bar has its other end: at the next bar, or at its group's bracket."""
    inner = {"(": step, ")": -step}
    depth, at = 0, bar + step
    while 0 <= at < len(pattern):
        depth += inner.get(pattern[at], 0)
        if depth < 0 or (depth == 0 and pattern[at] == "|"):
            break
        at += step
    return at


def _struck(function: ast.FunctionDef) -> Iterator[_Change]:
    """Leave out a statement, if the names that it gives a value have had one before."""
    inside = [node for statement in function.body for node in _walk(statement)]
    names = Counter(node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    for node in (function, *inside):
        for field in ("body", "orelse"):
            found = getattr(node, field, None)
            statements: list[ast.stmt] = found if isinstance(found, list) else []
            for place, each in enumerate(statements):
                if _is_strikable(each, names):
                    rest = [*statements[:place], ast.Pass(), *statements[place + 1 :]]
                    yield f"without `{ast.unparse(each)}`", node, {field: rest}


def _is_strikable(statement: ast.stmt, names: Mapping[str, int]) -> bool:
    match statement:
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Continue():
            return True
        case ast.Assign():
            given = [each.id for target in statement.targets for each in ast.walk(target) if isinstance(each, ast.Name)]
            return any(isinstance(each, ast.Subscript) for each in statement.targets) or all(
                names[name] > 1 for name in given
            )
    return False


def _flipped(part: ast.AST) -> Iterator[_Change]:
    for node in ast.walk(part):
        match node:
            case ast.Constant(value=bool() as answer):
                yield f"{not answer} for {answer}", node, {"value": not answer}


def _order(words: ast.Tuple) -> Iterator[_Change]:
    """Change one word of a tuple; of named ones leave one out, or turn two that stand beside each other."""
    elements = words.elts
    for place, each in enumerate(elements):
        match each:
            case ast.Constant(value=str()):
                changed = [*elements[:place], ast.Constant("¤"), *elements[place + 1 :]]
                yield f"another word for {ast.unparse(each)}", words, {"elts": changed}
            case ast.Name():
                yield f"without `{ast.unparse(each)}`", words, {"elts": _cut(elements, place)}
    for place, (one, other) in enumerate(pairwise(elements)):
        if isinstance(one, ast.Name) and isinstance(other, ast.Name):
            turned = [*elements[:place], other, one, *elements[place + 2 :]]
            yield f"turned `{one.id}, {other.id}`", words, {"elts": turned}
