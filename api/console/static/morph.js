// Makes one piece of a page like another, and leaves alone what is the same already: so focus,
// scroll, selection and what somebody has opened stay as they are.

/** What a person or a script of ours has changed since the server made it. */
const OURS = {
  BUTTON: ["aria-pressed"],
  DETAILS: ["open"],
  DIALOG: ["open"],
  PROGRESS: ["value"],
  TIME: ["title", "data-heard", "data-until"],
};

/**
 * @param {Element} old stays in the page
 * @param {Element} fresh is what it shall be like; its children may be taken
 */
export function morph(old, fresh) {
  const focused = document.activeElement;
  children(old, fresh);
  if (focused?.id && focused !== document.activeElement) {
    document.getElementById(focused.id)?.focus({ preventScroll: true });
  }
}

/** What named elements were made of the last time. */
const made = new WeakMap();

function element(old, fresh) {
  if (old.hasAttribute("data-keep") && old.id === fresh.id) return;
  if (fresh.id) {
    const html = fresh.outerHTML;
    if (made.get(old) === html) return;
    made.set(old, html);
  }
  attributes(old, fresh);
  children(old, fresh);
}

function attributes(old, fresh) {
  const ours = OURS[old.tagName] ?? [];
  for (const { name, value } of fresh.attributes) {
    if (!ours.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!ours.includes(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

function children(old, fresh) {
  const named = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  const wanted = new Set([...fresh.children].map((child) => child.id).filter(Boolean));
  let place = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    // What has a name that is not wanted any more goes; it is nobody's match.
    while (place?.id && !wanted.has(place.id)) place = removed(place);
    const known = next.id ? named.get(next.id) : undefined;
    if (known) {
      if (known === place) place = place.nextSibling;
      else moved(old, known, place);
      element(known, next);
    } else if (place && !next.id && alike(place, next)) {
      if (place.nodeType === Node.ELEMENT_NODE) element(place, next);
      else if (place.nodeValue !== next.nodeValue) place.nodeValue = next.nodeValue;
      place = place.nextSibling;
    } else {
      old.insertBefore(next, place);
    }
  }
  while (place) place = removed(place);
}

function alike(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName && !one.id;
}

function moved(parent, child, before) {
  if (parent.moveBefore) parent.moveBefore(child, before);
  else parent.insertBefore(child, before);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
