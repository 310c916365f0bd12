// Bundles the islands and styles, draws the icons, and lists the hashed names in manifest.json: `node build.mjs`.

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
await publish("icons.svg", await drawSprite());
await drawFavicons();
for (const { path, text } of await bundle()) await publish(parse(path).base, text);
await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");

/** One file for each entry point: what every page loads, and what only some pages do. */
async function bundle() {
  const entries = await readdir(join(here, "src/entries"));
  const result = await build({
    absWorkingDir: here,
    entryPoints: entries.map((name) => `src/entries/${name}`),
    outdir: dist,
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["chrome123", "firefox120", "safari17.5"], // the first with light-dark(), which Tabler is written in
    legalComments: "none",
    logLevel: "warning",
    define: { FILES: JSON.stringify(manifest) },
  });
  const files = result.outputFiles.map(({ path, text }) => ({ path, text }));
  for (const file of files) if (file.path.endsWith(".css")) file.text = await splitImages(file.text);
  return files;
}

/** Write the pictures inside a style sheet as files of their own: a policy of `default-src 'self'` refuses data: URLs. */
async function splitImages(css) {
  const inlined = /url\((["'])data:image\/svg\+xml[^]*?\1\)/g;
  if (css.replaceAll(inlined, "").includes("data:")) throw new Error("A data: URL in a form that is not known here.");
  for (const url of new Set(css.match(inlined))) {
    const svg = decodeURIComponent(url.slice(url.indexOf(",") + 1, -2));
    css = css.replaceAll(url, `url(${await write("image.svg", svg)})`);
  }
  return css;
}

/** One symbol for each name in icons.txt and in that of the capsules; `filled/star` is the filled drawing, with the id `star-filled`. */
async function drawSprite() {
  const lists = [join(here, "icons.txt"), join(here, "../src/capsulier/capsules/icons.txt")];
  const texts = await Promise.all(lists.map((list) => readFile(list, "utf8")));
  const names = [...new Set(texts.join("\n").split(/\s+/).filter(Boolean))];
  const symbols = names.map(async (name) => {
    const filled = name.startsWith("filled/");
    const file = join(here, "node_modules/@tabler/icons/icons", `${filled ? name : `outline/${name}`}.svg`);
    const [, shapes] = (await readFile(file, "utf8")).match(/<svg[^>]*>([^]*)<\/svg>/);
    const paint = filled
      ? 'fill="currentColor" stroke="none"'
      : 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';
    const id = filled ? `${name.slice("filled/".length)}-filled` : name;
    return `<symbol id="${id}" viewBox="0 0 24 24" ${paint}>${shapes.replaceAll(/\s*\n\s*/g, "")}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${(await Promise.all(symbols)).join("")}</svg>`;
}

/** The favicon, and one with a dot for each status colour, so that none has to be drawn in the browser. */
async function drawFavicons() {
  const plain = await readFile(join(here, "src/images/favicon.svg"), "utf8");
  await publish("favicon.svg", plain);
  const styles = await readFile(join(here, "src/styles/status.css"), "utf8");
  for (const [, status, colour] of styles.matchAll(/--status-(\w+): light-dark\((#\w+),/g)) {
    const dot = `<circle cx="24" cy="24" r="7" fill="${colour}" stroke="#fff" stroke-width="2"/></svg>`;
    await publish(`favicon-${status}.svg`, plain.replace("</svg>", dot));
  }
}

/** Store a file that pages ask for by its name. */
async function publish(name, text) {
  manifest[name] = await write(name, text);
}

/** Store a file under a name that changes with its content, and compressed beside it, as WhiteNoise serves it. */
async function write(name, text) {
  const { name: stem, ext } = parse(name);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  const file = `${stem}.${hash}${ext}`;
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  await writeFile(join(dist, file), text);
  await writeFile(join(dist, `${file}.br`), await promisify(brotliCompress)(text, { params }));
  await writeFile(join(dist, `${file}.gz`), await promisify(gzip)(text, { level: 9 }));
  return file;
}
