// Takes a wasm module apart for the way to the reader, who puts it together again: see static/unpack.js.

import * as parts from "../static/unpack.js";
import { CODE, CUSTOM, assemble, encoded, text } from "./wasm.mjs";

/** A module that holds nothing but the streams of the one given. */
export function pack(wasm) {
  let at = 8;
  const streams = Array.from({ length: parts.MISC + 1 }, () => []);
  const byte = (stream) => {
    streams[stream].push(wasm[at]);
    return wasm[at++];
  };
  const number = (stream) => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const next = stream === undefined ? wasm[at++] : byte(stream);
      value |= (next & 127) << shift;
      if (next < 128) return value;
    }
  };

  const usual = new Map([...parts.accesses([])].map(([code, access]) => [access.join(), code]));
  const others = [];
  const instruction = () => {
    const op = wasm[at++];
    if (op >= parts.FIRST_ACCESS && op <= parts.LAST_ACCESS) {
      const access = [op, number()];
      if (!usual.has(access.join())) {
        const code = 0xd3 + others.length; // nothing between here and 0xfc is an instruction
        if (code >= 0xfc) throw new Error("pack: too many alignments");
        others.push([code, access]);
        usual.set(access.join(), code);
      }
      streams[parts.CODE].push(usual.get(access.join()));
      return op;
    }
    const code = op === 0x41 && isAddress(wasm, at) ? parts.I32_ADDRESS : op;
    streams[parts.CODE].push(code);
    return code;
  };

  let before = 0;
  let functions = 0;
  at = 0;
  for (let length = 8; length-- > 0; ) byte(parts.REST);
  while (at < wasm.length) {
    const id = byte(parts.REST);
    if (id !== CODE) {
      for (let length = number(parts.REST); length-- > 0; ) byte(parts.REST);
      continue;
    }
    before = streams[parts.REST].length;
    number(); // its length
    functions = number(parts.LOCALS);
    for (let count = functions; count-- > 0; ) {
      const end = number() + at;
      parts.copyFunction(instruction, number, byte);
      if (at !== end) throw new Error(`pack: a function is not understood, before byte ${end} of the wasm`);
    }
  }

  const header = [wasm.length, before, functions, others.length, ...others.flat(2), ...streams.map((stream) => stream.length)];
  const body = [text(parts.SECTION), Buffer.from(header.flatMap(encoded)), ...streams.map((stream) => Buffer.from(stream))];
  return assemble([{ id: CUSTOM, body: Buffer.concat(body) }]);
}

/** Constants this large are addresses of what the module holds: its memory begins with a megabyte of stack. */
function isAddress(wasm, at) {
  return (wasm[at] & wasm[at + 1] & wasm[at + 2]) >= 128 && wasm[at + 3] < 64;
}
