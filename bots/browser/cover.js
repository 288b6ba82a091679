// Lay an opaque cover over the whole window, with holes for nothing but what the map says may be seen: the words that the
// map itself has, the values and the receipt that it names in `shown`. What is not known to be harmless is covered however
// it is drawn: text, image, canvas, frame, closed shadow root. Without `take` it is taken away again. Returns, both times,
// whether it lies as it should.
const { words, fields, receipts, take } = ask;
const DRAWN = 'img, picture, svg, canvas, video, iframe, object, embed, input, textarea, select';
const COVER = Symbol.for('cover');
const { innerWidth: wide, innerHeight: high } = window;
const probes = Array.from({ length: 100 }, (_, at) => [((at % 10) + 0.5) * wide / 10, (Math.floor(at / 10) + 0.5) * high / 10]);
const lies = ({ cover, holes }) => {
  const { left, top, width, height } = cover.getBoundingClientRect();
  const inHole = (x, y) => holes.some(([from, down, over, under]) => x >= from && x < over && y >= down && y < under);
  return cover.matches(':popover-open') && left === 0 && top === 0 && width >= wide && height >= high
    && probes.every(([x, y]) => inHole(x, y) || document.elementFromPoint(x, y) === cover);
};
if (!take) {
  // What came to lie over it since is in the picture.
  const still = lies(window[COVER]);
  window[COVER].cover.remove();
  return still;
}
const known = new Set(words.map(name));
const wanted = new Set();
for (const node of all(document, '*')) {
  const own = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && fold(child.data));
  if (own && known.has(name(text(node)))) wanted.add(node);
}
const values = labelled(document);
for (const { label, css } of fields) {
  const nodes = label === null ? all(document, css) : values.get(name(label)) ?? [];
  if (nodes.length === 1) wanted.add(nodes[0]);
}
for (const receipt of receipts) {
  const found = receiptsShown(receipt).map(({ node }) => node);
  // The place itself, not what it stands in.
  const nodes = found.filter((node) => !found.some((other) => other !== node && node.contains(other)));
  if (nodes.length === 1) {
    nodes[0].scrollIntoView({ block: 'nearest' });
    wanted.add(nodes[0]);
  }
}

const deepest = (x, y) => {
  let found = document.elementFromPoint(x, y);
  while (found?.shadowRoot?.elementFromPoint(x, y) && found.shadowRoot.elementFromPoint(x, y) !== found)
    found = found.shadowRoot.elementFromPoint(x, y);
  return found;
};
const holes = [];
for (const node of wanted) {
  if (!visible(node) || node.querySelector(DRAWN)) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  for (const { left, top, right, bottom } of range.getClientRects()) {
    const [x, y, over, under] = [Math.floor(left), Math.floor(top), Math.ceil(right), Math.ceil(bottom)];
    // Whatever lies over a part of it is something else, and is not seen through this hole.
    const places = [[left + 1, top + 1], [right - 1, top + 1], [left + 1, bottom - 1], [right - 1, bottom - 1],
      [(left + right) / 2, (top + bottom) / 2]];
    if (over > x && under > y && places.every(([at, down]) => node.contains(deepest(at, down)))) holes.push([x, y, over, under]);
  }
}

const cover = document.createElement('div');
cover.popover = 'manual';
const style = {
  all: 'initial', display: 'block', position: 'fixed', inset: '0', margin: '0', border: '0', padding: '0', opacity: '1',
  visibility: 'visible', width: `${wide}px`, height: `${high}px`, 'max-width': 'none', 'max-height': 'none',
  'background-color': 'rgb(120, 128, 140)', 'z-index': '2147483647', transition: 'none', animation: 'none',
  'clip-path': `path(evenodd, "M0 0H${wide}V${high}H0Z ${holes.map(([x, y, over, under]) => `M${x} ${y}H${over}V${under}H${x}Z`).join(' ')}")`,
};
for (const [property, value] of Object.entries(style)) cover.style.setProperty(property, value, 'important');
// What lies outside a modal dialog is not where the browser looks for what is at a point.
([...document.querySelectorAll('dialog:modal')].at(-1) ?? document.documentElement).append(cover);
cover.showPopover();
window[COVER] = { cover, holes };
await redraw();
return lies(window[COVER]);
