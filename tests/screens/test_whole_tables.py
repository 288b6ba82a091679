"""A table is read whole or refused: its rows that are none, its columns as they are laid out, and its end."""
# ruff: noqa: E501 - markup and scripts are written as pages have them

from typing import Any

import pytest
from playwright.sync_api import Page

from bots.errors import SelectorDrift
from tests.screens.literal import shown
from tests.screens.site import Site

COLUMNS = {"nr": {"header": "Nr"}, "from": {"header": "Från"}}
HEAD = "<thead><tr><th>Nr</th><th>Från</th></tr></thead>"
ROW = "<tr><td>B-1</td><td>2026-01-01</td></tr>"


def table(rows: str, head: str = HEAD, beside: str = "") -> str:
    """Return a page with a table of decisions, and what stands beside it."""
    return f"<h1>Ärende</h1><section><table><caption>Beslut</caption>{head}{rows}</table>{beside}</section>"


def read(page: Page, site: Site, body: str, columns: dict[str, Any] = COLUMNS, **spec: Any) -> list[dict[str, Any]]:
    """Return the values of the table's rows."""
    tables = {"beslut": {"name": "Beslut", "key": "nr", "columns": columns, **spec}}
    return [dict(row.values) for row in shown(page, site, body, tables=tables).visit().tables["beslut"]]


ONE = [{"nr": "B-1", "from": "2026-01-01"}]


@pytest.mark.parametrize(
    "body",
    [
        table(f"<tbody>{ROW}</tbody>"),
        table(ROW, "<tr><th>Nr</th><th>Från</th></tr>"),
        table(ROW, '<tr><th scope="col">Nr</th><th scope="col">Från</th></tr>'),
        table('<tr><th scope="row">B-1</th><td>2026-01-01</td></tr>'),
        # Rows that are none.
        table(f'<tbody>{ROW}<tr style="display: none"><td>B-0</td><td></td></tr></tbody>'),
        table(f"<tbody>{ROW}<tr hidden><td>B-0</td><td></td></tr></tbody>"),
        table(f"<tbody>{ROW}</tbody><tfoot><tr><td>Summa</td><td>1</td></tr></tfoot>"),
        table(f"<tbody>{ROW}<template><tr><td>B-0</td><td></td></tr></template></tbody>"),
        table(f"<tbody>{ROW}<tr><th>Nr</th><th>Från</th></tr></tbody>"),
        table(f'<tbody><tr><th colspan="2">Beslutade</th></tr>{ROW}</tbody>'),
        table(
            f"<tbody>{ROW}</tbody>",
            "<thead><tr><th>Nr</th><th>Från</th></tr><tr><td><input></td><td><select><option>Alla</select></td></tr></thead>",
        ),
        # Columns.
        table(
            "<tr><td>B-1</td><td>2026-01-01</td><td>2026-06-30</td></tr>",
            '<thead><tr><th rowspan="2">Nr</th><th colspan="2">Period</th></tr><tr><th>Från</th><th>Till</th></tr></thead>',
        ),
        table(
            "<tr><td>Vård</td><td>B-1</td><td>2026-01-01</td></tr>",
            '<thead><tr><th rowspan="2">Insats</th><th colspan="2">Beslut</th></tr><tr><th>Nr</th><th>Från</th></tr></thead>',
        ),
        table('<tr><td>B-1</td><td>2026-01-01</td><td><a href="#">Visa</a></td></tr>'),
        table("<tr><td>B-1</td><td>2026-01-01</td><td><button>Visa</button></td></tr>"),
        table(
            '<tr><td style="display: none">x</td><td>B-1</td><td>2026-01-01</td></tr>',
            '<thead><tr><th style="display: none">Dold</th><th>Nr</th><th>Från</th></tr></thead>',
        ),
        table(
            "<tr><td>B-1</td><td>2026-01-01</td></tr>",
            "<thead><tr><th><button>Nr ▲</button></th><th>Från (1)</th></tr></thead>",
        ),
        table("<tr><td>B-1<table><tr><td>inre</td></tr></table></td><td>2026-01-01</td></tr>").replace("B-1<table>", "B-1<table hidden>"),
    ],
)  # fmt: skip
def test_a_row_is_read_by_its_headers(page: Page, site: Site, body: str) -> None:
    """However the table is built, a person sees one row in it."""
    assert read(page, site, body) == ONE


