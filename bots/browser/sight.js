// What a person sees on a page, and how it is built: the one way in which the kit finds anything, in a look (`page.js`) and
// in an action (`act.js`). Through open shadow roots; frames are entered by those who ask.

const fold = (text) => text.replace(/\s+/g, ' ').trim();
const everything = (root) => {
  const roots = [root];
  for (const node of root.querySelectorAll('*')) if (node.shadowRoot) roots.push(...everything(node.shadowRoot));
  return roots;
};
const all = (root, css) => everything(root).flatMap((part) => [...part.querySelectorAll(css)]);
// What hides a shadow root's host hides all that is in it.
const concealed = (node) => {
  for (let at = node; at; at = at.getRootNode().host) if (at.closest('[aria-hidden=true]')) return true;
  return false;
};
const visible = (node) => node.checkVisibility({ visibilityProperty: true }) && !concealed(node);

// Whether a page stands as it was built: parsed, and styled. Until then what it hides is seen, and what is seen moves.
const isWhole = (page) => page.readyState === 'complete' || (page.readyState === 'interactive'
  && [...page.querySelectorAll('link[rel~=stylesheet i][href]')].every(({ sheet, disabled }) => sheet || disabled));

// What an element is called by what is in it. Its value, where it has one, is `valueOf`.
const UNSAID = '[aria-hidden=true], [hidden], script, style';
const text = (node) => {
  if ('value' in node && /^(INPUT|TEXTAREA)$/.test(node.tagName)) return fold(node.value);
  if (node.tagName === 'SELECT') return fold(node.selectedOptions[0]?.textContent ?? '');
  if (!node.querySelector(`${UNSAID}, br`)) return fold(node.textContent);
  const copy = node.cloneNode(true);
  copy.querySelectorAll(UNSAID).forEach((hidden) => hidden.remove());
  copy.querySelectorAll('br').forEach((end) => end.replaceWith(' '));
  return fold(copy.textContent);
};

// Icon glyphs and sort arrows at the ends are not part of a name, and a number at its end need not be: it may be a badge's
// count. So a text has one name, or two.
const name = (words) =>
  words.normalize('NFC').replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '').replace(/\s+/g, ' ').toLowerCase();
