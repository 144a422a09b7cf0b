/**
 * U6: a program that the SDK attaches, from the kernel's tracepoint to the loop.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Events, openEvents } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import { transports } from "./transports.ts";

/** struct exec_event of bpf/exec.bpf.c. */
interface ExecEvent {
  readonly pid: number;
  readonly uid: number;
  readonly ktime: bigint;
  readonly comm: string;
}

/** The event of one process; others on this machine start programs too. */
async function eventOf(
  events: Events<ExecEvent>,
  pid: number,
): Promise<ExecEvent> {
  for await (const event of events) if (event.pid === pid) return event;
  throw new Error("the stream ended before the event came");
}

/** Asserts that only the half for the stream's transport is loaded. */
function assertOneHalf({ object, transport }: Events<ExecEvent>): void {
  const other = transport === "ring" ? "perf" : "ring";
  assert.ok(object.program(`on_exec_${transport}`).fd > 0);
  assert.throws(() => object.program(`on_exec_${other}`).fd, /not loaded/);
  assert.throws(() => object.map(`events_${other}`).fd, /not loaded/);
}

/** U6. */
export const attached: readonly Claim[] = [
  claim({
    id: "U6",
    mounted: "tracefs",
    title:
      "An attached program's event arrives by for await on each transport, and a close ends the wait for the next",
    source: "Ringside's promise (README.md, sdk/events.ts)",
    prove: async (lab) => {
      await using streams = new AsyncDisposableStack();
      const opened = await Promise.all(
        transports().map(async (transport) =>
          streams.use(
            await openEvents<ExecEvent>(lab.object("exec"), { transport }),
          )
        ),
      );
      const child = new Deno.Command(Deno.execPath(), {
        args: ["--version"],
        stdout: "null",
      }).spawn();
      for (const events of opened) {
        assertOneHalf(events);
        const event = await eventOf(events, child.pid);
        assert.deepEqual([event.comm, event.uid], ["deno", Deno.uid()]);
        const waiting = events.next();
        await events.close();
        assert.notEqual((await waiting).is, "aborted");
        assert.equal((await events.next()).is, "closed");
        const { attempted, delivered, lost } = events.stats();
        assert.equal(attempted, delivered + lost);
        lab.evidence({ [events.transport]: { attempted, delivered, lost } });
      }
      assert.ok((await child.status).success);
    },
  }),
];
