// Before anything of a page runs: note whether it listens to scrolling, or watches what comes into view, and what it asks the
// system for by itself. One that listens may draw more of a list as one scrolls, so the list's end must be seen (`tables.js`);
// one that does not has drawn all that it will. What it has asked for and not got yet may be the rest of what it shows.
{
  const [LISTENS, WATCHES, ASKED, PUT, REPEATED] = ['listens', 'watches', 'asked', 'put off', 'repeated'].map((each) => Symbol.for(each));
  window[LISTENS] = false;
  window[WATCHES] = false;
  window[ASKED] = new Set();
  window[PUT] = new Map();
  window[REPEATED] = new Set();
  // Pages drawn ahead of being asked for are of then, not of now.
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) if (node.tagName === 'SCRIPT' && node.type === 'speculationrules') node.remove();
  }).observe(document, { childList: true, subtree: true });
  const scrolls = /^(scroll|scrollend|wheel|mousewheel|touchmove|contentvisibilityautostatechange)$/;
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function listen(type, ...how) {
    if (scrolls.test(type)) window[LISTENS] = true;
    return addEventListener.call(this ?? window, type, ...how);
  };
  window.IntersectionObserver = class extends IntersectionObserver {
    constructor(...how) {
      window[LISTENS] = true;
      window[WATCHES] = true;
      super(...how);
    }
  };
  // What the kit looks at is no listening of the page's.
  window[Symbol.for('unheard')] = (work) => {
    const before = window[LISTENS];
    const done = work();
    window[LISTENS] = before;
    return done;
  };
  // Some look again and again how far it has been scrolled.
  const looked = (of, name) => {
    const { get, set } = Object.getOwnPropertyDescriptor(of, name);
    Object.defineProperty(of, name, { get() { window[LISTENS] = true; return get.call(this); }, set, configurable: true, enumerable: true });
  };
  looked(Element.prototype, 'scrollTop');
  for (const name of ['scrollY', 'pageYOffset']) looked(window, name);
  // What is put off for a moment only may be a part of what is drawn.
  const { setTimeout: later, clearTimeout: never } = window;
  window.setTimeout = (run, after = 0, ...given) => {
    if (after > 600 || typeof run !== 'function') return later(run, after, ...given);
    const one = later((...what) => { window[PUT].delete(one); run(...what); }, after, ...given);
    window[PUT].set(one, { after, since: performance.now() });
    return one;
  };
  window.clearTimeout = (one) => { window[PUT].delete(one); never(one); };
  const { setInterval: every, clearInterval: noMore } = window;
  window.setInterval = (run, after = 0, ...given) => {
    const one = every(run, after, ...given);
    if (after <= 300) window[REPEATED].add(one);
    return one;
  };
  window.clearInterval = (one) => { window[REPEATED].delete(one); noMore(one); };
  const noted = (promise) => {
    const done = () => window[ASKED].delete(promise);
    window[ASKED].add(promise);
    promise.then(done, done);
    return promise;
  };
  const { fetch } = window;
  window.fetch = (...what) => noted(fetch(...what));
  for (const how of ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text']) {
    const read = Response.prototype[how];
    if (read) Response.prototype[how] = function all(...what) { return noted(read.apply(this, what)); };
  }
  const { send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = function sent(...what) {
    window[ASKED].add(this);
    addEventListener.call(this, 'loadend', () => window[ASKED].delete(this));
    return send.apply(this, what);
  };
}
