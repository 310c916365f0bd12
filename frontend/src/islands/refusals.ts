// Why a deed was refused stands beside its button, .job-refusal, until the person goes on.

for (const name of ["pointerdown", "keydown"]) {
  document.addEventListener(name, () => {
    for (const words of document.querySelectorAll(".job-refusal:not(:empty)")) words.textContent = "";
  });
}
