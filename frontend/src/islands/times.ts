// <time datetime="…" data-relative> reads "12 min ago", with data-relative="short" just "12 min"; the exact time is on hover.
// <time data-since="…"> counts "48 s".

import { duration, exactTime, relative } from "../words.ts";

const TICK_MS = 1000;

function tick() {
  if (document.hidden) return;
  const now = Date.now();
  for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-relative]")) {
    const instant = Date.parse(element.dateTime);
    write(element, instant, element.dataset.relative === "short" ? relative(instant, now, "") : relative(instant, now));
  }
  for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-since]")) {
    const instant = Date.parse(element.dataset.since ?? "");
    write(element, instant, now - instant < TICK_MS ? "0 s" : duration(now - instant));
  }
}

function write(element: HTMLTimeElement, instant: number, words: string) {
  if (Number.isNaN(instant)) return;
  if (element.textContent !== words) element.textContent = words;
  const title = exactTime(instant);
  if (element.title !== title) element.title = title;
}

setInterval(tick, TICK_MS);
tick();
document.addEventListener("visibilitychange", tick);
document.addEventListener("htmx:after:swap", tick);
