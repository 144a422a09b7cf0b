/**
 * Runs the machine of one row, hears it out, and writes the row down.
 *
 * @module
 */
import type { Image, Named } from "../kernels/kernel.ts";
import type { Archives } from "../kernels/initramfs.ts";
import type { MachineEvent, Program } from "../kernels/machine.ts";
import type { Heard } from "./errand.ts";
import { hearOut } from "./hear.ts";
import type { Stage, Terms } from "./plan.ts";
import type { Watcher } from "./progress.ts";
import type { Row } from "./results.ts";
import { identity, since } from "./row.ts";

/** A row that has all it needs to boot. */
export interface Ready {
  readonly image: Image;
  readonly archives: Archives;
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
  /** What the program was given to put into its messages. */
  readonly nonce?: string;
}

/** Boots one machine, or brings one back, and returns its row, whatever becomes of it. */
export async function bootRow(ready: Ready, stage: Stage): Promise<Row> {
  const { image, archives, accel, provisionMs, warnings } = ready;
  const { kernel, release, arch, sha256, from } = image;
  const { cpus, memoryMiB, timeoutMs, signal } = stage.plan;
  const program = await stage.plan.errand.program(kernel);
  const { nonce, ...way } = wayOf(program, ready, stage.plan);
  const options = { cpus, memoryMiB, accel, timeoutMs, signal, ...way };
  return await hearRow(
    stage.machines.run(image, archives, options),
    {
      row: kernel,
      ...{ accel, release, arch, provisionMs, warnings },
      image: { sha256, from },
      ...(nonce !== undefined && { nonce }),
    },
    stage,
  );
}

/** What the program is given, and whether its machine may have been frozen. */
function wayOf(
  { signs, args }: Program,
  { accel, image }: Ready,
  { cold, cache }: Stage["plan"],
): { nonce?: string; order: readonly string[]; frozen?: string } {
  const nonce = signs && crypto.randomUUID();
  // Neither under KVM nor on arm64 was it seen what becomes of a guest that is brought back.
  const isKnown = accel === "tcg" && image.arch === "x86_64";
  return {
    order: nonce ? [...args, `--nonce=${nonce}`] : args,
    ...(nonce && { nonce }),
    ...(!cold && isKnown && { frozen: cache }),
  };
}

/** Hears a machine out and returns its row. */
export async function hearRow(
  events: AsyncIterable<MachineEvent>,
  known: Known,
  { plan, watch }: { readonly plan: Terms; readonly watch: Watcher },
): Promise<Row> {
  const { row, accel, image, provisionMs } = known;
  watch({ is: "booting", row: row.id });
  const listener = plan.errand.listen(row, known.nonce);
  const began = performance.now();
  const { signal } = plan;
  const named = { row: row.id, release: known.release };
  const hearing = { ...named, listener, watch, signal };
  const { ending, start, bootMs, startMs, freezeMs, notes } = await hearOut(
    events,
    hearing,
  );
  const wholeMs = since(began) - (freezeMs ?? 0);
  const { spent = {}, ...heard } = listener.end(ending);
  const { release, arch, cpus } = listener.said;
  return {
    ...identity(row),
    driver: plan.driver,
    accel,
    release: known.release ?? release ?? null,
    arch: arch ?? known.arch,
    cpus: cpus ?? plan.cpus,
    ...(start !== undefined && { start }),
    ...(image !== undefined && { image }),
    timings: {
      provisionMs,
      bootMs: bootMs ?? wholeMs,
      runMs: wholeMs - (bootMs ?? wholeMs),
      ...(freezeMs !== undefined && { freezeMs }),
      ...(startMs !== undefined && { startMs }),
      ...spent,
    },
    ...withWarnings([...known.warnings, ...notes], heard),
  };
}

/** Puts the warnings of before the boot in front of those of behind it. */
function withWarnings(before: readonly string[], heard: Heard): Heard {
  const warnings = [...before, ...heard.warnings ?? []];
  return warnings.length === 0 ? heard : { ...heard, warnings };
}
