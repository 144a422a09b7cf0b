/**
 * A machine without its boot: one that was frozen where its program was loaded and waited for its
 * order is brought back. Where there is none, it is booted and frozen first.
 *
 * @module
 */
import { basename } from "node:path";
import { findQemu, qemuVersion, safeThreads } from "./emulator.ts";
import { type Frozen, FrozenMachines } from "./frozen.ts";
import { Guest } from "./guest.ts";
import { hearAgain, hearUntilOrder } from "./hearing.ts";
import type { Image } from "./kernel.ts";
import type { MachineEvent, MachineOptions } from "./machine.ts";
import { commandLine } from "./qemu.ts";

/** What such a run is given. */
type Options = MachineOptions & { readonly frozen: string };

/** What was made, or that nothing is to be made any more. */
type Made = Frozen | "ended" | "cannot";

/**
 * The events of a machine that is brought back. What stands in the way is told as a note; then a
 * new one is made, once.
 *
 * @returns false when there is no such machine to be had: it has to boot.
 */
export async function* runFrozen(
  image: Image,
  initramfs: string,
  options: Options,
): AsyncGenerator<MachineEvent, boolean> {
  const machines = new FrozenMachines(options.frozen);
  const key = await machines.key(await makingsOf(image, initramfs, options));
  for (let turn = 0; turn < 2; turn++) {
    const began = performance.now();
    const found = await machines.find(key);
    if (found === "damaged") yield note("was damaged, and is made again");
    const isThere = found !== undefined && found !== "damaged";
    const frozen = isThere
      ? found
      : yield* make(image, initramfs, options, machines, key);
    if (frozen === "ended") return true;
    if (frozen === "cannot") return false;
    const freezeMs = isThere ? 0 : Math.round(performance.now() - began);
    if (yield* thaw(image, initramfs, options, frozen, freezeMs)) return true;
    await machines.forget(key);
  }
  return false;
}

function note(what: string): MachineEvent {
  return { type: "note", text: `The frozen machine ${what}` };
}

/** All that has to be the same for a machine to be brought back in place of a boot. */
async function makingsOf(
  image: Image,
  initramfs: string,
  options: Options,
): Promise<unknown[]> {
  const version = await qemuVersion(
    findQemu(image.arch, options.qemu),
  );
  const line = commandLine({
    ...options,
    threads: safeThreads(version),
    arch: image.arch,
    image: image.sha256,
    initramfs: basename(initramfs),
    cmdline: image.kernel.cmdline,
    ...{ results: "", nonce: "", seed: "", bare: false },
    freezable: { ram: "", monitor: "", thaws: false },
  });
  return [version, line];
}

/** Boots a machine up to where its program waits, and freezes it there. */
async function* make(
  image: Image,
  initramfs: string,
  options: Options,
  machines: FrozenMachines,
  key: string,
): AsyncGenerator<MachineEvent, Made> {
  const part = await machines.part();
  try {
    const file = { ram: `${part}/ram`, thaws: false };
    await using guest = await Guest.start(image, initramfs, options, file);
    const events = hearUntilOrder(guest, options, async () => {
      await (await guest.monitor()).freeze(`${part}/state`);
      await guest[Symbol.asyncDispose]();
    });
    const past: MachineEvent[] = [];
    let event = await events.next();
    for (; !event.done; event = await events.next()) past.push(event.value);
    if (event.value) return await machines.place(key, part);
    if (guest.lacksDisk) throw new Error("the disk has no room for it");
    // Only of a machine that came no further is this a life.
    yield* past;
    return "ended";
  } catch (error) {
    options.signal?.throwIfAborted();
    const cause = error instanceof Error ? error.message : String(error);
    yield note(`cannot be made (${cause}): it boots instead`);
    return "cannot";
  } finally {
    await Deno.remove(part, { recursive: true }).catch(() => {});
  }
}

/** Brings a machine back and hears it out; false when it did not come back. */
async function* thaw(
  image: Image,
  initramfs: string,
  options: Options,
  { ram, state }: Frozen,
  freezeMs: number,
): AsyncGenerator<MachineEvent, boolean> {
  const file = { ram, thaws: true };
  await using guest = await Guest.start(image, initramfs, options, file);
  const events = hearAgain(guest, options, state);
  const { value: first } = await events.next();
  if (first?.type !== "up") {
    const why = first?.type === "lost" ? first.why : "no word of it";
    yield note(`did not come back (${why})`);
    return false;
  }
  yield freezeMs > 0 ? { ...first, freezeMs } : first;
  yield* events;
  return true;
}
