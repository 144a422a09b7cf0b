/**
 * What Deno opens for Workers, which is none of a proof's doing.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";

/** Deno opens an epoll with its first Worker and keeps it for all later ones. */
export async function firstWorker(): Promise<void> {
  const before = eventPolls();
  const source = "data:text/javascript,postMessage(0)";
  const worker = new Worker(source, { type: "module" });
  await new Promise((resolve) => worker.onmessage = resolve);
  worker.terminate();
  // Its thread has one of its own, and ends later.
  while (eventPolls() > before + 1) await setImmediate();
}

/** The epoll sets of this process. */
export function eventPolls(): number {
  const fds = [...Deno.readDirSync("/proc/self/fd")];
  return fds.filter(({ name }) => linkOf(name).includes("eventpoll")).length;
}

function linkOf(fd: string): string {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return ""; // closed between the look at the folder and this one
  }
}
