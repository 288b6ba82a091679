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
    const receipts = answer.shown.flatMap(shown).filter((node) => proof.test(text(node)) && text(node).includes(answer.about));
    if (receipts.length === 1) return { end: 'shown', text: text(receipts[0]) };
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
const wrong = (where, found) => { problems.push({ where, found }); };
// What is only late is waited for longer than what is there and wrong.
let late = false;

const readFields = () => {
  const found = {};
  const values = labelled(document);
  for (const [field, { label, css, optional }] of Object.entries(fields)) {
    const nodes = label === null ? all(document, css) : values.get(name(label)) ?? [];
    if (nodes.length === 1) found[field] = text(nodes[0]);
    else if (nodes.length === 0 && optional) found[field] = null;
    else wrong(`fields.${field}`, nodes.length);
  }
  if (!protect || protect.clear.includes(found[protect.by])) return { isProtected: false, values: found };
  return { isProtected: true, values: Object.fromEntries(protect.keep.map((field) => [field, found[field]])) };
};

const readTable = async (where, spec, until) => {
  const frames = spec.frame ? all(document, spec.frame) : [];
  if (spec.frame && frames.length !== 1) return wrong(`${where}.frame`, frames.length);
  const root = spec.frame ? frames[0].contentDocument : document;
  if ((spec.frame && root?.readyState !== 'complete') || (spec.ready && !all(root, spec.ready).length)) {
    late = true;
    return wrong(spec.ready ? `${where}.ready` : where, 0);
  }
  const found = tablesOf(root, spec);
  if (!found.length && spec.empty && all(root, spec.empty).length === 1) return [];
  if (found.length !== 1) return wrong(where, found.length);
  const [table] = found;
  const { header, headers } = rowsOf(table);
  const place = {};
  for (const [column, title] of Object.entries(spec.columns)) {
    const found = columnsOf(headers, title);
    if (found.length === 1) [place[column]] = found;
    else wrong(`${where}.columns.${column}`, found.length);
  }
  if (Object.keys(place).length !== Object.keys(spec.columns).length) return undefined;

  // A virtual list may take rows away again while it draws others, so rows are gathered by key.
  const promised = Number(table.getAttribute('aria-rowcount') ?? 0);
  const expected = promised > 0 ? promised - header.length : 0;
  const gathered = new Map();
  let before = -1;
  for (;;) {
    const { body } = rowsOf(table);
    const keys = new Set();
    for (const row of body) {
      const cells = [...row.querySelectorAll(CELLS)];
      if (cells.length !== headers.length) return wrong(`${where}.row`, cells.length);
      const read = (column) => text(cells[place[column]]);
      const key = spec.key ? read(spec.key) : row;
      if (keys.has(key)) return wrong(`${where}.key`, 2);
      keys.add(key);
      const open = !spec.protect || spec.protect.clear.includes(read(spec.protect.by));
      const columns = open ? Object.keys(place) : spec.protect.keep;
      gathered.set(key, { isProtected: !open, values: Object.fromEntries(columns.map((each) => [each, read(each)])) });
    }
    if (gathered.size >= expected || performance.now() > until) break;
    // An observer at the end of the list tells only that the end has come into view, so it must leave the view first.
    if (gathered.size === before) {
      table.scrollTop = 0;
      body[0]?.scrollIntoView({ block: 'nearest' });
      await redraw();
    }
    before = gathered.size;
    table.scrollTop = table.scrollHeight;
    body.at(-1)?.scrollIntoView({ block: 'nearest' });
    await redraw();
  }
  if (expected && gathered.size !== expected) return wrong(`${where}.rows`, gathered.size);
  return [...gathered.values()];
};

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
    for (const [table, spec] of Object.entries(tables)) lists[table] = await readTable(`tables.${table}`, spec, until);
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
