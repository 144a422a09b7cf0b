/**
 * U: the trigger for kernels that run no program by command, proved on all.
 *
 * @module
 */

import assert from "node:assert/strict";
import { openEvents } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import { type BurstEvent, openBurst, Pinned } from "./burst.ts";
import { type Burst, burst } from "./each_transport.ts";
import { transports } from "./transports.ts";

/** Events of either trigger. */
const count = 5;

/** What both triggers send: number, CPU and bytes of each event. */
type Sent = Pick<BurstEvent, "sequence" | "cpu" | "tag">[];

/** Sends from the high CPU and takes what came. */
async function sent(opened: Promise<Burst>): Promise<Sent> {
  using cpus = new Pinned();
  await using events = await opened;
  cpus.to(cpus.high);
  assert.equal(burst(events, count), 0);
  assert.equal(events.stats().attempted, count);
  const got = events.drain();
  assert.ok(got.every(({ cpu }) => cpu === cpus.high), "another CPU's event");
  return got.map(({ sequence, cpu, tag }) => ({ sequence, cpu, tag }));
}

/** U7. */
export const fired: readonly Claim[] = [
  claim({
    id: "U7",
    mounted: "tracefs",
    title:
      "A system call of a thread fires the same events on its CPU as BPF_PROG_TEST_RUN does, so that kernels without that command can be asked",
    source:
      "bpf/fired.h; include/trace/events/task.h: task_rename, in the thread that is renamed",
    prove: async (lab) => {
      for (const transport of transports()) {
        const path = lab.object("burst_fired");
        const byRename = await sent(openEvents(path, { transport }));
        const asEver = await sent(openBurst(lab, { transport }));
        lab.evidence({ [transport]: byRename.length });
        assert.equal(byRename.length, count);
        assert.deepEqual(byRename, asEver);
      }
    },
  }),
];
