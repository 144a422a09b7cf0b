/**
 * What a killed run has left is removed by the next one: temporary folders, and folders for the cache.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, relative } from "node:path";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { analysed } from "../../kernels/analysis.ts";
import { keptFolder } from "../../kernels/kept_folder.ts";
import { Ports } from "../../kernels/ports.ts";
import { openTemporary } from "../../kernels/temporary.ts";

/** The URL of a module of the harness, as a program has it. */
function module(name: string): string {
  return JSON.stringify(import.meta.resolve(`../../kernels/${name}`));
}

/** Only root can give a folder away. */
const asRoot = Deno.uid() === 0 ? it : it.skip;
const nobody = 65534;

describe("what a killed run has left", () => {
  let base = "";

  beforeEach(async () => {
    base = await Deno.makeTempDir({ prefix: "temporary-" });
    await Deno.mkdir(`${base}/bin`);
  });

  afterEach(() => Deno.remove(base, { recursive: true }));

  /** What the program's folder is called; it is killed there, and its folder no longer young. */
  async function killed(program: string): Promise<string> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", "--ext=ts", program],
      env: {
        PATH: `${base}/bin:${Deno.env.get("PATH")}`,
        TMPDIR: base,
        PLACE: base,
      },
      ...{ stdin: "null", stdout: "null", stderr: "inherit" },
    }).spawn();
    try {
      return await told(`${base}/told`);
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
  }

  /** A workshop is nobody's for a moment: the next run leaves alone what is young. */
  async function age(path: string): Promise<void> {
    assert.ok(await Deno.stat(path), "it was killed, and could not tidy up");
    await Deno.utime(path, 1, 1);
  }

  /** A folder is below the user's own, and the next run removes it, once it is no longer young. */
  async function assertSwept(left: string): Promise<void> {
    const own = `${base}/ringside-${Deno.uid()}`;
    assert.equal(dirname(left), own);
    await age(left);
    {
      await using next = await openTemporary(base);
      assert.deepEqual(await names(own), [next.path.slice(own.length + 1)]);
    }
    assert.deepEqual(await names(own), []);
  }

  it("is the folder in which a signature is looked at, once it is no longer young", async () => {
    // It ends with the process that was killed.
    const gpgv = `#!/bin/sh
for path in "$@"; do :; done
echo "$path" > "$PLACE/new"
mv "$PLACE/new" "$PLACE/told"
while kill -0 "$PPID" 2>/dev/null; do sleep 0.05; done
`;
    await Deno.writeTextFile(`${base}/bin/gpgv`, gpgv, { mode: 0o755 });
    await Deno.writeTextFile(`${base}/keys`, "");
    const left = dirname(
      await killed(`
        import { signedText } from ${module("signature.ts")};
        import { debian } from ${module("authorities.ts")};
        const keyrings = [Deno.env.get("PLACE") + "/keys"];
        const bytes = new Uint8Array(9);
        const trust = { authority: debian, keyrings, past: false };
        await signedText({ name: "it", bytes }, trust);
      `),
    );
    await assertSwept(left);
  });

  it("is the folder of sockets that wait for QEMU", async () => {
    const left = dirname(
      await killed(`
        import { Ports } from ${module("ports.ts")};
        const ports = await Ports.open();
        const place = Deno.env.get("PLACE");
        await Deno.writeTextFile(place + "/new", ports.results + "\\n");
        await Deno.rename(place + "/new", place + "/told");
        await new Promise((resolve) => setTimeout(resolve, 600_000));
      `),
    );
    await assertSwept(left);
  });

  it("is the folder that was made for the cache", async () => {
    const cache = `${base}/cache`;
    const part = await killed(`
      import { keptFolder } from ${module("kept_folder.ts")};
      const place = Deno.env.get("PLACE");
      await keptFolder(place + "/cache/one", async (part) => {
        await Deno.writeTextFile(part + "/half", "");
        await Deno.writeTextFile(place + "/new", part + "\\n");
        await Deno.rename(place + "/new", place + "/told");
        await new Promise((resolve) => setTimeout(resolve, 600_000));
      });
    `);
    const left = dirname(part);
    assert.equal(dirname(left), cache);
    await age(left);
    await keptFolder(
      `${cache}/one`,
      (part) => Deno.writeTextFile(`${part}/whole`, ""),
    );
    assert.deepEqual(await names(cache), ["one"]);
    assert.deepEqual(await names(`${cache}/one`), ["sums.json", "whole"]);
  });

  it("has a place of its own, or it is said which to name", async () => {
    const refusal = (why: string): { message: string } => ({
      message: `Cannot work in ${base}/none/ringside-${Deno.uid()}: ` + why,
    });
    const why =
      "No such file or directory; see to it that your user can write there";
    await assert.rejects(openTemporary(`${base}/none`), refusal(why));
    using _named = temporaries(`${base}/none`);
    const either = refusal(`${why}, or name another place in TMPDIR`);
    await assert.rejects(openTemporary(), either);
  });

  asRoot("has no place that another user had first", async () => {
    const own = `${base}/ringside-${Deno.uid()}`;
    await Deno.mkdir(own);
    await Deno.chown(own, nobody, nobody);
    const why = "it is another user's; have it removed";
    const message = `Cannot work in ${own}: ${why}`;
    await assert.rejects(openTemporary(base), { message });
    using _named = temporaries(base);
    await assert.rejects(openTemporary(), {
      message: `${message}, or name another place in TMPDIR`,
    });
  });

  it("is found wherever the user has them", async () => {
    const text = new TextEncoder().encode('import "node:os";\n');
    const analysis = (): Promise<unknown> => analysed({ "/a.js": text }, "/d");
    const usual = await analysis();
    assert.notDeepEqual(usual, {}, "Deno keeps its memory in another way");
    await Deno.mkdir(`${base}/a b_c`);
    using _named = temporaries(relative(Deno.cwd(), `${base}/a b_c`));
    assert.deepEqual(await analysis(), usual);
  });
});