def test_a_cell_that_spans_rows_stands_in_each(page: Page, site: Site) -> None:
    """As it is drawn."""
    rows = '<tr><td>B-1</td><td rowspan="2">2026-01-01</td></tr><tr><td>B-2</td></tr>'

    assert read(page, site, table(rows)) == [*ONE, {"nr": "B-2", "from": "2026-01-01"}]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "body",
    [
        table(f"<tbody>{ROW}<tr><td>B-2</td></tr></tbody>"),
        table(f"<tbody>{ROW}<tr><td></td><td>B-2</td><td>2026-01-01</td></tr></tbody>"),
        table("<tr><td>x</td><td>B-1</td><td>2026-01-01</td></tr>"),
        table(f'<tbody>{ROW}<tr class="pager"><td colspan="2"><a href="#">1</a></td></tr></tbody>'),
        table('<tr><td colspan="2">Det finns inga poster</td></tr>'),
        table('<tr><td colspan="2">B-1</td><td>x</td></tr>', "<tr><th>Nr</th><th>Från</th><th>Till</th></tr>"),
        table(ROW, '<tr><th colspan="2">Nr</th></tr>'),
        table(
            "<tr><td>B-1</td><td>2026-01-01</td><td>x</td><td>y</td></tr>",
            '<thead><tr><th colspan="2">A</th><th colspan="2">B</th></tr><tr><th>Nr</th><th>Från</th><th>Nr</th><th>Från</th></tr></thead>',
        ),
    ],
    ids=["a cell too few", "a cell too many", "a column too many", "a pager", "a message", "a span", "a group", "twice"],
)  # fmt: skip
def test_what_stands_under_no_header_of_its_own_is_drift(page: Page, site: Site, body: str) -> None:
    """Nobody knows which column it is of, or whether it is a row at all."""
    with pytest.raises(SelectorDrift):
        read(page, site, body)


@pytest.mark.parametrize(
    ("rows", "spec", "seen"),
    [
        (f'{ROW}<tr class="pager"><td colspan="2">1 2</td></tr>', {"skip": "tr.pager"}, 1),
        (f'{ROW}<tr class="summa"><td>Summa</td><td>1</td></tr>', {"skip": "tr.summa"}, 1),
        ('<tr><td colspan="2" class="tom">Det finns inga poster</td></tr>', {"empty": "td.tom"}, 0),
        ('<tr class="tom"><td colspan="2">Det finns inga poster</td></tr>', {"empty": "tr.tom"}, 0),
        ("", {}, 0),
    ],
)  # fmt: skip
def test_a_map_says_which_rows_are_none(
    page: Page, site: Site, rows: str, spec: dict[str, Any], seen: int
) -> None:  # fmt: skip
    """A pager's, a total's, and what says that there is none."""
    assert len(read(page, site, table(f"<tbody>{rows}</tbody>"), **spec)) == seen


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "cell",
    ['<td colspan="1">Det finns inga beslut att visa</td>', "<td>Inga poster</td>", "<td>No data available in table</td>"],
)  # fmt: skip
def test_a_message_in_a_table_of_one_column_is_no_row(page: Page, site: Site, cell: str) -> None:
    """It would be taken for a decision."""
    body = table(f"<tr>{cell}</tr>", "<tr><th>Nr</th></tr>")
    with pytest.raises(SelectorDrift):
        read(page, site, body, {"nr": COLUMNS["nr"]})


# To its end.

GRID = """<h1>Ärende</h1><style>[role=row] span {{ display: inline-block; width: 100px }}</style>
<div role="grid" aria-label="Beslut" {more} style="height: 100px; overflow: auto">
<div role="row"><span role="columnheader">Nr</span><span role="columnheader">Från</span></div>
<div id="rows" style="position: relative; height: {tall}px"></div></div>
<script>const grid = document.querySelector('[role=grid]'), rows = document.getElementById('rows');
const row = (at) => `<div role="row" style="position: absolute; top: ${{at * 20}}px"><span role="gridcell">${{at}}</span><span role="gridcell">rad ${{at % 3}}</span></div>`;
{script}</script>"""
#: Draws six rows at the place that is scrolled to, and takes the others away.
WINDOW = """const draw = () => { const from = Math.floor(grid.scrollTop / 20); rows.innerHTML = '';
for (let at = from; at < Math.min(from + 6, 60); at++) rows.innerHTML += row(at); }; draw(); grid.onscroll = draw;"""
#: Draws ten more whenever the end is reached, as they come from the system.
MORE = """let drawn = 0; const draw = () => { for (let at = drawn; at < drawn + 10; at++) rows.innerHTML += row(at);
drawn += 10; rows.style.height = `${drawn * 20}px`; }; draw();
grid.onscroll = () => { if (drawn < 60 && grid.scrollTop + grid.clientHeight > grid.scrollHeight - 40) setTimeout(draw, 5); };"""


