// What a person sees on a page, and how it is built: the one way in which the kit finds anything, in a look (`page.js`) and
// in an action (`act.js`). Through open shadow roots; frames are entered by those who ask.

// As it is written, whatever it is coded as: composed letters, one space for any white space, and no signs that aren't drawn.
const fold = (text) => (/^[ -~]*$/.test(text) ? text : text.normalize('NFC').replace(/\p{Cf}/gu, '')).replace(/\s+/g, ' ').trim();
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
// The same without what the style sheet hides.
const shownText = (node) => {
  if (!node.firstElementChild || node.tagName === 'SELECT' || ![...node.querySelectorAll('*')].some((each) => !isLaidOut(each)) || !isLaidOut(node)) return text(node);
  const of = (inner) => [...inner.childNodes].map((child) => {
    if (child.nodeType === Node.TEXT_NODE) return inner.checkVisibility({ visibilityProperty: true }) || isContents(inner) ? child.data : '';
    if (child.nodeType !== Node.ELEMENT_NODE || child.matches(UNSAID) || !isLaidOut(child)) return '';
    return child.tagName === 'BR' ? ' ' : of(child);
  }).join('');
  return fold(of(node));
};
const isContents = (node) => getComputedStyle(node).display === 'contents';
const isLaidOut = (node) => node.checkVisibility() || isContents(node);

// Icon glyphs and sort arrows at the ends are not part of a name, and a number at its end need not be: it may be a badge's
// count. So a text has one name, or two.
const name = (words) =>
  words.normalize('NFC').replace(/\p{Cf}/gu, '').replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '').replace(/\s+/g, ' ').toLowerCase();
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
  if (!label.querySelector('select, textarea')) return shownText(label);
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
    : NAMED_BY_CONTENT.has(role) ? shownText(node) : '');
// What is drawn on a control that is named by what is in it, or on the label of a field, says what its name says and no more:
// asked where a click changes something.
const isOnlyNamed = (node, role, wanted) => {
  const isShown = (place) => { const said = name(messageOf(place)); return !said || name(wanted).includes(said); };
  if (!('value' in node && /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName))) return !NAMED_BY_CONTENT.has(role) || isShown(node);
  return [...(node.labels ?? [])].every((label) => label.contains(node) || isShown(label));
};

// Return all elements below `root` that one locator of a map means. Wording is what can be seen; structure is there or not.
// `isStrict` is for what changes something: a number at the end of a name is a part of it, and so is all that is drawn there.
const sight = (root, { kind, value, name: wanted, exact }, isStrict = false) => {
  const isCalled = (said, meant) => (isStrict && exact ? name(said) === name(meant) : isNamed(said, meant, exact));
  switch (kind) {
    case 'css': return all(root, value);
    case 'test_id': return all(root, `[data-testid="${CSS.escape(value)}"]`);
    case 'href': return all(root, `a[href="${CSS.escape(value)}"]`);
    case 'role':
      return all(root, ROLES[value]).filter((node) =>
        visible(node) && (wanted === null || (isCalled(nameOf(value, node), wanted) && (!isStrict || !exact || isOnlyNamed(node, value, wanted)))));
    case 'label': return all(root, CONTROLS).filter((node) => {
      const said = visible(node) ? labelOf(node) ?? '' : '';
      return said && (exact ? entitled(said).includes(name(value)) && (!isStrict || name(said) === name(value)) : isNamed(said, value, exact))
        && (!isStrict || !exact || isOnlyNamed(node, null, value));
    });
    case 'text': {
      const said = all(root, ':not(script, style)').filter((node) => visible(node) && isCalled(text(node), value));
      const found = said.filter((node) => !said.some((inner) => inner !== node && node.contains(inner)));
      return isStrict && exact ? found.filter((node) => name(messageOf(node)) === name(value)) : found;
    }
    default: return all(root, `[${kind}]`).filter((node) => visible(node) && isCalled(node.getAttribute(kind), value));
  }
};

