/**
 * A ring that overwrites, bpf/overwrite.bpf.c, and what a snapshot of it holds.
 *
 * The raw BPF_MAP_CREATE and the mapping are ffi's, which mod.ts does not hand
 * on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import {
  mapType,
  overwriteFlag,
  pageSize,
  tryMap,
} from "../../ffi/bpf_syscall.ts";
import type { MappedRing } from "../../ffi/mapped_ring.ts";
import { BpfObject, type TestRun } from "../../mod.ts";
import { Absent, type Lab } from "../claim.ts";
import { mapRing } from "./map_ring.ts";

/** Bytes that a record takes, its header included. */
export const recordBytes = 64;

/** The loaded object, whose program numbers its records, and its ring. */
export class OverwritingRing implements Disposable {
  readonly #object: BpfObject;
  /** Its positions. */
  readonly mapped: MappedRing;

  private constructor(object: BpfObject) {
    this.#object = object;
    this.mapped = mapRing(object.map("ring"));
  }

  /** Absent on kernels that refuse the flag, and only that. */
  static open(lab: Lab): OverwritingRing {
    requireOverwriteMode();
    const object = BpfObject.open(lab.object("overwrite"));
    try {
      object.load();
      return new OverwritingRing(object);
    } catch (error) {
      object.close();
      throw error;
    }
  }

  /** Closes all of it. */
  [Symbol.dispose](): void {
    this.mapped[Symbol.dispose]();
    this.#object.close();
  }

  /** Sends so many records, one after the other. */
  send(repeat: number): void {
    const { result } = this.#object.program("send").testRun({ repeat });
    assert.equal(result, 0);
  }

  /** The same on another thread; what came of it is for the caller to see. */
  sendElsewhere(repeat: number): Promise<TestRun> {
    return this.#object.program("send").testRunElsewhere({ repeat });
  }

  /** Up to where records gave way, as bpf_ringbuf_query() tells it. */
  ask(): number {
    assert.equal(this.#object.program("query").testRun().result, 0);
    const { buffer } = this.#object.map("state").lookup(0);
    return Number(new BigUint64Array(buffer)[1]);
  }

  /**
   * The numbers of the records that it holds; throws where one record has two,
   * or one is left out. `meanwhile` is called in the midst of the copying.
   */
  snapshot(meanwhile: () => void = () => {}): number[] {
    const records: bigint[][] = [];
    this.mapped.snapshot((sample) => {
      records.push([...new BigUint64Array(sample.copy().buffer)]);
    }, meanwhile);
    return records.map((words, at) => {
      const number = (records[0]?.[0] ?? 0n) + BigInt(at);
      assert.ok(
        words.every((word) => word === number),
        `record ${number} is torn: ${words.join(" ")}`,
      );
      return Number(number);
    });
  }
}

function requireOverwriteMode(): void {
  const ring = { type: mapType.ringbuf, maxEntries: pageSize() };
  const errno = tryMap({ ...ring, flags: overwriteFlag });
  if (errno === 0) return;
  assert.equal(errno, constants.errno.EINVAL);
  assert.equal(tryMap(ring), 0);
  throw new Absent("BPF_MAP_CREATE(RINGBUF, BPF_F_RB_OVERWRITE): EINVAL");
}