#: How long the system takes. Seconds.
LATE = 0.3
#: The same, by an observer of the end of the list, from the system, which takes its time; or when scrolling has stopped.
ASKED = """let drawn = 0; const draw = () => { for (let at = drawn; at < drawn + 10; at++) rows.innerHTML += row(at);
drawn += 10; rows.style.height = `${drawn * 20}px`; }; draw();
const end = rows.appendChild(document.createElement('p')); end.style = 'position: absolute; bottom: 0';"""
FETCH = f"""{ASKED} new IntersectionObserver(async ([seen]) => {{
if (!seen.isIntersecting || drawn >= 60) return; await (await fetch('/skriv?{LATE}')).text(); draw(); rows.append(end); }}, {{ root: grid }}).observe(end);"""
XHR = f"""{ASKED} new IntersectionObserver(([seen]) => {{ if (!seen.isIntersecting || drawn >= 60) return;
const asked = new XMLHttpRequest(); asked.onload = () => {{ draw(); rows.append(end); }}; asked.open('GET', '/skriv?{LATE}'); asked.send(); }}, {{ root: grid }}).observe(end);"""
STOPPED = f"""{ASKED} let stopped; grid.addEventListener('scroll', () => {{ clearTimeout(stopped); stopped = setTimeout(() => {{
if (drawn < 60 && grid.scrollTop + grid.clientHeight > grid.scrollHeight - 40) draw(); }}, 60); }});"""


@pytest.mark.parametrize("script", [FETCH, XHR, STOPPED], ids=["fetch", "xhr", "when it has stopped"])
def test_rows_that_take_their_time_are_waited_for(page: Page, site: Site, script: str) -> None:
    """Nothing on the page says that they are on their way."""
    rows = read(page, site, GRID.format(script=script, tall=200, more=""))

    assert [row["nr"] for row in rows] == [str(at) for at in range(60)]


def test_a_list_that_is_too_slow_to_end_is_never_read_in_part(page: Page, site: Site) -> None:
    """The session here waits for half a second."""
    with pytest.raises(SelectorDrift, match="slut"):
        read(page, site, GRID.format(script=STOPPED.replace("60); });", "400); });"), tall=200, more=""))


def test_a_page_that_listens_to_no_scrolling_is_not_scrolled(page: Page, site: Site) -> None:
    """It has drawn all that it will, and a read is not to cost more than it must."""
    rows = "".join(f"<tr><td>B-{nr}</td><td>2026-01-01</td></tr>" for nr in range(200))
    screen = shown(page, site, table(rows), tables={"beslut": {"name": "Beslut", "key": "nr", "columns": COLUMNS}})
    screen.open()
    page.evaluate(
        "scrolled = 0; Object.defineProperty(document.scrollingElement, 'scrollTop', { set() { scrolled += 1 } })"
    )

    assert len(screen.read().tables["beslut"]) == 200
    assert page.evaluate("scrolled") == 0


@pytest.mark.parametrize("key", ["nr", None])
@pytest.mark.parametrize(
    ("script", "tall", "more"),
    [(WINDOW, 1200, ""), (WINDOW, 1200, 'aria-rowcount="-1"'), (WINDOW, 1200, 'aria-rowcount="61"'), (MORE, 200, "")],
    ids=["nothing said", "unknown", "promised", "more at the end"],
)
def test_rows_that_are_drawn_as_one_scrolls_are_all_read(
    page: Page, site: Site, script: str, tall: int, more: str, key: str | None
) -> None:
    """Whether or not the page says how many there are, with a key or without."""
    rows = read(page, site, GRID.format(script=script, tall=tall, more=more), key=key)

    assert [row["nr"] for row in rows] == [str(at) for at in range(60)]


