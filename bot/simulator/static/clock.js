// The town's clock: what time it is there, and turning it forward.

import { ask } from "./dialogs.js";
import { post } from "./wire.js";

/** Wires the clock bar; gives {update(clock), time(instant), day(instant)} in the town's own zone. */
export function clockBar() {
  const part = (id) => document.getElementById(id);
  const buttons = [...document.querySelectorAll(".turns button")];
  let clock = { now: null, zone: "UTC", turning: false };
  let formats = formatsFor("UTC");
  let pressed = false;
  let note = "";
  let fading = 0;

  for (const button of buttons) {
    if (button.dataset.turn) button.addEventListener("click", () => turn({ turn: button.dataset.turn }).catch(tell));
  }
  part("clock-other").addEventListener("click", () => {
    if (busy()) return;
    const field = part("d-clock").querySelector("[name=to]");
    field.min = field.value = clock.now.slice(0, 16);
    ask(part("d-clock"), async (form) => {
      if (form.to.value <= clock.now.slice(0, 16)) throw new Error("The clock only goes forward: choose a later date and time.");
      turn({ to: form.to.value }).catch(tell); // Turning may take a while: the bar shows it, the dialog need not.
    });
  });

  return {
    update,
    time: (instant) => formats.time.format(new Date(instant)),
    day: (instant) => formats.day.format(new Date(instant)),
  };

  async function turn(sent) {
    if (busy()) return;
    pressed = true;
    draw();
    try {
      const { came } = await post("clock", sent);
      passing(came);
    } finally {
      pressed = false;
      draw();
    }
  }

  function update(news) {
    if (news.zone !== clock.zone) formats = formatsFor(news.zone);
    clock = news;
    draw();
  }

  function busy() {
    return pressed || clock.turning;
  }

  function draw() {
    if (clock.now) {
      part("clock-now").textContent = formats.face.format(new Date(clock.now));
      part("clock-now").dateTime = clock.now;
      part("clock-zone").textContent = clock.zone.split("/").pop().replaceAll("_", " ");
    }
    // Not `disabled`: that would throw the keyboard's focus away in the middle of turning.
    for (const button of buttons) button.setAttribute("aria-disabled", String(busy()));
    part("clock-progress").hidden = !busy();
    document.querySelector(".clock").classList.toggle("turning", busy());
    // The note waits: the news that the clock has arrived may come after the answer to the press.
    part("clock-status").textContent = busy() ? "Turning the clock: everything due happens in order…" : note;
  }

  /** For a while: on whose phones something came while the clock went on. */
  function passing(came) {
    const names = came.map(({ name, count }) => (count > 1 ? `${name} (${count})` : name)).join(", ");
    const words = names ? `New on the phones of ${names}` : "Nothing came meanwhile";
    note = words;
    clearTimeout(fading);
    fading = setTimeout(tell, 6000);
  }

  function tell(error) {
    clearTimeout(fading);
    note = error ? error.message : "";
    draw();
  }
}

function formatsFor(timeZone) {
  const format = (options) => new Intl.DateTimeFormat("en-GB", { timeZone, ...options });
  return {
    time: format({ hour: "2-digit", minute: "2-digit" }),
    day: format({ weekday: "long", day: "numeric", month: "long" }),
    face: format({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
  };
}
