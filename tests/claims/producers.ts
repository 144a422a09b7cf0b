/**
 * Two producers that run at once, this thread's on the low CPU and another
 * thread's on the high one.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { Lab } from "../claim.ts";
import { emulated, method } from "./cost.ts";
import { Outlets } from "./outlets.ts";
import { Ongoing } from "./ongoing.ts";
import { Apart } from "./pool.ts";
import { requireTestRun } from "./trigger.ts";

/** Events of one measurement. */
export const measuredEvents = (): number => 5 * method().repeat;

/** The other producer sends this many times as many, so that it goes on all the while. */
const longer = 4;

/** Starts of the other producer; a busy machine may take either one's CPU in most of them. */
const mostTurns = 128;

/** Where each of the two sends to. */
export type Route = "one ring" | "a ring each" | "perf";

/** Cost of an event, ns: to the producer that is measured, and if both's events are counted. */
export interface Company {
  readonly each: number;
  readonly together: number;
  /** Whether the other one sent from before the first event to behind the last. */
  readonly whole: boolean;
}

/** Both producers. */
export class Producers implements Disposable {
  readonly #undo: DisposableStack;
  readonly #outlets: Outlets;
  readonly #apart: Apart;
  /** How many buffers both together send to. */
  readonly #buffers: number;

  /** From now on this thread runs on the low CPU. */
  constructor(lab: Lab, route: Route) {
    requireTestRun();
    this.#buffers = route === "one ring" ? 1 : 2;
    using undo = new DisposableStack();
    this.#apart = undo.use(new Apart());
    this.#outlets = undo.use(
      new Outlets(lab, [
        [this.#apart.here, route === "perf" ? "perf" : "low"],
        [this.#apart.elsewhere, placeOfOther[route]],
      ]),
    );
    this.#undo = undo.move();
  }

  /** Closes all of it and gives the CPUs back. */
  [Symbol.dispose](): void {
    this.#undo.dispose();
  }

  /** Cost of an event while nobody else sends, ns. */
  alone(): number {
    this.#outlets.empty();
    return this.#send();
  }

  /** The same while the other one sends; only of emulated CPUs it may not be so. */
  async accompanied(): Promise<Company> {
    for (let turn = 0; turn < mostTurns; turn++) {
      this.#apart.part();
      const company = await this.#meet();
      if (company !== undefined) return company;
    }
    throw new Error(
      `Cannot measure two producers: in ${mostTurns} turns the other one was not there all the while`,
    );
  }

  async #meet(): Promise<Company | undefined> {
    this.#outlets.empty();
    const sent = (): number => this.#outlets.sent(this.#apart.elsewhere);
    const repeat = longer * measuredEvents();
    const start = sent();
    const { program } = this.#outlets;
    const other = new Ongoing(program.testRunElsewhere({ repeat }));
    while (!other.isOver && sent() === start) await setImmediate();
    const before = sent();
    const each = this.#send();
    const after = sent();
    assert.equal((await other.result).result, 0, "the other one found no room");
    assert.equal(this.#outlets.filled(), this.#buffers, "buffers they filled");
    const whole = before > start && after < start + repeat;
    // Emulated CPUs take turns, each of which may be longer than all of this.
    if (!whole && !emulated()) return undefined;
    const both = measuredEvents() + after - before;
    const together = Math.round(each * measuredEvents() / both);
    return { each, together, whole };
  }

  /** Sends from this thread: mean cost of an event, ns. */
  #send(): number {
    const run = this.#outlets.program.testRun({ repeat: measuredEvents() });
    assert.equal(run.result, 0, "there is no room");
    return run.durationNs;
  }
}

const placeOfOther = {
  "one ring": "low",
  "a ring each": "high",
  "perf": "perf",
} as const;