#: Ways in which a page brings the rest of its rows by itself.
REST = "document.querySelector('tbody').insertAdjacentHTML('beforeend', '<tr><td>B-2</td><td>2026-02-02</td></tr>')"
BY_ITSELF = {
    "fetch": f"fetch('/skriv?{LATE}').then((answer) => answer.text()).then(() => {REST})",
    "two of them": f"fetch('/skriv?0.1').then(() => fetch('/skriv?{LATE}')).then(() => {REST})",
    "xhr": f"const asked = new XMLHttpRequest(); asked.onload = () => {REST}; asked.open('GET', '/skriv?{LATE}'); asked.send()",
    "drawn a moment later": f"fetch('/skriv?{LATE}').then(() => requestAnimationFrame(() => {REST}))",
}


@pytest.mark.parametrize("script", BY_ITSELF.values(), ids=BY_ITSELF)
def test_rows_that_the_page_has_asked_for_are_waited_for(page: Page, site: Site, script: str) -> None:
    """Nothing on the page says that there will be more."""
    body = table(f"<tbody>{ROW}</tbody>", beside=f"<script>{script}</script>")

    assert [row["nr"] for row in read(page, site, body)] == ["B-1", "B-2"]


def test_a_page_that_asks_all_the_time_is_read_as_it_is(page: Page, site: Site) -> None:
    """It looks for news, and waits for an answer that may never come."""
    body = table(f"<tbody>{ROW}</tbody>", beside="<script>fetch('/skriv?30').catch(() => null)</script>")

    assert read(page, site, body) == ONE


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "beside",
    [
        "<p>Visar 1 till 1 av 25</p>",
        "<div>Visar <b>1</b>–<b>1</b> av <b>25</b></div>",
        "<p>Showing 1 to 1 of 25 entries</p>",
        "<p>Visar 1 av 25</p>",
        "<p>Sida 1 av 3</p>",
        '<button type="button">Nästa</button>',
        '<a href="#">Visa fler</a>',
        '<button type="button">Ladda fler rader</button>',
        '<nav><a href="#" aria-label="Nästa sida">›</a></nav>',
        # A pager by its words, its picture, its numbers, or a list of them.
        '<p><a href="?s=2">Nästa &raquo;</a></p>',
        '<a href="?s=2" class="page-next"><i></i></a>',
        '<ol><li><b>1</b></li><li><a href="?s=2">2</a></li></ol>',
        "<label>Sida <select><option>1<option>2<option>3</select></label>",
        '<input type="button" value="Visa 24 till">',
        '<form method="post"><input type="hidden" name="sida" value="2"><button>Nästa</button></form>',
        '<span onclick="mer()">Se alla rader</span>',
        "<details><summary>Fler rader</summary></details>",
        '<a href="#">Tidigare beslut</a>',
        # A count, in figures or in words, or that these are some of them.
        "<p>25 poster</p>",
        "<div>Sammanlagt: <b>25</b> beslut</div>",
        "<p>Ett av trettiotvå beslut</p>",
        "<p>1 av fler än 1</p>",
        "<p>Bara det senaste beslutet visas</p>",
        "<p>Sida 1 / 7</p>",
        "<p>Visar 1 till 1 av 1 (av totalt 25 poster)</p>",
    ],
)
def test_what_says_beside_a_table_that_there_is_more_is_drift(page: Page, site: Site, beside: str) -> None:
    """A script that pages in the browser has only the first rows in the document."""
    with pytest.raises(SelectorDrift, match="fler rader"):
        read(page, site, table(ROW, beside=beside))


@pytest.mark.parametrize(
    "beside",
    [
        "<p>Visar 1 till 1 av 1</p>",
        "<p>Sida 1 av 1</p>",
        '<button type="button" disabled>Nästa</button>',
        '<a href="#" class="disabled">Nästa</a>',
        '<button type="button" hidden>Visa fler</button>',
        "<p>Gäller 2026-01-01 till 2026-06-30</p>",
        '<form method="post"><button>Nästa</button></form>',
    ],
)
def test_what_says_that_this_is_all_is_none(page: Page, site: Site, beside: str) -> None:
    """Pagers stand there for one page too."""
    assert read(page, site, table(ROW, beside=beside)) == ONE


