/**
 * What libbpf says: to nobody, to a listener, and in an error.
 *
 * @module
 */

import { afterEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { lastWords, plainErrno } from "../../ffi/result.ts";
import { BpfError, BpfObject, onLibbpfLog } from "../../mod.ts";

const root = new URL("../..", import.meta.url);

/** Opens what is no object; answers the error. */
function fail(path = "/nowhere.o"): BpfError {
  try {
    using _ = BpfObject.open(path);
  } catch (error) {
    if (error instanceof BpfError) return error;
    throw error;
  }
  assert.fail("it was opened");
}

/** Runs a program of a few lines in a process of its own; answers what it wrote, to both. */
async function run(program: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/program.ts`;
  const mod = JSON.stringify(new URL("mod.ts", root).href);
  const first = `import { BpfObject } from ${mod};
const open = (): void => {
  try { BpfObject.open("/nowhere.o"); } catch (error) { console.log(error.code); }
};\n`;
  try {
    await Deno.writeTextFile(path, first + program);
    const { stdout, stderr, signal } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--no-config", path],
    }).output();
    assert.equal(signal, null);
    const text = new TextDecoder();
    return text.decode(stdout) + text.decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("libbpf's log", () => {
  afterEach(() => onLibbpfLog(null));

  it("is silent where nobody listens, and in the error", async () => {
    assert.equal(await run("open();"), "ENOENT\n");
    assert.match(fail().log, /^libbpf: elf: failed to open \/nowhere.o: .*\n$/);
  });

  it("is heard up to the level that is wanted", () => {
    const heard: string[] = [];
    const loudest = (level: "warn" | "debug"): string[] => {
      heard.length = 0;
      onLibbpfLog((level, text) => heard.push(`${level}: ${text}`), level);
      fail();
      BpfObject.open("bpf/build/burst.bpf.o").close();
      return heard.map((line) => line.split(":")[0] ?? "");
    };
    assert.deepEqual(loudest("warn"), ["warn"]);
    assert.match(heard[0] ?? "", /No such file or directory$/);
    const all = loudest("debug");
    assert.ok(all.includes("debug") && all.includes("warn"), String(all));
    onLibbpfLog(null);
    fail();
    assert.equal(heard.length, all.length);
  });

  it("keeps a message of any length whole", () => {
    const long = `/${"a".repeat(50_000)}`;
    const { log } = fail(long);
    assert.ok(log.includes(`${long}: File name too long\n`), log.slice(-80));
    assert.ok(fail().log.length < 100);
  });

  it("lets no exception of a listener into C", () => {
    const reported: unknown[] = [];
    const note = (event: ErrorEvent): void => {
      event.preventDefault();
      reported.push(event.error);
    };
    globalThis.addEventListener("error", note);
    try {
      const thrown = new Error("of the listener");
      onLibbpfLog(() => {
        throw thrown;
      });
      assert.equal(fail().code, "ENOENT");
      assert.deepEqual(reported, [thrown]);
    } finally {
      globalThis.removeEventListener("error", note);
    }
  });

  it("refuses a listener that is none, and a level that there is not", () => {
    assert.throws(() => onLibbpfLog(5 as unknown as null), {
      name: "BpfError",
      message:
        "Cannot take 5 for a listener of libbpf's log: it takes a function or null",
    });
    assert.throws(() => onLibbpfLog(() => {}, "loud" as "warn"), {
      message: /^Cannot take "loud" for the level of libbpf's log: it takes "w/,
    });
  });

  it("outlives a Worker that used libbpf", async () => {
    const worker = `import { BpfObject } from "${
      new URL("mod.ts", root).href
    }"; try { BpfObject.open("/nowhere.o"); } catch { self.postMessage(1); }`;
    const source = `data:text/javascript,${encodeURIComponent(worker)}`;
    const said = await run(`open();
const worker = new Worker(${JSON.stringify(source)}, { type: "module" });
await new Promise((resolve) => worker.onmessage = resolve);
worker.terminate();
await new Promise((resolve) => setTimeout(resolve, 200));
open();`);
    assert.equal(said, "ENOENT\nENOENT\n");
  });
});

describe("an error of libbpf's", () => {
  const verifier = `0: R1=ctx() R10=fp0
1: (63) *(u32 *)(r1 +0) = r2
R2 !read_ok
processed 2 insns (limit 1000000) max_states_per_insn 0
`;
  const warned = "libbpf: load bpf program failed: Permission denied\n";

  it("takes the verifier's last lines into its message", () => {
    const words = "1: (63) *(u32 *)(r1 +0) = r2; R2 !read_ok";
    const begin = "libbpf: prog 'p': -- BEGIN PROG LOAD LOG --\n";
    const end = "-- END PROG LOAD LOG --\nlibbpf: prog 'p': failed to load\n";
    assert.equal(lastWords(begin + verifier + end), words);
    const [said = "", sums = ""] = verifier.split(/(?=processed)/);
    const report = "\nVerification failed: Memory\n\nAt:\n  >>> 1 | (63)\n\n";
    assert.equal(lastWords(begin + said + report + sums + end), words);
    const old = `${warned}libbpf: -- BEGIN DUMP LOG ---\nlibbpf: \n`;
    const oldEnd = "\nlibbpf: -- END LOG --\nlibbpf: failed to load program\n";
    assert.equal(lastWords(old + verifier + oldEnd), words);
  });

  it("takes libbpf's first warning where the verifier said nothing", () => {
    const log = "libbpf: BTF is optional, ignoring.\nlibbpf: map 'm': no\n";
    assert.equal(lastWords(log), "map 'm': no");
    assert.equal(lastWords(""), "");
  });

  it("has the kernel's errno where an old libbpf names it in words", () => {
    assert.deepEqual([plainErrno(4007, warned), plainErrno(22, warned)], [
      ...[13, 22],
    ]);
    assert.equal(plainErrno(4007, "libbpf: failed to load\n"), 4007);
  });
});
