/**
 * P: several rings.
 *
 * libbpf's reader of several is ffi/rings.ts, its wait ffi/wait.ts, and how many
 * CPUs there may be ffi/cpu.ts', none of which mod.ts hands on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { possibleCpus } from "../../ffi/cpu.ts";
import { Rings } from "../../ffi/rings.ts";
import { Waiter } from "../../ffi/wait.ts";
import { BpfError, BpfObject } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { putFd } from "./fd_slot.ts";

const { EINVAL, ENOENT } = constants.errno;

/** Loads bpf/rings.bpf.c with room for all CPUs; the ring `high` has `pages` times the size of `low`. */
function load(lab: Lab, pages: number): BpfObject {
  const object = BpfObject.open(lab.object("rings"));
  try {
    const high = object.map("high");
    high.maxEntries = high.maxEntries * pages;
    object.map("rings").maxEntries = possibleCpus();
    object.load();
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

/** Puts a ring into a CPU's slot; the errno if that is refused. */
function put(object: BpfObject, cpu: number, ring: "low" | "high"): number {
  try {
    putFd(object.map("rings"), cpu, object.map(ring).fd);
    return 0;
  } catch (error) {
    if (error instanceof BpfError) return error.errno;
    throw error;
  }
}

/** One ring for each of two CPUs behind one epoll; answers what came out of which. */
async function roundTrip(
  object: BpfObject,
  cpus: Pinned,
): Promise<Record<string, number[]>> {
  const got: Record<string, number[]> = { low: [], high: [] };
  const maps = [object.map("low"), object.map("high")];
  using rings = new Rings(maps, (sample, ring) => {
    got[ring]?.push(Number(sample.getBigUint64(0)));
  });
  using waiter = new Waiter();
  const before = await waiter.readable(rings.epollFd, 0);
  assert.ok(!before, "the epoll is readable while the rings are empty");
  for (const cpu of [cpus.high, cpus.low, cpus.high]) {
    cpus.to(cpu);
    assert.equal(object.program("send").testRun().result, 0);
  }
  // One epoll tells of both rings, and one poll takes from both.
  assert.ok(await waiter.readable(rings.epollFd, 1000));
  assert.equal(rings.poll(0), 3);
  return got;
}

/** P1. */
export const several: readonly Claim[] = [
  claim({
    id: "P1",
    title:
      "Several rings behind one epoll; a ring per CPU by array-of-maps; inner sizes may differ from 5.10",
    source:
      '134fede4eecf ("bpf: Relax max_entries check for most of the inner map types"), Linux 5.10; tools/testing/selftests/bpf/prog_tests/ringbuf_multi.c',
    since: "5.8",
    needs: "ring",
    corrects: {
      said: "A ring buffer is one for all CPUs",
      right:
        "One map is. Several can stand behind one epoll, one for each CPU in an array of maps, and from 5.10 of different sizes",
    },
    prove: async (lab) => {
      using cpus = new Pinned();
      using object = load(lab, 1);
      cpus.to(cpus.low);
      const noRing = object.program("send").testRun().result;
      assert.equal(put(object, cpus.low, "low"), 0);
      assert.equal(put(object, cpus.high, "high"), 0);
      const got = await roundTrip(object, cpus);
      using uneven = load(lab, 2);
      const larger = put(uneven, cpus.high, "high");
      lab.evidence({ noRing, got, larger });
      assert.equal(noRing, -ENOENT);
      assert.deepEqual(got, {
        ...{ low: [cpus.low], high: [cpus.high, cpus.high] },
      });
      assert.ok([0, EINVAL].includes(larger), `errno ${larger}`);
      if (larger !== 0) return;
      assert.equal(put(uneven, cpus.low, "low"), 0);
      assert.deepEqual(await roundTrip(uneven, cpus), got);
    },
  }),
];
