// Reads one diagram a line (a JSON string) on standard input; answers, a line each, what the real Mermaid parser
// made of it: {"nodes": {name: {"text", "shape"}}, "edges": [{"start", "end", "text", "stroke"}]} or {"error"}.
// Its folder of packages is the argument.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.argv[2] + "/package.json"));
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("<!DOCTYPE html><body></body>");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import(pathToFileURL(require.resolve("mermaid")));
mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });

const written = window.document.createElement("textarea");

// What a label reads as once drawn: Mermaid keeps entities apart while it parses.
function shown(text) {
  written.innerHTML = text.replace(/ﬂ°°/g, "&#").replace(/ﬂ°/g, "&").replace(/¶ß/g, ";");
  return written.value;
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(JSON.parse(line));
    const nodes = [...db.getVertices()].map(([name, { text, type }]) => [name, { text: shown(text), shape: type }]);
    const edges = db.getEdges().map(({ start, end, text, stroke }) => ({ start, end, text: shown(text), stroke }));
    answer = { nodes: Object.fromEntries(nodes), edges };
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify(answer));
}
