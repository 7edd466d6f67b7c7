// Takes the page's wasm apart into what a first visit runs and the rest, which is fetched when the visitor touches
// something. The program knows nothing of it: in the first part, a function of the rest is one that has the rest
// loaded and then calls it through the table. `static/rest.js` does the loading; `tools/rest.txt` says what is the rest.

import { copyFunction, CALL } from "../static/unpack.js";
import * as wasm from "./wasm.mjs";

/** The module that the first part imports `load` from, and the rest everything that it uses of the first. */
const REST = "rest";

const REF_FUNC = 0xd2;

/**
 * The two modules. `belongs(nth)` says of a function, by its number in the wasm given, whether it is of the rest. What
 * is exported may be of either: the names of exports stay as they are.
 */
export function split(bytes, belongs) {
  const module = read(bytes);
  const imported = module.imports.length;
  const moved = module.functions.map((_, nth) => nth + imported).filter(belongs);
  const slots = new Map(moved.map((nth, place) => [nth, module.tables[0].size + place]));
  const shared = new Map(); // functions of the first part that the rest calls, and their names
  const rest = restOf(module, moved, slots, shared);
  return [firstOf(module, slots, shared), rest];
}

/** What splitting needs to know of a module. */
function read(bytes) {
  const sections = wasm.sections(bytes);
  const body = (id) => new wasm.Reader(sections.find((section) => section.id === id)?.body ?? Buffer.from([0]));
  const types = body(wasm.TYPES);
  const imports = body(wasm.IMPORTS);
  const functions = body(wasm.FUNCTIONS);
  const tables = body(wasm.TABLES);
  const globals = body(wasm.GLOBALS);
  const code = body(wasm.CODE);
  return {
    sections,
    types: types.list(() => {
      types.byte();
      return { parameters: types.list(() => types.byte()), results: types.list(() => types.byte()) };
    }),
    imports: imports.list(() => [imports.text(), imports.text(), imports.byte(), imports.number()]),
    functions: functions.list(() => functions.number()),
    tables: tables.list(() => {
      const [type, bounded, size] = [tables.byte(), tables.byte(), tables.number()];
      return { type, size, limit: bounded ? tables.number() : undefined };
    }),
    globals: globals.list(() => {
      const [type, mutable] = [globals.byte(), globals.byte()];
      const initial = globals.span(() => globals.byte() === 0x41 && globals.signed() && globals.byte());
      return { type, mutable, initial };
    }),
    code: code.list(() => code.bytes(code.number())),
  };
}

/** The first part: every function at its place, those of the rest by way of the table. */
function firstOf(module, slots, shared) {
  const nothing = module.types.findIndex(({ parameters, results }) => !parameters.length && !results.length);
  return rewritten(module, {
    type: nothing,
    more: slots.size,
    exports: (index) => [
      ...[...shared].map(([nth, name]) => export_(name, wasm.FUNCTION, index(nth))),
      ...common(module).map(({ name, kind, nth }) => export_(name, kind, nth)),
    ],
    body: (code, nth, load) => (slots.has(nth) ? caller(module, nth, load, slots.get(nth)) : code),
  });
}

/** The module given, of which every function first tells `load` its number: to see which ones a visit runs. */
export function record(bytes) {
  const module = read(bytes);
  const number = module.types.findIndex(({ parameters, results }) => String(parameters) === "127" && !results.length);
  const body = (code, nth, load) => {
    const locals = new wasm.Reader(code);
    const before = locals.span(() => locals.list(() => (locals.number(), locals.number())));
    return [...before, 0x41, ...wasm.signed(nth), 0x10, ...wasm.encoded(load), ...code.slice(before.length)];
  };
  return rewritten(module, { type: number, body });
}

/** A module that imports `load` too, which gets the number after its other imports: all functions are numbered anew. */
function rewritten(module, { type, more = 0, exports = () => [], body }) {
  const load = module.imports.length;
  const index = (nth) => (nth < load ? nth : nth + 1);
  const change = {
    [wasm.IMPORTS]: (old) => append(old, [[...wasm.text(REST), ...wasm.text("load"), wasm.FUNCTION, ...wasm.encoded(type)]]),
    [wasm.TABLES]: () =>
      wasm.list(
        module.tables.map(({ type, size, limit }, nth) => {
          const sizes = limit === undefined ? [size] : [size, limit];
          return [type, sizes.length - 1, ...sizes.flatMap((size) => wasm.encoded(nth === 0 ? size + more : size))];
        }),
      ),
    [wasm.EXPORTS]: (old) => {
      const reader = new wasm.Reader(old);
      const renumber = () => {
        const [name, kind, nth] = [reader.text(), reader.byte(), reader.number()];
        return export_(name, kind, kind === wasm.FUNCTION ? index(nth) : nth);
      };
      return wasm.list([...reader.list(renumber), ...exports(index)]);
    },
    [wasm.START]: () => {
      throw new Error("split: no start function is expected, wasm-bindgen calls one by name");
    },
    [wasm.ELEMENTS]: (old) => {
      const reader = new wasm.Reader(old);
      const renumber = () => {
        if (reader.number() !== 0) throw new Error("split: elements of a kind that is not known here");
        const offset = reader.span(() => (reader.byte(), reader.signed(), reader.byte()));
        return [0, ...offset, ...wasm.list(reader.list(() => wasm.encoded(index(reader.number()))))];
      };
      return wasm.list(reader.list(renumber));
    },
    [wasm.CODE]: () =>
      wasm.list(module.code.map((code, nth) => wasm.sized(body(renumbered(code, index), nth + load, load)))),
  };
  return wasm.assemble(module.sections.map(({ id, body }) => ({ id, body: change[id]?.(body) ?? body })));
}

