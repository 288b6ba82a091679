// What can be remembered of a control: what it says, how it is built, and what stands around it. Never what a person has
// typed or chosen in it. `bots.browser.selector_map.Fingerprint` lists the same, `bots.browser.likeness` compares them.

const CANDIDATES = `a, button, input:not([type=hidden]), select, textarea, summary, th, [onclick], [contenteditable=true],
  [tabindex]:not([tabindex="-1"]), [role=button], [role=link], [role=menuitem], [role=tab], [role=checkbox],
  [role=radio], [role=switch], [role=option], [role=combobox], [role=textbox], [role=columnheader]`;
const HEADINGS = 'h1, h2, h3, h4, h5, h6, [role=heading], legend, caption, th[scope=row]';
const LANDMARKS = {
  nav: 'navigation', main: 'main', aside: 'complementary', header: 'banner', footer: 'contentinfo', form: 'form',
  dialog: 'dialog', table: 'table', fieldset: 'group',
};
const TAGS = { a: 'link', button: 'button', select: 'combobox', textarea: 'textbox', th: 'columnheader', summary: 'button' };
const TYPES = {
  submit: 'button', button: 'button', reset: 'button', image: 'button', checkbox: 'checkbox', radio: 'radio',
  file: 'file', range: 'slider',
};
// The types of field by which the browser checks what is typed. Not "password": nobody signs in by likeness.
const TYPED = /^(email|tel|url|date|month|week|time|datetime-local|file|color)$/;
// How many controls on each side are its neighbours, and how long what stands beside a control or over it may be.
const NEIGHBOURS = 4;
const SHORT = 60;

const tagOf = (node) => node.tagName.toLowerCase();
const roleOf = (node) => {
  const said = node.getAttribute('role');
  if (said && !/^(presentation|none)$/.test(said)) return said;
  if (node.tagName !== 'INPUT') return TAGS[tagOf(node)] ?? tagOf(node);
  return TYPES[(node.getAttribute('type') ?? '').toLowerCase()] ?? 'textbox';
};
const isControl = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches(CANDIDATES);
const holdsControl = (node) => node.nodeType === Node.ELEMENT_NODE && (isControl(node) || node.querySelector(CANDIDATES));
// The name without a badge's count.
const bare = (words) => [...names(words)].at(-1);
const short = (words) => (words.length > SHORT ? '' : bare(words));

// The text next to a node on one side, up to the next control.
const aside = (node, side) => {
  for (let at = node[side]; at && !holdsControl(at); at = at[side]) {
    const said = at.nodeType === Node.COMMENT_NODE ? '' : fold(at.textContent);
    if (said) return said;
  }
  return '';
};
// What a person would take for the label of a control that has none: the other text in the smallest box with no other
// control in it, or else what stands just before it, or after a box to tick.
const beside = (node) => {
  for (let at = node; at.parentElement && at !== document.body; at = at.parentElement) {
    const box = at.parentElement;
    const others = [...box.querySelectorAll(CANDIDATES)].some((other) => !other.contains(node) && !node.contains(other));
    if (others) {
      const before = aside(at, 'previousSibling');
      return short(before || (/^(checkbox|radio)$/.test(roleOf(node)) ? aside(at, 'nextSibling') : ''));
    }
    const said = fold([...box.childNodes].filter((each) => each !== at && each.nodeType !== Node.COMMENT_NODE)
      .map((each) => each.textContent).join(' '));
    if (said) return short(said);
  }
  return '';
};
// The words in the class names, or in the address, of what shows no text: an icon.
const iconOf = (node) => {
  const drawn = [...node.querySelectorAll('i, span, svg, use')].filter((each) => !fold(each.textContent));
  const said = drawn.map((each) => each.getAttribute('href') ?? each.getAttribute('class') ?? '').join(' ');
  return [...new Set(said.toLowerCase().match(/\p{L}+|\d+/gu) ?? [])];
};
const landmarksOf = (node) => {
  const found = [];
  for (let at = node.parentElement; at; at = at.parentElement) {
    const role = at.getAttribute('role');
    if (Object.values(LANDMARKS).includes(role) || /^(search|toolbar|menu|tablist|grid)$/.test(role)) found.push(role);
    else if (LANDMARKS[tagOf(at)]) found.push(LANDMARKS[tagOf(at)]);
  }
  return [...new Set(found)];
};
const headingOf = (node) => {
  for (let at = node; at.parentElement; at = at.parentElement)
    for (let before = at.previousElementSibling; before; before = before.previousElementSibling) {
      const heading = before.matches(HEADINGS) ? before : [...before.querySelectorAll(HEADINGS)].at(-1);
      if (heading && fold(heading.textContent)) return short(fold(heading.textContent));
    }
  return '';
};
// Which part of its table it is in. A head that is said again in the foot says the same, and is another one.
const partOf = (node) => ({ THEAD: 'head', TFOOT: 'foot' })[node.closest('thead, tbody, tfoot')?.tagName] ?? '';
// The words that a box around it begins with.
const sectionOf = (node) => {
  for (let at = node.parentElement; at && at !== document.body; at = at.parentElement) {
    const first = at.firstElementChild;
    if (first.contains(node) || holdsControl(first)) continue;
    const said = short(text(first));
    if (said) return said;
  }
  return '';
};
const fingerprint = (node) => {
  const role = roleOf(node);
  const isField = /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) && role !== 'button';
  const label = bare(labelOf(node) ?? '');
  const content = isField || node.isContentEditable ? '' : bare(text(node)).slice(0, 2 * SHORT);
  return {
    tag: tagOf(node), role, type: node.getAttribute('type') ?? '',
    label, content,
    placeholder: name(node.getAttribute('placeholder') ?? ''),
    title: name(node.getAttribute('title') ?? node.querySelector('img[alt]')?.alt ?? ''),
    beside: label || content ? '' : beside(node),
    options: node.tagName === 'SELECT' ? [...node.options].slice(0, 8).map((option) => name(option.textContent)) : [],
    icon: iconOf(node),
    test_id: node.getAttribute('data-testid') ?? '', id: node.id, field: node.getAttribute('name') ?? '',
    href: addressOf(node), classes: [...node.classList],
    heading: headingOf(node), section: sectionOf(node), landmarks: landmarksOf(node), part: partOf(node),
  };
};
// Two that say the same, by the same icon; and what may yet set them apart.
const SAID = ['label', 'content', 'placeholder', 'title', 'beside'];
const isTwin = (one, other) => one.role === other.role && one.icon.join() === other.icon.join()
  && (saidOf(one) === saidOf(other) || SAID.some((here) => one[here] && SAID.some((there) => one[here] === other[there])));
