"""Mock IVO: it keeps its word on reports, cases, sessions, journal and faults, whatever it looks like."""

import json
import re
import time
from collections.abc import Iterator
from datetime import date
from http.client import RemoteDisconnected
from typing import Any
from urllib.parse import urlencode

import pytest

from fixtures.ivo import form
from fixtures.ivo import ui as user_interface
from fixtures.ivo.seed import seed
from fixtures.mockui.insatser import seeded
from fixtures.mockui.server import Spec, serve
from tests.ivo import CARE, DECISION, PERSON, REASON, REFERENCE, SOCIAL, Answer, Client

TODAY = date(2026, 10, 12)
KNOWN = ("2023.2", "2026.1")


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Serve every version once; tests put them back to the beginning."""
    with serve([Spec("ivo", ui=each, rows=80, today=TODAY, name=each) for each in KNOWN]) as urls:
        yield urls


@pytest.fixture(params=KNOWN)
def stranger(request: pytest.FixtureRequest, addresses: dict[str, str]) -> Client:
    """Return a client of a freshly reset mock, not signed in, once for every version."""
    client = Client(addresses[request.param], request.param)
    client.faults()
    client.send("POST", "/__mock__/reset")
    return client


@pytest.fixture
def ivo(stranger: Client) -> Client:
    """Return a client who is signed in for the förvaltning that has reported before."""
    return stranger.sign_in()


def a_case_of_before(client: Client) -> dict[str, Any]:
    """Return some case that IVO was told of in an earlier quarter."""
    return dict(client.state()["cases"][0])


# Signing in.


@pytest.mark.parametrize("screen", ["list", "new"])
def test_nobody_sees_anything_without_a_session(stranger: Client, screen: str) -> None:
    """Whatever is asked for, the way goes through the start page."""
    assert stranger.get("/").headers["location"] == stranger.ui.path("start")
    assert stranger.get(stranger.ui.path(screen)).headers["location"] == stranger.ui.path("start")
    assert stranger.ui.path("identify") in stranger.get(stranger.ui.path("start")).text


def test_a_person_signs_in_and_chooses_a_forvaltning(stranger: Client) -> None:
    """Two steps, and no page before both are taken."""
    assert stranger.identify().headers["location"] == stranger.ui.path("office")
    assert stranger.get(stranger.ui.path("list")).headers["location"] == stranger.ui.path("office")
    office = stranger.get(stranger.ui.path("office")).said

    assert CARE in office
    assert SOCIAL in office
    stranger.form(stranger.ui.path("office"), **{stranger.ui.wording["controls"]["office"]: SOCIAL})
    assert "Ragnhild Test" in stranger.get(stranger.ui.path("list")).text


@pytest.mark.parametrize(("person", "code"), [("Ragnhild Test", "1"), ("Nils Ingen", None)])
def test_the_wrong_code_or_person_is_refused(stranger: Client, person: str, code: str | None) -> None:
    """Only who is there and sees the page gets in."""
    answer = stranger.identify(person, code)

    assert answer.status == 401
    assert 'role="alert"' in answer.text
    assert stranger.cookie == ""


def test_an_unknown_forvaltning_is_refused(stranger: Client) -> None:
    """One reports for one's own only."""
    stranger.identify()
    answer = stranger.form(stranger.ui.path("office"), **{stranger.ui.wording["controls"]["office"]: "Byggnadsnämnden"})

    assert answer.status == 422
    assert stranger.get(stranger.ui.path("list")).headers["location"] == stranger.ui.path("office")


def test_a_lost_session_leads_to_the_start_page_that_says_so(ivo: Client) -> None:
    """A bot can tell an expired session from one that never was."""
    ivo.faults({"kind": "session_expiry", "count": 1})

    answer = ivo.get(ivo.ui.path("list"))

    assert answer.status == 303
    assert ivo.ui.message("expired") in ivo.get(answer.headers["location"]).said


def test_a_draft_outlives_the_session_as_far_as_it_was_saved(ivo: Client) -> None:
    """A person who is thrown out in the middle goes on where the last step was saved."""
    report = ivo.draft()
    ivo.save(report, "beslut", DECISION)
    ivo.faults({"kind": "session_expiry", "count": 1})

    lost = ivo.save(report, "orsak", REASON)

    assert lost.leads_to == f"{ivo.ui.path('start')}?utgangen=1"
    ivo.sign_in()
    case = ivo.get(ivo.ui.path("case", id=ivo.case()["id"]))
    assert ivo.ui.path("orsak", id=report) in case.text
    values = ivo.report(report)["values"]
    assert (values["insatstyp"], values["orsak"]) == ("LSS-03", "")


def test_every_page_tells_its_version(ivo: Client) -> None:
    """Two probes must agree on the version wherever the bot lands, on error pages too."""
    report = ivo.complete()
    paths = [ivo.ui.path(each) for each in ("start", "identify", "office", "list", "new")]
    paths += [ivo.ui.path(each, id=report) for each in form.STEPS]
    paths += [ivo.ui.path(each, id=a_case_of_before(ivo)["id"]) for each in ("case", "follow_up")]
    ivo.send_in(report)

    for page in [ivo.get(each) for each in [*paths[:5], *paths[9:], ivo.ui.path("receipt", id=report), "/finns-inte"]]:
        assert f'<meta name="app-version" content="{ivo.version}">' in page.text
        assert re.search(r'src="/static/ivo\.[0-9a-f]{8}\.js"', page.text)
    assert page.status == 404


# The list and the case.


