// The questions that stand in front of the page. Each dialog is in the page already; here it is filled and answered.

import { fault, make } from "./build.js";
import { post } from "./wire.js";

const dialog = (id) => document.getElementById(id);

/** Opens a dialog; `onSubmit(form, value)` may throw a sentence, which keeps it open. */
export function ask(box, onSubmit) {
  const form = box.querySelector("form");
  const told = form.querySelector(".fault");
  if (told) fault(told, null);
  form.querySelector("[data-do=cancel]").onclick = () => box.close();
  form.onsubmit = async (event) => {
    event.preventDefault();
    try {
      await onSubmit(form, event.submitter?.value);
      box.close();
    } catch (error) {
      fault(told, error.message);
    }
  };
  box.showModal();
}

/** A callback answer that has to be read. */
export function heard(text) {
  const box = dialog("d-alert");
  box.querySelector(".alert-text").textContent = text;
  if (!box.open) box.showModal();
}

/** “Which phone shall open this?”: the phone it was tapped on first, then the others, then somebody new. */
export function whichPhone(link, here, town) {
  const box = dialog("d-link");
  box.querySelector(".link-shown").textContent = link;
  const others = town.phones().filter((phone) => phone.id !== here);
  const choices = [town.phone(here), ...others].map((phone, index) => {
    const note = index === 0 ? "this phone" : phone.caption;
    const choice = make("button.choice", { type: "submit", value: String(phone.id) }, make("b", { dir: "auto" }, phone.name), note ? make("span.quiet", {}, note) : null);
    choice.autofocus = index === 0;
    return choice;
  });
  box.querySelector(".choices").replaceChildren(...choices);
  const name = box.querySelector("[name=name]");
  name.value = "";
  const somebodyNew = async () => {
    if (!name.value.trim()) throw new Error("Give the new person a first name.");
    const { id } = await post("phones", { name: name.value, language: "en" });
    await openOn(id, link, town);
  };
  box.querySelector("[data-do=new]").onclick = () => somebodyNew().then(() => box.close(), (error) => fault(box.querySelector(".fault"), error.message));
  name.onkeydown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // Enter would press the first phone's button, not the one beside this field.
    box.querySelector("[data-do=new]").click();
  };
  ask(box, (form, value) => openOn(Number(value), link, town));
}

async function openOn(id, link, town) {
  await post(`phones/${id}/opens`, { link });
  town.bring(id);
}

/** “Scan a code or open a link” on one phone, with the newest link on any phone at hand. */
export function scan(chat, town) {
  const box = dialog("d-scan");
  box.querySelector(".owner-name").textContent = chat.name;
  const field = box.querySelector("[name=link]");
  field.value = "";
  const newest = town.newestLink();
  const offer = newest && make("button.choice", { type: "submit", value: "newest" }, make("b", {}, "The newest link"), make("span.quiet", {}, `on ${newest.owner}’s phone: ${newest.link}`));
  box.querySelector(".newest").replaceChildren(offer || make("p.quiet", {}, "There is no invitation on any phone yet."));
  ask(box, async (form, value) => {
    // Enter in the field presses the first button, which is the newest link's: what was written goes first.
    const link = field.value.trim() || (value === "newest" && newest.link);
    if (!link) throw new Error("Paste a link first.");
    await post(`phones/${chat.id}/opens`, { link });
  });
}

/** A photo or a voice message from one phone. */
export function attach(kind, chat) {
  const box = dialog("d-attach");
  box.querySelector("h2").textContent = kind === "photo" ? "Send a photo" : "Send a voice message";
  for (const part of box.querySelectorAll("label")) part.hidden = !part.classList.contains(`for-${kind}`);
  box.querySelector("[name=caption]").value = "";
  ask(box, (form) => {
    const sent = kind === "photo" ? { caption: form.caption.value } : { seconds: Number(form.seconds.value) };
    return post(`phones/${chat.id}/${kind}`, sent);
  });
}
