// The editor of messages while somebody types: looks at the text, shows the message and the faults at their places, and
// keeps a draft. Everything it does a button does, too.

const LOOK_AFTER = 600; // milliseconds without a key
const KEEP_AFTER = 4000;

const editor = document.getElementById("editor");
const kept = document.getElementById("kept");
let looking = null, lookTimer = null, keepTimer = null, keeping = null;
let keys = 0;
let mayKeep = editor.dataset.clash === undefined;
let written = editor.elements.body;

function filled() {
  return new URLSearchParams(new FormData(editor));
}

async function look() {
  if (looking) looking.abort();
  looking = new AbortController();
  const answer = await fetch(editor.dataset.check, { method: "POST", body: filled(), signal: looking.signal });
  if (answer.status >= 500 || answer.status === 401) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const region of document.querySelectorAll("div[data-check]")) {
    const other = fresh.getElementById(region.id);
    const busy = region.contains(document.activeElement);
    if (other && !busy && other.innerHTML !== region.innerHTML) region.replaceChildren(...document.adoptNode(other).childNodes);
  }
  markFaults();
}

function markFaults() {
  for (const box of editor.querySelectorAll("[aria-describedby^='x-']")) {
    const slot = document.getElementById(box.getAttribute("aria-describedby").split(" ")[0]);
    if (slot && slot.querySelector(".fault")) box.setAttribute("aria-invalid", "true");
    else box.removeAttribute("aria-invalid");
  }
}

async function keep() {
  if (!mayKeep || keeping) return;
  const before = keys;
  keeping = fetch(editor.dataset.keep, { method: "POST", body: filled() }).then(async (answer) => {
    if (answer.ok) {
      editor.elements.serial.value = (await answer.json()).serial;
      kept.textContent = kept.dataset.saved;
      if (keys === before) dispatchEvent(new Event("kept"));
    } else if (answer.status === 409) {
      mayKeep = false;
      kept.textContent = kept.dataset.clashed;
    } else if (answer.status === 401) {
      mayKeep = false;
      kept.textContent = kept.dataset.outside;
    }
  }).catch(() => {}).finally(() => { keeping = null; });
  await keeping;
}

function typed() {
  keys += 1;
  clearTimeout(lookTimer);
  clearTimeout(keepTimer);
  lookTimer = setTimeout(() => look().catch(() => {}), LOOK_AFTER);
  keepTimer = setTimeout(keep, KEEP_AFTER);
}

function insert(name) {
  const words = `{{ ${name} }}`;
  written.setRangeText(words, written.selectionStart, written.selectionEnd, "end");
  written.focus();
  written.dispatchEvent(new Event("input", { bubbles: true }));
}

editor.addEventListener("input", typed);
editor.addEventListener("change", typed);
editor.addEventListener("focusin", (event) => {
  if (["body", "action"].includes(event.target.name)) written = event.target;
});
editor.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=insert]");
  if (!button) return;
  event.preventDefault();
  insert(button.value);
});
// A draft that is on its way comes first: otherwise its writer would meet their own words as somebody else's.
editor.addEventListener("submit", (event) => {
  clearTimeout(keepTimer);
  if (!keeping) return;
  event.preventDefault();
  event.stopPropagation();
  const pressed = event.submitter;
  keeping.finally(() => editor.requestSubmit(pressed));
});
markFaults();
