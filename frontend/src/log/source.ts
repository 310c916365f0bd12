// What the server answers about a log (capsulier/web/logs/answers.py).

export type LogName = "setup" | "stdout" | "stderr";
export type Streams = "stdout" | "stderr" | "both";

/** A line. What is usual is left out. */
export interface Line {
  s: LogName;
  /** Offset in its log. */
  o: number;
  t: string;
  n?: number;
  /** When it was written, in microseconds since the epoch. */
  at?: number;
  /** Bytes of it that were left out after the text, from which offset on; and bytes left out before it. */
  cut?: number;
  cut_at?: number;
  skipped?: number;
  /** Its beginning is further up. */
  rest?: boolean;
  /** Still being written. */
  open?: boolean;
}

export interface Page {
  lines: Line[];
  /** Places, to ask for the page before or after. */
  start: string;
  end: string;
  /** Up to where it will not change any more, and how many lines that is. */
  settled: string;
  settled_lines: number;
  /** The same on the scale from 0 to `total`. */
  begin: number;
  finish: number;
  total: number;
  top: boolean;
  bottom: boolean;
  live: boolean;
  gone: boolean;
}

export interface Matches {
  total: number;
  hits: [log: LogName, offset: number, number: number, scale: number][];
}

export class Source {
  constructor(
    private readonly url: string,
    readonly stream: Streams,
  ) {}

  lines(asked: Record<string, string | number>, signal?: AbortSignal): Promise<Page> {
    return this.get<Page>("lines", asked, signal);
  }

  marks(): Promise<{ total: number; marks: number[] }> {
    return this.get("marks", {});
  }

  search(asked: Record<string, string>, signal: AbortSignal): Promise<Matches & { refused?: string }> {
    return this.get("search", asked, signal);
  }

  /** A part of a line that is too long to be delivered whole. */
  async bytes(log: LogName, offset: number, length: number): Promise<string> {
    const range = `bytes=${offset}-${offset + length - 1}`;
    const answer = await fetch(`/api/v2${this.url.replace(/\/log$/, "/logs")}/${log}`, { headers: { Range: range } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }

  private async get<T>(what: string, asked: Record<string, string | number>, signal?: AbortSignal): Promise<T> {
    const query = new URLSearchParams({ stream: this.stream });
    for (const [name, value] of Object.entries(asked)) query.set(name, String(value));
    const answer = await fetch(`${this.url}/${what}?${query}`, {
      headers: { Accept: "application/json" },
      ...(signal && { signal }),
    });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    return (await answer.json()) as T;
  }
}
