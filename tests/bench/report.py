"""What a measurement has found: printed as it comes, written down at the end, with its plots."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.bench import by_peers


class Report:
    """The text and the figures of one measurement."""

    def __init__(self, title: str, about: dict[str, str]) -> None:
        """Begin with what it is measured on."""
        self.figures: dict[str, Any] = {"machine": about}
        self._text = [f"# {title}"]
        self.say("What each figure means stands in `tests/bench/`.", _list(about))

    def say(self, *paragraphs: str) -> None:
        """Print it, and keep it."""
        self._text += paragraphs
        for each in paragraphs:
            print(f"{each}\n", flush=True)

    def show(self, what: str, file: str) -> None:
        """Refer to a plot, where the text is kept."""
        self._text.append(f"![{what}]({file})")

    def write(self, folder: Path) -> None:
        """Write tables, figures and plots; without matplotlib, say that there are no plots."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "figures.json").write_text(json.dumps(self.figures, indent=1) + "\n", encoding="utf-8")
        (folder / "README.md").write_text("\n\n".join(self._text) + "\n", encoding="utf-8")
        if by_peers.PYTHON.exists():
            drawn = [str(by_peers.PYTHON), "-m", "tests.bench.plots", str(folder.resolve())]
            subprocess.run(drawn, cwd=by_peers.ROOT, check=True)
        else:
            print("No plots: there is no .venv-bench. `make bench` makes it.")


def _list(about: dict[str, str]) -> str:
    return "\n".join(f"- {name}: {fact}" for name, fact in about.items())
