/**
 * Boots the machine of one row, hears it out, and writes the row down.
 *
 * @module
 */
import type { Image } from "../kernels/kernel.ts";
import type { MachineEvent } from "../kernels/machine.ts";
import type { Ending, Heard, Listener } from "./errand.ts";
import type { Stage } from "./plan.ts";
import type { Row } from "./results.ts";
import { cancelled, identity, since } from "./row.ts";

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
  const { ending, bootMs, startMs } = await hearOut(ready, stage, listener);
  const wholeMs = since(began);
  const { spent, ...heard } = listener.end(ending);
  const { release, arch, cpus } = listener.said;
  return {
    ...identity(image.kernel),
    driver: "qemu",
    accel,
    release: release ?? image.release,
    arch: arch ?? image.arch,
    cpus: cpus ?? stage.plan.cpus,
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

/** A machine's end, when it was up, and how long after that its program spoke; if ever. */
interface Life {
  readonly ending: Ending;
  readonly bootMs: number | undefined;
  readonly startMs: number | undefined;
}

async function hearOut(
  ready: Ready,
  stage: Stage,
  listener: Listener,
): Promise<Life> {
  const { cpus, memoryMiB, timeoutMs, signal } = stage.plan;
  const options = { cpus, memoryMiB, accel: ready.accel, timeoutMs, signal };
  const clock = new Clock();
  const life = (ending: Ending): Life => ({ ending, ...clock.times });
  try {
    for await (
      const event of stage.machines.run(ready.image, ready.initramfs, options)
    ) {
      clock.take(event);
      const ending = take(event, stage, ready.image.kernel.id, listener);
      if (ending !== undefined) return life(ending);
    }
    return life(lost(stage, "The machine ended without a word"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return life(lost(stage, why));
  }
}

/** Notes when a machine was up and when its program first spoke. */
class Clock {
  #up: { readonly bootMs: number; readonly at: number } | undefined;
  #startMs: number | undefined;

  take(event: MachineEvent): void {
    if (event.type === "up") {
      const bootMs = Math.round(event.bootMs);
      this.#up = { bootMs, at: performance.now() };
    }
    if (event.type === "line" && this.#up) this.#startMs ??= since(this.#up.at);
  }

  get times(): Pick<Life, "bootMs" | "startMs"> {
    return { bootMs: this.#up?.bootMs, startMs: this.#startMs };
  }
}

/** Takes one event; returns the ending when it is one. */
function take(
  event: MachineEvent,
  stage: Stage,
  row: string,
  listener: Listener,
): Ending | undefined {
  switch (event.type) {
    case "up":
      stage.watch({ is: "up", row, bootMs: event.bootMs });
      return undefined;
    case "line": {
      const step = listener.line(event.text);
      if (step !== undefined) stage.watch({ is: "step", row, step });
      return undefined;
    }
    case "exit":
      return { is: "exit", code: event.code, console: event.console };
    case "lost":
      return lost(stage, event.why, event.console);
  }
}

/** A machine that died because the user ended the run died of that. */
function lost({ plan }: Stage, why: string, console = ""): Ending {
  return { is: "lost", why: plan.signal.aborted ? cancelled : why, console };
}
