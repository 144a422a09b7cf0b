/**
 * What a process takes of the machine, by /proc.
 *
 * @module
 */

/** CPU time of all threads so far, ns; of those only that are still there. */
export function cpuNs(pid: number): number {
  const threads = [...Deno.readDirSync(`/proc/${pid}/task`)];
  return threads.reduce((sum, { name }) => sum + ranNs(pid, name), 0);
}

function ranNs(pid: number, thread: string): number {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/task/${thread}/schedstat`);
    return Number(text.split(" ")[0]);
  } catch {
    return 0; // it has ended meanwhile, or this kernel keeps no account
  }
}

/** Memory that is resident, MiB; NaN of a process that has ended and was not waited for. */
export function residentMiB(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
