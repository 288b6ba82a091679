"""What the law asks for beside the reports: statistics to fullmäktige, and the reports' own facts to the auditors.

SoL 34 kap. 1-4 §§ and LSS 28 f-h §§: each quarter kommunens revisorer get what IVO gets, and fullmäktige gets how many
decisions were not carried out in time, of which kinds of support, and how long since, so that nobody can be recognised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from bots.contract import Document, Made
from bots.ivo_reporting import rules
from bots.quarter import Quarter

#: A count below this, but for none, could point somebody out.
FEW = 5
#: How long since the decision or the interruption: months from, and what they are called.
SPANS = ((12, "mer än ett år"), (9, "9 till 12 månader"), (6, "6 till 9 månader"), (0, "3 till 6 månader"))
#: What stands for a count that is not shown: because it is small, and for another reason.
_SMALL, _HIDDEN = f"färre än {FEW}", "visas inte"
_TOTAL, _TOTAL_NAME = "totalt", "ej verkställda och avbrutna"
#: What a file of the year before counts beside the kinds of support.
_NO_SUPPORT = {_TOTAL, _TOTAL_NAME, *(name for _months, name in SPANS)}


def documents(made: Sequence[Made], period: Quarter, before: Mapping[str, int] | None = None) -> list[Document]:
    """Return the quarter's documents, of all reports that were made in it.

    `before` are the counts of the same quarter a year earlier, by kind of support and "totalt", where they are known.
    """
    of_quarter = [each for each in made if each.args["period"] == str(period)]
    return [_statistics(of_quarter, period, before), _for_auditors(of_quarter, period)]


def _statistics(made: Sequence[Made], period: Quarter, before: Mapping[str, int] | None) -> Document:
    waiting = [each.args for each in made if rules.parts(each.key)[2] in rules.WAITS]
    by_support = Counter(_support(each) for each in waiting)
    by_span = Counter(_span(each, period) for each in waiting)
    kinds = sorted(by_support.keys() | (before or {}).keys() - _NO_SUPPORT)
    (supports, spans), total = shown(
        {name: by_support[name] for name in kinds}, {name: by_span[name] for _months, name in reversed(SPANS)}
    )
    earlier, earlier_total = _year_before(before or {}, kinds)
    rows = [
        *(("insats", name, count, earlier[name]) for name, count in supports.items()),
        *(("tid sedan beslut eller avbrott", name, count, "") for name, count in spans.items()),
        (_TOTAL, _TOTAL_NAME, total, earlier_total),
    ]
    return Document(
        name="statistik",
        title=f"Ej verkställda beslut {period}",
        about=(
            "Statistikrapport till fullmäktige enligt 34 kap. SoL och 28 h § LSS: gynnande beslut som för kvartalet "
            "har rapporterats till IVO som ej verkställda inom tre månader, eller ej på nytt inom tre månader från "
            f"ett avbrott. Antal under {FEW} visas inte, och inte heller det som de annars kunde räknas ut av. Det "
            "som har rapporterats för hand är inte med, och läggs till."
        ),
        columns=("Uppdelat på", "Vad", "Antal", "Ett år tidigare"),
        rows=tuple(rows),
        chart={name: by_support[name] for name, count in supports.items() if count.isdecimal() and by_support[name]},
        counts={**by_support, _TOTAL: len(waiting)},
    )


def _year_before(before: Mapping[str, int], kinds: Sequence[str]) -> tuple[dict[str, str], str]:
    """Return the column of the year before. A file that was written then has only what it showed."""
    known = {name: before.get(name, 0) for name in kinds}
    # What the file hid is a count too, or it could be taken from the sum.
    rest = max(0, before.get(_TOTAL, 0) - sum(known.values()))
    (cells,), total = shown({**known, "": rest})
    is_whole = _TOTAL in before and not rest
    return (
        {name: cells[name] if name in before or is_whole else "" for name in kinds},
        total if _TOTAL in before else "",
    )


def shown(*parted: Mapping[str, int]) -> tuple[list[dict[str, str]], str]:
    """Return what is shown of counts, which are parted in one or more ways, and of the sum that they have in common.

    Nobody can work a hidden count out. Where all are hidden and the sum would still tell, it is not shown either, and
    of no count whether it is small: the other way of parting could tell the sum by it.
    """
    kept = [(part, suppressed(part)) for part in parted]
    if any(_tells([count for name, count in part.items() if left[name] is None]) for part, left in kept):
        return [{name: _HIDDEN if count else "0" for name, count in part.items()} for part in parted], _HIDDEN
    cells = [{name: _cell(count, hidden=left[name] is None) for name, count in part.items()} for part, left in kept]
    return cells, str(sum(parted[0].values()))


def _cell(count: int, *, hidden: bool) -> str:
    if not hidden:
        return str(count)
    return _SMALL if count < FEW else _HIDDEN


def suppressed(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Return the counts, with None for those that could point somebody out.

    A count below FEW, but for none; and the smallest of the others, for as long as the sum would tell what is hidden.
    """
    hidden = [name for name, count in counts.items() if 0 < count < FEW]
    for name in sorted((name for name, count in counts.items() if count >= FEW), key=counts.__getitem__):
        if not _tells([counts[each] for each in hidden]):
            break
        hidden.append(name)
    return {name: None if name in hidden else count for name, count in counts.items()}


def _tells(hidden: Sequence[int]) -> bool:
    """Return whether their sum tells a hidden count, or that all of them together are few.

    It is seen of each whether it is below FEW. So the least sum that they can have has one solution, and the greatest.
    """
    least = sum(1 if count < FEW else FEW for count in hidden)
    greatest = len(hidden) * (FEW - 1) if all(count < FEW for count in hidden) else None
    return bool(hidden) and (sum(hidden) < FEW or sum(hidden) in {least, greatest})


def _support(args: Mapping[str, str]) -> str:
    name = rules.SUPPORTS[args["insatstyp"]]
    return name[0].upper() + name[1:]


def _span(args: Mapping[str, str], period: Quarter) -> str:
    since = date.fromisoformat(args.get("avbrottsdatum") or args["beslutsdatum"])
    months = (period.last.year - since.year) * 12 + period.last.month - since.month - (period.last.day < since.day)
    return next(name for least, name in SPANS if months >= least)


def _for_auditors(made: Sequence[Made], period: Quarter) -> Document:
    rows = [
        (
            each.args["referens"], rules.parts(each.key)[2], each.args["lagrum"], _support(each.args),
            each.args["beslutsdatum"], each.args.get("avbrottsdatum", ""), each.args.get("orsak", ""),
            each.args.get("verkställt") or each.args.get("avslutsdatum", ""),
        )
        for each in made
    ]  # fmt: skip
    return Document(
        name="revisorer",
        title=f"Rapporter till IVO {period}",
        about=(
            "Till kommunens revisorer enligt 34 kap. SoL och 28 f-g §§ LSS: de beslut som har rapporterats till IVO "
            "för kvartalet, med skälen i korthet, och när insatsen verkställdes. Det som har rapporterats för hand är "
            "inte med, och läggs till."
        ),
        columns=(
            "Beslut", "Rapport", "Lagrum", "Insats", "Beslutad", "Avbruten", "Skäl", "Verkställd eller avslutad"
        ),
        rows=tuple(sorted(rows)),
    )  # fmt: skip
