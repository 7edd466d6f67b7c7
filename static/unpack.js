// Puts a wasm module together again that tools/pack.mjs took apart for the way. All functions' instructions are in one
// stream, and the numbers behind them in others, each kind with its own: a compressor that finds like beside like saves
// a tenth more. https://webassembly.github.io/spec/core/binary/instructions.html

/** The streams. What is outside of functions is in the first, as it was. */
export const [REST, CODE, LOCALS, BLOCK, LABEL, CALL, LOCAL, OFFSET, CONST, ADDRESS, LONG, FLOAT, MISC] = Array(13).keys();

/** The instructions that load and store, and how their memory is aligned unless it is said otherwise. */
export const [FIRST_ACCESS, LAST_ACCESS] = [0x28, 0x3e];
const ALIGNED = "23230011001122232301012";

/** Stands for `i32.const` of an address. */
export const I32_ADDRESS = 0xff;

/** The custom section that holds the streams. */
export const SECTION = "parts";

/** By the byte in the stream of instructions: the instruction and its alignment. Beyond the usual ones come `others`. */
export const accesses = (others) =>
  new Map([...[...ALIGNED].map((align, nth) => [FIRST_ACCESS + nth, [FIRST_ACCESS + nth, +align]]), ...others]);

/**
 * Copies a function from one form to the other. `instruction()` copies the next one and tells which it is; `number(s)`
 * copies a number that belongs to stream `s`, and tells it; `byte(s)` a byte.
 */
export function copyFunction(instruction, number, byte) {
  for (let groups = number(LOCALS); groups-- > 0; number(LOCALS)) number(LOCALS);
  for (let depth = 1; depth > 0; ) {
    const op = instruction();
    if (op >= 0x02 && op <= 0x04) depth++, number(BLOCK);
    else if (op === 0x0b) depth--;
    else if (op === 0x0c || op === 0x0d) number(LABEL);
    else if (op === 0x0e) for (let labels = number(MISC); labels-- >= 0; ) number(LABEL);
    else if (op === 0x10) number(CALL);
    else if (op === 0x11) number(MISC), number(MISC);
    else if (op === 0x1c) for (let types = number(MISC); types-- > 0; ) number(MISC);
    else if (op >= 0x20 && op <= 0x22) number(LOCAL);
    else if (op >= FIRST_ACCESS && op <= LAST_ACCESS) number(OFFSET);
    else if (op === 0x41) number(CONST);
    else if (op === I32_ADDRESS) number(ADDRESS);
    else if (op === 0x42) number(LONG);
    else if (op === 0x43 || op === 0x44) for (let bytes = op === 0x43 ? 4 : 8; bytes-- > 0; ) byte(FLOAT);
    else if (op === 0xfc) for (let numbers = +"000000002121212111"[number(CODE)]; numbers-- > 0; ) number(MISC);
    else if ((op >= 0x23 && op <= 0x26) || op === 0x3f || op === 0x40 || op === 0xd0 || op === 0xd2) number(MISC);
  }
}

/** The module as it was; one that was not taken apart is left alone. */
export function unpack(bytes) {
  let at = 8;
  const header = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  const end = bytes[at++] === 0 && header() + at;
  const name = end && String.fromCharCode(...bytes.subarray(at + 1, (at += 1 + SECTION.length)));
  if (end !== bytes.length || name !== SECTION) return bytes;

  const [size, before, functions] = [header(), header(), header()];
  const others = Array.from({ length: header() }, () => [header(), [header(), header()]]);
  const streams = Array.from({ length: MISC + 1 }, header).map((length) => bytes.subarray(at, (at += length)));
  const places = streams.map(() => 0);
  const align = new Int8Array(256).fill(-1);
  const real = Uint8Array.from(align, (_, code) => code);
  for (const [code, access] of accesses(others)) [real[code], align[code]] = access;

  const whole = new Uint8Array(size + 10);
  let to = 0;
  const byte = (stream) => (whole[to++] = streams[stream][places[stream]++]);
  const number = (stream) => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const next = byte(stream);
      value |= (next & 127) << shift;
      if (next < 128) return value;
    }
  };
  const instruction = () => {
    const code = streams[CODE][places[CODE]++];
    whole[to++] = code === I32_ADDRESS ? 0x41 : real[code];
    if (align[code] >= 0) whole[to++] = align[code];
    return real[code];
  };
  // A length is known only when what it is the length of is there: a gap is left for it, and closed.
  const sized = (fill) => {
    const begin = to;
    to += 5;
    fill();
    const end = to;
    let length = end - begin - 5;
    for (to = begin; length > 127; length >>>= 7) whole[to++] = (length & 127) | 128;
    whole[to++] = length;
    whole.copyWithin(to, begin + 5, end);
    to += end - begin - 5;
  };
  const rest = (length) => {
    while (length-- > 0) byte(REST);
  };

  rest(before);
  sized(() => {
    number(LOCALS);
    for (let count = functions; count-- > 0; ) sized(() => copyFunction(instruction, number, byte));
  });
  rest(streams[REST].length - before);
  return whole.subarray(0, to);
}
