/**
 * Asks the running kernel what the claims need to know of it, through the same
 * door as every user.
 *
 * @module
 */
import assert from "node:assert/strict";
import { constants } from "node:os";
import { BpfError, BpfObject, probeRing } from "../mod.ts";
import type { Lab } from "./claim.ts";
import { type Features, words } from "./verdict.ts";
import type { TransportTaken } from "./wire.ts";

/** Asks. A kernel that gives no answer is a feature of its own: claims with a need fail on it. */
export function askKernel(): Features {
  try {
    const { has, reason } = probeRing();
    return { ring: { has, reason }, refusal };
  } catch (error) {
    const unknown = words(error);
    return { ring: { has: false, reason: unknown }, refusal, unknown };
  }
}

/** Which transport the SDK takes on such a kernel. */
export function transportOf({ ring, unknown }: Features): TransportTaken {
  const transport = unknown !== undefined ? "none" : ring.has ? "ring" : "perf";
  return { type: "transport", transport, reason: ring.reason };
}

/** The documented refusal: EINVAL for the map, and so for an object that has one. */
function refusal(lab: Lab): void {
  const { EINVAL } = constants.errno;
  assert.equal(probeRing().errno, EINVAL);
  using object = BpfObject.open(lab.object("ring"));
  const refused = (error: unknown): boolean =>
    error instanceof BpfError && error.errno === EINVAL;
  assert.throws(
    () => object.load(),
    refused,
    "an object with a ring buffer was not refused by EINVAL",
  );
}
