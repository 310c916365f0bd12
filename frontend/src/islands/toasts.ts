// Messages of the server, said once and gone: from the header HX-Trigger: {"toast": {"text": "…", "undo": "/jobs/12/restore"}},
// or from elements [data-toast] in the page (data-level, data-undo), which stand there as they are without this script.

import htmx from "htmx.org";

export interface Toast {
  text: string;
  level?: "success" | "info" | "danger";
  /** Where to post to take it back. */
  undo?: string;
}

const corner = document.createElement("div");
const shelves = { trouble: shelf("assertive"), news: shelf("polite") };
const READING_MS = 6_000;
const DECIDING_MS = 15_000;

/** Show the message; one of trouble stays until it is closed, others longer if they can be undone. */
export function showToast({ text, level = "success", undo }: Toast) {
  const toast = document.createElement("div");
  toast.className = "toast show";
  toast.dataset.level = level;
  toast.append(body(text, undo, () => toast.remove()));
  (level === "danger" ? shelves.trouble : shelves.news).append(toast);
  htmx.process(toast);
  if (level !== "danger") removeLater(toast, undo ? DECIDING_MS : READING_MS);
}

function body(text: string, undo: string | undefined, close: () => void): HTMLElement {
  const row = document.createElement("div");
  row.className = "toast-body d-flex align-items-center gap-2";
  const words = document.createElement("span");
  words.className = "me-auto";
  words.textContent = text;
  row.append(words);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = "Undo";
    button.setAttribute("hx-post", undo);
    button.setAttribute("hx-swap", "none");
    button.addEventListener("htmx:after:request", close);
    row.append(button);
  }
  const cross = document.createElement("button");
  cross.type = "button";
  cross.className = "btn-close";
  cross.ariaLabel = "Close";
  cross.addEventListener("click", close);
  row.append(cross);
  return row;
}

/** A live region that toasts stand in; screen readers announce only what is added to one that exists. */
function shelf(politeness: "polite" | "assertive"): HTMLElement {
  const element = document.createElement("div");
  element.id = `toasts-${politeness}`;
  element.ariaLive = politeness;
  return element;
}

/** Take the toast away when it was there for so long without the pointer or the focus on it. */
function removeLater(toast: HTMLElement, delay: number) {
  let timer = setTimeout(() => toast.remove(), delay);
  const wait = () => clearTimeout(timer);
  const resume = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), delay);
  };
  toast.addEventListener("pointerenter", wait);
  toast.addEventListener("focusin", wait);
  toast.addEventListener("pointerleave", resume);
  toast.addEventListener("focusout", resume);
}

function showThoseInPage() {
  for (const element of document.querySelectorAll<HTMLElement>("[data-toast]")) {
    const { level, undo } = element.dataset;
    const text = element.textContent.trim();
    element.remove();
    showToast({ text, level: (level || "success") as NonNullable<Toast["level"]>, ...(undo && { undo }) });
  }
}

corner.className = "toasts";
corner.append(...Object.values(shelves));
document.body.append(corner);
showThoseInPage();
document.addEventListener("htmx:after:swap", showThoseInPage);
document.addEventListener("toast", (event) => showToast((event as CustomEvent<Toast>).detail));
