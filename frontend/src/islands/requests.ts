// htmx as we use it: our CSRF token in every request, and nothing that is no answer to a person swapped into the page.

import htmx from "htmx.org";
import { showToast } from "./toasts.ts";

const REFUSALS: Record<number, string> = {
  401: "You are signed out. Sign in again.",
  403: "Your role does not allow this.",
  404: "This is not here any more. Reload the page.",
};

htmx.config.noSwap = [204, 304, 401, 403, 404, "5xx"] as number[]; // htmx takes patterns; its types do not say so

/** The token that Django wants back with every request that changes something.
 *  The cookie first: it is right also after signing in again in another tab. */
export function csrfToken(): string {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1];
  return cookie ?? document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
}

addHtmxListener("htmx:config:request", ({ ctx }) => {
  if (ctx && ctx.request.method !== "GET") ctx.request.headers["X-CSRFToken"] = csrfToken();
});

// Live parts are fetched anew while a person filters and searches: an answer to what is no longer asked is not drawn.
// What was not asked, or not drawn, is asked for again after that.
const asked = new WeakMap<object, string | null>();
const begun = new WeakSet<object>();
let isMissing = false;

addHtmxListener("htmx:config:request", ({ ctx }) => {
  if (!ctx) return;
  asked.set(ctx, ctx.sourceElement.getAttribute("hx-get"));
  if (!ctx.sourceElement.getAttribute("hx-sync")?.endsWith("drop")) return;
  setTimeout(() => (isMissing ||= !begun.has(ctx))); // by then it has begun, or was dropped
});

addHtmxListener("htmx:before:request", ({ ctx }) => ctx && begun.add(ctx));

addHtmxListener("htmx:before:swap", ({ ctx }, event) => {
  if (!ctx || !asked.has(ctx) || asked.get(ctx) === ctx.sourceElement.getAttribute("hx-get")) return;
  event.preventDefault();
  isMissing = true;
});

addHtmxListener("htmx:finally:request", () => {
  if (!isMissing) return;
  isMissing = false;
  setTimeout(() => document.body.dispatchEvent(new CustomEvent("healed"))); // once htmx is done with this one
});

addHtmxListener("htmx:response:error", ({ ctx }) => {
  const { status, headers } = ctx?.response ?? {};
  if (!status || headers?.get("HX-Trigger")?.includes("toast")) return; // the server has found words itself
  const text = REFUSALS[status] ?? (status >= 500 ? "The server failed at this; its log says why." : undefined);
  if (text) showToast({ text, level: "danger" });
});

addHtmxListener("htmx:error", ({ ctx }) => {
  const asked = ctx && ctx.request.method !== "GET"; // a failed refresh is told by the bar "The server is away"
  if (asked && !ctx.response) showToast({ text: "The server did not answer. Try again.", level: "danger" });
});

interface HtmxDetail {
  ctx?: {
    sourceElement: Element;
    request: { method: string; headers: Record<string, string> };
    response?: { status: number; headers: Headers };
  };
}

export function addHtmxListener(name: string, listener: (detail: HtmxDetail, event: Event) => unknown) {
  document.addEventListener(name, (event) => listener((event as CustomEvent<HtmxDetail>).detail, event));
}
