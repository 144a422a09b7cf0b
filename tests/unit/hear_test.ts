/**
 * How a machine that is heard out comes to its end.
 *
 * @module
 */

import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { MachineEvent } from "../../kernels/machine.ts";
import type { Ending, Listener } from "../errand.ts";
import { hearOut } from "../hear.ts";

const listener: Listener = {
  line: () => undefined,
  end: () => ({ state: "lost", claims: [] }),
  said: {},
};

/** The end of a machine that is killed; `then` runs when that is known. */
async function killed(
  signal: AbortSignal,
  then: () => void = () => {},
): Promise<Ending> {
  async function* events(): AsyncGenerator<MachineEvent> {
    yield await Promise.resolve({ type: "up", bootMs: 1 });
    then();
    yield { type: "lost", why: "QEMU was killed by SIGINT", console: "" };
  }
  const hearing = { row: "a", release: null, listener, watch: () => {} };
  const { ending } = await hearOut(events(), { ...hearing, signal });
  return ending;
}

describe("a machine that is made before it is brought back", () => {
  it("is told to who watches, and that it boots where there is none", async () => {
    async function* events(): AsyncGenerator<MachineEvent> {
      yield await Promise.resolve({ type: "freezing" });
      yield { type: "booting" };
      yield { type: "up", bootMs: 1 };
      yield { type: "exit", code: 0, runMs: 1, console: "" };
    }
    const told: unknown[] = [];
    const { signal } = new AbortController();
    const watch = (event: unknown): void => void told.push(event);
    const hearing = { row: "a", release: null, listener, watch, signal };
    await hearOut(events(), hearing);
    assert.deepEqual(told, [
      { is: "freezing", row: "a" },
      { is: "booting", row: "a" },
      { is: "up", row: "a", bootMs: 1 },
    ]);
  });
});

describe("a machine that is killed", () => {
  it("was cancelled, also where it had the signal before us", async () => {
    const controller = new AbortController();
    const ending = await killed(controller.signal, () => {
      setTimeout(() => controller.abort(), 10);
    });
    assert.deepEqual(ending, {
      ...{ is: "lost", why: "The run was cancelled", console: "" },
    });
  });

  it("is lost, where nobody ended the run", async () => {
    const ending = await killed(new AbortController().signal);
    assert.equal(
      ending.is === "lost" && ending.why,
      "QEMU was killed by SIGINT",
    );
  });
});
