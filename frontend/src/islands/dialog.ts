// Questions: what htmx puts into <dialog id="dialog"> is shown at once. [data-close] closes it, and so does a deed done.

interface HtmxEvent {
  ctx?: { target?: Element | string; response?: { status: number } };
}

const dialog = document.querySelector<HTMLDialogElement>("dialog#dialog");

dialog?.addEventListener("click", (event) => {
  const cancels = event.target instanceof Element && event.target.closest("[data-close]");
  if (event.target !== dialog && !cancels) return; // the target is the dialog itself: its backdrop
  event.preventDefault();
  dialog.close();
});
dialog?.addEventListener("close", () => dialog.replaceChildren());

document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = (event as CustomEvent<HtmxEvent>).detail;
  if (dialog && ctx?.target === dialog && !dialog.open) dialog.showModal();
});
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = (event as CustomEvent<HtmxEvent>).detail;
  const isFromDialog = event.target instanceof Element && dialog?.contains(event.target);
  if (isFromDialog && (ctx?.response?.status ?? 500) < 400) dialog?.close();
});
