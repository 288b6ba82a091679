"""A picture shows what the map names as harmless, and of everything else one colour, pixel for pixel."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page

from bots.browser.screen import Screen
from bots.browser.selector_map import SelectorMap
from bots.browser.session import Session
from bots.errors import ScreenNotReady
from bots.screens.lifecare import Lifecare
from orchestrator.bootstrap import now
from tests.screens.literal import a_map
from tests.screens.mock import Mock, open_ids
from tests.screens.portal import remove
from tests.screens.site import Site

COVER = (120, 128, 140)
#: The ways in which a page may show a person, PERSON standing for her.
# ruff: noqa: E501 - a page is easier to read on one line
DRAWN = {
    "text": "<p>PERSON</p>",
    "heading": "<h2>Ärende PERSON</h2>",
    "text beside a known word": "<p>Namn <b>PERSON</b></p>",
    "known word with more in it": "<dl><dt>Namn PERSON</dt><dd>x</dd></dl>",
    "field": '<input value="PERSON">',
    "placeholder": '<input placeholder="PERSON">',
    "choice": "<select><option>PERSON</option></select>",
    "image": """<img alt="" src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><text y='20'>PERSON</text></svg>">""",
    "image in a known word": """<dl><dt>Id <img alt="" src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><text y='20'>PERSON</text></svg>"></dt><dd>7</dd></dl>""",
    "drawing": "<canvas></canvas><script>document.querySelector('canvas').getContext('2d').fillText('PERSON', 5, 20)</script>",
    "background": """<div style="height: 30px; background: url(&quot;data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><text y='20'>PERSON</text></svg>&quot;) !important"></div>""",
    "frame": '<iframe srcdoc="PERSON"></iframe>',
    "open shadow root": "<x-a></x-a><script>document.querySelector('x-a').attachShadow({mode: 'open'}).innerHTML = 'PERSON'</script>",
    "closed shadow root": "<div id=a></div><script>a.attachShadow({mode: 'closed'}).innerHTML = '<b style=\"color: red !important\">PERSON</b>'</script>",
    "generated": '<style>.g::before { content: attr(data-p) !important; color: red !important }</style><p class="g" data-p="PERSON"></p>',
    "modal dialog": "<dialog>PERSON</dialog><script>document.querySelector('dialog').showModal()</script>",
    "popover": "<div popover=manual>PERSON</div><script>document.querySelector('[popover]').showPopover()</script>",
    "over a known word": "<dl><dt>Id</dt><dd>7</dd></dl><p style='position: absolute; top: 70px; left: 0; z-index: 9'>PERSON PERSON PERSON</p>",
    "over everything": "<p style='position: fixed; inset: 0; z-index: 2147483647'>PERSON</p>",
}  # fmt: skip
PEOPLE = ("Märta Ek", "Gösta Al")
HEAD = "<style>* { font: 16px monospace }</style><h1>Ärende</h1>"
FACTS = "<dl><dt>Id</dt><dd>P-7</dd><dt>Namn</dt><dd>PERSON</dd></dl><output>Kvittens 12 för P-7</output>"


def a_shown_map() -> SelectorMap:
    """Return the literal pages' map, with an id and a name to read, of which a picture may show the id."""
    tree = a_map().model_dump(by_alias=True, exclude_unset=True)
    tree["screens"]["page"] |= {
        "fields": {"id": {"label": "Id"}, "name": {"label": "Namn"}}, "shown": ["id", "write"],
    }  # fmt: skip
    return SelectorMap.model_validate(tree)


def opened(page: Page, site: Site, body: str) -> Screen:
    site.show(body)
    screen = Session(page, a_shown_map(), site.url, now=now).screen("page")
    screen._go({})
    return screen


def picture(screen: Screen, about: str = "P-7") -> Image.Image:
    return Image.open(BytesIO(screen.photograph(about))).convert("RGB")


