// The key "/" goes to the search box of the page, input[data-search], unless the person is typing somewhere.

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const box = document.querySelector<HTMLInputElement>("input[data-search]");
  if (!box || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// What was typed before the scripts were there counts, too.
document.addEventListener(
  "htmx:after:process",
  () => {
    const box = document.querySelector<HTMLInputElement>("input[data-search]");
    if (box && box.value !== box.defaultValue) box.dispatchEvent(new Event("input", { bubbles: true }));
  },
  { once: true },
);

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
