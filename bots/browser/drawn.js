// What is drawn of a text: not which elements it stands in, but where its letters lie, what cuts them off, in what colour they
// are, and what the style sheet adds to them. `sight.js` reads values, keys, messages and names by it.

// Look at how far something is scrolled without its being taken for the page's own look (`listens.js`).
const unheard = (view, work) => view[Symbol.for('unheard')]?.(work) ?? work();
const scrolledBy = (node) => unheard(node.ownerDocument.defaultView, () => node.scrollTop);

const STRUCK = 's, del, strike';
// What is known of an element's surroundings holds until the running task ends: after that the page may have changed.
let kept = null;
const [NONE_DRAWN, GONE, CUT_OFF, DRAWN_THERE] = ['none', 'gone', 'cut', 'drawn'];
const flatParent = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
const isClear = (color) => color === 'transparent' || /^rgba\([^)]*, ?0(\.0\d*)?\)$|\/ ?0(\.0\d*)?%?\)$/.test(color);
// Whether letters can't be told from what is behind them: no more than a shade apart.
const shades = new Map();
const isAlike = (ink, ground) => {
  if (ink === ground) return true;
  const pair = `${ink}|${ground}`;
  if (!shades.has(pair)) {
    const [ours, theirs] = [ink, ground].map((color) => color.match(/[\d.]+/g).map(Number));
    shades.set(pair, isSolid(ink) && isSolid(ground) && [0, 1, 2].every((at) => Math.abs(ours[at] - theirs[at]) <= 8));
  }
  return shades.get(pair);
};
const isSolid = (color) => /^rgb\(/.test(color) && !color.includes('/');
const UNCLIPPED = /^(inline|contents|ruby.*|table-row.*|table-(header|footer)-group|table-column.*)$/;
const ICONS = /ico|symbol|awesome|glyph|fontello|\bmdi\b|remix|lucide|feather|phosphor/i;
const fontOf = (style) => style.fontFamily.split(',')[0].replace(/["']/g, '').trim();
const sized = (style, what) => parseFloat(style[what]) || 0;

// What the style sheet writes before or after an element's content: `words`; `isMark`, a symbol or a picture; `unsure`, words
// that stand somewhere else; `line`, one that is drawn across (its top, left and right in the window).
const PUNCTUATION = /[?!%,.;()/+\-−=<>~≈]/;
const styledBy = (node, pseudo, style, holder) => {
  const own = node.ownerDocument.defaultView.getComputedStyle(node, pseudo);
  if (own.content === 'none' || own.content === 'normal' || own.content === '') return null;
  if (own.display === 'none' || own.visibility !== 'visible' || own.opacity === '0' || own.fontSize === '0px') return null;
  const isMark = /url\(|gradient\(/.test(own.content) || own.backgroundImage.includes('url(');
  const isCounted = /counters?\(/.test(own.content);
  const said = [...own.content.split(/ \/ /)[0].matchAll(/"((?:[^"\\]|\\.)*)"|attr\(([^),\s]+)[^)]*\)/g)]
    .map(([, literal, attribute]) => (attribute ? node.getAttribute(attribute) ?? '' : literal.replace(/\\(.)/g, '$1'))).join('');
  const line = /absolute|fixed/.test(own.position) ? lineOf(own, holder) : null;
  const plain = said.replace(/[\p{Co}\p{So}\p{Sk}\p{Cf}]/gu, '').trim();
  const isIcon = ICONS.test(fontOf(own)) || (fontOf(own) !== fontOf(flatParent(node) ? node.ownerDocument.defaultView.getComputedStyle(flatParent(node)) : style) && [...plain].length === 1);
  const isWritten = /[\p{L}\p{N}]/u.test(plain) && !isIcon;
  if (isCounted) return { words: '', isMark: true, unsure: true, line };
  if (!isWritten && !(PUNCTUATION.test(plain) && !isIcon)) return { words: said.trim() ? '' : said && ' ', isMark: isMark || said.trim() !== '', unsure: false, line };
  if (/absolute|fixed/.test(own.position) || own.float !== 'none' || isClear(own.color)) return { words: '', isMark: true, unsure: isWritten, line };
  const isApart = (sides) => sides.some((side) => sized(own, side) > 2) || !/^inline$/.test(own.display);
  const words = (isApart(['marginLeft', 'paddingLeft']) ? ' ' : '') + said.replace(/[\p{Co}\p{So}]/gu, '') + (isApart(['marginRight', 'paddingRight']) ? ' ' : '');
  return { words, isMark: true, unsure: false, line };
};
const paints = (style) => !isClear(style.backgroundColor) && style.backgroundColor !== '';
const hasBorder = (style) => ['Top', 'Right', 'Bottom', 'Left'].some((side) =>
  sized(style, `border${side}Width`) > 0 && style[`border${side}Style`] !== 'none' && !isClear(style[`border${side}Color`]));
// A line that something with no words in it draws, no thicker than four pixels.
const lineOf = (style, holder) => {
  const borders = sized(style, 'borderTopWidth') + sized(style, 'borderBottomWidth');
  const high = sized(style, 'height') + (style.boxSizing === 'border-box' ? 0 : borders);
  if (!holder || high > 4 || !(hasBorder(style) || (paints(style) && high > 0) || style.backgroundImage !== 'none')) return null;
  const box = holder.getBoundingClientRect();
  const [top, left] = [parseFloat(style.top), parseFloat(style.left)];
  if (Number.isNaN(top) || Number.isNaN(left)) return null;
  const from = box.left + holder.clientLeft + left;
  return { y: box.top + holder.clientTop + top + high / 2, left: from, right: from + sized(style, 'width') };
};
const isCrossed = ({ left, right, top, bottom }, line) => line.y > top + (bottom - top) * 0.25 && line.y < bottom - (bottom - top) * 0.2
  && Math.min(right, line.right) - Math.max(left, line.left) > (right - left) * 0.4;

// The box that a clip path leaves of an element, null where it can't be told. The shapes that pages hide by.
const leftBy = (path, box) => {
  const inner = /^([a-z]+)\((.*)\)/.exec(path);
  if (!inner) return null;
  const length = (said, whole) => (said?.endsWith('%') ? (parseFloat(said) / 100) * whole : /^-?[\d.]+(px)?$/.test(said ?? '') ? parseFloat(said) : NaN);
  const [, shape, given] = inner;
  if (shape === 'inset') {
    const [top, right = top, bottom = top, left = right] = given.replace(/round.*/, '').trim().split(/\s+/);
    return { left: box.left + length(left, box.width), right: box.right - length(right, box.width),
      top: box.top + length(top, box.height), bottom: box.bottom - length(bottom, box.height) };
  }
  if (shape === 'circle' || shape === 'ellipse') return /^(0(px|%)?)(\s|$)/.test(given.trim()) ? { left: 0, right: 0, top: 0, bottom: 0 } : box;
  if (shape === 'polygon') {
    const points = given.replace(/^(nonzero|evenodd),/, '').split(',').map((point) => point.trim().split(/\s+/));
    const [xs, ys] = [points.map(([x]) => length(x, box.width)), points.map(([, y]) => length(y, box.height))];
    if ([...xs, ...ys].some(Number.isNaN)) return null;
    return { left: box.left + Math.min(...xs), right: box.left + Math.max(...xs), top: box.top + Math.min(...ys), bottom: box.top + Math.max(...ys) };
  }
  return null;
};

const WINDOW = {};
const OUTSIDE = {
  flow: [], absolute: [], fixed: [WINDOW], paths: [], lines: [], faded: false, opacity: 1, struck: false, ground: 'rgb(255, 255, 255)',
  isSkipped: false, holder: null, isInked: false,
};
// What an element and all around it do to the text in it. `flow`, `absolute` and `fixed` are what cuts off that which is laid
// out in these ways, from the inside out.
const contextOf = (node) => {
  if (!kept) {
    kept = new WeakMap();
    queueMicrotask(() => { kept = null; });
  }
  const known = kept.get(node);
  if (known) return known;
  const parent = flatParent(node);
  const outer = parent ? contextOf(parent) : OUTSIDE;
  const style = node.ownerDocument.defaultView.getComputedStyle(node);
  // Each property costs: what only matters beside another is not asked for without it.
  const { position, overflow, transform, filter, clipPath, backgroundImage, backgroundColor, webkitTextFillColor: ink } = style;
  const isMoved = transform !== 'none' || filter !== 'none';
  const isPinned = position === 'absolute' || position === 'fixed';
  const isHolder = isMoved || position !== 'static';
  let flow = position === 'absolute' ? outer.absolute : position === 'fixed' ? outer.fixed : outer.flow;
  if (overflow !== 'visible' && !UNCLIPPED.test(style.display) && parent && node !== node.ownerDocument.body)
    flow = [{ node, x: style.overflowX, y: style.overflowY, isShort: style.textOverflow !== 'clip', isClamped: style.webkitLineClamp !== 'none' }, ...flow];
  const ground = backgroundImage !== 'none' ? null : isClear(backgroundColor) ? outer.ground
    : isSolid(backgroundColor) ? backgroundColor : null;
  const holder = isHolder ? node : outer.holder;
  const isInked = outer.isInked || (backgroundImage !== 'none' && style.webkitBackgroundClip === 'text');
  const pseudos = ['::before', '::after'].map((which) => styledBy(node, which, style, holder));
  const opacity = outer.opacity * style.opacity;
  const lines = pseudos.flatMap((each) => each?.line ?? []);
  const found = {
    style, flow, holder, ground, isInked,
    absolute: isHolder ? flow : outer.absolute,
    fixed: isMoved ? flow : outer.fixed,
    paths: clipPath === 'none' ? outer.paths : [{ node, path: clipPath }, ...outer.paths],
    lines: lines.length ? [...lines, ...outer.lines] : outer.lines,
    opacity, faded: opacity < 0.1 || (isPinned && isSliver(style.clip)) || (isMoved && isTurnedAway(style)) || outer.faded,
    struck: style.textDecorationLine.includes('line-through') || node.matches(STRUCK) || (outer.struck && !isPinned && style.float === 'none' && !/^inline-/.test(style.display)),
    isSkipped: outer.isSkipped || style.contentVisibility === 'hidden',
    isHidden: style.visibility !== 'visible',
    isClear: isClear(ink) && !isInked && style.textShadow === 'none',
    isFaint: ground !== null && isAlike(ink, ground) && !isInked,
    isMasked: style.webkitTextSecurity !== 'none',
    isTurned: style.unicodeBidi.includes('override') && style.direction === 'rtl',
    isCrossed: backgroundImage.includes('gradient(') && /rgba\([^)]*, 0\)/.test(backgroundImage) && /^inline/.test(style.display),
    before: pseudos[0], after: pseudos[1],
  };
  kept.set(node, found);
  return found;
};
const isSliver = (clip) => {
  const edges = /^rect\(([^)]*)\)/.exec(clip)?.[1].split(/[, ]+/).map(parseFloat);
  return edges !== undefined && (edges[1] - edges[3] <= 1 || edges[2] - edges[0] <= 1);
};
const isTurnedAway = (style) => /opacity\(0(%|\))|blur\((?!0px)/.test(style.filter)
  || (style.backfaceVisibility === 'hidden' && style.transform !== 'none' && new DOMMatrix(style.transform).m33 < 0);
// Whether an element is set in a font of icons, which draws a word as a picture.
const isIcon = (node) => {
  const font = fontOf(contextOf(node).style);
  const parent = flatParent(node);
  return ICONS.test(font) && (!parent || font !== fontOf(contextOf(parent).style));
};

// Whether the letters in a box can be seen, or be scrolled to; what can't be told is cut off.
const placed = (rect, { flow, paths }, view) => {
  if (rect.width < 0.5 || rect.height < 3) return GONE;
  for (const { node, path } of paths) {
    const left = leftBy(path, node.getBoundingClientRect());
    if (left === null || [left.left, left.right, left.top, left.bottom].some(Number.isNaN)) return CUT_OFF;
    if (Math.min(rect.right, left.right) - Math.max(rect.left, left.left) < 1 || Math.min(rect.bottom, left.bottom) - Math.max(rect.top, left.top) < 1) return GONE;
  }
  let { left, right, top, bottom } = rect;
  for (const each of flow) {
    if (each === WINDOW) {
      if (right <= 0 || bottom <= 0) return GONE;
      return left >= view.innerWidth ? CUT_OFF : DRAWN_THERE;
    }
    const { node, x, y, isShort, isClamped } = each;
    const box = node.getBoundingClientRect();
    if ((x !== 'visible' && box.width <= 1) || (y !== 'visible' && box.height <= 1)) return GONE;
    if (x === 'auto' || x === 'scroll') {
      if (right + node.scrollLeft <= box.left && getComputedStyle(node).direction !== 'rtl') return GONE;
      [left, right] = [box.left, box.right];
    } else if (x !== 'visible') {
      if (right <= box.left + 1) return GONE;
      if (left >= box.right - 1 && !isShort && !isClamped) return CUT_OFF;
      [left, right] = [Math.min(Math.max(left, box.left), box.right - 1), Math.min(right, box.right)];
    }
    if (y === 'auto' || y === 'scroll') {
      if (bottom + scrolledBy(node) <= box.top) return GONE;
      [top, bottom] = [box.top, box.bottom];
    } else if (y !== 'visible') {
      const seen = Math.min(bottom, box.bottom) - Math.max(top, box.top);
      if (bottom <= box.top + 1) return GONE;
      if (seen < (bottom - top) * 0.3 && !isClamped) return box.height <= 4 ? GONE : CUT_OFF;
      [top, bottom] = [Math.min(Math.max(top, box.top), box.bottom - 1), Math.min(bottom, box.bottom)];
    }
  }
  if (right > 0 && bottom > 0) return DRAWN_THERE;
  const page = view.document.scrollingElement ?? view.document.documentElement;
  const first = view.getComputedStyle(page).direction === 'rtl' ? page.clientWidth - page.scrollWidth : 0;
  return right + view.scrollX <= first || bottom + unheard(view, () => view.scrollY) <= 0 ? GONE : DRAWN_THERE;
};
// How a text is drawn, and in which boxes; `why` says what makes it uncertain.
const drawn = (words, surroundings) => {
  if (surroundings.isHidden || surroundings.isSkipped) return { how: NONE_DRAWN, rects: [] };
  const range = words.ownerDocument.createRange();
  range.selectNodeContents(words);
  const rects = [...range.getClientRects()];
  if (!rects.length) return { how: NONE_DRAWN, rects };
  if (surroundings.faded || surroundings.isClear) return { how: GONE, rects };
  const view = words.ownerDocument.defaultView;
  let how = GONE;
  const seen = [];
  for (const rect of rects) {
    const place = placed(rect, surroundings, view);
    if (place === DRAWN_THERE) { how = place; seen.push(rect); } else if (place === CUT_OFF && how === GONE) how = place;
  }
  const why = how === CUT_OFF ? 'cut' : how === GONE ? null
    : surroundings.isMasked || surroundings.isFaint ? 'faint'
    : surroundings.isTurned || /[\u202d\u202e]/.test(words.data) ? 'order'
    : surroundings.isCrossed ? 'crossed' : null;
  const isStruck = surroundings.struck || (surroundings.lines.length > 0 && seen.some((rect) => surroundings.lines.some((line) => isCrossed(rect, line))));
  return { how, rects: seen, why, isStruck };
};

// The text of an element with nothing in it but text, when there is nothing to doubt: the way of nearly every cell of a table,
// with no more looks at its style than that takes. Null says that it must be looked at more closely.
const plainTextOf = (node) => {
  const words = node.firstChild;
  const parent = flatParent(node);
  if (!words || words.nextSibling || words.nodeType !== Node.TEXT_NODE || node.shadowRoot || !parent) return null;
  const outer = contextOf(parent);
  if (outer.struck || outer.isSkipped || outer.faded || outer.isInked || outer.lines.length || node.matches(STRUCK)) return null;
  const view = node.ownerDocument.defaultView;
  const style = view.getComputedStyle(node);
  const { position, textDecorationLine, webkitTextFillColor: ink, backgroundColor } = style;
  if (position === 'absolute' || position === 'fixed' || textDecorationLine.includes('line-through') || isClear(ink)) return null;
  if (style.overflow !== 'visible' || style.clipPath !== 'none' || style.filter !== 'none' || style.backgroundImage !== 'none') return null;
  if (style.contentVisibility === 'hidden' || style.webkitTextSecurity !== 'none' || style.unicodeBidi.includes('override')) return null;
  const ground = isClear(backgroundColor) ? outer.ground : backgroundColor;
  if (ground === null || !isSolid(ground) || isAlike(ink, ground) || style.opacity < 0.1) return null;
  for (const which of ['::before', '::after']) {
    const { content } = view.getComputedStyle(node, which);
    if (content !== 'none' && content !== 'normal') return null;
  }
  range.selectNodeContents(words);
  const rects = range.getClientRects();
  if (!rects.length || /[\u202d\u202e]/.test(words.data)) return null;
  for (const rect of rects) if (placed(rect, outer, view) !== DRAWN_THERE) return null;
  return words.data;
};
const range = document.createRange();

// How one piece of text goes on from the one before, by where they lie: '' or ' ' between them, or why it can't be told.
// `isBoxed` says that one of them stands in a box of its own, so that white space in the source is not what is drawn.
const RTL = /[\u0590-\u08ff\ufb1d-\ufefc]/;
const joined = (last, next, isBoxed, isSpaced) => {
  // What an ellipsis stands for lies nowhere.
  if (next.isCut) return { space: isBoxed || isSpaced ? ' ' : '' };
  const [before, after] = [last.rects.at(-1), next.rects[0]];
  const over = Math.min(before.bottom, after.bottom) - Math.max(before.top, after.top);
  const isLevel = over > Math.min(before.height, after.height) * 0.4;
  const wide = Math.min(before.right, after.right) - Math.max(before.left, after.left);
  const isPlain = !RTL.test(last.words) && !RTL.test(next.words) && !next.isRtl;
  if (isPlain) {
    if (isLevel && wide > Math.min(before.width, after.width) * 0.5) return { why: 'order' };
    if (isLevel && after.right <= before.left + 1) return { why: 'order' };
    if (!isLevel && after.bottom <= before.top + 1 && after.left < before.right - 1) return { why: 'order' };
  }
  const [end, start] = [last.words.trimEnd().at(-1) ?? '', next.words.trimStart()[0] ?? ''];
  const isRaised = isLevel && /\d/.test(end) && /\d/.test(start) && !isSpaced
    && Math.abs((before.top + before.bottom) - (after.top + after.bottom)) / 2 > Math.min(before.height, after.height) * 0.15;
  if (isSpaced && !isBoxed) return { space: ' ' };
  const gap = Math.max(after.left - before.right, before.left - after.right);
  if (!isLevel) return { space: isBoxed ? ' ' : '' };
  if (gap > Math.max(1.5, next.size * 0.12)) return { space: ' ' };
  if (isRaised) return { why: 'raised' };
  if (!isBoxed) return { space: '' };
  if (/[-‐‑–/.,:;)(%]/.test(end) || /[-‐‑–/.,:;)%]/.test(start)) return { space: '' };
  const isShort = (words) => words.trim().length === 1;
  const isTorn = (/\d/.test(end) && /\d/.test(start)) || (/\p{L}/u.test(end) && /\p{Ll}/u.test(start))
    || (/\p{L}/u.test(end) && /\p{L}/u.test(start) && (isShort(last.words) || isShort(next.words)));
  return isTorn ? { why: 'torn' } : { space: ' ' };
};
