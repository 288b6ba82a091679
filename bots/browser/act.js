// What the kit does with the one element that an entry of a map means, one round trip each: waits, redraw by redraw, until
// it is there and can be used; fills it or chooses in it here; or makes it ready for a real key or click that follows.
//
// The document is armed for what follows: an event that comes after the deadline, that would reach another element, or that
// reaches one which the map no longer means, is stopped before the page sees it. So whatever changes in between, the click
// lands where it was meant, in time, or nowhere.
const { element, alike, action, value, deadline, limit, patience, filled, answer, question } = ask;
// What the map means by its locators, or what was weighed (`fingerprint.js`) at the place `alike`.
const aim = (root) => (alike === null ? meant(root, element)[0] : weighedAt(alike));

const usable = (node) => visible(node) && !node.matches(':disabled, [aria-disabled=true]')
  && !(action === 'fill' && node.readOnly);

// Where a click meets the element, or null when something lies over it. As the page stands now: nothing is awaited.
const meeting = (node, frame) => {
  node.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
  const box = [...node.getClientRects()].find(({ width, height }) => width && height);
  if (!box) return null;
  let [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  if (!isAt(node.ownerDocument, x, y, node)) return null;
  if (frame) {
    const outer = frame.getBoundingClientRect();
    [x, y] = [x + outer.x + frame.clientLeft, y + outer.y + frame.clientTop];
    if (!isAt(frame.ownerDocument, x, y, frame)) return null;
  }
  return { x, y };
};
const isAt = (page, x, y, node) => {
  let hit = page.elementFromPoint(x, y);
  for (let inner; (inner = hit?.shadowRoot?.elementFromPoint(x, y)) && inner !== hit;) hit = inner;
  for (let at = hit; at; at = at.assignedSlot ?? at.parentNode ?? at.host) if (at === node) return true;
  return false;
};

// What was filled in is remembered in its document. What is to be sent must be all of it, as it was filled in: not what the
// page has put there since, nor what an empty form of the same look has.
const FILLED = Symbol.for('filled');
const isSaid = (shown, wanted) => fold(shown).normalize('NFC') === fold(wanted).normalize('NFC');
// A choice that a person could make: its button may be drawn by its label.
const choiceOf = (group, wanted) => [...group.querySelectorAll('input[type=radio]')].filter((each) =>
  isSaid(labelOf(each) ?? '', wanted) && [each, ...each.labels].some(visible));
const isOffered = (option) => ![option, option.parentElement].some((each) =>
  each.disabled || each.hidden || getComputedStyle(each).display === 'none');
const placesOf = (group) => [...group.querySelectorAll('input:not([type=radio], [type=checkbox], [type=hidden])')];
const isTicked = (node) => ('checked' in node ? node.checked && !node.indeterminate : node.getAttribute('aria-checked') === 'true');
// The fields of a form in which a value stands that was filled in.
const partsOf = (node, how) => ('value' in node ? [node] : how === 'select' ? [...node.querySelectorAll('input[type=radio]:checked')] : placesOf(node));
const holds = (node, how, wanted) => {
  // What is disabled is not sent with its form.
  if (partsOf(node, how).some((each) => each.form && each.matches(':disabled'))) return false;
  if (how === 'check') return isTicked(node);
  if (!('value' in node)) {
    return how === 'select' ? choiceOf(node, wanted).some((each) => each.checked)
      : placesOf(node).map((each) => each.value).join(' ') === wanted;
  }
  if (how === 'select') return node.selectedOptions?.length === 1 && isSaid(node.selectedOptions[0].label, wanted);
  return node.value === wanted && !(node.maxLength >= 0 && wanted.length > node.maxLength);
};
// The first field that no longer holds what was filled in (`lost`, its name), or null; and what their forms are to send
// (`entries`). One that was filled in another document is only asked for where it stands again.
const filledNow = () => {
  const entries = [];
  for (const each of filled ?? []) {
    const { root } = rooted(each.element);
    const kept = root && (root.defaultView ?? root.ownerDocument?.defaultView)?.[FILLED]?.get(each.name);
    const node = root && (each.alike ? kept?.node : meant(root, each.element)[0]);
    if (!node && !each.same) continue;
    if (!node || (each.same && !kept) || !holds(node, each.action, each.value)) return { lost: each.name, entries };
    const parts = partsOf(node, each.action);
    // It was moved to another form, or out of all.
    if (kept?.form?.isConnected && parts.some(({ form }) => form !== kept.form)) return { lost: each.name, entries };
    entries.push(...parts.flatMap((part) => entryOf(part, each.name)));
  }
  return { lost: null, entries };
};
// What a form is to send for one field: its value, among those of all the fields on the page that are called the same. What
// has no name its page sends itself.
const entryOf = (part, field) => {
  const { form, name, value } = part;
  if (!form || !name || !/^(INPUT|TEXTAREA|SELECT)$/.test(part.tagName)) return [];
  const isChoice = /^(radio|checkbox)$/.test(part.type);
  // Beside a box there may be a hidden field that says that it is not ticked.
  const alike = [...form.elements].filter((each) => each.name === name && !each.matches(':disabled')
    && !/^(hidden|submit|button|image|reset|radio|checkbox|file)$/.test(each.type));
  return [{ field, form, name, value, at: alike.indexOf(part), count: isChoice ? null : alike.length }];
};
const plain = (words) => String(words).replace(/\r\n?/g, '\n');
// The name of the first field that a form would send otherwise, or null. A form that was drawn anew is told by its fields.
const otherField = (entries, form, data) => {
  for (const { field, form: own, name, value, at, count } of entries) {
    const all = data.getAll(name);
    if (own === form ? false : own.isConnected || !all.length) continue;
    const isSame = count === null ? all.includes(value) : all.length === count && plain(all[at]) === plain(value);
    if (!isSame || !isSpelt(form, value)) return field;
  }
  return null;
};
// Whether a form's encoding has all letters of a value: what it lacks is sent as something else.
const isSpelt = (form, words) => {
  const label = form.acceptCharset.trim().split(/\s+/)[0] || form.ownerDocument.characterSet;
  let encoding = 'utf-8';
  try { ({ encoding } = new TextDecoder(label)); } catch { /* none that there is: UTF-8 */ }
  if (/^utf-/.test(encoding)) return true;
  const letters = new TextDecoder(encoding).decode(Uint8Array.from({ length: 256 }, (_, at) => at));
  return [...words].every((each) => each !== '\ufffd' && letters.includes(each));
};
// What a form would send now. The page's own `formdata` listeners take part in it.
const ASKING = Symbol.for('asking what would be sent');
const dataOf = (form, button) => {
  const view = form.ownerDocument.defaultView;
  view[ASKING] = true;
  try { return new view.FormData(form, button?.form === form && /^(submit|image)$/.test(button.type) ? button : null); } finally { view[ASKING] = false; }
};
const lostField = (button) => {
  const { lost, entries } = filledNow();
  const form = button && /^(submit|image)$/.test(button.type) ? button.form : null;
  return { lost: lost ?? (form && entries.length ? otherField(entries, form, dataOf(form, button)) : null), entries };
};
const remember = (node) => {
  const view = node.ownerDocument.defaultView;
  (view[FILLED] ??= new Map()).set(ask.name, { node, form: partsOf(node, action)[0]?.form });
};

// Whether the page asks what the map says, about the matter that is meant.
const isAsked = (root) => {
  if (!question) return true;
  const there = all(root, question.css).filter(visible);
  const asks = new RegExp(`^(?:${question.asks.replaceAll('{about}', literally(question.about))})$`, 'u');
  // As it is read, and as it is drawn. A box to tick, a list or another button in it is a question of its own.
  return there.length === 1 && asks.test(messageOf(there[0])) && asks.test(drawnOf(there[0])) && !all(there[0], `${FIELDS}, ${PRESSED}`).some(visible);
};

// What an animation is moving is waited for: to its end, or where it has none, until two looks find the same place.
let before = null;
const isStill = (node, { x, y }) => {
  const moves = node.ownerDocument.getAnimations().filter(({ playState, effect }) =>
    playState === 'running' && effect?.target?.contains(node));
  const ends = moves.some(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime));
  const still = !moves.length || (!ends && before?.x === x && before.y === y);
  before = { x, y };
  return still;
};

