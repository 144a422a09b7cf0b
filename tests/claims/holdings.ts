/**
 * What this process holds of the kernel.
 *
 * @module
 */

import { fdLinks } from "./fd_links.ts";
import { bufferMappings } from "./mappings.ts";

/** Descriptors and mappings of buffers that this process has, by kind. */
export function holdings(): Record<string, number> {
  const kinds = [...fdLinks().values()]
    .filter((kind) => /bpf|btf|perf_event|eventpoll|eventfd/.test(kind));
  const counts: Record<string, number> = { mappings: bufferMappings().length };
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
