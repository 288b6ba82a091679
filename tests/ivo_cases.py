"""What must come of a decision on support: cases, each with the report or the answer that the law and the house want.

They were written by reading SoL 34 kap. 1-4 §§, LSS 28 f-h §§, lag (1930:173) and what the house has decided
(`bots.ivo_reporting`), never by asking the rules. So the words of the form and the names of rules stand here in full.
`tests/unit/test_ivo_rules.py` holds the rules to the cases; `tests/unit/test_ivo_rule_mutations.py` shows that there
are enough of them.

The usual decision is of 2026-05-20: its three months end on 2026-08-20, in the quarter that is reported (Q3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any

from bots.contract import Act, Decision, Refer
from bots.ivo_reporting.models import Case, Reported
from bots.quarter import Quarter
from bots.records.lifecare import Drojsmal, Erbjudande, Handelse, Insatsbeslut, InsatsbeslutRow
from fixtures.mockui import insatser
from tests.insatser import Q3, TODAY, Sent, a_case, a_decision, as_cases, as_shown, happened, told

NEW, STOP, STILL, DONE, CLOSED = (
    "nytt ej verkställt", "nytt avbrott", "fortsatt ej verkställt", "verkställt", "avslutat av annan anledning",
)  # fmt: skip
DAY = timedelta(days=1)
Q1, Q2, Q4 = Quarter(2026, 1), Quarter(2026, 2), Quarter(2026, 4)
#: A day in the window of the next quarter's report.
JANUARY = date(2027, 1, 5)

#: What was told before, as the facts of a decision have it.
KNOWN = {"kvittens": "IVO-2026-000001", "senast rapporterat": f"2026Q2: {NEW}"}
#: What the page of the usual decision says of itself, where that is why it is not reported.
PAGE = {
    "status": "fastställt", "utfall": "bifall", "beslutsfattare": "nämnd", "lagrum": "9 § 9 LSS",
    "beslutat": "2026-05-20",
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A case and what must come of it: `what` is the kind of report, or else what is to happen and by which rule.

    `then` is what the report must have: fields of the form (None: it must not have it), `rule`, `step` and `key`. The
    reason must say `says`. `inputs` are all the facts that the decision must name; None where they are no matter.
    """

    name: str
    case: Case
    what: str
    then: Mapping[str, str | None] = field(default_factory=dict)
    today: date = TODAY
    says: str = ""
    inputs: Mapping[str, str | None] | None = None

    def __str__(self) -> str:
        return self.name

    def wrong(self, decide: Callable[[Case, date], Decision]) -> dict[str, Any]:
        """Return what is otherwise than it must be."""
        found = decide(self.case, self.today)
        has = {"what": said(found), **_report(found)}
        must: dict[str, Any] = {"what": self.what, **self.then}
        wrong: dict[str, Any] = {name: has.get(name) for name in must if has.get(name) != must[name]}
        wrong |= {name: None for name, value in has.items() if value is None}
        if self.inputs is not None and dict(found.inputs) != self.inputs:
            wrong["inputs"] = found.inputs
        # "None" is what people would read where a fact is missing.
        if self.says not in found.reason or "None" in found.reason:
            wrong["reason"] = found.reason
        return wrong


def said(decision: Decision) -> str:
    """Return the kind of report, or what else is to happen by which rule."""
    if isinstance(decision, Act):
        return decision.steps[0].args["rapporttyp"]
    return f"{'refer' if isinstance(decision, Refer) else 'leave'} {decision.rule.id}"


def _report(decision: Decision) -> dict[str, str]:
    if not isinstance(decision, Act):
        return {}
    step, *more = decision.steps
    found = {**step.args, "rule": decision.rule.id, "step": step.kind, "key": step.key}
    for each in more:
        found |= {"again": each.args["rapporttyp"], "its key": each.key, "its after": each.args["efter"],
                  "its since": each.args["avbrottsdatum"]}  # fmt: skip
    return found


def a_row(**facts: Any) -> InsatsbeslutRow:
    """Return the usual decision as the search shows it."""
    page = a_decision(**facts)
    return InsatsbeslutRow(**{each.name: getattr(page, each.name) for each in fields(InsatsbeslutRow)})


def noted(on: date, orsak: str = "resursbrist personal") -> Drojsmal:
    return Drojsmal(on, orsak)


def offered(on: date, svar: str | None = "tackat nej", svarat: date | None = None) -> Erbjudande:
    return Erbjudande(on, "Lägenhet, Råå", svar, svarat)


# --- three months ----------------------------------------------------------------------------------------------------

#: The first day, and the last of the three months: the same day number, or the month's last day.
DEADLINES = [
    (date(2025, 11, 28), date(2026, 2, 28)),
    (date(2025, 11, 29), date(2026, 2, 28)),
    (date(2025, 11, 30), date(2026, 2, 28)),
    (date(2023, 11, 29), date(2024, 2, 29)),
    (date(2023, 11, 30), date(2024, 2, 29)),
    (date(2026, 1, 31), date(2026, 4, 30)),
    (date(2025, 12, 31), date(2026, 3, 31)),
    (date(2026, 5, 31), date(2026, 8, 31)),
]

#: Numbers of a person, or what looks like one, and the day of birth in it. A samordningsnummer has 60 days more.
BIRTHS = [
    ("200809032386", date(2008, 9, 3)),
    ("19900101-T123", date(1990, 1, 1)),
    ("202201612385", date(2022, 1, 1)),
    # As much of a number as it takes: the month's last day.
    ("20220191", date(2022, 1, 31)),
    ("20220131", date(2022, 1, 31)),
]

#: Two reports of one decision, the first of them made first: of one quarter an end comes last, and before it what
#: somebody has called otherwise.
IN_ORDER = [
    (Reported(earlier, one, "IVO-2026-000001"), Reported(later, other, "IVO-2026-000002"))
    for earlier, one, later, other in (
        *((Q2, wait, Q2, "okänt: Rättelse") for wait in (NEW, STOP, STILL)),
        *((Q2, "okänt: Rättelse", Q2, end) for end in (DONE, CLOSED)),
        *((Q2, end, Q3, NEW) for end in (DONE, CLOSED)),
    )
]

#: What IVO has of a decision, one more report, whether it leaves its case open, and what IVO has then.
ONE_MORE = [
    ((), told(Q3), as_cases(told(Q3))),
    ((), told(Q3, is_open=False), as_cases(told(Q3, is_open=False))),
    (as_cases(told(Q2)), told(Q3, STILL), as_cases(told(Q2), told(Q3, STILL))),
    (as_cases(told(Q2)), told(Q2, DONE), as_cases(told(Q2), told(Q2, DONE))),
    (as_cases(told(Q2)), told(Q2, CLOSED), as_cases(told(Q2), told(Q2, CLOSED))),
    *(
        (as_cases(told(Q2), told(Q2, DONE)), told(Q3, kind), as_cases(told(Q2), told(Q2, DONE), told(Q3, kind)))
        for kind in (NEW, STOP)
    ),
    (as_cases(told(Q1, STOP), told(Q1, DONE), told(Q2, STOP)), told(Q3, STILL),
     as_cases(told(Q1, STOP), told(Q1, DONE), told(Q2, STOP), told(Q3, STILL))),
    # What is there already, and an end where nothing is open, change nothing.
    *((has, more, has) for has, more in (
        (as_cases(told(Q2)), told(Q2, is_open=False)),
        (as_cases(told(Q2), told(Q3, STILL)), told(Q3, STILL)),
        (as_cases(told(Q2), told(Q2, DONE)), told(Q2, CLOSED)),
        (as_cases(told(Q2), told(Q2, DONE)), told(Q3, STILL)),
    )),
]  # fmt: skip

#: Keys of reports, and what they are made of.
KEYS = [
    ("ivo:B-1:2026Q3:nytt avbrott", ("B-1", Q3, STOP)),
    ("ivo:LSS:2026:12:2026Q2:okänt: Rättelse", ("LSS:2026:12", Q2, "okänt: Rättelse")),
]
NO_KEYS = ["B-1", "ivo:B-1:2026Q5:verkställt", "ivo:B-1:026Q2:verkställt", "ivo:B-1:2026Q2", "ivo:B-1:2026Q2:x\ny"]

# --- whether it is reported at all -----------------------------------------------------------------------------------


def _by_facts(*tables: tuple[dict[str, Any], str]) -> list[Example]:
    return [Example(_named(facts), a_case(a_decision(**facts)), what) for facts, what in tables]


def _named(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in facts.items())