const names = (words) => new Set([name(words), name(name(words).replace(/\s\(?\d+$/u, ''))]);
const isNamed = (shown, wanted, exact) => (exact ? names(shown).has(name(wanted)) : name(shown).includes(name(wanted)));

const CONTROLS = 'input:not([type=hidden]), textarea, select, [role=textbox], [role=combobox], [role=checkbox], [role=radio]';
// `bots.browser.selector_map.Role` lists the same ones.
const ROLES = {
  alert: '[role=alert]',
  button: 'button:not([role]), [role=button], input[type=submit], input[type=button]',
  checkbox: 'input[type=checkbox], [role=checkbox]',
  combobox: 'select:not([multiple]), [role=combobox]',
  dialog: 'dialog[open], [role=dialog]',
  group: 'fieldset, details:not([role]), [role=group], [role=radiogroup]',
  heading: 'h1, h2, h3, h4, h5, h6, [role=heading]',
  link: 'a[href]:not([role]), [role=link]',
  menu: '[role=menu]',
  menuitem: '[role=menuitem]',
  navigation: 'nav, [role=navigation]',
  radio: 'input[type=radio], [role=radio]',
  search: 'search, [role=search]',
  status: 'output, [role=status]',
  tab: '[role=tab]',
  table: 'table:not([role]), [role=table], [role=grid], [role=treegrid]',
  textbox: 'textarea, input:is(:not([type]), [type=text], [type=email], [type=tel], [type=url], [type=password]), [role=textbox]',
};
const NAMED_BY_CONTENT = new Set(['button', 'heading', 'link', 'menuitem', 'tab', 'checkbox', 'radio', 'alert', 'status']);

// What a label says beside the field that it may have in it.
const wording = (label) => {
  if (!label.querySelector('select, textarea')) return text(label);
  const copy = label.cloneNode(true);
  copy.querySelectorAll('select, textarea').forEach((field) => field.remove());
  return text(copy);
};
const labelOf = (node) => {
  const by = node.getAttribute('aria-labelledby');
  if (by) return fold(by.split(' ').map((id) => node.getRootNode().getElementById(id)?.textContent ?? '').join(' '));
  if (node.hasAttribute('aria-label')) return fold(node.getAttribute('aria-label'));
  return node.labels?.length ? fold([...node.labels].map(wording).join(' ')) : null;
};
const nameOf = (role, node) =>
  labelOf(node) ?? (node.tagName === 'TABLE' ? (node.caption ? text(node.caption) : '')
    : node.tagName === 'FIELDSET' ? text(node.querySelector(':scope > legend') ?? document.createElement('i'))
    : NAMED_BY_CONTENT.has(role) ? text(node) : '');

// Return all elements below `root` that one locator of a map means. Wording is what can be seen; structure is there or not.
const sight = (root, { kind, value, name: wanted, exact }) => {
  switch (kind) {
    case 'css': return all(root, value);
    case 'test_id': return all(root, `[data-testid="${CSS.escape(value)}"]`);
    case 'href': return all(root, `a[href="${CSS.escape(value)}"]`);
    case 'role':
      return all(root, ROLES[value]).filter((node) =>
        visible(node) && (wanted === null || isNamed(nameOf(value, node), wanted, exact)));
    case 'label': return all(root, CONTROLS).filter((node) => visible(node) && isNamed(labelOf(node) ?? '', value, exact));
    case 'text': {
      const said = all(root, ':not(script, style)').filter((node) => visible(node) && isNamed(text(node), value, exact));
      return said.filter((node) => !said.some((inner) => inner !== node && node.contains(inner)));
    }
    default: return all(root, `[${kind}]`).filter((node) => visible(node) && isNamed(node.getAttribute(kind), value, exact));
  }
};

// A value as a person sees it: what is drawn of it, without what is struck out, tucked away, or a footnote's mark, and with a
// space where a line ends. A control in it is read as it stands, a box that is ticked as `ja`, else as `nej`.
//
// `why` says that it can't be told: `several` (controls, or a control beside words), `drawn` (a picture or struck-out words
// and nothing to read). `pieces` are the texts that it is made of.
const FIELDS = 'input, select, textarea, [role=checkbox], [role=radio], [role=switch]';
const PRESSED = 'button, [role=button], input:is([type=button], [type=submit], [type=reset], [type=image])';
const PICTURES = 'img, svg, canvas, video, object, embed, iframe';
const STRUCK = 's, del, strike';
const [YES, NO] = ['ja', 'nej'];
// Far above or to the left of the page, cut to nothing, or as small: there for screen readers and for sorting, not seen.
const isTucked = (node, style) => {
  if (style.fontSize === '0px') return true;
  if (!/absolute|fixed/.test(style.position)) return parseFloat(style.textIndent) < -500;
  if (/^rect\((0px|1px)?[, ]+(0px|1px)/.test(style.clip) || /inset\((50|100)%/.test(style.clipPath)) return true;
  const box = node.getBoundingClientRect();
  return (style.overflow !== 'visible' && (box.width <= 1 || box.height <= 1))
    || box.right + scrollX <= 0 || box.bottom + scrollY <= 0;
};
const isStruck = (style) => style.textDecorationLine.includes('line-through');
// A number or a sign that leads to a note; not what makes m² of m.
const isNote = (node, before) => node.matches('sup, [role=doc-noteref]') && /^[\[(]?([\d,]{1,3}|[*†‡§]{1,3}|\p{L})[\])]?$/u.test(fold(node.textContent))
  && !(node.matches('sup') && !node.querySelector('a') && /(^|[\s\d])[ckmd]?m$/.test(before));
const stands = (field) => {
  if (field.tagName === 'SELECT') return field.selectedOptions.length > 1 ? null : fold(field.selectedOptions[0]?.label ?? '');
  if (field.matches('[type=checkbox], [type=radio], [role=checkbox], [role=radio], [role=switch]')) {
    if (field.indeterminate || field.getAttribute('aria-checked') === 'mixed') return null;
    return ('checked' in field ? field.checked : field.getAttribute('aria-checked') === 'true') ? YES : NO;
  }
  return field.matches('[type=password], [type=file]') ? null : fold(field.value ?? '');
};
// Between two pieces of text with no space between them, in `seams`: nobody reads there.
const SEAM = '\u2060';
const parts = (node) => {
  const found = { words: '', seams: '', pieces: 0, fields: [], buttons: [], pictures: [], unread: false };
  const enter = (inner, isSeen = true) => {
    const slotted = inner.tagName === 'SLOT' ? inner.assignedNodes() : [];
    for (const child of slotted.length ? slotted : (inner.shadowRoot ?? inner).childNodes)
      if (inner.tagName !== 'DETAILS' || inner.open || child.tagName === 'SUMMARY') take(child, isSeen);
  };
  const take = (child, isSeen) => {
    if (child.nodeType === Node.TEXT_NODE && isSeen) {
      found.words += child.data;
      found.seams += SEAM + child.data;
      if (child.data.trim()) found.pieces += 1;
    }
    if (child.nodeType !== Node.ELEMENT_NODE || child.matches('script, style, template, noscript, datalist, [aria-hidden=true], [hidden]')) return;
    if (child.tagName === 'BR') { space(); return; }
    const style = child.ownerDocument.defaultView.getComputedStyle(child);
    const isThere = style.display === 'contents' || child.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!isThere || isTucked(child, style)) {
      if (style.display === 'none') return;
      // What is hidden may be shown in part again; what is see-through or tucked away is drawn, and not read.
      if (style.visibility !== 'visible') enter(child, false);
      else found.unread ||= fold(child.textContent) !== '';
      return;
    }
    if (child.matches(PRESSED)) { found.buttons.push(child); return; }
    if (child.matches(FIELDS)) { if (child.type !== 'hidden') found.fields.push(child); return; }
    if (child.matches(PICTURES)) { found.pictures.push(child); return; }
    if (child.matches(STRUCK) || isStruck(style)) { found.unread ||= fold(child.textContent) !== ''; return; }
    if (isNote(child, fold(found.words))) return;
    const isInline = /^(inline|contents|ruby.*)$/.test(style.display);
    if (!isInline) space();
    enter(child);
    if (!isInline) space();
  };
  const space = () => { found.words += ' '; found.seams += ' '; };
  enter(node);
  return found;
};
// What a message says, with its parts apart: what stands in a box of its own is a word of its own.
const messageOf = (node) => fold(parts(node).words);
// What the style sheet draws in a place with no words in it: an icon of a font, a picture behind it.
const isAdorned = (node) => [node, ...node.querySelectorAll('*')].some((each) => {
  if (!each.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
  const drawn = ['::before', '::after'].some((pseudo) => /["'][^"']*[^\s"'][^"']*["']|url\(|counter/.test(getComputedStyle(each, pseudo).content));
  return drawn || getComputedStyle(each).backgroundImage.includes('url(');
});
// `as` is what the map says of the place: `pictures`, what each picture in it means, by css; `alt`, that it is a picture
// that says itself what it means.
const valueOf = (node, as = {}) => {
  if (node.matches(FIELDS) && !node.matches(PRESSED)) {
    const value = stands(node);
    return { text: value ?? '', pieces: 1, why: value === null ? 'several' : null };
  }
  const style = node.ownerDocument.defaultView.getComputedStyle(node);
  if (style.display !== 'contents' && (!node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || isTucked(node, style)))
    return { text: '', pieces: 0, why: fold(node.textContent) || node.querySelector(FIELDS) ? 'drawn' : null };
  if (node.closest(STRUCK) || isStruck(style) || (node.parentElement?.tagName === 'TR' && isStruck(getComputedStyle(node.parentElement))))
    return { text: '', pieces: 0, why: fold(node.textContent) ? 'drawn' : null };
  const meant = Object.entries(as.pictures ?? {}).filter(([css]) => all(node, css).some((each) => visible(each)));
  if (meant.length) return { text: meant[0][1], pieces: 1, why: meant.length > 1 ? 'several' : null };
  if (!node.firstElementChild && !node.shadowRoot) {
    const words = fold(node.textContent);
    return { text: words, pieces: 1, why: !words && isAdorned(node) ? 'drawn' : null };
  }
  const { words, seams, pieces, fields, buttons, pictures, unread } = parts(node);
  const said = fold(words);
  if (fields.length && fields.every((each) => each.type === 'radio')) {
    const chosen = fields.filter((each) => each.checked);
    if (fields.length > 1) return { text: chosen.length ? labelOf(chosen[0]) ?? '' : '', pieces: 1, why: chosen.length === 1 || !chosen.length ? null : 'several' };
  }
  if (fields.length) {
    const value = fields.length === 1 && !said ? stands(fields[0]) : null;
    return { text: value ?? '', pieces: 1, why: value === null ? 'several' : null };
  }
  if (said) return { text: said, seams: fold(seams), pieces, why: null };
  if (as.alt && pictures.length === 1 && !unread) return { text: fold(pictures[0].getAttribute('alt') ?? pictures[0].getAttribute('aria-label') ?? ''), pieces: 1, why: null };
  if (buttons.length === 1 && !pictures.length && !unread) return { text: fold(text(buttons[0]) || buttons[0].value || ''), pieces: 1, why: null };
  return { text: '', pieces, why: unread || buttons.length || pictures.length || isAdorned(node) ? 'drawn' : null };
};

// What heads the columns of a table, and what is in its rows: as it is laid out, with what spans several columns or rows.
const CELLS = 'td, th, [role=cell], [role=gridcell], [role=rowheader], [role=columnheader]';
const TABLES = '[role=table], [role=grid], [role=treegrid]';
const tablesOf = (root, { css, name: wanted }) =>
  (css ? all(root, css) : sight(root, { kind: 'role', value: 'table', name: wanted, exact: true }));
const spanOf = (cell, way) => Number(cell[`${way}Span`] ?? cell.getAttribute(`aria-${way}span`) ?? 1);
// The cells of each row by column: one that spans several columns or rows stands in each.
const laidOut = (rows) => {
  const grid = rows.map(() => []);
  rows.forEach((cells, row) => {
    let column = 0;
    for (const cell of cells) {
      const told = Number(cell.getAttribute('aria-colindex'));
      if (told > 0) column = told - 1;
      while (grid[row][column]) column += 1;
      // A cell reaches no further down than its part of the table.
      const part = cell.closest('tr')?.parentElement;
      const left = part ? rows.slice(row).filter((each) => each[0]?.closest('tr')?.parentElement === part).length : rows.length;
      const [wide, tall] = [Math.min(spanOf(cell, 'col') || 1, 200), Math.min(spanOf(cell, 'row') || rows.length, left || 1)];
      for (let down = row; down < Math.min(row + tall, rows.length); down += 1)
        for (let right = column; right < column + wide; right += 1) grid[down][right] = cell;
      column += wide;
    }
  });
  return grid;
};
const titlesOf = (cell) => [...entitled(wording(cell)), ...entitled(fold(parts(cell).words))];
// A label or a header is the map's when it says the same, a count in brackets apart: "Kontakt 2" is not "Kontakt".
const entitled = (words) => [...new Set([name(words), name(words.replace(/\s*\(\d+\)\W*$/u, ''))])].filter(Boolean);
// Whether a row is there and takes no place that anybody sees.
const isLaidAway = (row) => {
  const style = getComputedStyle(row);
  if (style.display === 'contents') return false;
  const box = row.getBoundingClientRect();
  return box.right + scrollX <= 0 || (box.height < 1 && style.overflow !== 'visible');
};
const isHeading = (cells, header) => (cells.length === 1 && (spanOf(cells[0], 'col') > 1 || header.some((each) => each.length === 1)))
  || header.some((each) => each.length === cells.length && each.every((cell, at) => name(text(cell)) === name(text(cells[at]))));
// `skip` are the rows that the map says are none: a pager, a total, filters.
const rowsOf = (table, skip = null) => {
  const isPlain = table.tagName === 'TABLE';
  const rows = isPlain ? [...table.rows] : [...table.querySelectorAll('[role=row]')].filter((row) => row.closest(TABLES) === table);
  const none = new Set(skip ? all(table, skip) : []);
  const cellsOf = (row) => (row.tagName === 'TR' ? [...row.cells] : [...row.querySelectorAll(CELLS)].filter((cell) => cell.closest('[role=row]') === row))
    .filter((cell) => cell.checkVisibility());
  const header = [];
  const body = [];
  for (const row of rows) {
    const cells = cellsOf(row);
    if (none.has(row) || row.closest('tfoot') || !cells.some((cell) => cell.checkVisibility({ visibilityProperty: true }))) continue;
    const isHead = row.closest('thead') || cells.every((cell) => cell.matches('th:not([scope=row], [role]), [role=columnheader]'));
    if (!isHead && isLaidAway(row)) continue;
    if (!isHead) body.push({ row, cells });
    else if (row.closest('thead') || (!body.length && !row.parentElement.previousElementSibling?.matches('thead'))) header.push(cells);
    // A row of headers further down heads what follows, or says again what the columns are; else it is one like the others.
    else if (!isHeading(cells, header)) body.push({ row, cells });
  }
  const heads = laidOut(header);
  const width = Math.max(0, ...heads.map((cells) => cells.length));
  const own = [...Array(width).keys()].map((column) =>
    [...new Set(heads.map((cells) => cells[column]).filter((cell) => cell && (spanOf(cell, 'col') || 1) === 1))]);
  const headers = own.map((cells) => new Set(cells.flatMap(titlesOf)));
  const grid = laidOut(body.map(({ cells }) => cells));
  const said = () => own.map((cells) => cells.map(text).filter(Boolean).at(-1) ?? '').filter(Boolean);
  return { header: header.length, headers, said, isPlain, body: body.map(({ row, cells }, at) => ({ row, cells: grid[at], own: cells })) };
};
// The places of the columns under a header; one, where a table is as its map says.
const columnsOf = (headers, title) => headers.flatMap((each, at) => (each.has(name(title)) ? [at] : []));
// Whether a row's cells stand under the table's headers: a table's by how it is laid out, another's only if each has its own.
// What stands past the last header, in all rows alike, may only be pressed.
const isInLine = ({ cells }, { headers, isPlain, body }, places) =>
  (cells.length === headers.length || (isPlain && cells.length > headers.length && body.every((row) => row.cells.length === cells.length)
    && cells.slice(headers.length).every((cell) => !parts(cell).words.trim() || [...cell.querySelectorAll(`a, ${PRESSED}`)].some((each) => fold(each.textContent) === fold(cell.textContent)))))
  && places.every((place) => cells[place] && cells[place - 1] !== cells[place] && cells[place + 1] !== cells[place]);
// The rows of a table that say each key under its header; with null, the first row, which is only to be looked at. None at
// all (null) where the table is not as the map says.
const keyed = (root, { table, by, keys }) => {
  const tables = tablesOf(root, table);
  if (tables.length !== 1) return null;
  const parted = rowsOf(tables[0], table.skip);
  const places = by.map((title) => columnsOf(parted.headers, title));
  if (places.some((found) => found.length !== 1)) return null;
  if (keys === null) return parted.body.slice(0, 1).map(({ row }) => row);
  return parted.body.filter((each) => isInLine(each, parted, places.flat())
    && places.every(([place], at) => valueOf(each.cells[place]).text === keys[at])).map(({ row }) => row);
};

// What an element is looked for in: its row, its scope in that, or all there is.
const within = (root, { row, within: scope }) => {
  const rows = row ? keyed(root, row) ?? [] : [root];
  return rows.length === 1 && scope ? sight(rows[0], scope) : rows;
};
// Where a link leads, apart from what is asked for there; '' for one that leads nowhere.
// Where a link leads, whichever record it is of: the part of the path that says which is left out.
const isRecord = (part) => /\d/.test(part) && !/^v\d+$/i.test(part);
const addressOf = (node) => {
  const href = node.getAttribute('href') ?? '';
  if (/^(#!?|javascript:.*)?$/.test(href)) return '';
  return href.replace(/^(\.\.?\/)+/, '').replace(/\?.*$/, '').split('/').map((part) => (isRecord(part) ? '*' : part)).join('/');
};
// Whether an element says one of the things that it is remembered by, and is built as it was.
const isAsRemembered = (node, { words, id, field, href }) =>
  [labelOf(node), text(node), node.getAttribute('placeholder'), node.getAttribute('title')].some((said) =>
    said && words.some((word) => isNamed(said, word, true)))
  && id === node.id && field === (node.getAttribute('name') ?? '') && href === addressOf(node);
// Return the one element that an entry of a map means, or none:
//
//   safe            one locator finds it, none finds another
//   write           two independent families (wording, structure) find it, none finds another
//   irreversible    every locator finds it
//
// What a fingerprint is remembered of is more to go by, and so more is asked where one locator would do: every locator
// finds it, and it still says what it said and is built as it was.
const meant = (root, element) => {
  const scopes = within(root, element);
  if (scopes.length !== 1) return [];
  const found = element.locators.map((locator) => sight(scopes[0], locator));
  const either = new Set(found.flat());
  // Nothing, a conflict, or a twin: whichever it is, nobody knows which element is meant.
  if (either.size !== 1) return [];
  const agreed = element.locators.filter((_locator, at) => found[at].length);
  const families = new Set(agreed.map(({ family }) => family));
  const everyOne = agreed.length === element.locators.length;
  const asRecorded = () => everyOne && (families.size === 2 || isAsRemembered([...either][0], element.remembered));
  const enough = { safe: !element.remembered || asRecorded(), write: families.size === 2, irreversible: everyOne };
  return enough[element.danger] ? [...either] : [];
};
// What each locator alone finds: for explaining a refusal.
const counted = (root, element) => {
  const scopes = within(root, element);
  return element.locators.map((locator) => (scopes.length === 1 ? sight(scopes[0], locator).length : 0));
};
const rooted = ({ frame: css }) => {
  if (!css) return { root: document, frame: null };
  const frames = all(document, css);
  return { root: frames.length === 1 ? frames[0].contentDocument : null, frame: frames[0] };
};

// The values beside labels that are seen, by the label's names: all that stand there until the next label.
const labelled = (root) => {
  const values = new Map();
  for (const node of all(root, 'dt, th')) {
    if (!visible(node)) continue;
    const beside = [];
    for (let next = node.nextElementSibling; next?.matches(node.tagName === 'DT' ? 'dd' : 'td'); next = next.nextElementSibling)
      if (visible(next)) beside.push(next);
    if (beside.length) for (const label of entitled(text(node))) values.set(label, [...(values.get(label) ?? []), ...beside]);
  }
  return values;
};

// Words as a part of a regular expression.
const literally = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

// How `act.js` has armed this page's documents.
const GUARD = Symbol.for('one act');
const guards = () =>
  [window, ...all(document, 'iframe, frame').map((frame) => frame.contentWindow)].flatMap((view) => {
    try { return view[GUARD] ?? []; } catch { return []; }
  });

const redraw = () => new Promise(requestAnimationFrame);
// The next redraw; after half a second of waiting, no more often than twenty times a second.
let waits = 0;
const awhile = () => (++waits < 30 ? redraw() : new Promise((then) => { setTimeout(then, 50); }));
