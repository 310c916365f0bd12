// The hashed names of pictures, written in by the build; they lie beside the script.

declare const FILES: Record<string, string>;

const base = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : location.href;

export function urlOf(name: string): string | undefined {
  const file = FILES[name];
  return file && new URL(file, base).href;
}
