/**
 * Boots the machine of one row, hears it out, and writes the row down.
 *
 * @module
 */
import type { Image } from "../kernels/kernel.ts";
import type { Heard } from "./errand.ts";
import { hearOut } from "./hear.ts";
import type { Stage } from "./plan.ts";
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

/** Boots one machine and returns its row, whatever becomes of it. */
export async function bootRow(ready: Ready, stage: Stage): Promise<Row> {
  const { image, accel, provisionMs } = ready;
  stage.watch({ is: "booting", row: image.kernel.id });
  const listener = stage.plan.errand.listen(image.kernel);
  const began = performance.now();
  const { cpus, memoryMiB, timeoutMs, signal } = stage.plan;
  const options = { cpus, memoryMiB, accel, timeoutMs, signal };
  const { ending, bootMs, startMs } = await hearOut(
    stage.machines.run(image, ready.initramfs, options),
    { row: image.kernel.id, listener, watch: stage.watch, signal },
  );
  const wholeMs = since(began);
  const { spent, ...heard } = listener.end(ending);
  const { release, arch, cpus: seen } = listener.said;
  return {
    ...identity(image.kernel),
    driver: stage.plan.driver,
    accel,
    release: release ?? image.release,
    arch: arch ?? image.arch,
    cpus: seen ?? cpus,
    image: { sha256: image.sha256, from: image.from },
    timings: {
      provisionMs,
      bootMs: bootMs ?? wholeMs,
      runMs: wholeMs - (bootMs ?? wholeMs),
      ...(startMs !== undefined && { startMs }),
      ...spent,
    },
    ...withWarnings(ready.warnings, heard),
  };
}

/** Puts the warnings of before the boot in front of those of behind it. */
function withWarnings(before: readonly string[], heard: Heard): Heard {
  const warnings = [...before, ...heard.warnings ?? []];
  return warnings.length === 0 ? heard : { ...heard, warnings };
}
