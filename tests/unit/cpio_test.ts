/**
 * The archive is what cpio(1) reads, and the same contents give the same bytes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  characterDevice,
  type Entry,
  file,
  folder,
  withFolders,
  writeArchive,
} from "../../kernels/cpio.ts";
import { type Member, readArchive } from "./cpio_reader.ts";
import { Dice } from "./dice.ts";

async function archive(entries: readonly Entry[]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  await writeArchive(entries, (chunk) => {
    chunks.push(chunk.slice());
    return Promise.resolve();
  });
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

function name(dice: Dice): string {
  const letters = ["a", "Z", "7", ".x", " ", "ü", "→", "-", "long".repeat(8)];
  const length = 1 + dice.below(4);
  return Array.from({ length }, () => letters[dice.below(letters.length)])
    .join("");
}

function bytes(dice: Dice, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => dice.below(256));
}

/** A tree with names and sizes around the padding's edges. */
function tree(dice: Dice): Entry[] {
  const names = new Set(
    Array.from({ length: 1 + dice.below(12) }, () => {
      const depth = 1 + dice.below(3);
      return Array.from({ length: depth }, () => name(dice)).join("/");
    }),
  );
  // A name that is another one's folder cannot be a file as well.
  const files = [...names].filter((name) =>
    ![...names].some((n) => n.startsWith(`${name}/`))
  );
  return withFolders(
    files.map((name) => file(name, bytes(dice, dice.below(40)), 0o644)),
  );
}

describe("an archive", () => {
  it("holds a file byte for byte in the documented layout", async () => {
    const bytes = await archive([
      file("a", new TextEncoder().encode("hello"), 0o644),
    ]);
    const text = new TextDecoder().decode(bytes);
    assert.equal(
      text.slice(0, 112 + 8),
      "070701" + "00000001" + "000081a4" + "00000000".repeat(2) + "00000001" +
        "00000000" +
        "00000005" + "00000000".repeat(4) + "00000002" + "00000000" + "a\0" +
        "hello\0\0\0",
    );
    assert.match(text.slice(120), /^070701.*TRAILER!!!\0+$/);
    assert.equal(bytes.length % 4, 0);
  });

  it("gives back generated trees through an own reader", async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const entries = tree(new Dice(seed));
      const read = readArchive(await archive(entries));
      const wanted = entries.map(({ name, mode, content }): Member => ({
        name,
        mode,
        content: content instanceof Uint8Array ? content : new Uint8Array(),
      }));
      assert.deepEqual(read, wanted, `seed ${seed}`);
    }
  });

  it("is unpacked by cpio(1) where that is installed", async () => {
    const place = await Deno.makeTempDir();
    try {
      for (let seed = 1; seed <= 10; seed++) {
        const entries = tree(new Dice(seed)).filter(({ content }) => content);
        const bytes = await archive(withFolders(entries));
        const out = `${place}/${seed}`;
        await Deno.mkdir(out);
        if (!await unpack(bytes, out)) return;
        for (const { name, content } of entries) {
          assert.deepEqual(
            await Deno.readFile(`${out}/${name}`),
            content,
            `seed ${seed}: ${name}`,
          );
        }
      }
    } finally {
      await Deno.remove(place, { recursive: true });
    }
  });

  it("may follow another archive, as the kernel unpacks them", async () => {
    const first = await archive([
      folder("bin"),
      file("bin/a", new Uint8Array(3), 0o755),
    ]);
    const second = await archive([file("b", new Uint8Array(5), 0o644)]);
    const names = readArchive(new Uint8Array([...first, ...second])).map((
      { name },
    ) => name);
    assert.deepEqual(names, ["bin", "bin/a", "b"]);
  });

  it("keeps a device's numbers and a file of the host", async () => {
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(path, "on disk");
      const bytes = await archive([
        characterDevice("dev/console", 5, 1),
        file("f", { path, size: 7 }, 0o644),
      ]);
      assert.match(new TextDecoder().decode(bytes), /^.{78}0000000500000001/);
      assert.equal(
        new TextDecoder().decode(readArchive(bytes)[1]?.content),
        "on disk",
      );
      await assert.rejects(
        archive([file("f", { path, size: 8 }, 0o644)]),
        /changed its size/,
      );
      await assert.rejects(
        archive([file("f", { path, size: 6 }, 0o644)]),
        /changed its size/,
      );
    } finally {
      await Deno.remove(path);
    }
  });

  it("refuses names that the kernel would skip or follow elsewhere", async () => {
    for (
      const name of [
        "",
        "/etc",
        "a/../b",
        "a//b",
        "./a",
        "a\0b",
        "x".repeat(4096),
      ]
    ) {
      await assert.rejects(
        archive([file(name, new Uint8Array(), 0o644)]),
        RangeError,
        name,
      );
    }
    await assert.rejects(
      archive([file("big", { path: "/x", size: 2 ** 32 }, 0o644)]),
      RangeError,
    );
  });
});

describe("withFolders", () => {
  it("puts every folder in front of what is in it, once", () => {
    const entries = [
      file("a/b/c", new Uint8Array(), 0o644),
      folder("a"),
      folder("a/b/d"),
    ];
    const names = withFolders(entries).map(({ name }) => name);
    assert.deepEqual(names, ["a", "a/b", "a/b/c", "a/b/d"]);
  });
});

/** False where there is no cpio(1). */
async function unpack(bytes: Uint8Array, into: string): Promise<boolean> {
  const command = new Deno.Command("cpio", {
    args: ["--extract", "--quiet"],
    cwd: into,
    stdin: "piped",
    stderr: "piped",
  });
  try {
    const child = command.spawn();
    const writer = child.stdin.getWriter();
    await writer.write(bytes);
    await writer.close();
    const { success, stderr } = await child.output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
