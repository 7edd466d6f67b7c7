// Gives the functions that a wasm module imports short names, here and in the script that provides them. Their own
// names (`__wbg_addEventListener_2a8f1b…`) are long and hardly compress, and nobody reads them.

import { FUNCTION, IMPORTS, Reader, assemble, encoded, list, sections, text } from "./wasm.mjs";

/** The wasm with short import names, and the script that goes with it. */
export function shortenImports(wasm, script) {
  const names = new Map();
  const short = (name) => {
    if (!names.has(name)) names.set(name, `i${names.size.toString(36)}`);
    return names.get(name);
  };
  const renamed = sections(wasm).map(({ id, body }) => ({ id, body: id === IMPORTS ? rename(body, short) : body }));
  for (const [long, brief] of names) {
    script = script.replaceAll(JSON.stringify(long), `"${brief}"`);
    if (/^\w+$/.test(long)) script = script.replace(new RegExp(`\\b${long}\\b`, "g"), brief);
  }
  return { wasm: assemble(renamed), script };
}

function rename(body, short) {
  const reader = new Reader(body);
  const name = () => text(short(reader.text()));
  return list(
    reader.list(() => {
      const import_ = [...name(), ...name(), reader.byte()];
      if (import_.at(-1) !== FUNCTION) throw new Error("imports: the page's wasm imports something that is not a function");
      return [...import_, ...encoded(reader.number())];
    }),
  );
}
