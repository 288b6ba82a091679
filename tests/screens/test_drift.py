"""Screens that are not the map's: each is refused by its name, with counts, and nothing is written on it.

The mock's pages are changed on their way to the browser, one thing at a time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route

from bots.browser.screen import Seen
from bots.errors import PersonProtected, SelectorDrift, SignInRefused
from bots.screens.lifecare import Lifecare
from tests.screens.mock import Mock, open_ids
from tests.screens.portal import a_session, account, remove, sign_in_beside

pytestmark = pytest.mark.usefixtures("hasty")

SIGN_IN, LIST, REMINDER, PANEL, ASK = "sign-in", "list", "reminder", "panel", "ask"


@dataclass(frozen=True)
class Change:
    """One thing that is otherwise in an upgraded system, and what of the map it contradicts."""

    what: str
    page: str
    old: str
    new: str
    element: str
    #: What is found in its place; None where the reason says more than counts do.
    found: tuple[int, ...] | None = None

    def apply(self, body: str) -> str:
        """Return the page as upgraded. A change that changes nothing would prove nothing."""
        changed = re.sub(self.old, self.new, body)
        assert changed != body, f"nothing to change for: {self.what}"
        return changed


_ISO = r">(\d{4})-(\d\d)-(\d\d)<"
_SHORT = r">(\d+) (\w{3}) (\d{4})<"
_SHORT_JSON = r'"(\d+) (\w{3}) (\d{4})"'

CHANGES: dict[str, list[Change]] = {
    "2023.10": [
        Change("the button is renamed", REMINDER, "Bekräfta borttagning<", "Arkivera<", "confirm_removal", (0, 1)),
        Change(
            "a twin of the button",
            REMINDER,
            '<button type="button" id="ctl00_Main_btnAngra"',
            '<button type="submit">Bekräfta borttagning</button>\\g<0>',
            "confirm_removal",
            (2, 2),
        ),
        Change(
            "the button is moved out of its form",
            REMINDER,
            '<button type="submit" id="ctl00_Main_btnBekrafta"',
            '</form><button form="ctl00_Main_pnlTaBort" type="submit"',
            "confirm_removal",
            (0, 0),
        ),
        Change("the form sends something else", REMINDER, '/ta-bort"', '/arkivera"', "confirm_removal", (0, 0)),
        Change(
            "the button is no longer one",
            REMINDER,
            '<button type="submit" id="ctl00_Main_btnBekrafta".*?</button>',
            '<a href="#">Bekräfta borttagning</a>',
            "confirm_removal",
            (0, 0),
        ),
        Change("the opener is renamed", REMINDER, "Ta bort</button>", "Åtgärda</button>", "remove", (0, 1)),
        Change(
            "the reason has another label",
            REMINDER,
            '"ctl00_Main_txtOrsak">Orsak<',
            '"ctl00_Main_txtOrsak">Notat<',
            "reason",
            (0, 1),
        ),
        Change("the heading is another", REMINDER, "<caption>Uppgifter", "<caption>Underlag", "identity", (0, 1)),
        Change("a column is gone", REMINDER, '<th scope="col">Notering</th>', "", "tables.history.columns.note", (0,)),
        Change(
            "a header is doubled",
            REMINDER,
            '<th scope="col">Tid</th>',
            "\\g<0>\\g<0>",
            "tables.history.columns.time",
            (2,),
        ),
        Change(
            "a column is renamed",
            PANEL,
            ">Verkställighet<",
            ">Genomförande<",
            "tables.all_beslut.columns.verkstallighet",
            (0,),
        ),
        Change("the panel's table is gone", PANEL, "<caption>Beslut<", "<caption>Insatser<", "tables.all_beslut", (0,)),
        Change("the frame is another", REMINDER, 'name="underlag"', 'name="bilaga"', "tables.all_beslut.frame", (0,)),
        Change(
            "a field is gone", REMINDER, r'<tr><th scope="row">Skapad av</th>.*?</tr>', "", "fields.created_by", (0,)
        ),
        Change(
            "a field is doubled",
            REMINDER,
            r'<tr><th scope="row">Ärende</th>.*?</tr>',
            "\\g<0>\\g<0>",
            "fields.arende",
            (2,),
        ),
        Change("the flag is gone", REMINDER, r'<tr><th scope="row">Skydd</th>.*?</tr>', "", "fields.skydd", (0,)),
        Change("dates are written otherwise", REMINDER, _ISO, r">\3/\2/\1<", "fields.due"),
        Change("a field is empty", REMINDER, r"(Förfallodatum</th><td>)[^<]+", r"\1", "fields.due"),
        Change("another reminder's page", REMINDER, r"P-\d+", "P-99999", "fields.id"),
        Change("the list has another heading", LIST, "<h1>Påminnelser", "<h1>Bevakningar", "identity", (0, 1, 0)),
        Change(
            "the list says that something is wrong", LIST, "<h1>", '<p role="alert">Fel</p><h1>', "identity", (1, 1, 1)
        ),
        Change("the flag's column is gone", LIST, ">Skydd<", "><", "tables.reminders.columns.skydd", (0,)),
        Change("a row is there twice", LIST, r"(?s)(<tbody>\s*)(<tr.*?</tr>)", r"\1\2\2", "tables.reminders.key", (2,)),
        Change(
            "a row has a cell too many",
            LIST,
            r"(?s)(<tbody>\s*<tr.*?</th>)",
            r"\1<td></td>",
            "tables.reminders.row",
            (13,),
        ),
        Change("the count is gone", LIST, r'<p class="antal">.*?</p>', "", "fields.total", (0,)),
        Change("the count is worded otherwise", LIST, r"\d+ påminnelser<", "Många påminnelser<", "fields.total"),
        Change("the user's field is renamed", SIGN_IN, "Användarnamn</label>", "E-post</label>", "user", (0, 1)),
        Change(
            "a second password is asked for",
            SIGN_IN,
            r'<input id="ctl00_Main_txtLos"[^>]*>',
            "\\g<0>\\g<0>",
            "password",
            (1, 2),
        ),
        Change("another page in its place", SIGN_IN, "Logga in i Lifecare", "Planerat avbrott", "identity", (0,)),
    ],
    "2024.04": [
        Change("the button is renamed", REMINDER, "</span> Radera<", "</span> Arkivera<", "confirm_removal", (1, 0, 1)),
        Change(
            "a twin of the button",
            REMINDER,
            '<button type="button" data-stanger',
            '<button type="submit" data-testid="delete-confirm">Radera</button>\\g<0>',
            "confirm_removal",
            (2, 2, 2),
        ),
        Change(
            "the button is moved out of its form",
            REMINDER,
            r'(?s)(<button type="submit" class="farlig".*?</button>)(.*?</form>)',
            r"\2\1",
            "confirm_removal",
            (1, 1, 0),
        ),
        Change("the test id is gone", REMINDER, ' data-testid="delete-confirm"', "", "confirm_removal", (0, 1, 1)),
        Change("the opener is renamed", REMINDER, "</span> Radera påminnelse<", "</span> Avsluta<", "remove", (1, 0)),
        Change(
            "the menu is gone", REMINDER, 'class="kebab" aria-label="Fler åtgärder"', 'aria-label="Mer"', "more", (0, 0)
        ),
        Change("the reason has another label", REMINDER, ">Orsak till borttagning<", ">Notat<", "reason", (0, 1)),
        Change("the heading is another", REMINDER, 'aria-label="Händelser"', 'aria-label="Logg"', "identity", (1, 0)),
        Change(
            "a column is gone",
            REMINDER,
            r'<div role="columnheader">Kommentar</div>',
            "",
            "tables.history.columns.note",
            (0,),
        ),
        Change(
            "a header is doubled",
            REMINDER,
            r'<div role="columnheader">När</div>',
            "\\g<0>\\g<0>",
            "tables.history.columns.time",
            (2,),
        ),
        Change(
            "a column is renamed",
            REMINDER,
            "Genomf(ö|\\\\u00f6)rande",
            "Utfall",
            "tables.all_beslut.columns.verkstallighet",
            (0,),
        ),
        Change(
            "dates of beslut are written otherwise",
            PANEL,
            _SHORT_JSON,
            r'"\3-\2-\1"',
            "tables.all_beslut.columns.from_",
        ),
        Change("a field is gone", REMINDER, r"<div><dt>Registrerad av</dt>.*?</div>", "", "fields.created_by", (0,)),
        Change(
            "a field is doubled", REMINDER, r"<div><dt>Ärendenr</dt>.*?</div>", "\\g<0>\\g<0>", "fields.arende", (2,)
        ),
        Change("the flag is gone", REMINDER, r"<div><dt>Sekretess</dt>.*?</div>", "", "fields.skydd", (0,)),
        Change("dates are written otherwise", REMINDER, _SHORT, r">\3-\2-\1<", "fields.due"),
        Change("another reminder's page", REMINDER, r"P-\d+", "P-99999", "fields.id"),
        Change("the list has another heading", LIST, "<h1>Påminnelser", "<h1>Bevakningar", "identity", (0, 1, 0)),
        Change("the flag's column is gone", LIST, ">Sekretess<", "><", "tables.reminders.columns.skydd", (0,)),
        Change(
            "the list promises more rows than it draws",
            LIST,
            r'aria-rowcount="\d+"',
            'aria-rowcount="40"',
            "tables.reminders.rows",
            (25,),
        ),
        Change(
            "dates of the list are written otherwise", LIST, _SHORT_JSON, r'"\3-\2-\1"', "tables.reminders.columns.due"
        ),
        Change("the count is gone", LIST, r'<p class="antal">.*?</p>', "", "fields.total", (0,)),
        Change("the user's field is renamed", SIGN_IN, ">Användar-id<", ">E-post<", "user", (1, 0, 1)),
        Change("another page in its place", SIGN_IN, "Välkommen till Lifecare", "Planerat avbrott", "identity", (0,)),
    ],
    "2026.3": [
        Change("the button is renamed", ASK, "Ja, jag är säker", "Arkivera", "confirm_removal", (0, 1)),
        Change("a twin of the button", ASK, "<input type=.submit.[^>]*>", "\\g<0>\\g<0>", "confirm_removal", (2, 2)),
        Change("another page that asks", ASK, "delete-confirmation", "archive-confirmation", "confirm_removal", (0, 0)),
        Change("the opener is renamed", REMINDER, ">Ta bort<", ">Arkivera<", "remove", (0, 1)),
        Change("the opener is another link", REMINDER, ' class="deletelink"', "", "remove", (1, 0)),
        Change("the form is another", REMINDER, "paminnelse_form", "arende_form", "identity", (0, 1)),
        Change("a part of the page is gone", REMINDER, "<h2>Historik</h2>", "", "identity", (1, 0)),
        Change("a column is renamed", REMINDER, ">Notering ", ">Kommentar ", "tables.history.columns.note", (0,)),
        Change("a header is doubled", REMINDER, ">Notering ", ">Tid ", "tables.history.columns.time", (2,)),
        Change(
            "the history's dates are written otherwise",
            REMINDER,
            r"<p>(\d{4})-(\d\d)-(\d\d) ",
            r"<p>\3/\2 \1 ",
            "tables.history.columns.time",
        ),
        Change("a field is gone", REMINDER, 'class="form-row field-created_by"', "", "fields.created_by", (0,)),
        Change("a field is doubled", REMINDER, "field-version", "field-arende", "fields.arende", (2,)),
        Change("the flag is another picture", REMINDER, r"/icon-no\.\w+\.svg", "/neutral.svg", "fields.skydd", (0,)),
        Change("the flag is gone", REMINDER, "field-protection", "field-skydd", "fields.skydd", (0,)),
        Change("dates are written otherwise", REMINDER, r">(\d+) (\w+) (20\d\d)<", r">\3-04-\1<", "fields.due"),
        Change("another reminder's page", REMINDER, r"P-\d+", "P-99999", "fields.id"),
        Change("the list has another heading", LIST, "<h1>Välj påminnelse", "<h1>Välj bevakning", "identity", (0, 1)),
        Change("the flag's column is gone", LIST, ">Skydd<", "><", "tables.reminders.columns.skydd", (0,)),
        Change(
            "the flags of the list are other pictures",
            LIST,
            r"/icon-(no|yes|unknown)\.\w+\.svg",
            "/neutral.svg",
            "tables.reminders.columns.skydd",
            (0,),
        ),
        Change("the count is gone", LIST, r"\d+ påminnelser", "", "fields.total"),
        Change("the user's field is renamed", SIGN_IN, "Användarnamn:", "E-post:", "user", (0, 1)),
        Change("another page in its place", SIGN_IN, "login-form", "notice-form", "identity", (0, 1)),
    ],
}

_ADDRESSES = {
    SIGN_IN: re.compile(r"/(logga-in|inloggning|login/)(\?|$)"),
    LIST: re.compile(r"/(paminnelser|paminnelse/)\?"),
    REMINDER: re.compile(r"/(paminnelser/P-\d+|paminnelse/P-\d+/change/)$"),
    ASK: re.compile(r"/delete/$"),
    PANEL: re.compile(r"/underlag$"),
}
_DOES: dict[str, Callable[[Lifecare, str], object]] = {
    SIGN_IN: lambda lifecare, _id: lifecare.sign_in(),
    LIST: lambda lifecare, _id: lifecare.reminders(),
    REMINDER: remove,
    PANEL: remove,
    ASK: remove,
}


@pytest.fixture
def lifecare(page: Page, mock: Mock) -> Lifecare:
    """Return Lifecare, signed in, soon out of patience."""
    sign_in_beside(page.context, mock)
    return Lifecare(a_session(page, mock, patience=timedelta(seconds=3)), account())


def upgrade(page: Page, change: Change) -> None:
    """Let the page come to the browser with the change in it."""

    def meanwhile(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=change.apply(answer.text()))

    page.route(_ADDRESSES[change.page], meanwhile)


def _reminder_with_all(mock: Mock) -> str:
    """Return an unprotected reminder whose person has decisions."""
    state = mock.state()
    with_beslut = {each["person"] for each in state["beslut"]}
    return next(each for each in open_ids(mock) if mock.truth(each)["person"] in with_beslut)


@pytest.mark.parametrize(
    ("ui", "change"),
    [
        pytest.param(ui, change, id=f"{ui}: {change.page}, {change.what}")
        for ui, changes in CHANGES.items()
        for change in changes
    ],
)
def test_a_screen_that_is_not_the_maps_is_refused_by_name(
    lifecare: Lifecare, mock: Mock, page: Page, change: Change
) -> None:
    """Who must act is told where to look and what was found there, and the system is left as it was."""
    reminder_id = _reminder_with_all(mock)
    upgrade(page, change)

    with pytest.raises(SelectorDrift) as drift:
        _DOES[change.page](lifecare, reminder_id)

    assert (drift.value.element, mock.attempts()) == (change.element, [])
    assert drift.value.screen in {"sign_in", "reminder_list", "reminder"}
    if change.found is not None:
        assert tuple(each.found for each in drift.value.sightings) == change.found


def test_the_sentence_names_screen_element_version_and_counts(lifecare: Lifecare, mock: Mock, page: Page) -> None:
    """A person reads it at night and knows whom to call."""
    upgrade(page, CHANGES[mock.ui][0])

    with pytest.raises(SelectorDrift) as drift:
        remove(lifecare, open_ids(mock)[0])

    sentence = drift.value.sentence
    assert "Skärmbilden reminder" in sentence
    assert mock.ui in sentence
    assert "confirm_removal" in sentence
    assert "role=button[" in sentence
    assert ": 0" in sentence


def test_the_sentence_quotes_nothing_of_the_page(lifecare: Lifecare, mock: Mock, page: Page) -> None:
    """The page holds names and numbers of people; the sentence goes to logs and mails."""
    reminder_id = open_ids(mock)[0]
    state = mock.state()
    person = next(each for each in state["persons"] if each["id"] == mock.truth(reminder_id)["person"])
    upgrade(page, next(each for each in CHANGES[mock.ui] if each.what == "dates are written otherwise"))

    with pytest.raises(SelectorDrift) as drift:
        lifecare.reminder(reminder_id)

    assert [each for each in (person["name"], person["personnummer"]) if each in str(drift.value)] == []


@pytest.mark.parametrize("ui", ["2024.04"])
def test_a_panel_that_never_comes_is_named(lifecare: Lifecare, mock: Mock, page: Page) -> None:
    """The person's decisions are missing, so nothing may be concluded from there being none."""
    page.route(_ADDRESSES[PANEL], lambda route: route.fulfill(status=502, body="Bad gateway"))

    with pytest.raises(SelectorDrift) as drift:
        lifecare.reminder(open_ids(mock)[0])

    assert drift.value.element == "tables.all_beslut.ready"


