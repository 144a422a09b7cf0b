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
import type { Archives } from "./initramfs.ts";
import type { Image } from "./kernel.ts";
import type { MachineEvent, MachineOptions } from "./machine.ts";
import { makingsOf } from "./makings.ts";

/** What such a run is given. */
type Options = MachineOptions & { readonly frozen: string };

/** What was made, or that nothing is to be made any more. */
type Making = Frozen | "ended" | "cannot";

/** What became of a machine: it lived, it takes no such program, or it is none. */
type Life = "lived" | "bootsInstead" | "bad";

/**
 * The events of a machine that is brought back. What stands in the way is told as a note; then a
 * new one is made, once.
 *
 * @returns false when there is no such machine to be had: it has to boot.
 */
export async function* runFrozen(
  image: Image,
  archives: Archives,
  options: Options,
): AsyncGenerator<MachineEvent, boolean> {
  const machines = new FrozenMachines(options.frozen);
  const key = await machines.key(
    await makingsOf(image, archives.base, options),
  );
  for (let turn = 0; turn < 2; turn++) {
    const began = performance.now();
    const found = await machines.find(key);
    if (found === "damaged") yield note("was damaged, and is made again");
    const isThere = found !== undefined && found !== "damaged";
    const frozen = isThere
      ? found
      : yield* make(image, archives, options, machines, key);
    if (frozen === "ended") return true;
    if (frozen === "cannot") return false;
    const freezeMs = isThere ? 0 : Math.round(performance.now() - began);
    const life = yield* thaw(image, archives, options, frozen, freezeMs);
    if (life !== "bad") return life === "lived";
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
  archives: Archives,
  options: Options,
  machines: FrozenMachines,
  key: string,
): AsyncGenerator<MachineEvent, Making> {
  yield { type: "freezing" };
  try {
    await using part = await machines.part();
    const { base } = archives;
    const file = { ram: `${part.path}/ram` };
    await using guest = await Guest.start(image, base, options, file);
    const events = hearUntilOrder(guest, options, async () => {
      await (await guest.monitor()).freeze(`${part.path}/state`);
      await guest[Symbol.asyncDispose]();
    });
    const past: MachineEvent[] = [];
    let event = await events.next();
    for (; !event.done; event = await events.next()) past.push(event.value);
    if (event.value) {
      const { cpus, memoryMiB, accel } = options;
      return await machines.place(key, part, {
        ...{ image: image.sha256, base: basename(base) },
        ...{ cpus, memoryMiB, accel },
      });
    }
    checkEnd(guest, past);
    yield* past;
    return "ended";
  } catch (error) {
    options.signal?.throwIfAborted();
    const cause = error instanceof Error ? error.message : String(error);
    yield note(`cannot be made (${cause}): it boots instead`);
    return "cannot";
  }
}

/**
 * Looks at how a guest ended before it waited for a program.
 *
 * @throws {Error} when the fault is none of its kernel's.
 */
function checkEnd(guest: Guest, past: readonly MachineEvent[]): void {
  if (guest.lacksDisk) throw new Error("the disk has no room for it");
  const end = past.at(-1);
  if (end?.type !== "exit") return;
  const said = past.find(({ type }) => type === "line");
  const words = said?.type === "line" ? `: ${said.text}` : "";
  throw new Error(
    `Deno ended with ${end.code} before it took a program${words}`,
  );
}

/** Brings a machine back and hears it out. */
async function* thaw(
  image: Image,
  archives: Archives,
  options: Options,
  { ram, state }: Frozen,
  freezeMs: number,
): AsyncGenerator<MachineEvent, Life> {
  const { base, program } = archives;
  const file = { ram, program };
  await using guest = await Guest.start(image, base, options, file);
  const events = hearAgain(guest, options, state);
  const { value: first } = await events.next();
  if (first?.type !== "up") {
    const why = first?.type === "lost" ? first.why : "no word of it";
    yield note(`did not come back (${why})`);
    // That is the program's doing, or its disk's: the machine serves others.
    return why.includes("its program's archive") ? "bootsInstead" : "bad";
  }
  yield freezeMs > 0 ? { ...first, freezeMs } : first;
  yield* events;
  return "lived";
}
