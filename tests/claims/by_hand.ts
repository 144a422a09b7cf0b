/**
 * U32: programs that run without anything that they are attached to.
 *
 * @module
 */

import assert from "node:assert/strict";
import { BpfError } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { countOf, loadKind } from "./kinds.ts";
import { requireTestRun } from "./trigger.ts";

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
    if (!(error instanceof BpfError)) throw error;
    assert.match(error.code, /^(EINVAL|E2BIG)$/);
    return { result, context: error.code };
  }
}

/** Runs the raw tracepoint's program without its tracepoint: from Linux 5.10 on. */
function rawly(lab: Lab): number | string {
  using object = loadKind(lab, "on_raw_tracepoint");
  const context = new Uint8Array(8);
  try {
    object.program("on_raw_tracepoint").testRun({ context });
    return countOf(object);
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    assert.match(error.code, /^(EINVAL|E2BIG|ENOTSUPP)$/);
    return error.code;
  }
}

/** U32. */
export const byHand: readonly Claim[] = [
  claim({
    id: "U32",
    title:
      "A program runs by itself on a packet and a context of the caller's, who gets back what it made of them",
    source:
      '1cf1cae963c2 ("bpf: introduce BPF_PROG_TEST_RUN command"), Linux 4.12; b0b9395d865e ("bpf: support input __sk_buff context in BPF_PROG_TEST_RUN"), Linux 5.2',
    prove: (lab) => {
      requireTestRun();
      lab.evidence({ tc: packets(lab), rawTracepoint: rawly(lab) });
    },
  }),
];
