// Dark or light, set before the first paint: this file is loaded in <head>, blocking.
// As the system has it, until a person presses button[data-theme-switch]; pressing back to the system's forgets the choice.

const KEY = "theme";
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function isDark(): boolean {
  const chosen = localStorage.getItem(KEY);
  return chosen ? chosen === "dark" : systemIsDark.matches;
}

function apply() {
  document.documentElement.dataset.bsTheme = isDark() ? "dark" : "light";
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    button.setAttribute("aria-pressed", String(isDark()));
  }
}

function switchTheme() {
  const dark = !isDark();
  if (dark === systemIsDark.matches) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, dark ? "dark" : "light");
  apply();
}

apply();
systemIsDark.addEventListener("change", apply);
addEventListener("storage", apply); // chosen in another tab
document.addEventListener("DOMContentLoaded", apply);
document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-theme-switch]")) switchTheme();
});
