/**
 * U32: programs that run without anything that they are attached to.
 *
 * @module
 */

import assert from "node:assert/strict";
import { BpfError } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { withoutFunction } from "./built.ts";
import { countOf, loadKind } from "./kinds.ts";
import { requireTestRun } from "./trigger.ts";

/** Whether this kernel runs raw tracepoints' programs by command, as from 5.10 on; then it takes a packet's context too. */
function runsRawTracepoints(): boolean {
  return withoutFunction("bpf_prog_test_run_raw_tp") === undefined;
}

/** How a kernel refuses what it does not know; one that knows it may not. */
function refusal(error: unknown, known: RegExp): string {
  if (!(error instanceof BpfError) || runsRawTracepoints()) throw error;
  assert.match(error.code, known);
  return error.code;
}

/** Runs the tc program on a packet, with a context that kernels before 5.2 do not take. */
function packets(lab: Lab): Record<string, number | string> {
  using object = loadKind(lab, "on_packet");
  const program = object.program("on_packet");
  assert.throws(() => program.attach(), /cannot attach this section by itself/);
  const data = Uint8Array.from({ length: 64 }, (_, at) => at);
  const { result, data: out } = program.testRun({ data });
  assert.deepEqual(out, Uint8Array.of(255, ...data.subarray(1), 0, 0, 0, 0));
  assert.equal(data[0], 0, "the caller's packet was written to");
  const context = new Uint8Array(new Uint32Array(33).fill(21, 8, 9).buffer);
  try {
    const run = program.testRun({ data, context });
    assert.ok(run.context);
    const priority = new Uint32Array(run.context.buffer)[8];
    assert.deepEqual([run.result, priority], [21, 42]);
    return { result, priority: 42 };
  } catch (error) {
    return { result, context: refusal(error, /^(EINVAL|E2BIG)$/) };
  }
}

/** Runs the raw tracepoint's program without its tracepoint: from Linux 5.10 on. */
function rawly(lab: Lab): number | string {
  using object = loadKind(lab, "on_raw_tracepoint");
  const context = new Uint8Array(8);
  try {
    object.program("on_raw_tracepoint").testRun({ context });
  } catch (error) {
    return refusal(error, /^(EINVAL|E2BIG|ENOTSUPP)$/);
  }
  assert.equal(countOf(object), 1);
  return 1;
}

/** U32. */
export const byHand: readonly Claim[] = [
  claim({
    id: "U32",
    title:
      "A program runs by itself on a packet and a context of the caller's, who gets back what it made of them",
    source:
      '1cf1cae963c2 ("bpf: introduce BPF_PROG_TEST_RUN command"), Linux 4.12; b0b9395d865e ("bpf: support input __sk_buff context in BPF_PROG_TEST_RUN"), Linux 5.2; 1b4d60ec162f ("bpf: Enable BPF_PROG_TEST_RUN for raw_tracepoint"), Linux 5.10',
    prove: (lab) => {
      requireTestRun();
      lab.evidence({ tc: packets(lab), rawTracepoint: rawly(lab) });
    },
  }),
];
