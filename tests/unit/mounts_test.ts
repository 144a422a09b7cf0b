/**
 * What a running machine has mounted.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { claims } from "../claims/mod.ts";
import { Missing } from "../freight.ts";
import { requireMounts } from "../mounts.ts";

const table = "proc /proc proc rw 0 0\nnone /sys/fs/bpf bpf rw,mode=700 0 0\n";

describe("a claim that wants something mounted", () => {
  it("is refused with its like and a way out where it is not", () => {
    const some = claims.filter(({ id }) => ["F1", "U6", "U31"].includes(id));
    assert.throws(() => requireMounts(claims, table), (error) => {
      assert.ok(error instanceof Missing);
      assert.equal(
        error.message,
        "Cannot prove O7, U6, U30, U7 here: tracefs is not mounted; " +
          "mount -t tracefs tracefs /sys/kernel/tracing",
      );
      return true;
    });
    assert.throws(() => requireMounts(some, "tracefs /t tracefs rw 0 0\n"), {
      message: "Cannot prove U31 here: bpf is not mounted; " +
        "mount -t bpf bpf /sys/fs/bpf",
    });
  });

  it("is let in where it is, and so is whoever wants nothing", () => {
    requireMounts(claims, `${table}tracefs /t tracefs rw 0 0\n`);
    requireMounts(claims.filter(({ id }) => id === "F1"), "");
  });
});
