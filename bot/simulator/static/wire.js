// Talking to the simulator: presses go out as JSON, news comes in as server-sent events.

/** Sends one press. Throws an Error whose message is the server's own sentence. */
export async function post(path, sent = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(sent),
    });
  } catch {
    throw new Error("The simulator is not answering. Is it still running?");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error ?? `The simulator answered ${answer.status}.`);
  return said;
}

/** Calls `onNews` with every change, and `onReach` with whether the simulator can be reached. */
export function listen(onNews, onReach) {
  const PATIENCE = 1500; // The server ends each stream by itself now and then: only a longer silence is news.
  let worry = 0;
  const open = () => {
    const source = new EventSource("events");
    source.onopen = () => {
      clearTimeout(worry);
      worry = 0;
      onReach(true);
    };
    source.onmessage = (event) => onNews(JSON.parse(event.data));
    source.onerror = () => {
      worry ||= setTimeout(() => onReach(false), PATIENCE);
      if (source.readyState === EventSource.CLOSED) setTimeout(open, PATIENCE);
    };
  };
  open();
}
