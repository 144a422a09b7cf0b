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
import { BpfError, openEvents, probeRing } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { burstBytes, type BurstEvent, Pinned, send } from "./burst.ts";

const { EINVAL } = constants.errno;

/** Asserts that opening the ring by force fails as on a kernel without rings. */
async function assertRingRefused(path: string): Promise<void> {
  await assert.rejects(
    () => openEvents(path, { transport: "ring", attach: false }),
    (error) => error instanceof BpfError && error.errno === EINVAL,
  );
}

/** Events of the comparison. */
const count = 64;

async function collect(
  lab: Lab,
  transport: "ring" | "perf",
): Promise<Uint8Array<ArrayBuffer>[]> {
  await using events = await openEvents(lab.object("burst"), {
    transport,
    attach: false,
    decode: "bytes",
  });
  send(events.object, transport, count);
  return events.drain();
}

/** Clears ktime and cpu, which differ from run to run. */
function comparable(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 8), ...bytes.subarray(20)].join(" ");
}

/** F1, F2, F5, F6. */
export const fallback: readonly Claim[] = [
  claim({
    id: "F1",
    title:
      "Creating a ring buffer map succeeds from 5.8 and answers EINVAL before",
    source:
      '457f44363a88 ("bpf: Implement BPF ring buffer and verifier support for it"), Linux 5.8',
    since: "5.8",
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
      await using events = await openEvents<BurstEvent>(lab.object("burst"), {
        attach: false,
      });
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
  claim({
    id: "F5",
    title: "One object file loads on every kernel, for both transports",
    source: "bpf/ringside.bpf.h; ffi/map.ts, autocreate",
    prove: async (lab) => {
      const { has } = probeRing();
      for (const transport of ["ring", "perf"] as const) {
        const path = lab.object("exec");
        if (transport === "ring" && !has) {
          await assertRingRefused(path);
          continue;
        }
        await using events = await openEvents(path, {
          ...{ transport, attach: false },
        });
        assert.equal(events.transport, transport);
      }
      lab.evidence({ loaded: has ? ["ring", "perf"] : ["perf"] });
    },
  }),
  claim({
    id: "F6",
    title:
      "Perf forced on a kernel that has rings delivers the same set of events as the ring",
    source: "bpf/ringside.bpf.h: one body, both transports",
    since: "5.8",
    needs: "ring",
    prove: async (lab) => {
      const ring = await collect(lab, "ring");
      const perf = await collect(lab, "perf");
      lab.evidence({ ring: ring.length, perf: perf.length });
      assert.equal(ring.length, count);
      assert.ok(
        [...ring, ...perf].every((bytes) => bytes.length === burstBytes),
      );
      assert.deepEqual(
        perf.map(comparable).sort(),
        ring.map(comparable).sort(),
      );
    },
  }),
];