PAGER = '<a href="?s=2">Nästa</a>'


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "body",
    [
        f'<h1>Ärende</h1><main><div class="ram"><table><caption>Beslut</caption>{HEAD}{ROW}</table></div><nav>{PAGER}</nav></main>',
        f"<h1>Ärende</h1><form><div><table><caption>Beslut</caption>{HEAD}{ROW}</table></div><p>{PAGER}</p></form>",
        f"<h1>Ärende</h1><h2>Beslut (14)</h2><table><caption>Beslut</caption>{HEAD}{ROW}</table>",
        f"<h1>Ärende</h1><section><table><caption>Beslut</caption>{HEAD}{ROW}</table>{PAGER}<table><caption>Annat</caption><tr><th>Nr</th></tr></table></section>",
        f'<h1>Ärende</h1><section><table aria-rowcount="2"><caption>Beslut</caption>{HEAD}{ROW}</table><p>1–1 av 25</p></section>',
        f"<h1>Ärende</h1><table><caption>Beslut</caption>{HEAD}{ROW}<tfoot><tr><td colspan=2>{PAGER}</td></tr></tfoot></table>",
    ],
    ids=[
        "out of its frame",
        "in a form",
        "in its heading",
        "before another table",
        "counted by the page",
        "in its foot",
    ],
)
def test_what_is_about_a_table_is_found_wherever_it_stands(page: Page, site: Site, body: str) -> None:
    """As far out as there is no other that it could be about."""
    with pytest.raises(SelectorDrift, match="fler rader"):
        read(page, site, body)


@pytest.mark.parametrize(
    "body",
    [
        # Another table's; the next matter's; a day's; what each row has; steps of a form.
        f"<h1>Ärende</h1><div><table><caption>Beslut</caption>{HEAD}{ROW}</table></div><div><table><caption>Annat</caption><tr><th>Nr</th></tr></table>{PAGER}</div>",
        f'<h1>Ärende</h1><p><a href="/2">Nästa ärende</a></p><table><caption>Beslut</caption>{HEAD}{ROW}</table>',
        f'<h1>Ärende</h1><div class="datepicker"><button type="button">›</button></div><table><caption>Beslut</caption>{HEAD}{ROW}</table>',
        f'<h1>Ärende</h1><table><caption>Beslut</caption>{HEAD}<tr><td>B-1</td><td>2026-01-01</td><td><button type="button">Visa mer</button></td></tr></table>',
        f'<h1>Ärende</h1><form><input name="a"><table><caption>Beslut</caption>{HEAD}{ROW}</table><button>Nästa</button></form>',
        f'<h1>Ärende</h1><table><caption>Beslut</caption>{HEAD}{ROW}</table><ul><li class="page-disabled"><a>Nästa</a></li></ul>',
        f'<h1>Ärende</h1><table><caption>Beslut</caption>{HEAD}{ROW}</table><button type="button">Fler åtgärder</button>',
        f"<h1>Ärende</h1><header><a href='/'>Mer</a></header><table><caption>Beslut</caption>{HEAD}{ROW}</table><p>Totalt 25 timmar</p>",
    ],
)
def test_what_is_about_something_else_says_nothing_of_a_table(page: Page, site: Site, body: str) -> None:
    """Ordinary pages are read."""
    assert read(page, site, body) == ONE


def test_a_map_says_what_beside_a_table_is_about_something_else(page: Page, site: Site) -> None:
    """Only people know that."""
    body = table(f"<tbody>{ROW}</tbody>", beside='<nav class="steg"><a href="?steg=2">Nästa</a></nav>')

    assert read(page, site, body, aside="nav.steg") == ONE


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "row",
    [
        "<tr><td>Summa</td><td>2026-01-01</td></tr>",
        "<tr><th>Totalt</th><td>1 st</td></tr>",
        "<tr><td>Sida 1</td><td><a>2</a></td></tr>",
        "<tr><td>▸ LSS</td><td>1 st</td></tr>",
        "<tr><td><input name=nr></td><td><input name=dag></td></tr>",
    ],
    ids=["sum", "sum in a header", "pager", "group", "new row"],
)
def test_what_looks_like_a_row_and_is_none_is_drift(page: Page, site: Site, row: str) -> None:
    """The map can say so of it, and then it is left out."""
    columns = {"nr": {"header": "Nr", "blank": [""]}, "from": {"header": "Från", "blank": [""]}}
    with pytest.raises(SelectorDrift):
        read(page, site, table(f"<tbody>{ROW}{row}</tbody>"), columns)

    told = table(f"<tbody>{ROW}{row.replace('<tr>', '<tr class=ingen>')}</tbody>")
    assert read(page, site, told, columns, skip="tr.ingen") == ONE


