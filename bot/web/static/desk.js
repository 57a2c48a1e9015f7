// What the desk does beyond plain pages: regions marked data-live are fetched again when something changed, the menu
// is open where there is room, what a page shows is gone when its session is over, a form is not sent twice by a double press, and nobody leaves a page with words that they
// have typed and not sent without being asked. Everything works without this.

const WAIT_AFTER_TYPING = 3000; // milliseconds

let typedAt = 0;
addEventListener("input", () => { typedAt = Date.now(); });

function isBusy(region) {
  const inside = region.contains(document.activeElement) && document.activeElement !== document.body;
  return inside || Date.now() - typedAt < WAIT_AFTER_TYPING || region.querySelector("details[open]");
}

let unsent = false; // words that were typed and not sent
let refreshing = null, again = false;

// One at a time: what comes in the meantime is looked at once more at the end.
function refresh() {
  if (document.hidden) return;
  again = refreshing !== null;
  if (again) return;
  refreshing = fetchAgain().catch(() => {}).finally(() => {
    refreshing = null;
    if (again) refresh();
  });
}

async function fetchAgain() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Desk-Refresh": "1" } });
  if (answer.status === 401 && !unsent) location.replace(location.pathname); // nobody who comes by shall read on
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const region of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(region.id);
    if (other && !isBusy(region) && other.innerHTML !== region.innerHTML) region.replaceWith(document.adoptNode(other));
  }
}

function watch() {
  if (!document.querySelector("[data-live]") || !window.EventSource) return;
  const stream = new EventSource("/desk/live");
  let waiting = null;
  stream.addEventListener("message", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 200);
  });
  // The browser opens a stream that has ended again by itself, unless it is refused: then the session is over.
  stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) refresh(); });
  addEventListener("pagehide", () => stream.close());
}

function leaveWhenOver() {
  const rests = Number(document.body.dataset.rests) * 1000;
  let timer = null;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { refresh(); later(); }, rests + 2000);
  };
  later();
  document.addEventListener("visibilitychange", refresh);
}

function keepMenuOpen() {
  const menu = document.querySelector(".menu details");
  if (!menu) return;
  const wide = matchMedia("(min-width: 60rem)");
  const fit = () => { menu.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
}

function sendOnce() {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
}

// A page that keeps words by itself says so with the event "kept".
function guardWords() {
  addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method === "post") unsent = true;
  });
  addEventListener("submit", () => { unsent = false; });
  addEventListener("kept", () => { unsent = false; });
  addEventListener("beforeunload", (event) => { if (unsent) { event.preventDefault(); event.returnValue = true; } });
}

keepMenuOpen();
guardWords();
sendOnce();
watch();
leaveWhenOver();
