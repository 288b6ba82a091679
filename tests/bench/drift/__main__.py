"""Measure what drift does: print the tables, and write them down where asked.

python -m tests.bench.drift [--seed 1] [--rounds 1] [--only pairs] [--kind swapped] [--flotta] [--write DIR]
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bots.browser.session import find_browser, launch
from tests.bench import machine
from tests.bench.drift import contenders, templates
from tests.bench.drift.contenders import Contender, Flotta
from tests.bench.drift.page import back, controls, kinds, mutate, still
from tests.bench.report import Report
from tests.bench.tables import table

RECORDINGS = Path(__file__).parents[3] / "fixtures" / "recordings"
#: How many answers there were of each sort: "there: right", "absent: nothing" and so on.
Tally = Counter[str]
#: By contender, by kind of change.
Figures = dict[str, dict[str, Tally]]
#: How many right answers one wrong answer costs.
PRICE = 20


def pairs(
    browser: Browser, changes: Sequence[templates.Change], who: Sequence[type[Contender]]
) -> tuple[Figures, Tally]:
    """Return what each contender finds again on real new versions, and how good Flotta's proposals are."""
    figures: Figures = {each.name: {"pairs": Counter()} for each in who}
    proposed: Tally = Counter()
    for change in changes:
        present = [pair.new is not None for pair in change.pairs]
        with still(browser, change.old) as old, still(browser, change.new) as new:
            back(old, [pair.old for pair in change.pairs])
            back(new, [pair.new for pair in change.pairs])
            for made in who:
                contender = made()
                remembered = contender.describe(old, len(present))
                _count(figures[made.name]["pairs"], contender.find(new, remembered), present)
                if made is Flotta:
                    _rank(proposed, contenders.proposals(new, remembered), present)
        print(f"{change.new.parent.name}/{change.new.name}", file=sys.stderr)
    return figures, proposed


def mutations(
    browser: Browser,
    screens: Sequence[tuple[Path, Sequence[str]]],
    who: Sequence[type[Contender]],
    *,
    seed: int,
    rounds: int,
    only: Sequence[str],
) -> Figures:
    """Return what each contender finds again on screens that were changed by chance."""
    figures: Figures = {each.name: {} for each in who}
    for number, (file, xpaths) in enumerate(screens):
        with still(browser, file) as page:
            back(page, xpaths)
            remembered = [(contender := made(), contender.describe(page, len(xpaths))) for made in who]
            for kind in only or kinds(page):
                for turn in range(rounds):
                    back(page, xpaths)
                    left = mutate(page, kind, seed * 10_000 + number * 100 + turn)
                    present = [truth in left for truth in range(len(xpaths))]
                    for contender, said in remembered:
                        answers = contender.find(page, said)
                        _count(figures[contender.name].setdefault(kind, Counter()), answers, present)
                        if isinstance(contender, Flotta):
                            _explain(kind, page, contender, said, answers)
        print(f"{file.parent.name}/{file.name}", file=sys.stderr)
    return figures


def ours(browser: Browser) -> list[tuple[Path, Sequence[str]]]:
    """Return every screen of our own recordings with all controls on it."""
    found: list[tuple[Path, Sequence[str]]] = []
    for file in sorted(RECORDINGS.glob("*/*/screens/*.html")):
        with still(browser, file) as page:
            found.append((file, controls(page)))
    return found


def _explain(kind: str, page: Page, flotta: Flotta, remembered: list[Any], answers: list[contenders.Answer]) -> None:
    """Say of each wrong answer of ours what it was, and why."""
    for truth, answer in enumerate(answers):
        if answer == "wrong":
            place = f"{kind} {page.url.rsplit('/', 1)[-1]} {truth}"
            print(f"WRONG {place}: {flotta.told(truth)}\n   {remembered[truth].fingerprint}", file=sys.stderr)


def _count(tally: Tally, answers: Sequence[contenders.Answer], present: Sequence[bool]) -> None:
    for answer, there in zip(answers, present, strict=True):
        tally[f"{'there' if there else 'absent'}: {answer or 'nothing'}"] += 1


