/**
 * Archives and packages: ar, tar, cpio, deb, rpm.
 *
 * @module
 */

import { members } from "../../../kernels/ar.ts";
import { bytesAt } from "../../../kernels/bytes_at.ts";
import type { Entry as Packed } from "../../../kernels/chunks.ts";
import {
  type Entry,
  file,
  folder,
  withFolders,
  writeArchive,
} from "../../../kernels/cpio.ts";
import { cpioEntries } from "../../../kernels/cpio_entries.ts";
import { debEntries } from "../../../kernels/deb.ts";
import { Unavailable } from "../../../kernels/kernel.ts";
import { readRpm, rpmEntries, textOf } from "../../../kernels/rpm.ts";
import { tarEntries } from "../../../kernels/tar.ts";
import assert from "node:assert/strict";
import { readArchive } from "../../unit/cpio_reader.ts";
import { Dice } from "../../unit/dice.ts";
import {
  chunked,
  declared,
  drained,
  inFile,
  type Input,
  isPlain,
  type Target,
} from "../target.ts";

/** These say in words what is wrong with an archive. */
const isDeclared = (error: unknown): boolean =>
  isPlain(error) || error instanceof Unavailable;

/** Reads all files of an archive, every other one only to its half. */
async function entries(all: AsyncIterable<Packed>): Promise<void> {
  let count = 0;
  for await (const { name, size, body } of all) {
    assert.equal(typeof name, "string");
    assert.ok(Number.isSafeInteger(size) && size >= 0, `a size of ${size}`);
    if (count++ % 2 === 0) await drained(body);
    else for await (const _ of body) break;
  }
}

const ar: Target = {
  name: "ar",
  words: ["!<arch>\n", "`\n", "data.tar.xz/", "debian-binary"],
  run: (input) =>
    inFile(input, (path) =>
      declared(isDeclared, async () => {
        using source = await Deno.open(path);
        for await (const { name, offset, size } of members(source)) {
          assert.equal(typeof name, "string");
          const end = offset + size;
          assert.ok(end <= input.length, `${end} of ${input.length}`);
          await bytesAt(source, offset, size);
        }
      })),
};

const tar: Target = {
  name: "tar",
  words: ["ustar", "0000644", "./boot/vmlinuz-1", "00000000000"],
  run: (input) =>
    declared(isDeclared, () => entries(tarEntries(chunked(input)))),
};

const cpio: Target = {
  name: "cpio",
  words: ["070701", "070702", "TRAILER!!!\0", "ffffffff", "00000000"],
  run: (input) =>
    declared(isDeclared, () => entries(cpioEntries(chunked(input)))),
};

/** Paths, among them ones that are none. */
function pathOf(dice: Dice): string {
  const steps = ["a", "bin", "..", "", ".", "x\0y", "ä", "TRAILER!!!"];
  return Array.from(
    { length: 1 + dice.below(4) },
    () => steps[dice.one(4) ? dice.below(steps.length) : dice.below(2)] ?? "a",
  ).join("/");
}

/** What is written is what is read, and paths that are none are refused. */
const initramfs: Target = {
  name: "initramfs",
  words: [],
  generate: (dice) => dice.bytes(4 + dice.below(60)),
  async run(input): Promise<void> {
    const dice = new Dice(input[0] ?? 0);
    const made: Entry[] = Array.from({ length: dice.below(6) }, () => {
      const name = pathOf(dice);
      return dice.one(3)
        ? folder(name)
        : file(name, dice.bytes(dice.below(40)), 0o755);
    });
    const written: Uint8Array[] = [];
    const sink = (chunk: Uint8Array): Promise<void> => {
      written.push(chunk.slice());
      return Promise.resolve();
    };
    const wanted = withFolders(made);
    const refuses = (error: unknown): boolean => error instanceof RangeError;
    await declared(refuses, async () => {
      await writeArchive(wanted, sink);
      const had = readArchive(
        new Uint8Array(await new Blob(written as Input[]).arrayBuffer()),
      );
      const kept = wanted.filter(({ name }) => name !== "TRAILER!!!");
      assert.deepEqual(
        had.map(({ name, content }) => [name, content.length]),
        kept.map(({ name, content }) => [
          name,
          content instanceof Uint8Array ? content.length : 0,
        ]),
      );
    });
  },
};

const deb: Target = {
  name: "deb",
  words: ["!<arch>\n", "data.tar", "data.tar.gz", "data.tar.xz", "`\n"],
  run: (input) =>
    inFile(input, (path) =>
      declared(isDeclared, async () => {
        using source = await Deno.open(path);
        await entries(debEntries(source));
      })),
};

const rpm: Target = {
  name: "rpm",
  words: ["\xed\xab\xee\xdb", "\x8e\xad\xe8\x01", "gzip\0", "xz\0", "zstd\0"],
  run: (input) =>
    inFile(input, (path) =>
      declared(isDeclared, async () => {
        using source = await Deno.open(path);
        const { header, signatures } = await readRpm(source);
        for (const tag of [268, 267, 278, 1125, 5092]) {
          textOf(header, tag);
          signatures.value(tag)?.slice(0, signatures.count(tag));
        }
        await entries(rpmEntries(source));
      })),
};

/** All of them. */
export const archives: readonly Target[] = [
  ...[ar, tar, cpio, initramfs, deb, rpm],
];
