/**
 * A machine without its boot: one that was frozen where Deno was up and waited for a program is
 * brought back. Where there is none, it is booted and frozen first. It serves every program.
 *
 * @module
 */
import { basename } from "node:path";
import { type Frozen, FrozenMachines } from "./frozen.ts";
import { Guest } from "./guest.ts";
import { hearAgain, hearUntilOrder } from "./hearing.ts";
import type { Image } from "./kernel.ts";
import type { Freezing, MachineEvent, MachineOptions } from "./machine.ts";
import { makingsOf } from "./makings.ts";

/** What such a run is given. */
type Options = MachineOptions & { readonly frozen: Freezing };

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
  options: Options,
): AsyncGenerator<MachineEvent, boolean> {
  const machines = new FrozenMachines(options.frozen.cache);
  const key = await machines.key(
    await makingsOf(image, options.frozen.base, options),
  );
  for (let turn = 0; turn < 2; turn++) {
    const began = performance.now();
    const found = await machines.find(key);
    if (found === "damaged") yield note("was damaged, and is made again");
    const isThere = found !== undefined && found !== "damaged";
    const frozen = isThere ? found : yield* make(image, options, machines, key);
    if (frozen === "ended") return true;
    if (frozen === "cannot") return false;
    const freezeMs = isThere ? 0 : Math.round(performance.now() - began);
    if (yield* thaw(image, options, frozen, freezeMs)) return true;
    await machines.forget(key);
  }
  return false;
}

function note(what: string): MachineEvent {
  return { type: "note", text: `The frozen machine ${what}` };
}

/** Boots a machine up to where Deno waits for a program, and freezes it there. */
async function* make(
  image: Image,
  options: Options,
  machines: FrozenMachines,
  key: string,
): AsyncGenerator<MachineEvent, Made> {
  const part = await machines.part();
  try {
    const { base } = options.frozen;
    const file = { ram: `${part}/ram` };
    await using guest = await Guest.start(image, base, options, file);
    const events = hearUntilOrder(guest, options, async () => {
      await (await guest.monitor()).freeze(`${part}/state`);
      await guest[Symbol.asyncDispose]();
    });
    const past: MachineEvent[] = [];
    let event = await events.next();
    for (; !event.done; event = await events.next()) past.push(event.value);
    const { cpus, memoryMiB, accel } = options;
    if (event.value) {
      return await machines.place(key, part, {
        ...{ image: image.sha256, base: basename(base) },
        ...{ cpus, memoryMiB, accel },
      });
    }
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
  options: Options,
  { ram, state }: Frozen,
  freezeMs: number,
): AsyncGenerator<MachineEvent, boolean> {
  const { base, program } = options.frozen;
  const file = { ram, program };
  await using guest = await Guest.start(image, base, options, file);
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
