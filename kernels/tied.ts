/**
 * Processes that do not outlive this one, nor the wish for what they do.
 *
 * @module
 */
import { findExecutable } from "./executable.ts";

/**
 * A command behind setpriv(1) where there is one: the kernel then sends it the signal when this
 * process dies, also by SIGKILL, after which no process can clean up.
 */
export function tied(
  command: readonly string[],
  signal: "KILL" | "INT" = "KILL",
): string[] {
  const setpriv = findExecutable("setpriv");
  if (setpriv === undefined) return [...command];
  return [setpriv, "--pdeathsig", signal, "--", ...command];
}

/** Kills a process when the signal is aborted, until this is disposed. */
export function killedBy(
  signal: AbortSignal | undefined,
  child: Deno.ChildProcess,
): Disposable {
  const end = (): void => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It ended between the signal and the kill.
    }
  };
  signal?.addEventListener("abort", end);
  return {
    [Symbol.dispose]: () => signal?.removeEventListener("abort", end),
  };
}
