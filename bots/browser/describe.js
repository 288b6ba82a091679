// Ways to find one element again that lead to it alone on the page as it is now, best first.

const quoted = (words) => JSON.stringify(words);
// What stands for nothing that a person would recognise, or is another one tomorrow: a record's number, the place in a
// list, what the server makes up for each visit.
const isPassing = (said) => /\d{3,}|ctl\d+|(?:^|[-_:.])\d+(?=[-_:.]|$)|csrf|xsrf|token|nonce|viewstate|verification/i.test(said)
  || /^(?=.*\d)(?=.*[a-z])[\w-]{16,}$/i.test(said);
const isLasting = (id) => /^[a-z][\w-]*$/i.test(id) && !isPassing(id);
// The names of attributes that say which record or row it is.
const isOfRecord = (attribute) => /(?:^|-)(?:id|pk|key|uuid|guid|ref|nr|no|number|record|object|item|row|index|value|href|url)$/i.test(attribute);
// The parts of an address, or the value of a button, that say which record is meant.
const recordsOf = (node) => {
  const [path, query = ''] = (node.getAttribute('href') ?? '').split('?');
  const asked = [...new URLSearchParams(query)].filter(([name, value]) => isOfRecord(name) || isPassing(value)).map(([, value]) => value);
  return [...path.split('/').filter(isRecord), ...asked, ...(node.matches('button, input') ? [node.getAttribute('value') ?? ''].filter(isRecord) : [])];
};
const cssOf = (node) => {
  const tag = tagOf(node);
  const ways = [];
  if (isLasting(node.id)) ways.push(`#${CSS.escape(node.id)}`);
  const field = node.getAttribute('name');
  if (field && isLasting(field)) ways.push(`${tag}[name=${quoted(field)}]`);
  // One of several to choose among.
  const value = node.getAttribute('value') ?? 'on';
  if (field && node.matches('[type=radio], [type=checkbox], button[value]') && isLasting(field) && isLasting(value))
    ways.push(`${tag}[name=${quoted(field)}][value=${quoted(value)}]`);
  for (const { name: attribute, value } of node.attributes)
    if (/^data-(?!testid)/.test(attribute) && !isOfRecord(attribute) && !isPassing(attribute) && isLasting(value)) ways.push(`${tag}[${attribute}=${quoted(value)}]`);
  return ways;
};
// As a field of a form or a dialog that has a name of its own.
const scopedOf = (node) => {
  const scope = node.closest('form, dialog, [role=dialog], nav, table');
  const type = node.getAttribute('type');
  if (!scope || scope === node) return [];
  const around = isLasting(scope.id) ? `#${CSS.escape(scope.id)}` : tagOf(scope);
  return [`${around} ${tagOf(node)}${type ? `[type=${quoted(type)}]` : ''}`];
};

// As it is said, but for what is not part of a name (`sight.js`).
const asSaid = (words) => fold(words.normalize('NFC').replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
  .replace(/\s\(?\d+$/u, '').replace(/[^\p{L}\p{N}]+$/u, '');
const locatorsOf = (root, node) => {
  const role = roleOf(node);
  const spec = (kind, value, more = {}) => ({ kind, value, name: null, exact: true, ...more });
  const given = (kind) => node.getAttribute(kind) && spec(kind, asSaid(node.getAttribute(kind)));
  const said = role in ROLES ? asSaid(nameOf(role, node)) : '';
  const label = node.matches(CONTROLS) ? asSaid(labelOf(node) ?? '') : '';
  const href = node.getAttribute('href');
  const records = recordsOf(node);
  const ways = [
    node.dataset.testid && !isPassing(node.dataset.testid) && spec('test_id', node.dataset.testid),
    said && said.length <= SHORT && spec('role', role, { name: said }),
    label && label.length <= SHORT && spec('label', label),
    ...cssOf(node).map((css) => spec('css', css)),
    href && addressOf(node) && !records.length && !isPassing(href) && spec('href', href),
    given('placeholder'), given('title'),
    !isControl(node) && asSaid(text(node)) && text(node).length <= SHORT && spec('text', asSaid(text(node))),
    ...scopedOf(node).map((css) => spec('css', css)),
  ].filter(Boolean);
  // A link that is called by its record's number leads to that record alone.
  const names = (way) => records.some((record) => new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape?.(record) ?? record.replace(/\W/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'iu').test(way.name ?? way.value));
  return ways.filter((way) => way.kind === 'css' || !names(way)).filter((way) => {
    const found = sight(root, way);
    return found.length === 1 && found[0] === node;
  });
};
const describe = (root, node) => {
  const { seen, prints } = portrait(root);
  return { locators: locatorsOf(root, node), fingerprint: prints[seen.indexOf(node)] ?? null };
};
