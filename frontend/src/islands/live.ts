// One stream of hints for the page: <body data-events="/events?…">. A message {"jobs": [12], "executions": [81]} becomes the
// events `job:12`, `execution:81` and `changed` on <body>, for hx-trigger="job:12 from:body, healed from:body".
// Hints are not replayed, so whenever the stream opens, at first and after each gap, `healed` says that all may be old.

const GAP_MS = 250; // a burst refreshes an element four times a second at most
const PATIENCE_MS = 2_000; // a restart of the server is over before the bar shows
const RETRY_MS = 3_000;
const SILENCE_MS = 60_000; // once the server has sent a `beat`, silence for so long means that the line is dead

const url = document.body.dataset.events;
const resting = new Map<string, boolean>();
let stream: EventSource | undefined;
let retry: number | undefined;
let bar: number | undefined;
let watchdog: number | undefined;

function open() {
  close();
  if (!url || document.hidden) return;
  stream = new EventSource(url);
  stream.addEventListener("open", () => {
    hideAway();
    show("signed-out", false);
    announce("healed");
  });
  stream.addEventListener("error", lose);
  stream.addEventListener("message", (event: MessageEvent<string>) => hear(event.data));
  stream.addEventListener("beat", watch);
}

function close() {
  stream?.close();
  stream = undefined;
  clearTimeout(retry);
  clearTimeout(watchdog);
}

function lose() {
  bar ??= setTimeout(() => show("away", true), PATIENCE_MS);
  // The browser tries again by itself, unless the server answered with something that is no stream.
  if (stream?.readyState === EventSource.CLOSED) retry = setTimeout(retryOrSignIn, RETRY_MS);
}

async function retryOrSignIn() {
  const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" }).catch(() => undefined);
  if (answer?.type === "opaqueredirect" && document.getElementById("signed-out")) {
    close();
    hideAway();
    show("signed-out", true);
  } else open();
}

function hideAway() {
  clearTimeout(bar);
  bar = undefined;
  show("away", false);
}

function watch() {
  clearTimeout(watchdog);
  watchdog = setTimeout(open, SILENCE_MS);
}

function hear(message: string) {
  if (watchdog) watch();
  const changes = JSON.parse(message) as Record<string, number[]>;
  for (const [kinds, ids] of Object.entries(changes)) {
    for (const id of ids) announce(`${kinds.replace(/s$/, "")}:${id}`);
  }
  announce("changed");
}

/** Dispatch the event now, or once more after the gap if it was dispatched within it. */
function announce(name: string) {
  if (resting.has(name)) {
    resting.set(name, true);
    return;
  }
  document.body.dispatchEvent(new CustomEvent(name));
  resting.set(name, false);
  setTimeout(() => {
    const again = resting.get(name);
    resting.delete(name);
    if (again) announce(name);
  }, GAP_MS);
}

function show(id: string, visible: boolean) {
  const element = document.getElementById(id);
  if (element) element.hidden = !visible;
}

document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
open();
