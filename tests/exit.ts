/**
 * How a task's process ends.
 *
 * @module
 */
import { taskStatus } from "../kernels/exit.ts";

/** Runs a command from where the user stands, and ends the process with its status. */
export async function exitWith(
  main: (argv: readonly string[]) => Promise<number>,
): Promise<never> {
  Deno.exit(await taskStatus(main));
}
