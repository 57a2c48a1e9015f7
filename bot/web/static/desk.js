// What the desk does beyond plain pages: regions marked data-live are fetched again when something changed, the menu
// is open where there is room, and a form is not sent twice by a double press. Everything works without this.

const WAIT_AFTER_TYPING = 3000; // milliseconds

let typedAt = 0;
addEventListener("input", () => { typedAt = Date.now(); });

function isBusy(region) {
  const inside = region.contains(document.activeElement) && document.activeElement !== document.body;
  return inside || Date.now() - typedAt < WAIT_AFTER_TYPING || region.querySelector("details[open]");
}

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Desk-Refresh": "1" } });
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
    waiting = setTimeout(() => refresh().catch(() => {}), 200);
  });
  addEventListener("pagehide", () => stream.close());
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

keepMenuOpen();
sendOnce();
watch();
