/**
 * The program inside a guest: says hello, asks the kernel, proves the claims in
 * their order, says bye. Everything it says goes out synchronously, line by
 * line, so that nothing is lost with the machine.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Claim } from "./claim.ts";
import { claims } from "./claims/mod.ts";
import { Splats } from "./claims/splats.ts";
import { askKernel, transportOf } from "./features.ts";
import { guestObjects } from "./freight.ts";
import { hello } from "./hello.ts";
import { maskRing } from "./mask.ts";
import { guestTimeoutMs, proveAll } from "./prove.ts";
import { Ledger } from "./spent.ts";
import { watchStarts } from "./starts.ts";
import { writeOut } from "./streams.ts";
import { encode, type Hello, type Message } from "./wire.ts";

/**
 * Proves those of `claims` that `argv` names, and ends the process.
 *
 * @param name what it says of itself.
 */
export async function main(
  claims: readonly Claim[],
  argv: readonly string[],
  name: Hello = hello(),
): Promise<never> {
  const ledger = new Ledger();
  ledger.add("modulesMs", performance.now() - orderedAt());
  watchStarts(ledger);
  const { values } = parseArgs({
    args: [...argv],
    options: {
      claims: { type: "string", default: "" },
      mask: { type: "boolean" },
      nonce: { type: "string" },
    },
  });
  /** Writes a message out whole before it returns. */
  const say = (message: Message): void => {
    writeOut(encode(message, values.nonce));
  };
  const asked = new Set(values.claims.split(","));
  // A claim that failed may leave a promise behind that fails later; the others go on.
  globalThis.addEventListener(
    "unhandledrejection",
    (event) => event.preventDefault(),
  );
  say(name);
  if (values.mask) maskRing(guestObjects);
  const features = askKernel();
  if (values.mask && features.ring.has) {
    throw new Error(
      "The mask is on, and the kernel makes ring buffers all the same",
    );
  }
  say(transportOf(features));
  const splats = new Splats();
  const bench = {
    objects: guestObjects,
    features,
    timeoutMs: guestTimeoutMs,
    complaints: () => splats.look(),
    ledger,
  };
  const chosen = claims.filter(({ id }) => asked.has(id));
  for await (const message of proveAll(chosen, bench)) say(message);
  say({ type: "bye", spent: ledger.spent });
  Deno.exit(0); // a proof that is late may still hold the event loop
}

/** When the loader had its order (kernels/loader.ts), ms; without a loader the process's start. */
function orderedAt(): number {
  return performance.getEntriesByName("ringside: order")[0]?.startTime ?? 0;
}

if (import.meta.main) await main(claims, Deno.args);
