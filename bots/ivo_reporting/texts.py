"""What is written to IVO: composed from facts, word for word the same for the same facts, and never from notes.

IVO asks for brief reasons (SoL 34 kap. 1 §, LSS 28 f §). No diagnosis, and nobody's name: also the names of supports
are the house's own, since a municipality's may say what somebody has.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date

from bots.ivo_reporting.counting import Wait
from bots.records.lifecare import Erbjudande

#: The longest text that IVO's form takes, in characters.
LONGEST = 1000
#: The texts of a report. A person may word them otherwise before it is approved.
NAMES = ("beskrivning", "konsekvenser", "uppföljningar", "under tiden")
#: What each reason says. The reasons are IVO's; see `rules.REASONS`.
_BECAUSE = {
    "resursbrist bostad": "Brist på en ledig bostad som passar beslutet.",
    "resursbrist personal": "Brist på personal för insatsen.",
    "resursbrist uppdragstagare": "Brist på uppdragstagare för insatsen.",
    "tackat nej": "Den enskilde har tackat nej till det som har erbjudits.",
    "önskar vänta": "Den enskilde har själv velat vänta med insatsen.",
    "särskilda önskemål": "Den enskilde har särskilda önskemål som inte har kunnat tillgodoses.",
}
_ANSWERS = {"tackat ja": "tackade ja", "tackat nej": "tackade nej"}


def why(support: str, orsak: str, wait: Wait, offers: Sequence[Erbjudande]) -> str:
    """Return the description of the reason."""
    since = f"{'avbrottet' if wait.is_stop else 'beslutet'} {wait.since}"
    if wait.end is not None:
        waited = f"Insatsen {support} verkställdes {wait.end}, mer än tre månader efter {since}."
    elif wait.in_part is not None:
        waited = f"Insatsen {support} verkställdes delvis {wait.in_part}; resten har inte verkställts sedan {since}."
    else:
        waited = f"Insatsen {support} har inte verkställts {'helt ' if wait.had_part else ''}sedan {since}."
    return " ".join([_BECAUSE[orsak], waited, *map(_offered, offers)])


def consequences(support: str, wait: Wait, missing: str | None) -> str:
    """Return what the delay means to the person, as far as the facts say it."""
    if wait.end is not None and wait.in_part is not None:
        return f"Den enskilde hade en del av insatsen {support} från {wait.in_part} och hela från {wait.end}."
    if wait.end is not None and wait.had_part:
        return f"Den enskilde hade en tid en del av insatsen {support}, och hela från {wait.end}."
    if wait.end is not None:
        return f"Den enskilde var utan insatsen {support} till {wait.end}."
    if missing:
        return f"Den enskilde är utan en del av insatsen {support}: {missing}."
    return f"Den enskilde är utan insatsen {support}."


def meanwhile(supports: Sequence[str], known: Container[str]) -> str:
    """Return what support the person has while waiting; without its name where that is not a `known` one of ours."""
    if not supports:
        return "Inga andra insatser är antecknade."
    named = [each.lower() for each in supports if each.lower() in known]
    return f"Under tiden: {', '.join([*named, *(['annat stöd'] if len(named) < len(supports) else [])])}."


def followed_up(days: Sequence[date]) -> str:
    """Return when somebody has followed up why it is delayed."""
    if not days:
        return "Ingen uppföljning är antecknad."
    return f"Orsaken följdes upp {', '.join(map(str, sorted(days)[-5:]))}."


def _offered(each: Erbjudande) -> str:
    if each.svar is None:
        return f"Ett erbjudande lämnades {each.on}; svar har inte kommit."
    when = f" {each.svarat}" if each.svarat else ""
    return f"Ett erbjudande lämnades {each.on}; den enskilde {_ANSWERS[each.svar]}{when}."