def test_the_pages_of_the_list_hold_every_case_once(ivo: Client) -> None:
    """25 a page: a bot that turns all pages has seen all there is."""
    page = ivo.ui.wording["query"]["page"]
    texts = [ivo.get(f"{ivo.ui.path('list')}?{page}={number}").text for number in (1, 2)]

    found = [re.findall(r"IVO-\d{4}-\d{6}", text) for text in texts]

    assert len(found[0]) == 25
    assert sorted(found[0] + found[1]) == sorted(each["number"] for each in ivo.state()["cases"])
    assert "Sida 2 av 2" in texts[1]


def test_a_case_is_found_by_the_reference(ivo: Client) -> None:
    """A bot finds the case of a decision without turning pages."""
    case = a_case_of_before(ivo)
    query = urlencode({ivo.ui.wording["query"]["reference"]: case["reference"].lower()})

    text = ivo.get(f"{ivo.ui.path('list')}?{query}").text

    assert re.findall(r"IVO-\d{4}-\d{6}", text) == [case["number"]]
    assert ivo.ui.path("case", id=case["id"]) in text


def test_each_forvaltning_has_its_own_cases(ivo: Client) -> None:
    """What one reports is none of the other's business, by no address."""
    case = a_case_of_before(ivo)
    report = ivo.draft()

    ivo.sign_in(SOCIAL)

    assert case["number"] not in ivo.get(ivo.ui.path("list")).text
    assert ivo.get(ivo.ui.path("case", id=case["id"])).status == 404
    assert ivo.get(ivo.ui.path("rapport", id=report)).status == 404
    assert ivo.begin(PERSON, case["id"]).status == 404
    assert ivo.save(report, "beslut", DECISION).status == 404
    assert ivo.send_in(report).status == 404


def test_a_case_shows_what_was_told_of_it_before(ivo: Client) -> None:
    """One row for each report, with its receipt."""
    case = a_case_of_before(ivo)

    text = ivo.get(ivo.ui.path("case", id=case["id"])).said

    assert len(case["reports"]) > 1
    for report in case["reports"]:
        assert report["kvittens"] in text
        assert ivo.ui.period(report["values"]["period"]) in text
    assert ivo.ui.path("follow_up", id=case["id"]) in text


# The wizard.

FOLLOW_UP = {"lagrum": "4 kap. 1 § SoL", "insatstyp": "SOL-01", "beslutsdatum": "2025-05-01"}


@pytest.mark.parametrize(
    ("kind", "steps", "status"),
    [
        ("nytt ej verkställt", (DECISION, REASON), "ej verkställt"),
        ("nytt avbrott", (DECISION | {"avbrottsdatum": "2026-05-04"}, REASON), "ej verkställt"),
        (
            "nytt ej verkställt",
            (DECISION | {"verkstallt_sent": "ja", "verkstallighetsdatum": "2026-10-05"}, REASON),
            "verkställt",
        ),
        (
            "nytt avbrott",
            (
                DECISION | {"avbrottsdatum": "2026-05-04", "delvis": "ja", "omfattning": "3 timmar"},
                REASON | {"erbjudande": "ja", "erbjudandedatum": "2026-06-30", "svar": "tackat nej"},
            ),
            "ej verkställt",
        ),
    ],
)
def test_a_new_report_is_written_and_sent(
    ivo: Client, kind: str, steps: tuple[dict[str, str], ...], status: str
) -> None:
    """From the first field to the receipt: what was filled in is what IVO has."""
    report = ivo.complete(None, *steps, rapporttyp=kind)
    check = ivo.get(ivo.ui.path("kontroll", id=report)).said

    receipt = ivo.get(ivo.send_in(report).leads_to).said

    case, sent = ivo.case(), ivo.report(report)
    assert (case["status"], case["forvaltning"]) == (status, CARE)
    filled_in = {**PERSON, "rapporttyp": kind, **steps[0], **steps[1]}
    assert {name: value for name, value in sent["values"].items() if value not in ("", "nej")} == {
        name: value for name, value in filled_in.items() if value != "nej"
    }
    for fact in (
        sent["kvittens"],
        case["number"],
        REFERENCE,
        ivo.ui.period("2026Q3"),
        ivo.ui.value("rapporttyp", kind),
    ):
        assert fact in receipt
    for name in ("beslutsdatum", "avbrottsdatum", "erbjudandedatum"):
        assert ivo.ui.day(filled_in.get(name, "")) in check
    assert sent["kvittens"] in ivo.get(ivo.ui.path("case", id=case["id"])).text


@pytest.mark.parametrize(
    ("kind", "period", "steps", "status"),
    [
        ("fortsatt ej verkställt", "2026Q3", (FOLLOW_UP | {"delvis": "nej"}, REASON), "ej verkställt"),
        ("verkställt", "2026Q4", (FOLLOW_UP | {"verkstallighetsdatum": "2026-10-01"},), "verkställt"),
        (
            "avslutat",
            "2026Q4",
            (FOLLOW_UP | {"avslutsdatum": "2026-09-30", "avslutsorsak": "avliden"},),
            "avslutat",
        ),
    ],
)
def test_a_follow_up_is_written_on_the_case(
    ivo: Client, kind: str, period: str, steps: tuple[dict[str, str], ...], status: str
) -> None:
    """It is about the same person and decision, and the case keeps its number."""
    case = a_case_of_before(ivo)
    report = ivo.complete(case["id"], *steps, rapporttyp=kind, period=period)

    ivo.send_in(report)

    after = ivo.case(case["reference"])
    assert (after["id"], after["number"], after["status"]) == (case["id"], case["number"], status)
    assert after["reports"][-1]["kvittens"] == "IVO-K-0000037"
    follow_up = ivo.ui.path("follow_up", id=case["id"])
    assert (follow_up in ivo.get(ivo.ui.path("case", id=case["id"])).text) == (status == "ej verkställt")


