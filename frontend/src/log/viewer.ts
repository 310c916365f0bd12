// The log viewer: one for each [data-log-viewer]. What it stands on without this script is the last lines as plain text.

import { Numbers } from "./numbers.ts";
import { Pane } from "./pane.ts";
import { Rail } from "./rail.ts";
import { letterOf } from "./row.ts";
import { Search } from "./search.ts";
import { Source, type Line, type LogName, type Page, type Streams } from "./source.ts";

const QUICK_MS = 250;
const QUIET_MS = 1_000;
const QUIET_AFTER = 12; // looks without anything new
const MARKS_MS = 5_000;
const SELECTION = /^#([LES])(\d+)(?:-([LES])(\d+))?$/;

interface Selection {
  log: LogName;
  first: number;
  last: number;
}

export class Viewer {
  private pane: Pane;
  private source: Source;
  private readonly rail: Rail | undefined;
  private readonly numbers: Numbers;
  private following = true;
  private looking: number | undefined;
  private nothingNew = 0;
  private live = false;
  private chosen: Selection | undefined;
  private marked = 0;

  constructor(private readonly root: HTMLElement) {
    this.source = new Source(root.dataset.url!, (root.dataset.stream ?? "both") as Streams);
    this.pane = new Pane(this.part("[data-log-box]")!, this.source, () => this.scrolled());
    this.numbers = new Numbers(this.pane.box, (link, isRange) => this.pick(link, isRange));
    const canvas = this.part<HTMLCanvasElement>("canvas");
    this.rail = canvas ? new Rail(canvas, (part) => void this.toPart(part)) : undefined;
    const box = this.part("[data-log-search]");
    if (box)
      new Search(
        box,
        () => this.source,
        () => this.pane.scale,
        ({ find, scales }) => {
          this.pane.mark(find);
          this.rail?.show("matches", scales, this.pane.last?.total ?? 1);
        },
        ([log, offset]) => void this.visit(log, offset),
      );
    this.listen();
    void this.begin();
  }

  /** Once its element is gone from the page. */
  end() {
    clearTimeout(this.looking);
  }

  get isGone(): boolean {
    return !this.root.isConnected;
  }

  private part<T extends HTMLElement>(selector: string): T | null {
    return this.root.querySelector<T>(selector);
  }

  private listen() {
    this.toggle("wrap", matchMedia("(max-width: 767px)").matches);
    this.toggle("times", false);
    this.part("[data-log-follow]")?.addEventListener("click", () => this.follow(!this.following));
    this.part("[data-log-end]")?.addEventListener("click", () => void this.toEnd());
    this.part("[data-log-copy]")?.addEventListener("click", () => void this.copyLink());
    this.pane.box.addEventListener("keydown", (event) => this.key(event));
    this.pane.box.addEventListener("click", (event) => this.press(event));
    addEventListener("hashchange", () => this.toHash());
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
  }

  private async begin() {
    const show = this.root.dataset.show ?? "last";
    const count = Number(this.root.dataset.lines ?? 500);
    try {
      if (this.hash()) {
        await this.toHash();
      } else {
        const page = await this.source.lines({ tail: count });
        // A page of long lines is full before it has as many: then there is no floor yet.
        if (show === "last" && page.lines.length >= count) this.pane.floor = page.start;
        this.pane.show(page, "end");
      }
      this.tell();
      this.root.classList.add("is-ready");
      this.follow(this.live && this.pane.isAtEnd, true);
      this.look();
      await this.showMarks();
      await this.numberLines();
    } catch {
      this.say("The log could not be fetched. Reload the page to try again.");
    }
  }

  /** Lines of a large log are numbered only once somebody has counted them: have it counted. */
  private async numberLines() {
    const last = this.pane.last?.lines.at(-1);
    if (!last || last.n || last.rest || "compact" in this.root.dataset) return;
    await this.source.lines({ line: `${last.s}:${Number.MAX_SAFE_INTEGER}`, count: 1 });
    await this.pane.complete();
  }