#: One fact of the usual decision is otherwise.
FACTS = [
    *_by_facts(
        ({"status": "okänt: Vilande"}, "refer unknown-value"),
        ({"utfall": "okänt: Delvis"}, "refer unknown-value"),
        ({"beslutsfattare": "okänt: Socialnämndens ordförande"}, "refer unknown-value"),
        ({"verkstallighet": (happened("okänt: Pausad", date(2026, 6, 1)),)}, "refer unknown-value"),
        ({"erbjudanden": (offered(date(2026, 7, 3), "okänt: Kanske"),)}, "refer unknown-value"),
        ({"lagrum": "11 kap. 4 § SoL"}, "leave not-reportable"),
        ({"lagrum": "11 kap. 5 § SoL"}, "leave not-reportable"),
        ({"lagrum": "6 § lag (2018:222)"}, "leave not-reportable"),
        ({"lagrum": "6 § lag (2018:2220)"}, "refer unknown-section"),
        ({"lagrum": "9 § 11 LSS"}, "refer unknown-section"),
        ({"lagrum": "okänt: SoL"}, "refer unknown-section"),
        ({"lagrum": "4 kap. 1 § SoL"}, "refer other-law"),
        ({"lagrum": "4 kap. 1 § SoL", "beslutat": date(2025, 7, 1)}, "refer other-law"),
        ({"lagrum": "11 kap. 1 § SoL", "beslutat": date(2025, 6, 30)}, "refer other-law"),
        ({"lagrum": "12 kap. 1 § SoL", "beslutat": date(2025, 6, 30)}, "refer other-law"),
        ({"lagrum": "4 kap. 1 § SoL", "beslutat": date(2025, 6, 30), "kod": "SOL-01"}, NEW),
        ({"lagrum": "11 kap. 1 § SoL", "beslutat": date(2025, 7, 1), "kod": "SOL-01"}, NEW),
        ({"lagrum": "12 kap. 1 § SoL", "beslutat": date(2025, 7, 1), "kod": "SOL-01"}, NEW),
        *(({"lagrum": f"9 § {number} LSS", "beslutat": date(2024, 1, 1)}, NEW) for number in range(2, 11)),
        ({"personnummer": "199001012386"}, "refer no-number"),
        ({"personnummer": "199013012385"}, "refer no-number"),
        ({"personnummer": "19901301-T123"}, "refer no-number"),
        ({"personnummer": "19900161-T123"}, "refer no-number"),
        ({"personnummer": "19900131-T123"}, NEW),
        ({"personnummer": "19900101-T12"}, "refer no-number"),
        ({"personnummer": "19900101-T1234"}, "refer no-number"),
        ({"personnummer": "19900101-TF1"}, "refer no-number"),
        ({"personnummer": "19900101-TF100"}, "refer no-number"),
        ({"personnummer": "1990010-T123"}, "refer no-number"),
        ({"personnummer": "19900101238"}, "refer no-number"),
        ({"personnummer": "1990010123850"}, "refer no-number"),
        ({"personnummer": "200809032386"}, NEW),
        ({"personnummer": "202201612385"}, NEW),
        ({"personnummer": "19900101-T123"}, NEW),
        ({"personnummer": "19900101-TF10"}, NEW),
        *(({"kod": kod}, NEW) for kod in ("SOL-02", "SOL-03", "SOL-04", "LSS-02", "LSS-03", "LSS-04", "LSS-05")),
        *(({"kod": kod}, NEW) for kod in ("LSS-06", "LSS-07", "LSS-08", "LSS-10")),
        ({"drojsmal": (noted(date(2026, 7, 1), "okänt: Annat"),)}, "refer no-reason"),
        ({"drojsmal": (noted(date(2026, 7, 1), "annat"),)}, "refer no-reason"),
    ),
    Example("a draft is no decision", a_case(a_row(status="utkast")), "leave not-decided",
            inputs={"status": "utkast", "lagrum": "9 § 9 LSS"}),
    Example("a refusal", a_case(a_decision(utfall="avslag")), "leave not-decided",
            inputs=PAGE | {"utfall": "avslag"}),
    Example("two values are unknown", a_case(a_decision(status="okänt: Vilande", utfall="okänt: Delvis")),
            "refer unknown-value", says="status och utfall",
            inputs=PAGE | {"status": "okänt: Vilande", "utfall": "okänt: Delvis"}),
    Example("what a court has decided", a_case(a_decision(beslutsfattare="domstol")), "leave court",
            inputs=PAGE | {"beslutsfattare": "domstol"}),
    Example("the region's", a_case(a_row(lagrum="9 § 1 LSS")), "leave not-reportable",
            says="Råd och stöd är regionens", inputs={"status": "fastställt", "lagrum": "9 § 1 LSS"}),
    Example("an adapted home", a_case(a_row(lagrum="4 § lag (1992:1574)")), "leave not-reportable",
            says="Bostadsanpassning", inputs={"status": "fastställt", "lagrum": "4 § lag (1992:1574)"}),
    Example("decided after the quarter", a_case(a_row(beslutat=date(2026, 10, 1))), "leave later",
            says="2026Q3", inputs={"beslutat": "2026-10-01"}),
    Example("decided on the quarter's last day", a_case(a_decision(beslutat=date(2026, 9, 30))), "leave in-time",
            inputs={"beslutat": "2026-09-30", "till": None}),
    Example("decided by a section of another time", a_case(a_decision(lagrum="4 kap. 1 § SoL")), "refer other-law",
            says="2026-05-20", inputs=PAGE | {"lagrum": "4 kap. 1 § SoL"}),
    Example("no number", a_case(a_decision(personnummer=None)), "refer no-number",
            inputs={"beslutat": "2026-05-20", "till": None}),
    Example("a support that the form has not", a_case(a_decision(kod="SOL-77")), "refer unknown-support",
            inputs={"beslutat": "2026-05-20", "till": None}),
    Example("no reason is noted", a_case(a_decision(drojsmal=())), "refer no-reason",
            inputs={"beslutat": "2026-05-20", "till": None}),
    Example("every answer that there is",
            a_case(a_decision(erbjudanden=tuple(offered(date(2026, 7, 3), svar)
                                                for svar in ("tackat ja", "tackat nej", None)))), NEW),
    Example("every happening that there is",
            a_case(a_decision(beslutat=date(2025, 8, 1), omfattning=50, verkstallighet=(
                happened("delvis verkställd", date(2025, 9, 1), 20), happened("verkställd", date(2025, 10, 1)),
                happened("avbruten", date(2026, 7, 1)), happened("återupptagen", date(2026, 7, 9)),
                happened("avslutad", date(2026, 8, 1)),
            ))), "leave waited-enough"),
]  # fmt: skip

#: What nobody may read, or cannot find; and what IVO waits to hear of though it is not reported.
FOR_PEOPLE = [
    Example("a protected person", Case("B-1", Q3, None, ()), "refer protected", inputs={"beslut": "B-1"}),
    Example("a protected person whom IVO knows", Case("B-1", Q3, None, as_cases(told(Q2))), "refer protected",
            inputs={"beslut": "B-1"} | KNOWN),
    Example("a protected person of whom IVO was told by hand",
            Case("B-1", Q3, None, as_cases(told(Q2), told(Q3, STILL))), "leave told-already", says="2026Q3"),
    Example("what Lifecare does not show", Case("B-1", Q3, None, as_cases(told(Q2)), is_listed=False),
            "refer not-found", inputs=KNOWN),
    Example("what Lifecare does not show, and IVO never knew", Case("B-1", Q3, None, (), is_listed=False),
            "refer not-found", inputs={}),
    Example("IVO waits for a draft", a_case(a_row(status="utkast"), told(Q2)), "refer still-open",
            says="Det finns inget beslut att verkställa.",
            inputs={"status": "utkast", "lagrum": "9 § 9 LSS"} | KNOWN),
    Example("IVO waits for what a court has decided", a_case(a_decision(beslutsfattare="domstol"), told(Q2)),
            "refer still-open", inputs=PAGE | {"beslutsfattare": "domstol"} | KNOWN),
    Example("IVO waits no more for a draft", a_case(a_decision(status="utkast"), told(Q2), told(Q2, CLOSED)),
            "leave not-decided"),
    Example("IVO waits for what is unclear", a_case(a_decision(utfall="okänt: Delvis"), told(Q2)),
            "refer unknown-value"),
    Example("an older quarter is reported again", a_case(a_decision(beslutat=date(2026, 10, 1)), told(Q4)),
            "leave later"),
    Example("IVO waits, and Lifecare shows no wait", a_case(a_decision(beslutat=date(2026, 7, 2)), told(Q2)),
            "refer no-wait", inputs=KNOWN),
    Example("IVO waits, and the three months have not passed yet",
            a_case(a_decision(beslutat=date(2026, 6, 30)), told(Q2)), "refer no-wait"),
    Example("IVO was told too soon, and by now it is late", a_case(a_decision(), told(Q2)), STILL),
    Example("IVO waits, and it was given in time",
            a_case(a_decision(beslutat=date(2026, 3, 1), verkstallighet=(happened("verkställd", date(2026, 6, 1)),)),
                   told(Q2)), "refer no-wait"),
    Example("IVO waits since the very last day",
            a_case(a_decision(beslutat=date(2026, 3, 30)), told(Q2)), STILL),
    Example("IVO was told of the boundary day a quarter early, as is agreed",
            a_case(a_decision(beslutat=date(2026, 6, 30), verkstallighet=(happened("verkställd", date(2026, 11, 1)),)),
                   told(Q3), period=Q4, on_the_day=True), DONE, {"verkställt": "2026-11-01"}, today=JANUARY),
    Example("IVO waits since the very last day, as is agreed",
            a_case(a_decision(beslutat=date(2026, 3, 30)), told(Q2), on_the_day=True), STILL),
]  # fmt: skip

# --- whether somebody has waited too long ----------------------------------------------------------------------------


def _given(on: date) -> tuple[Handelse, ...]:
    return (happened("verkställd", on),)


#: Three months that end on the quarter's last day are over the day after, in the next quarter; or on it, where that is
#: agreed. What is given on the last day itself is given in time.
BOUNDARY = [
    Example("the last day is the quarter's", a_case(a_decision(beslutat=date(2026, 6, 30))), "leave in-time",
            says="till och med 2026-09-30", inputs={"beslutat": "2026-06-30", "till": None}),
    Example("the last day is the quarter's, as is agreed",
            a_case(a_decision(beslutat=date(2026, 6, 30)), on_the_day=True), NEW),
    Example("the last day is the one before the quarter's", a_case(a_decision(beslutat=date(2026, 6, 29))), NEW),
    Example("the last day is the one after the quarter's",
            a_case(a_decision(beslutat=date(2026, 7, 1)), on_the_day=True), "leave in-time"),
    Example("given on the last day", a_case(a_decision(verkstallighet=_given(date(2026, 8, 20)))),
            "leave waited-enough", says="2026-08-20", inputs={"beslutat": "2026-05-20", "till": "2026-08-20"}),
    Example("given on the last day, as is agreed",
            a_case(a_decision(verkstallighet=_given(date(2026, 8, 20))), on_the_day=True), "leave waited-enough"),
    Example("given on the quarter's last day, as is agreed",
            a_case(a_decision(beslutat=date(2026, 6, 30), verkstallighet=_given(date(2026, 9, 30))), on_the_day=True),
            "leave waited-enough"),
    Example("ended after the quarter, before which three months had not passed",
            a_case(a_decision(beslutat=date(2026, 7, 1),
                              verkstallighet=(happened("avslutad", date(2026, 10, 3)),))), "leave in-time"),
]  # fmt: skip