def test_a_follow_up_keeps_person_and_reference(ivo: Client) -> None:
    """Whatever is sent, the same number is used throughout."""
    case = a_case_of_before(ivo)

    report = ivo.draft(case["id"], rapporttyp="verkställt", period="2026Q4", personnummer="200809032386")

    values, before = ivo.report(report)["values"], case["reports"][-1]["values"]
    assert [values[name] for name in ("eget_arendenummer", "personnummer", "lagrum", "insatstyp")] == [
        before[name] for name in ("eget_arendenummer", "personnummer", "lagrum", "insatstyp")
    ]


@pytest.mark.parametrize(
    ("step", "changes", "wrong"),
    [
        ("rapport", {"rapporttyp": ""}, ["rapporttyp"]),
        ("rapport", {"period": "", "omrade": ""}, ["period", "omrade"]),
        ("rapport", {"period": "2026Q2"}, ["period"]),
        ("rapport", {"rapporttyp": "verkställt"}, ["rapporttyp"]),
        ("rapport", {"eget_arendenummer": "x" * 41}, ["eget_arendenummer"]),
        ("rapport", {"personnummer": "199001012386"}, ["personnummer"]),
        ("rapport", {"personnummer": "9001012385"}, ["personnummer"]),
        ("rapport", {"personnummer": "19901301-T123"}, ["personnummer"]),
        ("beslut", {"lagrum": "", "insatstyp": ""}, ["lagrum", "insatstyp"]),
        ("beslut", {"insatstyp": "SOL-03"}, ["insatstyp"]),
        ("beslut", {"beslutsdatum": "2026-02-30"}, ["beslutsdatum"]),
        ("beslut", {"beslutsdatum": "2026-10-13"}, ["beslutsdatum"]),
        ("beslut", {"delvis": ""}, ["delvis"]),
        ("beslut", {"delvis": "ja"}, ["omfattning"]),
        ("beslut", {"verkstallt_sent": "ja"}, ["verkstallighetsdatum"]),
        ("beslut", {"verkstallt_sent": "ja", "verkstallighetsdatum": "2026-02-28"}, ["verkstallighetsdatum"]),
        ("orsak", {"orsak": ""}, ["orsak"]),
        ("orsak", {"orsak": "annat", "beskrivning": ""}, ["beskrivning"]),
        ("orsak", {"erbjudande": ""}, ["erbjudande"]),
        ("orsak", {"erbjudande": "ja"}, ["erbjudandedatum", "svar"]),
        ("orsak", {"uppfoljningar": "å" * 1001}, ["uppfoljningar"]),
    ],
)
def test_a_step_that_is_not_right_is_not_saved(
    ivo: Client, step: str, changes: dict[str, str], wrong: list[str]
) -> None:
    """Each field that is wrong is named, above all fields and beside its own, and linked to."""
    report = ivo.complete()
    before = ivo.state()
    given = {"rapport": PERSON, "beslut": DECISION, "orsak": REASON}[step]

    answer = ivo.save(report, step, given | changes)

    assert answer.status == 422
    assert answer.refused == [ivo.id_of(name) for name in wrong]
    assert ivo.state() == before
    if not ivo.ui.is_drawn_by_script:
        assert [f'id="{ivo.id_of(name)}_fel"' in answer.text for name in wrong] == [True] * len(wrong)


@pytest.mark.parametrize(
    ("kind", "period", "wrong"),
    [
        ("verkställt", "2026Q4", ["verkstallighetsdatum"]),
        ("avslutat", "2026Q4", ["avslutsdatum", "avslutsorsak"]),
        ("fortsatt ej verkställt", "2026Q3", ["delvis"]),
    ],
)
def test_a_follow_up_asks_for_what_its_kind_needs(ivo: Client, kind: str, period: str, wrong: list[str]) -> None:
    """Only that: the decision is known already."""
    report = ivo.draft(a_case_of_before(ivo)["id"], rapporttyp=kind, period=period)

    answer = ivo.save(report, "beslut", FOLLOW_UP)

    assert answer.refused == [ivo.id_of(name) for name in wrong]


def test_an_interruption_asks_for_its_date(ivo: Client) -> None:
    """Three months are counted from it."""
    answer = ivo.save(ivo.draft(rapporttyp="nytt avbrott"), "beslut", DECISION)

    assert answer.refused == [ivo.id_of("avbrottsdatum")]


def test_what_is_carried_out_or_closed_has_no_reason_to_give(ivo: Client) -> None:
    """The step isn't there, by no address."""
    report = ivo.draft(a_case_of_before(ivo)["id"], rapporttyp="verkställt", period="2026Q4")

    answer = ivo.save(report, "beslut", FOLLOW_UP | {"verkstallighetsdatum": "2026-10-01"})

    assert answer.leads_to == ivo.ui.path("kontroll", id=report)
    assert ivo.save(report, "orsak", REASON).status == 404
    assert ivo.get(ivo.ui.path("orsak", id=report)).headers["location"] == ivo.ui.path("kontroll", id=report)


def test_an_answer_that_is_no_longer_asked_for_is_forgotten(ivo: Client) -> None:
    """Nothing is sent that its sender doesn't see."""
    report = ivo.complete(None, DECISION | {"delvis": "ja", "omfattning": "3 timmar"}, REASON)

    ivo.save(report, "beslut", DECISION | {"omfattning": "3 timmar"})

    assert ivo.report(report)["values"]["omfattning"] == ""


@pytest.mark.parametrize("number", ["199001012385", "19900101-T123", "19900101-TF10", "202201612385"])
def test_numbers_of_each_form_are_taken(ivo: Client, number: str) -> None:
    """Personnummer, samordningsnummer, and those that IVO gives to who has none."""
    assert ivo.report(ivo.draft(personnummer=number))["values"]["personnummer"] == number


