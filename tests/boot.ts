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
import { quote } from "./transcript.ts";

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
  const { ending, bootMs } = await hearOut(ready, stage, listener);
  const wholeMs = since(began);
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
    },
    ...withWarnings(ready.warnings, listener.end(ending)),
  };
}

/** Puts the warnings of before the boot in front of those of behind it. */
function withWarnings(before: readonly string[], heard: Heard): Heard {
  const warnings = [...before, ...heard.warnings ?? []];
  return warnings.length === 0 ? heard : { ...heard, warnings };
}

/** A machine's end, and when it was up, if it ever was. */
interface Life {
  readonly ending: Ending;
  readonly bootMs: number | undefined;
}

async function hearOut(
  ready: Ready,
  stage: Stage,
  listener: Listener,
): Promise<Life> {
  const { cpus, memoryMiB, timeoutMs, signal } = stage.plan;
  const options = { cpus, memoryMiB, accel: ready.accel, timeoutMs, signal };
  let bootMs: number | undefined;
  try {
    for await (
      const event of stage.machines.run(ready.image, ready.initramfs, options)
    ) {
      if (event.type === "up") bootMs = Math.round(event.bootMs);
      const ending = take(event, stage, ready.image.kernel.id, listener) ??
        impostor(ready.image, listener);
      if (ending !== undefined) return { ending, bootMs };
    }
    return { ending: lost(stage, "The machine ended without a word"), bootMs };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ending: lost(stage, why), bootMs };
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

/** A guest that is another kernel than its row's proves nothing about it. */
function impostor(
  image: Image,
  { said: { release } }: Listener,
): Ending | undefined {
  if (release === undefined || release === image.release) return undefined;
  const why = `The guest calls itself ${
    quote(release)
  }, but its image is ${image.release}`;
  return { is: "lost", why, console: "" };
}

/** A machine that died because the user ended the run died of that. */
function lost({ plan }: Stage, why: string, console = ""): Ending {
  return { is: "lost", why: plan.signal.aborted ? cancelled : why, console };
}
