/**
 * L: runs that the kernel skips.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  type BpfProgram,
  type Events,
  openEvents,
  probeRing,
  type Transport,
} from "../../mod.ts";
import { Absent, type Claim, claim, type Json, type Lab } from "../claim.ts";
import { requireTestRun } from "./trigger.ts";

/** Updates of either kind. */
const count = 5;

/** A kernel without CONFIG_KPROBES has no such function. */
function requireKprobes(): void {
  if (/ register_kprobe\b/.test(Deno.readTextFileSync("/proc/kallsyms"))) {
    return;
  }
  throw new Absent("this kernel is built without kprobes");
}

/** Updates by bpf(2), then as many by a program; what the program on their way sent of them. */
async function updates(lab: Lab, transport: Transport): Promise<Json> {
  const options = { transport, attach: false };
  await using events = await openEvents(lab.object("skipped"), options);
  const { object } = events;
  object.map("owner").update(
    0,
    new Uint8Array(Uint32Array.of(Deno.pid).buffer),
  );
  const program = object.program(`on_update_${transport}`);
  using _ = program.attach();
  for (let key = 0; key < count; key++) {
    object.map("updated").update(key, new Uint8Array(4));
  }
  const byCall = attempted(events);
  const missed = missesOf(program);
  object.program("update").testRun({ repeat: count, data: new Uint8Array(14) });
  const byProgram = attempted(events) - byCall;
  assert.equal(byCall, 0);
  assert.equal(byProgram, count);
  assert.equal(events.drain().length, count);
  assert.ok(missed === null || missed === 0 || missed >= count);
  return { byCall, byProgram, missed };
}

function attempted(events: Events<unknown>): number {
  return events.stats().attempted;
}

/** What the SDK says that the kernel counted, which the descriptor's file says too; null where it counts nothing. */
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
      "A kprobe's program is skipped while bpf(2) works on a hash map on its CPU: what it would have sent is in no account, and in recursionMisses where the kernel counts it",
    source:
      "kernel/trace/bpf_trace.c, trace_call_bpf(), and bpf_prog_active in kernel/bpf/syscall.c; dd8657894c11 (bpf: Count missed stats in trace_call_bpf)",
    corrects: {
      said: "Events are lost where a buffer is full",
      right:
        "And where no program ran: a kprobe's or a tracepoint's is skipped on a CPU that is in another one, or in bpf(2) at work on a hash map. Only the program's recursion_misses tells, from 6.7 on",
    },
    prove: async (lab) => {
      requireKprobes();
      requireTestRun();
      if (probeRing().has) lab.evidence({ ring: await updates(lab, "ring") });
      lab.evidence({ perf: await updates(lab, "perf") });
    },
  }),
];