@pytest.mark.parametrize(
    ("number", "sex"),
    [("199001012385", "kvinna"), ("199001012393", "man"), ("19900101-T123", "kvinna"), ("19900101-TF10", "man")],
)
def test_the_sex_is_read_from_the_number(ivo: Client, number: str, sex: str) -> None:
    """Nobody types it: the third character of the last part is even for women."""
    ivo.draft(personnummer=number)
    (report,) = (each["id"] for each in ivo.case()["reports"])

    ivo.save(report, "beslut", DECISION)
    ivo.save(report, "orsak", REASON)

    check = ivo.get(ivo.ui.path("kontroll", id=report)).said
    assert re.search(rf'{ivo.ui.wording["labels"]["kon"]}(</th><td>|", "){ivo.ui.value("sex", sex)}', check)


def test_a_draft_is_kept_as_far_as_it_goes(ivo: Client) -> None:
    """Nothing but what tells it from others is needed to keep it, and it is resumed where it is."""
    known = {name: PERSON[name] for name in form.IDENTITY}

    answer = ivo.begin(known, action="spara")

    (report,) = ivo.case()["reports"]
    assert answer.leads_to == ivo.ui.path("rapport", id=report["id"])
    assert ivo.case()["status"] == "utkast"
    assert ivo.begin({**known, "eget_arendenummer": ""}, action="spara").refused == [ivo.id_of("eget_arendenummer")]
    assert ivo.get(ivo.ui.path("kontroll", id=report["id"])).headers["location"] == answer.leads_to
    assert answer.leads_to in ivo.get(ivo.ui.path("case", id=ivo.case()["id"])).text


def test_a_draft_is_never_kept_with_what_can_not_be_right(ivo: Client) -> None:
    """Half is kept, wrong is not: the limits hold for drafts too."""
    report = ivo.draft()

    assert ivo.save(report, "beslut", {"beslutsdatum": "2026-13-01"}, "spara").refused == [ivo.id_of("beslutsdatum")]
    assert ivo.save(report, "beslut", {"lagrum": "9 § 3 LSS"}, "spara").status in (200, 303)


def test_a_text_of_a_thousand_characters_is_taken(ivo: Client) -> None:
    """A line break counts as one, however the browser sends it."""
    report = ivo.draft()
    ivo.save(report, "beslut", DECISION)

    answer = ivo.save(report, "orsak", REASON | {"konsekvenser": "å" * 499 + "\r\n" + "ö" * 500})

    assert answer.status in (200, 303)
    assert len(ivo.report(report)["values"]["konsekvenser"]) == 1000


def test_only_what_was_checked_is_sent(ivo: Client) -> None:
    """A named person answers for it."""
    report = ivo.complete()

    answer = ivo.send_in(report, checked=False)

    assert answer.refused == [ivo.id_of("kontrollerat")]
    assert ivo.report(report)["kvittens"] is None


def test_a_draft_is_discarded(ivo: Client) -> None:
    """With the case, if nothing was ever sent of it."""
    before = ivo.state()
    report = ivo.draft()

    answer = ivo.discard(report)

    assert answer.leads_to == ivo.ui.path("list")
    assert ivo.state() == before
    assert ivo.ui.message("discarded") in ivo.get(answer.leads_to).said


def test_a_case_outlives_its_discarded_follow_up(ivo: Client) -> None:
    """What was sent stays."""
    case = a_case_of_before(ivo)

    ivo.discard(ivo.draft(case["id"], rapporttyp="verkställt", period="2026Q4"))

    assert ivo.case(case["reference"]) == case


# Periods.


@pytest.mark.parametrize(
    ("today", "periods"),
    [
        (date(2026, 1, 31), ("2025Q4",)),
        (date(2026, 2, 1), ()),
        (date(2026, 3, 31), ()),
        (date(2026, 4, 1), ("2026Q1",)),
        (date(2026, 5, 1), ()),
        (date(2026, 7, 1), ("2026Q2",)),
        (date(2026, 8, 31), ("2026Q2",)),
        (date(2026, 9, 30), ()),
        (date(2026, 10, 31), ("2026Q3",)),
        (date(2026, 11, 1), ()),
    ],
)
def test_a_quarter_is_reported_in_its_window(today: date, periods: tuple[str, ...]) -> None:
    """On its first and on its last day, and on no other."""
    assert form.open_periods(today) == periods


@pytest.mark.parametrize("version", KNOWN)
def test_outside_the_windows_only_an_end_is_reported(version: str) -> None:
    """Verkställt and avslutat may be told any time; the page says why nothing else can."""
    with serve([Spec("ivo", ui=version, rows=80, today=date(2026, 11, 22))]) as urls:
        ivo = Client(urls["ivo"], version).sign_in()
        case = a_case_of_before(ivo)

        assert ivo.ui.message("no_period") in ivo.get(ivo.ui.path("new")).said
        assert ivo.begin().refused == [ivo.id_of("period")]
        assert ivo.begin(PERSON | {"rapporttyp": "fortsatt ej verkställt"}, case["id"]).refused == [ivo.id_of("period")]
        assert ivo.draft(case["id"], rapporttyp="avslutat", period="2026Q4")


# Doubles.


def test_a_second_draft_is_refused_and_the_first_one_named(ivo: Client) -> None:
    """Who began twice finds what was begun."""
    report = ivo.draft()

    answer = ivo.begin()

    assert answer.status == 422
    assert f"{REFERENCE} och {ivo.ui.period('2026Q3')}: {report}, sparat av Ragnhild Test" in answer.said
    assert len(ivo.case()["reports"]) == 1


def test_a_second_follow_up_draft_is_refused_and_the_first_one_named(ivo: Client) -> None:
    """One case has one draft."""
    case = a_case_of_before(ivo)
    report = ivo.draft(case["id"], rapporttyp="fortsatt ej verkställt")

    answer = ivo.begin(PERSON | {"rapporttyp": "verkställt", "period": "2026Q4"}, case["id"])

    assert answer.status == 422
    assert report in answer.said


