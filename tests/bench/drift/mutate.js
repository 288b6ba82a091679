// Seeded changes to a page, each of one kind. What is asked for again carries its number as a property, which no tool sees:
// `truth`. A control that is put in another's place carries none.
const rng = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const chance = rng(ask.seed);
const pick = (list) => list[Math.floor(chance() * list.length)];
const shuffled = (list) => {
  const out = [...list];
  for (let at = out.length - 1; at > 0; at--) {
    const other = Math.floor(chance() * (at + 1));
    [out[at], out[other]] = [out[other], out[at]];
  }
  return out;
};
const word = () => Array.from({ length: 6 }, () => 'abcdefghijklmnoprstuvxyz'[Math.floor(chance() * 24)]).join('');
const everyOne = () => [...document.body.querySelectorAll('*')];
const wanted = () => everyOne().filter((node) => node.truth !== undefined);
const POINTING = ['for', 'aria-controls', 'aria-labelledby', 'aria-describedby', 'data-target', 'data-bs-target'];
const renamed = (share) => {
  const names = new Map();
  const rename = (old) => {
    if (!names.has(old)) names.set(old, chance() < share ? `${word()}-${Math.floor(chance() * 90 + 10)}` : old);
    return names.get(old);
  };
  for (const node of everyOne()) {
    if (node.id) node.id = rename(node.id);
    if (node.getAttribute('name')) node.setAttribute('name', rename(node.getAttribute('name')));
    for (const { name } of [...node.attributes]) if (name.startsWith('data-') && chance() < share) node.removeAttribute(name);
    for (const pointing of POINTING) {
      const at = node.getAttribute(pointing);
      if (at) node.setAttribute(pointing, at.split(' ').map((id) => (id.startsWith('#') ? `#${rename(id.slice(1))}` : rename(id))).join(' '));
    }
  }
};
const restyled = (share) => {
  const names = new Map();
  for (const node of everyOne()) {
    if (typeof node.className !== 'string') continue;
    for (const old of [...node.classList]) {
      // What hides goes on hiding: else the page would show other controls.
      if (/hid|collapse|modal|dropdown|sr-|tab|fade|show|open|tree|sidebar|content|wrapper/.test(old)) continue;
      if (!names.has(old)) names.set(old, chance() < share ? word() : old);
      node.classList.replace(old, names.get(old));
    }
  }
};
const moved = (to, from) => {
  for (const { name, value } of [...from.attributes]) to.setAttribute(name, value);
  to.append(...from.childNodes);
  if (from.truth !== undefined) to.truth = from.truth;
  from.replaceWith(to);
};
const OTHER = { nav: 'div', section: 'div', header: 'div', footer: 'div', aside: 'div', main: 'div', ul: 'div', ol: 'div', li: 'div', h1: 'h2', h4: 'h3', p: 'div', fieldset: 'div', legend: 'div' };
const saying = (node) => {
  // The text, label, placeholder or value by which a person knows it, with a way to change it.
  const texts = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) if (walker.currentNode.data.trim()) found.push(walker.currentNode);
    return found;
  };
  const inner = /^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName) ? [] : texts(node);
  if (inner.length) return { get: () => inner[0].data, set: (to) => { inner[0].data = to; } };
  const label = node.labels?.[0] && texts(node.labels[0])[0];
  if (label) return { get: () => label.data, set: (to) => { label.data = to; } };
  for (const name of ['aria-label', 'placeholder', 'title', 'value'])
    if (node.getAttribute(name)) return { get: () => node.getAttribute(name), set: (to) => node.setAttribute(name, to) };
  return null;
};
const built = (node) => [node.id, node.getAttribute('name') ?? '', (node.getAttribute('href') ?? '').replace(/^#$/, '')];

const KINDS = {
  // Ids, names and data attributes.
  ids: () => renamed(0.8),
  // The look's class names.
  classes: () => restyled(0.8),
  // Boxes around things.
  wrappers: () => {
    for (const node of everyOne().filter((each) => /^(DIV|A|BUTTON|INPUT|SELECT|LABEL|FORM|UL)$/.test(each.tagName) && each.parentElement)) {
      if (chance() > 0.3) continue;
      const box = document.createElement('div');
      box.className = word();
      node.before(box);
      box.append(node);
    }
  },
  // The order of what stands beside each other.
  order: () => {
    const boxes = everyOne().filter((box) => box.children.length > 1 && box.children.length < 12
      && [...box.children].every((child) => child.tagName === box.children[0].tagName) && !/^(TR|SELECT|TBODY)$/.test(box.tagName)
      // Nobody can tell that two of a kind have changed places.
      && new Set([...box.children].map((child) => child.textContent.trim())).size === box.children.length);
    for (const box of boxes) if (chance() < 0.5) box.append(...shuffled([...box.children]));
  },
  // What a third of the controls say.
  wording: () => {
    for (const node of wanted()) {
      const said = saying(node);
      if (said && chance() < 0.34) said.set(`${word()} ${word()}`);
    }
  },
  // Two controls say each other's words. Which is which is told by how they are built, so that must tell them apart.
  swapped: () => {
    const able = wanted().filter((node) => built(node).join('') && saying(node));
    const pairs = shuffled(able);
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      const [one, other] = [saying(pairs[at]), saying(pairs[at + 1])];
      if (pairs[at].tagName !== pairs[at + 1].tagName || pairs[at].contains(pairs[at + 1])) continue;
      if (built(pairs[at]).some((part, which) => part === built(pairs[at + 1])[which] && part)) continue;
      const said = one.get();
      one.set(other.get());
      other.set(said);
    }
  },
  // A third are gone.
  removed: () => { for (const node of wanted()) if (chance() < 0.34) node.remove(); },
  // A third are gone, and something much like it stands there instead: a word more, an id much like it, another address.
  replaced: () => {
    for (const node of wanted()) {
      if (chance() > 0.34) continue;
      const other = node.cloneNode(true);
      const isIcon = !saying(node) && node.querySelector('i, svg');
      if (!isIcon && !/^(A|BUTTON|TH)$/.test(node.tagName) && !node.getAttribute('placeholder')) continue;
      node.replaceWith(other);
      // With all that is in it: what a person reads of a row's header may be a link.
      for (const each of [other, ...other.querySelectorAll('*')]) {
        if (each.id) each.id = `${each.id}${pick(['Extra', 'Two', 'New'])}`;
        for (const built of ['name', 'data-testid'])
          if (each.getAttribute(built)) each.setAttribute(built, `${each.getAttribute(built)}_2`);
        if (each.getAttribute('href')?.length > 1) each.setAttribute('href', `${word()}.html`);
        if (each.getAttribute('aria-label')) each.setAttribute('aria-label', `${each.getAttribute('aria-label')} ${word()}`);
      }
      const said = saying(other);
      if (said) said.set(`${said.get().trim()} ${word()}`);
      else other.querySelectorAll('i, svg').forEach((icon) => { icon.className = `fa fa-${word()}`; });
    }
  },
  // A third stand there twice.
  doubled: () => {
    for (const node of wanted()) {
      if (chance() > 0.34) continue;
      const other = node.cloneNode(true);
      other.removeAttribute('id');
      node.after(other);
    }
  },
  // Another framework draws the same: other tags, other classes, ids of its own, more boxes.
  framework: () => {
    renamed(1);
    restyled(1);
    for (const node of everyOne()) {
      const tag = node.tagName.toLowerCase();
      if (OTHER[tag] && node.parentElement) moved(document.createElement(OTHER[tag]), node);
      else if (tag === 'button' || (tag === 'a' && (node.getAttribute('href') ?? '#') === '#')) {
        const drawn = document.createElement(tag === 'button' ? 'a' : 'button');
        moved(drawn, node);
        if (tag === 'button') { drawn.setAttribute('role', 'button'); drawn.tabIndex = 0; }
      }
    }
    KINDS.wrappers();
  },
  // A usual new version: some of it all.
  version: () => {
    renamed(0.5);
    restyled(0.5);
    KINDS.order();
    for (const node of wanted()) {
      const said = saying(node);
      const lot = chance();
      if (lot < 0.1) node.remove();
      else if (lot < 0.2 && said) said.set(`${word()} ${word()}`);
    }
    KINDS.wrappers();
  },
};
