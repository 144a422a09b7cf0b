/**
 * Bursts that no buffer holds: `deno task test:matrix -- tests/load/burst.ts
 * --events 1000000 --times 20`, or natively `deno task test:load burst`. Another
 * thread sends while this one takes; after each burst every event must have
 * been delivered or be counted as lost, exactly.
 *
 * @module
 */

import assert from "node:assert/strict";
import { openEvents, probeRing, type Transport } from "../../mod.ts";
import { exitWith } from "../exit.ts";
import { writeOut } from "../streams.ts";
import { burstObject } from "./object.ts";
import { readBurstOptions } from "./options.ts";

/** As much of struct burst_event as is looked at. */
interface Sent {
  readonly sequence: number;
  readonly cpu: number;
}

/** What one burst came to. */
interface Outcome {
  readonly delivered: number;
  readonly lost: number;
  readonly seconds: number;
}

/** One burst of `repeat` events through buffers of 16 KiB. */
async function burst(
  transport: Transport,
  repeat: number,
): Promise<Outcome> {
  const began = performance.now();
  await using events = await openEvents<Sent>(burstObject, {
    ...{ transport, attach: false, int64: "number" },
    ...{ ringBytes: 16384, perfPages: 4 },
  });
  let seen = 0;
  const last = new Map<number, number>();
  const taken = events.forEach(({ sequence, cpu }) => {
    // The sender goes from CPU to CPU: perf keeps the order within each.
    const place = transport === "ring" ? 0 : cpu;
    const before = last.get(place) ?? -1;
    assert.ok(sequence > before, `event ${sequence} came behind ${before}`);
    last.set(place, sequence);
    seen++;
  });
  const program = events.object.program(`burst_${transport}`);
  await program.testRunElsewhere({ repeat });
  // At rest, and without another event: what is there is taken by now, or in this turn.
  const rest = events.drain();
  const { attempted, delivered, lost, pending } = events.stats();
  assert.equal(attempted, repeat);
  assert.equal(delivered, seen + rest.length);
  assert.equal(delivered + lost, attempted);
  assert.equal(pending, 0);
  assert.ok(lost > 0, "the buffer held them all: this was no burst");
  await events.close();
  await taken;
  return { delivered, lost, seconds: (performance.now() - began) / 1000 };
}

/** Runs the command and returns its exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const { events, times } = readBurstOptions(argv);
  const there: Transport[] = probeRing().has ? ["ring", "perf"] : ["perf"];
  for (const transport of there) {
    for (let time = 1; time <= times; time++) {
      const { delivered, lost, seconds } = await burst(transport, events);
      const told = `${transport} ${time}: ${events} attempted = ` +
        `${delivered} delivered + ${lost} lost, ${seconds.toFixed(1)} s\n`;
      writeOut(told);
    }
  }
  return 0;
}

if (import.meta.main) await exitWith(main);
