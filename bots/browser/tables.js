// The tables of a screen, for `page.js`: each found as its map says, and read whole or refused.

// --- what stands beside a table ------------------------------------------------------------------------------------------

// What rows are called.
const ROWS = '(?:träff(?:ar)?|post(?:er)?|rad(?:er)?|resultat|objekt|stycken|st|ärende(?:n)?|beslut|händelser|insatser|påminnelser|rapporter|uppföljningar|records?|rows?|items?|entries|results?|hits)';
// What is pressed to see more of a list, by its words; by a picture of an arrow alone; or by the number of a page.
const MORE = new RegExp([
  '^\\W*(gå till |till |go to )?(nästa|next|följande|sista|last)( sida(n)?| page| \\d+| rader(na)?| poster(na)?)?\\W*$',
  '^\\W*(äldre|tidigare|older|earlier)( \\p{L}+)?\\W*$',
  // Plain "Mer" is a menu.
  `^\\W*((fler|flera)( ${ROWS})?|(mer|more) ${ROWS})\\W*$`,
  '^\\W*(visa|ladda|läs in|hämta|se|show|load|view|see)\\b.*\\b(fler|flera|mer|alla|allt|resten|hela|till|more|all|rest)\\b',
  '^\\s*([›»>→❯▶⏵]|>>)\\s*$',
  '\\b(nästa sida|next page)\\b',
].join('|'), 'iu');
const ARROW = /(^|[-_\s])(next|forward|chevron-right|angle-right|arrow-right|arrow-e|caret-right|load-?more)([-_\s]|$)/iu;
const PAGE = /^\W*(sida |page |gå till sida |go to page )?\d{1,4}\W*$/iu;
// What counts rows, in figures or in words; the last of its numbers is how many there are.
const FIGURE = '(\\d(?:[\\d\\s.]*\\d)?)';
const TOLD = [
  `${FIGURE}\\s*(?:till|to|–|-|−)\\s*${FIGURE}\\s*(?:av|of|/)\\s*(?:totalt\\s*)?${FIGURE}`,
  `(?:av|of)\\s+(?:totalt\\s*)?${FIGURE}\\s*(?:${ROWS})\\b`,
  `(?:visar|showing)\\D{0,20}${FIGURE}\\s*(?:av|of|/)\\s*(?:totalt\\s*)?${FIGURE}`,
  `(?:totalt|total|summa|sammanlagt)\\s*:?\\s*${FIGURE}(?:\\s*${ROWS}\\b|\\s*\\)?\\W*$)`,
  `^\\W*${FIGURE}\\s*${ROWS}\\W*$`,
].map((each) => new RegExp(each, 'giu'));
const SHEETS = new RegExp(`(?:sida|page)\\s*${FIGURE}\\W{0,3}(?:av|of|/)\\W{0,3}${FIGURE}`, 'giu');
const PARTLY = /\b(endast|bara|only)\b.*\b(senaste|första|latest|first|recent)\b|\b(fler än|more than)\b|\d\+(\s|$)/iu;
const [ONES, TENS] = [
  ['noll', 'en|ett', 'två', 'tre', 'fyra', 'fem', 'sex', 'sju', 'åtta', 'nio', 'tio', 'elva', 'tolv', 'tretton', 'fjorton', 'femton', 'sexton', 'sjutton', 'arton', 'nitton'],
  ['tjugo', 'trettio', 'fyrtio', 'femtio', 'sextio', 'sjuttio', 'åttio', 'nittio'],
];
const inFigures = (words) => words.replace(/\p{L}+/gu, (word) => {
  const plain = word.toLowerCase();
  const one = (said) => ONES.findIndex((each) => each.split('|').includes(said));
  const ten = TENS.findIndex((each) => plain.startsWith(each));
  if (one(plain) > 1) return String(one(plain));
  if (ten < 0) return word;
  const rest = plain.slice(TENS[ten].length);
  return rest === '' || (one(rest) > 0 && one(rest) < 10) ? String(20 + 10 * ten + (rest ? one(rest) : 0)) : word;
});
const number = (words) => Number(words.replace(/[\s.]/g, ''));
// Whether a text says that there are more rows, or other ones, than these.
const tellsOfMore = (said, many) => {
  const words = inFigures(said);
  if (PARTLY.test(words)) return true;
  if ([...words.matchAll(SHEETS)].some(([, at, of]) => number(of) > number(at))) return true;
  return TOLD.some((told) => [...words.matchAll(told)].some((found) => number(found.slice(1).filter(Boolean).at(-1)) !== many));
};

