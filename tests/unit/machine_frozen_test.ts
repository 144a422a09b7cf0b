/**
 * Machines that are frozen and brought back, with a stand-in for QEMU; and where they are kept.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { FrozenMachines, type Made, type Part } from "../../kernels/frozen.ts";
import {
  type MachineEvent,
  type MachineOptions,
  run,
} from "../../kernels/machine.ts";
import { orderLine } from "../../kernels/order.ts";
import { image } from "./stand_in_image.ts";

async function inFolder(
  act: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "frozen-" });
  try {
    await act(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** As {@linkcode wholeLife}, without the words that a machine is made, or boots. */
async function life(
  ...given: Parameters<typeof wholeLife>
): ReturnType<typeof wholeLife> {
  const events = await wholeLife(...given);
  return events.filter(({ type }) => type !== "freezing" && type !== "booting");
}

/** Runs a machine of the scene with the folder as its cache; its events without their times. */
async function wholeLife(
  folder: string,
  scene: string,
  order: readonly string[] = ["--one", "two\n"],
  program = "program",
  more: Partial<MachineOptions> = {},
): Promise<Partial<MachineEvent>[]> {
  const qemu = `${folder}/qemu-${scene}`;
  const script = fileURLToPath(new URL("fake_qemu.ts", import.meta.url));
  const command =
    `exec "${Deno.execPath()}" run -A --no-config "${script}" ${scene} "$@"`;
  await Deno.writeTextFile(qemu, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  const cache = `${folder}/cache`;
  const archives = {
    cache,
    base: `${folder}/base`,
    program: `${folder}/${program}`,
  };
  for (const path of [archives.base, archives.program]) {
    await Deno.writeTextFile(path, "");
  }
  const events = run(image, archives, {
    ...{ cpus: 1, memoryMiB: 64, accel: "tcg", timeoutMs: 30_000 },
    ...{ qemu, order, frozen: cache },
    ...more,
  });
  return await Array.fromAsync(events, (event) => {
    const { bootMs: _, runMs: __, ...rest } = { bootMs: 0, runMs: 0, ...event };
    if (rest.type !== "up" || rest.freezeMs === undefined) return rest;
    assert.ok(rest.freezeMs > 0);
    return { ...rest, freezeMs: 1 };
  });
}

const said = { type: "line", text: '["--one","two\\n"]' };
const saidWarm = { type: "line", text: `${said.text} program` };
const exit = { type: "exit", code: 0, console: "" };
const warm = { type: "up", start: "warm" };

/** Whether the memory of a machine is written. */
async function isBegun(machines: string): Promise<boolean> {
  const parts = await Array.fromAsync(Deno.readDir(machines)).catch(() => []);
  const [part] = parts;
  return part !== undefined &&
    await Deno.stat(`${machines}/${part.name}/machine/ram`)
      .then(() => true, () => false);
}

/** The one frozen machine of the cache. */
async function only(folder: string): Promise<string> {
  const entries = await Array.fromAsync(
    Deno.readDir(`${folder}/cache/machines`),
  );
  assert.equal(entries.length, 1, "one machine, and no part of one");
  return `${folder}/cache/machines/${entries[0]?.name}`;
}

describe("a machine that is frozen", () => {
  it("is made by the first run, brought back by the next, and says nothing of before", () =>
    inFolder(async (folder) => {
      assert.deepEqual(await life(folder, "waits"), [
        { ...warm, freezeMs: 1 },
        saidWarm,
        exit,
      ]);
      const place = await only(folder);
      assert.deepEqual(await life(folder, "waits"), [warm, saidWarm, exit]);
      assert.equal(await only(folder), place);
    }));

  it("goes on once, whatever it says", () =>
    inFolder(async (folder) => {
      await life(folder, "goesAgain");
      const told = await life(folder, "goesAgain");
      assert.deepEqual(told, [warm, saidWarm, exit]);
    }));

  it("says that it is made before it is, and not where there is one", () =>
    inFolder(async (folder) => {
      const types = (events: Partial<MachineEvent>[]): unknown[] =>
        events.map(({ type }) => type);
      const told = ["up", "line", "exit"];
      const first = await wholeLife(folder, "waits");
      assert.deepEqual(types(first), ["freezing", ...told]);
      assert.deepEqual(types(await wholeLife(folder, "waits")), told);
    }));

  it("says that it boots where none is brought back, or could be made", () =>
    inFolder(async (folder) => {
      const types = async (scene: string): Promise<unknown[]> =>
        (await wholeLife(folder, scene)).map(({ type }) => type);
      const told = ["booting", "up", "line", "exit"];
      const made = ["freezing", "note"];
      assert.deepEqual(await types("unfreezable"), [...made, ...told]);
      assert.deepEqual(await types("refused"), [...made, ...made, ...told]);
    }));

  it("is made again when it is damaged, and says so", () =>
    inFolder(async (folder) => {
      await life(folder, "waits");
      await Deno.writeTextFile(`${await only(folder)}/state`, "flipped");
      const [note, up] = await life(folder, "waits");
      assert.deepEqual(note, {
        type: "note",
        text: "The frozen machine was damaged, and is made again",
      });
      assert.deepEqual(up, { ...warm, freezeMs: 1 });
      assert.deepEqual(await life(folder, "waits"), [warm, saidWarm, exit]);
    }));

  it("is read while QEMU writes it, and answers nothing meanwhile", () =>
    inFolder(async (folder) => {
      assert.deepEqual(await life(folder, "large"), [
        { ...warm, freezeMs: 1 },
        saidWarm,
        exit,
      ]);
      const { size } = await Deno.stat(`${await only(folder)}/state`);
      assert.equal(size, 5 << 18);
    }));

  it("goes and comes by sockets that have no name once they are connected", () =>
    inFolder(async (folder) => {
      const told = await life(folder, "nameless");
      assert.deepEqual(told, [{ ...warm, freezeMs: 1 }, saidWarm, exit]);
    }));

  it("is the same for another program, which it is given", () =>
    inFolder(async (folder) => {
      await life(folder, "waits", ["one"], "first");
      const [up, line] = await life(folder, "waits", ["two"], "second");
      assert.deepEqual(up, warm);
      assert.deepEqual(line, { type: "line", text: '["two"] second' });
    }));

  it("is another one for another kernel command line", () =>
    inFolder(async (folder) => {
      await life(folder, "waits");
      const { cmdline } = image.kernel;
      Object.assign(image.kernel, { cmdline: ["lsm=bpf"] });
      const [up] = await life(folder, "waits");
      Object.assign(image.kernel, { cmdline });
      assert.deepEqual(up, { ...warm, freezeMs: 1 });
    }));
});

describe("a machine that cannot be brought back", () => {
  for (
    const [scene, words] of [
      ["refused", "load of migration failed"],
      ["midway", "unknown section 'rtc'"],
    ] as const
  ) {
    it(`is made once more, then boots, and says why (${words})`, () =>
      inFolder(async (folder) => {
        const [first, second, ...rest] = await life(folder, scene);
        const text = "The frozen machine did not come back " +
          `(QEMU ended with status 1: qemu: ${words})`;
        assert.deepEqual([first, second], [
          { type: "note", text },
          { type: "note", text },
        ]);
        assert.deepEqual(rest, [{ type: "up" }, said, exit]);
      }));
  }

  it("boots for a program that does not fit, and is kept for others", () =>
    inFolder(async (folder) => {
      const [note, ...rest] = await life(folder, "unwelcome");
      const text = "The frozen machine did not come back (The first process " +
        "could not start without its program's archive: errno 28)";
      assert.deepEqual(note, { type: "note", text });
      assert.deepEqual(rest, [{ type: "up" }, said, exit]);
      await only(folder);
    }));

  for (
    const [scene, why] of [
      ["unfreezable", "no migration today"],
      ["gone", "QEMU went away at query-migrate"],
      ["noPorts", "its kernel lets nobody use the machine's ports"],
      ["noDisk", "the disk has no room for it"],
      ["noRoom", "No space left on device (os error 28)"],
    ] as const
  ) {
    it(`boots where it cannot be frozen (${why}), and leaves no part behind`, () =>
      inFolder(async (folder) => {
        const [note, ...rest] = await life(folder, scene);
        assert.deepEqual(note, {
          type: "note",
          text: `The frozen machine cannot be made (${why}): it boots instead`,
        });
        assert.deepEqual(rest, [{ type: "up" }, said, exit]);
        const left = await Array.fromAsync(
          Deno.readDir(`${folder}/cache/machines`),
        );
        assert.deepEqual(left, []);
      }));
  }

  for (
    const [scene, why] of [
      ["noFile", /cannot be made \(Is a directory .*: it boots instead$/],
      ["noLongerThere", /did not come back \(No such file /],
    ] as const
  ) {
    it(`boots where its state cannot be opened (${scene}), and leaves nothing open`, () =>
      inFolder(async (folder) => {
        const open = (): number =>
          [...Deno.readDirSync("/proc/self/fd")].length;
        await inFolder(async (other) => void await life(other, "waits"));
        const before = open(); // what Deno keeps for itself is open, too
        const told = await life(folder, scene);
        const rest = told.filter(({ type }) => type !== "note");
        assert.notEqual(rest.length, told.length);
        for (const event of told) {
          if (event.type === "note") assert.match(event.text ?? "", why);
        }
        assert.equal(open(), before);
        assert.deepEqual(rest, [{ type: "up" }, said, exit]);
      }));
  }

  it("is given up when the run is cancelled while it is frozen, and leaves no part behind", () =>
    inFolder(async (folder) => {
      const cancel = new AbortController();
      const { signal } = cancel;
      const machines = `${folder}/cache/machines`;
      const ended = life(folder, "neverFrozen", [], "program", {
        signal,
      });
      const rejected = assert.rejects(ended, /^Error: enough$/);
      while (!await isBegun(machines)) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      cancel.abort(new Error("enough"));
      await rejected;
      assert.deepEqual(await Array.fromAsync(Deno.readDir(machines)), []);
    }));

  it("is lost when it was lost before it could be frozen", () =>
    inFolder(async (folder) => {
      const told = await life(folder, "reboot");
      assert.deepEqual(told.map(({ type }) => type), ["up", "lost"]);
      const [, flooded] = await life(folder, "longLine");
      assert.deepEqual(flooded, {
        ...{ type: "lost", console: "" },
        why: "The program wrote a line of more than 1 MiB to its stdout",
      });
    }));

  it("boots where Deno ends before it takes a program", () =>
    inFolder(async (folder) => {
      const why = "Deno ended with 1 before it took a program: no such module";
      assert.deepEqual(await life(folder, "early"), [
        {
          type: "note",
          text: `The frozen machine cannot be made (${why}): it boots instead`,
        },
        { type: "up" },
        { type: "line", text: "no such module" },
        { type: "exit", code: 1, console: "" },
      ]);
    }));
});

const made: Made = {
  ...{ image: "", base: "a.cpio", cpus: 1, memoryMiB: 64, accel: "tcg" },
};

describe("the place of frozen machines", () => {
  /** A part with a memory and a state. */
  async function part(machines: FrozenMachines): Promise<Part> {
    const part = await machines.part();
    await Deno.writeTextFile(`${part.path}/ram`, "memory");
    await Deno.writeTextFile(`${part.path}/state`, "state");
    return part;
  }

  it("has each by what it is made of", () =>
    inFolder(async (folder) => {
      const machines = new FrozenMachines(folder);
      const key = await machines.key(["a", 1]);
      assert.notEqual(key, await machines.key(["a1"]));
      assert.equal(await machines.find(key), undefined);
      await using begun = await part(machines);
      const placed = await machines.place(key, begun, made);
      assert.deepEqual(await machines.find(key), placed);
      await machines.forget(key);
      assert.equal(await machines.find(key), undefined);
    }));

  it("removes what a killed run had begun, and nothing that another one makes", () =>
    inFolder(async (folder) => {
      const machines = new FrozenMachines(folder);
      const killed = `${machines.folder}/.part-killed`;
      await using other = await part(machines);
      await Deno.mkdir(`${killed}/machine`, { recursive: true });
      for (const path of [killed, dirname(other.path)]) {
        await Deno.utime(path, new Date(0), new Date(0));
      }
      await using begun = await part(machines);
      await machines.place("key", begun, made);
      await assert.rejects(Deno.stat(killed), Deno.errors.NotFound);
      await machines.place("other", other, made);
    }));

  it("keeps the first of two that were made at once", () =>
    inFolder(async (folder) => {
      const machines = new FrozenMachines(folder);
      await using one = await part(machines);
      await using two = await part(machines);
      const placed = await machines.place("key", one, made);
      const { ino } = await Deno.stat(placed.ram);
      assert.deepEqual(await machines.place("key", two, made), placed);
      assert.equal((await Deno.stat(placed.ram)).ino, ino);
    }));

  for (
    const [what, damage] of [
      ["cut", (ram: string) => Deno.truncate(ram, 3)],
      ["written to", (ram: string) => Deno.writeTextFile(ram, "nemory")],
      ["gone", (ram: string) => Deno.remove(ram)],
    ] as const
  ) {
    it(`notices a memory that was ${what}`, () =>
      inFolder(async (folder) => {
        const machines = new FrozenMachines(folder);
        await using begun = await part(machines);
        const { ram } = await machines.place("key", begun, made);
        await new Promise((resolve) => setTimeout(resolve, 10));
        await damage(ram);
        assert.equal(await machines.find("key"), "damaged");
        assert.equal(await machines.find("key"), undefined);
      }));
  }
});

describe("an order", () => {
  const fresh = { nonce: "0a", seed: "ff", now: 0, brings: true };

  it("is one line: nonce, time, seed, whether a program comes, arguments", () => {
    assert.equal(
      orderLine({ ...fresh, now: 1_700_000_000_123 }, ["a b", "c\n"]),
      '0a 1700000000 123000000 ff 1 ["a b","c\\n"]\n',
    );
  });

  it("is refused when the first process could not take it", () => {
    assert.throws(
      () => orderLine(fresh, ["x".repeat(1 << 15)]),
      /^UsageError: Cannot hand over the program's arguments: they take 32772 /,
    );
  });
});
