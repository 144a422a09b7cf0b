/**
 * The errand of proving claims: the guest runner with all that it needs, and a
 * transcript for each machine.
 *
 * @module
 */
import { bundle } from "../kernels/bundle.ts";
import type { Kernel } from "../kernels/kernel.ts";
import type { Program } from "../kernels/machine.ts";
import type { Claim } from "./claim.ts";
import type { Errand } from "./errand.ts";
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
  const programs = new Map<boolean, Promise<Program>>();
  const make = async (masked: boolean): Promise<Program> => ({
    entry,
    args: [
      ...claims.flatMap(({ id }) => ["--claim", id]),
      ...masked ? ["--mask"] : [],
    ],
    files: {
      ...freight.files,
      [entry]: await (module ??= bundle(guest, freight.imports)),
    },
    libraries: freight.libraries,
  });
  return {
    program(kernel: Kernel): Promise<Program> {
      const masked = kernel.simulated !== undefined;
      const program = programs.get(masked) ?? make(masked);
      programs.set(masked, program);
      return program;
    },
    listen: () => new Transcript(claims),
  };
}
