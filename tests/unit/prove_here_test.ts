/**
 * Claims on the running kernel, and what is kept of them when the run is ended.
 *
 * @module
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "@std/testing/bdd";
import { Interrupted } from "../../kernels/interruption.ts";
import { type Claim, claim, type Proof } from "../claim.ts";
import type { Step } from "../errand.ts";
import { proveHere } from "../prove_here.ts";

const proofs = (...all: readonly Proof[]): readonly Claim[] =>
  all.map((prove, at) =>
    claim({
      id: `R${at + 1}`,
      title: `Sentence ${at + 1}`,
      source: "a document",
      prove,
    })
  );

/** Ends the run while it is proved, as Ctrl-C does. */
class Ended {
  readonly #controller = new AbortController();
  readonly signal = this.#controller.signal;
  readonly now = (): void => this.#controller.abort(new Interrupted("SIGINT"));
}

describe("the running kernel", () => {
  it("is a row of verdicts, and each proof is seen to begin", async () => {
    const steps: Step[] = [];
    const { state, claims, driver } = await proveHere(
      proofs(() => {}, () => assert.equal(1, 2)),
      (event) => void (event.is === "step" && steps.push(event.step)),
      new Ended().signal,
    );
    assert.deepEqual([state, driver], ["ran", "none"]);
    assert.deepEqual(claims.map(({ verdict }) => verdict), ["holds", "fails"]);
    assert.deepEqual(steps, [
      { is: "claim", id: "R1", nth: 1, of: 2 },
      { is: "claim", id: "R2", nth: 2, of: 2 },
    ]);
  });

  it("keeps what had ended when the run is ended, and says why the rest is lost", async () => {
    const run = new Ended();
    const busy = sleep(1300);
    const row = await proveHere(
      proofs(() => {}, () => (run.now(), busy), () => {}),
      () => {},
      run.signal,
    );
    await busy;
    await sleep(300); // it puts in order what the proof left
    assert.deepEqual([row.state, row.why], ["lost", "The run was cancelled"]);
    assert.deepEqual(row.claims.map(({ verdict, why }) => [verdict, why]), [
      ["holds", undefined],
      ["lost", "The run was cancelled"],
      ["lost", "It had not begun. The run was cancelled"],
    ]);
  });

  it("lets the proof at work end when the run is ended, and believes no failure of it", async () => {
    const verdicts = async (late: Proof): Promise<string[]> => {
      const run = new Ended();
      const busy: Proof = async (lab) => {
        run.now();
        await sleep(50);
        await late(lab);
      };
      const chosen = proofs(busy, () => {});
      const { claims } = await proveHere(chosen, () => {}, run.signal);
      return claims.map(({ verdict }) => verdict);
    };
    assert.deepEqual(await verdicts(() => {}), ["holds", "lost"]);
    const dead = (): never => assert.fail("its child was killed");
    assert.deepEqual(await verdicts(dead), ["lost", "lost"]);
  });
});
