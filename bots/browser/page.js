// What the kit does inside a page, one round trip each, through same-origin frames and open shadow roots:
//
//   look    is this the screen, and what do its labelled values and tables say? Waits, redraw by redraw, until all that
//           is asked for is there, and scrolls tables whose rows are drawn lazily. For a protected person only what is
//           in `protect.keep` leaves the page. A `survey` reads on past what is wrong, and names all of it.
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
  // A receipt may be typed out, count up, or be taken back: it must say the same for some redraws, or have done so when it
  // went; for longer where the page has put something off.
  const [SETTLED, RESTLESS, READ] = [15, 200, 100];
  let held = null;
  for (;;) {
    // A place for messages may stand there empty, or with another matter's receipt, until ours comes.
    // One that was in the page when it was armed is another write's, wherever it stands now.
    const numbers = [...new Set(receiptsShown(answer).map(({ number }) => number))];
    const now = performance.now();
    // Who says both yes and no has told nothing.
    if (refusalsShown(answer.refused).length) return { end: numbers.length || held ? 'both' : 'refused' };
    if (numbers.length === 1) {
      if (held?.number !== numbers[0]) held = { number: numbers[0], since: now };
      held.last = now;
    } else if (numbers.length || (held && held.last - held.since < READ)) held = null;
    if (held && now - held.since >= (isDrawing() || repeats() ? RESTLESS : SETTLED)) return { end: 'shown', number: held.number };
    if (held && now < until + 10 * RESTLESS) { await awhile(); continue; }
    // A document is not told by what it lacks until it is whole.
    if (isWhole(document) && (answer.elsewhere.some((mark) => shown(mark).length) || !answer.ours.every((css) => all(document, css).length)))
      return { end: 'elsewhere' };
    if (guards().some((guard) => guard.stopped)) return { end: 'stopped' };
    if (window[CUT]) return { end: 'cut' };
    if (performance.now() > until) return { end: 'silence' };
    await awhile();
  }
}

const { marks, fields, protect, tables, survey } = look;
const problems = [];
// Each place once: a survey goes on, and a column may be wrong in every row.
const wrong = (where, found, why = '') => {
  if (!problems.some((each) => each.where === where)) problems.push({ where, found, why });
};
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
  const { text: said, seams, pieces, why } = valueOf(node, spec);
  if (why) wrong(where, 0, UNREAD[why]);
  // It may be on its way yet.
  else if (!said && !spec.blank) wrong(where, 0, UNREAD.blank);
  else if (spec.pattern !== null && spec.pattern !== undefined && isPartOfNumber(spec.pattern, said, seams)) wrong(where, 0, UNREAD.number);
  else if (spec.one && pieces > 1 && !isOnePiece(spec.pattern, said, seams ?? said)) wrong(where, pieces, UNREAD.pieces);
  return said;
};
// Whether the number that a pattern means goes on beside it, where the pattern does not look: 002 of "1 002". What is another
// piece of the text is another number.
const isPartOfNumber = (pattern, said, seams = null) => {
  const found = new RegExp(pattern, 'du').exec(said);
  if (!found?.[1] || !/^\d/.test(found[1]) || !/\d$/.test(found[1])) return false;
  const [[from, to], [start, end]] = found.indices;
  const places = seamsIn(seams ?? '');
  if (start === from) {
    const before = said.slice(0, start);
    if (/(\d|\d[.,]|[-+−–±])$/.test(before) && !places.has(start)) return true;
    if (/\d $/.test(before) && /^\d{3}(?!\d)/.test(found[1]) && !places.has(start) && !places.has(start - 1)) return true;
  }
  if (end !== to) return false;
  const after = said.slice(end);
  if (/^(\d|[.,:/\-−–‑]\d)/.test(after) && !places.has(end)) return true;
  return /^ \d{3}(?!\d)/.test(after) && !places.has(end) && !places.has(end + 1);
};
const seamsIn = (seams) => {
  const places = new Set();
  let said = '';
  for (const sign of seams) {
    if (sign === SEAM) places.add(said.length);
    else if (!/\s/.test(sign)) said += sign;
    else if (said && !said.endsWith(' ')) said += ' ';
  }
  return places;
};
// Whether the part of a text that a pattern means lies in one piece of it: in "<a>2</a>300 rader" no 2300 is seen.
const isOnePiece = (pattern, said, seams) => {
  if (pattern === null) return false;
  const part = (words) => new RegExp(pattern, 'u').exec(words)?.[1];
  return part(said) === part(seams.replaceAll(BESIDE_DIGITS, ''));
};
const BESIDE_DIGITS = new RegExp(`(?<!\\d)${SEAM}|${SEAM}(?!\\d)`, 'gu');
const UNREAD = {
  several: 'där står mer än ett värde',
  drawn: 'där visas något som inte är text',
  blank: 'där står inget, och kartan säger inte att det får vara tomt',
  pieces: 'talet står i flera delar',
  number: 'talet är en del av ett annat tal',
  cut: 'en del av texten är avskuren',
  order: 'texten visas i en annan ordning än den står i sidan',
  torn: 'det går inte att se om delarna är ett ord eller flera',
  raised: 'en upphöjd siffra kan vara en fotnot eller en del av talet',
  styled: 'stilmallen visar något mer än sidans text',
  faint: 'texten går inte att läsa: den är maskerad eller har bakgrundens färg',
};

// A page that asks for something all the time is not waited for all the time. Milliseconds.
const REST = 2_000;
const rest = performance.now() + (patience ? REST : 0);
const moment = performance.now() + (patience ? MOMENT : 0);
// Whether the document, or data that came to it as a script, is from before it was asked for.
const isOfThen = () => {
  const [came] = performance.getEntriesByType('navigation');
  return came?.activationStart > 0 || came?.deliveryType === 'navigational-prefetch'
    || performance.getEntriesByType('resource').some(({ name: address, deliveryType, initiatorType }) =>
      deliveryType === 'cache' && /^(script|other)$/.test(initiatorType) && !/\.(m?js|css|json5|wasm|woff2?|png|svg|gif|jpe?g|webp|ico)$/.test(new URL(address, location.href).pathname));
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
    const found = Object.entries(tables).map(([table, spec]) => [table, spec, findTable(`tables.${table}`, spec)]);
    // Rows may have to be scrolled to, so they are read when all else is there.
    if (!problems.length || survey)
      for (const [table, spec, at] of found) if (at) lists[table] = await readRows(`tables.${table}`, spec, at, until) ?? null;
  } else if (told) {
    // What a protected person's page shows beside the flag and what is kept does not concern us, not even when it is wrong.
    const ours = [protect.by, ...protect.keep];
    problems.splice(0, problems.length, ...problems.filter(({ where }) => ours.includes(where.slice(7))));
  }
  // More of what it shows may be on its way.
  // What it is called does not change by that.
  const reads = Object.keys(fields).length > 0 || Object.keys(tables).length > 0;
  const isComing = () => reads && ((isAsking() && performance.now() < rest) || (isDrawing() && performance.now() < moment));
  if (told && !problems.length && isComing()) {
    while (isComing()) await redraw();
    await redrawn();
    continue;
  }
  if (told && isOfThen()) return { told, problems, counts: null, whole: true, stale: true };
  // What was lost on its way is not only late.
  if ((told && !problems.length) || performance.now() > (late && !window[LOST] ? until + patience : until)) {
    // What is found on a screen that is not as the map says stays in the page, but in a survey.
    return told && (!problems.length || survey) ? { told, problems, record, tables: lists, whole: true }
      : { told, counts, problems, whole: isWhole(document) };
  }
  await awhile();
}
