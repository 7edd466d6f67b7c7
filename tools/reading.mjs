// The pages that are only read: how Raftarium is proved, and what changed. They are made of the documents, so that no
// figure is written down twice.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Marked } from "marked";

const text = (name) => readFileSync(name, "utf8");

/** The section of a document below this heading, without the heading. */
function section(document, heading) {
  const [, rest] = document.split(`\n## ${heading}\n`);
  if (rest === undefined) throw new Error(`reading: there is no section "${heading}"`);
  return rest.split("\n## ")[0];
}

/** A document within another: each of its headings a level lower. */
const within = (name) => text(name).replace(/^#/gm, "##");

/** The version, and the commit and its date where git knows them. */
function build() {
  const version = text("Cargo.toml").match(/^version = "(.*)"/m)[1];
  try {
    const [commit, date] = execFileSync("git", ["log", "-1", "--format=%h %cs"], { encoding: "utf8" }).trim().split(" ");
    return `Version ${version}, commit ${commit} of ${date}.`;
  } catch {
    return `Version ${version}.`;
  }
}

let tables = 0;

const marked = new Marked({
  renderer: {
    // What a document links to beside it is not part of the site.
    link({ href, tokens }) {
      const words = this.parser.parseInline(tokens);
      return href.startsWith("https:") ? `<a href="${href}">${words}</a>` : words;
    },
    table(token) {
      const row = (cells, name) => `<tr>${cells.map((cell) => `<${name}>${this.parser.parseInline(cell.tokens)}</${name}>`).join("")}</tr>`;
      const [head, body] = [row(token.header, "th"), token.rows.map((cells) => row(cells, "td")).join("\n")];
      tables += 1;
      return `<div class="table" tabindex="0" role="region" aria-label="Table ${tables}"><table><thead>${head}</thead><tbody>${body}</tbody></table></div>\n`;
    },
  },
});

const ROOMS = [["Learn", "./"], ["Play", "./#/play"], ["Your Raft", "./#/your-raft"]];

/** A page with the head that `index.html` has, the same style, and no program. */
function page({ policy, css, icon, theme }, title, description, body) {
  const rooms = ROOMS.map(([name, href]) => `<a class="plain" href="${href}">${name}</a>`).join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Raftarium</title>
<meta name="description" content="${description}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${icon}" type="image/svg+xml">
<link rel="stylesheet" href="./${css}">
<script type="module" src="./${theme}"></script>
</head>
<body>
<div class="app reading-room">
<header class="topbar"><a class="brand" href="./">Raftarium</a><nav class="rooms" aria-label="Rooms">${rooms}</nav></header>
<main class="document">
${body}
</main>
</div>
</body>
</html>
`;
}

/** Every such page, by its file's name. */
export function readings(parts) {
  const proof = [
    "# How it is proved",
    `${build()} The figures below are those of the documents in the source.`,
    section(text("README.md"), "How it is proved"),
    ...["docs/proof.md", "docs/exploration.md", "docs/mutants.md"].map(within),
  ];
  const changes = text("CHANGELOG.md");
  return {
    "proof.html": page(parts, "How it is proved", "Who checks Raftarium's Raft, and what they found.", marked.parse(proof.join("\n\n"))),
    "changes.html": page(parts, "What changed", "What is new in Raftarium.", marked.parse(changes)),
  };
}