const PRESSES = `a, summary, select, ${PRESSED}, [role=link], [role=slider], [role=spinbutton], [onclick]`;
const isShut = (press) => press.matches(':disabled, [aria-disabled=true], [aria-current]:not([aria-current=false])')
  || press.closest('.disabled, [class*="-disabled"], [aria-disabled=true], .active, [class*="-selected"]') !== null;
const saidOf = (press) => [text(press), press.matches('input') ? press.value : '', press.title, press.getAttribute('aria-label') ?? '',
  ...[...press.querySelectorAll('[title], [aria-label], img[alt], title')].map((each) => each.getAttribute('title') ?? each.getAttribute('aria-label') ?? each.getAttribute('alt') ?? each.textContent)]
  .map(fold).filter((words) => words && words.length <= 60);
// Whether something that is pressed brings more rows. What a form with fields sends is another matter.
const bringsMore = (press) => {
  if (press.tagName === 'SELECT') {
    const pages = [...press.options].map((each) => fold(each.label));
    return pages.length > 1 && pages.every((each, at) => each === String(at + 1) || PAGE.test(each) && each.endsWith(String(at + 1)));
  }
  if (press.matches('[role=slider], [role=spinbutton]')) return Number(press.getAttribute('aria-valuemax')) > Number(press.getAttribute('aria-valuenow') ?? 1) && saidOf(press).some((words) => /\b(sid|page)/iu.test(words));
  if (press.matches('details[open] > summary')) return false;
  const sends = press.matches('button:not([type=button], [type=reset]), input:is([type=submit], [type=image])') ? press.form : null;
  // Plain "Nästa" is a step of a form, but where the form says of which page.
  if (sends && ![...sends.elements].some((field) => /page|sida|offset|start|skip/iu.test(field.name)) && saidOf(press).every((words) => /^\W*(nästa|next)\W*$/iu.test(words))) return false;
  if (sends && [...sends.elements].some((field) => field.matches('input:not([type=hidden], [type=submit], [type=image], [type=button]), select, textarea') && visible(field) && !press.contains(field) && field.closest(`table, ${TABLES}`) === null)) return false;
  const said = saidOf(press);
  if (said.some((words) => MORE.test(words) || (PAGE.test(words) && press.matches(`a, ${PRESSED}, [role=link]`)))) return true;
  return !said.length && [press, ...press.querySelectorAll('*')].some((each) => ARROW.test(each.getAttribute('class') ?? ''));
};
// What stands beside a table and is about it: in the nearest block that holds any table. Of several tables there it is about
// the one before it; what heads something, about the one after it.
const HEADS = 'h1, h2, h3, h4, h5, h6, [role=heading], legend, label';
const isAboutTable = (part, table, tables) => {
  let at = part.parentElement ?? part.getRootNode().host;
  let branch = part;
  while (at && !tables.some((each) => at.contains(each))) [branch, at] = [at, at.parentElement ?? at.getRootNode().host];
  if (!at || !at.contains(table)) return false;
  const there = tables.filter((each) => at.contains(each));
  if (there.length === 1) return true;
  const before = there.filter((each) => branch.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_PRECEDING);
  const after = there.filter((each) => branch.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING);
  return (part.matches(HEADS) ? after[0] ?? before.at(-1) : before.at(-1) ?? after[0]) === table;
};
// Parts of a page that are about no table: its head and foot, its menus, what picks a day.
const APART = 'body > header, body > footer, [role=banner], [role=contentinfo], [role=menubar], [role=menu], [class*=calendar], [class*=datepicker], [class*=date-picker]';
// Whether something beside a table says that there are more rows than these `many`; `aside` is what the map says is about
// something else.
const isContinued = (table, many, aside) => {
  const page = table.ownerDocument;
  const apart = new Set(aside ? all(page, aside) : []);
  const tables = all(page, `table, ${TABLES}, iframe, frame`).filter((each) => each === table || (!each.contains(table) && visible(each) && !each.closest(APART)));
  const outer = tables.filter((each) => !tables.some((other) => other !== each && other.contains(each)));
  const isBeside = (each) => !outer.some((other) => other.contains(each)) && ![...apart].some((other) => other.contains(each))
    && !each.closest(APART) && isAboutTable(each, table, outer);
  const own = all(table, PRESSES).filter((each) => !each.closest('td, th, [role=cell], [role=gridcell], [role=columnheader]') || each.closest('tfoot'));
  if ([...all(page, PRESSES).filter(isBeside), ...own].some((each) => visible(each) && !isShut(each) && bringsMore(each))) return true;
  const told = all(page, 'body *').filter((each) => each.textContent.length < 200 && (/\d|\bav\b|\bof\b|endast|bara|only|fler/iu.test(each.textContent))
    && !each.contains(table) && !each.matches('script, style, template, option') && !each.closest(`${PRESSES}, select`) && isBeside(each) && visible(each));
  const caption = table.caption ? [table.caption] : [];
  return [...told, ...caption].some((each) => {
    const words = fold(parts(each).words);
    const counts = each.matches(HEADS) || each === table.caption ? words.match(/\((\d[\d\s]*)\)\W*$/u) : null;
    return tellsOfMore(words, many) || (counts !== null && number(counts[1]) !== many);
  }) || (page !== document && page.defaultView.frameElement !== null && isContinued(page.defaultView.frameElement, many, aside));
};