  /** Look for what was written since, as long as the execution lives and somebody may be watching. */
  private look() {
    clearTimeout(this.looking);
    if (this.isGone || document.hidden || !this.live) return;
    this.looking = setTimeout(() => void this.fetchNew(), this.nothingNew > QUIET_AFTER ? QUIET_MS : QUICK_MS);
  }

  private async fetchNew() {
    const last = this.pane.last;
    try {
      if (last?.bottom || this.following) await this.catchUp(last);
    } catch {
      this.nothingNew = QUIET_AFTER + 1; // the server is away: the page says so, and this goes on asking
    }
    this.look();
  }

  private async catchUp(last: Page | undefined) {
    const resume = this.pane.resume;
    const page = await this.source.lines(resume === undefined ? { tail: 400 } : { after: resume, count: 1000 });
    if (this.pane.resume !== resume) return; // something else is shown by now
    const isAnother = last && page.total < last.finish; // the program truncated its log
    if (this.following && (!page.bottom || isAnother)) {
      const tail = await this.source.lines({ tail: 400 });
      this.pane.floor = this.pane.floor === undefined ? undefined : tail.start;
      this.pane.show(tail, "end");
    } else if (this.pane.append(page)) {
      if (this.following) this.pane.toEnd();
      this.nothingNew = 0;
    } else {
      if (last) last.live = page.live;
      if (++this.nothingNew === 1) await this.pane.complete();
      if (this.following && !this.pane.isAtEnd) this.pane.toEnd(); // the box, or a line in it, may have another height by now
    }
    this.tell(page);
    if (Date.now() - this.marked > MARKS_MS || !page.live) await this.showMarks();
  }

  /** What the page around the lines says. */
  private tell(page: Page | undefined = this.pane.last) {
    if (!page) return;
    this.live = page.live || !page.bottom;
    if (!page.live && page.bottom) this.follow(false, true);
    this.root.classList.toggle("is-live", page.live);
    this.say(this.pane.isEmpty ? this.emptyWords(page) : "");
    this.showPlace();
  }

  private emptyWords(page: Page): string {
    if (page.gone) return "This log is no longer kept.";
    if (page.live) return this.root.dataset.waiting ?? "Nothing yet.";
    const logs = { stdout: "standard output", stderr: "error output", both: "output" };
    return `This execution wrote no ${logs[this.source.stream]}.`;
  }

  private say(words: string) {
    const note = this.part("[data-log-note]");
    if (!note) return;
    note.textContent = words;
    note.hidden = !words;
  }

  /** Only who scrolls, not what is written meanwhile, begins or ends to follow. */
  private scrolled() {
    const isAtEnd = this.pane.isAtEnd;
    if (this.live && this.following !== isAtEnd) this.follow(isAtEnd, true);
    this.showPlace();
  }

  private showPlace() {
    this.numbers.moved();
    const end = this.part("[data-log-end]");
    if (end) end.hidden = this.pane.isAtEnd || this.pane.isEmpty;
  }

  private follow(on: boolean, quietly = false) {
    this.following = on;
    const button = this.part("[data-log-follow]");
    if (button) button.ariaPressed = String(on);
    if (on && !quietly) void this.toEnd();
  }

  private async toEnd() {
    this.following = true;
    if (!this.pane.last?.bottom) {
      this.pane.floor = undefined;
      this.pane.show(await this.source.lines({ tail: 400 }), "end");
    }
    this.pane.toEnd();
    this.follow(this.live, true);
  }

  private async toTop() {
    this.follow(false);
    this.pane.floor = undefined;
    await this.pane.toScale(0, this.pane.last?.total ?? 1);
  }

  private async toPart(part: number) {
    const total = this.pane.last?.total ?? 0;
    this.follow(false);
    await this.pane.toScale(part * total, total);
  }