def _with(what: str, *happenings: tuple[str, date] | tuple[str, date, int | None], **facts: Any) -> Example:
    """Return what must come of these happenings; 50 hours a month are granted, and why there are fewer is noted."""
    usual = {
        "omfattning": 50, "verkstallighet": tuple(happened(*each) for each in happenings),
        "drojsmal": (noted(date(2026, 7, 1)), noted(date(2026, 8, 15))),
    }  # fmt: skip
    name = "; ".join(" ".join(str(part) for part in each) for each in happenings)
    return Example(name, a_case(a_decision(**usual | facts)), what)


#: What has happened to the usual decision.
HAPPENINGS = [
    _with("leave waited-enough", ("verkställd", date(2026, 8, 20))),
    _with(NEW, ("verkställd", date(2026, 8, 21))),
    _with(NEW, ("verkställd", date(2026, 10, 2))),
    _with(NEW, ("verkställd", TODAY + DAY)),
    _with(NEW, ("delvis verkställd", date(2026, 6, 1), 20)),
    _with(STOP, ("verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 6, 29))),
    _with("leave in-time", ("verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 6, 30))),
    _with("leave waited-enough", ("verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 6, 2)),
          ("återupptagen", date(2026, 9, 2))),
    _with(STOP, ("verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 6, 2)), ("återupptagen", date(2026, 9, 3))),
    _with("leave in-time", ("avslutad", date(2026, 8, 20))),
    _with("refer ended-untold", ("avslutad", date(2026, 8, 21))),
    _with("refer ended-untold", ("avslutad", date(2026, 10, 2))),
    # A wait that was too long is reported, whatever has come after it.
    _with(NEW, ("verkställd", date(2026, 8, 25)), ("avbruten", date(2026, 9, 20))),
    _with(NEW, ("verkställd", date(2026, 8, 25)), ("avslutad", date(2026, 9, 10)), status="avslutat"),
    _with(NEW, ("verkställd", date(2026, 8, 25)), avliden=date(2026, 9, 10)),
    _with(STOP, ("verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 6, 2)), ("återupptagen", date(2026, 9, 20)),
          ("avbruten", date(2026, 9, 25))),
    # What was never given in full is waited for since the decision.
    _with(NEW, ("delvis verkställd", date(2026, 6, 1), 20), ("avbruten", date(2026, 8, 1))),
    _with(NEW, ("avbruten", date(2026, 8, 1))),
    _with(NEW, ("delvis verkställd", date(2026, 6, 1), 20), ("avbruten", date(2026, 6, 9)),
          ("återupptagen", date(2026, 6, 20))),
    _with(NEW, ("verkställd", date(2026, 6, 1), 20)),
    # What is given in full is given, in whatever words and however often.
    _with("leave waited-enough", ("återupptagen", date(2026, 6, 1))),
    _with("leave waited-enough", ("verkställd", date(2026, 6, 1), 50)),
    _with("leave waited-enough", ("verkställd", date(2026, 6, 1)), ("verkställd", date(2026, 9, 15))),
    _with("leave waited-enough", ("delvis verkställd", date(2026, 6, 1), 20), ("avbruten", date(2026, 6, 9)),
          ("verkställd", date(2026, 6, 20))),
    _with("leave waited-enough", ("delvis verkställd", date(2026, 6, 1), 20), ("avbruten", date(2026, 6, 9)),
          ("återupptagen", date(2026, 6, 20), 50)),
    # What is taken up again after it was given in full is so in full, whatever it once was.
    _with("leave waited-enough", ("delvis verkställd", date(2026, 5, 21), 20), ("avbruten", date(2026, 5, 22)),
          ("verkställd", date(2026, 5, 25)), ("avbruten", date(2026, 6, 1)), ("återupptagen", date(2026, 6, 9))),
    # Less is given than was: how much is missing nobody has said. That it was mended later doesn't tell either.
    _with("refer unknown-part", ("verkställd", date(2026, 6, 1)), ("delvis verkställd", date(2026, 9, 1), 20)),
    _with("refer unknown-part", ("verkställd", date(2026, 6, 1)), ("verkställd", date(2026, 7, 1), 20),
          ("verkställd", date(2026, 7, 9))),
    # What comes after an end contradicts it: one of the two is a mistake, or the decision is another one by now.
    *(_with("refer after-end", ("avslutad", date(2026, 6, 1)), (what, date(2026, 9, 25)))
      for what in ("verkställd", "delvis verkställd", "återupptagen", "avbruten")),
    _with("refer after-end", ("verkställd", date(2026, 6, 1)), ("avslutad", date(2026, 6, 9)),
          ("avbruten", date(2026, 6, 10))),
    _with("refer after-end", ("verkställd", date(2026, 6, 1)), ("avslutad", date(2026, 6, 9)),
          ("delvis verkställd", date(2026, 6, 10), 20)),
    _with("refer after-end", ("avslutad", date(2026, 6, 1)), ("verkställd", TODAY + DAY)),
    _with("refer after-end", ("avslutad", date(2026, 6, 1)), ("verkställd", date(2026, 6, 2)),
          ("avslutad", date(2026, 6, 9))),
    _with("leave in-time", ("avslutad", date(2026, 6, 1)), ("avslutad", date(2026, 6, 9))),
    # What is given from before, and on one day interrupted and taken up, is given still: an entry that was mended.
    *(_with("leave waited-enough", ("verkställd", date(2026, 5, 25)), *happenings)
      for what in ("återupptagen", "verkställd")
      for happenings in ((("avbruten", date(2026, 6, 9)), (what, date(2026, 6, 9))),
                         ((what, date(2026, 6, 9)), ("avbruten", date(2026, 6, 9))))),
    _with(STOP, ("verkställd", date(2026, 5, 25)), ("avbruten", date(2026, 6, 1)), ("återupptagen", date(2026, 6, 9)),
          ("avbruten", date(2026, 6, 9))),
    _with(STOP, ("verkställd", date(2026, 5, 25)), ("återupptagen", date(2026, 6, 9)), ("avbruten", date(2026, 6, 9)),
          ("avbruten", date(2026, 6, 10))),
    _with("leave waited-enough", ("verkställd", date(2026, 5, 25)), ("avbruten", date(2026, 6, 9)),
          ("återupptagen", date(2026, 6, 9)), ("avslutad", date(2026, 6, 9))),
    _with(STOP, ("verkställd", date(2026, 5, 25)), ("avbruten", date(2026, 6, 1)), ("verkställd", date(2026, 6, 9)),
          ("återupptagen", date(2026, 6, 9)), ("avbruten", date(2026, 6, 9))),
    # Which of them came first nobody can tell where less is given.
    _with("refer unknown-part", ("verkställd", date(2026, 5, 25)), ("avbruten", date(2026, 6, 9)),
          ("delvis verkställd", date(2026, 6, 9), 20)),
    # On any other day it is carried out, then taken up again, then in part, then interrupted, then ended.
    _with("leave in-time", ("avslutad", date(2026, 8, 1)), ("avbruten", date(2026, 8, 1)),
          ("verkställd", date(2026, 6, 1))),
    _with("leave in-time", ("avslutad", date(2026, 6, 2)), ("avbruten", date(2026, 6, 2)),
          ("verkställd", date(2026, 6, 1))),
    _with("leave waited-enough", ("återupptagen", date(2026, 6, 1)), ("verkställd", date(2026, 6, 1), 20)),
    _with("refer unknown-part", ("delvis verkställd", date(2026, 6, 9), 20), ("återupptagen", date(2026, 6, 9)),
          ("verkställd", date(2026, 6, 1)), ("avbruten", date(2026, 6, 2))),
]  # fmt: skip

#: Nobody waits after their death, their move, or the decision's last day. A move before the decision means nothing, for
#: somebody may have moved back; that nobody was left to wait before it began is a contradiction, and asked about.
GONE = [
    Example(f"{fact}: {on}", a_case(a_decision(**{fact: on})), what)
    for fact in ("avliden", "utflyttad", "to")
    for on, what in (
        (date(2026, 8, 20), "leave in-time"),
        (date(2026, 8, 21), "refer ended-untold"),
        (date(2026, 10, 1), "refer ended-untold"),
        (date(2026, 5, 20), "leave in-time"),
        (date(2026, 5, 19), NEW if fact == "utflyttad" else "refer gone-before"),
        (date(2019, 1, 1), NEW if fact == "utflyttad" else "refer gone-before"),
    )
] + [
    Example(
        "died before the decision",
        a_case(a_decision(avliden=date(2026, 5, 18))),
        "refer gone-before",
        says="avled 2026-05-18, innan väntan började 2026-05-20",
        inputs={"beslutat": "2026-05-20", "till": None},
    ),
    Example(
        "run out before the decision",
        a_case(a_decision(to=date(2026, 5, 18))),
        "refer gone-before",
        says="löpte ut 2026-05-18, innan väntan började 2026-05-20",
    ),
    Example(
        "died and run out before the decision",
        a_case(a_decision(avliden=date(2026, 5, 18), to=date(2026, 5, 1))),
        "refer gone-before",
        says="avled 2026-05-18",
    ),
    Example(
        "died before the decision, and it was given too late",
        a_case(a_decision(avliden=date(2026, 5, 18), verkstallighet=_given(date(2026, 8, 25)))),
        "refer gone-before",
    ),
    Example(
        "died before the decision, and it was given in time",
        a_case(a_decision(avliden=date(2026, 5, 18), verkstallighet=_given(date(2026, 8, 20)))),
        "leave waited-enough",
    ),
    Example(
        "died before the decision, and it was ended too late",
        a_case(a_decision(avliden=date(2026, 5, 18), verkstallighet=(happened("avslutad", date(2026, 8, 25)),))),
        "refer ended-untold",
    ),
]

#: What was over in the quarter before is asked about once more, for somebody may have missed the window then. Later it
#: is not, else it would be asked about for ever.
OVER = [
    Example(f"{name}: {on}", a_case(a_decision(beslutat=date(2026, 2, 1), **facts)), what)
    for on, given, gone in (
        (date(2026, 6, 20), "refer over-untold", "refer over-untold"),
        (date(2026, 6, 30), "refer over-untold", "refer over-untold"),
        (date(2026, 7, 1), NEW, "refer ended-untold"),
    )
    for name, facts, what in (
        ("given", {"verkstallighet": _given(on)}, given),
        ("ended", {"verkstallighet": (happened("avslutad", on),)}, gone),
        ("died", {"avliden": on}, gone),
    )
] + [
    Example(f"{on}, by {period}",
            a_case(a_decision(beslutat=date(2025, 11, 1), verkstallighet=_given(on)), period=period),
            what, today=period.last + DAY, says=says)
    for on, period, what, says in (
        (date(2026, 3, 31), Q2, "refer over-untold", "görs det för hand"),
        (date(2026, 3, 31), Q3, "leave over", ""),
        (date(2026, 4, 1), Q3, "refer over-untold", "upphörde 2026-04-01, före kvartalet"),
    )
]  # fmt: skip

#: What is told of somebody who waited too long, by what came after.
LATE = [
    Example("still waiting", a_case(a_decision()), NEW,
            {"rule": "late", "step": "report", "key": f"ivo:B-1:2026Q3:{NEW}", "period": "2026Q3", "verkställt": None,
             "avbrottsdatum": None},
            says="beslutades 2026-05-20 och de tre månaderna gick ut 2026-08-20.",
            inputs={"beslutat": "2026-05-20", "till": None, "rapport": NEW}),
    Example("given too late", a_case(a_decision(verkstallighet=_given(date(2026, 8, 25)))), NEW,
            {"rule": "late", "step": "close", "key": f"ivo:B-1:2026Q3:{NEW}", "verkställt": "2026-08-25",
             "beskrivning": "Brist på en ledig bostad som passar beslutet. Insatsen bostad med särskild service för "
             "vuxna verkställdes 2026-08-25, mer än tre månader efter beslutet 2026-05-20."},
            says="gick ut 2026-08-20. Den verkställdes 2026-08-25.",
            inputs={"beslutat": "2026-05-20", "till": "2026-08-25", "rapport": NEW}),
    Example("given after the quarter", a_case(a_decision(verkstallighet=_given(date(2026, 10, 2)))), NEW,
            {"step": "close", "verkställt": "2026-10-02"}),
    Example("given today", a_case(a_decision(verkstallighet=_given(TODAY))), NEW,
            {"step": "close", "verkställt": "2026-10-05"}),
    Example("given and then ended",
            a_case(a_decision(verkstallighet=(*_given(date(2026, 8, 25)), happened("avslutad", date(2026, 9, 10))))),
            NEW, {"step": "close", "verkställt": "2026-08-25"}),
    Example("in part, and then in full, too late",
            a_case(a_decision(omfattning=50, verkstallighet=(
                happened("delvis verkställd", date(2026, 6, 9), 20), *_given(date(2026, 8, 25))))),
            NEW, {"step": "close", "verkställt": "2026-08-25", "ej verkställd del": None}),
    Example("interrupted",
            a_case(a_decision(beslutat=date(2025, 8, 1), drojsmal=(noted(date(2026, 7, 1)),), verkstallighet=(
                *_given(date(2025, 9, 1)), happened("avbruten", date(2026, 6, 1))))),
            STOP, {"rule": "late-again", "step": "report", "key": f"ivo:B-1:2026Q3:{STOP}",
                   "avbrottsdatum": "2026-06-01", "beslutsdatum": "2025-08-01", "verkställt": None},
            says="avbröts 2026-06-01 och de tre månaderna gick ut 2026-09-01.",
            inputs={"avbrott": "2026-06-01", "till": None, "rapport": STOP}),
    Example("interrupted, and taken up again too late",
            a_case(a_decision(beslutat=date(2025, 8, 1), drojsmal=(noted(date(2026, 7, 1)),), verkstallighet=(
                *_given(date(2025, 9, 1)), happened("avbruten", date(2026, 6, 1)),
                happened("återupptagen", date(2026, 9, 20))))),
            STOP, {"step": "close", "avbrottsdatum": "2026-06-01", "verkställt": "2026-09-20"},
            inputs={"avbrott": "2026-06-01", "till": "2026-09-20", "rapport": STOP}),
    Example("late before the quarter, and not told then", a_case(a_decision(beslutat=date(2026, 3, 1))), NEW,
            {"period": "2026Q3", "key": f"ivo:B-1:2026Q3:{NEW}"}, says="2026-06-01"),
    Example("died too late", a_case(a_decision(avliden=date(2026, 8, 21))), "refer ended-untold",
            says="De tre månaderna gick ut 2026-08-20", inputs={"beslutat": "2026-05-20", "till": None}),
    Example("ended too late", a_case(a_decision(verkstallighet=(happened("avslutad", date(2026, 8, 21)),))),
            "refer ended-untold", inputs={"beslutat": "2026-05-20", "till": "2026-08-21"}),
    Example("ended, without a day", a_case(a_decision(status="avslutat")), "refer ended-untold"),
    Example("ended in time", a_case(a_decision(verkstallighet=(happened("avslutad", date(2026, 8, 20)),))),
            "leave in-time", says="upphörde 2026-08-20", inputs={"beslutat": "2026-05-20", "till": "2026-08-20"}),
    Example("died in time", a_case(a_decision(avliden=date(2026, 8, 20))), "leave in-time",
            says="upphörde 2026-08-20"),
]  # fmt: skip

# --- what IVO knows --------------------------------------------------------------------------------------------------


def _of_march(*reported: Sent, **facts: Any) -> Case:
    """Return a case whose three months ended on 2026-06-01; else like the usual one."""
    return a_case(a_decision(beslutat=date(2026, 3, 1), **facts), *(reported or (told(Q2),)))


def _stopped(*happenings: tuple[str, date] | tuple[str, date, int | None]) -> Case:
    """Return what was given, interrupted on 2026-03-01 and told of, and what has happened to it since."""
    before = [*_given(date(2025, 9, 1)), happened("avbruten", date(2026, 3, 1))]
    since = [happened(*each) for each in happenings]
    facts = {"beslutat": date(2025, 8, 1), "omfattning": 50, "verkstallighet": (*before, *since)}
    return a_case(a_decision(**facts), told(Q2, STOP))


def _over(name: str, on: str, why: str | None = None, **facts: Any) -> Example:
    """Return what must come of a wait that is over though nothing was given."""
    then = {"avslutsdatum": on, "verkställt": None} | ({"avslutsorsak": why} if why else {})
    return Example(name, _of_march(**facts), CLOSED, then, says=on)


_SINCE_MARCH = {"beslutat": "2026-03-01", "till": None} | KNOWN

#: What IVO was told of in the quarter before, to its end. A declined offer is none.
FOLLOWED = [
    Example("still waiting", _of_march(), STILL,
            {"rule": "still-waiting", "step": "report", "key": f"ivo:B-1:2026Q3:{STILL}", "period": "2026Q3",
             "orsak": "resursbrist bostad", "verkställt": None, "avslutsdatum": None, "avbrottsdatum": None},
            says="2026Q2", inputs=_SINCE_MARCH | {"rapport": STILL}),
    Example("still waiting after a no", _of_march(erbjudanden=(offered(date(2026, 8, 1)),)), STILL),
    Example("given", _of_march(verkstallighet=_given(date(2026, 7, 9))), DONE,
            {"rule": "carried-out", "step": "close", "key": "ivo:B-1:2026Q2:verkställt", "period": "2026Q4",
             "verkställt": "2026-07-09", "beslutsdatum": "2026-03-01", "orsak": None, "beskrivning": None,
             "avbrottsdatum": None},
            says="2026-07-09", inputs=_SINCE_MARCH | {"till": "2026-07-09", "rapport": DONE}),
    Example("given before the quarter", _of_march(verkstallighet=_given(date(2026, 6, 20))), DONE,
            {"verkställt": "2026-06-20"}),
    Example("given after the quarter", _of_march(verkstallighet=_given(date(2026, 10, 2))), DONE,
            {"verkställt": "2026-10-02"}),
    Example("given today", _of_march(verkstallighet=_given(TODAY)), DONE, {"verkställt": "2026-10-05"}),
    Example("given tomorrow", _of_march(verkstallighet=_given(TODAY + DAY)), STILL),
    Example("given, and interrupted",
            _of_march(verkstallighet=(*_given(date(2026, 7, 9)), happened("avbruten", date(2026, 8, 1)))), DONE,
            {"verkställt": "2026-07-09"}),
    Example("given, and died", _of_march(verkstallighet=_given(date(2026, 7, 9)), avliden=date(2026, 8, 1)), DONE,
            {"verkställt": "2026-07-09"}),
    Example("given, and ended",
            _of_march(verkstallighet=(*_given(date(2026, 7, 9)), happened("avslutad", date(2026, 8, 1)))), DONE,
            {"verkställt": "2026-07-09"}),
    Example("taken up again after the interruption that was told", _stopped(("återupptagen", date(2026, 7, 9))), DONE,
            {"avbrottsdatum": "2026-03-01", "verkställt": "2026-07-09", "beslutsdatum": "2025-08-01"},
            inputs={"avbrott": "2026-03-01", "till": "2026-07-09", "kvittens": "IVO-2026-000001",
                    "senast rapporterat": f"2026Q2: {STOP}", "rapport": DONE}),
    Example("of what was interrupted a part is given", _stopped(("delvis verkställd", date(2026, 7, 9), 20)), STILL,
            {"avbrottsdatum": "2026-03-01", "ej verkställd del": "30 av 50 timmar i månaden"}),
    Example("of what was interrupted a part was given for a while",
            _stopped(("delvis verkställd", date(2026, 7, 9), 20), ("avbruten", date(2026, 8, 1))), STILL,
            {"avbrottsdatum": "2026-03-01", "ej verkställd del": None}),
    Example("of what was interrupted a part is given again",
            _stopped(("delvis verkställd", date(2026, 7, 9), 20), ("avbruten", date(2026, 8, 1)),
                     ("återupptagen", date(2026, 8, 9))), STILL,
            {"avbrottsdatum": "2026-03-01", "ej verkställd del": "30 av 50 timmar i månaden"}),
    Example("of two waits that were too long the last is told of",
            a_case(a_decision(beslutat=date(2025, 5, 1), verkstallighet=(
                *_given(date(2025, 12, 1)), happened("avbruten", date(2026, 3, 1)))), told(Q2, STOP)),
            STILL, {"avbrottsdatum": "2026-03-01"}),
    _over("withdrawn", "2026-07-09", "ansökan återtagen", status="avslutat",
          verkstallighet=(happened("avslutad", date(2026, 7, 9), why="ansökan återtagen"),)),
    _over("needed no more", "2026-07-09", "behovet har upphört",
          verkstallighet=(happened("avslutad", date(2026, 7, 9), why="behovet har upphört"),)),
    _over("died", "2026-08-01", "den enskilde har avlidit", avliden=date(2026, 8, 1)),
    _over("died today", "2026-10-05", avliden=TODAY),
    _over("died on the day of the decision", "2026-03-01", avliden=date(2026, 3, 1)),
    _over("moved", "2026-08-02", "den enskilde har flyttat", utflyttad=date(2026, 8, 2)),
    _over("moved, and died", "2026-08-02", "den enskilde har flyttat", utflyttad=date(2026, 8, 2),
          avliden=date(2026, 8, 9)),
    _over("run out", "2026-08-03", "beslutet har löpt ut", to=date(2026, 8, 3)),
    _over("run out yesterday", "2026-10-04", to=TODAY - DAY),
    # Who is gone needs nothing more, whatever is noted later, or of the same day.
    *(_over(f"died 2026-07-01, and ended {on}", "2026-07-01", "den enskilde har avlidit", avliden=date(2026, 7, 1),
            verkstallighet=(happened("avslutad", on, why=why),))
      for on in (date(2026, 7, 1), date(2026, 7, 15)) for why in ("behovet har upphört", "annat", None)),
    _over("died, and ended without a happening", "2026-07-01", "den enskilde har avlidit", status="avslutat",
          avliden=date(2026, 7, 1)),
    _over("withdrawn, and died since", "2026-06-30", "ansökan återtagen", avliden=date(2026, 7, 1),
          verkstallighet=(happened("avslutad", date(2026, 6, 30), why="ansökan återtagen"),)),
    *(_over(f"ended: {why}", "2026-07-09", why, verkstallighet=(happened("avslutad", date(2026, 7, 9), why=why),))
      for why in ("den enskilde har avlidit", "den enskilde har flyttat", "beslutet har löpt ut")),
    Example("runs out today", _of_march(to=TODAY), STILL),
    Example("dies tomorrow", _of_march(avliden=TODAY + DAY), STILL),
    Example("died before the decision", _of_march(avliden=date(2026, 2, 28)), "refer gone-before",
            says="2026-02-28", inputs=_SINCE_MARCH),
    Example("died before the decision, and it was given",
            _of_march(avliden=date(2026, 2, 28), verkstallighet=_given(date(2026, 7, 9))), DONE),
    Example("moved before the decision", _of_march(utflyttad=date(2026, 2, 28)), STILL),
    Example("over", _of_march(avliden=date(2026, 8, 1)), CLOSED,
            {"rule": "ended", "step": "close", "key": f"ivo:B-1:2026Q2:{CLOSED}", "period": "2026Q4", "orsak": None,
             "beskrivning": None}, inputs=_SINCE_MARCH | {"rapport": CLOSED}),
    Example("ended",
            _of_march(verkstallighet=(happened("avslutad", date(2026, 7, 9), why="ansökan återtagen"),)), CLOSED,
            {"rule": "ended", "step": "close", "key": f"ivo:B-1:2026Q2:{CLOSED}", "period": "2026Q4", "orsak": None},
            says="ansökan återtagen", inputs=_SINCE_MARCH | {"till": "2026-07-09", "rapport": CLOSED}),
    Example("ended for another reason",
            _of_march(verkstallighet=(happened("avslutad", date(2026, 7, 9), why="annat"),)), "refer ended-otherwise",
            says="Beslutet är avslutat av en anledning som reglerna inte känner. Vad ska IVO få veta?",
            inputs=_SINCE_MARCH | {"till": "2026-07-09", "anledning": "annat"}),
    Example("ended for another reason, and died since",
            _of_march(verkstallighet=(happened("avslutad", date(2026, 7, 9), why="annat"),), avliden=date(2026, 8, 1)),
            "refer ended-otherwise"),
    Example("ended for no reason",
            _of_march(verkstallighet=(happened("avslutad", date(2026, 7, 9)),)), "refer ended-otherwise",
            says="Beslutet är avslutat, men Lifecare visar inte varför. Vad ska IVO få veta?"),
    Example("ended, and nobody has said why", _of_march(status="avslutat"), "refer ended-otherwise",
            says="Beslutet är avslutat, men Lifecare visar inte varför. Vad ska IVO få veta?",
            inputs=_SINCE_MARCH | {"anledning": None}),
    Example("ended by mistake, and given since",
            _of_march(verkstallighet=(happened("avslutad", date(2026, 7, 1), why="ansökan återtagen"),
                                      *_given(date(2026, 9, 1)))), "refer after-end",
            says="Lifecare visar något efter att insatsen avslutades. Vad gäller?",
            inputs=PAGE | {"beslutat": "2026-03-01"}),
    Example("told of the quarter", _of_march(told(Q2), told(Q3, STILL)), "leave told-already", says="2026Q3",
            inputs=_SINCE_MARCH | {"senast rapporterat": f"2026Q3: {STILL}"}),
    Example("told of the next quarter", _of_march(told(Q2), told(Q4, STILL)), "leave told-already"),
    Example("told of the quarter, and given since",
            _of_march(told(Q2), told(Q3, STILL), verkstallighet=_given(date(2026, 10, 3))), DONE,
            {"key": "ivo:B-1:2026Q3:verkställt", "verkställt": "2026-10-03"}),
]  # fmt: skip

#: A wait that was late by 2025-11-01, given on 2025-12-01; then one that was late by 2026-06-20, over on 2026-07-10.
_TWICE = a_decision(
    beslutat=date(2025, 8, 1), drojsmal=(noted(date(2026, 5, 1)),),
    verkstallighet=(*_given(date(2025, 12, 1)), happened("avbruten", date(2026, 3, 20)),
                    happened("återupptagen", date(2026, 7, 10))),
)  # fmt: skip
#: Interrupted until 2026-04-20, which was late by 2026-04-05; and again, which was late by 2026-08-10.
_STOPS = a_decision(
    beslutat=date(2025, 8, 1), drojsmal=(noted(date(2026, 6, 1)),),
    verkstallighet=(*_given(date(2025, 9, 1)), happened("avbruten", date(2026, 1, 5)),
                    happened("återupptagen", date(2026, 4, 20)), happened("avbruten", date(2026, 5, 10))),
)  # fmt: skip
#: A wait that was late by 2025-11-01, given on 2026-04-10; then one that was late by 2026-08-01, and goes on.
_TWICE_LATE = a_decision(
    beslutat=date(2025, 8, 1), verkstallighet=(*_given(date(2026, 4, 10)), happened("avbruten", date(2026, 5, 1))),
)  # fmt: skip
_LATE_AND_GIVEN = a_decision(verkstallighet=_given(date(2026, 8, 25)))
_OLD = Quarter(2025, 4)


def _missing(decision: Insatsbeslut) -> Case:
    """Return a case that IVO was told of in Q2 and shows no longer."""
    case = a_case(decision, told(Q2))
    return replace(case, told=tuple(replace(each, is_open=False, is_missing=True) for each in case.told))


#: No wait is told twice. A report that somebody waits tells of one, and so does an end alone, of one that is over.
TOLD = [
    Example("told with its end", a_case(_LATE_AND_GIVEN, told(Q3, is_open=False)), "leave told-already",
            inputs={"beslutat": "2026-05-20", "till": "2026-08-25"}),
    Example("told with its end, in the next quarter",
            a_case(_LATE_AND_GIVEN, told(Q3, is_open=False), period=Q4), "leave told-already", today=JANUARY),
    Example("told, and its end", a_case(_LATE_AND_GIVEN, told(Q3), told(Q3, DONE)), "leave told-already"),
    Example("its end alone was told", a_case(_LATE_AND_GIVEN, told(Q3, DONE)), "leave told-already"),
    Example("told on the very last day, as is agreed",
            a_case(a_decision(beslutat=date(2026, 6, 30), verkstallighet=_given(date(2026, 10, 2))),
                   told(Q3, is_open=False), period=Q4, on_the_day=True), "leave told-already", today=JANUARY),
    Example("an end alone, of who still waits", a_case(a_decision(beslutat=date(2026, 3, 1)), told(Q2, DONE)),
            "refer ended-at-ivo", inputs={"beslutat": "2026-03-01", "till": None}),
    Example("its end, of who still waits by now",
            a_case(a_decision(beslutat=date(2026, 3, 1)), told(Q2), told(Q2, DONE)), "refer ended-at-ivo"),
    Example("told as given at once, and it was not",
            a_case(a_decision(beslutat=date(2026, 3, 1)), told(Q2, is_open=False)), "refer ended-at-ivo"),
    Example("told as run out, and it was prolonged",
            a_case(a_decision(beslutat=date(2026, 3, 1), to=date(2027, 5, 1)), told(Q2), told(Q2, CLOSED)),
            "refer ended-at-ivo"),
    Example("told as run out, and it has", a_case(a_decision(beslutat=date(2026, 3, 1), to=date(2026, 7, 1)),
                                                  told(Q2), told(Q2, CLOSED)), "leave told-already"),
    Example("told as ended, and it is", a_case(a_decision(beslutat=date(2026, 3, 1), status="avslutat"),
                                               told(Q2), told(Q2, CLOSED)), "leave told-already"),
    Example("told of by mistake, closed, and told of as it is",
            a_case(a_decision(beslutat=date(2026, 3, 1)), told(Q2), told(Q2, CLOSED), told(Q2)), STILL),
    Example("given, and interrupted for three months again: both are due",
            a_case(a_decision(beslutat=date(2026, 1, 10), drojsmal=(noted(date(2026, 7, 1)),),
                              verkstallighet=(*_given(date(2026, 6, 20)), happened("avbruten", date(2026, 6, 25)))),
                   told(Q2)), DONE,
            {"verkställt": "2026-06-20", "key": "ivo:B-1:2026Q2:verkställt", "again": STOP,
             "its key": f"ivo:B-1:2026Q3:{STOP}", "its after": DONE, "its since": "2026-06-25"},
            says="gick ut 2026-09-25", inputs=KNOWN | {"beslutat": "2026-01-10", "till": "2026-06-20",
                                                       "avbrott": "2026-06-25", "rapport": DONE}),
    Example("moved before the interruption that was told",
            a_case(a_decision(beslutat=date(2025, 8, 1), utflyttad=date(2026, 2, 28), verkstallighet=(
                *_given(date(2025, 9, 1)), happened("avbruten", date(2026, 3, 1)))), told(Q2, STOP)),
            "refer gone-before", says="längre 2026-02-28, innan väntan började 2026-03-01"),
    Example("moved on the day of the interruption that was told",
            a_case(a_decision(beslutat=date(2025, 8, 1), utflyttad=date(2026, 3, 1), verkstallighet=(
                *_given(date(2025, 9, 1)), happened("avbruten", date(2026, 3, 1)))), told(Q2, STOP)), CLOSED),
    Example("told of twice, and both are open", _of_march(told(Q2), told(Q3)), "refer two-open",
            inputs={"kvittens": "IVO-2026-000001", "senast rapporterat": f"2026Q2: {NEW}"}),
    Example("one is over, and one is open", _of_march(told(Q2, is_open=False), told(Q2)), STILL),
    Example("IVO shows it no longer", _missing(a_decision(beslutat=date(2026, 3, 1))), "refer gone-at-ivo",
            inputs={"kvittens": "IVO-2026-000001", "senast rapporterat": f"2026Q2: {NEW}"}),
    Example("IVO shows it no longer, and it is given",
            _missing(a_decision(beslutat=date(2026, 3, 1), verkstallighet=_given(date(2026, 7, 9)))),
            "refer gone-at-ivo"),
    Example("IVO shows it no longer, and was told anew",
            replace(_of_march(), told=(*_missing(a_decision()).told, *as_cases(told(Q2)))), STILL),
    Example("given, and why it is interrupted again nobody has noted",
            a_case(a_decision(beslutat=date(2026, 1, 10), drojsmal=(noted(date(2026, 6, 24)),),
                              verkstallighet=(*_given(date(2026, 6, 20)), happened("avbruten", date(2026, 6, 25)))),
                   told(Q2)), DONE, {"verkställt": "2026-06-20", "again": None},
            says="Insatsen verkställdes 2026-06-20. Dessutom: Ingen av orsakerna i IVO:s formulär är antecknad.",
            inputs=KNOWN | {"beslutat": "2026-01-10", "till": "2026-06-20", "avbrott": "2026-06-25",
                            "rapport": DONE}),
    Example("given, and interrupted for too long in the quarter before, which was read too late",
            a_case(a_decision(beslutat=date(2025, 11, 1), verkstallighet=(
                *_given(date(2026, 2, 20)), happened("avbruten", date(2026, 3, 1)),
                happened("återupptagen", date(2026, 6, 20)))), told(Q1)), DONE,
            {"verkställt": "2026-02-20", "again": None},
            says="Dessutom: De tre månaderna gick ut 2026-06-01, och väntan upphörde 2026-06-20, före kvartalet."),
    Example("given, and nobody can be told of", a_case(
        a_decision(beslutat=date(2026, 3, 1), personnummer=None, verkstallighet=_given(date(2026, 6, 20))), told(Q2)),
            "refer no-number"),
    Example("told of a stop that Lifecare does not show", _of_march(told(Q2, STOP)), "refer no-wait"),
    Example("told of as it began, though another has come since",
            a_case(a_decision(beslutat=date(2025, 8, 1), drojsmal=(noted(date(2026, 4, 1)),),
                              verkstallighet=(*_given(date(2026, 2, 20)), happened("avbruten", date(2026, 3, 1)))),
                   told(Q2)), DONE, {"verkställt": "2026-02-20", "again": STOP}),
    Example("nothing that IVO has is known", _of_march(told(Q2, "okänt: Annat", is_open=True),
                                                       told(Q3, "okänt: Rättelse", is_open=True)),
            "leave told-already"),
    Example("its end was told, and it is no matter yet", a_case(a_decision(beslutat=date(2026, 8, 1)), told(Q3),
                                                               told(Q3, DONE)), "leave in-time"),
    Example("given after the quarter, and after three months",
            a_case(a_decision(beslutat=date(2026, 6, 30), verkstallighet=_given(date(2026, 10, 2)))), "leave in-time",
            says="till och med 2026-09-30"),
    Example("given after the quarter, on the day that is agreed",
            a_case(a_decision(beslutat=date(2026, 6, 30), verkstallighet=_given(date(2026, 10, 2))), on_the_day=True),
            NEW, {"verkställt": "2026-10-02"}),
    Example("ended after the quarter",
            a_case(a_decision(beslutat=date(2026, 8, 1), verkstallighet=(happened("avslutad", date(2026, 10, 2)),))),
            "leave in-time", says="till och med 2026-11-01"),
    Example("mended by hand", _of_march(told(Q2), told(Q3, "okänt: Rättelse", is_open=True)), STILL,
            inputs=_SINCE_MARCH | {"rapport": STILL}),
    Example("told on the very day that it began", a_case(a_decision(beslutat=date(2026, 6, 30)), told(Q2), period=Q4),
            STILL, today=JANUARY),
    Example("the first that IVO shows is that somebody still waits",
            a_case(_TWICE, told(_OLD), told(_OLD, DONE), told(Q2, STILL)), DONE, {"verkställt": "2026-07-10"}),
    *(Example(f"the first that IVO shows of the second is an end: {end}",
              a_case(_TWICE, told(_OLD), told(_OLD, DONE), told(Q2, end)), "leave told-already")
      for end in (DONE, CLOSED)),
    Example("of two stops the one that was late by then", a_case(_STOPS, told(Q2, STOP), told(Q2, DONE)), STOP,
            {"avbrottsdatum": "2026-05-10"}),
    Example("of two stops that were late by then the latest", a_case(_STOPS, told(Q3, STOP), period=Q4), STILL,
            {"avbrottsdatum": "2026-05-10"}, today=JANUARY),
    Example("both stops were told", a_case(_STOPS, told(Q2, STOP), told(Q2, DONE), told(Q3, STOP, is_open=False)),
            "refer ended-at-ivo"),
    Example("recorded afterwards that it was given, and interrupted",
            a_case(a_decision(beslutat=date(2025, 8, 1), drojsmal=(noted(date(2026, 4, 1)),),
                              verkstallighet=(*_given(date(2026, 2, 20)), happened("avbruten", date(2026, 3, 1)))),
                   told(_OLD), told(Q1, STILL), told(Q2, STILL)), DONE,
            {"verkställt": "2026-02-20", "key": "ivo:B-1:2026Q2:verkställt", "again": STOP}),
    Example("maybe told of under another reference", a_case(a_decision(), maybe=("IVO-2026-000007",)),
            "refer maybe-told", says="IVO-2026-000007", inputs={"beslutat": "2026-05-20", "till": None}),
    Example("the second wait after the first was told", a_case(_TWICE, told(_OLD), told(_OLD, DONE)), STOP,
            {"avbrottsdatum": "2026-03-20", "verkställt": "2026-07-10"}),
    Example("the second wait after the first one's end alone was told", a_case(_TWICE, told(_OLD, DONE)), STOP,
            {"avbrottsdatum": "2026-03-20", "verkställt": "2026-07-10"}),
    Example("the second wait, and nobody has told of the first", a_case(_TWICE), STOP,
            {"avbrottsdatum": "2026-03-20"}),
    Example("the second wait, and the first was over in the quarter before",
            a_case(_TWICE_LATE), STOP,
            {"avbrottsdatum": "2026-05-01", "verkställt": None, "key": f"ivo:B-1:2026Q3:{STOP}"},
            says="gick ut 2026-08-01. Dessutom: De tre månaderna gick ut 2025-11-01, och väntan upphörde 2026-04-10, "
            "före kvartalet. IVO har inte fått veta det.",
            inputs={"beslutat": "2025-08-01", "avbrott": "2026-05-01", "till": None, "rapport": STOP}),
    Example("the second wait is a question too",
            a_case(replace(_TWICE_LATE, avliden=date(2026, 9, 1))), "refer ended-untold",
            says="Dessutom: De tre månaderna gick ut 2025-11-01"),
    Example("the first was over in the quarter before, and the second is no matter yet",
            a_case(replace(_TWICE_LATE, verkstallighet=(
                *_given(date(2026, 4, 10)), happened("avbruten", date(2026, 7, 1))))), "refer over-untold",
            says="upphörde 2026-04-10, före kvartalet", inputs={"beslutat": "2025-08-01", "till": "2026-04-10"}),
    Example("both waits were told", a_case(_TWICE, told(_OLD), told(_OLD, DONE), told(Q2, STOP, is_open=False)),
            "leave told-already"),
    Example("both waits' ends alone were told", a_case(_TWICE, told(_OLD, DONE), told(Q3, DONE)),
            "leave told-already"),
    Example("a new interruption after a case was closed",
            a_case(a_decision(beslutat=date(2025, 8, 1), verkstallighet=(
                *_given(date(2026, 1, 9)), happened("avbruten", date(2026, 5, 2)))), told(_OLD), told(Q1, DONE)),
            STOP, {"avbrottsdatum": "2026-05-02"}),
]  # fmt: skip

# --- what is written -------------------------------------------------------------------------------------------------

_SERVICE = {"lagrum": "9 § 3 LSS", "insats": "Ledsagarservice", "kod": "LSS-03", "omfattning": 50}


def _in_part(*happenings: tuple[str, date] | tuple[str, date, int | None], **facts: Any) -> Case:
    return a_case(a_decision(**_SERVICE | {"verkstallighet": tuple(happened(*each) for each in happenings)} | facts))


#: One report in full: the form gets this and nothing else.
IN_FULL = {
    "rapporttyp": NEW, "period": "2026Q3", "referens": "B-1", "personnummer": "199001012385", "område": "LSS",
    "lagrum": "9 § 3 LSS", "insatstyp": "LSS-03", "beslutsdatum": "2026-05-20", "orsak": "tackat nej",
    "ej verkställd del": "30 av 50 timmar i månaden", "erbjudande": "2026-07-03", "svar": "tackat nej",
    "beskrivning": "Den enskilde har tackat nej till det som har erbjudits. Insatsen ledsagarservice verkställdes "
    "delvis 2026-06-09; resten har inte verkställts sedan beslutet 2026-05-20. Ett erbjudande lämnades "
    "2026-07-03; den enskilde tackade nej 2026-07-10.",
    "konsekvenser": "Den enskilde är utan en del av insatsen ledsagarservice: 30 av 50 timmar i månaden.",
    "uppföljningar": "Orsaken följdes upp 2026-06-01, 2026-07-11.", "under tiden": "Under tiden: boendestöd.",
}  # fmt: skip

#: All that the form asks for, by its own words and from facts alone.
WRITTEN = [
    Example("in part, after a no",
            _in_part(("delvis verkställd", date(2026, 6, 9), 20),
                     erbjudanden=(offered(date(2026, 7, 3), svarat=date(2026, 7, 10)),), under_tiden=("Boendestöd",),
                     drojsmal=(noted(date(2026, 6, 1), "önskar vänta"), noted(date(2026, 7, 11), "tackat nej"))),
            NEW, IN_FULL),
    Example("in no part", a_case(a_decision()), NEW,
            {"ej verkställd del": None, "erbjudande": None, "svar": None, "orsak": "resursbrist bostad",
             "konsekvenser": "Den enskilde är utan insatsen bostad med särskild service för vuxna.",
             "uppföljningar": "Orsaken följdes upp 2026-07-01.", "under tiden": "Inga andra insatser är antecknade."}),
    *(Example(f"orsak: {orsak}", a_case(a_decision(drojsmal=(noted(date(2026, 7, 1), orsak),))), NEW,
              {"orsak": orsak})
      for orsak in ("resursbrist bostad", "resursbrist personal", "resursbrist uppdragstagare", "tackat nej",
                    "önskar vänta", "särskilda önskemål")),
    Example("the last note says why, in whatever order they are",
            a_case(a_decision(drojsmal=(noted(date(2026, 8, 1), "önskar vänta"), noted(date(2026, 7, 1))))), NEW,
            {"orsak": "önskar vänta"}),
    Example("a note of the first day counts", a_case(a_decision(drojsmal=(noted(date(2026, 5, 20)),))), NEW,
            {"orsak": "resursbrist personal"}),
    Example("an older note is of another wait", a_case(a_decision(drojsmal=(noted(date(2026, 5, 19)),))),
            "refer no-reason"),
    Example("a note of before the interruption is of another wait",
            a_case(a_decision(beslutat=date(2025, 8, 1), drojsmal=(noted(date(2025, 9, 20)),), verkstallighet=(
                *_given(date(2025, 10, 1)), happened("avbruten", date(2026, 6, 1))))), "refer no-reason"),
    *(Example(f"a note of {on} of a wait that ended on 2026-08-25",
              a_case(a_decision(drojsmal=(noted(on),), verkstallighet=_given(date(2026, 8, 25)))), what)
      for on, what in ((date(2026, 8, 25), NEW), (date(2026, 8, 26), "refer no-reason"))),
    Example("a note of a later wait is not of this one",
            a_case(a_decision(
                drojsmal=(noted(date(2026, 7, 1)), noted(date(2026, 9, 20), "önskar vänta")),
                verkstallighet=(*_given(date(2026, 8, 25)), happened("avbruten", date(2026, 9, 1))))), NEW,
            {"orsak": "resursbrist personal", "uppföljningar": "Orsaken följdes upp 2026-07-01."}),
    *(Example(f"an offer of {on} of a wait that ended on 2026-08-25",
              a_case(a_decision(erbjudanden=(offered(on),), verkstallighet=_given(date(2026, 8, 25)))), NEW,
              {"erbjudande": told_of})
      for on, told_of in ((date(2026, 8, 25), "2026-08-25"), (date(2026, 8, 26), None))),
    Example("a no is a reason where none is noted",
            a_case(a_decision(drojsmal=(), erbjudanden=(offered(date(2026, 7, 3)),))), NEW,
            {"orsak": "tackat nej", "uppföljningar": "Ingen uppföljning är antecknad."}),
    Example("a yes is none", a_case(a_decision(drojsmal=(), erbjudanden=(offered(date(2026, 7, 3), "tackat ja"),))),
            "refer no-reason"),
    Example("a no that was followed by an offer is none",
            a_case(a_decision(drojsmal=(), erbjudanden=(offered(date(2026, 7, 3)), offered(date(2026, 8, 3), None)))),
            "refer no-reason"),
    Example("a note outweighs a no",
            a_case(a_decision(drojsmal=(noted(date(2026, 7, 1)),), erbjudanden=(offered(date(2026, 7, 3)),))), NEW,
            {"orsak": "resursbrist personal"}),
    Example("the last offer is told, in whatever order they are",
            a_case(a_decision(erbjudanden=(offered(date(2026, 8, 3), None), offered(date(2026, 7, 3))))), NEW,
            {"erbjudande": "2026-08-03", "svar": "inget svar"}),
    Example("an offer of the first day counts", a_case(a_decision(erbjudanden=(offered(date(2026, 5, 20)),))), NEW,
            {"erbjudande": "2026-05-20", "svar": "tackat nej"}),
    Example("an older offer is of another wait", a_case(a_decision(erbjudanden=(offered(date(2026, 5, 19)),))), NEW,
            {"erbjudande": None, "svar": None}),
    Example("what Lifecare calls otherwise is not named",
            a_case(a_decision(under_tiden=("Stöd vid autism", "Hemtjänst"))), NEW,
            {"under tiden": "Under tiden: hemtjänst, annat stöd."}),
    Example("nothing that has a name of ours", a_case(a_decision(under_tiden=("Stöd vid autism",))), NEW,
            {"under tiden": "Under tiden: annat stöd."}),
    Example("of either law", a_case(a_decision(under_tiden=("Kontaktperson",))), NEW,
            {"under tiden": "Under tiden: kontaktperson."}),
    Example("in part, interrupted twice in a row, and taken up again",
            _in_part(("delvis verkställd", date(2026, 6, 1), 20), ("avbruten", date(2026, 8, 1)),
                     ("avbruten", date(2026, 8, 5)), ("återupptagen", date(2026, 9, 1))), NEW,
            {"ej verkställd del": "30 av 50 timmar i månaden", "verkställt": None}),
    Example("a part first, then the whole",
            _in_part(("delvis verkställd", date(2026, 6, 9), 20), ("verkställd", date(2026, 8, 25))), NEW,
            {"konsekvenser": "Den enskilde hade en del av insatsen ledsagarservice från 2026-06-09 och hela från "
             "2026-08-25."}),
    Example("a part for a while, then the whole",
            _in_part(("delvis verkställd", date(2026, 6, 9), 20), ("avbruten", date(2026, 8, 1)),
                     ("verkställd", date(2026, 8, 25))), NEW,
            {"konsekvenser": "Den enskilde hade en tid en del av insatsen ledsagarservice, och hela från 2026-08-25."}),
    Example("a part that nobody knows, then the whole",
            _in_part(("delvis verkställd", date(2026, 6, 9)), ("avbruten", date(2026, 8, 1)),
                     ("verkställd", date(2026, 8, 25))), NEW,
            {"konsekvenser": "Den enskilde hade en tid en del av insatsen ledsagarservice, och hela från 2026-08-25."}),
    Example("nothing, then the whole", _in_part(("verkställd", date(2026, 8, 25))), NEW,
            {"konsekvenser": "Den enskilde var utan insatsen ledsagarservice till 2026-08-25."}),
    Example("nothing after an interruption, of what was given in part before the whole",
            _in_part(("delvis verkställd", date(2025, 9, 1), 20), ("verkställd", date(2025, 9, 9)),
                     ("avbruten", date(2026, 5, 20)), ("verkställd", date(2026, 8, 25)),
                     beslutat=date(2025, 8, 20)), STOP,
            {"konsekvenser": "Den enskilde var utan insatsen ledsagarservice till 2026-08-25."}),
    Example("in part until it was interrupted",
            _in_part(("delvis verkställd", date(2026, 6, 9), 20), ("avbruten", date(2026, 8, 1))), NEW,
            {"ej verkställd del": None, "avbrottsdatum": None,
             "konsekvenser": "Den enskilde är utan insatsen ledsagarservice.",
             "beskrivning": "Brist på en ledig bostad som passar beslutet. Insatsen ledsagarservice har inte "
             "verkställts helt sedan beslutet 2026-05-20."}),
    Example("in part, and on the same day interrupted",
            _in_part(("avbruten", date(2026, 6, 9)), ("delvis verkställd", date(2026, 6, 9), 20)), NEW,
            {"ej verkställd del": None}),
    Example("the part is taken up again",
            _in_part(("delvis verkställd", date(2026, 6, 9), 20), ("avbruten", date(2026, 8, 1)),
                     ("återupptagen", date(2026, 8, 9))), NEW,
            {"ej verkställd del": "30 av 50 timmar i månaden",
             "beskrivning": "Brist på en ledig bostad som passar beslutet. Insatsen ledsagarservice verkställdes "
             "delvis 2026-08-09; resten har inte verkställts sedan beslutet 2026-05-20."}),
    Example("another part is taken up",
            _in_part(("delvis verkställd", date(2026, 6, 9), 20), ("avbruten", date(2026, 8, 1)),
                     ("återupptagen", date(2026, 8, 9), 30)), NEW, {"ej verkställd del": "20 av 50 timmar i månaden"}),
    Example("after an interruption it is given in part",
            _in_part(("verkställd", date(2026, 5, 21)), ("avbruten", date(2026, 6, 1)),
                     ("delvis verkställd", date(2026, 8, 9), 20)), STOP,
            {"ej verkställd del": "30 av 50 timmar i månaden", "avbrottsdatum": "2026-06-01"}),
    Example("more and more is given",
            _in_part(("delvis verkställd", date(2026, 6, 9), 20), ("verkställd", date(2026, 8, 1), 49)), NEW,
            {"ej verkställd del": "1 av 50 timmar i månaden"}),
    *(Example(f"it is not counted in hours, and is given: {hours}",
              _in_part(("verkställd", date(2026, 6, 9), hours), omfattning=None), "leave waited-enough")
      for hours in (1, 20, None)),
]  # fmt: skip

#: A part that nobody knows is asked about: how much is missing is what the report is of.
UNKNOWN_PART = [
    Example(f"{part} of {whole}", _in_part(("delvis verkställd", date(2026, 6, 9), part), omfattning=whole),
            "refer unknown-part", inputs={"beslutat": "2026-05-20", "till": None})
    for whole, part in ((None, 20), (50, None), (50, 0), (50, 50), (50, 60))
]  # fmt: skip
UNKNOWN_PART += [
    *(Example(f"carried out with no hours at all: of {whole}",
              _in_part(("verkställd", date(2026, 6, 9), 0), omfattning=whole), "refer unknown-part",
              says="Hur mycket av den är det inte?")
      for whole in (50, 1, None)),
    Example("carried out with no hours at all for a while, and then in full",
            _in_part(("verkställd", date(2026, 6, 9), 0), ("avbruten", date(2026, 8, 1)),
                     ("verkställd", date(2026, 8, 25))), "refer unknown-part"),
    Example("carried out with no hours at all, and then in full",
            _in_part(("verkställd", date(2026, 6, 9), 0), ("verkställd", date(2026, 8, 25))), "refer unknown-part"),
    Example("some of it is taken up again",
            _in_part(("delvis verkställd", date(2026, 6, 9)), ("avbruten", date(2026, 6, 20)),
                     ("återupptagen", date(2026, 7, 9))), "refer unknown-part"),
    Example("less than before", _in_part(("verkställd", date(2026, 6, 9)), ("verkställd", date(2026, 7, 1), 20)),
            "refer unknown-part", inputs=PAGE | {"lagrum": "9 § 3 LSS"}),
]  # fmt: skip


_MAYBE = [offered(date(2026, 7, 1), "tackat ja", date(2026, 8, 1))]
_NEVER_SAID_WHEN = [offered(date(2026, 7, 1), "tackat ja")]

#: Nothing is left out by the bot: a text that the form would cut is asked about.
LONG = [
    Example("as long as it may be", a_case(a_decision(kod="LSS-06", erbjudanden=(*_MAYBE * 8, *_NEVER_SAID_WHEN * 5))),
            NEW),
    Example("longer", a_case(a_decision(kod="LSS-06", erbjudanden=(*_MAYBE * 9, *_NEVER_SAID_WHEN * 5))),
            "refer too-long", says="Texten om beskrivning är längre än 1000 tecken",
            inputs={"beslutat": "2026-05-20", "till": None}),
    Example("two are longer", a_case(a_decision(erbjudanden=(*_MAYBE * 20,), under_tiden=("Boendestöd",) * 100)),
            "refer too-long", says="Texten om beskrivning är"),
]  # fmt: skip

#: By socialtjänstlagen those who have turned 65 by the quarter's last day are ÄO. LSS is LSS at any age.
AREAS = [
    Example(f"{number}: {area}", a_case(a_decision(**by, personnummer=number)), NEW, {"område": area})
    for number, by, area in (
        ("194510168885", {}, "LSS"),
        ("199001012385", {}, "LSS"),
        *(
            (number, {"lagrum": "11 kap. 1 § SoL", "kod": "SOL-01"}, area)
            for number, area in (
                ("194510168885", "ÄO"),
                ("199001012385", "OF"),
                # A number that IVO has given has any day of birth.
                ("19610815-T123", "ÄO"),
                ("19610930-T123", "ÄO"),
                ("19611001-T123", "OF"),
                ("19621130-T123", "OF"),
            )
        ),
    )
]

# --- the mock's scenes -----------------------------------------------------------------------------------------------

#: What must come of each scene of the mock systems.
SCENES = {
    "recent": "leave in-time", "carried out in time": "leave waited-enough", "not decided yet": "leave not-decided",
    "refused": "leave not-decided", "withdrawn in time": "leave in-time", "ordered by a court": "leave court",
    "without assessment": "leave not-reportable", "adapted home": "leave not-reportable",
    "the region's": "leave not-reportable", "late by a day": NEW, "late on the day itself": "leave in-time",
    "late": NEW, "declined an offer": NEW, "carried out in part": NEW, "carried out too late": NEW,
    "interrupted": STOP, "interrupted a short while": "leave in-time", "taken up again in time": "leave waited-enough",
    "still waiting": STILL, "still waiting after a no": STILL, "carried out at last": DONE, "withdrawn": CLOSED,
    "need has ceased": CLOSED, "died": CLOSED, "moved away": CLOSED, "expired": CLOSED, "in part by now": STILL,
    "still interrupted": STILL, "taken up again": DONE, "protected": "refer protected",
    "protection unknown": "refer protected", "has no number": "refer no-number", "has a T number": NEW,
    "has a broken number": "refer no-number", "unknown support": "refer unknown-support",
    "unknown section": "refer unknown-section", "section of another time": "refer other-law",
    "no reason given": "refer no-reason", "died untold": "refer ended-untold", "expired untold": "refer ended-untold",
    "withdrawn too late": "refer ended-untold", "in part, but how much": "refer unknown-part",
    "ended for another reason": "refer ended-otherwise", "interrupted again": DONE,
}  # fmt: skip
#: Scenes that come to a second report.
AGAIN = {"interrupted again": STOP}


def scenes(count: int, seed: int, today: date) -> Iterator[Example]:
    """Yield so many of the mock's decisions, over all scenes, with what must come of each."""
    made, earlier = insatser.seeded(count, seed, today)
    period = Quarter.of(insatser.status_day(today))
    for each in made:
        yield Example(each.scene, as_shown(each, earlier, period), SCENES[each.scene], today=today)


#: Every case, the shortest way to a difference first.
EXAMPLES = [
    *LATE, *FOLLOWED, *TOLD, *WRITTEN, *HAPPENINGS, *BOUNDARY, *GONE, *OVER, *FACTS, *FOR_PEOPLE, *UNKNOWN_PART, *LONG,
    *AREAS,
]  # fmt: skip
