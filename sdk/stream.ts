/**
 * The maps and programs that RINGSIDE_EVENTS() and RINGSIDE() make.
 *
 * @module
 */

import { overwriteFlag, pageSize } from "../ffi/bpf_syscall.ts";
import { possibleCpus } from "../ffi/cpu.ts";
import { BpfError } from "../ffi/error.ts";
import type { BpfMap } from "../ffi/map.ts";
import type { BpfObject } from "../ffi/object.ts";
import { ringSize } from "../ffi/ring_size.ts";
import type { OpenOptions } from "./options.ts";
import type { Channel } from "./port.ts";
import type { Transport } from "./transport.ts";

/** One stream of an object: its two transports, its account, its event's type. */
export interface Stream {
  readonly name: string;
  /** The ring, or the array of rings. */
  readonly ring: BpfMap;
  /** Whether there is a ring for each CPU. */
  readonly perCpu: boolean;
  readonly perf: BpfMap;
  /** Its value has the event's type. */
  readonly scratch: BpfMap;
  readonly count: BpfMap;
}

/** Every stream has these maps, under its name and theirs; and a ring, or rings. */
const parts = ["perf", "scratch", "count"] as const;

/** Every stream that RINGSIDE_EVENTS() or RINGSIDE_EVENTS_PER_CPU() declared. */
export function streamsOf(object: BpfObject): Stream[] {
  return [...object.maps.values()].flatMap((ring) => {
    const [, name, plural] = /^(.+)_ring(s?)$/.exec(ring.name) ?? [];
    if (name === undefined) return [];
    if (!parts.every((part) => object.maps.has(`${name}_${part}`))) return [];
    return [{
      ...{ name, ring, perCpu: plural === "s" },
      perf: object.map(`${name}_perf`),
      scratch: object.map(`${name}_scratch`),
      count: object.map(`${name}_count`),
    }];
  });
}

/** The stream of that name, or the only one there is. */
export function findStream(object: BpfObject, name?: string): Stream {
  const all = streamsOf(object);
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
      : "name one by the option stream, or open all by openStreams()",
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
  for (const stream of streamsOf(object)) {
    stream[loser].autocreate = false;
    if (transport === "ring") stream.scratch.autocreate = false;
  }
}

/** Before load: gives a stream's rings the size and the mode that are asked for. */
export function setRings(stream: Stream, options: OpenOptions): void {
  const { ring, perCpu } = stream;
  const one = ring.innerMap ?? ring;
  if (perCpu) ring.maxEntries = possibleCpus();
  one.maxEntries = ringSize(options.ringBytes ?? one.maxEntries, pageSize());
  if (options.overwrite) one.flags = overwriteFlag;
}

/** After load: what leads the stream's events here. */
export function channelOf(stream: Stream, transport: Transport): Channel {
  const { name, ring, perCpu, count } = stream;
  const { maxEntries } = ring.innerMap ?? ring;
  return {
    name,
    kind: transport === "perf" ? "perf" : perCpu ? "rings" : "ring",
    fd: stream[transport].fd,
    ...{ countFd: count.fd, countBytes: count.valueSize },
    ringBytes: transport === "perf" ? 0 : ringSize(maxEntries, pageSize()),
  };
}

/**
 * An event that no empty buffer has room for is an error before the first one
 * is lost: 16 bytes of a ring stay free of payload, and of a perf buffer the 12
 * bytes of the record's head and the byte that tells full from empty.
 */
export function requireRoom(
  stream: Stream,
  channel: Channel,
  pages: number,
): void {
  const perf = channel.kind === "perf";
  const event = stream.scratch.valueSize;
  const bytes = perf ? pages * pageSize() : channel.ringBytes;
  const least = perf ? 8 * Math.ceil((event + 12) / 8) + 1 : event + 16;
  if (least <= bytes) return;
  throw new BpfError(`read stream "${stream.name}"`, {
    cause: `an event of ${event} bytes never fits a buffer of ${bytes}`,
    remedy: `ask for more by the option ${perf ? "perfPages" : "ringBytes"}`,
  });
}
