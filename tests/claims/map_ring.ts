/**
 * A ring of a loaded object, mapped by ffi/mapped_ring.ts, which mod.ts does not
 * hand on.
 *
 * @module
 */

import { MappedRing } from "../../ffi/mapped_ring.ts";
import type { BpfMap } from "../../mod.ts";

/** Maps the ring; the object has to stay open. */
export function mapRing(map: BpfMap): MappedRing {
  const { fd, name, maxEntries } = map;
  return new MappedRing({ fd, size: maxEntries, name });
}
