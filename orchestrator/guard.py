"""What a plan may do without a person: the limits, and the rule versions that somebody has approved. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the plan waits for a person, in Swedish, one sentence a reason."""

    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(self.reasons)


def judge(
    counts: Mapping[tuple[str, str, int], int],
    *,
    max_actions: int,
    max_share: float,
    approved: set[tuple[str, int]],
    always: bool = False,
    unapproved_maps: Sequence[str] = (),
) -> Stop | None:
    """Return why the plan must wait, or None when it may be carried out unattended.

    `counts`: items per (outcome, rule, rule version). A plan may act on at most `max_actions` items and on at most
    `max_share` of all that was seen, only by rule versions in `approved`, and only through approved selector maps.
    `always`: a plan of this bot waits whatever it does, if it does anything.
    """
    seen = sum(counts.values())
    acting = {(rule, version): count for (outcome, rule, version), count in counts.items() if outcome == "act"}
    total = sum(acting.values())
    reasons = []
    if always and total:
        reasons.append("Planen ska alltid godkännas av en människa.")
    if total > max_actions:
        reasons.append(f"Planen har {total} åtgärder, fler än gränsen {max_actions}.")
    if seen and total > max_share * seen:
        reasons.append(f"Planen berör {total / seen:.0%} av {seen} sedda, mer än gränsen {max_share:.0%}.")
    new = sorted(f"{rule}/{version}" for rule, version in acting if (rule, version) not in approved)
    if new:
        reasons.append(f"Ingen har ännu godkänt en plan med regelversion {', '.join(new)}.")
    reasons += [f"Kartan {each} är inte godkänd." for each in unapproved_maps]
    return Stop(tuple(reasons)) if reasons else None
