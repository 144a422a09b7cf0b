/**
 * In which order the mapped readers access memory where plain loads are not
 * ordered by themselves, as on arm64: what is an acquire, what a release, what
 * comes behind which. That these are barriers on a machine is V8's doing.
 *
 * @module
 */

import assert from "node:assert/strict";
import { before, describe, it } from "@std/testing/bdd";
import type { PerfMemory } from "../../ffi/perf_records.ts";
import type { RingMemory } from "../../ffi/ring_records.ts";
import type { Sample } from "../../ffi/sample.ts";
import type { FakePerf } from "./fake_perf.ts";
import type { FakeRing } from "./fake_ring.ts";
import { type Access, MemoryTrace } from "./memory_trace.ts";
import { Dice } from "./dice.ts";

/** The modules that look at the processor when they are loaded. */
interface Readers {
  readonly drainRing: typeof import("../../ffi/ring_drain.ts").drainRing;
  readonly snapshotRing:
    typeof import("../../ffi/ring_snapshot.ts").snapshotRing;
  readonly drainPerf: typeof import("../../ffi/perf_drain.ts").drainPerf;
  readonly FakeRing: typeof FakeRing;
  readonly FakePerf: typeof FakePerf;
}

let arm64: Readers;

/** Loads them as they are on arm64; nothing of this file has loaded them before. */
before(async () => {
  const real = Deno.build;
  const build = { ...real, arch: "aarch64" };
  Object.defineProperty(Deno, "build", { value: build, configurable: true });
  try {
    const [{ drainRing }, { snapshotRing }, { drainPerf }, rings, perfs] =
      await Promise.all([
        import("../../ffi/ring_drain.ts"),
        import("../../ffi/ring_snapshot.ts"),
        import("../../ffi/perf_drain.ts"),
        import("./fake_ring.ts"),
        import("./fake_perf.ts"),
      ]);
    const { FakeRing } = rings;
    const { FakePerf } = perfs;
    arm64 = { drainRing, snapshotRing, drainPerf, FakeRing, FakePerf };
  } finally {
    Object.defineProperty(Deno, "build", { value: real, configurable: true });
  }
});

const dice = new Dice(64);
const size = 1024;

function bytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(8 + dice.below(60)).fill(7);
}

function watchRing(trace: MemoryTrace, memory: RingMemory): RingMemory {
  return {
    ...memory,
    consumer: trace.watch("consumer", memory.consumer),
    producer: trace.watch("producer", memory.producer),
    words: trace.watch("words", memory.words),
    data: trace.watch("data", memory.data),
  };
}

function watchPerf(trace: MemoryTrace, memory: PerfMemory): PerfMemory {
  return {
    ...memory,
    positions: trace.watch("positions", memory.positions),
    words: trace.watch("words", memory.words),
    data: trace.watch("data", memory.data),
  };
}

/** Reads the whole of a sample, and says so. */
function look(trace: MemoryTrace): (sample: Sample) => void {
  return (sample) => {
    for (let at = 0; at < sample.size; at++) sample.getUint8(at);
    trace.mark("looked");
  };
}

const is = (kind: Access["kind"], of?: string) => (one: Access): boolean =>
  one.kind === kind && (of === undefined || one.of === of);

describe("the reader of rings, where plain loads are not ordered", () => {
  it("acquires the producer's position before any header, each header before its payload", () => {
    for (let round = 0; round < 50; round++) {
      const ring = new arm64.FakeRing(size, BigInt(dice.below(8) * 1024));
      while (ring.put(dice.below(4) ? "committed" : "discarded", bytes()));
      using trace = new MemoryTrace();
      arm64.drainRing(watchRing(trace, ring.memory), look(trace));
      const { accesses } = trace;
      assert.equal(accesses.filter(is("plain", "words")).length, 0);
      const first = accesses.findIndex(is("acquire", "words"));
      assert.ok(accesses.slice(0, first).some(is("acquire", "producer")));
      let header = -1;
      for (const { kind, of, at } of accesses) {
        if (kind === "acquire" && of === "words") header = 4 * at;
        if (kind !== "plain") continue;
        assert.equal(of, "data");
        assert.ok(
          header >= 0 && at >= header + 8,
          "a payload before its header",
        );
      }
    }
  });

  it("gives room back by a release behind every load of it, and only so", () => {
    const ring = new arm64.FakeRing(size, 0n);
    let records = 0;
    while (ring.put("committed", new Uint8Array(24))) records++;
    using trace = new MemoryTrace();
    arm64.drainRing(watchRing(trace, ring.memory), look(trace));
    let looked = 0;
    let given = 0;
    for (const { kind, of, at } of trace.accesses) {
      if (of === "looked") looked++;
      if (kind !== "release") continue;
      assert.equal(of, "consumer");
      assert.ok(at > given && at <= looked * 32, `${at} behind ${looked}`);
      given = at;
    }
    assert.equal(given, records * 32);
    assert.equal(Number(ring.consumer), given);
  });
});

describe("a snapshot of a ring, where plain loads are not ordered", () => {
  it("ends the first copy before it begins the second, and asks what gave way behind a grace period", () => {
    const ring = new arm64.FakeRing(size, 0n);
    for (let record = 0; record < 99; record++) ring.push("committed", bytes());
    using trace = new MemoryTrace();
    const grace = (): void => trace.mark("grace");
    const memory = watchRing(trace, ring.memory);
    arm64.snapshotRing(memory, () => {}, () => {}, grace);
    const order = trace.accesses.filter(({ kind }) => kind !== "plain")
      .map(({ kind, of }) => `${kind} ${of}`);
    assert.deepEqual(order, [
      ...["acquire consumer", "acquire producer", "acquire producer"],
      ...["copy other", "release other", "acquire other", "copy other"],
      ...["mark grace", "acquire consumer", "acquire producer"],
    ]);
  });
});

describe("the reader of perf buffers, where plain loads are not ordered", () => {
  it("acquires data_head before any load, and releases data_tail behind all of them", () => {
    for (let round = 0; round < 50; round++) {
      const perf = new arm64.FakePerf(size, BigInt(dice.below(9) * 8));
      while (perf.put({ is: "sample", bytes: bytes() }));
      using trace = new MemoryTrace();
      const memory = watchPerf(trace, perf.memory);
      arm64.drainPerf(memory, look(trace), () => {});
      const { accesses } = trace;
      const head = accesses.findLastIndex(is("acquire", "positions"));
      const loads = accesses.findIndex(is("plain"));
      assert.ok(head >= 0 && head < loads, "a load before data_head");
      const last = accesses.at(-1);
      assert.ok(last && is("release", "positions")(last), "no release at last");
      assert.equal(accesses.filter(is("plain", "positions")).length, 0);
      assert.equal(perf.tail, perf.head);
    }
  });
});