def test_an_open_case_is_not_begun_anew(ivo: Client) -> None:
    """The reference belongs to one open case; once it is closed, an interruption begins another."""
    case = a_case_of_before(ivo)

    answer = ivo.begin(PERSON | {"eget_arendenummer": case["reference"]})

    assert answer.refused == [ivo.id_of("eget_arendenummer")]
    assert case["number"] in answer.said
    closing = FOLLOW_UP | {"verkstallighetsdatum": "2026-10-01"}
    ivo.send_in(ivo.complete(case["id"], closing, rapporttyp="verkställt", period="2026Q4"))
    assert ivo.draft(eget_arendenummer=case["reference"], rapporttyp="nytt avbrott")


def test_a_quarter_is_told_once(ivo: Client) -> None:
    """A case that was reported for the quarter waits for the next, or ends."""
    report = ivo.complete()
    ivo.send_in(report)
    case = ivo.case()["id"]

    answer = ivo.begin(PERSON | {"rapporttyp": "fortsatt ej verkställt"}, case)

    assert answer.refused == [ivo.id_of("period")]
    assert ivo.begin(PERSON | {"rapporttyp": "verkställt", "period": "2026Q4"}, case).status in (200, 303)


def test_a_reference_may_be_used_by_each_forvaltning(ivo: Client) -> None:
    """They don't know of each other."""
    ivo.draft()
    ivo.sign_in(SOCIAL)

    assert ivo.begin().status in (200, 303)


def test_sending_twice_gives_the_first_receipt_again(ivo: Client) -> None:
    """A second click is no second report."""
    report = ivo.complete()
    version = ivo.report(report)["version"]
    ivo.send_in(report, version)
    before = ivo.state()

    answer = ivo.send_in(report, version)

    assert answer.status == 409
    assert ivo.ui.message("sent", kvittens=ivo.report(report)["kvittens"]) in answer.said
    assert ivo.state() == before


def test_what_was_sent_is_changed_no_more(ivo: Client) -> None:
    """Neither saved over nor thrown away; its page is its receipt."""
    report = ivo.complete()
    ivo.send_in(report)
    before = ivo.state()

    assert ivo.save(report, "orsak", REASON).status == 409
    assert ivo.discard(report).status == 409
    assert ivo.get(ivo.ui.path("orsak", id=report)).headers["location"] == ivo.ui.path("receipt", id=report)
    assert ivo.state() == before


def test_a_closed_case_is_not_reported_on(ivo: Client) -> None:
    """Neither its page nor the server offers it."""
    late = DECISION | {"verkstallt_sent": "ja", "verkstallighetsdatum": "2026-10-05"}
    ivo.send_in(ivo.complete(None, late, REASON))
    case = ivo.case()["id"]

    answer = ivo.begin(PERSON | {"rapporttyp": "verkställt", "period": "2026Q4"}, case)

    assert answer.status == 409
    assert ivo.ui.message("closed") in answer.said
    assert ivo.get(ivo.ui.path("follow_up", id=case)).status == 409


# The look of a step.


def guide_of(page: Answer) -> dict[str, Any]:
    """Return what the script of the wizard's page draws."""
    found = re.search(r'id="guidens-start">(.*?)</script>', page.text)
    assert found is not None
    guide: dict[str, Any] = json.loads(found[1])
    return guide


def test_a_posted_back_step_shows_what_the_answer_asks_for(addresses: dict[str, str]) -> None:
    """In the classic version by a round trip, which saves nothing and is no attempt to."""
    ivo = Client(addresses["2023.2"], "2023.2").sign_in()
    ivo.send("POST", "/__mock__/reset")
    report = ivo.sign_in().draft()
    before = ivo.journal(), ivo.state()
    assert "Omfattning som inte" not in ivo.get(ivo.ui.path("beslut", id=report)).text

    page = ivo.save(report, "beslut", {"lagrum": "9 § 4 LSS", "delvis": "ja"}, "uppdatera").text

    assert "Omfattning som inte" in page
    assert "LSS-04" in page
    assert "SOL-04" not in page
    assert '<option value="9 § 4 LSS" selected>' in page
    assert (ivo.journal(), ivo.state()) == before


def test_a_step_drawn_by_script_knows_what_each_answer_asks_for(addresses: dict[str, str]) -> None:
    """In the newer version the page shows it at once, so it is told beforehand, in its own names."""
    ivo = Client(addresses["2026.1"], "2026.1").sign_in()
    ivo.send("POST", "/__mock__/reset")
    report = ivo.sign_in().draft()

    fields = {each["name"]: each for each in guide_of(ivo.get(ivo.ui.path("beslut", id=report)))["fields"]}

    assert fields["aterstar"]["shown"] == [{"delvis": ["ja"]}]
    (kontaktperson,) = (each for each in fields["insats"]["options"] if each["value"] == "LSS-04")
    assert "9 § 4 LSS" in kontaktperson["offered"][0]["lag"]
    assert "11 kap. 1 § SoL" not in kontaktperson["offered"][0]["lag"]


def test_the_two_versions_name_their_fields_differently() -> None:
    """A map of one must not work on the other by chance."""
    old, new = (user_interface.load(each).wording for each in KNOWN)

    assert old["fields"].keys() == new["fields"].keys()
    assert old["labels"].keys() == new["labels"].keys()
    same = [name for name in old["fields"] if old["fields"][name] == new["fields"][name]]
    assert len(same) <= 2


# Codes.


