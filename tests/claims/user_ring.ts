/**
 * N: the ring from user space to the kernel.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { BpfError, type BpfObject, UserRing } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import { loadNewer } from "./load_newer.ts";

const { ENOSPC } = constants.errno;

/** A record of one 64-bit number. */
function record(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new BigUint64Array([BigInt(value)]).buffer);
}

/** Sends until the ring is full; answers how many went in. */
function fill(ring: UserRing): number {
  for (let sent = 0;; sent++) {
    try {
      ring.send(record(sent));
    } catch (error) {
      if (error instanceof BpfError && error.errno === ENOSPC) return sent;
      throw error;
    }
  }
}

/** What the program has kept: how many came, and the first of them. */
function taken(object: BpfObject): { count: number; first: number[] } {
  const [count = 0n, ...values] = new BigUint64Array(
    object.map("taken").lookup(0).buffer,
  );
  return { count: Number(count), first: values.map(Number) };
}

/** Asserts that every misuse is an error that says what to do, and nothing worse. */
function assertRefused(ring: UserRing, object: BpfObject): void {
  const tooLarge = 2 * object.map("ring").maxEntries;
  assert.throws(() => ring.send(new Uint8Array(tooLarge)), /E2BIG.*\(enlarge/);
  assert.throws(() => new UserRing(object.map("taken")), /USER_RINGBUF\)$/);
  ring.close();
  ring.close();
  assert.throws(() => ring.send(record(1)), /"ring": it is closed$/);
}

/** N2. */
export const userRing: readonly Claim[] = [
  claim({
    id: "N2",
    title: "User ring buffer (6.1): user space to kernel",
    source:
      '583c1f420173 ("bpf: Define new BPF_MAP_TYPE_USER_RINGBUF map type"), 205715673844 ("bpf: Add bpf_user_ringbuf_drain() helper"), Linux 6.1',
    since: "6.1",
    needs: "ring",
    prove: (lab) => {
      using object = loadNewer(
        lab,
        "user_ring",
        /map 'ring': failed to create: Invalid argument/,
      );
      using ring = new UserRing(object.map("ring"));
      const drain = (): number => object.program("drain").testRun().result;
      const empty = drain();
      ring.send(record(11));
      ring.giveUp(record(12));
      ring.send(record(13));
      const drained = drain();
      const { count, first } = taken(object);
      const filled = fill(ring);
      const rest = drain();
      ring.send(record(14));
      lab.evidence({ empty, drained, first: first.slice(0, 2), filled, rest });
      assert.equal(empty, 0);
      assert.deepEqual([drained, count, ...first.slice(0, 3)], [
        2,
        2,
        11,
        13,
        0,
      ]);
      assert.equal(filled, object.map("ring").maxEntries / 16);
      assert.equal(rest, filled);
      assert.equal(taken(object).count, 2 + filled);
      assertRefused(ring, object);
    },
  }),
];
