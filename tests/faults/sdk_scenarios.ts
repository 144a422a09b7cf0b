/**
 * What is done with the SDK while one of its calls fails: each scenario opens,
 * uses and closes one part of it, and asserts that it works when nothing fails.
 *
 * The parts that mod.ts does not hand on are taken from ffi/: what reads the
 * kernel's memory, and what asks for permissions.
 *
 * @module
 */

import assert from "node:assert/strict";
import { onlineCpus } from "../../ffi/cpu.ts";
import { Epoll, ready } from "../../ffi/epoll.ts";
import { kernelId } from "../../ffi/kernel_id.ts";
import { KeptProgram } from "../../ffi/kept_program.ts";
import { MemlockLimit } from "../../ffi/memlock.ts";
import { Rings } from "../../ffi/rings.ts";
import {
  BpfObject,
  KernelMap,
  onLibbpfLog,
  PerfBuffer,
  probeRing,
  RingBuffer,
  table,
  type Transport,
  UserRing,
} from "../../mod.ts";
import { path, type Scenario } from "./sdk_scenario.ts";
import { streams } from "./sdk_streams.ts";

/** A key or a value of some 32-bit numbers. */
function words(...numbers: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint32Array(numbers).buffer);
}

function loaded(name: string): BpfObject {
  const object = BpfObject.open(path(name));
  try {
    object.load();
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

/** Where scenarios pin; below the bpffs that is mounted. */
const pinned = `/sys/fs/bpf/ringside_faults_${Deno.pid}`;

/** Removes what a scenario has pinned and could not unpin. */
export function removePin(): void {
  try {
    Deno.removeSync(pinned);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

const maps: readonly Scenario[] = [{
  name: "a map's entries are written, read, walked and deleted",
  run(): void {
    using object = loaded("maps");
    const places = object.map("places");
    for (const host of [1, 2]) places.update(words(host, 0), words(host, 0));
    assert.equal([...places.keys()].length, 2);
    assert.deepEqual(places.lookup(words(2, 0)), words(2, 0));
    assert.ok(places.delete(words(1, 0)));
  },
}, {
  name: "a map is held by a descriptor of its own",
  run(): void {
    using object = loaded("maps");
    using map = KernelMap.fromFd(object.map("places").fd);
    map.update(words(1, 0), words(7, 0));
    assert.deepEqual(map.lookup(words(1, 0)), words(7, 0));
    assert.equal(map.flags, 0);
    assert.equal(map.id, kernelId(map.fd));
  },
}, {
  name: "a map and a program are pinned, opened by their pin and unpinned",
  run(): void {
    using object = loaded("maps");
    using kinds = loadKind("on_packet");
    object.map("places").pin(pinned);
    {
      using map = KernelMap.pinned(pinned);
      assert.equal(map.keySize, 8);
    }
    object.map("places").unpin(pinned);
    kinds.program("on_packet").pin(pinned);
    kinds.program("on_packet").unpin(pinned);
  },
}, {
  name: "a program is asked how often it was skipped",
  run(): void {
    using kinds = loadKind("on_packet");
    const { recursionMisses } = kinds.program("on_packet");
    assert.equal(recursionMisses ?? 0, 0);
  },
}, {
  name: "a table is written, read, walked and cleared",
  run(): void {
    using object = loaded("maps");
    const places = table<Record<string, number>, bigint>(object, "places");
    places.set({ host: 1, port: 2, kind: 3 }, 4n);
    assert.equal([...places].length, 1);
    places.clear();
    const byCpu = table<number, number[]>(object, "by_cpu");
    byCpu.set(1, [...Array(object.map("by_cpu").entrySize / 8).keys()]);
    assert.equal(byCpu.get(1)?.[1], 1);
    assert.ok(byCpu.delete(1));
  },
}, {
  name: "an array of maps with another size of its inner ones is loaded",
  run(): void {
    using object = BpfObject.open(path("maps"));
    const { innerMap } = object.map("parts");
    if (innerMap !== undefined) innerMap.maxEntries = 2;
    object.load();
  },
}];

const rings: readonly Scenario[] = [{
  name: "a user ring is opened, written and drained by its program",
  run(): void {
    using object = loaded("user_ring");
    using ring = new UserRing(object.map("ring"));
    ring.send(words(1, 0));
    ring.giveUp(words(2, 0));
    assert.equal(object.program("drain").testRun().result, 1);
  },
}, {
  name: "a ring is read by libbpf",
  run(): void {
    using object = half("burst", "ring");
    let taken = 0;
    using ring = RingBuffer.open(
      object.map("events_ring"),
      () => void taken++,
    );
    assert.ok(!ready(ring.epollFd));
    object.program("burst_ring").testRun({ repeat: 2 });
    ring.poll(0);
    ring.consume();
    assert.equal(taken, 2);
  },
}, {
  name: "two rings are read by libbpf behind one wait",
  run(): void {
    using object = half("burst", "ring");
    using other = half("burst", "ring");
    let taken = 0;
    using two = new Rings(
      [object, other].map((one) => one.map("events_ring")),
      () => void taken++,
    );
    object.program("burst_ring").testRun();
    // A signal may end a wait.
    while (!ready(two.epollFd, 100));
    while (taken === 0) two.poll(100);
    assert.equal(taken, 1);
  },
}, {
  name: "a perf buffer is read by libbpf",
  run(): void {
    using object = half("burst", "perf");
    let taken = 0;
    using perf = PerfBuffer.open(object.map("events_perf"), 4, {
      sample: () => void taken++,
      lost: () => {},
    });
    assert.equal(perf.fds.length, onlineCpus().length);
    object.program("burst_perf").testRun({ repeat: 2 });
    perf.poll(0);
    perf.consume();
    assert.equal(taken, 2);
  },
}];

/** An object of which the programs and maps of one transport are loaded. */
function half(name: string, transport: Transport): BpfObject {
  const object = BpfObject.open(path(name));
  try {
    for (const program of object.programs.values()) {
      program.autoload = program.name.endsWith(`_${transport}`);
    }
    object.map(`events_${transport === "ring" ? "perf" : "ring"}`).autocreate =
      false;
    object.load();
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

function loadKind(program: string): BpfObject {
  const object = BpfObject.open(path("kinds"));
  try {
    for (const other of object.programs.values()) {
      other.autoload = other.name === program;
    }
    object.load();
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

/** Kinds of attachment; what the running kernel has not is left out by the test. */
const kinds: readonly Scenario[] = [
  ...["on_tracepoint", "on_raw_tracepoint", "on_kprobe", "on_kretprobe"],
  ...["on_uprobe", "on_uretprobe", "on_fentry"],
].map((program) => ({
  name: `${program} is attached and detached`,
  run(): void {
    using object = loadKind(program);
    object.attach();
  },
}));

const rest: readonly Scenario[] = [{
  name: "the kernel is asked for a ring",
  run(): void {
    assert.ok(probeRing().has);
  },
}, {
  name: "a program that outlives its object is run",
  async run(): Promise<void> {
    using object = half("burst", "ring");
    using kept = new KeptProgram(object.program("burst_ring"));
    object.close();
    assert.equal(kept.testRun().result, 0);
    await Promise.resolve();
  },
}, {
  name: "libbpf is listened to",
  run(): void {
    onLibbpfLog(() => {}, "debug");
    try {
      using _ = loaded("maps");
    } finally {
      onLibbpfLog(null);
    }
  },
}, {
  name: "limits and epolls are asked for",
  run(): void {
    using _ = new MemlockLimit();
    using epoll = new Epoll();
    assert.ok(!ready(epoll.fd));
  },
}];

/** All of them. */
export const scenarios: readonly Scenario[] = [
  ...streams,
  ...maps,
  ...rings,
  ...kinds,
  ...rest,
];
