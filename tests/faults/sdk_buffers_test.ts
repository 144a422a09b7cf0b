/**
 * Streams whose buffers, maps and consumers somebody else has his hands in: as
 * root, on the running kernel.
 *
 * Another reader of the same ring is ffi/mapped_ring.ts, a map is closed by
 * ffi/libc.ts, ids tell what the kernel still has, and ffi/damage.ts how much
 * an error puts down to damage: mod.ts hands on none.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Damage } from "../../ffi/damage.ts";
import { isThere, kernelId } from "../../ffi/kernel_id.ts";
import { libc } from "../../ffi/libc.ts";
import { MappedRing } from "../../ffi/mapped_ring.ts";
import {
  BpfObject,
  type BusyHead,
  type Events,
  KernelMap,
  openEvents,
  type OpenOptions,
  type TestRunOptions,
  type Transport,
  type Warning,
} from "../../mod.ts";
import { requireMounts } from "../mounts.ts";

/** struct burst_event. */
interface Sent {
  readonly sequence: number;
}

const open = (options: OpenOptions = {}): Promise<Events<Sent>> =>
  openEvents<Sent>("bpf/build/burst.bpf.o", {
    ...{ attach: false, int64: "number", ringBytes: 4096, transport: "ring" },
    ...options,
  });

/** Sends events, the first of which has this number: its first word is what a test likes. */
function send(events: Events<Sent>, first: number, repeat = 1): void {
  const { object, transport } = events;
  const next = new Uint8Array(new BigUint64Array([BigInt(first)]).buffer);
  object.map("next").update(0, next);
  object.program(`burst_${transport}`).testRun({ repeat });
}

/** The same ring in other hands. */
function otherReader({ object }: Events<Sent>): MappedRing {
  const { fd, maxEntries: size } = object.map("events_ring");
  return new MappedRing({ fd, size, name: "other" });
}

/** Bytes of a record of a burst's event: header, event. */
const recordBytes = 8 + 24;

/** What a drain throws, once. */
function damage(events: Events<Sent>): Damage {
  try {
    const taken = events.drain();
    assert.fail(`${taken.length} events came`);
  } catch (error) {
    assert.ok(error instanceof Damage, `${error}`);
    return error;
  }
}

/** At rest, with nothing unaccounted for. */
function assertSettled(events: Events<Sent>, damaged: number): void {
  const { attempted, delivered, lost, lostBy, pending } = events.stats();
  assert.equal(attempted, delivered + lost);
  assert.deepEqual([lostBy.damaged, lost, pending], [damaged, damaged, 0]);
}

const transports: readonly Transport[] = ["ring", "perf"];

describe("a stream whose reader's position is moved by somebody else", () => {
  it("goes back to its own where nothing was taken, and says so once", async () => {
    await using events = await open();
    send(events, 0, 3);
    assert.equal(events.drain().length, 3);
    {
      using other = otherReader(events);
      other.consumer = recordBytes;
    }
    send(events, 3);
    const { message, bytes } = damage(events);
    assert.equal(bytes, 0);
    assert.match(
      message,
      /^Cannot read the ring: somebody else has moved its reader's position from 96 to 32 \(what/,
    );
    assert.deepEqual(events.drain().map(({ sequence }) => sequence), [3]);
    assertSettled(events, 0);
  });

  it("counts what the other one has taken as damaged", async () => {
    await using events = await open();
    send(events, 0, 5);
    {
      using other = otherReader(events);
      other.drain(() => false);
      other.drain(() => false);
    }
    const { message, bytes } = damage(events);
    assert.match(message, /from 0 to 64/);
    assert.equal(bytes, 2 * recordBytes, "what is still there is not gone");
    assert.equal(events.drain().length, 3);
    assertSettled(events, 2);
    await events.close();
    assertSettled(events, 2);
  });

  it("is put right where the position is beyond all that was sent", async () => {
    await using events = await open();
    send(events, 0);
    {
      using other = otherReader(events);
      other.consumer = 1 << 20;
    }
    const { message, bytes } = damage(events);
    assert.match(message, /from 0 to 1048576/);
    assert.equal(bytes, 0);
    send(events, 1);
    assert.equal(events.drain().length, 2);
    assertSettled(events, 0);
  });
});

