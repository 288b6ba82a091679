"""What is written to IVO: composed from facts, word for word the same for the same facts, and never from notes.

IVO asks for brief reasons (SoL 34 kap. 1 §, LSS 28 f §). No diagnosis, and nobody's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bots.ivo_reporting.counting import Standing
from bots.records.lifecare import Erbjudande, Insatsbeslut

#: The longest text that IVO's form takes, in characters.
LONGEST = 1000
#: What each reason says. The reasons are IVO's; see `rules.REASONS`.
_BECAUSE = {
    "resursbrist bostad": "Det saknas en ledig bostad som passar beslutet.",
    "resursbrist personal": "Det saknas personal för att verkställa insatsen.",
    "resursbrist uppdragstagare": "Det saknas en uppdragstagare för insatsen.",
    "tackat nej": "Den enskilde har tackat nej till det som har erbjudits.",
    "önskar vänta": "Den enskilde vill själv vänta med insatsen.",
    "särskilda önskemål": "Den enskilde har särskilda önskemål som ännu inte har kunnat tillgodoses.",
}
_ANSWERS = {"tackat ja": "tackade ja", "tackat nej": "tackade nej"}


def why(beslut: Insatsbeslut, orsak: str, now: Standing) -> str:
    """Return the description of the reason."""
    waits = "sedan avbrottet" if now.interrupted else "sedan beslutet"
    parts = [_BECAUSE[orsak], f"Insatsen {beslut.insats.lower()} har inte verkställts {waits} {_day(now.waits_since)}."]
    if now.carried_out:
        parts[1] = f"Insatsen {beslut.insats.lower()} verkställdes {_day(now.carried_out)}, mer än tre månader {waits}."
    elif now.in_part:
        parts[1] = (
            f"Insatsen {beslut.insats.lower()} verkställdes delvis {_day(now.in_part)}; resten har inte verkställts "
            f"{waits} {_day(now.waits_since)}."
        )
    return " ".join([*parts, *map(_offered, beslut.erbjudanden)])


def consequences(beslut: Insatsbeslut, missing: str | None) -> str:
    """Return what the delay means to the person, as far as the facts say it."""
    if missing:
        return f"Den enskilde är utan en del av insatsen {beslut.insats.lower()}: {missing}."
    return f"Den enskilde är utan insatsen {beslut.insats.lower()}."


def meanwhile(under_tiden: Sequence[str]) -> str:
    """Return what support the person has while waiting."""
    return f"Under tiden: {', '.join(each.lower() for each in under_tiden)}." if under_tiden else "Inga andra insatser."


def followed_up(days: Sequence[date]) -> str:
    """Return when somebody has followed up why it is delayed."""
    if not days:
        return "Ingen uppföljning är antecknad."
    return f"Orsaken följdes upp {', '.join(_day(each) for each in sorted(days)[-5:])}."


def _offered(each: Erbjudande) -> str:
    if each.svar is None:
        return f"Ett erbjudande lämnades {_day(each.on)}; svar har inte kommit."
    when = f" {_day(each.svarat)}" if each.svarat else ""
    return f"Ett erbjudande lämnades {_day(each.on)}; den enskilde {_ANSWERS.get(each.svar, 'svarade')}{when}."


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
