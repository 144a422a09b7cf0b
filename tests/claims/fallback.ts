/**
 * F: which transport a kernel has, and how that is found out.
 *
 * The raw BPF_MAP_CREATE is ffi/bpf_syscall.ts, which mod.ts does not hand on:
 * libbpf rounds sizes and hides errnos; nor is ffi/memlock.ts, since libbpf
 * lifts the limit itself when it loads.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { mapType, pageSize, tryMap } from "../../ffi/bpf_syscall.ts";
import { raiseMemlock } from "../../ffi/memlock.ts";
import { type Claim, claim } from "../claim.ts";
import { openBurst, Pinned, send } from "./burst.ts";

const { EINVAL } = constants.errno;

/** F1, F2. */
export const fallback: readonly Claim[] = [
  claim({
    id: "F1",
    title:
      "Creating a ring buffer map succeeds from 5.8 and answers EINVAL before",
    source:
      '457f44363a88 ("bpf: Implement BPF ring buffer and verifier support for it"), Linux 5.8',
    since: "5.8",
    corrects: {
      said:
        "A kernel of 5.8 or newer has the ring buffer, an older one has not",
      right:
        "Versions lie: vendors backport, and an LSM, a container or a limit refuses. A ring that is asked for tells; only EINVAL means that there is none",
    },
    prove: (lab) => {
      raiseMemlock(); // 5.8 to 5.10 charge rings against the limit: F3
      const sizes = [1, 2, 16].map((pages) => pages * pageSize());
      const answers = sizes.map((maxEntries) =>
        tryMap({ type: mapType.ringbuf, maxEntries })
      );
      const control = tryMap({
        ...{ type: mapType.perfEventArray, maxEntries: 1 },
        ...{ keySize: 4, valueSize: 4 },
      });
      lab.evidence({ errnos: answers, perfEventArray: control });
      assert.equal(control, 0, "a perf event array is refused too");
      const [first = -1] = answers;
      assert.ok([0, EINVAL].includes(first), `errno ${first}`);
      assert.deepEqual(answers, [first, first, first]);
    },
  }),
  claim({
    id: "F2",
    title:
      "openEvents takes the ring where there is one and perf where there is none, and says which and why",
    source: "Ringside's promise (docs: README)",
    prove: async (lab) => {
      using cpus = new Pinned();
      cpus.to(cpus.low);
      const errno = tryMap({
        type: mapType.ringbuf,
        maxEntries: pageSize(),
      });
      await using events = await openBurst(lab);
      lab.evidence({ transport: events.transport, reason: events.reason });
      assert.equal(events.transport, errno === 0 ? "ring" : "perf");
      assert.match(
        events.reason,
        errno === 0 ? /RINGBUF.*ok/ : /EINVAL.*no ring/,
      );
      send(events.object, events.transport, 3);
      const sequence = events.drain().map((event) => event.sequence);
      assert.deepEqual(sequence, [0n, 1n, 2n]);
      assert.equal(events.stats().delivered, 3);
    },
  }),
];
