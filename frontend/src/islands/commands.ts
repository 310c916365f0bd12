// The default command follows the package: <textarea data-commands='{".whl": "python -m module", "": "python {file}"}'>.
// A command that somebody has changed is left alone.

document.addEventListener("change", (event) => {
  const id = event.target;
  if (!(id instanceof HTMLInputElement) || id.name !== "package") return;
  const command = id.form?.querySelector<HTMLTextAreaElement>("textarea[data-commands]");
  if (!command) return;
  const commands = JSON.parse(command.dataset.commands ?? "{}") as Record<string, string>;
  if (!Object.values(commands).includes(command.value.trim())) return;
  const name = id.value ? (id.dataset.name ?? "").toLowerCase() : "";
  const ending = Object.keys(commands).find((each) => each && name.endsWith(each)) ?? "";
  command.value = commands[ending] ?? command.value;
});
