/**
 * A ring whose first record is reserved and not yet submitted, for as long as
 * it takes to look at it: the program `hold` waits on one CPU until this thread,
 * on another one, lets it go on.
 *
 * The threads are placed by ffi/cpu.ts, which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { allowedCpus } from "../../ffi/cpu.ts";
import type { TestRun } from "../../mod.ts";
import type { Lab } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { pinPool } from "./pool.ts";
import { RawRing } from "./raw_ring.ts";

/** What `hold` answers when it runs on another CPU than it was told to (EXDEV). */
const elsewhere = -18;

/** Places at most this many times; each turn pins the threads that there are. */
const mostTurns = 16;

/** Record 1 is reserved, record 2 behind it is submitted, and `hold` waits. */
export class Held implements AsyncDisposable {
  readonly ring: RawRing;
  readonly #cpus: Pinned;
  readonly #run: Promise<TestRun>;
  readonly #undo: AsyncDisposableStack;
  #released = false;

  private constructor(
    ring: RawRing,
    cpus: Pinned,
    run: Promise<TestRun>,
    undo: AsyncDisposableStack,
  ) {
    this.ring = ring;
    this.#cpus = cpus;
    this.#run = run;
    this.#undo = undo;
  }

  /** Returns once the program holds its record. */
  static async open(lab: Lab): Promise<Held> {
    await using undo = new AsyncDisposableStack();
    const ring = undo.use(RawRing.open(lab, { hold: true }));
    undo.defer(() => pinPool(allowedCpus()));
    const cpus = undo.use(new Pinned());
    cpus.to(cpus.low);
    for (let turn = 0; turn < mostTurns; turn++) {
      pinPool([cpus.high]);
      tell(ring, cpus.high, { go: 0 });
      const run = ring.object.program("hold").testRunElsewhere();
      if (await holds(ring, run)) return new Held(ring, cpus, run, undo.move());
    }
    throw new Error(
      `Cannot hold a record: no thread came to CPU ${cpus.high} in ${mostTurns} turns`,
    );
  }

  /** Lets the program submit record 1; answers what the drain yields then. */
  async release(): Promise<number[]> {
    this.#released = true;
    tell(this.ring, this.#cpus.high, { go: 1 });
    const { result } = await this.#run;
    assert.equal(
      result,
      0,
      "the program lost patience before it was looked at",
    );
    return this.ring.take();
  }

  /** Lets the program end, gives the CPUs back, and closes the ring. */
  async [Symbol.asyncDispose](): Promise<void> {
    await using _undo = this.#undo;
    if (!this.#released) await this.release();
  }
}

/** Writes struct handshake: cpu, holds, go. */
function tell(ring: RawRing, cpu: number, { go }: { go: 0 | 1 }): void {
  const words = new Uint32Array([cpu, 0, go]);
  ring.object.map("handshake").update(0, new Uint8Array(words.buffer));
}

/** True once the record is held, false if the program ran elsewhere; throws its other answers. */
async function holds(ring: RawRing, run: Promise<TestRun>): Promise<boolean> {
  let ended: TestRun | undefined;
  run.then((result) => ended = result, () => {});
  while (ended === undefined) {
    const words = new Uint32Array(
      ring.object.map("handshake").lookup(0).buffer,
    );
    if (words[1] === 1) return true;
    await setImmediate();
  }
  const { result } = await run;
  assert.equal(result, elsewhere);
  return false;
}
