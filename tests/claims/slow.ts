/**
 * U: readers that are slow.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Claim, claim } from "../claim.ts";
import { onStream, sendFrom, twoCpus } from "./stamped.ts";

/** Events that a slow consumer is given, and how long each of them takes, ms. */
const slow = { events: 16, ms: 5, maxMs: 10 } as const;

/** U35. */
export const slowConsumers: readonly Claim[] = [
  claim({
    id: "U35",
    title:
      "A consumer that is slow leaves timers their turn: forEach and for await yield when maxMs are over, however few the events",
    source: "Ringside's promise (sdk/turn_clock.ts)",
    prove: (lab) =>
      onStream(lab, "one", { maxMs: slow.maxMs }, async (events) => {
        const [low] = twoCpus();
        const worst = { forEach: 0, forAwait: 0 };
        let since = 0;
        const timer = setInterval(() => since = 0, 1);
        const take = (way: keyof typeof worst): boolean => {
          const until = performance.now() + slow.ms;
          while (performance.now() < until);
          worst[way] = Math.max(worst[way], ++since);
          return --left === 0;
        };
        let left: number = slow.events;
        sendFrom(low, events, "one", slow.events);
        for await (const _ of events) if (take("forAwait")) break;
        left = slow.events;
        sendFrom(low, events, "one", slow.events);
        await events.forEach(() => {
          if (take("forEach")) events.close();
        });
        clearInterval(timer);
        // Two events fill a turn; looks at the clock come closer only by and by.
        const most = slow.events / 2;
        assert.ok(worst.forEach < most, `${worst.forEach} by forEach`);
        assert.ok(worst.forAwait < most, `${worst.forAwait} by for await`);
        return worst;
      }),
  }),
];
