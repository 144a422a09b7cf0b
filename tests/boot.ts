/**
 * Boots the machine of one row, hears it out, and writes the row down.
 *
 * @module
 */
import type { Image } from "../kernels/kernel.ts";
import type { Program } from "../kernels/machine.ts";
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

/** Boots one machine, or brings one back, and returns its row, whatever becomes of it. */
export async function bootRow(ready: Ready, stage: Stage): Promise<Row> {
  const { image, accel, provisionMs } = ready;
  const { plan, machines, watch } = stage;
  const { kernel } = image;
  watch({ is: "booting", row: kernel.id });
  const began = performance.now();
  const { cpus, memoryMiB, timeoutMs, signal } = plan;
  const { nonce, ...way } = wayOf(
    await plan.errand.program(kernel),
    ready,
    plan,
  );
  const options = { cpus, memoryMiB, accel, timeoutMs, signal, ...way };
  const listener = plan.errand.listen(kernel, nonce);
  const { ending, start, bootMs, startMs, freezeMs, notes } = await hearOut(
    machines.run(image, ready.initramfs, options),
    { row: kernel.id, listener, watch, signal },
  );
  const wholeMs = since(began) - (freezeMs ?? 0);
  const { spent = {}, ...heard } = listener.end(ending);
  // A machine that is brought back loaded its modules in an earlier life.
  const { modulesMs, ...later } = spent;
  const { release, arch, cpus: seen } = listener.said;
  return {
    ...identity(kernel),
    driver: plan.driver,
    accel,
    release: release ?? image.release,
    arch: arch ?? image.arch,
    cpus: seen ?? cpus,
    ...(start !== undefined && { start }),
    image: { sha256: image.sha256, from: image.from },
    timings: {
      provisionMs,
      bootMs: bootMs ?? wholeMs,
      runMs: wholeMs - (bootMs ?? wholeMs),
      ...(freezeMs !== undefined && { freezeMs }),
      ...(startMs !== undefined && { startMs }),
      ...(start !== "warm" && modulesMs !== undefined && { modulesMs }),
      ...later,
    },
    ...withWarnings([...ready.warnings, ...notes], heard),
  };
}

/** What a program that waits for its order is given, and whether its machine may have been frozen. */
function wayOf(
  { waits, args }: Program,
  { accel }: Ready,
  { cold, cache }: Stage["plan"],
): { nonce?: string; order?: readonly string[]; frozen?: string } {
  if (!waits) return {};
  const nonce = crypto.randomUUID();
  return {
    nonce,
    order: [...args, `--nonce=${nonce}`],
    // Under KVM a boot is short, and what it makes of a guest that is brought back was not seen.
    ...(!cold && accel === "tcg" && { frozen: cache }),
  };
}

/** Puts the warnings of before the boot in front of those of behind it. */
function withWarnings(before: readonly string[], heard: Heard): Heard {
  const warnings = [...before, ...heard.warnings ?? []];
  return warnings.length === 0 ? heard : { ...heard, warnings };
}
