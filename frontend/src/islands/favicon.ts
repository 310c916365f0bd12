// The favicon carries the page's worst status as a dot: <meta name="page-status" content="failed">, or, where htmx brings
// a newer one, the first element with data-page-status.

import { urlOf } from "../files.ts";

function draw() {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (!link) return;
  const status =
    document.querySelector<HTMLElement>("[data-page-status]")?.dataset.pageStatus ??
    document.querySelector<HTMLMetaElement>("meta[name=page-status]")?.content;
  const href = urlOf(`favicon-${status}.svg`) ?? urlOf("favicon.svg");
  if (href && link.href !== href) link.href = href;
}

draw();
document.addEventListener("htmx:after:swap", draw);
