/**
 * The maps and programs that RINGSIDE_EVENTS() and RINGSIDE() make.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { BpfMap } from "../ffi/map.ts";
import type { BpfObject } from "../ffi/object.ts";
import type { Sample } from "../ffi/sample.ts";
import { Btf } from "./btf.ts";
import { eventDecoder } from "./decode.ts";
import type { Transport } from "./transport.ts";

/** One stream of an object: its two transports, its account, its event's type. */
export interface Stream {
  readonly name: string;
  readonly ring: BpfMap;
  readonly perf: BpfMap;
  /** Its value has the event's type. */
  readonly scratch: BpfMap;
  readonly count: BpfMap;
}

/** The stream of that name, or the only one there is. */
export function findStream(object: BpfObject, name?: string): Stream {
  const names = [...object.maps.keys()].filter((map) => map.endsWith("_count"))
    .map((map) => map.slice(0, -"_count".length));
  const [only, ...others] = name === undefined ? names : [name];
  if (only === undefined || others.length > 0 || !names.includes(only)) {
    throw new BpfError(`find the stream of events in "${object.path}"`, {
      cause: names.length === 0 ? "it has none" : `it has ${names.join(", ")}`,
      remedy: names.length === 0
        ? "declare one with RINGSIDE_EVENTS() of ringside.bpf.h"
        : "name one by the option stream",
    });
  }
  return {
    name: only,
    ring: object.map(`${only}_ring`),
    perf: object.map(`${only}_perf`),
    scratch: object.map(`${only}_scratch`),
    count: object.map(`${only}_count`),
  };
}

/** Before load: leaves out the programs and maps of the other transport. */
export function leaveOut(
  object: BpfObject,
  stream: Stream,
  transport: Transport,
): void {
  const loser = transport === "ring" ? "perf" : "ring";
  for (const program of object.programs.values()) {
    if (program.name.endsWith(`_${loser}`)) program.autoload = false;
  }
  stream[loser].autocreate = false;
  if (transport === "ring") stream.scratch.autocreate = false;
}

/**
 * What makes an event of a record: by the BTF inside the object, or a copy of
 * its bytes. A perf record is padded to round_up(n + 4, 8) - 4 bytes; the type
 * says how many of them count.
 */
export function streamDecoder<T>(
  object: BpfObject,
  stream: Stream,
  wish: "object" | "bytes",
): (sample: Sample) => T {
  const btf = object.btf();
  if (btf === undefined) {
    throw new BpfError(`decode the events of "${object.path}"`, {
      cause: "it carries no BTF",
      remedy: "build it with clang -g",
    });
  }
  const type = stream.scratch.valueType;
  const { size, decode } = eventDecoder(Btf.parse(btf), type);
  return (sample) => {
    if (sample.size < size) throw short(stream, sample.size, size);
    const value = wish === "bytes"
      ? sample.copy(size)
      : decode(sample.view(), 0);
    return value as T;
  };
}

function short(stream: Stream, had: number, wanted: number): BpfError {
  return new BpfError(`decode an event of stream "${stream.name}"`, {
    cause: `it has ${had} bytes, its type ${wanted}`,
    remedy: "hand ringside_submit() the type given to RINGSIDE_EVENTS()",
  });
}
