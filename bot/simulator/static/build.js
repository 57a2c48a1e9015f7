// Small tools for making page elements. Nothing here ever reads markup: texts become text nodes.

/** make("button.key", {type: "button", onclick}, "Text", child…) */
export function make(what, settings = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  element.className = classes.join(" ");
  for (const [name, value] of Object.entries(settings)) {
    if (value === null || value === undefined || value === false) continue;
    if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** One of the page's icons, which screen readers pass over. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

const FOCUSABLE = "button, a[href], [tabindex='0']";

/**
 * Makes `parent` hold exactly `items`, each {key, print, build}. Elements whose print is unchanged are not touched:
 * a screen reader hears only what is new, and a focused button stays focused even when its message is edited.
 */
export function reconcile(parent, items) {
  const wanted = new Set(items.map((item) => item.key));
  for (const child of [...parent.children]) if (!wanted.has(child.dataset.key)) child.remove();
  const there = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const { key, print, build } of items) {
    let element = there.get(key);
    if (element?.print !== print) {
      const fresh = Object.assign(build(), { print });
      fresh.dataset.key = key;
      if (element) {
        if (place === element) place = fresh;
        exchange(element, fresh);
      }
      element = fresh;
    }
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
}

function exchange(element, fresh) {
  const at = [...element.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
  const held = element.contains(document.activeElement);
  element.replaceWith(fresh);
  if (!held) return;
  const next = fresh.querySelectorAll(FOCUSABLE)[at] ?? fresh;
  if (next === fresh) fresh.tabIndex = -1;
  next.focus({ preventScroll: true });
}

/** Shows a sentence in a .fault paragraph, or hides it when there is none. */
export function fault(paragraph, sentence) {
  paragraph.textContent = sentence ?? "";
  paragraph.hidden = !sentence;
}
