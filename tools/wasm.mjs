// Reads and writes the sections of a wasm module.
// https://webassembly.github.io/spec/core/binary/modules.html

export const [CUSTOM, TYPES, IMPORTS, FUNCTIONS, TABLES, MEMORY, GLOBALS, EXPORTS, START, ELEMENTS, CODE, DATA, DATA_COUNT] =
  Array(13).keys();

/** What an import or an export may be. */
export const [FUNCTION, TABLE, MEM, GLOBAL] = Array(4).keys();

const HEADER = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** The sections in their order: `{ id, body }`. */
export function sections(wasm) {
  const all = [];
  const reader = new Reader(wasm, HEADER.length);
  while (!reader.done) all.push({ id: reader.byte(), body: reader.bytes(reader.number()) });
  return all;
}

/** The module of these sections. */
export function assemble(sections) {
  return Buffer.concat([HEADER, ...sections.flatMap(({ id, body }) => [Buffer.from([id]), sized(body)])]);
}

/** Takes one thing after the other out of bytes. */
export class Reader {
  constructor(bytes, at = 0) {
    this.all = bytes;
    this.at = at;
  }
  get done() {
    return this.at >= this.all.length;
  }
  byte() {
    return this.all[this.at++];
  }
  bytes(length) {
    return this.all.subarray(this.at, (this.at += length));
  }
  /** An unsigned number. */
  number() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
  /** Goes over a signed number. */
  signed() {
    while (this.byte() >= 128);
    return true;
  }
  text() {
    return this.bytes(this.number()).toString();
  }
  /** A list: its length, then what `item` reads. */
  list(item) {
    return Array.from({ length: this.number() }, item);
  }
  /** The bytes that `read` goes over. */
  span(read) {
    const begin = this.at;
    read();
    return this.all.subarray(begin, this.at);
  }
}

/** An unsigned number as bytes. */
export function encoded(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest ? 128 : 0));
    value = rest;
  } while (value);
  return bytes;
}

/** A signed number, not below zero, as bytes. */
export function signed(value) {
  const bytes = [];
  for (; value > 63; value >>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/** Bytes, and how many there are before them. */
export const sized = (bytes) => Buffer.concat([Buffer.from(encoded(bytes.length)), Buffer.from(bytes)]);

/** A list of items that are bytes each. */
export const list = (items) => Buffer.concat([Buffer.from(encoded(items.length)), ...items.map((item) => Buffer.from(item))]);

/** A text as bytes, and how many there are before them. */
export const text = (string) => sized(Buffer.from(string));
