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

/** The maps of a stream are its name with these behind it. */
const parts = ["ring", "perf", "scratch", "count"] as const;

/** Every stream that RINGSIDE_EVENTS() declared: all four maps are there. */
function streams(object: BpfObject): Stream[] {
  return [...object.maps.keys()].filter((map) => map.endsWith("_ring"))
    .map((map) => map.slice(0, -"_ring".length))
    .filter((name) => parts.every((part) => object.maps.has(`${name}_${part}`)))
    .map((name) => ({
      name,
      ring: object.map(`${name}_ring`),
      perf: object.map(`${name}_perf`),
      scratch: object.map(`${name}_scratch`),
      count: object.map(`${name}_count`),
    }));
}

/** The stream of that name, or the only one there is. */
export function findStream(object: BpfObject, name?: string): Stream {
  const all = streams(object);
  const [found, ...others] = name === undefined
    ? all
    : all.filter((stream) => stream.name === name);
  if (found !== undefined && others.length === 0) return found;
  const names = all.map((stream) => stream.name).join(", ");
  const wanted = name === undefined ? "the stream" : `stream "${name}"`;
  throw new BpfError(`find ${wanted} of events in "${object.path}"`, {
    cause: `it has ${names || "none"}`,
    remedy: names === ""
      ? "declare one with RINGSIDE_EVENTS() of ringside.bpf.h"
      : "name one by the option stream",
  });
}

/**
 * Before load: leaves out the programs that RINGSIDE() made for the other
 * transport, and every stream's maps for it.
 */
export function leaveOut(object: BpfObject, transport: Transport): void {
  const loser = transport === "ring" ? "perf" : "ring";
  for (const program of object.programs.values()) {
    const sibling = program.name.replace(/_(ring|perf)$/, `_${transport}`);
    const pair = program.name.endsWith(`_${loser}`) &&
      object.programs.has(sibling);
    if (pair) program.autoload = false;
  }
  for (const stream of streams(object)) {
    stream[loser].autocreate = false;
    if (transport === "ring") stream.scratch.autocreate = false;
  }
}

/**
 * What makes an event of a record: by the BTF inside the object, or a copy of
 * its bytes. A perf record is padded to round_up(n + 4, 8) - 4 bytes; the size
 * of the event's type says how many of them count.
 */
export function streamDecoder<T>(
  object: BpfObject,
  stream: Stream,
  wish: "object" | "bytes",
): (sample: Sample) => T {
  const size = stream.scratch.valueSize;
  const make = wish === "bytes"
    ? (sample: Sample): unknown => sample.copy(size)
    : btfDecoder(object, stream);
  return (sample) => {
    if (sample.size < size) throw short(stream, sample.size, size);
    return make(sample) as T;
  };
}

function btfDecoder(
  object: BpfObject,
  stream: Stream,
): (sample: Sample) => unknown {
  const btf = object.btf();
  if (btf === undefined) {
    throw new BpfError(`decode the events of "${object.path}"`, {
      cause: "it carries no BTF",
      remedy: "build it with clang -g",
    });
  }
  const decode = eventDecoder(Btf.parse(btf), stream.scratch.valueType);
  return (sample) => sample.read(decode);
}

function short(stream: Stream, had: number, wanted: number): BpfError {
  return new BpfError(`decode an event of stream "${stream.name}"`, {
    cause: `it has ${had} bytes, its type ${wanted}`,
    remedy: "hand ringside_submit() the type given to RINGSIDE_EVENTS()",
  });
}
