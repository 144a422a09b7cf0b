/**
 * The errand of proving claims: the guest runner with all that it needs, and a
 * transcript for each machine.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { bundle } from "../kernels/bundle.ts";
import type { Program } from "../kernels/machine.ts";
import { type GuestFiles, programPath } from "../kernels/payload.ts";
import type { Claim } from "./claim.ts";
import { type Errand, masked } from "./errand.ts";
import type { Freight } from "./freight.ts";
import { Transcript } from "./transcript.ts";

const guest = fileURLToPath(new URL("guest.ts", import.meta.url));

/** The SDK by itself, for the Workers of a claim: they start sooner than with all claims. */
const sdk = fileURLToPath(new URL("../mod.ts", import.meta.url));
const sdkEntry = "/sdk.js";

/**
 * Sends guests out to prove claims.
 *
 * @param runner the program that proves them, where it is not that of the list.
 */
export function claimsErrand(
  claims: readonly Claim[],
  freight: Freight,
  runner: string = guest,
): Errand {
  let modules: Promise<GuestFiles[]> | undefined;
  const make = async (isMasked: boolean): Promise<Program> => ({
    args: [
      `--claims=${claims.map(({ id }) => id).join(",")}`,
      ...isMasked ? ["--mask"] : [],
    ],
    files: Object.assign(
      {},
      freight.files,
      ...await (modules ??= Promise.all([
        bundle(runner, programPath, freight.imports),
        bundle(sdk, sdkEntry),
      ])),
    ),
    libraries: freight.libraries,
    signs: true,
    packages: freight.packages,
  });
  return {
    program: masked(make),
    listen: (_, nonce) => new Transcript(claims, nonce),
  };
}
