// Prints the size of every published file, and fails when a part of the site is larger than it may be.
//
// usage: node tools/sizes.mjs dist

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

// Bytes of brotli.
const FIRST_VISIT = 625_000; // what the first page needs
const WORKER = 250_000; // what searches and judges, fetched when it is started
const CHAPTER = 3_000; // of one language
const WORDS = 30_000; // the glossary, or the words of the page

const dist = process.argv[2];
const rows = readdirSync(dist, { recursive: true })
  .filter((name) => statSync(join(dist, name)).isFile())
  .sort()
  .map((name) => {
    const file = readFileSync(join(dist, name));
    return [name, file.length, gzipSync(file, { level: 9 }).length, brotliCompressSync(file).length];
  });
const sum = (name, rows) => [name, ...[1, 2, 3].map((column) => rows.reduce((total, row) => total + row[column], 0))];
const chapters = rows.filter(([name]) => /^lessons.*\.md$/.test(name));
const words = rows.filter(([name]) => /^lessons.*\.txt$/.test(name));
const worker = sum("the worker", rows.filter(([name]) => name.startsWith("worker")));
const isFirst = ([name]) => /^(index\.html|raftarium-)/.test(name);
const first = sum("the first visit", rows.filter(isFirst));

const table = [["bytes", "raw", "gzip", "brotli"], ...rows, first, worker, sum("all of it", rows)];
for (const [name, ...sizes] of table) console.log(name.padEnd(42), ...sizes.map((size) => String(size).padStart(9)));

for (const [rows, budget] of [[[first], FIRST_VISIT], [[worker], WORKER], [chapters, CHAPTER], [words, WORDS]]) {
  const [name, , , size] = rows.reduce((most, row) => (row[3] > most[3] ? row : most));
  const verdict = size <= budget ? "within its budget" : "OVER ITS BUDGET";
  console.log(`${name} is ${verdict}: ${(size / 1000).toFixed(1)} KB of ${budget / 1000} KB brotli`);
  if (size > budget) process.exitCode = 1;
}
