"""Figures as Markdown, the same on the screen and in the file."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence


def spread(values: Sequence[float], digits: int) -> str:
    """Return the median, with the range when there are several."""
    median = f"{statistics.median(values):.{digits}f}"
    return f"{median} ({min(values):.{digits}f}–{max(values):.{digits}f})" if len(values) > 1 else median


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, its columns wide enough to be read as they stand; all but the first to the right."""
    lines = [list(header), *map(list, rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(header))]
    rule = [f"{'-' * width}:" if place else "-" * width + "-" for place, width in enumerate(widths)]
    printed = [
        "| " + " | ".join(_cell(cell, widths[place], place) for place, cell in enumerate(line)) + " |" for line in lines
    ]
    return "\n".join([printed[0], "|" + "|".join(f"-{each}" for each in rule) + "|", *printed[1:]])


def _cell(text: str, width: int, place: int) -> str:
    return text.rjust(width) if place else text.ljust(width)
