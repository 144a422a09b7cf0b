/**
 * Streams, done with while one of their calls fails.
 *
 * @module
 */

import assert from "node:assert/strict";
import { onlineCpus } from "../../ffi/cpu.ts";
import {
  type Events,
  joinEvents,
  openEvents,
  type OpenOptions,
  openStreams,
  type Transport,
} from "../../mod.ts";
import { path, type Scenario } from "./sdk_scenario.ts";

/** Sends so many events from this thread. */
function send(events: Events<unknown>, repeat: number): void {
  const { object, transport } = events;
  object.program(`burst_${transport}`).testRun({ repeat });
}

const openBurst = (options: OpenOptions): Promise<Events<unknown>> =>
  openEvents(path("burst"), { attach: false, ...options });

/** A stream of either transport. */
function over(transport: Transport): Scenario[] {
  return [{
    name: `a stream over ${transport} is opened, drained, asked and closed`,
    async run(): Promise<void> {
      await using events = await openBurst({ transport });
      send(events, 3);
      assert.ok(events.queries().some(({ available }) => available > 0));
      assert.equal(events.drain().length, 3);
      assert.equal(events.stats().delivered, 3);
    },
  }, {
    name: `a stream over ${transport} is waited for, with and without events`,
    async run(): Promise<void> {
      await using events = await openBurst({ transport });
      assert.equal((await events.next({ timeoutMs: 2 })).is, "timeout");
      send(events, 1);
      assert.equal((await events.next({ timeoutMs: 1000 })).is, "event");
      assert.equal((await events.next({ timeoutMs: 2 })).is, "timeout");
    },
  }, {
    name: `a stream over ${transport} is waited for by its own thread`,
    async run(): Promise<void> {
      await using events = await openBurst({ transport, blockMs: 5 });
      assert.equal((await events.next({ timeoutMs: 2 })).is, "timeout");
      send(events, 1);
      assert.equal((await events.next({ timeoutMs: 1000 })).is, "event");
    },
  }, {
    name: `all streams of an object over ${transport} are read in order`,
    async run(): Promise<void> {
      await using events = await openStreams(path("streams"), {
        ...{ attach: false, transport, order: "timestamp", windowMs: 0 },
        wakeup: { every: 2 },
      });
      for (const to of ["to_one", "to_each"]) {
        events.object.program(`${to}_${transport}`).testRun({ repeat: 2 });
      }
      let taken = 0;
      while (taken < 4) taken += events.drain().length;
    },
  }, {
    name: `a stream over ${transport} is shared and joined`,
    async run(): Promise<void> {
      await using events = await openEvents(path("streams"), {
        ...{ attach: false, transport, stream: "each", cpus: [] },
      });
      await using joined = await joinEvents(events.share(), {
        cpus: onlineCpus(),
      });
      const program = events.object.program(`to_each_${transport}`);
      await program.testRunElsewhere({ repeat: 2 });
      assert.equal(joined.drain().length, 2);
    },
  }];
}

const perfOnly: readonly Scenario[] = [{
  name: "a perf stream is paused and goes on",
  async run(): Promise<void> {
    await using events = await openBurst({ transport: "perf" });
    events.pause();
    send(events, 2);
    events.resume();
    send(events, 1);
    assert.equal(events.drain().length, 1);
  },
}, {
  name: "a flight recorder over perf is read by a snapshot",
  async run(): Promise<void> {
    await using events = await openBurst({
      ...{ transport: "perf", overwrite: true },
    });
    send(events, 2);
    assert.equal(events.snapshot().length, 2);
  },
}];

/** All of them. */
export const streams: readonly Scenario[] = [
  ...over("ring"),
  ...over("perf"),
  ...perfOnly,
];
