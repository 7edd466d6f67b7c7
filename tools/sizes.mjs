// Prints the size of every published file, and fails when a first visit, the whole program or a chapter weighs more than
// it may.
// `docs/size.md` says what a first visit is, and what was found to matter.
//
// usage: node tools/sizes.mjs dist

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

// Bytes of brotli.
const FIRST_VISIT = 160_000;
const PROGRAM = 230_000;
const CHAPTER = 2_000;

const dist = process.argv[2];
const isChapter = (name) => name.startsWith("lessons");
const isLater = (name) => name.startsWith("rest-") || isChapter(name);
const rows = readdirSync(dist, { recursive: true })
  .filter((name) => statSync(join(dist, name)).isFile())
  .map((name) => {
    const file = readFileSync(join(dist, name));
    return [name, file.length, gzipSync(file, { level: 9 }).length, brotliCompressSync(file).length];
  });
const sum = (name, rows) => [name, ...[1, 2, 3].map((column) => rows.reduce((total, row) => total + row[column], 0))];
const first = sum("a first visit", rows.filter(([name]) => !isLater(name)));
const program = sum("the whole program", rows.filter(([name]) => !isChapter(name)));
const chapters = rows.filter(([name]) => isChapter(name));
const all = sum("all of it", rows);

const byTime = ([one], [other]) => isLater(one) - isLater(other) || (one < other ? -1 : 1);
const table = [["bytes", "raw", "gzip", "brotli"], ...rows.sort(byTime), first, program, all];
for (const [name, ...sizes] of table) console.log(name.padEnd(34), ...sizes.map((size) => String(size).padStart(9)));

for (const [rows, budget] of [[[first], FIRST_VISIT], [[program], PROGRAM], [chapters, CHAPTER]]) {
  const [name, , , size] = rows.reduce((most, row) => (row[3] > most[3] ? row : most));
  const verdict = size <= budget ? "within its budget" : "OVER ITS BUDGET";
  console.log(`${name} is ${verdict}: ${(size / 1000).toFixed(1)} KB of ${budget / 1000} KB brotli`);
  if (size > budget) process.exitCode = 1;
}
