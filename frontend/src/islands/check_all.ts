// One box that ticks all the boxes of its form: <input type="checkbox" data-check-all form="bulk">.

document.addEventListener("change", (event) => {
  const all = event.target;
  if (!(all instanceof HTMLInputElement) || !all.matches("[data-check-all]")) return;
  for (const box of all.form?.elements ?? []) {
    if (box instanceof HTMLInputElement && box.type === "checkbox") box.checked = all.checked;
  }
});
