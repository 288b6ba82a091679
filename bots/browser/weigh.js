// All that there is to be weighed of a screen's elements, in one look: what each locator finds, as places among the
// controls that are shown, and the fingerprints of these. What is found and is no control follows after them.
const answers = [];
const { root } = rooted(ask);
if (!root || !isWhole(root)) return null;
const { seen, prints } = weigh(root);
const others = [];
const placeOf = (node) => {
  const at = seen.indexOf(node);
  if (at >= 0) return at;
  if (!others.includes(node)) others.push(node);
  return seen.length + others.indexOf(node);
};
for (const element of ask.elements) {
  const scopes = within(root, element);
  answers.push({
    scope: element.within && scopes.length === 1 ? seen.flatMap((node, at) => (scopes[0].contains(node) ? [at] : [])) : null,
    lost: scopes.length !== 1,
    certain: meant(root, element).filter(visible).map(placeOf),
    found: element.locators.map((locator) => (scopes.length === 1 ? sight(scopes[0], locator).map(placeOf) : [])),
  });
}
return { prints, nested: nested(seen), answers };
