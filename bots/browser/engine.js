// The kit's selector engine in Playwright: the one element that an entry of a map means, or none.
//
//   safe            one locator finds it, none finds another
//   write           two independent families (wording, structure) find it, none finds another
//   irreversible    every locator finds it
//   each            all that the locators find, agreed or not: for explaining a refusal
const meant = (root, body) => {
  const { danger, within, locators } = JSON.parse(decodeURIComponent(body));
  const scopes = within ? sight(root, within) : [root];
  if (scopes.length !== 1) return [];
  const found = locators.map((locator) => sight(scopes[0], locator));
  const either = new Set(found.flat());
  if (danger === 'each') return [...either];
  // Nothing, a conflict, or a twin: whichever it is, nobody knows which element is meant.
  if (either.size !== 1) return [];
  const agreed = locators.filter((_locator, at) => found[at].length);
  const families = new Set(agreed.map((locator) => locator.family));
  const enough = { safe: true, write: families.size === 2, irreversible: agreed.length === locators.length };
  return enough[danger] ? [...either] : [];
};
return { query: (root, body) => meant(root, body)[0] ?? null, queryAll: meant };
