// Where the owner of a phone writes: words, a reply to a message, and the bot's menu of commands.

import { gist } from "./bubble.js";
import { make, reconcile } from "./build.js";

/** Wires the composer of a phone; gives {update(phone), quote(message | null)}. */
export function composer(slot, chat) {
  const [form, menu, sheet] = [".composer", ".menu", ".commands"].map((name) => slot.querySelector(name));
  const field = form.querySelector("textarea");
  const quoting = slot.querySelector(".quoting");
  let commands = [];
  let replyTo = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && !sheet.hidden) {
      event.preventDefault();
      sheet.lastElementChild?.focus();
    } else if (event.key === "Escape") {
      if (sheet.hidden) quote(null);
      open(false);
    }
  });
  field.addEventListener("input", () => {
    grow();
    open(/^\/\w*$/.test(field.value), field.value);
  });
  menu.addEventListener("click", () => {
    open(sheet.hidden);
    if (!sheet.hidden) sheet.firstElementChild?.focus();
  });
  sheet.addEventListener("keydown", walk);
  sheet.addEventListener("click", (event) => {
    const command = event.target.closest("button")?.dataset.key;
    if (!command) return;
    field.value = "";
    grow();
    open(false);
    field.focus({ preventScroll: true });
    chat.say(command);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!sheet.contains(event.target) && !form.contains(event.target)) open(false);
  });
  quoting.querySelector("button").addEventListener("click", () => {
    quote(null);
    field.focus({ preventScroll: true });
  });

  return { update, quote };

  async function send() {
    const text = field.value;
    if (!text.trim()) return;
    const reply = replyTo;
    field.value = "";
    grow();
    open(false);
    quote(null);
    const sent = await chat.press("types", reply ? { text, reply_to: reply } : { text });
    if (!sent && !field.value) field.value = text;
  }

  function update(phone) {
    commands = phone.commands;
    menu.hidden = !commands.length;
    field.setAttribute("aria-label", `Message from ${phone.name}`);
    if (replyTo && !chat.find(replyTo)) quote(null);
  }

  function quote(message) {
    replyTo = message?.id ?? null;
    quoting.hidden = !message;
    if (!message) return;
    quoting.querySelector(".quoted").textContent = gist(message);
    field.focus({ preventScroll: true });
  }

  function open(yes, prefix = "/") {
    const fitting = commands.filter((c) => `/${c.command}`.startsWith(prefix.toLowerCase()));
    reconcile(sheet, fitting.map((c) => ({ key: `/${c.command}`, print: c.description, build: () => entry(c) })));
    sheet.hidden = !yes || !fitting.length;
    menu.setAttribute("aria-expanded", String(!sheet.hidden));
  }

  function entry({ command, description }) {
    return make("button", { type: "button" }, make("b", {}, `/${command}`), make("span", { dir: "auto" }, description));
  }

  function walk(event) {
    const at = [...sheet.children].indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      (sheet.children[at + step] ?? field).focus({ preventScroll: false });
    } else if (event.key === "Escape") {
      open(false);
      menu.focus();
    }
  }

  function grow() {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }
}
