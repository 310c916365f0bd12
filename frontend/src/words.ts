// How times and sizes are said. The server's templates say them alike, so that nothing jumps when a script takes over.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

/** "120 ms", "48 s", "12 min 05 s", "1 h 04 min", "3 d 02 h": two units at most, cut off, never rounded up. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.floor(ms)} ms`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${twoDigits((ms % MINUTE) / SECOND)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${twoDigits((ms % HOUR) / MINUTE)} min`;
  return `${Math.floor(ms / DAY)} d ${twoDigits((ms % DAY) / HOUR)} h`;
}

/** "now", "48 s ago", "12 min ago", "in 2 h", hours up to two days, then "3 d ago"; the date beyond 60 days. Cut off. */
export function relative(instant: number, now: number, ago = " ago"): string {
  const distance = Math.abs(instant - now);
  if (distance < SECOND) return "now";
  if (distance >= 60 * DAY) return date.format(instant);
  const [unit, name] =
    distance < MINUTE
      ? [SECOND, "s"]
      : distance < HOUR
        ? [MINUTE, "min"]
        : distance < 2 * DAY
          ? [HOUR, "h"]
          : [DAY, "d"];
  const length = `${Math.floor(distance / unit)} ${name}`;
  return instant > now ? `in ${length}` : length + ago;
}

/** "23 Nov 2026, 14:15:47 CET", in the time zone of the browser. */
export function exactTime(instant: number): string {
  return exact.format(instant);
}

/** "812 B", "12.4 MB", "1.0 GB": decimal, as disks and networks are sold. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${power ? (bytes / 1000 ** power).toFixed(1) : bytes} ${units[power]}`;
}

function twoDigits(count: number): string {
  return String(Math.floor(count)).padStart(2, "0");
}
