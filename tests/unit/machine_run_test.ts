/**
 * A machine's life, with a stand-in for QEMU: each way to end is told as what it was, and nothing
 * stays behind.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Archives } from "../../kernels/initramfs.ts";
import { fileURLToPath } from "node:url";
import { findExecutable } from "../../kernels/executable.ts";
import {
  type MachineEvent,
  type MachineOptions,
  run,
} from "../../kernels/machine.ts";
import { image } from "./stand_in_image.ts";

/** A stand-in that plays `scene`; its path has a name of its own, by which it is found. */
async function play(
  scene: string,
  act: (
    options: MachineOptions,
    path: string,
    archives: Archives,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stand-in-" });
  const qemu = `${folder}/qemu`;
  const script = fileURLToPath(new URL("fake_qemu.ts", import.meta.url));
  const command =
    `exec "${Deno.execPath()}" run -A --no-config "${script}" ${scene} "$@"`;
  // The name of the folder among the arguments: to find what was left.
  await Deno.writeTextFile(qemu, `#!/bin/sh\n${command} -name ${folder}\n`, {
    mode: 0o755,
  });
  const archives = {
    cache: folder,
    base: `${folder}/base`,
    program: `${folder}/program`,
  };
  for (const path of [archives.base, archives.program]) {
    await Deno.writeTextFile(path, "");
  }
  const options = {
    cpus: 1,
    memoryMiB: 64,
    accel: "tcg" as const,
    timeoutMs: 20_000,
    qemu,
  };
  try {
    await act(options, folder, archives);
    assert.deepEqual(await processes(folder), [], "no process is left");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Processes with `mark` in their arguments; those that ended and wait for their parent have none. */
async function processes(mark: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const cmdline = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() =>
      ""
    );
    const text = cmdline.replaceAll("\0", " ");
    if (text.includes(mark)) found.push(text);
  }
  return found;
}

/** All events, without times. */
async function events(
  scene: string,
  changes: Partial<MachineOptions> = {},
): Promise<Record<string, unknown>[]> {
  const told: Record<string, unknown>[] = [];
  await play(scene, async (options, _, archives) => {
    for await (
      const event of run(image, archives, { ...options, ...changes })
    ) {
      told.push(untimed(event));
    }
  });
  return told;
}

/** An event without its times, and an exit without its console. */
function untimed(event: MachineEvent): Record<string, unknown> {
  const { bootMs, runMs, ...rest } = { bootMs: 0, runMs: 0, ...event };
  assert.ok(bootMs >= 0 && runMs >= 0);
  if (rest.type !== "exit") return rest;
  const { console: _, ...exit } = rest;
  return exit;
}

describe("a guest that ends by itself", () => {
  it("tells its lines and its exit status, also behind half a line", async () => {
    assert.deepEqual(await events("good"), [
      { type: "up" },
      { type: "line", text: '{"a":1}' },
      { type: "line", text: "two" },
      { type: "line", text: "half" },
      { type: "exit", code: 3 },
    ]);
  });

  it("tells what its console said with its exit status", async () => {
    await play("good", async (options, _, archives) => {
      for await (const event of run(image, archives, options)) {
        if (event.type !== "exit") continue;
        assert.match(event.console, /Uncaught, says the program/);
      }
    });
  });

  it("is not ended by a program that writes words like the first process's", async () => {
    const told = await events("forged");
    assert.deepEqual(told.at(-1), { type: "exit", code: 7 });
    assert.equal(told.length, 4);
  });

  it("tells a signal as a shell does", async () => {
    assert.deepEqual((await events("signal")).at(-1), {
      type: "exit",
      code: 139,
    });
  });

  it("is over when the program is, though the kernel cannot power off", async () => {
    const told = await events("noPowerOff");
    assert.deepEqual(told, [{ type: "up" }, { type: "exit", code: 0 }]);
  });

  it("buys no time to power off, and no other status, by saying so again", async () => {
    const told = await events("exitAgain");
    assert.deepEqual(told, [{ type: "up" }, { type: "exit", code: 0 }]);
  });

  it("is up once, and ends with a status that there is", async () => {
    const told: MachineEvent[] = [];
    await play("upAgain", async (options, _, archives) => {
      for await (const event of run(image, archives, options)) told.push(event);
    });
    assert.deepEqual(told.map(untimed), [
      { type: "up" },
      { type: "exit", code: 3 },
    ]);
    const [, exit] = told;
    assert.ok(exit?.type === "exit" && exit.runMs >= 500, "from the first up");
  });

  it("keeps its lines whatever its console is flooded with", async () => {
    const told = await events("flood");
    assert.equal(told.length, 202);
    assert.deepEqual(told.at(-1), { type: "exit", code: 0 });
  });
});

/** Scene, changed options → the reason, the console's last line. */
const LOSSES: readonly [string, Partial<MachineOptions>, RegExp, RegExp][] = [
  [
    "oom",
    {},
    /^The guest ran out of memory and the kernel killed deno: .*--memory/,
    /Killed/,
  ],
  ["panic", {}, /^The kernel panicked: Fatal exception$/, /^Call Trace:$/],
  [
    "panicAgain",
    { timeoutMs: 6000 },
    /^The kernel panicked: and on it goes$/,
    /Kernel panic/,
  ],
  ["latePanic", {}, /^The kernel panicked: in power-off$/, /Kernel panic/],
  ["reboot", {}, /^The guest rebooted$/, /Restarting/],
  ["quiet", {}, /^The guest reset itself without a word/, /^$/],
  [
    "badArgument",
    {},
    /^QEMU ended with status 1: qemu: no such machine$/,
    /^$/,
  ],
  [
    "silent",
    { bootTimeoutMs: 1000 },
    /within 1 s: its first process .* console is silent.*8250_CONSOLE/,
    /^$/,
  ],
  [
    "stuck",
    { bootTimeoutMs: 1000 },
    /within 1 s: its first process .* console ends with "Freeing/,
    /Freeing/,
  ],
  [
    "stuck",
    { timeoutMs: 1000 },
    /^The kernel did not come up within 1 s: its first process never spoke, and its console ends with "Freeing .*\(option --timeout\)$/,
    /Freeing/,
  ],
  ["endless", { timeoutMs: 1000 }, /^The program did not end within 1 s/, /^$/],
  ["longLine", {}, /more than 1 MiB/, /^$/],
  ["lines", {}, /more than 8 MiB/, /^$/],
];

describe("a guest that is lost", () => {
  for (const [scene, options, why, console] of LOSSES) {
    it(`tells why and its console: ${scene} ${Object.keys(options)}`, async () => {
      const last = (await events(scene, options)).at(-1);
      assert.equal(last?.type, "lost");
      assert.match(String(last?.why), why);
      assert.match(String(last?.console).split("\n").at(-1) ?? "", console);
    });
  }
});

describe("a machine that is left", () => {
  it("ends with the loop that breaks, within it", async () => {
    await play("endless", async (options, folder, archives) => {
      for await (const { type } of run(image, archives, options)) {
        assert.notDeepEqual(await processes(folder), []);
        if (type === "line") break;
      }
      assert.deepEqual(await processes(folder), []);
    });
  });

  it("ends with an exception in the loop", async () => {
    await play("endless", async (options, _, archives) => {
      await assert.rejects(async () => {
        for await (const { type } of run(image, archives, options)) {
          throw new Error(type);
        }
      }, /^Error: up$/);
    });
  });

  it("ends with its signal, whose reason is thrown", async () => {
    await play("endless", async (options, _, archives) => {
      const abort = new AbortController();
      await assert.rejects(async () => {
        const events = run(image, archives, {
          ...options,
          signal: abort.signal,
        });
        for await (const { type } of events) {
          if (type === "line") abort.abort(new Error("enough"));
        }
      }, /^Error: enough$/);
      const late = new AbortController();
      const first = run(image, archives, { ...options, signal: late.signal })
        .next();
      late.abort(new Error("enough")); // while QEMU is being started
      await assert.rejects(first, /^Error: enough$/);
      const gone = run(image, archives, { ...options, signal: abort.signal });
      await assert.rejects(gone.next(), /^Error: enough$/);
    });
  });

  it("ends when this process is killed, where setpriv(1) is installed", async () => {
    if (!findExecutable("setpriv")) return;
    await play("endless", async (options, folder, archives) => {
      const module = new URL("../../kernels/machine.ts", import.meta.url);
      const code = `import { run } from ${JSON.stringify(module)};
        const arguments_ = ${JSON.stringify([image, archives, options])};
        for await (const { type } of run(...arguments_)) Deno.stdout.writeSync(new Uint8Array(1));`;
      await Deno.writeTextFile(`${folder}/parent.ts`, code);
      const parent = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--no-config", `${folder}/parent.ts`],
        stdout: "piped",
      }).spawn();
      const reader = parent.stdout.getReader();
      await reader.read();
      assert.notDeepEqual(await processes(`-name ${folder}`), []);
      parent.kill("SIGKILL");
      await parent.status;
      await reader.cancel();
      for (
        let wait = 0;
        wait < 50 && (await processes(folder)).length > 0;
        wait++
      ) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
  });

  it("leaves no folder behind", async () => {
    const folder = await Deno.makeTempDir();
    const before = Deno.env.get("TMPDIR");
    Deno.env.set("TMPDIR", folder);
    try {
      await events("good");
      const own = `${folder}/ringside-${Deno.uid()}`;
      assert.deepEqual([...Deno.readDirSync(own)], []);
    } finally {
      if (before === undefined) Deno.env.delete("TMPDIR");
      else Deno.env.set("TMPDIR", before);
      await Deno.remove(folder, { recursive: true });
    }
  });
});

describe("a machine that cannot be had", () => {
  it("names QEMU's package", async () => {
    await play("good", async (options, folder, archives) => {
      const events = run(image, archives, {
        ...options,
        qemu: `${folder}/gone`,
      });
      await assert.rejects(
        events.next(),
        /gone is not installed .*apt-get install qemu-system-x86/,
      );
    });
  });

  it("names the option when the memory cannot suffice", async () => {
    await play("good", async (options, _, archives) => {
      await Deno.truncate(archives.base, 100 << 20);
      const events = run(image, archives, { ...options, memoryMiB: 200 });
      await assert.rejects(
        events.next(),
        /with 200 MiB: .* 264 MiB at least \(option --memory\)/,
      );
    });
  });
});
