/**
 * Loading what a kernel may be too old for.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { BpfError, BpfObject } from "../../mod.ts";
import { Absent, type Lab } from "../claim.ts";

/**
 * Loads an object of a feature that a kernel may lack; then the kernel says
 * EINVAL, and libbpf's log says of what: `refusal`.
 */
export function loadNewer(
  lab: Lab,
  name: string,
  refusal: RegExp,
): BpfObject {
  const object = BpfObject.open(lab.object(name));
  try {
    object.load();
    return object;
  } catch (error) {
    object.close();
    if (!(error instanceof BpfError)) throw error;
    assert.equal(error.errno, constants.errno.EINVAL, error.message);
    const line = error.log.split("\n").find((line) => refusal.test(line));
    assert.ok(line, `refused, but not as documented: ${error.log}`);
    throw new Absent(line.trim().replace(/^libbpf: /, ""));
  }
}
