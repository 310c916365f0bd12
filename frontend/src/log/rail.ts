// The rail beside the log: where error output and matches are in all of it. A press goes there.

export class Rail {
  private errors: number[] = [];
  private matches: number[] = [];
  private total = 1;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    go: (part: number) => void,
  ) {
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    canvas.addEventListener("click", (event) => go(event.offsetY / canvas.clientHeight));
  }

  show(what: "errors" | "matches", scales: number[], total: number) {
    this[what] = scales;
    this.total = Math.max(1, total);
    this.draw();
  }

  private draw() {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = devicePixelRatio;
    Object.assign(this.canvas, { width: clientWidth * ratio, height: clientHeight * ratio });
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.scale(ratio, ratio);
    // Two properties that are computed to a plain colour, which a canvas can use; the style sheet sets them.
    const { color, caretColor } = getComputedStyle(this.canvas);
    const paint = (scales: number[], colour: string, left: number) => {
      context.fillStyle = colour;
      for (const scale of scales) context.fillRect(left, (scale / this.total) * (clientHeight - 2), clientWidth / 2, 2);
    };
    paint(this.errors, color, 0);
    paint(this.matches, caretColor, clientWidth / 2);
  }
}
