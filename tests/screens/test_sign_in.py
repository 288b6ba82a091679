"""Signing in: on every UI version, with the right password and with a wrong one."""

import pytest
from playwright.sync_api import Page

from bots.errors import SignInNeeded, SignInRefused
from bots.screens.lifecare import Lifecare
from tests.screens.mock import Mock
from tests.screens.portal import a_session, account


def test_the_account_is_signed_in_with_its_role(lifecare: Lifecare, page: Page) -> None:
    """The role decides what may be removed, so it is taken along with the account."""
    lifecare.sign_in()

    assert "Handläggare LSS" in page.locator("body").inner_text()


def test_a_wrong_password_is_refused_at_once(page: Page, mock: Mock) -> None:
    """It is a person's mistake, told apart from a slow or changed screen."""
    lifecare = Lifecare(a_session(page, mock), account(password="fel"))  # noqa: S106 - wrong on purpose

    with pytest.raises(SignInRefused, match="godtog inte kontot robot"):
        lifecare.sign_in()


def test_a_wrong_password_is_tried_only_once(page: Page, mock: Mock) -> None:
    """Systems lock an account after a few wrong passwords."""
    session = a_session(page, mock)
    lifecare = Lifecare(session, account(password="fel"))  # noqa: S106 - wrong on purpose
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    with pytest.raises(SignInRefused):
        session.again(lifecare.sign_in)

    assert len(sent) == 1


def test_an_unknown_user_is_refused(page: Page, mock: Mock) -> None:
    """The sentence names the account that a person has to look at."""
    with pytest.raises(SignInRefused, match="okänd"):
        Lifecare(a_session(page, mock), account(user="okänd")).sign_in()


def test_the_password_is_not_in_what_is_raised(page: Page, mock: Mock) -> None:
    """What is raised is shown, logged and stored."""
    with pytest.raises(SignInRefused) as refused:
        Lifecare(a_session(page, mock), account(password="fel-och-hemligt")).sign_in()  # noqa: S106 - wrong on purpose

    assert "fel-och-hemligt" not in str(refused.value)


#: A person at the screen: half a second after a sign-in page has come, they sign in with what only they know.
PERSON = """
addEventListener('load', () => setTimeout(() => {
    const password = document.querySelector('input[type=password]');
    if (!password || sessionStorage.gone) return;
    password.form.querySelector('input:not([type=password]):not([type=hidden])').value = 'robot';
    password.value = 'flotta-mock';
    password.form.requestSubmit();
}, 500));
"""


def test_a_person_signs_in_where_the_system_takes_nobody_else(page: Page, mock: Mock) -> None:
    """The bot waits until they are through, takes its role, and goes on in their session."""
    page.add_init_script(PERSON)
    lifecare = Lifecare(a_session(page, mock), account(user="", password="", person=True))

    lifecare.sign_in()

    assert "Handläggare LSS" in page.locator("body").inner_text()


@pytest.mark.parametrize(
    "act", ["location.href = '/avbruten'", "location.href = 'bankid:///?x=1'", "location.reload()"]
)
def test_what_a_person_breaks_off_on_the_way_in_is_waited_out(page: Page, mock: Mock, act: str) -> None:
    """They open an app, click twice, or go back: that is not for the run to end by."""
    page.route("**/avbruten", lambda route: route.abort("aborted"))
    page.add_init_script(
        f"addEventListener('load', () => {{ if (!sessionStorage.tried) {{ sessionStorage.tried = 1; {act} }} }})"
    )
    page.add_init_script(PERSON)
    session = a_session(page, mock)

    session.again(Lifecare(session, account(user="", password="", person=True)).sign_in)

    assert "Handläggare LSS" in page.locator("body").inner_text()


def test_a_person_who_closes_the_window_is_waited_for_another_time(page: Page, mock: Mock) -> None:
    """The run says that somebody must sign in, as when nobody came."""
    session = a_session(page, mock)
    session.heed = page.close
    lifecare = Lifecare(session, account(user="", password="", person=True))

    with pytest.raises(SignInNeeded):
        lifecare.sign_in()


def test_without_a_person_at_the_screen_nothing_is_typed(page: Page, mock: Mock) -> None:
    """The run waits for one instead."""
    session = a_session(page, mock)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    with pytest.raises(SignInNeeded, match="flotta sign-in"):
        session.again(Lifecare(session, account(person=False)).sign_in)

    assert sent == []


def test_of_a_person_who_signs_in_no_trace_is_kept(page: Page, mock: Mock) -> None:
    """It would hold what they typed."""
    page.add_init_script(PERSON)
    session = a_session(page, mock)
    with session.traced() as trace:
        Lifecare(session, account(user="", password="", person=True)).sign_in()

        assert trace() is None
