/**
 * Runs a user's own program on the simulated kernel: as a child, since a
 * program that is imported would not be the main one, under a mask that lasts
 * as long as this process does.
 *
 * @module
 */
import { guestObjects, unmaskedPath } from "./freight.ts";
import { maskRing } from "./mask.ts";

async function main(args: readonly string[]): Promise<number> {
  using _mask = maskRing(guestObjects);
  const flags = ["--allow-all", "--no-remote", "--no-config", "--no-lock"];
  const program = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, unmaskedPath, ...args],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  return (await program.spawn().status).code;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
