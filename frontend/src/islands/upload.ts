// A package goes up as soon as it is chosen or dropped, while the rest of the form is still being filled in:
//   <div data-upload data-url="/api/v2/packages">
//     <input type="hidden" name="package" value="" data-name="" data-size="">   the id; name and size after a failed check
//     <input type="file" name="package_file">                                   without this script it is sent with the form
//   </div>
// A form sent meanwhile waits for the upload.

import { size } from "../words.ts";
import { csrfToken } from "./requests.ts";

const SPEED_AFTER_MS = 500;

const known = new WeakSet<Element>();
const uploads = new Map<Element, Upload>();

class Upload {
  private request: XMLHttpRequest | undefined;
  private held: { form: HTMLFormElement; submitter: HTMLElement | null } | undefined;
  private readonly row = document.createElement("div");

  constructor(
    private readonly zone: HTMLElement,
    private readonly chooser: HTMLInputElement,
    private readonly id: HTMLInputElement,
  ) {
    this.row.className = "upload-row";
    this.row.ariaLive = "polite";
    zone.append(this.row);
    chooser.addEventListener("change", () => chooser.files?.[0] && this.start(chooser.files[0]));
    zone.addEventListener("dragover", (event) => this.hover(event, true));
    zone.addEventListener("dragleave", (event) => this.hover(event, false));
    zone.addEventListener("drop", (event) => {
      this.hover(event, false);
      const file = event.dataTransfer?.files[0];
      if (file) this.start(file);
    });
    if (id.value) this.show(id.dataset.name || "package", size(Number(id.dataset.size ?? 0)), this.button("Remove"));
  }

  get isRunning(): boolean {
    return this.request !== undefined;
  }

  /** Send the form again when the file is up. */
  hold(form: HTMLFormElement, submitter: HTMLElement | null) {
    this.held = { form, submitter };
  }

  private hover(event: DragEvent, over: boolean) {
    event.preventDefault();
    this.zone.classList.toggle("is-over", over);
  }

  private start(file: File) {
    this.clear();
    const request = (this.request = new XMLHttpRequest());
    const began = performance.now();
    const bar = document.createElement("progress");
    bar.max = file.size;
    bar.value = 0;
    bar.ariaLabel = `Upload of ${file.name}`;
    const note = this.show(file.name, size(file.size), bar, this.button("Cancel"));
    request.upload.addEventListener("progress", ({ loaded }) => {
      bar.value = loaded;
      const elapsed = performance.now() - began;
      const speed = elapsed > SPEED_AFTER_MS ? `, ${size((loaded / elapsed) * 1000)}/s` : "";
      note.textContent = `${size(loaded)} of ${size(file.size)}${speed}`;
    });
    request.addEventListener("load", () => this.finish(file, request));
    request.addEventListener("error", () => this.fail(file, "The upload was cut off."));
    request.open("POST", this.zone.dataset.url ?? "");
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    const body = new FormData();
    body.append(this.zone.dataset.field ?? "file", file);
    request.send(body);
  }

  private finish(file: File, { status, response }: XMLHttpRequest) {
    if (status >= 300) {
      const problem = response as { detail?: unknown; title?: unknown } | null;
      this.fail(file, String(problem?.detail ?? problem?.title ?? `The server refused the file (${status}).`));
      return;
    }
    this.request = undefined;
    this.chooser.value = ""; // or the browser would send it once more with the form
    this.id.value = String((response as { id: number | string }).id);
    this.id.dataset.name = file.name;
    this.show(file.name, size(file.size), this.button("Remove"));
    this.id.dispatchEvent(new Event("change", { bubbles: true }));
    this.held?.form.requestSubmit(this.held.submitter);
    this.held = undefined;
  }

  private fail(file: File, words: string) {
    this.request = this.held = undefined;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-sm";
    again.textContent = "Try again";
    again.addEventListener("click", () => this.start(file));
    const note = this.show(file.name, words, again, this.button("Remove"));
    note.classList.add("text-danger");
    this.chooser.value = "";
  }

  private clear() {
    this.request?.abort();
    this.request = this.held = undefined;
    this.id.value = "";
    this.row.replaceChildren();
    this.zone.classList.remove("has-file");
  }

  /** Write the row: the file's name, a note about it, and what can be done. Returns the note. */
  private show(name: string, words: string, ...rest: HTMLElement[]): HTMLElement {
    const label = document.createElement("strong");
    label.textContent = name;
    const note = document.createElement("span");
    note.textContent = words;
    this.row.replaceChildren(label, note, ...rest);
    this.zone.classList.add("has-file");
    return note;
  }

  private button(words: string): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = words;
    button.addEventListener("click", () => {
      this.clear();
      this.chooser.value = "";
      this.id.dispatchEvent(new Event("change", { bubbles: true }));
      this.chooser.focus();
    });
    return button;
  }
}

function setUp() {
  for (const zone of uploads.keys()) if (!zone.isConnected) uploads.delete(zone);
  for (const zone of document.querySelectorAll<HTMLElement>("[data-upload]")) {
    const chooser = zone.querySelector<HTMLInputElement>("input[type=file]");
    const id = zone.querySelector<HTMLInputElement>("input[type=hidden]");
    if (known.has(zone) || !chooser || !id) continue;
    known.add(zone);
    uploads.set(zone, new Upload(zone, chooser, id));
  }
}

function holdUntilUploaded(event: SubmitEvent) {
  const form = event.target as HTMLFormElement;
  for (const [zone, upload] of uploads) {
    if (!form.contains(zone) || !upload.isRunning) continue;
    event.preventDefault();
    event.stopImmediatePropagation();
    upload.hold(form, event.submitter);
  }
}

setUp();
document.addEventListener("htmx:after:swap", setUp);
document.addEventListener("submit", holdUntilUploaded, { capture: true });
// A file dropped beside the box would replace the page, and the half-filled form with it.
for (const name of ["dragover", "drop"] as const) {
  addEventListener(name, (event) => uploads.size && event.preventDefault());
}