def test_a_code_that_is_taken_away_can_not_be_reported(ivo: Client) -> None:
    """Not in a new draft, and not in one that was filled in before; what was sent still shows it."""
    report = ivo.complete()
    assert ivo.codes({"insatstyp": {"LSS-03": None}, "orsak": {"annat": "Annan orsak"}}).status == 200

    assert ivo.send_in(report).refused == [ivo.id_of("insatstyp")]
    assert ivo.save(report, "beslut", DECISION).refused == [ivo.id_of("insatstyp")]
    assert "Ledsagarservice" in ivo.get(ivo.ui.path("case", id=ivo.case()["id"])).text
    assert ivo.save(report, "beslut", DECISION | {"insatstyp": "LSS-04"}).status in (200, 303)
    assert "Annan orsak" in ivo.get(ivo.ui.path("orsak", id=report)).said


@pytest.mark.parametrize(
    "body", [[], {"insatstyp": None}, {"insatstyp": {"LSS-99": None}}, {"orsaker": {}}, {"orsak": {"annat": 3}}]
)
def test_a_malformed_change_of_codes_is_refused_with_a_sentence(stranger: Client, body: object) -> None:
    """A trial that was set up wrongly must not look like one that passed."""
    answer = stranger.codes(body)

    assert answer.status == 422
    assert json.loads(answer.text)["error"].endswith(".")


# The journal and the faults of writes.


def test_the_journal_holds_every_attempt_and_every_change(ivo: Client) -> None:
    """Draft, steps and sending, each by what it is about; and what was sent in full."""
    report = ivo.complete()
    ivo.save(report, "orsak", {})
    ivo.send_in(report)
    ivo.discard(ivo.draft(eget_arendenummer="B-99002"))
    key = f"{REFERENCE}:2026Q3"

    assert ivo.journal() == [
        ("draft", key, False),
        ("draft", key, True),
        ("save", f"{key}:beslut", False),
        ("save", f"{key}:beslut", True),
        ("save", f"{key}:orsak", False),
        ("save", f"{key}:orsak", True),
        ("save", f"{key}:orsak", False),
        ("send", f"{key}:nytt ej verkställt", False),
        ("send", f"{key}:nytt ej verkställt", True),
        ("draft", "B-99002:2026Q3", False),
        ("draft", "B-99002:2026Q3", True),
        ("discard", "B-99002:2026Q3", False),
        ("discard", "B-99002:2026Q3", True),
    ]
    sent = json.loads(ivo.get("/__mock__/journal").text)[8]["payload"]
    truth = ivo.report(report)
    assert sent == {name: truth[name] for name in ("by", "values", "kvittens")} | {"report": report}


def test_an_attempt_by_nobody_or_on_nothing_is_journaled_and_refused(stranger: Client) -> None:
    """The journal is the witness of every attempt that reaches the server."""
    assert stranger.begin().status in (303, 401)
    stranger.sign_in()
    assert stranger.send_in("R-999999", 1).status == 404

    assert stranger.journal() == [("draft", f"{REFERENCE}:2026Q3", False), ("send", "R-999999", False)]


def act_of(ivo: Client, kind: str) -> Any:
    """Return what makes one write of a kind, ready to be done."""
    if kind == "draft":
        return ivo.begin
    report = ivo.complete()
    version = ivo.report(report)["version"]
    if kind == "save":
        return lambda: ivo.save(report, "orsak", REASON | {"beskrivning": "Nytt."}, version=version)
    return (lambda: ivo.discard(report, version)) if kind == "discard" else (lambda: ivo.send_in(report, version))


WRITES = ["draft", "save", "discard", "send"]


@pytest.mark.parametrize("kind", WRITES)
def test_an_error_before_the_commit_changes_nothing(ivo: Client, kind: str) -> None:
    """A 502 doesn't say whether it happened; here it did not."""
    act = act_of(ivo, kind)
    before, rows = ivo.state(), ivo.journal()
    ivo.faults({"kind": "error_before_commit", "count": 1, "of": kind})

    answer = act()

    assert answer.status == 502
    assert "app-version" not in answer.text
    assert ivo.state() == before
    assert [(row[0], row[2]) for row in ivo.journal()[len(rows) :]] == [(kind, False)]


@pytest.mark.parametrize("kind", WRITES)
def test_an_error_after_the_commit_hides_a_change_that_happened(ivo: Client, kind: str) -> None:
    """The same 502, and here it did: this is what `uncertain` is for."""
    act = act_of(ivo, kind)
    before, rows = ivo.state(), ivo.journal()
    ivo.faults({"kind": "error_after_commit", "count": 1, "of": kind})

    assert act().status == 502
    assert ivo.state() != before
    assert [(row[0], row[2]) for row in ivo.journal()[len(rows) :]] == [(kind, False), (kind, True)]


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize(
    "fault",
    [
        *({"kind": each} for each in ("error_before_commit", "error_after_commit")),
        {"kind": "commit_late", "seconds": 0},
        {"kind": "session_expiry", "on": "write"},
    ],
    ids=lambda fault: str(fault["kind"]),
)
def test_a_fault_of_one_kind_of_write_strikes_that_one(ivo: Client, kind: str, fault: dict[str, object]) -> None:
    """And no other, so that a trial knows what it has lost."""
    others = [each for each in WRITES if each != kind]
    act = act_of(ivo, kind)
    ivo.faults(*({**fault, "count": 9, "of": each} for each in others))
    rows = ivo.journal()

    answer = act()

    assert answer.status in (200, 303)
    assert [(row[0], row[2]) for row in ivo.journal()[len(rows) :]] == [(kind, False), (kind, True)]