// It must be the first to see the event (capture, on the window), and it must judge by the wall clock, which goes on while
// a process is frozen. One a document, moved from act to act. What a form sends after the click is judged last, when the
// page has done what it does: at its `submit`, and where the page keeps that to itself, at its `formdata`.
const WATCH = Symbol.for('watch a root');
const arm = (target, view, root) => {
  if (!view[GUARD]) {
    const watched = new WeakSet();
    const judge = (event) => {
      const guard = view[GUARD];
      const aimed = event.isTrusted && event.type !== 'submit' && guard.target;
      if (aimed && (/down$/.test(event.type) || (event.type === 'click' && guard.isGrave)) && !guard.isMeant()) guard.hit = false;
      // A click may be passed on, by a label say; what came before it may not.
      if (aimed && event.type !== 'click' && !event.composedPath().includes(guard.target)) guard.hit = false;
      if (Date.now() > guard.deadline || (aimed && !guard.hit)) {
        guard.stopped = true;
        event.preventDefault();
        event.stopImmediatePropagation();
      }
      if (event.type === 'submit') guard.submit = event;
      if (aimed && (event.type === 'click' || event.type === 'keyup')) guard.target = null;
    };
    for (const kind of ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'click', 'keydown', 'keyup', 'submit'])
      view.addEventListener(kind, judge, { capture: true });
    const sendsOther = (form, button, data = null) => {
      const { entries, dataOf: ask, otherField: other } = view[GUARD];
      return entries.length > 0 && other(entries, form, data ?? ask(form, button)) !== null;
    };
    const judgeSubmit = (event) => {
      if (event.defaultPrevented || !sendsOther(event.target, event.submitter)) return;
      view[GUARD].stopped = true;
      event.preventDefault();
    };
    const judgeData = ({ target: form, formData }) => {
      // Of the page's own asking, which it may send or not.
      const { submit } = view[GUARD];
      if (view[ASKING] || submit?.target !== form || submit.eventPhase !== Event.NONE || submit.defaultPrevented) return;
      view[GUARD].submit = null;
      if (!sendsOther(form, null, formData)) return;
      view[GUARD].stopped = true;
      // A form that is not in the document is not sent (measured in Chromium, and so HTML has it).
      const place = form.ownerDocument.createComment('');
      form.replaceWith(place);
      setTimeout(() => place.replaceWith(form));
    };
    view[WATCH] = (scope) => {
      if (watched.has(scope)) return;
      watched.add(scope);
      if (scope !== view) scope.addEventListener('submit', judge, { capture: true });
      scope.addEventListener('submit', judgeSubmit);
      scope.addEventListener('formdata', judgeData);
    };
    // A script's own sending has no `submit`.
    const { submit: send } = view.HTMLFormElement.prototype;
    view.HTMLFormElement.prototype.submit = function submit() {
      if (Date.now() > view[GUARD].deadline || sendsOther(this, null)) view[GUARD].stopped = true;
      else send.call(this);
    };
  }
  const guard = {
    target,
    isGrave: element.danger !== 'safe',
    isMeant: () => {
      const { lost, entries } = lostField(target);
      guard.entries = entries;
      return lost === null && aim(root) === target && isAsked(root);
    },
    // What is to be sent, as it was judged last.
    entries: [],
    dataOf,
    otherField,
    deadline: deadline ?? Infinity,
    hit: true,
    stopped: false,
    submit: null,
  };
  view[GUARD] = guard;
  view[WATCH](view);
  // What a form in a shadow root does is not heard outside it.
  const within = target?.getRootNode();
  if (within?.host) view[WATCH](within);
};

