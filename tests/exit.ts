/**
 * How a task's process ends.
 *
 * @module
 */
import { statusOf } from "../kernels/exit.ts";

/** Runs a command from where the user stands, and ends the process with its status. */
export async function exitWith(
  main: (argv: readonly string[]) => Promise<number>,
): Promise<never> {
  // A task runs in the project's folder; paths are meant from where the user stands.
  Deno.chdir(Deno.env.get("INIT_CWD") ?? ".");
  Deno.exit(await statusOf(main, Deno.args));
}
