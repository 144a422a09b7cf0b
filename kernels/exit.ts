/**
 * How commands end: with a status, and one line when something was wrong.
 *
 * @module
 */
import { AssertionError } from "node:assert/strict";
import { Interrupted } from "./interruption.ts";
import { systemWords } from "./system_words.ts";
import { writeError } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Bad usage; EX_USAGE of sysexits.h. */
const badUsage = 64;
/** What the run needs is not here; EX_UNAVAILABLE of sysexits.h. */
export const unavailable = 69;

/** The exit status of a task's process, whose command runs from where the user stands. */
export async function taskStatus(
  main: (argv: readonly string[]) => Promise<number>,
): Promise<number> {
  return await statusOf(async (argv) => {
    goBack();
    return await main(argv);
  }, Deno.args);
}

/** A task runs in the project's folder; paths are meant from where the user stands. */
function goBack(): void {
  const folder = Deno.env.get("INIT_CWD");
  if (folder === undefined) return;
  try {
    Deno.chdir(folder);
  } catch (error) {
    const why = systemWords(error);
    throw new Error(
      `Cannot work in ${folder}, where the command was given: ${why}; ` +
        "give it in a folder that is there and that your user may enter",
    );
  }
}

/** Runs a command to its exit status; an error is its message on stderr and a status of its own. */
export async function statusOf(
  main: (argv: readonly string[]) => Promise<number>,
  argv: readonly string[],
): Promise<number> {
  try {
    return await main(argv);
  } catch (error) {
    const errors = within(error);
    if (errors.some(isMistake)) throw error;
    // What was told to stop has nothing to say; what could not be tidied up then has.
    const told = errors.find((one) => one instanceof Interrupted);
    for (const one of errors) {
      if (one === told) continue;
      writeError(`${one instanceof Error ? one.message : one}\n`);
    }
    const otherwise = error instanceof UsageError ? badUsage : unavailable;
    return told?.status ?? otherwise;
  }
}

/** An error and what it hides: a block that fails may fail once more where it is left. */
function within(error: unknown): unknown[] {
  if (!(error instanceof SuppressedError)) return [error];
  return [...within(error.suppressed), ...within(error.error)];
}

/** A mistake of this program, which is to be seen with its stack. */
function isMistake(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, AssertionError]
    .some((kind) => error instanceof kind);
}