// --- to its end ----------------------------------------------------------------------------------------------------------

const canScroll = (at) => at.scrollHeight > at.clientHeight + 1;
const outOf = (at) => at.assignedSlot ?? at.parentElement ?? at.getRootNode().host;
// What scrolls when a row is scrolled past: the nearest that can, around it or, as a bar of its own, beside it; else the window.
const scrollerOf = (row, page) => {
  for (let at = row; at && at !== page.body && at !== page.documentElement; at = outOf(at)) {
    if (at !== row && canScroll(at) && /auto|scroll|overlay/.test(getComputedStyle(at).overflowY)) return at;
    const bar = [...(at.parentElement?.children ?? [])].find((each) => each !== at && each.clientWidth <= 40 && each.clientHeight > 0 && canScroll(each) && /auto|scroll/.test(getComputedStyle(each).overflowY));
    if (bar) return bar;
  }
  return page.scrollingElement;
};
// Whether the page may draw more as one scrolls (`listens.js`). Where nobody has noted that, it may.
const [LISTENS, WATCHES] = [Symbol.for('listens'), Symbol.for('watches')];
const mayDraw = (table, scroller) => {
  const page = table.ownerDocument;
  // What is done again and again may look how far it has been scrolled.
  if (page.defaultView[LISTENS] !== false || page.defaultView[Symbol.for('repeated')]?.size || page.defaultView.onscroll || page.onscroll || page.defaultView.onwheel) return true;
  for (let at = table; at; at = outOf(at)) if (at.onscroll || at.onwheel) return true;
  if (scroller.onscroll) return true;
  return [...table.querySelectorAll('*')].some((each) => each.onscroll || each.onwheel);
};
// What the page, or a frame in it, has asked for by itself and not got yet.
const ASKED = Symbol.for('asked');
const isAsking = () => [window, ...all(document, 'iframe, frame').map((frame) => frame.contentWindow)].some((view) => {
  try { return view[ASKED]?.size > 0; } catch { return false; }
});
// What it has put off for a moment and not done yet (`listens.js`); one so short may be drawing. A moment that never ends, as
// of what looks again and again, is waited for no longer than MOMENT.
const MOMENT = 600;
const putOff = (view) => [...(view[Symbol.for('put off')]?.values() ?? [])];
const isDrawing = () => putOff(window).some(({ after }) => after <= 300);
const isBusy = (view) => isAsking() || putOff(view).some(({ since }) => view.performance.now() - since < MOMENT);
// Whether it does something again and again, at such moments.
const repeats = () => window[Symbol.for('repeated')]?.size > 0;
const quiet = async (view, until) => {
  if (!isBusy(view)) return;
  while (isBusy(view) && performance.now() < until) await redraw();
  await redrawn();
};
// Twice: what is drawn when something scrolls may be drawn in the redraw after.
const redrawn = async () => { await redraw(); await redraw(); };

