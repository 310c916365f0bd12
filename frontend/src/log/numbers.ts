// The numbers of lines by keyboard. They are thousands, so one of them stands in the order of Tab: the chosen one, else the
// first that is seen. From there the arrows go up and down, Enter chooses a line, Shift+Enter the lines up to it.

const LINKS = "a.log-number[href]";
const SETTLED_MS = 150;

export class Numbers {
  private settling: number | undefined;

  constructor(
    private readonly box: HTMLElement,
    pick: (link: HTMLAnchorElement, withShift: boolean) => void,
  ) {
    box.addEventListener("keydown", (event) => {
      const link = event.target instanceof HTMLAnchorElement && event.target.matches(LINKS) ? event.target : null;
      if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter") pick(link, event.shiftKey);
      else if (event.key === "ArrowDown") this.go(link, 1);
      else if (event.key === "ArrowUp") this.go(link, -1);
      else return;
      event.preventDefault();
    });
    box.addEventListener("focusin", ({ target }) => {
      if (target instanceof HTMLAnchorElement && target.matches(LINKS)) this.offer(target);
    });
  }

  /** Called when what is seen has changed: once that is over, Tab leads to a line that is seen. */
  moved() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (!this.box.contains(document.activeElement) || document.activeElement === this.box) this.offer(this.first());
    }, SETTLED_MS);
  }

  private offer(link: HTMLElement | null | undefined) {
    for (const each of this.box.querySelectorAll<HTMLElement>(`${LINKS}[tabindex="0"]`)) each.tabIndex = -1;
    if (link) link.tabIndex = 0;
  }

  private first(): HTMLElement | null | undefined {
    const { top, bottom } = this.box.getBoundingClientRect();
    const isSeen = (link: HTMLElement) => {
      const place = link.getBoundingClientRect();
      return place.bottom > top + 1 && place.top < bottom;
    };
    const chosen = this.box.querySelector<HTMLElement>(`.is-chosen > ${LINKS}`);
    if (chosen && isSeen(chosen)) return chosen;
    return Array.from(this.box.querySelectorAll<HTMLElement>(LINKS)).find(isSeen);
  }

  private go(from: HTMLAnchorElement, step: 1 | -1) {
    const links = Array.from(this.box.querySelectorAll<HTMLElement>(LINKS));
    const next = links[links.indexOf(from) + step];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }
}
