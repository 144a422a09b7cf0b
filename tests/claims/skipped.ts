/**
 * L: runs that the kernel skips.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  BpfError,
  type BpfLink,
  type BpfProgram,
  type Events,
  openEvents,
  table,
} from "../../mod.ts";
import { Absent, type Claim, claim, type Lab } from "../claim.ts";
import { withoutFunction } from "./built.ts";
import { transports } from "./transports.ts";
import { requireTestRun } from "./trigger.ts";

/** Updates of either kind, of either map. */
const count = 5;

/** Events of updates by bpf(2) and by a program, and the skipped runs that the kernel counted, if it does. */
type Updates = Readonly<
  Record<"byCall" | "byProgram", number> & { missed: number | null }
>;

/** A kernel without CONFIG_KPROBE_EVENTS has no function that its events call. */
function attachTo(program: BpfProgram): BpfLink {
  try {
    return program.attach();
  } catch (error) {
    const missing = withoutFunction("kprobe_dispatcher");
    if (missing === undefined) throw error;
    assert.ok(error instanceof BpfError);
    assert.equal(error.code, "ENOENT");
    throw new Absent(`${missing}: ${error.message}`);
  }
}

/** Updates a map by bpf(2), then by a program as often; what the program on their way sent of them. */
function updates(events: Events<unknown>, kind: string): Updates {
  const { object, transport } = events;
  const program = object.program(`on_${kind}_${transport}`);
  using _ = attachTo(program);
  const before = events.stats().attempted;
  const updated = table<number, number>(object, `in_${kind}`);
  for (let key = 0; key < count; key++) {
    updated.set(key, key);
  }
  const byCall = events.stats().attempted - before;
  const missed = missesOf(program);
  object.program("update").testRun({ repeat: count });
  const byProgram = events.stats().attempted - before - byCall;
  assert.deepEqual([byCall, byProgram], [0, count]);
  assert.equal(events.drain().length, count);
  // Where a kernel counts, it has counted each, and others' of this moment.
  assert.ok(missed === null || missed === 0 || missed >= count);
  return { byCall, byProgram, missed };
}

/** What the SDK says that the kernel counted, which the descriptor's file says too; null where it has no count. */
function missesOf(program: BpfProgram): number | null {
  const info = Deno.readTextFileSync(`/proc/self/fdinfo/${program.fd}`);
  const said = /^recursion_misses:\s*(\d+)$/m.exec(info)?.[1];
  const missed = program.recursionMisses ?? null;
  assert.equal(missed, said === undefined ? null : Number(said));
  return missed;
}

/** L6. */
export const skipped: readonly Claim[] = [
  claim({
    id: "L6",
    title:
      "A kprobe's program is skipped while bpf(2) updates a map on its CPU: what it would have sent is in no account, and in recursionMisses where the kernel counts it",
    source:
      'kernel/trace/bpf_trace.c, trace_call_bpf(), and bpf_prog_active in kernel/bpf/syscall.c; dd8657894c11 ("bpf: Count missed stats in trace_call_bpf"), Linux 6.7',
    corrects: {
      said: "Events are lost where a buffer is full",
      right:
        "And where no program ran: a kprobe's is skipped on a CPU on which bpf(2) updates a map. Only the program's recursion_misses tells, from 6.7 on",
    },
    prove: async (lab: Lab) => {
      requireTestRun();
      for (const transport of transports()) {
        const options = { transport, attach: false };
        await using events = await openEvents(lab.object("skipped"), options);
        table<number, number>(events.object, "owner").set(Deno.pid, 1);
        const hash = updates(events, "hash");
        const array = updates(events, "array");
        lab.evidence({ [transport]: { hash, array } });
        // A kernel that counts any of these runs counts all of them.
        assert.equal(!hash.missed, !array.missed);
      }
    },
  }),
];
