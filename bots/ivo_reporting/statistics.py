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
#: In the order of their rows.
_SPAN_NAMES = [name for _months, name in reversed(SPANS)]
#: What stands for a count that is not shown: because it is small, and for another reason.
_SMALL, _HIDDEN = f"färre än {FEW}", "visas inte"
_TOTAL, _TOTAL_NAME = "totalt", "ej verkställda och avbrutna"
#: What a file of the year before counts beside the kinds of support.
_NO_SUPPORT = {_TOTAL, _TOTAL_NAME, *_SPAN_NAMES}


def documents(made: Sequence[Made], period: Quarter, before: Mapping[str, int] | None = None) -> list[Document]:
    """Return the quarter's documents, of all reports that were made in it.

    `before` are the counts of the same quarter a year earlier, where they are known: the document's own, or those that
    a file shows.
    """
    of_quarter = [each for each in made if each.args["period"] == str(period)]
    return [_statistics(of_quarter, period, before), _for_auditors(of_quarter, period)]


def _statistics(made: Sequence[Made], period: Quarter, before: Mapping[str, int] | None) -> Document:
    waiting = [each.args for each in made if rules.parts(each.key)[2] in rules.WAITS]
    by_support = Counter(_support(each) for each in waiting)
    by_span = Counter(_span(each, period) for each in waiting)
    kinds = sorted(by_support.keys() | (before or {}).keys() - _NO_SUPPORT)
    (supports, spans), total = shown(
        {name: by_support[name] for name in kinds}, {name: by_span[name] for name in _SPAN_NAMES}
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
        counts={**by_support, **by_span, _TOTAL: len(waiting)},
    )


def _year_before(before: Mapping[str, int], kinds: Sequence[str]) -> tuple[dict[str, str], str]:
    """Return the column of the year before: what was shown then. A file that was written then has only that."""
    total = before.get(_TOTAL, 0)
    if total and not before.keys() & (_NO_SUPPORT - {_TOTAL}):
        # Kept before the times were kept too, for whose sake all of it may have been hidden.
        return dict.fromkeys(kinds, _HIDDEN), _HIDDEN
    supports, spans = ({name: before.get(name, 0) for name in names} for names in (kinds, _SPAN_NAMES))
    # What the file hid is a count too, or it could be taken from the sum.
    rest, rest_of_spans = (max(0, total - sum(part.values())) for part in (supports, spans))
    (cells, _spans), shown_total = shown({**supports, "": rest}, {**spans, "": rest_of_spans})
    is_whole = _TOTAL in before and not rest
    return (
        {name: cells[name] if name in before or is_whole else "" for name in kinds},
        shown_total if _TOTAL in before else "",
    )


def shown(*parted: Mapping[str, int]) -> tuple[list[dict[str, str]], str]:
    """Return what is shown of counts, which are parted in one or more ways, and of the sum that they have in common.

    A reader who knows the method can't tell a count below FEW. Of the hidden ones he knows their sum, and which are
    below FEW, and nothing else: more than one solution, unless each is the least that it can be. Then nothing at all is
    shown, nor where there is nothing to hide the small ones behind: for all he knows, each support has 1, 2, 3 or 4.
    """
    hidden = [_hidden(part) for part in parted]
    if any(_tells([part[name] for name in names]) for part, names in zip(parted, hidden, strict=True)):
        return [dict.fromkeys(part, _HIDDEN) for part in parted], _HIDDEN
    cells = [
        {name: _cell(count, hidden=name in names) for name, count in part.items()}
        for part, names in zip(parted, hidden, strict=True)
    ]
    return cells, str(sum(parted[0].values()))


def _cell(count: int, *, hidden: bool) -> str:
    if not hidden:
        return str(count)
    return _SMALL if count < FEW else _HIDDEN


def _hidden(counts: Mapping[str, int]) -> list[str]:
    """Return the small ones, and with them the last of the others.

    The last, whatever it is: the smallest one would be known to be no more than those that are shown.
    """
    small = [name for name, count in counts.items() if 0 < count < FEW]
    return small + [name for name, count in counts.items() if count >= FEW][-1:] if small else []


def _tells(hidden: Sequence[int]) -> bool:
    """Return whether all are small, or their sum is the least that it can be."""
    least = sum(1 if count < FEW else FEW for count in hidden)
    return bool(hidden) and (max(hidden) < FEW or sum(hidden) == least)


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
            "för kvartalet, med skälen i korthet, och när insatsen verkställdes. Det som har verkställts eller "
            "avslutats står i listan för det kvartal då IVO fick veta det. Det som har rapporterats för hand är inte "
            "med, och läggs till."
        ),
        columns=(
            "Beslut", "Rapport", "Lagrum", "Insats", "Beslutad", "Avbruten", "Skäl", "Verkställd eller avslutad"
        ),
        rows=tuple(sorted(rows)),
    )  # fmt: skip
