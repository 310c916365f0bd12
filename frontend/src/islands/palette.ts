// Ctrl-K (⌘K), or a button[data-palette]: type a few letters, go there or do it. The server chooses what to offer:
// GET /palette?q=… answers [{label, hint, href}] for places and [{label, hint, post}] for deeds.

import { csrfToken } from "./requests.ts";

interface Entry {
  label: string;
  hint?: string;
  href?: string;
  post?: string;
}

const TYPING_MS = 80;

let dialog: HTMLDialogElement | undefined;
let input: HTMLInputElement;
let list: HTMLUListElement;
let entries: Entry[] = [];
let chosen = 0;
let hasSteered = false; // since the last letter
let isWaiting = false; // for the answer to the last letter
let actsOnAnswer = false; // Enter was faster than the answer
let typing: number | undefined;
let asking: AbortController | undefined;

function open() {
  dialog ??= build();
  if (dialog.open) return;
  input.value = "";
  hasSteered = false;
  show([]);
  isWaiting = true;
  dialog.showModal();
  void ask();
}

function build(): HTMLDialogElement {
  const element = document.createElement("dialog");
  element.className = "palette";
  element.ariaLabel = "Go to or do";
  input = document.createElement("input");
  input.className = "form-control";
  input.placeholder = "Go to or do…";
  input.autocomplete = "off";
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-label": "Go to or do",
    "aria-controls": "palette-list",
    "aria-expanded": "true",
    "aria-autocomplete": "list",
  }))
    input.setAttribute(name, value);
  list = document.createElement("ul");
  list.id = "palette-list";
  list.role = "listbox";
  list.ariaLabel = "Matches";
  element.append(input, list);
  document.body.append(element);
  input.addEventListener("input", () => {
    isWaiting = true;
    hasSteered = false;
    clearTimeout(typing);
    typing = setTimeout(ask, TYPING_MS);
  });
  input.addEventListener("keydown", steer);
  element.addEventListener("click", (event) => event.target === element && element.close()); // on the backdrop
  element.addEventListener("close", () => {
    clearTimeout(typing);
    asking?.abort();
    isWaiting = actsOnAnswer = false;
  });
  return element;
}

/** Fetch what matches; a newer question drops the older answer. */
async function ask() {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  try {
    const url = new URL(document.body.dataset.palette ?? "/palette", location.href);
    url.searchParams.set("q", input.value);
    const answer = await fetch(url, {
      signal,
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    show((await answer.json()) as Entry[]);
  } catch {
    if (!signal.aborted) show([], "The server did not answer. Type on to try again.");
  }
}

function show(found: Entry[], trouble?: string) {
  const meant = hasSteered ? found.findIndex(({ label }) => label === entries[chosen]?.label) : 0;
  entries = found;
  isWaiting = false;
  list.replaceChildren(...found.map(option));
  const words = trouble ?? (input.value && !found.length ? `Nothing matches “${input.value}”.` : "");
  if (words) {
    const note = document.createElement("li");
    note.className = "palette-note";
    note.role = "option";
    note.ariaDisabled = "true";
    note.textContent = words;
    list.append(note);
  }
  choose(Math.max(meant, 0));
  const entry = entries[chosen];
  if (actsOnAnswer && entry) act(entry);
  actsOnAnswer = false;
}

function option(entry: Entry, index: number): HTMLLIElement {
  const item = document.createElement("li");
  item.id = `palette-${index}`;
  item.role = "option";
  const label = document.createElement("span");
  label.textContent = entry.label;
  const hint = document.createElement("small");
  hint.textContent = entry.hint ?? "";
  item.append(label, hint);
  item.addEventListener("pointermove", () => choose(index)); // not pointerenter: the list may have moved under it
  item.addEventListener("click", () => act(entry));
  return item;
}

function choose(index: number) {
  chosen = index;
  entries.forEach((_, each) => {
    const item = list.children[each];
    if (!item) return;
    item.ariaSelected = String(each === index);
    if (each === index) item.scrollIntoView({ block: "nearest" });
  });
  if (entries.length) input.setAttribute("aria-activedescendant", `palette-${index}`);
  else input.removeAttribute("aria-activedescendant");
}

function steer(event: KeyboardEvent) {
  const entry = entries[chosen];
  const steps: Record<string, number> = {
    ArrowDown: (chosen + 1) % entries.length,
    ArrowUp: (chosen - 1 + entries.length) % entries.length,
    PageDown: Math.min(chosen + 10, entries.length - 1),
    PageUp: Math.max(chosen - 10, 0),
  };
  const step = steps[event.key];
  if (event.key === "Enter" && isWaiting) actsOnAnswer = true;
  else if (event.key === "Enter" && entry) act(entry);
  else if (step !== undefined && entries.length) {
    hasSteered = true;
    choose(step);
  } else return;
  event.preventDefault();
}

function act({ href, post }: Entry) {
  dialog?.close();
  if (href) location.assign(href);
  else if (post) submit(post);
}

/** As a form would: the server answers with the page to go to. */
function submit(url: string) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrfmiddlewaretoken";
  token.value = csrfToken();
  form.append(token);
  document.body.append(form);
  form.submit();
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open();
});
document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("button[data-palette]")) open();
});
