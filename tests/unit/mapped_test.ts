/**
 * Mapped buffers from open to close: files stand for the kernel's memory.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { littleEndian as little } from "../../ffi/byte_order.ts";
import { MappedRing } from "../../ffi/mapped_ring.ts";
import { PerfEvent } from "../../ffi/perf_event.ts";
import type { Sample } from "../../ffi/sample.ts";
import { BpfError } from "../../mod.ts";

const page = pageSize();

/** Words of 32 bits to be written, by their places in bytes. */
type Words = readonly (readonly [at: number, word: number])[];

/** A file of so many pages with these words in it; both are gone when it is disposed. */
class File implements Disposable {
  readonly #path = Deno.makeTempFileSync();
  readonly fd: number;

  constructor(pages: number, words: Words) {
    const view = new DataView(new ArrayBuffer(pages * page));
    for (const [at, word] of words) view.setUint32(at, word, little);
    Deno.writeFileSync(this.#path, new Uint8Array(view.buffer));
    this.fd = openSync(this.#path, "r+");
  }

  /** How often it is mapped. */
  get mapped(): number {
    return Deno.readTextFileSync("/proc/self/maps").split(this.#path).length -
      1;
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
    Deno.removeSync(this.#path);
  }
}

/** A ring of one page with two records of 8 bytes: 1 and 2. */
function ringFile(): File {
  const words = [[0, 8], [8, 1], [16, 8], [24, 2]] as const;
  const twice = [2 * page, 3 * page].flatMap((data) =>
    words.map(([at, word]) => [data + at, word] as const)
  );
  return new File(4, [[page, 32], ...twice]);
}

/** A perf buffer of one page with two samples of 4 bytes: 1 and 2. */
function perfFile(): File {
  const sample = (at: number, word: number): Words => [
    ...[[at, 9], [at + 4, 16 << 16], [at + 8, 4], [at + 12, word]] as const,
  ];
  return new File(2, [[1024, 32], ...sample(page, 1), ...sample(page + 16, 2)]);
}

const kinds = [
  {
    what: "MappedRing",
    file: ringFile,
    open: (fd: number) => new MappedRing({ fd, size: page, name: "r" }),
    mappings: 2,
  },
  {
    what: "PerfEvent",
    file: perfFile,
    open: (fd: number) => new PerfEvent({ fd, cpu: 0, pages: 1 }),
    mappings: 1,
  },
];

for (const { what, file: fileOf, open, mappings } of kinds) {
  describe(what, () => {
    it("reads the memory it maps, and where its two sides stand", () => {
      using file = fileOf();
      using buffer = open(file.fd);
      const { busy, ...before } = buffer.state;
      assert.deepEqual([before, busy], [{
        ...{ size: page, available: 32, consumer: 0, producer: 32 },
        overwrite: 0,
      }, false]);
      const taken: number[] = [];
      const take = (s: Sample): boolean => taken.push(s.getUint32(0)) < 1;
      assert.ok(!buffer.drain(take));
      assert.equal(buffer.state.consumer, 16);
      buffer.drain((sample) => void taken.push(sample.getUint32(0)));
      assert.deepEqual(taken, [1, 2]);
      assert.equal(buffer.state.available, 0);
    });

    it("is neither closed nor drained while its sink runs", () => {
      using file = fileOf();
      using buffer = open(file.fd);
      const running = /: its sink is running$/;
      assert.throws(() => buffer.drain(() => buffer.close()), running);
      buffer.drain(() => {
        assert.throws(() => buffer.close(), running);
        assert.throws(() => buffer.drain(() => {}), running);
      });
    });

    it("unmaps its memory once, and answers every use with an error afterwards", () => {
      using file = fileOf();
      const buffer = open(file.fd);
      const kept: { sample: Sample; view: DataView }[] = [];
      buffer.drain((sample) => {
        kept.push({ sample, view: sample.read((view) => view) });
      });
      assert.equal(file.mapped, mappings);
      buffer.close();
      buffer.close();
      assert.equal(file.mapped, 0);
      for (const { sample, view } of kept) {
        assert.throws(() => sample.getUint8(0), BpfError);
        assert.throws(() => view.getUint8(0), TypeError);
      }
      const closed = /^BpfError: Cannot .*: it is closed$/;
      assert.throws(() => buffer.drain(() => {}), closed);
      assert.throws(() => buffer.snapshot(() => {}), BpfError);
      assert.throws(() => buffer.state, closed);
    });

    it("leaves nothing mapped that could not be mapped whole", () => {
      assert.throws(() => open(-1), /Cannot map .*: EBADF$/);
    });
  });
}

describe("PerfEvent that overwrites", () => {
  it("is read by snapshots and not drained, and the other way round", () => {
    using file = perfFile();
    using recorder = new PerfEvent({
      ...{ fd: file.fd, cpu: 0, pages: 1, overwrite: true },
    });
    const refused = /its old samples give way to new ones$/;
    assert.throws(() => recorder.drain(() => {}), refused);
    assert.throws(() => recorder.consume(), refused);
    assert.throws(() => recorder.tail = 0, refused);
    using event = new PerfEvent({ fd: file.fd, cpu: 0, pages: 1 });
    assert.throws(() => event.snapshot(() => {}), /opened to be drained$/);
    assert.throws(() => event.pause(), /^BpfError: Cannot pause .*: ENOTTY$/);
  });
});