// The table of a map, if it is there as the map says: where its columns are, and how many rows it promises.
const findTable = (where, spec) => {
  const frames = spec.frame ? all(document, spec.frame) : [];
  if (spec.frame && frames.length !== 1) return wrong(`${where}.frame`, frames.length);
  const root = spec.frame ? frames[0].contentDocument : document;
  if ((spec.frame && root?.readyState !== 'complete') || (spec.ready && !all(root, spec.ready).length)) {
    late = true;
    return wrong(spec.ready ? `${where}.ready` : where, 0);
  }
  const found = tablesOf(root, spec);
  const nothing = spec.empty ? all(root, spec.empty).filter(visible) : [];
  if (!found.length && nothing.length === 1) return { table: null };
  if (found.length !== 1) return wrong(where, found.length);
  const [table] = found;
  const first = rowsOf(table, spec.skip);
  const place = {};
  for (const column of Object.keys(spec.columns)) {
    const found = columnsOf(first.headers, spec.columns[column].header);
    if (found.length === 1) [place[column]] = found;
    else wrong(`${where}.columns.${column}`, found.length);
  }
  const needed = survey ? [spec.key, spec.protect?.by].filter(Boolean) : Object.keys(spec.columns);
  if (!needed.every((column) => column in place)) return undefined;
  const counts = spec.total ? countOf(where, spec.total, root) : promisedBy(table, first);
  if (spec.total && counts === undefined) return undefined;
  if (table.matches('[aria-busy=true]')) late = true;
  return { table, nothing, place, counts };
};
// The number that the map's total is, which stands whole in one place that is seen: "1 002" is not 2.
const countOf = (where, total, root) => {
  const there = all(root, total.css).filter(visible);
  if (there.length !== 1) return wrong(`${where}.total`, there.length);
  const pattern = total.pattern ?? '^(\\d+)$';
  const { text: words, seams, why } = valueOf(there[0], { pattern });
  const found = new RegExp(pattern, 'u').exec(words);
  if (why || !found || isPartOfNumber(pattern, words, seams)) return wrong(`${where}.total`, 0);
  return [Number(found[1])];
};
// How many rows a grid promises, where it does: with its header among them or not, if the rows' own numbers don't tell.
const promisedBy = (table, { header, body }) => {
  const promised = Number(table.getAttribute('aria-rowcount') ?? 0);
  if (!(promised > 0)) return null;
  const first = body.length ? Number(body[0].row.getAttribute('aria-rowindex') ?? 0) : 0;
  const isTold = first > 0 && first <= header + 1;
  return [...new Set(isTold ? [promised - (first - 1)] : [promised - header, promised])];
};

