// What the kit does inside a page, one round trip each, through same-origin frames and open shadow roots:
//
//   look    is this the screen, and what do its labelled values and tables say? Waits, redraw by redraw, until all that
//           is asked for is there, and scrolls tables whose rows are drawn lazily. For a protected person only what is
//           in `protect.keep` leaves the page.
//   answer  what does the page show after a write: the receipt, a refusal, or something that is no answer?
//
// Runs by itself, without Playwright's own script in the page: that costs 30 to 60 ms a document.
const { look, answer, limit, patience } = ask;

const shown = (mark) => sight(document, mark).filter(visible);

const [CUT, LOST] = [Symbol.for('cut'), Symbol.for('lost')];
if (document.readyState === 'loading' && !window[CUT]) {
  await new Promise((then) => {
    for (const event of ['DOMContentLoaded', 'cut']) document.addEventListener(event, then, { once: true });
    setTimeout(then, limit + (patience ?? 0));
  });
}
const until = performance.now() + limit;

if (answer) {
  const proof = new RegExp(answer.receipt, 'u');
  for (;;) {
    // A place for messages may stand there empty, or with another matter's receipt, until ours comes.
    // One that stood there when the page was armed is another write's, wherever it stands now.
    const receipts = answer.shown.flatMap(shown).filter((node) => {
      const found = proof.exec(messageOf(node));
      return found && !answer.before.includes(found[1]) && isAbout(messageOf(node), answer.about);
    });
    if (receipts.length === 1) return { end: 'shown', text: messageOf(receipts[0]) };
    if (answer.refused.some((mark) => shown(mark).length)) return { end: 'refused' };
    // A document is not told by what it lacks until it is whole.
    if (isWhole(document) && (answer.elsewhere.some((mark) => shown(mark).length) || !answer.ours.every((css) => all(document, css).length)))
      return { end: 'elsewhere' };
    if (guards().some((guard) => guard.stopped)) return { end: 'stopped' };
    if (window[CUT]) return { end: 'cut' };
    if (performance.now() > until) return { end: 'silence' };
    await awhile();
  }
}

const { marks, fields, protect, tables } = look;
const problems = [];
const wrong = (where, found, why = '') => { problems.push({ where, found, why }); };
// What is only late is waited for longer than what is there and wrong.
let late = false;

