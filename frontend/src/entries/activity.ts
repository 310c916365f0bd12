// The activity page: draws the ticks of the timeline anew in the zone of the person who looks; the server's are in UTC.

import { timeZone } from "../words.ts";

const SVG = "http://www.w3.org/2000/svg";
const DAY_S = 86_400;
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
const seconds = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", timeZone });

function drawTicks() {
  for (const drawing of document.querySelectorAll<SVGElement>("svg[data-ticks]")) {
    const { since = "", until = "", step = "" } = drawing.dataset;
    const group = drawing.querySelector("g");
    const [begin, end, stepMs] = [Date.parse(since), Date.parse(until), Number(step) * 1000];
    if (!group || !(end > begin) || !stepMs) continue;
    group.replaceChildren();
    for (let at = firstTick(begin, stepMs); at < end; at += stepMs) {
      const share = (at - begin) / (end - begin);
      const x = `${(100 * share).toFixed(2)}%`;
      const line = make("line", { class: "tick", x1: x, x2: x, y1: "20", y2: "100%" });
      const label = make("text", { x, y: "14", ...(share > 0.95 && { class: "last" }) });
      label.textContent = (stepMs >= DAY_S * 1000 ? day : clock).format(at);
      group.append(line, label);
    }
  }
}

/** The first full step of the person's day after an instant. */
function firstTick(begin: number, stepMs: number): number {
  const [hours = 0, minutes = 0, rest = 0] = seconds.format(begin).split(":").map(Number);
  const midnight = begin - (begin % 1000) - ((hours * 60 + minutes) * 60 + rest) * 1000;
  return midnight + Math.ceil((begin - midnight) / stepMs) * stepMs;
}

function make(name: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

drawTicks();
document.addEventListener("htmx:after:swap", drawTicks);