@pytest.mark.parametrize("kind", WRITES)
def test_a_late_commit_cuts_the_answer_and_lands_afterwards(ivo: Client, kind: str) -> None:
    """A server may do a thing after the client was gone."""
    act = act_of(ivo, kind)
    before, rows = ivo.state(), ivo.journal()
    ivo.faults({"kind": "commit_late", "count": 1, "seconds": 0.5, "of": kind})

    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        act()

    assert ivo.state() == before
    deadline = time.monotonic() + 5
    while ivo.state() == before:
        assert time.monotonic() < deadline
    assert [(row[0], row[2]) for row in ivo.journal()[len(rows) :]] == [(kind, False), (kind, True)]


@pytest.mark.parametrize("kind", ["send", "discard"])
def test_a_late_commit_does_not_land_on_a_sent_or_lost_draft(ivo: Client, kind: str) -> None:
    """Two changes of one draft never both count."""
    act = act_of(ivo, "send")
    (report,) = ivo.case()["reports"]
    ivo.faults({"kind": "commit_late", "count": 1, "seconds": 1})
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        act()
    act() if kind == "send" else ivo.discard(report["id"])
    ivo.faults({"kind": "latency", "count": 1, "seconds": 1.5, "on": "write"})

    ivo.begin(PERSON | {"eget_arendenummer": "B-99002"})

    assert ivo.journal().count(("send", f"{REFERENCE}:2026Q3:nytt ej verkställt", True)) == (kind == "send")


def test_a_step_seen_before_a_change_is_not_saved(ivo: Client) -> None:
    """Somebody else's change must be seen before it is written over."""
    report = ivo.complete()

    answer = ivo.save(report, "orsak", REASON | {"beskrivning": "Äldre."}, version=1)

    assert answer.status == 409
    assert ivo.ui.message("changed", by="Ragnhild Test") in answer.said
    assert ivo.report(report)["values"]["beskrivning"] == REASON["beskrivning"]


# The faults of reads.


def test_a_complete_draft_that_goes_stale_was_sent_by_a_colleague(ivo: Client) -> None:
    """What the page showed as a draft is a report by now; sending it again gives that one's receipt."""
    report = ivo.complete()
    version = ivo.report(report)["version"]
    ivo.faults({"kind": "stale_row", "count": 1})

    ivo.get(ivo.ui.path("kontroll", id=report))

    truth = ivo.report(report)
    assert truth["by"] == "Hans Test"
    answer = ivo.send_in(report, version)
    assert answer.status == 409
    assert truth["kvittens"] in answer.said


def test_a_draft_that_goes_stale_was_changed_by_a_colleague(ivo: Client) -> None:
    """The page showed the old version, so a step of it is refused."""
    report = ivo.draft()
    ivo.faults({"kind": "stale_row", "count": 1})

    ivo.get(ivo.ui.path("beslut", id=report))

    answer = ivo.save(report, "beslut", DECISION, version=1)
    assert answer.status == 409
    assert ivo.ui.message("changed", by="Hans Test") in answer.said


def test_a_case_that_goes_stale_was_closed_by_a_colleague(ivo: Client) -> None:
    """The page offered to report on it; the server refuses."""
    case = a_case_of_before(ivo)
    ivo.faults({"kind": "stale_row", "count": 1})

    assert ivo.ui.path("follow_up", id=case["id"]) in ivo.get(ivo.ui.path("case", id=case["id"])).text

    assert ivo.case(case["reference"])["status"] == "verkställt"
    assert ivo.begin(PERSON | {"rapporttyp": "verkställt", "period": "2026Q4"}, case["id"]).status == 409


@pytest.mark.parametrize(
    ("fault", "mark"),
    [
        ({"kind": "modal"}, "Systemet är stängt för underhåll på söndag."),
        ({"kind": "logout", "seconds": 3}, "setTimeout"),
        ({"kind": "slow_asset", "seconds": 0.1}, "?slow=0.1"),
    ],
)
def test_a_page_is_disturbed_once(ivo: Client, fault: dict[str, object], mark: str) -> None:
    """What was asked for comes over the page, and not over the next."""
    ivo.faults({**fault, "count": 1})

    assert mark in ivo.get(ivo.ui.path("list")).text
    assert mark not in ivo.get(ivo.ui.path("list")).text


def test_latency_delays_the_answer(ivo: Client) -> None:
    """What was asked to be slow is slow, once."""
    ivo.faults({"kind": "latency", "count": 1, "seconds": 0.15})
    started = time.monotonic()

    ivo.get(ivo.ui.path("list"))

    assert time.monotonic() - started >= 0.15


def test_looking_changes_nothing(ivo: Client) -> None:
    """A plan may be made as often as one likes."""
    report = ivo.complete()
    before = ivo.state()

    for screen in ("list", "new"):
        ivo.get(ivo.ui.path(screen))
    for screen in ("case", "follow_up"):
        ivo.get(ivo.ui.path(screen, id=a_case_of_before(ivo)["id"]))
    for step in form.STEPS:
        ivo.get(ivo.ui.path(step, id=report))

    assert ivo.state() == before


# Control and seed.


def test_a_reset_brings_back_the_seeded_state(ivo: Client) -> None:
    """Every trial starts from the same place: reports, codes, journal and sessions."""
    ivo.send("POST", "/__mock__/reset")
    before = ivo.state()
    ivo.sign_in().draft()
    ivo.codes({"insatstyp": {"LSS-03": None}})

    ivo.send("POST", "/__mock__/reset", "{}")

    assert ivo.state() == before
    assert ivo.journal() == []
    assert ivo.get(ivo.ui.path("list")).status == 303


def test_time_passes_and_all_that_was_done_stays(ivo: Client) -> None:
    """Only the day is another: reports, codes, journal and sessions are what they were."""
    ivo.send_in(ivo.complete())
    ivo.draft(eget_arendenummer="B-99002")
    ivo.codes({"insatstyp": {"LSS-04": None}})
    before, rows = ivo.state(), ivo.journal()

    ivo.move_to("2027-01-04")

    assert ivo.state() == before | {"today": "2027-01-04"}
    assert ivo.journal() == rows
    assert ivo.get(ivo.ui.path("list")).status == 200