// A choice among radio buttons; and a day that is typed in parts, in the order in which they stand there.
const choose = (group) => {
  const said = choiceOf(group, value);
  if (said.length !== 1 || said[0].matches(':disabled')) return { end: 'no option' };
  if (said[0].checked) return { end: 'done', kept: true };
  said[0].click();
  return { end: said[0].checked ? 'done' : 'unusable' };
};
const spread = (group) => {
  const places = placesOf(group);
  const said = value.split(' ');
  if (places.length !== said.length) return 'unusable';
  for (const [at, place] of places.entries()) {
    const end = put(place, said[at]);
    if (end !== 'done') return end;
  }
  return 'done';
};
const put = (node, value) => {
  if (action === 'select' && !node.options) return 'unusable';
  // No person could type more, and what the system would do with the rest nobody knows.
  if (action === 'fill' && node.maxLength >= 0 && value.length > node.maxLength) return 'too long';
  node.focus();
  if (action === 'select') {
    const option = [...node.options].filter((each) => isSaid(each.label, value) && isOffered(each));
    if (option.length !== 1) return 'no option';
    node.selectedIndex = option[0].index;
  } else {
    // Past what a framework has put on the element itself, as typing goes.
    const { set: write } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(node), 'value');
    write.call(node, value);
  }
  const said = node.value;
  node.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertReplacementText', data: value }));
  node.dispatchEvent(new Event('change', { bubbles: true }));
  // A page may take back or rewrite what it is given.
  return node.value === said && (action === 'select' || said === value) ? 'done' : 'unusable';
};

