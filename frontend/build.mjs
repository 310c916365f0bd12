// Bundles the islands and styles, draws the icon sprite, and writes the list of hashed names: `node build.mjs`.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "../src/capsulier/web/static/dist");
const manifest = {};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
for (const { path, text } of await bundle()) await publish(parse(path).base, text);
await publish("icons.svg", await drawSprite());
for (const name of await readdir(join(here, "src/images"))) {
  await publish(name, await readFile(join(here, "src/images", name), "utf8"));
}
await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");

/** One file per entry point: what every page loads, and what only some pages do. */
async function bundle() {
  const entries = await readdir(join(here, "src/pages"));
  const result = await build({
    absWorkingDir: here,
    entryPoints: entries.map((name) => `src/pages/${name}`),
    outdir: dist,
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["chrome111", "firefox113", "safari16.4"],
    legalComments: "none",
    logLevel: "warning",
  });
  const files = result.outputFiles.map(({ path, text }) => ({ path, text }));
  for (const file of files) if (file.path.endsWith(".css")) file.text = await splitImages(file.text);
  return files;
}

/** Write the pictures inside a style sheet as files of their own: a policy of `default-src 'self'` refuses data: URLs. */
async function splitImages(css) {
  const inlined = [...new Set(css.match(/url\((["'])data:image\/svg\+xml[^]*?\1\)/g) ?? [])];
  if (css.replaceAll(/url\((["'])data:image\/svg\+xml[^]*?\1\)/g, "").includes("url(data:"))
    throw new Error("A data: URL is written in a way that splitImages does not know.");
  for (const url of inlined) {
    const svg = decodeURIComponent(url.slice(url.indexOf(",") + 1, -2));
    css = css.replaceAll(url, `url(${await publish("image.svg", svg)})`);
  }
  return css;
}

/** One symbol for each name in icons.txt; "filled/name" is the filled drawing, with the id "name-filled". */
async function drawSprite() {
  const names = (await readFile(join(here, "icons.txt"), "utf8")).split(/\s+/).filter(Boolean);
  const symbols = names.map(async (name) => {
    const filled = name.startsWith("filled/");
    const file = join(here, "node_modules/@tabler/icons/icons", `${filled ? name : `outline/${name}`}.svg`);
    const [, shapes] = (await readFile(file, "utf8")).match(/<svg[^>]*>([^]*)<\/svg>/);
    const paint = filled
      ? 'fill="currentColor"'
      : 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
    const id = filled ? `${name.slice("filled/".length)}-filled` : name;
    return `<symbol id="${id}" viewBox="0 0 24 24" ${paint}>${shapes.replaceAll(/\s*\n\s*/g, "")}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${(await Promise.all(symbols)).join("")}</svg>`;
}

/** Store a file under a name that changes with its content, and compressed beside it, as WhiteNoise serves it. */
async function publish(name, text) {
  const { name: stem, ext } = parse(name);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  const file = `${stem}.${hash}${ext}`;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  await writeFile(join(dist, file), text);
  await writeFile(join(dist, `${file}.br`), await promisify(brotliCompress)(text, { params }));
  await writeFile(join(dist, `${file}.gz`), await promisify(gzip)(text, { level: 9 }));
  if (name !== "image.svg") manifest[name] = file;
  return file;
}
