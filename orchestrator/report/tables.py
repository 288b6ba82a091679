"""Documents as CSV, as spreadsheets in Swedish read it: semicolons, CR LF, and a mark of the encoding before it all."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from bots.errors import ConfigurationError

if TYPE_CHECKING:
    from bots.contract import Document

#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t")

#: What the row of the sum begins with, in a document that counts.
_TOTAL = "totalt"


def as_csv(document: Document) -> str:
    """Return the document's table."""
    out = StringIO()
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    rows.writerow(document.columns)
    rows.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in document.rows)
    return out.getvalue()


def counts(file: Path) -> dict[str, int]:
    """Return the counts of a document that was written so: by the words before them, those that are shown.

    Raises ConfigurationError when it can't be read, or is none of these.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines, delimiter=";"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(f"{file} kan inte läsas ({type(error).__name__}).") from error
    if not any(row[:1] == [_TOTAL] for row in rows[1:]):
        raise ConfigurationError(f"{file} har ingen rad »{_TOTAL}«. Ange statistik.csv från året innan.")
    told = [row for row in rows[1:] if len(row) > 2]  # noqa: PLR2004 - how it is parted, what, and how many
    found = {row[1]: int(row[2]) for row in told if row[2].isdecimal()}
    return found | {row[0]: int(row[2]) for row in told if row[0] == _TOTAL and row[2].isdecimal()}