@pytest.mark.parametrize(
    "rows",
    [
        f'{ROW}<tr style="position: absolute; left: -9999px"><td>B-0</td><td>2026-01-01</td></tr>',
        '<tr aria-hidden="true"><td>B-1</td><td>2026-01-01</td></tr>',
        f'{ROW}<tr><td colspan="2" style="padding: 0"><div style="display: none">Mer om B-1</div></td></tr>',
        "<tr><th>B-1</th><th>2026-01-01</th></tr>",
        '<tr><td>B-1</td><td rowspan="4">2026-01-01</td></tr>',
    ],
    ids=["off the page", "hidden from screen readers alone", "folded", "all of headers", "spans more than there are"],
)
def test_a_row_is_one_that_is_seen(page: Page, site: Site, rows: str) -> None:
    """However it is marked up."""
    assert read(page, site, table(f"<tbody>{rows}</tbody>")) == ONE


@pytest.mark.parametrize("promised", ["2", "1"])
def test_a_grid_may_count_its_header_or_not(page: Page, site: Site, promised: str) -> None:
    """Both are found in the wild; all that it has drawn is all that there is."""
    body = table(f"<tbody>{ROW}</tbody>").replace("<table>", f'<table aria-rowcount="{promised}">')

    assert read(page, site, body) == ONE


#: Rows that come as one scrolls: what scrolls is further out, or beside.
FURTHER = """<h1>Ärende</h1><div style="overflow-x: auto"><table><caption>Beslut</caption><tr><th>Nr</th></tr><tbody id="rows"></tbody></table></div>
<script>let drawn = 0; const draw = () => { for (let at = 0; at < 40; at++) document.getElementById('rows').insertAdjacentHTML('beforeend',
`<tr><td style="height: 40px">B-${drawn++}</td></tr>`); }; draw();
%s</script>"""
SCROLLS = {
    "the window": "addEventListener('scroll', () => { if (drawn < 120 && innerHeight + scrollY > document.body.scrollHeight - 50) draw(); });",
    "it is asked again and again": "setInterval(() => { if (drawn < 120 && document.scrollingElement.scrollTop + innerHeight > document.body.scrollHeight - 50) draw(); }, 5);",
}


@pytest.mark.parametrize("script", SCROLLS.values(), ids=SCROLLS)
def test_what_scrolls_may_be_far_out(page: Page, site: Site, script: str) -> None:
    """A frame around the table that only scrolls sideways is none."""
    rows = read(page, site, FURTHER % script, {"nr": COLUMNS["nr"]})

    assert [row["nr"] for row in rows] == [f"B-{at}" for at in range(120)]


@pytest.mark.usefixtures("hasty")
def test_a_list_that_changes_while_it_is_scrolled_is_drift(page: Page, site: Site) -> None:
    """What was drawn first is gone when the last is drawn."""
    changed = WINDOW.replace(
        "grid.onscroll = draw;",
        "let gone = 0; const at0 = row; grid.onscroll = () => { draw(); gone ||= grid.scrollTop > 900; if (gone) rows.innerHTML = rows.innerHTML.replace('>0<', '>99<'); };",
    )
    with pytest.raises(SelectorDrift, match="ändrades"):
        read(page, site, GRID.format(script=changed, tall=1200, more=""))


@pytest.mark.usefixtures("hasty")
def test_a_branch_that_is_not_open_is_drift(page: Page, site: Site) -> None:
    """Its rows are not in the page."""
    body = '<h1>Ärende</h1><div role="treegrid" aria-label="Beslut"><div role="row"><span role="columnheader">Nr</span></div><div role="row" aria-expanded="false"><span role="gridcell">B-1</span></div></div>'
    with pytest.raises(SelectorDrift, match="grenar"):
        read(page, site, body, {"nr": COLUMNS["nr"]})


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("said", ["2", "Två", ""])
def test_a_total_that_is_not_reached_is_drift(page: Page, site: Site, said: str) -> None:
    """The map names it, so it must be there, a number, and what was read."""
    with pytest.raises(SelectorDrift):
        read(page, site, table(ROW, beside=f"<p class=antal>{said}</p>"), total={"css": "p.antal"})


def test_a_total_that_is_reached_is_the_end(page: Page, site: Site) -> None:
    """Whatever else stands there."""
    beside = '<p class=antal>1 beslut</p><a href="#">Visa fler</a>'

    assert read(page, site, table(ROW, beside=beside), total={"css": "p.antal", "pattern": r"^(\d+)"}) == ONE
