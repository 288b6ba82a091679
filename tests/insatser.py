"""Decisions on support for the rules of IVO reporting: the usual one, and the mock's scenes as Lifecare shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from bots.ivo_reporting.models import Case, Reported, Told
from bots.quarter import Quarter
from bots.records.lifecare import Drojsmal, Erbjudande, Handelse, Insatsbeslut, InsatsbeslutRow
from fixtures.mockui import insatser
from fixtures.mockui.insatser import Insats

#: The quarter that is reported, and a day in its window.
Q3 = Quarter(2026, 3)
TODAY = date(2026, 10, 5)
_COURTS = {"nämnden": "nämnd", "förvaltningsrätten": "domstol"}
#: Kinds of report that leave a case open at IVO.
_WAITS = frozenset({"nytt ej verkställt", "nytt avbrott", "fortsatt ej verkställt"})


def a_decision(**facts: Any) -> Insatsbeslut:
    """Return a decision of 2026-05-20, not carried out: its three months passed in the quarter."""
    usual = Insatsbeslut(
        id="B-1", arende="LSS-2026-0001", lagrum="9 § 9 LSS", insats="Bostad med särskild service",
        beslutat=date(2026, 5, 20), status="fastställt", enhet="LSS Vuxna norr", handlaggare="KAEK",
        personnummer="199001012385", avliden=None, utflyttad=None, konto="aktivt", kod="LSS-09", utfall="bifall",
        beslutsfattare="nämnd", from_=date(2026, 5, 20), to=None, omfattning=None, verkstallighet=(), erbjudanden=(),
        drojsmal=(Drojsmal(date(2026, 7, 1), "resursbrist bostad"),), under_tiden=(),
    )  # fmt: skip
    return replace(usual, **facts)


def happened(what: str, on: date, omfattning: int | None = None, why: str | None = None) -> Handelse:
    return Handelse(on, what, omfattning, why)


Sent = tuple[Reported, bool]


def told(period: Quarter, kind: str = "nytt ej verkställt", *, is_open: bool | None = None) -> Sent:
    """Return a report, and whether it left its case open."""
    return Reported(period, kind, "IVO-2026-000001"), kind in _WAITS if is_open is None else is_open


def as_cases(*sent: Sent) -> tuple[Told, ...]:
    """Return IVO's cases when these were sent in this order: what is new begins one, else an open one goes on."""
    cases: list[Told] = []
    for report, is_open in sent:
        if cases and cases[-1].is_open and not report.kind.startswith("nytt"):
            cases[-1] = Told((*cases[-1].reports, report), is_open)
        else:
            cases.append(Told((report,), is_open))
    return tuple(cases)


def a_case(decision: Insatsbeslut | InsatsbeslutRow, *sent: Sent, period: Quarter = Q3, **facts: Any) -> Case:
    return replace(Case(decision.id, period, decision, as_cases(*sent)), **facts)


def as_shown(insats: Insats, earlier: list[insatser.Told], period: Quarter) -> Case:
    """Return the mock's decision as its screens show it, with what IVO was told of it before."""
    sent = [told(Quarter.parse(each.period), each.kind) for each in earlier if each.beslut == insats.id]
    return Case(insats.id, period, shown(insats), as_cases(*sent))


def shown(insats: Insats) -> Insatsbeslut | None:
    """Return the mock's decision as its page shows it; None for a protected person's."""
    if insats.protection != "none":
        return None
    return Insatsbeslut(
        id=insats.id, arende=insats.arende, lagrum=insats.lagrum, insats=insats.insats, beslutat=insats.decided,
        status=insats.status, enhet=insats.unit, handlaggare=insats.handlaggare, personnummer=insats.personnummer,
        avliden=insats.deceased, utflyttad=insats.moved, konto="aktivt", kod=insats.code, utfall=insats.outcome,
        beslutsfattare=_COURTS[insats.decided_by], from_=insats.start, to=insats.end, omfattning=insats.extent,
        verkstallighet=tuple(Handelse(each.on, each.what, each.extent, each.why or None) for each in insats.happenings),
        erbjudanden=tuple(
            Erbjudande(each.on, each.what, each.answer or None, each.answered) for each in insats.offers
        ),
        drojsmal=tuple(Drojsmal(each.on, each.why) for each in insats.delays),
        under_tiden=insats.meanwhile,
    )  # fmt: skip
