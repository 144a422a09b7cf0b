/**
 * The maps and programs that RINGSIDE_EVENTS() and RINGSIDE() make.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { BpfMap } from "../ffi/map.ts";
import type { BpfObject } from "../ffi/object.ts";
import { Btf } from "./btf.ts";
import { type EventDecoder, eventDecoder } from "./decode.ts";
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

/** The decoder of the stream's events, from the BTF inside the object. */
export function streamDecoder(object: BpfObject, stream: Stream): EventDecoder {
  const btf = object.btf();
  if (btf === undefined) {
    throw new BpfError(`decode the events of "${object.path}"`, {
      cause: "it carries no BTF",
      remedy: "build it with clang -g",
    });
  }
  return eventDecoder(Btf.parse(btf), stream.scratch.valueType);
}
