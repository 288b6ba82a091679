// Before anything of a page runs: note whether it listens to scrolling, or watches what comes into view. One that does may draw
// more of a list as one scrolls, so the list's end must be seen (`tables.js`); one that does not has drawn all that it will.
{
  const MARK = Symbol.for('listens');
  window[MARK] = false;
  const scrolls = /^(scroll|scrollend|wheel|mousewheel|touchmove|contentvisibilityautostatechange)$/;
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function listen(type, ...how) {
    if (scrolls.test(type)) window[MARK] = true;
    return addEventListener.call(this ?? window, type, ...how);
  };
  window.IntersectionObserver = class extends IntersectionObserver {
    constructor(...how) {
      window[MARK] = true;
      super(...how);
    }
  };
}
