/**
 * A wait that is known to have begun: whether a wakeup comes can be asked only
 * of a consumer that sleeps already, since one that begins to wait looks at the
 * ring's state first.
 *
 * poll(2) on another thread is ffi/wait.ts, which mod.ts does not hand on.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { Waiter } from "../../ffi/wait.ts";

/** Numbers of poll(2) as /proc/PID/task/TID/syscall prints them; glibc on arm64 calls ppoll(2). */
const pollNumber: Record<string, string> = { x86_64: "7", aarch64: "73" };

/**
 * Waits on `fd`, runs `act` once the waiting thread sleeps, and answers whether
 * `fd` was readable within `ms` from then on. The wait itself has no end: a
 * machine that is away before `act` shortens nothing.
 */
export async function wakes(
  fd: number,
  ms: number,
  act: () => void,
): Promise<boolean> {
  using waiter = new Waiter();
  let over = false;
  const wait = waiter.readable(fd, -1).finally(() => over = true);
  const late = Promise.withResolvers<void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    while (!over && !asleep()) await setImmediate();
    if (over) {
      throw new Error("the consumer did not sleep: it was ready at once");
    }
    act();
    timer = setTimeout(late.resolve, ms);
    await Promise.race([wait, late.promise]);
  } finally {
    clearTimeout(timer);
    waiter.wake();
    await wait;
  }
  return wait;
}

/** The SDK's reader ends its sleep by time, at the earliest after so many ms. */
export const soundMs = 90;

/** Whether a thread of this process sleeps in poll(2). */
export function asleep(): boolean {
  const number = pollNumber[Deno.build.arch] ?? "";
  return [...Deno.readDirSync("/proc/self/task")].some(({ name }) => {
    return callOf(name).split(" ")[0] === number;
  });
}

/** A thread may end between the look at the folder and this one. */
function callOf(thread: string): string {
  try {
    return Deno.readTextFileSync(`/proc/self/task/${thread}/syscall`);
  } catch {
    return "";
  }
}