// A value as a person sees it: what is drawn of it (`drawn.js`), without what is struck out or a footnote's mark, and with a
// space where the letters lie apart. A control in it is read as it stands, a box that is ticked as `ja`, else as `nej`.
//
// `why` says that it can't be told: `several` (controls, or a control beside words), `drawn` (a picture or struck-out words
// and nothing to read), or what else `page.js` lists. `pieces` are the texts that it is made of.
const FIELDS = 'input:not([type=button], [type=submit], [type=reset], [type=image]), select, textarea, [role=checkbox], [role=radio], [role=switch]';
const TICKS = 'input:is([type=checkbox], [type=radio])';
const PRESSED = 'button, [role=button], input:is([type=button], [type=submit], [type=reset], [type=image])';
const PICTURES = 'img, svg, canvas, video, object, embed, iframe, meter, progress, math';
const [YES, NO] = ['ja', 'nej'];
const UNDRAWN = 'script, style, template, noscript, datalist, rp';
const isRendered = (node) => node.checkVisibility({ visibilityProperty: true }) || (isContents(node) && !!flatParent(node)?.checkVisibility());
// A number or a sign that leads to a note; not what makes m² of m.
const isNote = (node, before) => node.matches('sup, [role=doc-noteref]') && /^[\[(]?([\d,]{1,3}|[*†‡§]{1,3}|\p{L})[\])]?$/u.test(fold(node.textContent))
  && !(node.matches('sup') && !node.querySelector('a') && /(^|[\s\d])[ckmd]?m$/.test(before));