// All of its rows. A virtual list may take rows away again while it draws others, so they are gathered by key, or by where
// they stand.
const readRows = async (where, spec, { table, nothing, place, counts }, until) => {
  if (!table) return [];
  const places = Object.values(place);
  const gathered = new Map();
  const placeOf = (row, scroller) => {
    const { top } = row.getBoundingClientRect();
    const view = table.ownerDocument.defaultView;
    return Math.round(unheard(view, () => (scroller === table.ownerDocument.scrollingElement ? top + view.scrollY : top - scroller.getBoundingClientRect().top + scroller.scrollTop)));
  };
  let isEmpty = false;
  let drawn = new Set();
  const had = new Map();
  const gather = () => {
    const parted = rowsOf(table, spec.skip);
    const keys = new Set();
    const scroller = parted.body.length ? scrollerOf(parted.body[0].row, table.ownerDocument) : null;
    for (const each of parted.body) {
      const { row, cells, own } = each;
      if (nothing.some((one) => row.contains(one))) { isEmpty = true; continue; }
      // What is as it was a moment ago is not read anew.
      const kept = had.get(row);
      if (kept !== undefined && kept.html === row.outerHTML && !keys.has(kept.key)) {
        keys.add(kept.key);
        gathered.set(kept.key, kept.record);
        continue;
      }
      // One cell in place of all is a message, not a row; where there is one column, what has a span of its own, or says so.
      if (isFolded(each)) continue;
      const alone = own.length === 1 && cells.every((cell) => cell === own[0]) && (cells.length > 1 || own[0].hasAttribute('colspan') || (parted.body.length === 1 && NONE.test(fold(row.textContent))));
      if (alone || !isInLine(each, parted, places)) { wrong(`${where}.row`, own.length); return false; }
      if (isNone(each)) { wrong(`${where}.row`, own.length, 'en rad ser ut som en summa, en bläddrare, ett filter eller en ny rad; kartans skip säger vilka som inga är'); return false; }
      const problemsBefore = problems.length;
      const read = (column) => readValue(`${where}.columns.${column}`, cells[place[column]], spec.columns[column]);
      const key = spec.key ? read(spec.key) : row.getAttribute('aria-rowindex') ?? placeOf(row, scroller);
      if (keys.has(key)) { wrong(`${where}.key`, 2); return false; }
      keys.add(key);
      const open = !spec.protect || spec.protect.clear.includes(read(spec.protect.by));
      const columns = Object.keys(place).filter((each) => open || spec.protect.keep.includes(each));
      const record = { isProtected: !open, values: Object.fromEntries(columns.map((each) => [each, read(each)])) };
      gathered.set(key, record);
      if (spec.key && !row.querySelector(FIELDS)) had.set(row, { html: row.outerHTML, key, record });
      if (problems.length > problemsBefore && !survey) return false;
    }
    // Numbers of matters have figures in them, all or none.
    const plain = spec.key ? [...keys].filter((each) => !/\d/.test(each)).length : 0;
    if (plain > 0 && plain < keys.size) { wrong(`${where}.key`, plain, 'alla nycklar är inte av samma slag'); return false; }
    drawn = keys;
    return true;
  };
  if (!gather()) return undefined;
  if (isEmpty) return gathered.size ? wrong(`${where}.empty`, 1) : [];
  if (table.matches('[role=treegrid]') && table.querySelector('[role=row][aria-expanded=false]')) return wrong(`${where}.rows`, gathered.size, 'alla grenar är inte öppna');
  const [least, most] = counts ? [Math.min(...counts), Math.max(...counts)] : [0, Infinity];
  const isDone = () => gathered.size >= most;
  const around = () => scrollerOf(rowsOf(table, spec.skip).body.at(-1)?.row ?? table, table.ownerDocument);
  // Nothing says how many there are: the end must be seen, and nothing more be drawn there. Where a total is promised, rows
  // are drawn until it is reached; where other pages are read, their rows are counted with these.
  const toTheEnd = async (view) => {
    let scroller = around();
    // Where it is known how many there are, they mostly come by the batch, each time that the end comes into view.
    for (let idle = 0; counts && least === most && idle < 2 && !isDone(); ) {
      const before = gathered.size;
      for (const place of [0, scroller.scrollHeight]) {
        scroller.scrollTop = place;
        await redraw();
      }
      if (!gather()) return false;
      idle = gathered.size > before ? 0 : idle + 1;
    }
    if (isDone()) return true;
    // As long as more comes it is waited for, but not for ever.
    let [giveUp, size] = [Math.max(until, performance.now() + (counts ? 0 : 1_000)), 0];
    const last = giveUp + patience;
    for (scroller.scrollTop = 0; performance.now() < Math.min(giveUp, last); ) {
      await redrawn();
      await quiet(view, last);
      if (!gather()) return false;
      if (isDone()) return true;
      if (gathered.size > size) giveUp = Math.max(giveUp, performance.now() + 1_000);
      size = gathered.size;
      scroller = around();
      if (scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - 1) {
        scroller.scrollTop += Math.max(40, scroller.clientHeight * 0.8);
        continue;
      }
      const tall = scroller.scrollHeight;
      // An observer at the end of the list tells only that the end has come into view, so it must leave the view first.
      scroller.scrollTop -= scroller.clientHeight;
      await redraw();
      scroller.scrollTop = scroller.scrollHeight;
      rowsOf(table, spec.skip).body.at(-1)?.row.scrollIntoView({ block: 'nearest' });
      await redrawn();
      await quiet(view, last);
      if (!gather()) return false;
      const isStill = gathered.size === size && scroller.scrollHeight === tall && !table.matches('[aria-busy=true]') && !isBusy(view);
      if (isStill && gathered.size >= least) return true;
      if (counts && !isDone() && gathered.size === size) scroller.scrollTop = 0;
    }
    if (!counts) wrong(`${where}.rows`, gathered.size, 'listans slut kom aldrig');
    return counts !== null;
  };
  const mayGrow = () => {
    const scroller = around();
    return (canScroll(scroller) && mayDraw(table, scroller)) || table.matches('[aria-busy=true]');
  };
  // What has come into view without scrolling may bring more.
  if (table.ownerDocument.defaultView[WATCHES]) {
    await redrawn();
    if (isAsking()) return wrong(`${where}.rows`, gathered.size, 'sidan hämtar fler rader');
    gathered.clear();
    if (!gather()) return undefined;
  }
  if (!isDone() && (counts ? gathered.size < least || mayGrow() : !spec.counted && mayGrow())) {
    const scroller = around();
    const begun = scroller.scrollTop;
    const view = table.ownerDocument.defaultView;
    try {
      if (!await toTheEnd(view)) return undefined;
      // What is taken away again while it is scrolled may have changed meanwhile.
      if (drawn.size < gathered.size) {
        const before = [...gathered.keys()];
        gathered.clear();
        if (!await toTheEnd(view)) return undefined;
        if (before.length !== gathered.size || before.some((key) => !gathered.has(key))) return wrong(`${where}.rows`, gathered.size, 'listan ändrades under läsningen');
      }
    } finally {
      scroller.scrollTop = begun;
    }
  }
  if (counts && !counts.includes(gathered.size)) return wrong(`${where}.rows`, gathered.size);
  if (!spec.total && !spec.paged && isContinued(table, gathered.size, spec.aside)) return wrong(`${where}.rows`, gathered.size, 'intill tabellen står att det finns fler rader');
  return [...gathered.values()];
};
// A row that is folded: one cell over all columns, and nothing to see in it.
const isFolded = ({ cells, own }) => own.length === 1 && cells.length > 1 && cells.every((cell) => cell === own[0])
  && valueOf(own[0]).text === '' && !parts(own[0]).fields.length && own[0].getBoundingClientRect().height <= 2 * parseFloat(getComputedStyle(own[0]).paddingTop || 0) + 4;
// A row of as many cells as the others that is none: a sum, a pager, or fields in which nothing stands yet.
const SUM = /^\W*((del)?summa|totalt?|sub-?total|sum|sammanlagt|(sida|page)\s+\d+)\W*$/iu;
const isNone = ({ own }) => {
  const said = own.map((cell) => parts(cell));
  if (SUM.test(fold(said.find(({ words }) => words.trim())?.words ?? ''))) return true;
  const fields = said.flatMap((each) => each.fields).filter((field) => !field.matches('[type=checkbox], [type=radio], [role=checkbox], [role=radio], [role=switch]'));
  return fields.length > 0 && said.every(({ words }) => !words.trim()) && fields.every((field) => !(field.value ?? '').trim());
};
const NONE = /(^|\s)är tom\b|inget resultat|inga (resultat|träffar|poster)|^(laddar|loading|hämtar|vänta)\b|^(det finns |här finns |hittade |du har )?(inga|ingen|inget|no|none|tom|0 )\b|saknas$|hittades (inte|inga)|(data|records|results) (found|available)/iu;
