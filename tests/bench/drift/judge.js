// What the contenders have in common: which control has which number, and whether what was found is it.
const numbered = new Map([...document.querySelectorAll('*')].filter((node) => node.truth !== undefined)
  .map((node) => [node.truth, node]));
// The control with that number: itself, or a layer of it, that holds it and no other, or is held by it.
const judge = (node, truth) => {
  if (!node) return null;
  const right = numbered.get(truth);
  if (!right) return 'wrong';
  if (node === right || right.contains(node)) return 'right';
  const isLayer = node.contains(right) && !node.matches('body, form, nav, table')
    && ![...numbered.values()].some((other) => other !== right && node.contains(other));
  return isLayer ? 'right' : 'wrong';
};
const only = (found) => (found.length === 1 ? found[0] : null);
const byPath = (path) =>
  document.evaluate(path, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue;

const isUnique = (css) => {
  try { return document.querySelectorAll(css).length === 1; } catch { return false; }
};
const stepTo = (node) => {
  const alike = [...node.parentElement.children].filter((each) => each.tagName === node.tagName);
  return node.tagName.toLowerCase() + (alike.length > 1 ? `:nth-of-type(${alike.indexOf(node) + 1})` : '');
};
const singleCss = (node) => {
  const tag = node.tagName.toLowerCase();
  const field = node.getAttribute('name');
  const ways = [
    node.id && `#${CSS.escape(node.id)}`, field && `${tag}[name="${field}"]`,
    node.classList.length && tag + [...node.classList].map((each) => `.${CSS.escape(each)}`).join(''),
  ];
  const way = ways.filter(Boolean).find(isUnique);
  if (way) return way;
  const steps = [];
  for (let at = node; at !== document.body; at = at.parentElement) {
    if (at !== node && at.id) return [`#${CSS.escape(at.id)}`, ...steps].join(' > ');
    steps.unshift(stepTo(at));
  }
  return steps.join(' > ');
};
