// One phone: its owner, its chat with the bot, and everything that can be pressed on it.

import { bubble } from "./bubble.js";
import { fault, make, reconcile } from "./build.js";
import { composer } from "./composer.js";
import { attach, heard, scan, whichPhone } from "./dialogs.js";
import { post } from "./wire.js";

const NEAR_BOTTOM = 80;
/** What to do with a phone on which nothing has happened, by the role under its name. */
const FIRST = {
  coordinator: "Begin here: press Start.",
  champion: "Comes in by the coordinator’s link.",
  resident: "Comes in by the champion’s link or code.",
};

/** "Arabic" for ar, by the list under “Add a phone”; nothing for English. */
function languageName(code) {
  const option = document.querySelector(`#add-form option[value="${CSS.escape(code)}"]`);
  return code === "en" ? "" : option?.textContent.split(" · ").pop() ?? code;
}

/** The <section> of a phone; its `update(phone, town)` draws the newest news. `town` is the whole state of try.js. */
export function phoneView(id, town) {
  const slot = document.getElementById("t-phone").content.firstElementChild.cloneNode(true);
  const part = (selector) => slot.querySelector(selector);
  const log = part(".log");
  const view = { slot, unread: 0, update, seen: true };
  let phone = null;
  let stuck = true;
  let top = 0;

  const chat = {
    id,
    get name() { return phone.name; },
    get bot() { return town.bot; },
    get botName() { return town.botName; },
    time: (instant) => town.time(instant),
    find: (message) => phone.messages.find((m) => m.id === message),
    show,
    open: (link) => whichPhone(link, id, town),
    say: (text) => press("types", { text }),
    tap: (message_id, data) => press("taps", { message_id, data }),
    quote: (message) => writing.quote(message),
    press,
  };
  const writing = composer(slot, chat);
  wireMenu();
  part(".start").addEventListener("click", () => press("types", { text: "/start" }));
  part(".unblock").addEventListener("click", () => press("unblocks"));
  part(".down").addEventListener("click", () => toBottom(true));
  log.addEventListener("scroll", () => {
    part(".down").hidden = nearBottom();
    // Only who scrolls up has left the newest message; a picture that arrives late moves the end away as well.
    stuck = nearBottom() || (stuck && log.scrollTop >= top);
    top = log.scrollTop;
  }, { passive: true });
  // A picture that arrives late, or a phone that changes its size: stay at the newest message if we were there.
  const stay = () => stuck && toBottom(false);
  log.addEventListener("load", stay, true);
  new ResizeObserver(stay).observe(log);
  return view;

  async function press(name, sent = {}) {
    try {
      fault(part(".device > .fault"), null);
      await post(`phones/${id}/${name}`, sent);
      if (name === "types" || name === "opens") toBottom(false);
      return true;
    } catch (error) {
      fault(part(".device > .fault"), error.message);
      return false;
    }
  }

  function update(news) {
    const before = phone;
    phone = news;
    drawOwner();
    drawLog(before);
    toasts(before);
    writing.update(phone);
    const fresh = !phone.blocked && !phone.started;
    part(".composer").hidden = fresh || phone.blocked;
    part(".start").hidden = !fresh;
    part(".unblock").hidden = !phone.blocked;
    if (phone.blocked || fresh) writing.quote(null);
  }

  function drawOwner() {
    slot.setAttribute("aria-label", `${phone.name}’s phone${phone.caption ? `, ${phone.caption}` : ""}`);
    slot.id = `phone-${id}`;
    log.setAttribute("aria-label", `Chat of ${phone.name} with ${town.botName}`);
    part(".owner h2").textContent = phone.name;
    part(".caption").textContent = [phone.caption, languageName(phone.language)].filter(Boolean).join(" · ");
    part(".avatar").textContent = [...phone.name][0].toUpperCase();
    part(".avatar").dataset.hue = id % 6;
    part(".bot-name").textContent = town.botName;
    const block = part("[data-do=blocks], [data-do=unblocks]");
    block.dataset.do = phone.blocked ? "unblocks" : "blocks";
    block.lastElementChild.textContent = phone.blocked ? "Unblock the bot" : "Block the bot";
  }

  function drawLog(before) {
    const items = [];
    let day = "";
    for (const message of phone.messages) {
      const itsDay = town.day(message.date);
      if (itsDay !== day) items.push(dayLine((day = itsDay)));
      const quoted = message.reply_to ? chat.find(message.reply_to) : null;
      const print = JSON.stringify([message, town.time(message.date), quoted?.plain]);
      items.push({ key: `m${message.id}`, print, build: () => bubble(message, chat) });
    }
    if (!items.length) items.push({ key: "empty", print: "", build: empty });
    reconcile(log.firstElementChild, items);
    count(before);
    if (stuck) toBottom(false);
    part(".down").hidden = nearBottom();
  }

  function dayLine(day) {
    return { key: `d${day}`, print: day, build: () => make("li.day", {}, make("span", {}, day)) };
  }

  function empty() {
    return make("li.empty", {}, make("p", {}, `${phone.name} has not met the bot yet.`), make("p.quiet", {}, FIRST[phone.caption] ?? "Press Start, or open an invitation link."));
  }

  function count(before) {
    const last = before?.messages.at(-1)?.id ?? 0;
    const fresh = before ? phone.messages.filter((m) => m.from_bot && m.id > last).length : 0;
    view.unread = view.seen ? 0 : view.unread + fresh;
  }

  function toasts(before) {
    const fresh = before ? phone.toasts - before.toasts : 0;
    for (const toast of fresh > 0 ? phone.newest_toasts.slice(-fresh) : []) {
      slot.querySelectorAll(".waiting").forEach((key) => key.classList.remove("waiting"));
      if (toast.text && toast.alert) heard(toast.text);
      else if (toast.text) passing(toast.text);
    }
  }

  function passing(text) {
    const line = make("p.toast", { dir: "auto" }, text);
    part(".toasts").append(line);
    setTimeout(() => line.remove(), 3500 + 40 * text.length);
  }

  function wireMenu() {
    const [more, sheet] = [part(".more"), part(".more-sheet")];
    const open = (yes) => {
      sheet.hidden = !yes;
      more.setAttribute("aria-expanded", String(yes));
    };
    more.addEventListener("click", () => {
      open(sheet.hidden);
      if (!sheet.hidden) sheet.querySelector("button").focus();
    });
    part(".chat-top").addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || sheet.hidden) return;
      open(false);
      more.focus();
    });
    part(".chat-top").addEventListener("focusout", (event) => {
      if (!part(".chat-top").contains(event.relatedTarget)) open(false);
    });
    document.addEventListener("pointerdown", (event) => { if (!part(".chat-top").contains(event.target)) open(false); });
    const doing = { scan: () => scan(chat, town), photo: () => attach("photo", chat), voice: () => attach("voice", chat) };
    sheet.addEventListener("click", (event) => {
      const what = event.target.closest("button")?.dataset.do;
      if (!what) return;
      open(false);
      more.focus();
      (doing[what] ?? (() => press(what)))();
    });
  }

  function show(message) {
    const line = log.querySelector(`[data-key="m${message}"]`);
    if (!line) return;
    line.scrollIntoView({ block: "center" });
    line.classList.add("pointed");
    setTimeout(() => line.classList.remove("pointed"), 1600);
  }

  function nearBottom() {
    return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_BOTTOM;
  }

  function toBottom(smooth) {
    log.scrollTo({ top: log.scrollHeight, behavior: smooth ? "auto" : "instant" });
  }
}
