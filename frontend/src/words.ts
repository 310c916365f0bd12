// How times and sizes are said: as capsulier/core/wording.py says them, so that nothing jumps when a script takes over.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The zone that times are shown in: the one that the person chose in their account, else the browser's. */
export const timeZone = document.documentElement.dataset.timezone;

const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long", timeZone });
const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone });

/** "120 ms", "48 s", "12 min 05 s", "1 h 04 min", "3 days 2 h": two units at most, cut off, so that it can count up. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.floor(ms)} ms`;
  if (ms < MINUTE) return count(ms, SECOND, "s");
  if (ms < HOUR) return count(ms, MINUTE, "min") + rest(ms % MINUTE, SECOND, "s");
  if (ms < DAY) return count(ms, HOUR, "h") + rest(ms % HOUR, MINUTE, "min");
  const hours = Math.floor((ms % DAY) / HOUR);
  return days(ms) + (hours ? ` ${hours} h` : "");
}

/** "just now", "48 s ago", "12 min ago", "in 2 h", "3 days ago"; the date beyond 60 days. One unit, cut off. */
export function relative(instant: number, now: number, ago = " ago"): string {
  const distance = Math.abs(instant - now);
  if (distance < SECOND) return instant > now ? "now" : "just now";
  if (distance >= 60 * DAY) return date.format(instant);
  const length =
    distance < MINUTE
      ? count(distance, SECOND, "s")
      : distance < HOUR
        ? count(distance, MINUTE, "min")
        : distance < DAY
          ? count(distance, HOUR, "h")
          : days(distance);
  return instant > now ? `in ${length}` : length + ago;
}

/** "23 Nov 2026, 14:15:47 CET". */
export function exactTime(instant: number): string {
  return exact.format(instant);
}

/** "812 B", "1.2 MB", "12 MB": decimal, as disks and networks are sold. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let scaled = bytes / 1000;
  let power = 0;
  while (scaled >= 999.5 && power < units.length - 1) {
    scaled /= 1000;
    power++;
  }
  return `${scaled < 9.95 ? scaled.toFixed(1).replace(/\.0$/, "") : Math.round(scaled)} ${units[power]}`;
}

function count(ms: number, unit: number, name: string): string {
  return `${Math.floor(ms / unit)} ${name}`;
}

function rest(ms: number, unit: number, name: string): string {
  const whole = Math.floor(ms / unit);
  return whole ? ` ${String(whole).padStart(2, "0")} ${name}` : "";
}

function days(ms: number): string {
  const whole = Math.floor(ms / DAY);
  return whole === 1 ? "1 day" : `${whole} days`;
}
