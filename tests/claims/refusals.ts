/**
 * What an event costs that a buffer refuses (bpf/costs.bpf.c), and whether it was
 * built all the same.
 *
 * The perf buffer is ffi/perf_event.ts, and a page's size ffi/bpf_syscall.ts, which
 * mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { PerfEvent } from "../../ffi/perf_event.ts";
import type { BpfObject } from "../../mod.ts";
import { costs, method } from "./cost.ts";
import { install } from "./half.ts";
import { answer } from "./raw_ring.ts";

const { ENOSPC } = constants.errno;

/** Bytes of the large event of bpf/costs.bpf.c. */
export const eventBytes = 4096;

/** Pages of the perf buffer. */
const pages = 8;

/** Cost of an event that a full perf buffer refuses, ns: of one that is filled, and of one that is not. */
export async function refusedByPerf(
  object: BpfObject,
  cpu: number,
): Promise<Record<"filled" | "unfilled", number>> {
  using event = new PerfEvent({ cpu, pages, wakeupEvents: 1 << 30 });
  install(object, cpu, event.fd);
  const repeat = Math.ceil(pages * pageSize() / eventBytes);
  object.program("perf_unfilled").testRun({ repeat });
  const { head } = event;
  assert.ok(head > eventBytes, "the buffer took nothing");
  const refused = (program: string): number => {
    const run = object.program(program).testRun({ repeat: method().repeat });
    // A full buffer answers 0 on kernels such as 4.19: L1.
    assert.ok([-ENOSPC, 0].includes(run.result), `it answered ${run.result}`);
    return run.durationNs;
  };
  assert.ok(!isBuilt(object));
  const ns = await costs({
    filled: () => refused("perf_large"),
    unfilled: () => refused("perf_unfilled"),
  });
  assert.equal(event.head, head, "the buffer was not full");
  assert.ok(isBuilt(object), "the refused event was not built");
  return ns;
}

/** Whether there is an event where it is built that is not built in the ring. */
function isBuilt(object: BpfObject): boolean {
  return object.map("scratch").lookup(0).some((byte) => byte !== 0);
}

/** The same of a full ring. */
export async function refusedByRing(
  object: BpfObject,
): Promise<Record<"reserveLarge" | "reserveSmall" | "output", number>> {
  const { repeat } = method();
  const refused = (program: string, result: number): number => {
    const run = object.program(program).testRun({ repeat });
    assert.equal(run.result, result, `${program} is not refused`);
    return run.durationNs;
  };
  // 1 MiB: as many large ones as there is room for, then small ones.
  object.program("reserve_large").testRun({ repeat: 256 });
  object.program("reserve_small").testRun({ repeat: 256 });
  object.map("scratch").update(
    0,
    new Uint8Array(object.map("scratch").entrySize),
  );
  refused("reserve_large", answer.null);
  assert.ok(!isBuilt(object), "the event that reserve refused was built");
  refused("output_large", answer.again);
  assert.ok(isBuilt(object), "the event that output refused was not built");
  return await costs({
    reserveLarge: () => refused("reserve_large", answer.null),
    reserveSmall: () => refused("reserve_small", answer.null),
    output: () => refused("output_large", answer.again),
  });
}
