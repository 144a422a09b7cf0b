/**
 * The bench on the running kernel, whichever it is.
 *
 * @module
 */
import { matchesGlob } from "../../kernels/select.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { probeRing, type Transport } from "../../mod.ts";
import type { Ground } from "./ground.ts";
import { measure } from "./measure.ts";
import { type Row, rowOf } from "./report.ts";
import { idOf, type Subject, subjects } from "./rows.ts";

/** Subjects of which any name is asked for, of the transports that this kernel has. */
export function chosen(globs: readonly string[]): Subject[] {
  const transports: Transport[] = probeRing().has ? ["ring", "perf"] : ["perf"];
  const all = subjects(transports);
  if (globs.length === 0) return all;
  const some = all.filter((subject) =>
    subject.names.some((name) =>
      globs.some((glob) => matchesGlob(idOf(name, subject), glob))
    )
  );
  if (some.length > 0) return some;
  const ids = all.flatMap((one) => one.names.map((name) => idOf(name, one)));
  throw new UsageError(`No such row; there are ${ids.join(", ")}`);
}

/** Measures one subject after the other, `runs` times each. */
export async function* rowsOf(
  some: readonly Subject[],
  ground: Ground,
  runs: number,
): AsyncGenerator<Row> {
  for (const subject of some) {
    for (const measured of await measure(subject, ground, runs)) {
      yield rowOf(subject, measured);
    }
  }
}

/** The processor and the kernel, by their own names. */
export async function machineHere(): Promise<
  { readonly cpu: string; readonly cpus: number; readonly kernel: string }
> {
  const info = await Deno.readTextFile("/proc/cpuinfo");
  const cpu = /^model name\s*:\s*(.*)$/m.exec(info)?.[1] ?? Deno.build.arch;
  // Deno.osRelease() was seen empty on a 5.4 guest.
  const kernel = await Deno.readTextFile("/proc/sys/kernel/osrelease");
  return { cpu, cpus: navigator.hardwareConcurrency, kernel: kernel.trim() };
}
