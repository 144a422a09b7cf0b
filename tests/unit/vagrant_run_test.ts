/**
 * The run that the test of Vagrant waits for: it is waited for no longer than it runs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Run } from "../vagrant/run.ts";

describe("a run that is waited for", () => {
  it("has said what it was waited for, or has ended without", async () => {
    const run = new Run(["eval", "console.log('one'); console.error('two')"]);
    await run.says(/one/);
    await run.says(/two/);
    await assert.rejects(
      run.says(/three/),
      /It ended without \/three\/:\none\ntwo/,
    );
    assert.equal(await run.ended(), 0);
  });

  it("has done what it was waited for, or has ended without", async () => {
    const run = new Run(["eval", "Deno.exit(3)"]);
    let asked = 0;
    await run.until("a machine", () => Promise.resolve(++asked === 1));
    await assert.rejects(
      run.until("a machine", async () => await run.ended() === 0),
      /It ended without a machine/,
    );
    assert.equal(await run.ended(), 3);
  });
});
