/**
 * The native layer without root: errors, borrowed bytes, exceptions across C,
 * waiting on another thread, objects that are opened but not loaded.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Arena } from "../../ffi/arena.ts";
import { errnoName } from "../../ffi/errno.ts";
import { Guard } from "../../ffi/guard.ts";
import { openLibrary } from "../../ffi/library.ts";
import { Loan, Sample } from "../../ffi/sample.ts";
import { Waiter } from "../../ffi/wait.ts";
import { BpfError, BpfObject } from "../../mod.ts";
import { withFifo } from "./fifo.ts";

/** Open descriptors of this process. */
function descriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

describe("BpfError", () => {
  it("names the action, the cause and the way out", () => {
    const error = new BpfError('open ring buffer "events"', {
      ...{ errno: 1, remedy: "run as root or grant CAP_BPF" },
    });
    assert.equal(
      error.message,
      'Cannot open ring buffer "events": EPERM (run as root or grant CAP_BPF)',
    );
    assert.deepEqual([error.errno, error.code, error.log], [1, "EPERM", ""]);
  });

  it("knows the names that kernel people say", () => {
    const names = [11, 95, 524, 22, 4095].map(errnoName);
    assert.deepEqual(names, [
      ...["EAGAIN", "EOPNOTSUPP", "ENOTSUPP", "EINVAL", "errno 4095"],
    ]);
  });
});

describe("openLibrary", () => {
  it("names every path that it tried, and the way out", () => {
    const paths = ["libnothere.so.1", "/nowhere/libnothere.so"];
    assert.throws(
      () => openLibrary({ name: "libnothere", paths, remedy: "give up" }, {}),
      (error) =>
        error instanceof BpfError &&
        paths.every((path) => error.message.includes(path)) &&
        error.message.startsWith("Cannot open libnothere: ") &&
        error.message.endsWith("(give up)"),
    );
  });
});

describe("Sample", () => {
  it("may be read until the next record, and its copy for ever", () => {
    const arena = new Arena();
    const memory = Uint8Array.from({ length: 10_000 }, (_, at) => at % 251);
    const from = Deno.UnsafePointer.of(memory);
    const first = arena.lend(from, 5);
    assert.equal(first.getUint8(4), 4);
    const kept = first.copy();
    const second = arena.lend(from, memory.length);
    assert.deepEqual(second.copy(), memory);
    assert.deepEqual(second.copy(3), memory.slice(0, 3));
    assert.deepEqual([...kept], [0, 1, 2, 3, 4]);
    assert.throws(
      () => first.getUint8(0),
      /a borrowed sample: it was lent until/,
    );
    arena.end();
    assert.throws(() => second.copy(), /keep sample.copy\(\) instead/);
    assert.throws(() => second.read(() => 0), /a borrowed sample/);
    assert.deepEqual(arena.lend(from, 3).copy(), memory.slice(0, 3));
  });
});

describe("Sample's numbers", () => {
  const loan = new Loan();
  const bytes = Uint8Array.from({ length: 40 }, (_, at) => 255 - 7 * at);
  const view = new DataView(bytes.buffer);
  const sample = new Sample(loan, view, 16, 15, 3);
  const widths = [
    ...["getUint8", "getInt8", "getUint16", "getInt16"] as const,
    ...["getUint32", "getInt32", "getBigUint64", "getBigInt64"] as const,
  ];

  it("are those that stand in the record, at every place of it", () => {
    const little = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
    for (const get of widths) {
      const width = Number(/\d+/.exec(get)) / 8;
      for (let at = 0; at <= 15 - width; at++) {
        assert.equal(sample[get](at), view[get](16 + at, little), get);
      }
    }
    assert.deepEqual(sample.copy(), bytes.slice(16, 31));
    assert.equal(sample.cpu, 3);
  });

  it("are none outside of the record, wherever that stands", () => {
    for (const get of widths) {
      const width = Number(/\d+/.exec(get)) / 8;
      for (const at of [-1, -0.5, 16 - width, 15, 16, 24, 2 ** 32, NaN]) {
        assert.throws(
          () => sample[get](at),
          (error) =>
            error instanceof BpfError &&
            /^Cannot read \d bytes at .* of a sample: it has 15$/.test(
              error.message,
            ),
        );
      }
    }
    assert.deepEqual([-1, NaN, 99].map((size) => sample.copy(size).length), [
      ...[0, 0, 15],
    ]);
  });

  it("outlive the loan where they are kept under another", () => {
    const other = new Loan();
    const kept = sample.keep(other);
    loan.end();
    bytes.fill(0, 16);
    assert.throws(() => sample.getUint8(0), /it was lent until/);
    assert.throws(() => sample.keep(other), /it was lent until/);
    assert.equal(kept.getUint8(1), 255 - 7 * 17);
    assert.deepEqual([kept.size, kept.cpu], [15, 3]);
    other.end();
    assert.throws(() => kept.getUint8(1), /it was lent until/);
  });
});

