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

const programPath = "/program.js";
const orderPath = "/ringside/order";
const archivePath = "/ringside/program";
/** Where Deno keeps what it found out about modules (analysis.ts). */
const memoryPath = "/ringside/deno/dep_analysis_cache_v2";

/** What is slow to load and often needed, ready before the machine is frozen. */
async function loadParts(): Promise<{
  readonly remember: (path: string) => void;
}> {
  const [{ DatabaseSync }] = await Promise.all([
    import("node:sqlite"),
    import("node:assert/strict"),
    import("node:fs"),
    import("node:path"),
    import("node:url"),
    import("node:util"),
  ]);
  return {
    remember: (path) => {
      // Deno has this database open: it is added to, and not replaced.
      using memory = new DatabaseSync(memoryPath);
      memory.prepare("attach ? as brought").run(path);
      memory.exec(
        "insert or replace into moduleinfocache select * from brought.moduleinfocache",
      );
    },
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

/**
 * Draws random numbers from the kernel from now on. V8 and Deno have generators of their own, which
 * go on after a thaw where they were frozen: every life of a machine would draw the same numbers. A
 * Worker that starts later has generators of its own, seeded then.
 */
function freshen(): void {
  Math.random = () => {
    const [low = 0, high = 0] = crypto.getRandomValues(new Uint32Array(2));
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
  };
  Crypto.prototype.getRandomValues = function <T extends ArrayBufferView>(
    array: T,
  ): T {
    const { buffer, byteOffset, byteLength } = array;
    fill(new Uint8Array(buffer, byteOffset, byteLength));
    return array;
  };
}

/** Fills the bytes with what the kernel's generator gives. */
function fill(bytes: Uint8Array): void {
  using random = Deno.openSync("/dev/urandom");
  for (let had = 0; had < bytes.length;) {
    had += random.readSync(bytes.subarray(had)) ?? 0;
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

const parts = isThere(programPath) ? undefined : await loadParts();
const order: string[] = JSON.parse(Deno.readTextFileSync(orderPath));
performance.mark("ringside: order");
if (parts) {
  unpack(
    Deno.readFileSync(archivePath),
    (path, content, mode) => {
      if (path !== memoryPath) Deno.writeFileSync(path, content, { mode });
      else {
        Deno.writeFileSync("/tmp/memory", content);
        parts.remember("/tmp/memory");
      }
    },
  );
  Deno.removeSync(archivePath);
}
freshen();
Object.defineProperty(Deno, "args", { value: Object.freeze(order) });
