/**
 * What the events of a stream look like: by the BTF inside the object, by bytes,
 * or by the caller's own function.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { BpfObject } from "../ffi/object.ts";
import { Btf } from "./btf.ts";
import { eventDecoder, eventViewer, stampOffset } from "./decode.ts";
import type { EventShape, Make } from "./lane.ts";
import type { Decode, ReadOptions } from "./options.ts";
import type { Stream } from "./stream.ts";

/** How events are wanted. */
export interface Wish extends ReadOptions {
  readonly decode?: "object" | "view" | "bytes" | Decode<unknown>;
}

/** The shape of a stream's events. */
export function eventShape(
  object: BpfObject,
  stream: Stream,
  wish: Wish,
): EventShape<unknown> {
  const { name, scratch } = stream;
  const bytes = object.btf();
  const btf = bytes && Btf.parse(bytes);
  const stampAt = btf && stampOffset(btf, scratch.valueType);
  if (wish.order === "timestamp" && stampAt === undefined) {
    throw new BpfError(`order the events of stream "${name}" by time`, {
      cause: "their type has no member of struct ringside_stamp",
      remedy: "give it one named stamp, and use ringside_reserve_stamped()",
    });
  }
  const make = makeOf(object, btf, stream, wish);
  const raw = wish.decode === "bytes";
  const lends = raw || wish.decode === "view";
  return { name, size: scratch.valueSize, stampAt, lends, raw, make };
}

function makeOf(
  object: BpfObject,
  btf: Btf | undefined,
  { name, scratch }: Stream,
  { decode = "object", int64 = "bigint" }: Wish,
): Make<unknown> {
  const { valueSize: size } = scratch;
  if (typeof decode === "function") {
    return (sample) => decode(sample.head(size), name);
  }
  if (decode === "bytes") {
    return (sample, loan) =>
      loan === undefined ? sample.head(size) : sample.head(size).keep(loan);
  }
  if (btf === undefined) {
    throw new BpfError(`decode the events of "${object.path}"`, {
      cause: "it carries no BTF",
      remedy: "build it with clang -g",
    });
  }
  if (decode === "view") return eventViewer(btf, scratch.valueType, { int64 });
  const read = eventDecoder(btf, scratch.valueType, { int64 });
  return (sample) => sample.read(read);
}
