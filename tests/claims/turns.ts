/**
 * U: how much a turn of the reader takes.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Claim, claim, type Json } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { type Burst, burst, onEach } from "./each_transport.ts";

/** The most events of a turn; and what each CPU sends, which is more. */
const [maxEvents, sent] = [10, 25];

/** Turns within which every CPU's buffer must have had one. */
const mostTurns = 4;

/** U9. */
export const turns: readonly Claim[] = [
  claim({
    id: "U9",
    title: "A turn ends at maxEvents, and a CPU that floods starves no other",
    source: "Ringside's promise (sdk/reader.ts)",
    prove: (lab) =>
      onEach(lab, async (events) => {
        using cpus = new Pinned();
        const sizes = await turnSizes(events, cpus);
        const turn = await turnOfOther(events, cpus);
        return { sizes, turn };
      }, { maxEvents, maxMs: Infinity }),
  }),
];

/** Sends from two CPUs; answers how much each turn took. */
async function turnSizes(events: Burst, cpus: Pinned): Promise<number[]> {
  for (const cpu of [cpus.low, cpus.high]) {
    cpus.to(cpu);
    burst(events, sent);
  }
  const sizes: number[] = [];
  for await (const batch of events.batches()) {
    sizes.push(batch.length);
    if (sum(sizes) === 2 * sent) break;
  }
  assert.ok(sizes.every((size) => size <= maxEvents), `turns of ${sizes}`);
  return sizes;
}

/** One CPU sends before each turn, the other one once: in which turn that one's event came. */
async function turnOfOther(events: Burst, cpus: Pinned): Promise<Json> {
  cpus.to(cpus.low);
  burst(events, sent);
  cpus.to(cpus.high);
  burst(events, 1);
  cpus.to(cpus.low);
  let turn = 0;
  for await (const batch of events.batches()) {
    turn++;
    if (batch.some(({ cpu }) => cpu === cpus.high)) return turn;
    assert.ok(turn < mostTurns || events.transport === "ring", "it starves");
    burst(events, sent);
  }
  return null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