def test_when_time_has_passed_another_quarter_is_reported(ivo: Client) -> None:
    """October's window is shut and January's open, also for what was begun in October."""
    left = ivo.complete()

    ivo.move_to("2027-01-04")

    page = ivo.get(ivo.ui.path("new")).said
    assert ivo.ui.period("2026Q4") in page
    assert ivo.ui.period("2026Q3") not in page
    assert ivo.begin(PERSON | {"eget_arendenummer": "B-99002"}).refused == [ivo.id_of("period")]
    assert ivo.send_in(left).refused == [ivo.id_of("period")]
    assert ivo.save(left, "rapport", PERSON | {"period": "2026Q4"}).status in (200, 303)
    assert ivo.send_in(left).status in (200, 303)


def test_a_case_that_was_told_of_is_told_of_again_in_the_next_quarter(ivo: Client) -> None:
    """The follow-up of January stands on the case of October, under its number."""
    ivo.send_in(ivo.complete())
    case = ivo.case()
    ivo.move_to("2027-01-04")
    follow_up = ivo.complete(case["id"], rapporttyp="fortsatt ej verkställt", period="2026Q4")

    ivo.send_in(follow_up)

    after = ivo.case()
    assert (after["id"], after["number"]) == (case["id"], case["number"])
    assert [(each["values"]["period"], each["changed"][:10]) for each in after["reports"]] == [
        ("2026Q3", "2026-10-12"),
        ("2026Q4", "2027-01-04"),
    ]


def test_the_future_begins_after_the_day_that_it_was_moved_to(ivo: Client) -> None:
    """A date that was refused is in the past by now; the new day's number has its year."""
    ivo.move_to("2027-01-04")
    report = ivo.complete(period="2026Q4")

    refused = ivo.save(report, "beslut", DECISION | {"beslutsdatum": "2027-01-05"}).refused

    assert refused == [ivo.id_of("beslutsdatum")]
    assert ivo.save(report, "beslut", DECISION | {"beslutsdatum": "2027-01-04"}).status in (200, 303)
    ivo.send_in(report)
    assert ivo.case()["number"].startswith("IVO-2027-")


def test_a_colleague_is_faster_on_the_day_that_it_was_moved_to(ivo: Client) -> None:
    """What goes stale goes stale now, not on the first day."""
    case = a_case_of_before(ivo)
    ivo.move_to("2027-01-04")
    ivo.faults({"kind": "stale_row", "count": 1})

    ivo.get(ivo.ui.path("case", id=case["id"]))

    sent = ivo.case(case["reference"])["reports"][-1]
    assert sent["changed"].startswith("2027-01-04T")
    assert (sent["values"]["period"], sent["values"]["verkstallighetsdatum"]) == ("2027Q1", "2027-01-04")


def test_cases_of_decisions_that_are_not_kept_are_gone(ivo: Client) -> None:
    """As in Lifecare, so that both hold the same."""
    for reference in ("B-99001", "B-99002"):
        ivo.send_in(ivo.complete(eget_arendenummer=reference))

    assert ivo.send("POST", "/__mock__/keep", '["B-99002"]').status == 200

    assert [each["reference"] for each in ivo.state()["cases"]] == ["B-99002"]


def test_a_reset_goes_back_to_the_first_day(ivo: Client) -> None:
    """A trial in which time passed leaves nothing to the next."""
    before = ivo.state()
    ivo.move_to("2027-01-04")

    ivo.send("POST", "/__mock__/reset")

    assert before["today"] == TODAY.isoformat()
    assert ivo.state() == before


def test_the_seed_holds_what_ivo_was_told() -> None:
    """One case for each decision, its quarters in order, each with a receipt of its own."""
    decisions, told = seeded(80, 1, TODAY)
    cases = seed(80, 1, TODAY).cases.values()

    assert sorted((each.reference, report.period, report.kind) for each in cases for report in each.sent) == sorted(
        (each.beslut, each.period, each.kind) for each in told
    )
    insats_of = {each.id: each for each in decisions}
    for case in cases:
        assert [each.period for each in case.sent] == sorted(each.period for each in case.sent)
        assert {each.values["insatstyp"] for each in case.sent} == {insats_of[case.reference].code}
    kvittenser = [report.kvittens for each in cases for report in each.sent]
    assert len(set(kvittenser)) == len(kvittenser) == len(told)


@pytest.mark.parametrize("today", [TODAY, date(2026, 1, 5), date(2026, 3, 31), date(2024, 7, 1)])
def test_what_is_seeded_is_what_the_form_lets_through(today: date) -> None:
    """An earlier report holds nothing that IVO would not have taken."""
    state = seed(80, 1, today)
    rapporttyp_and_period = {"rapporttyp", "period"}  # of another day

    for case in state.cases.values():
        for report in case.sent:
            for step in form.steps(report.values):
                wrong = form.problems(
                    step,
                    report.values,
                    lambda name: {each.value for each in state.options(name, follow_up=True)},
                    today,
                    complete=True,
                )
                assert {each.name for each in wrong} <= rapporttyp_and_period


def test_no_diagnosis_and_nobody_protected_is_in_the_seed() -> None:
    """What a municipality may not report is in no earlier report either."""
    decisions, _ = seeded(80, 1, TODAY)
    protected = {each.personnummer for each in decisions if each.protection != "none"}
    values = [report.values for case in seed(80, 1, TODAY).cases.values() for report in case.sent]

    assert not {each["personnummer"] for each in values} & protected
    assert "autism" not in json.dumps(values)
