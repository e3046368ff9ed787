// Reads a question a line on standard input, a JSON object with the `schema` and the `text` of a rule file, and perhaps
// the `line` and `column` (from 0) where completion is asked for; answers, a line each, what the real YAML language
// server says: {"problems": [{"line", "column", "message"}], "proposed": […]}. Its folder of packages is the argument.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.argv[2] + "/package.json"));
const { getLanguageService, TextDocument } = require("yaml-language-server");

let rank = 0; // of the file: the server remembers what it has read under a name
const service = getLanguageService({
  schemaRequestService: () => Promise.reject("no network"),
  workspaceContext: { resolveRelativePath: (path) => path },
  clientCapabilities: { textDocument: { completion: { completionItem: {} } } },
});

for await (const line of createInterface({ input: process.stdin })) {
  const { schema, text, ...place } = JSON.parse(line);
  const uri = `file:///${rank++}.yaml`;
  const schemas = [{ uri: `file:///${rank}.schema.json`, fileMatch: [uri], schema }];
  service.configure({ validate: true, completion: true, schemas });
  const document = TextDocument.create(uri, "yaml", 0, text);
  const found = await service.doValidation(document, false);
  const problems = found.map(({ message, range }) => ({
    line: range.start.line,
    column: range.start.character,
    message,
  }));
  const asked = "line" in place;
  const items = asked ? (await service.doComplete(document, { line: place.line, character: place.column }, false)).items : [];
  console.log(JSON.stringify({ problems, proposed: items.map((item) => item.label) }));
}
