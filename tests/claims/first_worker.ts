/**
 * What Deno opens for Workers, which is none of a proof's doing.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { epolls } from "./fd_links.ts";

/** How long a thread's end may take, ms; what is open then has been left open. */
const patienceMs = 5000;

let opened = false;

/** Deno opens an epoll with its first Worker and keeps it for all later ones. */
export async function firstWorker(): Promise<void> {
  if (opened) return;
  opened = true;
  const before = epolls().length;
  const source = "data:text/javascript,postMessage(0)";
  const worker = new Worker(source, { type: "module" });
  await new Promise((resolve) => worker.onmessage = resolve);
  worker.terminate();
  await noMoreThan(before + 1);
}

/**
 * Runs what makes Workers and ends them, and returns when their threads are gone:
 * each has an epoll, and ends after terminate() has returned.
 */
export async function withWorkers<T>(body: () => Promise<T>): Promise<T> {
  const before = epolls().length;
  try {
    return await body();
  } finally {
    // One that a failed proof leaves in the midst of its work closes nothing.
    await noMoreThan(before);
  }
}

/** Until there are no more epoll sets than so many, or patience is over. */
async function noMoreThan(most: number): Promise<void> {
  const patience = performance.now() + patienceMs;
  while (epolls().length > most && performance.now() < patience) {
    await setTimeout(1);
  }
}
