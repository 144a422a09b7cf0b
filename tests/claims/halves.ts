/**
 * F: one object file for both transports.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { BpfError, openEvents } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { burstBytes, openBurst, send } from "./burst.ts";
import { transports } from "./transports.ts";

const { EINVAL } = constants.errno;

/** Asserts that opening the ring by force fails as on a kernel without rings. */
async function assertRingRefused(path: string): Promise<void> {
  await assert.rejects(
    () => openEvents(path, { transport: "ring", attach: false }),
    (error) => error instanceof BpfError && error.errno === EINVAL,
  );
}

/** Events of the comparison. */
const count = 32;

async function collect(
  lab: Lab,
  transport: "ring" | "perf",
): Promise<Uint8Array<ArrayBuffer>[]> {
  await using events = await openBurst(lab, {
    transport,
    decode: (sample) => sample.copy(),
  });
  send(events.object, transport, count);
  return events.drain();
}

/** Clears ktime and cpu, which differ from run to run. */
function comparable(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 8), ...bytes.subarray(20)].join(" ");
}

/** F5, F6. */
export const halves: readonly Claim[] = [
  claim({
    id: "F5",
    title: "One object file loads on every kernel, for both transports",
    source: "bpf/ringside.bpf.h; ffi/map.ts, autocreate",
    prove: async (lab) => {
      const path = lab.object("exec");
      const loaded = transports();
      if (!loaded.includes("ring")) await assertRingRefused(path);
      for (const transport of loaded) {
        await using events = await openEvents(path, {
          ...{ transport, attach: false },
        });
        assert.equal(events.transport, transport);
      }
      lab.evidence({ loaded });
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
