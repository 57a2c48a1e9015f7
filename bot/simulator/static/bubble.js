// One message as it stands in a chat: quote, attachment, words, time, and the keyboard below.

import { icon, make } from "./build.js";
import { anchor, rich } from "./richtext.js";

/** The <li> of a message. `chat` is the phone it stands on (see phone.js). */
export function bubble(message, chat) {
  const name = message.from_bot ? "The bot" : chat.name;
  const article = make(
    `article.bubble${message.media?.image ? ".pictured" : ""}`, {},
    make("span.unseen", {}, `${name}: `),
    message.forwarded_from ? make("p.forwarded", {}, "Forwarded from ", make("b", { dir: "auto" }, message.forwarded_from)) : null,
    message.reply_to ? quote(message.reply_to, chat) : null,
    message.media ? attachment(message, chat) : null,
    message.html ? make("div.words", { dir: "auto" }, rich(shown(message), chat)) : null,
    meta(message, chat),
  );
  const stack = make("div.stack", {}, article, message.buttons.length ? keyboard(message, chat) : null);
  const reply = make("button.round.answer", { type: "button", "aria-label": "Reply to this message" }, icon("reply"));
  reply.addEventListener("click", () => chat.quote(message));
  return make(`li.line.${message.from_bot ? "in" : "out"}`, {}, stack, reply);
}

/** Telegram hides what a start link carries: its owner sees only the command. */
function shown({ from_bot: fromBot, html }) {
  return fromBot ? html : html.replace(/^\/start [\w-]+$/, "/start");
}

/** A few words that stand for a message where there is no room for it. */
export function gist(message) {
  const words = (message.plain || "").replace(/\s+/g, " ").trim();
  if (words) return words.length > 90 ? `${words.slice(0, 88)}…` : words;
  return { photo: "Photo", voice: "Voice message" }[message.media?.kind] ?? message.media?.file_name ?? "Message";
}

function meta(message, chat) {
  const time = make("time", { datetime: message.date }, chat.time(message.date));
  const lock = message.protected ? make("span.lock", { title: "Cannot be forwarded or saved" }, icon("lock")) : null;
  const reaction = message.reaction ? make("span.reaction", { role: "img", "aria-label": `Reaction ${message.reaction}` }, message.reaction) : null;
  return make("p.meta", {}, reaction, lock, message.edited ? make("span.edited", {}, "edited ") : null, time);
}

function quote(id, chat) {
  const original = chat.find(id);
  const element = make(
    "button.quote", { type: "button", disabled: !original, dir: "auto" },
    make("b", {}, original ? (original.from_bot ? chat.botName : chat.name) : "Deleted message"),
    original ? make("span", {}, gist(original)) : null,
  );
  element.addEventListener("click", () => chat.show(id));
  return element;
}

function attachment(message, chat) {
  const { kind, file_name: fileName, duration, image } = message.media;
  const source = `phones/${chat.id}/media/${message.id}`;
  if (image) {
    const alt = `Picture from ${message.from_bot ? "the bot" : chat.name}${fileName ? `: ${fileName}` : ""}`;
    return make("a.picture", { href: source, target: "_blank", rel: "noopener" }, make("img", { src: source, alt }));
  }
  if (kind === "voice") return voice(duration ?? 0);
  if (kind === "photo") return make("p.pretend", {}, icon("photo"), "Photo");
  const label = [icon("file"), fileName ?? "File"];
  return message.from_bot ? make("a.file", { href: source, download: fileName ?? "" }, ...label) : make("p.file", {}, ...label);
}

function voice(seconds) {
  const length = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const wave = make("span.wave", { "aria-hidden": "true" }, ...Array.from({ length: 22 }, () => make("i")));
  return make("p.voice", {}, make("span.play", {}, icon("voice")), wave, make("span.unseen", {}, "Voice message, "), length);
}

function keyboard(message, chat) {
  const rows = message.buttons.map((row) => make("div.row", {}, ...row.map((button) => key(button, message, chat))));
  return make("div.keyboard", { role: "group", "aria-label": "Buttons" }, ...rows);
}

function key(button, message, chat) {
  const style = ["primary", "success", "danger"].includes(button.style) ? `.${button.style}` : "";
  const label = make("span", { dir: "auto" }, button.text);
  if (button.url) return anchor(`a.key${style}`, button.url, chat, label, icon("out"));
  const element = make(`button.key${style}`, { type: "button" }, label);
  element.addEventListener("click", () => {
    element.classList.add("waiting");
    setTimeout(() => element.classList.remove("waiting"), 2500);
    chat.tap(message.id, button.data ?? "");
  });
  return element;
}
