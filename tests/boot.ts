/**
 * Runs the machine of one row, hears it out, and writes the row down.
 *
 * @module
 */
import type { Image, Named } from "../kernels/kernel.ts";
import type { MachineEvent } from "../kernels/machine.ts";
import type { Heard } from "./errand.ts";
import { hearOut } from "./hear.ts";
import type { Stage, Terms } from "./plan.ts";
import type { Watcher } from "./progress.ts";
import type { Row } from "./results.ts";
import { identity, since } from "./row.ts";

/** A row that has all it needs to boot. */
export interface Ready {
  readonly image: Image;
  readonly initramfs: string;
  readonly accel: "kvm" | "tcg";
  readonly provisionMs: number;
  /** What was odd about the way to have the image. */
  readonly warnings: readonly string[];
}

/** What is known of a row before its machine runs. */
export interface Known extends Pick<Row, "accel" | "image"> {
  readonly row: Named;
  /** As far as an image tells; the machine knows better. */
  readonly release: string | null;
  readonly arch: string | null;
  readonly provisionMs: number;
  /** May grow while the machine runs. */
  readonly warnings: readonly string[];
}

/** Boots one machine and returns its row, whatever becomes of it. */
export async function bootRow(ready: Ready, stage: Stage): Promise<Row> {
  const { image, initramfs, accel, provisionMs, warnings } = ready;
  const { kernel, release, arch, sha256, from } = image;
  const { cpus, memoryMiB, timeoutMs, signal } = stage.plan;
  const options = { cpus, memoryMiB, accel, timeoutMs, signal };
  return await hearRow(
    stage.machines.run(image, initramfs, options),
    {
      row: kernel,
      ...{ accel, release, arch, provisionMs, warnings },
      image: { sha256, from },
    },
    stage,
  );
}

/** Hears a machine out and returns its row. */
export async function hearRow(
  events: AsyncIterable<MachineEvent>,
  known: Known,
  { plan, watch }: { readonly plan: Terms; readonly watch: Watcher },
): Promise<Row> {
  const { row, accel, image, provisionMs } = known;
  watch({ is: "booting", row: row.id });
  const listener = plan.errand.listen(row);
  const began = performance.now();
  const { signal } = plan;
  const named = { row: row.id, release: known.release };
  const hearing = { ...named, listener, watch, signal };
  const { ending, bootMs, startMs } = await hearOut(events, hearing);
  const wholeMs = since(began);
  const { spent, ...heard } = listener.end(ending);
  const { release, arch, cpus } = listener.said;
  return {
    ...identity(row),
    driver: plan.driver,
    accel,
    release: known.release ?? release ?? null,
    arch: arch ?? known.arch,
    cpus: cpus ?? plan.cpus,
    ...(image !== undefined && { image }),
    timings: {
      provisionMs,
      bootMs: bootMs ?? wholeMs,
      runMs: wholeMs - (bootMs ?? wholeMs),
      ...(startMs !== undefined && { startMs }),
      ...spent,
    },
    ...withWarnings(known.warnings, heard),
  };
}

/** Puts the warnings of before the boot in front of those of behind it. */
function withWarnings(before: readonly string[], heard: Heard): Heard {
  const warnings = [...before, ...heard.warnings ?? []];
  return warnings.length === 0 ? heard : { ...heard, warnings };
}
