/**
 * What goes into an initramfs, and that its cache is safe against other runs and does not grow.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "@std/testing/bdd";
import { place, prune, readJson, writeJson } from "../../kernels/cached.ts";
import { hostArch } from "../../kernels/arch.ts";
import { readElf } from "../../kernels/elf.ts";
import { buildInit } from "../../kernels/init.ts";
import { joined, pack } from "../../kernels/initramfs.ts";
import { dependencies } from "../../kernels/libraries.ts";
import type { Program } from "../../kernels/machine.ts";
import { orderPath } from "../../kernels/order.ts";
import { programPath } from "../../kernels/payload.ts";
import { readArchive } from "./cpio_reader.ts";

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await act(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
    .sort();
}

const program: Program = {
  args: ["--claims", "F*", "two words"],
  files: { "/program.js": new TextEncoder().encode("1;") },
  libraries: [],
};

describe("the first process", () => {
  it("is built once, small and static", async () => {
    await inFolder(async (cache) => {
      const path = await buildInit(cache, hostArch);
      const { size, mtime, mode } = await Deno.stat(path);
      assert.ok(
        size < 16 << 10 && ((mode ?? 0) & 0o100) !== 0,
        `${size} bytes`,
      );
      assert.deepEqual(await dependencies([path]), []);
      assert.equal(await buildInit(cache, hostArch), path);
      assert.ok(((await Deno.stat(path)).mtime ?? 0) >= (mtime ?? 0));
      assert.equal((await names(`${cache}/init`)).length, 1);
    });
  });
});

describe("the first process of another processor", () => {
  it("is built as small and static, by whichever linker can", async () => {
    await inFolder(async (cache) => {
      for (const arch of ["x86_64", "aarch64"] as const) {
        const path = await buildInit(cache, arch);
        assert.deepEqual(readElf(path), {
          ...{ arch, loader: undefined, soname: undefined, needed: [] },
        });
        assert.ok((await Deno.stat(path)).size < 32 << 10);
      }
      assert.equal((await names(`${cache}/init`)).length, 2);
    });
  });
});

describe("an initramfs", () => {
  it("holds Deno, the first process, libraries and the program with its words", async () => {
    await inFolder(async (cache) => {
      const archives = await pack(program, cache);
      const { base, program: alone } = archives;
      const whole = await Deno.readFile(await joined(archives));
      const members = readArchive(whole);
      const apart = [await Deno.readFile(base), await Deno.readFile(alone)];
      assert.equal(Buffer.compare(whole, Buffer.concat(apart)), 0);
      const text = (name: string): string =>
        new TextDecoder().decode(
          members.find((member) => member.name === name)?.content,
        );
      const words = text("ringside/argv").split("\0");
      assert.deepEqual(words.slice(0, 2), ["/bin/deno", "run"]);
      assert.deepEqual(words.slice(-3), [
        "--preload=/ringside/loader.ts",
        "/program.js",
        "",
      ]);
      assert.match(
        text("ringside/environ"),
        /DENO_DIR=\/ringside\/deno\0.*LD_LIBRARY_PATH=\//s,
      );
      assert.equal(text("program.js"), "1;");
      const deno = members.find(({ name }) => name === "bin/deno");
      assert.equal(
        deno?.content.length,
        (await Deno.stat(Deno.execPath())).size,
      );
      for (const path of await dependencies([Deno.execPath()])) {
        assert.ok(members.some(({ name }) => `/${name}` === path), path);
      }
      for (const name of ["init", "dev/console", "tmp", "proc"]) {
        assert.ok(members.some((member) => member.name === name), name);
      }
    });
  });

  it("is packed once for the same contents, also by two runs at once", async () => {
    await inFolder(async (cache) => {
      const [one, two] = await Promise.all([
        pack(program, cache),
        pack(program, cache),
      ]);
      assert.deepEqual(one, two);
      const args = ["come with the order"];
      assert.deepEqual(await pack({ ...program, args }, cache), one);
      const files = { "/program.js": new TextEncoder().encode("2;") };
      const other = await pack({ ...program, files }, cache);
      assert.equal(other.base, one.base);
      assert.notEqual(other.program, one.program);
      assert.notEqual(await joined(other), await joined(one));
      assert.equal(await joined(other), await joined(other));
      assert.equal((await names(`${cache}/initramfs/base`)).length, 1);
      assert.equal(
        (await names(`${cache}/initramfs`)).length,
        4,
        "bases, programs, and two archives",
      );
    });
  });

  it("is packed again when its file was damaged", async () => {
    await inFolder(async (cache) => {
      const archives = await pack(program, cache);
      const { base, program: alone } = archives;
      for (const path of [base, alone, await joined(archives)]) {
        const whole = await Deno.readFile(path);
        await Deno.truncate(path, whole.length - 4);
        assert.deepEqual(await pack(program, cache), archives);
        await joined(archives);
        assert.equal(Buffer.compare(await Deno.readFile(path), whole), 0);
      }
    });
  });

  it("is never removed to be packed again: another run may have just packed it", async () => {
    await inFolder(async (cache) => {
      const archives = await pack(program, cache);
      const whole = await joined(archives);
      const removed: unknown[] = [];
      const { remove } = Deno;
      Deno.remove = async (path, options) => {
        removed.push(path);
        await remove(path, options);
      };
      try {
        await remove(whole); // Its sum is there before it is.
        assert.equal(await joined(archives), whole);
        await Deno.truncate(whole, 4);
        assert.equal(await joined(archives), whole);
      } finally {
        Deno.remove = remove;
      }
      assert.deepEqual(removed, []);
      assert.ok((await Deno.stat(whole)).size > 4);
    });
  });

  it("has its places known by the same names to all who share them", async () => {
    const text = (name: string): Promise<string> =>
      Deno.readTextFile(new URL(`../../kernels/${name}`, import.meta.url));
    const [loader, init, qemu, analysis] = await Promise.all(
      ["loader.ts", "init.c", "qemu.ts", "analysis.ts"].map(text),
    );
    const [, archive] = /archivePath = (".*")/.exec(loader ?? "") ?? [];
    const [, memory] = /memoryPath = "\/ringside\/deno\/(.*)"/
      .exec(loader ?? "") ?? [];
    const [, item] = /name=(opt\/[a-z/]+)/.exec(qemu ?? "") ?? [];
    assert.ok(archive && memory && item);
    assert.ok(loader?.includes(`= "${programPath}"`));
    assert.ok(loader?.includes(`= "${orderPath}"`));
    assert.ok(analysis?.includes(`"${memory}"`));
    for (const word of [`"${orderPath}"`, archive, `"${item}"`]) {
      assert.ok(init?.includes(word), word);
    }
  });

  it("is not made of what is no program, or lies where the guest has its own", async () => {
    await inFolder(async (cache) => {
      const text = new TextEncoder().encode("1;");
      await assert.rejects(
        pack({ ...program, files: { "/other.js": text } }, cache),
        /Cannot make a guest: the program has no \/program\.js/,
      );
      const own = ["/tmp/x", "/proc/x", "/init", "/bin/deno", orderPath];
      for (const path of own) {
        await assert.rejects(
          pack(
            { ...program, files: { ...program.files, [path]: text } },
            cache,
          ),
          new RegExp(
            `Cannot take ${path} into the guest: that place is its own`,
          ),
        );
      }
    });
  });

  it("names a file of the program that is missing", async () => {
    await inFolder(async (cache) => {
      const broken = {
        ...program,
        files: { ...program.files, "/gone": "/gone.js" },
      };
      await assert.rejects(
        pack(broken, cache),
        /Cannot take \/gone\.js into the guest/,
      );
      const odd = {
        ...program,
        files: { ...program.files, "/ringside/../etc/x": new Uint8Array() },
      };
      await assert.rejects(pack(odd, cache), /not a plain path/);
      assert.deepEqual(
        (await names(`${cache}/initramfs`)).filter((n) => n.endsWith(".part")),
        [],
      );
    });
  });
});

describe("a cached file", () => {
  it("is made once, whole or not at all", async () => {
    await inFolder(async (folder) => {
      const path = `${folder}/deep/file`;
      const fail = place(path, async (part) => {
        await Deno.writeTextFile(part, "half");
        throw new Error("no more");
      });
      await assert.rejects(fail, /no more/);
      assert.deepEqual(await names(`${folder}/deep`), []);
      await Promise.all(
        [1, 2, 3].map((n) =>
          place(path, (part) => Deno.writeTextFile(part, `${n}`))
        ),
      );
      const text = await Deno.readTextFile(path);
      await place(path, () => Promise.reject(new Error("made again")));
      assert.equal(await Deno.readTextFile(path), text);
      assert.deepEqual(await names(`${folder}/deep`), ["file"]);
    });
  });

  it("goes when it is old, unless it is among the last used or in its grace", async () => {
    await inFolder(async (folder) => {
      for (let age = 0; age < 6; age++) {
        const then = new Date(Date.now() - age * 60_000);
        await Deno.writeTextFile(`${folder}/${age}`, "");
        await Deno.utime(`${folder}/${age}`, then, then);
      }
      await prune(folder, 2, 3.5 * 60_000);
      assert.deepEqual(await names(folder), ["0", "1", "2", "3"]);
      await prune(folder, 2, 0);
      assert.deepEqual(await names(folder), ["0", "1"]);
    });
  });

  it("may be broken JSON, which counts as none", async () => {
    await inFolder(async (folder) => {
      const path = `${folder}/a/b.json`;
      assert.equal(await readJson(path), undefined);
      await writeJson(path, { a: 1 });
      assert.deepEqual(await readJson(path), { a: 1 });
      await Deno.writeTextFile(path, '{"a":');
      assert.equal(await readJson(path), undefined);
    });
  });
});
