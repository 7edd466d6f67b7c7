// Gives the functions that a wasm module imports short names, here and in the script that provides them. Their own
// names (`__wbg_addEventListener_2a8f1b…`) are long and hardly compress, and nobody reads them.

/** The wasm with short import names, and the script that goes with it. */
export function shortenImports(wasm, script) {
  const names = new Map();
  const short = (name) => {
    if (!names.has(name)) names.set(name, `i${names.size.toString(36)}`);
    return names.get(name);
  };
  const parts = [wasm.subarray(0, 8)];
  for (let at = 8; at < wasm.length; ) {
    const id = wasm[at];
    const [size, begin] = number(wasm, at + 1);
    const body = wasm.subarray(begin, begin + size);
    const section = id === IMPORTS ? renamed(body, short) : body;
    parts.push(Buffer.from([id, ...encoded(section.length)]), section);
    at = begin + size;
  }
  for (const [long, brief] of names) {
    script = script.replaceAll(JSON.stringify(long), `"${brief}"`);
    if (/^\w+$/.test(long)) script = script.replace(new RegExp(`\\b${long}\\b`, "g"), brief);
  }
  return { wasm: Buffer.concat(parts), script };
}

// https://webassembly.github.io/spec/core/binary/modules.html#import-section
const IMPORTS = 2;
const FUNCTION = 0;

function renamed(body, short) {
  let [count, at] = number(body, 0);
  const out = [...encoded(count)];
  const name = () => {
    const [length, begin] = number(body, at);
    at = begin + length;
    const brief = Buffer.from(short(body.subarray(begin, at).toString()));
    out.push(...encoded(brief.length), ...brief);
  };
  while (count-- > 0) {
    name();
    name();
    if (body[at] !== FUNCTION) throw new Error("imports: the page's wasm imports something that is not a function");
    const [, end] = number(body, at + 1);
    out.push(...body.subarray(at, end));
    at = end;
  }
  return Buffer.from(out);
}

/** A LEB128 number at `at`, and where it ends. */
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

function encoded(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest ? 0x80 : 0));
    value = rest;
  } while (value);
  return bytes;
}