describe("Guard", () => {
  it("throws the first exception again, behind the call that lost it", () => {
    const guard = new Guard();
    const call = (): number =>
      guard.call(() => {
        assert.ok(guard.busy);
        assert.ok(!guard.enter(() => assert.fail("first")));
        assert.ok(!guard.enter(() => assert.fail("second")));
        return 7;
      });
    assert.throws(call, { message: "first" });
    assert.ok(guard.call(() => guard.enter(() => {})));
    assert.ok(!guard.busy);
  });
});

describe("Waiter", () => {
  it("is released by a wake, waits again afterwards, and leaves no descriptor", async () => {
    const before = descriptors();
    {
      using silent = new Waiter();
      using waiter = new Waiter();
      const wait = waiter.readable(silent.fd, -1);
      waiter.wake();
      assert.ok(!await wait);
      assert.ok(!await waiter.readable(silent.fd, 1));
      assert.ok(!await waiter.readable(silent.fd, -0.3));
      silent.wake();
      assert.ok(await waiter.readable(silent.fd, -1));
    }
    assert.equal(descriptors(), before);
  });
});

describe("BpfObject", () => {
  it("knows its maps and programs before it is loaded", () => {
    using object = BpfObject.open("bpf/build/burst.bpf.o");
    assert.deepEqual([...object.programs.keys()], ["burst_ring", "burst_perf"]);
    assert.deepEqual([...object.maps.keys()], [
      ...["events_ring", "events_perf", "events_scratch", "events_count"],
      "next",
    ]);
    assert.equal(object.map("events_ring").maxEntries, 65536);
    assert.equal(object.map("events_scratch").valueSize, 24);
    assert.equal(object.program("burst_ring").section, "tc");
  });

  it("says of a map or a program that is not loaded just that", () => {
    using object = BpfObject.open("bpf/build/burst.bpf.o");
    assert.throws(
      () => object.map("next").lookup(0),
      /^BpfError: Cannot use map "next": it is not loaded/,
    );
    assert.throws(
      () => object.program("burst_ring").testRun(),
      /^BpfError: Cannot use program "burst_ring": it is not loaded/,
    );
  });

  it("refuses a value of another size, and a key that is no index", () => {
    using object = BpfObject.open("bpf/build/burst.bpf.o");
    assert.throws(
      () => object.map("next").update(0, new Uint8Array(4)),
      /update 0 in map "next": its value has 8 bytes, not 4$/,
    );
    assert.throws(
      () => object.map("events_ring").lookup(0),
      /look up 0 in map "events_ring": its keys have 0 bytes, an index has 4$/,
    );
  });

  it("names what it has when it is asked for what it has not", () => {
    using object = BpfObject.open("bpf/build/dynptr.bpf.o");
    assert.throws(
      () => object.map("events"),
      /^BpfError: Cannot find map "events" in ".*": it has ring$/,
    );
  });

  it("refuses every use after its close, and leaves nothing open", () => {
    const before = descriptors();
    const object = BpfObject.open("bpf/build/burst.bpf.o");
    const map = object.map("next");
    object.close();
    object.close();
    assert.throws(() => map.maxEntries, /Cannot use ".*": it is closed/);
    assert.throws(() => object.load(), /Cannot use ".*": it is closed/);
    assert.equal(descriptors(), before);
  });

  it("says what is wrong with a file that is no object", () => {
    assert.throws(() => BpfObject.open("/nowhere.o"), {
      message:
        /^Cannot open "\/nowhere.o": ENOENT.*No such file.* \(check the path, which is no URL\)$/,
    });
    assert.throws(() => BpfObject.open("README.md"), {
      message: /^Cannot open "README.md": LIBBPF_ERRNO__FORMAT: elf: .*ELF/,
    });
    assert.throws(() => BpfObject.open("README.md\0.o"), {
      message:
        'Cannot use "README.md\\u0000.o": it has a zero byte, at which C ends a string',
    });
  });

  it("says of what is no file what it is, and leaves nothing open", async () => {
    await withFifo((fifo) => {
      const before = descriptors();
      const wrong = { bpf: "folder", "/dev/null": "device", [fifo]: "FIFO" };
      for (const [path, kind] of Object.entries(wrong)) {
        assert.throws(() => BpfObject.open(path), {
          message:
            `Cannot open "${path}": it is a ${kind} (give the path of a .bpf.o)`,
        });
      }
      assert.equal(descriptors(), before);
    });
  });
});
