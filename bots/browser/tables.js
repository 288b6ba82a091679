// The tables of a screen, for `page.js`: each found as its map says, and read whole or refused.

// What says beside a table that more is to come: a count that goes on past what is shown, or something that brings more.
const MORE = /^(visa|ladda|läs in|hämta|se|fler|show|load|view)\b.*\b(fler|flera|mer|alla|allt|resten|more|all)\b|^(fler|flera|mer|more)$|^(nästa|nästa sida|next|next page|[›»>]|>>|❯|→)$/iu;
const COUNT = /(\d[\d\s]*)\s*(?:till|to|–|-|−)\s*(\d[\d\s]*)\s*(?:av|of|\/)\s*(?:totalt\s*)?(\d[\d\s]*)|(?:visar|showing|sida|page)\D{0,20}(\d[\d\s]*)\s*(?:av|of|\/)\s*(?:totalt\s*)?(\d[\d\s]*)/giu;
const number = (words) => Number(words.replace(/\s/g, ''));
const isContinued = (table, many) => {
  const page = table.ownerDocument;
  // As far out as no other table stands.
  let around = table;
  for (let out = around.parentElement; out && out !== page.body && !out.matches('main, form'); out = out.parentElement) {
    if (all(out, `table, ${TABLES}`).some((other) => other !== table && !table.contains(other) && !other.contains(table) && visible(other))) break;
    around = out;
  }
  const beside = around === table ? [table, table.previousElementSibling, table.nextElementSibling, table.nextElementSibling?.nextElementSibling] : [around];
  const near = beside.filter((each) => each && !(each !== table && each.matches(`table, ${TABLES}`)));
  return near.some((part) => {
    const presses = [part, ...all(part, 'a, button, [role=button], [role=link]')].filter((each) => each.matches('a, button, [role=button], [role=link]'));
    if (presses.some((each) => visible(each) && !each.matches(':disabled, [aria-disabled=true], .disabled, .disabled *') && !(each.matches('button:not([type=button])') && each.form) && MORE.test(fold(text(each)) || labelOf(each) || '')))
      return true;
    if (part === table || !part.textContent) return false;
    const words = all(part, '*').concat(part).filter((each) =>
      each.textContent.length < 300 && /\d/.test(each.textContent) && !table.contains(each) && !each.contains(table) && visible(each)).map((each) => fold(each.textContent));
    return words.some((said) => [...said.matchAll(COUNT)].some(([, , last, whole, at, of]) =>
      (whole !== undefined ? number(whole) > number(last) || number(whole) > many : number(of) > number(at))));
  });
};
// What scrolls when a row is scrolled past: the table, something in it or around it, or the window.
const scrollerOf = (row, page) => {
  for (let at = row; at && at !== page.body; at = at.parentElement ?? at.getRootNode().host)
    if (/auto|scroll/.test(getComputedStyle(at).overflowY) && at !== row) return at;
  return page.scrollingElement;
};
const canScroll = (at) => at.scrollHeight > at.clientHeight + 1;
// Whether the page may draw more as one scrolls (`listens.js`). Where nobody has noted that, it may.
const LISTENS = Symbol.for('listens');
const mayDraw = (table) => {
  const page = table.ownerDocument;
  if (page.defaultView[LISTENS] !== false || page.defaultView.onscroll || page.onscroll || page.defaultView.onwheel) return true;
  for (let at = table; at; at = at.parentElement ?? at.getRootNode().host) if (at.onscroll || at.onwheel) return true;
  return [...table.querySelectorAll('*')].some((each) => each.onscroll || each.onwheel);
};
// What the page, or a frame in it, has asked for by itself and not got yet.
const ASKED = Symbol.for('asked');
const isAsking = () => [window, ...all(document, 'iframe, frame').map((frame) => frame.contentWindow)].some((view) => {
  try { return view[ASKED]?.size > 0; } catch { return false; }
});
// What a page puts off for a moment, meanwhile. A moment that never ends, as of what looks again and again, is waited for no
// longer than MOMENT.
const MOMENT = 600;
const overhear = (view) => {
  const put = new Map();
  const { setTimeout: later, clearTimeout: never } = view;
  view.setTimeout = (run, after = 0, ...given) => {
    if (after > MOMENT || typeof run !== 'function') return later(run, after, ...given);
    const one = later((...what) => { put.delete(one); run(...what); }, after, ...given);
    put.set(one, performance.now());
    return one;
  };
  view.clearTimeout = (one) => { put.delete(one); never(one); };
  const waits = () => isAsking() || [...put.values()].some((since) => performance.now() - since < MOMENT);
  return {
    waits,
    quiet: async (until) => {
      if (!waits()) return;
      while (waits() && performance.now() < until) await redraw();
      await redrawn();
    },
    end: () => { Object.assign(view, { setTimeout: later, clearTimeout: never }); },
  };
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
  const promised = Number(table.getAttribute('aria-rowcount') ?? 0);
  const counted = spec.total ? all(root, spec.total.css).filter(visible) : [];
  if (spec.total && counted.length !== 1) return wrong(`${where}.total`, counted.length);
  const said = spec.total ? new RegExp(spec.total.pattern ?? '^(\\d+)$', 'u').exec(fold(text(counted[0]))) : null;
  if (spec.total && !said) return wrong(`${where}.total`, 0);
  const expected = spec.total ? Number(said[1]) : promised > 0 ? promised - first.header : null;
  if (table.matches('[aria-busy=true]')) late = true;
  return { table, nothing, place, expected };
};

