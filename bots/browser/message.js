// What a page says to people around a write, for `act.js`, `page.js` and `cover.js`: what it asks before one, and the
// receipt after one. A false yes is worse than none here, so words that may mean something else are no receipt.

// Whether a text has a place on the page that nothing around it cuts away.
const isSeenAt = (words) => !words.data.trim() || drawn(words, contextOf(flatParent(words))).how === DRAWN_THERE;
// All words that are drawn in a place, nothing left out: also what is hidden from screen readers, raised, struck out, or
// put there by the style sheet. (`messageOf` leaves out what does not hold.)
const drawnOf = (node) => {
  let words = '';
  const space = () => { words += ' '; };
  const adorn = (element, where) => {
    const style = element.ownerDocument.defaultView.getComputedStyle(element, where);
    if (style.display === 'none' || ICONS.test(fontOf(style))) return;
    const said = [...style.content.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((quoted) => quoted[1]).join('').replace(/\p{Co}/gu, '');
    if (!/[\p{L}\p{N}]/u.test(said)) return;
    if (style.display !== 'inline') space();
    words += said;
    if (style.display !== 'inline') space();
  };
  const take = (child, isSeen) => {
    if (child.nodeType === Node.TEXT_NODE) { if (isSeen && isSeenAt(child)) words += child.data; return; }
    if (child.nodeType !== Node.ELEMENT_NODE || child.matches('script, style, template, noscript, datalist')) return;
    if (child.tagName === 'BR') { space(); return; }
    const style = child.ownerDocument.defaultView.getComputedStyle(child);
    if (style.display === 'none' || style.opacity === '0' || ICONS.test(fontOf(style))) return;
    const isShown = style.visibility === 'visible';
    const isInline = /^(inline|contents|ruby.*)$/.test(style.display);
    if (!isInline) space();
    if (isShown) adorn(child, '::before');
    const slotted = child.tagName === 'SLOT' ? child.assignedNodes() : [];
    for (const inner of slotted.length ? slotted : (child.shadowRoot ?? child).childNodes) take(inner, isShown);
    if (isShown) adorn(child, '::after');
    if (!isInline) space();
  };
  take(node, true);
  return fold(words);
};
// Each receipt in a text: its number, and the places of that and of all that the map's pattern covers. A number that is a
// part of a longer one is none, unless the pattern says what stands beside it.
const receiptsIn = (words, receipt) => {
  const found = [];
  for (const match of words.matchAll(new RegExp(receipt, 'dgu'))) {
    if (match[1] === undefined) continue;
    const [[start, end], [from, to]] = match.indices;
    const [before, after] = [words.slice(0, from), words.slice(to)];
    const isPart = /\p{N}$/u.test(before)
      || (from === start && (/\p{L}$|[\p{L}\p{N}][\p{Pd}/_]$|\p{N}[.:,'’]$/u.test(before)
        || (/^\p{N}{3}(?!\p{N})/u.test(match[1]) && /(?<!\p{N})\p{N}{1,3}\s$/u.test(before))))
      || (to === end && (/^[\p{L}\p{N}]|^[\p{Pd}/_][\p{L}\p{N}]|^[.:,'’]\p{N}/u.test(after)
        || (/(?<!\p{N})\p{N}{1,3}$/u.test(match[1]) && /^\s\p{N}{3}(?!\p{N})/u.test(after))));
    if (!isPart) found.push({ number: match[1], from, to, start, end });
  }
  return found;
};
// The numbers of all receipts that a document has in it, shown or not: none of them is of a write that is still to come.
const receiptsAnywhere = (receipt) => {
  const said = new Set();
  const pattern = new RegExp(receipt, 'gu');
  const note = (words) => { for (const match of fold(words).matchAll(pattern)) if (match[1] !== undefined) said.add(match[1]); };
  const pieces = [];
  for (const root of everything(document)) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode())
      if (!/^(SCRIPT|STYLE|NOSCRIPT)$/.test(walker.currentNode.parentNode?.tagName)) pieces.push(walker.currentNode.data);
    // A pattern for the whole of a message finds it in no longer text.
    if (/[$^]/.test(receipt))
      for (const node of root.querySelectorAll('*')) if (node.textContent.length < 1000) note(node.textContent);
  }
  // What stands in boxes of their own has a space between, what is only written in several pieces has none.
  note(pieces.join(' '));
  note(pieces.join(''));
  return [...said];
};

// A matter's number in a text, and others of its kind. Without letters, a part of four digits or more is like those of its
// length only: beside it may stand a day, a person's number, an amount.
const HYPHEN = '[-\\u2010\\u2011]';
const pieceOf = (letters, digits) => (part) =>
  (/\p{L}/u.test(part) ? letters(part) : /\p{N}/u.test(part) ? digits(part) : /[-\u2010\u2011]/.test(part) ? HYPHEN : literally(part));
const PIECES = /\p{L}+|\p{N}+|[^\p{L}\p{N}]/gu;
const shapeOf = (about, letters) => about.replace(PIECES, pieceOf(letters, (digits) =>
  (/\p{L}/u.test(about) ? '\\p{N}+' : digits.length > 3 ? `\\p{N}{${digits.length}}` : digits === about ? '\\p{N}+' : '\\p{N}{1,3}')));
// Whole: no part of a longer number, of an amount, of a time.
const wholly = (shape, about) => new RegExp(
  `(?<![\\p{L}\\p{N}][-\\u2010\\u2011/.:_]?)${/^\p{N}{3}(?!\p{N})/u.test(about) ? '(?<!(?<!\\p{N})\\p{N}{1,3}\\s)' : ''}`
  + `${/^\p{N}+$/u.test(about) ? '(?<!\\b[Kk]l\\.?\\s?)' : ''}${shape}`
  + `${/(?<!\p{N})\p{N}{1,3}$/u.test(about) ? '(?!\\s\\p{N}{3}(?!\\p{N}))' : ''}(?![-\\u2010\\u2011/.:_]?[\\p{L}\\p{N}])`, 'gu');
// Whose a text is: `ours`, `else` where it names another or both, null where it names none.
const whoseIs = (words, about) => {
  const plain = about.replace(PIECES, pieceOf(literally, literally));
  const isNamed = wholly(plain, about).test(words);
  if (!/\p{N}/u.test(about)) return isNamed ? 'ours' : null;
  const alike = (letters) => [...words.matchAll(wholly(shapeOf(about, letters), about))].map((found) => found[0].replace(/[\u2010\u2011]/g, '-'));
  if (isNamed) return alike(literally).every((each) => each === about.replace(/[\u2010\u2011]/g, '-')) ? 'ours' : 'else';
  return alike(() => '\\p{L}+').length ? 'else' : null;
};

// That what was to be done was not done, or does not hold. Not that it cannot be undone or is not shown again; nor what a
// matter may be about (a decision »ej verkställt«, a measure that was broken off).
const NOT = '(?:inte|ej|icke|aldrig)';
const DENIAL = new RegExp(
  `(?<!\\p{L})(?:(?:blev|kunde|gick|gäller|\\p{L}+(?:des|gs|ats))\\s+(?:\\p{L}+\\s+)?${NOT}(?!\\s+verkställ)`
  + `|${NOT}\\s+\\p{L}*(?:tag(?:en|et|its|na)|spara|skicka|utför|genomför|registrera|radera|godkän|giltig|klar)\\p{L}*`
  + '|ogiltig\\p{L}*|misslyck\\p{L}*|avvis\\p{L}*|makuler\\p{L}*)(?!\\p{L})', 'iu');
// Whether the sentences in which a receipt and its matter's number stand deny it, apart from what the pattern covers.
const isDenied = (words, { start, end }, about) => {
  const rest = words.slice(0, start) + '\u00a4'.repeat(end - start) + words.slice(end);
  return rest.split(/(?<=[.!?])\s+/).some((sentence) =>
    (sentence.includes('\u00a4') || (about && whoseIs(sentence, about))) && DENIAL.test(sentence));
};

// The boxes in which a part of a message stands, from the innermost out.
const boxesAround = (node, has) => {
  const boxes = [node];
  for (;;) {
    const [at] = boxes;
    const inside = at.tagName === 'SLOT' ? at.assignedElements() : [...(at.shadowRoot ?? at).children];
    const inner = inside.find(has);
    if (!inner) return boxes;
    boxes.unshift(inner);
  }
};
// The receipts that are shown, each with the element that shows it. A receipt is of the matter whose number stands next to
// it: in the smallest box around it that names one, its own number apart.
const receiptsShown = ({ shown: marks, receipt, about, before = [] }) => {
  const found = [];
  for (const node of new Set(marks.flatMap((mark) => sight(document, mark)).filter(visible))) {
    const numbers = new Set(receiptsIn(messageOf(node), receipt).map(({ number }) => number));
    for (const number of numbers) {
      if (before.includes(number)) continue;
      const has = (words) => receiptsIn(words, receipt).filter((each) => each.number === number);
      // As it is read, and as it is drawn.
      const said = drawnOf(node);
      const [place] = has(said);
      if (!place || isDenied(said, place, about)) continue;
      const cut = (words) => receiptsIn(words, receipt).reduceRight((left, { from, to }) => `${left.slice(0, from)}\u00a4${left.slice(to)}`, words);
      const boxes = boxesAround(node, (inner) => has(messageOf(inner)).length > 0);
      if (!about || boxes.map((box) => whoseIs(cut(messageOf(box)), about)).find(Boolean) === 'ours') found.push({ node, number });
    }
  }
  return found;
};
// The refusals that were shown before the write: they say nothing of it, until they say something else.
const REFUSED = Symbol.for('refused before');
const refusalsShown = (marks) => marks.flatMap((mark) => sight(document, mark)).filter(visible)
  .filter((node) => window[REFUSED]?.get(node) !== text(node));