const readFields = () => {
  const found = {};
  const values = labelled(document);
  for (const [field, spec] of Object.entries(fields)) {
    const { label, css, optional } = spec;
    const nodes = label === null ? all(document, css).filter((node) => !node.matches('[type=hidden]')) : values.get(name(label)) ?? [];
    if (nodes.length === 1) found[field] = readValue(`fields.${field}`, nodes[0], spec);
    else if (nodes.length === 0 && optional) found[field] = null;
    else wrong(`fields.${field}`, nodes.length);
  }
  if (!protect || protect.clear.includes(found[protect.by])) return { isProtected: false, values: found };
  return { isProtected: true, values: Object.fromEntries(protect.keep.map((field) => [field, found[field]])) };
};
// What is shown and can't be read is drift, never a blank; a number in several pieces may be two.
const readValue = (where, node, spec) => {
  const { text: said, pieces, why } = valueOf(node, spec);
  if (why) wrong(where, 0, UNREAD[why]);
  // It may be on its way yet.
  else if (!said && !spec.blank) wrong(where, 0, UNREAD.blank);
  else if (spec.one && pieces > 1) wrong(where, pieces, UNREAD.pieces);
  return said;
};
const UNREAD = {
  several: 'där står mer än ett värde',
  drawn: 'där visas något som inte är text',
  blank: 'där står inget, och kartan säger inte att det får vara tomt',
  pieces: 'talet står i flera delar',
};

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
  if (Object.keys(place).length !== Object.keys(spec.columns).length) return undefined;
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
      const read = (column) => readValue(`${where}.${column}`, cells[place[column]], spec.columns[column]);
      const key = spec.key ? read(spec.key) : row.getAttribute('aria-rowindex') ?? placeOf(row, scroller);
      if (keys.has(key)) { wrong(`${where}.key`, 2); return false; }
      keys.add(key);
      const open = !spec.protect || spec.protect.clear.includes(read(spec.protect.by));
      const columns = open ? Object.keys(place) : spec.protect.keep;
      gathered.set(key, { isProtected: !open, values: Object.fromEntries(columns.map((each) => [each, read(each)])) });
      if (problems.length > problemsBefore) return false;
    }
    return true;
  };
  if (!gather()) return undefined;
  if (isEmpty) return gathered.size ? wrong(`${where}.empty`, 1) : [];
  const isDone = () => expected !== null && gathered.size >= expected;
  const around = () => scrollerOf(rowsOf(table, spec.skip).body.at(-1)?.row ?? table, table.ownerDocument);
  // Nothing says how many there are: the end must be seen, and nothing more be drawn there. Where a total is promised, rows
  // are drawn until it is reached; where other pages are read, their rows are counted with these.
  if (!isDone() && (expected !== null || (!spec.counted && (canScroll(around()) || table.matches('[aria-busy=true]'))))) {
    let scroller = around();
    const begun = scroller.scrollTop;
    // As long as more comes it is waited for, but not for ever.
    let [giveUp, size, ended] = [Math.max(until, performance.now() + (expected === null ? 1_000 : 0)), 0, false];
    const last = giveUp + patience;
    for (scroller.scrollTop = 0; !ended && performance.now() < Math.min(giveUp, last); ) {
      await redrawn();
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
      if (!gather()) return undefined;
      ended = expected === null && gathered.size === size && scroller.scrollHeight === tall && !table.matches('[aria-busy=true]');
      if (expected !== null && !isDone() && gathered.size === size) scroller.scrollTop = 0;
    }
    scroller.scrollTop = begun;
    if (expected === null && !ended) return wrong(`${where}.rows`, gathered.size, 'listans slut kom aldrig');
  }
  if (expected !== null && gathered.size !== expected) return wrong(`${where}.rows`, gathered.size);
  if (expected === null && !spec.paged && isContinued(table, gathered.size)) return wrong(`${where}.rows`, gathered.size, 'intill tabellen står att det finns fler rader');
  return [...gathered.values()];
};
const NONE = /^(det finns |här finns |hittade |du har )?(inga|ingen|inget|no|none|tom|0 )\b|saknas$|hittades (inte|inga)|(data|records|results) (found|available)/iu;

for (;;) {
  problems.length = 0;
  if (window[CUT]) return { told: false, counts: null, problems, whole: false };
  late = document.readyState !== 'complete';
  const counts = marks.map((mark) => shown(mark).length);
  // Only a screen that is told for certain is read at all.
  const told = isWhole(document) && counts.every((count, at) => (count > 0) === marks[at].there);
  const record = told ? readFields() : null;
  const lists = {};
  if (told && !record.isProtected) {
    const found = Object.entries(tables).map(([table, spec]) => [table, spec, findTable(`tables.${table}`, spec)]);
    // Rows may have to be scrolled to, so they are read when all else is there.
    if (!problems.length)
      for (const [table, spec, at] of found) lists[table] = await readRows(`tables.${table}`, spec, at, until);
  } else if (told) {
    // What a protected person's page shows beside the flag and what is kept does not concern us, not even when it is wrong.
    const ours = [protect.by, ...protect.keep];
    problems.splice(0, problems.length, ...problems.filter(({ where }) => ours.includes(where.slice(7))));
  }
  // What was lost on its way is not only late.
  if ((told && !problems.length) || performance.now() > (late && !window[LOST] ? until + patience : until)) {
    // What is found on a screen that is not as the map says stays in the page.
    return told && !problems.length ? { told, problems, record, tables: lists }
      : { told, counts, problems, whole: isWhole(document) };
  }
  await awhile();
}