// All of its rows. A virtual list may take rows away again while it draws others, so they are gathered by key, or by where
// they stand.
const readRows = async (where, spec, { table, nothing, place, expected }, until) => {
  if (!table) return [];
  const places = Object.values(place);
  const gathered = new Map();
  const placeOf = (row, scroller) => {
    const { top } = row.getBoundingClientRect();
    return Math.round(scroller === table.ownerDocument.scrollingElement ? top + table.ownerDocument.defaultView.scrollY : top - scroller.getBoundingClientRect().top + scroller.scrollTop);
  };
  let isEmpty = false;
  const gather = () => {
    const parted = rowsOf(table, spec.skip);
    const keys = new Set();
    const scroller = parted.body.length ? scrollerOf(parted.body[0].row, table.ownerDocument) : null;
    for (const each of parted.body) {
      const { row, cells, own } = each;
      if (nothing.some((one) => row.contains(one))) { isEmpty = true; continue; }
      // One cell in place of all is a message, not a row; where there is one column, what has a span of its own, or says so.
      const alone = own.length === 1 && cells.every((cell) => cell === own[0]) && (cells.length > 1 || own[0].hasAttribute('colspan') || (parted.body.length === 1 && NONE.test(fold(row.textContent))));
      if (alone || !isInLine(each, parted, places)) { wrong(`${where}.row`, own.length); return false; }
      const problemsBefore = problems.length;
      const read = (column) => readValue(`${where}.columns.${column}`, cells[place[column]], spec.columns[column]);
      const key = spec.key ? read(spec.key) : row.getAttribute('aria-rowindex') ?? placeOf(row, scroller);
      if (keys.has(key)) { wrong(`${where}.key`, 2); return false; }
      keys.add(key);
      const open = !spec.protect || spec.protect.clear.includes(read(spec.protect.by));
      const columns = Object.keys(place).filter((each) => open || spec.protect.keep.includes(each));
      gathered.set(key, { isProtected: !open, values: Object.fromEntries(columns.map((each) => [each, read(each)])) });
      if (problems.length > problemsBefore && !survey) return false;
    }
    return true;
  };
  if (!gather()) return undefined;
  if (isEmpty) return gathered.size ? wrong(`${where}.empty`, 1) : [];
  const isDone = () => expected !== null && gathered.size >= expected;
  const around = () => scrollerOf(rowsOf(table, spec.skip).body.at(-1)?.row ?? table, table.ownerDocument);
  // Nothing says how many there are: the end must be seen, and nothing more be drawn there. Where a total is promised, rows
  // are drawn until it is reached; where other pages are read, their rows are counted with these.
  if (!isDone() && (expected !== null || (!spec.counted && ((canScroll(around()) && mayDraw(table)) || table.matches('[aria-busy=true]'))))) {
    let scroller = around();
    const heard = overhear(table.ownerDocument.defaultView);
    const begun = scroller.scrollTop;
    // As long as more comes it is waited for, but not for ever.
    let [giveUp, size, ended] = [Math.max(until, performance.now() + (expected === null ? 1_000 : 0)), 0, false];
    const last = giveUp + patience;
    try {
      for (scroller.scrollTop = 0; !ended && performance.now() < Math.min(giveUp, last); ) {
        await redrawn();
        await heard.quiet(last);
        if (!gather()) return undefined;
        if (isDone()) break;
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
        await heard.quiet(last);
        if (!gather()) return undefined;
        ended = expected === null && gathered.size === size && scroller.scrollHeight === tall && !table.matches('[aria-busy=true]') && !heard.waits();
        if (expected !== null && !isDone() && gathered.size === size) scroller.scrollTop = 0;
      }
    } finally {
      heard.end();
    }
    scroller.scrollTop = begun;
    if (expected === null && !ended) return wrong(`${where}.rows`, gathered.size, 'listans slut kom aldrig');
  }
  if (expected !== null && gathered.size !== expected) return wrong(`${where}.rows`, gathered.size);
  if (expected === null && !spec.paged && isContinued(table, gathered.size)) return wrong(`${where}.rows`, gathered.size, 'intill tabellen står att det finns fler rader');
  return [...gathered.values()];
};
const NONE = /^(det finns |här finns |hittade |du har )?(inga|ingen|inget|no|none|tom|0 )\b|saknas$|hittades (inte|inga)|(data|records|results) (found|available)/iu;
