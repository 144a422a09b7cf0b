/**
 * Processes that start on one CPU and end on another, as bpf/lives.bpf.c sees
 * them.
 *
 * They are placed by ffi/cpu.ts, which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { constants } from "node:os";
import { pin } from "../../ffi/cpu.ts";
import { BpfError, type Events } from "../../mod.ts";
import { patienceMs } from "./woken.ts";

const { ENOENT } = constants.errno;

/** struct life_event of bpf/lives.bpf.c. */
export interface LifeEvent {
  readonly stamp: { readonly time: bigint; readonly cpu: number };
  readonly pid: number;
  /** 0: it starts a program; 1: it ends. */
  readonly ends: number;
}

/**
 * Starts a process on one CPU and ends it on another one; answers its number. This thread leaves
 * the first before it looks into a map: while bpf(2) works on a hash map, that CPU runs no
 * tracepoint's program (bpf_disable_instrumentation in include/linux/bpf.h), and where the kernel
 * preempts it there, the process that starts meanwhile is missed. Seen on 7.3, which is preemptible
 * (lazily), of about one process in 300.
 */
export async function liveOnce(
  streams: readonly Events<LifeEvent>[],
  from: number,
  to: number,
): Promise<number> {
  pin(0, [from]);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-"],
    ...{ stdin: "piped", stdout: "null", stderr: "null" },
  }).spawn();
  pin(0, [to]);
  const patience = performance.now() + patienceMs;
  try {
    while (!streams.every((events) => sawStart(events, child.pid))) {
      assert.ok(performance.now() < patience, "its exec was not sent");
      await setImmediate();
    }
    pin(child.pid, [to]);
  } finally {
    child.kill("SIGKILL");
    await child.stdin.close();
    await child.status;
  }
  return child.pid;
}

/** Whether a process' exec was sent. */
function sawStart({ object }: Events<unknown>, pid: number): boolean {
  try {
    object.map("started").lookup(pid);
    return true;
  } catch (error) {
    if (error instanceof BpfError && error.errno === ENOENT) return false;
    throw error;
  }
}
