// The page as it stands, as one document that needs no script: open shadow roots declared, frames of our own inside it,
// what has been typed or chosen as attributes. Never a password.
const written = (view) => {
  const copy = view.documentElement.cloneNode(true);
  pair(view.documentElement, copy);
  // Where a script came from tells the version.
  for (const gone of copy.querySelectorAll('script:not([type="application/json"], [src]), noscript')) gone.remove();
  copy.querySelector('head')?.append(...adopted(view));
  return `<!DOCTYPE html>${copy.outerHTML}`;
};
const pair = (from, to) => {
  const theirs = [...to.querySelectorAll('*')];
  [...from.querySelectorAll('*')].forEach((node, at) => keep(node, theirs[at]));
};
const adopted = (root) => root.adoptedStyleSheets.map((sheet) => {
  const style = document.createElement('style');
  style.textContent = sheetOf(sheet);
  return style;
});
const sheetOf = (sheet) => {
  try { return [...sheet.cssRules].map(({ cssText }) => cssText).join('\n'); } catch { return ''; }
};
// What was pointed out on the page, by the node: its name and what is done with it.
const NAMED = Symbol.for('named');
const point = (node, said) => { (top[NAMED] ??= new Map()).set(node, said); };
const keep = (node, copy) => {
  const said = top[NAMED]?.get(node);
  if (said) copy.setAttribute('data-flotta', said);
  if (node.matches('input')) {
    copy.toggleAttribute('checked', node.checked);
    if (node.type === 'password' || node.type === 'file') copy.removeAttribute('value');
    else if (node.value) copy.setAttribute('value', node.value);
  }
  if (node.matches('option')) copy.toggleAttribute('selected', node.selected);
  if (node.matches('textarea')) copy.textContent = node.value;
  // What a script has put into a style sheet does not stand in the document.
  if (node.matches('style') && node.sheet) copy.textContent = sheetOf(node.sheet);
  if (node.matches('iframe, frame')) {
    let inner = null;
    try { inner = node.contentDocument; } catch { /* another system's */ }
    copy.removeAttribute('src');
    if (inner?.documentElement && node.matches('iframe')) {
      const base = `<base href="${inner.location.href === 'about:srcdoc' ? document.baseURI : inner.location.href}">`;
      copy.setAttribute('srcdoc', written(inner).replace(/<head[^>]*>/, (head) => head + base));
    }
  }
  if (node.shadowRoot) {
    const root = document.createElement('template');
    root.setAttribute('shadowrootmode', 'open');
    root.content.append(...[...node.shadowRoot.childNodes].map((each) => each.cloneNode(true)));
    const originals = [...node.shadowRoot.querySelectorAll('*')];
    [...root.content.querySelectorAll('*')].forEach((each, at) => keep(originals[at], each));
    root.content.prepend(...adopted(node.shadowRoot));
    copy.prepend(root);
  }
};
const snapshot = () => ({ html: written(document), path: location.pathname + location.search });
// The nodes that were pointed out when the page was taken, by what was said of them; the page stands as if none had been.
const pointed = () => {
  const roots = [document, ...all(document, 'iframe, frame').flatMap((frame) => frame.contentDocument ?? [])];
  const nodes = roots.flatMap((root) => all(root, '[data-flotta]'));
  const found = Object.fromEntries(nodes.map((node) => [node.dataset.flotta, node]));
  for (const node of nodes) node.removeAttribute('data-flotta');
  return found;
};