def test_a_refused_password_is_no_drift(page: Page, mock: Mock) -> None:
    """The screen is the map's own; only the account is wrong."""
    with pytest.raises(SignInRefused):
        Lifecare(a_session(page, mock), account(password="fel")).sign_in()  # noqa: S106 - wrong on purpose


def test_a_record_is_never_taken_from_a_protected_persons_page(lifecare: Lifecare) -> None:
    """Whose page it turns out to be is said, and nothing is read or written there; some ask for either."""
    page = lifecare._session.screen("reminder")
    seen = Seen({"id": "P-1"}, {}, protected=True)

    with pytest.raises(PersonProtected):
        page.about(seen, id="P-1")

    assert page.about(seen, or_protected=True, id="P-1") is seen


def test_a_page_of_another_matter_than_was_asked_for_is_refused(lifecare: Lifecare) -> None:
    """Its fields are right, and somebody else's."""
    page = lifecare._session.screen("insats")
    seen = Seen({"id": "B-1", "arende": "A-1"}, {}, protected=False)

    assert page.about(seen, id="B-1", arende="A-1") is seen
    with pytest.raises(SelectorDrift, match="något annat än det begärda") as drift:
        page.about(seen, id="B-1", arende="A-2")

    assert (drift.value.screen, drift.value.element) == ("insats", "fields.arende")
