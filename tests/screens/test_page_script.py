"""The kit's own eyes (`sight.js`) see what Playwright's role engine sees, on every page of every UI version."""

import re
from collections.abc import Callable, Iterator
from typing import Any, cast, get_args

import pytest
from playwright.sync_api import Page

from bots.browser import resolver
from bots.browser.selector_map import Element, Role, SelectorMap
from bots.browser.selector_map import Locator as Spec
from bots.screens.lifecare import Lifecare
from fixtures.lifecare.ui import load
from tests.screens.mock import Mock, open_ids
from tests.screens.portal import map_of

Walk = Callable[[Lifecare, Mock], None]


def _signed_out(path: str) -> Walk:
    def walk(lifecare: Lifecare, mock: Mock) -> None:
        lifecare._session.page.context.clear_cookies()
        lifecare._session.page.goto(mock.url + path)

    return walk


def _wrong_password(lifecare: Lifecare, mock: Mock) -> None:
    lifecare._session.page.context.clear_cookies()
    form = lifecare._session.screen("sign_in")
    form.open()
    form.fill("user", "robot")
    form.fill("password", "fel")
    form.click("sign_in")
    lifecare._session.page.get_by_text(load(mock.ui).message("wrong_password")).wait_for()


def _at_role(lifecare: Lifecare, _mock: Mock) -> None:
    lifecare._identify()


def _at_start(lifecare: Lifecare, mock: Mock) -> None:
    lifecare._session.page.goto(mock.url)


def _at_list(lifecare: Lifecare, _mock: Mock) -> None:
    lifecare._session.screen("reminder_list").visit(page="2")


def _at_reminder(lifecare: Lifecare, mock: Mock) -> None:
    lifecare.reminder(open_ids(mock)[0])


def _at_open_form(lifecare: Lifecare, mock: Mock) -> None:
    _at_reminder(lifecare, mock)
    lifecare._session.screen("reminder").fill("reason", "Dubblett.")


def _at_removed_reminder(lifecare: Lifecare, mock: Mock) -> None:
    [reminder_id, *_] = open_ids(mock)
    mock.colleague_removes(reminder_id)
    lifecare.reminder(reminder_id)


def _not_found(lifecare: Lifecare, mock: Mock) -> None:
    lifecare._session.page.goto(mock.url + "/finns-inte")


PAGES: dict[str, Walk] = {
    "sign-in": _signed_out("/"),
    "wrong password": _wrong_password,
    "role": _at_role,
    "start": _at_start,
    "list": _at_list,
    "reminder": _at_reminder,
    "open form": _at_open_form,
    "removed reminder": _at_removed_reminder,
    "not found": _not_found,
}


def _ours(page: Page, spec: Spec) -> int:
    _certain, [sighting] = resolver.found(page, Element(locators=[spec]))
    return sighting.found


def _as_people_read(name: str) -> re.Pattern[str]:
    """Return the name with what may stand around it: glyphs, and a badge's count at the end."""
    return re.compile(rf"^\W*{re.escape(name.strip('. '))}(\W+\d+\W?)?\W*$", re.IGNORECASE)


def _theirs(page: Page, spec: Spec) -> int:
    role = cast("Any", spec.role)
    name = None if spec.name is None else _as_people_read(spec.name)
    return page.get_by_role(role, name=name).count()


def _wordings(selector_map: SelectorMap) -> Iterator[Spec]:
    """Return every locator of the map that goes by role: marks, controls, scopes, answers, tables."""
    for screen in selector_map.screens.values():
        yield from (*screen.identity.all_of, *screen.identity.none_of)
        yield from (Spec(role="table", name=table.name) for table in screen.tables.values() if table.name)
        for element in screen.elements.values():
            yield from element.locators
            yield from (element.within,) if element.within else ()
            yield from (*element.after.any_of, *element.after.refused, *element.after.lost) if element.after else ()


@pytest.mark.parametrize("at", PAGES)
def test_every_wording_of_the_map_is_seen_as_playwright_sees_it(
    signed_in: Lifecare, mock: Mock, page: Page, at: str
) -> None:
    """Two engines that know nothing of each other count the same, on the right screen and on all the wrong ones."""
    specs = {str(spec): spec for spec in _wordings(map_of(mock.ui)) if spec.role is not None}
    PAGES[at](signed_in, mock)

    ours = {name: _ours(page, spec) for name, spec in specs.items()}

    assert ours == {name: _theirs(page, spec) for name, spec in specs.items()}


@pytest.mark.parametrize("at", PAGES)
def test_every_role_is_seen_as_playwright_sees_it(signed_in: Lifecare, mock: Mock, page: Page, at: str) -> None:
    """A map may use any of these roles, so each must mean what it means elsewhere."""
    PAGES[at](signed_in, mock)

    ours = {role: _ours(page, Spec(role=role)) for role in get_args(Role)}

    assert ours == {role: page.get_by_role(role).count() for role in get_args(Role)}


@pytest.mark.parametrize(
    "body",
    [
        "<button>Spara</button>",
        '<input type="submit" value="Spara">',
        '<div role="button" tabindex="0">Spara</div>',
        '<button aria-label="Spara">💾</button>',
        '<h2 id="r">Spara</h2><button aria-labelledby="r">×</button>',
        "<button><span>Spa</span><b>ra</b></button>",
        '<button>Spara <span aria-hidden="true">nu</span></button>',
        '<button aria-label="Stäng">Spara</button>',
        "<button hidden>Spara</button>",
        '<button style="display: none">Spara</button>',
        '<div style="visibility: hidden"><button>Spara</button></div>',
        '<div aria-hidden="true"><button>Spara</button></div>',
        "<details><summary>Mer</summary><button>Spara</button></details>",
        "<dialog><button>Spara</button></dialog>",
        "<dialog open><button>Spara</button></dialog>",
        "<button disabled>Spara</button>",
        '<a href="#">Spara</a>',
        '<button role="menuitem">Spara</button>',
        '<x-y><template shadowrootmode="open"><button>Spara</button></template></x-y>',
        '<x-y hidden><template shadowrootmode="open"><button>Spara</button></template></x-y>',
        '<div aria-hidden="true"><x-y><template shadowrootmode="open"><button>Spara</button></template></x-y></div>',
        "<x-y><template shadowrootmode=open><slot></slot></template><button>Spara</button></x-y>",
        "<x-y><template shadowrootmode=open></template><button>Spara</button></x-y>",
        "<template><button>Spara</button></template>",
    ],
)
def test_a_button_is_seen_as_playwright_sees_it(page: Page, body: str) -> None:
    """However it is built, named or hidden."""
    page.set_content(body)
    button = Spec(role="button", name="Spara")

    assert _ours(page, button) == _theirs(page, button)
