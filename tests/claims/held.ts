/**
 * A ring whose first record is reserved and not yet submitted, for as long as
 * it takes to look at it: the program `hold` waits on one CPU until this thread,
 * on another one, lets it go on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { TestRun } from "../../mod.ts";
import type { Lab } from "../claim.ts";
import { Ongoing } from "./ongoing.ts";
import { Apart } from "./pool.ts";
import { RawRing } from "./raw_ring.ts";

/** What `hold` answers when it ran on another CPU than it was told to (EXDEV), and when the look took too long (ETIME). */
const [elsewhere, tooLong] = [-18, -62];

/** Holds a record at most this many times; each turn places the threads that there are. */
const mostTurns = 50;

/** Record 1 is reserved, record 2 behind it is submitted, and `hold` waits. */
export class Held implements AsyncDisposable {
  readonly ring: RawRing;
  readonly #run: Ongoing<TestRun>;
  #released = false;

  private constructor(ring: RawRing, run: Ongoing<TestRun>) {
    this.ring = ring;
    this.#run = run;
  }

  /**
   * Has a look, which releases the record at its end. No kernel lets a program
   * wait for ever, so this thread may be away for longer than it waits: such a
   * look is dropped, and another one is had on a new ring. That hides nothing:
   * the program itself says whether it held the record during all of the look
   * (bpf/ring.bpf.c), whatever was seen, and of one that it did hold all counts.
   */
  static async look<T>(
    lab: Lab,
    look: (held: Held) => Promise<T>,
  ): Promise<T> {
    using apart = new Apart();
    for (let turn = 0; turn < mostTurns; turn++) {
      apart.part();
      using ring = RawRing.open(lab, { hold: true });
      tell(ring, { cpu: apart.elsewhere, go: 0 });
      const run = new Ongoing(ring.object.program("hold").testRunElsewhere());
      if (!await holds(ring, run)) continue;
      await using held = new Held(ring, run);
      try {
        return await look(held);
      } catch (error) {
        if (!(error instanceof TooLong)) throw error;
      }
    }
    throw new Error(
      `Cannot look at a record while it is held: in ${mostTurns} turns no thread came to CPU ${apart.elsewhere}, or this one was away for too long`,
    );
  }

  /** Lets the program submit record 1; answers what the drain yields then. */
  async release(): Promise<number[]> {
    const result = await this.#end();
    if (result === tooLong) throw new TooLong();
    assert.equal(result, 0);
    return this.ring.take();
  }

  /** Lets the program end. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#released) await this.#end();
  }

  async #end(): Promise<number> {
    this.#released = true;
    tell(this.ring, { cpu: 0, go: 1 });
    return (await this.#run.result).result;
  }
}

/** The program let the record go before it was told to. */
class TooLong extends Error {}

/** Writes struct handshake: cpu, holds, go. */
function tell(ring: RawRing, order: { cpu: number; go: 0 | 1 }): void {
  const words = new Uint32Array([order.cpu, 0, order.go]);
  ring.object.map("handshake").update(0, new Uint8Array(words.buffer));
}

/** True once the record is held, false if it ran elsewhere or was over too soon; throws its other answers. */
async function holds(
  ring: RawRing,
  run: Ongoing<TestRun>,
): Promise<boolean> {
  while (!run.isOver) {
    const words = new Uint32Array(
      ring.object.map("handshake").lookup(0).buffer,
    );
    if (words[1] === 1) return true;
    await setImmediate();
  }
  const { result } = await run.result;
  assert.ok(result === elsewhere || result === tooLong, `it says ${result}`);
  return false;
}
