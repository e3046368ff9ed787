// Opens pages in a real browser, one a line on standard input: {"page": file, "picture": file or null, "pdf": file or
// null}; answers, a line each, what it made of it: {"pages": of the print, "violations": of axe-core, "codes": what the
// QR codes say, "overflows": whether the print is wider than the paper} or {"error"}. Where a "pdf" is asked for, the
// print is written there and only its pages are told. Its folder of packages and the browser are the arguments.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [packages, browser] = process.argv.slice(2);
const require = createRequire(pathToFileURL(packages + "/package.json"));
const { default: puppeteer } = await import(pathToFileURL(require.resolve("puppeteer-core")));
const sources = ["axe-core/axe.min.js", "jsqr/dist/jsQR.js"].map((name) => readFileSync(require.resolve(name), "utf8"));

// Reads each QR code as a telephone does: from a picture of it.
async function readCodes(page) {
  const codes = [];
  for (const element of await page.$$("[role=img]")) {
    const picture = await element.screenshot({ encoding: "base64" });
    codes.push(
      await page.evaluate(async (encoded) => {
        const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
        const context = canvas.getContext("2d");
        context.drawImage(bitmap, 0, 0);
        const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height);
        return jsQR(pixels.data, bitmap.width, bitmap.height)?.data ?? null;
      }, picture),
    );
  }
  return codes;
}

async function check(page, { page: file, picture, paper, pdf }) {
  await page.goto(pathToFileURL(file).href);
  const print = await page.pdf({ preferCSSPageSize: true });
  if (pdf) writeFileSync(pdf, print);
  const pages = Buffer.from(print).toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length;
  if (pdf) return { pages };
  await page.setBypassCSP(true);
  await page.reload();
  for (const source of sources) await page.evaluate(source);
  const { violations } = await page.evaluate(() => axe.run());
  const codes = await readCodes(page);
  await page.emulateMediaType("print");
  const [width, height] = paper === "a5" ? [492, 726] : [695, 1024]; // pixels of what the margins leave
  await page.setViewport({ width, height, deviceScaleFactor: 2 });
  const overflows = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  if (picture) writeFileSync(picture, await page.screenshot({ fullPage: true }));
  await page.emulateMediaType(null);
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  return { pages, violations: told, codes, overflows };
}

const running = await puppeteer.launch({ executablePath: browser, args: ["--no-sandbox", "--disable-gpu"] });
try {
  for await (const line of createInterface({ input: process.stdin })) {
    const page = await running.newPage();
    let answer;
    try {
      answer = await check(page, JSON.parse(line));
    } catch (error) {
      answer = { error: String(error) };
    }
    await page.close();
    console.log(JSON.stringify(answer));
  }
} finally {
  await running.close();
}
