// Before anything of a page runs: note whether it listens to scrolling, or watches what comes into view, and what it asks the
// system for by itself. One that listens may draw more of a list as one scrolls, so the list's end must be seen (`tables.js`);
// one that does not has drawn all that it will. What it has asked for and not got yet may be the rest of what it shows.
{
  const [LISTENS, ASKED] = [Symbol.for('listens'), Symbol.for('asked')];
  window[LISTENS] = false;
  window[ASKED] = new Set();
  const scrolls = /^(scroll|scrollend|wheel|mousewheel|touchmove|contentvisibilityautostatechange)$/;
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function listen(type, ...how) {
    if (scrolls.test(type)) window[LISTENS] = true;
    return addEventListener.call(this ?? window, type, ...how);
  };
  window.IntersectionObserver = class extends IntersectionObserver {
    constructor(...how) {
      window[LISTENS] = true;
      super(...how);
    }
  };
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
