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


def documents(made: Sequence[Made], period: Quarter, before: Mapping[str, int] | None = None) -> list[Document]:
    """Return the quarter's documents, of all reports that were made in it.

    `before` are the counts of the same quarter a year earlier, by kind of support, where they are known.
    """
    of_quarter = [each for each in made if each.args["period"] == str(period)]
    return [_statistics(of_quarter, period, before), _for_auditors(of_quarter, period)]


def _statistics(made: Sequence[Made], period: Quarter, before: Mapping[str, int] | None) -> Document:
    waiting = [each.args for each in made if rules.parts(each.key)[2] in rules.WAITS]
    by_support = Counter(_support(each) for each in waiting)
    by_span = Counter(_span(each, period) for each in waiting)
    spans = {name: by_span[name] for _months, name in reversed(SPANS)}
    rows = [
        *_told("insats", dict(sorted(by_support.items())), before),
        *_told("tid sedan beslut eller avbrott", spans, None),
        ("totalt", "ej verkställda och avbrutna", _shown(len(waiting)), _shown(before.get("totalt")) if before else ""),
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
        chart={what: int(count) for part, what, count, _before in rows if part == "insats" and count.isdecimal()},
        counts={**by_support, "totalt": len(waiting)},
    )


def _told(part: str, counts: Mapping[str, int], before: Mapping[str, int] | None) -> list[tuple[str, str, str, str]]:
    shown = suppressed(counts)
    return [
        (part, name, _shown(counts[name], hidden=shown[name] is None), _shown(before.get(name)) if before else "")
        for name in counts
    ]


def _shown(count: int | None, *, hidden: bool = False) -> str:
    """Return a count as it is shown; of the year before None is one that was not."""
    if count is None:
        return ""
    return f"färre än {FEW}" if 0 < count < FEW else "visas inte" if hidden else str(count)


def suppressed(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Return the counts, with None for those that could point somebody out.

    A count below FEW; and where one alone is hidden the smallest of the others, or the sum would give it away.
    """
    hidden = {name for name, count in counts.items() if 0 < count < FEW}
    if len(hidden) == 1:
        others = [name for name, count in counts.items() if name not in hidden and count]
        hidden |= set(sorted(others, key=lambda name: counts[name])[:1])
    return {name: None if name in hidden else count for name, count in counts.items()}


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
