// Telegram HTML to page elements: only what is on the list below is ever made, whatever the text contains.

import { make } from "./build.js";

const STYLES = {
  B: "b", STRONG: "b", I: "i", EM: "i", U: "u", INS: "u", S: "s", STRIKE: "s", DEL: "s",
  CODE: "code", PRE: "pre", BLOCKQUOTE: "blockquote",
};
const BLOCKS = ["BLOCKQUOTE", "PRE"];
// Telegram ends a link at the marks that isolate it in right-to-left text.
const FOUND = /https?:\/\/[^\s<>"\u2066-\u2069]*[^\s<>".,;:!?)\]’”\u2066-\u2069]|(?<![\w./@])t\.me\/[\w/?=&%-]*[\w-]|(?<![\w/<])\/[a-z]\w{0,31}(?![\w/])/gi;

/** Where a link leads: {start} for a link that opens this bot on a phone, {href} for anywhere else, null for nowhere. */
export function destination(link, bot) {
  let url;
  try {
    url = new URL(/^(t|telegram)\.me\//i.test(link) ? `https://${link}` : link);
  } catch {
    return null;
  }
  const own = (name) => name?.toLowerCase() === bot.toLowerCase();
  const start = (payload) => ({ start: payload ? `https://t.me/${bot}?start=${payload}` : `https://t.me/${bot}` });
  if (url.protocol === "tg:") {
    return own(url.searchParams.get("domain")) ? start(url.searchParams.get("start")) : null;
  }
  if (/^https?:$/.test(url.protocol)) {
    if (!/^(www\.)?(t|telegram)\.me$/.test(url.hostname)) return { href: url.href };
    if (own(url.pathname.split("/")[1])) return start(url.searchParams.get("start"));
    const shared = url.pathname === "/share/url" && destination(url.searchParams.get("url") ?? "", bot);
    return shared?.start ? shared : { href: url.href };
  }
  return /^(mailto|tel):$/.test(url.protocol) ? { href: url.href } : null;
}

/** An <a> to the destination of `link`: start links ask which phone shall open them, others open a new tab. */
export function anchor(what, link, chat, ...children) {
  const to = destination(link, chat.bot);
  if (!to) return make("span", {}, ...children);
  const element = make(what, { href: to.start ?? to.href, rel: "noopener noreferrer", title: to.start ?? to.href });
  element.append(...children);
  if (to.start) {
    element.addEventListener("click", (event) => {
      event.preventDefault();
      chat.open(to.start);
    });
  } else element.target = "_blank";
  return element;
}

/** A message's Telegram HTML as a fragment. `chat` is {bot, open(link), say(text)}. */
export function rich(html, chat) {
  const fragment = document.createDocumentFragment();
  // A parsed document is inert: nothing in it loads or runs, and only copies of its texts leave it.
  fragment.append(...all(new DOMParser().parseFromString(html, "text/html").body, chat, true));
  return fragment;
}

function all(parent, chat, findLinks) {
  return [...parent.childNodes].flatMap((node) => copied(node, chat, findLinks));
}

/** A block stands on lines of its own, so the line break that ends it is not one more empty line. */
function words(node) {
  return BLOCKS.includes(node.previousSibling?.nodeName) ? node.data.replace(/^\n/, "") : node.data;
}

function copied(node, chat, findLinks) {
  if (node.nodeType === Node.TEXT_NODE) return findLinks ? linked(words(node), chat) : [words(node)];
  if (node.nodeType !== Node.ELEMENT_NODE || node.tagName === "SCRIPT" || node.tagName === "STYLE") return [];
  if (node.tagName === "BR") return ["\n"];
  const inner = findLinks && !["A", "CODE", "PRE"].includes(node.tagName);
  const children = all(node, chat, inner);
  if (node.tagName === "A") return [anchor("a", node.getAttribute("href") ?? "", chat, ...children)];
  if (node.tagName === "TG-SPOILER" || node.className === "tg-spoiler") return [spoiler(children)];
  if (!Object.hasOwn(STYLES, node.tagName)) return children;
  return [make(STYLES[node.tagName], node.tagName === "BLOCKQUOTE" ? { dir: "auto" } : {}, ...children)];
}

function linked(text, chat) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(FOUND)) {
    parts.push(text.slice(from, found.index), found[0].startsWith("/") ? command(found[0], chat) : anchor("a", found[0], chat, found[0]));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)].filter((part) => part !== "");
}

function command(text, chat) {
  const element = make("button.command", { type: "button", dir: "ltr" }, text);
  element.addEventListener("click", () => chat.say(text));
  return element;
}

function spoiler(children) {
  const cover = make("span.spoiler", { role: "button", tabindex: "0", "aria-label": "Hidden words: press to show them" }, ...children);
  const show = (event) => {
    if (!cover.hasAttribute("role") || (event.key && !["Enter", " "].includes(event.key))) return;
    event.preventDefault();
    event.stopPropagation();
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
    cover.classList.add("shown");
  };
  cover.addEventListener("click", show, true);
  cover.addEventListener("keydown", show);
  return cover;
}
