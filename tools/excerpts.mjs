// The lines of the core around each label that Figure 2 and the extensions have there (`src/view/rules/lines.rs`).
//
// A block for each: a line `label|file|line number`, the code as it stands, an empty line.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The most lines of an excerpt. */
const MOST_LINES = 18;

const NUMBERED =
  "AppendEntries|RequestVote|All servers|Followers|Candidates|Leaders|InstallSnapshot|Pre-Vote|CheckQuorum|ReadIndex|Membership|Transfer|Sessions";
const LABEL = new RegExp(`^\\s*//+ ((?:${NUMBERED}) \\d|Compaction|InstallSnapshot(?=, sender))(?=[ :,])(?:.*and (Sessions \\d))?`);
const indent = (line) => line.search(/\S/);
const isComment = (line) => /^\s*\/\//.test(line);

/** The comment that the label begins, and the code below it: to its end, or to the next comment beside it. */
function excerpt(lines, at) {
  const code = [];
  const own = indent(lines[at]);
  for (let i = at; i < lines.length && code.length < MOST_LINES; i += 1) {
    const line = lines[i];
    const begun = code.some((line) => !isComment(line));
    if (line.trim() === "" || indent(line) < own) break;
    if (begun && isComment(line) && indent(line) === own) break;
    code.push(line.slice(own));
  }
  return code.join("\n");
}

/** The labels that a line begins with. */
function labels(line) {
  const [, label, second] = line.match(LABEL) ?? [];
  return [label, second].filter(Boolean);
}

/** Every excerpt, as text. */
export function excerpts() {
  const names = readdirSync("src/raft", { recursive: true }).filter((name) => name.endsWith(".rs") && !name.endsWith("tests.rs"));
  const files = ["src/kv.rs", ...names.sort().map((name) => join("src/raft", name))];
  const blocks = files.flatMap((file) => {
    const lines = readFileSync(file).toString().split("\n");
    return lines.flatMap((line, i) =>
      labels(line).map((label) => `${label}|${file}|${i + 1}\n${excerpt(lines, i)}\n`),
    );
  });
  return blocks.join("\n");
}