// What is raised behind a number may be a part of it: an exponent, a fraction, öre. A link, a bracket or a sign is not.
const isPartOfWhole = (node, before) => !node.querySelector('a') && !/^[\[(*†‡§]/.test(fold(node.textContent))
  && (/(^|\d)$/.test(before) || /^\s*[/⁄\d]/.test(node.nextSibling?.textContent ?? ''));
const stands = (field) => {
  if (field.tagName === 'SELECT') return field.selectedOptions.length > 1 ? null : fold(field.selectedOptions[0]?.label ?? '');
  if (field.matches('[type=checkbox], [type=radio], [role=checkbox], [role=radio], [role=switch]')) {
    if (field.indeterminate || ('checked' in field ? false : !/^(true|false)$/.test(field.getAttribute('aria-checked')))) return null;
    return ('checked' in field ? field.checked : field.getAttribute('aria-checked') === 'true') ? YES : NO;
  }
  return field.matches('[type=password], [type=file]') ? null : fold(field.value ?? '');
};
const isBox = (node) => {
  const { width, height } = node.getBoundingClientRect();
  return width > 2 && height > 2 && isRendered(node);
};
// Whether something else is drawn for a box to tick that is not: its label, or what stands after it.
const isStoodIn = (box) => [...(box.labels ?? [])].some(isBox)
  || (box.nextElementSibling !== null && isBox(box.nextElementSibling) && !fold(box.nextElementSibling.textContent));
// Between two pieces of text, in `seams`: nobody reads there. Not a character of any text.
const SEAM = '\uffff';
// `isStrict` drops no notes: a number with a raised digit is not the number without it.
const parts = (node, { isStrict = false } = {}) => {
  const found = { words: '', seams: '', pieces: 0, fields: [], buttons: [], pictures: [], unread: false, unsure: null, told: '' };
  const [rects, lines] = [[], []];
  let [last, isBoxed] = [null, false];
  const put = (words) => { found.words += words; found.seams += words; found.told += words; };
  const space = () => { put(' '); isBoxed = true; };
  const doubt = (why) => { found.unsure ??= why; };
  const enter = (inner, isSeen = true) => {
    const slotted = inner.tagName === 'SLOT' ? inner.assignedNodes() : [];
    for (const child of slotted.length ? slotted : (inner.shadowRoot ?? inner).childNodes)
      if (inner.tagName !== 'DETAILS' || inner.open || child.tagName === 'SUMMARY') take(child, isSeen);
  };
  const read = (child) => {
    if (!child.data.trim()) { put(child.data); return; }
    const at = contextOf(flatParent(child));
    const { how, rects: own, why, isStruck } = drawn(child, at);
    const said = fold(child.data);
    if (how === NONE_DRAWN || !said) return;
    if (how === GONE || isStruck) { found.unread = true; if (isStruck) found.told += ' ⊘ '; return; }
    if (why) doubt(why);
    const next = { words: child.data, rects: own, size: parseFloat(at.style.fontSize), isRtl: at.style.direction === 'rtl', isCut: at.flow.some(({ isShort, isClamped }) => isShort || isClamped) };
    if (last && own.length) {
      const isSpaced = /\s$/.test(last.after) || /^\s/.test(child.data);
      const { space: between, why: doubted } = joined(last, next, isBoxed, isSpaced);
      if (doubted) doubt(doubted);
      else if (isBoxed) {
        for (const kind of ['words', 'seams', 'told']) found[kind] = found[kind].trimEnd();
        put(between);
      } else if (!isSpaced) put(between);
      if (isBoxed && between === '') { child = { data: child.data.trimStart() }; }
    }
    found.words += child.data;
    found.seams += SEAM + child.data;
    found.told += child.data;
    found.pieces += 1;
    rects.push(...own);
    last = own.length ? { ...next, get after() { return found.words; } } : null;
    isBoxed = false;
  };
  const add = (styled) => {
    if (!styled) return;
    if (styled.unsure) doubt('styled');
    if (!styled.words) return;
    put(styled.words);
    if (styled.words.trim()) last = null;
  };
  const take = (child, isSeen) => {
    if (child.nodeType === Node.TEXT_NODE && isSeen) read(child);
    if (child.nodeType !== Node.ELEMENT_NODE || child.matches(UNDRAWN)) return;
    if (child.tagName === 'BR') { put(' '); last = null; return; }
    const at = contextOf(child);
    const { style } = at;
    const isThere = style.display === 'contents' || child.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const isField = child.matches(FIELDS);
    if (child.matches(TICKS)) {
      if ((isThere && isBox(child) && placed(child.getBoundingClientRect(), at, child.ownerDocument.defaultView) === DRAWN_THERE) || isStoodIn(child)) found.fields.push(child);
      return;
    }
    if (!isThere) {
      if (style.display === 'none') return;
      // What is hidden may be shown in part again; what is see-through is drawn, and not read.
      if (style.visibility !== 'visible') enter(child, false);
      else found.unread ||= fold(child.textContent) !== '';
      return;
    }
    const isPlaced = () => { const box = child.getBoundingClientRect(); return placed(box, at, child.ownerDocument.defaultView) === DRAWN_THERE; };
    if (isField) {
      if (child.type === 'hidden') return;
      if (isPlaced() || (child.hasAttribute('role') && !isBox(child))) found.fields.push(child); else found.unread = true;
      return;
    }
    if (child.matches(PRESSED)) { if (isPlaced()) found.buttons.push(child); found.told += ` ${fold(messageOf(child) || child.value || '')} `; return; }
    if (child.matches(PICTURES)) { found.pictures.push(child); return; }
    if (isIcon(child) || !/^(normal|none)$/.test(style.content)) { found.pictures.push(child); return; }
    if (child.matches(STRUCK)) {
      if (fold(child.textContent)) { found.unread = true; found.told += ' ⊘ '; }
      return;
    }
    if (child.tagName === 'RT' && fold(child.textContent)) { doubt('order'); return; }
    if (isNote(child, fold(found.words))) {
      if (isStrict || isPartOfWhole(child, fold(found.words))) doubt('raised');
      found.told += `⁇${fold(child.textContent)}`;
      return;
    }
    // A list's marks are left out, but not words in their place.
    if (style.display === 'list-item' && [style.listStyleType, getComputedStyle(child, '::marker').content].some((mark) => /^".*[\p{L}\p{N}]/u.test(mark))) doubt('styled');
    const isInline = /^(inline|contents|ruby.*)$/.test(style.display);
    if (!isInline) space();
    const many = found.pieces;
    add(at.before);
    enter(child);
    add(at.after);
    if (!isInline) space();
    if (found.pieces !== many || child.firstElementChild) return;
    const box = child.getBoundingClientRect();
    if (box.height <= 4 && box.width > 8 && (paints(style) || hasBorder(style))) lines.push({ y: (box.top + box.bottom) / 2, left: box.left, right: box.right });
    // A custom element with a closed root says something that can't be read.
    else if (child.tagName.includes('-') && !child.shadowRoot && box.width > 2 && box.height > 2 && !fold(child.textContent)) {
      if (box.width > box.height * 1.8) doubt('styled');
      found.pictures.push(child);
    }
  };
  const own = contextOf(node);
  add(own.before);
  enter(node);
  add(own.after);
  if (lines.some((line) => rects.some((rect) => isCrossed(rect, line)))) doubt('crossed');
  for (const field of found.fields) found.told += ` ▭ ${stands(field) ?? ''} `;
  return found;
};
// What a message says, with its parts apart: what stands in a box of its own is a word of its own. All that a person meets
// there is in it: a button's words, what a field holds, and a mark for what is struck out, for a note, or can't be told.
const messageOf = (node) => {
  const { told, unsure } = parts(node, { isStrict: true });
  return unsure === 'raised' || unsure === 'faint' || unsure === 'crossed' ? '' : fold(unsure ? `${told} ⁇` : told);
};
// What is drawn in a place with no words in it: an icon of a font, a picture behind it, a coloured dot, a tick made of borders,
// what a closed shadow root shows.
const isAdorned = (node) => [node, ...node.querySelectorAll('*')].some((each) => {
  if (!each.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
  const { style, before, after } = contextOf(each);
  if ([before, after].some((styled) => styled && (styled.isMark || styled.line)) || style.backgroundImage.includes('url(')) return true;
  if (each === node) return false;
  const { width, height } = each.getBoundingClientRect();
  if (width < 3 || height < 3) return false;
  const ground = contextOf(flatParent(each)).ground;
  if (paints(style) && style.backgroundColor !== ground) return true;
  if (hasBorder(style) || style.backgroundImage !== 'none' || style.boxShadow !== 'none' || style.maskImage !== 'none') return true;
  const inner = width - ['paddingLeft', 'paddingRight'].reduce((sum, side) => sum + sized(style, side), 0);
  return !each.childNodes.length && !each.shadowRoot && inner > 2 && (each.tagName.includes('-') || style.display === 'inline');
});
// What is cut short in the page itself, with something to press for the rest.
const MORE_OF_IT = /^(visa|läs|se|show|read|see)\b.*\b(mer|allt|hela|all|more)\b|^(mer|more|…|\.\.\.)$/iu;
const isCutShort = (node, said, buttons) => buttons.some((each) => MORE_OF_IT.test(name(shownText(each) || each.value || '')))
  || (/(…|\.{3})\s*(\p{L}+\s?){0,3}$/u.test(said) && [...node.querySelectorAll('a, button, [role=button], summary')].some((each) =>
    isRendered(each) && (/(…|\.{3})$/.test(said) || MORE_OF_IT.test(name(shownText(each))))));
// `as` is what the map says of the place: `pictures`, what each picture in it means, by css; `alt`, that it is a picture
// that says itself what it means. `strict` is for keys: nothing is left out as a note.
const valueOf = (node, as = {}) => {
  if (node.matches(FIELDS)) {
    const value = stands(node);
    return { text: value ?? '', pieces: 1, why: value === null ? 'several' : null };
  }
  const plain = !as.pictures || !Object.keys(as.pictures).length ? plainTextOf(node) : null;
  if (plain?.trim() && node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return { text: fold(plain), pieces: 1, why: null };
  const at = contextOf(node);
  if (at.style.display !== 'contents' && !node.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    return { text: '', pieces: 0, why: fold(node.textContent) || node.querySelector(FIELDS) ? 'drawn' : null };
  if (at.struck)
    return { text: '', pieces: 0, why: fold(node.textContent) ? 'drawn' : null };
  const meant = Object.entries(as.pictures ?? {}).filter(([css]) => all(node, css).some((each) => visible(each)));
  if (meant.length) return { text: meant[0][1], pieces: 1, why: meant.length > 1 ? 'several' : null };
  if (!node.firstElementChild && !node.shadowRoot && node.childNodes.length <= 1 && !at.before && !at.after) {
    const words = node.firstChild ? fold(node.textContent) : '';
    if (!words || node.firstChild.nodeType !== Node.TEXT_NODE) return { text: '', pieces: 1, why: isAdorned(node) ? 'drawn' : null };
    const { how, why, isStruck } = drawn(node.firstChild, at);
    if (how === DRAWN_THERE && !isStruck) return { text: words, pieces: 1, why: why === 'crossed' ? 'drawn' : why };
    return { text: '', pieces: 0, why: why ?? 'drawn' };
  }
  const { words, seams, pieces, fields, buttons, pictures, unread, unsure } = parts(node, { isStrict: as.strict });
  const said = fold(words);
  if (fields.length && fields.every((each) => each.type === 'radio')) {
    const chosen = fields.filter((each) => each.checked);
    if (fields.length > 1) return { text: chosen.length ? labelOf(chosen[0]) ?? '' : '', pieces: 1, why: chosen.length === 1 || !chosen.length ? null : 'several' };
  }
  if (fields.length) {
    const isAlone = !said || (fields.length === 1 && fields[0].matches(TICKS) && isLabelOnly(fields[0], said));
    const value = fields.length === 1 && isAlone && !unsure ? stands(fields[0]) : null;
    return { text: value ?? '', pieces: 1, why: value === null ? 'several' : null };
  }
  if (unsure) return { text: '', pieces, why: unsure === 'crossed' ? 'drawn' : unsure };
  if (said) return { text: said, seams: fold(seams), pieces, why: isCutShort(node, said, buttons) ? 'cut' : null };
  if (as.alt && pictures.length === 1 && !unread) return { text: fold(pictures[0].getAttribute('alt') ?? pictures[0].getAttribute('aria-label') ?? ''), pieces: 1, why: null };
  if (buttons.length === 1 && !pictures.length && !unread && !buttons[0].hasAttribute('aria-pressed')) {
    const label = fold(messageOf(buttons[0]) || buttons[0].value || '');
    if (label) return { text: label, pieces: 1, why: null };
  }
  return { text: '', pieces, why: unread || buttons.length || pictures.length || isAdorned(node) ? 'drawn' : null };
};
// Whether all the words beside a box to tick are those of its own label, which stands beside it.
const isLabelOnly = (box, said) => isBox(box) && contextOf(box).style.opacity !== '0'
  && [...box.labels].some((label) => !label.contains(box) && fold(parts(label).words) === said);

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
  return { header: header.length, headers, heads: own, said, isPlain, body: body.map(({ row, cells }, at) => ({ row, cells: grid[at], own: cells })) };
};
// The places of the columns under a header; one, where a table is as its map says.
const columnsOf = (headers, title) => headers.flatMap((each, at) => (each.has(name(title)) ? [at] : []));
// Whether a row's cells stand under the table's headers: a table's by how it is laid out, another's only if each has its own.
// What stands past the last header, in all rows alike, may only be pressed. What is laid out by the style sheet may stand under
// another header than its place in the source says.
const isInLine = ({ cells }, parted, places) => {
  const { headers, isPlain, body } = parted;
  return (cells.length === headers.length || (isPlain && cells.length > headers.length && body.every((row) => row.cells.length === cells.length)
    && cells.slice(headers.length).every((cell) => !parts(cell).words.trim() || [...cell.querySelectorAll(`a, ${PRESSED}`)].some((each) => fold(each.textContent) === fold(cell.textContent)))))
  && places.every((place) => cells[place] && cells[place - 1] !== cells[place] && cells[place + 1] !== cells[place])
  && (isSetAsTable(parted) || areUnder(cells, parted, places));
};
const isSetAsTable = (parted) => (parted.isSet ??= parted.isPlain
  && parted.body.every(({ cells }) => !cells[0] || getComputedStyle(cells[0]).display === 'table-cell'));
// Whether cells lie under all that is their header; where each is as wide as its words, whether they lie in the same order.
const areUnder = (cells, parted, places) => {
  const boxes = cells.map((cell) => cell.getBoundingClientRect());
  parted.tops ??= parted.heads.map((heads) => heads.map((head) => head.getBoundingClientRect()));
  return places.every((place) => {
    const box = boxes[place];
    const isSized = getComputedStyle(cells[place]).display !== 'inline';
    return parted.tops[place].every((over) => {
      if (!over.width || !box.width) return false;
      if (isSized && Math.min(box.right, over.right) - Math.max(box.left, over.left) < Math.min(box.width, over.width) * 0.4) return false;
      return parted.tops.every((others, at) => at === place || !boxes[at] || others.every((other) =>
        Math.sign(Math.round(box.left - boxes[at].left)) === Math.sign(Math.round(over.left - other.left))));
    });
  });
};
const isKey = ({ text: said, why }, key) => !why && said === key;
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
    && places.every(([place], at) => isKey(valueOf(each.cells[place], { strict: true }), keys[at]))).map(({ row }) => row);
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
  const found = element.locators.map((locator) => sight(scopes[0], locator, element.danger !== 'safe'));
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
  return element.locators.map((locator) => (scopes.length === 1 ? sight(scopes[0], locator, element.danger !== 'safe').length : 0));
};
const rooted = ({ frame: css }) => {
  if (!css) return { root: document, frame: null };
  const frames = all(document, css);
  return { root: frames.length === 1 ? frames[0].contentDocument : null, frame: frames[0] };
};

// The values beside labels that are seen, by the label's names: all that stand there until the next label. A label that is there
// and not drawn, off the screen say, counts only where no other is: what stands beside it is no blank.
const labelled = (root) => {
  const [values, hidden] = [new Map(), new Map()];
  for (const node of all(root, 'dt, th')) {
    if (!isRendered(node)) continue;
    const beside = [];
    for (let next = node.nextElementSibling; next?.matches(node.tagName === 'DT' ? 'dd' : 'td'); next = next.nextElementSibling)
      if (isRendered(next)) beside.push(next);
    if (!beside.length) continue;
    const { words, unread } = parts(node);
    const labels = new Set([...entitled(wording(node)), ...entitled(fold(words))]);
    const known = !fold(words) && unread ? hidden : values;
    for (const label of labels) known.set(label, [...(known.get(label) ?? []), ...beside]);
  }
  for (const [label, beside] of hidden) if (!values.has(label)) values.set(label, beside);
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
