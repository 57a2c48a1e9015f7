// The editor of messages while somebody types: looks at the text, shows the message and the faults at their places, and
// keeps a draft. Everything it does a button does, too.

const LOOK_AFTER = 600; // milliseconds without a key
const KEEP_AFTER = 4000;
const AGAIN_AFTER = 15000; // milliseconds after the desk could not be reached

const editor = document.getElementById("editor");
const kept = document.getElementById("kept");
let looking = null, lookTimer = null, keepTimer = null, keeping = null;
let edits = 0, keptEdits = 0; // how often something was changed, and how much of that is kept
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

function isDirty() {
  return edits !== keptEdits;
}

function tell(words, isFault) {
  kept.textContent = words;
  kept.classList.toggle("fault", isFault);
}

// Which of the words in the page says why nothing was kept.
function reasonOf(status) {
  if (status >= 500) return "unreachable";
  return { 401: "out", 403: "strange", 409: "clashed", 413: "large" }[status] || "refused";
}

async function tookIn(answer, upTo) {
  if (answer.ok) {
    editor.elements.serial.value = (await answer.json()).serial;
    keptEdits = upTo;
    tell(isDirty() ? "" : kept.dataset.saved, false);
    return;
  }
  if (answer.status === 409) mayKeep = false;
  tell(kept.dataset[reasonOf(answer.status)], true);
  if (answer.status >= 500) keepLater(AGAIN_AFTER);
}

function keepLater(milliseconds) {
  clearTimeout(keepTimer);
  keepTimer = setTimeout(keep, milliseconds);
}

async function keep() {
  if (!mayKeep || keeping) return;
  const upTo = edits;
  keeping = fetch(editor.dataset.keep, { method: "POST", body: filled() }).then((answer) => tookIn(answer, upTo)).catch(() => {
    tell(kept.dataset.unreachable, true);
    keepLater(AGAIN_AFTER);
  }).finally(() => {
    keeping = null;
    if (edits !== upTo) keepLater(KEEP_AFTER);
  });
  await keeping;
}

function typed() {
  edits += 1;
  if (!kept.classList.contains("fault")) kept.textContent = "";
  clearTimeout(lookTimer);
  lookTimer = setTimeout(() => look().catch(() => {}), LOOK_AFTER);
  keepLater(KEEP_AFTER);
}

function insert(name) {
  const words = `{{ ${name} }}`;
  written.setRangeText(words, written.selectionStart, written.selectionEnd, "end");
  written.focus();
  typed();
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
