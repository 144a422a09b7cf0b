/**
 * Chooses between the host's processor (KVM) and an emulated one (TCG), by trying.
 *
 * A /dev/kvm that opens proves nothing: in a nested or filtered virtual machine guests hang after
 * the firmware's first line, or QEMU asserts on a register that it may not set.
 *
 * @module
 */
import { readJson, writeJson } from "./cached.ts";
import { arches, hostArch } from "./arch.ts";
import { findExecutable } from "./executable.ts";
import type { Archives } from "./initramfs.ts";
import type { Image } from "./kernel.ts";
import { run } from "./machine.ts";
import type { Accel } from "./qemu.ts";
import { qemuVersion, type Threads, threadsOf } from "./emulator.ts";

/** What the trial boots, and where its outcome is remembered. */
export interface Trial {
  readonly image: Image;
  readonly archives: Archives;
  readonly cache: string;
  readonly signal?: AbortSignal;
}

/** The choice and, in one line, why. */
export interface Choice {
  readonly accel: Accel;
  /** Whether each of a guest's processors has a thread of the host's; under KVM it has. */
  readonly threads: Threads;
  readonly note: string;
}

/** Longer than any bare boot under a KVM that works. */
const TRIAL_MS = 10_000;
const DEVICE = "/dev/kvm";

/** The outcome of a trial: why KVM does not work here, or nothing when it does. */
type Outcome = { readonly works: true } | {
  readonly works: false;
  readonly why: string;
};

/**
 * `auto` takes KVM where a bare boot under it succeeds. The outcome is remembered for this QEMU,
 * host kernel and processor in `accel.json` of the cache; remove that file to try anew.
 *
 * @throws {Error} when KVM is wished for and does not work, with the reason.
 */
export async function chooseAccel(
  wish: "auto" | Accel,
  trial: Trial,
): Promise<Choice> {
  const tcg = {
    accel: "tcg",
    threads: await threadsOf(findExecutable(arches[trial.image.arch].qemu)),
  } as const;
  if (wish === "tcg") return { ...tcg, note: "TCG, as wished" };
  const outcome = await kvm(trial);
  if (outcome.works) {
    const note = "KVM: a bare boot under it succeeded";
    return { accel: "kvm", threads: "multi", note };
  }
  if (wish === "kvm") {
    throw new Error(
      `Cannot use KVM: ${outcome.why} (take --accel tcg, or auto)`,
    );
  }
  return {
    ...tcg,
    note: `TCG, because KVM does not work here: ${outcome.why}`,
  };
}

/**
 * The choice of libvirt's machines, where there is no image to try with: `auto` takes KVM where it
 * may be opened, unless an earlier trial on this machine has failed. Libvirt lets QEMU have its
 * threads.
 */
export async function rememberedAccel(
  wish: "auto" | Accel,
  cache: string,
): Promise<Choice> {
  const threads = "multi";
  if (wish !== "auto") {
    return { accel: wish, threads, note: `${wish}, as wished` };
  }
  const why = await closed() ?? await failedBefore(cache);
  if (why === undefined) return { accel: "kvm", threads, note: "KVM" };
  const note = `TCG, because KVM does not work here: ${why}`;
  return { accel: "tcg", threads, note };
}

async function failedBefore(cache: string): Promise<string | undefined> {
  const known = await readJson<Record<string, Outcome>>(`${cache}/accel.json`);
  const outcome = known?.[await hostKey()];
  return outcome?.works === false ? outcome.why : undefined;
}

async function kvm(trial: Trial): Promise<Outcome> {
  const { arch } = trial.image;
  if (arch !== hostArch) {
    return {
      works: false,
      why: `an ${arches[arch].label} guest has another processor`,
    };
  }
  const locked = await closed();
  if (locked) return { works: false, why: locked };
  const path = `${trial.cache}/accel.json`;
  const key = await hostKey();
  const known = await readJson<Record<string, Outcome>>(path) ?? {};
  const remembered = known[key];
  if (remembered) return remembered;
  const outcome = await bareBoot(trial, "kvm");
  // An image that does not boot at all says nothing about KVM.
  if (outcome.works || (await bareBoot(trial, "tcg")).works) {
    await writeJson(path, { ...known, [key]: outcome });
  }
  return outcome;
}

/** Why /dev/kvm cannot be opened, if so: not remembered, as it is quick to see and to change. */
async function closed(): Promise<string | undefined> {
  try {
    using _device = await Deno.open(DEVICE, { read: true, write: true });
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return `this machine has no ${DEVICE}`;
    }
    return `${DEVICE} may not be opened (join its group, often "kvm")`;
  }
}

async function hostKey(): Promise<string> {
  const qemu = findExecutable(arches[hostArch].qemu);
  const version = qemu ? await qemuVersion(qemu) : "no QEMU";
  const processor = /^model name\s*: (.*)$/m.exec(
    await Deno.readTextFile("/proc/cpuinfo"),
  )?.[1];
  return `${version} | ${Deno.osRelease()} | ${
    processor ?? "unknown processor"
  }`;
}

async function bareBoot(
  { image, archives, signal }: Trial,
  accel: Accel,
): Promise<Outcome> {
  const timeoutMs = accel === "kvm" ? TRIAL_MS : 6 * TRIAL_MS;
  const options = {
    ...{ cpus: 1, memoryMiB: 768, accel, bare: true },
    ...{ timeoutMs, bootTimeoutMs: timeoutMs },
    ...(signal !== undefined && { signal }),
  };
  for await (const event of run(image, archives, options)) {
    if (event.type === "exit") return { works: true };
    if (event.type === "lost") return { works: false, why: event.why };
  }
  return { works: false, why: "the trial was broken off" };
}
