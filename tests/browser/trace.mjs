// Traces to try: healthy ones of any length, as another implementation would write them.

/** An election of n1, then one entry after another, each of which every server stores: as JSON Lines. */
export function longTrace(entries, servers = 2) {
  const names = Array.from({ length: servers }, (_, nth) => `n${nth + 1}`);
  const others = names.slice(1);
  const lines = [];
  const write = (line) => lines.push(JSON.stringify(line));
  const message = (t, f, to, more) => ({ t, f, to, term: 1, ...more });
  /** What n1 asked in its last line is answered by each of the others, and the answers are received. */
  const answered = (state, reply, received) => {
    const asked = lines.length;
    others.forEach((n, nth) => write({ e: "recv", n, src: [asked, nth + 1], s: state, out: [message(reply.t, n, "n1", reply.says)] }));
    others.forEach((_, nth) => write({ e: "recv", n: "n1", src: [asked + nth + 1, 1], s: received(nth + 2), out: [] }));
  };
  const majority = Math.floor(servers / 2) + 1;
  const votes = others.map((to) => message("RV", "n1", to, { li: 0, lt: 0 }));
  write({ e: "init", servers: names, changes: true });
  write({ e: "timeout", n: "n1", s: { term: 1, vote: "n1", role: "C" }, out: votes });
  answered({ term: 1, vote: "n1" }, { t: "RVR", says: { g: true } }, (count) => (count === majority ? { role: "L" } : {}));
  for (let index = 1; index <= entries; index++) {
    const es = [[1, `the entry number ${index} of many`]];
    const previous = { pi: index - 1, pt: index > 1 ? 1 : 0, es, c: index - 1 };
    const change = { "+": [index, es] };
    write({ e: "propose", n: "n1", s: change, out: others.map((to) => message("AE", "n1", to, previous)) });
    const stored = { t: "AER", says: { ok: true, mi: index } };
    answered({ ...change, commit: index - 1 }, stored, (count) => (count === majority ? { commit: index } : {}));
  }
  return `${lines.join("\n")}\n`;
}
