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

const text = (node) => {
  if ('value' in node && /^(INPUT|TEXTAREA)$/.test(node.tagName)) return fold(node.value);
  if (node.tagName === 'SELECT') return fold(node.selectedOptions[0]?.textContent ?? '');
  if (!node.querySelector('[aria-hidden=true], [hidden], script, style')) return fold(node.textContent);
  const copy = node.cloneNode(true);
  copy.querySelectorAll('[aria-hidden=true], [hidden], script, style').forEach((hidden) => hidden.remove());
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
  group: 'fieldset, [role=group], [role=radiogroup]',
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

const labelOf = (node) => {
  const by = node.getAttribute('aria-labelledby');
  if (by) return fold(by.split(' ').map((id) => node.getRootNode().getElementById(id)?.textContent ?? '').join(' '));
  if (node.hasAttribute('aria-label')) return fold(node.getAttribute('aria-label'));
  return node.labels?.length ? fold([...node.labels].map(text).join(' ')) : null;
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

// What heads the columns of a table, and what is in its rows.
const HEADERS = 'th[scope=col], thead th, [role=columnheader]';
const CELLS = 'td, th, [role=cell], [role=gridcell], [role=rowheader]';
const tablesOf = (root, { css, name: wanted }) =>
  (css ? all(root, css) : sight(root, { kind: 'role', value: 'table', name: wanted, exact: true }));
const rowsOf = (table) => {
  const rows = [...table.querySelectorAll(table.tagName === 'TABLE' ? 'tr' : '[role=row]')];
  const isHeader = (row) => row.querySelector(HEADERS) && !row.querySelector('td, [role=cell], [role=gridcell]');
  const header = rows.filter(isHeader);
  return {
    header, body: rows.filter((row) => !isHeader(row) && row.querySelector(CELLS)),
    headers: header.flatMap((row) => [...row.querySelectorAll(HEADERS)].map((cell) => names(text(cell)))),
  };
};
// The places of the columns under a header; one, where a table is as its map says.
const columnsOf = (headers, title) => headers.flatMap((each, at) => (each.has(name(title)) ? [at] : []));
// The rows of a table that say each key under its header; with null, the first row, which is only to be looked at. None at
// all (null) where the table is not as the map says.
const keyed = (root, { table, by, keys }) => {
  const tables = tablesOf(root, table);
  if (tables.length !== 1) return null;
  const { headers, body } = rowsOf(tables[0]);
  const places = by.map((title) => columnsOf(headers, title));
  if (places.some((found) => found.length !== 1)) return null;
  if (keys === null) return body.slice(0, 1);
  return body.filter((row) => {
    const cells = row.querySelectorAll(CELLS);
    return cells.length === headers.length && places.every(([place], at) => text(cells[place]) === keys[at]);
  });
};

// What an element is looked for in: its row, its scope in that, or all there is.
const within = (root, { row, within: scope }) => {
  const rows = row ? keyed(root, row) ?? [] : [root];
  return rows.length === 1 && scope ? sight(rows[0], scope) : rows;
};
// Where a link leads, apart from what is asked for there; '' for one that leads nowhere.
const addressOf = (node) => {
  const href = node.getAttribute('href') ?? '';
  return /^(#!?|javascript:.*)?$/.test(href) ? '' : href.replace(/^(\.\.?\/)+/, '').replace(/\?.*$/, '');
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

// The values beside labels, by the label's names.
const labelled = (root) => {
  const values = new Map();
  for (const node of all(root, 'dt, th')) {
    const value = node.nextElementSibling;
    if (!value?.matches(node.tagName === 'DT' ? 'dd' : 'td')) continue;
    for (const label of names(text(node))) values.set(label, [...(values.get(label) ?? []), value]);
  }
  return values;
};

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
