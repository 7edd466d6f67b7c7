// Prints the size of every published file, and by how much a first visit exceeds the budget. It fails when one would
// fetch more than the ceiling: what the page came to weigh when all of Raft moved in, never to be exceeded, to be
// lowered until it is the budget. `docs/size.md` has the story.
//
// usage: node tools/sizes.mjs dist

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const BUDGET = 160_000; // bytes of brotli, all files together
const CEILING = 187_000;

const dist = process.argv[2];
const files = readdirSync(dist, { recursive: true }).filter((name) => statSync(join(dist, name)).isFile());
const rows = files.sort().map((name) => {
  const file = readFileSync(join(dist, name));
  return [name, file.length, gzipSync(file, { level: 9 }).length, brotliCompressSync(file).length];
});
const sum = (column) => rows.reduce((total, row) => total + row[column], 0);
const total = ["a first visit", sum(1), sum(2), sum(3)];

for (const [name, ...sizes] of [["bytes", "raw", "gzip", "brotli"], ...rows, total]) {
  console.log(name.padEnd(34), ...sizes.map((size) => String(size).padStart(9)));
}
const used = `${(total[3] / 1000).toFixed(1)} KB of ${BUDGET / 1000} KB brotli`;
console.log(total[3] <= BUDGET ? `within the budget: ${used}` : `OVER THE BUDGET: ${used}, ceiling ${CEILING / 1000} KB`);
process.exitCode = total[3] <= CEILING ? 0 : 1;