def _rank(tally: Tally, ranked: Sequence[Sequence[contenders.Answer]], present: Sequence[bool]) -> None:
    for answers, there in zip(ranked, present, strict=True):
        tally["there" if there else "absent"] += 1
        tally["right first"] += there and answers[0] == "right"
        tally["right among three"] += there and "right" in answers
        tally["not there"] += not there and answers[0] is None


def as_table(figures: dict[str, Tally]) -> str:
    """Return one line for each contender."""
    rows = []
    for name, tally in figures.items():
        there = sum(count for what, count in tally.items() if what.startswith("there"))
        absent = sum(count for what, count in tally.items() if what.startswith("absent"))
        wrong, taken = tally["there: wrong"], tally["absent: wrong"]
        score = tally["there: right"] + tally["absent: nothing"] - PRICE * (wrong + taken)
        rows.append([
            name, _share(tally["there: right"], there), f"{wrong} ({_share(wrong, there)})",
            f"{taken} of {absent} ({_share(taken, absent)})", f"{score / max(1, there + absent):.2f}",
        ])  # fmt: skip
    return table(["", "located", "wrong", "taken though absent", "U20"], rows)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.bench.drift", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--templates", type=Path, default=Path(".templates"), help="where npm puts the templates")
    parser.add_argument("--seed", type=int, default=1, help="of the changes that are made by chance")
    parser.add_argument("--rounds", type=int, default=1, help="how often each kind of change is made to each screen")
    parser.add_argument("--only", choices=("pairs", "mutations"), help="this part")
    parser.add_argument("--kind", action="append", default=[], help="this kind of change; may be given more than once")
    parser.add_argument("--flotta", action="store_true", help="leave the others out")
    parser.add_argument("--write", type=Path, metavar="DIR", help="write README.md, figures.json and a plot there")
    return parser.parse_args()


def main() -> None:
    """Do what the command line asks."""
    asked = _asked()
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm fetches the templates and is not here. Run: sudo apt install npm (macOS: brew install node).")
    templates.fetch(asked.templates, npm)
    changes = templates.changes(asked.templates.resolve())
    who = [Flotta] if asked.flotta else contenders.ALL
    with sync_playwright() as playwright:
        executable = find_browser(playwright, os.environ.get("FLOTTA_BROWSER"))
        report = Report("Drift", machine.describe(executable, "tests.bench.drift"))
        report.figures |= {"seed": asked.seed, "drift": {}}
        browser = launch(playwright, executable, as_root=os.geteuid() == 0, environment=os.environ)
        if asked.only != "mutations":
            _tell_pairs(report, *pairs(browser, changes, who))
        if asked.only != "pairs":
            screens: list[tuple[Path, Sequence[str]]] = [
                (each.old, [pair.old for pair in each.pairs]) for each in changes
            ]
            screens += [(each.new, [pair.new for pair in each.pairs if pair.new]) for each in changes]
            for which, those in {"templates": screens, "recordings": ours(browser)}.items():
                changed = mutations(browser, those, who, seed=asked.seed, rounds=asked.rounds, only=asked.kind)
                _tell_mutations(report, which, asked.seed, changed)
        browser.close()
    report.show("Found, wrong, and taken though absent", "drift.svg")
    if asked.write:
        report.write(asked.write)


def _tell_pairs(report: Report, found: Figures, proposed: Tally) -> None:
    totals = {name: each["pairs"] for name, each in found.items()}
    report.figures["drift"]["new versions of templates"] = totals
    report.figures["proposals"] = proposed
    shares = [f"{_share(proposed[what], proposed['there'])} {what}" for what in ("right first", "right among three")]
    gone = _share(proposed["not there"], proposed["absent"])
    report.say(
        "## The same screen in the next major version",
        as_table(totals),
        f"Flotta's proposals: {', '.join(shares)}. Of what is gone, {gone} are proposed as not there.",
    )


def _tell_mutations(report: Report, which: str, seed: int, changed: Figures) -> None:
    totals = {name: sum(each.values(), Counter()) for name, each in changed.items()}
    report.figures["drift"][f"{which}, changed by chance"] = totals
    report.say(f"## The same screen, changed by chance (seed {seed}): {which}", as_table(totals))
    for kind in next(iter(changed.values())):
        report.say(f"### {which}: {kind}", as_table({name: each[kind] for name, each in changed.items()}))


if __name__ == "__main__":
    main()