@pytest.mark.parametrize("how", DRAWN)
def test_two_people_give_the_same_picture(how: str, page: Page, site: Site) -> None:
    """However a page shows a person, nothing of it is in the picture."""
    pictures = []
    for person in PEOPLE:
        screen = opened(page, site, (HEAD + DRAWN[how] + FACTS).replace("PERSON", person))
        seen = page.screenshot()
        pictures.append((seen, picture(screen).tobytes()))

    (one_seen, one), (other_seen, other) = pictures
    assert one_seen != other_seen, "the page shows nobody, so this proves nothing"
    assert one == other


def test_what_may_be_seen_can_be_read_and_nothing_else(page: Page, site: Site) -> None:
    """The id and the receipt with their labels; where the name is, one colour."""
    screen = opened(page, site, HEAD + FACTS.replace("PERSON", PEOPLE[0]))
    boxes = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('dt, dd, output, h1')].map((node) => {"
        " const range = document.createRange(); range.selectNodeContents(node);"
        " const { left, top, right, bottom } = range.getBoundingClientRect();"
        " return [node.textContent, [left, top, right, bottom].map(Math.round)]; }))"
    )

    taken = picture(screen)

    colours = {said: set(taken.crop(tuple(box)).get_flattened_data()) for said, box in boxes.items()}
    assert colours.pop(PEOPLE[0]) == {COVER}
    assert all(len(each) > 3 for each in colours.values()), "something that may be seen is covered"
    outside = taken.copy()
    for box in boxes.values():
        outside.paste(COVER, (box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1))
    assert set(outside.get_flattened_data()) == {COVER}


def test_another_matters_receipt_is_covered(page: Page, site: Site) -> None:
    """A message place may still show the one before."""
    with_it = picture(opened(page, site, HEAD + FACTS), "P-7")
    without = picture(opened(page, site, HEAD + FACTS), "P-8")

    assert with_it.tobytes() != without.tobytes()


@pytest.mark.parametrize(
    "page_does",
    [
        "new MutationObserver(() => document.querySelector('html > div')?.remove()).observe(document, {childList: true, subtree: true})",
        "HTMLElement.prototype.showPopover = () => {}",
        "addEventListener('toggle', () => document.querySelector('dialog').showModal(), true)",
    ],
)  # fmt: skip
def test_a_page_that_cannot_be_covered_is_not_photographed(page_does: str, page: Page, site: Site) -> None:
    """No picture is better than one that shows somebody."""
    screen = opened(page, site, HEAD + FACTS + f"<dialog>PERSON</dialog><script>{page_does}</script>")

    with pytest.raises(ScreenNotReady):
        screen.photograph("P-7")


def test_the_page_is_as_before_afterwards(page: Page, site: Site) -> None:
    """The next step may be on it."""
    screen = opened(page, site, HEAD + FACTS)
    before = page.content()

    screen.photograph("P-7")

    assert page.content() == before


@pytest.mark.needs("message roles")
def test_a_removal_is_photographed_without_its_person(signed_in: Lifecare, mock: Mock, page: Page) -> None:
    """The receipt and the number can be read; name, personnummer and free text are one colour."""
    reminder = open_ids(mock)[0]
    remove(signed_in, reminder)
    covered = page.evaluate(
        "() => [...document.querySelectorAll('dd, td')].filter((node) => /^(Personn|Namn|Klient|Text|Meddelande|Handl|Ansvarigs namn)/"
        ".test(node.previousElementSibling?.textContent ?? '')).map((node) => {"
        " const { left, top, right, bottom } = node.getBoundingClientRect(); return [left, top, right, bottom].map(Math.round); })"
    )  # fmt: skip
    receipt = page.locator("[role=status]").bounding_box()

    taken = Image.open(BytesIO(signed_in._session.photograph())).convert("RGB")

    assert len(covered) >= 4
    assert receipt is not None
    for left, top, right, bottom in covered:
        assert set(taken.crop((left, top, right, bottom)).get_flattened_data()) == {COVER}
    x, y, wide, high = (int(receipt[side]) for side in ("x", "y", "width", "height"))
    assert len(set(taken.crop((x, y, x + wide, y + high)).get_flattened_data())) > 10