  private async visit(log: LogName, offset: number) {
    this.follow(false);
    const element = await this.pane.reveal(log, offset);
    for (const each of this.root.querySelectorAll(".log-line.is-current")) each.classList.remove("is-current");
    element?.classList.add("is-current");
  }

  private key(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "End") void this.toEnd();
    else if (event.key === "Home") void this.toTop();
    else return;
    event.preventDefault();
  }

  private toggle(name: string, usual: boolean) {
    const button = this.part(`[data-log-toggle=${name}]`);
    const key = `log-${name}`;
    const set = (on: boolean) => {
      this.root.classList.toggle(`is-${name}`, on);
      if (button) button.ariaPressed = String(on);
    };
    const kept = localStorage.getItem(key);
    set(kept === null ? usual : kept === "1");
    button?.addEventListener("click", () => {
      const on = button.ariaPressed !== "true";
      const wasAtEnd = this.pane.isAtEnd;
      localStorage.setItem(key, on ? "1" : "0");
      set(on);
      if (wasAtEnd) this.pane.toEnd();
    });
  }

  private press(event: MouseEvent) {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a.log-number[href]") : null;
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.pick(link, event.shiftKey);
  }

  /** A press on a line's number chooses the line, with Shift up to it; of a part of a log it leads to the whole. */
  private pick(link: HTMLAnchorElement, withShift: boolean) {
    if ("compact" in this.root.dataset) return location.assign(`${this.root.dataset.page}${link.hash}`);
    const [, letter, number] = SELECTION.exec(link.hash) ?? [];
    const from = this.hash();
    const isRange = withShift && from && this.letter(from.log) === letter;
    const [first, last] = isRange
      ? [Math.min(from.first, +number!), Math.max(from.first, +number!)]
      : [+number!, +number!];
    history.replaceState(history.state, "", `#${letter}${first}${last > first ? `-${letter}${last}` : ""}`);
    this.choose();
  }

  private hash(): Selection | undefined {
    const [, letter, first, , last] = SELECTION.exec(location.hash) ?? [];
    if (!letter || this.part("[data-log-search]") === null) return undefined;
    const stream = this.source.stream === "stderr" ? "stderr" : "stdout";
    const log = letter === "S" ? "setup" : letter === "E" ? "stderr" : stream;
    return { log, first: Number(first), last: Number(last ?? first) };
  }

  private letter(log: LogName): string {
    return letterOf(log, this.source);
  }

  private async toHash() {
    const wanted = this.hash();
    if (!wanted) return;
    this.follow(false);
    const page = await this.source.lines({ line: `${wanted.log}:${wanted.first}`, count: 1 });
    const line = page.lines[0];
    if (!line) return this.pane.show(await this.source.lines({ tail: 400 }), "end");
    await this.pane.reveal(line.s, line.o);
    this.choose();
  }

  private choose() {
    const chosen = (this.chosen = this.hash());
    this.pane.choose(({ s, n }: Line) => !!n && !!chosen && s === chosen.log && n >= chosen.first && n <= chosen.last);
  }

  /** The address of the chosen lines, or of the first that is seen. */
  private async copyLink() {
    const address = new URL(this.root.dataset.page ?? "", location.href); // the page itself may be that of the last log
    address.hash = this.chosen ? location.hash : "";
    if (!this.chosen) {
      const top = this.pane.box.getBoundingClientRect().top;
      const links = this.pane.box.querySelectorAll<HTMLAnchorElement>("a.log-number[href]");
      const first = Array.from(links).find((link) => link.getBoundingClientRect().bottom > top);
      address.hash = first?.hash ?? "";
    }
    await navigator.clipboard.writeText(address.href);
    const text = this.chosen ? "The link to these lines is copied." : "The link to this place is copied.";
    document.dispatchEvent(new CustomEvent("toast", { detail: { text } }));
  }

  private async showMarks() {
    this.marked = Date.now();
    if (!this.rail || this.source.stream !== "both") return;
    const { marks, total } = await this.source.marks();
    this.rail.show("errors", marks, total);
  }
}
