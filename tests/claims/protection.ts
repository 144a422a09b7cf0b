/**
 * S6: who may map what of a ring.
 *
 * The question is ffi/try_mapping.ts', which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { tryMapping } from "../../ffi/try_mapping.ts";
import { Absent, type Claim, claim, type Json } from "../claim.ts";
import { RawRing } from "./raw_ring.ts";

const { EACCES, EINVAL, EPERM } = constants.errno;

/** S6. */
export const protection: readonly Claim[] = [
  claim({
    id: "S6",
    title:
      "Producer and data pages cannot be mapped writable (5.13 and stable points), the consumer page can; private mappings are refused",
    source:
      '04ea3086c4d7 ("bpf: Prevent writable memory-mapping of read-only ringbuf pages"), Linux 5.13',
    since: "5.13",
    needs: "ring",
    prove: (lab) => {
      using ring = RawRing.open(lab);
      const { fd } = ring.object.map("ring");
      const [page, whole] = [pageSize(), 2 * pageSize() + 2 * ring.size];
      const write = { fd, writable: "at once" } as const;
      const errnos = {
        allRead: tryMapping({ fd, length: whole }),
        consumerWrite: tryMapping({ ...write, length: page }),
        producerWrite: tryMapping({ ...write, length: page, offset: page }),
        dataWrite: tryMapping({ ...write, length: page, offset: 2 * page }),
        bothPositionsWrite: tryMapping({ ...write, length: 2 * page }),
        tooLong: tryMapping({ fd, length: whole + page }),
        privateRead: tryMapping({ fd, length: page, private: true }),
        privateWrite: tryMapping({ ...write, length: page, private: true }),
        producerLater: tryMapping({
          ...{ fd, length: page, offset: page, writable: "later" },
        }),
      };
      lab.evidence({ errnos });
      const { producerWrite, dataWrite, ...others } = errnos;
      assert.deepEqual(others, expected(producerWrite));
      assert.deepEqual(producerWrite, dataWrite);
      if (producerWrite === 0) {
        throw new Absent("mmap(2) of the producer's page for writing: ok");
      }
      assert.equal(producerWrite, EPERM);
    },
  }),
];

/** What the other mappings are answered, by the answer to the producer's page for writing. */
function expected(producerWrite: number): Record<string, Json> {
  const [refused, kept] = producerWrite === 0 ? [0, 0] : [EPERM, EACCES];
  return {
    ...{ allRead: 0, consumerWrite: 0, bothPositionsWrite: refused },
    ...{ tooLong: EINVAL, privateRead: EINVAL, privateWrite: EINVAL },
    producerLater: kept,
  };
}
