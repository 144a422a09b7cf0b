/**
 * Work that is shared is done once, and one that gives up takes nobody with it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { InFlight } from "../../kernels/in_flight.ts";

const never = (): Promise<number> =>
  Promise.reject(new Error("This work was not to be done"));

describe("InFlight", () => {
  it("shares a result while the work runs, and only then", async () => {
    const shared = new InFlight<number>();
    const { promise, resolve } = Promise.withResolvers<number>();
    const first = shared.join("a", undefined, () => promise);
    const second = shared.join("a", undefined, never);
    const other = shared.join("b", undefined, () => Promise.resolve(2));
    resolve(1);
    assert.deepEqual(await Promise.all([first, second, other]), [1, 1, 2]);
    assert.equal(
      await shared.join("a", undefined, () => Promise.resolve(3)),
      3,
    );
  });

  it("shares a failure", async () => {
    const shared = new InFlight<number>();
    const { promise, reject } = Promise.withResolvers<number>();
    const first = shared.join("a", undefined, () => promise);
    const second = shared.join("a", undefined, never);
    reject(new Error("It failed"));
    await assert.rejects(first, { message: "It failed" });
    await assert.rejects(second, { message: "It failed" });
  });

  it("does the work itself when the other was cancelled, once for all who wait", async () => {
    const shared = new InFlight<number>();
    const { promise, reject } = Promise.withResolvers<number>();
    let done = 0;
    const work = (): Promise<number> => Promise.resolve(++done);
    const controller = new AbortController();
    const first = shared.join("a", controller.signal, () => promise);
    const others = [
      shared.join("a", undefined, work),
      shared.join("a", undefined, work),
    ];
    controller.abort(new Error("Cancelled"));
    reject(controller.signal.reason);
    await assert.rejects(first, { message: "Cancelled" });
    assert.deepEqual(await Promise.all(others), [1, 1]);
  });

  it("stops waiting when its own signal aborts, and the work goes on", async () => {
    const shared = new InFlight<number>();
    const { promise, resolve } = Promise.withResolvers<number>();
    const controller = new AbortController();
    const first = shared.join("a", undefined, () => promise);
    const second = shared.join("a", controller.signal, never);
    controller.abort();
    await assert.rejects(second, { name: "AbortError" });
    resolve(1);
    assert.equal(await first, 1);
  });
});
