// Similo (Nass, Alégroth, Feldt, Leotta, Ricca, 2023), by its published properties, comparators and weights: every
// control of the page is given a sum, and the highest is taken, however low it is.
const distance = (one, other) => {
  const row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    let before = row[0];
    row[0] = i;
    for (let j = 1; j <= other.length; j++) {
      const now = row[j];
      row[j] = Math.min(row[j] + 1, row[j - 1] + 1, before + (one[i - 1] === other[j - 1] ? 0 : 1));
      before = now;
    }
  }
  return row[other.length];
};
const likeText = (one, other) => (one || other ? 1 - distance(one, other) / Math.max(one.length, other.length) : 0);
const same = (one, other) => (one && one.toLowerCase() === other.toLowerCase() ? 1 : 0);
const likeNumber = (one, other) => (one || other ? 1 - Math.abs(one - other) / Math.max(one, other) : 0);
const likePlace = ([x, y], [u, v]) => Math.max(0, 1 - Math.hypot(x - u, y - v) / 100);
const likeWords = (one, other) => {
  const [mine, others] = [one, other].map((said) => new Set(said.toLowerCase().split(/\s+/).filter(Boolean)));
  const many = Math.max(mine.size, others.size);
  return many ? [...mine].filter((word) => others.has(word)).length / many : 0;
};
const SIMILO = [
  ['tag', 1.5, same], ['class', 0.5, likeText], ['name', 1.5, same], ['id', 1.5, same], ['href', 0.5, likeText],
  ['alt', 0.5, likeText], ['xpath', 0.5, likeText], ['idxpath', 0.5, likeText], ['button', 0.5, same],
  ['place', 0.5, likePlace], ['area', 0.5, likeNumber], ['shape', 0.5, likeNumber], ['text', 1.5, likeText],
  ['near', 1.5, likeWords],
];
const pathTo = (node, stop) => {
  const parts = [];
  for (let at = node; at && at.nodeType === 1; at = at.parentElement) {
    if (stop && at.id) return `id(${at.id})/${parts.join('/')}`;
    const alike = at.parentElement ? [...at.parentElement.children].filter((each) => each.tagName === at.tagName) : [at];
    parts.unshift(`${at.tagName.toLowerCase()}[${alike.indexOf(at) + 1}]`);
  }
  return `/${parts.join('/')}`;
};
const properties = (node) => {
  const box = node.getBoundingClientRect();
  const said = (node.textContent || node.value || node.placeholder || '').trim().replace(/\s+/g, ' ').slice(0, 200);
  return {
    tag: node.tagName, class: node.getAttribute('class') ?? '', name: node.getAttribute('name') ?? '', id: node.id,
    href: node.getAttribute('href') ?? '', alt: node.getAttribute('alt') ?? '',
    xpath: pathTo(node, false), idxpath: pathTo(node, true),
    button: String(/^(A|BUTTON)$/.test(node.tagName) || /button|submit/.test(node.type ?? '')),
    place: [box.x, box.y], area: box.width * box.height, shape: box.height ? Math.round((box.width * 100) / box.height) : 0,
    text: said, near: (node.parentElement?.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 400),
  };
};
const similar = (mine, others) => {
  let [best, most] = [null, -1];
  for (const [at, other] of others.entries()) {
    const sum = SIMILO.reduce((total, [property, weight, like]) => total + weight * like(mine[property], other[property]), 0);
    if (sum > most) [best, most] = [at, sum];
  }
  return best;
};