const BUILT = ['test_id', 'id', 'field', 'href'];
const APART = [...SAID, ...BUILT, 'type', 'heading', 'section', 'part', 'before', 'after'];
const saidOf = (print) => print.label || print.content || print.placeholder || print.title || print.beside;

// Return every control below `root` that can be seen, in the order of the page, with its fingerprint.
const portrait = (root) => {
  const seen = all(root, CANDIDATES).filter((node) => node.checkVisibility({ visibilityProperty: true }));
  const prints = seen.map(fingerprint);
  // What most icons have in common tells the icon set, not the icon.
  const drawn = prints.filter(({ icon }) => icon.length);
  const common = new Map();
  for (const { icon } of drawn) for (const word of icon) common.set(word, (common.get(word) ?? 0) + 1);
  const isCommon = (word) => drawn.length >= NEIGHBOURS && 3 * common.get(word) >= drawn.length;
  const said = prints.map(saidOf);
  prints.forEach((print, at) => {
    print.icon = print.icon.filter((word) => !isCommon(word));
    print.before = said[at - 1] ?? '';
    print.after = said[at + 1] ?? '';
    const near = [...said.slice(Math.max(0, at - NEIGHBOURS), at), ...said.slice(at + 1, at + 1 + NEIGHBOURS)];
    print.around = [...new Set(near.filter((words) => /\p{L}/u.test(words)))];
    print.place = Math.round((at / seen.length) * 1000) / 1000;
  });
  prints.forEach((print) => {
    print.shared = BUILT.filter((trait) => print[trait] && prints.some((other) => other !== print && other[trait] === print[trait]));
    print.sole = TYPED.test(print.type) && !prints.some((other) => other !== print && other.type === print.type);
    const twins = prints.filter((other) => other !== print && isTwin(print, other));
    print.twins = twins.length;
    print.apart = twins.length ? APART.filter((trait) => print[trait] && twins.every((other) => other[trait] !== print[trait])) : [];
  });
  return { seen, prints };
};
// Return, for each control, the places of those that it holds or that hold it: mostly one control in two layers.
const nested = (seen) =>
  seen.map((node) => seen.flatMap((other, at) => (other !== node && (other.contains(node) || node.contains(other)) ? [at] : [])));

// What was weighed last is kept beside the page, for the act that follows.
const WEIGHED = Symbol.for('weighed');
const weigh = (root) => {
  const look = portrait(root);
  window[WEIGHED] = { root, seen: look.seen, said: look.prints.map((print) => JSON.stringify(print)) };
  return look;
};
// Return the control that was weighed at this place, or none if it, or anything that it was told by, is not as it was.
const weighedAt = (at) => {
  const { root, seen, said } = window[WEIGHED];
  const now = portrait(root);
  return now.seen[at] === seen[at] && JSON.stringify(now.prints[at]) === said[at] ? seen[at] : null;
};