describe("a ring with a record that is nonsense", () => {
  /** Has the consumer stand in an event's payload: its number is read as a header. */
  async function misplaced(first: number): Promise<Events<Sent>> {
    const events = await open();
    send(events, first, 3);
    using other = otherReader(events);
    other.consumer = 8;
    return events;
  }

  it("is an error once, and the stream goes on behind it", async () => {
    await using events = await misplaced(0xffff00);
    assert.match(damage(events).message, /somebody else has moved/);
    assert.match(
      damage(events).message,
      /^Cannot read ring "events": a record at 8 claims 16776968 bytes, beyond the producer's position \(what lies there is given up; what comes next is read\)$/,
    );
    assert.deepEqual(events.drain(), []);
    send(events, 7, 2);
    assert.deepEqual(events.drain().map(({ sequence }) => sequence), [7, 8]);
    assertSettled(events, 3);
  });

  it("ends one loop of a consumer, and the next one goes on", async () => {
    await using events = await misplaced(0xffff00);
    for (const why of [/somebody else/, /a record at 8/]) {
      await assert.rejects(events.next({ timeoutMs: 1000 }), why);
    }
    send(events, 9);
    const next = await events.next({ timeoutMs: 1000 });
    assert.equal(next.is === "event" && next.event.sequence, 9);
    assertSettled(events, 3);
  });

  it("that is never submitted is a warning with its place, once", async () => {
    const warnings: Warning[] = [];
    await using events = await open({
      busyMs: 20,
      onWarning: (warning) => void warnings.push(warning),
    });
    send(events, 0x80000010, 2);
    {
      using other = otherReader(events);
      other.consumer = 8;
    }
    assert.match(damage(events).message, /somebody else has moved/);
    assert.equal((await events.next({ timeoutMs: 300 })).is, "timeout");
    const [{ ms, ...busy }] = warnings as [BusyHead];
    assert.deepEqual(busy, { is: "busy", stream: "events", position: 8 });
    assert.ok(ms >= 20 && ms < 300, `${ms} ms`);
    assert.equal(warnings.length, 1);
    assert.ok(events.stats().busyMs >= ms);
    assert.ok(events.queries()[0]?.busy);
    // Whoever waits does not spin meanwhile: it naps for a millisecond.
    assert.ok(events.stats().drains < 900, `${events.stats().drains} turns`);
    await events.close();
    assert.equal(events.stats().busyMs, 0);
  });
});

