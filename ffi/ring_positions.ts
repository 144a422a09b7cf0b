/**
 * What libbpf's `struct ring` says of a ring buffer, from libbpf 1.3 on.
 *
 * @module
 */

import { libbpf, libraryPaths } from "./libbpf.ts";
import { openLibrary } from "./library.ts";
import type { BpfMap } from "./map.ts";
import { checkPointer } from "./result.ts";

/** Rows apart from those of libbpf.ts: the headers of libbpf before 1.3 lack all of them. */
const symbols = {
  /** struct ring * ring_buffer__ring(struct ring_buffer *rb, unsigned int idx); */
  ring_buffer__ring: {
    parameters: ["pointer", "u32"],
    result: "pointer",
    optional: true,
  },
  /** unsigned long ring__consumer_pos(const struct ring *r); */
  ring__consumer_pos: {
    parameters: ["pointer"],
    result: "u64",
    optional: true,
  },
  /** unsigned long ring__producer_pos(const struct ring *r); */
  ring__producer_pos: {
    parameters: ["pointer"],
    result: "u64",
    optional: true,
  },
  /** size_t ring__avail_data_size(const struct ring *r); */
  ring__avail_data_size: {
    parameters: ["pointer"],
    result: "usize",
    optional: true,
  },
  /** size_t ring__size(const struct ring *r); */
  ring__size: { parameters: ["pointer"], result: "usize", optional: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** A ring buffer as user space sees it, bytes. */
export interface RingPositions {
  readonly consumer: number;
  readonly producer: number;
  readonly available: number;
  readonly size: number;
}

/** What libbpf reads of a loaded ring; `undefined` where it has no ring__*. */
export function libbpfPositions(map: BpfMap): RingPositions | undefined {
  const c = openLibrary(
    { name: "libbpf", paths: libraryPaths(), remedy: "install libbpf" },
    symbols,
  );
  const { ring_buffer__ring: ringOf, ring__size: size } = c;
  const { ring__consumer_pos: consumer, ring__producer_pos: producer } = c;
  const available = c.ring__avail_data_size;
  if (!ringOf || !size || !consumer || !producer || !available) {
    return undefined;
  }
  const action = `open ring buffer "${map.name}"`;
  const reader = checkPointer(
    action,
    libbpf().ring_buffer__new(map.fd, null, null, null),
  );
  try {
    const ring = checkPointer(action, ringOf(reader, 0));
    return {
      consumer: Number(consumer(ring)),
      producer: Number(producer(ring)),
      available: Number(available(ring)),
      size: Number(size(ring)),
    };
  } finally {
    libbpf().ring_buffer__free(reader);
  }
}
