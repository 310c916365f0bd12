// Pages with a log: makes each [data-log-viewer] one, in the page and in whatever htmx brings later.

import { Viewer } from "../log/viewer.ts";

const viewers = new Map<HTMLElement, Viewer>();

function enliven() {
  for (const [element, viewer] of viewers) {
    if (!viewer.isGone) continue;
    viewer.end();
    viewers.delete(element);
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-log-viewer]")) {
    if (!viewers.has(element)) viewers.set(element, new Viewer(element));
  }
}

enliven();
document.addEventListener("htmx:after:swap", enliven);