describe("sockets", () => {
  it("are below TMPDIR, or in /var/tmp where that is too deep for their paths", async () => {
    const base = await Deno.makeTempDir({ prefix: "sockets-" });
    try {
      for (const [length, isThere] of [[56, true], [57, false]] as const) {
        const deep = `${base}/`.padEnd(length, "d");
        await Deno.mkdir(deep);
        using _named = temporaries(deep);
        await using ports = await Ports.open();
        const place = isThere ? deep : "/var/tmp";
        assert.equal(dirname(dirname(dirname(ports.results))), place);
      }
    } finally {
      await Deno.remove(base, { recursive: true });
    }
  });

  it("are closed, and their folder is gone, where one of them cannot be had", async () => {
    const base = await Deno.makeTempDir({ prefix: "sockets-" });
    const { listen } = Deno;
    const open = (): number => [...Deno.readDirSync("/proc/self/fd")].length;
    let [left, before] = [1, open()];
    try {
      using _named = temporaries(base);
      Deno.listen = ((options: Parameters<typeof listen>[0]) => {
        if (left-- === 0) throw new Error("Too many open files");
        return listen(options);
      }) as typeof listen;
      await assert.rejects(Ports.open(), /Too many open files/);
      assert.equal(open(), before);
      assert.deepEqual(await names(`${base}/ringside-${Deno.uid()}`), []);
    } finally {
      Deno.listen = listen;
      await Deno.remove(base, { recursive: true });
    }
  });
});

/** Has TMPDIR be `path` until it is disposed. */
function temporaries(path: string): Disposable {
  const before = Deno.env.get("TMPDIR");
  Deno.env.set("TMPDIR", path);
  return {
    [Symbol.dispose](): void {
      if (before === undefined) Deno.env.delete("TMPDIR");
      else Deno.env.set("TMPDIR", before);
    },
  };
}

async function names(folder: string): Promise<string[]> {
  const all = await Array.fromAsync(Deno.readDir(folder));
  return all.map(({ name }) => name).sort();
}

/** The line in a file that is there at once or soon. */
async function told(path: string): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const text = await Deno.readTextFile(path).catch(() => "");
    if (text !== "") return text.trim();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("Nothing was told");
}
