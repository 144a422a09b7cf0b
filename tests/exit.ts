/**
 * How the commands end: with a status, and one line when something was wrong.
 *
 * @module
 */
import { AssertionError } from "node:assert/strict";
import { UsageError } from "../kernels/usage_error.ts";
import { writeError } from "./streams.ts";

/** Bad usage; EX_USAGE of sysexits.h. */
const badUsage = 64;
/** What the run needs is not here; EX_UNAVAILABLE of sysexits.h. */
const unavailable = 69;

/** Runs a command to its exit status; an error is its message on stderr and a status of its own. */
export async function statusOf(
  main: (argv: readonly string[]) => Promise<number>,
  argv: readonly string[],
): Promise<number> {
  try {
    return await main(argv);
  } catch (error) {
    if (isMistake(error)) throw error;
    writeError(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? badUsage : unavailable;
  }
}

/** A mistake of this program, which is to be seen with its stack. */
function isMistake(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, AssertionError]
    .some((kind) => error instanceof kind);
}

/** Runs a command from where the user stands, and ends the process with its status. */
export async function exitWith(
  main: (argv: readonly string[]) => Promise<number>,
): Promise<never> {
  // A task runs in the project's folder; paths are meant from where the user stands.
  Deno.chdir(Deno.env.get("INIT_CWD") ?? ".");
  Deno.exit(await statusOf(main, Deno.args));
}
