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


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
