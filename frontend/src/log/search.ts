// The search box of the log: over the whole log, with an exact count, next and previous.

import type { Matches, Source } from "./source.ts";

const TYPING_MS = 250;
const count = new Intl.NumberFormat("en-GB");

export interface Found {
  find: RegExp | undefined;
  scales: number[];
}

export class Search {
  private readonly input: HTMLInputElement;
  private readonly status: HTMLElement;
  private matches: Matches = { total: 0, hits: [] };
  private at = -1;
  private asking: AbortController | undefined;
  private typing: number | undefined;
  private asked = "";

  constructor(
    private readonly root: HTMLElement,
    private readonly source: () => Source,
    private readonly here: () => number,
    private readonly found: (found: Found) => void,
    private readonly go: (hit: Matches["hits"][number]) => void,
  ) {
    this.input = root.querySelector<HTMLInputElement>("input[type=search]")!;
    this.status = root.querySelector<HTMLElement>("[data-log-count]")!;
    this.input.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => void this.run(), TYPING_MS);
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        void this.step(event.shiftKey ? -1 : 1);
      } else if (event.key === "Escape") {
        this.input.value = "";
        void this.run();
      }
    });
    root.querySelector("[data-log-next]")?.addEventListener("click", () => void this.step(1));
    root.querySelector("[data-log-previous]")?.addEventListener("click", () => void this.step(-1));
    for (const option of root.querySelectorAll<HTMLButtonElement>("[data-log-option]")) {
      option.addEventListener("click", () => {
        option.ariaPressed = String(option.ariaPressed !== "true");
        void this.run();
      });
    }
    if (this.input.value) void this.run();
  }

  /** Search anew: after other words, in another log, or because the log has grown. */
  async run() {
    clearTimeout(this.typing);
    this.asking?.abort();
    const query = this.input.value;
    this.asked = query;
    this.at = -1;
    if (!query) {
      this.take({ total: 0, hits: [] });
      this.say("");
      return;
    }
    this.asking = new AbortController();
    const { signal } = this.asking;
    const options = { ...(this.isOn("case") && { case: "1" }), ...(this.isOn("pattern") && { pattern: "1" }) };
    this.say("…");
    try {
      const answer = await this.source().search({ q: query, ...options }, signal);
      this.input.classList.toggle("is-invalid", !!answer.refused);
      if (answer.refused) {
        this.take({ total: 0, hits: [] });
        this.say(answer.refused);
        return;
      }
      this.take(answer);
      if (!answer.total) this.say("No match");
      else this.visit(this.nearest());
    } catch {
      if (!signal.aborted) this.say("The server did not answer");
    }
  }

  private async step(by: number) {
    if (this.input.value !== this.asked) return this.run();
    const { hits } = this.matches;
    if (!hits.length) return;
    this.visit((this.at + by + hits.length) % hits.length);
  }

  private visit(index: number) {
    const hit = this.matches.hits[index];
    if (!hit) return;
    this.at = index;
    this.say(`${count.format(index + 1)} of ${count.format(this.matches.total)}`);
    this.go(hit);
  }

  /** The first match from what is seen on, or the last before it. */
  private nearest(): number {
    const here = this.here();
    const below = this.matches.hits.findIndex(([, , , scale]) => scale >= here);
    return below < 0 ? this.matches.hits.length - 1 : below;
  }

  private take(matches: Matches) {
    this.matches = matches;
    this.found({ find: this.expression(), scales: matches.hits.map(([, , , scale]) => scale) });
  }

  /** What to mark in the lines; the server alone decides which of them match. */
  private expression(): RegExp | undefined {
    if (!this.asked || !this.matches.total) return undefined;
    const text = this.isOn("pattern") ? this.asked : this.asked.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    try {
      return new RegExp(text, this.isOn("case") ? "gu" : "giu");
    } catch {
      return undefined; // grep's language is not quite JavaScript's
    }
  }

  private isOn(option: string): boolean {
    return this.root.querySelector(`[data-log-option=${option}]`)?.ariaPressed === "true";
  }

  private say(words: string) {
    this.status.textContent = words;
  }
}
