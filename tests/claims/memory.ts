/**
 * M: what the buffers take.
 *
 * The page's size is ffi/bpf_syscall.ts', the CPUs are ffi/cpu.ts', neither of
 * which mod.ts hands on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { onlineCpus } from "../../ffi/cpu.ts";
import { type Events, probeRing, type Transport } from "../../mod.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";
import { openBurst, send } from "./burst.ts";
import { bufferMappings, memlockOf, residentOf } from "./mappings.ts";

/** Pages of one CPU's perf buffer. */
const perfPages = 16;

/** Opens a stream with perf buffers of `perfPages` pages and a ring of twice as many, which is not what its object says. */
function open(lab: Lab, transport: Transport): Promise<Events<unknown>> {
  const ringBytes = 2 * perfPages * pageSize();
  return openBurst(lab, {
    ...{ transport, perfPages, ringBytes },
  });
}

async function ringMemory(lab: Lab): Promise<Json> {
  await using events = await open(lab, "ring");
  const ring = events.object.map("events_ring");
  const page = pageSize();
  const size = 2 * perfPages * page;
  const mapped = bufferMappings().filter(({ kind }) => kind === "bpf-map");
  const figures = mapped.map((mapping) => mapping.size);
  const resident = residentOf(mapped);
  // The consumer's page; the producer's page with the data pages twice.
  assert.deepEqual(figures.sort((a, b) => a - b), [page, page + 2 * size]);
  if (resident !== undefined) {
    const [rss, pss] = [2 * page + 2 * size, 2 * page + size];
    assert.deepEqual(resident, { rss, pss });
  }
  return { size, mapped: figures, ...resident, memlock: memlockOf(ring.fd) };
}

async function perfMemory(lab: Lab): Promise<Json> {
  await using events = await open(lab, "perf");
  send(events.object, "perf", 1);
  assert.equal(events.drain().length, 1); // touched pages are what RSS may count
  const mapped = bufferMappings().filter(({ kind }) => kind === "perf_event");
  const cpus = onlineCpus().length;
  const each = (1 + perfPages) * pageSize();
  const sizes = mapped.map((mapping) => mapping.size);
  assert.deepEqual(sizes, Array(cpus).fill(each));
  const resident = residentOf(mapped);
  return {
    ...{ cpus, pages: perfPages, size: cpus * each },
    ...resident && { rss: resident.rss },
  };
}

/** M1. */
export const memory: readonly Claim[] = [
  claim({
    id: "M1",
    title:
      "Memory: perf takes CPUs × (1 + pages), a ring one size; a ring's RSS counts twice, its PSS once",
    source:
      "kernel/bpf/ringbuf.c, bpf_ringbuf_area_alloc: data pages mapped twice; sdk/ports.ts: a perf buffer for each CPU that is online",
    corrects: {
      said: "A ring takes twice its size of memory, for so much is resident",
      right:
        "RSS counts its data pages twice, since they are mapped twice; PSS counts them once, which is what they take",
    },
    prove: async (lab) => {
      if (probeRing().has) lab.evidence({ ring: await ringMemory(lab) });
      lab.evidence({ perf: await perfMemory(lab) });
    },
  }),
];