for (const transport of transports) {
  describe(`a stream over ${transport} whose maps`, () => {
    it("are closed by somebody else goes on, keeps its account and closes", async () => {
      const events = await open({ transport });
      send(events, 0, 2);
      const { object } = events;
      const lost = [`events_${transport}`, "events_count"].map((name) =>
        object.map(name).fd
      );
      // What is closed may be another's number soon: this is the last that is opened here.
      const program = object.program(`burst_${transport}`);
      for (const fd of lost) libc().close(fd);
      program.testRun();
      assert.equal(events.drain().length, 3);
      assert.equal(events.stats().attempted, 3);
      assert.throws(() => object.map("events_count").lookup(0), /EBADF/);
      await events.close();
      const { attempted, delivered, lost: gone } = events.stats();
      assert.equal(attempted, delivered + gone);
    });

    it("are pinned outlive it, and a pin that is deleted takes nothing away", async () => {
      requireMounts([{ id: "pins", mounted: "bpf" }]);
      const path = `/sys/fs/bpf/ringside_faults_${transport}_${Deno.pid}`;
      const events = await open({ transport });
      const map = events.object.map("events_count");
      const id = kernelId(map.fd);
      map.pin(path);
      Deno.removeSync(path);
      assert.throws(() => map.unpin(path), /Cannot unpin map .*: ENOENT/);
      send(events, 0, 2);
      assert.equal(events.drain().length, 2);
      map.pin(path);
      await events.close();
      try {
        using kept = KernelMap.pinned(path);
        assert.equal(kept.id, id);
      } finally {
        Deno.removeSync(path);
      }
      for (let look = 0; isThere("map", id) && look < 100; look++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.ok(!isThere("map", id));
    });
  });

  describe(`a consumer over ${transport} that throws`, () => {
    it("is told which event it was, loses none behind it, and may go on", async () => {
      await using events = await open({ transport });
      send(events, 0, 4);
      const seen: number[] = [];
      const take = ({ sequence }: Sent): void => {
        seen.push(sequence);
        if (sequence === 1) throw new TypeError("enough");
        if (sequence === 3) void events.close();
      };
      await assert.rejects(
        events.forEach(take),
        /go on behind event 2 of stream "events": its consumer threw TypeError: enough/,
      );
      await events.forEach(take);
      assert.deepEqual(seen, [0, 1, 2, 3]);
      const { delivered, lost } = events.stats();
      assert.deepEqual([delivered, lost], [4, 0]);
    });
  });
}

describe("a decoder that throws", () => {
  it("is told which record it was, which counts as undecodable, and the next one comes", async () => {
    let records = 0;
    await using events = await openEvents("bpf/build/burst.bpf.o", {
      attach: false,
      decode: (sample): bigint => {
        if (++records === 2) throw new TypeError("no");
        return sample.getBigUint64(0);
      },
    });
    const { object, transport } = events;
    object.program(`burst_${transport}`).testRun({ repeat: 3 });
    assert.deepEqual(events.drain(), [0n]);
    assert.throws(
      () => events.drain(),
      /^BpfError: Cannot decode record 2 of stream "events": TypeError: no$/,
    );
    assert.deepEqual(events.drain(), [2n]);
    const { delivered, lost, lostBy } = events.stats();
    assert.deepEqual([delivered, lost, lostBy.undecodable], [2, 1, 1]);
  });
});

describe("an object", () => {
  it("whose ring has a size that no kernel takes is not told of a kernel without rings", () => {
    using object = BpfObject.open("bpf/build/burst.bpf.o");
    object.map("events_ring").maxEntries = 3 * 2 ** 30;
    assert.throws(() => object.load(), {
      code: "EINVAL",
      message: /: EINVAL: map 'events_ring': failed to create/,
    });
  });
});

describe("a test run", () => {
  it("says of a packet that cannot be why", async () => {
    await using events = await open();
    const run = (data: unknown): unknown =>
      events.object.program("burst_ring").testRun({ data } as TestRunOptions);
    const takes = /: it takes a Uint8Array of 14 bytes or more$/;
    assert.throws(() => run("x"), { name: "BpfError", message: takes });
    assert.throws(() => run(new Uint8Array(13)), { message: takes });
    const tooLong = new Uint8Array(1 << 20);
    assert.throws(() => run(tooLong), { message: /\(give a packet that fits/ });
  });
});

describe("a consumer that throws", () => {
  it("that is a listener of warnings is reported, and the stream goes on", async () => {
    const uncaught: unknown[] = [];
    const hear = (event: ErrorEvent): void => {
      event.preventDefault();
      uncaught.push(event.error);
    };
    await using events = await open({
      busyMs: 5,
      onWarning: () => {
        throw new TypeError("no");
      },
    });
    send(events, 0x80000010, 2);
    {
      using other = otherReader(events);
      other.consumer = 8;
    }
    assert.match(damage(events).message, /somebody else has moved/);
    globalThis.addEventListener("error", hear);
    try {
      assert.equal((await events.next({ timeoutMs: 100 })).is, "timeout");
    } finally {
      globalThis.removeEventListener("error", hear);
    }
    assert.equal(uncaught.length, 1);
  });
});
