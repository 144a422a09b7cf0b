/**
 * How commands end: with a status, and one line when something was wrong.
 *
 * @module
 */
import { AssertionError } from "node:assert/strict";
import { print } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Bad usage; EX_USAGE of sysexits.h. */
const badUsage = 64;
/** What the run needs is not here; EX_UNAVAILABLE of sysexits.h. */
const unavailable = 69;
/** As a shell has it of who was ended by Ctrl-C. */
const interrupted = 130;

/** Runs a command to its exit status; an error is its message on stderr and a status of its own. */
export async function statusOf(
  main: (argv: readonly string[]) => Promise<number>,
  argv: readonly string[],
): Promise<number> {
  try {
    return await main(argv);
  } catch (error) {
    if (isMistake(error)) throw error;
    if (isAbort(error)) return interrupted;
    complain(error instanceof Error ? error.message : String(error));
    return error instanceof UsageError ? badUsage : unavailable;
  }
}

/** A mistake of this program, which is to be seen with its stack. */
function isMistake(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, AssertionError]
    .some((kind) => error instanceof kind);
}

/** What was told to stop has nothing to say. */
function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** The status says it too, should nobody be there to read it. */
function complain(text: string): void {
  try {
    print(text, Deno.stderr);
  } catch {
    // A terminal that was closed, a pipe whose reader has gone.
  }
}
