// SGR sequences (colours and the like), as ECMA-48 and the terminals of today have them, to spans.
// The 16 named colours are classes, so that they can differ in the dark; others are set on the element.

interface Look {
  colour: string | number | undefined;
  ground: string | number | undefined;
  marks: Set<string>;
}

export interface Run {
  text: string;
  classes: string[];
  colour?: string;
  ground?: string;
}

const SEQUENCE = /\x1b\[([0-9;:]*)m/g; // eslint-disable-line no-control-regex
const MARKS: Record<number, string> = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "strike" };
const OFF: Record<number, string[]> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  29: ["strike"],
};
const CUBE = [0, 95, 135, 175, 215, 255];

/** The text in runs of one look each. */
export function runsOf(text: string): Run[] {
  if (!text.includes("\x1b")) return text ? [{ text, classes: [] }] : [];
  const runs: Run[] = [];
  const look: Look = { colour: undefined, ground: undefined, marks: new Set() };
  let from = 0;
  const add = (end: number) => {
    if (end > from) runs.push(run(text.slice(from, end), look));
  };
  for (const match of text.matchAll(SEQUENCE)) {
    add(match.index);
    from = match.index + match[0].length;
    apply(match[1] ?? "", look);
  }
  add(text.length);
  return runs;
}

function run(text: string, look: Look): Run {
  const made: Run = { text, classes: [...look.marks].map((mark) => `ansi-${mark}`) };
  if (typeof look.colour === "number") made.classes.push(`ansi-${look.colour}`);
  else if (look.colour) made.colour = look.colour;
  if (typeof look.ground === "number") made.classes.push(`ansi-on-${look.ground}`);
  else if (look.ground) made.ground = look.ground;
  return made;
}

function apply(parameters: string, look: Look) {
  const codes = parameters.split(/[;:]/).map(Number);
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    const mark = MARKS[code];
    if (code === 0) Object.assign(look, { colour: undefined, ground: undefined, marks: new Set() });
    else if (mark) look.marks.add(mark);
    else if (OFF[code]) for (const each of OFF[code]) look.marks.delete(each);
    else if (code >= 30 && code <= 37) look.colour = code - 30;
    else if (code >= 90 && code <= 97) look.colour = code - 82;
    else if (code === 39) look.colour = undefined;
    else if (code >= 40 && code <= 47) look.ground = code - 40;
    else if (code >= 100 && code <= 107) look.ground = code - 92;
    else if (code === 49) look.ground = undefined;
    else if (code === 38 || code === 48) {
      const [colour, length] = extended(codes.slice(at + 1));
      look[code === 38 ? "colour" : "ground"] = colour;
      at += length;
    }
  }
}

/** `5;n` is one of 256, `2;r;g;b` any colour; how many parameters they take. */
function extended(codes: number[]): [string | number | undefined, number] {
  const [kind, first = 0, second = 0, third = 0] = codes;
  if (kind === 2) return [`rgb(${first} ${second} ${third})`, 4];
  if (kind !== 5) return [undefined, codes.length];
  if (first < 16) return [first, 2];
  if (first >= 232)
    return [
      `rgb(${Array(3)
        .fill(8 + (first - 232) * 10)
        .join(" ")})`,
      2,
    ];
  const index = first - 16;
  return [`rgb(${[index / 36, (index / 6) % 6, index % 6].map((part) => CUBE[Math.floor(part)]).join(" ")})`, 2];
}
