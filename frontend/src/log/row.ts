// One line of the log as an element.

import { runsOf, type Run } from "./ansi.ts";
import type { Line, LogName, Source } from "./source.ts";
import { exactTime, size, timeZone } from "../words.ts";

/** Of a long line so much is drawn at first, and so much more each time one asks. */
const DRAWN = 4_000;
const PIECE = 64 * 1024;

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 1,
  timeZone,
});

/** What the link to a line begins with: in a view of both, error lines have numbers of their own. */
export function letterOf(log: LogName, source: Source): "L" | "E" | "S" {
  if (log === "setup") return "S";
  return log === "stderr" && source.stream === "both" ? "E" : "L";
}

export function row(line: Line, source: Source, find: RegExp | undefined): HTMLElement {
  const element = document.createElement("div");
  element.className = `log-line log-${line.s}`;
  element.append(number(line, source), time(line), text(line, source, find));
  return element;
}

/** Mark what is looked for, or nothing any more. */
export function redraw(element: HTMLElement, line: Line, source: Source, find: RegExp | undefined) {
  element.lastElementChild?.replaceWith(text(line, source, find));
}

/** Its number and time, which were not known when it was drawn. */
export function retell(element: HTMLElement, line: Line, source: Source) {
  element.firstElementChild?.replaceWith(number(line, source));
  element.querySelector(":scope > .log-time")?.replaceWith(time(line));
}

function number(line: Line, source: Source): HTMLElement {
  const link = document.createElement("a");
  link.className = "log-number";
  link.tabIndex = -1; // numbers.ts puts one of the thousands into the order of Tab
  const letter = letterOf(line.s, source);
  if (line.n) {
    link.href = `#${letter}${line.n}`;
    link.dataset.number = letter === "L" ? String(line.n) : `${letter}${line.n}`;
    link.ariaLabel = `Line ${link.dataset.number}`;
  }
  return link;
}

function time(line: Line): HTMLElement {
  const element = document.createElement("time");
  element.className = "log-time";
  if (line.at) {
    const at = new Date(line.at / 1000);
    element.dateTime = at.toISOString();
    element.textContent = clock.format(at);
    element.title = exactTime(at.getTime());
  }
  return element;
}

function text(line: Line, source: Source, find: RegExp | undefined): HTMLElement {
  const element = document.createElement("span");
  element.className = "log-text";
  if (line.rest) element.append(note("… "));
  if (line.skipped) element.append(note(`${size(line.skipped)} of this line before `));
  const runs = runsOf(line.t);
  const whole = line.t.length > DRAWN ? cutRuns(runs, DRAWN) : runs;
  draw(element, whole, find);
  const drawn = whole.reduce((length, run) => length + run.text.length, 0);
  const plain = runs.reduce((length, run) => length + run.text.length, 0);
  if (plain > drawn || line.cut) element.append(more(line, source, find, plain - drawn));
  return element;
}

/** The button at the end of a long line: first the rest of what is here, then pieces from the server. */
function more(line: Line, source: Source, find: RegExp | undefined, here: number): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "log-more";
  let left = here + (line.cut ?? 0);
  let offset = line.cut_at ?? 0;
  const say = () => (button.textContent = `… ${size(left)} more`);
  say();
  button.addEventListener("click", async () => {
    if (here) {
      const runs = cutRuns(runsOf(line.t), Infinity, DRAWN);
      draw(button, runs, find, "before");
      left -= here;
      here = 0;
    } else {
      button.disabled = true;
      const length = Math.min(PIECE, left);
      const piece = await source.bytes(line.s, offset, length).catch(() => undefined);
      button.disabled = false;
      if (piece === undefined) return;
      draw(button, runsOf(piece), find, "before");
      offset += length;
      left -= length;
    }
    if (left > 0) say();
    else button.remove();
  });
  return button;
}

function note(words: string): HTMLElement {
  const element = document.createElement("span");
  element.className = "log-note";
  element.textContent = words;
  return element;
}

/** The characters of runs from one on, up to another. */
function cutRuns(runs: Run[], end: number, begin = 0): Run[] {
  const cut: Run[] = [];
  let at = 0;
  for (const run of runs) {
    const piece = run.text.slice(Math.max(0, begin - at), Math.max(0, end - at));
    if (piece) cut.push({ ...run, text: piece });
    at += run.text.length;
  }
  return cut;
}

function draw(at: HTMLElement, runs: Run[], find: RegExp | undefined, where: "append" | "before" = "append") {
  const hits = find ? matches(runs.map((run) => run.text).join(""), find) : [];
  let from = 0;
  for (const run of runs) {
    for (const [piece, isHit] of pieces(run.text, from, hits)) at[where](span(run, piece, isHit));
    from += run.text.length;
  }
}

function matches(text: string, find: RegExp): [number, number][] {
  return Array.from(text.matchAll(find), (match): [number, number] => [
    match.index,
    match.index + match[0].length,
  ]).filter(([start, end]) => end > start);
}

/** A run in parts that are found and parts that are not. */
function pieces(text: string, from: number, hits: [number, number][]): [string, boolean][] {
  const found: [string, boolean][] = [];
  let at = 0;
  for (const [start, end] of hits) {
    const first = Math.max(start - from, at);
    const last = Math.min(end - from, text.length);
    if (last <= first) continue;
    if (first > at) found.push([text.slice(at, first), false]);
    found.push([text.slice(first, last), true]);
    at = last;
  }
  if (at < text.length) found.push([text.slice(at), false]);
  return found;
}

function span(run: Run, text: string, isHit: boolean): Node {
  if (!isHit && !run.classes.length && !run.colour && !run.ground) return document.createTextNode(text);
  const element = document.createElement(isHit ? "mark" : "span");
  element.className = run.classes.join(" ");
  if (run.colour) element.classList.add("ansi-own");
  if (run.colour) element.style.setProperty("--own", run.colour);
  if (run.ground && !isHit) element.classList.add("ansi-on-own");
  if (run.ground) element.style.setProperty("--own-ground", run.ground);
  element.textContent = text;
  return element;
}
