"""Draws the figures of a measurement as SVG: `python -m tests.bench.plots DIR`, by the Python that has matplotlib.

Bars and points are medians, whiskers and bands go from the least to the most.
"""

import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib import rcParams
from matplotlib.figure import Figure

# The same figures give the same file.
rcParams.update({"svg.hashsalt": "flotta", "svg.fonttype": "none", "font.size": 9})

COLOURS = ("#2c5f8a", "#d08c3f")
TITLES = {"rate": "items/s", "cpu": "CPU seconds per item", "peak": "peak memory, MB"}

Bars = dict[str, dict[str, dict[str, list[float]]]]
#: Per number of items, per contender with its workers, per stage: what each round brought.
Claims = dict[str, dict[str, dict[str, list[dict[str, float]]]]]
#: Per part, per contender: how many answers there were of each sort.
Tallies = dict[str, dict[str, dict[str, int]]]


def _bars(axes: Any, figures: Bars, column: str) -> None:
    """Draw one column of the removals: a group of bars for each variant, a bar for each UI version."""
    names = list(next(iter(figures.values())))
    height = 0.8 / len(figures)
    for place, (ui, variants) in enumerate(figures.items()):
        values = [variants[name][column] for name in names]
        middle = [statistics.median(each) for each in values]
        places = [index + (place - (len(figures) - 1) / 2) * height for index in range(len(names))]
        axes.barh(
            places, middle, height, color=COLOURS[place % len(COLOURS)], label=f"Lifecare {ui}",
            xerr=_whiskers(middle, values), error_kw={"elinewidth": 1, "capsize": 2},
        )  # fmt: skip
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel(TITLES[column])


def _whiskers(middle: Sequence[float], values: Sequence[Sequence[float]]) -> list[list[float]]:
    return [
        [each - min(all_) for each, all_ in zip(middle, values, strict=True)],
        [max(all_) - each for each, all_ in zip(middle, values, strict=True)],
    ]


def _growth(axes: Any, figures: dict[str, dict[str, list[float]]]) -> None:
    """Draw milliseconds per item over the number of items."""
    sizes = [int(each) for each in figures]
    titles = {"plan": "storing the plan", "step": "claim and done"}
    for column, title in titles.items():
        values = [each[column] for each in figures.values()]
        (line,) = axes.plot(sizes, [statistics.median(each) for each in values], "o-", label=title, markersize=4)
        axes.fill_between(sizes, [min(each) for each in values], [max(each) for each in values], alpha=0.2)
        line.set_linewidth(1.5)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("items in the plan")
    axes.set_ylabel("ms per item")
    axes.legend(fontsize=8, loc="center right")


def _rates(axes: Any, figures: Claims, stage: str) -> None:
    """Draw items a second over the number of items: a colour for each contender, a line for each number of workers."""
    contenders = list(dict.fromkeys(name.split(",")[0] for by_name in figures.values() for name in by_name))
    sizes = [int(each) for each in figures]
    for name in next(iter(figures.values())):
        values = [[each["rate"] for each in by_name[name][stage]] for by_name in figures.values()]
        colour = f"C{contenders.index(name.split(',')[0])}"
        axes.plot(
            sizes, [statistics.median(each) for each in values], "o-" if name.endswith(" 1 worker") else "s--",
            label=name, color=colour, markersize=4, linewidth=1.5,
        )  # fmt: skip
        axes.fill_between(
            sizes, [min(each) for each in values], [max(each) for each in values], color=colour, alpha=0.1
        )
    axes.set_xscale("log")
    axes.set_title(f"queue: {stage}", fontsize=9)
    axes.set_xlabel("items in the queue")


def _save(drawing: Figure, file: Path) -> None:
    drawing.savefig(file, metadata={"Date": None})


def draw(folder: Path) -> None:
    """Draw all that `figures.json` in the folder holds."""
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    if removals := figures.get("removals"):
        _removals(removals, ["rate"], folder / "items.svg")
        _removals(removals, ["cpu", "peak"], folder / "cost.svg")
    if ledger := figures.get("ledger"):
        drawing = Figure(figsize=(5, 3), layout="constrained")
        _growth(drawing.subplots(), ledger)
        _save(drawing, folder / "ledger.svg")
    if claims := figures.get("claims"):
        _claims(claims, folder / "claims.svg")
    if drift := figures.get("drift"):
        _drift(drift, folder / "drift.svg")


def _removals(figures: Bars, columns: Sequence[str], file: Path) -> None:
    variants = len(next(iter(figures.values())))
    drawing = Figure(figsize=(1.5 + 3 * len(columns), 1 + 0.4 * variants), layout="constrained")
    panels = drawing.subplots(1, len(columns), squeeze=False, sharey=True)[0]
    for axes, column in zip(panels, columns, strict=True):
        _bars(axes, figures, column)
    # The first variant on top; the axis is shared, so it is turned once for all.
    panels[0].set_ylim(variants - 0.5, -0.5)
    drawing.legend(*panels[0].get_legend_handles_labels(), loc="outside upper right", ncols=2, fontsize=8)
    _save(drawing, file)


def _claims(figures: Claims, file: Path) -> None:
    stages = list(next(iter(next(iter(figures.values())).values())))
    drawing = Figure(figsize=(1 + 3.5 * len(stages), 4), layout="constrained")
    panels = drawing.subplots(1, len(stages), squeeze=False, sharey=True)[0]
    for axes, stage in zip(panels, stages, strict=True):
        _rates(axes, figures, stage)
    # The axis is shared, and is cut once it has seen all that is drawn on it.
    panels[0].set_ylim(bottom=0)
    panels[0].set_ylabel("items claimed and completed per second")
    drawing.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8)
    _save(drawing, file)


def _drift(figures: Tallies, file: Path) -> None:
    """Draw a row for each part: how much of what is there is found, and how much of all answers is something else."""
    names = list(next(iter(figures.values())))
    drawing = Figure(figsize=(8, 1 + 0.3 * len(names) * len(figures)), layout="constrained")
    panels = drawing.subplots(len(figures), 2, squeeze=False, sharey=True, sharex="col")
    for (part, tallies), (found, wrong) in zip(figures.items(), panels, strict=True):
        shares = [_answers(tallies[name]) for name in names]
        for axes, values, colour in (
            (found, [each[0] for each in shares], COLOURS[0]), (wrong, [each[1] for each in shares], COLOURS[1]),
        ):  # fmt: skip
            bars = axes.barh(range(len(names)), values, 0.7, color=colour)
            axes.bar_label(bars, fmt="%.1f", fontsize=8, padding=2)
            axes.margins(x=0.15)
        found.set_yticks(range(len(names)), names)
        found.set_ylim(len(names) - 0.5, -0.5)
        found.set_title(part, fontsize=9, loc="left")
    panels[-1][0].set_xlabel("found, % of what is there")
    panels[-1][1].set_xlabel("another one taken, % of all that was looked for")
    _save(drawing, file)


def _answers(tally: dict[str, int]) -> tuple[float, float]:
    """Return the share of right answers among what is there, and of wrong ones among all, in per cent."""
    there = sum(count for what, count in tally.items() if what.startswith("there"))
    wrong = sum(count for what, count in tally.items() if what.endswith("wrong"))
    return 100 * tally.get("there: right", 0) / there, 100 * wrong / sum(tally.values())


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
