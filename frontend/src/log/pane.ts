// The scrolling box: the pages around what one sees, one above the other, and empty room for the rest of the log.
// The room is in proportion to the bytes that are not drawn, so that the scrollbar means something; of a log that would be
// higher than browsers allow, it is less than in proportion.

import { redraw, retell, row } from "./row.ts";
import type { Line, LogName, Page, Source } from "./source.ts";

const PAGES = 6;
const HIGHEST_PX = 5_000_000;
const NEAR_PX = 5_000;
const AT_END_PX = 24;
const PAGE_LINES = 400;
const UNSETTLED_LINES = 200;

interface Drawn extends Page {
  element: HTMLElement;
  rows: HTMLElement[];
}

export class Pane {
  /** Nothing above this place belongs to the view: "last lines". */
  floor: string | undefined;
  private pages: Drawn[] = [];
  private find: RegExp | undefined;
  private chosen: (line: Line) => boolean = () => false;
  private busy = false;
  private settled = "";
  private unsettled = 0;
  private readonly above = room();
  private readonly below = room();
  private readonly body = document.createElement("div");

  constructor(
    readonly box: HTMLElement,
    readonly source: Source,
    private readonly moved: () => void,
  ) {
    this.body.className = "log-lines";
    box.replaceChildren(this.above, this.body, this.below);
    let asked = false;
    box.addEventListener("scroll", () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        this.moved();
        void this.fill();
      });
    });
  }

  get last(): Page | undefined {
    return this.pages.at(-1);
  }

  get isEmpty(): boolean {
    return this.pages.every((page) => !page.lines.length);
  }

  get isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.box;
    return !!this.last?.bottom && scrollHeight - scrollTop - clientHeight < AT_END_PX;
  }

  /** Where the middle of the box is on the scale. */
  get scale(): number {
    const at = this.box.scrollTop + this.box.clientHeight / 2 - this.above.offsetHeight;
    let top = 0;
    for (const page of this.pages) {
      const height = page.element.offsetHeight;
      if (at < top + height) return page.begin + ((page.finish - page.begin) * Math.max(0, at - top)) / height;
      top += height;
    }
    return this.last?.finish ?? 0;
  }

  /** Show this page alone, its beginning or its end in view. */
  show(page: Page, edge: "start" | "end") {
    for (const each of this.pages) each.element.remove();
    this.pages = [this.drawn(page)];
    this.body.append(this.pages[0]!.element);
    this.settle(page);
    this.makeRoom();
    if (edge === "end") this.toEnd();
    else this.box.scrollTop = this.above.offsetHeight;
    void this.fill();
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
  }

  /** Go to a point of the scale. */
  async toScale(scale: number, total: number) {
    const isNearEnd = total - scale < this.bytesInView();
    const page = await this.source.lines(
      isNearEnd ? { tail: PAGE_LINES } : { at: Math.round(scale), count: PAGE_LINES },
    );
    this.floor = undefined;
    this.show(page, isNearEnd ? "end" : "start");
  }

  /** Bring a line into view, fetching it if need be; answers its element. */
  async reveal(log: LogName, offset: number): Promise<HTMLElement | undefined> {
    if (!this.rowAt(log, offset)) {
      const page = await this.source.lines({ beside: `${log}:${offset}`, count: PAGE_LINES });
      this.floor = undefined;
      this.show(page, "start");
      await this.load("before");
    }
    const found = this.rowAt(log, offset);
    if (found) this.center(found);
    return found;
  }

  center(element: HTMLElement) {
    const distance = element.getBoundingClientRect().top - this.box.getBoundingClientRect().top;
    if (distance < 0 || distance > this.box.clientHeight - 2 * element.offsetHeight)
      this.box.scrollTop += distance - this.box.clientHeight / 3;
  }

  /** Where to ask for what was written since. */
  get resume(): string | undefined {
    return this.unsettled ? this.settled : this.last?.end;
  }

  /** Take in what was written since `resume`, in place of the lines that were not settled; answers whether it is new. */
  append(page: Page): boolean {
    const last = this.pages.at(-1);
    if (!last) {
      this.show(page, "end");
      return page.lines.length > 0;
    }
    const before = last.lines.slice(last.lines.length - this.unsettled);
    if (JSON.stringify(before) === JSON.stringify(page.lines)) return false;
    this.keepStill(() => {
      this.drop(last, this.unsettled);
      for (const line of page.lines) this.removeOpen(line);
      let target = last;
      if (last.lines.length >= PAGE_LINES) {
        target = this.drawn({ ...page, lines: [], begin: last.finish });
        this.pages.push(target);
        this.body.append(target.element);
      }
      this.add(target, page.lines);
      Object.assign(target, { end: page.end, finish: page.finish, bottom: page.bottom, live: page.live });
      for (const each of this.pages) each.total = page.total;
      this.settle(page);
      this.dropFar();
    });
    return true;
  }

  /** Remember how much of the last page may still change. Where much may, it counts as settled, and `complete` ends it. */
  private settle(page: Page) {
    const unsettled = page.lines.length - page.settled_lines;
    this.unsettled = page.live && unsettled <= UNSETTLED_LINES ? unsettled : 0;
    this.settled = page.settled;
  }

  private drop(page: Drawn, count: number) {
    page.lines.length -= count;
    for (const element of page.rows.splice(page.lines.length)) element.remove();
  }

  /** Mark what is looked for. */
  mark(find: RegExp | undefined) {
    this.find = find;
    for (const page of this.pages)
      page.lines.forEach((line, index) => redraw(page.rows[index]!, line, this.source, find));
  }

  /** Show some lines as chosen. */
  choose(chosen: (line: Line) => boolean) {
    this.chosen = chosen;
    this.eachRow((line, element) => element.classList.toggle("is-chosen", chosen(line)));
  }

  eachRow(visit: (line: Line, element: HTMLElement) => void) {
    for (const page of this.pages) page.lines.forEach((line, index) => visit(line, page.rows[index]!));
  }

  rowAt(log: LogName, offset: number): HTMLElement | undefined {
    let found: HTMLElement | undefined;
    this.eachRow((line, element) => {
      if (line.s === log && line.o === offset) found = element;
    });
    return found;
  }

  /** Fetch the numbers and times that were not known when the lines came. */
  async complete() {
    for (const page of this.pages.filter(({ lines }) => lines.some(isIncomplete))) {
      const again = await this.source.lines({ after: page.start, count: page.lines.length });
      const known = new Map(again.lines.map((line) => [`${line.s}:${line.o}`, line]));
      page.lines.forEach((line, index) => {
        const { n, at } = known.get(`${line.s}:${line.o}`) ?? {};
        if ((n ?? line.n) === line.n && (at ?? line.at) === line.at) return;
        Object.assign(line, n && { n }, at && { at });
        retell(page.rows[index]!, line, this.source);
      });
    }
    this.choose(this.chosen);
  }

  /** Fetch pages until there are some beyond what is seen, or none more. One fetch at a time. */
  private async fill() {
    if (this.busy || !this.pages.length) return;
    this.busy = true;
    try {
      for (let more = true; more;) more = await this.fillOnce();
    } finally {
      this.busy = false;
    }
  }

  private async fillOnce(): Promise<boolean> {
    const { scrollTop, clientHeight } = this.box;
    const top = this.above.offsetHeight;
    const bottom = top + this.body.offsetHeight;
    const [first, last] = [this.pages[0]!, this.pages.at(-1)!];
    if (scrollTop + clientHeight < top || scrollTop > bottom) {
      await this.landed(scrollTop, top, bottom);
      return true;
    }
    if (scrollTop < top + NEAR_PX && !this.isTop(first)) return this.load("before");
    if (scrollTop + clientHeight > bottom - NEAR_PX && !last.bottom) return this.load("after");
    return false;
  }

  private isTop(page: Page): boolean {
    return page.top || page.start === this.floor;
  }

  /** Somebody dragged the scrollbar to where nothing is drawn: draw there. */
  private async landed(scrollTop: number, top: number, bottom: number) {
    const [first, last] = [this.pages[0]!, this.pages.at(-1)!];
    const scale =
      scrollTop < top
        ? (first.begin * scrollTop) / top
        : last.finish + ((last.total - last.finish) * (scrollTop - bottom)) / Math.max(1, this.below.offsetHeight);
    const height = this.box.scrollHeight;
    if (last.total - scale < this.bytesInView()) return this.show(await this.source.lines({ tail: PAGE_LINES }), "end");
    const page = await this.source.lines({ at: Math.round(scale), count: PAGE_LINES });
    const now = this.box.scrollTop;
    for (const each of this.pages) each.element.remove();
    this.pages = [this.drawn(page)];
    this.body.append(this.pages[0]!.element);
    this.settle(page);
    // Where the thumb is held, so that it does not slip from under the pointer.
    setHeight(this.above, page.top ? 0 : now);
    setHeight(this.below, page.bottom ? 0 : Math.max(1, height - now - this.body.offsetHeight));
    this.box.scrollTop = page.top ? 0 : now;
  }

  private async load(side: "before" | "after"): Promise<boolean> {
    const [first, last] = [this.pages[0], this.pages.at(-1)];
    if (!first || !last) return false;
    const asked = side === "before" ? { before: first.start } : { after: last.end };
    const page = await this.source.lines({ ...asked, count: PAGE_LINES });
    if (this.pages[0] !== first || this.pages.at(-1) !== last) return true; // something else is shown by now
    if (!page.lines.length) {
      if (side === "before") first.top = true;
      else last.bottom = true;
      return true;
    }
    this.keepStill(() => {
      const drawn = this.drawn(page);
      if (side === "before") {
        if (page.end !== first.start) first.start = page.end;
        this.pages.unshift(drawn);
        this.body.prepend(drawn.element);
      } else {
        for (const line of page.lines) this.removeOpen(line);
        this.pages.push(drawn);
        this.body.append(drawn.element);
        this.settle(page);
      }
      this.dropFar();
    });
    return true;
  }

  /** Of both streams, one's unfinished last line may stand amid the other's lines; when it is longer, it comes again. */
  private removeOpen(line: Line) {
    const last = this.pages.at(-1);
    const index = last?.lines.findIndex(({ s, o, open }) => open && s === line.s && o === line.o) ?? -1;
    if (!last || index < 0) return;
    last.lines.splice(index, 1);
    last.rows.splice(index, 1)[0]?.remove();
  }

  private drawn(page: Page): Drawn {
    const element = document.createElement("div");
    const drawn: Drawn = { ...page, lines: [], rows: [], element };
    this.add(drawn, page.lines);
    return drawn;
  }

  private add(page: Drawn, lines: Line[]) {
    const rows = lines.map((line) => row(line, this.source, this.find));
    lines.forEach((line, index) => this.chosen(line) && rows[index]!.classList.add("is-chosen"));
    page.lines.push(...lines);
    page.rows.push(...rows);
    page.element.append(...rows);
  }

  /** Take away the pages furthest from what is seen. */
  private dropFar() {
    while (this.pages.length > PAGES) {
      const box = this.box.getBoundingClientRect();
      const overTop = box.top - this.pages[0]!.element.getBoundingClientRect().bottom;
      const underBottom = this.pages.at(-1)!.element.getBoundingClientRect().top - box.bottom;
      const dropped = overTop > underBottom ? this.pages.shift() : this.pages.pop();
      if (overTop <= underBottom) this.unsettled = 0; // what may still change is fetched anew when it is seen again
      dropped!.element.remove();
    }
  }

  /** Change what is drawn without moving what is seen. */
  private keepStill(change: () => void) {
    const top = this.box.getBoundingClientRect().top;
    const anchor = this.pages.find((page) => page.element.getBoundingClientRect().bottom > top)?.element;
    const before = anchor?.getBoundingClientRect().top ?? 0;
    change();
    this.makeRoom();
    if (!anchor?.isConnected) return;
    const shift = anchor.getBoundingClientRect().top - before;
    if (shift) this.box.scrollTop += shift;
  }

  private makeRoom() {
    const [first, last] = [this.pages[0], this.pages.at(-1)];
    if (!first || !last) return;
    const density = this.pxPerByte();
    const isTop = this.isTop(first) || this.floor !== undefined;
    setHeight(this.above, isTop ? 0 : Math.max(1, first.begin * density));
    setHeight(this.below, last.bottom ? 0 : Math.max(1, (last.total - last.finish) * density));
  }

  private pxPerByte(): number {
    const [first, last] = [this.pages[0]!, this.pages.at(-1)!];
    const density = this.body.offsetHeight / Math.max(1, last.finish - first.begin);
    return Math.min(density, HIGHEST_PX / Math.max(1, last.total));
  }

  private bytesInView(): number {
    const [first, last] = [this.pages[0], this.pages.at(-1)];
    if (!first || !last) return 0;
    return (this.box.clientHeight / Math.max(1, this.body.offsetHeight)) * (last.finish - first.begin);
  }
}

function isIncomplete(line: Line): boolean {
  return (!line.n && !line.rest) || (!line.at && line.s !== "setup");
}

function room(): HTMLElement {
  return document.createElement("div");
}

function setHeight(element: HTMLElement, px: number) {
  element.style.height = `${px}px`;
}