// What says something of a write already: the numbers of all receipts in the document, and the refusals that are shown.
const receiptsNow = () => {
  if (!answer) return [];
  const stand = refusalsShown(answer.refused);
  window[REFUSED] = new Map([...(window[REFUSED] ?? []), ...stand.map((node) => [node, text(node)])]);
  return receiptsAnywhere(answer.receipt);
};
if (action === 'leave') {
  // To a person, who may do as they like, but not after the deadline.
  arm(null, window);
  return { end: 'done', before: receiptsNow() };
}
const until = performance.now() + limit;
for (let first = true; ; first = false) {
  if (first && guards().some((guard) => guard.stopped && guard.deadline === Infinity)) return { end: 'missed' };
  const { root, frame } = rooted(element);
  const node = root && aim(root);
  let why = 'missing';
  if (node && isWhole(root.ownerDocument ?? root)) {
    why = 'unusable';
    if (usable(node)) {
      if (action === 'press') {
        node.focus();
        if (node.matches(':focus')) { arm(node, node.ownerDocument.defaultView, root); return { end: 'done' }; }
      } else if (action === 'check' && isTicked(node)) {
        remember(node);
        return { end: 'done', kept: true };
      } else if (action === 'click' || action === 'check') {
        const point = meeting(node, frame);
        if (point && isStill(node, point)) {
          const { lost } = lostField(node);
          if (lost !== null) return { end: 'reset', field: lost };
          if (isAsked(root)) {
            arm(node, node.ownerDocument.defaultView, root);
            if (action === 'check') remember(node);
            return { end: 'done', ...point, before: receiptsNow() };
          }
        }
        why = isAsked(root) ? 'covered' : 'asks else';
      } else {
        const isGroup = !('value' in node);
        const done = isGroup && action === 'select' ? choose(node) : { end: isGroup ? spread(node) : put(node, value) };
        if (done.end === 'done') remember(node);
        return done.end === 'too long' ? { ...done, most: isGroup ? null : node.maxLength } : done;
      }
    }
  }
  if (why === 'missing' && root && element.row && keyed(root, element.row)?.length === 0) why = 'no row';
  // Whether something is missing is told by a whole page only.
  const isDrawn = root && isWhole(root.ownerDocument ?? root);
  if (performance.now() > (isDrawn ? until : until + patience)) return { end: isDrawn || !patience ? why : 'late', counts: root ? counted(root, element) : element.locators.map(() => 0) };
  await awhile();
}