/** A function that has the rest loaded, then calls the one at `slot` of the table with what it was given. */
function caller(module, nth, load, slot) {
  const type = module.functions[nth - module.imports.length];
  const given = module.types[type].parameters.flatMap((_, local) => [0x20, ...wasm.encoded(local)]);
  return [0, 0x10, ...wasm.encoded(load), ...given, 0x41, ...wasm.signed(slot), 0x11, ...wasm.encoded(type), 0, 0x0b];
}

/** The rest: imports what it uses, and puts itself into the table. */
function restOf(module, moved, slots, shared) {
  const imported = module.imports.length;
  const used = new Set();
  const note = (nth) => (slots.has(nth) || used.add(nth), nth);
  const bodies = moved.map((nth) => module.code[nth - imported]);
  for (const body of bodies) renumbered(body, note);

  const sources = [...used].sort((a, b) => a - b);
  const places = new Map([...sources, ...moved].map((nth, place) => [nth, place]));
  const typeOf = (nth) => (nth < imported ? module.imports[nth][3] : module.functions[nth - imported]);
  const imports = sources.map((nth) => {
    if (nth >= imported) shared.set(nth, `r${shared.size.toString(36)}`);
    const [from, name] = nth < imported ? module.imports[nth] : [REST, shared.get(nth)];
    return [...wasm.text(from), ...wasm.text(name), wasm.FUNCTION, ...wasm.encoded(typeOf(nth))];
  });
  const others = common(module).map(({ name, kind, type }) => [...wasm.text(REST), ...wasm.text(name), kind, ...type]);
  const elements = [0, 0x41, ...wasm.signed(slots.get(moved[0])), 0x0b, ...wasm.list(moved.map((nth) => wasm.encoded(places.get(nth))))];
  return wasm.assemble([
    { id: wasm.TYPES, body: module.sections.find(({ id }) => id === wasm.TYPES).body },
    { id: wasm.IMPORTS, body: wasm.list([...imports, ...others]) },
    { id: wasm.FUNCTIONS, body: wasm.list(moved.map((nth) => wasm.encoded(typeOf(nth)))) },
    { id: wasm.ELEMENTS, body: wasm.list([elements]) },
    { id: wasm.CODE, body: wasm.list(bodies.map((body) => wasm.sized(renumbered(body, (nth) => places.get(nth))))) },
  ]);
}

/** What both parts have in common beside functions, in the order of the numbers it has in both. */
function common({ tables, globals }) {
  return [
    ...tables.map(({ type, size }, nth) => ({ name: `t${nth}`, kind: wasm.TABLE, nth, type: [type, 0, ...wasm.encoded(size)] })),
    { name: "m", kind: wasm.MEM, nth: 0, type: [0, 0] },
    ...globals.map(({ type, mutable }, nth) => ({ name: `g${nth}`, kind: wasm.GLOBAL, nth, type: [type, mutable] })),
  ];
}

const export_ = (name, kind, nth) => [...wasm.text(name), kind, ...wasm.encoded(nth)];

/** A list, longer by some items. */
function append(body, items) {
  const reader = new wasm.Reader(body);
  const count = reader.number();
  return Buffer.concat([Buffer.from(wasm.encoded(count + items.length)), body.subarray(reader.at), ...items.map((item) => Buffer.from(item))]);
}

/** A function's body with the functions that it names numbered anew. */
function renumbered(body, index) {
  const reader = new wasm.Reader(body);
  const out = [];
  const copy = (read) => out.push(...reader.span(read));
  let op;
  const byte = () => copy(() => reader.byte());
  const number = (stream) => {
    let value;
    const span = reader.span(() => (value = reader.number()));
    if (stream === CALL || op === REF_FUNC) out.push(...wasm.encoded(index(value)));
    else out.push(...span);
    return value;
  };
  const instruction = () => {
    copy(() => (op = reader.byte()));
    if (op >= 0x28 && op <= 0x3e) copy(() => reader.number()); // how the memory is aligned
    return op;
  };
  copyFunction(instruction, number, byte);
  if (!reader.done) throw new Error("split: a function is not understood");
  return Buffer.from(out);
}

/** The beginnings of functions' names, by their numbers, as wasm-opt wrote them, without what changes with the compiler. */
export function names(symbols) {
  const plain = (name) => name.replaceAll(/\[[0-9a-f]{1,16}\]|::h[0-9a-f]{16}$/g, "").slice(0, 120);
  return symbols.trim().split("\n").map((line) => plain(line.slice(line.indexOf(":") + 1)));
}
