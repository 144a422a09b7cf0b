/**
 * What Deno runs in a guest before the program (`--preload`): it waits for the order, sees to it
 * that the program is there and that nothing of an earlier life of the machine is left in it, and
 * hands over the arguments. Then Deno loads `/program.js` as its main module.
 *
 * A machine is frozen while this waits. One that boots to be frozen has no program yet: that one
 * comes with the order, so that a machine serves any program, however often it is changed.
 *
 * It is one file, which Deno runs in the guest as it is. Its paths are those of init.c and order.ts.
 *
 * @module
 */

import process from "node:process";

const programPath = "/program.js";
const orderPath = "/ringside/order";
const archivePath = "/ringside/program";
/** Where Deno keeps what it found out about modules (analysis.ts). */
const memoryPath = "/ringside/deno/dep_analysis_cache_v2";

/**
 * Loads what is slow to load and often needed, before the machine is frozen: what adds a database
 * of the program's to Deno's own.
 */
async function loadParts(): Promise<(path: string) => void> {
  const [{ DatabaseSync }] = await Promise.all([
    import("node:sqlite"),
    import("node:assert/strict"),
    import("node:buffer"),
    import("node:events"),
    import("node:fs"),
    import("node:os"),
    import("node:path"),
    import("node:timers/promises"),
    import("node:url"),
    import("node:util"),
  ]);
  return (path) => {
    // Deno has this database open: it is added to, and not replaced.
    using memory = new DatabaseSync(memoryPath);
    memory.prepare("attach ? as brought").run(path);
    memory.exec(
      "insert or replace into moduleinfocache select * from brought.moduleinfocache",
    );
  };
}

/** Writes the files of a cpio archive in the "new ASCII" format, and their folders. */
function unpack(
  archive: Uint8Array,
  write: (path: string, content: Uint8Array, mode: number) => void,
): void {
  const text = new TextDecoder();
  const whole = (size: number): number => size + (4 - size % 4) % 4;
  for (let at = 0; at < archive.length;) {
    const field = (nth: number): number => {
      const from = at + 6 + 8 * nth;
      return parseInt(text.decode(archive.subarray(from, from + 8)), 16);
    };
    const [mode, size, length] = [field(1), field(6), field(11)];
    const named = at + 110;
    const name = text.decode(archive.subarray(named, named + length - 1));
    if (name === "TRAILER!!!") return;
    const begin = at + whole(110 + length);
    if ((mode & 0o170000) === 0o100000) {
      write(`/${name}`, archive.subarray(begin, begin + size), mode & 0o777);
    } else Deno.mkdirSync(`/${name}`, { recursive: true });
    at = begin + whole(size);
  }
  throw new Error("The program's archive has no end");
}

/** What rand, Deno's generator, draws from one seed; the most that one call gives is as much. */
const seedBytes = 64 << 10;
/** More than Deno draws in advance. */
const uuids = 256;

/**
 * Sees to it that no life of a frozen machine draws what another one draws.
 *
 * Two lives of one guest (Deno 2.9.6, its generators in use before the freeze) drew the same from
 * `Math.random`, `getRandomValues`, `randomUUID` and all of node:crypto, and had the same names of
 * temporary folders; keys of `crypto.subtle` were others each time. What is done about it here is
 * tried by tests/faults/lab_start_test.ts:
 *
 * - Deno's generator is a thread's own, seeded by the kernel anew after 64 KiB. They are drawn.
 * - UUIDs are drawn in advance. They are used up. Of node:crypto, too, randomUUID and randomInt
 *   have a stock: nothing here asks for these before the order.
 * - `Math.random` is V8's, seeded once. It is replaced.
 *
 * A Worker that starts later has generators of its own, seeded then.
 */
function freshen(): void {
  const spent = new Uint8Array(seedBytes);
  // The first may end within a seed, the second ends within a new one.
  for (let seeds = 0; seeds < 2; seeds++) crypto.getRandomValues(spent);
  for (let drawn = 0; drawn < uuids; drawn++) crypto.randomUUID();
  Math.random = () => {
    const [low = 0, high = 0] = crypto.getRandomValues(new Uint32Array(2));
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
  };
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Takes the program out of its archive, which is as large: that goes first. */
function takeProgram(remember: (path: string) => void): void {
  const archive = Deno.readFileSync(archivePath);
  Deno.removeSync(archivePath);
  unpack(archive, (path, content, mode) => {
    if (path !== memoryPath) {
      return Deno.writeFileSync(path, content, { mode });
    }
    const brought = `${memoryPath}.brought`;
    Deno.writeFileSync(brought, content);
    try {
      remember(brought);
    } catch {
      // Then Deno analyses the program once more.
    }
    Deno.removeSync(brought);
  });
}

const remember = isThere(programPath) ? undefined : await loadParts();
const order: string[] = JSON.parse(Deno.readTextFileSync(orderPath));
performance.mark("ringside: order");
try {
  if (remember) takeProgram(remember);
} catch (error) {
  // As the first process complains (init.c): this is no end of the program, which never began.
  const cause = error instanceof Error ? error.message : String(error);
  const line = `ringside: start the program: ${cause}\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
  Deno.exit(127);
}
freshen();
Object.defineProperty(Deno, "args", { value: Object.freeze(order) });
// Node's was made of the empty one.
process.argv.push(...order);
