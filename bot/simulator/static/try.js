// The page: keeps the town's state, hands news to the phones, and lets the visitor walk between them.

import { fault, icon, make, reconcile } from "./build.js";
import { clockBar } from "./clock.js";
import { phoneView } from "./phone.js";
import { listen, post } from "./wire.js";

const strip = document.getElementById("phones");
const switcher = document.getElementById("switcher");
const addSlot = document.getElementById("add-slot");
const clock = clockBar();
const views = new Map();
const known = new Map();

const town = {
  bot: "",
  order: [],
  botName: "",
  time: clock.time,
  day: clock.day,
  phone: (id) => known.get(id),
  phones: () => town.order.map((id) => known.get(id)),
  newestLink,
  bring,
};

const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const view = views.get(Number(target.dataset.id));
      view.seen = isIntersecting;
      if (isIntersecting) view.unread = 0;
    }
    drawSwitcher();
  },
  { root: strip, threshold: 0.6 },
);

listen(hear, (reached) => { document.getElementById("offline").hidden = reached; });
welcome();
addForm();

function hear(news) {
  Object.assign(town, { bot: news.bot, botName: news.bot_name, order: news.order });
  clock.update(news.clock);
  for (const phone of news.phones) known.set(phone.id, phone);
  for (const [id, view] of views) {
    if (town.order.includes(id)) continue;
    view.slot.remove();
    views.delete(id);
    known.delete(id);
  }
  const first = !views.size;
  for (const phone of news.phones) (views.get(phone.id) ?? appear(phone.id)).update(phone);
  // The strip snaps to what it showed before, which was the empty place at its end.
  if (first) strip.scrollTo({ left: 0, behavior: "instant" });
  drawSwitcher();
}

function appear(id) {
  const view = phoneView(id, town);
  view.slot.dataset.id = id;
  views.set(id, view);
  strip.insertBefore(view.slot, addSlot);
  watcher.observe(view.slot);
  return view;
}

function drawSwitcher() {
  const entries = town.phones().map(({ id, name, caption, blocked }) => ({ id, name, caption, blocked, ...state(id) }));
  const items = entries.map((entry) => ({ key: String(entry.id), print: JSON.stringify(entry), build: () => tab(entry) }));
  items.push({ key: "add", print: "", build: () => make("li", {}, toAdd()) });
  reconcile(switcher, items);
  showTab();
}

/** Keeps the tab of the phone on view in view itself, without moving anything but the row of tabs. */
function showTab() {
  const row = switcher.parentElement;
  const tab = switcher.querySelector("[aria-current]");
  if (!tab || switcher.contains(document.activeElement)) return;
  const [outer, inner] = [row.getBoundingClientRect(), tab.getBoundingClientRect()];
  if (inner.left < outer.left || inner.right > outer.right) row.scrollLeft += inner.left - outer.left - 40;
}

function state(id) {
  const { seen, unread } = views.get(id) ?? { seen: true, unread: 0 };
  return { seen, unread };
}

function tab({ id, name, caption, seen, unread, blocked }) {
  const badge = unread ? make("span.badge", {}, String(unread), make("span.unseen", {}, " new")) : null;
  const button = make("button", { type: "button", "aria-current": seen ? "true" : null }, make("span", { dir: "auto" }, name), caption ? make("span.role", {}, caption) : null, blocked ? icon("block") : null, badge);
  button.addEventListener("click", () => bring(id));
  return make("li", {}, button);
}

function toAdd() {
  const button = make("button.add-tab", { type: "button" }, "+ Add");
  button.addEventListener("click", () => {
    addSlot.scrollIntoView({ inline: "center", block: "nearest" });
    addSlot.querySelector("input").focus({ preventScroll: true });
  });
  return button;
}

/** Scrolls to a phone, also one that the news has not brought yet, and puts the focus in it. */
function bring(id, patience = 20) {
  const view = views.get(id);
  if (!view) return patience ? void setTimeout(() => bring(id, patience - 1), 100) : undefined;
  view.slot.scrollIntoView({ inline: "center", block: "nearest" });
  view.slot.querySelector(".composer:not([hidden]) textarea, .wide:not([hidden])")?.focus({ preventScroll: true });
}

/** The start link in the newest message of any phone that bears one. */
function newestLink() {
  const links = town.phones().flatMap((phone) => phone.links.map((l) => ({ ...l, owner: phone.name })));
  return links.sort((a, b) => a.message - b.message).at(-1);
}

function addForm() {
  const form = document.getElementById("add-form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      fault(form.querySelector(".fault"), null);
      const { id } = await post("phones", { name: form.elements.name.value, language: form.elements.language.value });
      form.reset();
      bring(id);
    } catch (error) {
      fault(form.querySelector(".fault"), error.message);
    }
  });
}

function welcome() {
  const [panel, back] = [document.getElementById("welcome"), document.getElementById("show-welcome")];
  const show = (yes) => {
    panel.hidden = !yes;
    back.hidden = yes;
  };
  const remember = (word) => { try { localStorage.setItem("first-mile-welcome", word); } catch { /* private window: ask again next time */ } };
  let hidden = false;
  try { hidden = localStorage.getItem("first-mile-welcome") === "hidden"; } catch { /* as above */ }
  show(!hidden);
  const halves = [...panel.querySelectorAll("[data-half]")];
  for (const half of halves) {
    half.addEventListener("click", () => {
      for (const one of halves) {
        one.setAttribute("aria-pressed", String(one === half));
        document.getElementById(`steps-${one.dataset.half}`).hidden = one !== half;
      }
    });
  }
  document.getElementById("hide-welcome").addEventListener("click", () => {
    show(false);
    remember("hidden");
    back.focus();
  });
  back.addEventListener("click", () => {
    show(true);
    remember("shown");
    document.getElementById("hide-welcome").focus();
  });
}
