/**
 * The errand of proving claims: the guest runner with all that it needs, and a
 * transcript for each machine.
 *
 * @module
 */
import { bundle } from "../kernels/bundle.ts";
import type { Program } from "../kernels/machine.ts";
import type { Claim } from "./claim.ts";
import { type Errand, masked } from "./errand.ts";
import type { Freight } from "./freight.ts";
import { Transcript } from "./transcript.ts";

const guest = new URL("guest.ts", import.meta.url).pathname;
const entry = "/ringside/guest.js";

/** Sends guests out to prove claims. */
export function claimsErrand(
  claims: readonly Claim[],
  freight: Freight,
): Errand {
  let module: Promise<Uint8Array> | undefined;
  const make = async (isMasked: boolean): Promise<Program> => ({
    entry,
    args: [
      `--claims=${claims.map(({ id }) => id).join(",")}`,
      ...isMasked ? ["--mask"] : [],
    ],
    files: {
      ...freight.files,
      [entry]: await (module ??= bundle(guest, freight.imports)),
    },
    libraries: freight.libraries,
  });
  return {
    program: masked(make),
    listen: () => new Transcript(claims),
  };
}
