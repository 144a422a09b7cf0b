/**
 * Whose a machine is. Vagrant knows that there is one; a note beside what it knows says which run
 * made it, so that a run that is killed leaves a machine that the next one recognizes.
 *
 * @module
 */
import { join } from "node:path";
import { readJson, writeJson } from "../cached.ts";
import { Unavailable } from "../kernel.ts";

/** What the note says. */
interface Note {
  /** Of the run that made the machine. */
  readonly pid: number;
  /** When that process began, as /proc says: process numbers come again. */
  readonly began: string;
  /** It was left halted, by wish, for the next run. */
  readonly kept?: true;
}

const exclusive = true;

/** What there was of a machine before this run. */
export type Found = "nothing" | "kept" | "abandoned";

/** A machine that belongs to this run until it is left. */
export class Tenancy {
  readonly #note: string;
  /** What there was. */
  readonly found: Found;

  private constructor(note: string, found: Found) {
    this.#note = note;
    this.found = found;
  }

  /**
   * Takes the machine `id`, of what Vagrant keeps in `folder`.
   *
   * @throws {Unavailable} when another run has it, or when it was made by hand.
   */
  static async take(id: string, folder: string): Promise<Tenancy> {
    const notes = join(folder, "ringside");
    await Deno.mkdir(notes, { recursive: true });
    // From the look at the note to the new one nobody else looks at one. The system takes the lock
    // back when it is closed, and when this process ends, however it ends.
    using gate = await Deno.open(notes);
    await gate.lock(exclusive);
    const path = join(notes, `${id}.json`);
    const note = await readJson<Note>(path);
    const exists = await isMade(id, folder);
    if (note === undefined && exists) {
      throw new Unavailable(
        `There is a machine ${id} that no run has made: run \`vagrant destroy ${id}\` first`,
      );
    }
    if (note !== undefined && await lives(note)) {
      throw new Unavailable(
        `The machine ${id} belongs to a run that goes on, process ${note.pid}`,
      );
    }
    const mine = { pid: Deno.pid, began: await beginning(Deno.pid) };
    await writeJson(path, mine);
    const found = !exists ? "nothing" : note?.kept ? "kept" : "abandoned";
    return new Tenancy(path, found);
  }

  /** The machine stays, halted: the next run goes on with it. */
  async keep(): Promise<void> {
    await writeJson(this.#note, { pid: Deno.pid, began: "", kept: true });
  }

  /** The machine is as it was found, for the next run to go on with or to destroy. */
  async giveBack(): Promise<void> {
    if (this.found === "nothing") await this.leave();
    else if (this.found === "kept") await this.keep();
    else await writeJson(this.#note, { pid: Deno.pid, began: "" });
  }

  /** There is no machine any more. */
  async leave(): Promise<void> {
    await Deno.remove(this.#note);
  }
}

/** Whether Vagrant has made the machine: it then knows its provider's name for it. */
async function isMade(id: string, folder: string): Promise<boolean> {
  const machine = join(folder, "machines", id);
  const providers = await Array.fromAsync(Deno.readDir(machine))
    .catch(() => []);
  const ids = await Promise.all(
    providers.map(({ name }) =>
      Deno.stat(join(machine, name, "id")).then(() => true, () => false)
    ),
  );
  return ids.some(Boolean);
}

async function lives({ pid, began }: Note): Promise<boolean> {
  return began !== "" && began === await beginning(pid);
}

/** When a process began, in ticks since boot: field 22 of proc(5)'s stat; empty when there is none. */
async function beginning(pid: number): Promise<string> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  // The name in field 2 may have blanks in it.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
